"""Envelopes, numbers and parameters as the venue writes them: every number a string, "" for none.

Nothing here knows an endpoint. `Refusal` is what a rule raises about one order, `refuse` ends the
whole request.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from http import HTTPStatus
from typing import Final

from exchangekit.sim import Answer, Context, Instrument, RawRequest, Response
from exchangekit.sim.money import plain, round_digits
from exchangekit_okx.sim.answers import CODES, message

INST_TYPES: Final = ("SPOT", "MARGIN", "SWAP", "FUTURES", "OPTION")
_NUMBER: Final = re.compile(r"\d+(\.\d+)?")


class Refusal(Exception):
    """The venue's ``sCode`` and ``sMsg`` for one order; the request as a whole still answers."""

    def __init__(self, code: str, *words: str) -> None:
        super().__init__(code)
        self.code: Final = code
        self.message: Final = message(code, *words)


# --- replies --------------------------------------------------------------------------------------
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


# --- numbers --------------------------------------------------------------------------------------
def number(value: str) -> Decimal | None:
    """A positive decimal as the venue accepts it; None for anything else, zero included."""
    if len(value) > 64 or not _NUMBER.fullmatch(value):
        return None
    found = Decimal(value)
    return found if found > 0 else None


def ratio(value: Decimal) -> str:
    """A computed price or value: 16 decimals at most, no trailing zeros."""
    return plain(round_digits(value, 16))


# --- parameters -----------------------------------------------------------------------------------
class Query:
    """The query's parameters; the last of a repeated name counts, "" is the same as absent."""

    def __init__(self, request: RawRequest) -> None:
        self._values = {name: value for name, value in request.query_pairs() if value}

    def get(self, name: str) -> str | None:
        return self._values.get(name)

    def need(self, name: str) -> str:
        value = self._values.get(name)
        if value is None:
            raise refuse("50014", name)
        return value

    def integer(self, name: str) -> int | None:
        """A whole number (a time, an id), or None."""
        value = self._values.get(name)
        if value is None:
            return None
        if not value.isascii() or not value.isdigit() or len(value) > 32:
            raise refuse("51000", name)
        return int(value)

    def limit(self, default: int, most: int, name: str = "limit") -> int:
        value = self.integer(name)
        if value is None:
            return default
        if not 0 < value <= most:
            raise refuse("51000", name)
        return value

    def inst_type(self) -> str | None:
        value = self.get("instType")
        if value is not None and value not in INST_TYPES:
            raise refuse("51000", "instType")
        return value

    def need_inst_type(self) -> str:
        self.need("instType")
        return self.inst_type() or ""


def listed(ctx: Context, query: Query) -> Instrument:
    """The instrument the query names. Answers 50014 or 51001."""
    found = ctx.instrument(query.need("instId"))
    if found is None:
        raise refuse("51001")
    return found


def _body(ctx: Context) -> object:
    if not ctx.request.body:
        raise refuse("50000")
    kind = (ctx.request.header("Content-Type") or "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise refuse("50006")
    try:
        # Numbers keep the text they were sent in: an order's price is never a float, even here.
        return json.loads(ctx.request.body, parse_float=str, parse_int=str, parse_constant=_no)
    except (ValueError, RecursionError) as error:
        raise refuse("50002") from error


def _no(name: str) -> object:
    raise ValueError(name)


def body_object(ctx: Context) -> dict[str, object]:
    found = _body(ctx)
    if not isinstance(found, dict):
        raise refuse("50002")
    return found


def body_list(ctx: Context, most: int, too_many: str) -> list[dict[str, object]]:
    """A batch: a list of one to `most` objects."""
    found = _body(ctx)
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        raise refuse("50002")
    if not found:
        raise refuse("50000")
    if len(found) > most:
        raise refuse(too_many, str(most))
    return found


def word(item: Mapping[str, object], name: str) -> str:
    """A string parameter of a body; absent, null and "" are the same. Raises `Refusal` 51000."""
    value = item.get(name)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        raise Refusal("51000", name)
    return value
