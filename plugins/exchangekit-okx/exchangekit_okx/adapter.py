"""OKX v5, spot, trade mode cash: https://www.okx.com/docs-v5/en/

Reads like that page: each operation names its section, and its limit is the section's limit. A
reply is ``{"code", "msg", "data": [...]}``; the rows of a POST carry their own ``sCode`` and can
fail under code "0". Create and cancel are acknowledgements: they say nothing of an order's status.
"""

import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from types import MappingProxyType
from typing import Any, TypeVar

from exchangekit import adapter as kit
from exchangekit import models
from exchangekit.adapter import Call, Cost, LimitScope, Page, Reply, Request, Window
from exchangekit.adapter.decode import decode, milliseconds, peek, utc
from exchangekit.adapter.translate import oldest_first
from exchangekit.models import Market, Markets, MyTrade, Order, Source
from exchangekit_okx import private, public
from exchangekit_okx.errors import ERRORS
from exchangekit_okx.wire import Data, Envelope, Verdict, each, first

M = TypeVar("M")
Listed = TypeVar("Listed", private.Placed, private.Fill)
Place = tuple[str, int]

# First the place of the newest, then the one that reaches back three months.
ORDERS: tuple[Place, ...] = (("trade/orders-history", 40), ("trade/orders-history-archive", 20))
FILLS: tuple[Place, ...] = (("trade/fills", 60), ("trade/fills-history", 10))


