"""What is written down of every change: what was intended, until when it may happen, how it ended.

The flows yield `Record` effects; a driver hands their entries to its journal, if it has one. An
entry holds no key and no signature.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol
from uuid import uuid4

from exchangekit.adapter.credentials import AccountId
from exchangekit.errors import ExchangeError, Outcome
from exchangekit.models.orders import (
    CancelAllRequest,
    CancelReport,
    CancelRequest,
    Change,
    Order,
)


@dataclass(frozen=True, slots=True)
class Intent:
    """An order that is to be placed, or canceled, on an account. ``uid`` is its name in a journal:
    a cancel has no other, and an order's may be used again once it is proven to have failed."""

    account: AccountId
    operation: str
    change: Change
    uid: str = field(default_factory=lambda: uuid4().hex, compare=False)

    @property
    def places(self) -> bool:
        """It places an order; otherwise it cancels."""
        return not isinstance(self.change, (CancelRequest, CancelAllRequest))


@dataclass(frozen=True, slots=True)
class Sending:
    """Written before the first byte of an attempt leaves. Times are the venue's.

    ``fence`` is the moment after which this attempt can no longer be accepted, None where there is
    no such moment, ``margin`` how much later "not found" counts. ``began`` is when its first
    attempt was signed: an order that is older is another one. A change by one ``intent`` may be
    sent, and end, more than once: what was unknown is found out later.
    """

    intent: Intent
    attempt: int
    fence: datetime | None
    margin: timedelta | None = None
    began: datetime | None = None


@dataclass(frozen=True, slots=True)
class Ended:
    """Written at the end: ``outcome`` is None when the venue did it, and ``result`` what it said.

    ``error`` is what the caller gets instead; a cancelled task's or a Ctrl-C's is that exception.
    ``lost`` is why the end had to be found out, None where the venue's answer told it.
    """

    intent: Intent
    outcome: Outcome | None
    result: Order | CancelReport | None
    error: BaseException | None
    lost: ExchangeError | None = None


Entry = Sending | Ended


class AsyncJournal(Protocol):
    async def record(self, entry: Entry) -> None:
        """Return when it is written. What it raises before an order is sent stops the order;
        everything else that it raises is logged."""
        ...


class SyncJournal(Protocol):
    def record(self, entry: Entry) -> None:
        """As in `AsyncJournal`."""
        ...
