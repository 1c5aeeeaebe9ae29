"""Placing, cancelling and replacing orders as Binance answers them.

A request is checked against the clock once more right before it reaches the matching engine. An
order that is accepted costs no request weight; it counts in the account's limits of unfilled
orders, unless it fills at once.

Source: https://developers.binance.com/docs/binance-spot-api-docs/rest-api/trading-endpoints
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from exchangekit.sim import (
    Answer,
    Breach,
    Context,
    DuplicateClientId,
    Halted,
    InsufficientFunds,
    NoLiquidity,
    Order,
    Rejection,
    Response,
    WouldTake,
    text,
)
from exchangekit_binance.sim import answers, records, security, ticket
from exchangekit_binance.sim.account import ORDER_LIMITS, discount
from exchangekit_binance.sim.answers import envelope, refusal
from exchangekit_binance.sim.history import find, identified
from exchangekit_binance.sim.parameters import Parameters

_CANCEL_NAMES: Final = (
    "symbol", "orderId", "origClientOrderId", "newClientOrderId", "cancelRestrictions",
)  # fmt: skip
_REPLACE_NAMES: Final = (
    *ticket.NAMES, "cancelReplaceMode", "cancelNewClientOrderId", "cancelOrigClientOrderId",
    "cancelOrderId", "cancelRestrictions", "orderRateLimitExceededMode",
)  # fmt: skip
_REASONS: Final[tuple[tuple[type[Rejection], int, str], ...]] = (
    (InsufficientFunds, -2010, answers.NO_FUNDS),
    (WouldTake, -2010, answers.WOULD_TAKE),
    (DuplicateClientId, -2010, answers.DUPLICATE),
    (NoLiquidity, -2010, answers.NO_BOOK),
    (Halted, -1013, answers.CLOSED),
)


def rejected(rejection: Rejection) -> Response:
    """The matching engine's refusal in the venue's words."""
    for kind, code, message in _REASONS:
        if isinstance(rejection, kind):
            return envelope(code, message)
    return envelope(-2010, "Unsupported order combination")


def create(ctx: Context) -> Response:
    """POST /api/v3/order"""
    checked = ticket.read(ctx, Parameters(ctx, *ticket.NAMES))
    placed = _place(ctx, checked)
    free_of_weight(ctx)
    return Response(placed)


def _place(ctx: Context, checked: ticket.Ticket) -> dict[str, object]:
    # The day's count comes first: once it is exceeded, that of ten seconds no longer grows.
    for rule in reversed(ORDER_LIMITS):
        ctx.charge(rule)
    timestamp, window = security.window_of(ctx)
    try:
        order = ctx.place(
            checked.request, guard=lambda: security.in_window(ctx.now, timestamp, window)
        )
    except Rejection as rejection:
        raise Answer(rejected(rejection)) from rejection
    if order.filled:
        _give_back(ctx, *ORDER_LIMITS)
    shape = {"ACK": records.acknowledged, "RESULT": records.result, "FULL": records.full}
    return shape[checked.reply](order)


def free_of_weight(ctx: Context) -> None:
    """Give back the weight of a successful order request, which the venue does not count."""
    _give_back(ctx, "weight")


def _give_back(ctx: Context, *rules: str) -> None:
    for rule in rules:
        # The window may have changed since it was counted: then there is nothing to give back.
        if ctx.used(rule):
            ctx.charge(rule, -1)


def test(ctx: Context) -> Response:
    """POST /api/v3/order/test: everything but the placing."""
    sent = Parameters(ctx, *ticket.NAMES, "computeCommissionRates")
    rates_wanted = sent.flag("computeCommissionRates")
    checked = ticket.read(ctx, sent)
    try:
        ctx.check(checked.request)
    except Rejection as rejection:
        raise Answer(rejected(rejection)) from rejection
    if not rates_wanted:
        return Response({})
    rates = ctx.fees(checked.request.symbol)
    none = {"maker": text(Decimal(0), 8), "taker": text(Decimal(0), 8)}
    return Response(
        {
            "standardCommissionForOrder": {
                "maker": text(rates.maker, 8),
                "taker": text(rates.taker, 8),
            },
            "specialCommissionForOrder": dict(none),
            "taxCommissionForOrder": dict(none),
            "discount": discount(ctx),
        }
    )


def test_weight(ctx: Context) -> int:
    sent = dict(ctx.request.query_pairs() + ctx.request.form_pairs())
    return 20 if sent.get("computeCommissionRates", "").lower() == "true" else 1


# --- cancelling -----------------------------------------------------------------------------------


def cancel(ctx: Context) -> Response:
    """DELETE /api/v3/order"""
    sent = Parameters(ctx, *_CANCEL_NAMES)
    item = sent.symbol()
    order = find(ctx, item.symbol, *identified(sent, "orderId", "origClientOrderId"))
    done = _cancel(ctx, order, sent.client_id("newClientOrderId"), _restriction(sent))
    free_of_weight(ctx)
    return Response(done)


def _restriction(sent: Parameters) -> str | None:
    wanted = sent.text("cancelRestrictions")
    if wanted not in (None, "ONLY_NEW", "ONLY_PARTIALLY_FILLED"):
        raise refusal(-1145)
    return wanted


def _cancel(
    ctx: Context, order: Order | None, cancel_id: str | None, restriction: str | None
) -> dict[str, object]:
    if order is None or not order.is_open:
        raise refusal(-2011)
    if restriction not in (None, "ONLY_" + records.status(order)):
        raise refusal(-2011, "Order was not canceled due to cancel restrictions.")
    done = ctx.cancel(order)
    if done.status != "canceled":
        raise refusal(-2011)
    return records.canceled(done, cancel_id or records.made_up_id("cancel", done.id, ctx.now))


def cancel_all(ctx: Context) -> Response:
    """DELETE /api/v3/openOrders"""
    item = Parameters(ctx, "symbol").symbol()
    found = ctx.orders(item.symbol, open_only=True)
    if not found:
        raise refusal(-2011)
    done = [order for order in ctx.cancel_many(found) if order.status == "canceled"]
    if not done:
        raise refusal(-2011)
    free_of_weight(ctx)
    cancel_id = records.made_up_id("cancel", done[0].id, ctx.now)
    return Response([records.canceled(order, cancel_id) for order in done])


# --- cancel and replace ---------------------------------------------------------------------------
def replace(ctx: Context) -> Response:
    """POST /api/v3/order/cancelReplace: 200 if both parts went well, 409 if one, 400 if none."""
    sent = Parameters(ctx, *_REPLACE_NAMES)
    mode = sent.need("cancelReplaceMode")
    if mode not in ("STOP_ON_FAILURE", "ALLOW_FAILURE"):
        raise refusal(-1130, "Data sent for parameter 'cancelReplaceMode' is not valid.")
    checked = ticket.read(ctx, sent)
    ids = identified(sent, "cancelOrderId", "cancelOrigClientOrderId")
    restriction = _restriction(sent)
    try:
        order = find(ctx, checked.request.symbol, *ids)
        first = _cancel(ctx, order, sent.client_id("cancelNewClientOrderId"), restriction)
        canceled = True
    except Answer as refused:
        first, canceled = _body(refused), False
    if not canceled and mode == "STOP_ON_FAILURE":
        data = _both("FAILURE", "NOT_ATTEMPTED", first, None)
        return Response({**_body(refusal(-2022)), "data": data}, 400)
    try:
        second, placed = _place(ctx, checked), True
    except Answer as refused:
        second, placed = _body(refused), False
    data = _both(_word(canceled), _word(placed), first, second)
    if canceled and placed:
        free_of_weight(ctx)
        return Response(data)
    code = -2021 if canceled or placed else -2022
    return Response({**_body(refusal(code)), "data": data}, 409 if code == -2021 else 400)


def _word(success: bool) -> str:
    return "SUCCESS" if success else "FAILURE"


def _both(
    cancel_word: str,
    new_word: str,
    first: Mapping[str, object],
    second: Mapping[str, object] | None,
) -> dict[str, object]:
    return {
        "cancelResult": cancel_word,
        "newOrderResult": new_word,
        "cancelResponse": dict(first),
        "newOrderResponse": None if second is None else dict(second),
    }


def _body(refused: Answer) -> dict[str, object]:
    body = refused.response.body
    assert isinstance(body, dict)
    return body


def too_many_orders(breach: Breach) -> Response:
    """429 for an account's order limits."""
    ten_seconds = breach.rule.name == "orders-10s"
    span = "10 SECOND" if ten_seconds else "1 DAY"
    return envelope(
        -1015, f"Too many new orders; current limit is {breach.rule.limit} orders per {span}."
    )