class OkxAdapter(kit.Adapter):
    venue = "okx"
    title = "OKX"
    docs = "https://www.okx.com/docs-v5/en/"
    environments = MappingProxyType(
        {
            "live": kit.Environment("https://www.okx.com"),
            "demo": kit.Environment("https://www.okx.com", (("x-simulated-trading", "1"),)),
        }
    )
    signer = kit.PassphrasePrehash("OK-ACCESS", deadline_header="expTime")
    errors = ERRORS
    key_shape = kit.Shape(
        re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"),
        "a UUID such as 01234567-89ab-cdef-0123-456789abcdef",
    )
    capabilities = kit.Capabilities(
        limit_orders=frozenset({kit.LIMIT_GTC, kit.LIMIT_POST_ONLY, kit.LIMIT_IOC, kit.LIMIT_FOK}),
        timeframes=MappingProxyType(public.TIMEFRAMES),
        candles_per_call=300,
        book_depths=tuple(range(1, 401)),
        cancels_per_call=20,
        fees_per_symbol=True,
        fence=True,
    )

    def error_in(self, reply: Reply, request: Request) -> kit.VenueCode | None:
        """https://www.okx.com/docs-v5/en/#overview-general-info"""
        said = peek(Envelope, reply)
        if said is None or said.code is None:
            return None
        code, message = str(said.code), str(said.msg or "")
        told = peek(Data[Verdict], reply) if b'"sCode"' in reply.body else None
        if code in ("0", "1", "2") and told is not None and told.data:
            if request.many:
                return None
            for row in told.data:
                if str(row.s_code) != "0":
                    return kit.VenueCode(str(row.s_code), row.reason or message)
        return None if code == "0" else kit.VenueCode(code, message)

    def raw_request(self, request: Request) -> Request:
        """The parameters of a POST go into a JSON body."""
        if request.method == "GET" or request.body or not request.params:
            return request
        return replace(request, params=(), body=kit.encode_json(dict(request.params)))

    def fetch_time(self) -> Call[datetime]:
        """https://www.okx.com/docs-v5/en/#public-data-rest-api-get-system-time"""
        parse = partial(first, Data[public.Time], lambda row, _: utc(row.ts))
        return Call(_public("public/time", 10), parse)

    def fetch_status(self) -> Call[models.Status]:
        """https://www.okx.com/docs-v5/en/#status-get-status"""
        return Call(_public("system/status", 1, seconds=5), public.read_status)

    def fetch_markets(self) -> Call[Markets]:
        """https://www.okx.com/docs-v5/en/#public-data-rest-api-get-instruments"""
        request = _public("public/instruments", 20, per="SPOT", instType="SPOT")
        return Call(request, public.read_listing)

    def fetch_ticker(self, market: Market) -> Call[models.Ticker]:
        """https://www.okx.com/docs-v5/en/#order-book-trading-market-data-get-ticker"""
        read = partial(public.read_ticker, market.symbol)
        request = _public("market/ticker", 20, instId=market.id)
        return Call(request, partial(first, Data[public.Day], read))

    def fetch_tickers(self, markets: Markets) -> Call[dict[str, models.Ticker]]:
        """https://www.okx.com/docs-v5/en/#order-book-trading-market-data-get-tickers"""
        read = _named(markets, public.read_ticker)

        def parse(reply: Reply) -> dict[str, models.Ticker]:
            made = each(Data[public.Day], read, reply)
            return {ticker.symbol: ticker for ticker in made if ticker.symbol in markets}

        return Call(_public("market/tickers", 20, instType="SPOT"), parse)

    def fetch_order_book(self, market: Market, depth: int) -> Call[models.OrderBook]:
        """https://www.okx.com/docs-v5/en/#order-book-trading-market-data-get-order-book"""
        read = partial(public.read_book, market.symbol)
        request = _public("market/books", 40, instId=market.id, sz=depth)
        return Call(request, partial(first, Data[public.Book], read))

    def fetch_trades(self, market: Market, limit: int) -> Call[tuple[models.Trade, ...]]:
        """https://www.okx.com/docs-v5/en/#order-book-trading-market-data-get-trades"""
        read = partial(public.read_trade, market.symbol)
        request = _public("market/trades", 100, instId=market.id, limit=min(limit, 500))
        return Call(request, lambda reply: oldest_first(each(Data[public.Print], read, reply)))

    def fetch_ohlcv(
        self, market: Market, timeframe: str, window: Window | None, limit: int
    ) -> Call[tuple[models.Candle, ...]]:
        """https://www.okx.com/docs-v5/en/#order-book-trading-market-data-get-candlesticks or, for a
        window, …-get-candlesticks-history"""
        asked: dict[str, Any] = {"instId": market.id, "bar": public.TIMEFRAMES[timeframe]}
        asked["limit"], span = min(limit, 300), _span(window)
        if window is None:
            request = _public("market/candles", 40, **asked)
        else:  # after means older than, before newer than; both leave out the time itself
            asked |= {"after": span.stop, "before": span.start - 1}
            request = _public("market/history-candles", 20, **asked)
        return Call(request, partial(public.read_candles, span))

    def fetch_balance(self) -> Call[models.Balances]:
        """https://www.okx.com/docs-v5/en/#trading-account-rest-api-get-balance"""
        parse = partial(first, Data[private.Account], private.read_balances)
        return Call(_private("account/balance", 10), parse)

    def fetch_trading_fees(
        self, markets: Markets, market: Market | None
    ) -> Call[dict[str, models.TradingFee]]:
        """https://www.okx.com/docs-v5/en/#trading-account-rest-api-get-fee-rates"""
        assert market is not None, "fees_per_symbol"
        read = partial(private.read_fees, market)
        request = _private("account/trade-fee", 5, instType="SPOT", instId=market.id)
        return Call(request, partial(first, Data[private.Fees], read))

    def fetch_api_key(self) -> Call[models.ApiKeyInfo]:
        """https://www.okx.com/docs-v5/en/#trading-account-rest-api-get-account-configuration"""
        parse = partial(first, Data[private.Config], private.read_api_key)
        return Call(_private("account/config", 5), parse)

    def create_order(self, market: Market, order: models.OrderRequest) -> Call[Order]:
        """https://www.okx.com/docs-v5/en/#order-book-trading-trade-post-place-order and
        https://www.okx.com/docs-v5/en/#overview-rate-limits-sub-account-rate-limit"""
        costs = _cost("trade/order", 60, per=market.id), _cost("orders of the sub-account", 1000)
        request = _post("trade/order", private.order_body(market, order), *costs)
        read = partial(private.read_created, market, order)
        return Call(replace(request, has_deadline=True), partial(first, Data[private.Ack], read))

    def cancel_order(
        self, market: Market, id: str | None, client_order_id: str | None
    ) -> Call[Order]:
        """https://www.okx.com/docs-v5/en/#order-book-trading-trade-post-cancel-order"""
        body = {"instId": market.id, "ordId": id, "clOrdId": client_order_id}
        request = _post("trade/cancel-order", body, _cost("trade/cancel-order", 60, per=market.id))
        read = partial(private.read_canceled, market, id)
        return Call(request, partial(first, Data[private.Ack], read))

    def cancel_orders(self, market: Market, ids: tuple[str, ...]) -> Call[models.CancelReport]:
        """https://www.okx.com/docs-v5/en/#order-book-trading-trade-post-cancel-multiple-orders"""
        path = "trade/cancel-batch-orders"
        cost = _cost(path, 300, per=market.id, weight=len(ids))
        if len(ids) == 1:  # counts as a single cancellation
            cost = _cost("trade/cancel-order", 60, per=market.id)
        request = _post(path, [{"instId": market.id, "ordId": name} for name in ids], cost)
        return Call(replace(request, many=True), partial(private.read_cancel_report, market, ids))

    def fetch_order(
        self, market: Market, id: str | None, client_order_id: str | None
    ) -> Call[Order]:
        """https://www.okx.com/docs-v5/en/#order-book-trading-trade-get-order-details"""
        asked: dict[str, Any] = {"instId": market.id, "ordId": id, "clOrdId": client_order_id}
        read = partial(private.read_order, market.symbol)
        request = _private("trade/order", 60, per=market.id, **asked)
        return Call(request, partial(first, Data[private.Placed], read))

    def fetch_open_orders(
        self, markets: Markets, market: Market | None, cursor: str | None
    ) -> Call[Page[Order]]:
        """https://www.okx.com/docs-v5/en/#order-book-trading-trade-get-order-list"""
        places = (("trade/orders-pending", 60),)
        read = _named(markets, private.read_order)
        return _page(places, cursor, Data[private.Placed], read, market)

    def fetch_closed_orders(
        self,
        markets: Markets,
        market: Market | None,
        window: Window | None,
        limit: int,
        cursor: str | None,
    ) -> Call[Page[Order]]:
        """https://www.okx.com/docs-v5/en/#order-book-trading-trade-get-order-history-last-7-days
        and …-last-3-months. Only the first lists orders canceled without a fill, for two hours."""
        read = _named(markets, private.read_order)
        return _page(ORDERS, cursor, Data[private.Placed], read, market, window, limit)

    def fetch_my_trades(
        self,
        markets: Markets,
        market: Market | None,
        window: Window | None,
        limit: int,
        cursor: str | None,
    ) -> Call[Page[MyTrade]]:
        """https://www.okx.com/docs-v5/en/#order-book-trading-trade-get-transaction-details-last-3-days
        and …-last-3-months"""
        read = _named(markets, private.read_fill)
        return _page(FILLS, cursor, Data[private.Fill], read, market, window, limit)

    def fetch_order_trades(
        self, market: Market, id: str, cursor: str | None
    ) -> Call[Page[MyTrade]]:
        """The pages of `fetch_my_trades`, for one order."""
        read = partial(private.read_fill, market.symbol)
        return _page(FILLS, cursor, Data[private.Fill], read, market, ordId=id)


