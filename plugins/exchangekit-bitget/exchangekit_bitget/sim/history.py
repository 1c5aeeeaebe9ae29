"""Finding the account's orders and fills, and how the venue lists and pages them.

By its clientOid an order is found while it is open and not older than two hours: that it is not
found is no proof that there never was one. Lists go back 90 days, newest first.

Sources: https://www.bitget.com/api-doc/spot/trade/Get-Order-Info (while it is open) and
https://www.bitget.com/api-doc/common/changelog of 20 March 2025 (two hours)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from exchangekit.sim import Context, Order, Response
from exchangekit_bitget.sim.records import fill_row, open_row, order_row
from exchangekit_bitget.sim.shared.answers import ok, refuse
from exchangekit_bitget.sim.shared.lists import Item, newest
from exchangekit_bitget.sim.shared.parameters import DAY, MOST_DAYS, Query
from exchangekit_bitget.sim.shared.records import fills

NAMED_MS: Final = 2 * 3_600_000


def order(ctx: Context) -> Response:
    """A list of one; of an order that is not there, an empty one."""
    query = Query(ctx)
    order_id, client_id = query.get("orderId"), query.get("clientOid")
    if not order_id and not client_id:
        raise refuse(ctx, "40019", "orderId")
    if order_id:
        found = ctx.order(venue_id=order_id)
    else:
        found = ctx.order(client_id=client_id)
        if found and not (found.is_open and found.created >= ctx.now - NAMED_MS):
            found = None
    return ok(ctx, [order_row(ctx, found)] if found else [])


def unfilled(ctx: Context) -> Response:
    return _orders(ctx, ctx.orders(open_only=True), open_row)


def history(ctx: Context) -> Response:
    ended = (item for item in ctx.orders() if not item.is_open)
    return _orders(ctx, ended, order_row)


def _orders(
    ctx: Context, found: Iterable[Order], row: Callable[[Context, Order], dict[str, object]]
) -> Response:
    query = Query(ctx)
    symbol, order_id = query.symbol(), query.get("orderId")
    wanted = (
        (int(item.venue_id), item.created, item)
        for item in found
        if symbol in (None, item.symbol) and order_id in (None, item.venue_id)
    )
    return ok(ctx, [row(ctx, item) for _, item in _page(ctx, query, wanted)])


def my_fills(ctx: Context) -> Response:
    query = Query(ctx)
    symbol, order_id = query.symbol(), query.get("orderId")
    wanted = (
        (number, fill.time, fill)
        for number, fill in fills(ctx)
        if symbol in (None, fill.symbol) and order_id in (None, fill.venue_order_id)
    )
    return ok(ctx, [fill_row(ctx, fill, number) for number, fill in _page(ctx, query, wanted)])


def _page(
    ctx: Context, query: Query, found: Iterable[tuple[int, int, Item]]
) -> list[tuple[int, Item]]:
    """Of (id, time, item) the newest of those asked for."""
    start, end = query.times()
    below, limit = query.integer("idLessThan"), query.limit(100, 100)
    oldest = max(start or 0, ctx.now - MOST_DAYS * DAY)
    return newest(found, limit, below=below, oldest=oldest, end=end)
