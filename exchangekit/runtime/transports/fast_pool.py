"""The connections of one loop: so many at most, and who waits first for one is served first."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections import deque
from typing import Any

from exchangekit.runtime.transports.channel import Channel, TlsChannel
from exchangekit.runtime.transports.dialing import connected, places
from exchangekit.runtime.transports.fast import Crowded, Place, tls
from exchangekit.runtime.transports.library import MAX_CONNECTIONS, Pace
from exchangekit.runtime.transports.watched import Watched


class LoopsOwn:
    """The connections of one loop: no more than so many, the one used last is used next."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self._idle: dict[Place, list[Watched]] = {}
        self._open: set[Watched] = set()
        self._making: set[socket.socket] = set()
        self._count = 0
        self._queue: deque[tuple[Place, asyncio.Future[Watched | None]]] = deque()
        self._closed = False

    async def take(self, place: Place, pace: Pace) -> Watched:
        """A connection to `place` for one request. Raises OSError, TimeoutError, Crowded."""
        patience = self.loop.time() + pace.connect
        while True:
            talk: Watched | None = None
            if self._first() is None:
                talk = self.rested(place)
                if talk is not None:
                    return talk
                if self._count < MAX_CONNECTIONS or self._made_room():
                    self._count += 1
                    return await self._opened(place, pace)
            talk = await self._turn(place, patience)
            if talk is None:
                return await self._opened(place, pace)
            if not talk.disturbed():
                return talk
            talk.close()

    def rested(self, place: Place) -> Watched | None:
        """The connection to `place` that was used last, unless others wait for one."""
        idle = self._idle.get(place)
        if not idle or (self._queue and self._first() is not None):
            return None
        now = self.loop.time()
        while idle:
            if idle[0].is_stale(now):
                idle.pop(0).close()
                continue
            talk = idle.pop()
            if not talk.disturbed():
                return talk
            talk.close()
        return None

    def _made_room(self) -> bool:
        """Close a connection to elsewhere that nobody uses."""
        for idle in self._idle.values():
            if idle:
                idle.pop(0).close()
                return True
        return False

    async def _turn(self, place: Place, patience: float) -> Watched | None:
        """Wait for a connection to `place`, or for leave to open one. Who waits first is first."""
        waiter: asyncio.Future[Watched | None] = self.loop.create_future()
        self._queue.append((place, waiter))
        try:
            async with asyncio.timeout_at(patience):
                return await waiter
        except BaseException as problem:
            if waiter.done() and not waiter.cancelled():
                self._pass_on(waiter.result())
            waiter.cancel()
            if isinstance(problem, TimeoutError):
                raise Crowded(f"all {MAX_CONNECTIONS} connections are in use") from None
            raise

    def _pass_on(self, talk: Watched | None) -> None:
        if talk is None:
            self._free()
        else:
            self.keep(talk)

    def _first(self) -> tuple[Place, asyncio.Future[Watched | None]] | None:
        """Who has waited longest for a connection."""
        while self._queue and self._queue[0][1].done():
            self._queue.popleft()
        return self._queue[0] if self._queue else None

    def _free(self) -> None:
        """A connection less: whoever has waited longest may open another."""
        first = None if self.loop.is_closed() else self._first()
        if first is None:
            self._count -= 1
        else:
            first[1].set_result(None)

    async def _opened(self, place: Place, pace: Pace) -> Watched:
        try:
            async with asyncio.timeout(min(pace.connect, pace.step())):
                channel = await self._dialed(place)
        except BaseException:
            self._free()
            raise
        talk = self._watched(place, channel)
        self._open.add(talk)
        return talk

    def _watched(self, place: Place, channel: Channel) -> Watched:
        return Watched(self, place, channel)

    async def _dialed(self, place: Place) -> Channel:
        """A new connection, its hands shaken. Raises OSError."""
        if self._closed:
            raise ConnectionAbortedError("this exchange is closed")
        plain = await connected(await places(place.host, place.port))
        self._making.add(plain)
        try:
            if self._closed:
                raise ConnectionAbortedError("this exchange is closed")
            if not place.encrypted:
                return Channel(plain)
            secure = TlsChannel(plain, tls(), place.host)
            while not secure.shake_hands():
                await _readable(self.loop, plain)
            return secure
        except BaseException:
            plain.close()
            raise
        finally:
            self._making.discard(plain)

    def keep(self, talk: Watched) -> None:
        """`talk` waits for its next request."""
        first = self._first()
        if first is None:
            self._idle.setdefault(talk.place, []).append(talk)
        elif first[0] == talk.place:
            first[1].set_result(talk)
        else:
            talk.close()

    def gone(self, talk: Watched) -> None:
        """`talk` was closed."""
        if talk not in self._open:
            return
        self._open.remove(talk)
        idle = self._idle.get(talk.place)
        if idle and talk in idle:
            idle.remove(talk)
        self._free()

    def close(self) -> None:
        """Close everything, whether the loop is still there or not."""
        self._closed = True
        for talk in tuple(self._open):
            talk.close()
        for plain in tuple(self._making):
            with contextlib.suppress(OSError):
                plain.shutdown(socket.SHUT_RDWR)

    def leave(self) -> None:
        """In a child process: close its copies, which ends no connection of the parent's."""
        self._closed = True
        for talk in self._open:
            talk.leave()
        for plain in self._making:
            plain.close()


async def _readable(loop: asyncio.AbstractEventLoop, plain: socket.socket) -> None:
    waiter: asyncio.Future[Any] = loop.create_future()
    loop.add_reader(plain, _done, waiter)
    try:
        await waiter
    finally:
        if not loop.is_closed():
            loop.remove_reader(plain)


def _done(waiter: asyncio.Future[Any]) -> None:
    if not waiter.done():
        waiter.set_result(None)
