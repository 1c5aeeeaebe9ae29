"""Placing and canceling orders.

Replies are acknowledgements: ids, and nothing of what became of the order. A refusal that is known
at once (funds, filters, a name that was used) is told at once; a post-only order that would take is
acknowledged and found rejected.

Source: https://bybit-exchange.github.io/docs/v5/order/create-order
"""

from __future__ import annotations

from typing import Final

from exchangekit.sim import (
    Answer,
    Context,
    DuplicateClientId,
    Halted,
    InsufficientFunds,
    Order,
    Rejection,
    Response,
)
from exchangekit_bybit.sim import ticket
from exchangekit_bybit.sim.answers import ok, refuse
from exchangekit_bybit.sim.history import find_order
from exchangekit_bybit.sim.parameters import Parameters

MOST_IN_BATCH: Final = 10
# The venue's codes for what the engine refuses; any other is "New order rejected."
REFUSALS: Final[dict[type[Rejection], str]] = {
    InsufficientFunds: "170131",
    DuplicateClientId: "170141",
    Halted: "170157",
}


def place(ctx: Context) -> Response:
    return ok(ctx, _named(ctx.place(ticket.read(ctx))))


def cancel(ctx: Context) -> Response:
    """https://bybit-exchange.github.io/docs/v5/order/cancel-order"""
    return ok(ctx, _named(ctx.cancel(_cancelable(ctx, Parameters(ctx)))))


def _cancelable(ctx: Context, sent: Parameters) -> Order:
    symbol = sent.instrument().symbol
    if not sent.get("orderId") and not sent.get("orderLinkId"):
        raise refuse(ctx, "10001", said="params error: OrderId or orderLinkId is required")
    found = find_order(ctx, sent)
    if found is None or found.symbol != symbol:
        raise refuse(ctx, "170213")
    if not found.is_open:
        raise refuse(ctx, "170139" if found.status == "filled" else "170142")
    return found


def cancel_batch(ctx: Context) -> Response:
    """Each order's verdict stands beside the list, at the same place of another one:
    https://bybit-exchange.github.io/docs/v5/order/batch-cancel"""
    items = Parameters(ctx).items("request", MOST_IN_BATCH)
    ctx.charge("cancel_orders", len(items))
    rows, verdicts = [], []
    for item in items:
        row = {name: item.get(name) for name in ("category", "symbol", "orderId", "orderLinkId")}
        verdict: dict[str, object] = {"code": 0, "msg": "OK"}
        try:
            row |= _named(ctx.cancel(_cancelable(ctx, item)))
        except Answer as refused:
            said = refused.response.body
            assert isinstance(said, dict)
            verdict = {"code": said["retCode"], "msg": said["retMsg"]}
        rows.append(row)
        verdicts.append(verdict)
    return ok(ctx, {"list": rows}, more=verdicts)


def cancel_all(ctx: Context) -> Response:
    """https://bybit-exchange.github.io/docs/v5/order/cancel-all"""
    sent = Parameters(ctx)
    if sent.category() != "spot":
        raise refuse(ctx, "10001", said="Not supported symbols")
    sent.one_of("orderFilter", ("", "Order"), "170201")
    found = ctx.orders(sent.symbol(), open_only=True)
    canceled = ctx.cancel_many(found) if found else []
    return ok(ctx, {"list": [_named(one) for one in canceled], "success": "1"})


def _named(order: Order) -> dict[str, str]:
    return {"orderId": order.venue_id, "orderLinkId": order.client_id or ""}
