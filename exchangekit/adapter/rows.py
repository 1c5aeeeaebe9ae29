"""The shapes of what venues say: one typed row for each model, spelt by each venue its own way.

A venue's row is a class of its own that says how the venue spells the fields (`named`). What it
does not name is not read and stays None; what the kit cannot do without, it must name.
`exchangekit.adapter.parse` makes models of the rows, which hold the venue's words and
milliseconds as they came.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import cache
from typing import Any, ClassVar, TypeVar, cast, get_args

import msgspec
from msgspec import Struct
from msgspec.structs import FieldInfo

from exchangekit.adapter.decode import decode, split
from exchangekit.adapter.request import Reply
from exchangekit.errors import BadReply
from exchangekit.models.market_data import BookLevel

R = TypeVar("R", bound="Row")
T = TypeVar("T")

Number = Decimal | None
Id = str | int
Path = tuple[str | int, ...]


def _unread(field: str) -> str:
    """No venue spells a field like this, so it is never found."""
    return f"(no {field})"


class Row(Struct, rename=_unread, gc=False):  # rows never refer to each other
    """What the kit reads of one thing, before a venue says how it spells that.

    Of ``one_of`` a venue must name at least one: together they say what a model requires.
    """

    one_of: ClassVar[tuple[str, ...]] = ()


class TickerRow(Row, kw_only=True):
    """The last 24 hours and the best prices of a market."""

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
    """A reply that says no ``free`` is refused when it is read. ``total`` is for venues that say
    it."""

    asset: str
    free: Number
    used: Decimal
    total: Number = None


class AccountRow(Row, kw_only=True):
    """``borrows = False`` says that the venue's spot account cannot borrow: only there free + used
    is what it owns, where the venue does not say."""

    borrows: ClassVar[bool] = True
    assets: Sequence[BalanceRow]
    updated: int | None = None


class FeeRow(Row, kw_only=True):
    """A fee: how much, and in which currency."""

    cost: Number
    currency: str | None


class OrderRow(Row, kw_only=True):
    """``in_quote`` is for venues whose ``amount`` may count quote: they set it, rows never do."""

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
    average: Number = None
    in_quote: bool = False


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


class Always(str):
    """A name of what the venue always sends, null maybe: a reply without it is refused."""

    __slots__ = ()


def named(*alike: str, **theirs: str) -> Callable[[type[R]], type[R]]:
    """How a venue spells a row: ``@named("symbol", last="lastPrice") class Ticker(TickerRow): ...``

    `alike` are fields that the venue spells as the kit does. What is not named is not read; names
    of a class that is built upon stay. ``bid=Always("bidPrice")`` refuses a reply without it, as
    does a field that the class declares once more, without a default. Raises TypeError where the
    class is made: for a name of no field, for a nameless field that is required or its own, and
    for one that may be null although the kit's may not, since a model promises that it is there.
    """
    theirs |= {str(name): name for name in alike}

    def spell(row: type[R]) -> type[R]:
        fields = {field.name: field for field in msgspec.structs.fields(row)}
        names = {name: field.encode_name for name, field in fields.items()} | theirs
        _check(row, fields, names)
        # msgspec's own rename leaves inherited fields alone, so these are declared once more.
        made = msgspec.defstruct(
            row.__name__,
            [_declared(fields[name], spelt) for name, spelt in theirs.items()],
            bases=(row,),
            rename=lambda name: str(names.get(name, _unread(name))),
            namespace={"__doc__": row.__doc__, "__qualname__": row.__qualname__},
            module=row.__module__,
            kw_only=True,
        )
        return cast("type[R]", made)

    return spell


def _check(row: type[Row], fields: dict[str, FieldInfo], names: dict[str, str]) -> None:
    """Nothing is misspelt, and nothing that is needed stays unread."""
    (kits,) = [base for base in row.__mro__ if issubclass(base, Row) and Row in base.__bases__]
    for name, spelt in names.items():
        if name not in fields:
            raise TypeError(f"{row.__name__} has no field {name!r}; it has {', '.join(fields)}")
        if spelt == _unread(name) and (fields[name].required or name not in kits.__struct_fields__):
            raise TypeError(
                f"{row.__name__} does not say how the venue spells {name!r}: name it with "
                f"@named({name}=...), or, where no reply says it, give it a default in the class"
            )
    for field in msgspec.structs.fields(kits):
        if _may_be_null(fields[field.name].type) and not _may_be_null(field.type):
            raise TypeError(
                f"{row.__name__} says that {field.name!r} may be null, but a model promises that it"
                " is there: declare it as the kit does, so that a reply without it is refused"
            )
    if kits.one_of and all(names[name] == _unread(name) for name in kits.one_of):
        either = " or ".join(map(repr, kits.one_of))
        raise TypeError(f"{row.__name__} does not say how the venue spells {either}: name one")


def _may_be_null(kind: Any) -> bool:
    return kind is Any or type(None) in get_args(kind)


def _declared(field: FieldInfo, spelt: str) -> Any:
    if field.required or isinstance(spelt, Always):
        return field.name, field.type
    if field.default is not msgspec.NODEFAULT:
        return field.name, field.type, field.default
    return field.name, field.type, msgspec.field(default_factory=field.default_factory)


def decode_rows(kind: type[T], reply: Reply | bytes, *path: str | int) -> list[T]:
    """The list of `kind` that stands at `path` of the reply. Raises BadReply."""
    shape: Any = kind
    found: list[T] = _at(path, decode(_around(shape, (*path, _EACH)), reply))
    return found


def bodies(reply: Reply | bytes, *path: str | int) -> list[bytes]:
    """The JSON of each item of the list that stands at `path` of the reply, each on its own: a
    model that keeps one does not keep the reply. Raises BadReply where there is no list."""
    apart = split(_around(msgspec.Raw, (*path, _EACH)), reply)
    return list(map(bytes, _at(path, apart)))


def decode_each(
    kind: type[T], reply: Reply | bytes, *path: str | int
) -> tuple[list[bytes], list[T] | list[T | BadReply]]:
    """Like `decode_rows`, with the JSON of each; in the place of those that do not fit stands what
    is wrong with them. Raises BadReply where no list can be found."""
    apart = bodies(reply, *path)
    try:
        return apart, decode_rows(kind, reply, *path)
    except BadReply:
        return apart, [_tried(kind, body) for body in apart]


def _tried(kind: type[T], body: bytes) -> T | BadReply:
    try:
        return decode(kind, body)
    except BadReply as problem:
        return problem


def decode_at(kind: type[T], reply: Reply, *path: str | int) -> T:
    """What stands at `path` of the reply: ``decode_at(Row, reply, "data", 0)`` is the first of
    the list under ``data``. The rest of the reply is not read. Raises BadReply."""
    shape: Any = kind
    found: T = _at(path, decode(_around(shape, path), reply))
    return found


_EACH = 0  # of a list: one type holds for all its items


def _at(path: Path, value: Any) -> Any:
    for step in path:
        if isinstance(step, str):
            value = value.held
        elif step < len(value):
            value = value[step]
        else:
            raise BadReply(f"the reply holds no {'.'.join(map(str, path))}")
    return value


@cache
def _around(kind: Any, path: Path) -> Any:
    for step in reversed(path):
        if isinstance(step, str):
            kind = msgspec.defstruct("At", [("held", kind)], rename={"held": step})
        else:
            kind = list[kind]
    return kind
