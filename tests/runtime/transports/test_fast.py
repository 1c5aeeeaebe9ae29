"""The fast transport: what is its own, beside what every transport must do."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from importlib import import_module
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.on_wire import Anything, Line, is_async, line_of
from support.ports import free_ports
from support.toy import KEY
from support.wire_server import Visit, WireServer

from exchangekit import Timeouts, connect, connect_sync
from exchangekit.adapter import Origin, Outgoing
from exchangekit.errors import ConfigurationError
from exchangekit.runtime import transports
from exchangekit.runtime.effects import TransportFailure
from exchangekit.runtime.transports import dialing, open_async, open_sync
from exchangekit.runtime.transports.channel import Channel
from exchangekit.runtime.transports.library import MAX_CONNECTIONS, Wire
from exchangekit.runtime.transports.wire import rendered

FAST = ["fast sync", "fast async"]


@pytest.fixture(params=FAST)
def line(request: pytest.FixtureRequest) -> Iterator[Line]:
    with line_of(request.param) as made:
        yield made


def get(line: Line, target: str = "/x") -> Outgoing:
    return Outgoing(line.origin, "GET", target, (("X-Key", KEY),))


# Where it is used


@pytest.mark.usefixtures("toy_venue")
class TestWhichTransport:
    def names(self, **options: Any) -> set[str]:
        given: dict[str, Any] = {"env_file": None, "base_url": "http://127.0.0.1:9", **options}
        with connect_sync("toy", **given) as exchange:
            found = {exchange.transport}

        async def inside() -> None:
            async with connect("toy", **given) as exchange:
                found.add(exchange.transport)

        asyncio.run(inside())
        return found

    def test_it_is_taken_where_it_is_installed_unless_told_otherwise(self) -> None:
        assert self.names() == self.names(transport="fast") == {"fast"}
        assert self.names(transport="httpx") == {"httpx"}

    def test_a_proxy_is_left_to_httpx_and_the_name_says_so(self) -> None:
        for asked in ({}, {"transport": "fast"}):
            assert self.names(proxy=f"http://127.0.0.1:{free_ports()}", **asked) == {"httpx"}

    def test_without_its_extra_the_plain_one_is_taken(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(transports, "_has_httptools", lambda: False)
        assert self.names() == self.names(transport="plain") == {"plain"}
        for opened in (open_sync, open_async):
            with pytest.raises(ConfigurationError, match=r"pip install 'exchangekit\[fast\]'"):
                opened("fast", Timeouts())

    def test_windows_usual_loop_is_left_to_httpx(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "platform", "win32")
        assert open_async("auto", Timeouts()).name == "httpx"
        assert open_sync("auto", Timeouts()).name == "fast"


def test_a_loop_that_cannot_watch_sockets_is_told_before_anything_is_sent() -> None:
    class Blind(asyncio.SelectorEventLoop):
        add_reader = asyncio.AbstractEventLoop.add_reader  # type: ignore[assignment]

    with line_of("fast async") as line, asyncio.Runner(loop_factory=Blind) as runner:
        with pytest.raises(TransportFailure, match="transport='httpx' can") as caught:
            runner.run(line.transport.send(get(line), 5.0))
        assert (caught.value.sent, caught.value.unfit) == (False, True)
        assert line.server.connections == 0


def test_it_needs_no_httpx() -> None:
    program = (
        "import sys; sys.modules['httpx'] = sys.modules['httpcore'] = None\n"
        "from exchangekit.runtime.transports import open_async, open_sync, Timeouts\n"
        "print(*(opened(name, Timeouts()).name for opened in (open_sync, open_async)"
        " for name in ('fast', 'plain')))"
    )
    told = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True, timeout=60
    )
    assert told.stdout.split() == ["fast", "plain"] * 2


# What is sent


@pytest.mark.parametrize("odd", ['/x?a=["BTC"]', "/a/../b", "//x", "/x?" + "a" * 50_000, "/x?&&="])
def test_what_others_would_tidy_up_is_sent_as_it_is(line: Line, odd: str) -> None:
    line.get(odd)
    assert line.server.targets == [odd]


def test_a_request_larger_than_a_socket_takes_at_once_is_sent_whole(line: Line) -> None:
    body = bytes(range(256)) * 40_000
    line.send(Outgoing(line.origin, "POST", "/post", (), body))
    assert line.server.bodies == [body]


_TOKEN = st.from_regex(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+", fullmatch=True)
_VALUE = st.from_regex(r"([!-~]([ -~]*[!-~])?)?", fullmatch=True)


@given(
    method=st.sampled_from(["GET", "POST", "PUT", "DELETE"]),
    target=st.from_regex(r"/[!-\"$-~]*", fullmatch=True),
    headers=st.lists(st.tuples(_TOKEN, _VALUE), max_size=5),
    body=st.binary(max_size=50),
)
def test_the_bytes_say_what_was_wanted_and_no_more(
    method: str, target: str, headers: list[tuple[str, str]], body: bytes
) -> None:
    wire = Wire(method, f"https://toy.invalid{target}", tuple(headers), body)
    head, _, rest = rendered(wire).partition(b"\r\n\r\n")
    first, *lines = head.decode("ascii").split("\r\n")
    assert first == f"{method} {target} HTTP/1.1"
    assert rest == body
    sized = [f"Content-Length: {len(body)}"] if body or method != "GET" else []
    assert lines == [f"{name}: {value}" for name, value in headers] + sized


# Sent or not


def test_a_socket_that_refuses_the_first_byte_has_sent_nothing(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    line.get("/x")

    def broken(self: Channel, data: bytes) -> bool:
        raise BrokenPipeError("Broken pipe")

    monkeypatch.setattr(Channel, "send", broken)
    problem = line.refused(get(line, "/order"))
    assert (problem.sent, str(problem)) == (False, "no connection (Broken pipe)")
    assert line.server.targets == ["/x"]


def test_a_socket_that_breaks_after_the_first_byte_may_have_sent_all(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    def half(self: Channel, data: bytes) -> bool:
        self.plain.send(data[:10])
        return False

    def broken(self: Channel) -> bool:
        raise BrokenPipeError("Broken pipe")

    monkeypatch.setattr(Channel, "send", half)
    monkeypatch.setattr(Channel, "flush", broken)
    problem = line.refused(get(line, "/order"))
    assert (problem.sent, str(problem)) == (True, "the connection broke (Broken pipe)")


def test_a_reset_while_a_connection_rests_loses_no_request(line: Line) -> None:
    def reset(visit: Visit) -> None:
        visit.answer(b"{}")
        linger = b"\x01\x00\x00\x00\x00\x00\x00\x00"
        visit.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)  # type: ignore[union-attr]

    line.server.trouble["/last"] = reset
    line.get("/last")
    assert line.server.closed_one.wait(30)
    for _ in range(3):
        line.get("/x")
    assert line.server.connections == 2


# Connections


def all_at_once(line: Line, targets: list[str], timeout: float) -> list[Any]:
    """What each request comes to, all of them begun together."""
    out = [get(line, target) for target in targets]
    if is_async(line.kind):

        async def inside() -> list[Any]:
            sending = (line.transport.send(one, timeout) for one in out)
            return await asyncio.gather(*sending, return_exceptions=True)

        found: list[Any] = line.finish(inside())
        return found
    told: list[Any] = [None] * len(out)

    def work(at: int) -> None:
        try:
            told[at] = line.transport.send(out[at], timeout)
        except TransportFailure as problem:
            told[at] = problem

    threads = [threading.Thread(target=work, args=(at,)) for at in range(len(out))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return told


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> int:
    """No more than three connections."""
    for name in ("fast_pool", "fast_sync"):
        module = import_module(f"exchangekit.runtime.transports.{name}")
        monkeypatch.setattr(module, "MAX_CONNECTIONS", 3)
    return 3


@pytest.mark.parametrize("kind", FAST)
def test_there_are_never_more_connections_than_so_many(kind: str, few: int) -> None:
    assert MAX_CONNECTIONS == 100
    with line_of(kind) as line:
        told = all_at_once(line, [f"/{number}" for number in range(40)], 30.0)
        assert [reply.status for reply in told] == [200] * 40
        assert len(line.server.targets) == 40
        assert line.server.connections <= few


@pytest.mark.parametrize("kind", FAST)
def test_who_gets_no_connection_in_time_has_sent_nothing(kind: str, few: int) -> None:
    go_on = threading.Event()

    def slow(visit: Visit) -> None:
        go_on.wait(30)
        visit.answer(b"{}")
        visit.goes_on = True

    with WireServer(Anything(), {"/slow": slow}) as server:
        line = Line(kind, server, Timeouts(connect=0.4, read=20, attempt=20, total=20))
        threading.Timer(1.5, go_on.set).start()
        told = all_at_once(line, ["/slow"] * (few + 2), 20.0)
        refused = [one for one in told if isinstance(one, TransportFailure)]
        assert len(refused) == 2
        assert {(one.sent, one.timeout) for one in refused} == {(False, False)}
        assert "no free connection in time" in str(refused[0])
        assert server.asked("/slow") == few
        # Those that are free again serve the next.
        assert line.get("/x").status == 200
        assert server.connections == few
        line.close()


@pytest.mark.parametrize("kind", FAST)
def test_an_idle_connection_makes_room_for_one_to_elsewhere(kind: str, few: int) -> None:
    together = threading.Barrier(few)

    def at_once(visit: Visit) -> None:
        together.wait(30)
        visit.answer(b"{}")
        visit.goes_on = True

    with WireServer(Anything(), {"/x": at_once}) as one, WireServer(Anything()) as other:
        line = Line(kind, one)
        all_at_once(line, ["/x"] * few, 30.0)
        for number in range(4):
            line.send(Outgoing(Origin(other.url), "GET", f"/{number}", ()))
        assert one.closed_one.wait(30)
        assert len(other.targets) == 4
        assert other.connections == 1
        line.close()


def test_the_connection_used_last_is_used_next(line: Line) -> None:
    together = threading.Barrier(2)

    def both(visit: Visit) -> None:
        together.wait(30)
        visit.answer(b"{}")
        visit.goes_on = True

    seen: list[int] = []

    def whose(visit: Visit) -> None:
        seen.append(visit.connection.fileno())  # type: ignore[union-attr]
        visit.answer(b"{}")
        visit.goes_on = True

    line.server.trouble |= {"/both": both, "/whose": whose}
    all_at_once(line, ["/both"] * 2, 30.0)
    for _ in range(4):
        line.get("/whose")
    assert len(set(seen)) == 1
    assert line.server.connections == 2


def test_a_canceled_request_closes_its_connection_and_no_other() -> None:
    asked = threading.Event()

    def silent(visit: Visit) -> None:
        asked.set()
        visit.wait(30)

    with line_of("fast async", WireServer(Anything(), {"/slow": silent})) as line:

        async def inside() -> None:
            await line.transport.send(get(line), 30.0)
            sending = asyncio.create_task(line.transport.send(get(line, "/slow"), 30.0))
            await asyncio.to_thread(asked.wait, 30)
            sending.cancel()
            with pytest.raises(asyncio.CancelledError):
                await sending
            own = line.transport._library.own()
            assert (own._count, own._open, own._idle) == (0, set(), {k: [] for k in own._idle})
            assert (await line.transport.send(get(line), 30.0)).status == 200

        line.finish(inside())
        assert line.server.connections == 2


def test_who_is_canceled_while_waiting_for_a_connection_takes_none(few: int) -> None:
    go_on = threading.Event()

    def slow(visit: Visit) -> None:
        go_on.wait(30)
        visit.answer(b"{}")
        visit.goes_on = True

    with line_of("fast async", WireServer(Anything(), {"/slow": slow})) as line:

        def all_asked() -> None:
            while line.server.asked("/slow") < few:
                time.sleep(0.01)

        async def inside() -> None:
            slow_ones = [
                asyncio.create_task(line.transport.send(get(line, "/slow"), 30.0))
                for _ in range(few + 4)
            ]
            await asyncio.to_thread(all_asked)
            for one in slow_ones[few : few + 3]:
                one.cancel()
            go_on.set()
            told = await asyncio.gather(*slow_ones, return_exceptions=True)
            assert sum(isinstance(one, asyncio.CancelledError) for one in told) == 3
            for _ in range(2 * few):
                await line.transport.send(get(line), 30.0)
            own = line.transport._library.own()
            assert own._count == len(own._open) <= few

        line.finish(inside())
        assert line.server.connections == few


def test_a_connection_that_comes_too_late_for_one_is_passed_on_to_the_next(few: int) -> None:
    go_on = {"/one": threading.Event(), "/others": threading.Event()}

    def slow(visit: Visit) -> None:
        path = visit.server.targets[-1]
        go_on[path].wait(30)
        visit.answer(b"{}")
        visit.goes_on = True

    with line_of("fast async", WireServer(Anything(), dict.fromkeys(go_on, slow))) as line:

        def asked(path: str, times: int) -> None:
            while line.server.asked(path) < times:
                time.sleep(0.01)

        async def inside() -> None:
            send = line.transport.send
            own = line.transport._library.own()
            busy = []
            for path, times in (("/one", 1), ("/others", few - 1)):
                for nth in range(times):
                    busy.append(asyncio.create_task(send(get(line, path), 30.0)))
                    await asyncio.to_thread(asked, path, nth + 1)
            first, next_one = (asyncio.create_task(send(get(line), 30.0)) for _ in range(2))
            await asyncio.sleep(0.05)
            keeps = own.keep

            def keep(talk: Any) -> None:
                # It is handed over, and in the same turn nobody wants it any more.
                own.keep = keeps
                keeps(talk)
                first.cancel()

            own.keep = keep
            go_on["/one"].set()
            assert (await asyncio.wait_for(next_one, 20)).status == 200
            assert first.cancelled()
            go_on["/others"].set()
            await asyncio.gather(*busy)
            assert own._count == len(own._open) == few

        line.finish(inside())


@pytest.mark.parametrize("kind", FAST)
def test_closing_ends_a_request_that_is_under_way(kind: str) -> None:
    asked = threading.Event()

    def silent(visit: Visit) -> None:
        asked.set()
        visit.wait(30)

    with line_of(kind, WireServer(Anything(), {"/slow": silent})) as line:
        if is_async(kind):

            async def inside() -> Any:
                sending = asyncio.create_task(line.transport.send(get(line, "/slow"), 30.0))
                await asyncio.to_thread(asked.wait, 30)
                await line.transport.aclose()
                return await asyncio.gather(sending, return_exceptions=True)

            (told,) = line.finish(inside())
        else:

            def closes() -> None:
                asked.wait(30)
                line.transport.close()

            threading.Thread(target=closes).start()
            told = line.refused(get(line, "/slow"))
        assert isinstance(told, TransportFailure)
        assert told.sent
        assert not line.server.outlasted


# Addresses


@pytest.mark.parametrize("kind", FAST)
def test_an_address_that_leads_nowhere_costs_a_moment(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with WireServer(Anything()) as server:
        dead = 1
        rows = [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))
            for port in (dead, server.port)
        ]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *given, **more: rows)
        connect_to: Callable[..., Any] = socket.socket.connect
        ends = socket.socketpair()
        ends[0].setblocking(False)
        with suppress(BlockingIOError):
            while True:
                ends[0].send(bytes(65536))

        def nowhere(self: socket.socket, place: Any) -> Any:
            if place[1] == dead:
                # One that is never ready, as where nobody answers.
                os.dup2(ends[0].fileno(), self.fileno())
                raise BlockingIOError
            return connect_to(self, place)

        monkeypatch.setattr(socket.socket, "connect", nowhere)
        line = Line(kind, server)
        line.origin = Origin("http://venue.invalid")
        began = time.monotonic()
        assert line.get("/x").status == 200
        assert time.monotonic() - began < 10
        assert b"Host: venue.invalid" in server.heads[0]
        line.close()
        for end in ends:
            end.close()


def test_the_failure_of_the_last_address_is_told_and_no_socket_is_left_open() -> None:
    with pytest.raises(ConnectionRefusedError):
        dialing.dialed("127.0.0.1", free_ports(), time.monotonic() + 10)
