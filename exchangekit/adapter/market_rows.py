"""How a venue tells of a market and its rules, and what that becomes."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from exchangekit.adapter.spelling import Row
from exchangekit.models.base import Source
from exchangekit.models.enums import OrderType
from exchangekit.models.market import Market, make_market_of_row

Rule = Decimal | None

_ZERO = Decimal(0)
_TAKES = {
    (limit, market): frozenset(
        kind for kind, taken in ((OrderType.LIMIT, limit), (OrderType.MARKET, market)) if taken
    )
    for limit in (True, False)
    for market in (True, False)
}


class MarketRow(Row, kw_only=True):
    """A market and its rules; a rule of 0 or "" is none.

    ``active`` is told by words: ``Among("status", "TRADING")``. What is not ``spot`` is left out.
    Amounts are base, costs quote, rates ratios. ``market_obeys_min_cost`` says that the least cost
    holds for market orders, too, ``market_obeys_max_cost`` the same of the largest.
    """

    zero_is_none: ClassVar[bool] = True

    id: str
    base: str
    quote: str
    spot: bool = True
    active: bool = True
    through_api: bool = True
    takes_limit: bool = True
    takes_market: bool = True
    buy_with_cost: bool = True
    price_step: Rule = None
    min_price: Rule = None
    max_price: Rule = None
    amount_step: Rule = None
    min_amount: Rule = None
    max_amount: Rule = None
    market_amount_step: Rule = None
    market_min_amount: Rule = None
    market_max_amount: Rule = None
    cost_step: Rule = None
    min_cost: Rule = None
    max_cost: Rule = None
    market_min_cost: Rule = None
    market_max_cost: Rule = None
    market_obeys_min_cost: bool = True
    market_obeys_max_cost: bool = True
    maker: Rule = None
    taker: Rule = None


def market(row: MarketRow, source: Source) -> Market | None:
    """What `exchangekit.adapter.listing` makes of each row: ``kit.listing(Symbol, parse.market,
    "symbol", "symbols")``. None if not spot."""
    if not row.spot:
        return None
    return make_market_of_row(
        row,
        source=source,
        symbol=f"{row.base}/{row.quote}",
        active=row.active and row.through_api,
        order_types=_TAKES[row.takes_limit, row.takes_market],
        market_min_cost=(row.market_min_cost or None) if row.market_obeys_min_cost else _ZERO,
        market_max_cost=(row.market_max_cost or None) if row.market_obeys_max_cost else _ZERO,
    )
