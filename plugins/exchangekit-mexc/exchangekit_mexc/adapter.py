"""MEXC spot v3, endpoint by endpoint: https://mexcdevelop.github.io/apidocs/spot_v3_en/

Everything goes into the query, nothing into a body. An order's time in force is in its ``type``; a
new order's reply tells neither status nor fills. Histories page by time only, in whole seconds.
"""

import re
from datetime import datetime
from functools import cache, partial
from types import MappingProxyType
from typing import Any

from exchangekit import adapter as kit
from exchangekit import models
from exchangekit.adapter import Call, Page, Reply, Request, Window, parse
from exchangekit.models import Market, Markets, MyTrade, Order, OrderRequest
from exchangekit_mexc import rows
from exchangekit_mexc.errors import ERRORS

Name = str | None
Fees = dict[str, models.TradingFee]

_MONTH = 30 * 24 * 3600 * 1000
_by_second = partial(kit.by_time, time_resolution=1000)


@cache
def _costs(endpoint: str, weight: int, signed: bool) -> tuple[kit.Cost, ...]:
    """https://mexcdevelop.github.io/apidocs/spot_v3_en/#limits: 500 in 10 s for each endpoint."""
    costs = [kit.Cost(f"ip {endpoint}", weight, 500, 10.0)]
    if signed:
        costs.append(kit.Cost(f"uid {endpoint}", weight, 500, 10.0, kit.LimitScope.ACCOUNT))
    if endpoint == "GET /api/v3/account":
        costs.append(kit.Cost("uid account per second", 1, 2, 1.0, kit.LimitScope.ACCOUNT))
    return tuple(costs)


def _ask(endpoint: str, weight: int, *, signed: bool, **values: Any) -> Request:
    return kit.build_request(endpoint, *_costs(endpoint, weight, signed), signed=signed, **values)


_public = partial(_ask, signed=False)
_signed = partial(_ask, signed=True)


def _history(endpoint: str, market: Market, ask: kit.Ask, **values: Any) -> Request:
    values |= {"startTime": ask.first, "endTime": ask.last, "limit": ask.limit}
    return _signed(endpoint, 10, symbol=market.id, **values)


