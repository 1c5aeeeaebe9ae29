"""MEXC's public endpoints: time, markets, book, trades, candles, tickers.

Decimals are strings without padding. The quirks are the venue's: trades without ids, newest first;
candles of eight columns that close when the next one opens and an ``endTime`` that is not included;
``priceChangePercent`` as a ratio; an ``openTime`` that is not a day before ``closeTime``.

Source: https://www.mexc.com/api-docs/spot-v3/market-data-endpoints and answers seen on the wire
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from types import MappingProxyType
from typing import Final

from exchangekit.sim import Context, Instrument, Response
from exchangekit.sim.money import plain
from exchangekit.sim.views import Level, PublicTrade
from exchangekit_mexc.sim import instruments
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
AVERAGE_MINUTES: Final = 5
# How long before its closeTime a 24-hour ticker says it opened.
_OPENED_BEFORE_MS: Final = 20_000


# --- general --------------------------------------------------------------------------------------
def ping(ctx: Context) -> Response:
    return Response({})


def server_time(ctx: Context) -> Response:
    return Response({"serverTime": ctx.now})


def default_symbols(ctx: Context) -> Response:
    """The symbols that API keys may trade."""
    return Response({"code": 200, "data": [item.symbol for item in ctx.instruments], "msg": None})


def offline_symbols(ctx: Context) -> Response:
    paused = [item.symbol for item in ctx.instruments if ctx.halted(item.symbol)]
    return Response({"data": [{"symbol": symbol, "state": 2} for symbol in paused]})


def exchange_info(ctx: Context) -> Response:
    sent = Parameters(ctx)
    names = sent.text("symbols") or sent.text("symbol")
    chosen = ctx.instruments if names is None else [sent.listed(name) for name in names.split(",")]
    return Response(
        {
            "timezone": "CST",
            "serverTime": ctx.now,
            "rateLimits": [],
            "exchangeFilters": [],
            "symbols": [
                instruments.listing(item.symbol, halted=ctx.halted(item.symbol)) for item in chosen
            ],
        }
    )


# --- book and trades ------------------------------------------------------------------------------
def depth(ctx: Context) -> Response:
    sent = Parameters(ctx)
    book = ctx.book(sent.symbol().symbol, sent.limit(100, 5000))
    return Response(
        {
            "lastUpdateId": book.update_id,
            "bids": _levels(book.bids),
            "asks": _levels(book.asks),
            "timestamp": book.time,
        }
    )


def _levels(levels: list[Level]) -> list[list[str]]:
    return [[plain(price), plain(amount)] for price, amount in levels]


def recent_trades(ctx: Context) -> Response:
    sent = Parameters(ctx)
    found = ctx.trades(sent.symbol().symbol, limit=sent.limit(500, 1000))
    return Response(
        [
            {
                "id": None,
                "price": plain(trade.price),
                "qty": plain(trade.amount),
                "quoteQty": plain(trade.cost),
                "time": trade.time,
                "isBuyerMaker": trade.side == "sell",
                "isBestMatch": True,
            }
            for trade in reversed(found)
        ]
    )


def aggregate_trades(ctx: Context) -> Response:
    sent = Parameters(ctx)
    symbol, limit = sent.symbol().symbol, sent.limit(500, 1000)
    start, end = sent.span()
    if (start is None) != (end is None):
        raise refusal(-1128)
    found = ctx.trades(symbol, limit=limit, until=end)
    return Response(
        [_aggregate(trade) for trade in reversed(found) if start is None or trade.time >= start]
    )


def _aggregate(trade: PublicTrade) -> dict[str, object]:
    return {
        "a": None,
        "f": None,
        "l": None,
        "p": plain(trade.price),
        "q": plain(trade.amount),
        "T": trade.time,
        "m": trade.side == "sell",
        "M": True,
    }


# --- candles --------------------------------------------------------------------------------------
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


# --- tickers --------------------------------------------------------------------------------------
def average_price(ctx: Context) -> Response:
    symbol = Parameters(ctx).symbol().symbol
    found = ctx.candles(symbol, "1m", limit=AVERAGE_MINUTES)
    volume = sum((candle.volume for candle in found), Decimal(0))
    cost = sum((candle.quote_volume for candle in found), Decimal(0))
    price = cost / volume if volume else ctx.last_price(symbol)
    return Response({"mins": AVERAGE_MINUTES, "price": plain(_rounded(price, "0.00000001"))})


def _rounded(number: Decimal, unit: str) -> Decimal:
    return number.quantize(Decimal(unit), rounding=ROUND_HALF_UP)


def one_or_all(one: int, every: int) -> Callable[[Context], int]:
    """A ticker's weight: for one symbol, or for all of them."""
    return lambda ctx: one if "symbol" in dict(ctx.request.query_pairs()) else every


def day_ticker(ctx: Context) -> Response:
    def one(item: Instrument) -> dict[str, object]:
        ticker = ctx.ticker(item.symbol)
        change = ticker.last - ticker.open
        return {
            "symbol": item.symbol,
            "priceChange": plain(change),
            "priceChangePercent": plain(_rounded(change / ticker.open, "0.0001")),
            "prevClosePrice": plain(ticker.open),
            "lastPrice": plain(ticker.last),
            "bidPrice": _present(ticker.bid),
            "bidQty": _present(ticker.bid_amount),
            "askPrice": _present(ticker.ask),
            "askQty": _present(ticker.ask_amount),
            "openPrice": plain(ticker.open),
            "highPrice": plain(ticker.high),
            "lowPrice": plain(ticker.low),
            "volume": plain(ticker.volume),
            "quoteVolume": plain(ticker.quote_volume),
            "openTime": ticker.time - _OPENED_BEFORE_MS,
            "closeTime": ticker.time,
            "count": None,
        }

    return _each(ctx, one)


def price_ticker(ctx: Context) -> Response:
    def one(item: Instrument) -> dict[str, object]:
        return {"symbol": item.symbol, "price": plain(ctx.last_price(item.symbol))}

    return _each(ctx, one)


def book_ticker(ctx: Context) -> Response:
    def one(item: Instrument) -> dict[str, object]:
        book = ctx.book(item.symbol, 1)
        bid = book.bids[0] if book.bids else (None, None)
        ask = book.asks[0] if book.asks else (None, None)
        return {
            "symbol": item.symbol,
            "bidPrice": _present(bid[0]),
            "bidQty": _present(bid[1]),
            "askPrice": _present(ask[0]),
            "askQty": _present(ask[1]),
        }

    return _each(ctx, one)


def _present(number: Decimal | None) -> str:
    """An absent number is an empty string."""
    return "" if number is None else plain(number)


def _each(ctx: Context, one: Callable[[Instrument], dict[str, object]]) -> Response:
    """One object for ``symbol``, a list of all markets without it."""
    sent = Parameters(ctx)
    if sent.text("symbol") is not None:
        return Response(one(sent.symbol()))
    return Response([one(item) for item in ctx.instruments])
