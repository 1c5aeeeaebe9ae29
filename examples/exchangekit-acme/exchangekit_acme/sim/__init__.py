"""A simulated Acme: the documentation once more, from the venue's side.

Shares no code with the adapter or with the kit's signers: what one of them misunderstands, the
other is to find out. https://docs.acme.example/v1
"""

import hmac
from collections.abc import Sequence
from decimal import Decimal
from hashlib import sha256

from exchangekit.sim import (
    ApiKey,
    Breach,
    Context,
    Dialect,
    Fees,
    Instrument,
    LimitRule,
    RawRequest,
    Rejection,
    Response,
    Route,
    Trouble,
    VenueRules,
)
from exchangekit_acme.sim import account, history, market_data, trading
from exchangekit_acme.sim.answers import refusal, refused


def _market(base: str, quote: str, tick: str, lot: str, least: str) -> Instrument:
    return Instrument(
        f"{base}_{quote}",
        base,
        quote,
        tick=Decimal(tick),
        step=Decimal(lot),
        min_amount=Decimal(lot),
        max_amount=Decimal(lot) * 10_000_000,
        min_notional=Decimal(least),
    )


MARKETS = (
    _market("BTC", "USDT", "0.01", "0.00001", "5"),
    _market("ETH", "USDT", "0.01", "0.0001", "5"),
    _market("ETH", "BTC", "0.00001", "0.0001", "0.0001"),
)

REASONS = {
    "InsufficientFunds": "insufficient funds",
    "DuplicateClientId": "the label is taken",
    "Halted": "the market is halted",
    "WouldTake": "it would take",
    "NoLiquidity": "nobody is there to trade with",
}


class AcmeDialect(Dialect):
    venue = "acme"
    rules = VenueRules(fees=Fees(maker=Decimal("0.0005"), taker=Decimal("0.001")))
    limits = (
        LimitRule("address", 1200, 60_000, "ip", ban_after=20, ban_ms=120_000),
        LimitRule("account", 600, 60_000, "account"),
    )

    def instruments(self) -> Sequence[Instrument]:
        return MARKETS

    def routes(self) -> Sequence[Route]:
        return [
            *market_data.routes(),
            *account.routes(),
            *history.routes(),
            *trading.routes(),
        ]

    def authenticate(self, ctx: Context) -> ApiKey:
        """https://docs.acme.example/v1#signing: time, window, method, target and body, as sent."""
        request, said = ctx.request, ctx.request.header
        key = ctx.venue.keys.find(said("X-ACME-KEY") or "")
        if key is None:
            raise refused("unknown_key")
        time, window = said("X-ACME-TIME") or "", said("X-ACME-WINDOW") or ""
        text = f"{time}{window}{request.method}".encode() + request.target + request.body
        right = hmac.new(key.secret.encode(), text, sha256).hexdigest()
        if not hmac.compare_digest(right.encode(), (said("X-ACME-SIGN") or "").encode()):
            raise refused("bad_signature")
        if not -1000 < request.received - int(time) <= int(window):
            raise refused("bad_timestamp")
        if not key.allows(request.ip):
            raise refused("foreign_address")
        if not key.may("read" if ctx.route.method == "GET" else "trade"):
            raise refused("not_permitted")
        return key

    def rejected(self, ctx: Context, rejection: Rejection) -> Response:
        return refusal("refused", REASONS.get(type(rejection).__name__, "not possible"))

    def limited(self, ctx: Context, breach: Breach) -> Response:
        made = refusal("too_many_requests", status=418 if breach.banned else 429)
        made.headers = [("Retry-After", str(-(-breach.retry_after_ms // 1000)))]
        return made

    def trouble(self, ctx: Context | None, kind: Trouble, status: int) -> Response:
        if kind == "maintenance":
            return refusal("maintenance", status=status)
        over = kind in ("limited", "banned")
        return refusal("too_many_requests" if over else "internal", status=status)

    def error(self, code: str, message: str | None, status: int | None) -> Response:
        return refusal(code, message, status)

    def unknown_path(self, request: RawRequest, allowed: Sequence[str]) -> Response:
        return refusal("bad_parameter", "no such endpoint", 405 if allowed else 404)

    def decorate(self, ctx: Context, response: Response) -> None:
        response.headers = [*response.headers, ("X-Acme-Used", str(ctx.used("address")))]
