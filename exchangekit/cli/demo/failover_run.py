"""The failover run: the same strategy file, unchanged, over several venues, the first of which
fails in the middle. What it believes is put beside all ledgers together."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

from exchangekit.cli.demo import script
from exchangekit.cli.demo import signal_strategy as strategy
from exchangekit.cli.demo.comparing import NO_ORDER, Line, compare_balances, compare_orders
from exchangekit.cli.demo.ledger import HeldOrder, Ledger
from exchangekit.cli.demo.proofs import Handled, Hearing, ProofAwaited
from exchangekit.cli.demo.signal_strategy import Report, Signal
from exchangekit.cli.demo.trading import KEYS, PATIENCE, let_prices_hold
from exchangekit.connect import connect, connect_sync
from exchangekit.failover import Failover, FailoverEvent, HealthSettings, SyncFailover
from exchangekit.journal import Journal
from exchangekit.models.markets import Markets, index
from exchangekit.runtime.transports import Timeouts
from exchangekit.sim import run_venues

WINDOW = 500
"""Milliseconds that an order may be under way: the proof that it never was begins after that."""
QUICK = Timeouts(connect=2, read=5, attempt=5, total=20)
HEALTH = HealthSettings(failures_to_open=1, first_pause=0.5, longest_pause=1.0)
NO_MARKETS = index(())


@dataclass(frozen=True, slots=True)
class FailoverRun:
    """One run: a line of ``orders`` for each of ``handled``, and one for each that nobody knows."""

    variant: str
    venues: tuple[str, ...]
    handled: tuple[Handled, ...]
    orders: tuple[Line, ...]
    balances: tuple[Line, ...]
    seconds: float

    @property
    def same(self) -> bool:
        return all(line.same for line in (*self.orders, *self.balances))

    @property
    def placed(self) -> int:
        return sum(line.held != NO_ORDER for line in self.orders)

    @property
    def went_on(self) -> bool:
        """Whether an order was taken by another venue than the first: else nothing was shown."""
        return any(one.venue not in (None, self.venues[0]) for one in self.handled)

    @property
    def came_back(self) -> bool:
        """Whether the first venue took one after that."""
        took = [one.venue for one in self.handled if one.venue is not None]
        away = next((at for at, venue in enumerate(took) if venue != self.venues[0]), len(took))
        return self.venues[0] in took[away:]


class Screen(Protocol):
    """Who shows a run while it goes on."""

    @property
    def pace(self) -> float:
        """Seconds between two signals, so that eyes can follow."""
        ...

    @property
    def tell_request(self) -> Callable[[str], None] | None:
        """Who wants to know each request and reply."""
        ...

    def begin(self, run: Running) -> None:
        """Another run begins."""
        ...

    def say(self, text: str) -> None:
        """Something has happened. May come from any thread."""
        ...

    def happened(self, event: FailoverEvent) -> None:
        """The failover tells something. May come from any thread."""
        ...

    def trades(self, number: int, signal: Signal) -> None:
        """The strategy takes up a signal, counted from 1."""
        ...

    def awaits(self, awaited: ProofAwaited) -> None:
        """Nobody knows what became of an order."""
        ...

    def handled(self, one: Handled) -> None:
        """A signal has come to its end."""
        ...


@dataclass(slots=True)
class Running:
    """A run that goes on, for the screen."""

    variant: str
    venues: tuple[str, ...]
    signals: int
    hearing: Hearing
    health: script.Health


def fail_over_on_simulated_venues(
    dialects: Sequence[Any], signals: Sequence[Signal], seed: int, screen: Screen
) -> Iterator[FailoverRun]:
    """Async, and then sync with another venue first: each proves absence in its own way."""
    with (
        TemporaryDirectory(prefix="exchangekit-demo-") as folder,
        run_venues(
            dialects,
            key=KEYS["api_key"],
            secret=KEYS["secret"],
            passphrase=KEYS["passphrase"],
            seed=seed,
        ) as running,
    ):
        first, *others = running
        for variant, venues in (("async", (first, *others)), ("sync", (*others, first))):
            where = {venue: running[venue] for venue in venues}
            yield FailingOver(variant, where, signals, Path(folder), screen).run()


class FailingOver:
    """One run over the simulated venues `running`, in the order of preference."""

    def __init__(
        self,
        variant: str,
        running: Mapping[str, Any],
        signals: Sequence[Signal],
        folder: Path,
        screen: Screen,
    ) -> None:
        self.variant = variant
        self.venues = tuple(running)
        self.running = running
        self.signals = signals
        self.folder = folder
        self.screen = screen
        self.hearing = Hearing(WINDOW / 1000, screen.tell_request, screen.awaits)
        self.handled: list[Handled] = []

    def run(self) -> FailoverRun:
        with ExitStack() as stack:
            ledgers = {
                name: stack.enter_context(Ledger(self.running[name].url)) for name in self.venues
            }
            markets = {name: self._markets(name) for name in self.venues}
            for name, ledger in ledgers.items():
                let_prices_hold(ledger, markets[name], self.signals)
            known = _held(ledgers, markets)
            before = {name: ledger.totals() for name, ledger in ledgers.items()}
            self.journals = {
                name: stack.enter_context(closing(Journal(self._path(name))))
                for name in (*self.venues, "failover")
            }
            started = time.monotonic()
            reports = asyncio.run(self._async()) if self.variant == "async" else self._sync()
            seconds = time.monotonic() - started
            held = _held(ledgers, markets)
            new = {name: order for name, order in held.items() if name not in known}
            return FailoverRun(
                variant=self.variant,
                venues=self.venues,
                handled=tuple(self.handled),
                orders=compare_orders(reports, new, NO_MARKETS),
                balances=tuple(
                    Line(f"{name} {line.what}", line.believed, line.held)
                    for name, ledger in ledgers.items()
                    for line in compare_balances(
                        [one for one in reports if one.order and one.order.venue == name],
                        before[name],
                        ledger.totals(),
                    )
                ),
                seconds=seconds,
            )

    async def _async(self) -> list[Report]:
        async with Failover(
            [connect(name, **self._options(name)) for name in self.venues],
            journal=self.journals["failover"],
            on_event=self.screen.happened,
            health=HEALTH,
        ) as exchange:
            stage = self._stage(exchange)
            for number, signal in enumerate(self.signals):
                for _ in self._before(stage, number):
                    await asyncio.sleep(script.NAP)
                self._begin(number, signal)
                self._end(exchange, await strategy.trade(exchange, exchange, signal, PATIENCE))
                await asyncio.sleep(self.screen.pace)
            return [one.report for one in self.handled]

    def _sync(self) -> list[Report]:
        with SyncFailover(
            [connect_sync(name, **self._options(name)) for name in self.venues],
            journal=self.journals["failover"],
            on_event=self.screen.happened,
            health=HEALTH,
        ) as exchange:
            stage = self._stage(exchange)
            for number, signal in enumerate(self.signals):
                for _ in self._before(stage, number):
                    time.sleep(script.NAP)
                self._begin(number, signal)
                self._end(exchange, strategy.trade_sync(exchange, exchange, signal, PATIENCE))
                time.sleep(self.screen.pace)
            return [one.report for one in self.handled]

    # What async and sync share

    def _options(self, name: str) -> dict[str, Any]:
        return {
            **KEYS,
            "base_url": self.running[name].url,
            "env_file": None,
            "journal": self.journals[name],
            "hooks": [self.hearing],
            "order_window": WINDOW,
            "timeouts": QUICK,
        }

    def _stage(self, exchange: Failover | SyncFailover) -> script.Stage:
        self.hearing.fences = {
            name: one.capabilities.fence for name, one in exchange.exchanges.items()
        }
        self.screen.begin(
            Running(self.variant, self.venues, len(self.signals), self.hearing, exchange.health)
        )
        first = self.venues[0]
        return script.Stage(first, self.running[first], exchange.health, self.screen.say)

    def _before(self, stage: script.Stage, number: int) -> Iterator[None]:
        act = script.ACTS.get(number)
        return act(stage) if act is not None else iter(())

    def _begin(self, number: int, signal: Signal) -> None:
        self.hearing.begin()
        self.screen.trades(number + 1, signal)
        self._started = time.monotonic()

    def _end(self, exchange: Failover | SyncFailover, report: Report) -> None:
        ended = self.hearing.ended_at or time.monotonic()
        steps = tuple(self.hearing.steps)
        one = Handled(report, steps, self.hearing.passed_over, ended - self._started)
        self.handled.append(one)
        self.screen.handled(one)

    def _markets(self, name: str) -> Markets:
        with connect_sync(name, base_url=self.running[name].url, env_file=None) as reader:
            return reader.load_markets()

    def _path(self, name: str) -> Path:
        return self.folder / f"{self.variant}-{name}.journal"


def _held(ledgers: Mapping[str, Ledger], markets: Mapping[str, Markets]) -> dict[str, HeldOrder]:
    """The orders of all ledgers together, with the ids and symbols of the failover."""
    return {
        f"{name}:{order_id}": order.at(markets[name].symbol_of(order.symbol))
        for name, ledger in ledgers.items()
        for order_id, order in ledger.orders().items()
    }
