"""How Acme refuses: https://docs.acme.example/v1#errors"""

from exchangekit.sim import Answer, Response

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
