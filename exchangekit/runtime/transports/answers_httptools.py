"""Replies read by httptools: the head and chunks. A body of known length is counted."""

from __future__ import annotations

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

from exchangekit.runtime.transports.answers import LARGEST_HEAD, Answer, Unreadable
from exchangekit.runtime.transports.inflate import Bounded, bound, unusable

_END = b"\r\n\r\n"
_CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
_WITHOUT_A_BODY = (204, 304)
_NAMES: dict[bytes, str] = {}
_NAMES_KEPT = 1000
_DIGITS = 18


class HttptoolsAnswer(Answer):
    """The reply to a request of `method`."""

    __slots__ = ("_chunks", "_interim", "_left", "_method", "_start")

    def __init__(self, method: str) -> None:
        super().__init__()
        self._method = method
        self._start = b""
        self._interim = 0
        self._left = -1
        self._chunks: _Chunks | None = None

    def feed(self, data: bytes) -> None:
        if self.done:
            self.kept = self.kept and not data
        elif not self.status:
            self._feed_head(data)
        elif self._chunks is not None:
            self._feed_chunks(self._chunks, data)
        else:
            self._feed_body(data)

    def ended(self) -> None:
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
        if head[:5] != b"HTTP/":
            raise Unreadable("what came is not HTTP")
        read = _Head()
        parser = HttpResponseParser(read)
        try:
            parser.feed_data(head)
        except (HttpParserError, HttpParserUpgrade) as problem:
            raise Unreadable(f"what came is not HTTP ({problem})") from None
        if not read.complete:
            raise Unreadable("what came is not HTTP")
        self.status = parser.get_status_code()
        self.headers = read.headers
        self.kept = head.startswith(b"HTTP/1.1 ")
        if not self.kept and not head.startswith(b"HTTP/1.0 "):
            raise Unreadable("the reply is of another HTTP than 1")
        self._frame(may_be_chunked=self.kept)

    def _frame(self, *, may_be_chunked: bool) -> None:
        """By what the end of the body is known. What is said twice is said by two values."""
        said = self.headers
        connection = said.get("connection")
        if connection is not None and "close" in connection.lower():
            self.kept = False
        size, coding = said.get("content-length"), said.get("transfer-encoding")
        if self.status < 200 or self.status in _WITHOUT_A_BODY or self._method == "HEAD":
            self._left = 0
        elif coding is not None:
            if coding.lower() != "chunked" or size is not None or not may_be_chunked:
                raise Unreadable("the reply does not say clearly where it ends")
            self._chunks = _Chunks()
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

    def _feed_chunks(self, chunks: _Chunks, data: bytes) -> None:
        chunks.feed(data)
        self.pieces.extend(chunks.taken())
        if chunks.complete:
            self.done = True
            self.kept = self.kept and not chunks.surplus


class _Head:
    """What httptools tells of a head."""

    __slots__ = ("complete", "headers")

    def __init__(self) -> None:
        self.headers = Bounded()
        self.complete = False

    def on_header(self, name: bytes, value: bytes) -> None:
        known = _NAMES.get(name) or _name(name)
        headers = self.headers
        said = value.rstrip().decode("latin-1")
        headers[known] = f"{headers[known]}, {said}" if known in headers else said

    def on_headers_complete(self) -> None:
        self.complete = True


def _name(name: bytes) -> str:
    """`name` in lower case. Venues send the same ones again and again."""
    lower = name.decode("latin-1").lower()
    if len(_NAMES) < _NAMES_KEPT:
        _NAMES[name] = lower
    return lower


class _Chunks:
    """A body in chunks, read to its last byte."""

    def __init__(self) -> None:
        self.complete = False
        self.surplus = False
        self._pieces: list[bytes] = []
        self._tail = b""
        self._idle = 0
        self._parser = HttpResponseParser(self)
        self._parser.feed_data(_CHUNKED)

    def feed(self, data: bytes) -> None:
        before = len(self._pieces)
        try:
            self._parser.feed_data(data)
        except (HttpParserError, HttpParserUpgrade) as problem:
            if not self.complete:
                raise Unreadable(f"its chunks are broken ({problem})") from None
            self.surplus = True
        self._tail = (self._tail + data)[-len(_END) - 1 :]
        if self.complete:
            # Ends of lines after the last one are skipped by httptools, and are not the reply's.
            self.surplus |= not self._tail.endswith(_END) or self._tail.startswith(b"\n")
            return
        self._idle = 0 if len(self._pieces) > before else self._idle + len(data)
        if self._idle > LARGEST_HEAD:
            raise unusable("the reply's headers are too large")

    def taken(self) -> list[bytes]:
        pieces, self._pieces = self._pieces, []
        return pieces

    def on_message_begin(self) -> None:
        self.surplus = self.complete

    def on_body(self, data: bytes) -> None:
        if not self.complete:
            self._pieces.append(data)

    def on_message_complete(self) -> None:
        self.complete = True
