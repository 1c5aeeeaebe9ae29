"""The guard: what holds for every transport, whichever HTTP library is behind it.

- What is sent is what was signed, byte for byte, to the address that it was signed for.
- A reply is read within bounds, and unpacked by the kit itself.
- A request ends by its deadline.
- A failure says whether a byte of the request may have left. On doubt it may.

It is written once, as a generator that yields the steps of a trip (see `library`); two shells carry
them out, one async, one sync. Here is decided, too, what becomes of a connection when its request
is over: it is kept only after a whole reply, read in order to its end.
"""

from __future__ import annotations

import asyncio
import time
import traceback
from collections.abc import Callable, Generator
from contextlib import suppress
from functools import partial
from typing import Any, Generic, TypeVar

from exchangekit.adapter.request import Outgoing, Reply
from exchangekit.runtime.effects import TransportFailure
from exchangekit.runtime.processes import of_one_process
from exchangekit.runtime.transports.inflate import Body, Bounded, bounded_headers, unpacked
from exchangekit.runtime.transports.library import (
    AsyncLibrary,
    AsyncTrip,
    Head,
    Pace,
    SyncLibrary,
    SyncTrip,
    Trouble,
)
from exchangekit.runtime.transports.public import Timeouts
from exchangekit.runtime.transports.wire import compare, wanted

Step = Callable[[], Any]
L = TypeVar("L", bound=AsyncLibrary | SyncLibrary)

_TURNS = 20


class _Guard(Generic[L]):
    def __init__(self, library: L, timeouts: Timeouts | None = None) -> None:
        self._library = library
        self._timeouts = timeouts or Timeouts()
        self._stranded = False
        self._keeps_pace: bool = getattr(library, "keeps_pace", False)
        of_one_process(self)

    @property
    def name(self) -> str:
        return self._library.name

    def after_fork(self) -> None:
        self._stranded = True
        self._library.after_fork()
        self._stranded = False

    def _crossing(self, outgoing: Outgoing, timeout: float) -> _Crossing:
        if self._stranded:
            # On a connection of the parent's a child reads the parent's answers.
            words = "after a fork its HTTP library could not begin anew: connect in this process"
            raise TransportFailure(words, sent=False, unfit=True)
        return _Crossing(self._library, self._timeouts, outgoing, timeout)


class AsyncGuard(_Guard[AsyncLibrary]):
    """An `AsyncTransport` over an HTTP library."""

    async def send(self, outgoing: Outgoing, timeout: float) -> Reply:
        crossing = self._crossing(outgoing, timeout)
        if self._keeps_pace:
            return await self._carry_out(crossing.steps())
        try:
            async with asyncio.timeout(timeout):
                return await self._carry_out(crossing.steps())
        except TimeoutError as problem:
            cause = _without_frames(problem)
            # What the frames held of a reply that is given up ends now, in turns of the loop.
            for _ in range(_TURNS):
                await asyncio.sleep(0)
            raise crossing.too_late() from cause

    async def _carry_out(self, steps: Generator[Step, Any, Reply]) -> Reply:
        try:
            step = next(steps)
            while True:
                try:
                    result = await step()
                except GeneratorExit:
                    raise
                except BaseException as problem:
                    step = steps.throw(problem)
                else:
                    step = steps.send(result)
        except StopIteration as end:
            reply: Reply = end.value
            return reply

    async def aclose(self) -> None:
        await self._library.aclose()


class SyncGuard(_Guard[SyncLibrary]):
    """A `SyncTransport` over a blocking HTTP library."""

    def send(self, outgoing: Outgoing, timeout: float) -> Reply:
        steps = self._crossing(outgoing, timeout).steps()
        try:
            step = next(steps)
            while True:
                try:
                    result = step()
                except BaseException as problem:
                    step = steps.throw(problem)
                else:
                    step = steps.send(result)
        except StopIteration as end:
            reply: Reply = end.value
            return reply

    def close(self) -> None:
        self._library.close()


