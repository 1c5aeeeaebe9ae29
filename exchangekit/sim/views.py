"""What the public side of a venue shows: book, trades, candles, 24-hour statistics.

Plain data, exact numbers, venue milliseconds. Dialects turn these into the venue's own shapes.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from exchangekit.sim.orders import Side

Level = tuple[Decimal, Decimal]


@dataclass(frozen=True, slots=True)
class BookView:
    """Best first on both sides; levels are (price, amount). `update_id` grows with every change."""

    bids: list[Level]
    asks: list[Level]
    update_id: int
    time: int


@dataclass(frozen=True, slots=True)
class PublicTrade:
    """`side` is the taker's. Ids grow with time, with gaps."""

    id: int
    time: int
    price: Decimal
    amount: Decimal
    side: Side

    @property
    def cost(self) -> Decimal:
        return self.price * self.amount


@dataclass(frozen=True, slots=True)
class Candle:
    """`start` inclusive, `end` exclusive (the next candle's start). `closed` once `end` passed.

    A candle without trades is flat at the last price with volume 0: there are no gaps.
    """

    start: int
    end: int
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal
    quote_volume: Decimal
    trades: int
    taker_buy_volume: Decimal
    taker_buy_quote_volume: Decimal
    closed: bool


@dataclass(frozen=True, slots=True)
class Ticker:
    """Statistics of the 24 hours up to `time`, from the same trades as the candles."""

    symbol: str
    time: int
    opened: int
    open: Decimal
    high: Decimal
    low: Decimal
    last: Decimal
    last_amount: Decimal
    previous_close: Decimal
    bid: Decimal | None
    bid_amount: Decimal | None
    ask: Decimal | None
    ask_amount: Decimal | None
    volume: Decimal
    quote_volume: Decimal
    trades: int
    first_trade_id: int
    last_trade_id: int
