"""The life of a request, written once: throttle, stamp, sign, send, classify, retry.

The rules this module keeps:

- A request is stamped and signed after its last wait; every retry is signed afresh.
- A read may be sent again. A request that changes something is sent again only when it is proven
  that nothing happened: it never left, or the venue refused it. Otherwise it ends in
  `OutcomeUnknown`, which is never retried here. An order that was refused for a limit, an
  overload or its time is looked for first.
- A clock error resynchronises the clock and sends again exactly once.
- Waiting is bounded: a request that changes something neither waits nor is tried again past its
  own window, and no request goes out later than ``Timeouts.total`` after it was asked for.
- Whatever goes wrong between sending and reading, defects included, ends in an error that says
  whether anything happened, and that shows no key.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from exchangekit.adapter.base import Adapter, Environment
from exchangekit.adapter.classify import classify
from exchangekit.adapter.credentials import AccountId, Credentials
from exchangekit.adapter.decode import milliseconds
from exchangekit.adapter.request import Call, Outgoing, Reply, Request, target
from exchangekit.adapter.scheme import scheme_of
from exchangekit.adapter.secrecy import hide
from exchangekit.adapter.signing import Stamp
from exchangekit.errors import (
    BadReply,
    Banned,
    ConfigurationError,
    ExchangeError,
    ExchangeKitError,
    InvalidNonce,
    OrderNotFound,
    Outcome,
    RateLimited,
)
from exchangekit.excerpts import excerpt
from exchangekit.hookspecs import ReplyEvent, RequestEvent, WaitEvent
from exchangekit.runtime.attempt import Attempt, transport_error
from exchangekit.runtime.clock import Sample, VenueClock
from exchangekit.runtime.counting import count, pauses, tells_of_limits
from exchangekit.runtime.effects import (
    Background,
    Flow,
    Now,
    Record,
    Send,
    Shared,
)
from exchangekit.runtime.journal import AlreadyIntended, Intent
from exchangekit.runtime.limits import Limits
from exchangekit.runtime.nonces import OF_THIS_PROCESS
from exchangekit.runtime.refusals import missing_credentials, refuse_unwritten
from exchangekit.runtime.retry import LOOKS, Action, action_after
from exchangekit.runtime.settings import Settings as Settings
from exchangekit.runtime.throttle import Throttle

T = TypeVar("T")

Look = Callable[[Attempt, ExchangeError], Flow[tuple[T] | None]]
"""What the change came to although the venue refused it (the error); None if it is not there.

