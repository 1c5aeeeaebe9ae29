"""Candles: the recent ones, and those that are history.

Source: https://www.okx.com/docs-v5/en/#order-book-trading-market-data-get-candlesticks
"""

from __future__ import annotations

from typing import Final

from exchangekit.sim import Context, Response
from exchangekit.sim.money import plain
from exchangekit_okx.sim.answers import ok, refuse
from exchangekit_okx.sim.parameters import Query, listed

# The venue's name of a bar: the engine's interval, and the hour (UTC+) at which its days begin.
_UTC8: Final = {name: (name.lower(), 8) for name in ("6H", "12H", "1D", "2D", "3D", "1W")}
BARS: Final[dict[str, tuple[str, int]]] = {
    **{name: (name.lower(), 0) for name in ("1m", "3m", "5m", "15m", "30m", "1H", "2H", "4H")},
    **_UTC8,
    **{f"{name}utc": (interval, 0) for name, (interval, _) in _UTC8.items()},
    "1M": ("1M", 8),
    "3M": ("3M", 8),
    "1Mutc": ("1M", 0),
    "3Mutc": ("3M", 0),
}
# How many of the newest candles the candles endpoint knows; older ones are "history".
RECENT_CANDLES: Final = 1440


def candles(ctx: Context) -> Response:
    return _candles(ctx, history=False)


def history_candles(ctx: Context) -> Response:
    return _candles(ctx, history=True)


def _candles(ctx: Context, *, history: bool) -> Response:
    """Newest first, strictly between ``before`` and ``after``; the newest when there are too many.

    The recent endpoint ends at its oldest candle, the history one shows finished candles only.
    """
    query = Query(ctx.request)
    instrument = listed(ctx, query)
    bar = BARS.get(query.get("bar") or "1m")
    if bar is None:
        raise refuse("51000", "bar")
    interval, hours = bar
    limit = query.limit(100, 300)
    after, before = query.integer("after"), query.integer("before")
    oldest = before
    if not history:
        newest = ctx.candles(instrument.symbol, interval, limit=1, offset_hours=hours)[-1]
        first = newest.start - (RECENT_CANDLES - 1) * (newest.end - newest.start)
        oldest = max(first - 1, before or 0)
    found = ctx.candles(
        instrument.symbol,
        interval,
        limit=limit + 1 if history else limit,
        until=None if after is None else after - 1,
        offset_hours=hours,
    )
    wanted = [
        candle
        for candle in reversed(found)
        if (oldest is None or candle.start > oldest) and (candle.closed or not history)
    ]
    return ok(
        [
            [
                str(candle.start),
                plain(candle.open),
                plain(candle.high),
                plain(candle.low),
                plain(candle.close),
                plain(candle.volume),
                plain(candle.quote_volume),
                plain(candle.quote_volume),
                "1" if candle.closed else "0",
            ]
            for candle in wanted[:limit]
        ]
    )
