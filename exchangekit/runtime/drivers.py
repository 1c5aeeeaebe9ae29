"""Carrying flows out: one async driver, one sync, the only code that waits or sends.

An effect that fails is thrown back into its flow, cancellation included: the flow decides what a
failure means, and a request that was cancelled under way is not forgotten.
"""

from __future__ import annotations

import asyncio
import contextlib
import copy
import os
import threading
import time
from collections.abc import Awaitable, Callable, Hashable
from datetime import UTC, datetime
from typing import Any, TypeVar

from exchangekit.errors import ConfigurationError, ExchangeKitError
from exchangekit.runtime.branches import first, first_async, together
from exchangekit.runtime.effects import (
    Background,
    Effect,
    Entropy,
    First,
    Flow,
    Now,
    On,
    Record,
    Send,
    Shared,
    Sleep,
    Today,
    Together,
    TransportFailure,
)
from exchangekit.runtime.journal import AsyncJournal, SyncJournal
from exchangekit.runtime.processes import of_one_process
from exchangekit.runtime.transports import AsyncTransport, SyncTransport

T = TypeVar("T")

_InLoop = tuple[asyncio.AbstractEventLoop, Hashable]

_CLOSED = "this exchange is closed: open a new one with connect(...)"


class _Clocked:
    """What both drivers tell the time by."""

    def _seconds(self) -> float:
        return time.monotonic()