Raises what the caller gets where it cannot tell.
"""

log = logging.getLogger("exchangekit.orders")

_NOW = Now()


class Policy:
    """One connection to one venue with one set of credentials: its state and its rules."""

    def __init__(
        self,
        adapter: Adapter,
        environment: Environment,
        credentials: Credentials | None,
        limits: Limits,
        settings: Settings,
        on_request: Callable[[RequestEvent], None] | None = None,
        on_reply: Callable[[ReplyEvent], None] | None = None,
        on_wait: Callable[[WaitEvent], None] | None = None,
        *,
        environment_name: str = "live",
        withheld: ConfigurationError | None = None,
    ) -> None:
        self.adapter = adapter
        self.environment = environment
        self.origin = environment.origin
        self.credentials = credentials
        self.withheld = withheld
        """Why keys that were found are not used."""
        self.limits = limits
        self.settings = settings
        self.clock = VenueClock()
        self.account_id = AccountId(
            adapter.venue,
            environment_name,
            self.origin.base_url,
            self.account,
            credentials.key_digest if credentials else "",
        )
        self.nonces = OF_THIS_PROCESS
        scheme = scheme_of(adapter.signer)
        self._counts = scheme is not None and scheme.nonce
        self._throttle = Throttle(
            adapter.title,
            limits,
            self.clock,
            total=settings.timeouts.total,
            max_wait=settings.max_wait,
            order_window=settings.order_window,
            on_wait=on_wait,
        )
        self._on_request = on_request
        self.on_reply = on_reply
        self._host = self.origin.host

    @property
    def account(self) -> str | None:
        return self.credentials.account if self.credentials else None

    def call(
        self,
        operation: str,
        call: Call[T],
        *,
        client_order_id: str | None = None,
        serving: str | None = None,
        until: float | None = None,
    ) -> Flow[T]:
        """Carry `call` to its end: its result, or the error that says what happened. `serving` is
        the operation that the user asked for, where this is only a part of it; `until` when that
        must be over, on the monotonic clock."""
        return self._carried(operation, call, client_order_id, serving, until=until)

    def once(self, operation: str, call: Call[T], change: Attempt) -> Flow[T]:
        """Ask on behalf of `change`: one attempt, within the time that the change has left."""
        return self._carried(operation, call, change.client_order_id, change=change)

    def _carried(
        self,
        operation: str,
        call: Call[T],
        client_order_id: str | None,
        serving: str | None = None,
        until: float | None = None,
        change: Attempt | None = None,
    ) -> Flow[T]:
        while True:
            attempt = yield from self.begin(
                operation, call.request, client_order_id, serving=serving
            )
            if until is not None:
                attempt.started = min(attempt.started, until - self.settings.timeouts.total)
            if change is not None:
                attempt.started, attempt.waited = change.started, change.waited
                attempt.failures, attempt.for_change = self.settings.retries, True
            try:
                return (yield from self.carry(attempt, call))
            except OrderNotFound:
                if call.otherwise is None:
                    raise
                call = call.otherwise

    def begin(
        self,
        operation: str,
        request: Request,
        client_order_id: str | None,
        intent: Intent | None = None,
        *,
        serving: str | None = None,
    ) -> Flow[Attempt]:
        """`opened`, at this moment. Raises where something private is asked without a key."""
        self.need_key(operation, request)
        now: float = yield _NOW
        return self.opened(now, operation, request, client_order_id, intent, serving=serving)

    def opened(
        self,
        now: float,
        operation: str,
        request: Request,
        client_order_id: str | None,
        intent: Intent | None = None,
        *,
        serving: str | None = None,
    ) -> Attempt:
        """What keeps account of a call while `carry` carries it; an `intent` is recorded."""
        venue, account = self.adapter.venue, self.account
        return Attempt(venue, account, operation, request, now, client_order_id, intent, serving)

    def need_key(self, operation: str, request: Request) -> None:
        """Raises, before anything is asked of anybody, for a signed request without a key."""
        if request.signed and self.credentials is None:
            raise self.without_a_key(operation, changes=request.changes)

    def without_a_key(self, operation: str, *, changes: bool = False) -> ExchangeKitError:
        """What who asks for something private gets, where there is no key."""
        if self.withheld is not None:
            return type(self.withheld)(str(self.withheld))
        return missing_credentials(self.adapter, operation, changes=changes)

    def carry(self, attempt: Attempt, call: Call[T], look: Look[T] | None = None) -> Flow[T]:
        """As `call`, with an account of it that says at any moment what is known. Without a `look`
        nothing is sent again that the table of retries wants to be looked for."""
        while True:
            if call.request.signed and self.clock.best(attempt.started) is None:
                # Asked for before the limits count the request: it goes out as soon as they do.
                yield from self._stamp(attempt)
            admitted = yield from self._throttle.admit(attempt)
            if attempt.refusal is not None and look is not None:
                found = yield from self._found(attempt, attempt.refusal, look)
                if found is not None:
                    return found[0]
                admitted = None
            answer = yield from self._exchange(attempt, call, admitted)
            if not isinstance(answer, ExchangeError):
                return answer[0]
            yield from self._after_failure(attempt, answer, look is not None)
            attempt.number += 1

    def _found(
        self, attempt: Attempt, refusal: ExchangeError, look: Look[T]
    ) -> Flow[tuple[T] | None]:
        attempt.refusal = None
        found = yield from look(attempt, refusal)
        if found is not None:
            attempt.settle(found)
            return found
        now: float = yield _NOW
        if self._throttle.patience(attempt, now) < 0:
            raise attempt.too_late()  # the look took what time there was
        return None

    def outgoing(self, request: Request, stamp: Stamp | None) -> Outgoing:
        """The finished request; `stamp` is None for one that is not signed."""
        if stamp is None or self.credentials is None:
            made = Outgoing(
                self.origin,
                request.method,
                target(request.path, request.params),
                request.headers,
                request.body,
            )
        else:
            made = self.adapter.signer.sign(request, self.credentials, stamp, self.origin)
        if self.environment.headers:
            headers = (*self.environment.headers, *made.headers)
            return Outgoing(made.origin, made.method, made.target, headers, made.body)
        return made

    def stamp(
        self, request: Request, *, shown: bool = False, at: float | None = None
    ) -> Flow[Stamp]:
        """The venue's time now and the request's window. Asks the venue only when it must. One
        that is only `shown` uses up no nonce. ``at`` is this moment, where it is known."""
        now: float = (yield _NOW) if at is None else at
        while (venue_ms := self.clock.venue_ms(now)) is None:
            yield Shared(("clock", self.account_id), self._first_sample)
            now = yield _NOW
        if not self.clock.is_fresh(now) and not self.clock.refreshing:
            self.clock.refreshing = True
            yield Background(self._refresh())
        short = request.has_deadline
        window = self.settings.order_window if short else self.settings.recv_window
        nonce = 0
        if self._counts:
            nonce = yield from self.nonces.of(self.account_id, venue_ms, shown=shown)
        return Stamp(venue_ms, min(window, self.settings.recv_window), nonce, self._host)

    def _stamp(self, attempt: Attempt, at: float | None = None) -> Flow[Stamp]:
        try:
            return (yield from self.stamp(attempt.request, at=at))
        except InvalidNonce as problem:
            raise attempt.complete(problem) from None
        except ExchangeError as problem:
            raise attempt.before_sending(problem) from problem

    # The clock

    def _first_sample(self) -> Flow[None]:
        now: float = yield _NOW
        if self.clock.venue_ms(now) is None:
            yield from self.sample_clock()

    def _refresh(self) -> Flow[None]:
        try:
            yield from self.sample_clock()
        finally:
            self.clock.refreshing = False

    def sample_clock(self) -> Flow[datetime]:
        """One question to the time endpoint; the answer is added to the estimate."""
        call = self.adapter.fetch_time()
        # What comes first wherever something is signed is as urgent as a cancel.
        attempt = yield from self.begin("fetch_time", call.request, None, serving="cancel_order")
        venue_time = yield from self.carry(attempt, call)
        self.clock.add(Sample(attempt.sent, attempt.received, milliseconds(venue_time)))
        return venue_time

    # One attempt

    def _exchange(
        self, attempt: Attempt, call: Call[T], admitted: float | None
    ) -> Flow[tuple[T] | ExchangeError]:
        """Stamp, sign, record, send and read one attempt, which was `admitted` just now. Errors are
        returned, with outcome."""
        request = call.request
        stamp: Stamp | None = None
        if request.signed:
            stamp = yield from self._stamp(attempt, admitted)
            fence = self.adapter.capabilities.fence
            if request.has_deadline and fence.kind != "none":
                attempt.fence_ms, attempt.margin = stamp.deadline, fence.margin
            if attempt.began_ms is None:
                attempt.began_ms = stamp.timestamp
        outgoing = self.outgoing(request, stamp)
        if attempt.intent is not None:
            try:
                yield Record(later=attempt.told_before)
            except AlreadyIntended:
                raise
            except Exception as problem:
                refuse_unwritten(attempt, problem)
        attempt.sent = yield _NOW
        left = attempt.started + self.settings.timeouts.total - attempt.sent
        if left <= 0:
            raise attempt.too_late()
        if self._on_request is not None:
            self._on_request(attempt.request_event())
        reply: Reply | None = None
        result: tuple[T] | ExchangeError
        attempt.in_flight = True
        try:
            reply = yield Send(outgoing, min(self.settings.timeouts.attempt, left))
        except Exception as failure:
            attempt.received = yield _NOW
            result = self._finished(attempt, transport_error(failure))
        else:
            attempt.received = yield _NOW
            result = self._read(attempt, call, reply)
        # From here on nothing that goes wrong may hide what the venue said.
        attempt.settle(result)
        if self.on_reply is not None:
            error = result if isinstance(result, ExchangeError) else None
            self.on_reply(attempt.reply_event(reply, error))
        if reply is not None and tells_of_limits(self.adapter):
            yield from count(
                self._throttle, self.adapter, attempt, reply, self.clock.venue_ms(attempt.received)
            )
        return result

    def _read(self, attempt: Attempt, call: Call[T], reply: Reply) -> tuple[T] | ExchangeError:
        error: ExchangeError | None
        try:
            said = self.adapter.error_in(reply, call.request)
            if said is not None and call.doubt is not None:
                call.doubt(said)
            error = classify(self.adapter.errors, reply, said)
            if error is None:
                return (attempt.labelled(call.parse(reply)),)
        except ExchangeError as problem:
            error = problem
        except Exception as problem:
            # A defect in a parser must not hide that the venue may have taken an order.
            error = BadReply(f"the reply could not be read ({excerpt(repr(problem))})")
            error.__cause__ = problem
        pauses(self.adapter, reply, self.clock.venue_ms(attempt.received), error)
        error.status = error.status or reply.status
        error.outcome = error.outcome or Outcome.UNKNOWN
        return self._finished(attempt, error)

    def _finished(self, attempt: Attempt, error: ExchangeError) -> ExchangeError:
        """`error` with what the call knows, and without the secrets that a venue may quote."""
        if self.credentials is not None:
            hide(error, self.credentials.mask)
        return attempt.complete(error)

    # After a failure

    def _after_failure(self, attempt: Attempt, error: ExchangeError, can_look: bool) -> Flow[None]:
        """Return to send again, or raise: as the table in `exchangekit.runtime.retry` says."""
        now: float = yield _NOW
        action = action_after(error, attempt, self.settings.retries)
        wait = 0.0
        if isinstance(error, RateLimited):
            wait = yield from self._throttle.pause(attempt, error, now)
        if action is Action.TELL_UNKNOWN:
            raise attempt.unknown(error) from error
        asks = action in (Action.ASK_THE_TIME, Action.ASK_THE_TIME_AND_LOOK)
        if asks:
            attempt.resynchronised = True
            self.clock.forget()
        looks = action in LOOKS
        if action is Action.RAISE or (looks and not can_look):
            raise error
        attempt.was_refused |= error.outcome is Outcome.REFUSED
        attempt.failure = error
        if looks:
            attempt.refusal = error
        if asks:
            return
        attempt.failures += 1
        if action in (Action.BACK_OFF, Action.BACK_OFF_AND_LOOK):
            wait = yield from self._throttle.backoff(attempt)
        if wait > self._throttle.patience(attempt, now):
            raise error
        holds = action in (Action.HOLD_BACK, Action.HOLD_BACK_AND_LOOK)
        if holds and (attempt.request.costs or isinstance(error, Banned)):
            return  # the limits hold the next attempt back, and all others that it concerns
        yield from self._throttle.sleep(attempt, wait, f"before trying again: {error.message}")
