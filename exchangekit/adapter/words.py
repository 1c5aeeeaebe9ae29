"""What a venue's words mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from exchangekit.models.enums import Liquidity, OrderStatus, OrderType, Side, TimeInForce


@dataclass(frozen=True, slots=True)
class Words:
    """A venue's words. A type that says its time in force, too, needs no word for it."""

    sides: Mapping[str, Side]
    types: Mapping[str, tuple[OrderType, TimeInForce | None]]
    statuses: Mapping[str, OrderStatus]
    times_in_force: Mapping[str, TimeInForce] = field(default_factory=dict)
    roles: Mapping[str, Liquidity] = field(default_factory=dict)

    @property
    def unknown_type(self) -> tuple[OrderType, TimeInForce | None]:
        """What an undeclared type means. Where types say the time in force, too, it is as
        unknown."""
        return OrderType.UNKNOWN, None if self.times_in_force else TimeInForce.UNKNOWN
