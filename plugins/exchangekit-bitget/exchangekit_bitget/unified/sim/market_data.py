"""Public endpoints: instruments, tickers, books, candles, trades.

Source: https://www.bitget.com/api-doc/uta/public/Instruments and the pages beside it; intervals
from https://www.bitget.com/api-doc/uta/enum
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from exchangekit.sim import Context, Instrument, Response
from exchangekit.sim.money import plain, text
from exchangekit_bitget.sim.shared import instruments
from exchangekit_bitget.sim.shared.answers import ok, refuse
from exchangekit_bitget.sim.shared.market_data import UTC_BARS, Bar, bars, change, told
from exchangekit_bitget.sim.shared.parameters import MOST_DAYS
from exchangekit_bitget.unified.sim.parameters import SPOT, Query

INTERVALS: Final[dict[str, Bar]] = {
    **{f"{count}m": (f"{count}m", 0) for count in (1, 3, 5, 15, 30)},
    "1H": ("1h", 0),
    "4H": ("4h", 0),
    **{name: (name.lower(), 8) for name in ("6H", "12H", "1D", "3D", "1W")},
    "1M": ("1M", 8),
    **UTC_BARS,
}


def least_value(instrument: Instrument) -> Decimal:
    """The least value of an order, in quote: known of USDT, of BTC about as much."""
    return Decimal("0.00001") if instrument.quote == "BTC" else Decimal(1)


def quote_digits(instrument: Instrument) -> int:
    """The decimals of a market buy's value: those of a price and of an amount together."""
    return instruments.digits(instrument, "price") + instruments.digits(instrument, "amount")


def _listed(ctx: Context) -> list[Instrument]:
    query = Query(ctx)
    spot, wanted = query.spot(), query.get("symbol")
    if spot:
        wanted = query.symbol()
    return [item for item in ctx.instruments if spot and wanted in (None, item.symbol)]


def list_instruments(ctx: Context) -> Response:
    return ok(ctx, [_instrument(ctx, item) for item in _listed(ctx)])


def _instrument(ctx: Context, instrument: Instrument) -> dict[str, object]:
    return {
        "symbol": instrument.symbol,
        "category": SPOT,
        "baseCoin": instrument.base,
        "quoteCoin": instrument.quote,
        "buyLimitPriceRatio": plain(instruments.PRICE_RATIO),
        "sellLimitPriceRatio": plain(instruments.PRICE_RATIO),
        "minOrderQty": plain(instrument.step),
        "maxOrderQty": "0",
        "pricePrecision": str(instruments.digits(instrument, "price")),
        "quantityPrecision": str(instruments.digits(instrument, "amount")),
        "quotePrecision": str(quote_digits(instrument)),
        "minOrderAmount": plain(least_value(instrument)),
        "maxSymbolOrderNum": str(instruments.MOST_OPEN),
        "maxProductOrderNum": str(instruments.MOST_OPEN),
        "status": "offline" if ctx.halted(instrument.symbol) else "online",
        "maintainTime": "",
        "maxPositionNum": "200",
        "symbolType": "crypto",
        "isReality": "no",
        "launchTime": "1532454360000",
    }


def tickers(ctx: Context) -> Response:
    return ok(ctx, [_ticker(ctx, item) for item in _listed(ctx)])


def _ticker(ctx: Context, instrument: Instrument) -> dict[str, str]:
    now = ctx.ticker(instrument.symbol)
    return {
        "category": SPOT,
        "symbol": instrument.symbol,
        "ts": str(now.time),
        "lastPrice": plain(now.last),
        "openPrice24h": plain(now.open),
        "highPrice24h": plain(now.high),
        "lowPrice24h": plain(now.low),
        "ask1Price": "" if now.ask is None else plain(now.ask),
        "bid1Price": "" if now.bid is None else plain(now.bid),
        "bid1Size": plain(now.bid_amount or Decimal(0)),
        "ask1Size": plain(now.ask_amount or Decimal(0)),
        "price24hPcnt": change(now.last, now.open),
        "volume24h": plain(now.volume),
        "turnover24h": plain(now.quote_volume),
    }


def orderbook(ctx: Context) -> Response:
    """Levels are numbers here, and not texts, with all the decimals that the pair has."""
    query = Query(ctx)
    instrument = query.spot_market()
    book = ctx.book(instrument.symbol, query.limit(5, 200))
    decimals = [instruments.digits(instrument, of) for of in ("price", "amount")]
    sides = {
        side: [
            [Decimal(text(part, most)) for part, most in zip(level, decimals, strict=True)]
            for level in levels
        ]
        for side, levels in (("a", book.asks), ("b", book.bids))
    }
    return ok(ctx, {**sides, "ts": str(book.time)})


def candles(ctx: Context) -> Response:
    """Oldest first, from ``startTime`` up to ``endTime``, which is left out; the newest of them.
    That there may be a thousand is in the changelog of 28 November 2025."""
    return _candles(ctx, Query(ctx), 1000)


def history_candles(ctx: Context) -> Response:
    """The same, a hundred at a time and over 90 days at most."""
    query = Query(ctx)
    query.times(MOST_DAYS)
    return _candles(ctx, query, 100)


def _candles(ctx: Context, query: Query, most: int) -> Response:
    instrument = query.spot_market()
    bar = INTERVALS.get(query.need("interval"))
    if bar is None:
        raise refuse(ctx, query.wrong, "interval")
    if (query.get("type") or "market").lower() != "market":
        raise refuse(ctx, query.wrong, "type")
    limit = query.limit(100, most)
    start, end = query.integer("startTime"), query.integer("endTime")
    found = bars(ctx, instrument, bar, limit, start, end)
    return ok(ctx, [[*told(candle), plain(candle.quote_volume)] for candle in found])


def fills(ctx: Context) -> Response:
    """The newest trades, newest first."""
    query = Query(ctx)
    instrument = query.spot_market()
    rows = [
        {
            "execId": str(trade.id),
            "execLinkId": str(trade.id),
            "price": plain(trade.price),
            "size": plain(trade.amount),
            "side": trade.side,
            "ts": str(trade.time),
            "isRPI": "no",
        }
        for trade in reversed(ctx.trades(instrument.symbol, limit=query.limit(100, 100)))
    ]
    return ok(ctx, rows)
