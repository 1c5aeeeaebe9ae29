"""Carrying flows out: one async driver, one sync, the only code that waits or sends.

An effect that fails is thrown back into its flow, cancellation included: the flow decides what a
failure means, and a request that was cancelled under way is not forgotten.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from exchangekit.errors import ConfigurationError
from exchangekit.runtime.effects import Background, Effect, Entropy, Flow, Now, Send, Shared, Sleep
from exchangekit.runtime.transport import AsyncTransport, SyncTransport

T = TypeVar("T")

_CLOSED = "this exchange is closed: open a new one with connect(...)"


class AsyncDriver:
    """Runs flows on asyncio."""

    def __init__(self, transport: AsyncTransport) -> None:
        self.transport = transport
        self._shared: dict[str, asyncio.Task[Any]] = {}
        self._background: set[asyncio.Task[None]] = set()
        self._closed = False

    async def run(self, flow: Flow[T]) -> T:
        if self._closed:
            flow.close()
            raise ConfigurationError(_CLOSED)
        try:
            effect = next(flow)
            while True:
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
        if isinstance(effect, Now):
            return time.monotonic()
        if isinstance(effect, Send):
            return await self.transport.send(effect.outgoing, effect.timeout)
        if isinstance(effect, Sleep):
            return await asyncio.sleep(effect.seconds)
        if isinstance(effect, Entropy):
            return os.urandom(effect.size)
        if isinstance(effect, Background):
            task = asyncio.create_task(self.run(effect.flow))
            self._background.add(task)
            task.add_done_callback(self._forget_background)
            return None
        return await self._join(effect)

    async def _join(self, effect: Shared) -> Any:
        task = self._shared.get(effect.key)
        if task is None:
            task = asyncio.create_task(self.run(effect.flow()))
            self._shared[effect.key] = task
            task.add_done_callback(lambda done: self._forget_shared(effect.key, done))
        return await asyncio.shield(task)

    def _forget_background(self, task: asyncio.Task[None]) -> None:
        self._background.discard(task)
        if not task.cancelled():
            task.exception()

    def _forget_shared(self, key: str, task: asyncio.Task[Any]) -> None:
        self._shared.pop(key, None)
        if not task.cancelled():
            task.exception()

    async def aclose(self) -> None:
        self._closed = True
        running = [*self._background, *self._shared.values()]
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await self.transport.aclose()


class SyncDriver:
    """Runs flows on the calling thread. May be used from several threads."""

    def __init__(self, transport: SyncTransport) -> None:
        self.transport = transport
        self._locks: dict[str, threading.Lock] = {}
        self._guard = threading.Lock()
        self._pool: ThreadPoolExecutor | None = None
        self._closed = False

    def run(self, flow: Flow[T]) -> T:
        if self._closed:
            flow.close()
            raise ConfigurationError(_CLOSED)
        try:
            effect = next(flow)
            while True:
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
        if isinstance(effect, Now):
            return time.monotonic()
        if isinstance(effect, Send):
            return self.transport.send(effect.outgoing, effect.timeout)
        if isinstance(effect, Sleep):
            return time.sleep(effect.seconds)
        if isinstance(effect, Entropy):
            return os.urandom(effect.size)
        if isinstance(effect, Background):
            return self._spawn(effect.flow)
        with self._guard:
            lock = self._locks.setdefault(effect.key, threading.Lock())
        with lock:
            return self.run(effect.flow())

    def _spawn(self, flow: Flow[None]) -> None:
        def work() -> None:
            with contextlib.suppress(Exception):
                self.run(flow)

        with self._guard:
            if self._pool is None:
                self._pool = ThreadPoolExecutor(1, thread_name_prefix="exchangekit")
            self._pool.submit(work)

    def close(self) -> None:
        self._closed = True
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
        self.transport.close()
