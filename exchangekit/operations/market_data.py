"""Public market data. No keys are needed for any of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from exchangekit.errors import InvalidInput
from exchangekit.models.market import Market, Markets
from exchangekit.models.market_data import OrderBook, Status, Ticker, Trade
from exchangekit.operations.base import OperationsBase, names, whole
from exchangekit.runtime.effects import Flow


class MarketData(OperationsBase):
    def fetch_time(self) -> Flow[datetime]:
        """The venue's time (UTC)."""
        self.need("fetch_time")
        return (yield from self.policy.sample_clock())

    def fetch_status(self) -> Flow[Status]:
        """Whether the venue says that it works."""
        self.need("fetch_status")
        return (yield from self.call("fetch_status", self.adapter.fetch_status()))

    def fetch_markets(self) -> Flow[tuple[Market, ...]]:
        """All spot markets with their filters, asked anew (`load_markets` keeps them)."""
        markets = yield from self.load_markets(reload=True)
        return tuple(markets.by_symbol.values())

    def load_markets(self, reload: bool = False) -> Flow[Markets]:
        """All spot markets by symbol, kept for the life of this connection.

        ``reload=True`` asks again. Other operations call it by themselves when they need it.
        """
        return (yield from super().load_markets(reload))

    def fetch_ticker(self, symbol: str) -> Flow[Ticker]:
        """Best prices and the last 24 hours of one symbol. Raises UnknownSymbol."""
        self.need("fetch_ticker")
        market = yield from self.market(symbol, "fetch_ticker")
        return (yield from self.call("fetch_ticker", self.adapter.fetch_ticker(market)))

    def fetch_tickers(self, symbols: Sequence[str] | None = None) -> Flow[dict[str, Ticker]]:
        """Tickers by symbol, of all markets or of `symbols`, in one request.

        A symbol for which the venue sends no ticker is missing from the result.
        """
        self.need("fetch_tickers")
        with self.checking("fetch_tickers"):
            symbols = names(symbols)
        markets = yield from self.load_markets()
        for symbol in symbols or ():
            yield from self.market(symbol, "fetch_tickers")
        if symbols is not None and not symbols:
            return {}
        found = yield from self.call("fetch_tickers", self.adapter.fetch_tickers(markets))
        if symbols is None:
            return found
        return {symbol: found[symbol] for symbol in symbols if symbol in found}

    def fetch_order_book(self, symbol: str, limit: int | None = None) -> Flow[OrderBook]:
        """The order book, `limit` levels a side (100 by default, fewer where there are fewer).

        Raises InvalidInput when the venue serves no book that deep.
        """
        self.need("fetch_order_book")
        depths = self.adapter.capabilities.book_depths
        with self.checking("fetch_order_book"):
            wanted = whole(limit, "limit", min(100, depths[-1]))
            if wanted > depths[-1]:
                raise InvalidInput(
                    f"limit is {wanted}, {self.adapter.title} serves at most {depths[-1]} levels"
                )
        market = yield from self.market(symbol, "fetch_order_book")
        depth = next(depth for depth in depths if depth >= wanted)
        book = yield from self.call(
            "fetch_order_book", self.adapter.fetch_order_book(market, depth)
        )
        if depth == wanted:
            return book
        return book.model_copy(update={"bids": book.bids[:wanted], "asks": book.asks[:wanted]})

    def fetch_trades(self, symbol: str, limit: int | None = None) -> Flow[tuple[Trade, ...]]:
        """The newest public trades, oldest first."""
        self.need("fetch_trades")
        most = self.adapter.capabilities.trades_per_call
        with self.checking("fetch_trades"):
            wanted = whole(limit, "limit", min(100, most))
            if wanted > most:
                raise InvalidInput(
                    f"limit is {wanted}, {self.adapter.title} serves at most {most} trades"
                )
        market = yield from self.market(symbol, "fetch_trades")
        trades = yield from self.call("fetch_trades", self.adapter.fetch_trades(market, wanted))
        return trades[-wanted:]
