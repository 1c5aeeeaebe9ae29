"""The dialect itself: endpoints with their limits, and how the venue says no.

Source: https://www.bitget.com/api-doc/spot/intro
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
from exchangekit_bitget.sim import account, history, instruments, market_data, trading
from exchangekit_bitget.sim.answers import fault
from exchangekit_bitget.sim.records import snowflake
from exchangekit_bitget.sim.security import authenticate

# Path, handler, operation, requests per second: of an address for public ones, else of an account.
_PUBLIC: Final[tuple[tuple[str, Handler, str, int], ...]] = (
    ("/public/time", market_data.time, "fetch_time", 20),
    ("/spot/public/coins", market_data.coins, "fetch_currencies", 3),
    ("/spot/public/symbols", market_data.symbols, "fetch_markets", 20),
    ("/spot/market/tickers", market_data.tickers, "fetch_ticker", 20),
    ("/spot/market/orderbook", market_data.orderbook, "fetch_order_book", 20),
    ("/spot/market/candles", market_data.candles, "fetch_candles", 20),
    ("/spot/market/history-candles", market_data.history_candles, "fetch_history_candles", 20),
    ("/spot/market/fills", market_data.recent_trades, "fetch_trades", 10),
    ("/spot/market/fills-history", market_data.old_trades, "fetch_history_trades", 10),
    ("/mix/market/contracts", market_data.nothing, "fetch_contracts", 20),
    ("/margin/currencies", market_data.nothing, "fetch_margin_currencies", 10),
)
_PRIVATE: Final[tuple[tuple[str, str, Handler, str, int], ...]] = (
    ("GET", "/spot/account/assets", account.assets, "fetch_balance", 10),
    ("GET", "/spot/account/info", account.info, "fetch_api_key", 1),
    ("GET", "/common/trade-rate", account.trade_rate, "fetch_trading_fees", 10),
    ("POST", "/spot/trade/place-order", trading.place, "create_order", 10),
    ("POST", "/spot/trade/batch-orders", trading.place_batch, "create_orders", 5),
    ("POST", "/spot/trade/cancel-order", trading.cancel, "cancel_order", 10),
    ("POST", "/spot/trade/batch-cancel-order", trading.cancel_batch, "cancel_orders", 10),
    ("POST", "/spot/trade/cancel-symbol-order", trading.cancel_symbol, "cancel_all_orders", 5),
    ("GET", "/spot/trade/orderInfo", history.order, "fetch_order", 20),
    ("GET", "/spot/trade/unfilled-orders", history.unfilled, "fetch_open_orders", 20),
    ("GET", "/spot/trade/history-orders", history.history, "fetch_closed_orders", 20),
    ("GET", "/spot/trade/fills", history.my_fills, "fetch_my_trades", 10),
)
_ROOT: Final = "/api/v2"
_TOTAL: Final = LimitRule("total", 6000, 60_000, "ip")


class BitgetDialect(Dialect):
    """Bitget's classic spot API, for a regular user."""

    venue: ClassVar[str] = "bitget"
    rules: ClassVar[VenueRules] = VenueRules(
        fees=Fees(maker=Decimal("0.001"), taker=Decimal("0.001")),
        fee_currency="received",
        fee_digits=16,
        self_trade="none",
        client_ids="open",
        client_ids_ms=6 * 3_600_000,
        post_only="cancel",
    )
    limits: ClassVar[tuple[LimitRule, ...]] = (
        _TOTAL,
        *(LimitRule(name, most, 1000, "ip") for _, _, name, most in _PUBLIC),
        *(LimitRule(name, most, 1000, "account") for _, _, _, name, most in _PRIVATE),
    )

    def instruments(self) -> Sequence[Instrument]:
        return instruments.instruments()

    def routes(self) -> Sequence[Route]:
        public = [
            Route("GET", _ROOT + path, handler, name, counts=("total", name))
            for path, handler, name, _ in _PUBLIC
        ]
        private = [
            Route(method, _ROOT + path, handler, name, signed=True, counts=("total", name))
            for method, path, handler, name, _ in _PRIVATE
        ]
        return [*public, *private]

    def authenticate(self, ctx: Context) -> ApiKey:
        return authenticate(ctx, "read" if ctx.route.method == "GET" else "trade")

    def order_id(self, number: int, now: int) -> str:
        return str(snowflake(now, number))

    # --- refusals --------------------------------------------------------------------------------
    def rejected(self, ctx: Context, rejection: Rejection) -> Response:
        refusal = trading.refusal_of(rejection)
        return fault(refusal.code, refusal.message, now=ctx.now)

    def limited(self, ctx: Context, breach: Breach) -> Response:
        """418 only where a fault asks for it: no ban is documented."""
        return fault("429", status=418 if breach.banned else None, now=ctx.now)

    def trouble(self, ctx: Context | None, kind: Trouble, status: int) -> Response:
        now = ctx.now if ctx is not None else 0
        if kind in ("limited", "banned"):
            return fault("429", status=status, now=now)
        code = "40200" if kind == "maintenance" else "40015" if kind == "error" else "40604"
        return fault(code, status=status, now=now)

    def error(self, code: str, message: str | None, status: int | None) -> Response:
        return fault(code, message, status)

    def unknown_path(self, request: RawRequest, allowed: Sequence[str]) -> Response:
        return fault("405" if allowed else "40404")
