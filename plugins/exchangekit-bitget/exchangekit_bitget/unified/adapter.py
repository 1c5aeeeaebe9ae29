"""Bitget's unified account API (v3), category SPOT: https://www.bitget.com/api-doc/uta/intro

Accounts in classic mode have another API (venue "bitget") and are refused here by code 40084, as
https://github.com/enarjord/passivbot/pull/601 and others saw it; documented beside it is 25245. A
reply is ``{"code", "msg", "requestTime", "data"}``, under HTTP 400 or more where it is an error. A
new order's reply holds ids and no more.

Not documented, and treated so that nothing hangs on it: for how long an order that ended is found
by its id or its name (a name is free again then: …/uta/changelog, 9 October 2025), so that the
newest of the history are looked through as well; whether times of a window are included, so that
more is asked for; what the lists hold that are asked for without times; how the last page says that
it is the last, so that its cursor is followed until there is none.
"""

import re
from datetime import datetime
from functools import partial
from types import MappingProxyType
from typing import Any

from exchangekit import adapter as kit
from exchangekit import models
from exchangekit.adapter import Call, Cost, Page, Reply, Request, Window, parse
from exchangekit.models import Market, Markets, MyTrade, Order
from exchangekit_bitget.adapter import BitgetAdapter
from exchangekit_bitget.signing import UNIFIED_SIGNER
from exchangekit_bitget.unified import rows

Name = str | None
Fees = dict[str, models.TradingFee]

_TOTAL = Cost("total", 1, 6000, 60)  # https://www.bitget.com/api-doc/common/intro, of an address
_LONGEST = 29 * 24 * 3600 * 1000  # lists take 30 days at most
_CURSOR = kit.told_at("data", "cursor")


def _ask(endpoint: str, per_second: int, *, signed: bool = True, **values: Any) -> Request:
    """Each endpoint counts for itself: of an account where it is signed, else of an address."""
    scope = kit.LimitScope.ACCOUNT if signed else kit.LimitScope.IP
    costs = Cost(endpoint, 1, per_second, 1, scope), _TOTAL
    values |= {"signed": signed, "changes": endpoint.startswith("POST")}
    return kit.build_request(endpoint.replace(" ", " /api/v3/"), *costs, **values)


_public = partial(_ask, signed=False, category=rows.SPOT)


