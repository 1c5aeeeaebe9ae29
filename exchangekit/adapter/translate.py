"""From rows to models: what every venue means alike is here once.

A venue says what its words mean (`Words`); a word that it did not declare raises `BadReply`.
Prices of 0 mean "none" everywhere (an empty side of a book, a market order) and become None.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeVar

from msgspec import Struct

from exchangekit.adapter.decode import average, decode, lookup, maybe_utc, utc
from exchangekit.adapter.shapes import (
    BalanceRow,
    BookRow,
    CandleRow,
    FeeRow,
    FillRow,
    OrderRow,
    TickerRow,
    TradeRow,
    rows,
)
from exchangekit.adapter.wire import Reply
from exchangekit.models.account import Balance, make_balance
from exchangekit.models.base import Source
from exchangekit.models.enums import Liquidity, OrderStatus, OrderType, Side, TimeInForce
from exchangekit.models.market import Markets
from exchangekit.models.market_data import (
    Candle,
    OrderBook,
    Ticker,
    Trade,
    make_order_book,
    make_ticker,
    make_trade,
)
from exchangekit.models.orders import (
    Fee,
    LimitOrder,
    MarketBuyWithCost,
    MyTrade,
    Order,
    OrderRequest,
    make_fee,
    make_my_trade,
    make_order,
)

S = TypeVar("S", bound=Struct)
M = TypeVar("M")

_ROLES = {True: Liquidity.MAKER, False: Liquidity.TAKER, None: Liquidity.UNKNOWN}
_TAKERS = {True: Side.SELL, False: Side.BUY, None: None}


@dataclass(frozen=True, slots=True)
class Words:
    """A venue's words. A type that says its time in force, too, needs no word for it."""

    sides: Mapping[str, Side]
    types: Mapping[str, tuple[OrderType, TimeInForce | None]]
    statuses: Mapping[str, OrderStatus]
    times_in_force: Mapping[str, TimeInForce] = field(default_factory=dict)


def one(kind: type[S], read: Callable[[S, str, Source], M], symbol: str) -> Callable[[Reply], M]:
    """The parser of a reply that is one row."""
    return lambda reply: read(decode(kind, reply), symbol, Source(reply.body))


def each(
    kind: type[S], read: Callable[[S, str, Source], M], symbol: str
) -> Callable[[Reply], tuple[M, ...]]:
    """The parser of a reply that is a list of rows, in the venue's order."""
    return lambda reply: tuple(
        [
            read(row, symbol, Source(reply.body, position))
            for position, row in enumerate(rows(kind, reply))
        ]
    )


def by_symbol(
    kind: type[TickerRow], read: Callable[[TickerRow, str, Source], M], markets: Markets
) -> Callable[[Reply], dict[str, M]]:
    """The parser of a list of tickers, by symbol; markets that are not listed are left out."""

    def parse(reply: Reply) -> dict[str, M]:
        listed = markets.by_id
        return {
            market.symbol: read(row, market.symbol, Source(reply.body, position))
            for position, row in enumerate(rows(kind, reply))
            if (market := listed.get(row.symbol)) is not None
        }

    return parse


def ticker(row: TickerRow, symbol: str, source: Source) -> Ticker:
    return make_ticker(
        source=source,
        symbol=symbol,
        timestamp=maybe_utc(row.timestamp),
        last=row.last or None,
        bid=row.bid or None,
        bid_volume=row.bid_volume,
        ask=row.ask or None,
        ask_volume=row.ask_volume,
        open=row.open or None,
        high=row.high or None,
        low=row.low or None,
        change=row.change,
        percentage=row.percentage,
        vwap=row.vwap or None,
        base_volume=row.base_volume,
        quote_volume=row.quote_volume,
    )


def book(row: BookRow, symbol: str, source: Source) -> OrderBook:
    return make_order_book(
        source=source,
        symbol=symbol,
        bids=row.bids,
        asks=row.asks,
        timestamp=maybe_utc(row.timestamp),
        sequence=row.sequence,
    )


