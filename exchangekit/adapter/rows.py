"""The shapes of what venues say: one typed row for each model, spelt by each venue its own way.

A venue's row is a class of its own that says how the venue spells the fields (`named`). What it
does not name is not read and stays None; what the kit cannot do without, it must name.
`exchangekit.adapter.parse` makes models of the rows, which hold the venue's words and
milliseconds as they came.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import cache
from typing import Any, ClassVar, TypeVar

import msgspec
from msgspec import Struct

from exchangekit.adapter.decode import decode, decode_in_haste, split
from exchangekit.adapter.keyed import ITS_KEY as ITS_KEY
from exchangekit.adapter.keyed import ITS_VALUE as ITS_VALUE
from exchangekit.adapter.keyed import is_keyed, members
from exchangekit.adapter.marks import Always as Always
from exchangekit.adapter.odd_numbers import is_odd
from exchangekit.adapter.request import Reply
from exchangekit.adapter.spelling import Row as Row
from exchangekit.adapter.spelling import named as named
from exchangekit.errors import BadReply
from exchangekit.models.market_data import BookLevel

T = TypeVar("T")

Number = Decimal | None
Id = str | int
Path = tuple[str | int, ...]


class TickerRow(Row, kw_only=True):
    """The last 24 hours and the best prices of a market. ``reckons = True`` says that the change,
    the percentage and the vwap are reckoned of the rest where the venue does not say them."""

    reckons: ClassVar[bool] = False
    symbol: str
    last: Number
    timestamp: int | None = None
    bid: Number = None
    bid_volume: Number = None
    ask: Number = None
    ask_volume: Number = None
    open: Number = None
    high: Number = None
    low: Number = None
    change: Number = None
    percentage: Number = None
    vwap: Number = None
    base_volume: Number = None
    quote_volume: Number = None


class BookRow(Row, kw_only=True):
    """An order book whose levels are a price and an amount."""

    bids: tuple[BookLevel, ...]
    asks: tuple[BookLevel, ...]
    timestamp: int | None = None
    sequence: int | None = None
    symbol: str = ""


class LevelRow(Struct, array_like=True, gc=False):
    """A price and its amount as an array; columns after these are ignored."""

    price: Decimal
    amount: Decimal


class WideBookRow(Row, kw_only=True):
    """A book whose levels have more columns than two."""

    bids: list[LevelRow]
    asks: list[LevelRow]
    timestamp: int | None = None
    sequence: int | None = None
    symbol: str = ""


class TradeRow(Row, kw_only=True):
    """Its ``side``, the taker's, is a word where the venue does not say `buyer_is_maker`."""

    price: Decimal
    amount: Decimal
    timestamp: int
    cost: Number = None
    id: Id | None = None
    buyer_is_maker: bool | None = None
    side: str | None = None
    symbol: str = ""


class CandleRow(Struct, array_like=True, gc=False):
    """A bar as an array; columns after these are ignored."""

    timestamp: int
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal


class ChartRow(Row, kw_only=True):
    """Candles in a reply that says which market they are of."""

    candles: list[CandleRow]
    symbol: str = ""


class BalanceRow(Row, kw_only=True):
    """Of ``free``, ``used`` and ``total`` a venue names two at least; what it does not say of the
    first two is the difference of the others. A reply that leaves them open is refused."""

    one_of: ClassVar[tuple[str, ...]] = ("free", "used", "total")
    at_least: ClassVar[int] = 2

    asset: str
    free: Number = None
    used: Number = None
    total: Number = None


class AccountRow(Row, kw_only=True):
    """``borrows = False`` says that the venue's spot account cannot borrow: only there free + used
    is what it owns, where the venue does not say."""

    borrows: ClassVar[bool] = True
    assets: Sequence[BalanceRow]
    updated: int | None = None


