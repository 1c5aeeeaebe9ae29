"""The venue's clock, estimated from its time endpoint.

Of the recent samples the one with the smallest round trip counts; the venue's time is taken to
be the midpoint. Time is counted on the monotonic clock, so that a step of this machine's own
clock changes nothing. The estimate leans to the past by its own uncertainty: venues accept a
timestamp that is seconds old, and refuse one that is a second ahead.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import floor
from typing import NamedTuple

from exchangekit.runtime.processes import of_one_process

FRESH_SECONDS = 30.0
USABLE_SECONDS = 600.0
DRIFT_PER_SECOND = 0.0001
KEPT = 8


@dataclass(frozen=True, slots=True)
class Sample:
    """One answer of the time endpoint; seconds on the monotonic clock, ms on the venue's."""

    sent: float
    received: float
    venue_ms: int

    @property
    def round_trip(self) -> float:
        return self.received - self.sent

    @property
    def offset_ms(self) -> float:
        return self.venue_ms - (self.sent + self.received) * 500.0

    def uncertainty_ms(self, now: float) -> float:
        age = max(0.0, now - self.received)
        return self.round_trip * 500.0 + age * DRIFT_PER_SECOND * 1000.0 + 1.0


class _Best(NamedTuple):
    """The sample that counts from ``since`` on, and what is reckoned of it each time."""

    sample: Sample
    since: float
    received: float
    offset_ms: float
    half_ms: float


class VenueClock:
    """What is known of the venue's time. Reads no clock itself: ``now`` is passed in."""

    def __init__(self) -> None:
        # Replaced and never changed, so that threads may look while another adds.
        self._samples: tuple[Sample, ...] = ()
        self._best: _Best | None = None
        self.refreshing = False
        of_one_process(self)

    def after_fork(self) -> None:
        # Who was asking stayed in the parent.
        self.refreshing = False

    def add(self, sample: Sample) -> None:
        self._samples = samples = (*self._samples[1 - KEPT :], sample)
        # From the last answer on all samples age alike, so that the best of them stays the best.
        since = max(one.received for one in samples)
        best = min(samples, key=lambda one: one.uncertainty_ms(since))
        self._best = _Best(best, since, best.received, best.offset_ms, best.round_trip * 500.0)

    def forget(self) -> None:
        self._samples = ()
        self._best = None

    def best(self, now: float) -> Sample | None:
        known = self._best
        if known is not None and now >= known.since and now - known.received < USABLE_SECONDS:
            return known.sample
        usable = [s for s in self._samples if now - s.received < USABLE_SECONDS]
        return min(usable, key=lambda sample: sample.uncertainty_ms(now), default=None)

    def is_fresh(self, now: float) -> bool:
        samples = self._samples
        return bool(samples) and now - samples[-1].received < FRESH_SECONDS

    def venue_ms(self, now: float) -> int | None:
        """The venue's time in ms, leaning to the past by its uncertainty; None if unknown."""
        known = self._best
        if known is not None and now >= known.since and now - known.received < USABLE_SECONDS:
            # As below, of the numbers that stay the same.
            _, _, received, offset_ms, half_ms = known
            age = now - received
            uncertainty = half_ms + age * DRIFT_PER_SECOND * 1000.0 + 1.0
            return floor(now * 1000.0 + offset_ms - uncertainty)
        best = self.best(now)
        if best is None:
            return None
        return floor(now * 1000.0 + best.offset_ms - best.uncertainty_ms(now))
