"""How long a call waits: for limits, after a refusal, after a ban, and never too long."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from support.stepper import Stepper, policy
from support.toy import KEY, SECRET, START, START_MS, Script, get, lost, refusal, reply

from exchangekit.adapter import Call, Cost, Credentials, LimitScope, Request
from exchangekit.errors import (
    Banned,
    ConnectionLost,
    FirewallBlocked,
    Outcome,
    RateLimited,
)
from exchangekit.runtime.attempt import Attempt
from exchangekit.runtime.clock import Sample, VenueClock
from exchangekit.runtime.effects import Flow, Now, Sleep
from exchangekit.runtime.limits import Kind, Limiter, LocalLimits, ScopeLimits
from exchangekit.runtime.policy import Policy
from exchangekit.runtime.throttle import Throttle
from exchangekit.runtime.transports import Timeouts

GOOD = reply({"last": "10"})
NOW = 1000.0
WEIGHT = Cost("weight", 1, 10, 60.0)
LONG: dict[str, Any] = {"max_wait": 9000, "timeouts": Timeouts(attempt=15, total=9000)}


def waiting(*, known: bool = False, **bounds: Any) -> Throttle:
    """The waits of a connection; the venue's clock reads `START` at `NOW` where it is `known`."""
    clock = VenueClock()
    if known:
        clock.add(Sample(NOW, NOW, START_MS + 1))  # the clock leans back by its millisecond
    asked = {"total": 30.0, "max_wait": 20.0, "order_window": 3000} | bounds
    return Throttle("Toy", LocalLimits(ScopeLimits(), ScopeLimits()), clock, **asked)


def counted(made: Throttle) -> Limiter:
    """What is counted, to be held back or looked at without waiting."""
    assert isinstance(made.limits, LocalLimits)
    return made.limits.counted


def paused(made: Throttle, one: Attempt, error: RateLimited) -> float:
    """The seconds that are held back after `error`, told at `NOW`."""
    return Stepper(now=NOW).run(made.pause(one, error, NOW))


def attempt(
    *costs: Cost, changes: bool = False, failures: int = 0, started: float = NOW
) -> Attempt:
    request = Request(method="GET", path="/read", costs=costs, changes=changes)
    return Attempt("toy", None, "fetch_ticker", request, started, failures=failures)


def public(made: Policy) -> Flow[Any]:
    return made.call("fetch_ticker", Call(get("/read"), lambda reply: reply.body))


# Patience


@pytest.mark.parametrize(
    ("changes", "waited", "now", "left"),
    [
        (False, 0.0, NOW, 20.0),
        (False, 5.0, NOW + 5, 15.0),
        (False, 0.0, NOW + 12, 18.0),
        (False, 5.0, NOW + 20, 10.0),
        (False, 0.0, NOW + 31, -1.0),
        (True, 0.0, NOW, 3.0),
        (True, 1.0, NOW + 1, 2.0),
        (True, 19.0, NOW + 1, 1.0),
    ],
)
def test_patience_ends_with_max_wait_and_with_the_time_that_the_call_has(
    changes: bool, waited: float, now: float, left: float
) -> None:
    one = attempt(changes=changes)
    one.waited = waited
    assert waiting().patience(one, now) == left


def test_a_change_has_no_more_time_than_any_call() -> None:
    assert waiting(total=2.0).patience(attempt(changes=True), NOW) == 2.0


def test_a_wait_that_takes_all_patience_is_waited_and_counted() -> None:
    made, one, steps = waiting(max_wait=5.0), attempt(WEIGHT), Stepper(now=NOW)
    counted(made).pause((WEIGHT,), NOW + 5)
    steps.run(made.admit(one))
    assert steps.sleeps == [5.0]
    assert one.waited == 5.0


@pytest.mark.parametrize(
    ("costs", "why"),
    [
        ((WEIGHT,), "Toy limits: weight"),
        ((WEIGHT, Cost("orders", 1, 10, 10.0)), "Toy limits: weight, orders"),
        ((), "Toy limits: all requests"),
    ],
)
def test_a_wait_says_what_for(costs: tuple[Cost, ...], why: str) -> None:
    made, steps = waiting(), Stepper(now=NOW)
    counted(made).stop(LimitScope.IP, NOW + 5)
    steps.run(made.admit(attempt(*costs)))
    assert [effect for effect in steps.effects if isinstance(effect, Sleep)] == [Sleep(5.0, why)]


def test_after_a_wait_the_limits_are_asked_again_and_the_request_is_counted() -> None:
    made, one = waiting(), attempt(WEIGHT)
    counted(made).pause((WEIGHT,), NOW + 5)
    flow = made.admit(one)
    assert next(flow) == Now()
    assert flow.send(NOW) == Sleep(5.0, "Toy limits: weight")
    # Another request holds back the counter while this one waits.
    counted(made).pause((WEIGHT,), NOW + 7)
    assert flow.send(None) == Now()
    assert flow.send(NOW + 5) == Sleep(2.0, "Toy limits: weight")
    assert flow.send(None) == Now()
    with pytest.raises(StopIteration):
        flow.send(NOW + 7)
    assert one.waited == 7.0
    full = replace(WEIGHT, weight=10)
    assert counted(made).reserve((full,), NOW + 7, Kind.CANCEL) == 60.0


