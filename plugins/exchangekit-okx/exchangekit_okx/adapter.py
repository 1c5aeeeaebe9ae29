"""OKX v5, spot, trade mode cash: https://www.okx.com/docs-v5/en/

Reads like that page: each operation names its section, and its limit is the section's limit. A
reply is ``{"code", "msg", "data": [...]}``; the rows of a POST carry their own ``sCode`` and can
fail under code "0". Create and cancel are acknowledgements: they say nothing of an order's status.
"""

import re
from datetime import datetime
from functools import partial
from types import MappingProxyType
from typing import Any

from exchangekit import adapter as kit
from exchangekit import models
from exchangekit.adapter import Call, Cost, Page, Request, Window, parse
from exchangekit.models import Market, Markets, MyTrade, Order
from exchangekit_okx import rows
from exchangekit_okx.errors import ERRORS
from exchangekit_okx.signing import SIGNER

Name = str | None
Fees = dict[str, models.TradingFee]

Place = tuple[str, int]

_public = kit.Endpoints("/api/v5/", seconds=2)
_private = kit.Endpoints("/api/v5/", seconds=2, signed=True)

# https://www.okx.com/docs-v5/en/#overview-rate-limits-sub-account-rate-limit
_NEW_ORDERS = Cost("orders of the sub-account", 1, 1000, 2, kit.LimitScope.ACCOUNT)

# First the place of the newest, then the one that reaches back three months.
ORDERS = ("GET trade/orders-history", 40), ("GET trade/orders-history-archive", 20)
FILLS = ("GET trade/fills", 60), ("GET trade/fills-history", 10)


