"""Public market data. No keys are needed for any of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from exchangekit.adapter import identity
from exchangekit.errors import BadReply, InvalidInput, OnMaintenance, VenueUnavailable
from exchangekit.models.enums import VenueState
from exchangekit.models.market import Market
from exchangekit.models.market_data import OrderBook, Status, Ticker, Trade, make_status
from exchangekit.models.markets import Markets
from exchangekit.operations.arguments import names, whole
from exchangekit.operations.part import Part
from exchangekit.runtime.effects import Flow


class MarketData(Part):
    def fetch_time(self) -> Flow[datetime]:
        self.connection.need("fetch_time")
        return (yield from self.connection.policy.sample_clock())

    def fetch_status(self) -> Flow[Status]:
        absent = self.connection.missing_operation
        if absent("fetch_status") is not None and absent("fetch_time") is None:
            return (yield from self._status_by_time())
        self.connection.need("fetch_status")
        return (yield from self.connection.call("fetch_status", self.adapter.fetch_status()))

    def _status_by_time(self) -> Flow[Status]:
        """What can be said of a venue that has no status of its own. What is no sign of its state
        (a limit, a ban, a firewall) is raised, as of a status that could not be asked for."""
        title = self.adapter.title
        try:
            call = self.adapter.fetch_time()
            yield from self.connection.call("fetch_time", call, serving="fetch_status")
        except OnMaintenance as error:
            said = error.venue_message or error.message
            return make_status(state=VenueState.MAINTENANCE, message=said)
        except (VenueUnavailable, BadReply) as error:
            said = f"{title} has no status page, and its time could not be asked: {error.message}"
            return make_status(state=VenueState.UNKNOWN, message=said)
        said = f"{title} has no status page here: it answered when asked for its time."
        return make_status(state=VenueState.OK, message=said)

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
