"""Public market data: tickers, books, trades, candles, the venue's state.

Prices are quote per base; volumes and amounts are base unless a name says quote. Times are UTC.
What a venue does not say is None, never 0.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from exchangekit.models.base import Told, trusted, trusted_row
from exchangekit.models.enums import Side, VenueState


class Ticker(Told):
    """The last 24 hours of one symbol and its best prices.

    ``percentage`` is the change in per cent (5 means +5 %), ``vwap`` the volume-weighted average
    price, ``timestamp`` when the venue made it.
    """

    symbol: str
    timestamp: datetime | None = None
    last: Decimal | None = None
    bid: Decimal | None = None
    bid_volume: Decimal | None = None
    ask: Decimal | None = None
    ask_volume: Decimal | None = None
    open: Decimal | None = None
    high: Decimal | None = None
    low: Decimal | None = None
    change: Decimal | None = None
    percentage: Decimal | None = None
    vwap: Decimal | None = None
    base_volume: Decimal | None = None
    quote_volume: Decimal | None = None


class BookLevel(NamedTuple):
    """How much (base) is offered or wanted at one price."""

    price: Decimal
    amount: Decimal


class OrderBook(Told):
    """Bids best (highest) first, asks best (lowest) first. ``sequence`` is the venue's number of
    this state of the book, where it has one."""

    symbol: str
    bids: tuple[BookLevel, ...]
    asks: tuple[BookLevel, ...]
    timestamp: datetime | None = None
    sequence: int | None = None

    @property
    def best_bid(self) -> BookLevel | None:
        """The highest bid, None where nobody buys."""
        return self.bids[0] if self.bids else None

    @property
    def best_ask(self) -> BookLevel | None:
        """The lowest ask, None where nobody sells."""
        return self.asks[0] if self.asks else None


class Trade(Told):
    """One public trade. ``side`` is the side that took liquidity; ``cost`` = price x amount."""

    symbol: str
    timestamp: datetime
    price: Decimal
    amount: Decimal
    cost: Decimal
    side: Side | None = None
    id: str | None = None


class Candle(NamedTuple):
    """One bar. ``timestamp`` is when it opens (UTC); ``volume`` is base. The newest bar of a
    venue is usually still growing: compare ``timestamp`` + timeframe with the venue's time."""

    timestamp: datetime
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal


class Status(Told):
    """What the venue says of itself; ``message`` is its own text.

    Where it has no status page it is asked for something cheap, mostly its time, and ``message``
    says so: OK is then that it answered, not that orders are matched; MAINTENANCE that it said so;
    UNKNOWN that it could not be reached or read.
    """

    state: VenueState
    message: str | None = None
    until: datetime | None = None


make_ticker = trusted(Ticker)
make_ticker_of_row = trusted_row(
    Ticker, given="source symbol timestamp", or_none="last bid ask open high low vwap"
)
make_order_book = trusted(OrderBook)
make_trade = trusted(Trade)
make_status = trusted(Status)
