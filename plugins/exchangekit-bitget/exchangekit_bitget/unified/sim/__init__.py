"""The simulated venue: spot trading over the unified account API (v3), in the venue's own words.

It exists to disagree with the adapter. It shares no line with it or with the kit's signers, and
takes every fact from the venue's documentation or recorded answers. With the simulation of the
classic API it shares the gateway and the markets, which are the same ones at the venue, too.

It forgets as the venue says that it does: a clientOid keeps its order from being doubled while the
order is open and no longer, however old it is. Where the documentation leaves a thing open, the
harder reading is simulated, or what the classic API's simulation does:

- By its clientOid an order is found while it is open; that this rule is order-info's, too, is said,
  what it says of an order that has ended is not.
- A list that is asked for without times goes back 30 days, which is the longest span of one
  request, and not the 90 days that are kept.
- What is exactly as old as a time that bounds a list is in it.
- Of several codes that fit, that of the unified account's own page is given.
- Plain 6H, 12H and 1D bars begin by the clock of UTC+8, since others are called utc.

Not simulated, and refused or not there: margin and derivatives, loans, replacing, placing several
orders at once, strategy orders, transfers, withdrawals, fees paid in BGB. Simpler than the real
one: coins are on no chain, no order waits to be accepted (status ``new``), every account may use
the dead man's switch, which the venue grants on request. Keys that begin with ``demo`` are demo
keys and need ``paptrading: 1``; accounts that begin with ``classic`` are in the mode that this API
refuses.
"""

from exchangekit_bitget.unified.sim.dialect import BitgetUnifiedDialect

__all__ = ["BitgetUnifiedDialect"]
