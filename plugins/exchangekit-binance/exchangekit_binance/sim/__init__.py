"""A simulated Binance spot venue: its dialect over the shared ledger and matching engine.

For offline runs and tests. It verifies signatures from raw bytes with code of its own and imports
nothing of the adapter or the kit's signers, so that the two can disagree.

What it is not: it knows no stop, iceberg, pegged or list orders (its exchangeInfo offers none), it
answers in milliseconds and JSON only, and an order that fills after it rested stays counted as
unfilled.
"""

from exchangekit_binance.sim.dialect import BinanceDialect

__all__ = ["BinanceDialect"]
