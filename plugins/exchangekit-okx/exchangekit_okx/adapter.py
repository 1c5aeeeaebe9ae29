"""OKX v5, spot, trade mode cash: https://www.okx.com/docs-v5/en/

Reads like that page: each operation names its section, and its limit is the section's limit. A
reply is ``{"code", "msg", "data": [...]}``; the rows of a POST carry their own ``sCode`` and can
fail under code "0". Create and cancel are acknowledgements: they say nothing of an order's status.
"""

import re
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from types import MappingProxyType
from typing import Any, TypeVar

from msgspec import Raw

from exchangekit import adapter as kit
from exchangekit.adapter import Call, Cost, LimitScope, Page, Reply, Request, Window, params
from exchangekit.adapter.decode import ascending, decode, milliseconds, peek, utc
from exchangekit.adapter.markets import read_markets
from exchangekit.errors import BadReply
from exchangekit.models.account import ApiKeyInfo, Balances, TradingFee
from exchangekit.models.base import Source
from exchangekit.models.enums import OrderType, TimeInForce
from exchangekit.models.market import Market, Markets
from exchangekit.models.market_data import Candle, OrderBook, Status, Ticker, Trade
from exchangekit.models.orders import (
    CancelReport,
    LimitOrder,
    MarketBuyWithCost,
    MyTrade,
    Order,
    OrderRequest,
    make_order,
)
from exchangekit_okx import private, public
from exchangekit_okx.errors import ERRORS
from exchangekit_okx.wire import Data, Envelope, Verdict

T = TypeVar("T")
M = TypeVar("M")
Listed = TypeVar("Listed", private.Placed, private.Fill)

