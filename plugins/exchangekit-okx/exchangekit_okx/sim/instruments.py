"""The venue's spot markets with the filter values it publishes, and how it lists them.

The values were recorded from the venue's own instruments endpoint; the limits in USD, which that
recording does not have yet, are the documented ones. All numbers are the venue's text.

Source: https://www.okx.com/docs-v5/en/#public-data-rest-api-get-instruments
"""

from __future__ import annotations

from decimal import Decimal
from types import MappingProxyType
from typing import Final

from exchangekit.sim import Instrument
from exchangekit.sim.money import floor_to, plain

# The most a single order may be worth, in USD.
MAX_LIMIT_USD: Final = Decimal(20_000_000)
MAX_MARKET_USD: Final = Decimal(1_000_000)
# How far from the market a limit price may lie once an instrument has settled ("Y", "Z").
FLOAT_LIMIT: Final = Decimal("0.03")
WIDEST_LIMIT: Final = Decimal("0.15")

# instId, tickSz, lotSz, minSz, maxLmtSz, listTime, lever ("" where there is no margin trading).
_MARKETS: Final = (
    ("BTC-USDT", "0.1", "0.00000001", "0.00001", "9999999999", 1548133413000, "10"),
    ("ETH-USDT", "0.01", "0.000001", "0.001", "999999999999", 1548133413000, "10"),
    ("SOL-USDT", "0.001", "0.000001", "0.01", "999999999999", 1601431200000, "5"),
    ("XRP-USDT", "0.00001", "0.000001", "1", "999999999999", 1548133413000, "10"),
    ("DOGE-USDT", "0.000001", "0.000001", "10", "999999999999", 1548133413000, "5"),
    ("ADA-USDT", "0.00001", "0.0001", "1", "99999999999999", 1548133413000, "10"),
    ("LTC-USDT", "0.01", "0.000001", "0.01", "999999999999", 1548133413000, "10"),
    ("TRX-USDT", "0.00001", "0.000001", "10", "999999999999", 1548133413000, "10"),
    ("LINK-USDT", "0.001", "0.000001", "0.1", "999999999999", 1548133413000, "5"),
    ("DOT-USDT", "0.001", "0.000001", "0.1", "999999999999", 1598061640000, "10"),
    ("AVAX-USDT", "0.001", "0.000001", "0.01", "999999999999", 1600734600000, "5"),
    ("SHIB-USDT", "0.00000001", "1", "50000", "9999999999999999", 1620452410000, "5"),
    ("BCH-USDT", "0.01", "0.000001", "0.001", "999999999999", 1605477603000, "10"),
    ("ETC-USDT", "0.001", "0.000001", "0.1", "999999999999", 1548133413000, "10"),
    ("ATOM-USDT", "0.001", "0.000001", "0.1", "999999999999", 1548133413000, "10"),
    ("NEAR-USDT", "0.001", "0.00000001", "0.5", "9999999999", 1606946400000, "5"),
    ("UNI-USDT", "0.001", "0.000001", "0.1", "999999999999", 1600280910000, "5"),
    ("FIL-USDT", "0.001", "0.000001", "0.01", "999999999999", 1606946433000, "5"),
    ("XLM-USDT", "0.00001", "0.000001", "1", "999999999999", 1548133413000, "5"),
    ("HBAR-USDT", "0.00001", "0.000001", "10", "999999999999", 1568679563000, "5"),
    ("TON-USDT", "0.0001", "0.0001", "1", "99999999999999", 1651204987000, ""),
    ("AAVE-USDT", "0.01", "0.000001", "0.01", "999999999999", 1603317639000, "5"),
    ("OKB-USDT", "0.001", "0.000001", "0.1", "999999999999", 1548133413000, "10"),
    ("BTC-USDC", "0.1", "0.00000001", "0.00001", "9999999999", 1585176747000, ""),
    ("ETH-USDC", "0.01", "0.000001", "0.001", "999999999999", 1585176747000, ""),
    ("XRP-USDC", "0.0001", "0.0001", "1", "99999999999999", 1585176747000, ""),
    ("LTC-USDC", "0.01", "0.000001", "0.01", "999999999999", 1585176747000, ""),
    ("TRX-USDC", "0.00001", "0.0001", "10", "99999999999999", 1585176747000, ""),
    ("BCH-USDC", "0.01", "0.0001", "0.001", "99999999999999", 1605477603000, ""),
    ("OKB-USDC", "0.001", "0.0001", "0.1", "99999999999999", 1585176747000, ""),
    ("ETH-BTC", "0.00001", "0.000001", "0.001", "999999999999", 1548133413000, "10"),
    ("SOL-BTC", "0.0000001", "0.0001", "0.01", "99999999999999", 1601434800000, "5"),
    ("XRP-BTC", "0.00000001", "0.001", "1", "999999999999999", 1548133413000, "10"),
    ("DOGE-BTC", "0.00000001", "0.001", "1", "999999999999999", 1618901953000, "5"),
    ("ADA-BTC", "0.00000001", "1", "1", "9999999999999999", 1548133413000, "10"),
    ("LTC-BTC", "0.000001", "0.000001", "0.01", "999999999999", 1548133413000, "10"),
    ("TRX-BTC", "0.000000001", "0.01", "10", "9999999999999999", 1548133413000, "10"),
    ("LINK-BTC", "0.000001", "0.001", "0.1", "999999999999999", 1548133413000, "5"),
    ("DOT-BTC", "0.0000001", "0.0001", "0.1", "99999999999999", 1598061649000, "5"),
    ("AVAX-BTC", "0.0000001", "0.0001", "0.01", "99999999999999", 1600738200000, "5"),
    ("BCH-BTC", "0.00001", "0.0001", "0.001", "99999999999999", 1605477603000, "10"),
    ("ETC-BTC", "0.0000001", "0.00001", "0.1", "9999999999999", 1548133413000, "10"),
    ("ATOM-BTC", "0.00000001", "0.0001", "0.1", "99999999999999", 1548133413000, "10"),
    ("NEAR-BTC", "0.00000001", "1", "1", "9999999999999999", 1606950015000, "5"),
    ("UNI-BTC", "0.0000001", "0.00001", "0.1", "9999999999999", 1600284608000, "5"),
    ("FIL-BTC", "0.000001", "1", "1", "9999999999999999", 1606950000000, "5"),
    ("XLM-BTC", "0.00000001", "0.001", "1", "999999999999999", 1548133413000, "5"),
    ("HBAR-BTC", "0.00000001", "0.0001", "10", "99999999999999", 1568679563000, "5"),
    ("AAVE-BTC", "0.000001", "0.0001", "0.01", "99999999999999", 1603317600000, "5"),
    ("OKB-BTC", "0.0000001", "0.0001", "0.1", "99999999999999", 1548133413000, "10"),
    ("USDC-USDT", "0.0001", "0.000001", "1", "999999999999", 1548133413000, ""),
)


