"""In which order venues are tried with an order: a function that is replaced at will.

It is given the order and the venues that could take it, in the user's order of preference, and
returns them in the order in which they are to be tried; those that it leaves out are not tried. One
with ``needs_books = True`` finds the book of each in ``Candidate.book``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias, TypeVar

from exchangekit.models.enums import Side
from exchangekit.models.market import Market
from exchangekit.models.market_data import BookLevel, OrderBook
from exchangekit.models.numbers import WIDE
from exchangekit.models.orders import LimitOrder, MarketBuyWithCost, OrderRequest

F = TypeVar("F", bound="Callable[..., object]")
_NEAR = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A venue that could take the order: its key (``"mexc"``), its market, the ``order`` as it
    would be sent there, and its ``book`` where the ranking needs it (None where it could not be
    had). ``latency`` is its mean answer time in seconds, None while it is not known."""

    key: str
    market: Market
    order: OrderRequest
    book: OrderBook | None = None
    latency: float | None = None


Ranking: TypeAlias = Callable[[OrderRequest, Sequence[Candidate]], Iterable[Candidate]]


def _with_books(function: F) -> F:
    vars(function)["needs_books"] = True
    return function


def preference(order: OrderRequest, candidates: Sequence[Candidate]) -> Iterable[Candidate]:
    """In the order in which the exchanges were given."""
    return candidates


@_with_books
def best_price(order: OrderRequest, candidates: Sequence[Candidate]) -> Iterable[Candidate]:
    """The best price for the whole size after taker fees first; of two alike the preferred one.
    Venues whose book is not known, or too thin, come last."""
    return sorted(candidates, key=_price_key)


@_with_books
def best_depth(order: OrderRequest, candidates: Sequence[Candidate]) -> Iterable[Candidate]:
    """The most on offer first: within the limit, or within 1 % of the best price."""
    return sorted(candidates, key=lambda one: -_depth(one))


def average_price(candidate: Candidate) -> Decimal | None:
    """What a unit of base would cost (a buy) or bring (a sell) there after fees, quote; None where
    the book is not known or does not hold the size. What a limit leaves over counts at the limit.
    """
    levels, order = _levels(candidate), candidate.order
    if levels is None:
        return None
    base = quote = Decimal(0)
    for price, offered in levels:
        if isinstance(order, LimitOrder) and not _within(order, price):
            break
        if isinstance(order, MarketBuyWithCost):
            left = WIDE.divide(WIDE.subtract(order.cost, quote), price)
        else:
            left = WIDE.subtract(order.amount, base)
        taken = min(offered, left)
        base = WIDE.add(base, taken)
        quote = WIDE.add(quote, WIDE.multiply(taken, price))
        if taken == left:
            return _after_fees(candidate, WIDE.divide(quote, base))
    if not isinstance(order, LimitOrder):
        return None
    rest = WIDE.subtract(order.amount, base)
    quote = WIDE.add(quote, WIDE.multiply(rest, order.price))
    return _after_fees(candidate, WIDE.divide(quote, order.amount))


def _price_key(candidate: Candidate) -> tuple[bool, Decimal]:
    price = average_price(candidate)
    if price is None:
        return True, Decimal(0)
    return False, price if candidate.order.side is Side.BUY else -price


def _after_fees(candidate: Candidate, price: Decimal) -> Decimal:
    fee = WIDE.multiply(price, candidate.market.taker or Decimal(0))
    buys = candidate.order.side is Side.BUY
    return WIDE.add(price, fee) if buys else WIDE.subtract(price, fee)


def _depth(candidate: Candidate) -> Decimal:
    levels, order = _levels(candidate), candidate.order
    if not levels:
        return Decimal(-1)
    best = levels[0].price
    step = WIDE.multiply(best, _NEAR)
    reach = WIDE.add(best, step) if order.side is Side.BUY else WIDE.subtract(best, step)
    limit = order.price if isinstance(order, LimitOrder) else reach
    total = Decimal(0)
    for price, offered in levels:
        if (price > limit) if order.side is Side.BUY else (price < limit):
            break
        total = WIDE.add(total, offered)
    return total


def _levels(candidate: Candidate) -> tuple[BookLevel, ...] | None:
    if candidate.book is None:
        return None
    return candidate.book.asks if candidate.order.side is Side.BUY else candidate.book.bids


def _within(order: LimitOrder, price: Decimal) -> bool:
    return price <= order.price if order.side is Side.BUY else price >= order.price
