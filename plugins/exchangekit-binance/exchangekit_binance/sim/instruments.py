"""Binance's markets with the filter values it really has, and how `exchangeInfo` lists them.

Facts only: the numbers were read from Binance's own exchangeInfo answers, those of ETHBTC, LTCBTC,
BNBBTC, BTCUSDT and ETHUSDT in August 2025, the others in September 2024. Filters that the
simulated venue does not enforce (icebergs, trailing stops, algo orders) are not listed, and the
order types it does not know are not offered: what is listed here is what holds.

Source: https://developers.binance.com/docs/binance-spot-api-docs/filters
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final, NamedTuple

from exchangekit.sim import Instrument, text

MAX_NOTIONAL: Final = Decimal(9_000_000)
MAX_OPEN_ORDERS: Final = 200
AVERAGE_MINUTES: Final = 5
ORDER_TYPES: Final = ("LIMIT", "LIMIT_MAKER", "MARKET")
STP_MODES: Final = ("EXPIRE_TAKER", "EXPIRE_MAKER", "EXPIRE_BOTH")
DEFAULT_STP: Final = "EXPIRE_MAKER"


class Row(NamedTuple):
    """`tick` is also the lowest price and `step` the lowest quantity, as on the venue."""

    base: str
    quote: str
    tick: str
    max_price: str
    step: str
    max_amount: str
    min_notional: str
    market_max: str
    # Highest and lowest price as multiples of the five-minute average; amounts' decimals.
    up: str = "5"
    down: str = "0.2"
    precision: int = 8


ROWS: Final = (
    Row("BTC", "USDT", "0.01", "1000000", "0.00001", "9000", "5", "97.09521512"),
    Row("BTC", "USDC", "0.01", "1000000", "0.00001", "9000", "5", "30.94034205"),
    Row("ETH", "USDT", "0.01", "1000000", "0.0001", "9000", "5", "2357.34408702"),
    Row("ETH", "USDC", "0.01", "1000000", "0.0001", "9000", "5", "549.56578033"),
    Row("ETH", "BTC", "0.00001", "922327", "0.0001", "100000", "0.0001", "1378.22417541"),
    Row("SOL", "USDT", "0.01", "10000", "0.001", "90000", "5", "64306.31937238"),
    Row("SOL", "USDC", "0.01", "10000", "0.001", "90000", "5", "5338.42195815"),
    Row("SOL", "BTC", "0.0000001", "1000", "0.001", "90000000", "0.0001", "16055.366682"),
    Row("XRP", "USDT", "0.0001", "10000", "1", "9222449", "5", "4886361.72803347"),
    Row("XRP", "USDC", "0.0001", "10000", "1", "9222449", "5", "288030.48117154"),
    Row("XRP", "BTC", "0.00000001", "1000", "1", "90000000", "0.0001", "1615106.22594142"),
    Row("DOGE", "USDT", "0.00001", "1000", "1", "9000000", "1", "19499637.40167364"),
    Row("DOGE", "USDC", "0.00001", "1000", "1", "9000000", "1", "837476.35983263"),
    Row("DOGE", "BTC", "0.00000001", "1000", "1", "90000000", "0.0001", "15525016.0292887"),
    Row("ADA", "USDT", "0.0001", "1000", "0.1", "900000", "5", "1922825.07447698"),
    Row("ADA", "BTC", "0.00000001", "1000", "0.1", "90000000", "0.0001", "929107.6627615"),
    Row("LTC", "USDT", "0.01", "100000", "0.001", "90000", "5", "16571.04371129"),
    Row("LTC", "BTC", "0.000001", "100000", "0.001", "100000", "0.0001", "1887.97569874"),
    Row("BNB", "USDT", "0.1", "100000", "0.001", "900000", "5", "4883.5223682"),
    Row("BNB", "BTC", "0.000001", "100000", "0.001", "100000", "0.0001", "1507.76687866"),
    Row("TRX", "USDT", "0.0001", "1000", "0.1", "9000000", "5", "6926732.66234309"),
    Row("LINK", "USDT", "0.01", "10000", "0.01", "90000", "5", "79751.87573221"),
    Row("DOT", "USDT", "0.001", "10000", "0.01", "90000", "5", "133560.54163179"),
    Row("AVAX", "USDT", "0.01", "10000", "0.01", "90000", "5", "40749.41242677"),
    Row("SHIB", "USDT", "0.00000001", "1", "1", "46116860414", "1", "46116860414", precision=2),
    Row("PEPE", "USDT", "0.00000001", "0.1", "1", "92233720368", "1", "92233720368", precision=2),
    Row("BCH", "USDT", "0.1", "100000", "0.001", "90000", "5", "1700.607"),
    Row("ETC", "USDT", "0.01", "10000", "0.01", "90000", "5", "21033.83912133"),
    Row("ATOM", "USDT", "0.001", "10000", "0.01", "90000", "5", "84879.08995815"),
    Row("NEAR", "USDT", "0.001", "1000", "0.1", "900000", "5", "206314.98117154"),
    Row("UNI", "USDT", "0.001", "10000", "0.01", "90000", "5", "58302.4153138"),
    Row("FIL", "USDT", "0.001", "10000", "0.01", "9222449", "5", "158566.70175732"),
    Row("XLM", "USDT", "0.0001", "1000", "1", "9000000", "5", "3502136.22594142"),
    Row("HBAR", "USDT", "0.0001", "1000", "1", "9000000", "5", "5685538.67782426"),
    Row("APT", "USDT", "0.01", "1000", "0.01", "92141578", "5", "98509.75037656"),
    Row("ARB", "USDT", "0.0001", "1000", "0.1", "92141578", "5", "941413.86778242"),
    Row("OP", "USDT", "0.001", "1000", "0.01", "92141578", "5", "361677.50698744"),
    Row("SUI", "USDT", "0.0001", "1000", "0.1", "92141578", "5", "1688552.32301255"),
    Row("TON", "USDT", "0.001", "1000", "0.01", "92141578", "5", "249715.21945606"),
    Row("AAVE", "USDT", "0.01", "100000", "0.001", "900000", "5", "4754.51539748"),
    Row("INJ", "USDT", "0.01", "10000", "0.01", "90000", "5", "29726.35966527"),
    Row("USDC", "USDT", "0.0001", "1000", "1", "10000000", "5", "42216516.48117154", "1.2", "0.8"),
)

BY_SYMBOL: Final = {row.base + row.quote: row for row in ROWS}
ASSETS: Final = tuple(dict.fromkeys(name for row in ROWS for name in (row.base, row.quote)))


def instruments() -> Sequence[Instrument]:
    """Every market as the simulated exchange's core needs it."""
    return [
        Instrument(
            symbol,
            row.base,
            row.quote,
            tick=Decimal(row.tick),
            step=Decimal(row.step),
            min_price=Decimal(row.tick),
            max_price=Decimal(row.max_price),
            min_amount=Decimal(row.step),
            max_amount=Decimal(row.max_amount),
            market_max_amount=Decimal(row.market_max),
            min_notional=Decimal(row.min_notional),
            max_notional=MAX_NOTIONAL,
        )
        for symbol, row in BY_SYMBOL.items()
    ]


