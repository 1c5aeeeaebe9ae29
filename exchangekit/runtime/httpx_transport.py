"""httpx at its transport interface: no per-request client work, and vcrpy records there."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import httpx

from exchangekit.adapter.wire import Outgoing, Reply
from exchangekit.errors import ConfigurationError
from exchangekit.runtime.effects import TransportFailure
from exchangekit.runtime.transport import MAX_REPLY_BYTES, Timeouts

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


@cache
def _tls() -> ssl.SSLContext:
    return httpx.create_ssl_context()


class _Shape:
    """What the sync and the async transport have in common."""

    name = "httpx"

    def __init__(self, base_url: str, timeouts: Timeouts, proxy: str | None) -> None:
        self._base = base_url.rstrip("/")
        self._timeouts = timeouts
        self._host = httpx.URL(self._base).netloc.decode("ascii")
        try:
            self._proxy = None if proxy is None else httpx.Proxy(proxy)
        except (ValueError, httpx.InvalidURL) as problem:
            raise ConfigurationError(
                f"the proxy address cannot be used ({problem}); expected http://host:port"
            ) from None

    def _request(self, outgoing: Outgoing, timeout: float) -> httpx.Request:
        limits = self._timeouts
        request = httpx.Request(
            outgoing.method,
            self._base + outgoing.target,
            headers=[("Host", self._host), *_HEADERS, *outgoing.headers],
            content=outgoing.body or None,
            extensions={
                "timeout": {
                    "connect": min(limits.connect, timeout),
                    "pool": min(limits.connect, timeout),
                    "read": min(limits.read, timeout),
                    "write": min(limits.read, timeout),
                }
            },
        )
        sent = request.url.raw_path.decode("ascii")
        if not sent.endswith(outgoing.target):
            raise TransportFailure(
                f"the HTTP library would send {sent!r} where {outgoing.target!r} was signed",
                sent=False,
            )
        return request


def _too_large() -> TransportFailure:
    return TransportFailure(
        f"the reply is larger than {MAX_REPLY_BYTES // 2**20} MB", sent=True, reply=True
    )


def _headers(response: httpx.Response) -> dict[str, str]:
    return {name.lower(): value for name, value in response.headers.items()}


@contextmanager
def _failures(timeout: float) -> Iterator[None]:
    """httpx's exceptions as ours. What is not certainly before the first byte counts as sent."""
    try:
        yield
    except _NOT_SENT as problem:
        raise TransportFailure(_words(problem), sent=False) from problem
    except httpx.TimeoutException as problem:
        raise TransportFailure("no answer in time", sent=True, timeout=True) from problem
    except TimeoutError as problem:
        raise TransportFailure(
            f"no complete answer within {timeout:g} s", sent=True, timeout=True
        ) from problem
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


class HttpxAsyncTransport(_Shape):
    def __init__(self, base_url: str, timeouts: Timeouts, proxy: str | None) -> None:
        super().__init__(base_url, timeouts, proxy)
        self._transport = httpx.AsyncHTTPTransport(
            verify=_tls(), proxy=self._proxy, limits=httpx.Limits(max_connections=100)
        )

    async def send(self, outgoing: Outgoing, timeout: float) -> Reply:
        request = self._request(outgoing, timeout)
        with _failures(timeout):
            async with asyncio.timeout(timeout):
                response = await self._transport.handle_async_request(request)
                try:
                    chunks, size = [], 0
                    async for chunk in response.aiter_bytes():
                        size += len(chunk)
                        if size > MAX_REPLY_BYTES:
                            raise _too_large()
                        chunks.append(chunk)
                finally:
                    await response.aclose()
        return Reply(response.status_code, _headers(response), b"".join(chunks))

    async def aclose(self) -> None:
        await self._transport.aclose()


class HttpxSyncTransport(_Shape):
    def __init__(self, base_url: str, timeouts: Timeouts, proxy: str | None) -> None:
        super().__init__(base_url, timeouts, proxy)
        self._transport = httpx.HTTPTransport(
            verify=_tls(), proxy=self._proxy, limits=httpx.Limits(max_connections=100)
        )

    def send(self, outgoing: Outgoing, timeout: float) -> Reply:
        request = self._request(outgoing, timeout)
        deadline = time.monotonic() + timeout
        with _failures(timeout):
            response = self._transport.handle_request(request)
            try:
                chunks, size = [], 0
                for chunk in response.iter_bytes():
                    size += len(chunk)
                    if size > MAX_REPLY_BYTES:
                        raise _too_large()
                    if time.monotonic() > deadline:
                        raise TimeoutError
                    chunks.append(chunk)
            finally:
                response.close()
        return Reply(response.status_code, _headers(response), b"".join(chunks))

    def close(self) -> None:
        self._transport.close()
