"""A simulated MEXC spot venue: its dialect over the shared ledger and matching engine.

For offline runs and tests. It verifies signatures from raw bytes with code of its own and imports
nothing of the adapter or the kit's signers, so that the two can disagree.
"""

from exchangekit_mexc.sim.dialect import MexcDialect

__all__ = ["MexcDialect"]
