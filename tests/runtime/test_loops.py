"""An async exchange works in whichever loop calls it: one after another, or several at once."""

from __future__ import annotations

import asyncio
import gc
import json
import threading
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import pytest
from support.on_wire import ASYNC_OURS, HIDDEN, ORDER, PATIENT, Echo, abruptly, make
from support.toy import Script, reply
from support.wire_server import CERTIFICATE, WireServer

from exchangekit import connect
from exchangekit.adapter import Origin, Outgoing, Reply
from exchangekit.errors import ConfigurationError
from exchangekit.runtime.drivers import AsyncDriver
from exchangekit.runtime.effects import Background, Flow, Shared, Sleep, TransportFailure
from exchangekit.runtime.transports.tls import shared_tls

Run = Callable[[Coroutine[Any, Any, Any]], Any]
ways = pytest.mark.parametrize("run", [asyncio.run, abruptly])
"""`abruptly` leaves a loop that nobody tidied up."""


@pytest.fixture(params=ASYNC_OURS)
def kind(request: pytest.FixtureRequest) -> str:
    """A transport of each kind that works in any loop."""
    named: str = request.param
    return named


@pytest.fixture(params=["http", "https"])
def server(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[WireServer]:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    shared_tls.cache_clear()
    with WireServer(Echo(), tls=request.param == "https") as made:
        yield made
    shared_tls.cache_clear()


async def asked(transport: Any, server: WireServer, name: str, times: int) -> list[str]:
    """What the answers to so many requests say was asked."""
    out = [Outgoing(Origin(server.url), "GET", f"/order?{name}-{n}", ()) for n in range(times)]
    return [json.loads((await transport.send(one, 30.0)).body)["asked"] for one in out]


def names(name: str, times: int) -> list[str]:
    return [f"/order?{name}-{n}" for n in range(times)]


@ways
def test_each_loop_has_connections_of_its_own(kind: str, run: Run, server: WireServer) -> None:
    transport = make(kind)
    for name in "abcdef":
        assert run(asked(transport, server, name, 2)) == names(name, 2)
    assert server.connections == 6
    asyncio.run(transport.aclose())
    # Whatever was left open would complain now.
    gc.collect()


@ways
def test_the_connections_of_a_loop_that_is_gone_are_closed(
    kind: str, run: Run, server: WireServer
) -> None:
    transport = make(kind)
    run(asked(transport, server, "a", 1))
    assert not server.closed_one.is_set()
    run(asked(transport, server, "b", 1))
    assert server.closed_one.wait(30)
    asyncio.run(transport.aclose())


def test_loops_of_several_threads_mix_nothing(kind: str, server: WireServer) -> None:
    transport = make(kind)
    together = threading.Barrier(3)
    told: dict[str, list[str]] = {}

    def work(name: str) -> None:
        async def inside() -> None:
            together.wait(30)
            told[name] = await asked(transport, server, name, 20)

        asyncio.run(inside())

    threads = [threading.Thread(target=work, args=(name,)) for name in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert told == {name: names(name, 20) for name in "abc"}
    asyncio.run(transport.aclose())


def test_closing_closes_the_connections_of_other_loops(kind: str, server: WireServer) -> None:
    transport = make(kind)
    idle, go_on = threading.Event(), threading.Event()

    async def inside() -> None:
        await asked(transport, server, "a", 1)
        idle.set()
        await asyncio.to_thread(go_on.wait, 60)

    thread = threading.Thread(target=asyncio.run, args=(inside(),))
    thread.start()
    assert idle.wait(30)
    asyncio.run(transport.aclose())
    assert server.closed_one.wait(30)
    go_on.set()
    thread.join(60)


def test_a_library_of_one_loop_refuses_in_another_before_anything_is_sent() -> None:
    with WireServer(Echo()) as server, asyncio.Runner() as runner:
        transport = make("aiohttp async")
        runner.run(asked(transport, server, "a", 1))
        with pytest.raises(TransportFailure, match="began in another loop or process") as caught:
            asyncio.run(asked(transport, server, "b", 1))
        assert (caught.value.sent, caught.value.unfit) == (False, True)
        assert server.targets == names("a", 1)
        runner.run(transport.aclose())


# A whole exchange


class Numbering(Script):
    """A venue that gives each order its number."""

    def answer(self, outgoing: Outgoing) -> Reply:
        if outgoing.path != "/order":
            return super().answer(outgoing)
        self.orders = getattr(self, "orders", 0) + 1
        return reply({"id": f"order-{self.orders}"})


@ways
@pytest.mark.usefixtures("toy_venue")
def test_every_order_of_a_run_of_its_own_is_answered(kind: str, run: Run) -> None:
    with WireServer(Numbering()) as server:
        exchange = connect(
            "toy", **HIDDEN, base_url=server.url, timeouts=PATIENT, transport=make(kind)
        )
        made = [run(exchange.create_order(*ORDER[1:])).id for _ in range(4)]
        run(exchange.aclose())
        assert made == [f"order-{n}" for n in range(1, 5)]
        assert server.asked("/order") == 4
        with pytest.raises(ConfigurationError, match="this exchange is closed"):
            run(exchange.create_order(*ORDER[1:]))


# What is shared


def shared(steps: Callable[[], Any]) -> Flow[str]:
    def flow() -> Flow[str]:
        steps()
        yield Sleep(0, "a turn")
        return "done"

    return (yield Shared("key", flow))


def test_a_task_is_shared_within_its_loop_and_not_beyond(kind: str) -> None:
    driver = AsyncDriver(make(kind))
    together = threading.Barrier(2)
    led: list[int] = []

    def leads() -> None:
        led.append(threading.get_ident())
        together.wait(30)

    def work() -> None:
        async def twice() -> list[str]:
            return await asyncio.gather(driver.run(shared(leads)), driver.run(shared(leads)))

        assert asyncio.run(twice()) == ["done", "done"]

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(set(led)) == len(led) == 2
    assert driver._shared == {}


def test_a_task_that_a_closed_loop_left_behind_holds_nobody_up(kind: str) -> None:
    driver = AsyncDriver(make(kind))

    async def leaves_it() -> None:
        task = asyncio.create_task(driver.run(shared(lambda: None)))
        await asyncio.sleep(0)
        task.cancel()

    asyncio.run(leaves_it())
    assert asyncio.run(driver.run(shared(lambda: None))) == "done"
    asyncio.run(driver.aclose())


def test_closing_ends_the_background_of_other_loops(kind: str) -> None:
    driver = AsyncDriver(make(kind))
    ended, begun, go_on = threading.Event(), threading.Event(), threading.Event()

    def endless() -> Flow[None]:
        try:
            begun.set()
            yield Sleep(3600, "for ever")
        finally:
            ended.set()

    def starts() -> Flow[None]:
        yield Background(endless())

    async def inside() -> None:
        await driver.run(starts())
        await asyncio.to_thread(go_on.wait, 60)

    thread = threading.Thread(target=asyncio.run, args=(inside(),))
    thread.start()
    assert begun.wait(30)
    asyncio.run(driver.aclose())
    assert ended.wait(30)
    go_on.set()
    thread.join(60)
