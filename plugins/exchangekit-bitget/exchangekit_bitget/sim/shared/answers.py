"""How the venue answers: one envelope, and its codes with their usual words and HTTP statuses.

Every number inside ``data`` is a string; ``requestTime`` beside it is a number. An error has an
HTTP status of 400 or more, its code on top and null as data.

Sources: https://www.bitget.com/api-doc/spot/error-code/restapi, for the codes of the unified API
https://www.bitget.com/api-doc/uta/error-code/restapi, and the bodies that are pasted in
https://github.com/ccxt/ccxt; that a classic account is answered 40084 by the unified API is in
https://github.com/enarjord/passivbot/pull/601. Where none says which of several codes it is, one of
them.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import wraps
from typing import Final

from exchangekit.sim import Answer, Context, Handler, Rejection, Response
from exchangekit.sim.money import plain, round_digits

# Code: HTTP status, message. ``{}`` is filled in.
CODES: Final[dict[str, tuple[int, str]]] = {
    "405": (405, "The HTTP Method is not supported"),
    "429": (429, "Too Many Requests"),
    # The unified API's own.
    "25002": (400, "Unsupported operation"),
    "25100": (400, "Trading pair {} does not exist"),
    "25102": (400, "Trading pair temporarily closed for maintenance"),
    "25202": (400, "Insufficient balance"),
    "25204": (400, "Order does not exist"),
    "25205": (400, "{} trading price cannot be below {}%"),
    "25206": (400, "{} trading price cannot exceed {}%"),
    "25207": (400, "{} trading quantity cannot be less than {} units"),
    "25209": (400, "Insufficient market liquidity, please try again later"),
    "25211": (400, "Exceeds the limit of {} maximum orders"),
    "25212": (400, "Duplicate clientOid"),
    "25244": (400, "Price should be a multiple of {}"),
    "25593": (400, "The current trading type does not support TP/SL settings"),
    "25610": (400, "Order amount does not meet precision requirements"),
    "25611": (400, "Order quantity must be greater than the minimum order amount"),
    # Of both.
    "40001": (400, "ACCESS_KEY cannot be empty"),
    "40003": (400, "Signature cannot be empty"),
    "40005": (400, "Invalid ACCESS_TIMESTAMP"),
    "40006": (400, "Invalid ACCESS_KEY"),
    "40007": (400, "Invalid Content_Type"),
    "40008": (400, "Request timestamp expired"),
    "40009": (400, "sign signature error"),
    "40011": (400, "ACCESS_PASSPHRASE cannot be empty"),
    "40012": (400, "apikey/password is incorrect"),
    "40014": (400, "Incorrect permissions"),
    "40015": (400, "System is abnormal, please try again later"),
    "40017": (400, "Parameter verification failed {}"),
    "40018": (400, "Invalid IP"),
    "40019": (400, "Parameter {} cannot be empty"),
    "40020": (400, "Parameter {} error"),
    "40034": (400, "Parameter {} does not exist"),
    "40037": (400, "Apikey does not exist"),
    "40079": (400, "Parameter receiveWindow should be less than 60 seconds"),
    "40084": (
        400,
        "You are in Classic Account mode, and the Unified Account API is not supported at this"
        " time",
    ),
    "40085": (
        400,
        "You are in Unified Account mode, and the Classic Account API is not supported at this"
        " time",
    ),
    "40099": (400, "exchange environment is incorrect"),
    "40200": (400, "Server upgrade, please try again later"),
    "40305": (400, "Client_oid length is not greater than 50, and cannot be Martian characters"),
    "40306": (400, "Batch processing orders can only process up to {}"),
    "40401": (400, "The operation cannot be performed"),
    "40404": (404, "Request URL NOT FOUND"),
    "40604": (400, "Server is busy, please try again later"),
    "40705": (400, "The start and end time cannot exceed 90 days"),
    "40707": (400, "Start time is greater than end time"),
    "40808": (
        400,
        "Parameter verification exception {} checkBDScale error value={} checkScale={}",
    ),
    "40815": (400, "Buy limit price cannot be higher than {}"),
    "40816": (400, "Sell limit price cannot be lower than {}"),
    "41114": (
        400,
        "The current trading pair is under maintenance, please refer to the official announcement"
        " for the opening time",
    ),
    "43001": (400, "The order does not exist"),
    "43005": (400, "Exceed the maximum number of orders {}"),
    "43012": (400, "Insufficient balance"),
    "43118": (400, "duplicate clientOrderId"),
    "45110": (400, "less than the minimum amount {} USDT"),
    "45111": (400, "less than the minimum order quantity {}"),
    "45112": (400, "more than the maximum order quantity {}"),
}


class Refusal(Exception):
    """One of the venue's codes; answers the request, or one item of a batch."""

    def __init__(self, code: str, *words: str) -> None:
        super().__init__(code)
        self.code: Final = code
        self.message: Final = CODES[code][1].format(*words)


def ok(ctx: Context, data: object) -> Response:
    return Response({"code": "00000", "msg": "success", "requestTime": ctx.now, "data": data})


def fault(
    code: str, text: str | None = None, status: int | None = None, *, now: int = 0
) -> Response:
    """The envelope of one of the venue's codes, with its usual HTTP status and message."""
    usual, message = CODES.get(code, (400, f"Error {code}"))
    said = message if text is None else text
    body = {"code": code, "msg": said, "requestTime": now, "data": None}
    return Response(body, status or usual)


def refuse(ctx: Context, code: str, *words: str) -> Answer:
    """One of the venue's codes as the answer to the whole request."""
    refusal = Refusal(code, *words)
    return Answer(fault(code, refusal.message, now=ctx.now))


def answering(handler: Handler) -> Handler:
    """A handler whose `Refusal` is the answer to the whole request."""

    @wraps(handler)
    def answered(ctx: Context) -> Response:
        try:
            return handler(ctx)
        except Refusal as refusal:
            raise Answer(fault(refusal.code, refusal.message, now=ctx.now)) from refusal

    return answered


def refusal_of(rejection: Rejection, codes: Mapping[type[Rejection], str]) -> Refusal:
    """What the engine refused, under the code that an API has for it."""
    for kind, code in codes.items():
        if isinstance(rejection, kind):
            return Refusal(code)
    raise rejection


def ratio(value: Decimal) -> str:
    """A computed price or value: 16 decimals at most, no trailing zeros."""
    return plain(round_digits(value, 16))
