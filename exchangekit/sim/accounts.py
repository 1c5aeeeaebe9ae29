"""What the engine keeps about one customer's account, apart from its funds."""

from __future__ import annotations

from dataclasses import dataclass, field

from exchangekit.sim.instruments import Fees
from exchangekit.sim.orders import Fill, Order


@dataclass(slots=True)
class AccountState:
    """Orders and executions, oldest first, and what the account pays in fees.

    `by_client_id` holds the newest order of each client order id.
    """

    orders: list[Order] = field(default_factory=list)
    open: dict[int, Order] = field(default_factory=dict)
    by_venue_id: dict[str, Order] = field(default_factory=dict)
    by_client_id: dict[str, Order] = field(default_factory=dict)
    fills: list[Fill] = field(default_factory=list)
    fees: Fees | None = None
    pays_with_fee_asset: bool = False
