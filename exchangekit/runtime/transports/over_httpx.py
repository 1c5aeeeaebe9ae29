"""httpx at its transport interface: no per-request client work, and vcrpy records there."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import aclosing, contextmanager
from functools import cache
from typing import Any, cast

import httpx

from exchangekit.adapter.request import Origin, Outgoing, Reply
from exchangekit.errors import ConfigurationError
from exchangekit.runtime.effects import TransportFailure
from exchangekit.runtime.transports import MAX_REPLY_BYTES, Timeouts
from exchangekit.runtime.transports.deadlines import Deadline, DeadlineBackend

_NOT_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
    httpx.ProxyError,
)
_HEADERS = (
    ("User-Agent", "exchangekit"),
    ("Accept", "application/json"),
    ("Accept-Encoding", "gzip, deflate"),
)
_LIMITS = httpx.Limits(max_connections=100)
# Four generators of httpx and httpcore, three turns each at most, and some to spare.
_GENERATOR_TURNS = 20

Trace = Callable[[str, dict[str, Any]], Awaitable[None]]


@cache
def _tls() -> ssl.SSLContext:
    return httpx.create_ssl_context()


@cache
def _base(origin: Origin) -> tuple[str, str]:
    """What goes into the Host header, and the path before every target."""
    base = httpx.URL(origin.base_url)
    return base.netloc.decode("ascii"), base.raw_path.decode("ascii").rstrip("/")


class _Shape:
    """What the sync and the async transport have in common."""

    name = "httpx"

    def __init__(self, timeouts: Timeouts, proxy: str | None) -> None:
        self._timeouts = timeouts
        try:
            self._proxy = None if proxy is None else httpx.Proxy(proxy)
        except (ValueError, TypeError, httpx.InvalidURL) as problem:
            raise ConfigurationError(
                f"the proxy address cannot be used ({problem}); expected http://host:port"
            ) from None
        if self._proxy is not None and not self._proxy.url.host:
            raise ConfigurationError("the proxy address has no host; expected http://host:port")

    def _request(
        self, outgoing: Outgoing, timeout: float, trace: Trace | None = None
    ) -> httpx.Request:
        limits = self._timeouts
        extensions: dict[str, Any] = {
            "timeout": {
                "connect": min(limits.connect, timeout),
                "pool": min(limits.connect, timeout),
                "read": min(limits.read, timeout),
                "write": min(limits.read, timeout),
            }
        }
        if trace is not None:
            extensions["trace"] = trace
        try:
            request = httpx.Request(
                outgoing.method,
                outgoing.origin.base_url + outgoing.target,
                headers=[("Host", _base(outgoing.origin)[0]), *_HEADERS, *outgoing.headers],
                content=outgoing.body or None,
                extensions=extensions,
            )
        except (httpx.InvalidURL, UnicodeError) as problem:
            raise TransportFailure(
                f"the request cannot be sent ({problem})", sent=False, unfit=True
            ) from None
        if request.url.raw_path.decode("ascii") != _base(outgoing.origin)[1] + outgoing.target:
            raise TransportFailure(
                f"the HTTP library would not send {outgoing.path!r} as it was signed",
                sent=False,
                unfit=True,
            )
        return request


def _too_large() -> TransportFailure:
    return TransportFailure(
        f"the reply is larger than {MAX_REPLY_BYTES // 2**20} MB", sent=True, reply=True
    )


def _headers(response: httpx.Response) -> dict[str, str]:
    return {name.lower(): value for name, value in response.headers.items()}


@contextmanager
def _failures() -> Iterator[None]:
    """httpx's exceptions as ours. What is not certainly before the first byte counts as sent."""
    try:
        yield
    except _NOT_SENT as problem:
        raise TransportFailure(_words(problem), sent=False) from problem
    except httpx.TimeoutException as problem:
        raise TransportFailure("no answer in time", sent=True, timeout=True) from problem
    except httpx.DecodingError as problem:
        raise TransportFailure(
            f"the reply's compression is broken ({problem})", sent=True, reply=True
        ) from problem
    except (httpx.HTTPError, httpx.StreamError) as problem:
        raise TransportFailure(_words(problem), sent=True) from problem


