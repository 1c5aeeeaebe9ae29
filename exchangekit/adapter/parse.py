"""From rows to models: what every venue means alike is here once.

A venue says what its words mean (`Words`). A type, time in force or status that it did not declare
is UNKNOWN, a side raises `BadReply`. A row of a list that cannot be read hides no other: the error
carries those that can.

Prices of 0 mean "none" everywhere (an empty side of a book, a market order) and become None.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import chain
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import fields as fields_of

from exchangekit.adapter.decode import average, decode, identity, lookup, maybe_utc, utc
from exchangekit.adapter.replies import by_symbol as by_symbol
from exchangekit.adapter.replies import parse_first as parse_first
from exchangekit.adapter.replies import parse_row as parse_row
from exchangekit.adapter.replies import parse_rows as parse_rows
from exchangekit.adapter.replies import read_row as read_row
from exchangekit.adapter.replies import read_rows as read_rows
from exchangekit.adapter.request import Reply
from exchangekit.adapter.rows import (
    AccountRow,
    BalanceRow,
    BookRow,
    CandleRow,
    ChartRow,
    FeeRow,
    FillRow,
    LevelRow,
    OrderRow,
    TickerRow,
    TradeRow,
    WideBookRow,
    bodies,
    decode_at,
    decode_rows,
)
from exchangekit.errors import BadReply
from exchangekit.models.account import Balance, Balances, make_balance, make_balances
from exchangekit.models.base import Source
from exchangekit.models.enums import Liquidity, OrderStatus, OrderType, Side, TimeInForce
from exchangekit.models.market_data import (
    BookLevel,
    Candle,
    OrderBook,
    Ticker,
    Trade,
    make_order_book,
    make_ticker,
    make_trade,
)
from exchangekit.models.numbers import WIDE
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
R = TypeVar("R", bound=TickerRow)
M = TypeVar("M")

_ZERO = Decimal(0)
_ROLES = {True: Liquidity.MAKER, False: Liquidity.TAKER, None: Liquidity.UNKNOWN}
_SIDES = {True: Side.BUY, False: Side.SELL, None: None}
_TAKERS = {True: Side.SELL, False: Side.BUY, None: None}


@dataclass(frozen=True, slots=True)
class Words:
    """A venue's words. A type that says its time in force, too, needs no word for it."""

    sides: Mapping[str, Side]
    types: Mapping[str, tuple[OrderType, TimeInForce | None]]
    statuses: Mapping[str, OrderStatus]
    times_in_force: Mapping[str, TimeInForce] = field(default_factory=dict)
    roles: Mapping[str, Liquidity] = field(default_factory=dict)

    @property
    def unknown_type(self) -> tuple[OrderType, TimeInForce | None]:
        """What an undeclared type means. Where types say the time in force, too, it is as
        unknown."""
        return OrderType.UNKNOWN, None if self.times_in_force else TimeInForce.UNKNOWN


class _Anything(Struct):
    """Any object."""


def nothing(reply: Reply) -> None:
    """The parser of a reply that has nothing to say: any object."""
    decode(_Anything, reply)


def _below_zero(*numbers: Decimal | None) -> bool:
    return min(filter(None, numbers), default=_ZERO) < 0


def _refuse_below_zero(**numbers: Decimal | None) -> None:
    """No price and no amount of a market can be negative."""
    for name, number in numbers.items():
        if number is not None and number < 0:
            raise BadReply(f"the venue sent a negative {name.replace('_', ' ')}: {number}")


def ticker(row: TickerRow, symbol: str, source: Source) -> Ticker:
    """A ticker; raises BadReply for a price or a volume below zero."""
    if _below_zero(
        row.last, row.bid, row.ask, row.open, row.high, row.low, row.base_volume, row.quote_volume
    ):
        raise BadReply(f"the venue sent a negative price or volume of {symbol}")
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
    """A book; raises BadReply for a price or an amount below zero."""
    if b"-" in source.body and _below_zero(*chain(*row.bids, *row.asks)):
        raise BadReply(f"the venue sent a negative price or amount in the book of {symbol}")
    return make_order_book(
        source=source,
        symbol=symbol,
        bids=row.bids,
        asks=row.asks,
        timestamp=maybe_utc(row.timestamp),
        sequence=row.sequence,
    )


