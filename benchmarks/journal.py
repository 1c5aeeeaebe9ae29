"""What the journal costs an order: ``python benchmarks/journal.py [folder] [rounds]``.

Orders go through the whole kit to a transport that answers at once, so that what differs is the
journal: none, ``"process"``, ``"power"``. All three take turns in every round, each beginning as
often as the others, and medians over the rounds are shown: wall and CPU time an order (and how many
times as much as without a journal), the slowest of a hundred in ms, commits an order.

The journals lie in `folder`, on whose disk much depends (a new temporary one by default).
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import parse_qs

from exchangekit_binance.adapter import BinanceAdapter
from exchangekit_binance.sim import BinanceDialect

from exchangekit import Journal
from exchangekit.adapter import Call, Credentials, Outgoing, Reply
from exchangekit.exchange import Exchange, SyncExchange
from exchangekit.hookspecs import new_manager
from exchangekit.journal import AsyncSide, Level
from exchangekit.models import Market, Order, OrderRequest
from exchangekit.operations import Connection, Hooks, OneVenue
from exchangekit.runtime.drivers import AsyncDriver, SyncDriver
from exchangekit.runtime.limits import LocalLimits, ScopeLimits
from exchangekit.runtime.policy import Policy, Settings
from exchangekit.sim.http import RawRequest
from exchangekit.sim.run import make_venue

LEVELS: tuple[Level | None, ...] = (None, "process", "power")
AT_ONCE = 100
KEY, SECRET = "k" * 64, "s" * 64
ANSWER = (
    b'{"symbol":"BTCUSDT","orderId":%d,"orderListId":-1,"clientOrderId":"%s","transactTime":%d,'
    b'"price":"40000.00000000","origQty":"0.00100000","executedQty":"0.00000000",'
    b'"cummulativeQuoteQty":"0.00000000","status":"NEW","timeInForce":"GTC","type":"LIMIT",'
    b'"side":"BUY","workingTime":%d,"fills":[],"selfTradePreventionMode":"EXPIRE_MAKER"}'
)


class NoLimits(BinanceAdapter):
    """The venue as it is, but for its limits: the kit would wait for them."""

    def create_order(self, market: Market, order: OrderRequest) -> Call[Order]:
        call = super().create_order(market, order)
        return replace(call, request=replace(call.request, costs=()))


class AtOnce:
    """Answers an order as the venue would, and the rest by a simulated one."""

    name = "at once"

    def __init__(self) -> None:
        self._venue = make_venue(BinanceDialect, key=KEY, secret=SECRET, pairs=[("BTC", "USDT")])
        self._orders = 0

    def answer(self, outgoing: Outgoing) -> Reply:
        if outgoing.method == "POST":
            self._orders += 1
            query = outgoing.target.partition("?")[2] or outgoing.body.decode()
            name = parse_qs(query)["newClientOrderId"][0].encode()
            now = time.time_ns() // 1_000_000
            return Reply(200, {}, ANSWER % (self._orders, name, now, now))
        path, _, query = outgoing.target.partition("?")
        headers = tuple((name.encode(), value.encode()) for name, value in outgoing.headers)
        said = self._venue.handle(
            self._venue.arrive(
                RawRequest("GET", path.encode(), query.encode(), headers, b"", "127.0.0.1", 0)
            )
        )
        return Reply(said.status, {}, said.body)


class SyncAtOnce(AtOnce):
    def send(self, outgoing: Outgoing, timeout: float) -> Reply:
        return self.answer(outgoing)

    def close(self) -> None:
        """There is nothing to close."""


class AsyncAtOnce(AtOnce):
    async def send(self, outgoing: Outgoing, timeout: float) -> Reply:
        return self.answer(outgoing)

    async def aclose(self) -> None:
        """There is nothing to close."""


def operations() -> OneVenue:
    policy = Policy(
        NoLimits(),
        BinanceAdapter.environments["live"],
        Credentials(KEY, SECRET),
        LocalLimits(ScopeLimits(), ScopeLimits()),
        Settings(),
    )
    return OneVenue(Connection(policy, Hooks(new_manager()), "live"))


@dataclass
class Round:
    """So many orders, in seconds an order; `slowest` is the time of the slowest of a hundred."""

    wall: float
    cpu: float
    slowest: float
    commits: float


@dataclass
class Case:
    """Orders placed in one way into one kind of journal. `place` gives each order's seconds."""

    how: str
    level: Level | None
    place: Callable[[], list[float]]
    journal: Journal | None
    rounds: list[Round] = field(default_factory=list)

    def run(self) -> None:
        before, cpu, wall = self._commits(), time.process_time(), time.perf_counter()
        each = self.place()
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        count = len(each)
        commits = (self._commits() - before) / count
        self.rounds.append(Round(wall / count, cpu / count, max(each), commits))

    def _commits(self) -> int:
        return 0 if self.journal is None else self.journal._writer.commits  # noqa: SLF001 - to count

    def middle(self, what: str) -> float:
        each: list[float] = [getattr(one, what) for one in self.rounds]
        return median(each)


