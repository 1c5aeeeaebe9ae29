"""Bitget spot for exchangekit: registers the venue and its simulation."""

from typing import Any

from exchangekit import hookimpl
from exchangekit.adapter import Adapter
from exchangekit_bitget.adapter import BitgetAdapter


@hookimpl
def exchangekit_venues() -> list[type[Adapter]]:
    return [BitgetAdapter]


@hookimpl
def exchangekit_simulated_venues() -> dict[str, Any]:
    from exchangekit_bitget.sim import BitgetDialect
    from exchangekit_bitget.unified.sim import BitgetUnifiedDialect

    return {"bitget": BitgetDialect, "bitgetuta": BitgetUnifiedDialect}
