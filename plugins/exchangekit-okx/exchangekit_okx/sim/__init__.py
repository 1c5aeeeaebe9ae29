"""The simulated venue: spot trading in the venue's own words over the shared ledger and engine.

It exists to disagree with the adapter. It shares no line with it or with the kit's signers, reads
signatures from raw bytes, and takes every fact from the venue's documentation or recorded answers.

Not simulated, and refused rather than ignored: derivatives and margin, amending, algo orders and
attached take-profits, transfers, withdrawals. Simpler than the real one: the index is the last
price, a book level always counts one order, the funding account is empty, a canceled order is
canceled at once, and so are all of them when cancel-all-after has come to its end. Keys that begin
with ``demo`` are demo keys and need ``x-simulated-trading: 1``.
"""

from exchangekit_okx.sim.dialect import OkxDialect

__all__ = ["OkxDialect"]
