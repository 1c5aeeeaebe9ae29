"""Binance's tickers: 24 hours, trading day, rolling window, last price, best bid and ask.

Statistics of any window come from the same candles and trades as the other endpoints show.

Source: https://developers.binance.com/docs/binance-spot-api-docs/rest-api/market-data-endpoints
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, NamedTuple

from exchangekit.sim import Context, Instrument, Response
from exchangekit.sim.views import Candle
from exchangekit_binance.sim.answers import refusal
from exchangekit_binance.sim.candles import average, whole_hours
from exchangekit_binance.sim.instruments import AVERAGE_MINUTES
from exchangekit_binance.sim.market_data import in_status, status_wanted
from exchangekit_binance.sim.parameters import Parameters
from exchangekit_binance.sim.records import eight

MINUTE: Final = 60_000
HOUR: Final = 60 * MINUTE
_MANY: Final = 1000
_OneTicker = Callable[[Instrument], dict[str, object]]
_WINDOW: Final = re.compile(r"(?:([1-9]|[1-5][0-9])m|([1-9]|1[0-9]|2[0-3])h|([1-7])d)")


class Statistics(NamedTuple):
    """One market over one window; `closed` is its last millisecond."""

    symbol: str
    open: Decimal
    high: Decimal
    low: Decimal
    last: Decimal
    volume: Decimal
    quote_volume: Decimal
    opened: int
    closed: int
    first_id: int
    last_id: int
    trades: int


def of_window(ctx: Context, symbol: str, opened: int, closed: int) -> Statistics:
    """Statistics from minute candles, from `opened` (the start of a minute) to `closed`."""
    found = _covering(ctx, symbol, opened, closed)
    first = ctx.trades(symbol, limit=1, since=opened)
    newest = ctx.trades(symbol, limit=1)
    last_id = newest[-1].id if newest else -1
    return Statistics(
        symbol,
        found[0].open,
        max(candle.high for candle in found),
        min(candle.low for candle in found),
        found[-1].close,
        sum((candle.volume for candle in found), Decimal(0)),
        sum((candle.quote_volume for candle in found), Decimal(0)),
        opened,
        closed,
        first[0].id if first else -1,
        last_id if first else -1,
        sum(candle.trades for candle in found),
    )


def _covering(ctx: Context, symbol: str, opened: int, closed: int) -> list[Candle]:
    """Candles that fill the window without overlap: hours where they fit, minutes at its ends."""
    first, last = -(-opened // HOUR) * HOUR, closed // HOUR * HOUR
    if first >= last:
        return ctx.candles(symbol, "1m", limit=_MANY, since=opened, until=closed)
    before = ctx.candles(symbol, "1m", limit=_MANY, since=opened, until=first - 1)
    hours = ctx.candles(symbol, "1h", limit=_MANY, since=first, until=last - 1)
    after = ctx.candles(symbol, "1m", limit=_MANY, since=last, until=closed)
    return [*(before if opened < first else []), *hours, *after]


def window_minutes(size: str) -> int:
    """``15m``, ``4h`` or ``7d`` in minutes."""
    match = _WINDOW.fullmatch(size)
    if match is None:
        raise refusal(-1130, "Data sent for parameter 'windowSize' is not valid.")
    minutes, hours, days = match.groups()
    return int(minutes or 0) + 60 * int(hours or 0) + 1440 * int(days or 0)


def average_price(ctx: Context) -> Response:
    sent = Parameters(ctx, "symbol")
    symbol = sent.symbol().symbol
    newest = ctx.trades(symbol, limit=1)
    return Response(
        {
            "mins": AVERAGE_MINUTES,
            "price": eight(average(ctx, symbol)),
            "closeTime": newest[-1].time if newest else ctx.now,
        }
    )


def day_weight(ctx: Context) -> int:
    count = _how_many(ctx)
    return 2 if 0 < count <= 20 else 40 if 0 < count <= 100 else 80


def price_weight(ctx: Context) -> int:
    return 2 if "symbol" in dict(ctx.request.query_pairs()) else 4


def window_weight(ctx: Context) -> int:
    return min(4 * max(_how_many(ctx), 1), 200)


def _how_many(ctx: Context) -> int:
    """How many symbols the request names; 0 means all of them."""
    sent = dict(ctx.request.query_pairs())
    return 1 if "symbol" in sent else sent["symbols"].count(",") + 1 if "symbols" in sent else 0


def day_ticker(ctx: Context) -> Response:
    sent = Parameters(ctx, "symbol", "symbols", "type", "symbolStatus")
    mini = _is_mini(sent)

    def one(item: Instrument) -> dict[str, object]:
        ticker = ctx.ticker(item.symbol)
        shown = _statistics(
            Statistics(
                item.symbol,
                ticker.open,
                ticker.high,
                ticker.low,
                ticker.last,
                ticker.volume,
                ticker.quote_volume,
                ticker.opened,
                ticker.time,
                ticker.first_trade_id,
                ticker.last_trade_id,
                ticker.trades,
            ),
            mini=mini,
        )
        if mini:
            return shown
        return {
            "symbol": item.symbol,
            "priceChange": shown["priceChange"],
            "priceChangePercent": shown["priceChangePercent"],
            "weightedAvgPrice": shown["weightedAvgPrice"],
            "prevClosePrice": eight(ticker.previous_close),
            "lastPrice": eight(ticker.last),
            "lastQty": eight(ticker.last_amount),
            "bidPrice": eight(ticker.bid),
            "bidQty": eight(ticker.bid_amount),
            "askPrice": eight(ticker.ask),
            "askQty": eight(ticker.ask_amount),
            **shown,
        }

    return Response(_each(ctx, sent, one))


def trading_day_ticker(ctx: Context) -> Response:
    sent = Parameters(ctx, "symbol", "symbols", "timeZone", "type", "symbolStatus")
    mini, hours = _is_mini(sent), whole_hours(sent.text("timeZone"))

    def one(item: Instrument) -> dict[str, object]:
        opened = ctx.candles(item.symbol, "1d", limit=1, offset_hours=hours)[-1]
        found = of_window(ctx, item.symbol, opened.start, min(opened.end - 1, ctx.now))
        return _statistics(found._replace(closed=opened.end - 1), mini=mini)

    return Response(_each(ctx, sent, one, all_allowed=False))


def window_ticker(ctx: Context) -> Response:
    sent = Parameters(ctx, "symbol", "symbols", "windowSize", "type", "symbolStatus")
    mini = _is_mini(sent)
    size = window_minutes(sent.text("windowSize") or "1d")

    def one(item: Instrument) -> dict[str, object]:
        now = ctx.now
        opened = now // MINUTE * MINUTE - size * MINUTE
        return _statistics(of_window(ctx, item.symbol, opened, now), mini=mini)

    return Response(_each(ctx, sent, one, all_allowed=False))


def price_ticker(ctx: Context) -> Response:
    sent = Parameters(ctx, "symbol", "symbols", "symbolStatus")

    def one(item: Instrument) -> dict[str, object]:
        return {"symbol": item.symbol, "price": eight(ctx.last_price(item.symbol))}

    return Response(_each(ctx, sent, one))


def book_ticker(ctx: Context) -> Response:
    sent = Parameters(ctx, "symbol", "symbols", "symbolStatus")

    def one(item: Instrument) -> dict[str, object]:
        book = ctx.book(item.symbol, 1)
        bid = book.bids[0] if book.bids else (None, None)
        ask = book.asks[0] if book.asks else (None, None)
        return {
            "symbol": item.symbol,
            "bidPrice": eight(bid[0]),
            "bidQty": eight(bid[1]),
            "askPrice": eight(ask[0]),
            "askQty": eight(ask[1]),
        }

    return Response(_each(ctx, sent, one))


def _each(
    ctx: Context, sent: Parameters, one: _OneTicker, *, all_allowed: bool = True
) -> dict[str, object] | list[dict[str, object]]:
    """One object for ``symbol``, a list for ``symbols`` or for all markets."""
    wanted = status_wanted(sent)
    several: Sequence[Instrument] | None = sent.symbols()
    if several is None and "symbol" in sent:
        item = sent.symbol()
        if not in_status(ctx, item, wanted):
            raise refusal(-1220)
        return one(item)
    if several is None and not all_allowed:
        raise refusal(-1128)
    return [
        one(item)
        for item in (ctx.instruments if several is None else several)
        if in_status(ctx, item, wanted)
    ]


def _is_mini(sent: Parameters) -> bool:
    kind = sent.text("type") or "FULL"
    if kind not in ("FULL", "MINI"):
        raise refusal(-1139)
    return kind == "MINI"


def _statistics(found: Statistics, *, mini: bool) -> dict[str, object]:
    shown: dict[str, object] = {"symbol": found.symbol}
    if not mini:
        change = found.last - found.open
        percent = change / found.open * 100 if found.open else Decimal(0)
        weighted = found.quote_volume / found.volume if found.volume else Decimal(0)
        shown |= {
            "priceChange": eight(change),
            "priceChangePercent": format(
                percent.quantize(Decimal("0.001"), rounding=ROUND_HALF_UP), "f"
            ),
            "weightedAvgPrice": eight(weighted),
        }
    return shown | {
        "openPrice": eight(found.open),
        "highPrice": eight(found.high),
        "lowPrice": eight(found.low),
        "lastPrice": eight(found.last),
        "volume": eight(found.volume),
        "quoteVolume": eight(found.quote_volume),
        "openTime": found.opened,
        "closeTime": found.closed,
        "firstId": found.first_id,
        "lastId": found.last_id,
        "count": found.trades,
    }
