"""Orders and executions in the unified API's words.

A market buy has its value in ``amount`` and a ``qty`` of 0; every other order the other way round.
Fees that were paid are positive.

Sources: https://www.bitget.com/api-doc/uta/trade/Get-Order-Details and the pages beside it; the
sign of fees is in https://www.bitget.com/api-doc/uta/changelog of 11 March 2026
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from exchangekit.sim import Context, Fill, Order
from exchangekit.sim.money import plain
from exchangekit_bitget.sim.shared.answers import ratio
from exchangekit_bitget.sim.shared.records import client_id, state
from exchangekit_bitget.sim.shared.ticket import SELF_TRADE
from exchangekit_bitget.unified.sim.parameters import SPOT

_REASONS: Final = {
    "ioc": "ioc_not_full_cancel",
    "fok": "fok_not_full_cancel",
    "post_only": "post_only_fill_cancel",
    "self_trade": "stp_cancel",
}
_SELF_TRADE: Final = {ours: theirs for theirs, ours in SELF_TRADE.items() if theirs}
_PRESETS: Final = (
    "tpTriggerBy", "slTriggerBy", "takeProfit", "stopLoss", "tpOrderType", "slOrderType",
    "tpLimitPrice", "slLimitPrice",
)  # fmt: skip


def order_row(order: Order) -> dict[str, object]:
    return {
        "orderId": order.venue_id,
        "clientOid": client_id(order),
        "category": SPOT,
        "symbol": order.symbol,
        "orderType": order.kind,
        "side": order.side,
        "price": plain(order.price or Decimal(0)),
        "qty": plain(order.amount or Decimal(0)),
        "amount": plain(order.cost or Decimal(0)),
        "cumExecQty": plain(order.filled),
        "cumExecValue": plain(order.spent),
        "avgPrice": ratio(order.average or Decimal(0)),
        "timeInForce": "post_only" if order.post_only else order.time_in_force.lower(),
        "orderStatus": state(order),
        "posSide": "",
        "holdMode": "",
        "tradeSide": "",
        "delegateType": "normal" if order.kind == "limit" else "market",
        "reduceOnly": "NO",
        "marginMode": "crossed",
        "stpMode": _SELF_TRADE[order.self_trade],
        **dict.fromkeys(_PRESETS),
        "feeDetail": _fees(order.fills),
        "cancelReason": "" if order.is_open else _why(order),
        "execType": "normal",
        "createdTime": str(order.created),
        "updatedTime": str(order.updated),
    }


def _why(order: Order) -> str:
    return "" if order.status == "filled" else _REASONS.get(order.reason, "normal_cancel")


def _fees(fills: Iterable[Fill]) -> list[dict[str, str]]:
    """Of each coin its sum; while nothing was paid, a row of blanks."""
    paid: dict[str, Decimal] = {}
    for fill in fills:
        paid[fill.fee_asset] = paid.get(fill.fee_asset, Decimal(0)) + fill.fee
    told = [{"feeCoin": coin, "fee": plain(fee)} for coin, fee in sorted(paid.items())]
    return told or [{"feeCoin": "", "fee": ""}]


def fill_row(ctx: Context, fill: Fill, number: int) -> dict[str, object]:
    parent = ctx.order(venue_id=fill.venue_order_id)
    return {
        "execId": str(number),
        "execLinkId": str(fill.id),
        "orderId": fill.venue_order_id,
        "clientOid": client_id(parent) if parent else "",
        "category": SPOT,
        "symbol": fill.symbol,
        "orderType": parent.kind if parent else "limit",
        "side": fill.side,
        "execPrice": plain(fill.price),
        "execQty": plain(fill.amount),
        "execValue": plain(fill.cost),
        "tradeScope": "maker" if fill.maker else "taker",
        "tradeSide": "",
        "feeDetail": _fees([fill]),
        "createdTime": str(fill.time),
        "updatedTime": str(fill.time),
        "execPnl": "0",
        "isRPI": "no",
    }
