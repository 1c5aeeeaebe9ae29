"""Finding an account's orders and trades, and how MEXC lists them.

Lists of the past come newest first. Without a start they reach back one day (orders) or as far as
MEXC keeps them (trades, a month).

Source: https://www.mexc.com/api-docs/spot-v3/spot-account-trade
"""

from __future__ import annotations

from collections import Counter
from typing import Final

from exchangekit.sim import Context, Order, Response
from exchangekit_mexc.sim import records
from exchangekit_mexc.sim.answers import refusal
from exchangekit_mexc.sim.parameters import MOST_SYMBOLS, Parameters

DAY_MS: Final = 24 * 60 * 60 * 1000


def find(ctx: Context, sent: Parameters, symbol: str | None) -> Order | None:
    """The order meant by ``orderId`` or ``origClientOrderId``, of this symbol if one is named."""
    order_id, client_id = sent.text("orderId"), sent.text("origClientOrderId")
    if order_id is None and client_id is None:
        raise refusal(700004)
    order = ctx.order(venue_id=order_id) if order_id else ctx.order(client_id=client_id)
    return order if order is not None and symbol in (None, order.symbol) else None


def order(ctx: Context) -> Response:
    """GET /api/v3/order: the symbol may be left out."""
    sent = Parameters(ctx)
    symbol = None if sent.text("symbol") is None else sent.symbol().symbol
    found = find(ctx, sent, symbol)
    if found is None:
        raise refusal(-2013)
    return Response(records.queried(found))


def open_orders(ctx: Context) -> Response:
    """GET /api/v3/openOrders: of up to five symbols, which must be named."""
    items = Parameters(ctx).symbols(most=MOST_SYMBOLS)
    return Response(
        [
            records.queried(one, open_list=True)
            for item in items
            for one in ctx.orders(item.symbol, open_only=True)
        ]
    )


def all_orders(ctx: Context) -> Response:
    """GET /api/v3/allOrders"""
    sent = Parameters(ctx)
    symbol, limit = sent.symbol().symbol, sent.limit(500, 1000)
    start, end = _reach(ctx, sent, default_days=1, most_days=7)
    found = [one for one in ctx.orders(symbol) if start <= one.created <= end]
    return Response([records.queried(one) for one in found[::-1][:limit]])


def my_trades(ctx: Context) -> Response:
    """GET /api/v3/myTrades"""
    sent = Parameters(ctx)
    symbol, limit = sent.symbol().symbol, sent.limit(100, 100)
    order_id = sent.text("orderId")
    start, end = _reach(ctx, sent, default_days=30, most_days=30)
    fills = ctx.fills(symbol)
    sides = Counter(fill.id for fill in fills)
    found = [
        fill
        for fill in fills
        if start <= fill.time <= end and order_id in (None, fill.venue_order_id)
    ]
    return Response(
        [records.execution(fill, self_trade=sides[fill.id] > 1) for fill in found[::-1][:limit]]
    )


def _reach(ctx: Context, sent: Parameters, *, default_days: int, most_days: int) -> tuple[int, int]:
    """From when to when: what lies further back than MEXC keeps is left out."""
    start, end = sent.span()
    now = ctx.now
    if start is not None and start < now - 90 * DAY_MS:
        raise refusal(400, "The start time cannot be earlier than 90 days")
    last = now + DAY_MS if end is None else end
    first = min(last, now) - default_days * DAY_MS if start is None else start
    return max(first, now - most_days * DAY_MS), last
