"""What several venues hold together, each row with its venue. What is missing is said, never left
out in silence."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Generic, NamedTuple, TypeVar

from exchangekit.errors import ExchangeError
from exchangekit.failover.errors import PartialAnswer
from exchangekit.failover.several import NAME, Ask, Several
from exchangekit.models.account import Balances
from exchangekit.models.market_data import OrderBook
from exchangekit.models.numbers import WIDE
from exchangekit.models.orders import MyTrade, Order
from exchangekit.runtime.effects import Flow

R = TypeVar("R")
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class View(Generic[R]):
    """Rows of several venues, and ``missing``: why those did not answer that are not in it, by key
    (``"mexc"``)."""

    rows: tuple[R, ...]
    missing: Mapping[str, ExchangeError]

    @property
    def is_whole(self) -> bool:
        """Every venue has answered."""
        return not self.missing

    def __iter__(self) -> Iterator[R]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True, slots=True)
class Holdings:
    """The balances of each venue by key, and why some are ``missing``."""

    by_venue: Mapping[str, Balances]
    missing: Mapping[str, ExchangeError]

    def __getitem__(self, key: str) -> Balances:
        return self.by_venue[key]

    def free(self, asset: str) -> Decimal:
        """What can be traded of an asset at all venues that answered, together. No single order
        can use more than one venue's."""
        return sum((one.free(asset) for one in self.by_venue.values()), Decimal(0))

    def total(self, asset: str) -> Decimal | None:
        """What is held of an asset at all venues that answered; None where one does not say."""
        said = [one.total(asset) for one in self.by_venue.values()]
        return None if None in said else sum((one for one in said if one is not None), Decimal(0))


class VenueLevel(NamedTuple):
    """How much (base) is offered or wanted at one price at one venue (its key)."""

    price: Decimal
    amount: Decimal
    venue: str


@dataclass(frozen=True, slots=True)
class ConsolidatedBook:
    """The books of several venues in one: bids highest first, asks lowest first, at one price the
    preferred venue first. It may be crossed: venues are not one market."""

    symbol: str
    bids: tuple[VenueLevel, ...]
    asks: tuple[VenueLevel, ...]
    missing: Mapping[str, ExchangeError]

    @property
    def best_bid(self) -> VenueLevel | None:
        """The highest bid, None where nobody buys."""
        return self.bids[0] if self.bids else None

    @property
    def best_ask(self) -> VenueLevel | None:
        """The lowest ask, None where nobody sells."""
        return self.asks[0] if self.asks else None

    @property
    def spread(self) -> Decimal | None:
        """Best ask - best bid (quote); below 0 where it is crossed, None where one is missing."""
        ask, bid = self.best_ask, self.best_bid
        return None if ask is None or bid is None else WIDE.subtract(ask.price, bid.price)


def rows_of_all(
    several: Several, operation: str, ask: Ask[tuple[R, ...]], order_by: Callable[[R], datetime]
) -> Flow[View[R]]:
    """The rows of every venue, in the order of `order_by`."""
    told, missing = yield from several.ask_all(operation, ask)
    rows = sorted((row for each in told.values() for row in each), key=order_by)
    return View(tuple(rows), missing)


def order_time(order: Order) -> datetime:
    """When it was placed; those that do not say come first."""
    return order.timestamp or _LONG_AGO


def trade_time(trade: MyTrade) -> datetime:
    """When it happened."""
    return trade.timestamp


def whole(view: View[R], operation: str) -> tuple[R, ...]:
    """The rows, where every venue has answered. Raises PartialAnswer otherwise; what a venue says
    of a bad argument is raised as it is."""
    if view.is_whole:
        return view.rows
    for problem in view.missing.values():
        if isinstance(problem, ValueError):
            raise problem
    raise PartialAnswer(
        f"{', '.join(view.missing)} did not answer",
        rows=view.rows,
        missing=view.missing,
        venue=NAME,
        operation=operation,
    )


def holdings(several: Several) -> Flow[Holdings]:
    """The balances of every venue."""
    told, missing = yield from several.ask_all("fetch_balance", lambda one: one.fetch_balance())
    return Holdings(told, missing)


def consolidated_book(several: Several, symbol: str, limit: int | None) -> Flow[ConsolidatedBook]:
    """The books of all venues that list `symbol`, in one."""
    told, missing = yield from several.ask_all(
        "fetch_order_book", lambda one: one.fetch_order_book(symbol, limit)
    )
    bids = sorted(_levels(told, "bids"), key=lambda one: -one.price)
    asks = sorted(_levels(told, "asks"), key=lambda one: one.price)
    return ConsolidatedBook(symbol, tuple(bids[:limit]), tuple(asks[:limit]), missing)


def _levels(books: Mapping[str, OrderBook], side: str) -> Iterator[VenueLevel]:
    for key, book in books.items():
        for price, amount in getattr(book, side):
            yield VenueLevel(price, amount, key)
