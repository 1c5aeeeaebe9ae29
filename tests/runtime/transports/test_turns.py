"""Nothing that was not asked for is taken for an answer: a connection on which a reply is not the
only thing that comes after its request is not used again."""

from __future__ import annotations

import json
import select
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from support.on_wire import KINDS, Echo, Line, each_kind, line_of
from support.wire_server import CERTIFICATE, Visit, WireServer

from exchangekit.adapter import Outgoing
from exchangekit.runtime.transports.tls import shared_tls

FIRST = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"

SURPLUS = {
    "the reply twice": (FIRST, FIRST),
    "the reply twice, in chunks": (CHUNKED, CHUNKED),
    "half another reply": (FIRST, FIRST[:20]),
    "a byte after the body": (FIRST, b"!"),
    "the end of a line after the body": (FIRST, b"\r\n"),
    "a byte after the chunks": (CHUNKED, b"!"),
}


@pytest.fixture(params=["http", "https"])
def tls(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[bool]:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    shared_tls.cache_clear()
    yield request.param == "https"
    shared_tls.cache_clear()


@pytest.fixture(params=KINDS)
def line(request: pytest.FixtureRequest, tls: bool) -> Iterator[Line]:
    with line_of(request.param, WireServer(Echo(), tls=tls)) as made:
        yield made


@pytest.fixture
def connected(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The connections that clients open, as they open them."""
    connect: Callable[..., Any] = socket.socket.connect
    made: list[int] = []

    def noted(self: socket.socket, address: Any) -> Any:
        made.append(self.fileno())
        return connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", noted)
    return made


def has_arrived(connection: int) -> bool:
    return bool(select.select([connection], [], [], 30)[0])


def each_is_answered(line: Line) -> None:
    for number in (2, 3, 4):
        target = f"/order?{number}"
        assert json.loads(line.get(target).body) == {"asked": target}


@pytest.mark.parametrize("said", SURPLUS.values(), ids=list(SURPLUS))
def test_what_comes_along_with_a_reply_is_taken_for_no_other(
    line: Line, said: tuple[bytes, ...]
) -> None:
    def surplus(visit: Visit) -> None:
        visit.say(*said)
        visit.goes_on = True

    line.server.trouble["/first"] = surplus
    assert line.get("/first").body == b"{}"
    each_is_answered(line)
    assert line.server.connections == 2


@pytest.mark.parametrize("late", [FIRST, CHUNKED, b"!"], ids=["a reply", "chunks", "a byte"])
def test_what_comes_between_a_reply_and_the_next_request_is_taken_for_no_answer(
    line: Line, late: bytes, connected: list[int]
) -> None:
    read = threading.Event()

    def twice(visit: Visit) -> None:
        visit.say(FIRST)
        assert read.wait(30)
        visit.say(late)
        visit.goes_on = True

    line.server.trouble["/first"] = twice
    assert line.get("/first").body == b"{}"
    read.set()
    assert has_arrived(connected[0])
    each_is_answered(line)
    assert line.server.connections == 2


@each_kind
def test_bytes_before_the_first_request_stop_it_before_it_is_sent(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with line_of(kind, WireServer(Echo(), greeting=FIRST)) as line:
        _greeted_first(monkeypatch)
        problem = line.refused(Outgoing(line.origin, "POST", "/order", ()))
        # aiohttp tells of the request before it looks at its connection.
        assert problem.sent is (kind == "aiohttp async")
    assert line.server.targets == []


def _greeted_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever connects goes on when the server has said its greeting."""
    connect: Callable[..., Any] = socket.socket.connect

    def slowly(self: socket.socket, address: Any) -> Any:
        try:
            return connect(self, address)
        finally:
            assert has_arrived(self.fileno())

    monkeypatch.setattr(socket.socket, "connect", slowly)


@pytest.mark.parametrize("said", [(FIRST,), (CHUNKED,), (CONTINUE, FIRST), (CONTINUE, CHUNKED)])
def test_a_reply_and_nothing_else_leaves_the_connection_open(
    line: Line, said: tuple[bytes, ...]
) -> None:
    def one(visit: Visit) -> None:
        visit.say(*said)
        visit.goes_on = True

    line.server.trouble["/first"] = one
    assert line.get("/first").body == b"{}"
    each_is_answered(line)
    assert line.server.connections == 1
