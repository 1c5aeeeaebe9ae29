"""How the venue answers: one envelope for everything, and its codes with their usual words.

Nearly every refusal has HTTP 200; only what stands in front of the venue uses other statuses.
Clients tell errors apart by code and message, so the messages are the venue's. Numbers are strings,
"" for none.

Source: https://bybit-exchange.github.io/docs/v5/error
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from exchangekit.sim import Answer, Context, Response
from exchangekit.sim.money import plain, round_digits

CODES: Final[dict[str, str]] = {
    "10001": "Request parameter error",
    "10002": "The request time exceeds the time window range.",
    "10003": "API key is invalid.",
    "10004": "Error sign, please check your signature generation algorithm.",
    "10005": "Permission denied, please check your API key permissions.",
    "10006": "Too many visits. Exceeded the API Rate Limit.",
    "10010": "Unmatched IP, please check your API key's bound IP addresses.",
    "10016": "Server error.",
    "10017": "Route not found.",
    "10028": "The API can only be accessed by unified account users.",
    "10429": "System level frequency protection",
    "33004": "Your api key has expired.",
    "170105": "Parameter '{}' was empty.",
    "170115": "Invalid timeInForce.",
    "170116": "Invalid orderType.",
    "170117": "Invalid side.",
    "170121": "Invalid symbol.",
    "170124": "Order amount too large.",
    "170130": "Data sent for paramter '{}' is not valid.",
    "170131": "Balance insufficient",
    "170134": "Order price decimal too long.",
    "170137": "Order volume decimal too long",
    "170139": "Order has been filled.",
    "170140": "Order value exceeded lower limit",
    "170141": "Duplicate clientOrderId",
    "170142": "Order has been cancelled",
    "170148": "Market order amount decimal too long",
    "170157": "The trading pair is not available for api trading",
    "170193": "Buy order price cannot be higher than {}.",
    "170194": "Sell order price cannot be lower than {}.",
    "170201": "Invalid orderFilter parameter",
    "170210": "New order rejected.",
    "170213": "Order does not exist.",
    "170227": "This feature is not supported.",
    "170344": "Symbol is not supported on Margin Trading",
    "170810": "Cannot exceed maximum of 500 conditional, TP/SL and active orders.",
}


def envelope(
    code: str, said: str, result: object, now: int, status: int = 200, more: object = None
) -> Response:
    extra = {} if more is None else {"list": more}
    body = {"retCode": int(code), "retMsg": said, "result": result, "retExtInfo": extra}
    kind = "application/json; charset=utf-8"
    return Response({**body, "time": now}, status, content_type=kind)


def ok(ctx: Context, result: object, said: str = "OK", more: object = None) -> Response:
    """A success; `more` are the verdicts on each item of a batch."""
    return envelope("0", said, result, ctx.now, more=more)


def listed(ctx: Context, rows: Sequence[object], cursor: str | None = None) -> Response:
    """A list of the spot category; with a cursor ("" at the end) where the endpoint has pages."""
    pages = {} if cursor is None else {"nextPageCursor": cursor}
    return ok(ctx, {**pages, "category": "spot", "list": list(rows)})


def fault(code: str, now: int, text: str | None = None, status: int | None = None) -> Response:
    """The envelope of one of the venue's codes, with its usual message."""
    said = CODES.get(code, f"Error {code}") if text is None else text
    return envelope(code, said, {}, now, status or 200)


def refuse(ctx: Context, code: str, *words: str, said: str | None = None) -> Answer:
    """For ``raise``: this code, its blanks filled with `words`, or with other words (`said`)."""
    return Answer(fault(code, ctx.now, CODES[code].format(*words) if said is None else said))


def gateway(status: int, said: str) -> Response:
    """What stands in front of the venue says: a page, and no envelope."""
    page = f"<html><head><title>{status}</title></head><body><h1>{said}</h1></body></html>"
    return Response(page.encode(), status, content_type="text/html")


def computed(value: Decimal) -> str:
    """A price or value that was computed: 16 decimals at most, no trailing zeros."""
    return plain(round_digits(value, 16))
