"""MEXC as a table: every endpoint with its weight, the limits, and how its servers fail.

Every endpoint has a limit of its own, per address where no key is needed and per account where one
is; no header tells how much is used.

Source: https://www.mexc.com/api-docs/spot-v3/general-info
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
    Weight,
)
from exchangekit_mexc.sim import (
    account,
    candles,
    history,
    market_data,
    records,
    security,
    tickers,
    trading,
    wallet,
)
from exchangekit_mexc.sim.answers import ANNOUNCEMENT, MAINTENANCE, envelope
from exchangekit_mexc.sim.instruments import MAKER, TAKER, instruments
from exchangekit_mexc.sim.tickers import one_or_all

WINDOW_MS: Final = 10_000
BAN_MS: Final = 120_000
GATEWAY: Final = (
    b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n"
    b"<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx</center>\r\n"
    b"</body>\r\n</html>\r\n"
)


class MexcDialect(Dialect):
    """MEXC spot. Subclass it for other `limits`, or with `strict_order` for sorted queries only."""

    venue: ClassVar[str] = "mexc"
    strict_order: ClassVar[bool] = False
    # Both sides pay in quote, and a buy needs its fee on top of its cost: who owned 100.00551067
    # USDT was refused a limit buy of 100 USDC at 1, where makers pay nothing
    # (https://github.com/ccxt/ccxt/issues/22488). How much is locked is not documented: that it is
    # the higher of the two rates is inference.
    rules: ClassVar[VenueRules] = VenueRules(
        fees=Fees(maker=MAKER, taker=TAKER),
        fee_currency="quote",
        fee_asset="MX",
        fee_asset_discount=Decimal("0.8"),
        fee_digits=12,
        self_trade="none",
        client_ids="open",
        post_only="cancel",
    )
    limits: ClassVar[tuple[LimitRule, ...]] = (
        LimitRule("ip", 500, WINDOW_MS, "ip", per_endpoint=True, ban_after=50, ban_ms=BAN_MS),
        LimitRule("uid", 500, WINDOW_MS, "account", per_endpoint=True),
    )

    def instruments(self) -> Sequence[Instrument]:
        return instruments()

    def routes(self) -> Sequence[Route]:
        return [*_public(), *_private(), *_elsewhere()]

    def authenticate(self, ctx: Context) -> ApiKey:
        return security.authenticate(ctx, strict_order=self.strict_order)

    def rejected(self, ctx: Context, rejection: Rejection) -> Response:
        return trading.rejected(rejection, sells=False)

    def limited(self, ctx: Context, breach: Breach) -> Response:
        refused = envelope(429, status=418 if breach.banned else 429)
        refused.headers = [("Retry-After", str(-(-breach.retry_after_ms // 1000)))]
        return refused

    def trouble(self, ctx: Context | None, kind: Trouble, status: int) -> Response:
        if kind == "maintenance":
            return Response(
                {"code": 500, "message": MAINTENANCE, "announcement": ANNOUNCEMENT}, status
            )
        if kind in ("limited", "banned"):
            return envelope(429, status=status)
        if status in (503, 504):
            return envelope(status, status=status)
        if kind == "unavailable":
            return Response(GATEWAY, status, content_type="text/html")
        return envelope(500, status=status)

    def error(self, code: str, message: str | None, status: int | None) -> Response:
        return envelope(int(code), message, status)

    def unknown_path(self, request: RawRequest, allowed: Sequence[str]) -> Response:
        if allowed:
            return Response({"code": 405, "msg": "Method Not Allowed"}, 405)
        return Response({"code": 404, "msg": "Not Found"}, 404)

    def order_id(self, number: int, now: int) -> str:
        return records.order_id(number, now)


def _open(path: str, handler: Handler, operation: str, weight: Weight = 1) -> Route:
    return Route("GET", "/api/v3/" + path, handler, operation, counts=("ip",), weight=weight)


def _signed(method: str, path: str, handler: Handler, operation: str, weight: Weight = 1) -> Route:
    return Route(
        method, "/api/v3/" + path, handler, operation, signed=True, counts=("uid",), weight=weight
    )


def _public() -> list[Route]:
    return [
        _open("ping", market_data.ping, "ping"),
        _open("time", market_data.server_time, "fetch_time"),
        _open("defaultSymbols", market_data.default_symbols, "fetch_default_symbols"),
        _open("symbol/offline", market_data.offline_symbols, "fetch_offline_symbols", 10),
        _open("exchangeInfo", market_data.exchange_info, "fetch_markets", 10),
        _open("depth", market_data.depth, "fetch_order_book"),
        _open("trades", market_data.recent_trades, "fetch_trades", 5),
        _open("historicalTrades", market_data.recent_trades, "fetch_old_trades"),
        _open("aggTrades", market_data.aggregate_trades, "fetch_aggregate_trades"),
        _open("klines", candles.klines, "fetch_ohlcv"),
        _open("avgPrice", tickers.average_price, "fetch_average_price"),
        _open("ticker/24hr", tickers.day_ticker, "fetch_tickers", one_or_all(1, 40)),
        _open("ticker/price", tickers.price_ticker, "fetch_prices", one_or_all(1, 2)),
        _open("ticker/bookTicker", tickers.book_ticker, "fetch_book_tickers"),
    ]


def _private() -> list[Route]:
    return [
        _signed("POST", "order", trading.create, "create_order"),
        _signed("POST", "order/test", trading.test, "test_order"),
        _signed("POST", "batchOrders", trading.create_batch, "create_orders"),
        _signed("DELETE", "order", trading.cancel, "cancel_order"),
        _signed("DELETE", "openOrders", trading.cancel_all, "cancel_all_orders"),
        _signed("GET", "order", history.order, "fetch_order", 2),
        _signed("GET", "openOrders", history.open_orders, "fetch_open_orders", 3),
        _signed("GET", "allOrders", history.all_orders, "fetch_orders", 10),
        _signed("GET", "myTrades", history.my_trades, "fetch_my_trades", 10),
        _signed("GET", "account", account.account, "fetch_balance", 10),
        _signed("GET", "tradeFee", account.trade_fee, "fetch_trading_fee", 20),
        _signed("GET", "mxDeduct/enable", account.mx_deduct, "fetch_mx_deduct"),
        _signed("POST", "mxDeduct/enable", account.set_mx_deduct, "set_mx_deduct"),
        _signed("GET", "selfSymbols", account.self_symbols, "fetch_self_symbols"),
        _signed("GET", "kyc/status", account.kyc_status, "fetch_kyc_status"),
        _signed("GET", "capital/config/getall", wallet.coins, "fetch_currencies", 10),
    ]


def _elsewhere() -> list[Route]:
    """The futures venue at the same address, which general clients ask when they start."""
    return [Route("GET", "/api/v1/contract/detail", wallet.no_contracts, "fetch_contracts")]
