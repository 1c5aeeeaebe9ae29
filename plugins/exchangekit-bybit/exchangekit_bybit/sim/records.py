"""Orders and executions in the venue's words.

Source: https://bybit-exchange.github.io/docs/v5/order/order-list
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from exchangekit.sim import Context, Fill, Order
from exchangekit.sim.money import plain
from exchangekit_bybit.sim.answers import computed

DAY: Final = 24 * 3_600_000
# The engine's reason: the venue's reason, and who canceled.
ENDINGS: Final[dict[str, tuple[str, str]]] = {
    "user": ("EC_PerCancelRequest", "CancelByUser"),
    "ioc": ("EC_NoImmediateQtyToFill", "UNKNOWN"),
    "fok": ("EC_CancelForNoFullFill", "UNKNOWN"),
    "no_liquidity": ("EC_CancelForNoFullFill", "UNKNOWN"),
    "post_only": ("EC_PostOnlyWillTakeLiquidity", "UNKNOWN"),
    "self_trade": ("EC_BySelfMatch", "CancelBySmp"),
}
_NO_ENDING: Final = ("EC_NoError", "UNKNOWN")
# What an ordinary spot order always says alike.
_ALWAYS: Final[dict[str, object]] = {
    **dict.fromkeys(
        ("blockTradeId", "stopOrderType", "orderIv", "ocoTriggerBy", "tpLimitPrice", "slLimitPrice",
         "tpTriggerBy", "slTriggerBy", "triggerBy", "placeType", "smpOrderId", "slippageTolerance",
         "extraFees", "lastPriceOnCreated"),
        "",
    ),
    **dict.fromkeys(("isLeverage", "triggerPrice", "takeProfit", "stopLoss", "rpiMatchedQty"), "0"),
    **dict.fromkeys(("positionIdx", "triggerDirection", "smpGroup"), 0),
    **dict.fromkeys(("reduceOnly", "closeOnTrigger", "rpiTakerAccess"), False),
    "slippageToleranceType": "UNKNOWN",
}  # fmt: skip
_OF_OTHER_PRODUCTS: Final = (
    "tradeIv", "markIv", "markPrice", "indexPrice", "underlyingPrice", "blockTradeId", "closedSize",
    "extraFees", "stopOrderType",
)  # fmt: skip
_WITHOUT_FILL: Final = ("Cancelled", "Rejected")


def status(order: Order) -> str:
    if order.is_open:
        return "PartiallyFilled" if order.filled else "New"
    if order.status == "filled" and not _left_over(order):
        return "Filled"
    if order.filled:
        return "PartiallyFilledCanceled"
    return "Rejected" if order.reason == "post_only" else "Cancelled"


def _left_over(order: Order) -> bool:
    """An order by cost spends what buys whole steps; what is left, the venue calls canceled."""
    return order.cost is not None and order.spent < order.cost


def forgotten(order: Order, now: int) -> bool:
    """Orders without a fill are gone a day after their end, those with one after two years:
    https://bybit-exchange.github.io/docs/v5/order/order-list"""
    kept = DAY if status(order) in _WITHOUT_FILL else 730 * DAY
    return not order.is_open and order.updated < now - kept


def order_row(order: Order) -> dict[str, object]:
    """One element of ``list`` of the endpoints that show orders. A price of "0" is none. The words
    that the order came with (`Order.tag`) are told as they were."""
    by_cost, left_value = order.cost is not None, Decimal(0)
    if order.cost is not None:
        left_value = order.cost - order.spent
    elif order.price is not None:
        left_value = order.remaining * order.price
    reason, canceler = ENDINGS.get(order.reason, _NO_ENDING)
    if _left_over(order):
        reason = "EC_CancelForNoFullFill"
    fees: dict[str, Decimal] = {}
    for fill in order.fills:
        fees[fill.fee_asset] = fees.get(fill.fee_asset, Decimal(0)) + fill.fee
    return {
        **_ALWAYS,
        **order.tag,
        "orderId": order.venue_id,
        "orderLinkId": order.client_id or "",
        "symbol": order.symbol,
        "price": "0" if order.price is None else plain(order.price),
        "side": order.side.capitalize(),
        "orderStatus": status(order),
        "cancelType": canceler,
        "rejectReason": reason,
        "avgPrice": computed(order.average) if order.average else "",
        "leavesQty": plain(order.remaining) if order.is_open and not by_cost else "0",
        "leavesValue": plain(left_value) if order.is_open or by_cost else "0",
        "cumExecQty": plain(order.filled),
        "cumExecValue": plain(order.spent),
        "cumExecFee": plain(sum(fees.values(), Decimal(0))),
        "createdTime": str(order.created),
        "updatedTime": str(order.updated),
        "cumFeeDetail": {asset: plain(fee) for asset, fee in fees.items()},
    }


def fill_row(ctx: Context, fill: Fill) -> dict[str, object]:
    rates, parent = ctx.fees(fill.symbol), ctx.order(venue_id=fill.venue_order_id)
    words = parent.tag if parent else {}
    return {
        **dict.fromkeys(_OF_OTHER_PRODUCTS, ""),
        "symbol": fill.symbol,
        "orderId": fill.venue_order_id,
        "orderLinkId": fill.client_id or "",
        "side": fill.side.capitalize(),
        "orderPrice": plain(parent.price) if parent and parent.price else "0",
        "orderQty": words.get("qty", ""),
        "orderType": words.get("orderType", ""),
        "leavesQty": "0",
        "execFee": plain(fill.fee),
        "execId": str(2_210_000_000_000_000_000 + fill.id),
        "execPrice": plain(fill.price),
        "execQty": plain(fill.amount),
        "execType": "Trade",
        "execValue": plain(fill.cost),
        "execTime": str(fill.time),
        "feeCurrency": fill.fee_asset,
        "isMaker": fill.maker,
        "feeRate": plain(rates.maker if fill.maker else rates.taker),
        "seq": fill.id,
    }
