"""The estimate of the venue's time: never ahead of it, and not far behind."""

from __future__ import annotations

from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchangekit.runtime.clock import FRESH_SECONDS, USABLE_SECONDS, Sample, VenueClock

offsets = st.integers(min_value=-(10**13), max_value=10**13)
delays = st.tuples(st.floats(0, 5), st.floats(0, 5))


def sample(at: float, offset_ms: int, there: float, back: float) -> Sample:
    """What a request sent at `at` learns when its way takes `there` and the answer's `back`."""
    return Sample(at, at + there + back, floor((at + there) * 1000 + offset_ms))


@given(offsets, st.lists(delays, min_size=1, max_size=12), st.floats(0, 500))
def test_the_stamp_is_never_ahead_and_at_most_twice_the_uncertainty_behind(
    offset_ms: int, ways: list[tuple[float, float]], later: float
) -> None:
    clock, now = VenueClock(), 100.0
    for there, back in ways:
        made = sample(now, offset_ms, there, back)
        clock.add(made)
        now = made.received
    now += later
    stamp, best = clock.venue_ms(now), clock.best(now)
    if best is None:
        assert stamp is None
        return
    assert stamp is not None
    truth = now * 1000 + offset_ms
    assert stamp <= truth
    assert truth - stamp <= 2 * best.uncertainty_ms(now) + 1


@given(st.lists(delays, min_size=2, max_size=8))
def test_the_sample_with_the_smallest_round_trip_counts(ways: list[tuple[float, float]]) -> None:
    clock = VenueClock()
    made = [sample(100.0, 0, there, back) for there, back in ways]
    for one in made:
        clock.add(one)
    best = clock.best(110.0)
    assert best is not None
    smallest = min(one.round_trip for one in made)
    assert best.round_trip == pytest.approx(smallest, abs=0.0011)


def test_a_good_sample_yields_to_a_worse_one_only_when_it_has_drifted_apart() -> None:
    clock = VenueClock()
    quick, slow = sample(0.0, 0, 0.01, 0.01), sample(100.0, 0, 0.04, 0.04)
    clock.add(quick)
    clock.add(slow)
    assert clock.best(101.0) is quick
    drifted = VenueClock()
    drifted.add(quick)
    drifted.add(sample(500.0, 0, 0.04, 0.04))
    assert drifted.best(501.0) is not quick


def test_a_clock_that_forgets_knows_nothing() -> None:
    clock = VenueClock()
    clock.add(sample(0.0, 0, 0.1, 0.1))
    assert clock.venue_ms(1.0) is not None
    clock.forget()
    assert clock.venue_ms(1.0) is None
    assert clock.best(1.0) is None
    assert not clock.is_fresh(1.0)


def test_samples_are_fresh_for_a_while_and_usable_for_longer() -> None:
    clock = VenueClock()
    made = sample(0.0, 0, 0.0, 0.0)
    clock.add(made)
    assert clock.is_fresh(FRESH_SECONDS - 1)
    assert not clock.is_fresh(FRESH_SECONDS)
    assert clock.venue_ms(USABLE_SECONDS - 1) is not None
    assert clock.venue_ms(USABLE_SECONDS) is None


def test_only_the_last_eight_samples_are_kept() -> None:
    clock = VenueClock()
    clock.add(sample(0.0, 0, 0.0, 0.0))
    for at in range(1, 9):
        clock.add(sample(float(at), 0, 1.0, 1.0))
    best = clock.best(20.0)
    assert best is not None
    assert best.round_trip == 2.0


def test_looking_at_the_clock_while_it_changes_is_safe() -> None:
    clock = VenueClock()
    clock.add(sample(0.0, 0, 0.1, 0.1))
    before = clock._samples
    clock.add(sample(1.0, 0, 0.1, 0.1))
    clock.forget()
    assert len(before) == 1


# The numbers, written out


