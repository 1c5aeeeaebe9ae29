"""Orders and executions in the venue's words.

Source: https://www.okx.com/docs-v5/en/#order-book-trading-trade
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from exchangekit.sim import Context, Fill, Order
from exchangekit.sim.money import plain
from exchangekit_okx.sim.answers import ratio

ORDER_TYPES: Final = frozenset({"market", "limit", "post_only", "fok", "ioc"})
CANCELED_KEPT_MS: Final = 2 * 3_600_000
# Why an order ended: the engine's reason, the venue's number, the venue's words.
# https://www.okx.com/docs-v5/en/#order-book-trading-trade-ws-order-channel
CANCEL_SOURCES: Final[dict[str, tuple[str, str]]] = {
    "user": ("1", "Order canceled by user"),
    "ioc": ("14", "Order canceled: IOC order was partially canceled due to incompletely filled"),
    "fok": ("13", "Order canceled: FOK order was canceled due to incompletely filled"),
    "post_only": ("31", "The post-only order will take liquidity in taker orders"),
    "self_trade": ("32", "Self trade prevention"),
    "countdown": ("20", "Cancel all after triggered"),
}
SYSTEM_CANCEL: Final = ("0", "Order canceled by system")
# Ids hold the moment they were made, in milliseconds since this one, above 22 bits of a number.
_ID_EPOCH: Final = 1_546_272_000_000


def snowflake(time: int, number: int) -> int:
    return (time - _ID_EPOCH << 22) | (number & 0x3FFFFF)


def state(order: Order) -> str:
    if order.is_open:
        return "partially_filled" if order.filled else "live"
    return "filled" if order.status == "filled" else "canceled"


def forgotten(order: Order, now: int) -> bool:
    """Orders that were canceled without a fill are gone after a while."""
    return (
        state(order) == "canceled" and not order.filled and order.updated < now - CANCELED_KEPT_MS
    )


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
    if order.kind == "limit" and order.amount is not None:
        size = plain(order.amount)
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


def fill_row(ctx: Context, fill: Fill, bill_id: int) -> dict[str, object]:
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
        "subType": sub_type(fill),
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


def sub_type(fill: Fill) -> str:
    return "1" if fill.side == "buy" else "2"
