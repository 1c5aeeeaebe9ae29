"""How long a call may wait, and what a refusal for too many requests holds back.

Waiting is bounded twice: by ``max_wait`` over all waits of a call, and by the time the call has
left, which for a request that changes something is its own window. Who waits for longer than a
second in all is told to the log ``exchangekit.waits`` and to whoever listens.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NoReturn

from exchangekit.adapter.decode import utc
from exchangekit.adapter.request import LimitScope
from exchangekit.errors import Banned, FirewallBlocked, RateLimited
from exchangekit.hookspecs import WaitEvent
from exchangekit.runtime.attempt import Attempt
from exchangekit.runtime.clock import VenueClock
from exchangekit.runtime.effects import Entropy, Flow, Now, Sleep, Today
from exchangekit.runtime.limits import Hold, Limits, LocalLimits

log = logging.getLogger("exchangekit.waits")

_NOW = Now()
_DEFAULT_PAUSE = 1.0
# Bans last from two minutes to three days:
# https://github.com/binance/binance-spot-api-docs/blob/master/rest-api.md#ip-limits and
# https://mexcdevelop.github.io/apidocs/spot_v3_en/#limits-error
_DEFAULT_BAN = 120.0
_LONGEST_BAN = 3 * 24 * 3600.0
# No venue says how long its firewall blocks. A single page may be an accident, and a cancel may be
# waiting; one that comes again is none.
_FIRST_BLOCK = 30.0
_LONGEST_BLOCK = 120.0
_FIRST_BACKOFF = 0.25
_WORTH_TELLING = 1.0


class Throttle:
    """The waits of one connection. ``total`` and ``max_wait`` are seconds, ``order_window`` ms."""

    def __init__(
        self,
        title: str,
        limits: Limits,
        clock: VenueClock,
        *,
        total: float,
        max_wait: float,
        order_window: int,
        on_wait: Callable[[WaitEvent], None] | None = None,
    ) -> None:
        self.title = title
        self.limits = limits
        self.clock = clock
        self.total = total
        self.max_wait = max_wait
        self.order_seconds = order_window / 1000
        self._on_wait = on_wait
        self._blocked = (-_LONGEST_BLOCK, 0.0)
        """When the last block of a firewall ends, and how long it is."""

    @property
    def limits(self) -> Limits:
        return self._limits

    @limits.setter
    def limits(self, limits: Limits) -> None:
        self._limits = limits
        # Counters in this process are looked at where we stand, without a flow of their own.
        self._here = limits if type(limits) is LocalLimits else None

    def patience(self, attempt: Attempt, now: float) -> float:
        """How many seconds this call may still wait."""
        span = self.total
        if attempt.request.changes or attempt.for_change:
            span = min(span, self.order_seconds)
        return min(attempt.started + span - now, self.max_wait - attempt.waited)

    def sleep(self, attempt: Attempt, seconds: float, why: str) -> Flow[None]:
        attempt.waited += seconds
        if attempt.waited > _WORTH_TELLING:
            log.info("%s %s waits %.1f s (%s)", attempt.venue, attempt.operation, seconds, why)
            if self._on_wait is not None:
                self._on_wait(attempt.wait_event(seconds, why))
        yield Sleep(seconds, why)

    def admit(self, attempt: Attempt) -> Flow[float | None]:
        """Wait until the venue's limits allow the request, within bounds, saying why. The moment
        at which they did, where it is known without asking for it."""
        costs, here = attempt.request.costs, self._here
        while True:
            now: float
            if here is not None:
                now = yield _NOW
                hold = here.reserve_at(now, costs, attempt.kind)
                if hold is None:
                    return now
            else:
                hold = yield from self.limits.reserve(costs, attempt.kind)
                if hold is None:
                    return None
                now = yield _NOW
            if hold.seconds > self.patience(attempt, now):
                # Whoever asks again at once must not keep everything else of a loop from running.
                yield Sleep(0.0, "before saying that it would take too long")
                self._too_long(attempt, hold, now)
            counters = ", ".join(cost.counter for cost in costs) or "all requests"
            yield from self.sleep(attempt, hold.seconds, f"{self.title} limits: {counters}")

    def backoff(self, attempt: Attempt) -> Flow[float]:
        """Seconds before trying again after a failure: doubled each time, and scattered."""
        dice: bytes = yield Entropy(1)
        factor: float = 2.0**attempt.failures
        return _FIRST_BACKOFF * factor * (0.5 + dice[0] / 255)

    def pause(self, attempt: Attempt, error: RateLimited, now: float) -> Flow[float]:
        """Hold back what the venue counts together with this request; the seconds it takes."""
        if isinstance(error, Banned):
            error.retry_after = seconds = yield from self._ban_seconds(error, now)
        elif isinstance(error, FirewallBlocked):
            error.retry_after = seconds = self._block_seconds(error, now)
        else:
            backoff = _DEFAULT_PAUSE * 2**attempt.failures
            seconds = backoff if error.retry_after is None else error.retry_after
        error.hint = error.hint or f"Ask less often; try again in {seconds:.0f} s."
        try:
            if isinstance(error, (Banned, FirewallBlocked)):
                yield from self.limits.stop(LimitScope.IP, seconds)
            else:
                yield from self.limits.pause(attempt.request.costs, seconds)
        except Exception:
            # What the venue said of the request must reach the caller all the same.
            log.exception("%s: the limits could not be told of a refusal", attempt.venue)
        return seconds

    def observe(
        self, attempt: Attempt, counter: str, used: int, seconds: float | None = None
    ) -> Flow[None]:
        """The venue says how much of a counter is used, and for how long where it tells that."""
        scope = LimitScope.IP
        for cost in attempt.request.costs:
            if cost.counter == counter:
                scope = cost.scope
        try:
            if self._here is not None:
                self._here.counted.observe(counter, used, attempt.received, scope, seconds)
            else:
                yield from self.limits.observe(counter, used, scope, seconds)
        except Exception:
            log.exception("%s: the limits could not be told what is used", attempt.venue)

    def _ban_seconds(self, error: Banned, now: float) -> Flow[float]:
        """How long a ban lasts. To ask the venue for its time would make the ban longer: where it
        is not known, and the reply bears no date, this machine's clock counts down to the end."""
        venue_ms = self.clock.venue_ms(now)
        if error.retry_after is not None:
            seconds = error.retry_after
        elif error.until is not None and venue_ms is not None:
            seconds = max(0.0, (error.until - utc(venue_ms)).total_seconds())
        elif error.until is not None:
            today: datetime = yield Today()
            # A clock that is wrong neither ends a ban at once nor keeps it for ever.
            left = (error.until - today).total_seconds()
            seconds = min(max(left, _DEFAULT_BAN), _LONGEST_BAN)
        else:
            seconds = _DEFAULT_BAN
        if error.until is None and venue_ms is not None:
            error.until = utc(venue_ms) + timedelta(seconds=seconds)
        return seconds

    def _block_seconds(self, error: FirewallBlocked, now: float) -> float:
        ends, last = self._blocked
        if error.retry_after is not None:
            seconds = error.retry_after
        elif now < ends:  # it was under way when the block was told
            seconds = last
        elif now - ends < _LONGEST_BLOCK:
            seconds = min(max(2 * last, _FIRST_BLOCK), _LONGEST_BLOCK)
        else:
            seconds = _FIRST_BLOCK
        self._blocked = (now + seconds, seconds)
        return seconds

    def _too_long(self, attempt: Attempt, hold: Hold, now: float) -> NoReturn:
        details: dict[str, Any] = {
            "retry_after": hold.seconds,
            "hint": "Ask less often, or allow a longer max_wait.",
            "outcome": attempt.proven,
        }
        asked = f"the request would have to wait {hold.seconds:.1f} s"
        error: RateLimited
        if hold.banned:
            error = Banned(
                f"the venue or its firewall has blocked this address: {asked}", **details
            )
            venue_ms = self.clock.venue_ms(now)
            if venue_ms is not None:
                error.until = utc(venue_ms) + timedelta(seconds=hold.seconds)
        else:
            error = RateLimited(f"the venue's limits are used up: {asked}", **details)
        raise attempt.complete(error)
