"""Bitget spot for exchangekit: registers two venues and their simulations, one for each API.

Which of them answers a key is decided by the mode of its account: classic or unified.
"""

from typing import Any

from exchangekit import hookimpl
from exchangekit.adapter import Adapter
from exchangekit_bitget.adapter import BitgetAdapter
from exchangekit_bitget.unified.adapter import BitgetUnifiedAdapter


@hookimpl
def exchangekit_venues() -> list[type[Adapter]]:
    return [BitgetAdapter, BitgetUnifiedAdapter]


@hookimpl
def exchangekit_simulated_venues() -> dict[str, Any]:
    from exchangekit_bitget.sim import BitgetDialect
    from exchangekit_bitget.unified.sim import BitgetUnifiedDialect

    return {"bitget": BitgetDialect, "bitgetuta": BitgetUnifiedDialect}