class _Crossing:
    """One request on its way through the guard."""

    __slots__ = ("_library", "_pace", "_seconds", "_trip")

    def __init__(
        self,
        library: AsyncLibrary | SyncLibrary,
        timeouts: Timeouts,
        outgoing: Outgoing,
        timeout: float,
    ) -> None:
        self._library = library
        self._seconds = timeout
        self._pace = Pace(
            min(timeouts.connect, timeout),
            min(timeouts.read, timeout),
            time.monotonic() + timeout,
        )
        self._trip = self._prepared(outgoing)

    def _prepared(self, outgoing: Outgoing) -> AsyncTrip | SyncTrip:
        wire = wanted(outgoing)
        try:
            trip = self._library.prepare(wire, self._pace)
            made = trip.wire
        except TransportFailure:
            raise
        except Exception as problem:
            # The library's own words may show the whole address, signature and all.
            raise TransportFailure(
                f"the request cannot be sent ({type(problem).__name__})", sent=False, unfit=True
            ) from None
        compare(wire, made)
        return trip

    def steps(self) -> Generator[Step, Any, Reply]:
        trip = self._trip
        try:
            head: Head = yield trip.open
            self._in_time()
            found = head.headers
            headers = found if isinstance(found, Bounded) else bounded_headers(found)
            if head.body is not None:
                reply = Reply(head.status, headers, unpacked(headers, head.body))
            else:
                body = Body(headers)
                while (piece := (yield trip.read)) is not None:
                    self._in_time()
                    body.add(piece)
                reply = Reply(head.status, headers, body.end())
        except GeneratorExit:
            raise
        except BaseException as problem:
            with suppress(Exception):
                yield partial(trip.end, keep=False)
            if not isinstance(problem, Exception) or isinstance(problem, TransportFailure):
                raise
            failure = self._failure(problem)
            raise failure from failure.__cause__
        # A reply that is here is not lost to a connection that cannot be put away.
        with suppress(Exception):
            yield partial(trip.end, keep=True)
        return reply

    def _in_time(self) -> None:
        if time.monotonic() > self._pace.end:
            raise self.too_late()

    def too_late(self) -> TransportFailure:
        if not self._trip.sent:
            return TransportFailure("no connection in time", sent=False)
        words = f"no complete answer within {self._seconds:.3g} s"
        return TransportFailure(words, sent=True, timeout=True)

    def _failure(self, problem: Exception) -> Exception:
        """`problem` in our terms; one that nobody knows as it is, which counts as sent."""
        trouble = self._library.trouble(problem)
        if trouble is None:
            where = "".join(traceback.format_tb(problem.__traceback__))
            problem.add_note(f"It was raised in the transport {self._library.name}:\n{where}")
            return _without_frames(problem)
        failure = self._told(trouble, str(problem))
        failure.__cause__ = _without_frames(problem)
        return failure

    def _told(self, trouble: Trouble, detail: str) -> TransportFailure:
        sent = self._trip.sent
        if trouble is Trouble.TIMEOUT and sent:
            return TransportFailure("no answer in time", sent=True, timeout=True)
        words = _WORDS[trouble, sent]
        return TransportFailure(f"{words} ({detail})" if detail else words, sent=sent)


def _without_frames(problem: Exception) -> Exception:
    """The frames of HTTP libraries hold the key among their variables, and what collects errors
    often takes down the variables of every frame."""
    link: BaseException | None = problem
    seen: list[BaseException] = []
    while link is not None and link not in seen:
        seen.append(link)
        link.__traceback__ = None
        link = link.__cause__ or link.__context__
    return problem


_WORDS = {
    (Trouble.BROKEN, False): "no connection",
    (Trouble.BROKEN, True): "the connection broke",
    (Trouble.TIMEOUT, False): "no connection in time",
    (Trouble.CROWDED, False): "no free connection in time",
    (Trouble.CROWDED, True): "no free connection in time",
    (Trouble.PROXY, False): "the proxy refused",
    (Trouble.PROXY, True): "the proxy refused",
}
