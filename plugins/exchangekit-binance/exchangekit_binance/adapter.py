"""Binance spot v3, endpoint by endpoint:
https://developers.binance.com/docs/binance-spot-api-docs/rest-api

Everything goes into the query. Post-only is the order type LIMIT_MAKER. A new order is answered
with its fills. Histories take 24 hours at a time and lead on by ids, which grow with time.
"""

import re
from datetime import datetime, timedelta
from functools import cache, partial
from types import MappingProxyType
from typing import Any

from exchangekit import adapter as kit
from exchangekit import models
from exchangekit.adapter import Call, Page, Request, Window, parse
from exchangekit.models import Market, Markets, MyTrade, Order, OrderRequest
from exchangekit_binance import rows
from exchangekit_binance.errors import ERRORS

Name = str | None
Fees = dict[str, models.TradingFee]

_NO_WALLET = frozenset({"fetch_status", "fetch_api_key"})
_DAY = 24 * 3600 * 1000
_ORDERS = (
    kit.Cost("orders 10s", 1, 100, 10.0, kit.LimitScope.ACCOUNT),
    kit.Cost("orders 1d", 1, 200_000, 86_400.0, kit.LimitScope.ACCOUNT),
)
"""Unfilled orders of the account, as exchangeInfo lists them; the replies' headers correct them."""


@cache
def _costs(endpoint: str, weight: int) -> tuple[kit.Cost, ...]:
    """https://developers.binance.com/docs/binance-spot-api-docs/rest-api/limits: 6,000 a minute.

    Wallet endpoints have 12,000 a minute each: https://developers.binance.com/docs/wallet. The
    limit of 61,000 raw requests in 5 minutes is never reached first.
    """
    if "/sapi/" in endpoint:
        return (kit.Cost(f"ip {endpoint}", weight, 12_000, 60.0),)
    orders = _ORDERS if endpoint == "POST /api/v3/order" else ()
    return (kit.Cost("weight", weight, 6_000, 60.0), *orders)


def _ask(endpoint: str, weight: int, **values: Any) -> Request:
    return kit.build_request(endpoint, *_costs(endpoint, weight), **values)


_signed = partial(_ask, signed=True)


def _one(verb: str, weight: int, market: Market, id: Name, name: Name, **more: bool) -> Request:
    which: dict[str, Any] = {"symbol": market.id, "orderId": id, "origClientOrderId": name}
    return _signed(f"{verb} /api/v3/order", weight, **which, **more)


def _history(path: str, weight: int, by: str, market: Market, ask: kit.Ask, **more: Any) -> Request:
    asked = {by: ask.from_id, "startTime": ask.first, "endTime": ask.last, "limit": ask.limit}
    return _signed(f"GET /api/v3/{path}", weight, symbol=market.id, **asked, **more)


