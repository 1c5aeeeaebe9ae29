"""Candles, newest first.

Source: https://bybit-exchange.github.io/docs/v5/market/kline
"""

from __future__ import annotations

from typing import Final

from exchangekit.sim import Context, Response
from exchangekit.sim.money import plain
from exchangekit_bybit.sim.answers import ok, refuse
from exchangekit_bybit.sim.parameters import Parameters

INTERVALS: Final = {
    "1": "1m", "3": "3m", "5": "5m", "15": "15m", "30": "30m", "60": "1h", "120": "2h",
    "240": "4h", "360": "6h", "720": "12h", "D": "1d", "W": "1w", "M": "1M",
}  # fmt: skip


def kline(ctx: Context) -> Response:
    """Those that begin from `start` to `end`, both included; with only a start the oldest ones."""
    sent = Parameters(ctx)
    instrument, interval = sent.instrument(), INTERVALS.get(sent.need("interval"))
    if interval is None:
        raise refuse(ctx, "10001", said="Invalid period!")
    start, end, limit = sent.integer("start"), sent.integer("end"), sent.limit(200, 1000)
    found = ctx.candles(
        instrument.symbol,
        interval,
        limit=limit,
        since=start if end is None else None,
        until=end,
    )
    rows = [
        [
            str(candle.start),
            *map(plain, (candle.open, candle.high, candle.low, candle.close)),
            plain(candle.volume),
            plain(candle.quote_volume),
        ]
        for candle in reversed(found)
        if start is None or candle.start >= start
    ]
    return ok(ctx, {"category": "spot", "symbol": instrument.symbol, "list": rows})
