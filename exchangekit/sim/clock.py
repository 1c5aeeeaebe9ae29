"""A venue's clock: the only source of time in a simulated venue.

Whole milliseconds since 1970-01-01 UTC. The clock is the wall clock plus an offset and a drift, or
stands still at a fixed moment until told to advance. Nothing else in this package reads time.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

MINUTE: Final = 60_000
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR


def wall_ms() -> int:
    return time.time_ns() // 1_000_000


class VenueClock:
    """`now()` in milliseconds. `fixed_at` gives a clock that only `advance` moves."""

    def __init__(
        self, *, fixed_at: int | None = None, source: Callable[[], int] = wall_ms
    ) -> None:
        self._source = source
        self._frozen: int | None = fixed_at
        self._offset = 0
        self._drift_ppm = 0
        self._drift_from = source()

    def now(self) -> int:
        """The venue's time in milliseconds."""
        if self._frozen is not None:
            return self._frozen
        real = self._source()
        return real + self._offset + (real - self._drift_from) * self._drift_ppm // 1_000_000

    @property
    def frozen(self) -> bool:
        return self._frozen is not None

    def freeze(self, at: int | None = None) -> None:
        """Stand still, at `at` or at the present moment."""
        self._frozen = self.now() if at is None else at

    def thaw(self) -> None:
        """Run on from where the clock stands (a venue's time does not jump back)."""
        if self._frozen is not None:
            self._offset = self._frozen - self._source()
            self._drift_from = self._source()
            self._frozen = None

    def advance(self, milliseconds: int) -> None:
        """Jump by this much, frozen or not."""
        if self._frozen is not None:
            self._frozen += milliseconds
        else:
            self._offset += milliseconds

    def set_offset(self, milliseconds: int) -> None:
        """Stand this far from the wall clock (0: exact), keep running, forget any drift."""
        self._frozen = None
        self._offset = milliseconds
        self.set_drift(0)

    def set_drift(self, parts_per_million: int) -> None:
        """Run this much too fast (negative: too slow) from now on."""
        now = self.now()
        self._drift_ppm = parts_per_million
        self._drift_from = self._source()
        if self._frozen is None:
            self._offset = now - self._drift_from

    def describe(self) -> dict[str, int | bool]:
        """The state for the control interface; `offset` is measured against the wall clock."""
        now = self.now()
        return {
            "now": now,
            "offset": now - self._source(),
            "drift_ppm": self._drift_ppm,
            "frozen": self.frozen,
        }
