"""Whose turn it is on a connection: request, reply, request, reply, and nothing between them.

HTTP/1.1 numbers nothing: an answer belongs to a request only because it comes next. A gateway that
says one reply twice would shift every later answer by one, and an order would be told the id of
another. So every connection counts its turns. It is read along with, byte for byte, which tells
where a reply ends; what comes after that, or before a request, makes the connection unusable.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

import h11
import httpcore

_LARGEST_HEAD = 100 * 1024


class OutOfTurn(httpcore.ProtocolError):
    """The connection cannot be used for the request that it was about to carry: not a byte of it
    was written."""


class Turns:
    """The turns of one connection. ``waiting`` gives what has come in and was not read, without
    waiting for it: None for nothing, empty at the end of the connection."""

    def __init__(self, waiting: Callable[[], bytes | None]) -> None:
        self._waiting = waiting
        self._reply: h11.Connection | None = None
        self._in_turn = True
        # A pool looks at idle connections on any thread, and to look is to read.
        self._lock = threading.Lock()

    @property
    def awaiting(self) -> bool:
        """Whether a reply is awaited."""
        return self._reply is not None

    def writing(self, data: bytes) -> None:
        """Before `data` is written. Raises OutOfTurn if it begins a request and anything came
        before it. What is said to a SOCKS proxy begins with no letter."""
        with self._lock:
            if self._reply is not None or not data[:1].isalpha():
                return
            if self._disturbed():
                raise OutOfTurn("the connection was closed, or bytes came before the request")
            self._reply = _reply_to(data)

    def heard(self, data: bytes) -> bytes:
        """`data` was read, empty at the end of the connection: as much of it as is the reply's."""
        reply = self._reply
        if reply is None:
            return data
        surplus = b""
        try:
            reply.receive_data(data)
            event = reply.next_event()
            while isinstance(event, h11.InformationalResponse | h11.Response | h11.Data):
                event = reply.next_event()
        except h11.RemoteProtocolError:
            whole = False
        else:
            if event is h11.NEED_DATA:
                return data
            surplus, _ = reply.trailing_data
            whole = isinstance(event, h11.EndOfMessage) and not surplus
        with self._lock:
            self._in_turn = whole
            self._reply = None
        return data[: len(data) - len(surplus)]

    def disturbed(self) -> bool:
        """Whether the connection must not be used again. False while a reply is awaited."""
        with self._lock:
            return self._reply is None and self._disturbed()

    def _disturbed(self) -> bool:
        if self._in_turn and self._waiting() is not None:
            self._in_turn = False
        return not self._in_turn


def _reply_to(request: bytes) -> h11.Connection:
    """What reads the reply to `request`, of which only the method matters."""
    reading = h11.Connection(h11.CLIENT, _LARGEST_HEAD)
    method = request.partition(b" ")[0]
    reading.send(h11.Request(method=method, target=b"/", headers=[(b"Host", b"-")]))
    reading.send(h11.EndOfMessage())
    return reading
