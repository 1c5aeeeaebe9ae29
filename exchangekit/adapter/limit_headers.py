"""What a venue's replies tell of its limits, where it says what is left and not what is used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

_LONGEST = 15
Unit = Literal["ms", "s", "ms left", "s left"]


@dataclass(frozen=True, slots=True)
class Remaining:
    """Reply headers (in lower case) about the first of a request's costs.

    ``remaining`` says how much of it may still be asked for; ``reset``, where there is one, when
    all of it may be again: as a time since 1970 (``resets`` "ms" or "s"), or as what is left until
    then ("ms left", "s left").
    """

    remaining: str
    reset: str | None = None
    resets: Unit = "ms"

    @property
    def names(self) -> frozenset[str]:
        return frozenset(filter(None, (self.remaining, self.reset)))

    def left(self, headers: Mapping[str, str]) -> int | None:
        """How much is left; None where a reply does not say."""
        return whole(headers.get(self.remaining))

    def seconds(self, headers: Mapping[str, str], venue_ms: int | None) -> float | None:
        """Seconds until all of it is there again; None where a reply does not say, or where the
        venue's time, which it is counted from, is not known."""
        told = whole(headers.get(self.reset)) if self.reset else None
        if told is None:
            return None
        milliseconds = told if self.resets.startswith("ms") else told * 1000
        if not self.resets.endswith("left"):
            if venue_ms is None:
                return None
            milliseconds -= venue_ms
        return max(0, milliseconds) / 1000


def whole(told: str | None) -> int | None:
    """A header's whole number; None for what is none."""
    if told is None or not told.isdecimal() or len(told) > _LONGEST:
        return None
    return int(told)
