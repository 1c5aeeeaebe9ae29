"""The venue's spot markets with their filters.

BTCUSDT and ETHUSDT are as the venue's own endpoint was recorded, the others of the same shape with
plausible precisions. A least value in USDT is all that bounds an order from below: the least
amount is 0 everywhere.

Source: https://www.bitget.com/api-doc/spot/market/Get-Symbols
"""

from __future__ import annotations

from decimal import Decimal
from types import MappingProxyType
from typing import Final

from exchangekit.sim import CATALOGUE, Context, Instrument
from exchangekit.sim.money import floor_to

MAX_AMOUNT: Final = Decimal(10_000_000_000)
MIN_USDT: Final = Decimal(1)
PRICE_RATIO: Final = Decimal("0.05")
MOST_OPEN: Final = 400

# Base, quote, decimals of a price, decimals of an amount.
_MARKETS: Final = (
    ("BTC", "USDT", 2, 6), ("ETH", "USDT", 2, 4), ("SOL", "USDT", 2, 4), ("XRP", "USDT", 4, 4),
    ("DOGE", "USDT", 5, 4), ("ADA", "USDT", 4, 4), ("LTC", "USDT", 2, 4), ("BNB", "USDT", 2, 4),
    ("TRX", "USDT", 5, 4), ("LINK", "USDT", 3, 4), ("DOT", "USDT", 3, 4), ("AVAX", "USDT", 3, 4),
    ("SHIB", "USDT", 9, 0), ("PEPE", "USDT", 10, 0), ("BCH", "USDT", 2, 4), ("ETC", "USDT", 3, 4),
    ("ATOM", "USDT", 3, 4), ("NEAR", "USDT", 3, 4), ("UNI", "USDT", 3, 4), ("FIL", "USDT", 3, 4),
    ("XLM", "USDT", 5, 4), ("HBAR", "USDT", 5, 4), ("APT", "USDT", 3, 4), ("ARB", "USDT", 4, 4),
    ("OP", "USDT", 4, 4), ("SUI", "USDT", 4, 4), ("TON", "USDT", 3, 4), ("AAVE", "USDT", 2, 4),
    ("INJ", "USDT", 3, 4), ("USDC", "USDT", 4, 4), ("BTC", "USDC", 2, 6), ("ETH", "USDC", 2, 4),
    ("ETH", "BTC", 6, 4), ("SOL", "BTC", 7, 4), ("XRP", "BTC", 8, 2), ("DOGE", "BTC", 9, 0),
)  # fmt: skip


def instruments() -> list[Instrument]:
    return [
        Instrument(
            symbol=base + quote,
            base=base,
            quote=quote,
            tick=Decimal(1).scaleb(-price),
            step=Decimal(1).scaleb(-amount),
            max_amount=MAX_AMOUNT,
            min_notional=MIN_USDT if quote == "USDT" else Decimal(0),
            extra=MappingProxyType({"price": price, "amount": amount}),
        )
        for base, quote, price, amount in _MARKETS
    ]


def digits(instrument: Instrument, of: str) -> int:
    """The decimals of a "price" or an "amount"."""
    found = instrument.extra[of]
    assert isinstance(found, int)
    return found


def usdt(ctx: Context, asset: str) -> Decimal:
    """What one unit is worth in USDT: its last price, or what it usually costs."""
    if asset in ("USDT", "USDC"):
        return Decimal(1)
    if ctx.instrument(f"{asset}USDT") is not None:
        return ctx.last_price(f"{asset}USDT")
    listed = CATALOGUE.get(asset)
    return listed.usd if listed else Decimal(0)


def price_band(instrument: Instrument, last: Decimal) -> tuple[Decimal, Decimal]:
    """The highest price of a buy and the lowest of a sell."""
    tick = instrument.tick
    highest, lowest = last * (1 + PRICE_RATIO), last * (1 - PRICE_RATIO)
    return floor_to(highest, tick), max(floor_to(lowest, tick), tick)
