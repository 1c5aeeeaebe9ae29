"""How lists of orders and fills are cut: newest first, below a cursor, within times.

Whether a list holds what is exactly as old as ``startTime`` or ``endTime`` is not documented: both
are included here.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

Item = TypeVar("Item")


def newest(
    found: Iterable[tuple[int, int, Item]],
    limit: int,
    *,
    below: int | None,
    oldest: int,
    end: int | None,
) -> list[tuple[int, Item]]:
    """Of (id, time, item) the newest of those asked for, with their ids."""
    inside = [
        (number, item)
        for number, time, item in found
        if time >= oldest and (end is None or time <= end) and (below is None or number < below)
    ]
    return sorted(inside, key=lambda one: one[0], reverse=True)[:limit]
