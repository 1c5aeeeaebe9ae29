"""The kit's HTTP libraries on a `Line`: in place of sockets, and in its world's time."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import httpcore
from matrix.fast_network import FastAsyncMemory, FastSyncMemory
from matrix.line import Killed, Line, Talk
from matrix.wire import Event

from exchangekit.runtime.transports import deadlines, fast_sync, guard, library, sockets
from exchangekit.runtime.transports.over_httpx import AsyncHttpx, SyncHttpx, _LoopsOwn
from exchangekit.testing.tested import tested_transport
from exchangekit.testing.world import World

_ADDRESS = "192.0.2.1"

# Blocking


class _SyncStream(httpcore.NetworkStream):
    def __init__(self, talk: Talk) -> None:
        self._talk = talk

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        line = self._talk.line
        if timeout == 0:
            found = self._talk.waiting(max_bytes)
            if found is None:
                raise httpcore.ReadError from BlockingIOError()
            return found
        try:
            came = self._talk.next(max_bytes)
        except OSError as problem:
            raise httpcore.ReadError(str(problem)) from problem
        if isinstance(came, bytes):
            return came
        if came is Event.INTERRUPT:
            raise KeyboardInterrupt
        if came is Event.DEATH:
            line.die()
            raise Killed
        assert timeout is not None
        line.world.advance(int(timeout * 1000) + 1)
        raise httpcore.ReadTimeout("timed out")

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        try:
            self._talk.write(buffer)
        except OSError as problem:
            raise httpcore.WriteError(str(problem)) from problem

    def close(self) -> None:
        self._talk.close()

    def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        try:
            self._talk.line.shake_hands()
        except OSError as problem:
            raise httpcore.ConnectError(str(problem)) from problem
        return self

    def get_extra_info(self, info: str) -> Any:
        return None


class _SyncNetwork(httpcore.NetworkBackend):
    def __init__(self, line: Line) -> None:
        self._line = line

    def connect_tcp(self, host: str, port: int, *given: Any, **more: Any) -> _SyncStream:
        try:
            return _SyncStream(self._line.connect())
        except OSError as problem:
            raise httpcore.ConnectError(str(problem)) from problem


class SyncMemory(SyncHttpx):
    """The kit's blocking library over a line."""

    def __init__(self, line: Line) -> None:
        self._line = line
        super().__init__()

    def _begin(self) -> None:
        super()._begin()
        self._network._network = _SyncNetwork(self._line)  # type: ignore[assignment]


# Async


class _Bytes:
    """As `sockets._Socket`."""

    def __init__(self, talk: Talk) -> None:
        self.talk = talk

    async def read(self, size: int) -> bytes:
        came = self.talk.next(size)
        if isinstance(came, bytes):
            return came
        line = self.talk.line
        if came is Event.INTERRUPT:
            line.interrupt()
        elif came is Event.DEATH:
            line.die()
            raise Killed
        else:
            loop = asyncio.get_running_loop()
            assert isinstance(loop, WorldLoop)
            line.world.advance(loop.until_next_ms())
        # Whoever waits for this is woken by its own clock, or canceled.
        await asyncio.get_running_loop().create_future()
        raise AssertionError("nobody stopped waiting")

    async def write(self, data: bytes) -> None:
        self.talk.write(data)

    def waiting(self, size: int) -> bytes | None:
        return self.talk.waiting(size)

    def close(self) -> None:
        self.talk.close()


class _AsyncStream(sockets._Stream):
    async def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.AsyncNetworkStream:
        inner = self._inner
        assert isinstance(inner, _Bytes)
        async with sockets._within(timeout, httpcore.ConnectTimeout, httpcore.ConnectError):
            inner.talk.line.shake_hands()
        return self


class _AsyncNetwork(sockets.SocketBackend):
    def __init__(self, line: Line) -> None:
        super().__init__()
        self._line = line

    async def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, *given: Any, **more: Any
    ) -> httpcore.AsyncNetworkStream:
        async with sockets._within(timeout, httpcore.ConnectTimeout, httpcore.ConnectError):
            self._line.resolve()
            return _AsyncStream(_Bytes(self._line.connect()))


class AsyncMemory(AsyncHttpx):
    """The kit's async library over a line."""

    def __init__(self, line: Line) -> None:
        self._line = line
        super().__init__()

    def _pool(self) -> httpcore.AsyncConnectionPool:
        here = asyncio.get_running_loop()
        if here not in self._pools:
            network = _AsyncNetwork(self._line)
            pool = httpcore.AsyncConnectionPool(network_backend=network, **self._settings)
            self._pools[here] = _LoopsOwn(network, pool)
        return self._pools[here].pool


def memory(line: Line, mode: str, transport: str | None = None) -> Any:
    """The kit's library of that name over a line; by default that which is tested."""
    name = transport or tested_transport()
    if name == "httpx":
        return SyncMemory(line) if mode == "sync" else AsyncMemory(line)
    return FastSyncMemory(line, name) if mode == "sync" else FastAsyncMemory(line, name)


class WorldLoop(asyncio.SelectorEventLoop):
    """A loop that lives in a world's time."""

    def __init__(self, world: World) -> None:
        self._world = world
        super().__init__()

    def time(self) -> float:
        return self._world.seconds

    def until_next_ms(self) -> int:
        """How long until something wakes up by itself."""
        scheduled: list[asyncio.TimerHandle] = self._scheduled  # type: ignore[attr-defined]
        moments = [one.when() for one in scheduled if not one.cancelled()]
        return int((min(moments) - self.time()) * 1000) + 2


@contextmanager
def in_time_of(world: World, line: Line) -> Iterator[None]:
    """The deadlines of the transports are the world's, and so are names of hosts."""
    clock = SimpleNamespace(monotonic=lambda: world.seconds)

    def addresses(host: str, port: int, end: float) -> list[str]:
        try:
            line.resolve()
        except OSError as problem:
            raise OSError(f"{host}: {problem}") from problem
        return [_ADDRESS]

    clocks: list[Any] = [guard, library, deadlines, fast_sync]
    real, asked = guard.time, deadlines.addresses
    for one in clocks:
        one.time = clock
    deadlines.addresses = addresses
    try:
        yield
    finally:
        for one in clocks:
            one.time = real
        deadlines.addresses = asked
