"""Tickers: the last 24 hours and the best prices.

Source: https://bybit-exchange.github.io/docs/v5/market/tickers
"""

from __future__ import annotations

from decimal import Decimal

from exchangekit.sim import Context, Response
from exchangekit.sim.money import plain, round_digits
from exchangekit_bybit.sim.answers import listed
from exchangekit_bybit.sim.parameters import Parameters


def tickers(ctx: Context) -> Response:
    sent = Parameters(ctx)
    sent.need_spot()
    wanted = sent.symbol()
    return listed(
        ctx, [_ticker(ctx, one.symbol) for one in ctx.instruments if wanted in (None, one.symbol)]
    )


def _ticker(ctx: Context, symbol: str) -> dict[str, str]:
    now = ctx.ticker(symbol)
    change = (now.last - now.open) / now.open if now.open else Decimal(0)
    return {
        "symbol": symbol,
        "bid1Price": _shown(now.bid),
        "bid1Size": _shown(now.bid_amount),
        "ask1Price": _shown(now.ask),
        "ask1Size": _shown(now.ask_amount),
        "lastPrice": plain(now.last),
        "prevPrice24h": plain(now.open),
        "price24hPcnt": plain(round_digits(change, 4)),
        "highPrice24h": plain(now.high),
        "lowPrice24h": plain(now.low),
        "turnover24h": plain(now.quote_volume),
        "volume24h": plain(now.volume),
        "usdIndexPrice": plain(now.last) if symbol.endswith("USDT") else "",
    }


def _shown(value: Decimal | None) -> str:
    return "" if value is None else plain(value)
