"""Placing and canceling orders, one or many at a time.

A refused order is an answer inside the reply, not the reply's end: top code "1" when every item
failed, "2" when some did. ``expTime`` is the moment after which an order is no longer accepted. It
is looked at when a request arrives, and not again before matching: no more is documented.

Source: https://www.okx.com/docs-v5/en/#order-book-trading-trade
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from exchangekit.sim import (
    Context,
    DuplicateClientId,
    Halted,
    InsufficientFunds,
    NoLiquidity,
    Order,
    OrderRequest,
    Rejection,
    Response,
)
from exchangekit.sim.money import floor_to
from exchangekit_okx.sim import limits, ticket
from exchangekit_okx.sim.answers import Refusal, refusal_row, refuse, trade_reply
from exchangekit_okx.sim.history import find_order
from exchangekit_okx.sim.parameters import body_list, body_object, word

MOST_IN_BATCH: Final = 20


def place(ctx: Context) -> Response:
    item = body_object(ctx)
    absent = ticket.missing(item)
    if absent is not None:
        raise refuse("50014", absent)
    _count(ctx, [item], "place")
    _in_time(ctx)
    return trade_reply(ctx, [_place(ctx, item, set())])


def place_batch(ctx: Context) -> Response:
    items = body_list(ctx, MOST_IN_BATCH, "51111")
    _count(ctx, items, "place")
    _in_time(ctx)
    used: set[str] = set()
    return trade_reply(ctx, [_place(ctx, item, used) for item in items])


def cancel(ctx: Context) -> Response:
    item = body_object(ctx)
    if not item.get("instId"):
        raise refuse("50014", "instId")
    _count(ctx, [item], "cancel")
    return trade_reply(ctx, [_cancel(ctx, item)])


def cancel_batch(ctx: Context) -> Response:
    items = body_list(ctx, MOST_IN_BATCH, "51406")
    _count(ctx, items, "cancel")
    return trade_reply(ctx, [_cancel(ctx, item) for item in items])


def amend(ctx: Context) -> Response:
    """A new size (what is filled included), a new price, or both, of an order that keeps its id."""
    item = body_object(ctx)
    if not item.get("instId"):
        raise refuse("50014", "instId")
    _count(ctx, [item], "amend")
    return trade_reply(ctx, [_amend(ctx, item)])


def precheck(ctx: Context) -> Response:
    """Only for multi-currency and portfolio margin, and the account is in spot mode."""
    body_object(ctx)
    raise refuse("51010")


def _count(ctx: Context, items: Sequence[Mapping[str, object]], what: str) -> None:
    """Limits are per instrument; a batch of one counts as a single order."""
    rule = what if len(items) == 1 else f"{what}-batch"
    for symbol, orders in Counter(str(item.get("instId", "")) for item in items).items():
        if ctx.instrument(symbol) is not None:
            ctx.charge(limits.per_instrument(rule, symbol), orders)


def _in_time(ctx: Context) -> None:
    """Answers 50036 when the time of the ``expTime`` header (milliseconds) has passed already."""
    given = ctx.request.header("expTime")
    if given is None:
        return
    if not (given.isascii() and given.isdigit() and len(given) <= 16):
        raise refuse("51000", "expTime")
    if int(given) < ctx.now:
        raise refuse("50036")


# --- placing --------------------------------------------------------------------------------------
def _place(ctx: Context, item: Mapping[str, object], used: set[str]) -> dict[str, object]:
    ids = {"clOrdId": _echo(item, "clOrdId"), "ordId": "", "tag": _echo(item, "tag")}
    try:
        wanted = ticket.read(ctx, item)
        client_id = wanted.request.client_id
        if client_id in used:
            raise Refusal("51016")
        order = _accept(ctx, wanted)
    except Refusal as refusal:
        return {**refusal_row(ids, refusal, ctx.now), "subCode": ""}
    if client_id:
        used.add(client_id)
    return {
        **ids,
        "ordId": order.venue_id,
        "ts": str(order.created),
        "sCode": "0",
        "sMsg": "Order placed",
        "subCode": "",
    }


def _accept(ctx: Context, wanted: ticket.Ticket) -> Order:
    try:
        return ctx.place(wanted.request)
    except InsufficientFunds as short:
        smaller = _shrunk(wanted, short) if wanted.may_shrink else None
        if smaller is None:
            raise refusal_of(short, wanted.request) from short
    except Rejection as rejection:
        raise refusal_of(rejection, wanted.request) from rejection
    try:
        return ctx.place(smaller)
    except Rejection as rejection:
        raise refusal_of(rejection, wanted.request) from rejection


def _shrunk(wanted: ticket.Ticket, short: InsufficientFunds) -> OrderRequest | None:
    """What the free funds allow, when `sz` counts the currency that is not paid with."""
    tag = {**wanted.request.tag, "amended": "yes"}
    if wanted.request.side == "buy":
        if not short.free:
            return None
        return replace(wanted.request, amount=None, cost=short.free, tag=tag)
    amount = floor_to(short.free, wanted.instrument.step)
    if amount < wanted.instrument.min_amount:
        return None
    return replace(wanted.request, amount=amount, cost=None, tag=tag)


def refusal_of(rejection: Rejection, request: OrderRequest | None) -> Refusal:
    """The venue's code for what the engine refused."""
    if isinstance(rejection, InsufficientFunds):
        return Refusal("51008", rejection.asset)
    if isinstance(rejection, DuplicateClientId):
        return Refusal("51016")
    if isinstance(rejection, NoLiquidity):
        return Refusal("51109" if request and request.side == "sell" else "51140")
    if isinstance(rejection, Halted):
        return Refusal("51022")
    raise rejection


