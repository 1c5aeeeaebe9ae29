"""Acme spot v1, endpoint by endpoint: https://docs.acme.example/v1

Everything goes into the query, nothing into a body. Lists of the past come newest first, a page at
a time, with a cursor for what is older.
"""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from types import MappingProxyType
from typing import Any, TypeVar

from msgspec import Struct

from exchangekit import adapter as kit
from exchangekit import models
from exchangekit.adapter import Call, Page, Reply, Request, Window, parse
from exchangekit.models import Market, Markets, MyTrade, Order, OrderRequest, Source
from exchangekit_acme import rows
from exchangekit_acme.errors import ERRORS

M = TypeVar("M", bound=kit.Listed)
Row = TypeVar("Row", bound=Struct)


def _public(endpoint: str, weight: int, **values: Any) -> Request:
    """https://docs.acme.example/v1#limits: 1,200 a minute from one address."""
    return kit.build_request(endpoint, kit.Cost("address", weight, 1200, 60.0), **values)


def _signed(endpoint: str, **values: Any) -> Request:
    """https://docs.acme.example/v1#limits: 600 a minute for one account, all of weight 1."""
    cost = kit.Cost("account", 1, 600, 60.0, kit.LimitScope.ACCOUNT)
    return kit.build_request(endpoint, cost, signed=True, **values)


def _span(window: Window | None) -> dict[str, Any]:
    """Milliseconds; Acme includes ``since`` and excludes ``until``, as a Window does."""
    if window is None:
        return {}
    return {"since": kit.milliseconds(window.since), "until": kit.milliseconds(window.until)}


