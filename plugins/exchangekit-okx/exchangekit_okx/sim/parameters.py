"""Reading a request's parameters, from its query or its JSON body, as the venue reads them.

Numbers are strings, and "" is the same as absent.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from exchangekit.sim import Context, Instrument, RawRequest
from exchangekit_okx.sim.answers import Refusal, refuse

MOST_CURRENCIES: Final = 20
INST_TYPES: Final = ("SPOT", "MARGIN", "SWAP", "FUTURES", "OPTION")
_NUMBER: Final = re.compile(r"\d+(\.\d+)?")


# --- numbers --------------------------------------------------------------------------------------
def number(value: str) -> Decimal | None:
    """A positive decimal as the venue accepts it; None for anything else, zero included."""
    if len(value) > 64 or not _NUMBER.fullmatch(value):
        return None
    found = Decimal(value)
    return found if found > 0 else None


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


def currencies(query: Query, *, most: int | None = MOST_CURRENCIES) -> frozenset[str] | None:
    """The currencies asked for, None for all."""
    given = query.get("ccy")
    if given is None:
        return None
    found = frozenset(given.split(",")) - {""}
    if most is not None and len(found) > most:
        raise refuse("50025", "ccy", str(most))
    return found


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
