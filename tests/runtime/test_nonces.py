"""Numbers that only grow: per key, over threads and connections, and whatever a clock does."""

from __future__ import annotations

import os
import threading
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import pytest
from support.stepper import Stepper, policy
from support.strategies import COINBASE, KRAKEN
from support.toy import START, START_MS, Script, ToyAdapter, change, get, refusal, reply

from exchangekit.adapter import Call, Credentials
from exchangekit.adapter.credentials import AccountId
from exchangekit.errors import InvalidNonce, Outcome
from exchangekit.runtime.effects import Today
from exchangekit.runtime.nonces import APART_MS, Nonces
from exchangekit.runtime.policy import Policy
from exchangekit.testing.private_keys import PRIVATE

SECRET = "kQH5HW/8p1uGOVjbgWA7FunAmGO8lsSUXNsu3eow76sz84Q18fWxnyRzBHCd3pd5nE9qa99HAZtuZuj6F1huXg=="
HERE = datetime(2026, 9, 21, 14, 13, 20, 123456, tzinfo=UTC)
MS = 1_790_000_000_123


class Counting(ToyAdapter):
    signer: ClassVar[Any] = KRAKEN


def test_a_number_is_the_time_in_microseconds_and_always_above_the_last() -> None:
    nonces = Nonces()
    assert nonces.next("key", HERE, MS) == 1_790_000_000_123_456
    assert nonces.next("key", HERE, MS) == 1_790_000_000_123_457
    later = HERE + timedelta(seconds=2)
    assert nonces.next("key", later, MS + 2000) == 1_790_000_002_123_456
    assert nonces.next("other", HERE, MS) == 1_790_000_000_123_456


@pytest.mark.parametrize("step", [timedelta(seconds=-30), timedelta(days=-900), timedelta(days=9)])
def test_a_clock_that_is_set_while_a_key_signs_changes_nothing(step: timedelta) -> None:
    """Nor does it spoil the key for the programs whose clock is right."""
    nonces = Nonces()
    first = nonces.next("key", HERE, MS)
    assert nonces.next("key", HERE + step, MS) == first + 1
    assert nonces.next("key", HERE + step, MS) == first + 2
    assert nonces.next("key", HERE + timedelta(seconds=1), MS + 1000) == first + 1_000_000


@pytest.mark.parametrize(
    ("apart", "words"),
    [
        (timedelta(milliseconds=-APART_MS - 1), "it would go back behind those that this key has"),
        (timedelta(days=-1), "it would go back behind those that this key has used"),
        (
            timedelta(milliseconds=APART_MS + 1),
            "it would be out of the future, and every",
        ),
        (timedelta(days=4000), "it would be out of the future"),
    ],
)
def test_a_first_number_that_went_back_is_an_error_in_words(apart: timedelta, words: str) -> None:
    nonces = Nonces()
    with pytest.raises(InvalidNonce, match=words) as caught:
        nonces.next("key", HERE + apart, MS)
    assert "only grows" in str(caught.value)
    assert "Nothing was sent" in str(caught.value)
    near = HERE + timedelta(milliseconds=APART_MS if apart.days > 0 else -APART_MS)
    assert nonces.next("key", near, MS) > 0


def test_no_number_comes_twice_whoever_asks() -> None:
    nonces, found = Nonces(), list[int]()

    def take() -> None:
        mine = [nonces.next("key", HERE, MS) for _ in range(500)]
        assert mine == sorted(mine)
        found.extend(mine)

    threads = [threading.Thread(target=take) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(set(found)) == len(found) == 4000


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this platform has no fork")
def test_a_child_goes_on_where_its_parent_was() -> None:
    nonces = Nonces()
    first = nonces.next("key", HERE, MS)
    nonces._lock.acquire()  # as another thread may hold it at that moment
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(write, str(nonces.next("key", HERE, MS)).encode())
        os._exit(0)
    os.waitpid(child, 0)
    assert int(os.read(read, 99)) == first + 1


# In the policy


# The stepper's venue is a thousand seconds on, and so is this machine.
TODAY = START + timedelta(seconds=1000)


def walking(*answers: Any) -> Stepper:
    return Stepper(Script(list(answers)), today=TODAY)


def counting(key: str, adapter: ToyAdapter | None = None, secret: str = SECRET) -> Policy:
    return policy(adapter or Counting(), Credentials(key, secret))


def sent(steps: Stepper, made: Policy, request: Any) -> int:
    steps.run(made.call("raw_request", Call(request, lambda answer: answer.body)))
    body = steps.sent[-1].body.decode()
    return int(body.partition("&")[0].removeprefix("nonce="))


def test_each_request_of_a_key_has_a_larger_one_over_all_its_connections() -> None:
    steps = walking(*[reply({})] * 9)
    one, other = counting("key-of-two"), counting("key-of-two")
    found = [sent(steps, made, get("/x", signed=True)) for made in (one, other, one, other)]
    assert found == sorted(set(found))
    base = (START_MS + 1_000_000) * 1000
    assert base <= found[0] < base + 9
    assert sent(steps, counting("another-key"), get("/x", signed=True)) < found[-1]


def test_a_retry_has_one_of_its_own() -> None:
    steps = walking(reply({}, 502), reply({}))
    sent(steps, counting("key-retried"), get("/x", signed=True))
    first, second = (one.body for one in steps.sent)
    assert first < second


def test_a_venue_without_nonces_is_asked_for_none() -> None:
    steps = Stepper(Script([reply({})]))
    made = policy(credentials=Credentials("k", "s"))
    steps.run(made.call("raw_request", Call(get("/x", signed=True), lambda answer: answer.body)))
    assert not [one for one in steps.effects if isinstance(one, Today)]


def test_a_number_that_the_venue_refuses_is_followed_by_a_larger_one_once() -> None:
    used = refusal(-1023, "EAPI:Invalid nonce")
    steps, made = walking(used, reply({}), used, used), counting("key-overtaken")
    sent(steps, made, get("/x", signed=True))
    with pytest.raises(InvalidNonce, match="a key of its own") as caught:
        sent(steps, made, get("/x", signed=True))
    assert caught.value.code == "-1023"
    numbers = [one.body for one in steps.sent]
    assert numbers == sorted(set(numbers))
    assert len(numbers) == 4


@pytest.mark.parametrize("days", [-1, 1])
def test_an_order_is_not_sent_with_a_number_that_went_back(days: int) -> None:
    steps = Stepper(Script([]), today=TODAY + timedelta(days=days))
    call = Call(change("POST", "/order"), lambda answer: answer.body)
    with pytest.raises(InvalidNonce, match=r"toy raw_request: this machine's clock says") as caught:
        steps.run(counting(f"key-{days}").call("raw_request", call))
    assert steps.sent == []
    assert caught.value.outcome is Outcome.NOT_SENT


def test_the_host_is_told_to_whoever_signs_it() -> None:
    class Tokens(ToyAdapter):
        signer: ClassVar[Any] = COINBASE

    made = counting("key-of-tokens", Tokens(), PRIVATE["es256"])
    stamp = walking().run(made.stamp(get("/x", signed=True)))
    assert stamp.host == "toy.invalid"
    assert stamp.nonce > 0
    assert isinstance(made.account_id, AccountId)