def one_by_one(exchange: SyncExchange) -> list[float]:
    return [timed(exchange) for _ in range(AT_ONCE)]


def timed(exchange: SyncExchange) -> float:
    began = time.perf_counter()
    exchange.create_limit_order("BTC/USDT", "buy", "0.001", "40000")
    return time.perf_counter() - began


def in_threads(exchange: SyncExchange) -> list[float]:
    each: list[float] = []
    gate = threading.Barrier(AT_ONCE)

    def work() -> None:
        gate.wait()
        each.append(timed(exchange))

    threads = [threading.Thread(target=work) for _ in range(AT_ONCE)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return each


async def awaited(exchange: Exchange) -> float:
    began = time.perf_counter()
    await exchange.create_limit_order("BTC/USDT", "buy", "0.001", "40000")
    return time.perf_counter() - began


async def awaited_one_by_one(exchange: Exchange) -> list[float]:
    return [await awaited(exchange) for _ in range(AT_ONCE)]


async def awaited_at_once(exchange: Exchange) -> list[float]:
    return list(await asyncio.gather(*(awaited(exchange) for _ in range(AT_ONCE))))


@contextmanager
def cases(folder: Path) -> Iterator[list[Case]]:
    """Every way with every kind of journal, each with an exchange and a file of its own."""
    made: list[Case] = []
    with asyncio.Runner() as runner:
        opened: list[Exchange | SyncExchange] = []
        ways: Sequence[tuple[str, Callable[[Exchange], Coroutine[Any, Any, list[float]]]]] = (
            ("async, one by one", awaited_one_by_one),
            (f"async, {AT_ONCE} at once", awaited_at_once),
        )
        sync_ways: Sequence[tuple[str, Callable[[SyncExchange], list[float]]]] = (
            ("sync, one by one", one_by_one),
            (f"sync, {AT_ONCE} threads", in_threads),
        )
        for how, awaits in ways:
            for level in LEVELS:
                journal = _journal(folder, len(made), level)
                side = None if journal is None else AsyncSide(journal)
                exchange = Exchange(operations(), AsyncDriver(AsyncAtOnce(), side))
                opened.append(exchange)

                def run(
                    awaits: Callable[[Exchange], Coroutine[Any, Any, list[float]]] = awaits,
                    exchange: Exchange = exchange,
                ) -> list[float]:
                    return runner.run(awaits(exchange))

                made.append(Case(how, level, run, journal))
        for how, does in sync_ways:
            for level in LEVELS:
                journal = _journal(folder, len(made), level)
                plain = SyncExchange(operations(), SyncDriver(SyncAtOnce(), journal))
                opened.append(plain)

                def call(
                    does: Callable[[SyncExchange], list[float]] = does,
                    exchange: SyncExchange = plain,
                ) -> list[float]:
                    return does(exchange)

                made.append(Case(how, level, call, journal))
        yield made
        for one in opened:
            if isinstance(one, Exchange):
                runner.run(one.aclose())
            else:
                one.close()
        for case in made:
            if case.journal is not None:
                case.journal.close()


def _journal(folder: Path, number: int, level: Level | None) -> Journal | None:
    return None if level is None else Journal(folder / f"{number}-{level}.journal", level)


def sync_of(folder: Path) -> float:
    """Seconds that a sync of this disk takes."""
    each = []
    with (folder / "sync").open("wb", buffering=0) as file:
        for _ in range(50):
            file.write(b"." * 4096)
            began = time.perf_counter()
            os.fsync(file.fileno())
            each.append(time.perf_counter() - began)
    return median(each)


def table(made: list[Case]) -> Iterator[str]:
    """A line a case, under a heading."""
    yield " " * 23 + "journal   wall ms      x  CPU ms      x  slowest commits"
    without: dict[str, Case] = {case.how: case for case in made if case.level is None}
    for case in made:
        wall, cpu, slowest = (case.middle(what) for what in ("wall", "cpu", "slowest"))
        times = wall / without[case.how].middle("wall"), cpu / without[case.how].middle("cpu")
        yield (
            f"{case.how:22} {case.level or 'None':8} {wall * 1000:8.3f} {times[0]:6.2f}"
            f" {cpu * 1000:7.3f} {times[1]:6.2f} {slowest * 1000:8.2f}"
            f" {case.middle('commits'):7.2f}"
        )


def main(folder: Path, rounds: int) -> None:
    with cases(folder) as made:
        for case in made:
            case.run()  # opens files, loads markets, asks for the time
            case.rounds.clear()
        for number in range(rounds):
            for start in range(0, len(made), len(LEVELS)):
                turns = made[start : start + len(LEVELS)]
                shift = number % len(LEVELS)
                for case in (*turns[shift:], *turns[:shift]):
                    case.run()
        print(f"{rounds} rounds of {AT_ONCE} orders each; a sync of this disk takes", end=" ")
        print(f"{sync_of(folder) * 1000:.2f} ms")
        print(*table(made), sep="\n")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as fresh:
        given = sys.argv[1:]
        main(Path(given[0] if given else fresh), int(given[1]) if len(given) > 1 else 30)
