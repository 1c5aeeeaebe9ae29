"""Reading a venue's list of markets: one that is malformed is skipped and reported, never fatal."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any, TypeVar

from exchangekit.adapter.decode import decode, decode_any
from exchangekit.adapter.request import Reply
from exchangekit.adapter.rows import apart, decode_apart
from exchangekit.errors import BadReply
from exchangekit.excerpts import excerpt
from exchangekit.models.base import Source
from exchangekit.models.market import Market
from exchangekit.models.markets import Markets, SkippedMarket, index

T = TypeVar("T")

_RULES = [
    "price_step",
    "min_price",
    "max_price",
    "amount_step",
    "min_amount",
    "max_amount",
    "market_amount_step",
    "market_min_amount",
    "market_max_amount",
    "min_cost",
    "max_cost",
    "market_min_cost",
    "market_max_cost",
    "cost_step",
]
_NUMBERS = [*_RULES, "maker", "taker"]


def listing(
    kind: type[T],
    make: Callable[[T, Source], Market | None],
    id_field: str,
    *path: str | int,
) -> Callable[[Reply], Markets]:
    """The parser of a reply whose markets stand at `path`, each decoded as `kind`.

    `make` returns None for what is no spot market and is left out. Whatever cannot be read, breaks
    sense (an empty name, a negative step) or repeats a symbol becomes a `SkippedMarket`, named by
    the item's `id_field` (`ITS_KEY` where its key is its name).
    """

    def parse(reply: Reply) -> Markets:
        markets: dict[str, Market] = {}
        skipped: list[SkippedMarket] = []
        numbers: dict[str, Decimal] = {}
        for position, (body, piece, row) in enumerate(_decoded(kind, reply, path)):
            try:
                if isinstance(row, BadReply):
                    raise row
                market = make(decode(kind, piece) if row is None else row, Source(body))
                if market is not None:
                    _check(market, markets, numbers)
                    markets[market.symbol] = market
            except BadReply as problem:
                skipped.append(SkippedMarket(_name(piece, id_field, position), problem.message))
            except (ArithmeticError, OverflowError) as problem:
                skipped.append(SkippedMarket(_name(piece, id_field, position), repr(problem)))
        return index(tuple(markets.values()), tuple(skipped))

    return parse


def _decoded(
    kind: type[T], reply: Reply, path: tuple[str | int, ...]
) -> Iterable[tuple[bytes, bytes, T | BadReply | None]]:
    """The JSON of each market, that which is decoded, and what it says; None for each where one
    cannot be reckoned."""
    try:
        return zip(*decode_apart(kind, reply, *path), strict=True)
    except (ArithmeticError, OverflowError):
        return [(*both, None) for both in apart(kind, reply, *path)]


def _check(market: Market, others: dict[str, Market], numbers: dict[str, Decimal]) -> None:
    """Refuses what breaks sense. A number that is written like one of `numbers` becomes that one:
    the rules of thousands of markets have few."""
    if not (market.id and market.base and market.quote):
        raise BadReply("it has no id, base or quote")
    values = market.__dict__
    for name in _NUMBERS:
        value = values[name]
        if value is not None:
            written = str(value)
            if written[0] == "-" and value < 0 and name in _RULES:
                raise BadReply(f"its {name} is negative ({value})")
            values[name] = numbers.setdefault(written, value)
    if market.symbol in others:
        raise BadReply(f"{market.symbol} is already {others[market.symbol].id}")


def _name(body: bytes, field: str, position: int) -> str:
    try:
        found: Any = decode_any(body)
    except BadReply:
        found = None
    named = found.get(field) if isinstance(found, dict) else None
    return excerpt(named) if isinstance(named, str) and named else f"(number {position})"