@pytest.mark.parametrize(
    ("sent", "received", "now", "uncertainty"),
    [
        (0.0, 0.0, 0.0, 1.0),
        (0.0, 0.25, 0.25, 126.0),
        (0.0, 2.0, 2.0, 1001.0),
        (0.0, 0.0, 10.0, 2.0),
        (0.0, 0.0, 100.0, 11.0),
        (0.0, 2.0, 12.0, 1002.0),
        # Asked for a moment before the answer: nothing has drifted, and nothing is gained.
        (0.0, 2.0, 1.0, 1001.0),
    ],
)
def test_a_sample_may_be_half_its_round_trip_off_and_a_tenth_of_a_millisecond_more_each_second(
    sent: float, received: float, now: float, uncertainty: float
) -> None:
    assert Sample(sent, received, 0).uncertainty_ms(now) == pytest.approx(uncertainty, abs=1e-9)


def test_the_venues_time_is_the_midpoint_less_the_uncertainty() -> None:
    clock = VenueClock()
    clock.add(Sample(10.0, 10.5, 1_000_000))
    assert clock.venue_ms(10.5) == 1_000_000 + 250 - 250 - 1
    assert clock.venue_ms(30.5) == 1_000_000 + 20_250 - 250 - 2 - 1
    assert clock.venue_ms(10.51234) == 1_000_011


@pytest.mark.parametrize(
    ("age", "fresh", "usable"),
    [
        (0.0, True, True),
        (29.99, True, True),
        (30.0, False, True),
        (599.99, False, True),
        (600.0, False, False),
    ],
)
def test_a_sample_is_fresh_for_thirty_seconds_and_usable_for_ten_minutes(
    age: float, fresh: bool, usable: bool
) -> None:
    clock = VenueClock()
    clock.add(Sample(40.0, 50.0, 0))
    assert clock.is_fresh(50.0 + age) is fresh
    assert (clock.best(50.0 + age) is not None) is usable
    assert (clock.venue_ms(50.0 + age) is not None) is usable


@pytest.mark.parametrize(("others", "kept"), [(6, True), (7, True), (8, False)])
def test_a_sample_is_kept_until_eight_newer_ones_have_come(others: int, kept: bool) -> None:
    clock, first = VenueClock(), Sample(0.0, 0.0, 0)
    clock.add(first)
    for _ in range(others):
        clock.add(Sample(0.0, 5.0, 0))
    assert (clock.best(5.0) is first) is kept


def test_what_is_too_old_gives_way_to_a_worse_one() -> None:
    clock, worse = VenueClock(), Sample(590.0, 599.0, 0)
    clock.add(Sample(0.0, 0.0, 0))
    clock.add(worse)
    assert clock.best(599.0) != worse
    assert clock.best(600.0) is worse


@pytest.mark.parametrize(("drift", "best"), [(799.0, 0), (801.0, 1)])
def test_a_quick_sample_counts_until_it_has_drifted_by_more_than_the_slow_one_is_off(
    drift: float, best: int
) -> None:
    # 0.08 s there and back is 40 ms off, which is what drifts in 400 s.
    made = [Sample(0.0, 0.0, 0), Sample(drift / 2 - 0.08, drift / 2, 0)]
    clock = VenueClock()
    for one in made:
        clock.add(one)
    assert clock.best(drift / 2) is made[best]


@given(offsets, st.lists(delays, min_size=1, max_size=12), st.floats(-20, 700))
def test_what_is_kept_of_the_best_sample_tells_what_all_of_them_would(
    offset_ms: int, ways: list[tuple[float, float]], later: float
) -> None:
    clock, now = VenueClock(), 1000.0
    for there, back in ways:
        clock.add(sample(now, offset_ms, there, back))
        now += there + back
    asked = now + later
    plainly = VenueClock()
    plainly._samples = clock._samples
    mine, theirs = clock.best(asked), plainly.best(asked)
    assert (mine is None) is (theirs is None)
    if mine is not None and theirs is not None:
        least = theirs.uncertainty_ms(asked)
        assert mine.uncertainty_ms(asked) == pytest.approx(least, abs=1e-6)
        told = clock.venue_ms(asked)
        assert told == floor(asked * 1000.0 + mine.offset_ms - mine.uncertainty_ms(asked))
