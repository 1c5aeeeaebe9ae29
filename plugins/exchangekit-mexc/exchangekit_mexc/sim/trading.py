"""Placing and cancelling orders as MEXC answers them: one, a batch, all of a symbol.

Source: https://www.mexc.com/api-docs/spot-v3/spot-account-trade
"""

from __future__ import annotations

import json
from typing import Final

from exchangekit.sim import (
    Answer,
    Context,
    DuplicateClientId,
    Halted,
    InsufficientFunds,
    NoLiquidity,
    Order,
    Rejection,
    Response,
)
from exchangekit_mexc.sim import records, ticket
from exchangekit_mexc.sim.answers import envelope, refusal
from exchangekit_mexc.sim.history import find
from exchangekit_mexc.sim.parameters import MOST_SYMBOLS, Parameters

MOST_IN_BATCH: Final = 20


def rejected(rejection: Rejection, *, sells: bool) -> Response:
    """The trading core's refusal in the venue's words."""
    if isinstance(rejection, InsufficientFunds):
        return envelope(30005 if sells else 30004)
    if isinstance(rejection, NoLiquidity):
        return envelope(30025)
    if isinstance(rejection, Halted):
        return envelope(30016)
    if isinstance(rejection, DuplicateClientId):
        # The documentation names no code; this is what other clients were written against.
        return Response({"msg": "duplicate client order id", "code": 400}, 400)
    return envelope(33333)


def create(ctx: Context) -> Response:
    """POST /api/v3/order"""
    return Response(records.created(_place(ctx, Parameters(ctx))))


def _place(ctx: Context, sent: Parameters) -> Order:
    request = ticket.read(ctx, sent)
    try:
        return ctx.place(request)
    except Rejection as rejection:
        raise Answer(rejected(rejection, sells=request.side == "sell")) from rejection


def test(ctx: Context) -> Response:
    """POST /api/v3/order/test: everything but the placing."""
    request = ticket.read(ctx, Parameters(ctx))
    try:
        ctx.check(request)
    except Rejection as rejection:
        raise Answer(rejected(rejection, sells=request.side == "sell")) from rejection
    return Response({})


def create_batch(ctx: Context) -> Response:
    """POST /api/v3/batchOrders: HTTP 200 with a refusal in the place of each refused order."""
    sent = Parameters(ctx)
    try:
        orders = json.loads(sent.need("batchOrders"), parse_float=str, parse_int=str)
    except ValueError:
        raise refusal(33333) from None
    if not isinstance(orders, list) or not 0 < len(orders) <= MOST_IN_BATCH:
        raise refusal(33333)
    if not all(isinstance(order, dict) for order in orders):
        raise refusal(33333)
    if len({order.get("symbol") for order in orders}) > 1:
        raise refusal(33333)
    return Response([_of_batch(ctx, order) for order in orders])


def _of_batch(ctx: Context, order: dict[str, object]) -> dict[str, object]:
    fields = {name: str(value) for name, value in order.items() if value is not None}
    # The documentation's example of a batch calls a limit order by its old name.
    if fields.get("type") == "LIMIT_ORDER":
        fields["type"] = "LIMIT"
    client_id = fields.get("newClientOrderId")
    named: dict[str, object] = {} if client_id is None else {"newClientOrderId": client_id}
    try:
        placed = _place(ctx, Parameters(ctx, fields))
    except Answer as refused:
        body = refused.response.body
        assert isinstance(body, dict)
        return {**named, "msg": body["msg"], "code": body["code"]}
    return {
        "symbol": placed.symbol,
        "orderId": placed.venue_id,
        **named,
        "orderListId": -1,
    }


def cancel(ctx: Context) -> Response:
    """DELETE /api/v3/order"""
    sent = Parameters(ctx)
    order = find(ctx, sent, sent.symbol().symbol)
    if order is None or not order.is_open:
        raise refusal(-2011)
    done = ctx.cancel(order)
    if done.status != "canceled":
        raise refusal(-2011)
    return Response(records.canceled(done, sent.client_id("newClientOrderId")))


def cancel_all(ctx: Context) -> Response:
    """DELETE /api/v3/openOrders: of up to five symbols; an empty list if nothing was open."""
    items = Parameters(ctx).symbols(most=MOST_SYMBOLS)
    found = [order for item in items for order in ctx.orders(item.symbol, open_only=True)]
    done = ctx.cancel_many(found) if found else []
    return Response([records.canceled(order, None) for order in done if order.status == "canceled"])