def _cost(counter: str, limit: int, per: str = "", weight: int = 1) -> Cost:
    return Cost(f"{counter} {per}".rstrip(), weight, limit, 2, LimitScope.ACCOUNT)


def _private(path: str, at_most: int, /, *, per: str = "", **query: Any) -> Request:
    cost = _cost(f"GET {path}", at_most, per)
    asked = kit.params(**query)
    return Request(method="GET", path=f"/api/v5/{path}", params=asked, signed=True, costs=(cost,))


def _public(
    path: str, at_most: int, /, *, per: str = "", seconds: int = 2, **query: Any
) -> Request:
    cost = Cost(f"GET {path} {per}".rstrip(), 1, at_most, seconds, LimitScope.IP)
    return replace(_private(path, at_most, **query), signed=False, costs=(cost,))


def _post(path: str, body: Mapping[str, Any] | list[Mapping[str, Any]], *costs: Cost) -> Request:
    text = kit.encode_json(body)
    request = Request(method="POST", path=f"/api/v5/{path}", body=text, signed=True, changes=True)
    return replace(request, costs=costs)


def _span(window: Window | None) -> range:
    """Milliseconds since 1970."""
    if window is None:
        return range(sys.maxsize)
    return range(milliseconds(window.since), milliseconds(window.until))


def _named(markets: Markets, read: Callable[[str, Any, Source], M]) -> Callable[[Any, Source], M]:
    return lambda row, source: read(markets.symbol_of(row.inst_id), row, source)


def _page(
    places: tuple[Place, ...],
    cursor: str | None,
    kind: type[Data[Listed]],
    read: Callable[[Listed, Source], M],
    market: Market | None,
    window: Window | None = None,
    limit: int = 100,
    **query: str,
) -> Call[Page[M]]:
    """One page. The cursor is "place:after"; where a place has no more, the next one is asked."""
    place, _, after = (cursor or "0:").partition(":")
    size, span, following = min(limit, 100), _span(window), int(place) + 1
    asked: dict[str, Any] = {"instType": "SPOT", "instId": market and market.id, **query}
    asked |= {"after": after or None, "limit": size}
    if window is not None:
        # Whether these include the time itself is not documented: ask for more, keep what fits.
        asked |= {"begin": span.start - 1, "end": span.stop}

    def parse(reply: Reply) -> Page[M]:
        rows = decode(kind, reply).data
        items = tuple(
            read(row, Source(reply.body, "data", at))
            for at, row in enumerate(rows)
            if row.moment in span
        )
        if len(rows) >= size and rows[-1].page_id != after:
            return Page(items, f"{place}:{rows[-1].page_id}")
        return Page(items, f"{following}:" if following < len(places) else None)

    return Call(_private(*places[int(place)], **asked), parse)
