"""The dialect itself: endpoints, limits, and how the venue says no.

Source: https://bybit-exchange.github.io/docs/v5/intro
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import ClassVar, Final

from exchangekit.sim import (
    ApiKey,
    Breach,
    Context,
    Dialect,
    Fees,
    Handler,
    Instrument,
    LimitRule,
    RawRequest,
    Rejection,
    Response,
    Route,
    Trouble,
    VenueRules,
)
from exchangekit.sim.keys import Permission
from exchangekit_bybit.sim import (
    account,
    candles,
    history,
    instruments,
    limits,
    market_data,
    tickers,
    trading,
    wallet,
)
from exchangekit_bybit.sim.answers import fault, gateway
from exchangekit_bybit.sim.security import authenticate

_PUBLIC: Final[tuple[tuple[str, Handler, str], ...]] = (
    ("/v5/market/time", market_data.time, "fetch_time"),
    ("/v5/system/status", market_data.status, "fetch_status"),
    ("/v5/market/instruments-info", market_data.list_instruments, "fetch_markets"),
    ("/v5/market/tickers", tickers.tickers, "fetch_ticker"),
    ("/v5/market/orderbook", market_data.orderbook, "fetch_order_book"),
    ("/v5/market/recent-trade", market_data.trades, "fetch_trades"),
    ("/v5/market/kline", candles.kline, "fetch_candles"),
)
# Signed; a GET asks for the read permission, a POST for the trade permission.
_PRIVATE: Final[tuple[tuple[str, str, Handler, str], ...]] = (
    ("GET", "/v5/account/wallet-balance", account.balance, "fetch_balance"),
    ("GET", "/v5/account/fee-rate", account.fee_rates, "fetch_trading_fees"),
    ("GET", "/v5/account/info", account.account_info, "fetch_account_info"),
    ("GET", "/v5/user/query-api", account.api_key, "fetch_api_key"),
    ("GET", "/v5/asset/coin/query-info", wallet.coins, "fetch_currencies"),
    ("POST", "/v5/order/create", trading.place, "create_order"),
    ("POST", "/v5/order/cancel", trading.cancel, "cancel_order"),
    ("POST", "/v5/order/cancel-all", trading.cancel_all, "cancel_all_orders"),
    ("POST", "/v5/order/cancel-batch", trading.cancel_batch, "cancel_orders"),
    ("GET", "/v5/order/history", history.orders, "fetch_closed_orders"),
    ("GET", "/v5/execution/list", history.fills, "fetch_my_trades"),
)
# What an account that was never made a unified one may ask.
_FOR_ALL: Final = frozenset({"fetch_api_key", "fetch_account_info", "fetch_currencies"})


def _counts(operation: str) -> tuple[str, ...]:
    """A batch counts each of its orders, and says so once it is read."""
    return (limits.IP,) if operation == "cancel_orders" else (limits.IP, operation)


class BybitDialect(Dialect):
    """Bybit v5 spot, for a regular user. `kept_closed`: how many ended orders realtime knows; a
    restart of the venue's servers makes it forget them all."""

    venue: ClassVar[str] = "bybit"
    rules: ClassVar[VenueRules] = VenueRules(
        fees=Fees(maker=Decimal("0.001"), taker=Decimal("0.001")),
        fee_currency="received",
        fee_digits=16,
        self_trade="none",
        client_ids="ever",
        post_only="cancel",
    )
    limits: ClassVar[tuple[LimitRule, ...]] = limits.LIMITS
    kept_closed: ClassVar[int] = 500

    def instruments(self) -> Sequence[Instrument]:
        return instruments.instruments()

    def routes(self) -> Sequence[Route]:
        public = [
            Route("GET", path, handler, operation, counts=(limits.IP,))
            for path, handler, operation in _PUBLIC
        ]
        signed = (*_PRIVATE, ("GET", "/v5/order/realtime", self._realtime, "fetch_order"))
        private = [
            Route(method, path, handler, operation, signed=True, counts=_counts(operation))
            for method, path, handler, operation in signed
        ]
        return [*public, *private]

    def _realtime(self, ctx: Context) -> Response:
        return history.realtime(ctx, kept=self.kept_closed)

    def authenticate(self, ctx: Context) -> ApiKey:
        needed: Permission = "read" if ctx.route.method == "GET" else "trade"
        return authenticate(ctx, needed, unified=ctx.route.operation not in _FOR_ALL)

    def order_id(self, number: int, now: int) -> str:
        """Nineteen digits that grow with time, as the venue's do; how it makes them is unknown."""
        return str((now - 1_357_000_000_000 << 22) | (number & 0x3FFFFF))

    def decorate(self, ctx: Context, response: Response) -> None:
        """The limit of the endpoint, what is left of it, and when it begins anew."""
        name = ctx.route.operation
        if not ctx.route.signed or response.status != 200:
            return
        most, now = ctx.venue.limiter.sizes()[name], ctx.now
        reset = (now // 1000 + 1) * 1000 if ctx.over_limit else now
        response.headers = [
            *response.headers,
            ("X-Bapi-Limit", str(most)),
            ("X-Bapi-Limit-Status", str(max(0, most - ctx.used(name)))),
            ("X-Bapi-Limit-Reset-Timestamp", str(reset)),
        ]

    # --- refusals --------------------------------------------------------------------------------
    def rejected(self, ctx: Context, rejection: Rejection) -> Response:
        return fault(trading.REFUSALS.get(type(rejection), "170210"), ctx.now)

    def limited(self, ctx: Context, breach: Breach) -> Response:
        """Over an account's limit: a code under HTTP 200. Over an address's: shut out."""
        if breach.rule.name == limits.IP:
            return gateway(403, "403 Forbidden, access too frequent")
        return fault("10006", ctx.now, status=418 if breach.banned else 200)

    def trouble(self, ctx: Context | None, kind: Trouble, status: int) -> Response:
        now = ctx.now if ctx else 0
        if kind in ("limited", "banned"):
            return fault("10429", now, status=status)
        if kind == "maintenance":
            return fault("10016", now, "Service is restarting", status)
        if kind == "unavailable" and status == 503:
            return fault("10016", now, status=status)
        return gateway(status, f"HTTP {status}")

    def error(self, code: str, message: str | None, status: int | None) -> Response:
        return fault(code, 0, message, status)

    def unknown_path(self, request: RawRequest, allowed: Sequence[str]) -> Response:
        """404 for a path that is not there; 10017 for one that is there for other methods."""
        return fault("10017", request.received, status=200 if allowed else 404)