# Trying again


@pytest.mark.parametrize(
    ("failures", "dice", "seconds"),
    [
        (1, 0, 0.25),
        (2, 0, 0.5),
        (3, 0, 1.0),
        (4, 0, 2.0),
        (5, 0, 4.0),
        (1, 51, 0.35),
        (3, 51, 1.4),
        (3, 255, 3.0),
        (4, 255, 6.0),
    ],
)
def test_backing_off_doubles_with_each_failure_and_the_dice_scatter_it(
    failures: int, dice: int, seconds: float
) -> None:
    steps = Stepper(dice=dice)
    assert steps.run(waiting().backoff(attempt(failures=failures))) == pytest.approx(seconds)


def test_a_call_that_keeps_failing_waits_twice_as_long_each_time() -> None:
    steps = Stepper(Script([lost()] * 9), dice=0)
    with pytest.raises(ConnectionLost):
        steps.run(public(policy(retries=5, **LONG)))
    assert steps.sleeps == [0.25, 0.5, 1.0, 2.0, 4.0]


def test_a_venue_that_keeps_refusing_is_asked_after_twice_as_long_each_time() -> None:
    steps = Stepper(Script([refusal(-1003, "", 429)] * 9))
    with pytest.raises(RateLimited) as caught:
        steps.run(public(policy(retries=4, **LONG)))
    assert steps.sleeps == pytest.approx([1, 2, 4, 8])
    assert caught.value.hint == "Ask less often; try again in 16 s."


@pytest.mark.parametrize(("retry_after", "seconds"), [(0.0, 0.0), (7.0, 7.0), (None, 4.0)])
def test_what_the_venue_says_of_a_pause_wins_over_the_kits_own(
    retry_after: float | None, seconds: float
) -> None:
    made, one = waiting(), attempt(WEIGHT, failures=2)
    error = RateLimited("slow down", retry_after=retry_after)
    assert paused(made, one, error) == seconds
    assert error.retry_after == retry_after
    assert counted(made).reserve((WEIGHT,), NOW, Kind.CANCEL) == seconds
    assert counted(made).reserve((), NOW, Kind.CANCEL) == 0
    assert error.hint == f"Ask less often; try again in {seconds:.0f} s."


@pytest.mark.parametrize("kind", [RateLimited, Banned])
def test_a_hint_that_an_error_has_is_kept(kind: type[RateLimited]) -> None:
    error = kind("slow down", hint="Use the stream.")
    paused(waiting(), attempt(WEIGHT), error)
    assert error.hint == "Use the stream."


def test_limits_that_are_used_up_for_too_long_are_an_error_that_says_how_long() -> None:
    made, one = waiting(known=True), attempt(WEIGHT)
    one.proven = Outcome.REFUSED
    one.request = Request(method="POST", path="/order", costs=(WEIGHT,), changes=True)
    counted(made).pause((WEIGHT,), NOW + 40)
    with pytest.raises(RateLimited) as caught:
        Stepper(now=NOW).run(made.admit(one))
    error = caught.value
    assert type(error) is RateLimited
    assert error.message == "the venue's limits are used up: the request would have to wait 40.0 s"
    assert (error.retry_after, error.outcome) == (40.0, Outcome.REFUSED)
    assert error.hint == "Ask less often, or allow a longer max_wait."
    assert (error.venue, error.operation) == ("toy", "fetch_ticker")


# Bans


@pytest.mark.parametrize(
    ("known", "retry_after", "told", "seconds", "until"),
    [
        # Until when the venue says, in seconds on its clock; what the error says in the end.
        (True, None, 40, 40, 40),
        (True, None, -5, 0, -5),
        (True, None, 0, 0, 0),
        (True, None, 600, 600, 600),
        (True, None, None, 120, 120),
        (True, 90.0, None, 90, 90),
        (True, 90.0, 40, 90, 40),
        (True, 0.0, 40, 0, 40),
        # Before the venue's clock is known this machine's counts, from two minutes to three days.
        (False, None, 600, 600, 600),
        (False, None, 3 * 24 * 3600, 3 * 24 * 3600, 3 * 24 * 3600),
        (False, None, 3 * 24 * 3600 + 1, 3 * 24 * 3600, 3 * 24 * 3600 + 1),
        (False, None, 40, 120, 40),
        (False, None, -5, 120, -5),
        (False, None, None, 120, None),
        (False, 90.0, None, 90, None),
        (False, 90.0, 40, 90, 40),
    ],
)
def test_a_ban_lasts_as_long_as_the_venue_says_or_two_minutes(
    known: bool, retry_after: float | None, told: int | None, seconds: float, until: int | None
) -> None:
    made, error = waiting(known=known), Banned("banned", retry_after=retry_after)
    error.until = None if told is None else START + timedelta(seconds=told)
    assert paused(made, attempt(WEIGHT, failures=2), error) == seconds
    assert error.retry_after == seconds
    assert error.until == (None if until is None else START + timedelta(seconds=until))
    assert error.hint == f"Ask less often; try again in {seconds} s."
    assert counted(made).reserve((), NOW, Kind.CANCEL) == seconds


