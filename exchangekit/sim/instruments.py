"""What can be traded: instruments with their filters, and the common catalogue of pairs.

An `Instrument` is one market of one venue, with that venue's true filter values; a dialect brings
its own table of them. The catalogue gives each pair a plausible price and volume, the same for all
venues, so that a price seen on one venue is near the price on another. Filters here are data:
`Instrument.violations` says what is wrong, the dialect decides which code that is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType
from typing import Final, Literal

from exchangekit.sim.money import ZERO, is_multiple

FilterName = Literal[
    "min_price",
    "max_price",
    "tick",
    "min_amount",
    "max_amount",
    "step",
    "min_notional",
    "max_notional",
]


@dataclass(frozen=True, slots=True)
class Fees:
    """Rates as fractions (``0.001`` is 0.1 %); a negative rate is a rebate."""

    maker: Decimal
    taker: Decimal


@dataclass(frozen=True, slots=True)
class Violation:
    """A filter that a number breaks: `limit` is the filter's value, `actual` the number."""

    filter: FilterName
    limit: Decimal
    actual: Decimal


@dataclass(frozen=True, slots=True)
class Instrument:
    """One market. `symbol` is the venue's own name (``BTCUSDT``, ``BTC-USDT``).

    `tick` is the price step, `step` the amount step; both are also what the background market
    trades in. Zero as a maximum or minimum means that the venue has none. `market_max_amount`
    applies to market orders only (0: the same as `max_amount`). `extra` is for whatever the
    dialect's market listing shows beyond that; the core never looks at it.
    """

    symbol: str
    base: str
    quote: str
    tick: Decimal
    step: Decimal
    min_amount: Decimal = ZERO
    max_amount: Decimal = ZERO
    min_notional: Decimal = ZERO
    max_notional: Decimal = ZERO
    min_price: Decimal = ZERO
    max_price: Decimal = ZERO
    market_max_amount: Decimal = ZERO
    fees: Fees | None = None
    extra: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def pair(self) -> str:
        return f"{self.base}/{self.quote}"

    def violations(
        self,
        *,
        price: Decimal | None = None,
        amount: Decimal | None = None,
        cost: Decimal | None = None,
        reference: Decimal | None = None,
        market: bool = False,
    ) -> list[Violation]:
        """Every filter these numbers break, in the order price, amount, notional.

        The notional checked is `cost`, or `amount` x `price`, or `amount` x `reference` (the
        current price, for market orders); without any of them it is not checked.
        """
        found: list[Violation] = []

        def check(name: FilterName, limit: Decimal, actual: Decimal, broken: bool) -> None:
            if limit and broken:
                found.append(Violation(name, limit, actual))

        if price is not None:
            check("min_price", self.min_price, price, price < self.min_price)
            check("max_price", self.max_price, price, price > self.max_price)
            check("tick", self.tick, price, not is_multiple(price, self.tick))
        if amount is not None:
            most = self.market_max_amount if market and self.market_max_amount else self.max_amount
            check("min_amount", self.min_amount, amount, amount < self.min_amount)
            check("max_amount", most, amount, amount > most)
            check("step", self.step, amount, not is_multiple(amount, self.step))
        at = price if price is not None else reference
        notional = cost
        if notional is None and amount is not None and at is not None:
            notional = amount * at
        if notional is not None:
            check("min_notional", self.min_notional, notional, notional < self.min_notional)
            check("max_notional", self.max_notional, notional, notional > self.max_notional)
        return found


@dataclass(frozen=True, slots=True)
class Listing:
    """A base asset of the catalogue: price in USD and what a venue trades of it a day, in USD."""

    asset: str
    usd: Decimal
    daily_usd: Decimal
    quotes: tuple[str, ...] = ("USDT",)


def _listing(asset: str, usd: str, daily: int, *quotes: str) -> Listing:
    return Listing(asset, Decimal(usd), Decimal(daily), quotes or ("USDT",))


_LISTINGS: Final = (
    _listing("BTC", "97250", 400_000_000, "USDT", "USDC"),
    _listing("ETH", "3340", 250_000_000, "USDT", "USDC", "BTC"),
    _listing("SOL", "192.4", 120_000_000, "USDT", "USDC", "BTC"),
    _listing("XRP", "2.315", 110_000_000, "USDT", "USDC", "BTC"),
    _listing("DOGE", "0.3318", 70_000_000, "USDT", "USDC", "BTC"),
    _listing("ADA", "0.9126", 40_000_000, "USDT", "BTC"),
    _listing("LTC", "104.3", 25_000_000, "USDT", "BTC"),
    _listing("BNB", "692", 60_000_000, "USDT", "BTC"),
    _listing("TRX", "0.2534", 30_000_000),
    _listing("LINK", "21.68", 30_000_000),
    _listing("DOT", "6.92", 20_000_000),
    _listing("AVAX", "37.4", 25_000_000),
    _listing("SHIB", "0.00002214", 25_000_000),
    _listing("PEPE", "0.00001832", 40_000_000),
    _listing("BCH", "446", 15_000_000),
    _listing("ETC", "26.4", 10_000_000),
    _listing("ATOM", "6.41", 8_000_000),
    _listing("NEAR", "5.18", 12_000_000),
    _listing("UNI", "13.62", 12_000_000),
    _listing("FIL", "5.03", 8_000_000),
    _listing("XLM", "0.4127", 15_000_000),
    _listing("HBAR", "0.2871", 15_000_000),
    _listing("APT", "9.04", 8_000_000),
    _listing("ARB", "0.7419", 9_000_000),
    _listing("OP", "1.853", 9_000_000),
    _listing("SUI", "4.21", 30_000_000),
    _listing("TON", "5.47", 8_000_000),
    _listing("AAVE", "318", 9_000_000),
    _listing("INJ", "20.7", 6_000_000),
    _listing("MX", "3.48", 2_000_000),
    _listing("OKB", "47.9", 2_000_000),
    _listing("USDC", "1", 60_000_000),
)

# Assets by name. A pair is in the catalogue when its base lists its quote; dialects may list any
# pair of catalogued assets, and assets of their own through `Instrument.extra` are not priced.
CATALOGUE: Final[Mapping[str, Listing]] = MappingProxyType(
    {listing.asset: listing for listing in (*_LISTINGS, _listing("USDT", "1", 0))}
)


def catalogue_pairs() -> list[tuple[str, str]]:
    """Every (base, quote) of the catalogue, most traded first."""
    return [(item.asset, quote) for item in _LISTINGS for quote in item.quotes]