class FeeRow(Row, kw_only=True):
    """A fee: how much, and in which currency. Where a reply lacks one of them there is no fee, and
    the order is there all the same."""

    one_of: ClassVar[tuple[str, ...]] = ("cost", "currency")
    at_least: ClassVar[int] = 2

    cost: Number = None
    currency: str | None = None

    @classmethod
    def names_its_currency(cls) -> bool:
        """Whether the venue spells it: the kit's own row stands for a bare amount."""
        return "currency" in cls.spelt_


class OrderRow(Row, kw_only=True):
    """``in_quote`` is for venues whose ``amount`` may count quote. ``market_buys_in_quote = True``
    says that a market buy's does where the row does not say what it counts; of an order whose type
    is unknown, nobody knows then. A limit order's amount is always base.

    Its fees are ``fills``, or one ``fee``, less a ``rebate`` (above zero: what was given back);
    0 of either is none.
    """

    market_buys_in_quote: ClassVar[bool] = False
    symbol: str
    id: Id
    client_order_id: str | None = None
    side: str | None = None
    type: str | None = None
    time_in_force: str | None = None
    status: str | None = None
    price: Number = None
    stop_price: Number = None
    amount: Number = None
    requested_cost: Number = None
    filled: Number = None
    cost: Number = None
    created: int | None = None
    updated: int | None = None
    fills: Sequence[FeeRow] | None = None
    fee: Number = None
    fee_currency: str | None = None
    rebate: Number = None
    rebate_currency: str | None = None
    average: Number = None
    in_quote: bool | None = None


class FillRow(Row, kw_only=True):
    """Its ``side`` and ``role`` are words where the venue does not say `is_buyer`, `is_maker`.
    ``symbol`` is for lists of the fills of all markets."""

    one_of: ClassVar[tuple[str, ...]] = ("side", "is_buyer")

    id: Id
    order_id: Id
    price: Decimal
    amount: Decimal
    timestamp: int
    is_buyer: bool | None = None
    is_maker: bool | None = None
    cost: Number = None
    fee: Number = None
    fee_currency: str | None = None
    client_order_id: str | None = None
    symbol: str = ""
    side: str | None = None
    role: str | None = None


def decode_rows(kind: type[T], reply: Reply | bytes, *path: str | int) -> list[T]:
    """The list of `kind` that stands at `path` of the reply. Raises BadReply."""
    if is_keyed(kind):
        return [decode(kind, row) for _, row in apart(kind, reply, *path)]
    shape: Any = kind
    found: list[T] = _at(path, decode(_around(shape, (*path, _ITEM)), reply))
    return found


def apart(kind: Any, reply: Reply | bytes, *path: str | int) -> list[tuple[bytes, bytes]]:
    """Each row of `kind` that stands at `path`, as the venue told it and as it is decoded. Raises
    BadReply where there is no list of them, or no object of them."""
    _around(kind, ())  # refuses rows that nobody has spelt
    if is_keyed(kind):
        _refuse_each(path)
        return members(_at(path, split(_around(dict[str, msgspec.Raw], path), reply)))
    return [(body, body) for body in bodies(reply, *path)]


def pieces(reply: Reply, *path: str | int) -> list[bytes]:
    """The rows that stand at `path`, in a list or in an object, as they are decoded."""
    if EACH in path:
        return bodies(reply, *path)
    held = _at(path, split(_around(list[msgspec.Raw] | dict[str, msgspec.Raw], path), reply))
    return [row for _, row in members(held)] if isinstance(held, dict) else list(map(bytes, held))


def bodies(reply: Reply | bytes, *path: str | int) -> list[bytes]:
    """The JSON of each item of the list that stands at `path` of the reply, each on its own: a
    model that keeps one does not keep the reply. Raises BadReply where there is no list."""
    apart = split(_around(msgspec.Raw, (*path, _ITEM)), reply)
    return list(map(bytes, _at(path, apart)))


