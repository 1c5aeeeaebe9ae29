"""Public market data. No keys are needed for any of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from exchangekit.adapter import identity
from exchangekit.errors import InvalidInput
from exchangekit.models.market import Market
from exchangekit.models.market_data import OrderBook, Status, Ticker, Trade
from exchangekit.models.markets import Markets
from exchangekit.operations.arguments import names, whole
from exchangekit.operations.part import Part
from exchangekit.runtime.effects import Flow


class MarketData(Part):
    def fetch_time(self) -> Flow[datetime]:
        self.connection.need("fetch_time")
        return (yield from self.connection.policy.sample_clock())

    def fetch_status(self) -> Flow[Status]:
        self.connection.need("fetch_status")
        return (yield from self.connection.call("fetch_status", self.adapter.fetch_status()))

    def fetch_markets(self) -> Flow[tuple[Market, ...]]:
        markets = yield from self.connection.load_markets(reload=True)
        return tuple(markets.by_symbol.values())

    def load_markets(self, reload: bool = False) -> Flow[Markets]:
        return self.connection.load_markets(reload)

    def fetch_ticker(self, symbol: str) -> Flow[Ticker]:
        self.connection.need("fetch_ticker")
        market = yield from self.connection.market(symbol, "fetch_ticker")
        call = identity.of_market(self.adapter.fetch_ticker(market), market)
        return (yield from self.connection.call("fetch_ticker", call))

    def fetch_tickers(self, symbols: Sequence[str] | None = None) -> Flow[dict[str, Ticker]]:
        self.connection.need("fetch_tickers")
        with self.connection.checking("fetch_tickers"):
            symbols = names(symbols)
        markets = yield from self.connection.load_markets()
        for symbol in symbols or ():
            yield from self.connection.market(symbol, "fetch_tickers")
        if symbols is not None and not symbols:
            return {}
        call = identity.by_name(self.adapter.fetch_tickers(markets))
        found = yield from self.connection.call("fetch_tickers", call)
        if symbols is None:
            return found
        return {symbol: found[symbol] for symbol in symbols if symbol in found}

    def fetch_order_book(self, symbol: str, limit: int | None = None) -> Flow[OrderBook]:
        self.connection.need("fetch_order_book")
        depths = self.adapter.capabilities.book_depths
        with self.connection.checking("fetch_order_book"):
            wanted = whole(limit, "limit", min(100, depths[-1]))
            if wanted > depths[-1]:
                raise InvalidInput(
                    f"limit is {wanted}, {self.adapter.title} serves at most {depths[-1]} levels"
                )
        market = yield from self.connection.market(symbol, "fetch_order_book")
        depth = next(depth for depth in depths if depth >= wanted)
        call = identity.of_market(self.adapter.fetch_order_book(market, depth), market)
        book = yield from self.connection.call("fetch_order_book", call)
        if depth == wanted:
            return book
        return book.model_copy(update={"bids": book.bids[:wanted], "asks": book.asks[:wanted]})

    def fetch_trades(self, symbol: str, limit: int | None = None) -> Flow[tuple[Trade, ...]]:
        self.connection.need("fetch_trades")
        most = self.adapter.capabilities.trades_per_call
        with self.connection.checking("fetch_trades"):
            wanted = whole(limit, "limit", min(100, most))
            if wanted > most:
                raise InvalidInput(
                    f"limit is {wanted}, {self.adapter.title} serves at most {most} trades"
                )
        market = yield from self.connection.market(symbol, "fetch_trades")
        call = identity.trades_of(self.adapter.fetch_trades(market, wanted), market)
        trades = yield from self.connection.call("fetch_trades", call)
        return trades[-wanted:]
