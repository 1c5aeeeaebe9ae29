"""When the venue's clock is asked, which window is signed, and whose counters a reply tells of."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

import pytest
from support.stepper import Stepper, policy
from support.strategies import passphrased
from support.toy import (
    KEY,
    SECRET,
    START_MS,
    PassphraseToy,
    Script,
    ToyAdapter,
    change,
    get,
    lost,
    query,
    reply,
)

from exchangekit.adapter import (
    Call,
    Cost,
    Credentials,
    LimitScope,
    Request,
)
from exchangekit.errors import ConnectionLost, OutcomeUnknown, RateLimited
from exchangekit.runtime.clock import Sample
from exchangekit.runtime.effects import Now, Shared
from exchangekit.runtime.policy import Policy, Settings

GOOD = reply({})
NOW = 1000.0
SIGNED = get("/read", signed=True)
ORDER = change("POST", "/order")


def signed(**settings: Any) -> Policy:
    return policy(credentials=Credentials(KEY, SECRET), **settings)


def knowing(*received: float, **settings: Any) -> Policy:
    """A policy that asked for the time at these moments, and was answered at once."""
    made = signed(**settings)
    for moment in received:
        made.clock.add(Sample(moment, moment, START_MS + round(1000 * (moment - NOW))))
    return made


def send(steps: Stepper, made: Policy, request: Request) -> dict[str, str]:
    """The query that goes out for `request`."""
    steps.run(made.call("raw_request", Call(request, lambda reply: reply.body)))
    return query(steps.sent[-1])


# Which window is signed


@pytest.mark.parametrize(
    ("recv_window", "order_window", "read", "order"),
    [
        (5000, 3000, 5000, 3000),
        (4000, 9000, 4000, 4000),
        (2000, 2000, 2000, 2000),
        (60_000, 1000, 60_000, 1000),
    ],
)
def test_an_order_lives_for_the_smaller_window_and_any_other_request_for_recv_window(
    recv_window: int, order_window: int, read: int, order: int
) -> None:
    made = knowing(NOW, recv_window=recv_window, order_window=order_window)
    steps = Stepper(Script([GOOD, GOOD, GOOD]))
    assert send(steps, made, SIGNED)["recvWindow"] == str(read)
    assert send(steps, made, ORDER)["recvWindow"] == str(order)
    lasting = replace(ORDER, has_deadline=False)
    assert send(steps, made, lasting)["recvWindow"] == str(read)
    assert steps.run(made.stamp(SIGNED)).window == read
    assert steps.run(made.stamp(ORDER)).window == order


def test_a_connection_that_was_told_nothing_signs_five_seconds_and_two_for_orders() -> None:
    assert (Settings().recv_window, Settings().order_window) == (5000, 2000)
    assert (Settings().max_wait, Settings().retries) == (20.0, 2)
    made, steps = knowing(NOW), Stepper(Script([GOOD, GOOD]))
    assert send(steps, made, SIGNED)["recvWindow"] == "5000"
    assert send(steps, made, ORDER)["recvWindow"] == "2000"


@pytest.mark.parametrize(("order_window", "lives"), [(2500, 2500), (9000, 5000)])
def test_a_deadline_in_a_header_and_the_fence_end_with_the_window_that_was_signed(
    order_window: int, lives: int
) -> None:
    class Prehash(PassphraseToy):
        signer = passphrased("TOY", expTime="{deadline}")

    made = policy(Prehash(), Credentials(KEY, SECRET, "passphrase"), order_window=order_window)
    made.clock.add(Sample(NOW, NOW, START_MS + 1))
    steps = Stepper(Script([lost()]))
    with pytest.raises(OutcomeUnknown) as caught:
        steps.run(made.call("create_order", Call(ORDER, lambda reply: reply.body)))
    ends = START_MS + lives
    assert dict(steps.sent[0].headers)["expTime"] == str(ends)
    assert caught.value.fence == datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ends)


def test_a_request_that_is_not_signed_carries_no_time_and_asks_for_none() -> None:
    steps = Stepper(Script([GOOD]))
    assert send(steps, signed(), get("/read")) == {}
    assert steps.times_asked == 0


# When the clock is asked


@pytest.mark.parametrize(
    ("age", "refreshes"), [(0.0, 0), (29.0, 0), (29.999, 0), (30.0, 1), (31.0, 1), (599.0, 1)]
)
def test_a_refresh_beside_the_request_starts_when_the_newest_sample_is_thirty_seconds_old(
    age: float, refreshes: int
) -> None:
    made, steps = knowing(NOW), Stepper(now=NOW + age)
    steps.run(made.stamp(SIGNED))
    assert len(steps.background) == refreshes
    assert steps.times_asked == 0


def test_a_sample_that_is_ten_minutes_old_is_not_used_and_the_time_is_asked_first() -> None:
    made, steps = knowing(NOW), Stepper(now=NOW + 600)
    stamp = steps.run(made.stamp(SIGNED))
    assert steps.times_asked == 1
    assert steps.now == NOW + 600.05
    # The answer took 50 ms: half of them and a millisecond may be missing.
    assert stamp.timestamp == pytest.approx(START_MS + 1_600_050 - 25 - 1, abs=1)
    assert steps.background == []


def test_the_newest_sample_says_how_fresh_the_clock_is_even_when_another_is_better() -> None:
    made = knowing(NOW)
    made.clock.add(Sample(NOW + 20, NOW + 25, START_MS + 22_500))
    steps = Stepper(now=NOW + 54)
    assert made.clock.best(steps.now) == Sample(NOW, NOW, START_MS)
    steps.run(made.stamp(SIGNED))
    assert steps.background == []
    steps.now = NOW + 55
    steps.run(made.stamp(SIGNED))
    assert len(steps.background) == 1


def test_there_is_one_refresh_at_a_time() -> None:
    made, steps = knowing(NOW), Stepper(now=NOW + 30, latency=0.0)
    for _ in range(3):
        steps.run(made.stamp(SIGNED))
        steps.now += 1
    assert len(steps.background) == 1
    steps.run(steps.background.pop())
    assert steps.times_asked == 1
    answered = steps.now
    for age, refreshes in ((0.0, 0), (29.0, 0), (30.0, 1), (31.0, 1)):
        steps.now = answered + age
        steps.run(made.stamp(SIGNED))
        assert len(steps.background) == refreshes


def test_a_refresh_that_failed_makes_room_for_another() -> None:
    made, steps = knowing(NOW), Stepper(Script(standing={"/time": lost()}), now=NOW + 30)
    steps.run(made.stamp(SIGNED))
    with pytest.raises(ConnectionLost):
        steps.run(steps.background.pop())
    steps.run(made.stamp(SIGNED))
    assert len(steps.background) == 1


def test_who_waited_for_a_first_sample_that_came_meanwhile_does_not_ask_again() -> None:
    made, steps = signed(), Stepper()
    waits = made.stamp(SIGNED)
    assert next(waits) == Now()
    shared = waits.send(steps.now)
    assert isinstance(shared, Shared)
    steps.run(made.stamp(SIGNED))
    steps.run(shared.flow())
    assert steps.times_asked == 1


def test_a_stamp_is_the_venues_time_less_what_it_may_be_wrong_by() -> None:
    made, steps = signed(), Stepper(now=NOW + 100)
    # A second there and back may be half a second off, and ten seconds drift by a millisecond.
    made.clock.add(Sample(NOW + 89, NOW + 90, START_MS))
    assert steps.run(made.stamp(SIGNED)).timestamp == START_MS + 10_500 - 500 - 1 - 1


# Whose counters a reply tells of


class Counting(ToyAdapter):
    used_weight_headers = MappingProxyType({"x-weight": "weight", "x-orders": "orders"})


def cost(counter: str, scope: LimitScope) -> Cost:
    return Cost(counter, 1, 10, 60.0, scope)


@pytest.mark.parametrize("told", LimitScope)
@pytest.mark.parametrize("other", LimitScope)
def test_a_used_weight_counts_in_the_scope_that_the_cost_of_the_request_names(
    told: LimitScope, other: LimitScope
) -> None:
    made = policy(Counting(), max_wait=0)
    steps = Stepper(Script([reply({}, x_orders="10"), GOOD]))
    asked = Request(method="GET", path="/read", costs=(cost("orders", told),))
    later = Request(method="GET", path="/read", costs=(cost("orders", other),))
    send(steps, made, asked)
    if other is told:
        with pytest.raises(RateLimited, match="limits are used up"):
            send(steps, made, later)
    else:
        send(steps, made, later)


@pytest.mark.parametrize("scope", LimitScope)
def test_a_used_weight_of_a_counter_that_the_request_does_not_weigh_in_is_of_the_address(
    scope: LimitScope,
) -> None:
    made = policy(Counting(), max_wait=0)
    later = Request(method="GET", path="/read", costs=(cost("orders", scope),))
    weighing = Request(method="GET", path="/read", costs=(cost("weight", LimitScope.ACCOUNT),))
    steps = Stepper(Script([GOOD, reply({}, x_orders="10"), GOOD]))
    send(steps, made, later)
    send(steps, made, weighing)
    if scope is LimitScope.IP:
        with pytest.raises(RateLimited, match="limits are used up"):
            send(steps, made, later)
    else:
        send(steps, made, later)


@pytest.mark.parametrize(
    ("used", "left"), [("8", 1), ("9", 0), ("10", 0), ("0", 8), ("000000008", 1)]
)
def test_what_the_venue_counted_is_what_is_counted(used: str, left: int) -> None:
    made = policy(Counting(), max_wait=0)
    steps = Stepper(Script([reply({}, x_weight=used), *[GOOD] * 9]))
    asked = Request(method="GET", path="/read", costs=(cost("weight", LimitScope.IP),))
    send(steps, made, asked)
    for _ in range(left):
        send(steps, made, asked)
    with pytest.raises(RateLimited):
        send(steps, made, asked)


@pytest.mark.parametrize("used", ["1000000000", "9" * 20])
def test_a_count_too_long_to_be_one_is_ignored(used: str) -> None:
    made = policy(Counting(), max_wait=0)
    steps = Stepper(Script([reply({}, x_weight=used), GOOD]))
    asked = Request(method="GET", path="/read", costs=(cost("weight", LimitScope.IP),))
    send(steps, made, asked)
    send(steps, made, asked)
    assert len(steps.sent) == 2
