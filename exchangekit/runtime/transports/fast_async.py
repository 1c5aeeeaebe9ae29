"""Our own HTTP/1.1 on asyncio: sockets that the kit itself holds, watched by their loop.

A connection belongs to the loop that opened it; each loop has its own (`fast_pool`).
"""

from __future__ import annotations

import asyncio
import contextlib

from exchangekit.runtime.effects import TransportFailure
from exchangekit.runtime.transports.fast import Fast, Reader, Trip
from exchangekit.runtime.transports.fast_pool import LoopsOwn
from exchangekit.runtime.transports.library import Head, Pace, Wire
from exchangekit.runtime.transports.watched import Watched


class AsyncFast(Fast):
    """An `AsyncLibrary`."""

    def __init__(self, name: str, reader: Reader) -> None:
        super().__init__(name, reader)
        self._owns: dict[asyncio.AbstractEventLoop, LoopsOwn] = {}

    def prepare(self, wanted: Wire, pace: Pace) -> _AsyncTrip:
        return _AsyncTrip(self, wanted, pace)

    def own(self) -> LoopsOwn:
        """The connections of the loop that is running."""
        here = asyncio.get_running_loop()
        own = self._owns.get(here)
        if own is None:
            for loop in tuple(self._owns):
                if loop.is_closed():
                    self._close(loop)
            own = self._owns[here] = self._begin(here)
        return own

    def _begin(self, loop: asyncio.AbstractEventLoop) -> LoopsOwn:
        if type(loop).add_reader is asyncio.AbstractEventLoop.add_reader:
            words = "this loop cannot watch sockets, as Windows' usual one: transport='httpx' can"
            raise TransportFailure(words, sent=False, unfit=True)
        return LoopsOwn(loop)

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
        super().__init__(library.reader, wanted, pace)
        self._library = library
        self._talk: Watched | None = None

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