class OkxAdapter(kit.Adapter):
    venue = "okx"
    title = "OKX"
    docs = "https://www.okx.com/docs-v5/en/"
    # A key belongs to one region and to live or demo trading; elsewhere it "doesn't exist".
    # https://www.okx.com/docs-v5/en/#overview-production-trading-services (www.okx.com in 2025;
    # clients of 2026 give openapi.okx.com as the global REST address), and the same section of
    # https://my.okx.com/docs-v5/en/ (Europe) and https://app.okx.com/docs-v5/en/ (United States,
    # Australia); https://github.com/ccxt/ccxt has those hosts too, as myokx and okxus.
    environments = kit.environments(
        live="https://www.okx.com",
        openapi="https://openapi.okx.com",
        eea="https://eea.okx.com",
        us="https://us.okx.com",
        demo_headers={"x-simulated-trading": "1"},
    )
    signer = SIGNER
    errors = ERRORS
    # https://www.okx.com/docs-v5/en/#overview-general-info
    envelope = kit.Envelope("code", "msg", verdicts=rows.VERDICTS)
    json_bodies = True
    key_shape = kit.Shape(
        re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"),
        "a UUID such as 01234567-89ab-cdef-0123-456789abcdef",
    )
    capabilities = kit.Capabilities(
        limit_orders=frozenset({kit.LIMIT_GTC, kit.LIMIT_POST_ONLY, kit.LIMIT_IOC, kit.LIMIT_FOK}),
        timeframes=MappingProxyType(rows.TIMEFRAMES),
        candles_per_call=300,
        book_depths=tuple(range(1, 401)),
        cancels_per_call=20,
        fees_per_symbol=True,
        countdown=(10, 120),
        # expTime is checked; where, and whether again before matching, is not said:
        # https://www.okx.com/docs-v5/en/#overview-general-info
        fence=kit.Fence("gateway"),
    )

    def fetch_time(self) -> Call[datetime]:
        """https://www.okx.com/docs-v5/en/#public-data-rest-api-get-system-time"""
        return Call(_public("GET public/time", 10), parse.moment(*rows.FIRST, "ts"))

    def fetch_status(self) -> Call[models.Status]:
        """https://www.okx.com/docs-v5/en/#status-get-status"""
        request = _public("GET system/status", 1, seconds=5)
        return Call(request, parse.events(rows.Event, rows.UNDER_WAY, "data"))

    def fetch_markets(self) -> Call[Markets]:
        """https://www.okx.com/docs-v5/en/#public-data-rest-api-get-instruments"""
        request = _public("GET public/instruments", 20, per="SPOT", instType="SPOT")
        return Call(request, rows.markets)

    def fetch_ticker(self, market: Market) -> Call[models.Ticker]:
        """https://www.okx.com/docs-v5/en/#order-book-trading-market-data-get-ticker"""
        request = _public("GET market/ticker", 20, instId=market.id)
        return Call(request, kit.parse_row(rows.Ticker, parse.ticker, market, *rows.FIRST))

    def fetch_tickers(self, markets: Markets) -> Call[dict[str, models.Ticker]]:
        """https://www.okx.com/docs-v5/en/#order-book-trading-market-data-get-tickers"""
        request = _public("GET market/tickers", 20, instType="SPOT")
        return Call(request, parse.by_symbol(rows.Ticker, parse.ticker, markets, "data"))

    def fetch_order_book(self, market: Market, depth: int) -> Call[models.OrderBook]:
        """https://www.okx.com/docs-v5/en/#order-book-trading-market-data-get-order-book"""
        request = _public("GET market/books", 40, instId=market.id, sz=depth)
        return Call(request, kit.parse_row(rows.Book, parse.wide_book, market, *rows.FIRST))

    def fetch_trades(self, market: Market, limit: int) -> Call[tuple[models.Trade, ...]]:
        """https://www.okx.com/docs-v5/en/#order-book-trading-market-data-get-trades"""
        request = _public("GET market/trades", 100, instId=market.id, limit=min(limit, 500))
        return Call(request, kit.parse_newest_first(rows.Trade, rows.trade, market, "data"))

    def fetch_ohlcv(
        self, market: Market, timeframe: str, window: Window | None, limit: int
    ) -> Call[tuple[models.Candle, ...]]:
        """https://www.okx.com/docs-v5/en/#order-book-trading-market-data-get-candlesticks or, for a
        window, …-get-candlesticks-history"""
        asked: dict[str, Any] = {"instId": market.id, "bar": rows.TIMEFRAMES[timeframe]}
        asked["limit"] = min(limit, 300)
        place = "GET market/candles", 40
        if window is not None:  # after: older than, before: newer than, without the time itself
            place = "GET market/history-candles", 20
            asked |= {"after": window.last + 1, "before": window.first - 1}
        request = _public(*place, **asked)
        return Call(request, lambda reply: kit.inside(parse.candles(reply, "data"), window))

    def fetch_balance(self) -> Call[models.Balances]:
        """https://www.okx.com/docs-v5/en/#trading-account-rest-api-get-balance"""
        return Call(_private("GET account/balance", 10), parse.account(rows.Account, *rows.FIRST))

    def fetch_trading_fees(self, markets: Markets, market: Market | None) -> Call[Fees]:
        """https://www.okx.com/docs-v5/en/#trading-account-rest-api-get-fee-rates"""
        assert market is not None, "fees_per_symbol"
        request = _private("GET account/trade-fee", 5, instType="SPOT", instId=market.id)
        return Call(request, parse.trading_fees(rows.Fees, market, *rows.FIRST))

    def fetch_api_key(self) -> Call[models.ApiKeyInfo]:
        """https://www.okx.com/docs-v5/en/#trading-account-rest-api-get-account-configuration"""
        return Call(_private("GET account/config", 5), parse.api_key(rows.Config, *rows.FIRST))

    def create_order(self, market: Market, order: models.OrderRequest) -> Call[Order]:
        """https://www.okx.com/docs-v5/en/#order-book-trading-trade-post-place-order"""
        told: dict[str, Any] = {"json": rows.order_params(market, order), "has_deadline": True}
        request = _private("POST trade/order", 60, per=market.id, beside=(_NEW_ORDERS,), **told)
        read = partial(rows.order, asked=order)
        return Call(request, kit.parse_row(rows.NewOrder, read, market, *rows.FIRST))

    def cancel_order(self, market: Market, id: Name, client_order_id: Name) -> Call[Order]:
        """https://www.okx.com/docs-v5/en/#order-book-trading-trade-post-cancel-order"""
        which = {"instId": market.id, "ordId": id, "clOrdId": client_order_id}
        request = _private("POST trade/cancel-order", 60, per=market.id, json=which)
        read = partial(rows.order, id=id)
        return Call(request, kit.parse_row(rows.CanceledOrder, read, market, *rows.FIRST))

    def cancel_orders(self, market: Market, ids: tuple[str, ...]) -> Call[models.CancelReport]:
        """https://www.okx.com/docs-v5/en/#order-book-trading-trade-post-cancel-multiple-orders"""
        place = "POST trade/cancel-batch-orders"
        orders = [{"instId": market.id, "ordId": name} for name in ids]
        told: dict[str, Any] = {"per": market.id, "json": orders, "many": True}
        if len(ids) == 1:  # counts as a single cancellation
            request = _private(place, 60, counter="POST trade/cancel-order", **told)
        else:
            request = _private(place, 300, weight=len(ids), **told)
        each = rows.CanceledOrder, rows.order, market, ids, rows.VERDICTS
        return Call(request, kit.parse_each_canceled(*each, "data"))

    def cancel_all_after(self, seconds: int | None) -> Call[models.Countdown]:
        """https://www.okx.com/docs-v5/en/#order-book-trading-trade-post-cancel-all-after. Without a
        tag it is the whole account's. The venue takes up to a few seconds to cancel."""
        body = {"timeOut": str(seconds or 0)}
        request = _private("POST trade/cancel-all-after", 1, seconds=1, json=body)
        return Call(request, parse.countdown(*rows.FIRST, "triggerTime"))

    def fetch_order(self, market: Market, id: Name, client_order_id: Name) -> Call[Order]:
        """https://www.okx.com/docs-v5/en/#order-book-trading-trade-get-order-details"""
        asked: dict[str, Any] = {"instId": market.id, "ordId": id, "clOrdId": client_order_id}
        request = _private("GET trade/order", 60, per=market.id, **asked)
        return Call(request, kit.parse_row(rows.Order, rows.order, market, *rows.FIRST))

    def fetch_open_orders(self, asked: kit.Listing) -> Call[Page[Order]]:
        """https://www.okx.com/docs-v5/en/#order-book-trading-trade-get-order-list"""
        return _orders((("GET trade/orders-pending", 60),), asked)

    def fetch_closed_orders(self, asked: kit.Listing) -> Call[Page[Order]]:
        """https://www.okx.com/docs-v5/en/#order-book-trading-trade-get-order-history-last-7-days
        and …-last-3-months. Only the first lists orders canceled without a fill, for two hours."""
        return _orders(ORDERS, asked)

    def fetch_my_trades(self, asked: kit.Listing) -> Call[Page[MyTrade]]:
        """https://www.okx.com/docs-v5/en/#order-book-trading-trade-get-transaction-details-last-3-days
        and …-last-3-months"""
        return _fills(asked)

    def fetch_order_trades(self, id: str, asked: kit.Listing) -> Call[Page[MyTrade]]:
        """The pages of `fetch_my_trades`, for one order."""
        return _fills(asked, ordId=id)


def _page(places: tuple[Place, ...], asked: kit.Listing, ask: kit.Ask, **query: Any) -> Request:
    values: dict[str, Any] = {"instType": "SPOT", "instId": asked.market_id, **query}
    # Whether begin and end include the time itself is not documented: more is asked for.
    values |= {"after": ask.cursor, "limit": ask.limit, "begin": ask.before, "end": ask.after}
    return _private(*places[ask.place], **values)


def _orders(places: tuple[Place, ...], asked: kit.Listing) -> Call[Page[Order]]:
    read = kit.parse_rows(rows.Order, rows.order, asked.where, "data")
    lead, ask = kit.last_row("data", by="ordId"), partial(_page, places, asked)
    return kit.by_cursor(ask, read, asked, lead, most=100, places=len(places))


def _fills(asked: kit.Listing, **query: Any) -> Call[Page[MyTrade]]:
    read = kit.parse_rows(rows.Fill, rows.fill, asked.where, "data")
    lead, ask = kit.last_row("data", by="billId"), partial(_page, FILLS, asked, **query)
    return kit.by_cursor(ask, read, asked, lead, most=100, places=len(FILLS))