class MexcAdapter(kit.Adapter):
    venue = "mexc"
    title = "MEXC"
    docs = "https://mexcdevelop.github.io/apidocs/spot_v3_en/"
    environments = kit.environments(
        live="https://api.mexc.com",
        # Requests without this header are refused (700013), although nothing has a body.
        headers={"Content-Type": "application/json"},
    )
    signer = kit.SortedQueryHmac("X-MEXC-APIKEY")
    errors = ERRORS
    key_shape = kit.Shape(re.compile(r"mx0\w{6,}"), 'starts with "mx0", letters and digits only')
    capabilities = kit.Capabilities(
        limit_orders=frozenset({kit.LIMIT_GTC, kit.LIMIT_POST_ONLY, kit.LIMIT_IOC, kit.LIMIT_FOK}),
        client_order_id=re.compile(r"[A-Za-z0-9_-]{1,32}"),
        timeframes=MappingProxyType(rows.TIMEFRAMES),
        candles_per_call=500,  # the documentation says 1000, ccxt found 500
        book_depths=(5, 10, 20, 50, 100, 200, 500, 1000, 5000),
        trades_per_call=1000,
        my_trades_per_call=100,
        orders_per_call=1000,
        needs_symbol=frozenset({"fetch_open_orders", "fetch_closed_orders", "fetch_my_trades"}),
        fees_per_symbol=True,
        # Checked on arrival; nothing is said of a second look before matching:
        # https://mexcdevelop.github.io/apidocs/spot_v3_en/#signed
        fence=kit.Fence("gateway"),
    )

    def error_in(self, reply: Reply, request: Request) -> kit.VenueCode | None:
        """A code is no error by itself: some endpoints wrap successes in code 0 or 200. Only
        maintenance says ``message``; a gateway's own JSON says so too, with its status as code."""
        said = kit.peek(rows.Envelope, reply) if b'"code"' in reply.body else None
        if said is None or said.code is None:
            return None
        code, words = str(said.code), said.msg
        if code in ("0", "200") and reply.status < 400:
            return None
        if words is None and said.message is not None:
            if reply.status < 500 and code == str(reply.status):
                return None
            words = said.message
        if words is None and isinstance(said.data, str):
            words = said.data  # https://github.com/ccxt/ccxt/issues/14322
        return kit.VenueCode(code, str(words or ""))

    def fetch_time(self) -> Call[datetime]:
        """https://mexcdevelop.github.io/apidocs/spot_v3_en/#check-server-time"""
        return Call(_public("GET /api/v3/time", 1), parse.moment("serverTime"))

    def fetch_status(self) -> Call[models.Status]:
        """https://mexcdevelop.github.io/apidocs/spot_v3_en/#test-connectivity"""
        return Call(_public("GET /api/v3/ping", 1), rows.alive)

    def fetch_markets(self) -> Call[Markets]:
        """https://mexcdevelop.github.io/apidocs/spot_v3_en/#exchange-information"""
        return Call(_public("GET /api/v3/exchangeInfo", 10), rows.markets)

    def fetch_ticker(self, market: Market) -> Call[models.Ticker]:
        """https://mexcdevelop.github.io/apidocs/spot_v3_en/#24hr-ticker-price-change-statistics"""
        request = _public("GET /api/v3/ticker/24hr", 1, symbol=market.id)
        return Call(request, kit.parse_row(rows.Ticker, parse.ticker, market))

    def fetch_tickers(self, markets: Markets) -> Call[dict[str, models.Ticker]]:
        """https://mexcdevelop.github.io/apidocs/spot_v3_en/#24hr-ticker-price-change-statistics"""
        request = _public("GET /api/v3/ticker/24hr", 40)
        return Call(request, parse.by_symbol(rows.Ticker, parse.ticker, markets))

    def fetch_order_book(self, market: Market, depth: int) -> Call[models.OrderBook]:
        """https://mexcdevelop.github.io/apidocs/spot_v3_en/#order-book"""
        request = _public("GET /api/v3/depth", 1, symbol=market.id, limit=depth)
        return Call(request, kit.parse_row(rows.Book, parse.book, market))

    def fetch_trades(self, market: Market, limit: int) -> Call[tuple[models.Trade, ...]]:
        """https://mexcdevelop.github.io/apidocs/spot_v3_en/#recent-trades-list, newest first"""
        request = _public("GET /api/v3/trades", 5, symbol=market.id, limit=limit)
        return Call(request, kit.parse_newest_first(rows.Trade, parse.trade, market))

    def fetch_ohlcv(
        self, market: Market, timeframe: str, window: Window | None, limit: int
    ) -> Call[tuple[models.Candle, ...]]:
        """https://mexcdevelop.github.io/apidocs/spot_v3_en/#kline-candlestick-data"""
        asked: dict[str, Any] = {"symbol": market.id, "interval": rows.TIMEFRAMES[timeframe]}
        asked |= {"startTime": window and window.first, "endTime": window and window.last}
        request = _public("GET /api/v3/klines", 1, **asked, limit=limit)
        return Call(request, parse.candles)

    def fetch_balance(self) -> Call[models.Balances]:
        """https://mexcdevelop.github.io/apidocs/spot_v3_en/#account-information"""
        return Call(_signed("GET /api/v3/account", 10), parse.account(rows.Account))

    def fetch_api_key(self) -> Call[models.ApiKeyInfo]:
        """https://mexcdevelop.github.io/apidocs/spot_v3_en/#account-information"""
        return Call(_signed("GET /api/v3/account", 10), parse.api_key(rows.Key))

    def fetch_trading_fees(self, markets: Markets, market: Market | None) -> Call[Fees]:
        """https://mexcdevelop.github.io/apidocs/spot_v3_en/#query-symbol-commission"""
        assert market is not None, "fees_per_symbol"
        request = _signed("GET /api/v3/tradeFee", 20, symbol=market.id)
        return Call(request, parse.trading_fees(rows.Rates, market, "data"))

    def create_order(self, market: Market, order: OrderRequest) -> Call[Order]:
        """https://mexcdevelop.github.io/apidocs/spot_v3_en/#new-order"""
        asked = rows.order_params(market, order)
        request = _signed("POST /api/v3/order", 1, changes=True, has_deadline=True, **asked)
        read = partial(rows.order, asked=order)
        return Call(request, kit.parse_row(rows.NewOrder, read, market))

    def test_order(self, market: Market, order: OrderRequest) -> Call[None]:
        """https://mexcdevelop.github.io/apidocs/spot_v3_en/#test-new-order"""
        request = _signed("POST /api/v3/order/test", 1, **rows.order_params(market, order))
        return Call(request, parse.nothing)

    def cancel_order(self, market: Market, id: Name, client_order_id: Name) -> Call[Order]:
        """https://mexcdevelop.github.io/apidocs/spot_v3_en/#cancel-order"""
        which: dict[str, Any] = {"orderId": id, "origClientOrderId": client_order_id}
        request = _signed("DELETE /api/v3/order", 1, changes=True, symbol=market.id, **which)
        return Call(request, kit.parse_row(rows.CanceledOrder, rows.order, market))

    def cancel_all_orders(self, market: Market) -> Call[models.CancelReport]:
        """https://mexcdevelop.github.io/apidocs/spot_v3_en/#cancel-all-open-orders-on-a-symbol"""
        request = _signed("DELETE /api/v3/openOrders", 1, changes=True, symbol=market.id)
        return Call(request, kit.parse_canceled(rows.CanceledOrder, rows.order, market))

    def fetch_order(self, market: Market, id: Name, client_order_id: Name) -> Call[Order]:
        """https://mexcdevelop.github.io/apidocs/spot_v3_en/#query-order"""
        which: dict[str, Any] = {"orderId": id, "origClientOrderId": client_order_id}
        request = _signed("GET /api/v3/order", 2, symbol=market.id, **which)
        return Call(request, kit.parse_row(rows.Order, rows.order, market))

    def fetch_open_orders(self, asked: kit.Listing) -> Call[Page[Order]]:
        """https://mexcdevelop.github.io/apidocs/spot_v3_en/#current-open-orders, 500 at most"""
        request = _signed("GET /api/v3/openOrders", 3, symbol=asked.one.id)
        return Call(request, kit.parse_page(rows.Order, rows.order, asked.one))

    def fetch_closed_orders(self, asked: kit.Listing) -> Call[Page[Order]]:
        """https://mexcdevelop.github.io/apidocs/spot_v3_en/#all-orders, a week back at most"""
        ask = partial(_history, "GET /api/v3/allOrders", asked.one)
        read = kit.parse_rows(rows.Order, rows.order, asked.one)
        return kit.closed(_by_second(ask, read, asked, most=1000))

    def fetch_my_trades(self, asked: kit.Listing) -> Call[Page[MyTrade]]:
        """https://mexcdevelop.github.io/apidocs/spot_v3_en/#account-trade-list, a month back"""
        ask = partial(_history, "GET /api/v3/myTrades", asked.one)
        read = kit.parse_rows(rows.Fill, parse.fill, asked.one)
        return _by_second(ask, read, asked, most=100)

    def fetch_order_trades(self, id: str, asked: kit.Listing) -> Call[Page[MyTrade]]:
        """https://mexcdevelop.github.io/apidocs/spot_v3_en/#account-trade-list"""
        ask = partial(_history, "GET /api/v3/myTrades", asked.one, orderId=id)
        read = kit.parse_rows(rows.Fill, parse.fill, asked.one)
        return _by_second(ask, read, asked, most=100, reach=_MONTH)

    def raw_costs(self, request: Request) -> tuple[kit.Cost, ...]:
        """Weight 1 at least, against the endpoint's own limit."""
        return _costs(f"{request.method} {request.path}", 1, request.signed)
