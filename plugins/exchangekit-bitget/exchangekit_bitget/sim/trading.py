"""Placing and canceling orders, one or many at a time.

A reply to a new order holds its ids and no more. ``receiveWindow`` is how long after the time that
was signed a request may arrive; it is looked at on arrival, and not again before matching: no more
is documented.

Source: https://www.bitget.com/api-doc/spot/trade/Place-Order and the pages beside it
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from exchangekit.sim import (
    Context,
    DuplicateClientId,
    Halted,
    InsufficientFunds,
    NoLiquidity,
    Order,
    Rejection,
    Response,
)
from exchangekit_bitget.sim import ticket
from exchangekit_bitget.sim.shared.answers import Refusal, answering, ok, refusal_of, refuse
from exchangekit_bitget.sim.shared.parameters import body_object, items, needed, number, word
from exchangekit_bitget.sim.shared.records import client_id

MOST_IN_BATCH: Final = 50
LONGEST_WINDOW_MS: Final = 60_000
REJECTED: Final[dict[type[Rejection], str]] = {
    InsufficientFunds: "43012",
    DuplicateClientId: "43118",
    NoLiquidity: "40401",
    Halted: "41114",
}


@answering
def place(ctx: Context) -> Response:
    body = body_object(ctx)
    _in_time(ctx, body)
    return ok(ctx, _named(_place(ctx, body)))


def place_batch(ctx: Context) -> Response:
    body = body_object(ctx)
    symbol = body.get("symbol")
    done, failed = [], []
    for item in items(ctx, body, MOST_IN_BATCH):
        try:
            done.append(_named(_place(ctx, {"symbol": symbol, **item})))
        except Refusal as refusal:
            failed.append(_failure(item, refusal))
    return ok(ctx, {"successList": done, "failureList": failed})


@answering
def cancel(ctx: Context) -> Response:
    return ok(ctx, _named(_cancel(ctx, body_object(ctx))))


def cancel_batch(ctx: Context) -> Response:
    body = body_object(ctx)
    mode, symbol = body.get("batchMode") or "single", body.get("symbol")
    if mode not in ("single", "multiple"):
        raise refuse(ctx, "40020", "batchMode")
    done, failed = [], []
    for item in items(ctx, body, MOST_IN_BATCH):
        try:
            asked = {**item, "symbol": symbol} if mode == "single" else item
            done.append(_named(_cancel(ctx, asked)))
        except Refusal as refusal:
            failed.append(_failure(item, refusal))
    return ok(ctx, {"successList": done, "failureList": failed})


@answering
def cancel_symbol(ctx: Context) -> Response:
    """All open orders of one market; the reply does not say which."""
    symbol = needed(body_object(ctx), "symbol")
    if ctx.instrument(symbol) is None:
        raise Refusal("40034", symbol)
    ctx.cancel_many(ctx.orders(symbol, open_only=True))
    return ok(ctx, {"symbol": symbol})


def _in_time(ctx: Context, body: Mapping[str, object]) -> None:
    """Raises `Refusal` where the request came later than it allows."""
    given = word(body, "receiveWindow")
    if not given:
        return
    window = number(given)
    if window is None:
        raise Refusal("40020", "receiveWindow")
    if window > LONGEST_WINDOW_MS:
        raise Refusal("40079")
    signed = int(ctx.request.header("ACCESS-TIMESTAMP") or 0)
    if ctx.request.received - signed > window:
        raise Refusal("40008")


def _place(ctx: Context, item: Mapping[str, object]) -> Order:
    try:
        return ctx.place(ticket.read(ctx, item))
    except Rejection as rejection:
        raise refusal_of(rejection, REJECTED) from rejection


def _cancel(ctx: Context, item: Mapping[str, object]) -> Order:
    symbol = needed(item, "symbol")
    if ctx.instrument(symbol) is None:
        raise Refusal("40034", symbol)
    order_id, name = word(item, "orderId"), word(item, "clientOid")
    if not order_id and not name:
        raise Refusal("40019", "orderId")
    found = ctx.order(venue_id=order_id) if order_id else ctx.order(client_id=name)
    if found is None or found.symbol != symbol or not found.is_open:
        raise Refusal("43001")
    return ctx.cancel(found)


def _named(order: Order) -> dict[str, object]:
    return {"orderId": order.venue_id, "clientOid": client_id(order)}


def _failure(item: Mapping[str, object], refusal: Refusal) -> dict[str, object]:
    return {
        "orderId": str(item.get("orderId") or ""),
        "clientOid": str(item.get("clientOid") or ""),
        "errorMsg": refusal.message,
        "errorCode": refusal.code,
    }
