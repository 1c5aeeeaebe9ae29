"""httpx, over connections of httpcore.

httpx makes the request, and vcrpy records at its transports. The connections are pools of httpcore,
made here: httpx's own transports have no arguments for what a pool needs to be told (a network that
keeps deadlines and turns). What httpx calls a mock is a transport over any function, here over a
pool.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import httpcore
import httpx

from exchangekit.errors import ConfigurationError
from exchangekit.runtime.transports.deadlines import Deadline, DeadlineBackend
from exchangekit.runtime.transports.library import (
    KEPT_SECONDS,
    MAX_CONNECTIONS,
    Head,
    Pace,
    Trouble,
    Wire,
)
from exchangekit.runtime.transports.sockets import SocketBackend
from exchangekit.runtime.transports.tls import shared_tls
from exchangekit.runtime.transports.turns import OutOfTurn

# Four async generators of httpx and httpcore, three turns each at most, and some to spare.
_GENERATOR_TURNS = 100
_TROUBLES: tuple[tuple[type[Exception], Trouble], ...] = (
    (httpcore.PoolTimeout, Trouble.CROWDED),
    (httpcore.TimeoutException, Trouble.TIMEOUT),
    (httpcore.ProxyError, Trouble.PROXY),
    (httpcore.NetworkError, Trouble.BROKEN),
    (httpcore.ProtocolError, Trouble.BROKEN),
)
_BEFORE_THE_REQUEST = ("connection.", "proxy.", "socks.")

Trace = Callable[[str, dict[str, Any]], Awaitable[None] | None]


def async_library(proxy: str | None = None) -> AsyncHttpx:
    return AsyncHttpx(proxy)


def sync_library(proxy: str | None = None) -> SyncHttpx:
    return SyncHttpx(proxy)


class _Httpx:
    """What the sync and the async library have in common."""

    name = "httpx"

    def trouble(self, problem: Exception) -> Trouble | None:
        return next((means for kind, means in _TROUBLES if isinstance(problem, kind)), None)


class SyncHttpx(_Httpx):
    """Blocking, with the deadline of each request over all that its thread does for it."""

    def __init__(self, proxy: str | None = None) -> None:
        self._settings = _settings(proxy)
        self._begin()
        self._transport = httpx.MockTransport(self._send)

    def prepare(self, wanted: Wire, pace: Pace) -> _SyncTrip:
        return _SyncTrip(self._transport, self._deadline, wanted, pace)

    def _send(self, request: httpx.Request) -> httpx.Response:
        answer = self._pool.handle_request(_for_the_pool(request))
        return httpx.Response(
            answer.status,
            headers=answer.headers,
            stream=_SyncPieces(answer),
            extensions=answer.extensions,
        )

    def _begin(self) -> None:
        self._deadline = Deadline()
        self._network = DeadlineBackend(self._deadline)
        self._pool = httpcore.ConnectionPool(network_backend=self._network, **self._settings)

    def close(self) -> None:
        self._pool.close()

    def after_fork(self) -> None:
        self._network.leave()
        self._begin()


class AsyncHttpx(_Httpx):
    """Async, with a pool for each loop that sends: a connection is of the loop that opened it."""

    def __init__(self, proxy: str | None = None) -> None:
        self._settings = _settings(proxy)
        self._pools: dict[asyncio.AbstractEventLoop, _LoopsOwn] = {}
        self._transport = httpx.MockTransport(self._send)

    def prepare(self, wanted: Wire, pace: Pace) -> _AsyncTrip:
        return _AsyncTrip(self._transport, wanted, pace)

    async def _send(self, request: httpx.Request) -> httpx.Response:
        answer = await self._pool().handle_async_request(_for_the_pool(request))
        return httpx.Response(
            answer.status,
            headers=answer.headers,
            stream=_AsyncPieces(answer),
            extensions=answer.extensions,
        )

    def _pool(self) -> httpcore.AsyncConnectionPool:
        """The pool of the loop that is running."""
        here = asyncio.get_running_loop()
        own = self._pools.get(here)
        if own is None:
            for loop in tuple(self._pools):
                if loop.is_closed():
                    self._close(loop)
            network = SocketBackend()
            pool = httpcore.AsyncConnectionPool(network_backend=network, **self._settings)
            own = self._pools[here] = _LoopsOwn(network, pool)
        return own.pool

    async def aclose(self) -> None:
        for loop in tuple(self._pools):
            self._close(loop)

    def _close(self, loop: asyncio.AbstractEventLoop) -> None:
        own = self._pools.pop(loop, None)
        if own is None:
            return
        if loop.is_running() and loop is not asyncio.get_running_loop():
            with suppress(RuntimeError):  # it was closed meanwhile
                loop.call_soon_threadsafe(own.network.close)
                return
        own.network.close()

    def after_fork(self) -> None:
        for own in self._pools.values():
            own.network.leave()
        self._pools = {}


@dataclass(frozen=True, slots=True)
class _LoopsOwn:
    network: SocketBackend
    pool: httpcore.AsyncConnectionPool


class _Trip:
    """A request of httpx, and whether it has begun to leave."""

    def __init__(self, wanted: Wire, pace: Pace, trace: Trace) -> None:
        self.sent = False
        self._response: httpx.Response | None = None
        self._request = httpx.Request(
            wanted.method,
            wanted.url,
            headers=list(wanted.headers),
            content=wanted.body or None,
            extensions={
                "timeout": {
                    "connect": pace.connect,
                    "pool": pace.connect,
                    "read": pace.read,
                    "write": pace.read,
                },
                "trace": trace,
            },
        )

    @property
    def wire(self) -> Wire:
        request = self._request
        url = request.url
        address = url.raw_scheme + b"://" + url.netloc + url.raw_path
        headers = [
            (name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers.raw
        ]
        return Wire(request.method, address.decode("ascii"), tuple(headers), request.content)

    def _watch(self, event: str, info: dict[str, Any]) -> None:
        """Told by httpcore before each step. A step that is not known to come before the request
        counts as the request."""
        if not event.endswith(".started") or ".response_closed." in event:
            return
        request = info.get("request")
        tunnel = request is not None and request.method == b"CONNECT"
        if not tunnel and not event.startswith(_BEFORE_THE_REQUEST):
            self.sent = True

    @contextmanager
    def _nothing_sent_out_of_turn(self) -> Iterator[None]:
        try:
            yield
        except OutOfTurn:
            self.sent = False
            raise

    def _head(self, response: httpx.Response) -> Head:
        self._response = response
        return Head(response.status_code, response.headers.multi_items())


class _SyncTrip(_Trip):
    def __init__(
        self, transport: httpx.MockTransport, deadline: Deadline, wanted: Wire, pace: Pace
    ) -> None:
        super().__init__(wanted, pace, self._watch)
        self._transport = transport
        self._deadline = deadline
        self._end = pace.end
        self._pieces: Iterator[bytes] = iter(())

    def open(self) -> Head:
        with self._deadline.until(self._end), self._nothing_sent_out_of_turn():
            response = self._transport.handle_request(self._request)
        assert isinstance(response.stream, httpx.SyncByteStream)
        self._pieces = iter(response.stream)
        return self._head(response)

    def read(self) -> bytes | None:
        with self._deadline.until(self._end):
            return next(self._pieces, None)

    def end(self, *, keep: bool) -> None:
        if self._response is None:
            return
        connection = self._response.extensions.get("network_stream")
        if not keep and connection is not None:
            connection.close()
        self._response.close()


class _AsyncTrip(_Trip):
    def __init__(self, transport: httpx.MockTransport, wanted: Wire, pace: Pace) -> None:
        super().__init__(wanted, pace, self._watch_too)
        self._transport = transport
        self._pieces: AsyncIterator[bytes] | None = None

    async def _watch_too(self, event: str, info: dict[str, Any]) -> None:
        self._watch(event, info)

    async def open(self) -> Head:
        with self._nothing_sent_out_of_turn():
            response = await self._transport.handle_async_request(self._request)
        assert isinstance(response.stream, httpx.AsyncByteStream)
        self._pieces = aiter(response.stream)
        return self._head(response)

    async def read(self) -> bytes | None:
        assert self._pieces is not None
        return await anext(self._pieces, None)

    async def end(self, *, keep: bool) -> None:
        if self._response is None:
            return
        connection = self._response.extensions.get("network_stream")
        if not keep and connection is not None:
            await connection.aclose()
        # First what the generators read from: they then find it closed, and end without waiting.
        await self._response.aclose()
        if isinstance(self._pieces, AsyncGenerator):
            await self._pieces.aclose()
        if not keep:
            await _let_generators_end()


async def _let_generators_end() -> None:
    """httpcore reads through async generators inside each other. Of a reply that is given up
    half-way only the outermost is closed at once; each inner one ends in a later turn of the loop,
    and a loop that is closed before that complains of tasks it has destroyed."""
    for _ in range(_GENERATOR_TURNS):
        await asyncio.sleep(0)


class _SyncPieces(httpx.SyncByteStream):
    """The body of a reply as it comes in."""

    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        return self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()


class _AsyncPieces(httpx.AsyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._answer.aiter_stream()

    async def aclose(self) -> None:
        await self._answer.aclose()


def _for_the_pool(request: httpx.Request) -> httpcore.Request:
    url = request.url
    return httpcore.Request(
        request.method,
        httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
        headers=request.headers.raw,
        content=request.content,
        extensions=request.extensions,
    )


def _settings(proxy: str | None) -> dict[str, Any]:
    return {
        "ssl_context": shared_tls(),
        "proxy": None if proxy is None else _proxy(proxy),
        "max_connections": MAX_CONNECTIONS,
        "keepalive_expiry": KEPT_SECONDS,
    }


def _proxy(address: str) -> httpcore.Proxy:
    try:
        read = httpx.Proxy(address)
    except (ValueError, TypeError, httpx.InvalidURL) as problem:
        raise ConfigurationError(
            f"the proxy address cannot be used ({problem}); expected http://host:port"
        ) from None
    if not read.url.host:
        raise ConfigurationError("the proxy address has no host; expected http://host:port")
    if read.url.scheme.startswith("socks") and find_spec("socksio") is None:
        raise ConfigurationError(
            "the proxy cannot be used: a SOCKS proxy needs the package socksio"
            " (pip install 'httpx[socks]')"
        )
    url = read.url
    return httpcore.Proxy(
        httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
        auth=read.raw_auth,
        headers=read.headers.raw,
    )
