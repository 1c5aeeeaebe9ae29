"""Candles, one call or a history of any length, without gaps or repeats.

History is asked for in windows of time that touch and do not overlap, so that candles the venue
leaves out (no trade, no candle) shift nothing.
"""

from __future__ import annotations

from collections.abc import Generator
from datetime import datetime, timedelta

from exchangekit.adapter.lists import Window
from exchangekit.errors import InvalidInput
from exchangekit.models.market import Market
from exchangekit.models.market_data import Candle
from exchangekit.operations.arguments import aware, whole
from exchangekit.operations.part import Part
from exchangekit.operations.timeframes import advance
from exchangekit.runtime.effects import Flow

_SMALLEST_LIMIT = 100
"""No venue is known to cut a reply of candles below this."""


class Candles(Part):
    def fetch_ohlcv(
        self,
        symbol: str,
        timeframe: str = "1m",
        since: datetime | None = None,
        limit: int | None = None,
        *,
        until: datetime | None = None,
    ) -> Flow[tuple[Candle, ...]]:
        since, until = self._check(timeframe, since, until)
        most = self.adapter.capabilities.candles_per_call
        with self.connection.checking("fetch_ohlcv"):
            wanted = whole(limit, "limit", most) if since is None or limit is not None else None
        market = yield from self.connection.market(symbol, "fetch_ohlcv")
        if since is None and until is None and wanted is not None and wanted <= most:
            call = self.adapter.fetch_ohlcv(market, timeframe, None, wanted)
            newest = yield from self.connection.call("fetch_ohlcv", call)
            return newest[-wanted:]
        until = yield from self._end(until)
        backwards = since is None
        if since is None:
            with self.connection.checking("fetch_ohlcv"):
                since = advance(until, timeframe, -(wanted or most))
        rows: list[Candle] = []
        for page in self._pages(market, timeframe, since, until):
            rows += yield from page
            if not backwards and wanted is not None and len(rows) >= wanted:
                break
        if wanted is None:
            return tuple(rows)
        return tuple(rows[-wanted:] if backwards else rows[:wanted])

    def iter_ohlcv(
        self,
        symbol: str,
        timeframe: str = "1m",
        *,
        since: datetime,
        until: datetime | None = None,
    ) -> Generator[Flow[tuple[Candle, ...]], None, None]:
        first, last = self._check(timeframe, since, until)
        with self.connection.checking("fetch_ohlcv"):
            if first is None:
                raise InvalidInput("since is None, expected a datetime with a time zone")

        start, found = first, list[tuple[Market, datetime]]()

        def opening() -> Flow[tuple[Candle, ...]]:
            market = yield from self.connection.market(symbol, "fetch_ohlcv")
            found.append((market, (yield from self._end(last))))
            return ()

        yield opening()
        market, end = found[0]
        yield from self._pages(market, timeframe, start, end)

    def _check(
        self, timeframe: str, since: datetime | None, until: datetime | None
    ) -> tuple[datetime | None, datetime | None]:
        self.connection.need("fetch_ohlcv")
        with self.connection.checking("fetch_ohlcv"):
            known = self.adapter.capabilities.timeframes
            if timeframe not in known:
                raise InvalidInput(
                    f"timeframe is {timeframe!r}, {self.adapter.title} has: {', '.join(known)}"
                )
            first, last = aware(since, "since"), aware(until, "until")
            if first is not None and last is not None and first >= last:
                raise InvalidInput(f"since ({first}) is not before until ({last})")
        return first, last

    def _end(self, until: datetime | None) -> Flow[datetime]:
        """`until`, but not in the future, where there is nothing to ask for."""
        # A little ahead: the estimate leans to the past and a candle may just have opened.
        soon = (yield from self.connection.venue_now()) + timedelta(seconds=5)
        return soon if until is None else min(soon, until)

    def _pages(
        self, market: Market, timeframe: str, since: datetime, until: datetime
    ) -> Generator[Flow[tuple[Candle, ...]], None, None]:
        most = self.adapter.capabilities.candles_per_call
        while since < until:
            with self.connection.checking("fetch_ohlcv"):
                end = min(advance(since, timeframe, most), until)
            yield self._page(market, timeframe, Window(since, end))
            since = end

    def _page(self, market: Market, timeframe: str, window: Window) -> Flow[tuple[Candle, ...]]:
        """The candles of one window. Where a reply may have been cut short, what is missing at
        its ends is asked for again until the venue has nothing to add: a limit that is smaller
        than documented must not become a gap."""
        rows = yield from self._ask(market, timeframe, window)
        before = after = len(rows) >= _SMALLEST_LIMIT
        while before or after:
            first, following = rows[0].timestamp, advance(rows[-1].timestamp, timeframe, 1)
            older: tuple[Candle, ...] = ()
            newer: tuple[Candle, ...] = ()
            if before and advance(window.since, timeframe, 1) <= first:
                older = yield from self._ask(market, timeframe, Window(window.since, first))
            if after and following < window.until:
                newer = yield from self._ask(market, timeframe, Window(following, window.until))
            rows = older + rows + newer
            before, after = bool(older), bool(newer)
        return (yield from self._with_growing(market, timeframe, window, rows))

    def _with_growing(
        self, market: Market, timeframe: str, window: Window, rows: tuple[Candle, ...]
    ) -> Flow[tuple[Candle, ...]]:
        """`rows` with the candle that still grows, which some venues leave out of their history."""
        now = yield from self.connection.venue_now()
        if window.until <= now or (rows and advance(rows[-1].timestamp, timeframe, 1) > now):
            return rows
        newest = yield from self.connection.call(
            "fetch_ohlcv", self.adapter.fetch_ohlcv(market, timeframe, None, 2)
        )
        last = rows[-1].timestamp if rows else window.since - timedelta(microseconds=1)
        return rows + tuple(row for row in newest if last < row.timestamp < window.until)

    def _ask(self, market: Market, timeframe: str, window: Window) -> Flow[tuple[Candle, ...]]:
        most = self.adapter.capabilities.candles_per_call
        call = self.adapter.fetch_ohlcv(market, timeframe, window, most)
        rows = yield from self.connection.call("fetch_ohlcv", call)
        return tuple(row for row in rows if window.since <= row.timestamp < window.until)
