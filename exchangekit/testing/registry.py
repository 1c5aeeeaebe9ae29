"""The list of all checks, by group. A new module of checks is named here, and nowhere else."""

from __future__ import annotations

from exchangekit.testing.check import Check, checks_of
from exchangekit.testing.checks import (
    agreement,
    clock,
    counters,
    errors,
    identity,
    ledger,
    limits,
    market_data,
    market_orders,
    markets,
    modes,
    numbers,
    orders,
    outcomes,
    overlooked,
    paging,
    promises,
    purity,
    reading,
    recovery,
    resolving,
    secrets,
    signing,
    switch,
    symbols,
    waiting,
    words,
)

MODULES = (
    purity,
    signing,
    secrets,
    symbols,
    markets,
    market_orders,
    market_data,
    paging,
    reading,
    numbers,
    promises,
    orders,
    waiting,
    switch,
    ledger,
    agreement,
    overlooked,
    words,
    outcomes,
    resolving,
    errors,
    limits,
    counters,
    clock,
    recovery,
    modes,
    identity,
)


def checks() -> tuple[Check, ...]:
    """All checks, by group."""
    return tuple(check for module in MODULES for check in checks_of(module))
