"""Orders and executions in MEXC's words.

Decimals carry no padding; an order without a client id shows null. Lists of the past show times in
whole seconds, open orders in milliseconds: that is how MEXC's own answers look.

Source: https://www.mexc.com/api-docs/spot-v3/spot-account-trade and answers seen on the wire
"""

from __future__ import annotations

from decimal import Decimal
from hashlib import blake2b

from exchangekit.sim import Fill, Order
from exchangekit.sim.money import WIDE, plain


def status(order: Order) -> str:
    """MEXC's status word; what the venue itself ended counts as canceled."""
    if order.status == "open":
        return "PARTIALLY_FILLED" if order.filled else "NEW"
    if order.status == "filled":
        return "FILLED"
    return "PARTIALLY_CANCELED" if order.filled else "CANCELED"


def shown_price(order: Order) -> Decimal:
    """A market order shows the worst price it would have taken, not the one it got."""
    return Decimal(order.tag["price"]) if order.price is None else order.price


def shown_amount(order: Order) -> Decimal:
    """The amount asked; of an order by cost, what it bought or what it was worth."""
    if order.amount is not None:
        return order.amount
    return order.filled or Decimal(order.tag["amount"])


def created(order: Order) -> dict[str, object]:
    """The answer to a new order: no status, no fills."""
    return {
        "symbol": order.symbol,
        "orderId": order.venue_id,
        "orderListId": -1,
        "price": plain(shown_price(order)),
        "origQty": plain(Decimal(order.tag.get("amount", shown_amount(order)))),
        "type": order.tag["type"],
        "side": order.side.upper(),
        "transactTime": order.created,
    }


def canceled(order: Order, cancel_id: str | None) -> dict[str, object]:
    """The answer to a cancel."""
    return {
        "symbol": order.symbol,
        "origClientOrderId": order.client_id,
        "orderId": order.venue_id,
        "orderListId": -1,
        "clientOrderId": cancel_id,
        "price": plain(shown_price(order)),
        "origQty": plain(shown_amount(order)),
        "executedQty": plain(order.filled),
        "cummulativeQuoteQty": plain(order.spent),
        "status": status(order),
        "timeInForce": None,
        "type": order.tag["type"],
        "side": order.side.upper(),
    }


def queried(order: Order, *, open_list: bool = False) -> dict[str, object]:
    """An order as queries and lists show it."""
    worth = order.cost or WIDE.multiply(shown_price(order), shown_amount(order))
    return {
        "symbol": order.symbol,
        "orderId": order.venue_id,
        "orderListId": -1,
        "clientOrderId": order.client_id,
        "price": plain(shown_price(order)),
        "origQty": plain(shown_amount(order)),
        "executedQty": plain(order.filled),
        "cummulativeQuoteQty": plain(order.spent),
        "status": status(order),
        "timeInForce": None,
        "type": order.tag["type"],
        "side": order.side.upper(),
        "stopPrice": None,
        "icebergQty": None,
        "time": order.created if open_list else _second(order.created),
        "updateTime": None if open_list and not order.filled else _second(order.updated),
        "isWorking": True,
        "origQuoteOrderQty": plain(worth),
    }


def execution(fill: Fill, *, self_trade: bool) -> dict[str, object]:
    """One of the account's own trades."""
    return {
        "symbol": fill.symbol,
        "id": trade_id(fill),
        "orderId": fill.venue_order_id,
        "orderListId": -1,
        "price": plain(fill.price),
        "qty": plain(fill.amount),
        "quoteQty": plain(fill.cost),
        "commission": plain(fill.fee),
        "commissionAsset": fill.fee_asset,
        "time": _second(fill.time),
        "isBuyer": fill.side == "buy",
        "isMaker": fill.maker,
        "isBestMatch": True,
        "isSelfTrade": self_trade,
        "clientOrderId": fill.client_id,
    }


def trade_id(fill: Fill) -> str:
    """32 hexadecimal digits, different for the two sides of a trade."""
    return blake2b(f"{fill.id}|{fill.order_id}".encode(), digest_size=16).hexdigest()


def order_id(number: int, now: int) -> str:
    """``C02__`` and 21 digits."""
    return f"C02__{now:013d}{number:05d}043"


def _second(moment: int) -> int:
    return moment // 1000 * 1000
