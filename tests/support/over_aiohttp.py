"""A transport over aiohttp: a second async one, for the tests.

aiohttp belongs to the loop that it began in, and to its process. Elsewhere this one refuses.
"""

from __future__ import annotations

import asyncio
import select
import ssl
from functools import partial
from types import SimpleNamespace
from typing import Any

import aiohttp
from aiohttp.client_proto import ResponseHandler
from yarl import URL

from exchangekit.runtime.effects import TransportFailure
from exchangekit.runtime.transports.library import Head, Pace, Trouble, Wire
from exchangekit.runtime.transports.turns import OutOfTurn, Turns

_ADDED = ("User-Agent", "Accept", "Accept-Encoding", "Content-Type")


class Aiohttp:
    """An `AsyncLibrary`."""

    name = "aiohttp"

    def __init__(self, proxy: str | None = None) -> None:
        self.proxy = proxy
        self._session: aiohttp.ClientSession | None = None
        self._forked = False

    def session(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = aiohttp.TCPConnector(keepalive_timeout=50, ssl=ssl.create_default_context())
            connector._factory = partial(_Handler, loop=connector._loop)
            trace = aiohttp.TraceConfig()
            trace.on_request_headers_sent.append(_leaving)
            self._session = aiohttp.ClientSession(
                auto_decompress=False,
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                trace_configs=[trace],
            )
        return self._session

    def prepare(self, wanted: Wire, pace: Pace) -> _Trip:
        elsewhere = self._session and self._session._loop is not asyncio.get_running_loop()
        if self._forked or elsewhere:
            raise TransportFailure(
                "aiohttp began in another loop or process: open a new exchange here",
                sent=False,
                unfit=True,
            )
        return _Trip(self, wanted, pace)

    def trouble(self, problem: Exception) -> Trouble | None:
        if isinstance(problem, aiohttp.ClientHttpProxyError):
            return Trouble.PROXY
        if isinstance(problem, TimeoutError):
            return Trouble.TIMEOUT
        return Trouble.BROKEN if isinstance(problem, aiohttp.ClientError) else None

    def after_fork(self) -> None:
        self._forked = True

    async def aclose(self) -> None:
        if self._session is not None and not self._forked:
            await self._session.close()


class _Handler(ResponseHandler):
    """A connection of aiohttp, which of itself keeps no turns."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(loop)
        self._late = False
        self._answered = False
        self._turns = Turns(self._waiting)

    def set_response_params(self, **given: Any) -> None:
        try:
            self._turns.writing(b"GET ")
        except OutOfTurn:
            # Too late to take another. aiohttp finds it closed when it comes to write.
            self.close()
        super().set_response_params(**given)

    def data_received(self, data: bytes) -> None:
        if data:
            self._late = self._late or not self._turns.awaiting
            data = self._turns.heard(data)
            self._answered = True
        if self._turns.disturbed():
            self._should_close = True
        super().data_received(data)

    def is_connected(self) -> bool:
        return super().is_connected() and not self._turns.disturbed()

    def _waiting(self) -> bytes | None:
        if self._late:
            return b"!"
        assert self.transport is not None
        # Under TLS a new connection still has its session tickets to read.
        tls = self.transport.get_extra_info("sslcontext") is not None
        if self.transport.is_closing() or (tls and not self._answered):
            return None
        found = select.select([self.transport.get_extra_info("socket")], [], [], 0)[0]
        return b"!" if found else None


class _Trip:
    """An `AsyncTrip`."""

    def __init__(self, library: Aiohttp, wanted: Wire, pace: Pace) -> None:
        self.sent = False
        self._library = library
        self._body = wanted.body
        self._method = wanted.method
        self._url = URL(wanted.url, encoded=True)
        size = ("Content-Length", str(len(wanted.body)))
        sized = wanted.body or wanted.method != "GET"
        self._headers = (*wanted.headers, *([size] if sized else []))
        self._timeout = aiohttp.ClientTimeout(
            total=None, connect=pace.connect, sock_connect=pace.connect, sock_read=pace.read
        )
        self._response: aiohttp.ClientResponse | None = None

    @property
    def wire(self) -> Wire:
        url = self._url
        address = f"{url.scheme}://{url.raw_authority}{url.raw_path_qs}"
        return Wire(self._method, address, self._headers, self._body)

    def leaving(self, method: str, headers: Any) -> None:
        """Told right before the first byte of the request."""
        if self.sent:
            raise aiohttp.ClientError("aiohttp would send the request again")
        if method != self._method or sorted(headers.items()) != sorted(self._headers):
            raise aiohttp.ClientError("aiohttp would send other headers")
        self.sent = True

    async def open(self) -> Head:
        self._response = await self._library.session().request(
            self._method,
            self._url,
            headers=self._headers,
            data=self._body or None,
            skip_auto_headers=_ADDED,
            allow_redirects=False,
            proxy=self._library.proxy,
            timeout=self._timeout,
            trace_request_ctx=self,
        )
        return Head(self._response.status, list(self._response.headers.items()))

    async def read(self) -> bytes | None:
        assert self._response is not None
        return await self._response.content.readany() or None

    async def end(self, *, keep: bool) -> None:
        if self._response is None:
            return
        if keep:
            self._response.release()
        else:
            self._response.close()


async def _leaving(session: Any, context: SimpleNamespace, sending: Any) -> None:
    context.trace_request_ctx.leaving(sending.method, sending.headers)
