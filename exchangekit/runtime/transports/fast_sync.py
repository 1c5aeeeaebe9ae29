"""The fast transport, blocking: each step waits for its socket, and no longer than it may."""

from __future__ import annotations

import threading
import time
from collections import deque

from exchangekit.runtime.transports.channel import Channel, TlsChannel
from exchangekit.runtime.transports.dialing import dialed, ready
from exchangekit.runtime.transports.fast import Crowded, Fast, Place, Reader, Talk, Trip, tls
from exchangekit.runtime.transports.library import MAX_CONNECTIONS, Head, Pace, Wire


class SyncFast(Fast):
    """A `SyncLibrary`. The connection used last is used next, and there are no more than so
    many."""

    def __init__(self, name: str, reader: Reader) -> None:
        super().__init__(name, reader)
        self._closed = False
        self._begin()

    def _begin(self) -> None:
        self._idle: dict[Place, list[_Waiting]] = {}
        self._open: set[_Waiting] = set()
        self._count = 0
        self._queue: deque[object] = deque()
        self._freed = threading.Condition()

    def prepare(self, wanted: Wire, pace: Pace) -> _SyncTrip:
        return _SyncTrip(self, wanted, pace)

    def take(self, place: Place, pace: Pace) -> _Waiting:
        """A connection to `place` for one request. Raises OSError, TimeoutError, Crowded."""
        while True:
            talk = self._rested_or_leave(place, time.monotonic() + pace.connect)
            if talk is None:
                return self._opened(place, pace)
            if not talk.is_stale(time.monotonic()) and not talk.disturbed():
                return talk
            self.drop(talk)

    def _rested_or_leave(self, place: Place, patience: float) -> _Waiting | None:
        """A connection that waits for its next request, or leave to open one. Who waits first is
        first."""
        with self._freed:
            if self._queue or not self._may(place):
                me = object()
                self._queue.append(me)
                try:
                    while self._queue[0] is not me or not self._may(place):
                        if not self._freed.wait(patience - time.monotonic()):
                            raise Crowded(f"all {MAX_CONNECTIONS} connections are in use")
                finally:
                    self._queue.remove(me)
                    self._freed.notify_all()
            idle = self._idle.get(place)
            if idle:
                return idle.pop()
            self._count += 1
            return None

    def _may(self, place: Place) -> bool:
        """Whether there is a connection for `place`, or room for one. With the lock held."""
        if self._idle.get(place) or self._count < MAX_CONNECTIONS:
            return True
        for idle in self._idle.values():
            if idle:
                self._forget(idle.pop(0))
                return True
        return False

    def _opened(self, place: Place, pace: Pace) -> _Waiting:
        end = min(time.monotonic() + min(pace.connect, pace.step()), pace.end)
        try:
            talk = self._talk(place, self._dialed(place, end))
        except BaseException:
            with self._freed:
                self._count -= 1
                self._freed.notify_all()
            raise
        with self._freed:
            self._open.add(talk)
        return talk

    def _dialed(self, place: Place, end: float) -> Channel:
        """A new connection, its hands shaken. Raises OSError."""
        plain = dialed(place.host, place.port, end)
        try:
            if not place.encrypted:
                return Channel(plain)
            secure = TlsChannel(plain, tls(), place.host)
            while not secure.shake_hands():
                ready(plain, end - time.monotonic())
        except BaseException:
            plain.close()
            raise
        return secure

    def _talk(self, place: Place, channel: Channel) -> _Waiting:
        return _Waiting(place, channel)

    def keep(self, talk: _Waiting) -> None:
        """`talk` waits for its next request."""
        with self._freed:
            if self._closed:
                self._forget(talk)
            elif talk in self._open:
                self._idle.setdefault(talk.place, []).append(talk)
                if self._queue:
                    self._freed.notify_all()

    def drop(self, talk: _Waiting) -> None:
        """Close `talk`."""
        with self._freed:
            self._forget(talk)

    def _forget(self, talk: _Waiting) -> None:
        talk.channel.close()
        if talk in self._open:
            self._open.remove(talk)
            self._count -= 1
            self._freed.notify_all()

    def close(self) -> None:
        with self._freed:
            self._closed = True
            for idle in self._idle.values():
                while idle:
                    self._forget(idle.pop())
            # Others are in use: who waits for one is woken, and closes it.
            for talk in self._open:
                talk.channel.shut()

    def after_fork(self) -> None:
        for talk in self._open:
            talk.channel.close()
        self._begin()


class _SyncTrip(Trip):
    """A `SyncTrip`."""

    def __init__(self, library: SyncFast, wanted: Wire, pace: Pace) -> None:
        super().__init__(library.reader, wanted, pace)
        self._library = library
        self._talk: _Waiting | None = None

    def open(self) -> Head:
        talk = self._talk = self._library.take(self._place, self._pace)
        if not talk.begin(self):
            while not talk.channel.flush():
                talk.until_writable(self._pace)
        while (head := talk.head()) is None:
            talk.news(self._pace)
        return head

    def read(self) -> bytes | None:
        talk = self._talk
        assert talk is not None
        assert talk.answer is not None
        while not talk.answer.pieces:
            if talk.answer.done:
                return None
            talk.news(self._pace)
        return talk.answer.pieces.popleft()

    def end(self, *, keep: bool) -> None:
        talk = self._talk
        if talk is None:
            return
        if talk.rest(time.monotonic()) and keep:
            self._library.keep(talk)
        else:
            self._library.drop(talk)


class _Waiting(Talk):
    """A connection whose thread waits for it."""

    def __init__(self, place: Place, channel: Channel) -> None:
        super().__init__(channel)
        self.place = place

    def news(self, pace: Pace) -> None:
        """Wait until something has come. Raises what was found wrong with it, and TimeoutError."""
        seconds = pace.step()
        if not self.channel.more:
            ready(self.channel.plain, seconds)
        self.hear()

    def until_writable(self, pace: Pace) -> None:
        ready(self.channel.plain, pace.step(), to_write=True)
