"""Fitting an order to the ticks and steps of the venue that is chosen for it.

``exact`` sends it as it is or not at all. ``round_down`` makes it smaller and never dearer: amounts
and costs go down to the step, a buy's price goes down to the tick and a sell's goes up.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import reduce
from math import lcm
from typing import Literal

from exchangekit.models.market import Market
from exchangekit.models.markets import Markets, index
from exchangekit.models.numbers import plain
from exchangekit.models.orders import LimitOrder, MarketOrder, OrderRequest

Rounding = Literal["exact", "round_down"]
ROUNDINGS: tuple[Rounding, ...] = ("exact", "round_down")


def fitted(order: OrderRequest, market: Market, rounding: Rounding) -> OrderRequest:
    """`order` as `market` can take it; the same one where nothing is to be rounded."""
    if rounding == "exact":
        return order
    held: dict[str, Decimal]
    if isinstance(order, LimitOrder):
        held = {
            "amount": market.round_amount(order.amount),
            "price": market.round_price(order.price, order.side),
        }
    elif isinstance(order, MarketOrder):
        held = {"amount": market.round_amount(order.amount, order.type)}
    else:
        held = {"cost": market.round_cost(order.cost)}
    changed = {name: value for name, value in held.items() if value != getattr(order, name)}
    return order.model_copy(update=changed) if changed else order


def changed(asked: OrderRequest, sent: OrderRequest) -> str | None:
    """What was rounded, in words; None where nothing was."""
    words = [
        f"{name} {plain(before)} became {plain(after)}"
        for name in ("amount", "price", "cost")
        if (before := getattr(asked, name, None)) != (after := getattr(sent, name, None))
        and before is not None
        and after is not None
    ]
    return ", ".join(words) or None


def common(listed: Iterable[Market]) -> Market:
    """A market whose filters hold at all of `listed` (the same symbol on several venues): the
    coarsest steps, the highest minimum, the lowest maximum. ``id`` is the first one's.

    An order that it takes, every one of them takes. Rates are the highest of them.
    """
    first, *others = all_of_them = tuple(listed)
    if not others:
        return first

    def said(name: str) -> Iterator[Decimal]:
        return (value for one in all_of_them if (value := getattr(one, name)) is not None)

    held: dict[str, object] = {
        name: reduce(coarser, said(name), Decimal(0)) or None
        for name in ("price_step", "amount_step", "cost_step")
    }
    for name in ("min_price", "min_amount", "min_cost", "maker", "taker"):
        held[name] = max(said(name), default=None)
    for name in ("max_price", "max_amount", "max_cost"):
        held[name] = min(said(name), default=None)
    held |= _of_market_orders(all_of_them)
    held["active"] = any(one.active for one in all_of_them)
    held["through_api"] = any(one.through_api for one in all_of_them)
    held["order_types"] = frozenset.intersection(*(one.order_types for one in all_of_them))
    held["buy_with_cost"] = all(one.buy_with_cost for one in all_of_them)
    return first.model_copy(update={**held, "source": None, "venue": None, "account": None})


def _of_market_orders(listed: tuple[Market, ...]) -> dict[str, object]:
    """Those for market orders: where a venue has none of its own, those for limit orders hold."""

    def of(one: Market, name: str) -> Decimal | None:
        own: Decimal | None = getattr(one, f"market_{name}")
        other: Decimal | None = getattr(one, name)
        # As `Market` reads them: an amount's own of 0 is none, a cost's is one.
        has_own = own is not None if name.endswith("cost") else bool(own)
        return own if has_own else other

    def said(name: str) -> Iterator[Decimal]:
        return (value for one in listed if (value := of(one, name)) is not None)

    return {
        "market_amount_step": reduce(coarser, said("amount_step"), Decimal(0)) or None,
        "market_min_amount": max(said("min_amount"), default=None),
        "market_max_amount": min((value for value in said("max_amount") if value), default=None),
        "market_min_cost": max(said("min_cost"), default=None),
        "market_max_cost": min((value for value in said("max_cost") if value), default=None),
    }


def coarser(one: Decimal, other: Decimal) -> Decimal:
    """The smallest step whose multiples are multiples of both; 0 is no step."""
    if not one or not other:
        return one or other
    lowest = min(_exponent(one), _exponent(other))
    scale = Decimal(1).scaleb(-lowest)
    whole = lcm(int(one * scale), int(other * scale))
    return Decimal(whole).scaleb(lowest)


def _exponent(number: Decimal) -> int:
    return int(number.as_tuple().exponent)


def common_markets(each: Iterable[Markets]) -> Markets:
    """The markets of all, by symbol; those that several list with filters that hold at each."""
    by_symbol: dict[str, list[Market]] = {}
    for one in each:
        for symbol, market in one.by_symbol.items():
            by_symbol.setdefault(symbol, []).append(market)
    return index(tuple(common(listed) for listed in by_symbol.values()))
