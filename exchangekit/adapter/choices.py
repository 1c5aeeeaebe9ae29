"""One value of several that a venue tells: the first, all, the largest, the smallest, the sum.

They stand where a spelling stands, and hold spellings: ``price_step=either("tickSize",
Decimals("precision"))``.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, Self

from exchangekit.models.numbers import WIDE

Values = list[Any]


class Choice(str):
    """Several spellings, and how one value is made of what they say; see `either`."""

    __slots__ = ("among", "pick")

    among: tuple[str, ...]
    pick: Callable[[Values], Any] | None
    """None takes the first that is told, and looks no further."""

    def __new__(
        cls, name: str, pick: Callable[[Values], Any] | None, among: tuple[str, ...]
    ) -> Self:
        if len(among) < 2:
            raise TypeError(f"{name}() is a choice among several spellings, and has {len(among)}")
        made = super().__new__(cls, f"{name}({', '.join(map(repr, map(str, among)))})")
        made.among, made.pick = among, pick
        return made


def either(*spellings: str) -> str:
    """The first of several that is told: neither missing nor null nor "". Where 0 means "none"
    (the rules of a market), 0 is not told."""
    return Choice("either", None, spellings)


def every(*spellings: str) -> str:
    """Whether all are true. False as soon as one is, else not told where one is not."""
    return Choice("every", _every, spellings)


def largest(*spellings: str) -> str:
    """The largest number of those that are told."""
    return Choice("largest", _largest, spellings)


def smallest(*spellings: str) -> str:
    """The smallest number of those that are told."""
    return Choice("smallest", _smallest, spellings)


def total(*spellings: str) -> str:
    """The sum of those that are told, exactly. ``total(Always("frozen"), Always("locked"))`` where
    a part that is missing must not count as nothing."""
    return Choice("total", _total, spellings)


def _largest(told: Values) -> Decimal | None:
    found: Decimal | None = None
    for one in told:
        if one is not None and (found is None or one > found):
            found = one
    return found


def _smallest(told: Values) -> Decimal | None:
    found: Decimal | None = None
    for one in told:
        if one is not None and (found is None or one < found):
            found = one
    return found


def _every(told: Values) -> bool | None:
    if False in told:
        return False
    return None if None in told else True


def _total(told: Values) -> Decimal | None:
    found: Decimal | None = None
    for one in told:
        if one is not None:
            found = one if found is None else WIDE.add(found, one)
    return found
