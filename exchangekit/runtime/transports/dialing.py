"""From the name of a host to a connected socket, for whoever holds sockets by himself.

A name may have several addresses, and some of them may lead nowhere: the next is tried beside the
one before, so that a dead one costs a moment and not the whole time there is.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import select
import selectors
import socket
import threading
import time
from ipaddress import ip_address
from typing import Any

Place = tuple[socket.AddressFamily, tuple[Any, ...]]

_HEAD_START = 0.25
"""Seconds that an address is given before the next one is tried beside it (RFC 8305)."""


# Async


async def places(host: str, port: int) -> list[Place]:
    """Where `host` is, each place once. Raises OSError."""
    known = _literal(host, port)
    if known is not None:
        return [known]
    loop = asyncio.get_running_loop()
    try:
        rows = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError as problem:
        raise OSError(f"{host}: {problem}") from problem
    return list(dict.fromkeys((row[0], row[4]) for row in rows))


async def connected(found: list[Place]) -> socket.socket:
    """A socket to the first place that answers, which does not block. Raises OSError."""
    failure: Exception = OSError("the name has no address")
    trying: set[asyncio.Task[socket.socket]] = set()
    left = list(found)
    try:
        while left or trying:
            if left:
                trying.add(asyncio.create_task(_connect(left.pop(0))))
            done, _ = await asyncio.wait(
                trying,
                timeout=_HEAD_START if left else None,
                return_when=asyncio.FIRST_COMPLETED,
            )
            for task in done:
                trying.remove(task)
                try:
                    return task.result()
                except OSError as problem:
                    failure = problem
        raise failure
    finally:
        for task in trying:
            task.cancel()
        for late in await asyncio.gather(*trying, return_exceptions=True):
            if isinstance(late, socket.socket):
                late.close()


async def _connect(place: Place) -> socket.socket:
    family, address = place
    plain = _socket(family)
    try:
        await asyncio.get_running_loop().sock_connect(plain, address)
    except BaseException:
        plain.close()
        raise
    return plain


# Blocking


def addresses(host: str, port: int, end: float) -> list[str]:
    """The addresses of `host`, asked for on the side: the system's resolver takes no time limit.
    Raises OSError, and TimeoutError when `end` comes first."""
    return list(dict.fromkeys(str(address[0]) for _, address in _asked(host, port, end)))


def dialed(host: str, port: int, end: float) -> socket.socket:
    """A socket to the first address of `host` that answers, which does not block. Raises OSError,
    and TimeoutError when `end` (on `time.monotonic`) comes first."""
    known = _literal(host, port)
    left = [known] if known is not None else _asked(host, port, end)
    failure: Exception = OSError("the name has no address")
    with selectors.DefaultSelector() as trying:
        try:
            while left or trying.get_map():
                if left:
                    family, address = left.pop(0)
                    plain = _socket(family)
                    try:
                        with contextlib.suppress(BlockingIOError, InterruptedError):
                            plain.connect(address)
                    except OSError as problem:
                        plain.close()
                        failure = problem
                        continue
                    trying.register(plain, selectors.EVENT_WRITE)
                patience = end - time.monotonic()
                if patience <= 0:
                    raise TimeoutError("no time left")
                if left:
                    patience = min(patience, _HEAD_START)
                for key, _ in trying.select(patience):
                    plain = _of(key.fileobj)
                    trying.unregister(plain)
                    code = plain.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
                    if not code:
                        return plain
                    plain.close()
                    failure = OSError(code, os.strerror(code))
            raise failure
        finally:
            for key in tuple((trying.get_map() or {}).values()):
                _of(key.fileobj).close()


def ready(plain: socket.socket, seconds: float, *, to_write: bool = False) -> None:
    """Wait until `plain` can be read, or written. Raises TimeoutError."""
    if hasattr(select, "poll"):
        poll = select.poll()
        poll.register(plain, select.POLLOUT if to_write else select.POLLIN)
        found = bool(poll.poll(max(0.0, seconds) * 1000))
    else:
        ends = ([], [plain]) if to_write else ([plain], [])
        found = any(select.select(*ends, [plain], max(0.0, seconds)))
    if not found:
        raise TimeoutError("timed out")


def _asked(host: str, port: int, end: float) -> list[Place]:
    found: list[Place] = []
    failures: list[Exception] = []

    def ask() -> None:
        try:
            rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as problem:
            failures.append(problem)
        else:
            found.extend(dict.fromkeys((row[0], row[4]) for row in rows))

    asking = threading.Thread(target=ask, name="exchangekit-dns", daemon=True)
    asking.start()
    asking.join(max(0.0, end - time.monotonic()))
    if failures:
        raise OSError(f"{host}: {failures[0]}") from failures[0]
    if asking.is_alive():
        raise TimeoutError(f"no answer from the name server for {host}")
    return found


# Both


def _literal(host: str, port: int) -> Place | None:
    """The place of an address that is no name."""
    try:
        version = ip_address(host).version
    except ValueError:
        return None
    return socket.AF_INET if version == 4 else socket.AF_INET6, (host, port)


def _socket(family: socket.AddressFamily) -> socket.socket:
    plain = socket.socket(family, socket.SOCK_STREAM)
    try:
        plain.setblocking(False)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except BaseException:
        plain.close()
        raise
    return plain


def _of(held: Any) -> socket.socket:
    assert isinstance(held, socket.socket)
    return held
