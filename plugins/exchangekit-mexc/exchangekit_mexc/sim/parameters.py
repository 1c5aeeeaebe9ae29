"""Reading a request's parameters as loosely as MEXC reads them.

They come from the query and, where a request may write, from a form body; the query's are taken
where both have one. Unknown parameters are ignored, the last of repeated ones is taken. Numbers of
orders are matched against a pattern before they become numbers, so that a sign, an exponent or a
blank never gets through. Public endpoints refuse in the gateway's words, signed ones in the trading
core's.

MEXC documents both places, and that the query goes first; its signing examples have the parameters
in a form body (1 and 2) and in both (3). Two things rest on inference: which of two repeated ones
is taken, and that a JSON object is no place for parameters. The documentation speaks of a body
"with content type application/json" but shows forms only; users report that JSON is not read.

Source: https://mexcdevelop.github.io/apidocs/spot_v3_en/#general-information-on-endpoints
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from exchangekit.sim import Context, Instrument, RawRequest
from exchangekit_mexc.sim.answers import gateway_missing, missing, refusal

_DECIMAL: Final = r"([0-9]{1,20})(\.[0-9]{1,20})?"
_INTEGER: Final = r"[0-9]{1,20}"
_CLIENT_ID: Final = r"[a-zA-Z0-9-_]{1,32}"
MOST_SYMBOLS: Final = 5


def collect(request: RawRequest) -> dict[str, str]:
    """The request's parameters by name, the query's before those of a form body."""
    found = dict(request.form_pairs()) if has_form(request) else {}
    return found | dict(request.query_pairs())


def has_form(request: RawRequest) -> bool:
    """Whether the body holds parameters, whatever type it declares: clients send forms as JSON."""
    writes, body = request.method != "GET", request.body
    return writes and b"=" in body and not body.startswith((b"{", b"["))


class Parameters:
    """The parameters of one request, or of one order of a batch."""

    def __init__(self, ctx: Context, sent: dict[str, str] | None = None) -> None:
        self._ctx = ctx
        self._sent = collect(ctx.request) if sent is None else sent

    def text(self, name: str) -> str | None:
        """The value; an empty one is no value."""
        return self._sent.get(name) or None

    def need(self, name: str) -> str:
        value = self.text(name)
        if value is None:
            raise missing(name) if self._ctx.route.signed else gateway_missing(name)
        return value

    def _matching(self, name: str, pattern: str) -> str | None:
        value = self.text(name)
        if value is not None and re.fullmatch(pattern, value, re.ASCII) is None:
            raise refusal(
                700008,
                f"Illegal characters found in parameter '{name}'; legal range is '^{pattern}$'.",
            )
        return value

    def decimal(self, name: str) -> Decimal | None:
        value = self._matching(name, _DECIMAL)
        return None if value is None else Decimal(value)

    def integer(self, name: str) -> int | None:
        value = self._matching(name, _INTEGER)
        return None if value is None else int(value)

    def client_id(self, name: str) -> str | None:
        return self._matching(name, _CLIENT_ID)

    def limit(self, default: int, most: int) -> int:
        """How many to return; what is above `most` is cut."""
        value = self.integer("limit")
        return min(default if value is None or value == 0 else value, most)

    def span(self) -> tuple[int | None, int | None]:
        return self.integer("startTime"), self.integer("endTime")

    def symbol(self) -> Instrument:
        """The market named by ``symbol``; the refusal differs between gateway and trading."""
        return self.listed(self.need("symbol"))

    def symbols(self, *, most: int) -> list[Instrument]:
        """The markets of a comma-separated ``symbol``."""
        names = self.need("symbol").split(",")
        if len(names) > most:
            raise refusal(33333)
        return [self.listed(name) for name in names]

    def listed(self, name: str) -> Instrument:
        found = self._ctx.instrument(name)
        if found is None:
            raise refusal(10007 if self._ctx.route.signed else -1121)
        return found