def _words(problem: Exception) -> str:
    kinds: dict[type[Exception], str] = {
        httpx.ConnectTimeout: "no connection in time",
        httpx.PoolTimeout: "no free connection in time",
        httpx.ProxyError: "the proxy refused",
        httpx.RemoteProtocolError: "the connection broke",
        httpx.ReadError: "the connection broke",
        httpx.WriteError: "the connection broke",
    }
    kind = kinds.get(type(problem), "no connection")
    detail = str(problem)
    return f"{kind} ({detail})" if detail else kind


def _too_late(timeout: float, *, sent: bool) -> TransportFailure:
    if not sent:
        return TransportFailure("no connection in time", sent=False)
    return TransportFailure(f"no complete answer within {timeout:.3g} s", sent=True, timeout=True)


class HttpxAsyncTransport(_Shape):
    def __init__(self, timeouts: Timeouts, proxy: str | None) -> None:
        super().__init__(timeouts, proxy)
        with _usable_proxy():
            self._transport = httpx.AsyncHTTPTransport(
                verify=_tls(), proxy=self._proxy, limits=_LIMITS
            )

    async def send(self, outgoing: Outgoing, timeout: float) -> Reply:
        began = False

        async def watch(event: str, info: dict[str, Any]) -> None:
            nonlocal began
            if event.endswith(".send_request_headers.started"):
                # The CONNECT that asks a proxy for a tunnel is not yet the request.
                began = began or info["request"].method != b"CONNECT"

        request = self._request(outgoing, timeout, watch)
        try:
            with _failures():
                async with asyncio.timeout(timeout):
                    response = await self._transport.handle_async_request(request)
                    try:
                        chunks, size = [], 0
                        made = cast("AsyncGenerator[bytes, None]", response.aiter_bytes())
                        async with aclosing(made) as pieces:
                            async for chunk in pieces:
                                size += len(chunk)
                                if size > MAX_REPLY_BYTES:
                                    raise _too_large()
                                chunks.append(chunk)
                    finally:
                        await response.aclose()
        except TimeoutError as problem:
            await _let_generators_end()
            raise _too_late(timeout, sent=began) from problem
        except TransportFailure:
            await _let_generators_end()
            raise
        return Reply(response.status_code, _headers(response), b"".join(chunks))

    async def aclose(self) -> None:
        await self._transport.aclose()


async def _let_generators_end() -> None:
    """httpx reads through async generators inside each other. Of a reply that is given up half-way
    only the outermost is closed at once; each inner one ends in a later turn of the loop, and a
    loop that is closed before that complains of tasks it has destroyed."""
    for _ in range(_GENERATOR_TURNS):
        await asyncio.sleep(0)


class HttpxSyncTransport(_Shape):
    def __init__(self, timeouts: Timeouts, proxy: str | None) -> None:
        super().__init__(timeouts, proxy)
        with _usable_proxy():
            self._transport = httpx.HTTPTransport(verify=_tls(), proxy=self._proxy, limits=_LIMITS)
        self._deadline = Deadline()
        # httpx has no argument for it; tests with a dripping server hold that it is in use.
        pool: Any = self._transport._pool  # noqa: SLF001
        pool._network_backend = DeadlineBackend(self._deadline)  # noqa: SLF001

    def send(self, outgoing: Outgoing, timeout: float) -> Reply:
        request = self._request(outgoing, timeout)
        end = time.monotonic() + timeout
        with _failures(), self._deadline.within(timeout):
            response = self._transport.handle_request(request)
            try:
                chunks, size = [], 0
                for chunk in response.iter_bytes():
                    size += len(chunk)
                    if size > MAX_REPLY_BYTES:
                        raise _too_large()
                    if time.monotonic() > end:
                        raise _too_late(timeout, sent=True)
                    chunks.append(chunk)
            finally:
                response.close()
        return Reply(response.status_code, _headers(response), b"".join(chunks))

    def close(self) -> None:
        self._transport.close()


@contextmanager
def _usable_proxy() -> Iterator[None]:
    try:
        yield
    except (ImportError, ValueError) as problem:
        raise ConfigurationError(f"the proxy cannot be used ({problem})") from None
