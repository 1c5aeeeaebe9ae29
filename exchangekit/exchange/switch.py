"""`DeadMansSwitch`: keeps the venue's countdown running while a strategy lives.

At its start it arms the countdown (`cancel_all_after`), renews it at a third of its time, and
switches it off where the body ends by itself. Where the body raises, Ctrl-C and a cancelled task
included, or where the process dies, nobody renews it any more: the venue cancels every open order
of the account when the time is over. A renewal that fails is tried again, faster, and told.

What is decided is in `_Pulse`, which reads no clock and sends nothing; two shells carry it out.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
import time
from datetime import datetime
from typing import TypeVar

from exchangekit.errors import (
    ConfigurationError,
    ExchangeKitError,
    InvalidInput,
    OutcomeUnknown,
    RateLimited,
    VenueUnavailable,
)
from exchangekit.exchange.asynchronous import Exchange
from exchangekit.exchange.synchronous import SyncExchange
from exchangekit.models.numbers import shown
from exchangekit.models.orders import Countdown
from exchangekit.runtime.processes import of_one_process

log = logging.getLogger("exchangekit.switch")

# Not Self: where it is inherited, jedi takes it for the base class, and editors show nothing.
A = TypeVar("A", bound="DeadMansSwitch")
S = TypeVar("S", bound="SyncDeadMansSwitch")

PARTS = 3
"""It is renewed so many times within its own time."""
TRIES = 3
"""So often it is armed or switched off before a failure is raised."""
AGAIN_SECONDS = 1.0

_WORTH_ANOTHER_TRY = (OutcomeUnknown, RateLimited, VenueUnavailable)


class _Pulse:
    """When to renew next. ``began`` and ``now`` are seconds on one monotonic clock."""

    def __init__(self, venue: str, seconds: int, began: float) -> None:
        self.venue = venue
        self.seconds = seconds
        self.failures = 0
        # The venue counts from when it receives the request, which is later than this.
        self.until = began + seconds

    def renewed(self, began: float) -> float:
        """It was renewed by a request that began then: how long to wait before the next."""
        if self.failures:
            log.warning("%s: the dead man's switch is renewed again", self.venue)
        self.failures = 0
        self.until = began + self.seconds
        return self.seconds / PARTS

    def failed(self, problem: Exception, now: float) -> float:
        """It could not be renewed: how long to wait before the next try."""
        self.failures += 1
        left = self.until - now
        if left > 0:
            words = "%s: the dead man's switch was not renewed, %.0f s are left: %s"
            log.warning(words, self.venue, left, problem)
        else:
            words = (
                "%s: the dead man's switch could not be renewed in time: the venue has canceled"
                " every open order of the account, or is about to (%s)"
            )
            log.error(words, self.venue, problem)
        longer: float = 2.0 ** min(self.failures - 1, 9)
        return min(AGAIN_SECONDS * longer, self.seconds / PARTS)


class _Switch:
    """What both kinds know."""

    def __init__(self, seconds: int) -> None:
        if isinstance(seconds, bool) or not isinstance(seconds, int) or seconds < 1:
            raise InvalidInput(f"seconds is {shown(seconds)}, expected a whole number above 0")
        self.seconds = seconds
        self._countdown: Countdown | None = None
        self._elsewhere = False
        of_one_process(self)

    def after_fork(self) -> None:
        """In a child: the switch is the parent's. Nothing is renewed or switched off here."""
        self._elsewhere = True

    @property
    def triggers(self) -> datetime | None:
        """When the venue cancels (UTC), as it last confirmed; None where it is switched off."""
        return None if self._countdown is None else self._countdown.triggers

    def _told(self, problem: ExchangeKitError) -> None:
        problem.add_note(
            "The dead man's switch may run: it cancels every open order of the account within"
            f" {self.seconds} s, unless it is switched off with cancel_all_after(0)."
        )

    def _left_armed(self, venue: str, kind: type[BaseException]) -> None:
        words = "%s: %s ended it: the dead man's switch stays armed, orders are canceled at %s"
        log.warning(words, venue, kind.__name__, self.triggers)


