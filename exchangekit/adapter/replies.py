"""Replies of one row or of many: each belongs to the market that was asked for, and one that is odd
hides no other.

`exchangekit.adapter.parse` says what a row becomes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from exchangekit.adapter.decode import split
from exchangekit.adapter.request import Page, Reply
from exchangekit.adapter.rows import TickerRow, bodies, decode_at, decode_each, tried
from exchangekit.errors import BadReply, OrderNotFound
from exchangekit.models.base import Source
from exchangekit.models.market import Market
from exchangekit.models.market_data import Ticker, Trade
from exchangekit.models.markets import Markets
from exchangekit.models.numbers import shown
from exchangekit.models.orders import CancelReport, Order

S = TypeVar("S", bound=Struct)
M = TypeVar("M")
T = TypeVar("T", bound=Trade)
R = TypeVar("R", bound=TickerRow)


def parse_row(
    kind: type[S], read: Callable[[S, str, Source], M], market: Market, *path: str | int
) -> Callable[[Reply], M]:
    """The parser of a reply that is one row, or holds it at `path`: ``"data", 0``.

    It refuses a row that names another market than the one that was asked for.
    """
    return lambda reply: read_row(
        decode_at(kind, reply, *path), read, market, Source(reply.body, *path)
    )


def parse_rows(
    kind: type[S],
    read: Callable[[S, str, Source], M],
    market: Market | Markets,
    *path: str | int,
) -> Callable[[Reply], tuple[M, ...]]:
    """The parser of a reply that is a list of rows, or holds it at `path`; in the venue's order.

    Where all markets were asked for, each row says its own; else none may name another one.
    """
    return lambda reply: read_rows(kind, reply, read, market, *path)


def parse_first(
    kind: type[S], read: Callable[[S, str, Source], M], market: Market, *path: str | int
) -> Callable[[Reply], M]:
    """The parser of a list that was asked for one order, and holds it or nothing.

    An empty list means that the venue knows no such order: OrderNotFound. More than one are
    refused: nothing says which of them was meant.
    """
    parse = parse_rows(kind, read, market, *path)

    def first(reply: Reply) -> M:
        found = parse(reply)
        if not found:
            raise OrderNotFound("the venue's list of orders with this id is empty")
        if len(found) > 1:
            raise BadReply(f"asked for one order, the reply tells of {len(found)}")
        return found[0]

    return first


def parse_page(
    kind: type[S],
    read: Callable[[S, str, Source], M],
    where: Market | Markets,
    *path: str | int,
) -> Callable[[Reply], Page[M]]:
    """The parser of a list that comes whole, in one page."""
    parse = parse_rows(kind, read, where, *path)
    return lambda reply: Page(parse(reply))


def parse_newest_first(
    kind: type[S], read: Callable[[S, str, Source], T], market: Market, *path: str | int
) -> Callable[[Reply], tuple[T, ...]]:
    """The parser of public trades that come newest first: oldest first, as the kit has them."""
    parse = parse_rows(kind, read, market, *path)
    return lambda reply: oldest_first(parse(reply))


def oldest_first(newest_first: Sequence[T]) -> tuple[T, ...]:
    """Trades of one instant keep their order, turned round with the rest."""
    turned = newest_first[::-1]
    return tuple(sorted(turned, key=lambda made: made.timestamp))


def parse_canceled(
    kind: type[S],
    read: Callable[[S, str, Source], Order],
    market: Market,
    *path: str | int,
    lists: str | None = None,
) -> Callable[[Reply], CancelReport]:
    """The parser of a list of the orders that a request for all of a market canceled.

    A venue with order lists (one cancels the other) may tell such a list as one item among the
    orders: `lists` is the field in which that item holds its own.
    """

    def one(row: S, source: Source) -> Order:
        return read(row, _symbol_of(row, market), source)

    def parse(reply: Reply) -> CancelReport:
        told = bodies(reply, *path)
        if lists is not None:
            told = [order for item in told for order in _orders_of(item, lists)]
        orders = [tried(kind, body) for body in told]
        return CancelReport(canceled=told_rows(told, orders, one))

    return parse


def _orders_of(item: bytes, lists: str) -> list[bytes]:
    """The JSON of each order of an order list, or of the one order that `item` is."""
    held: Any = split(_holding(lists), item)
    return bodies(bytes(held.orders)) if bytes(held.orders) else [item]


@cache
def _holding(name: str) -> Any:
    orders = ("orders", msgspec.Raw, msgspec.Raw())
    return msgspec.defstruct("Item", [orders], rename={"orders": name})


def read_rows(
    kind: type[S],
    reply: Reply | bytes,
    read: Callable[[S, str, Source], M],
    market: Market | Markets,
    *path: str | int,
) -> tuple[M, ...]:
    """What `parse_rows` makes of a reply, or of the JSON of a part of one."""
    return told_rows(*decode_each(kind, reply, *path), _of_market(read, market))


def _of_market(
    read: Callable[[S, str, Source], M], market: Market | Markets
) -> Callable[[S, Source], M]:
    """`read` for a row that names its market, or none where one was asked for."""
    if isinstance(market, Markets):
        return lambda row, source: read(row, _symbol_of(row, market), source)
    symbol, right = market.symbol, (market.id, "", None)

    def one(row: S, source: Source) -> M:
        if getattr(row, "symbol", None) not in right:
            _symbol_of(row, market)
        return read(row, symbol, source)

    return one


def told_rows(
    bodies: list[bytes], rows: Sequence[S | BadReply], read: Callable[[S, Source], M | None]
) -> tuple[M, ...]:
    """What the rows become, None left out; where one is odd, the error carries the others."""
    made, unread = [], {}
    for at, (body, row) in enumerate(zip(bodies, rows, strict=True)):
        try:
            if isinstance(row, BadReply):
                raise row
            one = read(row, Source(body))
        except BadReply as problem:
            unread[at] = problem.message
        else:
            if one is not None:
                made.append(one)
    if unread:
        raise _incomplete(len(rows), made, unread)
    return tuple(made)


def _incomplete(total: int, made: Sequence[object], unread: Mapping[int, str]) -> BadReply:
    first = min(unread)
    rows = "a row" if len(unread) == 1 else f"{len(unread)} rows"
    problem = BadReply(f"{rows} of {total} cannot be read (number {first + 1}: {unread[first]})")
    problem.rows = tuple(made)
    return problem


def read_row(
    row: S, read: Callable[[S, str, Source], M], market: Market | Markets, source: Source
) -> M:
    """What a row becomes that is decoded already. Raises BadReply for a row of another market."""
    return read(row, _symbol_of(row, market), source)


def _symbol_of(row: Any, market: Market | Markets) -> str:
    told = getattr(row, "symbol", None)
    if isinstance(market, Markets):
        if not told:
            raise BadReply("the reply does not say which market each of its rows is of")
        return market.symbol_of(told)
    if told and told != market.id:
        raise BadReply(f"asked for market {shown(market.id)}, the reply is about {shown(told)}")
    return market.symbol


def by_symbol(
    kind: type[R],
    read: Callable[[R, str, Source], Ticker],
    markets: Markets,
    *path: str | int,
) -> Callable[[Reply], dict[str, Ticker]]:
    """The parser of a list of tickers, by symbol; markets that are not listed are left out."""
    listed = markets.by_id

    def one(row: R, source: Source) -> Ticker | None:
        market = listed.get(row.symbol)
        return None if market is None else read(row, market.symbol, source)

    return lambda reply: {
        ticker.symbol: ticker for ticker in told_rows(*decode_each(kind, reply, *path), one)
    }
