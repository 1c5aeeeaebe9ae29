"""Binance as a table: every endpoint with its weight, the limits, and how its servers fail.

Weights: https://developers.binance.com/docs/binance-spot-api-docs/rest-api and, for /sapi,
https://developers.binance.com/docs/wallet. Limits as published by exchangeInfo in 2025 and 2026.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import ClassVar

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
    Weight,
)
from exchangekit_binance.sim import (
    account,
    candles,
    history,
    market_data,
    security,
    tickers,
    trading,
    wallet,
)
from exchangekit_binance.sim.answers import envelope
from exchangekit_binance.sim.instruments import instruments

MINUTE = 60_000
NOT_FOUND = b"<html><body><h2>404 Not found</h2></body></html>"


class BinanceDialect(Dialect):
    """Binance spot. Make a subclass with other `limits` to test against smaller ones."""

    venue: ClassVar[str] = "binance"
    rules: ClassVar[VenueRules] = VenueRules(
        fees=Fees(maker=Decimal("0.001"), taker=Decimal("0.001")),
        fee_currency="received",
        fee_asset="BNB",
        fee_asset_discount=Decimal("0.75"),
        fee_digits=8,
        self_trade="expire_maker",
        client_ids="open",
        post_only="reject",
    )
    limits: ClassVar[tuple[LimitRule, ...]] = (
        LimitRule("weight", 6000, MINUTE, "ip", ban_after=100, ban_ms=2 * MINUTE),
        LimitRule("raw", 300_000, 5 * MINUTE, "ip"),
        # Of each endpoint by itself: https://developers.binance.com/docs/wallet/general-info
        LimitRule("sapi", 12_000, MINUTE, "ip", True, ban_after=100, ban_ms=2 * MINUTE),
        LimitRule("orders-10s", 100, 10_000, "account"),
        LimitRule("orders-1d", 200_000, 24 * 60 * MINUTE, "account"),
    )

    def instruments(self) -> Sequence[Instrument]:
        return instruments()

    def routes(self) -> Sequence[Route]:
        return [*_public(), *_private(), *_wallet(), *_elsewhere()]

    def authenticate(self, ctx: Context) -> ApiKey:
        return security.authenticate(ctx)

    def rejected(self, ctx: Context, rejection: Rejection) -> Response:
        return trading.rejected(rejection)

    def limited(self, ctx: Context, breach: Breach) -> Response:
        seconds = -(-breach.retry_after_ms // 1000)
        if breach.rule.name in account.ORDER_LIMITS:
            refused = trading.too_many_orders(breach)
        elif breach.banned:
            refused = envelope(
                -1003,
                f"Way too much request weight used; IP banned until {breach.until}. "
                "Please use WebSocket Streams for live updates to avoid bans.",
                418,
            )
        else:
            refused = envelope(
                -1003,
                f"Too much request weight used; current limit is {breach.rule.limit} request "
                f"weight per {_span(breach.rule.window_ms)}. Please use WebSocket Streams for "
                "live updates to avoid polling the API.",
            )
        refused.headers = [*refused.headers, ("Retry-After", str(seconds))]
        return refused

    def trouble(self, ctx: Context | None, kind: Trouble, status: int) -> Response:
        if kind == "error":
            return envelope(-1000, status=status)
        if kind == "unavailable":
            # Overload (-1008) says that nothing was executed; a gateway's timeout cannot know.
            return envelope(-1007 if status == 504 else -1008, status=status)
        if kind == "maintenance":
            if ctx is not None and ctx.route.operation == "fetch_status":
                return Response({"status": 1, "msg": "system maintenance"})
            return envelope(-1016, status=status)
        if kind == "banned":
            now = int(datetime.now(UTC).timestamp() * 1000) if ctx is None else ctx.now
            return envelope(
                -1003,
                f"Way too much request weight used; IP banned until {now + 2 * MINUTE}. "
                "Please use WebSocket Streams for live updates to avoid bans.",
                status,
            )
        return envelope(-1003, "Too many requests queued.", status)

    def error(self, code: str, message: str | None, status: int | None) -> Response:
        return envelope(int(code), message, status)

    def unknown_path(self, request: RawRequest, allowed: Sequence[str]) -> Response:
        if allowed:
            return envelope(-1020, status=405)
        return Response(NOT_FOUND, 404, content_type="text/html")

    def decorate(self, ctx: Context, response: Response) -> None:
        counts = ctx.route.counts
        headers = list(response.headers)
        if "weight" in counts:
            used = str(ctx.used("weight"))
            headers += [("x-mbx-used-weight", used), ("x-mbx-used-weight-1m", used)]
        if "sapi" in counts:
            headers.append(("x-sapi-used-ip-weight-1m", str(ctx.used("sapi"))))
        if ctx.route.operation == "create_order" and response.status == 200:
            headers += [
                ("x-mbx-order-count-10s", str(ctx.used("orders-10s"))),
                ("x-mbx-order-count-1d", str(ctx.used("orders-1d"))),
            ]
        response.headers = headers


def _span(window_ms: int) -> str:
    minutes = window_ms // MINUTE
    return f"{minutes} MINUTE" if minutes else f"{window_ms // 1000} SECOND"


def _open(path: str, handler: Handler, operation: str, weight: Weight) -> Route:
    return Route(
        "GET", "/api/v3/" + path, handler, operation,
        counts=("weight", "raw"), weight={"weight": weight, "raw": 1},
    )  # fmt: skip


def _signed(method: str, path: str, handler: Handler, operation: str, weight: Weight) -> Route:
    return Route(
        method, "/api/v3/" + path, handler, operation, signed=True,
        counts=("weight", "raw"), weight={"weight": weight, "raw": 1},
    )  # fmt: skip


def _sapi(method: str, path: str, handler: Handler, operation: str, weight: int = 1) -> Route:
    return Route(
        method, "/sapi/" + path, handler, operation, signed=path != "v1/system/status",
        counts=("sapi",), weight=weight,
    )  # fmt: skip


def _public() -> list[Route]:
    return [
        _open("ping", market_data.ping, "ping", 1),
        _open("time", market_data.server_time, "fetch_time", 1),
        _open("exchangeInfo", market_data.exchange_info, "fetch_markets", 20),
        _open("depth", market_data.depth, "fetch_order_book", market_data.depth_weight),
        _open("trades", market_data.recent_trades, "fetch_trades", 25),
        _open("historicalTrades", market_data.historical_trades, "fetch_old_trades", 25),
        _open("aggTrades", market_data.aggregate_trades, "fetch_aggregate_trades", 4),
        _open("klines", candles.klines, "fetch_ohlcv", 2),
        _open("uiKlines", candles.klines, "fetch_ui_ohlcv", 2),
        _open("avgPrice", tickers.average_price, "fetch_average_price", 2),
        _open("ticker/24hr", tickers.day_ticker, "fetch_tickers", tickers.day_weight),
        _open(
            "ticker/tradingDay", tickers.trading_day_ticker, "fetch_trading_day_ticker",
            tickers.window_weight,
        ),
        _open("ticker", tickers.window_ticker, "fetch_window_ticker", tickers.window_weight),
        _open("ticker/price", tickers.price_ticker, "fetch_prices", tickers.price_weight),
        _open("ticker/bookTicker", tickers.book_ticker, "fetch_book_tickers", tickers.price_weight),
    ]  # fmt: skip


def _private() -> list[Route]:
    return [
        _signed("POST", "order", trading.create, "create_order", 1),
        _signed("POST", "order/test", trading.test, "test_order", trading.test_weight),
        _signed("POST", "order/cancelReplace", trading.replace, "replace_order", 1),
        _signed("DELETE", "order", trading.cancel, "cancel_order", 1),
        _signed("DELETE", "openOrders", trading.cancel_all, "cancel_all_orders", 1),
        _signed("GET", "order", history.order, "fetch_order", 4),
        _signed(
            "GET", "openOrders", history.open_orders, "fetch_open_orders",
            history.open_orders_weight,
        ),
        _signed("GET", "allOrders", history.all_orders, "fetch_orders", 20),
        _signed("GET", "myTrades", history.my_trades, "fetch_my_trades", history.trades_weight),
        _signed("GET", "account", account.account, "fetch_balance", 20),
        _signed("GET", "account/commission", account.commission, "fetch_trading_fee", 20),
        _signed("GET", "rateLimit/order", account.order_count, "fetch_order_count", 40),
        _signed("GET", "myFilters", account.my_filters, "fetch_my_filters", 40),
    ]  # fmt: skip


def _wallet() -> list[Route]:
    return [
        _sapi("GET", "v1/system/status", wallet.system_status, "fetch_status"),
        _sapi("GET", "v1/account/apiRestrictions", wallet.api_restrictions, "fetch_api_key"),
        _sapi("GET", "v1/account/status", wallet.account_status, "fetch_account_status"),
        _sapi("GET", "v1/asset/tradeFee", wallet.trade_fee, "fetch_trading_fees"),
        _sapi("POST", "v3/asset/getUserAsset", wallet.user_assets, "fetch_user_assets", 5),
        _sapi("GET", "v1/capital/config/getall", wallet.coins, "fetch_currencies", 10),
        _sapi("GET", "v1/margin/allPairs", wallet.no_pairs, "fetch_margin_pairs"),
        _sapi("GET", "v1/margin/isolated/allPairs", wallet.no_pairs, "fetch_isolated_pairs"),
    ]


def _elsewhere() -> list[Route]:
    """Hosts of Binance's other products, which general clients ask when they start."""
    paths = ("/fapi/v1/exchangeInfo", "/dapi/v1/exchangeInfo", "/eapi/v1/exchangeInfo")
    return [Route("GET", path, wallet.no_contracts, "fetch_contracts") for path in paths]
