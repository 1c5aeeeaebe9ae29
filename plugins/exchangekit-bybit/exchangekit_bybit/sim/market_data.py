"""Public endpoints: time, status, markets, the book, trades.

Source: https://bybit-exchange.github.io/docs/v5/market/time
"""

from __future__ import annotations

from exchangekit.sim import Context, Response
from exchangekit.sim.money import plain
from exchangekit_bybit.sim import instruments
from exchangekit_bybit.sim.answers import listed, ok
from exchangekit_bybit.sim.parameters import Parameters


def time(ctx: Context) -> Response:
    now = ctx.now
    return ok(ctx, {"timeSecond": str(now // 1000), "timeNano": f"{now}000000"})


def status(ctx: Context) -> Response:
    """No maintenance is announced: one that the control interface orders answers 10016."""
    return ok(ctx, {"list": []}, said="")


def list_instruments(ctx: Context) -> Response:
    """Only what trades is listed. Other categories have no markets here."""
    sent = Parameters(ctx)
    sent.need_spot()
    wanted = sent.symbol()
    found = [one for one in ctx.instruments if wanted in (None, one.symbol)]
    return listed(ctx, [instruments.row(one) for one in found if not ctx.halted(one.symbol)])


def orderbook(ctx: Context) -> Response:
    sent = Parameters(ctx)
    symbol = sent.instrument().symbol
    book = ctx.book(symbol, sent.limit(1, 1000))
    sides = {
        name: [[plain(price), plain(amount)] for price, amount in levels]
        for name, levels in (("a", book.asks), ("b", book.bids))
    }
    numbers = {"ts": ctx.now, "u": book.update_id, "seq": book.update_id, "cts": book.time}
    return ok(ctx, {"s": symbol, **sides, **numbers})


def trades(ctx: Context) -> Response:
    """The newest, newest first."""
    sent = Parameters(ctx)
    symbol, limit = sent.instrument().symbol, sent.limit(60, 60)
    return listed(
        ctx,
        [
            {
                "execId": str(2_100_000_000_000_000_000 + trade.id),
                "symbol": symbol,
                "price": plain(trade.price),
                "size": plain(trade.amount),
                "side": trade.side.capitalize(),
                "time": str(trade.time),
                "isBlockTrade": False,
                "isRPITrade": False,
                "seq": str(trade.id),
            }
            for trade in reversed(ctx.trades(symbol, limit=limit))
        ],
    )
