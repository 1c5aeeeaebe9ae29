"""The venues of a chaos run: all that are installed and can be simulated."""

from __future__ import annotations

from exchangekit.plugins import installed

VENUES = tuple(sorted(installed().simulated()))
_STEP = 600
_MOST_OFF = 600


def rechecks(venue: str) -> bool:
    """Whether it looks at an order's deadline once more before it matches it: then nothing that is
    held up inside is taken later."""
    return installed().adapter(venue).capabilities.fence.kind == "rechecked"


def clock_off(venue: str) -> int:
    """By how many milliseconds its clock is wrong. (Its orders carry the true time, so that more
    than a second would make an order look older than its call.)"""
    return _STEP * VENUES.index(venue) % (2 * _MOST_OFF + _STEP) - _MOST_OFF


def declared_margins() -> str:
    """What the plugins declare, in words."""
    return ", ".join(
        f"{installed().adapter(one).capabilities.fence.margin.total_seconds():g} s ({one})"
        for one in VENUES
    )