@pytest.mark.parametrize("known", [True, False])
def test_a_call_that_a_ban_holds_back_says_until_when_where_the_clock_is_known(
    known: bool,
) -> None:
    made = waiting(known=known)
    counted(made).stop(LimitScope.IP, NOW + 100)
    with pytest.raises(Banned) as caught:
        Stepper(now=NOW + 10).run(made.admit(attempt(WEIGHT, started=NOW + 10)))
    error = caught.value
    assert error.retry_after == 90
    assert error.message == (
        "the venue or its firewall has blocked this address: the request would have to wait 90.0 s"
    )
    if known:
        # The clock leans to the past by what it may have drifted in ten seconds.
        assert error.until == START + timedelta(seconds=100, milliseconds=-1)
    else:
        assert error.until is None


@pytest.mark.parametrize(
    ("told", "lengths"),
    [
        # (when a page comes, the Retry-After it carries), and how long the address is held back.
        ([(0, None)], [30]),
        ([(0, 7.0)], [7]),
        ([(0, None), (31, None), (92, None), (213, None), (334, None)], [30, 60, 120, 120, 120]),
        ([(0, None), (1, None)], [30, 30]),  # the second was under way when the first came
        ([(0, None), (29.9, None), (60, None)], [30, 30, 60]),
        ([(0, None), (150, None)], [30, 30]),  # it had let requests through for two minutes
        ([(0, 0.0), (1, None)], [0, 30]),
    ],
)
def test_a_firewall_that_keeps_blocking_is_left_alone_for_longer(
    told: list[tuple[float, float | None]], lengths: list[float]
) -> None:
    made = waiting(known=True)
    steps = Stepper(now=NOW)
    for (after, said), seconds in zip(told, lengths, strict=True):
        error = FirewallBlocked("denied", retry_after=said)
        assert steps.run(made.pause(attempt(WEIGHT), error, NOW + after)) == seconds
        assert error.retry_after == seconds
        assert error.hint == FirewallBlocked.default_hint


def test_the_page_of_a_firewall_holds_back_all_requests_of_the_address_public_ones_too() -> None:
    made = policy()
    steps = Stepper(Script([reply(b"<html>Access Denied</html>", 403)]))
    with pytest.raises(FirewallBlocked):
        steps.run(public(made))
    with pytest.raises(Banned) as held:
        steps.run(public(made))
    assert held.value.retry_after == pytest.approx(30)
    assert len(steps.sent) == 1


@pytest.mark.parametrize(
    ("date", "today", "seconds"),
    [
        # The date of the reply, whatever this machine says; without one, this machine's clock.
        ("Tue, 14 Nov 2023 22:13:20 GMT", timedelta(days=-400), 600),
        ("Tue, 14 Nov 2023 22:14:20 GMT", timedelta(days=400), 540),
        (None, timedelta(), 600),
        (None, timedelta(seconds=100), 500),
        (None, timedelta(hours=5), 120),
        ("yesterday", timedelta(), 600),
    ],
)
def test_a_ban_before_the_clock_is_known_is_honoured_in_full_and_asks_the_venue_nothing(
    date: str | None, today: timedelta, seconds: float
) -> None:
    made = policy()
    headers = {} if date is None else {"date": date}
    banned = refusal(-1003, f"IP banned until {START_MS + 600_000}.", 418, **headers)
    steps = Stepper(Script([banned, GOOD]), today=START + today)
    with pytest.raises(Banned) as caught:
        steps.run(public(made))
    assert caught.value.retry_after == seconds
    assert caught.value.until == START + timedelta(seconds=600)
    with pytest.raises(Banned) as again:
        steps.run(public(made))
    assert again.value.retry_after == pytest.approx(seconds)
    assert (len(steps.sent), steps.times_asked) == (1, 0)
    steps.now += seconds - 1
    assert steps.run(public(made)) == GOOD.body
    # The refusal of our own let the loop turn once.
    assert steps.sleeps == pytest.approx([0, 1])


def test_a_ban_is_of_the_address_and_holds_back_other_accounts_too() -> None:
    ip = ScopeLimits()
    keys = Credentials(KEY, SECRET)
    banned, other = policy(ip=ip, credentials=keys), policy(ip=ip)
    steps = Stepper(Script([refusal(-1003, "", 418, retry_after="5"), GOOD, GOOD]))
    steps.run(public(banned))
    assert steps.sleeps == pytest.approx([5])
    assert ip.stopped_until == pytest.approx(steps.now - steps.latency)
    steps.run(public(other))
    assert steps.sleeps == pytest.approx([5])
