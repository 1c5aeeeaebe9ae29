"""MEXC's tickers: 24 hours, last price, best bid and ask, average price.

The quirks are the venue's: ``priceChangePercent`` as a ratio, an ``openTime`` that is not a day
before ``closeTime``, an absent number as an empty string.

Source: https://www.mexc.com/api-docs/spot-v3/market-data-endpoints and answers seen on the wire
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from exchangekit.sim import Context, Instrument, Response
from exchangekit.sim.money import plain
from exchangekit_mexc.sim.parameters import Parameters

AVERAGE_MINUTES: Final = 5
# How long before its closeTime a 24-hour ticker says it opened.
_OPENED_BEFORE_MS: Final = 20_000


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
