"""The simulated venues of a run: three servers in one thread, and what is seen of them."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from queue import Queue
from typing import Any

from exchangekit.plugins import installed
from exchangekit.sim.control import Control
from exchangekit.sim.run import DEFAULT_KEY, DEFAULT_PASSPHRASE, DEFAULT_SECRET, make_venue
from exchangekit.sim.server import Server, run
from exchangekit.testing.chaos.door import Door
from exchangekit.testing.chaos.plan import PRICES, Planned
from exchangekit.testing.chaos.weather import Weather
from exchangekit.testing.chaos.which import VENUES, clock_off

_PAIRS = (("BTC", "USDT"), ("ETH", "USDT"))
_FUNDS = {"USDT": Decimal(10**10), "BTC": Decimal(10**6), "ETH": Decimal(10**7)}
_NEW_QUOTES = 50
"""After how many orders the background market quotes anew what was taken from it."""
_HELD_AT_ONCE = 200
KEYS = {"api_key": DEFAULT_KEY, "secret": DEFAULT_SECRET, "passphrase": DEFAULT_PASSPHRASE}


@dataclass(slots=True)
class Site:
    """The venues while they run. ``first_seen`` brings each planned order when it first arrives
    anywhere."""

    servers: dict[str, Server]
    doors: dict[str, Door]
    controls: dict[str, Control]
    first_seen: Queue[Planned]

    def addresses(self) -> dict[str, str]:
        return {name: server.url for name, server in self.servers.items()}

    def heal(self) -> None:
        """No more trouble of any kind."""
        for name, door in self.doors.items():
            door.healed = True
            self.controls[name].clear_faults()

    def ledgers(self) -> dict[str, list[dict[str, Any]]]:
        """Every order that a venue ever took, by venue."""
        return {name: control.orders() for name, control in self.controls.items()}

    def faults(self) -> Counter[str]:
        """What struck, by kind."""
        return sum((door.fired for door in self.doors.values()), Counter[str]())


@contextmanager
def running(orders: Iterable[Planned], weather: Weather, seed: int) -> Iterator[Site]:
    """The venues for the length of a block."""
    dialects: Mapping[str, Any] = installed().simulated()
    orders = tuple(orders)
    first_seen: Queue[Planned] = Queue()
    arrivals: Counter[str] = Counter()
    known: set[str] = set()
    site = Site({}, {}, {}, first_seen)

    def arrived(venue: str, order: Planned | None) -> None:
        arrivals[venue] += 1
        if arrivals[venue] % _NEW_QUOTES == 0:
            _quote(site.doors[venue])
        front = weather.at(venue, arrivals[venue])
        if front is not None:
            site.doors[venue].fired[front[0]] += 1
            site.controls[venue].add_faults(front[1])
        if order is not None and order.name not in known:
            known.add(order.name)
            first_seen.put(order)

    for name in VENUES:
        inner = make_venue(dialects[name], seed=seed, funds=_FUNDS, pairs=_PAIRS)
        door = site.doors[name] = Door(inner, orders, arrived)
        control = site.controls[name] = Control(door.state)
        control.limits(enabled=False)
        control.clock(offset_ms=clock_off(name))
        _quote(door)
        site.servers[name] = Server(door)
    with _served(tuple(site.servers.values())):
        yield site


def _quote(door: Door) -> None:
    """Let the markets stand still at the plan's prices, with a whole book around them."""
    for symbol, listed in door.state.instruments.items():
        price = PRICES[f"{listed.base}/{listed.quote}"]
        Control(door.state).market(symbol, price=price, frozen=True)


@contextmanager
def _served(servers: tuple[Server, ...]) -> Iterator[None]:
    """`servers` in a thread of their own."""
    ready, end = threading.Event(), asyncio.Event()
    loops: list[asyncio.AbstractEventLoop] = []

    async def serve() -> None:
        loop = asyncio.get_running_loop()
        loop.set_default_executor(ThreadPoolExecutor(_HELD_AT_ONCE))
        for server in servers:
            await server.start()
        loops.append(loop)
        ready.set()
        await end.wait()
        for server in servers:
            await server.stop()

    thread = threading.Thread(target=run, args=(serve(),), name="venues", daemon=True)
    thread.start()
    ready.wait()
    try:
        yield
    finally:
        loops[0].call_soon_threadsafe(end.set)
        thread.join()
