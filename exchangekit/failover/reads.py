"""What a failover reads: market data and the accounts, from the venue that comes first now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from exchangekit.failover.errors import NoVenue
from exchangekit.failover.fitting import common_markets
from exchangekit.failover.reading import first_told
from exchangekit.failover.several import NAME, Several
from exchangekit.models.account import ApiKeyInfo, Balances, TradingFee
from exchangekit.models.market import Market
from exchangekit.models.market_data import Candle, OrderBook, Status, Ticker, Trade
from exchangekit.models.markets import Markets
from exchangekit.operations.interface import Operations
from exchangekit.runtime.effects import Flow


class Reads(Operations):
    """The reading half of `SeveralVenues`."""

    def __init__(self, several: Several) -> None:
        self.several = several
        self._markets: Markets | None = None
        self._all_listed = False

    @property
    def markets(self) -> Markets | None:
        return self._markets

    # Public data

    def fetch_time(self) -> Flow[datetime]:
        return first_told(self.several, "fetch_time", lambda one: one.fetch_time())

    def fetch_status(self) -> Flow[Status]:
        return first_told(self.several, "fetch_status", lambda one: one.fetch_status())

    def load_markets(self, reload: bool = False) -> Flow[Markets]:
        """The markets of all venues by symbol; one that several list has filters that hold at each
        of them, so that an order which fits it fits wherever it goes."""
        if self._markets is not None and self._all_listed and not reload:
            return self._markets
        told, missing = yield from self.several.ask_all(
            "load_markets", lambda one: one.load_markets(reload)
        )
        if not told:
            raise NoVenue(
                "no venue tells its markets",
                reasons=missing,
                venue=NAME,
                operation="load_markets",
            )
        self._markets, self._all_listed = common_markets(told.values()), not missing
        return self._markets

    def fetch_markets(self) -> Flow[tuple[Market, ...]]:
        markets = yield from self.load_markets(reload=True)
        return tuple(markets.by_symbol.values())

    def fetch_ticker(self, symbol: str) -> Flow[Ticker]:
        return first_told(self.several, "fetch_ticker", lambda one: one.fetch_ticker(symbol))

    def fetch_tickers(self, symbols: Sequence[str] | None = None) -> Flow[dict[str, Ticker]]:
        return first_told(self.several, "fetch_tickers", lambda one: one.fetch_tickers(symbols))

    def fetch_order_book(self, symbol: str, limit: int | None = None) -> Flow[OrderBook]:
        return first_told(
            self.several, "fetch_order_book", lambda one: one.fetch_order_book(symbol, limit)
        )

    def fetch_trades(self, symbol: str, limit: int | None = None) -> Flow[tuple[Trade, ...]]:
        return first_told(self.several, "fetch_trades", lambda one: one.fetch_trades(symbol, limit))

    def fetch_ohlcv(
        self,
        symbol: str,
        timeframe: str = "1m",
        since: datetime | None = None,
        limit: int | None = None,
        *,
        until: datetime | None = None,
    ) -> Flow[tuple[Candle, ...]]:
        return first_told(
            self.several,
            "fetch_ohlcv",
            lambda one: one.fetch_ohlcv(symbol, timeframe, since, limit, until=until),
        )

    # The accounts

    def fetch_balance(self) -> Flow[Balances]:
        """The balances at the venue that comes first now, where the next order would go; those of
        all are in `Failover.balances`."""
        return first_told(self.several, "fetch_balance", lambda one: one.fetch_balance())

    def fetch_trading_fees(
        self, symbols: Sequence[str] | None = None
    ) -> Flow[dict[str, TradingFee]]:
        return first_told(
            self.several, "fetch_trading_fees", lambda one: one.fetch_trading_fees(symbols)
        )

    def fetch_api_key(self) -> Flow[ApiKeyInfo]:
        return first_told(self.several, "fetch_api_key", lambda one: one.fetch_api_key())
