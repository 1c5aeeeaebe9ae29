"""Bybit spot for exchangekit: registers the venue and its simulation."""

from typing import Any

from exchangekit import hookimpl
from exchangekit.adapter import Adapter
from exchangekit_bybit.adapter import BybitAdapter


@hookimpl
def exchangekit_venues() -> list[type[Adapter]]:
    return [BybitAdapter]


@hookimpl
def exchangekit_simulated_venues() -> dict[str, Any]:
    from exchangekit_bybit.sim import BybitDialect

    return {"bybit": BybitDialect}
