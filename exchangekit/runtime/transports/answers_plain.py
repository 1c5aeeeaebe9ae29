"""Heads and chunks read by the grammar of HTTP/1.1 itself (RFC 9112), word for word.

https://www.rfc-editor.org/rfc/rfc9112: what is not exactly so is no reply. No line is folded, none
ends in a line feed alone, no name has a space beside it.
"""

from __future__ import annotations

import re

from exchangekit.runtime.transports.answers import LARGEST_HEAD, Answer, Chunks, Unreadable
from exchangekit.runtime.transports.inflate import unusable

_WORD = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]++"
_TEXT = r"[\t\x20-\x7e\x80-\xff]*+"
_LINE = f"{_WORD}:{_TEXT}\r\n"
_HEAD = re.compile(rf"HTTP/1\.[01] [1-9][0-9]{{2}}(?: {_TEXT})?\r\n(?:{_LINE})*+\r\n")
_TRAILERS = re.compile(rf"(?:{_LINE})*+\r\n".encode("latin-1"))
_SIZE = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;[\t\x20-\x7e\x80-\xff]*)?")
_NAMES: dict[str, str] = {}
_NAMES_KEPT = 1000


class PlainAnswer(Answer):
    __slots__ = ()

    def read(self, head: bytes) -> int:
        text = head.decode("latin-1")
        if not _HEAD.fullmatch(text):
            raise Unreadable("what came is not HTTP")
        first, *lines = text[:-4].split("\r\n")
        headers = self.headers
        for line in lines:
            name, _, value = line.partition(":")
            known = _NAMES.get(name) or _lower(name)
            said = value.strip(" \t")
            headers[known] = f"{headers[known]}, {said}" if known in headers else said
        return int(first[9:12])

    def chunks(self) -> Chunks:
        return _Chunks()


def _lower(name: str) -> str:
    """Venues send the same names again and again."""
    lower = name.lower()
    if len(_NAMES) < _NAMES_KEPT:
        _NAMES[name] = lower
    return lower


class _Chunks(Chunks):
    def __init__(self) -> None:
        super().__init__()
        self._start = b""
        self._left = 0
        """Bytes of the chunk under way, and 2 for the end of its line."""
        self._is_last = False

    def feed(self, data: bytes) -> None:
        data, self._start = self._start + data, b""
        while data and not self.complete:
            if self._is_last:
                data = self._trailers(data)
            elif self._left:
                data = self._within(data)
            else:
                data = self._size(data)
        self.surplus |= bool(data) and self.complete
        if not self.complete:
            self._start += data

    def _size(self, data: bytes) -> bytes:
        line, end, rest = data.partition(b"\r\n")
        if not end:
            return self._wait(data)
        said = _SIZE.fullmatch(line)
        if said is None:
            raise Unreadable("its chunks are broken")
        size = int(said[1], 16)
        self._is_last = not size
        self._left = size + 2 if size else 0
        return rest

    def _within(self, data: bytes) -> bytes:
        if self._left > 2:
            piece = data[: self._left - 2]
            self.pieces.append(piece)
            self._left -= len(piece)
            return data[len(piece) :]
        if len(data) < 2:
            return self._wait(data)
        if data[:2] != b"\r\n":
            raise Unreadable("its chunks are broken")
        self._left = 0
        return data[2:]

    def _trailers(self, data: bytes) -> bytes:
        end = 2 if data.startswith(b"\r\n") else data.find(b"\r\n\r\n") + 4
        if end < 4 and not data.startswith(b"\r\n"):
            return self._wait(data)
        if not _TRAILERS.fullmatch(data[:end]):
            raise Unreadable("its chunks are broken")
        self.complete = True
        return data[end:]

    def _wait(self, data: bytes) -> bytes:
        """There is too little of it to go on."""
        if len(data) > LARGEST_HEAD:
            raise unusable("the reply's headers are too large")
        self._start = data
        return b""
