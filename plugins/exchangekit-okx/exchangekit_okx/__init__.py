"""OKX spot for exchangekit: registers the venue and its simulation."""

from typing import Any

from exchangekit import hookimpl
from exchangekit.adapter import Adapter
from exchangekit_okx.adapter import OkxAdapter


@hookimpl
def exchangekit_venues() -> list[type[Adapter]]:
    return [OkxAdapter]


@hookimpl
def exchangekit_simulated_venues() -> dict[str, Any]:
    from exchangekit_okx.sim import OkxDialect

    return {"okx": OkxDialect}
