"""Reading a request's parameters, from its query or its JSON body, as the venue reads them.

Numbers are strings, and "" is the same as absent.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import ClassVar, Final

from exchangekit.sim import Context, Instrument
from exchangekit_bitget.sim.shared.answers import Refusal, refuse

DAY: Final = 24 * 3_600_000
MOST_DAYS: Final = 90
_NUMBER: Final = re.compile(r"\d+(\.\d+)?", re.ASCII)


def number(value: str) -> Decimal | None:
    """A positive decimal as the venue accepts it; None for anything else, zero included."""
    if len(value) > 64 or not _NUMBER.fullmatch(value):
        return None
    found = Decimal(value)
    return found if found > 0 else None


class Query:
    """The query's parameters; the last of a repeated name counts, "" is the same as absent."""

    # The codes for a parameter that is not there, is wrong, or names no market, and for times that
    # are too far apart or the wrong way round.
    missing: ClassVar[str] = "40019"
    wrong: ClassVar[str] = "40020"
    unknown: ClassVar[str] = "40034"
    too_long: ClassVar[str] = "40705"
    reversed: ClassVar[str] = "40707"

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._values = {name: value for name, value in ctx.request.query_pairs() if value}

    def get(self, name: str) -> str | None:
        return self._values.get(name)

    def need(self, name: str) -> str:
        value = self._values.get(name)
        if value is None:
            raise refuse(self._ctx, self.missing, name)
        return value

    def integer(self, name: str) -> int | None:
        """A whole number (a time, an id), or None."""
        value = self._values.get(name)
        if value is None:
            return None
        if not value.isascii() or not value.isdigit() or len(value) > 32:
            raise refuse(self._ctx, self.wrong, name)
        return int(value)

    def limit(self, default: int, most: int) -> int:
        value = self.integer("limit")
        if value is None:
            return default
        if not 0 < value <= most:
            raise refuse(self._ctx, self.wrong, "limit")
        return value

    def times(self, longest_days: int = MOST_DAYS) -> tuple[int | None, int | None]:
        """``startTime`` and ``endTime``, not too far apart."""
        start, end = self.integer("startTime"), self.integer("endTime")
        if start is not None and end is not None:
            if start > end:
                raise refuse(self._ctx, self.reversed, "startTime")
            if end - start > longest_days * DAY:
                raise refuse(self._ctx, self.too_long, "endTime")
        return start, end

    def symbol(self) -> str | None:
        """The market that a list is narrowed to, None for all."""
        given = self.get("symbol")
        if given is not None and self._ctx.instrument(given) is None:
            raise refuse(self._ctx, self.unknown, given)
        return given

    def market(self) -> Instrument:
        """The market that has to be named."""
        given = self.need("symbol")
        found = self._ctx.instrument(given)
        if found is None:
            raise refuse(self._ctx, self.unknown, given)
        return found


def body_object(ctx: Context) -> dict[str, object]:
    """The JSON object of a POST."""
    found = body(ctx)
    if not isinstance(found, dict):
        raise refuse(ctx, "40017", "body")
    return found


def body(ctx: Context) -> object:
    """The JSON of a POST."""
    kind = (ctx.request.header("Content-Type") or "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise refuse(ctx, "40007")
    try:
        # Numbers keep the text they were sent in: an order's price is never a float, even here.
        found: object = json.loads(
            ctx.request.body or b"{}", parse_float=str, parse_int=str, parse_constant=_no
        )
    except (ValueError, RecursionError) as error:
        raise refuse(ctx, "40017", "body") from error
    return found


def _no(name: str) -> object:
    raise ValueError(name)


def items(ctx: Context, body: Mapping[str, object], most: int) -> list[dict[str, object]]:
    """The ``orderList`` of a batch."""
    found = body.get("orderList")
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        raise refuse(ctx, "40017", "orderList")
    if not found:
        raise refuse(ctx, "40019", "orderList")
    if len(found) > most:
        raise refuse(ctx, "40306", str(most))
    return found


def word(item: Mapping[str, object], name: str) -> str:
    """A text of a body; absent, null and "" are the same. Raises `Refusal`."""
    value = item.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Refusal("40020", name)
    return value


def needed(item: Mapping[str, object], name: str) -> str:
    value = word(item, name)
    if not value:
        raise Refusal("40019", name)
    return value
