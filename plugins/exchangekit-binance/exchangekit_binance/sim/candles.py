"""Candles of every Binance interval, one-second ones included, and the average price.

The core keeps candles from a minute upwards; candles of one second are made here from the same
trades, flat where none happened, so that they agree with the others.

Source: https://developers.binance.com/docs/binance-spot-api-docs/rest-api/market-data-endpoints
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from exchangekit.sim import Context, Response
from exchangekit.sim.views import Candle, PublicTrade
from exchangekit_binance.sim.answers import refusal
from exchangekit_binance.sim.instruments import AVERAGE_MINUTES
from exchangekit_binance.sim.parameters import Parameters
from exchangekit_binance.sim.records import eight

SECOND: Final = 1000
INTERVALS: Final = frozenset(
    [
        "1s",
        "1m",
        "3m",
        "5m",
        "15m",
        "30m",
        "1h",
        "2h",
        "4h",
        "6h",
        "8h",
        "12h",
        "1d",
        "3d",
        "1w",
        "1M",
    ]
)
_ALL: Final = 1_000_000
_OFFSET: Final = re.compile(r"([+-]?)(\d{1,2})(?::(\d{2}))?")


def klines(ctx: Context) -> Response:
    sent = Parameters(ctx, "symbol", "interval", "startTime", "endTime", "timeZone", "limit")
    item, interval = sent.symbol(), sent.need("interval")
    if interval not in INTERVALS:
        raise refusal(-1120)
    start, end = sent.span()
    found = candles(
        ctx,
        item.symbol,
        interval,
        limit=sent.limit(500, 1000),
        since=start,
        until=end,
        offset_hours=whole_hours(sent.text("timeZone")),
    )
    return Response(
        [
            [
                candle.start,
                eight(candle.open),
                eight(candle.high),
                eight(candle.low),
                eight(candle.close),
                eight(candle.volume),
                candle.end - 1,
                eight(candle.quote_volume),
                candle.trades,
                eight(candle.taker_buy_volume),
                eight(candle.taker_buy_quote_volume),
                "0",
            ]
            for candle in found
        ]
    )


def whole_hours(zone: str | None) -> int:
    """Whole hours only: the simulated candles know no zones of half hours."""
    if zone is None:
        return 0
    match = _OFFSET.fullmatch(zone)
    if match is None or match.group(3) not in (None, "00"):
        raise refusal(-1130, "Data sent for parameter 'timeZone' is not valid.")
    hours = int(match.group(1) + match.group(2))
    if not -12 <= hours <= 14:
        raise refusal(-1130, "Data sent for parameter 'timeZone' is not valid.")
    return hours


def candles(
    ctx: Context,
    symbol: str,
    interval: str,
    *,
    limit: int,
    since: int | None,
    until: int | None,
    offset_hours: int,
) -> list[Candle]:
    """Oldest first. `since` and `until` (ms, inclusive) bound the candles' start times."""
    if interval == "1s":
        return _seconds(ctx, symbol, limit=limit, since=since, until=until)
    return ctx.candles(
        symbol, interval, limit=limit, since=since, until=until, offset_hours=offset_hours
    )


def average(ctx: Context, symbol: str) -> Decimal:
    """The volume-weighted price of the last five minutes; the last price if nothing traded."""
    found = ctx.candles(symbol, "1m", limit=AVERAGE_MINUTES)
    volume = _sum(candle.volume for candle in found)
    if not volume:
        return ctx.last_price(symbol)
    return _sum(candle.quote_volume for candle in found) / volume


def _seconds(
    ctx: Context, symbol: str, *, limit: int, since: int | None, until: int | None
) -> list[Candle]:
    now = ctx.venue.clock.market_now()
    last = min(now if until is None else until, now) // SECOND * SECOND
    if since is None:
        first = last - (limit - 1) * SECOND
    else:
        first = -(-since // SECOND) * SECOND
        last = min(last, first + (limit - 1) * SECOND)
    if first > last:
        return []
    by_second: dict[int, list[PublicTrade]] = defaultdict(list)
    for trade in ctx.trades(symbol, limit=_ALL, since=first, until=last + SECOND - 1):
        by_second[trade.time // SECOND * SECOND].append(trade)
    close = ctx.trades(symbol, limit=1, until=first - 1)[-1].price
    found = []
    for start in range(first, last + SECOND, SECOND):
        candle = _one_second(start, by_second[start], close, closed=start + SECOND <= now)
        close = candle.close
        found.append(candle)
    return found


def _one_second(start: int, trades: list[PublicTrade], before: Decimal, *, closed: bool) -> Candle:
    prices = [trade.price for trade in trades] or [before]
    bought = [trade for trade in trades if trade.side == "buy"]
    return Candle(
        start=start,
        end=start + SECOND,
        open=prices[0],
        high=max(prices),
        low=min(prices),
        close=prices[-1],
        volume=_sum(trade.amount for trade in trades),
        quote_volume=_sum(trade.cost for trade in trades),
        trades=len(trades),
        taker_buy_volume=_sum(trade.amount for trade in bought),
        taker_buy_quote_volume=_sum(trade.cost for trade in bought),
        closed=closed,
    )


def _sum(numbers: Iterable[Decimal]) -> Decimal:
    return sum(numbers, Decimal(0))