def decode_each(
    kind: type[T], reply: Reply | bytes, *path: str | int
) -> tuple[list[bytes], list[T] | list[T | BadReply]]:
    """Like `decode_rows`, with the JSON of each; in the place of those that do not fit stands what
    is wrong with them. Raises BadReply where no list can be found."""
    told, _, rows = decode_apart(kind, reply, *path)
    return told, rows


def decode_apart(
    kind: type[T], reply: Reply | bytes, *path: str | int
) -> tuple[list[bytes], list[bytes], list[T | BadReply]]:
    """Like `decode_each`, with the JSON of each as it is decoded, too: second."""
    if is_keyed(kind):
        found = apart(kind, reply, *path)
        rows = [row for _, row in found]
        return [body for body, _ in found], rows, _each(kind, rows, _listed(rows))
    shape: Any = kind
    _around(shape, ())  # refuses rows that nobody has spelt
    told = bodies(reply, *path)
    body = reply if isinstance(reply, bytes) else reply.body
    return told, told, _each(kind, told, body, *path)


def _each(kind: Any, told: list[bytes], body: bytes, *path: str | int) -> list[Any]:
    """All are decoded at once. Where one of thousands is odd, most of them are all the same: the
    rest is halved, and halved again."""
    whole = _around(kind, (*path, _ITEM))
    try:
        rows: list[Any] = _at(path, decode_in_haste(whole, body))
    except (BadReply, msgspec.ValidationError):
        if len(told) < 2:
            return [tried(kind, one) for one in told]
        half = len(told) // 2
        halves = told[:half], told[half:]
        return [row for part in halves for row in _each(kind, part, _listed(part))]
    if is_odd(body, whole):
        return [
            tried(kind, one) if is_odd(one, kind) else row
            for row, one in zip(rows, told, strict=True)
        ]
    return rows


def _listed(rows: list[bytes]) -> bytes:
    return b"[%b]" % b",".join(rows)


def tried(kind: type[T], body: bytes) -> T | BadReply:
    """What `body` is, or what is wrong with it."""
    try:
        return decode(kind, body)
    except BadReply as problem:
        return problem


def decode_at(kind: type[T], reply: Reply, *path: str | int) -> T:
    """What stands at `path` of the reply: ``decode_at(Row, reply, "data", 0)`` is the first of
    the list under ``data``. The rest of the reply is not read. Raises BadReply, also for an object
    of several members where the row is one of them."""
    _refuse_each(path)
    if is_keyed(kind):
        held = apart(kind, reply, *path)
        if len(held) != 1:
            raise BadReply(f"one was asked for, the reply tells of {len(held)}")
        return decode(kind, held[0][1])
    shape: Any = kind
    found: T = _at(path, decode(_around(shape, path), reply))
    return found


def _refuse_each(path: Path) -> None:
    if EACH in path:
        raise TypeError(
            f"{path} leads to a list of rows; here one value or one object was expected"
        )


_ITEM = 0  # of a list: one type holds for all its items


EACH = -1
"""In a path, each item of a list: ``EACH, "orders"`` are the orders of all of them, as one list."""


def _at(path: Path, value: Any) -> Any:
    for number, step in enumerate(path, start=1):
        if step == EACH:
            return [found for held in value for found in _at(path[number:], held)]
        if isinstance(step, str):
            value = value.held
        elif step < len(value):
            value = value[step]
        else:
            raise BadReply(f"the reply holds no {'.'.join(map(str, path))}")
    return value


@cache
def _around(kind: Any, path: Path) -> Any:
    if isinstance(kind, type) and issubclass(kind, Row) and not kind.spelt_:
        raise TypeError(
            f"{kind.__name__} does not say how the venue spells it, and nothing would be read:"
            " expected @named(...) above a class of your own"
        )
    for step in reversed(path):
        if isinstance(step, str):
            kind = msgspec.defstruct("At", [("held", kind)], rename={"held": step})
        else:
            kind = list[kind]
    return kind
