"""The venue's error codes: HTTP status, message, and where in the reply the code stands.

Two kinds. Gateway and query errors stand at the top of the envelope (``code``, ``msg``). What the
trading system says of one order stands in ``data[i].sCode`` under a top code of "1" (all failed) or
"2" (some failed), with HTTP 200. Messages are the venue's, since clients tell errors apart by them.

Source: https://www.okx.com/docs-v5/en/#error-code
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Code:
    """`per_order`: the code is said of an order inside ``data``. ``{}`` in `message` is filled in.

    `bare`: the gateway sends it without a ``data`` field, as it does with every refusal to
    authenticate.
    """

    status: int
    message: str
    per_order: bool = False
    bare: bool = False


def _gateway(status: int, message: str) -> Code:
    return Code(status, message, bare=True)


def _order(message: str) -> Code:
    return Code(200, message, per_order=True)


CODES: Final[dict[str, Code]] = {
    "50000": Code(400, "Body for POST request cannot be empty."),
    "50001": Code(503, "Service temporarily unavailable. Please try again later."),
    "50002": Code(400, "JSON syntax error"),
    "50004": Code(400, "API endpoint request timeout."),
    "50005": Code(410, "API endpoint is inactive or unavailable."),
    "50006": Code(400, 'Invalid Content-Type. Please use "application/JSON".'),
    "50011": _gateway(429, "Too Many Requests"),
    "50013": Code(429, "Systems are busy. Please try again later."),
    "50014": Code(400, "Parameter {} can not be empty."),
    "50015": Code(400, "Either parameter {} or {} is required"),
    "50024": Code(200, "Parameter {} and {} can not exist at the same time."),
    "50025": Code(200, "Parameter {} count exceeds the limit {}."),
    "50026": Code(500, "System error. Try again later"),
    "50027": Code(200, "This account is restricted from trading."),
    "50030": Code(200, "You don't have permission to use this API endpoint"),
    "50036": Code(200, "The expTime can't be earlier than the current system time."),
    "50037": _order("Order expired."),
    "50039": Code(200, 'Parameter "before" isn\'t supported for timestamp pagination'),
    "50040": Code(200, "Too frequent operations, please try again later"),
    "50046": Code(200, "This feature is temporarily unavailable. Please try again later."),
    "50061": Code(200, "You've reached the maximum order rate limit for this account."),
    "50100": Code(400, "API frozen, please contact customer service."),
    "50101": _gateway(401, "APIKey does not match current environment."),
    "50102": _gateway(401, "Timestamp request expired"),
    "50103": _gateway(401, 'Request header "OK-ACCESS-KEY" cannot be empty.'),
    "50104": _gateway(401, 'Request header "OK-ACCESS-PASSPHRASE" cannot be empty.'),
    "50105": _gateway(401, 'Request header "OK-ACCESS-PASSPHRASE" incorrect.'),
    "50106": _gateway(401, 'Request header "OK-ACCESS-SIGN" cannot be empty.'),
    "50107": _gateway(401, 'Request header "OK-ACCESS-TIMESTAMP" cannot be empty.'),
    "50110": _gateway(401, "Your IP {} is not included in your API key's {} IP whitelist."),
    "50111": _gateway(401, "Invalid OK-ACCESS-KEY"),
    "50112": _gateway(401, "Invalid OK-ACCESS-TIMESTAMP"),
    "50113": _gateway(401, "Invalid Sign"),
    "50114": _gateway(401, "Invalid authorization."),
    "50115": _gateway(405, "Invalid request method."),
    "50119": _gateway(401, "API key doesn't exist"),
    "50120": Code(200, "This API key doesn't have permission to use this function"),
    "51000": Code(400, "Parameter {} error"),
    "51001": Code(200, "Instrument ID or Spread ID doesn't exist."),
    "51005": _order("Your order amount exceeds the max order amount."),
    "51006": _order("Order price is not within the price limit"),
    "51008": _order("Order failed. Insufficient {} balance in account"),
    "51010": Code(200, "Request unsupported under current account mode"),
    "51016": _order("Client order ID already exists."),
    "51020": _order("Your order should meet or exceed the minimum order amount."),
    "51022": _order("Contract suspended."),
    "51054": Code(500, "Request timed out. Please try again."),
    "51109": _order("No available offers."),
    "51111": Code(200, "Maximum {} orders can be placed in bulk."),
    "51121": _order("Order quantity must be a multiple of the lot size."),
    "51127": _order("Available balance is 0."),
    "51131": _order("Insufficient balance."),
    "51137": _order("The highest price limit for buy orders is {}."),
    "51138": _order("The lowest price limit for sell orders is {}."),
    "51139": _order("Reduce-only feature is unavailable for the spot transactions by spot mode."),
    "51140": _order("Purchase failed due to insufficient sell orders, please try later."),
    "51149": Code(500, "Order timed out. Please try again."),
    "51150": _order("The precision of the number of trades or the price exceeds the limit."),
    "51155": _order("Trading of this pair or contract is restricted."),
    "51174": _order("Order failed, number of pending orders for {} exceed the limit of {}."),
    "51201": _order("The value of a market order can't exceed {}."),
    "51202": _order("Market order amount exceeds the maximum amount."),
    "51203": _order("Order amount exceeds the limit {}."),
    "51204": _order("The price for the limit order cannot be empty."),
    "51400": _order(
        "Order cancellation failed as the order has been filled, canceled or does not exist."
    ),
    "51406": Code(400, "Canceled - order count exceeds the limit {}."),
    "51407": _order("Either order ID or client order ID is required."),
    "51410": _order("Cancellation failed as the order is already in canceling status."),
    "51603": Code(200, "Order does not exist"),
    "52000": Code(200, "No market data found."),
    "54036": _order(
        "You can't place fill or kill orders when self-trade prevention is set to both."
    ),
}

# Why an order ended: the engine's reason, the venue's number, the venue's words.
# https://www.okx.com/docs-v5/en/#order-book-trading-trade-ws-order-channel
CANCEL_SOURCES: Final[dict[str, tuple[str, str]]] = {
    "user": ("1", "Order canceled by user"),
    "ioc": ("14", "Order canceled: IOC order was partially canceled due to incompletely filled"),
    "fok": ("13", "Order canceled: FOK order was canceled due to incompletely filled"),
    "post_only": ("31", "The post-only order will take liquidity in taker orders"),
    "self_trade": ("32", "Self trade prevention"),
}
SYSTEM_CANCEL: Final = ("0", "Order canceled by system")


def message(code: str, *words: str) -> str:
    """The venue's message with its blanks filled; unknown codes get a plain one."""
    known = CODES.get(code)
    if known is None:
        return f"Error {code}"
    return known.message.format(*(*words, "", "")) if "{}" in known.message else known.message
