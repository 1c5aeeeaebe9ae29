"""The life of a request, written once: throttle, stamp, sign, send, classify, retry.

The rules this module keeps:

- A request is stamped and signed after its last wait; every retry is signed afresh.
- A read may be sent again. A request that changes something is sent again only when it is proven
  that nothing happened: it never left, or the venue refused it. Otherwise it ends in
  `OutcomeUnknown`, which is never retried here.
- A clock error resynchronises the clock and sends again exactly once.
- Waiting is bounded. A request that changes something never waits longer than its own window.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NoReturn, TypeVar

from exchangekit.adapter.base import Adapter, Environment
from exchangekit.adapter.credentials import Credentials
from exchangekit.adapter.decode import milliseconds, utc
from exchangekit.adapter.failures import classify
from exchangekit.adapter.signing import Stamp
from exchangekit.adapter.wire import Call, LimitScope, Outgoing, Reply, Request, target
from exchangekit.errors import (
    BadReply,
    Banned,
    ClockSkew,
    ConnectionFailed,
    ConnectionLost,
    ExchangeError,
    MissingCredentials,
    OnMaintenance,
    Outcome,
    OutcomeUnknown,
    RateLimited,
    RequestTimeout,
    VenueUnavailable,
)
from exchangekit.hookspecs import ReplyEvent, RequestEvent
from exchangekit.runtime.clock import Sample, VenueClock
from exchangekit.runtime.effects import (
    Background,
    Effect,
    Entropy,
    Flow,
    Now,
    Send,
    Shared,
    Sleep,
    TransportFailure,
)
from exchangekit.runtime.limits import Limiter
from exchangekit.runtime.transport import Timeouts

T = TypeVar("T")

_DEFAULT_PAUSE = 1.0


@dataclass(frozen=True, slots=True)
class Settings:
    """What a user may tune. Windows are in ms, waits in seconds."""

    recv_window: int = 5000
    order_window: int = 3000
    timeouts: Timeouts = Timeouts()
    max_wait: float = 20.0
    retries: int = 2


@dataclass(slots=True)
class _Attempt:
    """What one call has used up so far."""

    operation: str
    request: Request
    started: float
    client_order_id: str | None
    number: int = 1
    failures: int = 0
    resynchronised: bool = False
    waited: float = 0.0
    fence: datetime | None = None


class Policy:
    """One connection to one venue with one set of credentials: its state and its rules."""

    def __init__(
        self,
        adapter: Adapter,
        environment: Environment,
        credentials: Credentials | None,
        limiter: Limiter,
        settings: Settings,
        on_request: Callable[[RequestEvent], None] | None = None,
        on_reply: Callable[[ReplyEvent], None] | None = None,
    ) -> None:
        self.adapter = adapter
        self.environment = environment
        self.credentials = credentials
        self.limiter = limiter
        self.settings = settings
        self.clock = VenueClock()
        self._on_request = on_request
        self._on_reply = on_reply

    @property
    def account(self) -> str | None:
        return self.credentials.account if self.credentials else None

    def call(self, operation: str, call: Call[T], *, client_order_id: str | None = None) -> Flow[T]:
        """Carry `call` to its end: its result, or the error that says what happened."""
        request = call.request
        if request.signed and self.credentials is None:
            self._missing_credentials(operation, request)
        started: float = yield Now()
        attempt = _Attempt(operation, request, started, client_order_id)
        while True:
            yield from self._admit(attempt)
            if self._on_request is not None:
                self._on_request(self._request_event(attempt))
            answer = yield from self._exchange(attempt, call)
            if not isinstance(answer, ExchangeError):
                return answer[0]
            yield from self._after_failure(attempt, answer)
            attempt.number += 1

    def outgoing(self, request: Request, stamp: Stamp | None) -> Outgoing:
        """The finished request; `stamp` is None for one that is not signed."""
        if stamp is None or self.credentials is None:
            made = Outgoing(
                request.method,
                target(request.path, request.params),
                request.headers,
                request.body,
            )
        else:
            made = self.adapter.signer.sign(request, self.credentials, stamp)
        if self.environment.headers:
            headers = (*self.environment.headers, *made.headers)
            made = Outgoing(made.method, made.target, headers, made.body)
        return made

    def stamp(self, request: Request) -> Flow[Stamp]:
        """The venue's time now and the request's window. Asks the venue only when it must."""
        now: float = yield Now()
        venue_ms = self.clock.venue_ms(now)
        if venue_ms is None:
            yield Shared("clock", self._first_sample)
            now = yield Now()
            venue_ms = self.clock.venue_ms(now)
            assert venue_ms is not None, "the sample was just taken"
        elif not self.clock.is_fresh(now) and not self.clock.refreshing:
            self.clock.refreshing = True
            yield Background(self._refresh())
        short = request.has_deadline
        window = self.settings.order_window if short else self.settings.recv_window
        return Stamp(venue_ms, min(window, self.settings.recv_window))

    # The clock

    def _first_sample(self) -> Flow[None]:
        now: float = yield Now()
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
        sent = received = 0.0

        def watched() -> Flow[datetime]:
            # The last attempt's own send and receive times count, not the waits before it.
            nonlocal sent, received
            flow = self.call("fetch_time", call)
            try:
                effect: Effect = next(flow)
                while True:
                    if isinstance(effect, Send):
                        sent = yield Now()
                    try:
                        answer = yield effect
                    except BaseException as problem:
                        effect = flow.throw(problem)
                    else:
                        if isinstance(effect, Send):
                            received = yield Now()
                        effect = flow.send(answer)
            except StopIteration as end:
                made: datetime = end.value
                return made

        venue_time = yield from watched()
        self.clock.add(Sample(sent, received, milliseconds(venue_time)))
        return venue_time

    # One attempt

    def _admit(self, attempt: _Attempt) -> Flow[None]:
        """Wait until the venue's limits allow the request, within bounds, saying why."""
        while True:
            now: float = yield Now()
            wait = self.limiter.reserve(attempt.request.costs, now)
            if wait <= 0:
                return
            if wait > self._patience(attempt, now):
                self._too_long(attempt, wait, now)
            counters = ", ".join(cost.counter for cost in attempt.request.costs) or "all requests"
            attempt.waited += wait
            yield Sleep(wait, f"{self.adapter.title} limits: {counters}")

    def _exchange(self, attempt: _Attempt, call: Call[T]) -> Flow[tuple[T] | ExchangeError]:
        """Stamp, sign, send and read one attempt. Errors are returned, with their outcome."""
        request = call.request
        stamp: Stamp | None = None
        if request.signed:
            stamp = yield from self.stamp(request)
            if request.has_deadline:
                attempt.fence = utc(stamp.deadline)
        outgoing = self.outgoing(request, stamp)
        sent: float = yield Now()
        left = attempt.started + self.settings.timeouts.total + attempt.waited - sent
        reply: Reply | None = None
        result: tuple[T] | ExchangeError
        try:
            reply = yield Send(outgoing, max(0.1, min(self.settings.timeouts.attempt, left)))
        except TransportFailure as failure:
            result = _transport_error(failure)
        else:
            now: float = yield Now()
            self._count(reply, now)
            result = self._read(call, reply)
        received: float = yield Now()
        if isinstance(result, ExchangeError):
            self._complete(result, attempt)
        if self._on_reply is not None:
            error = result if isinstance(result, ExchangeError) else None
            self._on_reply(self._reply_event(attempt, reply, received - sent, error))
        return result

    def _read(self, call: Call[T], reply: Reply) -> tuple[T] | ExchangeError:
        error = classify(self.adapter.errors, reply, self.adapter.error_in(reply, call.request))
        if error is not None:
            return error
        try:
            return (call.parse(reply),)
        except ExchangeError as problem:
            problem.outcome = problem.outcome or Outcome.UNKNOWN
            problem.status = reply.status
            return problem

    def _count(self, reply: Reply, now: float) -> None:
        for header, counter in self.adapter.used_weight_headers.items():
            used = reply.headers.get(header)
            if used is not None and used.isdecimal():
                self.limiter.observe(counter, int(used), now, LimitScope.IP)

    def _complete(self, error: ExchangeError, attempt: _Attempt) -> None:
        error.venue = error.venue or self.adapter.venue
        error.operation = attempt.operation
        error.client_order_id = attempt.client_order_id
        if not attempt.request.changes:
            error.outcome = None

    # After a failure

    def _after_failure(self, attempt: _Attempt, error: ExchangeError) -> Flow[None]:
        """Return to send again, or raise."""
        if error.outcome is Outcome.UNKNOWN:
            raise self._unknown(attempt, error) from error
        if isinstance(error, ClockSkew):
            if attempt.resynchronised or not attempt.request.signed:
                raise error
            attempt.resynchronised = True
            self.clock.forget()
            return
        now: float = yield Now()
        if isinstance(error, RateLimited):
            self._pause(attempt, error, now)
        if isinstance(error, OnMaintenance) or not isinstance(
            error, (RateLimited, VenueUnavailable)
        ):
            raise error
        attempt.failures += 1
        if attempt.failures > self.settings.retries:
            raise error
        if not isinstance(error, RateLimited):
            dice: bytes = yield Entropy(1)
            delay = 0.25 * 2**attempt.failures * (0.5 + dice[0] / 255)
            if delay > self._patience(attempt, now):
                raise error
            attempt.waited += delay
            yield Sleep(delay, f"before trying again: {error.message}")

    def _pause(self, attempt: _Attempt, error: RateLimited, now: float) -> None:
        seconds = error.retry_after
        if isinstance(error, Banned):
            venue_ms = self.clock.venue_ms(now)
            if seconds is None and error.until is not None and venue_ms is not None:
                seconds = max(0.0, (milliseconds(error.until) - venue_ms) / 1000)
            seconds = 120.0 if seconds is None else seconds
            if error.until is None and venue_ms is not None:
                error.until = utc(venue_ms) + timedelta(seconds=seconds)
            self.limiter.stop(LimitScope.IP, now + seconds)
            error.retry_after = seconds
        else:
            pause = _DEFAULT_PAUSE * 2**attempt.failures if seconds is None else seconds
            self.limiter.pause(attempt.request.costs, now + pause)

    def _patience(self, attempt: _Attempt, now: float) -> float:
        """How much longer this call may still wait."""
        if attempt.request.changes:
            bound = min(self.settings.max_wait, self.settings.order_window / 1000)
        else:
            bound = self.settings.max_wait
        return bound - attempt.waited

    def _too_long(self, attempt: _Attempt, wait: float, now: float) -> NoReturn:
        banned = self.limiter.is_stopped(now)
        kind = Banned if banned else RateLimited
        why = "the venue has banned this address" if banned else "the venue's limits are used up"
        error = kind(
            f"{why}: the request would have to wait {wait:.1f} s",
            venue=self.adapter.venue,
            operation=attempt.operation,
            retry_after=wait,
            hint="Ask less often, or allow a longer max_wait.",
            outcome=Outcome.NOT_SENT if attempt.request.changes else None,
            client_order_id=attempt.client_order_id,
        )
        raise error

    def _unknown(self, attempt: _Attempt, error: ExchangeError) -> OutcomeUnknown:
        made = OutcomeUnknown(
            error.message,
            venue=self.adapter.venue,
            operation=attempt.operation,
            status=error.status,
            code=error.code,
            venue_message=error.venue_message,
            outcome=Outcome.UNKNOWN,
            client_order_id=attempt.client_order_id,
            hint=(
                "It was not sent again. Fetch the order by its client order id "
                f"{attempt.client_order_id} before you decide anything."
                if attempt.client_order_id
                else "It was not sent again. Look at the venue before you decide anything."
            ),
        )
        made.fence = attempt.fence
        return made

    def _missing_credentials(self, operation: str, request: Request) -> NoReturn:
        name = f"EXCHANGEKIT_{self.adapter.venue.upper()}_API_KEY"
        raise MissingCredentials(
            "this needs an API key",
            venue=self.adapter.venue,
            operation=operation,
            outcome=Outcome.NOT_SENT if request.changes else None,
            hint=f"Pass api_key and secret to connect(...), or set {name} and …_API_SECRET.",
        )

    # What hooks are shown

    def _request_event(self, attempt: _Attempt) -> RequestEvent:
        request = attempt.request
        return RequestEvent(
            venue=self.adapter.venue,
            account=self.account,
            operation=attempt.operation,
            attempt=attempt.number,
            method=request.method,
            path=request.path,
            params=request.params,
            client_order_id=attempt.client_order_id,
        )

    def _reply_event(
        self, attempt: _Attempt, reply: Reply | None, seconds: float, error: ExchangeError | None
    ) -> ReplyEvent:
        return ReplyEvent(
            venue=self.adapter.venue,
            account=self.account,
            operation=attempt.operation,
            attempt=attempt.number,
            status=None if reply is None else reply.status,
            seconds=seconds,
            size=0 if reply is None else len(reply.body),
            error=error,
            client_order_id=attempt.client_order_id,
        )


def _transport_error(failure: TransportFailure) -> ExchangeError:
    message = str(failure)
    if not failure.sent:
        return ConnectionFailed(message, outcome=Outcome.NOT_SENT)
    if failure.reply:
        return BadReply(message, outcome=Outcome.UNKNOWN)
    kind = RequestTimeout if failure.timeout else ConnectionLost
    return kind(message, outcome=Outcome.UNKNOWN)
