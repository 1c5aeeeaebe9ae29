"""Trouble that is no single order's: outages, maintenance, bans, a deaf clock.

Planned by how many new orders have arrived at a venue, so that it comes at the same point of the
work whoever is faster.
"""

from __future__ import annotations

import random

from exchangekit.testing.chaos.plan import Size
from exchangekit.testing.chaos.trouble import Rule
from exchangekit.testing.chaos.which import VENUES, rechecks

Front = tuple[str, tuple[Rule, ...]]
"""Its kind, and the rules that it adds to a venue's."""
_EVERY = 25
_LONG_EVERY = 300
"""Between two long outages of a venue; the venues take turns."""


class Weather:
    """What comes over each venue, and when."""

    def __init__(self, size: Size) -> None:
        chance = random.Random(f"weather {size.seed}")  # noqa: S311 - no secret
        self._fronts: dict[tuple[str, int], Front] = {}
        for venue in VENUES:
            for about in range(_EVERY // 2, size.orders // len(VENUES), _EVERY):
                at = about + chance.randrange(_EVERY // 2)
                self._fronts[venue, at] = chance.choice(_KINDS)(venue, chance)
            turn = _LONG_EVERY * (1 + VENUES.index(venue)) // len(VENUES)
            for at in range(turn, size.orders // len(VENUES), _LONG_EVERY):
                self._fronts[venue, at] = _long_outage(venue, chance)

    def at(self, venue: str, arrived: int) -> Front | None:
        """What begins when so many new orders have arrived at `venue`."""
        return self._fronts.get((venue, arrived))


def _outage(venue: str, chance: random.Random) -> Front:
    return "outage", ({"action": "refuse", "seconds": round(chance.uniform(0.2, 1.2), 2)},)


def _long_outage(venue: str, chance: random.Random) -> Front:
    return "long outage", ({"action": "refuse", "seconds": round(chance.uniform(3, 6), 2)},)


def _maintenance(venue: str, chance: random.Random) -> Front:
    return "maintenance of all", ({"action": "maintenance", "count": chance.randrange(3, 15)},)


def _ban(venue: str, chance: random.Random) -> Front:
    if not rechecks(venue):
        return _outage(venue, chance)  # where a ban says no end, two minutes are waited
    return "418", ({"action": "status", "status": 418, "seconds": 1},)


def _deaf(venue: str, chance: random.Random) -> Front:
    count = chance.randrange(2, 6)
    return "time not told", ({"action": "drop", "operation": "fetch_time", "count": count},)


def _blind(venue: str, chance: random.Random) -> Front:
    operation = chance.choice(("fetch_order", "fetch_open_orders", "fetch_my_trades"))
    rule = {"action": "status", "status": 500, "operation": operation}
    return f"{operation} down", ({**rule, "count": chance.randrange(3, 12)},)


def _refused(venue: str, chance: random.Random) -> Front:
    return "connections reset", ({"action": "refuse", "count": chance.randrange(1, 5)},)


_KINDS = (_outage, _outage, _maintenance, _ban, _deaf, _blind, _refused)
