"""A server of raw bytes: the toy venue on a real socket, able to misbehave at the byte.

`WireServer(script, trouble={"/order": wire_server.drop})` answers as the script says, except for
the paths in `trouble`, which are left to a function that is handed the open connection after the
whole request was read. `targets` are the request targets exactly as they came over the wire. With
``tls=True`` it speaks TLS with the certificate in loopback.pem, which nobody trusts by himself.
"""

from __future__ import annotations

import contextlib
import gzip
import socket
import ssl
import threading
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from exchangekit.adapter import Origin, Outgoing, Reply
from support.toy import Script


class Visit:
    """One request and the connection that it came over."""

    def __init__(self, connection: socket.socket | _Tls, server: WireServer) -> None:
        self.connection = connection
        self.server = server
        self.goes_on = False
        """Whether the connection is kept when the trouble is over."""

    def say(self, *pieces: bytes) -> None:
        """All of it in one segment; under TLS each piece is a record of its own."""
        if isinstance(self.connection, _Tls):
            self.connection.sendall(*pieces)
        else:
            self.connection.sendall(b"".join(pieces))

    def answer(
        self, body: bytes, *, status: str = "200 OK", length: int = -1, more: str = ""
    ) -> None:
        size = len(body) if length < 0 else length
        head = f"HTTP/1.1 {status}\r\nContent-Length: {size}\r\n{more}\r\n"
        self.say(head.encode() + body)

    def wait(self, seconds: float) -> bool:
        """Wait unless the server is being closed; whether to go on."""
        return not self.server.closing.wait(seconds)


Trouble = Callable[[Visit], None]


CERTIFICATE = Path(__file__).with_name("loopback.pem")


class _Tls:
    """TLS whose records leave together."""

    def __init__(self, plain: socket.socket) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATE)
        self._plain = plain
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_side=True)
        self._do(self._tls.do_handshake)

    def recv(self, size: int) -> bytes:
        try:
            read: bytes = self._do(lambda: self._tls.read(size))
        except ssl.SSLError:
            return b""
        return read

    def sendall(self, *pieces: bytes) -> None:
        for piece in pieces:
            self._tls.write(piece)
        self._plain.sendall(self._outgoing.read())

    def _do(self, step: Callable[[], Any]) -> Any:
        while True:
            try:
                return step()
            except ssl.SSLWantReadError:
                self._plain.sendall(self._outgoing.read())
                data = self._plain.recv(65536)
                self._incoming.write(data) if data else self._incoming.write_eof()
            finally:
                self._plain.sendall(self._outgoing.read())


class WireServer:
    """On a free port of loopback; use it in ``with``. It says `greeting` before it is asked."""

    def __init__(
        self,
        script: Script | None = None,
        trouble: dict[str, Trouble] | None = None,
        *,
        tls: bool = False,
        greeting: bytes = b"",
    ) -> None:
        self.tls = tls
        self.greeting = greeting
        self.script = script or Script()
        self.trouble = trouble or {}
        self.targets: list[str] = []
        self.heads: list[bytes] = []
        self.bodies: list[bytes] = []
        self.connections = 0
        self.outlasted = False
        """Whether a trouble waited for its client to give up, and gave up first."""
        self.closing = threading.Event()
        self.closed_one = threading.Event()
        """Set once the server has closed a connection."""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: set[socket.socket] = set()
        self._threads = [threading.Thread(target=self._listen, daemon=True)]

    @property
    def port(self) -> int:
        port: int = self._port
        return port

    @property
    def url(self) -> str:
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._port = self._listener.getsockname()[1]
        self._threads[0].start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop listening and break all connections."""
        self.closing.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in tuple(self._open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(5)

    def asked(self, path: str) -> int:
        """How often `path` was asked for."""
        return sum(target.partition("?")[0] == path for target in self.targets)

    def _listen(self) -> None:
        while not self.closing.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._open.add(connection)
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            with contextlib.suppress(OSError), connection:
                spoken = _Tls(connection) if self.tls else connection
                spoken.sendall(self.greeting)
                while self._one(spoken):
                    pass
        finally:
            self._open.discard(connection)
            self.closed_one.set()

    def _one(self, connection: socket.socket | _Tls) -> bool:
        data = b""
        while b"\r\n\r\n" not in data:
            piece = connection.recv(65536)
            if not piece:
                return False
            data += piece
            if not data[:1].isalpha():
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
                return False
        head, _, body = data.partition(b"\r\n\r\n")
        method, _, rest = head.partition(b" ")
        target = rest.partition(b" ")[0].decode("latin-1")
        lines = (line.partition(b":") for line in head.split(b"\r\n")[1:])
        fields = {name.strip().lower(): value.strip() for name, _, value in lines}
        while len(body) < int(fields.get(b"content-length", b"0")):
            body += connection.recv(65536)
        self.heads.append(head)
        self.bodies.append(body)
        self.targets.append(target)
        path = target.partition("?")[0]
        visit = Visit(connection, self)
        trouble = self.trouble.get(path)
        if trouble is not None:
            trouble(visit)
            return visit.goes_on
        reply: Reply = self.script.answer(
            Outgoing(Origin("http://here.invalid"), method.decode(), target, (), body)
        )
        more = "".join(f"{name}: {value}\r\n" for name, value in reply.headers.items())
        visit.answer(reply.body, status=f"{reply.status} x", more=more)
        return True


# Troubles


def drop(visit: Visit) -> None:
    """The connection breaks after the request was read."""


PATIENCE = 30.0
"""Seconds after which a trouble gives up waiting for a client to give up: the client hangs."""


def silence(visit: Visit) -> None:
    if visit.wait(PATIENCE):
        visit.server.outlasted = True


def drip_body(visit: Visit) -> None:
    visit.answer(b"", length=10_000)
    _drip(visit, b" ")


def drip_head(visit: Visit) -> None:
    visit.say(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    _drip(visit, b"z")


def _drip(visit: Visit, drop: bytes) -> None:
    for _ in range(int(PATIENCE / 0.03)):
        if not visit.wait(0.03):
            return
        visit.say(drop)
    visit.server.outlasted = True


def html(visit: Visit) -> None:
    visit.answer(b"<!DOCTYPE html><html><body><h1>Just a moment...</h1></body></html>")


def truncated(visit: Visit) -> None:
    visit.answer(b'{"last": "1', length=1000)


def empty(visit: Visit) -> None:
    visit.answer(b"")


def not_utf8(visit: Visit) -> None:
    visit.answer(b'{"last": "\xff\xfe", "id": "\xff"}')


def fifty_megabytes(visit: Visit) -> None:
    visit.answer(b"", length=50_000_000)
    for _ in range(50):
        visit.say(b" " * 1_000_000)


def zipped_zeros(visit: Visit) -> None:
    visit.answer(_forty_megabytes_in_few(), more="Content-Encoding: gzip\r\n")


@cache
def _forty_megabytes_in_few() -> bytes:
    return gzip.compress(bytes(40_000_000), 1)


def broken_zip(visit: Visit) -> None:
    visit.answer(b"this is not gzip", more="Content-Encoding: gzip\r\n")


def nested(visit: Visit) -> None:
    visit.answer(b'{"a":' * 100_000 + b"1" + b"}" * 100_000)


def redirect(visit: Visit) -> None:
    visit.answer(b"", status="302 Found", more="Location: /elsewhere\r\n")


def not_http(visit: Visit) -> None:
    visit.say(b"SSH-2.0-OpenSSH_9.6\r\n")
