"""One call under way: what it has used up so far, and the errors and events that tell of it."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from exchangekit.adapter.decode import milliseconds, utc
from exchangekit.adapter.request import Page, Reply, Request
from exchangekit.errors import (
    BadReply,
    BadRequest,
    ConnectionFailed,
    ConnectionLost,
    ExchangeError,
    Outcome,
    OutcomeUnknown,
    RequestTimeout,
)
from exchangekit.hookspecs import ReplyEvent, RequestEvent, WaitEvent
from exchangekit.models.base import told_by
from exchangekit.runtime.effects import TransportFailure
from exchangekit.runtime.journal import Intent, Sending
from exchangekit.runtime.limits import Kind, kind_of

T = TypeVar("T")


@dataclass(slots=True)
class Attempt:
    """A call and its attempts. Times are seconds on the monotonic clock."""

    venue: str
    account: str | None
    operation: str
    request: Request
    started: float
    client_order_id: str | None = None
    intent: Intent | None = None
    serving: str | None = None
    """What the user asked for, where this call is only a part of it."""
    number: int = 1
    failures: int = 0
    resynchronised: bool = False
    waited: float = 0.0
    sent: float = 0.0
    received: float = 0.0
    fence_ms: int | None = None
    margin: timedelta | None = None
    began_ms: int | None = None
    was_refused: bool = False
    """An attempt before this one was refused, and sent again."""
    failure: ExchangeError | None = None
    """Why the last attempt failed that is followed by another one."""
    refusal: ExchangeError | None = None
    """Why the last attempt has to be looked for before the next one leaves."""
    for_change: bool = False
    """It asks on behalf of a change, and has no more time than that."""
    proven: Outcome = Outcome.NOT_SENT
    """What the attempts so far have proven: none went out, or those that did were refused."""
    in_flight: bool = False
    """A byte may have left and its answer has not been read."""
    lost: ExchangeError | None = None
    """Why the answer to a copy was lost: what is said of another one does not settle it."""
    done: tuple[Any] | None = None
    """The result, from the moment it was read."""

    @property
    def kind(self) -> Kind:
        return kind_of(self.operation, self.serving, changes=self.request.changes)

    @property
    def cancels(self) -> bool:
        return self.intent is not None and not self.intent.places

    @property
    def fence(self) -> datetime | None:
        """The moment after which the venue no longer takes it, on the venue's clock."""
        return None if self.fence_ms is None else utc(self.fence_ms)

    @fence.setter
    def fence(self, moment: datetime | None) -> None:
        self.fence_ms = None if moment is None else milliseconds(moment)

    @property
    def began(self) -> datetime | None:
        """The venue's time when its first attempt was signed, at the latest."""
        return None if self.began_ms is None else utc(self.began_ms)

    @began.setter
    def began(self, moment: datetime | None) -> None:
        self.began_ms = None if moment is None else milliseconds(moment)

    @property
    def outcome(self) -> Outcome | None:
        """What is known if it ended here and now; None once the venue has done it."""
        if self.done is not None:
            return None
        return Outcome.UNKNOWN if self.in_flight or self.lost is not None else self.proven

    def settle(self, result: tuple[Any] | ExchangeError) -> None:
        """The answer was read, or will not come."""
        self.in_flight = False
        if isinstance(result, ExchangeError):
            self.proven = result.outcome or self.proven
        else:
            self.done = result

    def labelled(self, made: T) -> T:
        """What was read, with the names of the venue and the account that told it."""
        told_by(made.items if isinstance(made, Page) else made, self.venue, self.account)
        return made

    def complete(self, error: ExchangeError) -> ExchangeError:
        """`error` with what this call knows; reads have no outcome."""
        error.venue = error.venue or self.venue
        error.operation = self.operation
        error.client_order_id = self.client_order_id
        if not self.request.changes:
            error.outcome = None
        return error

    def too_late(self) -> ExchangeError:
        """What the caller gets when no time is left to send it: what failed before, if anything."""
        if self.failure is not None:
            self.failure.add_note("No time was left to send it again.")
            return self.failure
        late = RequestTimeout("no time was left to send it", outcome=self.proven)
        return self.complete(late)

    def before_sending(self, error: ExchangeError) -> ExchangeError:
        """What the caller gets when `error` stopped the request on its way out."""
        made = copy.copy(error)
        made.reword(f"the venue's time, needed to sign, could not be asked: {error.message}")
        made.outcome = self.proven
        return self.complete(made)

    def unknown(self, error: ExchangeError) -> OutcomeUnknown:
        """What the caller gets when `error` leaves open whether the change happened."""
        find = (
            f"Fetch the order by its client order id {self.client_order_id}"
            if self.client_order_id
            else "Look at the venue"
        )
        made = OutcomeUnknown(
            error.message,
            venue=self.venue,
            operation=self.operation,
            status=error.status,
            code=error.code,
            venue_message=error.venue_message,
            outcome=Outcome.UNKNOWN,
            client_order_id=self.client_order_id,
            hint=f"It was not sent again. {find} before you decide anything.",
        )
        made.fence, made.margin = self.fence, self.margin
        made.handle = self.sending
        return made

    @property
    def sending(self) -> Sending | None:
        """What is written down of this attempt, and finds out later what became of it."""
        if self.intent is None:
            return None
        return Sending(self.intent, self.number, self.fence, self.margin, self.began)

    def told_before(self) -> Sending:
        """What the journal is told of a change before it leaves."""
        sending = self.sending
        assert sending is not None, "only changes are written down"
        return sending

    def again(self, now: float) -> None:
        """The same change is sent once more, with all the time that a change has."""
        self.started, self.waited, self.failures = now, 0.0, 0
        self.resynchronised, self.refusal, self.failure = False, None, None
        self.number += 1

    def wait_event(self, seconds: float, why: str) -> WaitEvent:
        return WaitEvent(
            venue=self.venue,
            account=self.account,
            operation=self.operation,
            seconds=seconds,
            waited=self.waited,
            why=why,
            client_order_id=self.client_order_id,
        )

    def request_event(self) -> RequestEvent:
        return RequestEvent(
            venue=self.venue,
            account=self.account,
            operation=self.operation,
            attempt=self.number,
            method=self.request.method,
            path=self.request.path,
            params=self.request.params,
            client_order_id=self.client_order_id,
        )

    def reply_event(self, reply: Reply | None, error: ExchangeError | None) -> ReplyEvent:
        return ReplyEvent(
            venue=self.venue,
            account=self.account,
            operation=self.operation,
            attempt=self.number,
            status=None if reply is None else reply.status,
            seconds=self.received - self.sent,
            size=0 if reply is None else len(reply.body),
            error=error,
            client_order_id=self.client_order_id,
        )


def transport_error(failure: Exception) -> ExchangeError:
    """What a transport raised, as ours. Only what certainly never left is NOT_SENT."""
    made: ExchangeError
    if not isinstance(failure, TransportFailure):
        # A defect in a transport must not hide that the venue may have taken an order.
        words = f"the transport itself failed ({type(failure).__name__})"
        made = ConnectionLost(words, outcome=Outcome.UNKNOWN)
    elif not failure.sent:
        kind = BadRequest if failure.unfit else ConnectionFailed
        made = kind(str(failure), outcome=Outcome.NOT_SENT)
    elif failure.reply:
        made = BadReply(str(failure), outcome=Outcome.UNKNOWN)
    else:
        late = RequestTimeout if failure.timeout else ConnectionLost
        made = late(str(failure), outcome=Outcome.UNKNOWN)
    made.__cause__ = failure
    return made
