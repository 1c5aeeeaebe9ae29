"""After a fork: a child has connections, locks and waits of its own, and the parent keeps his."""

from __future__ import annotations

import asyncio
import json
import os
import select
import signal
import threading
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from support.on_wire import Echo, Line, is_async, line_of
from support.wire_server import CERTIFICATE, Visit, WireServer

from exchangekit.adapter import Cost, LimitScope, Outgoing
from exchangekit.runtime.clock import VenueClock
from exchangekit.runtime.drivers import AsyncDriver, SyncDriver
from exchangekit.runtime.effects import Flow, Shared, Sleep
from exchangekit.runtime.limits import (
    Kind,
    Limiter,
    ScopeLimits,
    forget_shared_limits,
    shared_limits,
)
from exchangekit.runtime.processes import of_one_process
from exchangekit.runtime.transports.tls import shared_tls

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")

OURS = ["httpx sync", "httpx async", "fast sync", "fast async", "plain sync", "stdlib sync"]


class Child:
    """A forked process that does `work` and tells what came of it."""

    def __init__(self, work: Callable[[], Any]) -> None:
        self._reading, writing = os.pipe()
        with warnings.catch_warnings():
            # To fork beside threads is what is tested here.
            warnings.simplefilter("ignore", DeprecationWarning)
            self._pid = os.fork()
        if self._pid == 0:
            try:
                said = json.dumps(work())
            except BaseException as problem:
                said = json.dumps(repr(problem))
            os.write(writing, said.encode())
            os._exit(0)
        os.close(writing)

    def result(self) -> Any:
        try:
            assert select.select([self._reading], [], [], 60)[0], "the child hangs"
            return json.loads(os.read(self._reading, 65536))
        finally:
            os.kill(self._pid, signal.SIGKILL)
            os.waitpid(self._pid, 0)
            os.close(self._reading)


