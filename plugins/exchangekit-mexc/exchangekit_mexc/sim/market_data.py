"""MEXC's public endpoints: time, markets, book, trades.

Decimals are strings without padding. Trades come without ids, newest first.

Source: https://www.mexc.com/api-docs/spot-v3/market-data-endpoints and answers seen on the wire
"""

from __future__ import annotations

from exchangekit.sim import Context, Response
from exchangekit.sim.money import plain
from exchangekit.sim.views import Level, PublicTrade
from exchangekit_mexc.sim import instruments
from exchangekit_mexc.sim.answers import refusal
from exchangekit_mexc.sim.parameters import Parameters


# --- general --------------------------------------------------------------------------------------
def ping(ctx: Context) -> Response:
    return Response({})


def server_time(ctx: Context) -> Response:
    return Response({"serverTime": ctx.now})


def default_symbols(ctx: Context) -> Response:
    """The symbols that API keys may trade; seen in 2025 with code 0, where 200 is documented."""
    symbols = [item.symbol for item in ctx.instruments]
    return Response({"data": symbols, "code": 0, "msg": "success", "timestamp": ctx.now})


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
                # What the taker did: BID bought, ASK sold.
                "tradeType": "ASK" if trade.side == "sell" else "BID",
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
