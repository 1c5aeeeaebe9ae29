"""One reply on its way in, whoever reads it: `answers_h11` or `answers_httptools`.

HTTP/1.1 numbers nothing, so what comes beyond a reply makes its connection unusable (see `turns`):
each byte belongs to the reply or is surplus, and a reader says which.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque

from exchangekit.runtime.transports.inflate import Bounded

LARGEST_HEAD = 64 * 1024


class Unreadable(Exception):
    """What came is no reply, or no whole one."""


class Answer(ABC):
    """The reply to a request. ``status`` is 0 before its head has come, ``pieces`` are what has
    come of its body and was not taken yet; ``kept`` says that another request may follow it on its
    connection."""

    __slots__ = ("done", "headers", "kept", "pieces", "status")

    def __init__(self) -> None:
        self.status = 0
        self.headers = Bounded()
        self.pieces: deque[bytes] = deque()
        self.done = False
        self.kept = False

    @abstractmethod
    def feed(self, data: bytes) -> None:
        """`data` has come in. Raises Unreadable, and TransportFailure where it is too much."""

    @abstractmethod
    def ended(self) -> None:
        """The connection has ended. Raises Unreadable where the reply has not."""
