"""The kit's fast transport on a `Line`: in place of sockets, and in its world's time."""

from __future__ import annotations

import asyncio
from typing import Any

from matrix.line import Killed, Line
from matrix.line import Talk as Said
from matrix.wire import Event

from exchangekit.runtime.transports import Timeouts, open_sync
from exchangekit.runtime.transports.channel import PIECE, Channel
from exchangekit.runtime.transports.fast import Place, Reader
from exchangekit.runtime.transports.fast_async import AsyncFast
from exchangekit.runtime.transports.fast_pool import LoopsOwn
from exchangekit.runtime.transports.fast_sync import SyncFast, _Waiting
from exchangekit.runtime.transports.library import Pace
from exchangekit.runtime.transports.watched import Watched


class _Channel(Channel):
    """A connection of a line."""

    def __init__(self, said: Said) -> None:
        self.said = said
        self.came: bytes | None = None
        self.broken: OSError | None = None

    def read(self) -> bytes | None:
        if self.came is None:
            return self.said.waiting(PIECE)
        data, self.came = self.came, None
        return data

    def send(self, data: bytes) -> bool:
        try:
            self.said.write(data)
        except OSError as problem:
            # Half of it has left.
            self.broken = problem
            return False
        return True

    def flush(self) -> bool:
        assert self.broken is not None
        raise self.broken

    def come(self) -> bool:
        """Let what comes next be read; whether anything does before the reader's patience ends.
        Raises what ends the connection or its reader."""
        found = self.said.next(PIECE)
        if isinstance(found, bytes):
            self.came = found
            return True
        if found is Event.DEATH:
            self.said.line.die()
            raise Killed
        if found is Event.INTERRUPT:
            self.said.line.interrupt()
        return False

    def shut(self) -> None:
        self.said.close()

    def close(self) -> None:
        self.said.close()


def _dialed(line: Line, place: Place) -> _Channel:
    line.resolve()
    channel = _Channel(line.connect())
    if place.encrypted:
        line.shake_hands()
    return channel


def _like(transport: str) -> tuple[str, Reader]:
    """Name and reader of the kit's own transport of that name."""
    own: Any = open_sync(transport, Timeouts())
    library: SyncFast = own._library
    return library.name, library.reader


# Blocking


class _SyncTalk(_Waiting):
    channel: _Channel

    def news(self, pace: Pace) -> None:
        seconds = pace.step()
        if self.channel.said.pieces[:1] == [Event.INTERRUPT]:
            self.channel.said.line.interrupted = True
            raise KeyboardInterrupt
        if not self.channel.come():
            self.channel.said.line.world.advance(int(seconds * 1000) + 1)
            raise TimeoutError("timed out")
        self.hear()


class FastSyncMemory(SyncFast):
    """The kit's fast blocking library over a line."""

    def __init__(self, line: Line, transport: str) -> None:
        self._line = line
        super().__init__(*_like(transport))

    def _dialed(self, place: Place, end: float) -> Channel:
        return _dialed(self._line, place)

    def _talk(self, place: Place, channel: Channel) -> _Waiting:
        return _SyncTalk(place, channel)


# Async


class _AsyncTalk(Watched):
    channel: _Channel

    def _watch(self) -> None:
        """Nobody tells: it is asked when somebody waits."""

    def _unwatch(self) -> None: ...

    async def flushed(self, pace: Pace) -> None:
        self.channel.flush()

    async def news(self, pace: Pace) -> None:  # type: ignore[override]
        if self.channel.come():
            self.hear()
            return
        self._loop.call_soon(self._let_time_pass)
        await super().news(pace)

    def _let_time_pass(self) -> None:
        """Until whoever waits is woken by a clock, or canceled."""
        if self._waiter is not None and not self._waiter.done():
            loop: Any = self._loop
            self.channel.said.line.world.advance(loop.until_next_ms())
            loop.call_soon(self._let_time_pass)


class _Own(LoopsOwn):
    def __init__(self, loop: asyncio.AbstractEventLoop, line: Line) -> None:
        super().__init__(loop)
        self._line = line

    async def _dialed(self, place: Place) -> Channel:
        return _dialed(self._line, place)

    def _watched(self, place: Place, channel: Channel) -> Watched:
        return _AsyncTalk(self, place, channel)


class FastAsyncMemory(AsyncFast):
    """The kit's fast async library over a line."""

    def __init__(self, line: Line, transport: str) -> None:
        self._line = line
        super().__init__(*_like(transport))

    def _begin(self, loop: asyncio.AbstractEventLoop) -> LoopsOwn:
        return _Own(loop, self._line)