def instruments() -> list[Instrument]:
    return [
        Instrument(
            symbol=name,
            base=name.partition("-")[0],
            quote=name.partition("-")[2],
            tick=Decimal(tick),
            step=Decimal(lot),
            min_amount=Decimal(least),
            max_amount=Decimal(most),
            extra=MappingProxyType({"listTime": str(since), "lever": lever, "code": number}),
        )
        for number, (name, tick, lot, least, most, since, lever) in enumerate(_MARKETS, 1)
    ]


def price_band(instrument: Instrument, last: Decimal) -> tuple[Decimal, Decimal]:
    """Highest price of a buy, lowest price of a sell.

    The venue's formula with the last price as the index and no premium: there is no index here.
    Source: https://www.okx.com/help/okx-to-implement-limit-price-rules-for-spot-and-margin-trading
    """
    nearest, widest = FLOAT_LIMIT, WIDEST_LIMIT
    highest = min(max(last, last * (1 + nearest)), last * (1 + widest))
    lowest = max(min(last, last * (1 - nearest)), last * (1 - widest))
    tick = instrument.tick
    return floor_to(highest, tick), max(floor_to(lowest, tick), tick)


def row(instrument: Instrument, *, halted: bool, public: bool) -> dict[str, object]:
    """One element of ``data`` in Get instruments; two retired fields are left in the public one."""
    most = plain(instrument.max_amount)
    retired = {"alias": "", "category": "1"} if public else {}
    return {
        **retired,
        "auctionEndTime": "",
        "baseCcy": instrument.base,
        "contTdSwTime": "",
        "ctMult": "",
        "ctType": "",
        "ctVal": "",
        "ctValCcy": "",
        "expTime": "",
        "floatPxLmtPct": plain(FLOAT_LIMIT),
        "futureSettlement": False,
        "groupId": "1",
        "initPxLmtPct": "0.05",
        "instCategory": "1",
        "instFamily": "",
        "instId": instrument.symbol,
        "instIdCode": 10_000 + _number(instrument),
        "instType": "SPOT",
        "lever": instrument.extra["lever"],
        "listTime": instrument.extra["listTime"],
        "lotSz": plain(instrument.step),
        "maxIcebergSz": f"{most}.0000000000000000",
        "maxLmtAmt": plain(MAX_LIMIT_USD),
        "maxLmtSz": most,
        "maxMktAmt": plain(MAX_MARKET_USD),
        "maxMktSz": plain(MAX_MARKET_USD),
        "maxPxLmtPct": plain(WIDEST_LIMIT),
        "maxStopSz": plain(MAX_MARKET_USD),
        "maxTriggerSz": f"{most}.0000000000000000",
        "maxTwapSz": f"{most}.0000000000000000",
        "minSz": plain(instrument.min_amount),
        "openType": "fix_price",
        "optType": "",
        "preMktSwTime": "",
        "quoteCcy": instrument.quote,
        "ruleType": "normal",
        "settleCcy": "",
        "state": "suspend" if halted else "live",
        "stk": "",
        "tickSz": plain(instrument.tick),
        "tradeQuoteCcyList": [instrument.quote],
        "uly": "",
        "upcChg": [],
    }


def _number(instrument: Instrument) -> int:
    code = instrument.extra["code"]
    assert isinstance(code, int)
    return code
