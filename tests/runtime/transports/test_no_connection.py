"""Requests that certainly never left: no connection, no tunnel, no time."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import support.wire_server as wire
from support.helpers import run
from support.on_wire import (
    HIDDEN,
    ORDER,
    PATIENT,
    abruptly,
    each_kind,
    failure,
    is_async,
    make,
)
from support.ports import free_ports
from support.toy import Script, reply
from support.wire_server import WireServer

from exchangekit import Timeouts, connect, connect_sync
from exchangekit.adapter import Origin, Outgoing
from exchangekit.errors import ConnectionFailed, ExchangeError, Outcome
from exchangekit.runtime.clock import Sample
from exchangekit.runtime.effects import TransportFailure

pytestmark = pytest.mark.usefixtures("toy_venue")


class NameServer:
    """How the system's resolver behaves towards venue.invalid."""

    def __init__(self) -> None:
        self.released = threading.Event()
        self.outlasted = False
        self._real = socket.getaddrinfo

    def knows_nothing(self, host: Any, *args: Any, **kwargs: Any) -> Any:
        if host not in ("venue.invalid", b"venue.invalid"):
            return self._real(host, *args, **kwargs)
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    def hangs(self, host: Any, *args: Any, **kwargs: Any) -> Any:
        if host in ("venue.invalid", b"venue.invalid"):
            self.outlasted = not self.released.wait(wire.PATIENCE)
        return self.knows_nothing(host, *args, **kwargs)


IMPATIENT = Timeouts(connect=0.3, read=0.3, attempt=0.5, total=30)
"""For connecting; the whole has time, so that it is the connection that is told and not the end."""


@pytest.fixture
def name_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], NameServer]]:
    made = NameServer()

    def behave(how: str) -> NameServer:
        monkeypatch.setattr(socket, "getaddrinfo", getattr(made, how))
        return made

    yield behave
    made.released.set()


@each_kind
@pytest.mark.parametrize("operation", [("fetch_markets",), ORDER], ids=["read", "order"])
class TestNoConnection:
    def refused(self, problem: ExchangeError, operation: tuple[str, ...]) -> None:
        assert type(problem) is ConnectionFailed
        assert problem.outcome is (Outcome.NOT_SENT if operation is ORDER else None)
        assert ("Nothing was sent." in str(problem)) is (operation is ORDER)
        assert "no connection" in str(problem) or "the proxy refused" in str(problem)
        assert "Check the address, the network and the proxy." in str(problem)

    def test_to_a_port_where_nobody_listens(self, kind: str, operation: tuple[str, ...]) -> None:
        self.refused(failure(kind, f"http://127.0.0.1:{free_ports()}", *operation), operation)

    def test_to_a_name_that_does_not_exist(
        self,
        kind: str,
        operation: tuple[str, ...],
        name_server: Callable[[str], NameServer],
    ) -> None:
        name_server("knows_nothing")
        problem = failure(kind, "http://venue.invalid", *operation)
        self.refused(problem, operation)
        assert "Name or service not known" in str(problem)

    def test_with_a_name_server_that_does_not_answer(
        self,
        kind: str,
        operation: tuple[str, ...],
        name_server: Callable[[str], NameServer],
    ) -> None:
        names = name_server("hangs")
        problem = failure(kind, "http://venue.invalid", *operation, timeouts=IMPATIENT)
        assert not names.outlasted
        self.refused(problem, operation)

    def test_through_a_proxy_where_nobody_listens(
        self, kind: str, operation: tuple[str, ...]
    ) -> None:
        with WireServer() as server:
            proxy = f"http://127.0.0.1:{free_ports()}"
            self.refused(failure(kind, server.url, *operation, proxy=proxy), operation)
        assert server.targets == []

    def test_through_a_proxy_that_refuses_the_tunnel(
        self, kind: str, operation: tuple[str, ...]
    ) -> None:
        def refuse(visit: wire.Visit) -> None:
            visit.answer(b"no", status="403 Forbidden")

        with WireServer(trouble={"venue.invalid:443": refuse}) as proxy:
            problem = failure(kind, "https://venue.invalid", *operation, proxy=proxy.url)
        self.refused(problem, operation)
        # aiohttp may notice that the proxy hangs up before it has read why.
        hung_up = kind.startswith("aiohttp") and "Server disconnected" in str(problem)
        assert hung_up or "the proxy refused (403" in str(problem)
        assert hung_up or "Forbidden" in str(problem)

    def test_through_a_proxy_that_never_opens_the_tunnel(
        self, kind: str, operation: tuple[str, ...]
    ) -> None:
        with WireServer(trouble={"venue.invalid:443": wire.silence}) as proxy:
            problem = failure(
                kind, "https://venue.invalid", *operation, proxy=proxy.url, timeouts=IMPATIENT
            )
            assert not proxy.outlasted
        self.refused(problem, operation)
        assert set(proxy.targets) == {"venue.invalid:443"}

    def test_by_tls_to_a_port_that_speaks_none(self, kind: str, operation: tuple[str, ...]) -> None:
        with WireServer() as server:
            problem = failure(kind, server.url.replace("http:", "https:"), *operation)
        self.refused(problem, operation)
        assert "ssl" in str(problem).lower() or "tls" in str(problem).lower()
        assert server.targets == []


@each_kind
def test_an_order_whose_connection_cannot_be_made_any_more_was_not_sent(kind: str) -> None:
    with WireServer(Script([reply({"last": "1"})])) as server:

        def before(exchange: Any) -> None:
            now = time.monotonic()
            exchange._operations.connection.policy.clock.add(Sample(now, now, 1_700_000_000_000))

        given = {**HIDDEN, "base_url": server.url, "timeouts": PATIENT, "transport": make(kind)}

        def at_once() -> None:
            with connect_sync("toy", **given) as exchange:
                before(exchange)
                exchange.fetch_ticker("BTC/USDT")
                server.close()
                exchange.create_order(*ORDER[1:])

        async def inside() -> None:
            async with connect("toy", **given) as exchange:
                before(exchange)
                await exchange.fetch_ticker("BTC/USDT")
                server.close()
                # The loop hears of the broken connection in its next turns.
                for _ in range(5):
                    await asyncio.sleep(0)
                await exchange.create_order(*ORDER[1:])

        with pytest.raises(ConnectionFailed) as caught:
            run(inside()) if is_async(kind) else at_once()
    assert caught.value.outcome is Outcome.NOT_SENT
    assert caught.value.operation == "create_order"
    assert server.asked("/order") == 0


@each_kind
def test_a_connection_that_is_too_slow_to_be_made_was_not_used(
    kind: str, name_server: Callable[[str], NameServer]
) -> None:
    names = name_server("hangs")
    transport = make(kind, Timeouts(connect=20, attempt=0.2))
    out = Outgoing(Origin("http://venue.invalid"), "POST", "/order", ())

    async def send() -> None:
        try:
            await transport.send(out, 0.2)
        finally:
            await transport.aclose()

    with pytest.raises(TransportFailure) as caught:
        abruptly(send()) if is_async(kind) else transport.send(out, 0.2)
    assert caught.value.sent is False
    assert not names.outlasted
