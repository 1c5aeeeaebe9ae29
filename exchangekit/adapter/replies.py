"""Replies of one row or of many: each belongs to the market that was asked for, and one that is odd
hides no other.

`exchangekit.adapter.parse` says what a row becomes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from msgspec import Struct

from exchangekit.adapter.request import Reply
from exchangekit.adapter.rows import TickerRow, decode_at, decode_each, decode_rows
from exchangekit.errors import BadReply
from exchangekit.models.base import Source
from exchangekit.models.market import Market
from exchangekit.models.markets import Markets
from exchangekit.models.numbers import shown

S = TypeVar("S", bound=Struct)
M = TypeVar("M")
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

    def parse(reply: Reply) -> tuple[M, ...]:
        source = Source(reply.body, *path)
        try:
            found = decode_rows(kind, reply, *path)
        except BadReply:
            rows, odd = decode_each(kind, reply, *path)
            if not odd:
                raise
            return _told(rows, read, market, source, odd)
        return read_rows(found, read, market, source)

    return parse


def read_rows(
    found: list[S],
    read: Callable[[S, str, Source], M],
    market: Market | Markets,
    source: Source,
) -> tuple[M, ...]:
    """What rows become that are decoded already; `source` is where their list stands."""
    return _told(enumerate(found), read, market, source, [])


def _told(
    found: Iterable[tuple[int, S]],
    read: Callable[[S, str, Source], M],
    market: Market | Markets,
    source: Source,
    odd: Sequence[tuple[int, str]],
) -> tuple[M, ...]:
    """What the rows become that stand at these places of their list, where none is `odd`."""
    body, path = source.body, source.path
    made, unread = [], dict(odd)
    for at, row in found:
        try:
            made.append(read_row(row, read, market, Source(body, *path, at)))
        except BadReply as problem:
            unread[at] = problem.message
    if unread:
        raise _incomplete(made, unread)
    return tuple(made)


def _incomplete(made: Sequence[object], unread: Mapping[int, str]) -> BadReply:
    first = min(unread)
    rows = "a row" if len(unread) == 1 else f"{len(unread)} rows"
    total = len(made) + len(unread)
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
    read: Callable[[R, str, Source], M],
    markets: Markets,
    *path: str | int,
) -> Callable[[Reply], dict[str, M]]:
    """The parser of a list of tickers, by symbol; markets that are not listed are left out."""

    def parse(reply: Reply) -> dict[str, M]:
        listed = markets.by_id
        return {
            market.symbol: read(row, market.symbol, Source(reply.body, *path, position))
            for position, row in enumerate(decode_rows(kind, reply, *path))
            if (market := listed.get(row.symbol)) is not None
        }

    return parse