# First the place of the newest, then the one that reaches back three months.
ORDERS = (("trade/orders-history", 40), ("trade/orders-history-archive", 20))
FILLS = (("trade/fills", 60), ("trade/fills-history", 10))


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
        limit_orders=frozenset((OrderType.LIMIT, tif) for tif in TimeInForce),
        # Without "utc", bars of six hours and more open by the clock of UTC+8.
        timeframes={name: name for name in ("1m", "3m", "5m", "15m", "30m")}
        | {"1h": "1H", "2h": "2H", "4h": "4H", "6h": "6Hutc", "12h": "12Hutc"}
        | {"1d": "1Dutc", "1w": "1Wutc", "1M": "1Mutc"},
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
        return _first(_get("public/time", 10), Data[public.Time], lambda row, _: utc(row.ts))

    def fetch_status(self) -> Call[Status]:
        """https://www.okx.com/docs-v5/en/#status-get-status"""
        return Call(_get("system/status", 1, seconds=5), public.read_status)

    def fetch_markets(self) -> Call[Markets]:
        """https://www.okx.com/docs-v5/en/#public-data-rest-api-get-instruments"""

        def parse(reply: Reply) -> Markets:
            rows = decode(Data[Raw], reply).data
            make = partial(public.read_market, reply.body)
            return read_markets(public.Instrument, rows, "instId", make)

        return Call(_get("public/instruments", 20, per="SPOT", instType="SPOT"), parse)

    def fetch_ticker(self, market: Market) -> Call[Ticker]:
        """https://www.okx.com/docs-v5/en/#order-book-trading-market-data-get-ticker"""
        request = _get("market/ticker", 20, instId=market.id)
        return _first(request, Data[public.Day], partial(public.read_ticker, market.symbol))

    def fetch_tickers(self, markets: Markets) -> Call[dict[str, Ticker]]:
        """https://www.okx.com/docs-v5/en/#order-book-trading-market-data-get-tickers"""

        def parse(reply: Reply) -> dict[str, Ticker]:
            return {
                market.symbol: public.read_ticker(
                    market.symbol, row, Source(reply.body, "data", at)
                )
                for at, row in enumerate(decode(Data[public.Day], reply).data)
                if (market := markets.by_id.get(row.inst_id)) is not None
            }

        return Call(_get("market/tickers", 20, instType="SPOT"), parse)

    def fetch_order_book(self, market: Market, depth: int) -> Call[OrderBook]:
        """https://www.okx.com/docs-v5/en/#order-book-trading-market-data-get-order-book"""
        request = _get("market/books", 40, instId=market.id, sz=depth)
        return _first(request, Data[public.Book], partial(public.read_book, market.symbol))

    def fetch_trades(self, market: Market, limit: int) -> Call[tuple[Trade, ...]]:
        """https://www.okx.com/docs-v5/en/#order-book-trading-market-data-get-trades"""
        make = partial(public.read_trade, market.symbol)

        def parse(reply: Reply) -> tuple[Trade, ...]:
            newest_first = _each(reply, Data[public.PublicTrade], make)
            return ascending(reversed(newest_first), lambda trade: trade.timestamp)

        return Call(_get("market/trades", 100, instId=market.id, limit=min(limit, 500)), parse)

    def fetch_ohlcv(
        self, market: Market, timeframe: str, window: Window | None, limit: int
    ) -> Call[tuple[Candle, ...]]:
        """https://www.okx.com/docs-v5/en/#order-book-trading-market-data-get-candlesticks or, for a
        window, …-get-candlesticks-history"""
        span, bar = _span(window), self.capabilities.timeframes[timeframe]
        asked: dict[str, Any] = {"instId": market.id, "bar": bar, "limit": min(limit, 300)}

        def parse(reply: Reply) -> tuple[Candle, ...]:
            rows = [row for row in decode(Data[public.Bar], reply).data if row.ts in span]
            rows.sort(key=lambda row: row.ts)
            return tuple([Candle(utc(r.ts), r.o, r.h, r.l, r.c, r.vol) for r in rows])

        if window is None:
            return Call(_get("market/candles", 40, **asked), parse)
        # after means older than, before newer than; both leave out the time itself.
        asked |= {"after": span.stop, "before": span.start - 1}
        return Call(_get("market/history-candles", 20, **asked), parse)

    def fetch_balance(self) -> Call[Balances]:
        """https://www.okx.com/docs-v5/en/#trading-account-rest-api-get-balance"""
        request = _get("account/balance", 10, signed=True)
        return _first(request, Data[private.Account], private.read_balances)

    def fetch_trading_fees(
        self, markets: Markets, market: Market | None
    ) -> Call[dict[str, TradingFee]]:
        """https://www.okx.com/docs-v5/en/#trading-account-rest-api-get-fee-rates"""
        if market is None:
            raise self._unsupported("fetch_trading_fees for all symbols in one request")
        request = _get("account/trade-fee", 5, signed=True, instType="SPOT", instId=market.id)
        return _first(request, Data[private.Fees], partial(private.read_fees, market))

    def fetch_api_key(self) -> Call[ApiKeyInfo]:
        """https://www.okx.com/docs-v5/en/#trading-account-rest-api-get-account-configuration"""
        request = _get("account/config", 5, signed=True)
        return _first(request, Data[private.Config], private.read_api_key)

    def create_order(self, market: Market, order: OrderRequest) -> Call[Order]:
        """https://www.okx.com/docs-v5/en/#order-book-trading-trade-post-place-order"""
        asked: dict[str, Any] = {"symbol": market.symbol, "side": order.side, "type": order.type}
        if isinstance(order, LimitOrder):
            asked |= {"price": order.price, "time_in_force": order.time_in_force}
            body = {"ordType": private.LIMITS[order.time_in_force], "px": order.price}
        else:
            # Without banAmend the venue shrinks an order to what the balance can pay for.
            unit = "quote_ccy" if isinstance(order, MarketBuyWithCost) else "base_ccy"
            body = {"ordType": "market", "tgtCcy": unit, "banAmend": True}
        if isinstance(order, MarketBuyWithCost):
            size = asked["requested_cost"] = order.cost
        else:
            size = asked["amount"] = order.amount
        body |= {"instId": market.id, "tdMode": "cash", "side": order.side, "sz": size}

        body["clOrdId"] = order.client_order_id

        def accepted(row: private.Ack, source: Source) -> Order:
            return make_order(
                **asked,
                id=row.ord_id or None,
                client_order_id=row.cl_ord_id or order.client_order_id,
                timestamp=row.time,
                source=source,
            )

        costs = _cost("trade/order", 60, per=market.id), _cost("orders of the sub-account", 1000)
        request = replace(_post("trade/order", body, *costs), has_deadline=True)
        return _first(request, Data[private.Ack], accepted)

    def cancel_order(
        self, market: Market, id: str | None, client_order_id: str | None
    ) -> Call[Order]:
        """https://www.okx.com/docs-v5/en/#order-book-trading-trade-post-cancel-order"""
        body = {"instId": market.id, "ordId": id, "clOrdId": client_order_id}
        request = _post("trade/cancel-order", body, _cost("trade/cancel-order", 60, per=market.id))
        return _first(request, Data[private.Ack], partial(private.read_canceled, market, id))

    def cancel_orders(self, market: Market, ids: tuple[str, ...]) -> Call[CancelReport]:
        """https://www.okx.com/docs-v5/en/#order-book-trading-trade-post-cancel-multiple-orders"""
        path = "trade/cancel-batch-orders"
        cost = _cost(path, 300, per=market.id, weight=len(ids))
        if len(ids) == 1:  # counts as a single cancellation
            cost = _cost("trade/cancel-order", 60, per=market.id)
        request = _post(path, [{"instId": market.id, "ordId": name} for name in ids], cost)
        parse = partial(private.read_cancel_report, market, ids)
        return Call(replace(request, many=True), parse)

    def fetch_order(
        self, market: Market, id: str | None, client_order_id: str | None
    ) -> Call[Order]:
        """https://www.okx.com/docs-v5/en/#order-book-trading-trade-get-order-details"""
        asked: dict[str, Any] = {"instId": market.id, "ordId": id, "clOrdId": client_order_id}
        request = _get("trade/order", 60, signed=True, per=market.id, **asked)
        return _first(request, Data[private.Placed], partial(private.read_order, market.symbol))

    def fetch_open_orders(
        self, markets: Markets, market: Market | None, cursor: str | None
    ) -> Call[Page[Order]]:
        """https://www.okx.com/docs-v5/en/#order-book-trading-trade-get-order-list"""
        places = (("trade/orders-pending", 60),)
        make = _named(markets, private.read_order)
        return _page(places, cursor, 100, Data[private.Placed], make, None, _of(market))

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
        make = _named(markets, private.read_order)
        return _page(ORDERS, cursor, limit, Data[private.Placed], make, window, _of(market))

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
        make = _named(markets, private.read_fill)
        return _page(FILLS, cursor, limit, Data[private.Fill], make, window, _of(market))

    def fetch_order_trades(
        self, market: Market, id: str, cursor: str | None
    ) -> Call[Page[MyTrade]]:
        """The pages of `fetch_my_trades`, for one order."""
        make, asked = partial(private.read_fill, market.symbol), {**_of(market), "ordId": id}
        return _page(FILLS, cursor, 100, Data[private.Fill], make, None, asked)


