"""Reading a request's parameters, from its query or its JSON body, as the venue reads them.

Numbers are strings, and "" and null are the same as absent.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Final

from exchangekit.sim import Answer, Context, Instrument
from exchangekit_bybit.sim.answers import ok, refuse

CATEGORIES: Final = ("spot", "linear", "inverse", "option")
_NUMBER: Final = re.compile(r"\d+(\.\d+)?", re.ASCII)


class Parameters:
    """What a request asks, by name: a GET in its query, a POST in a JSON object."""

    def __init__(self, ctx: Context, given: object = None) -> None:
        self.ctx = ctx
        if given is None and ctx.request.method == "GET":
            given = dict(ctx.request.query_pairs())
        elif given is None:
            given = self._body()
        if not isinstance(given, dict):
            raise refuse(ctx, "10001", said="Request parameter error: no JSON object")
        self._values = {
            name: _word(value) for name, value in given.items() if value not in (None, "")
        }

    def _body(self) -> object:
        try:
            # Numbers keep the text they were sent in: a price is never a float, even here.
            return json.loads(self.ctx.request.body or b"{}", parse_float=str, parse_int=str)
        except (ValueError, RecursionError):
            return ()

    def get(self, name: str) -> str:
        return self._values.get(name, "")

    def need(self, name: str) -> str:
        value = self.get(name)
        if not value:
            raise refuse(self.ctx, "10001", said=f"params error: {name} is empty")
        return value

    def one_of(self, name: str, allowed: tuple[str, ...], code: str = "10001") -> str:
        value = self.get(name)
        if value not in allowed:
            raise refuse(self.ctx, code, name)
        return value

    def positive(self, name: str) -> Decimal:
        """A number of an order, above zero."""
        value = self.get(name)
        if not value:
            raise refuse(self.ctx, "170105", name)
        if len(value) > 64 or not _NUMBER.fullmatch(value) or not Decimal(value):
            raise refuse(self.ctx, "170130", name)
        return Decimal(value)

    def need_spot(self) -> None:
        """Of other categories there is nothing here: their lists are empty."""
        if self.category() != "spot":
            nothing = {"category": self.category(), "list": [], "nextPageCursor": ""}
            raise Answer(ok(self.ctx, nothing))

    def category(self) -> str:
        value = self.need("category")
        if value not in CATEGORIES:
            raise refuse(self.ctx, "10001", said="Illegal category")
        return value

    def integer(self, name: str) -> int | None:
        value = self.get(name)
        if not value:
            return None
        if not (value.isascii() and value.isdecimal() and len(value) <= 16):
            raise refuse(self.ctx, "10001", said=f"params error: {name} invalid")
        return int(value)

    def limit(self, default: int, most: int) -> int:
        value = self.integer("limit")
        if value is None:
            return default
        if not 0 < value <= most:
            raise refuse(self.ctx, "10001", said="params error: limit invalid")
        return value

    def instrument(self) -> Instrument:
        """The market that is named, of the only category that is simulated."""
        if self.category() != "spot":
            raise refuse(self.ctx, "10001", said="Not supported symbols")
        found = self.ctx.instrument(self.need("symbol"))
        if found is None:
            raise refuse(self.ctx, "170121")
        return found

    def items(self, name: str, most: int) -> list[Parameters]:
        """The objects of a batch, one to `most`, each with the batch's category."""
        found = json.loads(self.get(name) or "[]")
        if not isinstance(found, list) or not 0 < len(found) <= most:
            raise refuse(self.ctx, "10001", said=f"params error: {name} invalid")
        return [Parameters(self.ctx, {**item, "category": self.category()}) for item in found]

    def symbol(self) -> str | None:
        """The market that a list is narrowed down to, None for all."""
        return self.instrument().symbol if self.get("symbol") else None


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else json.dumps(value)
