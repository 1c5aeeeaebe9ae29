"""Bitget's classic spot API (v2), endpoint by endpoint: https://www.bitget.com/api-doc/spot/intro

Accounts in unified mode have another API (venue "bitgetuta") and are refused here by code 40085. A
reply is ``{"code", "msg", "requestTime", "data"}``, under HTTP 400 or more where it is an error. A
new order's reply holds ids and no more. By its client order id an order is found while it is open
and not older than two hours, which proves nothing of those that ended: these are looked for in the
newest of the history.
"""

import re
from datetime import datetime, timedelta
from functools import partial
from types import MappingProxyType
from typing import Any

from exchangekit import adapter as kit
from exchangekit import models
from exchangekit.adapter import Call, Cost, Page, Request, Window, parse
from exchangekit.models import Market, Markets, MyTrade, Order
from exchangekit_bitget import rows
from exchangekit_bitget.errors import ERRORS
from exchangekit_bitget.signing import SIGNER

Name = str | None
Fees = dict[str, models.TradingFee]

# https://www.bitget.com/api-doc/common/intro: for an address, whatever it asks for
_TOTAL = Cost("total", 1, 6000, 60)
_LONGEST = 89 * 24 * 3600 * 1000  # lists take 90 days at most


def _ask(endpoint: str, per_second: int, *, signed: bool = True, **values: Any) -> Request:
    """Each endpoint counts for itself: of an account where it is signed, else of an address."""
    scope = kit.LimitScope.ACCOUNT if signed else kit.LimitScope.IP
    costs = Cost(endpoint, 1, per_second, 1, scope), _TOTAL
    values |= {"signed": signed, "changes": endpoint.startswith("POST")}
    return kit.build_request(endpoint.replace(" ", " /api/v2/"), *costs, **values)


