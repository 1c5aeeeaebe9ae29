"""A reply's headers and body within bounds: nothing is unpacked beyond them.

12 kB that were compressed twice can hold 6 GB. So the kit inflates by itself, one layer, with a
limit on what comes out rather than on what went in.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from typing import Any

from exchangekit.runtime.effects import TransportFailure

MAX_REPLY_BYTES = 32 * 1024 * 1024
# Venues send about twenty headers in two kB.
_MAX_HEADERS = 200
_MAX_HEADER_CHARACTERS = 64 * 1024

_GZIP = 16 + zlib.MAX_WBITS
_ZLIB = zlib.MAX_WBITS
_BARE = -zlib.MAX_WBITS


def unusable(words: str) -> TransportFailure:
    """A reply came, and cannot be used."""
    return TransportFailure(words, sent=True, reply=True)


class Bounded(dict[str, str]):
    """Headers that are within bounds. Names are in lower case; the values of one that is repeated
    are joined by commas."""


def bound(count: int, size: int) -> None:
    """Raises TransportFailure for more headers than any venue sends."""
    if count > _MAX_HEADERS or size > _MAX_HEADER_CHARACTERS:
        raise unusable(f"the reply's headers are too large ({count} headers, {size} bytes)")


def bounded_headers(pairs: Sequence[tuple[str, str]]) -> Bounded:
    """Those that a library tells, within bounds."""
    bound(len(pairs), sum(len(name) + len(value) for name, value in pairs))
    headers = Bounded()
    for name, value in pairs:
        name = name.lower()
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def unpacked(headers: Mapping[str, str], piece: bytes) -> bytes:
    """A body that came in one piece. Raises TransportFailure as `Body`."""
    if "content-encoding" not in headers and len(piece) <= MAX_REPLY_BYTES:
        return piece
    body = Body(headers)
    body.add(piece)
    return body.end()


class Body:
    """A body that comes in pieces. Raises TransportFailure at the first that is too much."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        self._left = MAX_REPLY_BYTES
        self._pieces: list[bytes] = []
        self._start = b""
        self._coding = headers.get("content-encoding", "").strip().lower()
        self._inflater: Any = None
        if self._coding not in ("", "identity", "gzip", "x-gzip", "deflate"):
            raise unusable("the reply is compressed in a way that was not asked for")
        size = headers.get("content-length", "")
        if size.isdecimal() and len(size) < 20 and int(size) > self._left:
            raise _too_large()

    def add(self, piece: bytes) -> None:
        if self._coding in ("", "identity"):
            self._keep(piece)
        elif self._inflater is not None:
            self._inflate(piece)
        else:
            self._start += piece
            if len(self._start) >= 2:
                self._inflater = zlib.decompressobj(self._window())
                self._inflate(self._start)

    def end(self) -> bytes:
        """The whole body."""
        ended = self._inflater.eof if self._inflater is not None else not self._start
        if not ended:
            raise _broken("it ends too early")
        return b"".join(self._pieces)

    def _window(self) -> int:
        if self._coding != "deflate":
            return _GZIP
        # "deflate" means zlib; some servers leave zlib's two bytes out.
        method, check = self._start[:2]
        zlibs = method & 0x0F == zlib.DEFLATED and (method * 256 + check) % 31 == 0
        return _ZLIB if zlibs else _BARE

    def _inflate(self, piece: bytes) -> None:
        try:
            # Never 0, which would mean without a limit.
            self._keep(self._inflater.decompress(piece, self._left + 1))
        except zlib.error as problem:
            raise _broken(str(problem)) from problem
        if self._inflater.unused_data:
            raise _broken("it goes on after its end")

    def _keep(self, piece: bytes) -> None:
        self._left -= len(piece)
        if self._left < 0:
            raise _too_large()
        self._pieces.append(piece)


def _too_large() -> TransportFailure:
    return unusable(f"the reply is larger than {MAX_REPLY_BYTES // 2**20} MB")


def _broken(why: str) -> TransportFailure:
    return unusable(f"the reply's compression is broken ({why})")
