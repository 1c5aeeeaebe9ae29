"""Public endpoints: symbols, tickers, books, candles, trades.

Source: https://www.bitget.com/api-doc/spot/market/Get-Symbols and the pages beside it
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Final

from exchangekit.sim import Context, Instrument, Response
from exchangekit.sim.money import plain
from exchangekit.sim.views import PublicTrade
from exchangekit_bitget.sim.shared import instruments
from exchangekit_bitget.sim.shared.answers import ok, ratio, refuse
from exchangekit_bitget.sim.shared.market_data import UTC_BARS, Bar, bars, change, told
from exchangekit_bitget.sim.shared.parameters import DAY, Query

_UTC8: Final = {"6h": "6h", "12h": "12h", "1day": "1d", "3day": "3d", "1week": "1w", "1M": "1M"}
# The venue's name of a bar: the engine's interval, and the hour (UTC+) at which its days begin.
GRANULARITIES: Final[dict[str, Bar]] = {
    **{f"{count}min": (f"{count}m", 0) for count in (1, 3, 5, 15, 30)},
    "1h": ("1h", 0),
    "4h": ("4h", 0),
    **{name: (interval, 8) for name, interval in _UTC8.items()},
    **UTC_BARS,
}
# How far the endpoint of recent candles goes back, in days; where it is not documented, for ever.
RECENT_DAYS: Final = {"1m": 30, "3m": 30, "5m": 30, "15m": 52, "30m": 62, "1h": 83, "4h": 240,
                      "6h": 360}  # fmt: skip
TRADES_DAYS: Final = 7
QUOTE_DIGITS: Final = 6


def symbols(ctx: Context) -> Response:
    wanted = Query(ctx).symbol()
    found = [item for item in ctx.instruments if wanted in (None, item.symbol)]
    return ok(ctx, [_symbol(ctx, item) for item in found])


def _symbol(ctx: Context, instrument: Instrument) -> dict[str, object]:
    rates = instrument.fees or ctx.venue.rules.fees
    return {
        "symbol": instrument.symbol,
        "baseCoin": instrument.base,
        "quoteCoin": instrument.quote,
        "minTradeAmount": "0",
        "maxTradeAmount": plain(instrument.max_amount),
        "takerFeeRate": plain(rates.taker),
        "makerFeeRate": plain(rates.maker),
        "pricePrecision": str(instruments.digits(instrument, "price")),
        "quantityPrecision": str(instruments.digits(instrument, "amount")),
        "quotePrecision": str(QUOTE_DIGITS),
        "status": "halt" if ctx.halted(instrument.symbol) else "online",
        "minTradeUSDT": plain(instruments.MIN_USDT),
        "buyLimitPriceRatio": plain(instruments.PRICE_RATIO),
        "sellLimitPriceRatio": plain(instruments.PRICE_RATIO),
        "areaSymbol": "no",
        "orderQuantity": str(instruments.MOST_OPEN),
        "openTime": "1532454360000",
        "offTime": "",
    }


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
        "changeUtc24h": change(now.last, today),
        "change24h": change(now.last, now.open),
    }


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
    limit = query.limit(100, most)
    start, end = query.integer("startTime"), query.integer("endTime")
    first = None if history else start
    if not history and bar[0] in RECENT_DAYS:
        first = max(first or 0, ctx.now - RECENT_DAYS[bar[0]] * DAY)
    rows = [
        [
            *told(candle),
            ratio(candle.quote_volume * instruments.usdt(ctx, instrument.quote)),
            plain(candle.quote_volume),
        ]
        for candle in bars(ctx, instrument, bar, limit, first, end)
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
