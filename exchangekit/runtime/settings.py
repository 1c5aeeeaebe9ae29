"""What a user may tune of a connection."""

from __future__ import annotations

from dataclasses import dataclass, field

from exchangekit.models.enums import Proof
from exchangekit.runtime.transports import Timeouts


@dataclass(frozen=True, slots=True)
class Settings:
    """What a user may tune. Windows are in ms, waits in seconds."""

    recv_window: int = 5000
    order_window: int = 2000
    timeouts: Timeouts = field(default_factory=Timeouts)
    max_wait: float = 20.0
    retries: int = 2
    resolve: bool = False
    """Whether a change whose answer was lost is found out before its caller is told."""
    proof: Proof = Proof.GATEWAY
    """The weakest proof of an order's absence that counts."""

    @property
    def accepted_proofs(self) -> frozenset[Proof]:
        order = (Proof.RECHECKED, Proof.GATEWAY)
        return frozenset(order[: order.index(self.proof) + 1])
