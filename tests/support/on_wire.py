"""The transports under test, on real sockets: each kind passes the same tests.

Six are the kit's own; the other two are the same guard over other HTTP libraries, and show that
what holds is the guard's doing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from pydantic import SecretStr

from exchangekit import Timeouts, connect, connect_sync
from exchangekit.adapter import Origin, Outgoing, Reply
from exchangekit.errors import ExchangeError
from exchangekit.runtime.effects import TransportFailure
from exchangekit.runtime.transports import open_async, open_sync
from exchangekit.runtime.transports.guard import AsyncGuard, SyncGuard
from support.over_aiohttp import Aiohttp
from support.over_stdlib import Stdlib
from support.toy import KEY, SECRET, Script, reply
from support.wire_server import WireServer

Make = Callable[[Timeouts, str | None], Any]

_MAKE: dict[str, Make] = {
    "httpx sync": lambda timeouts, proxy: open_sync("httpx", timeouts, proxy),
    "httpx async": lambda timeouts, proxy: open_async("httpx", timeouts, proxy),
    "fast sync": lambda timeouts, proxy: open_sync("fast", timeouts, proxy),
    "fast async": lambda timeouts, proxy: open_async("fast", timeouts, proxy),
    "plain sync": lambda timeouts, proxy: open_sync("plain", timeouts, proxy),
    "plain async": lambda timeouts, proxy: open_async("plain", timeouts, proxy),
    "stdlib sync": lambda timeouts, proxy: SyncGuard(Stdlib(proxy), timeouts),
    "aiohttp async": lambda timeouts, proxy: AsyncGuard(Aiohttp(proxy), timeouts),
}
KINDS = list(_MAKE)
OURS = [kind for kind in KINDS if kind.startswith(("httpx", "fast", "plain"))]
ASYNC_OURS = [kind for kind in OURS if kind.endswith(" async")]
each_kind = pytest.mark.parametrize("kind", KINDS)

PATIENT = Timeouts(connect=20, read=20, attempt=40, total=60)
"""For what must not end by its time: nobody waits that long unless something hangs."""
QUICK = Timeouts(connect=0.3, read=0.3, attempt=0.5, total=0.9)
"""For what must end by its time, and nothing else: a slow machine needs longer for the rest."""

HIDDEN: dict[str, Any] = {"api_key": SecretStr(KEY), "secret": SecretStr(SECRET), "env_file": None}
READ = ("fetch_ticker", "BTC/USDT")
ORDER = ("create_order", "BTC/USDT", "limit", "buy", "1", "10")


def make(kind: str, timeouts: Timeouts = PATIENT, proxy: str | None = None) -> Any:
    return _MAKE[kind](timeouts, proxy)


def is_async(kind: str) -> bool:
    return kind.endswith(" async")


def abruptly(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """Like `asyncio.run`, but the loop is left without waiting for the resolver's thread."""
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(coroutine)
    finally:
        loop.close()


def ask(
    kind: str,
    base_url: str,
    operation: str,
    *args: Any,
    timeouts: Timeouts = PATIENT,
    proxy: str | None = None,
) -> Any:
    """One operation on a fresh connection to `base_url`."""
    given: dict[str, Any] = {**HIDDEN, "base_url": base_url, "timeouts": timeouts}
    given |= {"insecure_http": True, "resolve": False}
    if not is_async(kind):
        with connect_sync("toy", transport=make(kind, timeouts, proxy), **given) as exchange:
            return getattr(exchange, operation)(*args)

    async def inside() -> Any:
        async with connect("toy", transport=make(kind, timeouts, proxy), **given) as exchange:
            return await getattr(exchange, operation)(*args)

    return abruptly(inside())


def failure(kind: str, base_url: str, operation: str, *args: Any, **options: Any) -> ExchangeError:
    """The error of an operation that must fail."""
    with pytest.raises(ExchangeError) as caught:
        ask(kind, base_url, operation, *args, **options)
    assert str(caught.value).startswith(f"toy {operation}: ")
    return caught.value


class Anything(Script):
    """Answers everything."""

    def answer(self, outgoing: Outgoing) -> Reply:
        return reply({})


class Line:
    """A transport of one kind, and a server of its own that answers everything."""

    def __init__(self, kind: str, server: WireServer, timeouts: Timeouts = PATIENT) -> None:
        self.kind = kind
        self.server = server
        self.origin = Origin(server.url)
        self.transport = make(kind, timeouts)
        self._runner = asyncio.Runner()

    def send(self, outgoing: Outgoing) -> Reply:
        return self.finish(self.transport.send(outgoing, 30.0))

    def get(self, target: str, *headers: tuple[str, str]) -> Reply:
        return self.send(Outgoing(self.origin, "GET", target, headers))

    def refused(self, outgoing: Outgoing) -> TransportFailure:
        """What is said of a request that must fail."""
        with pytest.raises(TransportFailure) as caught:
            self.send(outgoing)
        return caught.value

    def finish(self, result: Any) -> Any:
        return self._runner.run(result) if is_async(self.kind) else result

    def close(self) -> None:
        self.finish(self.transport.aclose() if is_async(self.kind) else self.transport.close())
        self._runner.close()


class Echo(Script):
    """Answers with what was asked."""

    def answer(self, outgoing: Outgoing) -> Reply:
        return reply({"asked": outgoing.target})


@contextmanager
def line_of(kind: str, server: WireServer | None = None) -> Iterator[Line]:
    with server or WireServer(Anything()) as server:
        line = Line(kind, server)
        try:
            yield line
        finally:
            line.close()
