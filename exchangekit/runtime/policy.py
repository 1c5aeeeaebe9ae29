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
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NoReturn, TypeVar

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
    ExchangeError,
    MissingCredentials,
    OnMaintenance,
    Outcome,
    RateLimited,
    VenueUnavailable,
)
from exchangekit.hookspecs import ReplyEvent, RequestEvent
from exchangekit.runtime.attempt import Attempt, transport_error
from exchangekit.runtime.clock import Sample, VenueClock
from exchangekit.runtime.effects import (
    Background,
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
_DEFAULT_BAN = 120.0


@dataclass(frozen=True, slots=True)
class Settings:
    """What a user may tune. Windows are in ms, waits in seconds."""

    recv_window: int = 5000
    order_window: int = 3000
    timeouts: Timeouts = field(default_factory=Timeouts)
    max_wait: float = 20.0
    retries: int = 2


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
        if call.request.signed and self.credentials is None:
            self._missing_credentials(operation, call.request)
        attempt = yield from self._attempt(operation, call.request, client_order_id)
        return (yield from self._carry(attempt, call))

    def _attempt(
        self, operation: str, request: Request, client_order_id: str | None
    ) -> Flow[Attempt]:
        started: float = yield Now()
        return Attempt(
            self.adapter.venue, self.account, operation, request, started, client_order_id
        )

    def _carry(self, attempt: Attempt, call: Call[T]) -> Flow[T]:
        while True:
            yield from self._admit(attempt)
            if self._on_request is not None:
                self._on_request(attempt.request_event())
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
        attempt = yield from self._attempt("fetch_time", call.request, None)
        venue_time = yield from self._carry(attempt, call)
        self.clock.add(Sample(attempt.sent, attempt.received, milliseconds(venue_time)))
        return venue_time

    # One attempt

    def _admit(self, attempt: Attempt) -> Flow[None]:
        """Wait until the venue's limits allow the request, within bounds, saying why."""
        while True:
            now: float = yield Now()
            wait = self.limiter.reserve(attempt.request.costs, now)
            if wait <= 0:
                return
            if wait > self._patience(attempt):
                self._too_long(attempt, wait, now)
            counters = ", ".join(cost.counter for cost in attempt.request.costs) or "all requests"
            attempt.waited += wait
            yield Sleep(wait, f"{self.adapter.title} limits: {counters}")

    def _exchange(self, attempt: Attempt, call: Call[T]) -> Flow[tuple[T] | ExchangeError]:
        """Stamp, sign, send and read one attempt. Errors are returned, with their outcome."""
        request = call.request
        stamp: Stamp | None = None
        if request.signed:
            stamp = yield from self.stamp(request)
            if request.has_deadline:
                attempt.fence = utc(stamp.deadline)
        outgoing = self.outgoing(request, stamp)
        attempt.sent = yield Now()
        left = attempt.started + self.settings.timeouts.total + attempt.waited - attempt.sent
        reply: Reply | None = None
        result: tuple[T] | ExchangeError
        try:
            reply = yield Send(outgoing, max(0.1, min(self.settings.timeouts.attempt, left)))
        except TransportFailure as failure:
            attempt.received = yield Now()
            result = attempt.complete(transport_error(failure))
        else:
            attempt.received = yield Now()
            self._count(attempt, reply)
            result = self._read(attempt, call, reply)
        if self._on_reply is not None:
            error = result if isinstance(result, ExchangeError) else None
            self._on_reply(attempt.reply_event(reply, error))
        return result

    def _read(self, attempt: Attempt, call: Call[T], reply: Reply) -> tuple[T] | ExchangeError:
        said = self.adapter.error_in(reply, call.request)
        error = classify(self.adapter.errors, reply, said)
        if error is None:
            try:
                return (call.parse(reply),)
            except ExchangeError as problem:
                error = problem
            except Exception as problem:
                # A defect in a parser must not hide that the venue may have taken an order.
                error = BadReply(f"the reply could not be read ({problem!r})")
                error.__cause__ = problem
            error.outcome = Outcome.UNKNOWN
            error.status = reply.status
        return attempt.complete(error)

    def _count(self, attempt: Attempt, reply: Reply) -> None:
        scopes = {cost.counter: cost.scope for cost in attempt.request.costs}
        for header, counter in self.adapter.used_weight_headers.items():
            used = reply.headers.get(header)
            if used is not None and used.isdecimal():
                scope = scopes.get(counter, LimitScope.IP)
                self.limiter.observe(counter, int(used), attempt.received, scope)

    # After a failure

    def _after_failure(self, attempt: Attempt, error: ExchangeError) -> Flow[None]:
        """Return to send again, or raise."""
        if error.outcome is Outcome.UNKNOWN:
            raise attempt.unknown(error) from error
        if isinstance(error, ClockSkew):
            if attempt.resynchronised or not attempt.request.signed:
                raise error
            attempt.resynchronised = True
            self.clock.forget()
            return
        now: float = yield Now()
        patience = self._patience(attempt)
        if isinstance(error, RateLimited) and self._pause(attempt, error, now) > patience:
            raise error
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
            if delay > patience:
                raise error
            attempt.waited += delay
            yield Sleep(delay, f"before trying again: {error.message}")

    def _pause(self, attempt: Attempt, error: RateLimited, now: float) -> float:
        """Hold back what the venue counts together with this request; the seconds it takes."""
        if isinstance(error, Banned):
            seconds = self._ban_seconds(error, now)
            error.retry_after = seconds
            self.limiter.stop(LimitScope.IP, now + seconds)
        else:
            backoff = _DEFAULT_PAUSE * 2**attempt.failures
            seconds = backoff if error.retry_after is None else error.retry_after
            self.limiter.pause(attempt.request.costs, now + seconds)
        return seconds

    def _ban_seconds(self, error: Banned, now: float) -> float:
        venue_ms = self.clock.venue_ms(now)
        if error.retry_after is not None:
            seconds = error.retry_after
        elif error.until is not None and venue_ms is not None:
            seconds = max(0.0, (milliseconds(error.until) - venue_ms) / 1000)
        else:
            seconds = _DEFAULT_BAN
        if error.until is None and venue_ms is not None:
            error.until = utc(venue_ms) + timedelta(seconds=seconds)
        return seconds

    def _patience(self, attempt: Attempt) -> float:
        """How many seconds this call may still wait."""
        bound = self.settings.max_wait
        if attempt.request.changes:
            bound = min(bound, self.settings.order_window / 1000)
        return bound - attempt.waited

    def _too_long(self, attempt: Attempt, wait: float, now: float) -> NoReturn:
        details: dict[str, Any] = {
            "retry_after": wait,
            "hint": "Ask less often, or allow a longer max_wait.",
            "outcome": attempt.not_sent,
        }
        asked = f"the request would have to wait {wait:.1f} s"
        error: RateLimited
        if self.limiter.is_stopped(now):
            error = Banned(f"the venue has banned this address: {asked}", **details)
            venue_ms = self.clock.venue_ms(now)
            if venue_ms is not None:
                error.until = utc(venue_ms) + timedelta(seconds=wait)
        else:
            error = RateLimited(f"the venue's limits are used up: {asked}", **details)
        raise attempt.complete(error)

    def _missing_credentials(self, operation: str, request: Request) -> NoReturn:
        name = f"EXCHANGEKIT_{self.adapter.venue.upper()}_API_KEY"
        raise MissingCredentials(
            "this needs an API key",
            venue=self.adapter.venue,
            operation=operation,
            outcome=Outcome.NOT_SENT if request.changes else None,
            hint=f"Pass api_key and secret to connect(...), or set {name} and …_API_SECRET.",
        )
