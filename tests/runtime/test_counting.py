"""What a venue's headers tell is left counts; a refusal holds as long as they say."""

from __future__ import annotations

from typing import Any

import pytest
from support.stepper import Stepper, policy
from support.toy import START_MS, Script, ToyAdapter, reply

from exchangekit import RateLimited
from exchangekit.adapter import Cost, Remaining
from exchangekit.adapter.limit_headers import Unit
from exchangekit.adapter.request import Call, Request

LEFT = Remaining("x-left", reset="x-reset")


class Leaving(ToyAdapter):
    remaining_headers = LEFT


def read(weight: int = 1, limit: int = 10) -> Request:
    return Request(method="GET", path="/read", costs=(Cost("reads", weight, limit, 60.0),))


def send(steps: Stepper, made: Any, request: Request) -> None:
    steps.run(made.call("raw_request", Call(request, lambda reply: None)))


def test_what_is_left_is_all_that_goes_out() -> None:
    made = policy(Leaving(), max_wait=0)
    steps = Stepper(Script([reply({}, x_left="3"), reply({}), reply({})]))
    send(steps, made, read())
    send(steps, made, read())
    send(steps, made, read())
    with pytest.raises(RateLimited, match="limits are used up"):
        send(steps, made, read())  # the last of ten is kept for changes
    assert len(steps.sent) == 3


@pytest.mark.parametrize("told", ["", "-1", "x", "1.5", "9" * 16, "50"])
def test_what_says_nothing_sensible_or_leaves_more_than_the_limit_changes_nothing(
    told: str,
) -> None:
    made = policy(Leaving(), max_wait=0)
    steps = Stepper(Script([reply({}, x_left=told)] + [reply({})] * 8))
    for _ in range(9):
        send(steps, made, read())


def test_a_request_that_weighs_nothing_is_not_told_of() -> None:
    made = policy(Leaving(), max_wait=0)
    steps = Stepper(Script([reply({}, x_left="0"), reply({})]))
    send(steps, made, Request(method="GET", path="/read"))
    send(steps, made, read())


@pytest.mark.parametrize(
    ("resets", "told", "waits"),
    [
        ("ms", "{now_ms}", 7.0),
        ("s", "{now_s}", 7.0),
        ("ms left", "7000", 7.0),
        ("s left", "7", 7.0),
        ("ms left", "0", 0.0),
        ("ms left", "x", None),
        ("s left", "999999", None),
    ],
)
def test_a_refusal_holds_until_the_limit_is_whole_again(
    resets: Unit, told: str, waits: float | None
) -> None:
    class Resetting(ToyAdapter):
        remaining_headers = Remaining("x-left", reset="x-reset", resets=resets)

    made = policy(Resetting())
    steps = Stepper()
    steps.run(made.sample_clock())
    venue_ms = START_MS + round(1000 * steps.now)
    told = told.format(now_ms=venue_ms + 7000, now_s=(venue_ms + 7000) // 1000)
    refused = reply({"code": -1003, "msg": "Too many requests."}, 429, x_left="0", x_reset=told)
    steps.script.answers = [refused, reply({})]
    if waits is None:
        with pytest.raises(RateLimited) as caught:
            send(steps, made, read())
        assert caught.value.retry_after == pytest.approx(60.0, abs=1.1)
        return
    send(steps, made, read())
    assert sum(steps.sleeps) == pytest.approx(waits, abs=1.1)


def test_a_time_is_not_counted_from_where_the_venues_own_is_not_known() -> None:
    assert LEFT.seconds({"x-reset": "1700000000000"}, None) is None
    assert LEFT.seconds({}, 1) is None
    assert Remaining("x-left").seconds({"x-reset": "5"}, 1) is None


@pytest.mark.parametrize(
    ("declared", "says"),
    [
        ("x-left", "kit.Remaining"),
        (Remaining("X-Left"), "its name in lower case"),
        (Remaining("x-left", reset="X Reset"), "its name in lower case"),
        (Remaining("x-left", resets="hours"), "one of ms, s, ms left, s left"),  # type: ignore[arg-type]
    ],
)
def test_headers_that_cannot_be_those_are_refused_when_the_class_is_made(
    declared: Any, says: str
) -> None:
    with pytest.raises(TypeError, match=says):
        type("Wrong", (ToyAdapter,), {"remaining_headers": declared})
    with pytest.raises(TypeError, match="True or False"):
        type("Wrong", (ToyAdapter,), {"json_bodies": "yes"})


def test_what_is_no_get_puts_its_parameters_into_a_json_body_where_the_venue_wants_that() -> None:
    class Posting(ToyAdapter):
        json_bodies = True

    request = Request(method="POST", path="/any", params=(("a", "1"),))
    assert ToyAdapter().raw_request(request) is request
    made = Posting().raw_request(request)
    assert (made.params, made.body) == ((), b'{"a":"1"}')
    for kept in (
        Request(method="GET", path="/any", params=(("a", "1"),)),
        Request(method="POST", path="/any", params=(("a", "1"),), body=b"{}"),
        Request(method="POST", path="/any"),
    ):
        assert Posting().raw_request(kept) is kept
