"""Public endpoints: time, coins, symbols, tickers, books, candles, trades.

Source: https://www.bitget.com/api-doc/spot/market/Get-Symbols and the pages beside it
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Final

from exchangekit.sim import Context, Instrument, Response
from exchangekit.sim.money import floor_to, plain
from exchangekit.sim.views import PublicTrade
from exchangekit_bitget.sim import instruments
from exchangekit_bitget.sim.answers import ok, ratio, refuse
from exchangekit_bitget.sim.parameters import DAY, Query

_UTC8: Final = {"6h": "6h", "12h": "12h", "1day": "1d", "3day": "3d", "1week": "1w", "1M": "1M"}
# The venue's name of a bar: the engine's interval, and the hour (UTC+) at which its days begin.
GRANULARITIES: Final[dict[str, tuple[str, int]]] = {
    **{f"{count}min": (f"{count}m", 0) for count in (1, 3, 5, 15, 30)},
    "1h": ("1h", 0),
    "4h": ("4h", 0),
    **{name: (interval, 8) for name, interval in _UTC8.items()},
    "6Hutc": ("6h", 0),
    "12Hutc": ("12h", 0),
    "1Dutc": ("1d", 0),
    "3Dutc": ("3d", 0),
    "1Wutc": ("1w", 0),
    "1Mutc": ("1M", 0),
}
# How far the endpoint of recent candles goes back, in days; where it is not documented, for ever.
RECENT_DAYS: Final = {"1m": 30, "3m": 30, "5m": 30, "15m": 52, "30m": 62, "1h": 83, "4h": 240,
                      "6h": 360}  # fmt: skip
TRADES_DAYS: Final = 7


def time(ctx: Context) -> Response:
    return ok(ctx, {"serverTime": str(ctx.now)})


def coins(ctx: Context) -> Response:
    """Every listed asset, on no chain: nothing is deposited or withdrawn here."""
    names = sorted({name for item in ctx.instruments for name in (item.base, item.quote)})
    rows = [
        {"coinId": str(number), "coin": name, "transfer": "false", "chains": [], "areaCoin": "no"}
        for number, name in enumerate(names, 1)
    ]
    return ok(ctx, rows)


def nothing(ctx: Context) -> Response:
    """Lists of products that are not simulated: empty."""
    return ok(ctx, [])


def symbols(ctx: Context) -> Response:
    wanted = Query(ctx).symbol()
    found = [item for item in ctx.instruments if wanted in (None, item.symbol)]
    return ok(ctx, [instruments.row(ctx, item) for item in found])


def tickers(ctx: Context) -> Response:
    wanted = Query(ctx).symbol()
    found = [item for item in ctx.instruments if wanted in (None, item.symbol)]
    return ok(ctx, [_ticker(ctx, item) for item in found])


def _ticker(ctx: Context, instrument: Instrument) -> dict[str, str]:
    now = ctx.ticker(instrument.symbol)
    today = ctx.candles(instrument.symbol, "1d", limit=1)[-1].open
    return {
        "open": plain(now.open),
        "symbol": instrument.symbol,
        "high24h": plain(now.high),
        "low24h": plain(now.low),
        "lastPr": plain(now.last),
        "quoteVolume": plain(now.quote_volume),
        "baseVolume": plain(now.volume),
        "usdtVolume": ratio(now.quote_volume * instruments.usdt(ctx, instrument.quote)),
        "ts": str(now.time),
        "bidPr": plain(now.bid or Decimal(0)),
        "askPr": plain(now.ask or Decimal(0)),
        "bidSz": plain(now.bid_amount or Decimal(0)),
        "askSz": plain(now.ask_amount or Decimal(0)),
        "openUtc": plain(today),
        "changeUtc24h": _change(now.last, today),
        "change24h": _change(now.last, now.open),
    }


def _change(last: Decimal, opened: Decimal) -> str:
    """A ratio of five decimals."""
    return plain(floor_to(abs(last / opened - 1), Decimal("0.00001")).copy_sign(last - opened))


def orderbook(ctx: Context) -> Response:
    query = Query(ctx)
    instrument = query.market()
    if query.get("type") not in (None, "step0"):
        raise refuse(ctx, "40020", "type")
    book = ctx.book(instrument.symbol, query.limit(150, 150))
    sides = {
        side: [[plain(price), plain(amount)] for price, amount in levels]
        for side, levels in (("asks", book.asks), ("bids", book.bids))
    }
    return ok(ctx, {**sides, "ts": str(book.time)})


# --- candles --------------------------------------------------------------------------------------
def candles(ctx: Context) -> Response:
    """Oldest first, from ``startTime`` up to ``endTime``, which is left out; the newest of them."""
    return _candles(ctx, Query(ctx), most=1000, history=False)


def history_candles(ctx: Context) -> Response:
    """Those before ``endTime``, which has to be said."""
    query = Query(ctx)
    query.need("endTime")
    return _candles(ctx, query, most=200, history=True)


def _candles(ctx: Context, query: Query, *, most: int, history: bool) -> Response:
    instrument = query.market()
    bar = GRANULARITIES.get(query.need("granularity"))
    if bar is None:
        raise refuse(ctx, "40020", "granularity")
    interval, hours = bar
    limit = query.limit(100, most)
    start, end = query.integer("startTime"), query.integer("endTime")
    first = None if history else start
    if not history and interval in RECENT_DAYS:
        first = max(first or 0, ctx.now - RECENT_DAYS[interval] * DAY)
    found = ctx.candles(
        instrument.symbol,
        interval,
        limit=limit,
        until=None if end is None else end - 1,
        offset_hours=hours,
    )
    rows = [
        [
            str(candle.start),
            plain(candle.open),
            plain(candle.high),
            plain(candle.low),
            plain(candle.close),
            plain(candle.volume),
            ratio(candle.quote_volume * instruments.usdt(ctx, instrument.quote)),
            plain(candle.quote_volume),
        ]
        for candle in found
        if first is None or candle.start >= first
    ]
    return ok(ctx, rows)


# --- trades ---------------------------------------------------------------------------------------
def recent_trades(ctx: Context) -> Response:
    query = Query(ctx)
    instrument = query.market()
    found = ctx.trades(instrument.symbol, limit=query.limit(100, 500))
    return ok(ctx, [_trade(instrument, trade, str.lower) for trade in reversed(found)])


def old_trades(ctx: Context) -> Response:
    """Newest first, within a week; sides are capitalised here."""
    query = Query(ctx)
    instrument = query.market()
    start, end = query.times(TRADES_DAYS)
    below = query.integer("idLessThan")
    found = [
        trade
        for trade in ctx.trades(instrument.symbol, limit=query.limit(500, 1000), until=end)
        if (start is None or trade.time >= start) and (below is None or trade.id < below)
    ]
    return ok(ctx, [_trade(instrument, trade, str.capitalize) for trade in reversed(found)])


def _trade(
    instrument: Instrument, trade: PublicTrade, spelt: Callable[[str], str]
) -> dict[str, str]:
    return {
        "symbol": instrument.symbol,
        "tradeId": str(trade.id),
        "side": spelt(trade.side),
        "price": plain(trade.price),
        "size": plain(trade.amount),
        "ts": str(trade.time),
    }
