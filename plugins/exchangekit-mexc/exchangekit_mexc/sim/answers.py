"""How MEXC refuses: its codes, and the several shapes its error bodies have.

The trading core writes ``msg`` before ``code``; the gateway before it writes ``code`` first; codes
in Binance's style come with ``"_extend": null``; maintenance says ``message``. Refusals of who is
asking are HTTP 400, not 401. `refusal` is raised anywhere in the dialect and ends the request.

Source: https://www.mexc.com/api-docs/spot-v3/error-code and answers seen on the wire
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from exchangekit.sim import Answer, Response

MESSAGES: Final[Mapping[int, str]] = MappingProxyType(
    {
        -2013: "Order does not exist.",
        -2011: "Unknown order sent.",
        -1128: "Combination of optional parameters invalid.",
        -1121: "Invalid symbol.",
        26: "operation not allowed",
        400: "api key required",
        401: "No authority",
        403: "Access Denied",
        429: "Too Many Requests",
        500: "Internal error",
        503: "service not available, please try again",
        504: "Gateway Time-out",
        602: "Signature verification failed",
        10007: "bad symbol",
        10072: "Api key info invalid",
        10073: "invalid Request-Time",
        10096: "amount decimal places is too long",
        10097: "amount is error",
        10101: "Insufficient balance",
        10102: "amount cannot be zero or negative",
        22222: "record does not exist",
        30000: "suspended transaction for the symbol",
        30001: "The current transaction direction is not allowed to place an order",
        30002: "The minimum transaction volume cannot be less than:1USDT",
        30003: "The maximum transaction volume cannot be greater than:2000000USDT",
        30004: "Insufficient position",
        30005: "Oversold",
        30010: "no valid trade price",
        30014: "invalid symbol",
        30016: "trading disabled",
        30018: "market order is disabled",
        30019: "api market order is disabled",
        30020: "no permission for the symbol",
        30021: "invalid symbol",
        30025: "no exist opponent order",
        30026: "invalid order ids",
        30029: "Cannot exceed the maximum order limit",
        30032: "Cannot exceed the maximum position",
        30041: "current order type can not place order",
        30087: "Order price exceeds allowed range",
        33333: "param is error",
        44444: "param cannot be null",
        70011: "Pair user ban trade apikey.",
        140002: "sub account is forbidden",
        700001: "API-key format invalid",
        700002: "Signature for this request is not valid.",
        700003: "Timestamp for this request is outside of the recvWindow.",
        700004: "Param 'origClientOrderId' or 'orderId' must be sent, but both were empty/null",
        700005: "recvWindow must less than 60000",
        700006: "IP non white list",
        700007: "No permission to access the endpoint.",
        700008: "Illegal characters found in parameter",
        700013: "Invalid content Type.",
        730000: "Request failed, please contact the customer service",
        730002: "Your input param is invalid",
    }
)
# Codes that answer with an HTTP status other than 400.
_STATUSES: Final[Mapping[int, int]] = MappingProxyType(
    {403: 403, 429: 429, 500: 500, 503: 503, 504: 504}
)
MAINTENANCE: Final = "Under maintenance, please try again later"
ANNOUNCEMENT: Final = "https://www.mexc.com/support/articles/17827791510263"


def envelope(code: int, message: str | None = None, status: int | None = None) -> Response:
    """The error body of this code, in the shape the part of MEXC that sends it uses."""
    words = MESSAGES.get(code, "Internal error") if message is None else message
    if code < 0:
        body: dict[str, object] = {"msg": words, "code": code, "_extend": None}
    elif 10_000 <= code < 100_000 and code not in (10007, 10072, 10073):
        body = {"msg": words, "code": code}
    else:
        body = {"code": code, "msg": words}
    return Response(body, _STATUSES.get(code, 400) if status is None else status)


def refusal(code: int, message: str | None = None, status: int | None = None) -> Answer:
    """To raise: the request ends here, with this answer."""
    return Answer(envelope(code, message, status))


def scale_refusal(what: str) -> Answer:
    """To raise: a number has too many decimals. The blank and the bare 400 are the venue's."""
    return Answer(Response({"msg": f" {what} scale is invalid", "code": 400}, 400))


def missing(name: str) -> Answer:
    """To raise: a parameter a signed endpoint needs is not there."""
    return refusal(
        700004, f"Mandatory parameter '{name}' was not sent, was empty/null, or malformed."
    )


def gateway_missing(name: str) -> Answer:
    """To raise: a parameter a public endpoint needs is not there."""
    return refusal(
        -1102, f"Mandatory parameter '{name}' was not sent, was empty/null, or malformed."
    )
