"""What is written down of every change: what was intended, until when it may happen, how it ended.

The flows yield `Record` effects; a driver hands their entries to its journal, if it has one. An
entry holds no key and no signature. `exchangekit.journal` is the one that comes with the kit.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from os import urandom
from typing import Protocol

from exchangekit.adapter.credentials import AccountId
from exchangekit.errors import ExchangeError, Outcome
from exchangekit.models.halting import Halt
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
    uid: str = field(default_factory=lambda: urandom(16).hex(), compare=False)

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

    ``at`` is the account that this attempt of a failover is handed to, one of those ``among`` which
    it may be handed on; None for a request that is sent itself. ``within`` is the intent of the
    failover that this attempt serves, at its ``step``; they are not written.
    """

    intent: Intent
    attempt: int
    fence: datetime | None
    margin: timedelta | None = None
    began: datetime | None = None
    at: AccountId | None = None
    among: tuple[AccountId, ...] = ()
    within: Intent | None = None
    step: int = 0


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
    attempt: int | None = None
    """The last attempt that whoever ends it knows of. Where another process has handed it on since,
    only an order that exists ends it."""


@dataclass(frozen=True, slots=True)
class MovedOn:
    """An order is proven not to exist on this account and goes elsewhere, by the ``within`` of a
    failover: from now on no process may place it here for that. Not written, and AlreadyIntended
    raised, where one has just done so."""

    intent: Intent
    within: Intent


@dataclass(frozen=True, slots=True)
class Asked:
    """Nothing is written: AlreadyIntended is raised where an order of that name is there or may be,
    on the intent's account or, asked by a failover, on one of those ``among`` which it was handed
    to."""

    intent: Intent
    among: tuple[AccountId, ...] = ()


Entry = Sending | Ended | MovedOn | Asked


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a journal knows of one intent: its last attempt, and how it ended.

    ``attempts`` is 0 for one that never came to be sent, and ``fence``, ``margin`` and ``began``
    are those of `Sending`. ``outcome`` is None while it has not ``ended``, and after the venue did
    it; ``result`` is then what the venue said, and ``error`` what the caller got instead.
    ``written`` and ``updated`` are this machine's times. ``tried`` are the accounts that a failover
    handed its attempts to, in their order.
    """

    intent: Intent
    attempts: int
    fence: datetime | None
    margin: timedelta | None
    began: datetime | None
    ended: bool
    outcome: Outcome | None
    order_id: str | None
    result: Order | CancelReport | None
    error: str | None
    written: datetime
    updated: datetime
    tried: tuple[AccountId, ...] = ()

    @property
    def is_open(self) -> bool:
        """What became of it is not known: it was not told, or the answer was lost."""
        return not self.ended or self.outcome is Outcome.UNKNOWN

    @property
    def lies_at(self) -> AccountId:
        """The account that its last attempt was for."""
        return self.tried[-1] if self.tried else self.intent.account

    @property
    def state(self) -> str:
        """In a word: open, done, or its outcome."""
        if not self.ended:
            return "open"
        return "done" if self.outcome is None else self.outcome.value


class AlreadyIntended(Exception):
    """A new order has the client order id of an ``earlier`` one that was placed or may have been.
    It was not written down, and may not be sent. For an attempt of a failover ``earlier`` may also
    be its own intent, which another process handed on meanwhile."""

    def __init__(self, earlier: Recorded) -> None:
        super().__init__(
            f"the client order id was used on {earlier.written:%Y-%m-%d %H:%M:%S} UTC"
            f" ({earlier.state})"
        )
        self.earlier = earlier


class NameClosed(Exception):
    """The order has moved on from this account: another process has proven that it is not here,
    and goes elsewhere. It was not written down, and may not be sent."""

    def __init__(self) -> None:
        super().__init__("another process has moved this order on to another account")


class Halted(Exception):
    """Orders are stopped by a ``halt``. This one was not written down, and may not be sent."""

    def __init__(self, halt: Halt) -> None:
        super().__init__(str(halt))
        self.halt = halt


class AsyncJournal(Protocol):
    async def record(self, entry: Entry) -> None:
        """Return when it is written. What it raises before an order is sent stops the order;
        everything else that it raises is logged. Raises AlreadyIntended for the first `Sending`
        of an order whose client order id another intent has that is open, done or unknown, and
        for an attempt of a failover that was handed to another account already. Raises Halted for
        every other `Sending` of an order while its orders are stopped."""
        ...


class SyncJournal(Protocol):
    def record(self, entry: Entry) -> None:
        """As in `AsyncJournal`."""
        ...
