"""From rows to orders and their fills: see `exchangekit.adapter.parse`, which has these too."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import TypeVar

from exchangekit.adapter.decode import average, identity, lookup, maybe_utc, utc
from exchangekit.adapter.replies import parse_rows
from exchangekit.adapter.request import Reply
from exchangekit.adapter.rows import FeeRow, FillRow, OrderRow
from exchangekit.adapter.signs import below_zero, refuse_below_zero
from exchangekit.adapter.words import Words
from exchangekit.errors import BadReply, OrderNotFound
from exchangekit.models.base import Source
from exchangekit.models.enums import Liquidity, OrderStatus, OrderType, Side, TimeInForce
from exchangekit.models.market import Market
from exchangekit.models.numbers import WIDE
from exchangekit.models.orders import (
    CancelFailure,
    CancelReport,
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

R = TypeVar("R", bound=OrderRow)

_ROLES = {True: Liquidity.MAKER, False: Liquidity.TAKER, None: Liquidity.UNKNOWN}
_SIDES = {True: Side.BUY, False: Side.SELL, None: None}
# Members of an enum take a while to be looked up in it.
_BUY, _LIMIT, _MARKET = Side.BUY, OrderType.LIMIT, OrderType.MARKET
_NOTHING = Decimal(0)


def order(
    row: OrderRow,
    words: Words,
    symbol: str,
    source: Source,
    asked: OrderRequest | None = None,
    id: str | None = None,
) -> Order:
    """The order that `row` tells of. `asked` fills in what the reply to a new order leaves out,
    `id` what the reply to a request about that order does."""
    kind, time_in_force, side = None, None, None
    if row.type is not None:
        kind, time_in_force = words.types.get(row.type) or words.unknown_type
    if row.side is not None:
        side = words.sides.get(row.side) or lookup(words.sides, row.side, "side")
    client_order_id, price, amount = row.client_order_id, row.price, row.amount
    requested, stop_price, filled = row.requested_cost, row.stop_price, row.filled
    in_quote = False if kind is _LIMIT else _in_quote(row, kind, side)
    if in_quote:
        requested, amount = amount, None
    elif in_quote is None:
        amount = None
    if time_in_force is None and kind is not _MARKET and row.time_in_force:
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
    name, status = identity(row.id) or id, row.status
    if name is None and not client_order_id:
        raise BadReply("the reply does not say which order it tells of: it has no id")
    if status is not None:
        status = words.statuses.get(status) or OrderStatus.UNKNOWN
    by_cost = in_quote or (kind is _MARKET and side is _BUY)
    if below_zero(price, stop_price, amount, requested, filled, row.average):
        refuse_below_zero(
            price=price,
            stop_price=stop_price,
            amount=amount,
            cost=requested,
            filled_amount=filled,
            average_price=row.average,
        )
    # Of a market buy by cost, venues tell an estimate of its amount, or what was filled.
    if filled and amount and not by_cost and filled > amount:
        raise BadReply(f"the venue says that {filled} of {amount} are filled")
    cost, average_price = _paid(row)
    created, updated = row.created, row.updated
    timestamp = maybe_utc(created)
    return make_order(
        source=source,
        symbol=symbol,
        side=side,
        type=kind,
        id=name,
        client_order_id=client_order_id or None,
        status=status,
        time_in_force=time_in_force,
        price=None if kind is _MARKET else price or None,
        stop_price=stop_price or None,
        amount=amount or None,
        requested_cost=(requested or None) if by_cost else None,
        filled=filled,
        cost=cost,
        average=average_price,
        fees=_fees(row),
        timestamp=timestamp,
        updated=timestamp if updated == created else maybe_utc(updated),
    )


def order_reader(
    words: Words,
) -> Callable[..., Order]:
    """`order` in a venue's words, for `parse_row`: ``order = parse.order_reader(WORDS)``."""

    def read(
        row: OrderRow,
        symbol: str,
        source: Source,
        asked: OrderRequest | None = None,
        id: str | None = None,
    ) -> Order:
        return order(row, words, symbol, source, asked, id)

    return read


def _in_quote(row: OrderRow, kind: OrderType | None, side: Side | None) -> bool | None:
    """Whether the amount counts quote; None where nobody knows."""
    if kind is _LIMIT:
        return False
    if row.in_quote is not None or not row.market_buys_in_quote:
        return row.in_quote or False
    if kind is OrderType.UNKNOWN:
        return None
    return kind is _MARKET and side is _BUY