# --- canceling ------------------------------------------------------------------------------------
def _cancel(ctx: Context, item: Mapping[str, object]) -> dict[str, object]:
    """An acknowledgement that the request was taken; the order's state says what came of it."""
    ids = {"clOrdId": _echo(item, "clOrdId"), "ordId": _echo(item, "ordId")}
    try:
        symbol = word(item, "instId")
        if ctx.instrument(symbol) is None:
            raise Refusal("51001")
        ord_id, client_id = word(item, "ordId"), word(item, "clOrdId")
        if not ord_id and not client_id:
            raise Refusal("51407")
        found = find_order(ctx, symbol, ord_id, client_id)
        if found is None or not found.is_open:
            raise Refusal("51400")
        ctx.cancel(found)
    except Refusal as refusal:
        return refusal_row(ids, refusal, ctx.now)
    return {
        "clOrdId": found.client_id or "",
        "ordId": found.venue_id,
        "ts": str(ctx.now),
        "sCode": "0",
        "sMsg": "",
    }


# --- amending -------------------------------------------------------------------------------------
def _amend(ctx: Context, item: Mapping[str, object]) -> dict[str, object]:
    ids = {name: _echo(item, name) for name in ("clOrdId", "ordId", "reqId")}
    try:
        found = _amended(ctx, item)
    except Refusal as refusal:
        return refusal_row(ids, refusal, ctx.now)
    named = {"clOrdId": found.client_id or "", "ordId": found.venue_id}
    return {**ids, **named, "ts": str(ctx.now), "sCode": "0", "sMsg": ""}


def _amended(ctx: Context, item: Mapping[str, object]) -> Order:
    symbol = word(item, "instId")
    if ctx.instrument(symbol) is None:
        raise Refusal("51001")
    ord_id, client_id = word(item, "ordId"), word(item, "clOrdId")
    if not ord_id and not client_id:
        raise Refusal("51407")
    found = find_order(ctx, symbol, ord_id, client_id)
    if found is None or not found.is_open or found.price is None or found.amount is None:
        raise Refusal("51503")
    try:
        amount, price = ticket.amended(ctx, item, found)
        if not ctx.amend(found, amount=amount, price=price):
            raise Refusal("51503")
    except (Refusal, Rejection) as problem:
        if word(item, "cxlOnFail") == "true" and found.is_open:
            ctx.cancel(found)
        raise problem if isinstance(problem, Refusal) else refusal_of(problem, None) from problem
    return found


def _echo(item: Mapping[str, object], name: str) -> str:
    value = item.get(name)
    return value if isinstance(value, str) else ""
