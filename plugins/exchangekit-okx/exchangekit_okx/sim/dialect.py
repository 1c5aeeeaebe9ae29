"""The dialect itself: endpoints, limits, and how the venue says no.

Source: https://www.okx.com/docs-v5/en/
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
from exchangekit_okx.sim import (
    account,
    bills,
    candles,
    history,
    instruments,
    limits,
    market_data,
    switch,
    tickers,
    trading,
    wallet,
)
from exchangekit_okx.sim.answers import fault, gateway_trouble, refusal_row, trade_reply
from exchangekit_okx.sim.records import snowflake
from exchangekit_okx.sim.security import authenticate

_ROOT: Final = "/api/v5"
_PUBLIC: Final[tuple[tuple[str, Handler, str], ...]] = (
    ("/public/time", market_data.time, "fetch_time"),
    ("/public/instruments", market_data.list_instruments, "fetch_markets"),
    ("/public/price-limit", market_data.price_limit, "fetch_price_limit"),
    ("/system/status", market_data.status, "fetch_status"),
    ("/market/ticker", tickers.ticker, "fetch_ticker"),
    ("/market/tickers", tickers.tickers, "fetch_tickers"),
    ("/market/books", market_data.books, "fetch_order_book"),
    ("/market/books-full", market_data.books_full, "fetch_full_order_book"),
    ("/market/trades", market_data.trades, "fetch_trades"),
    ("/market/history-trades", market_data.history_trades, "fetch_history_trades"),
    ("/market/candles", candles.candles, "fetch_candles"),
    ("/market/history-candles", candles.history_candles, "fetch_history_candles"),
)
# Signed; a GET asks for the read permission, a POST for the trade permission.
_PRIVATE: Final[tuple[tuple[str, str, Handler, str], ...]] = (
    ("GET", "/account/balance", account.balance, "fetch_balance"),
    ("GET", "/account/bills", bills.bills, "fetch_bills"),
    ("GET", "/account/config", account.config, "fetch_account_config"),
    ("GET", "/account/trade-fee", account.trade_fee, "fetch_trading_fees"),
    ("GET", "/account/instruments", market_data.list_instruments, "fetch_account_instruments"),
    ("GET", "/asset/currencies", wallet.currencies, "fetch_currencies"),
    ("GET", "/asset/balances", wallet.funding, "fetch_funding_balance"),
    ("POST", "/trade/order", trading.place, "create_order"),
    ("POST", "/trade/batch-orders", trading.place_batch, "create_orders"),
    ("POST", "/trade/cancel-order", trading.cancel, "cancel_order"),
    ("POST", "/trade/cancel-batch-orders", trading.cancel_batch, "cancel_orders"),
    ("POST", "/trade/amend-order", trading.amend, "amend_order"),
    ("POST", "/trade/cancel-all-after", switch.cancel_all_after, "cancel_all_after"),
    ("POST", "/trade/order-precheck", trading.precheck, "precheck_order"),
    ("GET", "/trade/order", history.order, "fetch_order"),
    ("GET", "/trade/orders-pending", history.pending, "fetch_open_orders"),
    ("GET", "/trade/orders-history", history.recent, "fetch_closed_orders"),
    ("GET", "/trade/orders-history-archive", history.archive, "fetch_archived_orders"),
    ("GET", "/trade/fills", history.fills, "fetch_my_trades"),
    ("GET", "/trade/fills-history", history.fills_history, "fetch_archived_trades"),
)


class OkxDialect(Dialect):
    """OKX v5 spot, for a regular user. `limited_status`: the venue says 50011 with 429 or 200."""

    venue: ClassVar[str] = "okx"
    rules: ClassVar[VenueRules] = VenueRules(
        fees=Fees(maker=Decimal("0.0008"), taker=Decimal("0.001")),
        fee_currency="received",
        fee_digits=16,
        self_trade="expire_maker",
        client_ids="open",
        post_only="cancel",
    )
    limits: ClassVar[tuple[LimitRule, ...]] = limits.LIMITS
    limited_status: ClassVar[int] = 429

    def instruments(self) -> Sequence[Instrument]:
        return instruments.instruments()

    def routes(self) -> Sequence[Route]:
        def counts(operation: str) -> tuple[str, ...]:
            return (operation,) if operation in limits.NAMES else ()

        public = [
            Route("GET", _ROOT + path, handler, operation, counts=counts(operation))
            for path, handler, operation in _PUBLIC
        ]
        private = [
            Route(method, _ROOT + path, handler, operation, signed=True, counts=counts(operation))
            for method, path, handler, operation in _PRIVATE
        ]
        return [*public, *private]

    def authenticate(self, ctx: Context) -> ApiKey:
        needed: Permission = "read" if ctx.route.method == "GET" else "trade"
        return authenticate(ctx, needed)

    def order_id(self, number: int, now: int) -> str:
        return str(snowflake(now, number))

    # --- refusals --------------------------------------------------------------------------------
    def rejected(self, ctx: Context, rejection: Rejection) -> Response:
        refusal = trading.refusal_of(rejection, None)
        ids = {"clOrdId": "", "ordId": "", "tag": ""}
        return trade_reply(ctx, [refusal_row(ids, refusal, ctx.now)])

    def limited(self, ctx: Context, breach: Breach) -> Response:
        return self._limited(418 if breach.banned else self.limited_status)

    def trouble(self, ctx: Context | None, kind: Trouble, status: int) -> Response:
        if kind in ("limited", "banned"):
            return self._limited(status)
        if kind == "maintenance":
            return fault("50001", status=status)
        if kind == "unavailable" and status in (429, 503):
            return fault("50013" if status == 429 else "50001", status=status)
        return gateway_trouble(status)

    @staticmethod
    def _limited(status: int) -> Response:
        """One code for "too much", as HTTP 429 or 200; 418 only where a fault asks for it."""
        if status == 200:
            said = (
                "Rate limit reached. Please refer to API documentation and throttle requests "
                "accordingly."
            )
            return Response({"code": "50011", "data": [], "msg": said})
        return fault("50011", status=status)

    def error(self, code: str, message: str | None, status: int | None) -> Response:
        return fault(code, message, status)

    def unknown_path(self, request: RawRequest, allowed: Sequence[str]) -> Response:
        return fault("50115") if allowed else gateway_trouble(404)