_public = partial(_ask, signed=False)


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
    # https://www.bitget.com/api-doc/spot/error-code/restapi; some replies say `message`.
    envelope = kit.Envelope("code", "msg message", success="00000")
    json_bodies = True
    key_shape = kit.Shape(re.compile(r"bg_[0-9a-f]{32}"), '"bg_" and 32 hexadecimal digits')
    capabilities = kit.Capabilities(
        limit_orders=frozenset({kit.LIMIT_GTC, kit.LIMIT_POST_ONLY, kit.LIMIT_IOC, kit.LIMIT_FOK}),
        buy_with_amount=False,
        # Code 40305 allows 50 of any kind; these need no encoding in a query that is signed.
        client_order_id=re.compile(r"[A-Za-z0-9_-]{1,50}"),
        found_by_name=timedelta(hours=2),  # …/common/changelog, 20 March 2025
        timeframes=MappingProxyType(rows.TIMEFRAMES),
        candles_per_call=200,
        book_depths=tuple(range(1, 151)),
        cancels_per_call=50,
        fees_per_symbol=True,
        # receiveWindow is checked on arrival; nothing is said of a second look before matching:
        # https://www.bitget.com/api-doc/spot/trade/Place-Order
        fence=kit.Fence("gateway"),
    )

    def fetch_time(self) -> Call[datetime]:
        """https://www.bitget.com/api-doc/common/public/Get-Server-Time"""
        request = _public("GET public/time", 20)
        return Call(request, lambda reply: kit.utc(kit.decode_at(int, reply, "data", "serverTime")))

    def fetch_markets(self) -> Call[Markets]:
        """https://www.bitget.com/api-doc/spot/market/Get-Symbols"""
        read = kit.listing(rows.Symbol, parse.market, "symbol", "data")
        return Call(_public("GET spot/public/symbols", 20), read)

    def fetch_ticker(self, market: Market) -> Call[models.Ticker]:
        """https://www.bitget.com/api-doc/spot/market/Get-Tickers"""
        request = _public("GET spot/market/tickers", 20, symbol=market.id)
        return Call(request, kit.parse_row(rows.Ticker, parse.ticker, market, "data", 0))

    def fetch_tickers(self, markets: Markets) -> Call[dict[str, models.Ticker]]:
        """https://www.bitget.com/api-doc/spot/market/Get-Tickers"""
        request = _public("GET spot/market/tickers", 20)
        return Call(request, kit.by_symbol(rows.Ticker, parse.ticker, markets, "data"))

    def fetch_order_book(self, market: Market, depth: int) -> Call[models.OrderBook]:
        """https://www.bitget.com/api-doc/spot/market/Get-Orderbook"""
        request = _public("GET spot/market/orderbook", 20, symbol=market.id, limit=depth)
        return Call(request, kit.parse_row(rows.Book, parse.book, market, "data"))

    def fetch_trades(self, market: Market, limit: int) -> Call[tuple[models.Trade, ...]]:
        """https://www.bitget.com/api-doc/spot/market/Get-Recent-Trades, newest first"""
        request = _public("GET spot/market/fills", 10, symbol=market.id, limit=limit)
        return Call(request, kit.parse_newest_first(rows.Trade, rows.trade, market, "data"))

    def fetch_ohlcv(
        self, market: Market, timeframe: str, window: Window | None, limit: int
    ) -> Call[tuple[models.Candle, ...]]:
        """https://www.bitget.com/api-doc/spot/market/Get-Candle-Data or, for a window, which that
        one has only of the last weeks, …/Get-History-Candle-Data. Its newest candles before
        endTime come; whether one that opens there is among them is not said."""
        place = "GET spot/market/" + ("history-candles" if window else "candles")
        asked: dict[str, Any] = {"symbol": market.id, "granularity": rows.TIMEFRAMES[timeframe]}
        asked |= {"endTime": window and kit.milliseconds(window.until) - 1, "limit": limit}
        request = _public(place, 20, **asked)
        return Call(request, lambda reply: kit.inside(parse.candles(reply, "data"), window))

    def fetch_balance(self) -> Call[models.Balances]:
        """https://www.bitget.com/api-doc/spot/account/Get-Account-Assets"""
        read = parse.account(rows.Asset, "data", borrows=False)
        return Call(_ask("GET spot/account/assets", 10), read)

    def fetch_trading_fees(self, markets: Markets, market: Market | None) -> Call[Fees]:
        """https://www.bitget.com/api-doc/common/public/Get-Trade-Rate"""
        assert market is not None, "fees_per_symbol"
        request = _ask("GET common/trade-rate", 10, symbol=market.id, businessType="spot")
        return Call(request, parse.trading_fees(rows.Rates, market, "data"))

    def fetch_api_key(self) -> Call[models.ApiKeyInfo]:
        """https://www.bitget.com/api-doc/spot/account/Get-Account-Info"""
        return Call(_ask("GET spot/account/info", 1), parse.api_key(rows.Key, "data"))

    def create_order(self, market: Market, order: models.OrderRequest) -> Call[Order]:
        """https://www.bitget.com/api-doc/spot/trade/Place-Order"""
        asked = rows.order_params(market, order)
        request = _ask("POST spot/trade/place-order", 10, json=asked, has_deadline=True)
        read = partial(rows.order, asked=order)
        return Call(request, kit.parse_row(rows.Acknowledged, read, market, "data"))

    def cancel_order(self, market: Market, id: Name, client_order_id: Name) -> Call[Order]:
        """https://www.bitget.com/api-doc/spot/trade/Cancel-Order"""
        which = {"symbol": market.id, "orderId": id, "clientOid": client_order_id}
        request = _ask("POST spot/trade/cancel-order", 10, json=which)
        return Call(request, kit.parse_row(rows.Acknowledged, rows.order, market, "data"))

    def cancel_orders(self, market: Market, ids: tuple[str, ...]) -> Call[models.CancelReport]:
        """https://www.bitget.com/api-doc/spot/trade/Batch-Cancel-Orders"""
        told = {"symbol": market.id, "orderList": [{"orderId": one} for one in ids]}
        request = _ask("POST spot/trade/batch-cancel-order", 10, json=told, many=True)
        return Call(request, partial(rows.cancel_report, market=market, ids=ids))

    def fetch_order(self, market: Market, id: Name, client_order_id: Name) -> Call[Order]:
        """https://www.bitget.com/api-doc/spot/trade/Get-Order-Info, and what that one has
        forgotten in https://www.bitget.com/api-doc/spot/trade/Get-History-Orders: under its id, or
        by its name in the newest"""
        request = _ask("GET spot/trade/orderInfo", 20, orderId=id, clientOid=client_order_id)
        found = kit.parse_first(rows.Order, rows.order, market, "data")
        which: dict[str, Any] = {"symbol": market.id, "orderId": id, "limit": 100}
        ended, again = _ask("GET spot/trade/history-orders", 20, **which), found
        if client_order_id is not None:
            again = parse.parse_named(rows.Order, rows.order, market, client_order_id, "data")
        return Call(request, found, otherwise=Call(ended, again))

    def fetch_open_orders(self, asked: kit.Listing) -> Call[Page[Order]]:
        """https://www.bitget.com/api-doc/spot/trade/Get-Unfilled-Orders"""
        read = kit.parse_rows(rows.OpenOrder, rows.order, asked.where, "data")
        return _pages("GET spot/trade/unfilled-orders", 20, asked, read, "orderId")

    def fetch_closed_orders(self, asked: kit.Listing) -> Call[Page[Order]]:
        """https://www.bitget.com/api-doc/spot/trade/Get-History-Orders, 90 days back"""
        read = kit.parse_rows(rows.Order, rows.order, asked.where, "data")
        return _pages("GET spot/trade/history-orders", 20, asked, read, "orderId")

    def fetch_my_trades(self, asked: kit.Listing) -> Call[Page[MyTrade]]:
        """https://www.bitget.com/api-doc/spot/trade/Get-Fills, 90 days back"""
        return _fills(asked)

    def fetch_order_trades(self, id: str, asked: kit.Listing) -> Call[Page[MyTrade]]:
        """https://www.bitget.com/api-doc/spot/trade/Get-Fills"""
        return _fills(asked, orderId=id)


def _fills(asked: kit.Listing, **query: str) -> Call[Page[MyTrade]]:
    read = kit.parse_rows(rows.Fill, rows.fill, asked.where, "data")
    return _pages("GET spot/trade/fills", 10, asked, read, "tradeId", **query)


def _pages(
    place: str, per_second: int, asked: kit.Listing, read: Any, by: str, **query: str
) -> Call[Page[Any]]:
    def request(ask: kit.Ask) -> Request:
        values: dict[str, Any] = {"symbol": asked.market_id, **query, "limit": ask.limit}
        # Whether the times themselves are included is not documented: one more is asked for.
        values |= {"startTime": ask.first and ask.first - 1, "endTime": ask.last and ask.last + 1}
        return _ask(place, per_second, idLessThan=ask.cursor, **values)

    lead = kit.last_row("data", by=by)
    return kit.by_cursor(request, read, asked, lead, most=100, longest=_LONGEST)
