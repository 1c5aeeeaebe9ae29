"""The blocking network: one deadline over everything that a request does, and turns kept.

httpx bounds each step: each address tried, each piece received. A server that sends a byte a
second keeps such a client busy for ever, and a name server that does not answer is not bounded at
all. Here every step gets what is left of the whole request's time.
"""

from __future__ import annotations

import contextlib
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from weakref import WeakSet

import httpcore

from exchangekit.runtime.transports.dialing import addresses
from exchangekit.runtime.transports.turns import Turns

_Options = Iterable[Any] | None


class Deadline(threading.local):
    """When the request of this thread must be over, on the monotonic clock."""

    at: float = float("inf")

    @contextlib.contextmanager
    def until(self, at: float) -> Iterator[None]:
        self.at = at
        try:
            yield
        finally:
            self.at = float("inf")

    def left(self, timeout: float | None, error: type[Exception]) -> float:
        """`timeout` or what is left of the whole. Raises `error` when that is nothing."""
        left = self.at - time.monotonic()
        if left <= 0:
            raise error("no time left")
        return left if timeout is None else min(timeout, left)


class DeadlineBackend(httpcore.NetworkBackend):
    """httpcore's own blocking network, with `deadline` over all its steps."""

    def __init__(self, deadline: Deadline) -> None:
        self._deadline = deadline
        self._network = httpcore.SyncBackend()
        self._open: WeakSet[httpcore.NetworkStream] = WeakSet()

    def leave(self) -> None:
        """In a child process: close its copies, which ends no connection of the parent's."""
        for stream in tuple(self._open):
            stream.close()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: _Options = None,
    ) -> httpcore.NetworkStream:
        end = time.monotonic() + self._deadline.left(timeout, httpcore.ConnectTimeout)
        failure: Exception = httpcore.ConnectError("the name has no address")
        try:
            found = addresses(host, port, end)
        except TimeoutError as problem:
            raise httpcore.ConnectTimeout(str(problem)) from problem
        except OSError as problem:
            raise httpcore.ConnectError(str(problem)) from problem
        for address in found:
            left = end - time.monotonic()
            if left <= 0:
                raise httpcore.ConnectTimeout("no time left")
            try:
                stream = self._network.connect_tcp(
                    address, port, left, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as problem:
                failure = problem
            else:
                return self._kept(_Stream(stream, self._deadline, self._kept))
        raise failure

    def _kept(self, stream: _Stream) -> _Stream:
        self._open.add(stream)
        return stream


class _Stream(httpcore.NetworkStream):
    def __init__(
        self,
        stream: httpcore.NetworkStream,
        deadline: Deadline,
        kept: Callable[[_Stream], _Stream],
    ) -> None:
        self._stream = stream
        self._deadline = deadline
        self._kept = kept
        self._turns = Turns(self._waiting)

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        left = self._deadline.left(timeout, httpcore.ReadTimeout)
        data = self._stream.read(max_bytes, left)
        return self._turns.heard(data)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        left = self._deadline.left(timeout, httpcore.WriteTimeout)
        self._turns.writing(buffer)
        self._stream.write(buffer, left)

    def _waiting(self) -> bytes | None:
        try:
            # Not the socket is asked: beneath TLS it holds more than what was said to us.
            return self._stream.read(1, 0)
        except httpcore.ReadError as problem:
            quiet = isinstance(problem.__cause__, BlockingIOError | ssl.SSLWantReadError)
            return None if quiet else b""

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        left = self._deadline.left(timeout, httpcore.ConnectTimeout)
        encrypted = self._stream.start_tls(ssl_context, server_hostname, left)
        return self._kept(_Stream(encrypted, self._deadline, self._kept))

    def get_extra_info(self, info: str) -> Any:
        if info == "is_readable":
            # By this the pool decides whether an idle connection may be used again.
            return self._turns.disturbed()
        return self._stream.get_extra_info(info)