def wide_book(row: WideBookRow, symbol: str, source: Source) -> OrderBook:
    """A book whose levels say more than a price and an amount."""
    narrow = BookRow(
        bids=_levels(row.bids),
        asks=_levels(row.asks),
        timestamp=row.timestamp,
        sequence=row.sequence,
    )
    return book(narrow, symbol, source)


def _levels(wide: list[LevelRow]) -> tuple[BookLevel, ...]:
    return tuple([BookLevel(level.price, level.amount) for level in wide])


def trade(row: TradeRow, symbol: str, source: Source, words: Words | None = None) -> Trade:
    """`words` where the venue says the taker's side."""
    if _below_zero(row.price, row.amount, row.cost):
        _refuse_below_zero(price=row.price, amount=row.amount, cost=row.cost)
    if row.side is None or words is None:
        side = _TAKERS[row.buyer_is_maker]
    else:
        side = lookup(words.sides, row.side, "side")
    return make_trade(
        source=source,
        symbol=symbol,
        timestamp=utc(row.timestamp),
        price=row.price,
        amount=row.amount,
        cost=WIDE.multiply(row.price, row.amount) if row.cost is None else row.cost,
        side=side,
        id=None if row.id is None else identity(row.id),
    )


def oldest_first(newest_first: tuple[Trade, ...]) -> tuple[Trade, ...]:
    """Trades of one instant keep their order, turned round with the rest."""
    turned = newest_first[::-1]
    return tuple(sorted(turned, key=lambda made: made.timestamp))


def candles(reply: Reply, *path: str | int) -> tuple[Candle, ...]:
    """Oldest first; their list is the reply, or stands at `path`."""
    return _bars(decode_rows(CandleRow, reply, *path), reply.body)


def chart(row: ChartRow, symbol: str, source: Source) -> tuple[Candle, ...]:
    """Oldest first, where the reply says their market: for `parse_row`, which compares it."""
    return _bars(row.candles, source.body)


def _bars(rows: Sequence[CandleRow], body: bytes) -> tuple[Candle, ...]:
    made = [
        Candle(utc(row.timestamp), row.open, row.high, row.low, row.close, row.volume)
        for row in rows
    ]
    if b"-" in body and any(_below_zero(*bar[1:]) for bar in made):
        raise BadReply("the venue sent a negative price or volume in a candle")
    return tuple(sorted(made))


def balances(
    held: Sequence[BalanceRow], told: Sequence[bytes], *, borrows: bool = True
) -> dict[str, Balance]:
    """By asset; `told` is the JSON of each of those `held`."""
    made = {}
    for row, body in zip(held, told, strict=True):
        if row.free is None:
            raise BadReply(f"the reply does not say how much {row.asset} is available")
        total = row.total
        if total is None and not borrows:
            total = WIDE.add(row.free, row.used)
        made[row.asset] = make_balance(
            source=Source(body), asset=row.asset, free=row.free, used=row.used, total=total
        )
    return made


def account(kind: type[AccountRow], *path: str | int) -> Callable[[Reply], Balances]:
    """The parser of a reply that is an account, or holds it at `path`."""
    (place,) = [part.encode_name for part in fields_of(kind) if part.name == "assets"]

    def parse(reply: Reply) -> Balances:
        row = decode_at(kind, reply, *path)
        assets = balances(row.assets, bodies(reply, *path, place), borrows=row.borrows)
        return make_balances(
            source=Source(reply.body, *path), assets=assets, timestamp=maybe_utc(row.updated)
        )

    return parse


