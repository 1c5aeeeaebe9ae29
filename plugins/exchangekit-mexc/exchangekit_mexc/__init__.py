"""MEXC spot for exchangekit: registers the venue and its simulation."""

from typing import Any

from exchangekit import hookimpl
from exchangekit.adapter import Adapter
from exchangekit_mexc.adapter import MexcAdapter


@hookimpl
def exchangekit_venues() -> list[type[Adapter]]:
    return [MexcAdapter]


@hookimpl
def exchangekit_simulated_venues() -> dict[str, Any]:
    from exchangekit_mexc.sim import MexcDialect

    return {"mexc": MexcDialect}
