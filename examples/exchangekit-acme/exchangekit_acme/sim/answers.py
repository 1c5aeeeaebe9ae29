"""How Acme answers and refuses: https://docs.acme.example/v1#errors"""

from exchangekit.sim import Answer, Response

# All else is told under HTTP 200, refusals too.
STATUSES = {"too_many_requests": 429, "internal": 500, "maintenance": 503}


def result(told: object) -> Response:
    return Response({"code": "0", "message": "", "result": told})


def refusal(code: str, words: str | None = None, status: int | None = None) -> Response:
    said = code.replace("_", " ") if words is None else words
    body = {"code": code, "message": said, "result": None}
    return Response(body, status or STATUSES.get(code, 200))


def refused(code: str, words: str | None = None) -> Answer:
    return Answer(refusal(code, words))
