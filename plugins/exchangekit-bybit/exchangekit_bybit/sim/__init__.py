"""The simulated venue: spot trading in the venue's own words over the shared ledger and engine.

It exists to disagree with the adapter. It shares no line with it or with the kit's signers, reads
signatures from raw bytes, and takes every fact from the venue's documentation or recorded answers.

Not simulated, and refused rather than ignored: derivatives, margin, amending, batches, conditional
orders and attached take-profits, transfers, withdrawals. Simpler than the real one: the index is
the last price, and an order that was acknowledged is in the book at once. Keys that begin with
``classic`` belong to an account that is not a unified one.
"""

from exchangekit_bybit.sim.dialect import BybitDialect

__all__ = ["BybitDialect"]
