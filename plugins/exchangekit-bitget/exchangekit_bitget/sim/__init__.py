"""The simulated venue: classic spot trading in the venue's own words over the shared ledger.

It exists to disagree with the adapter. It shares no line with it or with the kit's signers, reads
signatures from raw bytes, and takes every fact from the venue's documentation or recorded answers.

It forgets as the venue says that it does: a clientOid keeps its order from being doubled for six
hours and only while the order is open, and finds an order only while that is open and not older
than two hours.

Not simulated, and refused or not there: derivatives and margin, replacing, plan orders,
take-profits, transfers, withdrawals, fees paid in BGB. Simpler than the real one: markets of any
quote have a minimum value in USDT, coins are on no chain, balances show all their digits (the venue
cuts after eight). Keys that begin with ``demo`` are demo keys and need ``paptrading: 1``; accounts
that begin with ``unified`` are in the mode that this API refuses.
"""

from exchangekit_bitget.sim.dialect import BitgetDialect

__all__ = ["BitgetDialect"]