def _cost(
    counter: str,
    limit: int,
    per: str = "",
    weight: int = 1,
    seconds: float = 2,
    signed: bool = True,
) -> Cost:
    scope = LimitScope.ACCOUNT if signed else LimitScope.IP
    return Cost(f"{counter} {per}".rstrip(), weight, limit, seconds, scope)


def _get(
    path: str,
    at_most: int,
    /,
    *,
    per: str = "",
    seconds: float = 2,
    signed: bool = False,
    **query: Any,
) -> Request:
    cost = _cost(f"GET {path}", at_most, per=per, seconds=seconds, signed=signed)
    return Request(
        method="GET", path=f"/api/v5/{path}", params=params(**query), signed=signed, costs=(cost,)
    )


def _post(path: str, body: Any, *costs: Cost) -> Request:
    request = Request(method="POST", path=f"/api/v5/{path}", signed=True, changes=True, costs=costs)
    return replace(request, body=kit.encode_json(body))


def _of(market: Market | None) -> dict[str, str]:
    return {} if market is None else {"instId": market.id}


def _span(window: Window | None) -> range:
    """Milliseconds since 1970."""
    if window is None:
        return range(sys.maxsize)
    return range(milliseconds(window.since), milliseconds(window.until))


def _each(reply: Reply, kind: type[Data[T]], make: Callable[[T, Source], M]) -> list[M]:
    rows = decode(kind, reply).data
    return [make(row, Source(reply.body, "data", at)) for at, row in enumerate(rows)]


def _first(request: Request, kind: type[Data[T]], make: Callable[[T, Source], M]) -> Call[M]:
    def parse(reply: Reply) -> M:
        for row in decode(kind, reply).data:
            return make(row, Source(reply.body, "data", 0))
        raise BadReply("the reply holds no data")

    return Call(request, parse)


def _named(
    markets: Markets, make: Callable[[str, Listed, Source], M]
) -> Callable[[Listed, Source], M]:
    return lambda row, source: make(markets.symbol_of(row.inst_id), row, source)


def _page(
    places: tuple[tuple[str, int], ...],
    cursor: str | None,
    limit: int,
    kind: type[Data[Listed]],
    make: Callable[[Listed, Source], M],
    window: Window | None,
    query: dict[str, str],
) -> Call[Page[M]]:
    """One page. The cursor is "place:after"; where a place has no more, the next one is asked."""
    place, _, after = (cursor or "0:").partition(":")
    path, at_most = places[int(place)]
    size, span = min(limit, 100), _span(window)
    asked: dict[str, Any] = {"instType": "SPOT", **query, "after": after or None, "limit": size}
    if window is not None:
        # Whether these include the time itself is not documented: ask for more, keep what fits.
        asked |= {"begin": span.start - 1, "end": span.stop}

    def parse(reply: Reply) -> Page[M]:
        rows = decode(kind, reply).data
        items = tuple(
            make(row, Source(reply.body, "data", at))
            for at, row in enumerate(rows)
            if row.moment in span
        )
        if len(rows) >= size and rows[-1].page_id != after:
            return Page(items, f"{place}:{rows[-1].page_id}")
        following = int(place) + 1
        return Page(items, f"{following}:" if following < len(places) else None)

    return Call(_get(path, at_most, signed=True, **asked), parse)
