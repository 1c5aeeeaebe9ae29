"""HTTP/1.1 of our own, over sockets that the kit itself holds.

There is nothing in it that a venue's API does not need, and it knows of each byte whether it has
left. ``fast`` reads replies by httptools, ``plain`` in Python. What is in common is here;
`fast_async` and `fast_sync` differ in how they wait. A proxy is httpx's affair: who asks for one is
given that.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from exchangekit.runtime.transports.answers import Answer, Unreadable
from exchangekit.runtime.transports.channel import PIECE, Channel
from exchangekit.runtime.transports.library import KEPT_SECONDS, Head, Pace, Trouble, Wire
from exchangekit.runtime.transports.wire import rendered

Reader = Callable[[str], Answer]
"""Makes the reader of the reply to a request of such a method."""


class OutOfTurn(Exception):
    """The connection cannot be used for the request that it was about to carry: not a byte of it
    was written."""


class Crowded(Exception):
    """No connection became free in time."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a connection leads."""

    host: str
    port: int
    encrypted: bool


@lru_cache(maxsize=256)
def place_of(origin: str) -> Place:
    """The place of ``https://host`` or ``http://host:port``."""
    parts = urlsplit(origin)
    encrypted = parts.scheme == "https"
    return Place(parts.hostname or "", parts.port or (443 if encrypted else 80), encrypted)


class Fast:
    """What the sync and the async library have in common."""

    keeps_pace = True

    def __init__(self, name: str, reader: Reader) -> None:
        self.name = name
        self.reader = reader

    def trouble(self, problem: Exception) -> Trouble | None:
        if isinstance(problem, Crowded):
            return Trouble.CROWDED
        if isinstance(problem, TimeoutError):
            return Trouble.TIMEOUT
        known = isinstance(problem, OSError | Unreadable | OutOfTurn)
        return Trouble.BROKEN if known else None


class Trip:
    """One request and its reply. What is sent is `rendered` of what is wanted, and nothing else."""

    def __init__(self, reader: Reader, wanted: Wire, pace: Pace) -> None:
        self.sent = False
        self.wire = wanted
        self.reader = reader
        self._pace = pace
        self._place = place_of(wanted.url[: wanted.url.index("/", 8)])


class Talk:
    """A connection and the reply that is awaited on it: requests and replies take turns, and what
    comes when it is nobody's turn ends it."""

    def __init__(self, channel: Channel) -> None:
        self.channel = channel
        self.answer: Answer | None = None
        self.rests_since = 0.0
        self._is_new = True

    def begin(self, trip: Trip) -> bool:
        """Hand the request over; whether all of it has left. Raises OutOfTurn, where nothing has,
        and OSError."""
        # Whoever takes one that has rested has looked already.
        if self._is_new and self.disturbed():
            raise OutOfTurn("the connection was closed, or bytes came before the request")
        self._is_new = False
        self.answer = trip.reader(trip.wire.method)
        trip.sent = True
        try:
            return self.channel.send(rendered(trip.wire))
        except OSError:
            # A socket that refuses the first byte has taken none.
            trip.sent = False
            raise

    def disturbed(self) -> bool:
        """Whether anything has come that was not asked for, be it the end."""
        try:
            return self.channel.read() is not None
        except OSError:
            return True

    def is_stale(self, now: float) -> bool:
        """Whether it has waited for its next request for so long that the venue may be closing
        it."""
        return now - self.rests_since > KEPT_SECONDS

    def hear(self) -> None:
        """Read what has come in, as far as the reply goes. Raises what `Answer` raises, OSError."""
        answer = self.answer
        assert answer is not None
        while not answer.done:
            data = self.channel.read()
            if data is None:
                return
            if data:
                answer.feed(data)
            else:
                answer.ended()
            if len(data) < PIECE and not self.channel.more:
                return

    def head(self) -> Head | None:
        """The head of the reply, and the body where all of it has come along; None before."""
        answer = self.answer
        assert answer is not None
        if not answer.status:
            return None
        body = None
        if answer.done and len(answer.pieces) < 2:
            body = answer.pieces.pop() if answer.pieces else b""
        return Head(answer.status, answer.headers, body)

    def rest(self, now: float) -> bool:
        """Its request is over; whether another may follow."""
        answer, self.answer = self.answer, None
        self.rests_since = now
        return answer is not None and answer.done and answer.kept


def tls() -> ssl.SSLContext:
    from exchangekit.runtime.transports.tls import shared_tls

    return shared_tls()
