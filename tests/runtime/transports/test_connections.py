"""Connections: kept for the next request, never mixed between addresses."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable

import pytest
from support.on_wire import OURS, Anything, Line, each_kind, is_async, make
from support.toy import Script, reply
from support.wire_server import WireServer

from exchangekit.adapter import Origin, Outgoing, Reply
from exchangekit.runtime.transports.library import KEPT_SECONDS


def test_a_connection_is_kept_for_the_next_request(line: Line) -> None:
    for _ in range(3):
        line.get("/x")
    assert line.server.connections == 1


@pytest.fixture
def wait(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Lets time pass for everybody in this process, at once."""
    passed = 0.0
    real = time.monotonic

    def wait(seconds: float) -> None:
        nonlocal passed
        passed += seconds

    monkeypatch.setattr(time, "monotonic", lambda: real() + passed)
    return wait


def test_a_connection_that_was_idle_for_forty_seconds_is_used_again(
    line: Line, wait: Callable[[float], None]
) -> None:
    for _ in range(3):
        line.get("/x")
        wait(40)
    assert line.server.connections == 1


@pytest.mark.parametrize("line", OURS, indirect=True)
def test_a_connection_is_closed_before_load_balancers_close_theirs(
    line: Line, wait: Callable[[float], None]
) -> None:
    assert KEPT_SECONDS < 60
    line.get("/x")
    wait(KEPT_SECONDS + 1)
    line.get("/x")
    assert line.server.connections == 2


def test_a_connection_that_the_venue_closed_meanwhile_is_not_used(line: Line) -> None:
    line.server.trouble["/last"] = lambda visit: visit.answer(b"{}")
    line.get("/last")
    assert line.server.closed_one.wait(30)
    if is_async(line.kind):
        # The loop hears of it in its next turns.
        line.finish(_some_turns())
    line.get("/x")
    assert line.server.connections == 2


@pytest.mark.parametrize("line", [*OURS, "stdlib sync"], indirect=True)
@pytest.mark.parametrize("coding", ["br", "gzip"])
def test_a_connection_whose_reply_could_not_be_used_is_not_used_again(
    line: Line, coding: str
) -> None:
    # aiohttp takes a connection back by itself as soon as a reply is whole.
    line.server.script = Script(
        standing={"/x": Reply(200, {"Content-Encoding": coding}, b"\x1f"), "/y": reply({})}
    )
    assert line.refused(Outgoing(line.origin, "GET", "/x", ())).reply
    line.get("/y")
    assert line.server.connections == 2


async def _some_turns() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


@each_kind
def test_one_transport_serves_two_venues_and_mixes_nothing(kind: str) -> None:
    asked = [f"/{number}" for number in range(10)]
    with WireServer(Anything()) as one, WireServer(Anything()) as other:
        line = Line(kind, one)
        try:
            for target in asked:
                for server, name in ((one, "one"), (other, "other")):
                    headers = (("X-Key", f"of {name}"),)
                    line.send(Outgoing(Origin(server.url), "GET", target, headers))
        finally:
            line.close()
        for server, name in ((one, "one"), (other, "other")):
            assert server.targets == asked
            assert server.connections == 1
            for head in server.heads:
                assert f"Host: 127.0.0.1:{server.port}\r\n".encode() in head
                assert f"X-Key: of {name}".encode() in head


@each_kind
def test_requests_to_two_venues_at_once_mix_nothing(kind: str) -> None:
    with WireServer(Anything()) as one, WireServer(Anything()) as other:
        transport = make(kind)
        out = [
            Outgoing(Origin(server.url), "GET", f"/{server.port}/{number}", ())
            for number in range(10)
            for server in (one, other)
        ]

        async def inside() -> None:
            await asyncio.gather(*(transport.send(one, 30.0) for one in out))
            await transport.aclose()

        def by_threads() -> None:
            threads = [threading.Thread(target=transport.send, args=(one, 30.0)) for one in out]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(60)
            transport.close()

        asyncio.run(inside()) if is_async(kind) else by_threads()
        for server in (one, other):
            assert sorted(server.targets) == [f"/{server.port}/{number}" for number in range(10)]
            host = f"Host: 127.0.0.1:{server.port}\r\n".encode()
            assert all(host in head for head in server.heads)