class BinanceAdapter(kit.Adapter):
    venue = "binance"
    title = "Binance"
    docs = "https://developers.binance.com/docs/binance-spot-api-docs/rest-api"
    environments = kit.environments(
        live="https://api.binance.com",
        testnet="https://testnet.binance.vision",
        demo="https://demo-api.binance.com",
    )
    signer = kit.SortedQueryHmac("X-MBX-APIKEY", kinds=("hmac", "ed25519", "rsa"))
    errors = ERRORS
    envelope = kit.Envelope("code", "msg", success="0 200")
    key_shape = kit.Shape(re.compile(r"[A-Za-z0-9]{64}"), "64 letters and digits")
    used_weight_headers = MappingProxyType(
        {
            "x-mbx-used-weight-1m": "weight",
            "x-mbx-order-count-10s": "orders 10s",
            "x-mbx-order-count-1d": "orders 1d",
        }
    )
    capabilities = kit.Capabilities(
        limit_orders=frozenset({kit.LIMIT_GTC, kit.LIMIT_POST_ONLY, kit.LIMIT_IOC, kit.LIMIT_FOK}),
        client_order_id=re.compile(r"[A-Za-z0-9_-]{1,36}"),
        timeframes=MappingProxyType(rows.TIMEFRAMES),
        candles_per_call=1000,
        book_depths=(5, 10, 20, 50, 100, 500, 1000, 5000),
        trades_per_call=1000,
        my_trades_per_call=1000,
        orders_per_call=1000,
        needs_symbol=frozenset({"fetch_closed_orders", "fetch_my_trades"}),
        fees_per_symbol=True,
        # The window is checked again before an order goes to the matching engine:
        # https://developers.binance.com/docs/binance-spot-api-docs/rest-api/request-security
        fence=kit.Fence("rechecked", timedelta(seconds=1)),
        not_in=MappingProxyType({"testnet": _NO_WALLET, "demo": _NO_WALLET}),
    )

    def fetch_time(self) -> Call[datetime]:
        """https://developers.binance.com/docs/binance-spot-api-docs/rest-api/general-endpoints#check-server-time"""
        return Call(_ask("GET /api/v3/time", 1), parse.moment("serverTime"))

    def fetch_status(self) -> Call[models.Status]:
        """https://developers.binance.com/docs/wallet/others/system-status"""
        return Call(_ask("GET /sapi/v1/system/status", 1), parse.status(rows.System))

    def fetch_markets(self) -> Call[Markets]:
        """https://developers.binance.com/docs/binance-spot-api-docs/rest-api/general-endpoints#exchange-information"""
        request = _ask("GET /api/v3/exchangeInfo", 20, showPermissionSets=False)
        return Call(request, rows.markets)

    def fetch_ticker(self, market: Market) -> Call[models.Ticker]:
        """https://developers.binance.com/docs/binance-spot-api-docs/rest-api/market-data-endpoints#24hr-ticker-price-change-statistics"""
        request = _ask("GET /api/v3/ticker/24hr", 2, symbol=market.id)
        return Call(request, kit.parse_row(rows.Ticker, parse.ticker, market))

    def fetch_tickers(self, markets: Markets) -> Call[dict[str, models.Ticker]]:
        """https://developers.binance.com/docs/binance-spot-api-docs/rest-api/market-data-endpoints#24hr-ticker-price-change-statistics"""
        request = _ask("GET /api/v3/ticker/24hr", 80)
        return Call(request, parse.by_symbol(rows.Ticker, parse.ticker, markets))

    def fetch_order_book(self, market: Market, depth: int) -> Call[models.OrderBook]:
        """https://developers.binance.com/docs/binance-spot-api-docs/rest-api/market-data-endpoints#order-book"""
        weight = next(cost for most, cost in _BOOK_WEIGHTS if depth <= most)
        request = _ask("GET /api/v3/depth", weight, symbol=market.id, limit=depth)
        return Call(request, kit.parse_row(rows.Book, parse.book, market))

    def fetch_trades(self, market: Market, limit: int) -> Call[tuple[models.Trade, ...]]:
        """https://developers.binance.com/docs/binance-spot-api-docs/rest-api/market-data-endpoints#recent-trades-list"""
        request = _ask("GET /api/v3/trades", 25, symbol=market.id, limit=limit)
        return Call(request, kit.parse_rows(rows.Trade, parse.trade, market))

    def fetch_ohlcv(
        self, market: Market, timeframe: str, window: Window | None, limit: int
    ) -> Call[tuple[models.Candle, ...]]:
        """https://developers.binance.com/docs/binance-spot-api-docs/rest-api/market-data-endpoints#klinecandlestick-data"""
        asked: dict[str, Any] = {"symbol": market.id, "interval": rows.TIMEFRAMES[timeframe]}
        asked |= {"startTime": window and window.first, "endTime": window and window.last}
        request = _ask("GET /api/v3/klines", 2, **asked, limit=limit)
        return Call(request, parse.candles)

    def fetch_balance(self) -> Call[models.Balances]:
        """https://developers.binance.com/docs/binance-spot-api-docs/rest-api/account-endpoints#account-information-user_data"""
        request = _signed("GET /api/v3/account", 20, omitZeroBalances=True)
        return Call(request, parse.account(rows.Account))

    def fetch_api_key(self) -> Call[models.ApiKeyInfo]:
        """https://developers.binance.com/docs/wallet/account/api-key-permission"""
        return Call(_signed("GET /sapi/v1/account/apiRestrictions", 1), parse.api_key(rows.Key))

    def fetch_trading_fees(self, markets: Markets, market: Market | None) -> Call[Fees]:
        """https://developers.binance.com/docs/binance-spot-api-docs/rest-api/account-endpoints#query-commission-rates-user_data"""
        assert market is not None, "fees_per_symbol"
        request = _signed("GET /api/v3/account/commission", 20, symbol=market.id)
        return Call(request, parse.trading_fees(rows.Rates, market))

    def create_order(self, market: Market, order: OrderRequest) -> Call[Order]:
        """https://developers.binance.com/docs/binance-spot-api-docs/rest-api/trading-endpoints#new-order-trade"""
        asked = rows.order_params(market, order)
        request = _signed("POST /api/v3/order", 1, changes=True, has_deadline=True, **asked)
        read = partial(rows.order, asked=order)
        return Call(request, kit.parse_row(rows.NewOrder, read, market))

    def test_order(self, market: Market, order: OrderRequest) -> Call[None]:
        """https://developers.binance.com/docs/binance-spot-api-docs/rest-api/trading-endpoints#test-new-order-trade"""
        request = _signed("POST /api/v3/order/test", 1, **rows.order_params(market, order))
        return Call(request, parse.nothing)

    def cancel_order(self, market: Market, id: Name, client_order_id: Name) -> Call[Order]:
        """https://developers.binance.com/docs/binance-spot-api-docs/rest-api/trading-endpoints#cancel-order-trade"""
        request = _one("DELETE", 1, market, id, client_order_id, changes=True)
        return Call(request, kit.parse_row(rows.CanceledOrder, rows.order, market))

    def cancel_all_orders(self, market: Market) -> Call[models.CancelReport]:
        """https://developers.binance.com/docs/binance-spot-api-docs/rest-api/trading-endpoints#cancel-all-open-orders-on-a-symbol-trade"""
        request = _signed("DELETE /api/v3/openOrders", 1, changes=True, symbol=market.id)
        read = kit.parse_canceled(rows.CanceledOrder, rows.order, market, lists="orderReports")
        return Call(request, read)

    def fetch_order(self, market: Market, id: Name, client_order_id: Name) -> Call[Order]:
        """https://developers.binance.com/docs/binance-spot-api-docs/rest-api/account-endpoints#query-order-user_data"""
        request = _one("GET", 4, market, id, client_order_id)
        return Call(request, kit.parse_row(rows.Order, rows.order, market))

    def fetch_open_orders(self, asked: kit.Listing) -> Call[Page[Order]]:
        """https://developers.binance.com/docs/binance-spot-api-docs/rest-api/account-endpoints#current-open-orders-user_data"""
        symbol, weight = (None, 80) if asked.market is None else (asked.market.id, 6)
        request = _signed("GET /api/v3/openOrders", weight, symbol=symbol)
        return Call(request, kit.parse_page(rows.Order, rows.order, asked.where))

    def fetch_closed_orders(self, asked: kit.Listing) -> Call[Page[Order]]:
        """https://developers.binance.com/docs/binance-spot-api-docs/rest-api/account-endpoints#all-orders-user_data"""
        ask = partial(_history, "allOrders", 20, "orderId", asked.one)
        read = kit.parse_rows(rows.Order, rows.order, asked.one)
        return kit.closed(kit.by_id(ask, read, asked, most=1000, chunk=_DAY))

    def fetch_my_trades(self, asked: kit.Listing) -> Call[Page[MyTrade]]:
        """https://developers.binance.com/docs/binance-spot-api-docs/rest-api/account-endpoints#account-trade-list-user_data"""
        ask = partial(_history, "myTrades", 20, "fromId", asked.one)
        read = kit.parse_rows(rows.Fill, parse.fill, asked.one)
        return kit.by_id(ask, read, asked, most=1000, chunk=_DAY)

    def fetch_order_trades(self, id: str, asked: kit.Listing) -> Call[Page[MyTrade]]:
        """https://developers.binance.com/docs/binance-spot-api-docs/rest-api/account-endpoints#account-trade-list-user_data"""
        ask = partial(_history, "myTrades", 5, "fromId", asked.one, orderId=id)
        read = kit.parse_rows(rows.Fill, parse.fill, asked.one)
        return kit.by_id_whole(ask, read, asked, most=1000)

    def raw_costs(self, request: Request) -> tuple[kit.Cost, ...]:
        """Weight 1; the reply's header tells the true one."""
        return _costs(f"{request.method} {request.path}", 1)


_BOOK_WEIGHTS = ((100, 5), (500, 25), (1000, 50), (5000, 250))
