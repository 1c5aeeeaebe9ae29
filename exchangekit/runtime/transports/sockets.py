"""The async network: plain sockets that the kit itself holds, with turns kept (see `turns`).

A stream of asyncio belongs to its loop, which reads ahead and must be running to close it. A plain
socket can be asked what has come in, and closed when its loop is gone or is another process's.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from functools import partial
from typing import Any, Protocol, TypeVar
from weakref import WeakSet

import httpcore

from exchangekit.runtime.transports.dialing import connected, places
from exchangekit.runtime.transports.turns import Turns

T = TypeVar("T")

_Options = Iterable[Any] | None

_PIECE = 65536


class SocketBackend(httpcore.AsyncNetworkBackend):
    """The network of one loop, and all that is open in it."""

    def __init__(self) -> None:
        self._open: WeakSet[_Socket] = WeakSet()
        self._closed = False

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: _Options = None,
    ) -> httpcore.AsyncNetworkStream:
        async with _within(timeout, httpcore.ConnectTimeout, httpcore.ConnectError):
            made = _Socket(await connected(await places(host, port)))
            self._open.add(made)
            if self._closed:
                made.close()
                raise ConnectionAbortedError("this exchange is closed")
        return _Stream(made)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    def close(self) -> None:
        """Close everything, whether the loop is still there or not."""
        self._closed = True
        for one in tuple(self._open):
            one.close()

    def leave(self) -> None:
        """In a child process: close its copies, which ends no connection of the parent's."""
        self._closed = True
        for one in tuple(self._open):
            one.leave()


class _Bytes(Protocol):
    """What a stream reads from and writes to: a socket, or TLS over another."""

    async def read(self, size: int) -> bytes: ...

    async def write(self, data: bytes) -> None: ...

    def waiting(self, size: int) -> bytes | None:
        """What can be read at once: None for nothing, empty at the end."""

    def close(self) -> None: ...


class _Stream(httpcore.AsyncNetworkStream):
    def __init__(self, inner: _Bytes) -> None:
        self._inner = inner
        self._turns = Turns(lambda: inner.waiting(1))

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        async with _within(timeout, httpcore.ReadTimeout, httpcore.ReadError):
            data = await self._inner.read(max_bytes)
        return self._turns.heard(data)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._turns.writing(buffer)
        async with _within(timeout, httpcore.WriteTimeout, httpcore.WriteError):
            await self._inner.write(buffer)

    async def aclose(self) -> None:
        self._inner.close()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.AsyncNetworkStream:
        try:
            async with _within(timeout, httpcore.ConnectTimeout, httpcore.ConnectError):
                encrypted = _Tls(self._inner, ssl_context, server_hostname)
                await encrypted.shake_hands()
        except BaseException:
            self._inner.close()
            raise
        return _Stream(encrypted)

    def get_extra_info(self, info: str) -> Any:
        if info == "is_readable":
            # By this the pool decides whether an idle connection may be used again.
            return self._turns.disturbed()
        if info == "ssl_object" and isinstance(self._inner, _Tls):
            return self._inner.tls
        return None


class _Socket:
    def __init__(self, plain: socket.socket) -> None:
        self._plain = plain
        self._busy = 0
        self._closed = False

    async def read(self, size: int) -> bytes:
        with self._in_use():
            return await asyncio.get_running_loop().sock_recv(self._plain, size)

    async def write(self, data: bytes) -> None:
        with self._in_use():
            await asyncio.get_running_loop().sock_sendall(self._plain, data)

    def waiting(self, size: int) -> bytes | None:
        try:
            return self._plain.recv(size)
        except (BlockingIOError, InterruptedError):
            return None
        except OSError:
            return b""

    def close(self) -> None:
        self._closed = True
        if not self._busy:
            self._plain.close()
            return
        # Who waits for this socket is woken; a closed one would never wake anybody.
        with contextlib.suppress(OSError):
            self._plain.shutdown(socket.SHUT_RDWR)

    def leave(self) -> None:
        self._closed = True
        self._plain.close()

    @contextlib.contextmanager
    def _in_use(self) -> Iterator[None]:
        if self._closed:
            raise ConnectionAbortedError("the connection is closed")
        self._busy += 1
        try:
            yield
        finally:
            self._busy -= 1
            if self._closed and not self._busy:
                self._plain.close()


class _Tls:
    """TLS over a socket, or over the TLS of a proxy."""

    def __init__(self, under: _Bytes, context: ssl.SSLContext, host: str | None) -> None:
        self._under = under
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self.tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname=host)

    async def shake_hands(self) -> None:
        await self._carry_out(self.tls.do_handshake)

    async def read(self, size: int) -> bytes:
        return await self._carry_out(partial(self._read, size))

    async def write(self, data: bytes) -> None:
        left = memoryview(data)
        while left:
            left = left[await self._carry_out(partial(self.tls.write, left)) :]

    def waiting(self, size: int) -> bytes | None:
        try:
            while True:
                try:
                    return self._read(size)
                except ssl.SSLWantReadError:
                    data = self._under.waiting(_PIECE)
                    if data is None:
                        return None
                    self._take(data)
        except OSError:
            return b""

    def close(self) -> None:
        self._under.close()

    async def _carry_out(self, step: Callable[[], T]) -> T:
        while True:
            try:
                done = step()
            except ssl.SSLWantReadError:
                await self._flush()
                self._take(await self._under.read(_PIECE))
            else:
                await self._flush()
                return done

    async def _flush(self) -> None:
        if self._outgoing.pending:
            await self._under.write(self._outgoing.read())

    def _take(self, data: bytes) -> None:
        if data:
            self._incoming.write(data)
        else:
            self._incoming.write_eof()

    def _read(self, size: int) -> bytes:
        try:
            return self.tls.read(size)
        except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
            return b""


@contextlib.asynccontextmanager
async def _within(
    seconds: float | None, late: type[Exception], broken: type[Exception]
) -> AsyncIterator[None]:
    """What goes wrong inside, in httpcore's terms."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError as problem:
        raise late(str(problem)) from problem
    except OSError as problem:
        raise broken(str(problem)) from problem