def trade(row: TradeRow, symbol: str, source: Source) -> Trade:
    return make_trade(
        source=source,
        symbol=symbol,
        timestamp=utc(row.timestamp),
        price=row.price,
        amount=row.amount,
        cost=row.price * row.amount if row.cost is None else row.cost,
        side=_TAKERS[row.buyer_is_maker],
        id=None if row.id is None else str(row.id),
    )


def oldest_first(newest_first: tuple[Trade, ...]) -> tuple[Trade, ...]:
    """Trades of one instant keep their order, turned round with the rest."""
    turned = newest_first[::-1]
    return tuple(sorted(turned, key=lambda made: made.timestamp))


def candles(reply: Reply) -> tuple[Candle, ...]:
    """Oldest first."""
    made = [
        Candle(utc(row.timestamp), row.open, row.high, row.low, row.close, row.volume)
        for row in rows(CandleRow, reply)
    ]
    return tuple(sorted(made))


def balances(held: list[BalanceRow], source: Source) -> dict[str, Balance]:
    return {
        row.asset: make_balance(
            source=source.at(position), asset=row.asset, free=row.free, used=row.used
        )
        for position, row in enumerate(held)
    }


def order(
    row: OrderRow, words: Words, symbol: str, source: Source, asked: OrderRequest | None = None
) -> Order:
    """The order that `row` tells of. `asked` fills in what the reply to a new order leaves out."""
    kind, time_in_force = lookup(words.types, row.type, "order type") if row.type else (None, None)
    side = lookup(words.sides, row.side, "side") if row.side else None
    client_order_id, price, amount = row.client_order_id, row.price, row.amount
    requested = row.requested_cost
    if kind is OrderType.LIMIT and time_in_force is None and row.time_in_force:
        time_in_force = lookup(words.times_in_force, row.time_in_force, "time in force")
    if asked is not None:
        kind, side = kind or asked.type, side or asked.side
        client_order_id = client_order_id or asked.client_order_id
        if isinstance(asked, LimitOrder):
            price, time_in_force = price or asked.price, time_in_force or asked.time_in_force
        if isinstance(asked, MarketBuyWithCost):
            requested = asked.cost
        else:
            amount = amount or asked.amount
    cost = row.cost if row.cost is None or row.cost >= 0 else None
    bought_by_cost = kind is OrderType.MARKET and side is Side.BUY
    return make_order(
        source=source,
        symbol=symbol,
        side=side,
        type=kind,
        id=str(row.id),
        client_order_id=client_order_id or None,
        status=lookup(words.statuses, row.status, "order status") if row.status else None,
        time_in_force=time_in_force,
        price=None if kind is OrderType.MARKET else price or None,
        stop_price=row.stop_price or None,
        amount=amount or None,
        requested_cost=(requested or None) if bought_by_cost else None,
        filled=row.filled,
        cost=cost,
        average=average(cost, row.filled),
        fees=None if row.fills is None else fees(row.fills),
        timestamp=maybe_utc(row.created),
        updated=maybe_utc(row.updated),
    )


def fees(charges: list[FeeRow]) -> tuple[Fee, ...]:
    """Charges summed up by currency."""
    sums: dict[str, Decimal] = {}
    for charge in charges:
        if charge.currency and charge.cost is not None:
            sums[charge.currency] = sums.get(charge.currency, Decimal(0)) + charge.cost
    return tuple(make_fee(currency=currency, cost=cost) for currency, cost in sums.items())


def fill(row: FillRow, symbol: str, source: Source) -> MyTrade:
    paid = fees([FeeRow(row.fee, row.fee_currency)])
    return make_my_trade(
        source=source,
        symbol=symbol,
        id=str(row.id),
        order_id=str(row.order_id),
        timestamp=utc(row.timestamp),
        side=Side.BUY if row.is_buyer else Side.SELL,
        price=row.price,
        amount=row.amount,
        cost=row.price * row.amount if row.cost is None else row.cost,
        fee=paid[0] if paid else None,
        liquidity=_ROLES[row.is_maker],
        client_order_id=row.client_order_id or None,
    )
