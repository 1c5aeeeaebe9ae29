"""Reading one reply, byte for byte: where its head ends, where its body ends, what comes after it.

The head is read by httptools, as are chunks; a body of known length is counted. HTTP/1.1 numbers
nothing, so what comes beyond a reply makes its connection unusable (see `turns`): here each byte
belongs to the reply or is surplus.
"""

from __future__ import annotations

import re
from collections import deque

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

from exchangekit.runtime.transports.inflate import Bounded, bound, unusable

_END = b"\r\n\r\n"
_LARGEST_HEAD = 64 * 1024
_CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
_WITHOUT_A_BODY = (204, 304)
_NAMES: dict[bytes, str] = {}
_NAMES_KEPT = 1000
_SIZE = re.compile(r"[0-9]{1,18}")


class Unreadable(Exception):
    """What came is no reply, or no whole one."""


class Answer:
    """The reply to a request of `method`. ``pieces`` are what has come of its body and was not
    taken yet; ``kept`` says that another request may follow it on its connection."""

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
        self._chunks: _Chunks | None = None

    def feed(self, data: bytes) -> None:
        """`data` has come in. Raises Unreadable, and TransportFailure where it is too much."""
        if self.done:
            self.kept = False
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
        if size + self._interim > _LARGEST_HEAD:
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
        version = parser.get_http_version()
        if version not in ("1.1", "1.0"):
            raise Unreadable(f"the reply is of HTTP {version}")
        self.kept = version == "1.1"
        self._frame(version)

    def _frame(self, version: str) -> None:
        """By what the end of the body is known. What is said twice is said by two values."""
        said = self.headers
        if "close" in said.get("connection", "").lower():
            self.kept = False
        size, coding = said.get("content-length"), said.get("transfer-encoding")
        if self.status < 200 or self.status in _WITHOUT_A_BODY or self._method == "HEAD":
            self._left = 0
        elif coding is not None:
            if coding.lower() != "chunked" or size is not None or version != "1.1":
                raise Unreadable("the reply does not say clearly where it ends")
            self._chunks = _Chunks()
        elif size is not None:
            if not _SIZE.fullmatch(size):
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
        said = value.decode("latin-1").strip(" \t")
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
        if self._idle > _LARGEST_HEAD:
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