def price_band(symbol: str) -> tuple[Decimal, Decimal]:
    """The lowest and highest multiple of the average price that PERCENT_PRICE_BY_SIDE allows."""
    row = BY_SYMBOL[symbol]
    return Decimal(row.down), Decimal(row.up)


def listing(symbol: str, *, halted: bool) -> dict[str, object]:
    """One entry of ``exchangeInfo.symbols``."""
    row = BY_SYMBOL[symbol]
    return {
        "symbol": symbol,
        "status": "HALT" if halted else "TRADING",
        "baseAsset": row.base,
        "baseAssetPrecision": row.precision,
        "quoteAsset": row.quote,
        "quotePrecision": 8,
        "quoteAssetPrecision": 8,
        "baseCommissionPrecision": 8,
        "quoteCommissionPrecision": 8,
        "orderTypes": list(ORDER_TYPES),
        "icebergAllowed": False,
        "ocoAllowed": False,
        "otoAllowed": False,
        "opoAllowed": False,
        "quoteOrderQtyMarketAllowed": True,
        "allowTrailingStop": False,
        "cancelReplaceAllowed": True,
        "amendAllowed": False,
        "pegInstructionsAllowed": False,
        "isSpotTradingAllowed": True,
        "isMarginTradingAllowed": False,
        "filters": filters(symbol),
        "permissions": [],
        "permissionSets": [["SPOT"]],
        "defaultSelfTradePreventionMode": DEFAULT_STP,
        "allowedSelfTradePreventionModes": list(STP_MODES),
    }


def filters(symbol: str) -> list[dict[str, object]]:
    """The filters of one symbol, in the venue's own words."""
    row = BY_SYMBOL[symbol]
    nothing = text(Decimal(0), row.precision)
    return [
        {
            "filterType": "PRICE_FILTER",
            "minPrice": _eight(row.tick),
            "maxPrice": _eight(row.max_price),
            "tickSize": _eight(row.tick),
        },
        {
            "filterType": "LOT_SIZE",
            "minQty": text(Decimal(row.step), row.precision),
            "maxQty": text(Decimal(row.max_amount), row.precision),
            "stepSize": text(Decimal(row.step), row.precision),
        },
        {
            "filterType": "MARKET_LOT_SIZE",
            "minQty": nothing,
            "maxQty": text(Decimal(row.market_max), row.precision),
            "stepSize": nothing,
        },
        {
            "filterType": "PERCENT_PRICE_BY_SIDE",
            "bidMultiplierUp": row.up,
            "bidMultiplierDown": row.down,
            "askMultiplierUp": row.up,
            "askMultiplierDown": row.down,
            "avgPriceMins": AVERAGE_MINUTES,
        },
        {
            "filterType": "NOTIONAL",
            "minNotional": _eight(row.min_notional),
            "applyMinToMarket": True,
            "maxNotional": text(MAX_NOTIONAL, 8),
            "applyMaxToMarket": False,
            "avgPriceMins": AVERAGE_MINUTES,
        },
        {"filterType": "MAX_NUM_ORDERS", "maxNumOrders": MAX_OPEN_ORDERS},
    ]


def _eight(number: str) -> str:
    return text(Decimal(number), 8)
