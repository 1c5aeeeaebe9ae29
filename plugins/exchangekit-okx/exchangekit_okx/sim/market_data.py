"""Public endpoints: instruments, tickers, books, trades, candles, time and status.

Source: https://www.okx.com/docs-v5/en/#order-book-trading-market-data
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from exchangekit.sim import Context, Instrument, Response
from exchangekit.sim.money import floor_to, plain
from exchangekit_okx.sim import instruments, limits
from exchangekit_okx.sim.parameters import Query, listed, ok, refuse

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


def time(ctx: Context) -> Response:
    return ok([{"ts": str(ctx.now)}])


def status(ctx: Context) -> Response:
    """No maintenance is announced: one that the control interface orders answers 50001."""
    return ok([])


def list_instruments(ctx: Context) -> Response:
    query = Query(ctx.request)
    kind = query.need_inst_type()
    ctx.charge(limits.per_type(kind, own=ctx.route.signed))
    if kind == "OPTION" and not (query.get("instFamily") or query.get("uly")):
        raise refuse("50014", "instFamily")
    wanted = query.get("instId")
    if kind != "SPOT":
        return ok([])
    if wanted is not None and ctx.instrument(wanted) is None:
        raise refuse("51001")
    return ok(
        [
            instruments.row(found, halted=ctx.halted(found.symbol), public=not ctx.route.signed)
            for found in ctx.instruments
            if wanted in (None, found.symbol)
        ]
    )


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


def books(ctx: Context) -> Response:
    return _books(ctx, most=400, tail=("0", "1"), sequence=True)


def books_full(ctx: Context) -> Response:
    return _books(ctx, most=5000, tail=("1",), sequence=False)


def _books(ctx: Context, *, most: int, tail: tuple[str, ...], sequence: bool) -> Response:
    """`tail` follows price and size: a retired field (always "0") and the number of orders."""
    query = Query(ctx.request)
    instrument = listed(ctx, query)
    book = ctx.book(instrument.symbol, query.limit(1, most, "sz"))
    shown: dict[str, object] = {
        side: [[plain(price), plain(amount), *tail] for price, amount in levels]
        for side, levels in (("asks", book.asks), ("bids", book.bids))
    }
    shown["ts"] = str(book.time)
    if sequence:
        shown["seqId"] = book.update_id
    return ok([shown])


def trades(ctx: Context) -> Response:
    query = Query(ctx.request)
    instrument = listed(ctx, query)
    return _trades(ctx, instrument, limit=query.limit(100, 500))


def history_trades(ctx: Context) -> Response:
    """Pages back with ``after`` by trade id (type 1) or by time (type 2), newest first."""
    query = Query(ctx.request)
    instrument = listed(ctx, query)
    limit = query.limit(100, 100)
    kind = query.get("type") or "1"
    after, before = query.integer("after"), query.integer("before")
    if kind not in ("1", "2"):
        raise refuse("51000", "type")
    if kind == "2":
        if before is not None:
            raise refuse("50039")
        return _trades(ctx, instrument, limit=limit, before_time=after)
    return _trades(ctx, instrument, limit=limit, below=after, above=before)


def _trades(
    ctx: Context,
    instrument: Instrument,
    *,
    limit: int,
    before_time: int | None = None,
    below: int | None = None,
    above: int | None = None,
) -> Response:
    """The newest `limit` trades older than `before_time`, with ids between `above` and `below`."""
    until = None if before_time is None else before_time - 1
    if below is not None:
        # The engine finds trades by time: the trade named tells when, its neighbours may share it.
        anchor = ctx.trades(instrument.symbol, limit=1, from_id=below)
        until = anchor[0].time if anchor else None
    found = ctx.trades(instrument.symbol, limit=limit if below is None else 2 * limit, until=until)
    wanted = [
        trade
        for trade in reversed(found)
        if (below is None or trade.id < below) and (above is None or trade.id > above)
    ]
    return ok(
        [
            {
                "instId": instrument.symbol,
                "side": trade.side,
                "sz": plain(trade.amount),
                "source": "0",
                "px": plain(trade.price),
                "tradeId": str(trade.id),
                "ts": str(trade.time),
            }
            for trade in wanted[:limit]
        ]
    )


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


def price_limit(ctx: Context) -> Response:
    instrument = listed(ctx, Query(ctx.request))
    highest, lowest = price_band(ctx, instrument)
    return ok(
        [
            {
                "instType": "SPOT",
                "instId": instrument.symbol,
                "buyLmt": plain(highest),
                "sellLmt": plain(lowest),
                "ts": str(ctx.now),
                "enabled": True,
            }
        ]
    )


def price_band(ctx: Context, instrument: Instrument) -> tuple[Decimal, Decimal]:
    """Highest price of a buy, lowest price of a sell.

    The venue's formula with the last price as the index and no premium: there is no index here.
    Source: https://www.okx.com/help/okx-to-implement-limit-price-rules-for-spot-and-margin-trading
    """
    index = ctx.last_price(instrument.symbol)
    nearest, widest = instruments.FLOAT_LIMIT, instruments.WIDEST_LIMIT
    highest = min(max(index, index * (1 + nearest)), index * (1 + widest))
    lowest = max(min(index, index * (1 - nearest)), index * (1 - widest))
    tick = instrument.tick
    return floor_to(highest, tick), max(floor_to(lowest, tick), tick)
