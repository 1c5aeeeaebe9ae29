"""Finding the account's orders and fills, and how the venue pages through them.

The venue forgets: an order that was canceled without a fill is gone after two hours, so "does not
exist" is no proof that there never was such an order.

Source: https://www.okx.com/docs-v5/en/#order-book-trading-trade
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, TypeVar

from exchangekit.sim import Context, Order, Response
from exchangekit_okx.sim import limits
from exchangekit_okx.sim.answers import ok, refuse
from exchangekit_okx.sim.parameters import Query, listed
from exchangekit_okx.sim.records import (
    ORDER_TYPES,
    fill_row,
    forgotten,
    order_row,
    snowflake,
    state,
    sub_type,
)

DAY: Final = 24 * 3_600_000
_KNOWN_TYPES: Final = ORDER_TYPES | {"optimal_limit_ioc", "mmp", "mmp_and_post_only", "op_fok"}

Item = TypeVar("Item")


def find_order(ctx: Context, symbol: str, ord_id: str, client_id: str) -> Order | None:
    """By id, else by the newest order with that client id; None if of another instrument."""
    found = ctx.order(venue_id=ord_id) if ord_id else ctx.order(client_id=client_id)
    if found is None or found.symbol != symbol or forgotten(found, ctx.now):
        return None
    return found


def order(ctx: Context) -> Response:
    query = Query(ctx.request)
    symbol = listed(ctx, query).symbol
    ctx.charge(limits.per_instrument("order", symbol))
    ord_id, client_id = query.get("ordId") or "", query.get("clOrdId") or ""
    if not ord_id and not client_id:
        raise refuse("50015", "ordId", "clOrdId")
    found = find_order(ctx, symbol, ord_id, client_id)
    if found is None:
        raise refuse("51603")
    return ok([order_row(ctx, found)])


def pending(ctx: Context) -> Response:
    query = Query(ctx.request)
    query.inst_type()
    wanted = _order_filter(query, ("live", "partially_filled"))
    return _orders(ctx, query, (item for item in ctx.orders(open_only=True) if wanted(item)))


def recent(ctx: Context) -> Response:
    return _history(ctx, days=7, unfilled=True)


def archive(ctx: Context) -> Response:
    return _history(ctx, days=90, unfilled=False)


def _history(ctx: Context, *, days: int, unfilled: bool) -> Response:
    query = Query(ctx.request)
    query.need_inst_type()
    now = ctx.now
    wanted = _order_filter(query, ("canceled", "filled", "mmp_canceled"))
    found = (
        item
        for item in ctx.orders()
        if not item.is_open
        and item.updated >= now - days * DAY
        and (item.filled or (unfilled and not forgotten(item, now)))
        and wanted(item)
    )
    return _orders(ctx, query, found)


def _order_filter(query: Query, states: tuple[str, ...]) -> Callable[[Order], bool]:
    kind, symbol, one_state = query.get("instType"), query.get("instId"), query.get("state")
    types = frozenset((query.get("ordType") or "").split(",")) - {""}
    category = query.get("category")
    begin, end = query.integer("begin"), query.integer("end")
    if one_state is not None and one_state not in states:
        raise refuse("51000", "state")
    if not types <= _KNOWN_TYPES:
        raise refuse("51000", "ordType")

    def wanted(item: Order) -> bool:
        return (
            kind in (None, "SPOT")
            and symbol in (None, item.symbol)
            and one_state in (None, state(item))
            and (not types or item.tag["ordType"] in types)
            and category in (None, "normal")
            and (begin is None or item.created >= begin)
            and (end is None or item.created <= end)
        )

    return wanted


def _orders(ctx: Context, query: Query, found: Iterable[Order]) -> Response:
    shown = page(query, found, lambda item: int(item.venue_id))
    return ok([order_row(ctx, item) for item in shown])


def page(query: Query, found: Iterable[Item], number: Callable[[Item], int]) -> list[Item]:
    """Newest first, ids strictly between ``before`` and ``after``; the newest if too many."""
    limit = query.limit(100, 100)
    after, before = query.integer("after"), query.integer("before")
    inside = [
        item
        for item in found
        if (after is None or number(item) < after) and (before is None or number(item) > before)
    ]
    return sorted(inside, key=number, reverse=True)[:limit]


# --- fills ----------------------------------------------------------------------------------------
def fills(ctx: Context) -> Response:
    return _fills(ctx, days=3, required=False)


def fills_history(ctx: Context) -> Response:
    return _fills(ctx, days=90, required=True)


def _fills(ctx: Context, *, days: int, required: bool) -> Response:
    query = Query(ctx.request)
    kind = query.need_inst_type() if required else query.inst_type()
    symbol, ord_id, wanted_type = query.get("instId"), query.get("ordId"), query.get("subType")
    begin, end = query.integer("begin"), query.integer("end")
    oldest = ctx.now - days * DAY
    # Trade ids are unique per instrument only: a bill's id holds the fill's place in the account.
    found = (
        (snowflake(fill.time, place), fill)
        for place, fill in enumerate(ctx.fills())
        if fill.time >= oldest
        and kind in (None, "SPOT")
        and symbol in (None, fill.symbol)
        and ord_id in (None, fill.venue_order_id)
        and wanted_type in (None, sub_type(fill))
        and (begin is None or fill.time >= begin)
        and (end is None or fill.time <= end)
    )
    shown = page(query, found, lambda item: item[0])
    return ok([fill_row(ctx, fill, bill_id) for bill_id, fill in shown])
