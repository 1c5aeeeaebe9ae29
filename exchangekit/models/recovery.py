"""What became of the changes that a program left open when it ended."""

from __future__ import annotations

from datetime import datetime

from exchangekit.models.base import Model
from exchangekit.models.enums import Proof
from exchangekit.models.orders import Change, MyTrade, Resolution


class Reconciled(Model):
    """One change that had no end in the journal, and what it came to.

    ``request`` is what was asked for by ``operation``, ``written`` when (this machine's time, UTC).
    ``resolution`` says what became of it, ``fills`` are those of its order; where it cannot be told
    ``resolution`` is None and ``problem`` says why: it stays open in the journal.
    """

    operation: str
    request: Change
    written: datetime
    resolution: Resolution | None = None
    fills: tuple[MyTrade, ...] = ()
    problem: str | None = None

    @property
    def is_known(self) -> bool:
        """Whether it was found out what became of it."""
        return self.resolution is not None and not self.resolution.still_open and not self._pending

    @property
    def _pending(self) -> bool:
        """A cancel that may be carried out yet: its order is open, and nothing proves more."""
        told = self.resolution
        return (
            self.operation == "cancel_order"
            and told is not None
            and told.order is not None
            and not told.order.is_done
            and told.proof is Proof.NONE
        )

    def __str__(self) -> str:
        name = getattr(self.request, "client_order_id", None) or getattr(self.request, "id", None)
        what = f"{self.operation} {self.request.symbol} {name or ''}".rstrip()
        return f"{what}: {self.verdict}"

    @property
    def verdict(self) -> str:
        """What became of it, in words."""
        told = self.resolution
        if told is None:
            return f"still unknown ({self.problem})"
        if told.still_open:
            return f"{len(told.still_open)} still open"
        if told.order is not None:
            filled = "" if told.order.filled is None else f", {told.order.filled:f} filled"
            order = f"order {told.order.id}, {told.order.status or 'accepted'}{filled}"
            if self._pending:
                return f"{order}: it may be canceled yet"
            if self.operation == "cancel_order" and not told.order.is_done:
                return f"{order}: the cancel came to nothing (proof: {told.proof})"
            return order
        if self.operation == "create_order" and told.proof is Proof.NONE:
            return "never existed (refused, or never sent)"
        if self.operation == "create_order":
            return f"never existed (proof: {told.proof})"
        return "nothing is open"
