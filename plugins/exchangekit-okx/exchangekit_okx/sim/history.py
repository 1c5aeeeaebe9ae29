"""The account's orders and fills as the venue shows them, and how it pages through them.

The venue forgets: an order that was canceled without a fill is gone after two hours, so "does not
exist" is no proof that there never was such an order.

Source: https://www.okx.com/docs-v5/en/#order-book-trading-trade
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Final, TypeVar

from exchangekit.sim import Context, Fill, Order, Response
from exchangekit.sim.money import plain
from exchangekit_okx.sim import limits
from exchangekit_okx.sim.answers import CANCEL_SOURCES, SYSTEM_CANCEL
from exchangekit_okx.sim.parameters import Query, listed, ok, ratio, refuse

HOUR: Final = 3_600_000
DAY: Final = 24 * HOUR
CANCELED_KEPT: Final = 2 * HOUR
ORDER_TYPES: Final = frozenset({"market", "limit", "post_only", "fok", "ioc"})
_KNOWN_TYPES: Final = ORDER_TYPES | {"optimal_limit_ioc", "mmp", "mmp_and_post_only", "op_fok"}

# Ids hold the moment they were made, in milliseconds since this one, above 22 bits of a number.
_ID_EPOCH: Final = 1_546_272_000_000
Item = TypeVar("Item")


def snowflake(time: int, number: int) -> int:
    return (time - _ID_EPOCH << 22) | (number & 0x3FFFFF)


# --- orders ---------------------------------------------------------------------------------------
def state(order: Order) -> str:
    if order.is_open:
        return "partially_filled" if order.filled else "live"
    return "filled" if order.status == "filled" else "canceled"


def forgotten(order: Order, now: int) -> bool:
    return state(order) == "canceled" and not order.filled and order.updated < now - CANCELED_KEPT


def order_row(ctx: Context, order: Order) -> dict[str, object]:
    """One element of ``data`` of every endpoint that shows orders."""
    instrument = ctx.instrument(order.symbol)
    if instrument is None:
        raise LookupError(f"order {order.venue_id} is of no listed instrument")
    last = order.fills[-1] if order.fills else None
    fee = sum((fill.fee for fill in order.fills), Decimal(0))
    source, reason = "", ""
    if state(order) == "canceled":
        source, reason = CANCEL_SOURCES.get(order.reason, SYSTEM_CANCEL)
    # What the venue had to make smaller than asked is shown at the size it was made.
    size = plain(order.filled) if order.tag.get("amended") else order.tag["sz"]
    received, paid = instrument.base, instrument.quote
    if order.side == "sell":
        received, paid = paid, received
    return {
        "accFillSz": plain(order.filled),
        "algoClOrdId": "",
        "algoId": "",
        "attachAlgoClOrdId": "",
        "attachAlgoOrds": [],
        "avgPx": ratio(order.average) if order.average else "",
        "cTime": str(order.created),
        "cancelSource": source,
        "cancelSourceReason": reason,
        "category": "normal",
        "ccy": "",
        "clOrdId": order.client_id or "",
        "fee": plain(-fee),
        "feeCcy": received,
        "fillPx": plain(last.price) if last else "",
        "fillSz": plain(last.amount) if last else "0",
        "fillTime": str(last.time) if last else "",
        "instId": order.symbol,
        "instType": "SPOT",
        "isTpLimit": "false",
        "lever": "",
        "linkedAlgoOrd": {"algoId": ""},
        "ordId": order.venue_id,
        "ordType": order.tag["ordType"],
        "pnl": "0",
        "posSide": "net",
        "px": plain(order.price) if order.price is not None else "",
        "pxType": "",
        "pxUsd": "",
        "pxVol": "",
        "quickMgnType": "",
        "rebate": "0",
        "rebateCcy": paid,
        "reduceOnly": "false",
        "side": order.side,
        "slOrdPx": "",
        "slTriggerPx": "",
        "slTriggerPxType": "",
        "source": "",
        "state": state(order),
        "stpId": "",
        "stpMode": order.tag["stpMode"],
        "sz": size,
        "tag": order.tag["tag"],
        "tdMode": "cash",
        "tgtCcy": order.tag["tgtCcy"],
        "tpOrdPx": "",
        "tpTriggerPx": "",
        "tpTriggerPxType": "",
        "tradeId": str(last.id) if last else "",
        "tradeQuoteCcy": instrument.quote,
        "uTime": str(order.updated),
    }


def find_order(ctx: Context, symbol: str, ord_id: str, client_id: str) -> Order | None:
    """By id, else by the newest order with that client id; None if of another instrument."""
    found = ctx.order(venue_id=ord_id) if ord_id else ctx.order(client_id=client_id)
    if found is None or found.symbol != symbol or forgotten(found, ctx.now):
        return None
    return found


def order(ctx: Context) -> Response:
    query = Query(ctx.request)
    symbol = listed(ctx, query).symbol
    ctx.charge(limits.per_instrument("order", symbol))
    ord_id, client_id = query.get("ordId") or "", query.get("clOrdId") or ""
    if not ord_id and not client_id:
        raise refuse("50015", "ordId", "clOrdId")
    found = find_order(ctx, symbol, ord_id, client_id)
    if found is None:
        raise refuse("51603")
    return ok([order_row(ctx, found)])


def pending(ctx: Context) -> Response:
    query = Query(ctx.request)
    query.inst_type()
    wanted = _order_filter(query, ("live", "partially_filled"))
    return _orders(ctx, query, (item for item in ctx.orders(open_only=True) if wanted(item)))


def recent(ctx: Context) -> Response:
    return _history(ctx, days=7, unfilled=True)


def archive(ctx: Context) -> Response:
    return _history(ctx, days=90, unfilled=False)


def _history(ctx: Context, *, days: int, unfilled: bool) -> Response:
    query = Query(ctx.request)
    query.need_inst_type()
    now = ctx.now
    wanted = _order_filter(query, ("canceled", "filled", "mmp_canceled"))
    found = (
        item
        for item in ctx.orders()
        if not item.is_open
        and item.updated >= now - days * DAY
        and (item.filled or (unfilled and not forgotten(item, now)))
        and wanted(item)
    )
    return _orders(ctx, query, found)


def _order_filter(query: Query, states: tuple[str, ...]) -> Callable[[Order], bool]:
    kind, symbol, one_state = query.get("instType"), query.get("instId"), query.get("state")
    types = frozenset((query.get("ordType") or "").split(",")) - {""}
    category = query.get("category")
    begin, end = query.integer("begin"), query.integer("end")
    if one_state is not None and one_state not in states:
        raise refuse("51000", "state")
    if not types <= _KNOWN_TYPES:
        raise refuse("51000", "ordType")

    def wanted(item: Order) -> bool:
        return (
            kind in (None, "SPOT")
            and symbol in (None, item.symbol)
            and one_state in (None, state(item))
            and (not types or item.tag["ordType"] in types)
            and category in (None, "normal")
            and (begin is None or item.created >= begin)
            and (end is None or item.created <= end)
        )

    return wanted


def _orders(ctx: Context, query: Query, found: Iterable[Order]) -> Response:
    page = _page(query, found, lambda item: int(item.venue_id))
    return ok([order_row(ctx, item) for item in page])


def _page(query: Query, found: Iterable[Item], number: Callable[[Item], int]) -> list[Item]:
    """Newest first, ids strictly between ``before`` and ``after``; the newest if too many."""
    limit = query.limit(100, 100)
    after, before = query.integer("after"), query.integer("before")
    inside = [
        item
        for item in found
        if (after is None or number(item) < after) and (before is None or number(item) > before)
    ]
    return sorted(inside, key=number, reverse=True)[:limit]


# --- fills ----------------------------------------------------------------------------------------
def fills(ctx: Context) -> Response:
    return _fills(ctx, days=3, required=False)


def fills_history(ctx: Context) -> Response:
    return _fills(ctx, days=90, required=True)


def _fills(ctx: Context, *, days: int, required: bool) -> Response:
    query = Query(ctx.request)
    kind = query.need_inst_type() if required else query.inst_type()
    symbol, ord_id, sub_type = query.get("instId"), query.get("ordId"), query.get("subType")
    begin, end = query.integer("begin"), query.integer("end")
    oldest = ctx.now - days * DAY
    # Trade ids are unique per instrument only: a bill's id holds the fill's place in the account.
    found = (
        (snowflake(fill.time, place), fill)
        for place, fill in enumerate(ctx.fills())
        if fill.time >= oldest
        and kind in (None, "SPOT")
        and symbol in (None, fill.symbol)
        and ord_id in (None, fill.venue_order_id)
        and sub_type in (None, _sub_type(fill))
        and (begin is None or fill.time >= begin)
        and (end is None or fill.time <= end)
    )
    page = _page(query, found, lambda item: item[0])
    return ok([_fill_row(ctx, fill, bill_id) for bill_id, fill in page])


def _sub_type(fill: Fill) -> str:
    return "1" if fill.side == "buy" else "2"


def _fill_row(ctx: Context, fill: Fill, bill_id: int) -> dict[str, object]:
    rates = ctx.fees(fill.symbol)
    parent = ctx.order(venue_id=fill.venue_order_id)
    return {
        "side": fill.side,
        "fillSz": plain(fill.amount),
        "fillPx": plain(fill.price),
        "fillPxVol": "",
        "fillFwdPx": "",
        "fee": plain(-fill.fee),
        "fillPnl": "0",
        "ordId": fill.venue_order_id,
        "feeRate": plain(-(rates.maker if fill.maker else rates.taker)),
        "instType": "SPOT",
        "fillPxUsd": "",
        "instId": fill.symbol,
        "clOrdId": fill.client_id or "",
        "posSide": "net",
        "billId": str(bill_id),
        "subType": _sub_type(fill),
        "fillMarkVol": "",
        "tag": parent.tag["tag"] if parent else "",
        "fillTime": str(fill.time),
        "execType": "M" if fill.maker else "T",
        "fillIdxPx": "",
        "tradeId": str(fill.id),
        "fillMarkPx": "",
        "feeCcy": fill.fee_asset,
        "ts": str(fill.time),
        "tradeQuoteCcy": fill.symbol.partition("-")[2],
    }
