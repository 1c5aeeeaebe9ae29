"""Heads and chunks read by httptools, which is llhttp of Node.js."""

from __future__ import annotations

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

from exchangekit.runtime.transports.answers import LARGEST_HEAD, Answer, Chunks, Unreadable
from exchangekit.runtime.transports.inflate import unusable

_END = b"\r\n\r\n"
_CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
_NAMES: dict[bytes, str] = {}
_NAMES_KEPT = 1000


class HttptoolsAnswer(Answer):
    __slots__ = ("_complete",)

    def read(self, head: bytes) -> int:
        self._complete = False
        parser = HttpResponseParser(self)
        try:
            parser.feed_data(head)
        except (HttpParserError, HttpParserUpgrade) as problem:
            raise Unreadable(f"what came is not HTTP ({problem})") from None
        if not self._complete:
            raise Unreadable("what came is not HTTP")
        status: int = parser.get_status_code()
        return status

    def chunks(self) -> Chunks:
        return _Chunks()

    # Told by httptools

    def on_header(self, name: bytes, value: bytes) -> None:
        known = _NAMES.get(name) or _lower(name)
        headers = self.headers
        said = value.rstrip().decode("latin-1")
        headers[known] = f"{headers[known]}, {said}" if known in headers else said

    def on_headers_complete(self) -> None:
        self._complete = True


def _lower(name: bytes) -> str:
    """Venues send the same names again and again."""
    lower = name.decode("latin-1").lower()
    if len(_NAMES) < _NAMES_KEPT:
        _NAMES[name] = lower
    return lower


class _Chunks(Chunks):
    def __init__(self) -> None:
        super().__init__()
        self._tail = b""
        self._idle = 0
        self._parser = HttpResponseParser(self)
        self._parser.feed_data(_CHUNKED)

    def feed(self, data: bytes) -> None:
        before = len(self.pieces)
        try:
            self._parser.feed_data(data)
        except (HttpParserError, HttpParserUpgrade) as problem:
            if not self.complete:
                raise Unreadable(f"its chunks are broken ({problem})") from None
            self.surplus = True
        self._tail = (self._tail + data)[-len(_END) - 1 :]
        if self.complete:
            # Ends of lines after the last one are skipped by httptools, and are not the reply's.
            self.surplus |= not self._tail.endswith(_END) or self._tail[:1] in b"\r\n"
            return
        self._idle = 0 if len(self.pieces) > before else self._idle + len(data)
        if self._idle > LARGEST_HEAD:
            raise unusable("the reply's headers are too large")

    # Told by httptools

    def on_message_begin(self) -> None:
        self.surplus = self.complete

    def on_body(self, data: bytes) -> None:
        if not self.complete:
            self.pieces.append(data)

    def on_message_complete(self) -> None:
        self.complete = True
