"""Public data that both APIs tell in the same way, and what both make of it.

Sources: https://www.bitget.com/api-doc/common/public/Get-Server-Time and
https://www.bitget.com/api-doc/spot/market/Get-Coin-List
"""

from __future__ import annotations

from decimal import Decimal
from types import MappingProxyType
from typing import Final, TypeAlias

from exchangekit.sim import Context, Instrument, Response
from exchangekit.sim.money import floor_to, plain
from exchangekit.sim.views import Candle
from exchangekit_bitget.sim.shared.answers import ok

# The engine's interval, and the hour (UTC+) at which its days begin.
Bar: TypeAlias = tuple[str, int]
UTC_BARS: Final = MappingProxyType(
    {
        "6Hutc": ("6h", 0),
        "12Hutc": ("12h", 0),
        "1Dutc": ("1d", 0),
        "3Dutc": ("3d", 0),
        "1Wutc": ("1w", 0),
        "1Mutc": ("1M", 0),
    }
)


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


def change(last: Decimal, opened: Decimal) -> str:
    """A ratio of five decimals."""
    return plain(floor_to(abs(last / opened - 1), Decimal("0.00001")).copy_sign(last - opened))


def bars(
    ctx: Context, instrument: Instrument, bar: Bar, limit: int, start: int | None, end: int | None
) -> list[Candle]:
    """Oldest first: the newest that open from `start` on and before `end`, which is left out."""
    interval, hours = bar
    until = None if end is None else end - 1
    found = ctx.candles(instrument.symbol, interval, limit=limit, until=until, offset_hours=hours)
    return [candle for candle in found if start is None or candle.start >= start]


def told(candle: Candle) -> list[str]:
    """Its opening, its four prices and its volume in base."""
    prices = (candle.open, candle.high, candle.low, candle.close)
    return [str(candle.start), *map(plain, prices), plain(candle.volume)]
