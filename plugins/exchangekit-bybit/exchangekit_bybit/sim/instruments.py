"""The venue's spot markets with their filters, and how it lists them.

Those of BTCUSDT are the documented ones. The others are of the same make, in the order of size of
what the venue publishes; no recording of its whole list was at hand. All numbers are its text.

Source: https://bybit-exchange.github.io/docs/v5/market/instrument
"""

from __future__ import annotations

from decimal import Decimal
from types import MappingProxyType
from typing import Final

from exchangekit.sim import CATALOGUE, Context, Instrument
from exchangekit.sim.money import floor_to, plain

QUOTE_PRECISION: Final = Decimal("0.0000001")
LEAST_VALUE: Final = Decimal(5)
# How far above (a buy) or below (a sell) the market a limit price may lie.
PRICE_LIMIT: Final = Decimal("0.05")
_LARGEST_LIMIT_USD: Final = Decimal(8_000_000)

# base, quote, tickSize, basePrecision; `maxLimitOrderQty` is what about 8,000,000 USD buy.
_MARKETS: Final = (
    ("BTC", "USDT", "0.1", "0.000001"),
    ("ETH", "USDT", "0.01", "0.00001"),
    ("SOL", "USDT", "0.01", "0.001"),
    ("XRP", "USDT", "0.0001", "0.01"),
    ("DOGE", "USDT", "0.00001", "0.1"),
    ("ADA", "USDT", "0.0001", "0.01"),
    ("LTC", "USDT", "0.01", "0.00001"),
    ("BNB", "USDT", "0.1", "0.0001"),
    ("TRX", "USDT", "0.0001", "0.1"),
    ("LINK", "USDT", "0.001", "0.001"),
    ("DOT", "USDT", "0.001", "0.001"),
    ("SHIB", "USDT", "0.00000001", "1"),
    ("XLM", "USDT", "0.0001", "0.1"),
    ("ARB", "USDT", "0.0001", "0.01"),
    ("USDC", "USDT", "0.0001", "0.01"),
    ("BTC", "USDC", "0.1", "0.000001"),
    ("ETH", "USDC", "0.01", "0.00001"),
    ("SOL", "USDC", "0.01", "0.001"),
    ("XRP", "USDC", "0.0001", "0.01"),
    ("ETH", "BTC", "0.000001", "0.0001"),
    ("SOL", "BTC", "0.0000001", "0.001"),
    ("XRP", "BTC", "0.00000001", "0.1"),
)


def instruments() -> list[Instrument]:
    return [_instrument(number, *market) for number, market in enumerate(_MARKETS, 1)]


def _instrument(number: int, base: str, quote: str, tick: str, step: str) -> Instrument:
    most = floor_to(_LARGEST_LIMIT_USD / CATALOGUE[base].usd, Decimal(step))
    least = LEAST_VALUE if quote != "BTC" else Decimal("0.00005")
    return Instrument(
        symbol=base + quote,
        base=base,
        quote=quote,
        tick=Decimal(tick),
        step=Decimal(step),
        min_notional=least,
        max_amount=most,
        market_max_amount=floor_to(most / 2, Decimal(step)),
        extra=MappingProxyType({"id": number}),
    )


def price_band(ctx: Context, instrument: Instrument) -> tuple[Decimal, Decimal]:
    """Highest price of a buy, lowest price of a sell: the venue's formula with the last price as
    the index and no premium: https://bybit-exchange.github.io/docs/v5/account/set-price-limit"""
    last, tick = ctx.last_price(instrument.symbol), instrument.tick
    lowest = max(floor_to(last * (1 - PRICE_LIMIT), tick), tick)
    return floor_to(last * (1 + PRICE_LIMIT), tick), lowest


def row(instrument: Instrument) -> dict[str, object]:
    """One element of ``list``. `minOrderQty` is published and, as documented, checked no more."""
    most, step = plain(instrument.max_amount), plain(instrument.step)
    lot = {"basePrecision": step, "quotePrecision": plain(QUOTE_PRECISION), "minOrderQty": step}
    lot |= {"minOrderAmt": plain(instrument.min_notional), "maxOrderAmt": "8000000"}
    lot |= dict.fromkeys(("maxOrderQty", "maxLimitOrderQty"), most)
    lot["maxMarketOrderQty"] = plain(instrument.market_max_amount)
    lot["postOnlyMaxLimitOrderSize"] = plain(instrument.max_amount * 5)
    band = plain(PRICE_LIMIT)
    return {
        "symbolId": instrument.extra["id"],
        "symbol": instrument.symbol,
        "baseCoin": instrument.base,
        "quoteCoin": instrument.quote,
        "innovation": "0",
        "status": "Trading",
        "marginTrading": "utaOnly",
        "stTag": "0",
        "lotSizeFilter": lot,
        "priceFilter": {"tickSize": plain(instrument.tick)},
        "riskParameters": {"priceLimitRatioX": band, "priceLimitRatioY": band},
        "symbolType": "",
    }
