"""Finding an account's orders and trades, and how Binance lists them.

Source: https://developers.binance.com/docs/binance-spot-api-docs/rest-api/account-endpoints
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from exchangekit.sim import Context, Fill, Order, Response
from exchangekit_binance.sim import records
from exchangekit_binance.sim.answers import refusal
from exchangekit_binance.sim.parameters import Parameters

DAY_MS: Final = 24 * 60 * 60 * 1000
_TRADE_COMBINATIONS: Final[tuple[set[str], ...]] = (
    set(), {"orderId"}, {"startTime"}, {"endTime"}, {"fromId"}, {"startTime", "endTime"},
    {"orderId", "fromId"},
)  # fmt: skip


def find(ctx: Context, symbol: str, order_id: int | None, client_id: str | None) -> Order | None:
    """The order meant; with both ids the client's must be that of the order found by number."""
    if order_id is not None:
        order = ctx.order(venue_id=str(order_id))
        if order is not None and client_id is not None and order.client_id != client_id:
            raise refusal(-2039)
    else:
        order = ctx.order(client_id=client_id)
    return order if order is not None and order.symbol == symbol else None


def identified(sent: Parameters, by_number: str, by_client: str) -> tuple[int | None, str | None]:
    """The two ids sent, of which one is needed."""
    if by_number not in sent and by_client not in sent:
        raise refusal(
            -1102,
            f"Param '{by_client}' or '{by_number}' must be sent, but both were empty/null!",
        )
    return sent.integer(by_number), sent.client_id(by_client)


def order(ctx: Context) -> Response:
    """GET /api/v3/order"""
    sent = Parameters(ctx, "symbol", "orderId", "origClientOrderId")
    item = sent.symbol()
    found = find(ctx, item.symbol, *identified(sent, "orderId", "origClientOrderId"))
    if found is None:
        raise refusal(-2013)
    return Response(records.queried(found))


def open_orders_weight(ctx: Context) -> int:
    return 6 if "symbol" in dict(ctx.request.query_pairs()) else 80


def open_orders(ctx: Context) -> Response:
    """GET /api/v3/openOrders"""
    sent = Parameters(ctx, "symbol")
    symbol = sent.symbol().symbol if "symbol" in sent else None
    return Response([records.queried(one) for one in ctx.orders(symbol, open_only=True)])


def all_orders(ctx: Context) -> Response:
    """GET /api/v3/allOrders"""
    sent = Parameters(ctx, "symbol", "orderId", "startTime", "endTime", "limit")
    found: Sequence[Order] = ctx.orders(sent.symbol().symbol)
    start, end = _within_a_day(sent)
    first, limit = sent.integer("orderId"), sent.limit(500, 1000)
    found = [
        one
        for one in found
        if (first is None or int(one.venue_id) >= first)
        and (start is None or one.created >= start)
        and (end is None or one.created <= end)
    ]
    from_the_start = first is not None or start is not None
    chosen = found[:limit] if from_the_start else found[-limit:]
    return Response([records.queried(one) for one in chosen])


def trades_weight(ctx: Context) -> int:
    return 5 if "orderId" in dict(ctx.request.query_pairs()) else 20


def my_trades(ctx: Context) -> Response:
    """GET /api/v3/myTrades"""
    sent = Parameters(ctx, "symbol", "orderId", "startTime", "endTime", "fromId", "limit")
    symbol = sent.symbol().symbol
    if sent.sent(("orderId", "startTime", "endTime", "fromId")) not in _TRADE_COMBINATIONS:
        raise refusal(-1128)
    start, end = _within_a_day(sent)
    order_id, from_id = sent.integer("orderId"), sent.integer("fromId")
    limit = sent.limit(500, 1000)
    found: Sequence[Fill] = [
        fill
        for fill in ctx.fills(symbol)
        if (order_id is None or fill.venue_order_id == str(order_id))
        and (from_id is None or fill.id >= from_id)
        and (start is None or fill.time >= start)
        and (end is None or fill.time <= end)
    ]
    from_the_start = from_id is not None or start is not None
    chosen = found[:limit] if from_the_start else found[-limit:]
    return Response([records.execution(fill) for fill in chosen])


def _within_a_day(sent: Parameters) -> tuple[int | None, int | None]:
    start, end = sent.span()
    if start is not None and end is not None and end - start > DAY_MS:
        raise refusal(-1127)
    return start, end
