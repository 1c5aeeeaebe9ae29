"""Reading what Acme was asked: https://docs.acme.example/v1"""

import json
from decimal import Decimal

from exchangekit.sim import Context, Instrument
from exchangekit_acme.sim.answers import refused


class Asked:
    """The parameters of a request: of the query, or of the JSON object in a POST."""

    def __init__(self, ctx: Context) -> None:
        self.ctx = ctx
        if ctx.request.method == "POST":
            self.sent = self._in_body(ctx.request.body)
        else:
            self.sent = dict(ctx.request.query_pairs())

    def _in_body(self, body: bytes) -> dict[str, str]:
        try:
            found = json.loads(body)
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise refused("bad_parameter", "the body is no JSON object")
        return {name: one for name, one in found.items() if isinstance(one, str)}

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