class DeadMansSwitch(_Switch):
    """``async with DeadMansSwitch(exchange, 30): …`` cancels every open order of the account should
    the body, or the process, die: `seconds` after the last renewal.

    Where the body ends by itself it is switched off, and orders stay open. Raises Unsupported where
    the venue has no `cancel_all_after`, and InvalidInput for seconds that it does not take. A body
    that blocks the event loop keeps it from being renewed.
    """

    def __init__(self, exchange: Exchange, seconds: int) -> None:
        super().__init__(seconds)
        self._exchange = exchange
        self._stop = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self: A) -> A:
        if self._task is not None:
            raise ConfigurationError("this switch is in use: make another one")
        began = time.monotonic()
        await self._insist(self.seconds)
        self._elsewhere, self._stop = False, asyncio.Event()
        self._task = asyncio.create_task(
            self._keep(_Pulse(self._exchange.venue, self.seconds, began))
        )
        return self

    async def __aexit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        task, self._task = self._task, None
        if self._elsewhere or task is None:
            return
        self._stop.set()
        if kind is not None:
            task.cancel()
            self._left_armed(self._exchange.venue, kind)
            return
        # One that is under way must not arrive after it was switched off.
        await asyncio.wait([task])
        await self._insist(0)

    async def _insist(self, seconds: int) -> None:
        for left in reversed(range(TRIES)):
            try:
                self._countdown = await self._exchange.cancel_all_after(seconds)
            except _WORTH_ANOTHER_TRY as problem:
                if not left:
                    self._told(problem)
                    raise
                await asyncio.sleep(AGAIN_SECONDS)
            else:
                return

    async def _keep(self, pulse: _Pulse) -> None:
        pause = self.seconds / PARTS
        while not await self._stopped(pause) and not self._elsewhere:
            began = time.monotonic()
            try:
                self._countdown = await self._exchange.cancel_all_after(self.seconds)
            except Exception as problem:
                pause = pulse.failed(problem, time.monotonic())
            else:
                pause = pulse.renewed(began)

    async def _stopped(self, pause: float) -> bool:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stop.wait(), pause)
        return self._stop.is_set()


class SyncDeadMansSwitch(_Switch):
    """``with SyncDeadMansSwitch(exchange, 30): …``, as `DeadMansSwitch`.

    A thread of its own renews it: it does not notice a body that hangs.
    """

    def __init__(self, exchange: SyncExchange, seconds: int) -> None:
        super().__init__(seconds)
        self._exchange = exchange
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def __enter__(self: S) -> S:
        if self._thread is not None:
            raise ConfigurationError("this switch is in use: make another one")
        began = time.monotonic()
        self._insist(self.seconds)
        self._elsewhere, self._stop = False, threading.Event()
        pulse = _Pulse(self._exchange.venue, self.seconds, began)
        # A daemon: it must not keep a program alive whose main thread has ended.
        self._thread = threading.Thread(
            target=self._keep, args=(pulse, self._stop), name="exchangekit switch", daemon=True
        )
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        thread, self._thread = self._thread, None
        if self._elsewhere or thread is None:
            return
        self._stop.set()
        if kind is not None:
            self._left_armed(self._exchange.venue, kind)
            return
        # One that is under way must not arrive after it was switched off.
        thread.join()
        self._insist(0)

    def _insist(self, seconds: int) -> None:
        for left in reversed(range(TRIES)):
            try:
                self._countdown = self._exchange.cancel_all_after(seconds)
            except _WORTH_ANOTHER_TRY as problem:
                if not left:
                    self._told(problem)
                    raise
                time.sleep(AGAIN_SECONDS)
            else:
                return

    def _keep(self, pulse: _Pulse, stop: threading.Event) -> None:
        pause = self.seconds / PARTS
        while not stop.wait(pause):
            began = time.monotonic()
            try:
                self._countdown = self._exchange.cancel_all_after(self.seconds)
            except Exception as problem:
                pause = pulse.failed(problem, time.monotonic())
            else:
                pause = pulse.renewed(began)
