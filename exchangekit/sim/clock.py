"""A venue's clock: the only source of time in a simulated venue.

Whole milliseconds since 1970-01-01 UTC. There are two readings. `market_now` is when things really
happen: orders, trades and candles carry it; it follows the wall clock, or stands still until told
to advance, and never runs backwards by itself. `now` is what the venue *believes*: the same plus
an error (offset and drift) that tests switch on; request timestamps are judged against it and the
time endpoint reports it. Nothing else in this package reads time.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

SECOND: Final = 1_000
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR


def wall_ms() -> int:
    return time.time_ns() // 1_000_000


class VenueClock:
    """`fixed_at` gives a clock that only `advance` moves."""

    def __init__(self, *, fixed_at: int | None = None, source: Callable[[], int] = wall_ms) -> None:
        self._source = source
        self._started_frozen_at = fixed_at
        self.reset()

    def reset(self) -> None:
        """As new: no jump, no error, frozen only if made so."""
        self._frozen = self._started_frozen_at
        self._jump = 0
        self._offset = 0
        self._drift_ppm = 0
        self._drift_from = self.market_now()

    def market_now(self) -> int:
        """When things really happen, in milliseconds."""
        return self._source() + self._jump if self._frozen is None else self._frozen

    def now(self) -> int:
        """What the venue believes the time is, in milliseconds."""
        true = self.market_now()
        return true + self._offset + (true - self._drift_from) * self._drift_ppm // 1_000_000

    @property
    def frozen(self) -> bool:
        return self._frozen is not None

    def freeze(self, at: int | None = None) -> None:
        """Stand still, at `at` or at the present moment."""
        self._frozen = self.market_now() if at is None else at

    def thaw(self) -> None:
        """Run on from where the clock stands."""
        if self._frozen is not None:
            self._jump = self._frozen - self._source()
            self._frozen = None

    def advance(self, milliseconds: int) -> None:
        """Let this much time pass at once, frozen or not. Raises `ValueError` if negative."""
        if milliseconds < 0:
            raise ValueError("time passes forwards only: advance by 0 ms or more")
        if self._frozen is not None:
            self._frozen += milliseconds
        else:
            self._jump += milliseconds

    def set_error(self, *, offset: int = 0, drift_ppm: int = 0) -> None:
        """Be wrong by `offset` ms, and by `drift_ppm` millionths more as time passes."""
        self._offset = offset
        self._drift_ppm = drift_ppm
        self._drift_from = self.market_now()

    def describe(self) -> dict[str, object]:
        """The state for the control interface."""
        now, true = self.now(), self.market_now()
        return {
            "now": now,
            "market_now": true,
            "error_ms": now - true,
            "drift_ppm": self._drift_ppm,
            "frozen": self.frozen,
        }
