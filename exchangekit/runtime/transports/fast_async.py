"""The fast transport on asyncio: sockets that the kit itself holds, watched by their loop.

A connection belongs to the loop that opened it; each loop has its own. A loop tells of what comes
in for as long as a connection is open, so that a request costs one send, one turn of the loop and
one receive.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections import deque
from collections.abc import Awaitable
from typing import Any

from exchangekit.runtime.effects import TransportFailure
from exchangekit.runtime.transports.channel import Channel, TlsChannel
from exchangekit.runtime.transports.dialing import connected, places
from exchangekit.runtime.transports.fast import Crowded, Fast, Place, Talk, Trip, tls
from exchangekit.runtime.transports.library import MAX_CONNECTIONS, Head, Pace, Wire

_GONE = "the connection is closed"


class AsyncFast(Fast):
    """An `AsyncLibrary`."""

    def __init__(self) -> None:
        self._owns: dict[asyncio.AbstractEventLoop, _LoopsOwn] = {}

    def prepare(self, wanted: Wire, pace: Pace) -> _AsyncTrip:
        return _AsyncTrip(self, wanted, pace)

    def own(self) -> _LoopsOwn:
        """The connections of the loop that is running."""
        here = asyncio.get_running_loop()
        own = self._owns.get(here)
        if own is None:
            for loop in tuple(self._owns):
                if loop.is_closed():
                    self._close(loop)
            own = self._owns[here] = self._begin(here)
        return own

    def _begin(self, loop: asyncio.AbstractEventLoop) -> _LoopsOwn:
        if type(loop).add_reader is asyncio.AbstractEventLoop.add_reader:
            words = "this loop cannot watch sockets, as Windows' usual one: transport='httpx' can"
            raise TransportFailure(words, sent=False, unfit=True)
        return _LoopsOwn(loop)

    async def aclose(self) -> None:
        for loop in tuple(self._owns):
            self._close(loop)

    def _close(self, loop: asyncio.AbstractEventLoop) -> None:
        own = self._owns.pop(loop, None)
        if own is None:
            return
        if loop.is_running() and loop is not asyncio.get_running_loop():
            with contextlib.suppress(RuntimeError):  # it was closed meanwhile
                loop.call_soon_threadsafe(own.close)
                return
        own.close()

    def after_fork(self) -> None:
        for own in self._owns.values():
            own.leave()
        self._owns = {}


class _AsyncTrip(Trip):
    """An `AsyncTrip`."""

    def __init__(self, library: AsyncFast, wanted: Wire, pace: Pace) -> None:
        super().__init__(wanted, pace)
        self._library = library
        self._talk: _Watched | None = None

    async def open(self) -> Head:
        own = self._library.own()
        talk = own.rested(self._place) or await own.take(self._place, self._pace)
        self._talk = talk
        try:
            if not talk.begin(self):
                await talk.flushed(self._pace)
            while (head := talk.head()) is None:
                await talk.news(self._pace)
        except BaseException:
            # Where the loop itself is given up nobody is left who would.
            talk.close()
            raise
        return head

    async def read(self) -> bytes | None:
        talk = self._talk
        assert talk is not None
        assert talk.answer is not None
        while not talk.answer.pieces:
            if talk.answer.done:
                return None
            try:
                await talk.news(self._pace)
            except BaseException:
                talk.close()
                raise
        return talk.answer.pieces.popleft()

    async def end(self, *, keep: bool) -> None:
        if self._talk is not None:
            self._talk.over(keep=keep)


class _Watched(Talk):
    """A connection that its loop watches."""

    def __init__(self, own: _LoopsOwn, place: Place, channel: Channel) -> None:
        super().__init__(channel)
        self.place = place
        self._own = own
        self._loop = own.loop
        self._waiter: asyncio.Future[None] | None = None
        self._problem: Exception | None = None
        self._due = 0.0
        self._alarm: asyncio.TimerHandle | None = None
        self._closed = False
        self._watch()

    def _watch(self) -> None:
        self._loop.add_reader(self.channel.plain, self._readable)

    def _readable(self) -> None:
        """The loop says that something has come."""
        if self.answer is None or self.answer.done:
            if self.disturbed():
                self.close()
            return
        try:
            self.hear()
        except Exception as problem:
            self._problem = problem
            self._unwatch()
        self._wake()

    def _wake(self) -> None:
        waiter, self._waiter = self._waiter, None
        if waiter is None or waiter.done():
            return
        problem = self._found_wrong()
        if problem is None:
            waiter.set_result(None)
        else:
            waiter.set_exception(problem)

    def _found_wrong(self) -> Exception | None:
        problem, self._problem = self._problem, None
        return ConnectionAbortedError(_GONE) if problem is None and self._closed else problem

    def news(self, pace: Pace) -> Awaitable[None]:
        """Comes true when something has come. Raises what was found wrong with it, TimeoutError."""
        problem = self._found_wrong()
        if problem is not None:
            raise problem
        waiter = self._waiter = self._loop.create_future()
        self._due = self._loop.time() + pace.step()
        # One alarm serves many requests: it looks, when it goes off, whether it is time.
        if self._alarm is None or self._alarm.when() > self._due:
            self._ring_at(self._due)
        return waiter

    def _ring_at(self, moment: float) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
        self._alarm = self._loop.call_at(moment, self._ring)

    def _ring(self) -> None:
        self._alarm = None
        waiter = self._waiter
        if waiter is None or waiter.done():
            return
        if self._loop.time() >= self._due:
            waiter.set_exception(TimeoutError("timed out"))
        else:
            self._ring_at(self._due)

    async def flushed(self, pace: Pace) -> None:
        """Wait until all of the request has left. Raises OSError, TimeoutError."""
        plain = self.channel.plain
        self._loop.add_writer(plain, self._wake)
        try:
            while not self.channel.flush():
                await self.news(pace)
        finally:
            if not self._closed:
                self._loop.remove_writer(plain)

    def over(self, *, keep: bool) -> None:
        """Its request is over: it waits for the next one, or is closed."""
        if self.rest(self._loop.time()) and keep and not self._closed:
            self._own.keep(self)
        else:
            self.close()

    def _unwatch(self) -> None:
        if not self._loop.is_closed():
            self._loop.remove_reader(self.channel.plain)

    def close(self) -> None:
        """Close it, whether its loop is still there or not."""
        if self._closed:
            return
        self._closed = True
        self._unwatch()
        self.channel.close()
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        if not self._loop.is_closed():
            self._wake()
        self._own.gone(self)

    def leave(self) -> None:
        """In a child process: the loop's own list of what it watches is the parent's too."""
        self._closed = True
        self.channel.close()


class _LoopsOwn:
    """The connections of one loop: no more than so many, the one used last is used next."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self._idle: dict[Place, list[_Watched]] = {}
        self._open: set[_Watched] = set()
        self._making: set[socket.socket] = set()
        self._count = 0
        self._queue: deque[tuple[Place, asyncio.Future[_Watched | None]]] = deque()
        self._closed = False

    async def take(self, place: Place, pace: Pace) -> _Watched:
        """A connection to `place` for one request. Raises OSError, TimeoutError, Crowded."""
        patience = self.loop.time() + pace.connect
        while True:
            talk: _Watched | None = None
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

    def rested(self, place: Place) -> _Watched | None:
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

    async def _turn(self, place: Place, patience: float) -> _Watched | None:
        """Wait for a connection to `place`, or for leave to open one. Who waits first is first."""
        waiter: asyncio.Future[_Watched | None] = self.loop.create_future()
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

    def _pass_on(self, talk: _Watched | None) -> None:
        if talk is None:
            self._free()
        else:
            self.keep(talk)

    def _first(self) -> tuple[Place, asyncio.Future[_Watched | None]] | None:
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

    async def _opened(self, place: Place, pace: Pace) -> _Watched:
        try:
            async with asyncio.timeout(min(pace.connect, pace.step())):
                channel = await self._dialed(place)
        except BaseException:
            self._free()
            raise
        talk = self._watched(place, channel)
        self._open.add(talk)
        return talk

    def _watched(self, place: Place, channel: Channel) -> _Watched:
        return _Watched(self, place, channel)

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

    def keep(self, talk: _Watched) -> None:
        """`talk` waits for its next request."""
        first = self._first()
        if first is None:
            self._idle.setdefault(talk.place, []).append(talk)
        elif first[0] == talk.place:
            first[1].set_result(talk)
        else:
            talk.close()

    def gone(self, talk: _Watched) -> None:
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