class AcmeAdapter(kit.Adapter):
    venue = "acme"
    title = "Acme"
    docs = "https://docs.acme.example/v1"
    environments = MappingProxyType({"live": kit.Environment("https://api.acme.example")})
    signer = kit.SortedQueryHmac("X-ACME-KEY")
    errors = ERRORS
    used_weight_headers = MappingProxyType({"x-acme-used": "address"})
    capabilities = kit.Capabilities(
        limit_orders=frozenset({kit.LIMIT_GTC, kit.LIMIT_POST_ONLY, kit.LIMIT_IOC, kit.LIMIT_FOK}),
        timeframes=MappingProxyType(rows.TIMEFRAMES),
        candles_per_call=300,
        book_depths=(10, 50),
        trades_per_call=100,
        my_trades_per_call=50,
        orders_per_call=50,
        needs_symbol=frozenset({"fetch_open_orders", "fetch_closed_orders", "fetch_my_trades"}),
        fees_per_symbol=True,
        fence=kit.Fence("gateway"),
    )

    def error_in(self, reply: Reply, request: Request) -> kit.VenueCode | None:
        said = kit.peek(rows.Envelope, reply) if b'"error"' in reply.body else None
        if said is None or said.error is None:
            return None
        return kit.VenueCode(said.error.code, said.error.text)

    def fetch_time(self) -> Call[datetime]:
        """https://docs.acme.example/v1#time"""
        request = _public("GET /v1/time", 1)
        return Call(request, lambda reply: kit.utc(kit.decode_at(int, reply, "at")))

    def fetch_status(self) -> Call[models.Status]:
        """https://docs.acme.example/v1#status"""
        return Call(_public("GET /v1/status", 1), rows.status)

    def fetch_markets(self) -> Call[Markets]:
        """https://docs.acme.example/v1#markets"""
        return Call(_public("GET /v1/markets", 10), rows.markets)

    def fetch_ticker(self, market: Market) -> Call[models.Ticker]:
        """https://docs.acme.example/v1#ticker"""
        request = _public("GET /v1/ticker", 1, market=market.id)
        return Call(request, kit.parse_row(rows.Ticker, parse.ticker, market))

    def fetch_tickers(self, markets: Markets) -> Call[dict[str, models.Ticker]]:
        """https://docs.acme.example/v1#tickers"""
        request = _public("GET /v1/tickers", 20)
        return Call(request, parse.by_symbol(rows.Ticker, parse.ticker, markets))

    def fetch_order_book(self, market: Market, depth: int) -> Call[models.OrderBook]:
        """https://docs.acme.example/v1#book"""
        request = _public("GET /v1/book", 2, market=market.id, depth=depth)
        return Call(request, kit.parse_row(rows.Book, parse.book, market))

    def fetch_trades(self, market: Market, limit: int) -> Call[tuple[models.Trade, ...]]:
        """https://docs.acme.example/v1#trades, oldest first"""
        request = _public("GET /v1/trades", 2, market=market.id, count=limit)
        return Call(request, kit.parse_rows(rows.Trade, parse.trade, market))

    def fetch_ohlcv(
        self, market: Market, timeframe: str, window: Window | None, limit: int
    ) -> Call[tuple[models.Candle, ...]]:
        """https://docs.acme.example/v1#bars"""
        values = {"market": market.id, "seconds": rows.TIMEFRAMES[timeframe], "count": limit}
        return Call(_public("GET /v1/bars", 2, **values, **_span(window)), parse.candles)

    def fetch_balance(self) -> Call[models.Balances]:
        """https://docs.acme.example/v1#wallet"""
        return Call(_signed("GET /v1/wallet"), parse.account(rows.Wallet))

    def fetch_trading_fees(
        self, markets: Markets, market: Market | None
    ) -> Call[dict[str, models.TradingFee]]:
        """https://docs.acme.example/v1#fees"""
        assert market is not None, "fees_per_symbol"
        request = _signed("GET /v1/fees", market=market.id)
        return Call(request, partial(rows.fees, symbol=market.symbol))

    def create_order(self, market: Market, order: OrderRequest) -> Call[Order]:
        """https://docs.acme.example/v1#place-an-order"""
        asked = rows.order_params(market, order)
        request = _signed("POST /v1/order", changes=True, has_deadline=True, **asked)
        return Call(request, kit.parse_row(rows.Order, rows.order, market))

    def cancel_order(
        self, market: Market, id: str | None, client_order_id: str | None
    ) -> Call[Order]:
        """https://docs.acme.example/v1#withdraw-an-order"""
        which: dict[str, Any] = {"market": market.id, "id": id, "label": client_order_id}
        request = _signed("DELETE /v1/order", changes=True, **which)
        return Call(request, kit.parse_row(rows.Order, rows.order, market))

    def cancel_all_orders(self, market: Market) -> Call[models.CancelReport]:
        """https://docs.acme.example/v1#withdraw-all-orders"""
        request = _signed("DELETE /v1/orders", changes=True, market=market.id)
        read = kit.parse_rows(rows.Order, rows.order, market)
        return Call(request, lambda reply: models.CancelReport(canceled=read(reply)))

    def fetch_order(
        self, market: Market, id: str | None, client_order_id: str | None
    ) -> Call[Order]:
        """https://docs.acme.example/v1#one-order"""
        which: dict[str, Any] = {"market": market.id, "id": id, "label": client_order_id}
        request = _signed("GET /v1/order", **which)
        return Call(request, kit.parse_row(rows.Order, rows.order, market))

    def fetch_open_orders(self, asked: kit.Listing) -> Call[Page[Order]]:
        """https://docs.acme.example/v1#orders"""
        return _list("GET /v1/orders", asked, rows.Order, rows.order, open=True)

    def fetch_closed_orders(self, asked: kit.Listing) -> Call[Page[Order]]:
        """https://docs.acme.example/v1#orders"""
        return _list("GET /v1/orders", asked, rows.Order, rows.order, open=False)

    def fetch_my_trades(self, asked: kit.Listing) -> Call[Page[MyTrade]]:
        """https://docs.acme.example/v1#fills"""
        return _list("GET /v1/fills", asked, rows.Fill, parse.fill)

    def fetch_order_trades(self, id: str, asked: kit.Listing) -> Call[Page[MyTrade]]:
        """https://docs.acme.example/v1#fills"""
        return _list("GET /v1/fills", asked, rows.Fill, parse.fill, order=id)


def _list(
    endpoint: str,
    asked: kit.Listing,
    kind: type[Row],
    read: Callable[[Row, str, Source], M],
    **which: Any,
) -> Call[Page[M]]:
    def request(ask: kit.Ask) -> Request:
        span = {} if ask.last is None else {"since": ask.first, "until": ask.last + 1}
        values = {"market": asked.one.id, "count": ask.limit, "cursor": ask.cursor}
        return _signed(endpoint, **which, **values, **span)

    reads = kit.parse_rows(kind, read, asked.one, "rows")
    return kit.by_cursor(request, reads, asked, kit.told_at("older"), most=50)
