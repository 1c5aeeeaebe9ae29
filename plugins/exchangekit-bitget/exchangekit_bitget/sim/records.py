"""Orders and executions in the venue's words.

The list of open orders says ``priceAvg`` for the price that was asked and ``basePrice`` for what
was paid; every other place says ``price`` and ``priceAvg``. A market buy's size counts quote.

Sources: https://www.bitget.com/api-doc/spot/trade/Get-Order-Info and the pages beside it
"""

from __future__ import annotations

from decimal import Decimal

from exchangekit.sim import Context, Fill, Order
from exchangekit.sim.money import plain, round_digits, text
from exchangekit_bitget.sim.shared.answers import ratio
from exchangekit_bitget.sim.shared.records import client_id, state, user_id


def padded(value: Decimal) -> str:
    """A number as histories show it: with 16 decimals, and a bare 0 for none."""
    return format(round_digits(value, 16), "f")


def _shared(ctx: Context, order: Order) -> dict[str, object]:
    return {
        "userId": user_id(ctx.account),
        "symbol": order.symbol,
        "orderId": order.venue_id,
        "clientOid": client_id(order),
        "size": padded(order.amount or order.cost or Decimal(0)),
        "orderType": order.kind,
        "side": order.side,
        "status": state(order),
        "baseVolume": padded(order.filled),
        "quoteVolume": padded(order.spent),
        "enterPointSource": "API",
        "orderSource": "normal" if order.kind == "limit" else "market",
        "cTime": str(order.created),
        "uTime": str(order.updated),
        "tpslType": "normal",
        "triggerPrice": None,
    }


def open_row(ctx: Context, order: Order) -> dict[str, object]:
    """One element of unfilled-orders."""
    price = padded(order.price) if order.price is not None else "0"
    average = ratio(order.average) if order.average else "0"
    return {**_shared(ctx, order), "priceAvg": price, "basePrice": average}


def order_row(ctx: Context, order: Order) -> dict[str, object]:
    """One element of orderInfo and history-orders."""
    return {
        **_shared(ctx, order),
        "price": padded(order.price) if order.price is not None else "0",
        "priceAvg": padded(order.average) if order.average else "0",
        "feeDetail": _fee_detail(order),
        "cancelReason": "normal_cancel" if state(order) == "cancelled" else "",
    }


def _fee_detail(order: Order) -> str:
    """JSON within the JSON, its numbers bare and negative; "" while nothing was paid."""
    if not order.fills:
        return ""
    fees: dict[str, Decimal] = {}
    for fill in order.fills:
        fees[fill.fee_asset] = fees.get(fill.fee_asset, Decimal(0)) + fill.fee
    parts = [
        f'"{coin}":{{"deduction":false,"feeCoinCode":"{coin}","totalDeductionFee":0,'
        f'"totalFee":{text(-fee)}}}'
        for coin, fee in sorted(fees.items())
    ]
    paid = text(-sum(fees.values(), Decimal(0)))
    parts.append(
        f'"newFees":{{"c":0,"d":0,"deduction":false,"r":{paid},"t":{paid},"totalDeductionFee":0}}'
    )
    return "{" + ",".join(parts) + "}"


def fill_row(ctx: Context, fill: Fill, number: int) -> dict[str, object]:
    parent = ctx.order(venue_id=fill.venue_order_id)
    return {
        "userId": user_id(ctx.account),
        "symbol": fill.symbol,
        "orderId": fill.venue_order_id,
        "tradeId": str(number),
        "orderType": parent.kind if parent else "limit",
        "side": fill.side,
        "priceAvg": plain(fill.price),
        "size": plain(fill.amount),
        "amount": plain(fill.cost),
        "feeDetail": {
            "deduction": "no",
            "feeCoin": fill.fee_asset,
            "totalDeductionFee": "",
            "totalFee": plain(-fill.fee),
        },
        "tradeScope": "maker" if fill.maker else "taker",
        "cTime": str(fill.time),
        "uTime": str(fill.time),
    }
