"""Bybit v5, category spot, unified accounts: https://bybit-exchange.github.io/docs/v5/intro

Reads like that page: each operation names its page, and its limit is the one of
https://bybit-exchange.github.io/docs/v5/rate-limit, a second and account. A reply is ``{"retCode",
"retMsg", "result", "retExtInfo", "time"}``, under HTTP 200 whatever it says. Create and cancel are
acknowledgements and asynchronous: an order that is not found right after them may exist.
"""

import re
from collections.abc import Callable
from datetime import datetime
from functools import partial
from types import MappingProxyType
from typing import Any, TypeVar

from exchangekit import adapter as kit
from exchangekit import models
from exchangekit.adapter import Call, Cost, Page, Reply, Request, Window, parse
from exchangekit.models import Market, Markets, MyTrade, Order
from exchangekit_bybit import rows
from exchangekit_bybit.errors import ERRORS

M = TypeVar("M", bound=kit.Listed)
Name = str | None
Fees = dict[str, models.TradingFee]

_ADDRESS = Cost("requests", 1, 600, 5)
_private = kit.Endpoints("/v5/", seconds=1, signed=True, beside=(_ADDRESS,))
_CURSOR = kit.told_at("result", "nextPageCursor", encoded=True)


class BybitAdapter(kit.Adapter):
    venue = "bybit"
    title = "Bybit"
    docs = "https://bybit-exchange.github.io/docs/v5/intro"
    environments = kit.environments(rows.HOSTS)
    signer = kit.DeclaredPrehash(  # https://bybit-exchange.github.io/docs/v5/guide
        template="{timestamp}{key}{window}{query}{body}",
        headers={
            "X-BAPI-API-KEY": "{key}",
            "X-BAPI-SIGN": "{signature}",
            "X-BAPI-TIMESTAMP": "{timestamp}",
            "X-BAPI-RECV-WINDOW": "{window}",
        },
        encoding="hex",
        behind_ms=5000,
        ahead_ms=1000,
        kinds=("hmac", "rsa"),
    )
    errors = ERRORS
    envelope = kit.Envelope("retCode", "retMsg")
    json_bodies = True
    remaining_headers = kit.Remaining("x-bapi-limit-status", "x-bapi-limit-reset-timestamp")
    capabilities = kit.Capabilities(
        limit_orders=frozenset({kit.LIMIT_GTC, kit.LIMIT_POST_ONLY, kit.LIMIT_IOC, kit.LIMIT_FOK}),
        client_order_id=re.compile(r"[A-Za-z0-9_-]{1,36}"),
        timeframes=MappingProxyType(rows.TIMEFRAMES),
        candles_per_call=1000,
        book_depths=tuple(range(1, 1001)),
        trades_per_call=60,
        orders_per_call=50,
        cancels_per_call=10,
        # https://bybit-exchange.github.io/docs/v5/demo
        not_in=MappingProxyType({"demo": frozenset({"cancel_orders"})}),
        # The window is checked on arrival; that an order is looked at once more is not said, and
        # it is placed after the answer: https://bybit-exchange.github.io/docs/v5/guide
        fence=kit.Fence("gateway"),
    )

    def fetch_time(self) -> Call[datetime]:
        """https://bybit-exchange.github.io/docs/v5/market/time"""
        request = _public("market/time")
        return Call(request, lambda reply: kit.utc(kit.decode_at(int, reply, "time")))

    def fetch_status(self) -> Call[models.Status]:
        """https://bybit-exchange.github.io/docs/v5/system-status"""
        return Call(_public("system/status"), parse.events(rows.Event, rows.UNDER_WAY, *rows.LIST))

    def fetch_markets(self) -> Call[Markets]:
        """https://bybit-exchange.github.io/docs/v5/market/instrument"""
        read = kit.listing(rows.Instrument, parse.market, "symbol", *rows.LIST)
        return Call(_public("market/instruments-info", category="spot"), read)

    def fetch_ticker(self, market: Market) -> Call[models.Ticker]:
        """https://bybit-exchange.github.io/docs/v5/market/tickers"""
        request = _public("market/tickers", category="spot", symbol=market.id)
        return Call(request, kit.parse_row(rows.Ticker, parse.ticker, market, *rows.FIRST))

    def fetch_tickers(self, markets: Markets) -> Call[dict[str, models.Ticker]]:
        """https://bybit-exchange.github.io/docs/v5/market/tickers"""
        read = kit.by_symbol(rows.Ticker, parse.ticker, markets, *rows.LIST)
        return Call(_public("market/tickers", category="spot"), read)

    def fetch_order_book(self, market: Market, depth: int) -> Call[models.OrderBook]:
        """https://bybit-exchange.github.io/docs/v5/market/orderbook"""
        request = _public("market/orderbook", category="spot", symbol=market.id, limit=depth)
        return Call(request, kit.parse_row(rows.Book, parse.book, market, "result"))

    def fetch_trades(self, market: Market, limit: int) -> Call[tuple[models.Trade, ...]]:
        """https://bybit-exchange.github.io/docs/v5/market/recent-trade"""
        request = _public("market/recent-trade", category="spot", symbol=market.id, limit=limit)
        return Call(request, kit.parse_newest_first(rows.Trade, rows.trade, market, *rows.LIST))

    def fetch_ohlcv(
        self, market: Market, timeframe: str, window: Window | None, limit: int
    ) -> Call[tuple[models.Candle, ...]]:
        """https://bybit-exchange.github.io/docs/v5/market/kline"""
        bars = {"symbol": market.id, "interval": rows.TIMEFRAMES[timeframe], "limit": limit}
        span = {"start": window and window.first, "end": window and window.last}
        request = _public("market/kline", category="spot", **bars, **span)
        return Call(request, kit.parse_row(rows.Chart, parse.chart, market, "result"))

    def fetch_balance(self) -> Call[models.Balances]:
        """https://bybit-exchange.github.io/docs/v5/account/wallet-balance"""
        request = _private("GET account/wallet-balance", 50, accountType="UNIFIED")
        return Call(request, parse.account(rows.Account, *rows.FIRST))

    def fetch_trading_fees(self, markets: Markets, market: Market | None) -> Call[Fees]:
        """https://bybit-exchange.github.io/docs/v5/account/fee-rate"""
        request = _private("GET account/fee-rate", 5, category="spot", symbol=market and market.id)
        return Call(request, parse.trading_fees(rows.Rates, markets, *rows.LIST))

    def fetch_api_key(self) -> Call[models.ApiKeyInfo]:
        """https://bybit-exchange.github.io/docs/v5/user/apikey-info"""
        return Call(_private("GET user/query-api", 10), parse.api_key(rows.Key, "result"))

    def create_order(self, market: Market, order: models.OrderRequest) -> Call[Order]:
        """https://bybit-exchange.github.io/docs/v5/order/create-order"""
        request = _post("order/create", **rows.order_params(market, order))
        read = partial(rows.order, asked=order)
        return Call(request, kit.parse_row(rows.Acknowledged, read, market, "result"))

    def cancel_order(self, market: Market, id: Name, client_order_id: Name) -> Call[Order]:
        """https://bybit-exchange.github.io/docs/v5/order/cancel-order"""
        request = _post("order/cancel", symbol=market.id, orderId=id, orderLinkId=client_order_id)
        return Call(request, kit.parse_row(rows.Acknowledged, rows.order, market, "result"))

    def cancel_orders(self, market: Market, ids: tuple[str, ...]) -> Call[models.CancelReport]:
        """https://bybit-exchange.github.io/docs/v5/order/batch-cancel: cancel-all does not say of
        which market the orders were that it canceled"""
        orders = [{"symbol": market.id, "orderId": name} for name in ids]
        request = _post("order/cancel-batch", len(ids), many=True, request=orders)
        told = rows.Canceled, rows.order, market, ids, rows.VERDICTS
        return Call(request, kit.parse_each_canceled(*told, *rows.LIST))

    def fetch_order(self, market: Market, id: Name, client_order_id: Name) -> Call[Order]:
        """https://bybit-exchange.github.io/docs/v5/order/open-order knows the last 500 that ended,
        until its servers restart; https://bybit-exchange.github.io/docs/v5/order/order-list the
        others: a day long those without a fill."""
        names: dict[str, Any] = {"symbol": market.id, "orderId": id, "orderLinkId": client_order_id}
        read = kit.parse_first(rows.Order, rows.order, market, *rows.LIST)
        history = Call(_private("GET order/history", 50, category="spot", **names), read)
        now = _private("GET order/realtime", 50, category="spot", **names)
        return Call(now, read, otherwise=history)

    def fetch_open_orders(self, asked: kit.Listing) -> Call[Page[Order]]:
        """https://bybit-exchange.github.io/docs/v5/order/open-order"""
        return _pages("order/realtime", _orders(asked), asked, 50)

    def fetch_closed_orders(self, asked: kit.Listing) -> Call[Page[Order]]:
        """https://bybit-exchange.github.io/docs/v5/order/order-list: without a window, of a week"""
        return kit.closed(_pages("order/history", _orders(asked), asked, 50))

    def fetch_my_trades(self, asked: kit.Listing) -> Call[Page[MyTrade]]:
        """https://bybit-exchange.github.io/docs/v5/order/execution: without a window, of a week"""
        return _pages("execution/list", _fills(asked), asked, 100, execType="Trade")

    def fetch_order_trades(self, id: str, asked: kit.Listing) -> Call[Page[MyTrade]]:
        """https://bybit-exchange.github.io/docs/v5/order/execution"""
        return _pages("execution/list", _fills(asked), asked, 100, orderId=id)