def _fees(row: OrderRow) -> tuple[Fee, ...] | None:
    if row.fills is not None:
        return fees(row.fills)
    if not row.fee and not row.rebate:
        return None if row.fee is None and row.rebate is None else ()
    back = row.rebate and row.rebate.copy_negate()
    told = (row.fee_currency, row.fee), (row.rebate_currency, back)
    return _summed([(currency, cost) for currency, cost in told if cost])


def _paid(row: OrderRow) -> tuple[Decimal | None, Decimal | None]:
    """What was paid in all, and for one. A venue that says only the average price says the rest
    as exactly as that; where nothing was filled, nothing was paid. A cost below 0 is none."""
    cost, filled = row.cost, row.filled
    if cost is not None or filled is None:
        cost = cost if cost is None or cost >= _NOTHING else None
        return cost, average(cost, filled) if filled else None
    if not filled:
        return Decimal(0), None
    return (WIDE.multiply(row.average, filled), row.average) if row.average else (None, None)


def fees(charges: Sequence[FeeRow]) -> tuple[Fee, ...]:
    """Charges summed up by currency, exactly."""
    if len(charges) == 1 and (only := charges[0]).currency and only.cost is not None:
        return (make_fee(currency=only.currency, cost=only.cost),)
    return _summed([(charge.currency, charge.cost) for charge in charges])


def _summed(charges: Iterable[tuple[str | None, Decimal | None]]) -> tuple[Fee, ...]:
    sums: dict[str, Decimal] = {}
    for currency, cost in charges:
        if currency and cost is not None:
            sums[currency] = WIDE.add(sums[currency], cost) if currency in sums else cost
    return tuple([make_fee(currency=currency, cost=cost) for currency, cost in sums.items()])


def fill(row: FillRow, symbol: str, source: Source, words: Words | None = None) -> MyTrade:
    """`words` where the venue says the side, and who took; a role without a meaning is unknown."""
    side, liquidity = _SIDES[row.is_buyer], _ROLES[row.is_maker]
    if words is not None:
        if row.side:
            side = words.sides.get(row.side) or lookup(words.sides, row.side, "side")
        if row.role:
            liquidity = words.roles.get(row.role, liquidity)
    if side is None:
        raise BadReply("the reply does not say whether a fill bought or sold")
    price, amount, cost = row.price, row.amount, row.cost
    if below_zero(price, amount, cost):
        refuse_below_zero(price=price, amount=amount, cost=cost)
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
        price=price,
        amount=amount,
        cost=WIDE.multiply(price, amount) if cost is None else cost,
        fee=fee,
        liquidity=liquidity,
        client_order_id=row.client_order_id or None,
    )


def parse_named(
    kind: type[R],
    read: Callable[[R, str, Source], Order],
    market: Market,
    client_order_id: str | None,
    *path: str | int,
    id: str | None = None,
) -> Callable[[Reply], Order]:
    """The parser of a list of the newest orders, in which one is looked for by its name, or by its
    `id`: for venues that forget orders while they still list them (the second of a
    `Call.otherwise`).

    The newest of that name, the list beginning with the newest. Raises OrderNotFound where none has
    it, which says nothing of older ones.
    """
    parse = parse_rows(kind, read, market, *path)

    def named(reply: Reply) -> Order:
        listed = parse(reply)
        for one in listed:
            if one.client_order_id == client_order_id if id is None else one.id == id:
                return one
        if id is not None:
            raise OrderNotFound(f"none of the newest {len(listed)} orders has this id")
        raise OrderNotFound(
            f"none of the newest {len(listed)} orders has this name, and older ones are found by"
            " their id only"
        )

    return named


def cancel_report(
    ids: Sequence[str],
    canceled: Iterable[Order],
    refused: Iterable[tuple[str | int, str | None, str | int | None]],
) -> CancelReport:
    """What became of the orders `ids` that were to be canceled together; `refused` are an id, the
    venue's words and its code each. Raises BadReply where the reply is not about all of them."""
    done = tuple(canceled)
    failed = tuple(
        CancelFailure(order_id=str(name), reason=f"{words or 'it says no reason'} (code {code})")
        for name, words, code in refused
    )
    if len(done) + len(failed) != len(ids):
        told = len(done) + len(failed)
        raise BadReply(f"{len(ids)} orders were to be canceled, the reply is about {told}")
    return CancelReport(canceled=done, failed=failed)
