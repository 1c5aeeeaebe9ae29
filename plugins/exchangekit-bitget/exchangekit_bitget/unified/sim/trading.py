"""Placing and canceling orders, and the dead man's switch.

A reply to a new order holds its ids and no more. How late a request may arrive is said of the time
that was signed only: there is no window of an order's own.

Source: https://www.bitget.com/api-doc/uta/trade/Place-Order and the pages beside it
"""

from __future__ import annotations

import re
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
from exchangekit_bitget.sim.shared.answers import Refusal, answering, ok, refusal_of
from exchangekit_bitget.sim.shared.parameters import body, body_object
from exchangekit_bitget.sim.shared.records import client_id
from exchangekit_bitget.unified.sim import ticket
from exchangekit_bitget.unified.sim.parameters import WRONG, in_spot, needed, pair, word

MOST_IN_BATCH: Final = 20
SHORTEST: Final = 5
LONGEST: Final = 60
REJECTED: Final[dict[type[Rejection], str]] = {
    InsufficientFunds: "25202",
    DuplicateClientId: "25212",
    NoLiquidity: "25209",
    Halted: "25102",
}
_SECONDS: Final = re.compile(r"\d{1,4}", re.ASCII)


@answering
def place(ctx: Context) -> Response:
    try:
        return ok(ctx, _named(ctx.place(ticket.read(ctx, body_object(ctx)))))
    except Rejection as rejection:
        raise refusal_of(rejection, REJECTED) from rejection


@answering
def cancel(ctx: Context) -> Response:
    return ok(ctx, _named(_cancel(ctx, body_object(ctx))))


@answering
def cancel_batch(ctx: Context) -> Response:
    """Of each order what became of it, in the order asked; the body is a list."""
    items = body(ctx)
    if not isinstance(items, list) or not 0 < len(items) <= MOST_IN_BATCH:
        raise Refusal(WRONG, "body")
    for item in items:
        if not isinstance(item, dict):
            raise Refusal(WRONG, "body")
        in_spot(item)
        pair(ctx, needed(item, "symbol"))
    return ok(ctx, [_outcome(ctx, item) for item in items])


def _outcome(ctx: Context, item: Mapping[str, object]) -> dict[str, str]:
    try:
        return _named(_cancel(ctx, item))
    except Refusal as refusal:
        ids = {name: str(item.get(name) or "") for name in ("orderId", "clientOid")}
        return {**ids, "code": refusal.code, "msg": refusal.message}


@answering
def cancel_symbol(ctx: Context) -> Response:
    """All open orders, or those of one market; the reply names them."""
    asked = body_object(ctx)
    in_spot(asked)
    symbol = word(asked, "symbol")
    if symbol:
        pair(ctx, symbol)
    gone = ctx.cancel_many(ctx.orders(symbol or None, open_only=True))
    return ok(ctx, {"list": [_ended(order) for order in gone]})


def _ended(order: Order) -> dict[str, str]:
    """An order that the market got to first is told as one that is not there."""
    late = {"code": "24056", "msg": "notExisted"} if order.status == "filled" else {}
    return {**_named(order), **late}


def _cancel(ctx: Context, item: Mapping[str, object]) -> Order:
    """By either id; where both are given, the venue's own counts."""
    order_id, name, symbol = (word(item, of) for of in ("orderId", "clientOid", "symbol"))
    if not order_id and not name:
        raise Refusal(WRONG, "orderId")
    found = ctx.order(venue_id=order_id) if order_id else ctx.order(client_id=name)
    if found is None or not found.is_open or symbol not in ("", found.symbol):
        raise Refusal("25204")
    return ctx.cancel(found)


def _named(order: Order) -> dict[str, str]:
    return {"orderId": order.venue_id, "clientOid": client_id(order)}


@answering
def countdown(ctx: Context) -> Response:
    """Cancel everything unless this is asked again in so many seconds; 0 switches it off.

    https://www.bitget.com/api-doc/uta/trade/CountDown-Cancel-All
    """
    given = needed(body_object(ctx), "countdown")
    seconds = int(given) if _SECONDS.fullmatch(given) else -1
    if seconds != 0 and not SHORTEST <= seconds <= LONGEST:
        raise Refusal(WRONG, "countdown")
    ctx.cancel_all_after(seconds * 1000 or None)
    return ok(ctx, "success")
