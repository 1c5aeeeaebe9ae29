"""Bitget's classic spot API (v2), endpoint by endpoint: https://www.bitget.com/api-doc/spot/intro

Accounts in unified mode have another API and are refused here by code 40085. A reply is
``{"code", "msg", "requestTime", "data"}``, under HTTP 400 or more where it is an error. A new
order's reply holds ids and no more. By its client order id an order is found while it is open and
not older than two hours, which proves nothing of those that ended: these are looked for in the
newest of the history.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from types import MappingProxyType
from typing import Any, TypeVar

from exchangekit import adapter as kit
from exchangekit import models
from exchangekit.adapter import Call, Cost, Page, Reply, Request, Window, parse
from exchangekit.models import Market, Markets, MyTrade, Order
from exchangekit_bitget import rows
from exchangekit_bitget.errors import ERRORS
from exchangekit_bitget.signing import SIGNER

M = TypeVar("M", Order, MyTrade)

# https://www.bitget.com/api-doc/common/intro: for an address, whatever it asks for
_TOTAL = Cost("total", 1, 6000, 60)
_LONGEST = 89 * 24 * 3600 * 1000  # lists take 90 days at most


def _public(path: str, per_second: int, **query: Any) -> Request:
    endpoint = f"GET /api/v2/{path}"
    return kit.build_request(endpoint, Cost(endpoint, 1, per_second, 1), _TOTAL, **query)


def _private(path: str, per_second: int, **query: Any) -> Request:
    endpoint = f"GET /api/v2/{path}"
    own = Cost(endpoint, 1, per_second, 1, kit.LimitScope.ACCOUNT)
    return kit.build_request(endpoint, own, _TOTAL, signed=True, **query)


def _post(path: str, per_second: int, told: Any, **marks: Any) -> Request:
    endpoint = f"POST /api/v2/spot/trade/{path}"
    own = Cost(endpoint, 1, per_second, 1, kit.LimitScope.ACCOUNT)
    return kit.build_request(endpoint, own, _TOTAL, signed=True, changes=True, json=told, **marks)


class BitgetAdapter(kit.Adapter):
    venue = "bitget"
    title = "Bitget"
    docs = "https://www.bitget.com/api-doc/spot/intro"
    environments = MappingProxyType(
        {
            "live": kit.Environment("https://api.bitget.com"),
            # https://www.bitget.com/api-doc/common/demotrading/restapi
            "demo": kit.Environment("https://api.bitget.com", (("paptrading", "1"),)),
        }
    )
    signer = SIGNER
    errors = ERRORS
    key_shape = kit.Shape(re.compile(r"bg_[0-9a-f]{32}"), '"bg_" and 32 hexadecimal digits')
    capabilities = kit.Capabilities(
        limit_orders=frozenset({kit.LIMIT_GTC, kit.LIMIT_POST_ONLY, kit.LIMIT_IOC, kit.LIMIT_FOK}),
        buy_with_amount=False,
        # Code 40305 allows 50 of any kind; these need no encoding in a query that is signed.
        client_order_id=re.compile(r"[A-Za-z0-9_-]{1,50}"),
        timeframes=MappingProxyType(rows.TIMEFRAMES),
        candles_per_call=200,
        book_depths=tuple(range(1, 151)),
        cancels_per_call=50,
        fees_per_symbol=True,
        # receiveWindow is checked on arrival; nothing is said of a second look before matching:
        # https://www.bitget.com/api-doc/spot/trade/Place-Order
        fence=kit.Fence("gateway"),
    )

    def error_in(self, reply: Reply, request: Request) -> kit.VenueCode | None:
        """https://www.bitget.com/api-doc/spot/error-code/restapi"""
        said = kit.peek(rows.Envelope, reply)
        if said is None or said.code is None or (said.code == "00000" and reply.status < 400):
            return None
        return kit.VenueCode(str(said.code), str(said.msg or said.message or ""))

    def raw_request(self, request: Request) -> Request:
        """The parameters of a POST go into a JSON body; all requests of an address are counted."""
        costs = request.costs or (_TOTAL,)
        if request.method == "GET" or request.body or not request.params:
            return replace(request, costs=costs)
        body = kit.encode_json(dict(request.params))
        return replace(request, params=(), body=body, costs=costs)

    def fetch_time(self) -> Call[datetime]:
        """https://www.bitget.com/api-doc/common/public/Get-Server-Time"""
        request = _public("public/time", 20)
        return Call(request, lambda reply: kit.utc(kit.decode_at(int, reply, "data", "serverTime")))

    def fetch_markets(self) -> Call[Markets]:
        """https://www.bitget.com/api-doc/spot/market/Get-Symbols"""
        return Call(_public("spot/public/symbols", 20), rows.markets)

    def fetch_ticker(self, market: Market) -> Call[models.Ticker]:
        """https://www.bitget.com/api-doc/spot/market/Get-Tickers"""
        request = _public("spot/market/tickers", 20, symbol=market.id)
        return Call(request, kit.parse_row(rows.Ticker, rows.ticker, market, "data", 0))

    def fetch_tickers(self, markets: Markets) -> Call[dict[str, models.Ticker]]:
        """https://www.bitget.com/api-doc/spot/market/Get-Tickers"""
        request = _public("spot/market/tickers", 20)
        return Call(request, kit.by_symbol(rows.Ticker, rows.ticker, markets, "data"))

    def fetch_order_book(self, market: Market, depth: int) -> Call[models.OrderBook]:
        """https://www.bitget.com/api-doc/spot/market/Get-Orderbook"""
        request = _public("spot/market/orderbook", 20, symbol=market.id, limit=depth)
        return Call(request, kit.parse_row(rows.Book, parse.book, market, "data"))

    def fetch_trades(self, market: Market, limit: int) -> Call[tuple[models.Trade, ...]]:
        """https://www.bitget.com/api-doc/spot/market/Get-Recent-Trades, newest first"""
        request = _public("spot/market/fills", 10, symbol=market.id, limit=limit)
        read = kit.parse_rows(rows.Trade, rows.trade, market, "data")
        return Call(request, lambda reply: parse.oldest_first(read(reply)))

    def fetch_ohlcv(
        self, market: Market, timeframe: str, window: Window | None, limit: int
    ) -> Call[tuple[models.Candle, ...]]:
        """https://www.bitget.com/api-doc/spot/market/Get-Candle-Data or, for a window, which that
        one has only of the last weeks, …/Get-History-Candle-Data. Its newest candles before
        endTime come; whether one that opens there is among them is not said."""
        asked = {"symbol": market.id, "granularity": rows.TIMEFRAMES[timeframe], "limit": limit}
        if window is None:
            request = _public("spot/market/candles", 20, **asked)
        else:
            end = kit.milliseconds(window.until) - 1
            request = _public("spot/market/history-candles", 20, endTime=end, **asked)
        return Call(request, lambda reply: kit.inside(parse.candles(reply, "data"), window))

    def fetch_balance(self) -> Call[models.Balances]:
        """https://www.bitget.com/api-doc/spot/account/Get-Account-Assets"""
        return Call(_private("spot/account/assets", 10), parse.account(rows.Account))

    def fetch_trading_fees(
        self, markets: Markets, market: Market | None
    ) -> Call[dict[str, models.TradingFee]]:
        """https://www.bitget.com/api-doc/common/public/Get-Trade-Rate"""
        assert market is not None, "fees_per_symbol"
        request = _private("common/trade-rate", 10, symbol=market.id, businessType="spot")
        return Call(request, partial(rows.fees, symbol=market.symbol))

    def fetch_api_key(self) -> Call[models.ApiKeyInfo]:
        """https://www.bitget.com/api-doc/spot/account/Get-Account-Info"""
        return Call(_private("spot/account/info", 1), rows.api_key)

    def create_order(self, market: Market, order: models.OrderRequest) -> Call[Order]:
        """https://www.bitget.com/api-doc/spot/trade/Place-Order"""
        request = _post("place-order", 10, rows.order_params(market, order), has_deadline=True)
        read = partial(rows.order, asked=order)
        return Call(request, kit.parse_row(rows.Acknowledged, read, market, "data"))

    def cancel_order(
        self, market: Market, id: str | None, client_order_id: str | None
    ) -> Call[Order]:
        """https://www.bitget.com/api-doc/spot/trade/Cancel-Order"""
        which = {"symbol": market.id, "orderId": id, "clientOid": client_order_id}
        request = _post("cancel-order", 10, which)
        return Call(request, kit.parse_row(rows.Acknowledged, rows.order, market, "data"))

    def cancel_orders(self, market: Market, ids: tuple[str, ...]) -> Call[models.CancelReport]:
        """https://www.bitget.com/api-doc/spot/trade/Batch-Cancel-Orders"""
        told = {"symbol": market.id, "orderList": [{"orderId": one} for one in ids]}
        request = _post("batch-cancel-order", 10, told, many=True)
        return Call(request, partial(rows.cancel_report, market=market, ids=ids))

    def fetch_order(
        self, market: Market, id: str | None, client_order_id: str | None
    ) -> Call[Order]:
        """https://www.bitget.com/api-doc/spot/trade/Get-Order-Info, and for a name which that one
        has forgotten the newest of https://www.bitget.com/api-doc/spot/trade/Get-History-Orders"""
        request = _private("spot/trade/orderInfo", 20, orderId=id, clientOid=client_order_id)
        parse = kit.parse_first(rows.Order, rows.order, market, "data")
        if client_order_id is None:
            return Call(request, parse)
        ended = _private("spot/trade/history-orders", 20, symbol=market.id, limit=100)
        read = kit.parse_rows(rows.Order, rows.order, market, "data")
        named = partial(rows.newest_named, client_order_id, read)
        return Call(request, parse, otherwise=Call(ended, named))

    def fetch_open_orders(self, asked: kit.Listing) -> Call[Page[Order]]:
        """https://www.bitget.com/api-doc/spot/trade/Get-Unfilled-Orders"""
        read = kit.parse_rows(rows.OpenOrder, rows.order, asked.where, "data")
        return _pages("unfilled-orders", 20, read, asked, by="orderId")

    def fetch_closed_orders(self, asked: kit.Listing) -> Call[Page[Order]]:
        """https://www.bitget.com/api-doc/spot/trade/Get-History-Orders, 90 days back"""
        read = kit.parse_rows(rows.Order, rows.order, asked.where, "data")
        return _pages("history-orders", 20, read, asked, by="orderId")

    def fetch_my_trades(self, asked: kit.Listing) -> Call[Page[MyTrade]]:
        """https://www.bitget.com/api-doc/spot/trade/Get-Fills, 90 days back"""
        return self._fills(asked)

    def fetch_order_trades(self, id: str, asked: kit.Listing) -> Call[Page[MyTrade]]:
        """https://www.bitget.com/api-doc/spot/trade/Get-Fills"""
        return self._fills(asked, orderId=id)

    def _fills(self, asked: kit.Listing, **query: str) -> Call[Page[MyTrade]]:
        read = kit.parse_rows(rows.Fill, rows.fill, asked.where, "data")
        return _pages("fills", 10, read, asked, by="tradeId", **query)


def _pages(
    path: str,
    per_second: int,
    read: Callable[[Reply], tuple[M, ...]],
    asked: kit.Listing,
    by: str,
    **query: str,
) -> Call[Page[M]]:
    def request(ask: kit.Ask) -> Request:
        values: dict[str, Any] = {"symbol": asked.market_id, **query, "limit": ask.limit}
        # Whether the times themselves are included is not documented: one more is asked for.
        values |= {"startTime": ask.first and ask.first - 1, "endTime": ask.last and ask.last + 1}
        return _private(f"spot/trade/{path}", per_second, idLessThan=ask.cursor, **values)

    lead = kit.last_row("data", by=by)
    return kit.by_cursor(request, read, asked, lead, most=100, longest=_LONGEST)
