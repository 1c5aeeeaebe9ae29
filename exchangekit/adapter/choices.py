"""One value of several that a venue tells: the first, all, the largest, the smallest, the sum, and
one that counts on a condition.

They stand where a spelling stands, and hold spellings, other choices too: ``price_step=either(
"tickSize", Decimals("precision"))``, ``maker=total("own.maker", largest("own.buy", "own.sell"))``.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, Self

from exchangekit.models.numbers import WIDE

Values = list[Any]


class Choice(str):
    """Several spellings, and how one value is made of what they say; see `either`."""

    __slots__ = ("among", "first_is", "pick")

    among: tuple[str, ...]
    pick: Callable[[Values], Any] | None
    """None takes the first that is told, and looks no further."""
    first_is: type | None
    """bool where the first is a condition of the second; else it is read as the others are."""

    def __new__(
        cls,
        name: str,
        pick: Callable[[Values], Any] | None,
        among: tuple[str, ...],
        first_is: type | None = None,
    ) -> Self:
        if len(among) < 2:
            raise TypeError(f"{name}() is a choice among several spellings, and has {len(among)}")
        made = super().__new__(cls, f"{name}({', '.join(map(repr, map(str, among)))})")
        made.among, made.pick, made.first_is = among, pick, first_is
        return made

    def kinds(self, wanted: Any) -> list[Any]:
        """What each is read as, for a field that is `wanted`."""
        return [self.first_is or wanted, *[wanted] * (len(self.among) - 1)]


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


def when(condition: str, spelling: str) -> str:
    """What `spelling` says where `condition` is true, else nothing: ``max_cost=when(Among("quote",
    "USD"), "mostUsd")`` for a limit in one currency whatever a market is quoted in."""
    return Choice("when", None, (condition, spelling), first_is=bool)


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
