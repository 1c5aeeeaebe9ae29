"""Orders and executions in Binance's words.

Source: https://developers.binance.com/docs/binance-spot-api-docs/rest-api/trading-endpoints
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from hashlib import sha256
from types import MappingProxyType
from typing import Final

from exchangekit.sim import Fill, Order, text

_ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_STP_NAMES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "none": "NONE",
        "expire_taker": "EXPIRE_TAKER",
        "expire_maker": "EXPIRE_MAKER",
        "expire_both": "EXPIRE_BOTH",
    }
)
_EXPIRY: Final[Mapping[str, str]] = MappingProxyType(
    {
        "ioc": "UNFILLED_IOC_QUANTITY_EXPIRED",
        "fok": "UNFILLED_FOK_ORDER_EXPIRED",
        "no_liquidity": "INSUFFICIENT_LIQUIDITY",
    }
)


def eight(number: Decimal | None) -> str:
    """As the venue prints prices and quantities; an absent one is zero."""
    return text(Decimal(0) if number is None else number, 8)


def made_up_id(*parts: object) -> str:
    """A client order id as the venue makes them, 22 letters and digits, the same each run."""
    number = int.from_bytes(sha256("|".join(map(str, parts)).encode()).digest())
    letters = []
    for _ in range(22):
        number, rest = divmod(number, len(_ALPHABET))
        letters.append(_ALPHABET[rest])
    return "".join(letters)


def status(order: Order) -> str:
    """Binance's status word."""
    if order.status == "open":
        return "PARTIALLY_FILLED" if order.filled else "NEW"
    if order.status == "expired":
        return "EXPIRED_IN_MATCH" if order.reason == "self_trade" else "EXPIRED"
    return {"filled": "FILLED", "canceled": "CANCELED"}[order.status]


def _amounts(order: Order) -> dict[str, object]:
    return {
        "price": eight(order.price),
        "origQty": eight(order.filled if order.amount is None else order.amount),
        "executedQty": eight(order.filled),
        "origQuoteOrderQty": eight(order.cost),
        "cummulativeQuoteQty": eight(order.spent),
        "status": status(order),
        "timeInForce": order.time_in_force,
        "type": order.tag["type"],
        "side": order.side.upper(),
    }


def _conditional(order: Order) -> dict[str, object]:
    """Fields that only some orders carry."""
    shown: dict[str, object] = {
        name: int(order.tag[name]) for name in ("strategyId", "strategyType") if name in order.tag
    }
    if order.status == "expired" and order.reason == "self_trade":
        shown["preventedMatchId"] = order.id
        shown["preventedQuantity"] = eight(order.remaining)
    elif order.status == "expired":
        shown["expiryReason"] = _EXPIRY.get(order.reason, "EXCHANGE_CANCELED")
    return shown


def acknowledged(order: Order) -> dict[str, object]:
    """``newOrderRespType=ACK``."""
    return {
        "symbol": order.symbol,
        "orderId": int(order.venue_id),
        "orderListId": -1,
        "clientOrderId": order.client_id,
        "transactTime": order.created,
    }


def result(order: Order) -> dict[str, object]:
    """``newOrderRespType=RESULT``."""
    return {
        **acknowledged(order),
        **_amounts(order),
        "workingTime": order.created,
        "selfTradePreventionMode": _STP_NAMES[order.self_trade],
        **_conditional(order),
    }


def full(order: Order) -> dict[str, object]:
    """``newOrderRespType=FULL``: with the fills so far."""
    return {
        **result(order),
        "fills": [
            {
                "price": eight(fill.price),
                "qty": eight(fill.amount),
                "commission": eight(fill.fee),
                "commissionAsset": fill.fee_asset,
                "tradeId": fill.id,
            }
            for fill in order.fills
        ],
    }


def canceled(order: Order, cancel_id: str) -> dict[str, object]:
    """The answer to a cancel: the order keeps its id, the cancel has one of its own."""
    return {
        "symbol": order.symbol,
        "origClientOrderId": order.client_id,
        "orderId": int(order.venue_id),
        "orderListId": -1,
        "clientOrderId": cancel_id,
        "transactTime": order.updated,
        **_amounts(order),
        "selfTradePreventionMode": _STP_NAMES[order.self_trade],
        **_conditional(order),
    }


def queried(order: Order) -> dict[str, object]:
    """An order as queries and lists show it."""
    return {
        "symbol": order.symbol,
        "orderId": int(order.venue_id),
        "orderListId": -1,
        "clientOrderId": order.client_id,
        **_amounts(order),
        "stopPrice": eight(None),
        "icebergQty": eight(None),
        "time": order.created,
        "updateTime": order.updated,
        "isWorking": True,
        "workingTime": order.created,
        "selfTradePreventionMode": _STP_NAMES[order.self_trade],
        **_conditional(order),
    }


def execution(fill: Fill) -> dict[str, object]:
    """One of the account's own trades."""
    return {
        "symbol": fill.symbol,
        "id": fill.id,
        "orderId": int(fill.venue_order_id),
        "orderListId": -1,
        "price": eight(fill.price),
        "qty": eight(fill.amount),
        "quoteQty": eight(fill.cost),
        "commission": eight(fill.fee),
        "commissionAsset": fill.fee_asset,
        "time": fill.time,
        "isBuyer": fill.side == "buy",
        "isMaker": fill.maker,
        "isBestMatch": True,
    }
