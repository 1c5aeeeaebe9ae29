"""Acme spot v1, endpoint by endpoint: https://docs.acme.example/v1

What is asked goes into the query, what changes something into a JSON body. Every reply has what it
tells under ``result``; most refusals come under HTTP 200. Lists of the past come newest first, no
more than a day at once, a page at a time, with a cursor for what is older.
"""

from collections.abc import Callable
from datetime import datetime
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

DAY = 86_400_000
ROWS = ("result", "rows")


def _public(endpoint: str, weight: int, **values: Any) -> Request:
    """https://docs.acme.example/v1#limits: 1,200 a minute from one address."""
    return kit.build_request(endpoint, kit.Cost("address", weight, 1200, 60.0), **values)


def _signed(endpoint: str, **values: Any) -> Request:
    """https://docs.acme.example/v1#limits: 600 a minute for one account, all of weight 1."""
    cost = kit.Cost("account", 1, 600, 60.0, kit.LimitScope.ACCOUNT)
    return kit.build_request(endpoint, cost, signed=True, **values)


class AcmeAdapter(kit.Adapter):
    venue = "acme"
    title = "Acme"
    docs = "https://docs.acme.example/v1"
    environments = kit.environments(live="https://api.acme.example")
    # https://docs.acme.example/v1#signing
    signer = kit.DeclaredPrehash(
        template="{timestamp}{window}{method}{target}{body}",
        headers={
            "X-ACME-KEY": "{key}",
            "X-ACME-TIME": "{timestamp}",
            "X-ACME-WINDOW": "{window}",
            "X-ACME-SIGN": "{signature}",
        },
        encoding="hex",
        behind_ms=5000,
        ahead_ms=1000,
    )
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
        """https://docs.acme.example/v1#errors"""
        said = kit.peek(rows.Envelope, reply)
        if said is None or said.code is None or (said.code == "0" and reply.status == 200):
            return None
        return kit.VenueCode(said.code, said.message)

    def fetch_time(self) -> Call[datetime]:
        """https://docs.acme.example/v1#time"""
        request = _public("GET /v1/time", 1)
        return Call(request, lambda reply: kit.utc(kit.decode_at(int, reply, "result", "at")))

    def fetch_markets(self) -> Call[Markets]:
        """https://docs.acme.example/v1#markets"""
        return Call(_public("GET /v1/markets", 10), rows.markets)

    def fetch_ticker(self, market: Market) -> Call[models.Ticker]:
        """https://docs.acme.example/v1#ticker"""
        request = _public("GET /v1/ticker", 1, market=market.id)
        return Call(request, kit.parse_row(rows.Ticker, parse.ticker, market, "result"))

    def fetch_tickers(self, markets: Markets) -> Call[dict[str, models.Ticker]]:
        """https://docs.acme.example/v1#tickers"""
        request = _public("GET /v1/tickers", 20)
        return Call(request, parse.by_symbol(rows.Ticker, parse.ticker, markets, "result"))

    def fetch_order_book(self, market: Market, depth: int) -> Call[models.OrderBook]:
        """https://docs.acme.example/v1#book"""
        request = _public("GET /v1/book", 2, market=market.id, depth=depth)
        return Call(request, kit.parse_row(rows.Book, parse.book, market, "result"))

    def fetch_trades(self, market: Market, limit: int) -> Call[tuple[models.Trade, ...]]:
        """https://docs.acme.example/v1#trades, oldest first"""
        request = _public("GET /v1/trades", 2, market=market.id, count=limit)
        return Call(request, kit.parse_rows(rows.Trade, parse.trade, market, "result"))

    def fetch_ohlcv(
        self, market: Market, timeframe: str, window: Window | None, limit: int
    ) -> Call[tuple[models.Candle, ...]]:
        """https://docs.acme.example/v1#bars"""
        values = {"market": market.id, "seconds": rows.TIMEFRAMES[timeframe], "count": limit}
        if window is not None:  # Acme includes both ends, a Window only the first
            values["since"] = kit.milliseconds(window.since)
            values["until"] = kit.milliseconds(window.until) - 1
        request = _public("GET /v1/bars", 2, **values)
        return Call(request, lambda reply: parse.candles(reply, "result"))

    def fetch_balance(self) -> Call[models.Balances]:
        """https://docs.acme.example/v1#wallet"""
        return Call(_signed("GET /v1/wallet"), parse.account(rows.Balance, "result", borrows=False))

    def fetch_trading_fees(
        self, markets: Markets, market: Market | None
    ) -> Call[dict[str, models.TradingFee]]:
        """https://docs.acme.example/v1#fees"""
        assert market is not None, "fees_per_symbol"
        request = _signed("GET /v1/fees", market=market.id)
        return Call(request, parse.trading_fees(rows.Rates, market, "result"))

    def create_order(self, market: Market, order: OrderRequest) -> Call[Order]:
        """https://docs.acme.example/v1#place-an-order"""
        asked = rows.order_params(market, order)
        request = _signed("POST /v1/order", changes=True, has_deadline=True, json=asked)
        return Call(request, kit.parse_row(rows.Order, rows.order, market, "result"))

    def fetch_order(
        self, market: Market, id: str | None, client_order_id: str | None
    ) -> Call[Order]:
        """https://docs.acme.example/v1#orders: the first place forgets what the second keeps."""
        which: dict[str, Any] = {"market": market.id, "id": id, "label": client_order_id}
        read = kit.parse_first(rows.Order, rows.order, market, *ROWS)
        past = Call(_signed("GET /v1/orders/past", **which), read)
        return Call(_signed("GET /v1/orders", **which), read, otherwise=past)

    def cancel_order(
        self, market: Market, id: str | None, client_order_id: str | None
    ) -> Call[Order]:
        """https://docs.acme.example/v1#withdraw-an-order"""
        which = {"market": market.id, "id": id, "label": client_order_id}
        request = _signed("POST /v1/withdraw", changes=True, json=which)
        return Call(request, kit.parse_row(rows.Order, rows.order, market, "result"))

    def cancel_all_orders(self, market: Market) -> Call[models.CancelReport]:
        """https://docs.acme.example/v1#withdraw-all-orders"""
        request = _signed("POST /v1/withdraw-all", changes=True, json={"market": market.id})
        read = kit.parse_rows(rows.Order, rows.order, market, "result")
        return Call(request, lambda reply: models.CancelReport(canceled=read(reply)))

    def fetch_open_orders(self, asked: kit.Listing) -> Call[Page[Order]]:
        """https://docs.acme.example/v1#orders"""
        return _list("GET /v1/orders", asked, rows.Order, rows.order)

    def fetch_closed_orders(self, asked: kit.Listing) -> Call[Page[Order]]:
        """https://docs.acme.example/v1#past-orders"""
        return _list("GET /v1/orders/past", asked, rows.Order, rows.order)

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
        values = {"market": asked.one.id, "count": ask.limit, "cursor": ask.cursor}
        return _signed(endpoint, **which, **values, since=ask.first, until=ask.last)

    reads, older = kit.parse_rows(kind, read, asked.one, *ROWS), kit.told_at("result", "older")
    return kit.by_cursor(request, reads, asked, older, most=50, longest=DAY)