def _public(path: str, **query: Any) -> Request:
    return kit.build_request(f"GET /v5/{path}", _ADDRESS, **query)


def _post(path: str, weight: int = 1, *, many: bool = False, **told: Any) -> Request:
    marks: dict[str, Any] = {"many": many, "has_deadline": path == "order/create"}
    return _private(f"POST {path}", 20, weight=weight, json={"category": "spot"} | told, **marks)


def _orders(asked: kit.Listing) -> Callable[[Reply], tuple[Order, ...]]:
    return kit.parse_rows(rows.Order, rows.order, asked.where, *rows.LIST)


def _fills(asked: kit.Listing) -> Callable[[Reply], tuple[MyTrade, ...]]:
    return kit.parse_rows(rows.Fill, rows.fill, asked.where, *rows.LIST)


def _pages(
    path: str, read: Callable[[Reply], tuple[M, ...]], asked: kit.Listing, most: int, **query: str
) -> Call[Page[M]]:
    def request(ask: kit.Ask) -> Request:
        page: dict[str, Any] = {"startTime": ask.first, "endTime": ask.last, "limit": ask.limit}
        names: dict[str, Any] = {"category": "spot", "symbol": asked.market_id, **query}
        return _private(f"GET {path}", 50, **names, **page, cursor=ask.cursor)

    # No span may be longer than seven days.
    return kit.by_cursor(request, read, asked, _CURSOR, most=most, longest=7 * 86_400_000)
