"""Binance spot for exchangekit: registers the venue and its simulation."""

from typing import Any

from exchangekit import hookimpl
from exchangekit.adapter import Adapter
from exchangekit_binance.adapter import BinanceAdapter


@hookimpl
def exchangekit_venues() -> list[type[Adapter]]:
    return [BinanceAdapter]


@hookimpl
def exchangekit_simulated_venues() -> dict[str, Any]:
    from exchangekit_binance.sim import BinanceDialect

    return {"binance": BinanceDialect}
