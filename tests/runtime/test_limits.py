"""Counting: never more than the venue allows in any span of its window, and shared rightly."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.stepper import Stepper, policy
from support.toy import Script, get, reply

from exchangekit.adapter import Call, Cost, LimitScope, Request
from exchangekit.errors import RateLimited
from exchangekit.runtime.limits import (
    Kind,
    Limiter,
    ScopeLimits,
    forget_shared_limits,
    kind_of,
    shared_limits,
)
from exchangekit.runtime.transports import Timeouts


def limiter() -> Limiter:
    return Limiter(ScopeLimits(), ScopeLimits())


def cost(weight: int = 1, limit: int = 10, seconds: float = 1.0, counter: str = "c") -> Cost:
    return Cost(counter, weight, limit, seconds)


arrivals = st.lists(
    st.tuples(
        st.floats(0, 3, allow_nan=False, allow_infinity=False),
        st.integers(min_value=1, max_value=5),
        st.sampled_from(Kind),
    ),
    min_size=1,
    max_size=60,
)


@given(arrivals, st.integers(min_value=5, max_value=20), st.floats(0.1, 10))
def test_no_window_of_any_length_holds_more_than_the_limit(
    calls: list[tuple[float, int, Kind]], limit: int, seconds: float
) -> None:
    made, now, granted = limiter(), 0.0, list[tuple[float, int]]()
    for pause, weight, kind in calls:
        now += pause
        while (wait := made.reserve((cost(weight, limit, seconds),), now, kind)) > 0:
            now += wait
        granted.append((now, weight))
    for start, _ in granted:
        # Sums of floats are a little off; no clock tells a nanosecond apart.
        end = start + seconds - 1e-9
        inside = sum(weight for when, weight in granted if start <= when < end)
        assert inside <= limit


@given(arrivals)
def test_nobody_waits_longer_than_the_window(calls: list[tuple[float, int, Kind]]) -> None:
    made, now = limiter(), 0.0
    for pause, weight, kind in calls:
        now += pause
        began = now
        while (wait := made.reserve((cost(weight),), now, kind)) > 0:
            now += wait
        assert now - began <= 1.0 + 0.01


def test_what_does_not_fit_is_not_counted() -> None:
    made = limiter()
    assert made.reserve((cost(10),), 0.0, Kind.CANCEL) == 0
    assert made.reserve((cost(1),), 0.5, Kind.CANCEL) == pytest.approx(0.5)
    assert made.reserve((cost(1),), 0.5, Kind.CANCEL) == pytest.approx(0.5)
    assert made.reserve((cost(10),), 1.0, Kind.CANCEL) == 0


def test_a_request_must_fit_into_all_its_counters() -> None:
    made = limiter()
    slow, fast = cost(1, 1, 60, "slow"), cost(1, 100, 1, "fast")
    assert made.reserve((slow, fast), 0.0, Kind.CANCEL) == 0
    assert made.reserve((slow, fast), 1.0, Kind.CANCEL) == pytest.approx(59)
    assert made.reserve((fast,), 1.0, Kind.CANCEL) == 0


def test_a_wait_too_short_for_a_clock_is_still_a_wait() -> None:
    made = limiter()
    made.reserve((cost(10),), 1e9, Kind.CANCEL)
    assert made.reserve((cost(1),), math.nextafter(1e9 + 1.0, 0), Kind.CANCEL) == 0.001


def test_what_the_venue_counted_beyond_ours_is_added() -> None:
    made = limiter()
    made.reserve((cost(2),), 0.0, Kind.CANCEL)
    made.observe("c", 9, 0.1, LimitScope.IP)
    assert made.reserve((cost(1),), 0.2, Kind.CANCEL) == 0
    assert made.reserve((cost(1),), 0.3, Kind.CANCEL) == pytest.approx(0.7)


def test_what_the_venue_counted_less_is_not_taken_away() -> None:
    made = limiter()
    made.reserve((cost(10),), 0.0, Kind.CANCEL)
    made.observe("c", 1, 0.1, LimitScope.IP)
    assert made.reserve((cost(1),), 0.2, Kind.CANCEL) > 0


def test_counts_that_have_expired_do_not_hide_what_the_venue_says() -> None:
    made = limiter()
    made.reserve((cost(10),), 0.0, Kind.CANCEL)
    made.observe("c", 10, 5.0, LimitScope.IP)
    assert made.reserve((cost(1),), 5.1, Kind.CANCEL) == pytest.approx(0.9)


def test_a_pause_holds_back_its_counter_and_no_other() -> None:
    made = limiter()
    made.pause((cost(),), 4.0)
    made.pause((cost(),), 3.0)
    assert made.reserve((cost(),), 1.0, Kind.CANCEL) == pytest.approx(3)
    assert made.reserve((cost(counter="other"),), 1.0, Kind.CANCEL) == 0
    assert made.reserve((cost(),), 4.0, Kind.CANCEL) == 0


def test_a_stop_holds_back_everything_even_what_costs_nothing() -> None:
    made = limiter()
    made.stop(LimitScope.IP, 10.0)
    made.stop(LimitScope.IP, 8.0)
    assert made.reserve((), 1.0, Kind.CANCEL) == pytest.approx(9)
    assert made.is_stopped(9.9)
    assert not made.is_stopped(10.0)
    assert made.reserve((), 10.0, Kind.CANCEL) == 0


def test_connections_of_one_address_share_its_counts_and_accounts_do_not() -> None:
    ip = shared_limits("toy", "http://toy.invalid", "ip", "")
    first = Limiter(ip, shared_limits("toy", "http://toy.invalid", "account", "a"))
    second = Limiter(
        shared_limits("toy", "http://toy.invalid", "ip", ""),
        shared_limits("toy", "http://toy.invalid", "account", "b"),
    )
    by_ip, by_account = cost(10), Cost("orders", 10, 10, 1.0, LimitScope.ACCOUNT)
    assert first.reserve((by_ip,), 0.0, Kind.CANCEL) == 0
    assert second.reserve((by_ip,), 0.1, Kind.CANCEL) > 0
    assert first.reserve((by_account,), 0.1, Kind.CANCEL) == 0
    assert second.reserve((by_account,), 0.1, Kind.CANCEL) == 0


def test_a_ban_outlives_the_connection_that_met_it() -> None:
    Limiter(shared_limits("toy", "ip"), shared_limits("toy", "a")).stop(LimitScope.IP, 60.0)
    assert Limiter(shared_limits("toy", "ip"), shared_limits("toy", "b")).is_stopped(1.0)
    forget_shared_limits()
    assert not Limiter(shared_limits("toy", "ip"), shared_limits("toy", "b")).is_stopped(1.0)


def test_a_hundred_a_minute_stay_a_hundred_a_minute() -> None:
    made = policy(max_wait=100, timeouts=Timeouts(total=100))
    steps = Stepper(Script(standing={"/read": reply({})}), latency=0.001)
    moments = []
    for _ in range(250):
        steps.run(made.call("x", Call(get("/read"), lambda reply: None)))
        moments.append(steps.now)
    for at in range(len(moments) - 100):
        assert moments[at + 100] - moments[at] >= 59.99


# Growing old


def test_requests_that_are_out_of_the_window_are_forgotten() -> None:
    ip = ScopeLimits()
    made = Limiter(ip, ScopeLimits())
    for second in range(1000):
        assert made.reserve((cost(1, 10, 5.0),), float(second), Kind.CANCEL) == 0
    assert list(ip.windows["c"].entries) == [(float(second), 1) for second in range(995, 1000)]


def test_what_the_venue_counted_is_forgotten_with_the_window_too() -> None:
    ip = ScopeLimits()
    made = Limiter(ip, ScopeLimits())
    made.reserve((cost(1, 10, 5.0),), 0.0, Kind.CANCEL)
    for second in range(1000):
        made.observe("c", 3, float(second), LimitScope.IP)
    assert len(ip.windows["c"].entries) <= 5


def test_after_a_silence_all_of_the_limit_is_free_at_once() -> None:
    made = limiter()
    for tenth in range(10):
        assert made.reserve((cost(1),), tenth / 10, Kind.CANCEL) == 0
    assert made.reserve((cost(10),), 5.0, Kind.CANCEL) == 0
    assert made.reserve((cost(1),), 5.0, Kind.CANCEL) == pytest.approx(1)


def test_a_burst_is_forgotten_as_a_whole() -> None:
    ip = ScopeLimits()
    made = Limiter(ip, ScopeLimits())
    for _ in range(10):
        assert made.reserve((cost(1),), 0.0, Kind.CANCEL) == 0
    assert made.reserve((cost(1),), 1.0, Kind.CANCEL) == 0
    assert list(ip.windows["c"].entries) == [(1.0, 1)]
    assert made.reserve((cost(9),), 1.0, Kind.CANCEL) == 0
    made.observe("c", 10, 2.0, LimitScope.IP)
    assert list(ip.windows["c"].entries) == [(2.0, 10)]


def test_what_the_venue_counted_before_the_first_request_counts() -> None:
    made = limiter()
    made.observe("c", 10, 0.0, LimitScope.IP)
    assert made.reserve((cost(1),), 0.25, Kind.CANCEL) == 0.75


def test_what_is_known_already_is_not_counted_again() -> None:
    ip = ScopeLimits()
    made = Limiter(ip, ScopeLimits())
    made.reserve((cost(2),), 0.0, Kind.CANCEL)
    for used in (1, 2):
        made.observe("c", used, 0.5, LimitScope.IP)
    assert list(ip.windows["c"].entries) == [(0.0, 2)]


def test_a_request_leaves_the_window_when_it_is_exactly_as_old() -> None:
    made = limiter()
    assert made.reserve((cost(10, 10, 2.0),), 4.0, Kind.CANCEL) == 0
    assert made.reserve((cost(10, 10, 2.0),), 5.75, Kind.CANCEL) == 0.25
    assert made.reserve((cost(10, 10, 2.0),), 6.0, Kind.CANCEL) == 0


# Heavy requests


def test_a_request_waits_until_enough_of_the_older_ones_have_left() -> None:
    made = limiter()
    for moment, weight in ((0.0, 2), (0.25, 3), (0.5, 4)):
        assert made.reserve((cost(weight),), moment, Kind.CANCEL) == 0
    waits = {
        weight: made.reserve((cost(weight),), 0.5, Kind.CANCEL) for weight in (2, 3, 4, 6, 7, 10)
    }
    assert waits == {2: 0.5, 3: 0.5, 4: 0.75, 6: 0.75, 7: 1.0, 10: 1.0}


@pytest.mark.parametrize("counted", [0, 3])
def test_a_request_heavier_than_its_limit_never_goes_out_and_is_never_counted(
    counted: int,
) -> None:
    made = limiter()
    if counted:
        assert made.reserve((cost(counted, 10, 4.0),), 0.0, Kind.CANCEL) == 0
    for moment in (0.0, 1.0, 100.0):
        assert made.reserve((cost(11, 10, 4.0),), moment, Kind.CANCEL) == 4.0
    assert made.reserve((cost(10, 10, 4.0),), 100.0, Kind.CANCEL) == 0


def test_a_request_heavier_than_its_limit_is_an_error_and_not_an_endless_wait() -> None:
    steps = Stepper(Script())
    request = Request(method="GET", path="/read", costs=(cost(11, 10, 4.0),))
    with pytest.raises(RateLimited, match=r"limits are used up: .* wait 4\.0 s"):
        steps.run(policy(max_wait=10).call("fetch_ticker", Call(request, lambda reply: None)))
    assert steps.sleeps == [4.0, 4.0, 0.0]
    assert steps.sent == []


# Whose counter


@pytest.mark.parametrize("scope", LimitScope)
def test_what_the_venue_counted_holds_back_that_scope_alone(scope: LimitScope) -> None:
    made = limiter()
    costs = {one: Cost("c", 1, 10, 1.0, one) for one in LimitScope}
    for one in costs.values():
        assert made.reserve((one,), 0.0, Kind.CANCEL) == 0
    made.observe("c", 10, 0.0, scope)
    waits = {one: made.reserve((costs[one],), 0.0, Kind.CANCEL) for one in LimitScope}
    assert waits == {one: 1.0 if one is scope else 0.0 for one in LimitScope}


@pytest.mark.parametrize("scope", LimitScope)
def test_a_pause_is_of_the_counter_in_its_scope_alone(scope: LimitScope) -> None:
    made = limiter()
    costs = {one: Cost("c", 1, 10, 1.0, one) for one in LimitScope}
    made.pause((costs[scope],), 5.0)
    waits = {one: made.reserve((costs[one],), 0.0, Kind.CANCEL) for one in LimitScope}
    assert waits == {one: 5.0 if one is scope else 0.0 for one in LimitScope}


@pytest.mark.parametrize("scope", LimitScope)
def test_a_stop_of_either_scope_holds_back_all_of_a_connection(scope: LimitScope) -> None:
    made = limiter()
    made.stop(scope, 5.0)
    assert made.is_stopped(4.0)
    assert made.reserve((cost(),), 1.0, Kind.CANCEL) == 4.0
    assert made.reserve((cost(),), 5.0, Kind.CANCEL) == 0


# What is kept


def taken(made: Limiter, kind: Kind, one: Cost, now: float = 0.0) -> int:
    """How many requests of this kind go out at once."""
    count = 0
    while made.reserve((one,), now, kind) == 0:
        count += 1
    return count


@pytest.mark.parametrize(
    ("limit", "reads", "changes"),
    [
        (1, 1, 1),
        (2, 2, 2),
        (5, 4, 4),
        (10, 9, 9),
        (20, 18, 19),
        (100, 90, 95),
        (6000, 5400, 5700),
    ],
)
def test_reads_leave_a_tenth_to_changes_and_changes_leave_half_of_it_to_cancels(
    limit: int, reads: int, changes: int
) -> None:
    one = cost(1, limit)
    assert taken(limiter(), Kind.READ, one) == reads
    assert taken(limiter(), Kind.CHANGE, one) == changes
    assert taken(limiter(), Kind.CANCEL, one) == limit
    made = limiter()
    counts = [taken(made, kind, one) for kind in (Kind.READ, Kind.CHANGE, Kind.CANCEL)]
    assert sum(counts) == limit
    assert limit < 5 or counts[-1] >= 1


def test_what_was_kept_was_never_more_than_the_venue_allows() -> None:
    made, one = limiter(), cost(1, 20)
    assert taken(made, Kind.CANCEL, one) == 20
    for kind in Kind:
        assert made.reserve((one,), 0.5, kind) == 0.5


def test_a_request_too_heavy_for_its_share_goes_out_when_the_window_is_empty() -> None:
    made, heavy = limiter(), cost(10, 10)
    assert made.reserve((cost(1),), 0.0, Kind.READ) == 0
    assert made.reserve((heavy,), 0.25, Kind.READ) == 0.75
    assert made.reserve((heavy,), 1.0, Kind.READ) == 0


def test_a_read_waits_only_until_there_is_room_in_its_share() -> None:
    made = limiter()
    for tenth in range(9):
        assert made.reserve((cost(1),), tenth / 10, Kind.READ) == 0
    assert made.reserve((cost(1),), 0.9, Kind.READ) == pytest.approx(0.1)
    assert made.reserve((cost(2),), 0.9, Kind.READ) == pytest.approx(0.2)


def test_what_the_venue_holds_back_is_held_back_from_cancels_too() -> None:
    made = limiter()
    made.pause((cost(),), 3.0)
    assert made.reserve((cost(),), 0.0, Kind.CANCEL) == 3.0


@pytest.mark.parametrize(
    ("operation", "serving", "changes", "kind"),
    [
        ("fetch_ticker", None, False, Kind.READ),
        ("fetch_markets", "fetch_ticker", False, Kind.READ),
        ("raw_request", None, False, Kind.READ),
        ("raw_request", None, True, Kind.CHANGE),
        ("create_order", None, True, Kind.CHANGE),
        ("fetch_markets", "create_order", False, Kind.CHANGE),
        ("cancel_order", None, True, Kind.CANCEL),
        ("cancel_all_orders", None, True, Kind.CANCEL),
        ("fetch_open_orders", "cancel_all_orders", False, Kind.CANCEL),
        ("fetch_markets", "cancel_order", False, Kind.CANCEL),
        ("something", None, True, Kind.CHANGE),
        ("something", None, False, Kind.READ),
    ],
)
def test_what_a_request_is_for_is_told_by_what_the_user_asked_for(
    operation: str, serving: str | None, changes: bool, kind: Kind
) -> None:
    assert kind_of(operation, serving, changes=changes) is kind
