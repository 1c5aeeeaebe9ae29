"""From rows to models: what every venue means alike is here once.

A venue says what its words mean (`Words`). A type, time in force or status that it did not declare
is UNKNOWN, a side raises `BadReply`. A row of a list that cannot be read hides no other: the error
carries those that can.

Prices of 0 mean "none" everywhere (an empty side of a book, a market order) and become None.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from functools import partial

from msgspec import Struct
from msgspec.structs import fields as fields_of

from exchangekit.adapter.account_rows import api_key as api_key
from exchangekit.adapter.account_rows import trading_fee as trading_fee
from exchangekit.adapter.account_rows import trading_fees as trading_fees
from exchangekit.adapter.candles import candle_columns as candle_columns
from exchangekit.adapter.candles import candles as candles
from exchangekit.adapter.candles import chart as chart
from exchangekit.adapter.countdowns import countdown as countdown
from exchangekit.adapter.decode import average, decode, identity, lookup, maybe_utc, utc
from exchangekit.adapter.keyed import listed
from exchangekit.adapter.market_rows import market as market
from exchangekit.adapter.parse_orders import cancel_report as cancel_report
from exchangekit.adapter.parse_orders import fees as fees
from exchangekit.adapter.parse_orders import fill as fill
from exchangekit.adapter.parse_orders import order as order
from exchangekit.adapter.parse_orders import order_reader as order_reader
from exchangekit.adapter.parse_orders import parse_named as parse_named
from exchangekit.adapter.paths import names_in, steps_of
from exchangekit.adapter.replies import by_symbol as by_symbol
from exchangekit.adapter.replies import oldest_first as oldest_first
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
    LevelRow,
    TickerRow,
    TradeRow,
    WideBookRow,
    apart,
    decode_at,
    decode_rows,
)
from exchangekit.adapter.signs import below_zero, refuse_below_zero
from exchangekit.adapter.status_rows import events as events
from exchangekit.adapter.status_rows import status as status
from exchangekit.adapter.words import Words as Words
from exchangekit.errors import BadReply
from exchangekit.models.account import Balance, Balances, make_balance, make_balances
from exchangekit.models.base import Source
from exchangekit.models.enums import Side
from exchangekit.models.market_data import (
    BookLevel,
    OrderBook,
    Ticker,
    Trade,
    make_order_book,
    make_ticker_of_row,
    make_trade,
)
from exchangekit.models.numbers import WIDE

_TAKERS = {True: Side.SELL, False: Side.BUY, None: None}
_ZERO = Decimal(0)


class _Anything(Struct):
    """Any object."""


def nothing(reply: Reply) -> None:
    """The parser of a reply that has nothing to say: any object."""
    decode(_Anything, reply)


def moment(*path: str | int) -> Callable[[Reply], datetime]:
    """The parser of a reply that is a time in milliseconds, or holds it at `path`."""
    return lambda reply: utc(decode_at(int, reply, *path))


def ticker(row: TickerRow, symbol: str, source: Source) -> Ticker:
    """A ticker; raises BadReply for a price or a volume below zero."""
    if below_zero(
        row.last, row.bid, row.ask, row.open, row.high, row.low, row.base_volume, row.quote_volume
    ):
        raise BadReply(f"the venue sent a negative price or volume of {symbol}")
    if row.reckons:
        _reckon(row)
    return make_ticker_of_row(row, source=source, symbol=symbol, timestamp=maybe_utc(row.timestamp))


def _reckon(row: TickerRow) -> None:
    """What the venue leaves to its reader."""
    if row.change is None and row.last is not None and row.open:
        row.change = WIDE.subtract(row.last, row.open)
    if row.percentage is None and row.change is not None and row.open:
        row.percentage = average(WIDE.scaleb(row.change, 2), row.open)
    if row.vwap is None:
        row.vwap = average(row.quote_volume, row.base_volume)


def book(row: BookRow, symbol: str, source: Source) -> OrderBook:
    """A book; raises BadReply for a price or an amount below zero."""
    if b"-" in source.body and (_any_below_zero(row.bids) or _any_below_zero(row.asks)):
        raise BadReply(f"the venue sent a negative price or amount in the book of {symbol}")
    return make_order_book(
        source=source,
        symbol=symbol,
        bids=row.bids,
        asks=row.asks,
        timestamp=maybe_utc(row.timestamp),
        sequence=row.sequence,
    )


def _any_below_zero(levels: Sequence[BookLevel]) -> bool:
    return any(price < _ZERO or amount < _ZERO for price, amount in levels)


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
    new = tuple.__new__  # a named tuple's own takes twice as long
    return tuple([new(BookLevel, (level.price, level.amount)) for level in wide])


def trade(row: TradeRow, symbol: str, source: Source, words: Words | None = None) -> Trade:
    """`words` where the venue says the taker's side."""
    price, amount, cost = row.price, row.amount, row.cost
    if below_zero(price, amount, cost):
        refuse_below_zero(price=price, amount=amount, cost=cost)
    if row.side is None or words is None:
        side = _TAKERS[row.buyer_is_maker]
    else:
        side = lookup(words.sides, row.side, "side")
    return make_trade(
        source=source,
        symbol=symbol,
        timestamp=utc(row.timestamp),
        price=price,
        amount=amount,
        cost=WIDE.multiply(price, amount) if cost is None else cost,
        side=side,
        id=None if row.id is None else identity(row.id),
    )


def balances(
    held: Sequence[BalanceRow], told: Sequence[bytes], *, borrows: bool = True
) -> dict[str, Balance]:
    """By asset; `told` is the JSON of each of those `held`."""
    made = {}
    for row, body in zip(held, told, strict=True):
        free, used, total = row.free, row.used, row.total
        if free is None and used is not None and total is not None:
            free = WIDE.subtract(total, used)
        if free is None:
            raise BadReply(f"the reply does not say how much {row.asset} is available")
        if used is None and total is not None:
            used = WIDE.subtract(total, free)
        if used is None:
            raise BadReply(f"the reply does not say how much {row.asset} is in orders")
        if total is None and not borrows:
            total = WIDE.add(free, used)
        made[row.asset] = make_balance(
            source=Source(body), asset=row.asset, free=free, used=used, total=total
        )
    return made


def account(
    kind: type[AccountRow] | type[BalanceRow], *path: str | int, borrows: bool = True
) -> Callable[[Reply], Balances]:
    """The parser of a reply that is an account, or holds it at `path`; or of the list of its
    balances, of which `borrows` then says what `AccountRow` does."""
    if issubclass(kind, BalanceRow):
        return partial(_balance_list, kind=kind, path=path, borrows=borrows)
    (asset,) = [listed(part.type) for part in fields_of(kind) if part.name == "assets"]
    (where,) = names_in([kind.spelt_["assets"]])
    place = [step.name for step in steps_of(where)]

    def parse(reply: Reply) -> Balances:
        row = decode_at(kind, reply, *path)
        told = [body for body, _ in apart(asset, reply, *path, *place)]
        assets = balances(row.assets, told, borrows=row.borrows)
        return make_balances(
            source=Source(reply.body, *path), assets=assets, timestamp=maybe_utc(row.updated)
        )

    return parse


def _balance_list(
    reply: Reply, kind: type[BalanceRow], path: tuple[str | int, ...], borrows: bool
) -> Balances:
    told = [body for body, _ in apart(kind, reply, *path)]
    held = balances(decode_rows(kind, reply, *path), told, borrows=borrows)
    return make_balances(source=Source(reply.body, *path), assets=held)
