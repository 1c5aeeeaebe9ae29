"""A connection that a loop watches: it is told what comes in for as long as the connection is open,
so that a request costs one send, one turn of the loop and one receive."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Protocol

from exchangekit.runtime.transports.channel import Channel
from exchangekit.runtime.transports.fast import Place, Talk
from exchangekit.runtime.transports.library import Pace

_GONE = "the connection is closed"


class Owner(Protocol):
    """Whose connections they are."""

    loop: asyncio.AbstractEventLoop

    def keep(self, talk: Watched) -> None:
        """`talk` waits for its next request."""

    def gone(self, talk: Watched) -> None:
        """`talk` was closed."""


class Watched(Talk):
    """A connection that its loop watches."""

    def __init__(self, own: Owner, place: Place, channel: Channel) -> None:
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
