"""How the venue answers: its envelopes, and its codes with their usual words and HTTP statuses.

Codes are of two kinds. Gateway and query errors stand at the top of the envelope (``code``,
``msg``): `refuse`. What the trading system says of one order stands in ``data[i].sCode`` under a
top code of "1" (all failed) or "2" (some failed), with HTTP 200: `Refusal`. Messages are the
venue's, since clients tell errors apart by them. Every number is a string, "" for none.

Source: https://www.okx.com/docs-v5/en/#error-code
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from http import HTTPStatus
from typing import Final

from exchangekit.sim import Answer, Context, Response
from exchangekit.sim.money import plain, round_digits


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
    "51071": Code(200, "You've reached the maximum limit for tag level cancel all after timers."),
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
    "51503": _order(
        "Order modification failed as the order has been filled, canceled or does not exist."
    ),
    "51603": Code(200, "Order does not exist"),
    "52000": Code(200, "No market data found."),
    "54036": _order(
        "You can't place fill or kill orders when self-trade prevention is set to both."
    ),
}


def message(code: str, *words: str) -> str:
    """The venue's message with its blanks filled; unknown codes get a plain one."""
    known = CODES.get(code)
    if known is None:
        return f"Error {code}"
    return known.message.format(*(*words, "", "")) if "{}" in known.message else known.message


def ok(data: Sequence[object]) -> Response:
    return Response({"code": "0", "msg": "", "data": list(data)})


def fault(code: str, text: str | None = None, status: int | None = None) -> Response:
    """The envelope of one of the venue's codes, with its usual HTTP status and message."""
    known = CODES.get(code)
    said = message(code) if text is None else text
    http = status or (known.status if known else 200)
    if known and known.bare:
        return Response({"msg": said, "code": code}, http)
    if known and known.per_order:
        row = {"clOrdId": "", "ordId": "", "tag": "", "ts": "", "sCode": code, "sMsg": said}
        return Response({"code": "1", "msg": "All operations failed", "data": [row]}, http)
    return Response({"code": code, "data": [], "msg": said}, http)


def refuse(code: str, *words: str) -> Answer:
    """For ``raise``: this code at the top of the envelope, whatever the code usually is."""
    known = CODES[code]
    body: dict[str, object] = {"code": code, "data": [], "msg": message(code, *words)}
    if known.bare:
        body = {"msg": message(code, *words), "code": code}
    return Answer(Response(body, known.status))


def gateway_trouble(status: int) -> Response:
    """What stands in front of the venue says of unknown paths and crashes: another shape."""
    said = HTTPStatus(status).phrase if status in set(HTTPStatus) else f"HTTP {status}"
    return Response(
        {
            "code": status,
            "data": {},
            "detailMsg": "",
            "error_code": str(status),
            "error_message": said,
            "msg": said,
        },
        status,
    )


class Refusal(Exception):
    """The venue's ``sCode`` and ``sMsg`` for one order; the request as a whole still answers."""

    def __init__(self, code: str, *words: str) -> None:
        super().__init__(code)
        self.code: Final = code
        self.message: Final = message(code, *words)


def refusal_row(ids: Mapping[str, str], refusal: Refusal, now: int) -> dict[str, object]:
    return {**ids, "ts": str(now), "sCode": refusal.code, "sMsg": refusal.message}


def trade_reply(ctx: Context, rows: Sequence[Mapping[str, object]]) -> Response:
    """ "0", "1" or "2" by how many rows failed; gateway times in microseconds."""
    failed = sum(row["sCode"] != "0" for row in rows)
    code, said = "0", ""
    if failed:
        code, said = ("1", "All operations failed")
        if failed < len(rows):
            code, said = ("2", "Bulk operation partially succeeded.")
    return Response(
        {
            "code": code,
            "data": list(rows),
            "inTime": str(ctx.request.received * 1000),
            "msg": said,
            "outTime": str(ctx.now * 1000),
        }
    )


def ratio(value: Decimal) -> str:
    """A computed price or value: 16 decimals at most, no trailing zeros."""
    return plain(round_digits(value, 16))