class AsyncDriver(_Clocked):
    """Runs flows on asyncio, in whichever loop it is asked; a task is shared within its loop.
    ``release`` gives back at the end what it holds beside its transport."""

    def __init__(
        self,
        transport: AsyncTransport,
        journal: AsyncJournal | None = None,
        release: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self.transport = transport
        self.journal = journal
        self._release = release
        self._closed = False
        self.after_fork()
        of_one_process(self)

    def after_fork(self) -> None:
        self._shared: dict[_InLoop, asyncio.Task[Any]] = {}
        self._background: set[asyncio.Task[None]] = set()

    async def run(self, flow: Flow[T]) -> T:
        if self._closed:
            flow.close()
            raise ConfigurationError(_CLOSED)
        try:
            return await self._steps(flow)
        except BaseException as problem:
            if _has_ended(flow):
                raise
            # Interrupted between two steps: the flow is told as if its effect had been.
            return await self._steps(flow, problem)

    async def _steps(self, flow: Flow[T], failure: BaseException | None = None) -> T:
        try:
            effect = next(flow) if failure is None else flow.throw(failure)
            while True:
                # What needs no waiting is by far the most: it costs no coroutine of its own.
                if effect.__class__ is Now:
                    effect = flow.send(self._seconds())
                    continue
                if effect.__class__ is Record and self.journal is None:
                    effect = flow.send(None)
                    continue
                try:
                    answer = await self._carry_out(effect)
                except BaseException as problem:
                    effect = flow.throw(problem)
                else:
                    effect = flow.send(answer)
        except StopIteration as end:
            result: T = end.value
            return result

    async def _carry_out(self, effect: Effect) -> Any:
        if isinstance(effect, Send):
            if self._closed:
                raise TransportFailure(_CLOSED, sent=False)
            return await self.transport.send(effect.outgoing, effect.timeout)
        if isinstance(effect, Entropy):
            return os.urandom(effect.size)
        if isinstance(effect, Sleep):
            return await asyncio.sleep(effect.seconds)
        if isinstance(effect, Today):
            return datetime.now(UTC)
        if isinstance(effect, Record):
            return None if self.journal is None else await self.journal.record(effect.entry)
        if isinstance(effect, Now):
            return self._seconds()
        if isinstance(effect, Background):
            task = asyncio.create_task(self.run(effect.flow))
            self._background.add(task)
            task.add_done_callback(self._forget_background)
            return None
        if isinstance(effect, On):
            return await effect.driver.run(effect.flow)
        if isinstance(effect, Together):
            branches = (one.driver.run(one.flow) for one in effect.branches)
            return await asyncio.gather(*branches, return_exceptions=True)
        if isinstance(effect, First):
            return await first_async(effect)
        return await self._join(effect)

    async def _join(self, effect: Shared) -> Any:
        key = (asyncio.get_running_loop(), effect.key)
        task = self._shared.get(key)
        if task is None:
            task = asyncio.create_task(self.run(effect.flow()))
            self._shared[key] = task
            task.add_done_callback(lambda done: self._forget_shared(key, done))
        try:
            # Shielded: who leaves early must not take the answer from the others.
            return await asyncio.shield(task)
        except ExchangeKitError as problem:
            raise _own(problem) from problem.__cause__
        except asyncio.CancelledError:
            me = asyncio.current_task()
            if task.cancelled() and self._closed and not (me and me.cancelling()):
                raise ConfigurationError(_CLOSED) from None
            raise

    def _forget_background(self, task: asyncio.Task[None]) -> None:
        self._background.discard(task)
        if not task.cancelled():
            task.exception()

    def _forget_shared(self, key: _InLoop, task: asyncio.Task[Any]) -> None:
        self._shared.pop(key, None)
        if not task.cancelled():
            task.exception()

    async def aclose(self) -> None:
        self._closed = True
        here = asyncio.get_running_loop()
        running: list[asyncio.Task[Any]] = [*self._background, *self._shared.values()]
        for task in running:
            if task.get_loop() is here:
                task.cancel()
            else:
                with contextlib.suppress(RuntimeError):  # its loop is closed, and its work over
                    task.get_loop().call_soon_threadsafe(task.cancel)
        mine = [task for task in running if task.get_loop() is here]
        await asyncio.gather(*mine, return_exceptions=True)
        try:
            await self.transport.aclose()
        finally:
            if self._release is not None:
                await self._release()


class _Result:
    """What a shared flow came to, for the threads that wait for it."""

    def __init__(self) -> None:
        self.done = threading.Event()
        self.value: Any = None
        self.error: Exception | None = None
        self.abandoned = False


class SyncDriver(_Clocked):
    """Runs flows on the calling thread. May be used from several threads. ``release`` gives back
    at the end what it holds beside its transport."""

    def __init__(
        self,
        transport: SyncTransport,
        journal: SyncJournal | None = None,
        release: Callable[[], None] | None = None,
    ) -> None:
        self.transport = transport
        self.journal = journal
        self._release = release
        self._shared: dict[Hashable, _Result] = {}
        self._guard = threading.Lock()
        self._closed = False
        of_one_process(self)

    def after_fork(self) -> None:
        # Who leads a shared flow stayed in the parent.
        self._shared = {}
        self._guard = threading.Lock()

    def run(self, flow: Flow[T]) -> T:
        if self._closed:
            flow.close()
            raise ConfigurationError(_CLOSED)
        try:
            return self._steps(flow)
        except BaseException as problem:
            if _has_ended(flow):
                raise
            # A Ctrl-C between two steps: the flow is told as if its effect had been interrupted.
            return self._steps(flow, problem)

    def _steps(self, flow: Flow[T], failure: BaseException | None = None) -> T:
        try:
            effect = next(flow) if failure is None else flow.throw(failure)
            while True:
                if effect.__class__ is Now:
                    effect = flow.send(self._seconds())
                    continue
                if effect.__class__ is Record and self.journal is None:
                    effect = flow.send(None)
                    continue
                try:
                    answer = self._carry_out(effect)
                except BaseException as problem:
                    effect = flow.throw(problem)
                else:
                    effect = flow.send(answer)
        except StopIteration as end:
            result: T = end.value
            return result

    def _carry_out(self, effect: Effect) -> Any:
        if isinstance(effect, Send):
            if self._closed:
                raise TransportFailure(_CLOSED, sent=False)
            return self.transport.send(effect.outgoing, effect.timeout)
        if isinstance(effect, Entropy):
            return os.urandom(effect.size)
        if isinstance(effect, Sleep):
            return time.sleep(effect.seconds)
        if isinstance(effect, Today):
            return datetime.now(UTC)
        if isinstance(effect, Record):
            return None if self.journal is None else self.journal.record(effect.entry)
        if isinstance(effect, Now):
            return self._seconds()
        if isinstance(effect, Background):
            # A daemon: neither closing nor the end of the program waits for it.
            threading.Thread(
                target=self._run_silently, args=(effect.flow,), name="exchangekit", daemon=True
            ).start()
            return None
        if isinstance(effect, On):
            return effect.driver.run(effect.flow)
        if isinstance(effect, Together):
            return together(effect)
        if isinstance(effect, First):
            return first(effect)
        return self._join(effect)

    def _join(self, effect: Shared) -> Any:
        while True:
            with self._guard:
                result = self._shared.get(effect.key)
                mine = result is None
                if result is None:
                    result = self._shared[effect.key] = _Result()
            if mine:
                return self._lead(effect, result)
            result.done.wait()
            if result.error is not None:
                raise _own(result.error) from result.error.__cause__
            if not result.abandoned:
                return result.value

    def _lead(self, effect: Shared, result: _Result) -> Any:
        try:
            result.value = self.run(effect.flow())
        except Exception as problem:
            result.error = _own(problem)
            raise
        except BaseException:
            # A Ctrl-C is for this thread alone: the others ask again.
            result.abandoned = True
            raise
        finally:
            with self._guard:
                self._shared.pop(effect.key, None)
            result.done.set()
        return result.value

    def _run_silently(self, flow: Flow[None]) -> None:
        with contextlib.suppress(Exception):
            self.run(flow)

    def close(self) -> None:
        self._closed = True
        try:
            self.transport.close()
        finally:
            if self._release is not None:
                self._release()


def _has_ended(flow: Flow[Any]) -> bool:
    return getattr(flow, "gi_frame", None) is None


def _own(problem: Exception) -> Exception:
    """A copy for each of those who share a failure: flows write into the errors they raise."""
    return copy.copy(problem) if isinstance(problem, ExchangeKitError) else problem
