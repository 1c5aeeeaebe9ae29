"""One reply on its way in: where its head ends, where its body ends, what comes after it.

HTTP/1.1 numbers nothing, so what comes beyond a reply makes its connection unusable (see `turns`):
each byte belongs to the reply or is surplus. Here it is decided which; how a head and chunks are
read is `answers_httptools`' or `answers_plain`'s affair. A reply that does not say clearly what it
is (two sizes, a size and chunks, ends of lines of its own) is none.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque

from exchangekit.runtime.transports.inflate import Bounded, bound, unusable

LARGEST_HEAD = 64 * 1024

_END = b"\r\n\r\n"
_WITHOUT_A_BODY = (204, 304)
_DIGITS = 18


class Unreadable(Exception):
    """What came is no reply, or no whole one."""


class Answer(ABC):
    """The reply to a request of `method`. ``status`` is 0 before its head has come, ``pieces`` are
    what has come of its body and was not taken yet; ``kept`` says that another request may follow
    it on its connection."""

    __slots__ = (
        "_chunks", "_interim", "_left", "_method", "_start", "done", "headers", "kept", "pieces",
        "status",
    )  # fmt: skip

    def __init__(self, method: str) -> None:
        self.status = 0
        self.headers = Bounded()
        self.pieces: deque[bytes] = deque()
        self.done = False
        self.kept = False
        self._method = method
        self._start = b""
        self._interim = 0
        self._left = -1
        self._chunks: Chunks | None = None

    @abstractmethod
    def read(self, head: bytes) -> int:
        """The status of a whole head; its headers go into ``headers``. Raises Unreadable."""

    @abstractmethod
    def chunks(self) -> Chunks:
        """What reads a body in chunks."""

    def feed(self, data: bytes) -> None:
        """`data` has come in. Raises Unreadable, and TransportFailure where it is too much."""
        if self.done:
            self.kept = self.kept and not data
        elif not self.status:
            self._feed_head(data)
        elif self._chunks is not None:
            self._feed_chunks(self._chunks, data)
        else:
            self._feed_body(data)

    def ended(self) -> None:
        """The connection has ended. Raises Unreadable where the reply has not."""
        if self.status and self._left < 0 and self._chunks is None:
            self.done = True
        if not self.done:
            raise Unreadable("the connection was closed before the whole reply had come")

    def _feed_head(self, data: bytes) -> None:
        if self._start:
            data, self._start = self._start + data, b""
        while True:
            end = data.find(_END) + len(_END)
            self._bound(len(data) if end < len(_END) else end)
            if end < len(_END):
                if data[:5] != b"HTTP/"[: len(data)]:
                    raise Unreadable("what came is not HTTP")
                self._start = data
                return
            bound(data.count(b"\n", 0, end) - 2, end)
            self._read_head(data[:end])
            data = data[end:]
            if self.status >= 200:
                break
            if self.status == 101:
                raise Unreadable("the server speaks another protocol from here on")
            self._interim += end
            self.status = 0
        if data or self._left == 0:
            self.feed(data)

    def _bound(self, size: int) -> None:
        if size + self._interim > LARGEST_HEAD:
            raise unusable("the reply's headers are too large")

    def _read_head(self, head: bytes) -> None:
        self.kept = head.startswith(b"HTTP/1.1 ")
        if not self.kept and not head.startswith(b"HTTP/1.0 "):
            raise Unreadable("what came is not HTTP/1")
        if b"\0" in head:
            raise Unreadable("what came is no text")
        self.headers = Bounded()
        self.status = self.read(head)
        self._frame(may_be_chunked=self.kept)

    def _frame(self, *, may_be_chunked: bool) -> None:
        """By what the end of the body is known. What is said twice is said by two values."""
        said = self.headers
        connection = said.get("connection")
        if connection is not None and "close" in connection.lower():
            self.kept = False
        size, coding = said.get("content-length"), said.get("transfer-encoding")
        if self.status < 200 and (size is not None or coding is not None):
            raise Unreadable("an interim reply has no body")
        if self.status < 200 or self.status in _WITHOUT_A_BODY or self._method == "HEAD":
            self._left = 0
        elif coding is not None:
            if coding.lower() != "chunked" or size is not None or not may_be_chunked:
                raise Unreadable("the reply does not say clearly where it ends")
            self._chunks = self.chunks()
        elif size is not None:
            if len(size) > _DIGITS or not size.isdigit() or not size.isascii():
                raise Unreadable("the reply does not say clearly where it ends")
            self._left = int(size)
        else:
            self.kept = False

    def _feed_body(self, data: bytes) -> None:
        if self._left < 0:
            self.pieces.append(data)
            return
        size = len(data)
        if size > self._left:
            self.kept = False
            data = data[: self._left]
            size = self._left
        self._left -= size
        if data:
            self.pieces.append(data)
        self.done = self._left == 0

    def _feed_chunks(self, chunks: Chunks, data: bytes) -> None:
        chunks.feed(data)
        self.pieces.extend(chunks.taken())
        if chunks.complete:
            self.done = True
            self.kept = self.kept and not chunks.surplus


class Chunks(ABC):
    """A body in chunks, read to its last byte."""

    def __init__(self) -> None:
        self.complete = False
        self.surplus = False
        """Whether anything has come after it."""
        self.pieces: list[bytes] = []

    @abstractmethod
    def feed(self, data: bytes) -> None:
        """`data` has come in. Raises Unreadable, and TransportFailure where it is too much."""

    def taken(self) -> list[bytes]:
        pieces, self.pieces = self.pieces, []
        return pieces