@pytest.fixture(params=["http", "https"])
def tls(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[bool]:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    shared_tls.cache_clear()
    yield request.param == "https"
    shared_tls.cache_clear()


@pytest.fixture(params=OURS)
def line(request: pytest.FixtureRequest, tls: bool) -> Iterator[Line]:
    with line_of(request.param, WireServer(Echo(), tls=tls)) as made:
        yield made


def asked(line: Line, who: str, times: int) -> list[str]:
    """What the answers to so many requests say was asked."""
    out = [Outgoing(line.origin, "GET", f"/order?{who}-{n}", ()) for n in range(times)]
    if not is_async(line.kind):
        return [json.loads(line.transport.send(one, 30.0).body)["asked"] for one in out]

    async def inside() -> list[str]:
        return [json.loads((await line.transport.send(one, 30.0)).body)["asked"] for one in out]

    # A loop of its own: the parent's is not the child's.
    return line.finish(inside()) if who == "parent" else asyncio.run(inside())


def test_parent_and_children_are_each_told_what_they_asked(line: Line) -> None:
    assert asked(line, "parent", 1) == ["/order?parent-0"]
    children = {
        name: Child(lambda name=name: asked(line, name, 60)) for name in ("one", "two", "three")
    }
    assert asked(line, "parent", 60) == [f"/order?parent-{n}" for n in range(60)]
    for name, child in children.items():
        assert child.result() == [f"/order?{name}-{n}" for n in range(60)]
    # The parent's connection has outlived the children.
    assert asked(line, "parent", 1) == ["/order?parent-0"]
    assert line.server.connections == 4


def test_a_child_that_closes_ends_no_connection_of_the_parents(line: Line) -> None:
    asked(line, "parent", 1)

    def closes() -> str:
        asyncio.run(line.transport.aclose()) if is_async(line.kind) else line.transport.close()
        return "closed"

    assert Child(closes).result() == "closed"
    asked(line, "parent", 1)
    assert line.server.connections == 1


def test_a_child_does_not_wait_for_a_request_that_is_under_way_in_the_parent(line: Line) -> None:
    under_way, go_on = threading.Event(), threading.Event()

    def slow(visit: Visit) -> None:
        under_way.set()
        assert go_on.wait(60)
        visit.answer(b"{}")

    line.server.trouble["/slow"] = slow
    told: list[bytes] = []
    parent = threading.Thread(target=lambda: told.append(line.get("/slow").body))
    parent.start()
    assert under_way.wait(30)

    def asks_and_closes() -> list[str]:
        told = asked(line, "child", 3)
        asyncio.run(line.transport.aclose()) if is_async(line.kind) else line.transport.close()
        return told

    assert Child(asks_and_closes).result() == [f"/order?child-{n}" for n in range(3)]
    go_on.set()
    parent.join(60)
    assert told == [b"{}"]


def test_a_library_that_cannot_go_on_in_a_child_refuses_before_anything_is_sent() -> None:
    with line_of("aiohttp async", WireServer(Echo())) as line:
        asked(line, "parent", 1)
        said = Child(lambda: asked(line, "child", 1)).result()
        assert "began in another loop or process: open a new exchange here" in said
        assert asked(line, "parent", 1) == ["/order?parent-0"]
        assert line.server.targets == ["/order?parent-0"] * 2


# Limits

COST = Cost("weight", 4, 10, 60.0, LimitScope.IP)


def test_limits_whose_locks_were_held_are_free_in_a_child_and_go_on_counting() -> None:
    forget_shared_limits()
    ip, account = shared_limits("toy", "ip"), ScopeLimits()
    counted = Limiter(ip, account)
    assert counted.reserve((COST,), 100.0, Kind.READ) == 0.0
    counted.stop(LimitScope.ACCOUNT, 130.0)

    def reserves() -> list[float]:
        stopped = counted.reserve((COST,), 100.0, Kind.READ)
        later = counted.reserve((COST,), 130.0, Kind.READ)
        return [stopped, later, counted.reserve((COST,), 130.0, Kind.READ)]

    with ip.lock, account.lock:
        child = Child(reserves)
    # What the parent had counted counts, a ban holds, and the third is one too many.
    assert child.result() == [30.0, 0.0, 30.0]
    assert counted.reserve((COST,), 130.0, Kind.READ) == 0.0


def test_a_count_that_was_half_done_at_the_fork_is_whole_in_the_child() -> None:
    scope = ScopeLimits()
    counted = Limiter(scope, ScopeLimits())
    counted.reserve((COST,), 100.0, Kind.READ)
    window = scope.window("weight")
    window.entries.append((100.0, 4))
    assert Child(lambda: window.total).result() == 8


# Who waits for whom


def shared(led: Callable[[], None]) -> Flow[str]:
    def flow() -> Flow[str]:
        led()
        yield Sleep(0, "a turn")
        return "done"

    return (yield Shared("key", flow))


def test_a_child_does_not_wait_for_a_thread_of_the_parents() -> None:
    driver = SyncDriver(Any)
    leading, go_on = threading.Event(), threading.Event()

    def holds() -> None:
        leading.set()
        assert go_on.wait(60)

    thread = threading.Thread(target=lambda: driver.run(shared(holds)))
    thread.start()
    assert leading.wait(30)
    with driver._guard:
        child = Child(lambda: driver.run(shared(lambda: None)))
    assert child.result() == "done"
    go_on.set()
    thread.join(60)
    assert driver._shared == {}


def test_a_child_does_not_wait_for_a_task_of_the_parents() -> None:
    driver = AsyncDriver(Any)

    def in_the_child() -> Any:
        return asyncio.run(driver.run(shared(lambda: None)))

    async def inside() -> Any:
        waiting = asyncio.create_task(driver.run(shared(lambda: None)))
        await asyncio.sleep(0)
        assert driver._shared
        child = Child(in_the_child)
        assert await waiting == "done"
        return child.result()

    assert asyncio.run(inside()) == "done"


def test_a_clock_that_was_being_asked_is_asked_anew_in_a_child() -> None:
    clock = VenueClock()
    clock.refreshing = True
    assert Child(lambda: clock.refreshing).result() is False
    assert clock.refreshing


@pytest.mark.parametrize("missing", [True, False])
def test_where_the_library_cannot_begin_anew_nothing_is_sent(
    line: Line, missing: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A child on the parent's connection would read the parent's answers."""

    def fails(self: object) -> None:
        raise RuntimeError("so it goes")

    asked(line, "parent", 1)
    library = type(line.transport._library)
    if missing:
        monkeypatch.delattr(library, "after_fork")
    else:
        monkeypatch.setattr(library, "after_fork", fails)
    said = Child(lambda: asked(line, "child", 1)).result()
    assert "TransportFailure" in said
    assert "connect in this process" in said
    asked(line, "parent", 1)
    assert line.server.targets == ["/order?parent-0"] * 2


class Broken:
    def after_fork(self) -> None:
        raise AttributeError("a user's transport that knows of no fork")


class Told:
    def __init__(self) -> None:
        self.times = 0

    def after_fork(self) -> None:
        self.times += 1


def test_one_that_fails_keeps_no_other_from_beginning_anew() -> None:
    broken, told = [Broken() for _ in range(5)], [Told() for _ in range(20)]
    for failing in broken:
        of_one_process(failing)
    for each in told:
        of_one_process(each)
    assert Child(lambda: [each.times for each in told]).result() == [1] * 20
    assert [each.times for each in told] == [0] * 20
