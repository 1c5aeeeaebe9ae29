"""The simulated venue: spot trading in the venue's own words over the shared ledger and engine.

It exists to disagree with the adapter. It shares no line with it or with the kit's signers, reads
signatures from raw bytes, and takes every fact from the venue's documentation or recorded answers.
What it does not simulate it refuses: derivatives and margin, amending, algo orders, transfers.
"""

from exchangekit_okx.sim.dialect import OkxDialect

__all__ = ["OkxDialect"]
