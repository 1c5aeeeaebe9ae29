"""Finding the account's orders and fills, and how the venue lists and pages them.

Two places know orders: what is open or ended lately (*realtime*), and the history of what ended.
Neither says that there is no such order: both answer an empty list. Realtime forgets all but the
last 500 that ended, history those without a fill after a day, so that "not found" is no proof.

Source: https://bybit-exchange.github.io/docs/v5/order/open-order and …/order/order-list
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Final, TypeVar
from urllib.parse import quote, unquote

from exchangekit.sim import Context, Fill, Order, Response
from exchangekit_bybit.sim.answers import listed, refuse
from exchangekit_bybit.sim.parameters import Parameters
from exchangekit_bybit.sim.records import DAY, fill_row, forgotten, order_row, status

WEEK: Final = 7 * DAY
_CURSOR: Final = re.compile(r"(\d+):(\d+),(\d+):(\d+)", re.ASCII)

Item = TypeVar("Item")
Place = tuple[int, int]


def find_order(ctx: Context, sent: Parameters) -> Order | None:
    """By the venue's id, else by the newest order with that name."""
    if sent.get("orderId"):
        return ctx.order(venue_id=sent.get("orderId"))
    return ctx.order(client_id=sent.need("orderLinkId"))


def realtime(ctx: Context, *, kept: int) -> Response:
    """`kept`: how many ended orders are remembered here."""
    sent = Parameters(ctx)
    sent.need_spot()
    sent.one_of("openOnly", ("", "0", "1"))
    every = ctx.orders()
    ended = sorted((one for one in every if not one.is_open), key=lambda one: one.updated)
    recent = ended[-kept:] if kept else []
    if _named(sent):
        found = find_order(ctx, sent)
        remembered = {one.id for one in recent}
        shown = [found] if found and (found.is_open or found.id in remembered) else []
        return _orders(sent, shown)
    symbol = sent.symbol()
    wanted = recent if sent.get("openOnly") == "1" else [one for one in every if one.is_open]
    return _orders(sent, (one for one in wanted if symbol in (None, one.symbol)))


def orders(ctx: Context) -> Response:
    sent = Parameters(ctx)
    sent.need_spot()
    known = [one for one in ctx.orders() if not one.is_open and not forgotten(one, ctx.now)]
    if _named(sent):
        found = find_order(ctx, sent)
        return _orders(sent, (one for one in known if found and one.id == found.id))
    symbol, (first, last), word = sent.symbol(), _span(sent), sent.get("orderStatus")
    return _orders(
        sent,
        (
            one
            for one in known
            if symbol in (None, one.symbol)
            and first <= one.created <= last
            and word in ("", status(one))
        ),
    )


def fills(ctx: Context) -> Response:
    """https://bybit-exchange.github.io/docs/v5/order/execution"""
    sent = Parameters(ctx)
    sent.need_spot()
    found: Iterable[Fill] = ctx.fills()
    if _named(sent):
        order = find_order(ctx, sent)
        found = [one for one in found if order and one.venue_order_id == order.venue_id]
    else:
        symbol, (first, last) = sent.symbol(), _span(sent)
        found = [one for one in found if symbol in (None, one.symbol) and first <= one.time <= last]
    if sent.get("execType") not in ("", "Trade"):
        found = []
    # An order's two fills of one trade with itself share an id: the order tells them apart.
    places = {id(one): (one.time, one.id * 2 + (one.side == "buy")) for one in found}
    shown, cursor = _page(sent, found, lambda one: places[id(one)], (50, 100))
    return listed(ctx, [fill_row(ctx, one) for one in shown], cursor)


def _named(sent: Parameters) -> bool:
    return bool(sent.get("orderId") or sent.get("orderLinkId"))


def _span(sent: Parameters) -> Place:
    """From `startTime` to `endTime`, at most seven days; what is not given follows."""
    first, last = sent.integer("startTime"), sent.integer("endTime")
    if first is None:
        last = sent.ctx.now if last is None else last
        first = last - WEEK
    elif last is None:
        last = first + WEEK
    if not 0 <= last - first <= WEEK:
        raise refuse(sent.ctx, "10001", said="params error: more than 7 days, or none")
    return first, last


def _orders(sent: Parameters, found: Iterable[Order]) -> Response:
    shown, cursor = _page(sent, found, lambda one: (one.created, one.id), (20, 50))
    return listed(sent.ctx, [order_row(one) for one in shown], cursor)


def _page(
    sent: Parameters, found: Iterable[Item], place: Callable[[Item], Place], sizes: Place
) -> tuple[Sequence[Item], str]:
    """Newest first, and the cursor of what follows: the places of the first and the last shown.

    It is told percent-encoded, and taken encoded or not.
    """
    limit, given = sent.limit(*sizes), sent.get("cursor")
    rows = sorted(found, key=place, reverse=True)
    if given:
        told = _CURSOR.fullmatch(unquote(given))
        if told is None:
            raise refuse(sent.ctx, "10001", said="params error: cursor invalid")
        last = (int(told[4]), int(told[3]))
        rows = [one for one in rows if place(one) < last]
    shown = rows[:limit]
    if not shown or len(rows) <= limit:
        return shown, ""
    ends = [f"{number}:{time}" for time, number in (place(shown[0]), place(shown[-1]))]
    return shown, quote(",".join(ends), safe="")