def order(
    row: OrderRow, words: Words, symbol: str, source: Source, asked: OrderRequest | None = None
) -> Order:
    """The order that `row` tells of. `asked` fills in what the reply to a new order leaves out."""
    kind, time_in_force, side = None, None, None
    if row.type is not None:
        kind, time_in_force = words.types.get(row.type) or words.unknown_type
    if row.side is not None:
        side = lookup(words.sides, row.side, "side")
    client_order_id, price, amount = row.client_order_id, row.price, row.amount
    requested = row.requested_cost
    if row.in_quote:
        requested, amount = amount, None
    if kind is not OrderType.MARKET and time_in_force is None and row.time_in_force:
        time_in_force = words.times_in_force.get(row.time_in_force, TimeInForce.UNKNOWN)
    if asked is not None:
        kind, side = kind or asked.type, side or asked.side
        client_order_id = client_order_id or asked.client_order_id
        if isinstance(asked, LimitOrder):
            price, time_in_force = price or asked.price, time_in_force or asked.time_in_force
            amount = amount or asked.amount
        elif isinstance(asked, MarketBuyWithCost):
            requested = asked.cost
        else:
            amount = amount or asked.amount
    name, status = identity(row.id), row.status
    if name is None and not client_order_id:
        raise BadReply("the reply does not say which order it tells of: it has no id")
    if status is not None:
        status = words.statuses.get(status, OrderStatus.UNKNOWN)
    by_cost = row.in_quote or (kind is OrderType.MARKET and side is Side.BUY)
    _refuse_below_zero(
        price=price,
        stop_price=row.stop_price,
        amount=amount,
        cost=requested,
        filled_amount=row.filled,
        average_price=row.average,
    )
    # Of a market buy by cost, venues tell an estimate of its amount, or what was filled.
    if row.filled and amount and not by_cost and row.filled > amount:
        raise BadReply(f"the venue says that {row.filled} of {amount} are filled")
    cost, average_price = _paid(row)
    return make_order(
        source=source,
        symbol=symbol,
        side=side,
        type=kind,
        id=name,
        client_order_id=client_order_id or None,
        status=status,
        time_in_force=time_in_force,
        price=None if kind is OrderType.MARKET else price or None,
        stop_price=row.stop_price or None,
        amount=amount or None,
        requested_cost=(requested or None) if by_cost else None,
        filled=row.filled,
        cost=cost,
        average=average_price,
        fees=None if row.fills is None else fees(row.fills),
        timestamp=maybe_utc(row.created),
        updated=maybe_utc(row.updated),
    )


def _paid(row: OrderRow) -> tuple[Decimal | None, Decimal | None]:
    """What was paid in all, and for one. A venue that says only the average price says the rest
    as exactly as that; where nothing was filled, nothing was paid. A cost below 0 is none."""
    cost, filled = row.cost, row.filled
    if cost is not None or filled is None:
        cost = cost if cost is None or cost >= 0 else None
        return cost, average(cost, filled)
    if not filled:
        return Decimal(0), None
    return (WIDE.multiply(row.average, filled), row.average) if row.average else (None, None)


def fees(charges: Sequence[FeeRow]) -> tuple[Fee, ...]:
    """Charges summed up by currency, exactly."""
    if len(charges) == 1 and (only := charges[0]).currency and only.cost is not None:
        return (make_fee(currency=only.currency, cost=only.cost),)
    sums: dict[str, Decimal] = {}
    for charge in charges:
        currency, cost = charge.currency, charge.cost
        if currency and cost is not None:
            sums[currency] = WIDE.add(sums[currency], cost) if currency in sums else cost
    return tuple([make_fee(currency=currency, cost=cost) for currency, cost in sums.items()])


def fill(row: FillRow, symbol: str, source: Source, words: Words | None = None) -> MyTrade:
    """`words` where the venue says the side, and who took; a role without a meaning is unknown."""
    side, liquidity = _SIDES[row.is_buyer], _ROLES[row.is_maker]
    if words is not None:
        side = lookup(words.sides, row.side, "side") if row.side else side
        liquidity = words.roles.get(row.role, liquidity) if row.role else liquidity
    if side is None:
        raise BadReply("the reply does not say whether a fill bought or sold")
    _refuse_below_zero(price=row.price, amount=row.amount, cost=row.cost)
    name, order_id = identity(row.id), identity(row.order_id)
    if name is None or order_id is None:
        raise BadReply("the reply does not say which fill it tells of: it lacks an id")
    fee = None
    if row.fee_currency and row.fee is not None:
        fee = make_fee(currency=row.fee_currency, cost=row.fee)
    return make_my_trade(
        source=source,
        symbol=symbol,
        id=name,
        order_id=order_id,
        timestamp=utc(row.timestamp),
        side=side,
        price=row.price,
        amount=row.amount,
        cost=WIDE.multiply(row.price, row.amount) if row.cost is None else row.cost,
        fee=fee,
        liquidity=liquidity,
        client_order_id=row.client_order_id or None,
    )
