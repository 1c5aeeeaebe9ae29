"""Tickers: the last 24 hours and the best prices.

Source: https://www.okx.com/docs-v5/en/#order-book-trading-market-data-get-ticker
"""

from __future__ import annotations

from decimal import Decimal

from exchangekit.sim import Context, Instrument, Response
from exchangekit.sim.money import plain
from exchangekit_okx.sim.answers import ok
from exchangekit_okx.sim.parameters import Query, listed


def ticker(ctx: Context) -> Response:
    return ok([_ticker(ctx, listed(ctx, Query(ctx.request)))])


def tickers(ctx: Context) -> Response:
    kind = Query(ctx.request).need_inst_type()
    found = ctx.instruments if kind == "SPOT" else ()
    return ok([_ticker(ctx, instrument) for instrument in found])


def _ticker(ctx: Context, instrument: Instrument) -> dict[str, str]:
    now = ctx.ticker(instrument.symbol)
    return {
        "instType": "SPOT",
        "instId": instrument.symbol,
        "last": plain(now.last),
        "lastSz": plain(now.last_amount),
        "askPx": _shown(now.ask),
        "askSz": _shown(now.ask_amount),
        "bidPx": _shown(now.bid),
        "bidSz": _shown(now.bid_amount),
        "open24h": plain(now.open),
        "high24h": plain(now.high),
        "low24h": plain(now.low),
        "volCcy24h": plain(now.quote_volume),
        "vol24h": plain(now.volume),
        "ts": str(now.time),
        "sodUtc0": _day_open(ctx, instrument, 0),
        "sodUtc8": _day_open(ctx, instrument, 8),
    }


def _shown(value: Decimal | None) -> str:
    return "" if value is None else plain(value)


def _day_open(ctx: Context, instrument: Instrument, hours: int) -> str:
    return plain(ctx.candles(instrument.symbol, "1d", limit=1, offset_hours=hours)[-1].open)
