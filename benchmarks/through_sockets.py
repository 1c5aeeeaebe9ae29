"""What a request costs through a socket, sync and async, plain and over TLS.

CPU is the client's own: the server is another process. The floor is a client that writes bytes and
reads as many as it expects, and nothing more.
"""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

from benchmarks.clients import ours, ours_async, theirs, theirs_async
from benchmarks.server import Certified, certify, serving
from exchangekit.runtime.transports import Timeouts, open_async, open_sync

VENUE, SYMBOL = "binance", "BTC/USDT"
ASKED = ("fetch_ticker", "create_order")
AT_ONCE = (1, 10, 100)


@dataclass
class Wire:
    """One way of asking: figures by client; ratios are ours / ccxt."""

    title: str
    asked: int
    """How many requests at once; 0 for sync."""
    tls: bool
    wall: dict[str, list[float]] = field(default_factory=dict)
    """Seconds a request: of latency where it is sync, of the whole divided by their number where
    it is async."""
    cpu: dict[str, list[float]] = field(default_factory=dict)

    def add(self, who: str, wall: float, cpu: float) -> None:
        self.wall.setdefault(who, []).append(wall)
        self.cpu.setdefault(who, []).append(cpu)

    def a_second(self, who: str) -> float:
        return 1 / median(self.wall[who])

    def cpu_each(self, who: str) -> float:
        """Microseconds."""
        return median(self.cpu[who]) * 1e6

    def wall_each(self, who: str) -> float:
        """Microseconds."""
        return median(self.wall[who]) * 1e6

    @property
    def clients(self) -> list[str]:
        return list(self.wall)


def transports() -> list[str]:
    """The kit's own that can be used here."""
    found = []
    for name in ("fast", "plain", "httpx"):
        try:
            open_sync(name, Timeouts()).close()
        except Exception:
            continue
        found.append(name)
    return found


def wires(*, rounds: int, requests: int) -> Iterator[Wire]:
    """All ways, measured, plain ones first."""
    with TemporaryDirectory() as folder:
        certified = certify(Path(folder))
        # Before anything connects: whom to trust is read once.
        os.environ["SSL_CERT_FILE"] = certified.authority
        for tls in (None, certified):
            with serving(VENUE, tls) as url:
                for what in ASKED:
                    yield _one_by_one(what, url, tls, rounds, requests)
                for at_once in AT_ONCE:
                    for what in ASKED:
                        yield asyncio.run(_at_once(what, at_once, url, tls, rounds, requests))


def _one_by_one(what: str, url: str, tls: Certified | None, rounds: int, requests: int) -> Wire:
    wire = Wire(f"{what}, sync", 0, tls is not None)
    other = theirs(VENUE, url=url)
    if tls is not None:
        other.validateServerSsl = tls.authority
    asking: dict[str, Callable[[], Any]] = {"ccxt": _their(other, what)}
    opened = []
    for name in transports():
        mine = ours(VENUE, open_sync(name, Timeouts()), url=url)
        opened.append(mine)
        asking[name] = _our(mine, what)
    floor = _Plain(url, tls, what)
    asking["floor"] = floor.ask
    for ask in asking.values():
        for _ in range(20):
            ask()
    for number in range(rounds):
        for who in _in_turns(asking, number):
            ask, each = asking[who], []
            cpu = time.process_time()
            for _ in range(requests):
                began = time.perf_counter()
                ask()
                each.append(time.perf_counter() - began)
            wire.add(who, median(each), (time.process_time() - cpu) / requests)
    for one in opened:
        one.close()
    other.session.close()
    floor.close()
    return wire


async def _at_once(
    what: str, asked: int, url: str, tls: Certified | None, rounds: int, requests: int
) -> Wire:
    wire = Wire(what, asked, tls is not None)
    other = theirs_async(VENUE, url)
    if tls is not None:
        other.ssl_context = ssl.create_default_context(cafile=tls.authority)
    await other.load_markets()
    asking: dict[str, Callable[[], Awaitable[Any]]] = {"ccxt": _their(other, what)}
    opened = []
    for name in transports():
        mine = ours_async(VENUE, open_async(name, Timeouts()), url=url)
        opened.append(mine)
        await mine.load_markets()
        asking[name] = _our(mine, what)
    for ask in asking.values():
        await _all(ask, asked, 2 * asked)
    for number in range(rounds):
        for who in _in_turns(asking, number):
            count = max(requests, 2 * asked)
            wall, cpu = time.perf_counter(), time.process_time()
            await _all(asking[who], asked, count)
            wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
            wire.add(who, wall / count, cpu / count)
    for one in opened:
        await one.aclose()
    await other.close()
    return wire


async def _all(ask: Callable[[], Awaitable[Any]], at_once: int, count: int) -> None:
    left = iter(range(count))

    async def work() -> None:
        for _ in left:
            await ask()

    await asyncio.gather(*(work() for _ in range(at_once)))


def _in_turns(asking: dict[str, Any], number: int) -> list[str]:
    names = list(asking)
    return names[number % len(names) :] + names[: number % len(names)]


def _our(exchange: Any, what: str) -> Callable[[], Any]:
    if what == "fetch_ticker":
        return lambda: exchange.fetch_ticker(SYMBOL)
    return lambda: exchange.create_limit_order(SYMBOL, "buy", "0.001", "40000")


def _their(exchange: Any, what: str) -> Callable[[], Any]:
    if what == "fetch_ticker":
        return lambda: exchange.fetch_ticker(SYMBOL)
    return lambda: exchange.create_order(SYMBOL, "limit", "buy", 0.001, 40000)


class _Plain:
    """The floor: bytes out, bytes in."""

    def __init__(self, url: str, tls: Certified | None, what: str) -> None:
        place = urlsplit(url)
        assert place.hostname is not None
        plain = socket.create_connection((place.hostname, place.port or 0))
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket = plain
        if tls is not None:
            context = ssl.create_default_context(cafile=tls.authority)
            self._socket = context.wrap_socket(plain, server_hostname=place.hostname)
        line = (
            "GET /api/v3/ticker/24hr?symbol=BTCUSDT"
            if what == "fetch_ticker"
            else "POST /api/v3/order?symbol=BTCUSDT"
        )
        self._request = f"{line} HTTP/1.1\r\nHost: {place.netloc}\r\n\r\n".encode()
        self._size = 0

    def ask(self) -> None:
        self._socket.sendall(self._request)
        heard = self._socket.recv(65536)
        if not self._size:
            head, _, body = heard.partition(b"\r\n\r\n")
            self._size = len(head) + 4 + int(head.rsplit(b" ", 1)[1])
            heard = head + b"\r\n\r\n" + body
        while len(heard) < self._size:
            heard += self._socket.recv(65536)

    def close(self) -> None:
        self._socket.close()
