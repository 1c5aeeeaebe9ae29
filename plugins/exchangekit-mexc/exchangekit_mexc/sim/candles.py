"""MEXC's candles: of eight columns, closed when the next one opens, ``endTime`` not included.

Source: https://www.mexc.com/api-docs/spot-v3/market-data-endpoints and answers seen on the wire
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from exchangekit.sim import Context, Response
from exchangekit.sim.money import plain
from exchangekit_mexc.sim.answers import refusal
from exchangekit_mexc.sim.parameters import Parameters

# MEXC's interval names and the core's.
INTERVALS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "1m": "1m", "5m": "5m", "15m": "15m", "30m": "30m", "60m": "1h", "4h": "4h", "1d": "1d",
        "1W": "1w", "1M": "1M",
    }
)  # fmt: skip
# The documentation speaks of 1,000; the venue gives 500.
MOST_CANDLES: Final = 500


def klines(ctx: Context) -> Response:
    sent = Parameters(ctx)
    symbol = sent.symbol().symbol
    interval = INTERVALS.get(sent.need("interval"))
    if interval is None:
        raise refusal(-1121, "Invalid interval.")
    start, end = sent.span()
    found = ctx.candles(
        symbol,
        interval,
        limit=sent.limit(MOST_CANDLES, MOST_CANDLES),
        since=start,
        until=None if end is None else end - 1,
    )
    return Response(
        [
            [
                candle.start,
                plain(candle.open),
                plain(candle.high),
                plain(candle.low),
                plain(candle.close),
                plain(candle.volume),
                candle.end,
                plain(candle.quote_volume),
            ]
            for candle in found
        ]
    )
