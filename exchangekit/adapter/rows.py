"""The shapes of what venues say: one typed row for each model, spelt by each venue its own way.

A venue says how it spells the fields (`named`); what it does not have stays None, and
`exchangekit.adapter.parse` makes models of the rows. Rows hold the venue's words and
milliseconds as they came.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar, cast

import msgspec
from msgspec import Struct

from exchangekit.adapter.decode import decode, number
from exchangekit.adapter.request import Reply
from exchangekit.errors import BadReply
from exchangekit.models.market_data import BookLevel

S = TypeVar("S", bound=Struct)
T = TypeVar("T")

Number = Decimal | None
Id = str | int


class TickerRow(Struct):
    symbol: str
    timestamp: int | None = None
    last: Number = None
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


class BookRow(Struct):
    bids: tuple[BookLevel, ...]
    asks: tuple[BookLevel, ...]
    timestamp: int | None = None
    sequence: int | None = None


class LevelRow(Struct, array_like=True, gc=False):
    """A price and its amount as an array; columns after these are ignored."""

    price: Decimal
    amount: Decimal


class WideBookRow(Struct):
    """A book whose levels have more columns than two."""

    bids: list[LevelRow]
    asks: list[LevelRow]
    timestamp: int | None = None
    sequence: int | None = None


class TradeRow(Struct):
    """Its ``side``, the taker's, is a word where the venue does not say `buyer_is_maker`."""

    price: Decimal
    amount: Decimal
    timestamp: int
    cost: Number = None
    id: Id | None = None
    buyer_is_maker: bool | None = None
    side: str | None = None


class CandleRow(Struct, array_like=True, gc=False):
    """A bar as an array; columns after these are ignored."""

    timestamp: int
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal


class BalanceRow(Struct):
    """``equity`` is what is available where the venue leaves ``free`` blank."""

    asset: str
    free: Number
    used: Decimal
    equity: Number = None


class AccountRow(Struct):
    assets: list[BalanceRow]
    updated: int | None = None


class FeeRow(Struct):
    cost: Number = None
    currency: str | None = None


class OrderRow(Struct):
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
    fills: list[FeeRow] | None = None
    average: Number = None
    in_quote: bool = False


class FillRow(Struct):
    """Its ``side`` and ``role`` are words where the venue does not say `is_buyer`, `is_maker`."""

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


def named(shape: type[S], names: str, **parts: Any) -> type[S]:
    """`shape` as a venue spells it: ``named(TickerRow, "symbol last=lastPrice! bid=bidPrice")``.

    `names` are ``field=theirs`` pairs, or just ``field`` where both are the same. ``!`` marks what
    the venue always sends (null, maybe), so that a reply without it is refused; ``?`` numbers that
    are "" in ordinary replies, so that these, too, are decoded once. What is not named has its
    default, None where it has none. `parts` replace the types of fields that hold other shapes.
    """
    theirs, always, blank = {}, set(), []
    for word in names.split():
        ours, _, name = word.rstrip("!?").partition("=")
        theirs[ours] = name or ours
        if "!" in word:
            always.add(ours)
        if "?" in word:
            blank.append(ours)
            parts[ours] = str | None
    fields = msgspec.structs.fields(shape)
    unknown = theirs.keys() - {field.name for field in fields}
    if unknown:
        raise ValueError(f"{shape.__name__} has no {', '.join(sorted(unknown))}")
    made = msgspec.defstruct(
        shape.__name__,
        [
            (field.name, parts.get(field.name, field.type))
            if field.name in (theirs if field.required else always)
            else (field.name, parts.get(field.name, field.type), _default(field))
            for field in fields
        ],
        rename={field.name: theirs.get(field.name, f"(no {field.name})") for field in fields},
        namespace={"__post_init__": _numbers(blank)} if blank else None,
        kw_only=True,
        gc=False,  # rows never refer to each other
    )
    return cast("type[S]", made)


def _default(field: msgspec.structs.FieldInfo) -> Any:
    return None if field.required else field.default


def _numbers(names: list[str]) -> Callable[[Any], None]:
    """What makes numbers of a row's texts. Written out, since a loop takes twice as long."""
    lines = [f"    row.{name} = number(row.{name}) if row.{name} else None" for name in names]
    scope: dict[str, Any] = {"number": number}
    exec("\n".join(["def read(row):", *lines]), scope)  # noqa: S102 - our own names of fields
    return cast("Callable[[Any], None]", scope["read"])


def decode_rows(kind: type[T], reply: Reply, *path: str | int) -> list[T]:
    """The list of `kind` that stands at `path` of the reply. Raises BadReply."""
    return decode_at(list[kind], reply, *path)  # type: ignore[valid-type]


def decode_at(kind: type[T], reply: Reply, *path: str | int) -> T:
    """What stands at `path` of the reply: ``decode_at(Row, reply, "data", 0)`` is the first of
    the list under ``data``. The rest of the reply is not read. Raises BadReply."""
    value: Any = kind
    value = decode(_around(value, path) if path else value, reply)
    for step in path:
        if isinstance(step, str):
            value = value.held
        elif step < len(value):
            value = value[step]
        else:
            raise BadReply(f"the reply holds no {'.'.join(map(str, path))}")
    return value  # type: ignore[no-any-return]


@cache
def _around(kind: Any, path: tuple[str | int, ...]) -> Any:
    for step in reversed(path):
        if isinstance(step, str):
            kind = msgspec.defstruct("At", [("held", kind)], rename={"held": step})
        else:
            kind = list[kind]
    return kind
