"""What every venue must do, one module for each group of the design. Importing registers all."""

from exchangekit.testing.checks import (  # noqa: F401
    clock,
    errors,
    limits,
    market_data,
    markets,
    modes,
    numbers,
    orders,
    outcomes,
    purity,
    secrets,
    signing,
    symbols,
    words,
)
