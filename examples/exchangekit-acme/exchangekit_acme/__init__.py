"""Acme for exchangekit: registers the venue and its simulation."""

from typing import Any

from exchangekit import hookimpl
from exchangekit.adapter import Adapter
from exchangekit_acme.adapter import AcmeAdapter


@hookimpl
def exchangekit_venues() -> list[type[Adapter]]:
    return [AcmeAdapter]


@hookimpl
def exchangekit_simulated_venues() -> dict[str, Any]:
    from exchangekit_acme.sim import AcmeDialect

    return {"acme": AcmeDialect}
