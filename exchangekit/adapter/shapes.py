"""The shapes of what venues say: one typed row for each model, spelt by each venue its own way.

A venue says how it spells the fields (`named`); what it does not have stays None, and
`exchangekit.adapter.translate` makes models of the rows. Rows hold the venue's words and
milliseconds as they came.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, TypeVar, cast

import msgspec
from msgspec import Struct

from exchangekit.adapter.decode import decode
from exchangekit.adapter.wire import Reply
from exchangekit.models.market_data import BookLevel

S = TypeVar("S", bound=Struct)

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


class TradeRow(Struct):
    price: Decimal
    amount: Decimal
    timestamp: int
    cost: Number = None
    id: Id | None = None
    buyer_is_maker: bool | None = None


class CandleRow(Struct, array_like=True, gc=False):
    """A bar as an array; columns after these are ignored."""

    timestamp: int
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal


class BalanceRow(Struct):
    asset: str
    free: Decimal
    used: Decimal


class FeeRow(Struct):
    cost: Number = None
    currency: str | None = None


class OrderRow(Struct):
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


class FillRow(Struct):
    id: Id
    order_id: Id
    price: Decimal
    amount: Decimal
    timestamp: int
    is_buyer: bool
    is_maker: bool | None = None
    cost: Number = None
    fee: Number = None
    fee_currency: str | None = None
    client_order_id: str | None = None


def named(shape: type[S], names: str, **parts: Any) -> type[S]:
    """`shape` as a venue spells it: ``named(TickerRow, "symbol last=lastPrice! bid=bidPrice")``.

    `names` are ``field=theirs`` pairs, or just ``field`` where both are the same; ``!`` marks what
    the venue always sends (null, maybe), so that a reply without it is refused. What is not named
    has its default. `parts` replace the types of fields that hold other shapes.
    """
    theirs, always = {}, set()
    for word in names.split():
        ours, _, name = word.rstrip("!").partition("=")
        theirs[ours] = name or ours
        if word.endswith("!"):
            always.add(ours)
    fields = msgspec.structs.fields(shape)
    unknown = theirs.keys() - {field.name for field in fields}
    if unknown:
        raise ValueError(f"{shape.__name__} has no {', '.join(sorted(unknown))}")
    made = msgspec.defstruct(
        shape.__name__,
        [
            (field.name, parts.get(field.name, field.type))
            if field.required or field.name in always
            else (field.name, parts.get(field.name, field.type), field.default)
            for field in fields
        ],
        rename={field.name: theirs.get(field.name, f"(no {field.name})") for field in fields},
        kw_only=True,
        gc=False,  # rows never refer to each other
    )
    return cast("type[S]", made)


def rows(kind: type[S], reply: Reply) -> list[S]:
    """The reply as a list of `kind`. Raises BadReply."""
    return decode(list[kind], reply)  # type: ignore[valid-type]
