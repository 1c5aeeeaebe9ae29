"""MEXC's markets with the filter values it really has, and how `exchangeInfo` lists them.

Facts only, with their age. A row marked `LISTED` carries what MEXC's exchangeInfo said of that
symbol (BTCUSDT December 2025, PEPEUSDT 2026, the others 2024). A row marked `TRADED` carries the
decimals that prices and volumes of that symbol had in MEXC's own tickers of November 2022; no
minimum quantity is known for it, so it has none. Minimum order values are those of MEXC's trading
rules: 1 USDT, 5 USDC, 0.000005 BTC.

MEXC mostly lists no filters: the tick is one unit of the quote precision, the step one unit of the
base precision, ``quoteAmountPrecision`` is the smallest order value and ``baseSizePrecision`` the
smallest quantity.

Source: https://www.mexc.com/api-docs/spot-v3/market-data-endpoints
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final, Literal, NamedTuple

from exchangekit.sim import Instrument

Origin = Literal["LISTED", "TRADED"]

MAKER: Final = Decimal(0)
TAKER: Final = Decimal("0.0005")
ORDER_TYPES: Final = ("LIMIT", "MARKET", "LIMIT_MAKER")
LEAST_COST: Final = {"USDT": "1", "USDC": "5", "BTC": "0.000005"}
MOST_COST: Final = {"USDT": "2000000", "USDC": "2000000", "BTC": "100"}
MOST_COST_AT_MARKET: Final = {"USDT": "100000", "USDC": "100000", "BTC": "10"}
MAX_OPEN_ORDERS: Final = 500


class Row(NamedTuple):
    """`band`: the listing shows a PERCENT_PRICE_BY_SIDE filter (5 up for buys, 0.2 down)."""

    base: str
    quote: str
    base_precision: int
    quote_precision: int
    least_amount: str
    origin: Origin
    name: str
    band: bool = False


ROWS: Final = (
    Row("BTC", "USDT", 8, 2, "0.000001", "LISTED", "Bitcoin"),
    Row("BTC", "USDC", 6, 2, "0", "TRADED", "Bitcoin"),
    Row("ETH", "USDT", 5, 2, "0.0001", "LISTED", "Ethereum"),
    Row("ETH", "USDC", 5, 2, "0", "TRADED", "Ethereum"),
    Row("ETH", "BTC", 3, 6, "0", "TRADED", "Ethereum"),
    Row("SOL", "USDT", 2, 2, "0.01", "LISTED", "Solana"),
    Row("SOL", "USDC", 2, 4, "0", "TRADED", "Solana"),
    Row("SOL", "BTC", 2, 8, "0", "TRADED", "Solana"),
    Row("XRP", "USDT", 2, 4, "0.1", "LISTED", "XRP"),
    Row("XRP", "USDC", 2, 5, "0", "TRADED", "XRP"),
    Row("XRP", "BTC", 2, 8, "0", "TRADED", "XRP"),
    Row("DOGE", "USDT", 2, 7, "0", "TRADED", "Dogecoin", band=True),
    Row("DOGE", "USDC", 2, 7, "0", "TRADED", "Dogecoin", band=True),
    Row("ADA", "USDT", 2, 4, "0.1", "LISTED", "Cardano"),
    Row("ADA", "BTC", 3, 8, "0", "TRADED", "Cardano"),
    Row("LTC", "USDT", 4, 2, "0.001", "LISTED", "Litecoin"),
    Row("LTC", "BTC", 3, 6, "0", "TRADED", "Litecoin"),
    Row("BNB", "USDT", 3, 4, "0", "TRADED", "BNB"),
    Row("TRX", "USDT", 2, 4, "1", "LISTED", "Tron"),
    Row("LINK", "USDT", 2, 4, "0", "TRADED", "Chainlink"),
    Row("DOT", "USDT", 1, 3, "0", "TRADED", "Polkadot"),
    Row("AVAX", "USDT", 2, 3, "0", "TRADED", "Avalanche"),
    Row("SHIB", "USDT", 0, 10, "0", "TRADED", "Shiba Inu", band=True),
    Row("PEPE", "USDT", 0, 9, "0", "LISTED", "Pepe", band=True),
    Row("BCH", "USDT", 4, 2, "0", "TRADED", "Bitcoin Cash"),
    Row("ETC", "USDT", 3, 3, "0", "TRADED", "Ethereum Classic"),
    Row("ATOM", "USDT", 2, 5, "0", "TRADED", "Cosmos"),
    Row("NEAR", "USDT", 2, 4, "0", "TRADED", "NEAR Protocol"),
    Row("UNI", "USDT", 2, 4, "0", "TRADED", "Uniswap"),
    Row("FIL", "USDT", 3, 4, "0", "TRADED", "Filecoin"),
    Row("XLM", "USDT", 2, 6, "0", "TRADED", "Stellar"),
    Row("HBAR", "USDT", 2, 5, "0", "TRADED", "Hedera"),
    Row("APT", "USDT", 2, 4, "0", "TRADED", "Aptos"),
    Row("OP", "USDT", 2, 4, "0", "TRADED", "Optimism"),
    Row("TON", "USDT", 2, 4, "0", "TRADED", "Toncoin"),
    Row("AAVE", "USDT", 3, 4, "0", "TRADED", "Aave"),
    Row("USDC", "USDT", 2, 4, "0", "TRADED", "USD Coin"),
    Row("MX", "USDT", 2, 4, "0", "TRADED", "MX Token", band=True),
    Row("MX", "USDC", 1, 4, "0", "TRADED", "MX Token", band=True),
)

BY_SYMBOL: Final = {row.base + row.quote: row for row in ROWS}
ASSETS: Final = tuple(dict.fromkeys(name for row in ROWS for name in (row.base, row.quote)))
HIGHEST_BUY: Final = Decimal(5)
LOWEST_SELL: Final = Decimal("0.2")


def instruments() -> Sequence[Instrument]:
    """Every market as the simulated exchange's core needs it."""
    return [
        Instrument(
            symbol,
            row.base,
            row.quote,
            tick=Decimal(1).scaleb(-row.quote_precision),
            step=Decimal(1).scaleb(-row.base_precision),
            min_amount=Decimal(row.least_amount),
            min_notional=Decimal(LEAST_COST[row.quote]),
            max_notional=Decimal(MOST_COST[row.quote]),
        )
        for symbol, row in BY_SYMBOL.items()
    ]


