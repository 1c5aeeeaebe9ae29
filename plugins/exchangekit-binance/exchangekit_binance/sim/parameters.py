"""Reading a request's parameters as strictly as Binance reads them.

An endpoint names every parameter it knows; anything else is refused, as are empty and repeated
ones. Parameters come from the query and, unless the request is a GET, from a form body; the query's
are taken where both have one. Binance documents a form with the type of a form; that a body which
declares anything else is not read rests on inference. Numbers are matched against the venue's own
pattern before they become numbers, so that a sign, an exponent or a blank never gets through.

Source: https://developers.binance.com/docs/binance-spot-api-docs/rest-api/general-api-information
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from exchangekit.sim import Context, Instrument
from exchangekit_binance.sim.answers import refusal

SECURITY: Final = ("timestamp", "recvWindow", "signature")

_DECIMAL: Final = r"^([0-9]{1,20})(\.[0-9]{1,20})?$"
_INTEGER: Final = r"^[0-9]{1,20}$"
_CLIENT_ID: Final = r"^[a-zA-Z0-9-_]{1,36}$"
_SYMBOL: Final = r"^[\w\-._&&[^a-z]]{1,50}$"


def collect(ctx: Context) -> dict[str, str]:
    """Query and form parameters by name, the query's first; refuses repeated names."""
    found: dict[str, str] = {}
    for name, value in ctx.request.query_pairs():
        if name in found:
            raise refusal(-1101, "Duplicate values for a parameter detected.")
        found[name] = value
    in_query = set(found)
    if _is_form(ctx):
        in_body: set[str] = set()
        for name, value in ctx.request.form_pairs():
            if name in in_body:
                raise refusal(-1101, "Duplicate values for a parameter detected.")
            in_body.add(name)
            if name not in in_query:
                found[name] = value
    return found


def _is_form(ctx: Context) -> bool:
    if ctx.request.method == "GET":
        return False
    kind = ctx.request.header("content-type") or ""
    return kind.split(";")[0].strip().lower() == "application/x-www-form-urlencoded"


class Parameters:
    """The parameters of one request to an endpoint that knows `names` and no others."""

    def __init__(self, ctx: Context, *names: str) -> None:
        self._ctx = ctx
        self._sent = collect(ctx)
        known = {*names, *SECURITY} if ctx.route.signed else set(names)
        read = [name for name in self._sent if name in known]
        if len(read) < len(self._sent):
            if not known:
                raise refusal(
                    -1101,
                    f"Too many parameters; expected '0' and received '{len(self._sent)}'.",
                )
            raise refusal(
                -1104,
                f"Not all sent parameters were read; read '{len(read)}' parameter(s) "
                f"but was sent '{len(self._sent)}'.",
            )
        for name, value in self._sent.items():
            if not value:
                raise refusal(-1105, f"Parameter '{name}' was empty.")

    def __contains__(self, name: str) -> bool:
        return name in self._sent

    def sent(self, names: Iterable[str]) -> set[str]:
        """Which of `names` were sent."""
        return {name for name in names if name in self._sent}

    def text(self, name: str) -> str | None:
        return self._sent.get(name)

    def need(self, name: str) -> str:
        value = self._sent.get(name)
        if value is None:
            raise refusal(
                -1102,
                f"Mandatory parameter '{name}' was not sent, was empty/null, or malformed.",
            )
        return value

    def matching(self, name: str, pattern: str, legal: str | None = None) -> str | None:
        """The value, if sent; refused unless the whole of it matches `pattern`."""
        value = self._sent.get(name)
        if value is not None and re.fullmatch(pattern.strip("^$"), value, re.ASCII) is None:
            raise refusal(
                -1100,
                f"Illegal characters found in parameter '{name}'; "
                f"legal range is '{pattern if legal is None else legal}'.",
            )
        return value

    def client_id(self, name: str) -> str | None:
        return self.matching(name, _CLIENT_ID)

    def integer(self, name: str) -> int | None:
        value = self.matching(name, _INTEGER)
        return None if value is None else int(value)

    def decimal(self, name: str, *, places: int = 8) -> Decimal | None:
        """A plain decimal of at most `places` decimals."""
        value = self.matching(name, _DECIMAL)
        if value is None:
            return None
        number = Decimal(value)
        if number != number.quantize(Decimal(1).scaleb(-places)):
            raise refusal(-1111, f"Parameter '{name}' has too much precision.")
        return number

    def limit(self, default: int, most: int) -> int:
        """How many to return: what is above `most` is cut, zero is refused."""
        value = self.integer("limit")
        if value is None:
            return default
        if value == 0:
            raise refusal(-1130, "Data sent for parameter 'limit' is not valid.")
        return min(value, most)

    def flag(self, name: str) -> bool:
        value = self._sent.get(name, "false").lower()
        if value not in ("true", "false"):
            raise refusal(-1130, f"Data sent for parameter '{name}' is not valid.")
        return value == "true"

    def symbol(self, name: str = "symbol") -> Instrument:
        """The market named; refused when missing, malformed or unknown."""
        self.need(name)
        return self._listed(self._spelled(name))

    def symbols(self) -> list[Instrument] | None:
        """The markets of ``symbols=["A","B"]``; None when not sent."""
        raw = self._sent.get("symbols")
        if raw is None:
            return None
        if "symbol" in self._sent:
            raise refusal(-1128)
        try:
            names = json.loads(raw)
        except ValueError:
            names = None
        if not isinstance(names, list) or not names or not all(_is_name(item) for item in names):
            raise refusal(-1100, "Illegal characters found in parameter 'symbols'.")
        if len(set(names)) < len(names):
            raise refusal(-1151)
        return [self._listed(name) for name in names]

    def span(self) -> tuple[int | None, int | None]:
        """``startTime`` and ``endTime`` in milliseconds; microseconds are understood."""
        start, end = self.moment("startTime"), self.moment("endTime")
        if start is not None and end is not None and start > end:
            raise refusal(-1023)
        return start, end

    def moment(self, name: str) -> int | None:
        value = self.integer(name)
        return None if value is None else milliseconds(value)

    def _spelled(self, name: str) -> str:
        value = self._sent[name]
        if not _is_name(value):
            raise refusal(
                -1100,
                f"Illegal characters found in parameter '{name}'; legal range is '{_SYMBOL}'.",
            )
        return value

    def _listed(self, name: str) -> Instrument:
        found = self._ctx.instrument(name)
        if found is None:
            raise refusal(-1121)
        return found


def milliseconds(moment: int) -> int:
    """Binance takes milliseconds or microseconds; this tells them apart by their size."""
    return moment // 1000 if moment >= 10**14 else moment


def _is_name(value: object) -> bool:
    return (
        isinstance(value, str)
        and re.fullmatch(r"[^\Wa-z]{1,50}|[A-Z0-9_.\-]{1,50}", value) is not None
    )
