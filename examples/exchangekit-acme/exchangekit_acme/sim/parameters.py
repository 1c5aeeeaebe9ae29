"""What Acme was asked, and how it refuses: https://docs.acme.example/v1#errors"""

from decimal import Decimal

from exchangekit.sim import Answer, Context, Instrument, Response

STATUSES = {
    "unknown_key": 401,
    "bad_signature": 401,
    "bad_timestamp": 401,
    "foreign_address": 403,
    "not_permitted": 403,
    "no_such_market": 404,
    "no_such_order": 404,
    "order_is_over": 409,
    "too_many_requests": 429,
    "internal": 500,
    "maintenance": 503,
}


def envelope(code: str, text: str | None = None, status: int | None = None) -> Response:
    said = code.replace("_", " ") if text is None else text
    return Response({"error": {"code": code, "text": said}}, status or STATUSES.get(code, 400))


def refused(code: str, text: str | None = None) -> Answer:
    return Answer(envelope(code, text))


class Asked:
    """The parameters of a request, all in its query."""

    def __init__(self, ctx: Context) -> None:
        self.sent = dict(ctx.request.query_pairs())
        self.ctx = ctx

    def whole(self, name: str, default: int) -> int:
        value = self.sent.get(name)
        if value is None:
            return default
        if not (value.isascii() and value.isdecimal()):
            raise refused("bad_parameter", f"{name} is no whole number")
        return int(value)

    def number(self, name: str) -> Decimal | None:
        value = self.sent.get(name)
        if value is None:
            return None
        if not value.isascii() or not value.replace(".", "", 1).isdecimal():
            raise refused("bad_parameter", f"{name} is no decimal number")
        return Decimal(value)

    def one_of(self, name: str, *words: str) -> str:
        value = self.sent.get(name, "")
        if value not in words:
            raise refused("bad_parameter", f"{name} is none of {', '.join(words)}")
        return value

    def market(self) -> Instrument:
        found = self.ctx.instrument(self.sent.get("market", ""))
        if found is None:
            raise refused("no_such_market")
        return found
