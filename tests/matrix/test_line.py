"""The line in memory breaks as sockets do: what a transport makes of it is the same."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from matrix.cases import MODES, venues
from matrix.line import URL, Strike
from matrix.network import memory
from matrix.playing import stage_of
from matrix.wire import Event, Piece, Wire
from support.on_wire import PATIENT, Anything, Line
from support.wire_server import WireServer

from exchangekit.adapter import Origin, Outgoing, Reply
from exchangekit.runtime.effects import TransportFailure
from exchangekit.runtime.transports.guard import AsyncGuard, SyncGuard

TRANSPORTS = ("fast", "plain", "httpx")
REPLY = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n1234"
BREAKS: dict[str, list[Piece]] = {
    "whole": [REPLY],
    "whole, closed": [REPLY, Event.END],
    "closed at once": [Event.END],
    "reset at once": [Event.RESET],
    "closed in the head": [REPLY[:20], Event.END],
    "closed after the head": [REPLY[:-4], Event.END],
    "closed in the body": [REPLY[:-2], Event.END],
    "reset in the body": [REPLY[:-2], Event.RESET],
    "surplus": [REPLY + REPLY],
    "not http": [b"SSH-2.0-OpenSSH_9.6\r\n", Event.END],
}


@contextmanager
def listening(pieces: list[Piece]) -> Iterator[str]:
    """The address of a server that answers one request with `pieces`."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:

        def serve() -> None:
            taken, _ = listener.accept()
            with taken:
                while not taken.recv(65536).endswith(b"\r\n\r\n"):
                    pass
                for piece in pieces:
                    if isinstance(piece, bytes):
                        taken.sendall(piece)
                    elif piece is Event.RESET:
                        taken.setsockopt(
                            socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
                        )
                        return
                if Event.END not in pieces:
                    taken.recv(1)  # until the client leaves

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def told(send: Any) -> tuple[Any, ...]:
    """What a transport says: the reply, or what kind of failure."""
    try:
        reply = send()
    except TransportFailure as failure:
        return failure.sent, failure.timeout, failure.reply
    assert isinstance(reply, Reply)
    return reply.status, reply.body


def over_sockets(transport: str, mode: str, url: str) -> tuple[Any, ...]:
    line = Line(f"{transport} {mode}", cast("Any", SimpleNamespace(url=url)), PATIENT)
    with closing(line):
        return told(lambda: line.get("/time"))


def in_memory(transport: str, mode: str, folder: Path, wire: Wire) -> tuple[Any, ...]:
    with stage_of(venues()[0], mode, folder) as stage:
        stage.line.strikes = [Strike(wire, "*")]
        outgoing = Outgoing(Origin(URL), "GET", "/time", ())
        library = memory(stage.line, mode, transport)
        if stage.runner is None:
            sync = SyncGuard(library, PATIENT)
            return told(lambda: sync.send(outgoing, 30.0))
        guard, run = AsyncGuard(library, PATIENT), stage.runner.run
        return told(lambda: run(guard.send(outgoing, 30.0)))


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", BREAKS)
def test_a_connection_in_memory_breaks_as_a_socket_does(
    transport: str, mode: str, name: str, folder: Path
) -> None:
    pieces = BREAKS[name]
    with listening(pieces) as url:
        real = over_sockets(transport, mode, url)
    wire = Wire(lambda reply, replies: list(pieces))
    assert in_memory(transport, mode, folder, wire) == real
    assert real == (
        (200, b"1234") if name.startswith(("whole", "surplus")) else (True, False, False)
    )


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("why", ["refused", "dns", "tls"])
def test_no_connection_in_memory_is_none_as_with_sockets(
    transport: str, mode: str, why: Any, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with WireServer(Anything(), tls=True) as server:
        url = server.url
        if why == "refused":
            with closing(socket.create_server(("127.0.0.1", 0))) as gone:
                url = f"http://127.0.0.1:{gone.getsockname()[1]}"
        if why == "dns":
            url = "http://venue.test"
            monkeypatch.setattr(socket, "getaddrinfo", _no_such_host)
        real = over_sockets(transport, mode, url)
    wire = Wire(lambda reply, replies: [], connects=why)
    assert in_memory(transport, mode, folder, wire) == real
    assert real == (False, False, False)


def _no_such_host(*given: Any, **more: Any) -> Any:
    raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