class BitgetUnifiedAdapter(kit.Adapter):
    venue = "bitgetuta"
    title = "Bitget Unified"
    docs = "https://www.bitget.com/api-doc/uta/intro"
    # https://www.bitget.com/api-doc/uta/guide: the same addresses, headers, codes and kind of key
    environments = BitgetAdapter.environments
    signer = UNIFIED_SIGNER
    errors = BitgetAdapter.errors
    envelope = BitgetAdapter.envelope
    json_bodies = True
    key_shape = BitgetAdapter.key_shape
    capabilities = kit.Capabilities(
        limit_orders=frozenset({kit.LIMIT_GTC, kit.LIMIT_POST_ONLY, kit.LIMIT_IOC, kit.LIMIT_FOK}),
        buy_with_amount=False,
        # ":" and "/" may stand in it, too, and would have to be encoded in a query that is signed.
        client_order_id=re.compile(r"[A-Za-z0-9._-]{1,32}"),
        timeframes=MappingProxyType(rows.TIMEFRAMES),
        candles_per_call=100,
        book_depths=tuple(range(1, 201)),
        trades_per_call=100,
        cancels_per_call=20,
        fees_per_symbol=True,
        countdown=(5, 60),
        # What is signed is refused when it arrives 30 seconds after its time; nothing is said of a
        # second look before matching: …/common/signature-samaple/interaction
        fence=kit.Fence("gateway"),
    )

    def fetch_time(self) -> Call[datetime]:
        """https://www.bitget.com/api-doc/common/public/Get-Server-Time, of both APIs"""
        place = "GET /api/v2/public/time"
        request = kit.build_request(place, Cost(place, 1, 20, 1), _TOTAL)
        return Call(request, lambda reply: kit.utc(kit.decode_at(int, reply, "data", "serverTime")))

    def fetch_markets(self) -> Call[Markets]:
        """https://www.bitget.com/api-doc/uta/public/Instruments"""
        read = kit.listing(rows.Instrument, parse.market, "symbol", "data")
        return Call(_public("GET market/instruments", 20), read)

    def fetch_ticker(self, market: Market) -> Call[models.Ticker]:
        """https://www.bitget.com/api-doc/uta/public/Tickers"""
        request = _public("GET market/tickers", 20, symbol=market.id)
        return Call(request, kit.parse_row(rows.Ticker, parse.ticker, market, "data", 0))

    def fetch_tickers(self, markets: Markets) -> Call[dict[str, models.Ticker]]:
        """https://www.bitget.com/api-doc/uta/public/Tickers"""
        read = kit.by_symbol(rows.Ticker, parse.ticker, markets, "data")
        return Call(_public("GET market/tickers", 20), read)

    def fetch_order_book(self, market: Market, depth: int) -> Call[models.OrderBook]:
        """https://www.bitget.com/api-doc/uta/public/OrderBook"""
        request = _public("GET market/orderbook", 20, symbol=market.id, limit=depth)
        return Call(request, kit.parse_row(rows.Book, parse.book, market, "data"))

    def fetch_trades(self, market: Market, limit: int) -> Call[tuple[models.Trade, ...]]:
        """https://www.bitget.com/api-doc/uta/public/Fills, newest first"""
        request = _public("GET market/fills", 20, symbol=market.id, limit=limit)
        return Call(request, kit.parse_newest_first(rows.Trade, rows.trade, market, "data"))

    def fetch_ohlcv(
        self, market: Market, timeframe: str, window: Window | None, limit: int
    ) -> Call[tuple[models.Candle, ...]]:
        """https://www.bitget.com/api-doc/uta/public/Get-Candle-Data or, for a window,
        …/Get-History-Candle-Data: the last 90 days. Its newest candles before endTime come; whether
        one that opens there is among them is not said."""
        place = "GET market/" + ("history-candles" if window else "candles")
        asked: dict[str, Any] = {"symbol": market.id, "interval": rows.TIMEFRAMES[timeframe]}
        asked |= {"endTime": window and kit.milliseconds(window.until) - 1, "limit": limit}
        request = _public(place, 20, **asked)
        return Call(request, lambda reply: kit.inside(parse.candles(reply, "data"), window))

    def fetch_balance(self) -> Call[models.Balances]:
        """https://www.bitget.com/api-doc/uta/account/Get-Account"""
        return Call(_ask("GET account/assets", 20), parse.account(rows.Account, "data"))

    def fetch_trading_fees(self, markets: Markets, market: Market | None) -> Call[Fees]:
        """https://www.bitget.com/api-doc/uta/account/Get-Account-Fee-Rate"""
        assert market is not None, "fees_per_symbol"
        request = _ask("GET account/fee-rate", 3, symbol=market.id, category=rows.SPOT)
        return Call(request, parse.trading_fees(rows.Rates, market, "data"))

    def fetch_api_key(self) -> Call[models.ApiKeyInfo]:
        """https://www.bitget.com/api-doc/uta/account/Get-Account-Info"""
        return Call(_ask("GET account/info", 5), parse.api_key(rows.Key, "data"))

    def create_order(self, market: Market, order: models.OrderRequest) -> Call[Order]:
        """https://www.bitget.com/api-doc/uta/trade/Place-Order"""
        told = rows.order_params(market, order)
        request = _ask("POST trade/place-order", 10, json=told, has_deadline=True)
        read = partial(rows.order, asked=order)
        return Call(request, kit.parse_row(rows.Acknowledged, read, market, "data"))

    def cancel_order(self, market: Market, id: Name, client_order_id: Name) -> Call[Order]:
        """https://www.bitget.com/api-doc/uta/trade/Cancel-Order"""
        which = {"category": rows.SPOT, "orderId": id, "clientOid": client_order_id}
        request = _ask("POST trade/cancel-order", 10, json=which)
        return Call(request, kit.parse_row(rows.Acknowledged, rows.order, market, "data"))

    def cancel_orders(self, market: Market, ids: tuple[str, ...]) -> Call[models.CancelReport]:
        """https://www.bitget.com/api-doc/uta/trade/Cancel-Batch: cancel-symbol-order does not say
        of which market the orders were that it canceled"""
        told = [{"category": rows.SPOT, "symbol": market.id, "orderId": one} for one in ids]
        request = _ask("POST trade/cancel-batch", 5, json=told, many=True)
        return Call(request, partial(rows.cancel_report, market=market, ids=ids))

    def cancel_all_after(self, seconds: int | None) -> Call[models.Countdown]:
        """https://www.bitget.com/api-doc/uta/trade/CountDown-Cancel-All: for accounts to which
        Bitget gives it, and of all that the account has open, futures too"""
        request = _ask("POST trade/countdown-cancel-all", 1, json={"countdown": str(seconds or 0)})
        return Call(request, partial(rows.countdown, seconds=seconds))

    def fetch_order(self, market: Market, id: Name, client_order_id: Name) -> Call[Order]:
        """https://www.bitget.com/api-doc/uta/trade/Get-Order-Details, and what that one does not
        know among the newest of https://www.bitget.com/api-doc/uta/trade/Get-Order-History"""
        request = _ask("GET trade/order-info", 20, orderId=id, clientOid=client_order_id)
        found = kit.parse_row(rows.Order, rows.order, market, "data")
        which: dict[str, Any] = {"category": rows.SPOT, "symbol": market.id, "limit": 100}
        again = parse.parse_named(
            rows.Order, rows.order, market, client_order_id, *rows.LIST, id=id
        )
        return Call(
            request, found, otherwise=Call(_ask("GET trade/history-orders", 20, **which), again)
        )

    def fetch_open_orders(self, asked: kit.Listing) -> Call[Page[Order]]:
        """https://www.bitget.com/api-doc/uta/trade/Get-Order-Pending"""
        read = kit.parse_rows(rows.Order, rows.order, asked.where, *rows.LIST)
        return _pages("GET trade/unfilled-orders", asked, read, symbol=asked.market_id)

    def fetch_closed_orders(self, asked: kit.Listing) -> Call[Page[Order]]:
        """https://www.bitget.com/api-doc/uta/trade/Get-Order-History, 90 days back"""
        read = kit.parse_rows(rows.Order, rows.order, asked.where, *rows.LIST)
        pages = _pages("GET trade/history-orders", asked, read, symbol=asked.market_id)
        return kit.closed(pages)

    def fetch_my_trades(self, asked: kit.Listing) -> Call[Page[MyTrade]]:
        """https://www.bitget.com/api-doc/uta/trade/Get-Order-Fills, 90 days back, of all markets:
        there is no parameter for one"""
        each = kit.parse_rows(rows.Fill, rows.fill, asked.markets, *rows.LIST)

        def read(reply: Reply) -> tuple[MyTrade, ...]:
            wanted = asked.market and asked.market.symbol
            return tuple(one for one in each(reply) if wanted in (None, one.symbol))

        return _pages("GET trade/fills", asked, read)

    def fetch_order_trades(self, id: str, asked: kit.Listing) -> Call[Page[MyTrade]]:
        """https://www.bitget.com/api-doc/uta/trade/Get-Order-Fills"""
        read = kit.parse_rows(rows.Fill, rows.fill, asked.where, *rows.LIST)
        return _pages("GET trade/fills", asked, read, orderId=id)


def _pages(place: str, asked: kit.Listing, read: Any, **query: Name) -> Call[Page[Any]]:
    def request(ask: kit.Ask) -> Request:
        values: dict[str, Any] = {"category": rows.SPOT, **query, "limit": ask.limit}
        values |= {"startTime": ask.first and ask.first - 1, "endTime": ask.last and ask.last + 1}
        return _ask(place, 20, cursor=ask.cursor, **values)

    return kit.by_cursor(request, read, asked, _CURSOR, most=100, longest=_LONGEST)
