"""Finding the account's orders and fills, and how the unified API lists and pages them.

The cursor of a page is its smallest id, also of the last page; the next page is below it. Open
orders have no bounds of time; ended ones and fills are kept for 90 days, of which a request covers
30 at most. Fills are not asked for by symbol.

Sources: https://www.bitget.com/api-doc/uta/trade/Get-Order-Details,
https://www.bitget.com/api-doc/uta/trade/Get-Order-Pending and the pages beside it; what a clientOid
is good for is in https://www.bitget.com/api-doc/uta/changelog of 9 October 2025
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from exchangekit.sim import Context, Order, Response
from exchangekit_bitget.sim.shared import records as shared
from exchangekit_bitget.sim.shared.answers import ok, refuse
from exchangekit_bitget.sim.shared.lists import Item, newest
from exchangekit_bitget.unified.sim.parameters import Query
from exchangekit_bitget.unified.sim.records import fill_row, order_row


def order(ctx: Context) -> Response:
    """One order; where both ids are given, the venue's own counts."""
    query = Query(ctx)
    order_id, client_id = query.get("orderId"), query.get("clientOid")
    if not order_id and not client_id:
        raise refuse(ctx, query.missing, "orderId")
    if order_id:
        found = ctx.order(venue_id=order_id)
    else:
        found = ctx.order(client_id=client_id)
        if found and not found.is_open:
            found = None
    if found is None:
        raise refuse(ctx, "25204")
    return ok(ctx, order_row(found))


def unfilled(ctx: Context) -> Response:
    query = Query(ctx)
    spot = query.spot(needed=False)
    start, end = query.integer("startTime"), query.integer("endTime")
    if start is not None and end is not None and start > end:
        raise refuse(ctx, query.reversed, "startTime")
    return _orders(ctx, query, ctx.orders(open_only=True) if spot else [], start or 0, end)


def history(ctx: Context) -> Response:
    query = Query(ctx)
    spot, (first, last) = query.spot(), query.span(ctx.now)
    ended = [item for item in ctx.orders() if spot and not item.is_open]
    return _orders(ctx, query, ended, first, last)


def _orders(
    ctx: Context, query: Query, found: Iterable[Order], first: int, last: int | None
) -> Response:
    symbol = query.symbol()
    wanted = [
        (int(item.venue_id), item.created, item) for item in found if symbol in (None, item.symbol)
    ]
    return _page(ctx, query, wanted, first, last, lambda _, item: order_row(item))


def my_fills(ctx: Context) -> Response:
    query = Query(ctx)
    spot, (first, last) = query.spot(needed=False), query.span(ctx.now)
    order_id = query.get("orderId")
    wanted = [
        (number, fill.time, fill)
        for number, fill in shared.fills(ctx)
        if spot and order_id in (None, fill.venue_order_id)
    ]
    return _page(ctx, query, wanted, first, last, lambda at, fill: fill_row(ctx, fill, at))


def _page(
    ctx: Context,
    query: Query,
    found: Iterable[tuple[int, int, Item]],
    first: int,
    last: int | None,
    row: Callable[[int, Item], dict[str, object]],
) -> Response:
    below, limit = query.integer("cursor"), query.limit(100, 100)
    page = newest(found, limit, below=below, oldest=first, end=last)
    rows = [row(number, item) for number, item in page]
    return ok(ctx, {"list": rows, "cursor": str(page[-1][0]) if page else None})
