"""A transport over the standard library's http.client: a second blocking one, for the tests.

http.client writes the request into a buffer, the guard compares that very buffer, and the same
bytes go out. Connections, proxies and deadlines are done here, by plain sockets.
"""

from __future__ import annotations

import http.client
import io
import socket
import ssl
import threading
from collections import defaultdict
from itertools import chain
from typing import Any
from urllib.parse import urlsplit

from exchangekit.runtime.transports.deadlines import addresses
from exchangekit.runtime.transports.library import Head, Pace, Trouble, Wire

_PIECE = 65536


class ProxyRefused(OSError):
    pass


class Stdlib:
    """A `SyncLibrary`."""

    name = "stdlib"

    def __init__(self, proxy: str | None = None) -> None:
        self.proxy = urlsplit(proxy) if proxy else None
        self.tls = ssl.create_default_context()
        self._idle: dict[tuple[str, str], list[_Connection]] = defaultdict(list)
        self._lock = threading.Lock()

    def prepare(self, wanted: Wire, pace: Pace) -> _Trip:
        return _Trip(self, wanted, pace)

    def trouble(self, problem: Exception) -> Trouble | None:
        if isinstance(problem, ProxyRefused):
            return Trouble.PROXY
        if isinstance(problem, TimeoutError):
            return Trouble.TIMEOUT
        known = isinstance(problem, OSError | http.client.HTTPException)
        return Trouble.BROKEN if known else None

    def idle(self, place: tuple[str, str]) -> _Connection | None:
        with self._lock:
            while self._idle[place]:
                connection = self._idle[place].pop()
                if connection.is_quiet():
                    return connection
                connection.close()
        return None

    def keep(self, place: tuple[str, str], connection: _Connection) -> None:
        with self._lock:
            self._idle[place].append(connection)

    def close(self) -> None:
        with self._lock:
            for connection in chain.from_iterable(self._idle.values()):
                connection.close()
            self._idle.clear()

    def after_fork(self) -> None:
        self._lock = threading.Lock()
        self.close()


class _Buffer(http.client.HTTPConnection):
    """Holds what http.client would send."""

    def __init__(self) -> None:
        super().__init__("nowhere.invalid")
        self.bytes = b""

    def send(self, data: Any) -> None:
        self.bytes += data


class _Trip:
    """A `SyncTrip`."""

    def __init__(self, library: Stdlib, wanted: Wire, pace: Pace) -> None:
        self.sent = False
        self._library = library
        self._pace = pace
        self._method = wanted.method
        parts = urlsplit(wanted.url)
        self._place = (parts.scheme, parts.netloc)
        forwarded = library.proxy is not None and parts.scheme == "http"
        origin = f"{parts.scheme}://{parts.netloc}"
        self._before = "" if forwarded else origin
        target = wanted.url.removeprefix(self._before)
        buffer = _Buffer()
        buffer.putrequest(wanted.method, target, skip_host=True, skip_accept_encoding=True)
        for name, value in wanted.headers:
            buffer.putheader(name, value)
        if wanted.body:
            buffer.putheader("Content-Length", str(len(wanted.body)))
        buffer.endheaders(wanted.body or None)
        self._bytes = buffer.bytes
        self._connection: _Connection | None = None
        self._response: http.client.HTTPResponse | None = None

    @property
    def wire(self) -> Wire:
        head, _, body = self._bytes.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        method, _, rest = first.partition(" ")
        pairs = [line.partition(": ") for line in lines]
        headers = tuple((name, value) for name, _, value in pairs)
        return Wire(method, self._before + rest.removesuffix(" HTTP/1.1"), headers, body)

    def open(self) -> Head:
        self._connection = self._library.idle(self._place) or self._connected()
        self._connection.pace = self._pace
        if not self._connection.is_quiet():
            raise ConnectionError("bytes came before the request")
        self.sent = True
        self._connection.sendall(self._bytes)
        connection: Any = self._connection
        self._response = http.client.HTTPResponse(connection, method=self._method)
        self._response.begin()
        return Head(self._response.status, self._response.getheaders())

    def _connected(self) -> _Connection:
        scheme, netloc = self._place
        proxy = self._library.proxy
        to = proxy or urlsplit(f"{scheme}://{netloc}")
        port = to.port or (443 if to.scheme == "https" else 80)
        connection = _Connection(_socket(to.hostname or "", port, self._pace), self._pace)
        try:
            if scheme == "https":
                if proxy is not None:
                    connection.ask_for_tunnel(netloc if ":" in netloc else f"{netloc}:443")
                connection.encrypt(self._library.tls, urlsplit(f"//{netloc}").hostname or "")
        except BaseException:
            connection.close()
            raise
        return connection

    def read(self) -> bytes | None:
        assert self._response is not None
        piece = self._response.read1(_PIECE)
        if not piece and self._response.length:
            raise http.client.IncompleteRead(b"", self._response.length)
        return piece or None

    def end(self, *, keep: bool) -> None:
        if self._connection is None:
            return
        kept = keep and self._response is not None and not self._response.will_close
        if kept and self._connection.is_quiet():
            self._library.keep(self._place, self._connection)
        else:
            self._connection.close()
        if self._response is not None:
            self._response.close()


class _Connection:
    """A socket each of whose steps keeps to the pace of the request under way."""

    def __init__(self, plain: socket.socket, pace: Pace) -> None:
        self.socket = plain
        self.pace = pace
        self._reader = _Reader(_Incoming(self))

    def step(self) -> socket.socket:
        self.socket.settimeout(self.pace.step())
        return self.socket

    def sendall(self, data: bytes) -> None:
        self.step().sendall(data)

    def makefile(self, mode: str) -> io.BufferedReader:
        return self._reader

    def is_quiet(self) -> bool:
        """Whether nothing has come that nobody asked for, not even the end."""
        incoming = self._reader.raw
        incoming.waits = False
        try:
            return not self._reader.peek(1) and not incoming.ended
        except OSError:
            return False
        finally:
            incoming.waits = True

    def ask_for_tunnel(self, place: str) -> None:
        self.sendall(f"CONNECT {place} HTTP/1.1\r\nHost: {place}\r\n\r\n".encode())
        connection: Any = self
        answer = http.client.HTTPResponse(connection, method="CONNECT")
        answer.begin()
        if answer.status != 200:
            raise ProxyRefused(f"{answer.status} {answer.reason}")

    def encrypt(self, tls: ssl.SSLContext, host: str) -> None:
        self.socket = tls.wrap_socket(self.step(), server_hostname=host)

    def close(self) -> None:
        self.socket.close()


class _Incoming(io.RawIOBase):
    def __init__(self, connection: _Connection) -> None:
        self._connection = connection
        self.waits = True
        self.ended = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        connection = self._connection
        if self.waits:
            return connection.step().recv_into(buffer)
        connection.socket.settimeout(0)
        try:
            size = connection.socket.recv_into(buffer)
        except (BlockingIOError, ssl.SSLWantReadError):
            return None
        self.ended = not size
        return size


class _Reader(io.BufferedReader):
    """One for all replies of a connection: what was read beyond one is not thrown away with it."""

    raw: _Incoming

    def close(self) -> None:
        pass


def _socket(host: str, port: int, pace: Pace) -> socket.socket:
    problem: Exception = OSError("the name has no address")
    for address in addresses(host, port, pace.end):
        seconds = min(pace.connect, pace.step())
        try:
            return socket.create_connection((address, port), seconds)
        except OSError as failure:
            problem = failure
    raise problem
