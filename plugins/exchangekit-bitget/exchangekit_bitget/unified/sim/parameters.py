"""Reading a request's parameters as the unified API reads them.

Its page of codes has one for every parameter that is missing or wrong, and one for pairs that are
not there: https://www.bitget.com/api-doc/uta/error-code/restapi
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Final

from exchangekit.sim import Context, Instrument
from exchangekit_bitget.sim.shared import parameters
from exchangekit_bitget.sim.shared.answers import Refusal, refuse
from exchangekit_bitget.sim.shared.parameters import DAY, MOST_DAYS

SPOT: Final = "SPOT"
CATEGORIES: Final = (SPOT, "MARGIN", "USDT-FUTURES", "COIN-FUTURES", "USDC-FUTURES")
WRONG: Final = "40017"
NO_PAIR: Final = "25100"
LONGEST_DAYS: Final = 30


class Query(parameters.Query):
    """The query's parameters. Of the categories only spot has markets and orders here."""

    missing: ClassVar[str] = WRONG
    wrong: ClassVar[str] = WRONG
    unknown: ClassVar[str] = NO_PAIR
    too_long: ClassVar[str] = WRONG
    reversed: ClassVar[str] = WRONG

    def spot(self, *, needed: bool = True) -> bool:
        """Whether spot is asked for, by name or, where no name is `needed`, among all."""
        given = self.need("category") if needed else self.get("category")
        if given is not None and given not in CATEGORIES:
            raise refuse(self._ctx, self.wrong, "category")
        return given in (None, SPOT)

    def spot_market(self) -> Instrument:
        """The market that has to be named, with its category."""
        spot, found = self.spot(), self.market()
        if not spot:
            raise refuse(self._ctx, self.unknown, found.symbol)
        return found

    def span(self, now: int) -> tuple[int, int]:
        """What a list of ended orders or fills covers: 30 days at most, of the last 90."""
        start, end = self.times(LONGEST_DAYS)
        last = now if end is None else end
        if start is not None and last - start > LONGEST_DAYS * DAY:
            raise refuse(self._ctx, self.too_long, "startTime")
        first = last - LONGEST_DAYS * DAY if start is None else start
        return max(first, now - MOST_DAYS * DAY), last


def word(item: Mapping[str, object], name: str) -> str:
    """A text of a body; absent, null and "" are the same. Raises `Refusal`."""
    value = item.get(name)
    if value is not None and not isinstance(value, str):
        raise Refusal(WRONG, name)
    return value or ""


def needed(item: Mapping[str, object], name: str) -> str:
    value = word(item, name)
    if not value:
        raise Refusal(WRONG, name)
    return value


def in_spot(item: Mapping[str, object]) -> None:
    """Raises `Refusal` unless the body is about spot."""
    given = needed(item, "category")
    if given not in CATEGORIES:
        raise Refusal(WRONG, "category")
    if given != SPOT:
        raise Refusal("25002")


def pair(ctx: Context, name: str) -> Instrument:
    """The market called `name`. Raises `Refusal`."""
    found = ctx.instrument(name)
    if found is None:
        raise Refusal(NO_PAIR, name)
    return found