def listing(symbol: str, *, halted: bool) -> dict[str, object]:
    """One entry of ``exchangeInfo.symbols``; status 1 is online, 2 paused."""
    row = BY_SYMBOL[symbol]
    return {
        "symbol": symbol,
        "status": "2" if halted else "1",
        "baseAsset": row.base,
        "baseAssetPrecision": row.base_precision,
        "quoteAsset": row.quote,
        "quotePrecision": row.quote_precision,
        "quoteAssetPrecision": row.quote_precision,
        "baseCommissionPrecision": row.base_precision,
        "quoteCommissionPrecision": row.quote_precision,
        "orderTypes": list(ORDER_TYPES),
        "isSpotTradingAllowed": True,
        "isMarginTradingAllowed": False,
        "quoteAmountPrecision": LEAST_COST[row.quote],
        "baseSizePrecision": row.least_amount,
        "permissions": ["SPOT"],
        "filters": _filters(row),
        "maxQuoteAmount": MOST_COST[row.quote],
        "makerCommission": format(MAKER, "f"),
        "takerCommission": format(TAKER, "f"),
        "quoteAmountPrecisionMarket": LEAST_COST[row.quote],
        "maxQuoteAmountMarket": MOST_COST_AT_MARKET[row.quote],
        "fullName": row.name,
        "tradeSideType": 1,
        "contractAddress": "",
        "st": False,
    }


def _filters(row: Row) -> list[dict[str, object]]:
    if not row.band:
        return []
    return [
        {
            "filterType": "PERCENT_PRICE_BY_SIDE",
            "bidMultiplierUp": format(HIGHEST_BUY, "f"),
            "askMultiplierDown": format(LOWEST_SELL, "f"),
        }
    ]
