"""Processes that place the same order through failovers of their own, walked step by step.

A `World` has a clock, venues with ledgers of their own, and the journals' files, which all
processes share. A `Process` is one program: a failover with its own health and preference, whose
flow stands still before every effect that others could notice (a line of a journal, a request on
its way there and on its way back, a wait, the turn to a member). Whoever steps the processes
decides who goes on, who is killed and who is interrupted.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from exchangekit import Journal
from exchangekit.adapter import Credentials, Reply
from exchangekit.exchange.recovery import open_in, reconciliation
from exchangekit.failover import Kind
from exchangekit.failover.events import Events
from exchangekit.failover.health import Sign
from exchangekit.failover.members import Member
from exchangekit.failover.operations import SeveralVenues
from exchangekit.failover.recovery import looked_up, settled
from exchangekit.failover.several import FailoverSettings, Several
from exchangekit.hookspecs import hookimpl, new_manager
from exchangekit.journal.entries import line_of
from exchangekit.journal.store import Store
from exchangekit.models import Order
from exchangekit.models.markets import index
from exchangekit.operations import Connection, Hooks, OneVenue
from exchangekit.runtime.clock import Sample
from exchangekit.runtime.effects import (
    Background,
    Effect,
    Entropy,
    Flow,
    Now,
    On,
    Record,
    Send,
    Shared,
    Sleep,
    Today,
    Together,
)
from exchangekit.runtime.journal import AlreadyIntended, Entry, NameClosed, Recorded, Sending
from exchangekit.runtime.limits import LocalLimits, ScopeLimits
from exchangekit.runtime.policy import Policy, Settings
from support.ledgers import NobodyAnswers, Row, Venue, milliseconds
from support.toy import (
    KEY,
    SECRET,
    START,
    MarketRow,
    ToyAdapter,
    market_of,
)

SYMBOL, NAME = "BTC/USDT", "mine"
MARKETS = index((market_of(MarketRow("BTC/USDT")),))


class File:
    """A journal's file, written at once, by whoever steps."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._store = Store(path, "process", 2.0)
        self._store._connection.execute("PRAGMA synchronous = OFF")
        self._reader = Journal(path)

    def empty(self) -> None:
        with self._store.batch():
            for table in ("events", "tries", "closed", "changes"):
                self._store._connection.execute(f"DELETE FROM {table}")

    def record(self, entry: Entry) -> None:
        stopped: Exception | None = None
        with self._store.batch():
            try:
                self._store.write(line_of(entry))
            except (AlreadyIntended, NameClosed) as problem:
                stopped = problem
        if stopped is not None:
            raise stopped

    def find(self, name: str) -> Recorded | None:
        return self._reader.find(name)

    def open_intents(self) -> tuple[Recorded, ...]:
        return self._reader.open_intents()

    def close(self) -> None:
        self._store.close()


@dataclass
class Driver:
    """Where the effects of one member (or of the failover itself) go, for one process."""

    journal: File
    venue: Venue | None = None


@dataclass
class World:
    """The venues, the files and the time."""

    venues: Sequence[Venue]
    files: dict[str, File]
    now: float = 1000.0

    def pass_time(self, seconds: float = 0.0) -> None:
        self.now += seconds
        for venue in self.venues:
            venue.pass_time(self.now)

    @property
    def orders(self) -> list[tuple[str, Row]]:
        """Every order of every venue, with the venue's key."""
        return [(venue.key, row) for venue in self.venues for row in venue.ledger]


ADAPTERS: dict[str, type[ToyAdapter]] = {
    key: type(f"Toy{key.upper()}", (ToyAdapter,), {"venue": key, "title": key.upper()})
    for key in "abc"
}


class Gate:
    """A risk gate that says no."""

    @hookimpl
    def exchangekit_before_order(self, intent: Any) -> str | None:
        return "not now"


YES, NO = new_manager(), new_manager()
NO.register(Gate())


@dataclass(frozen=True)
class Plan:
    """How one process goes about it: its preference, whom it takes for ill, whose gate says no,
    whether it looks for what was lost by itself."""

    order: tuple[int, ...]
    ill: frozenset[int] = frozenset()
    vetoes: frozenset[int] = frozenset()
    resolves: bool = True


Step = Generator[Effect | None, None, Any]


class Process:
    """One program. ``result`` and ``error`` are what its caller got, once it has ended."""

    def __init__(self, world: World, number: int, plan: Plan) -> None:
        self.world = world
        self.number = number
        self.plan = plan
        members = [self._member(world.venues[one], one in plan.vetoes) for one in plan.order]
        settings = FailoverSettings(check_balance=False, max_age=None)
        self.several = Several(members, "default", settings, Events(), clock=lambda: world.now)
        for one in plan.ill.intersection(plan.order):
            venue = world.venues[one]
            account = self.several.by_key[venue.key].account
            self.several.health.note(
                account, Kind.TRADING, Sign.DOWN, sent=world.now, now=world.now,
                at=datetime.now(UTC), seconds=60.0,
            )  # fmt: skip
        self.operations = SeveralVenues(self.several)
        self.began = 0
        self.existed: list[tuple[str, Row]] = []
        self.result: Any = None
        self.error: BaseException | None = None
        self.ended = False
        self.killed = False
        self._steps: Step | None = None
        self._interrupt: BaseException | None = None

    def _member(self, venue: Venue, vetoes: bool) -> Member:
        adapter = ADAPTERS[venue.key]()
        limits = LocalLimits(ScopeLimits(), ScopeLimits())
        policy = Policy(
            adapter,
            adapter.environments["live"],
            Credentials(KEY, SECRET),
            limits,
            Settings(resolve=self.plan.resolves),
        )
        now = self.world.now
        policy.clock.add(Sample(now, now, milliseconds(now)))
        connection = Connection(policy, Hooks(NO if vetoes else YES), "live")
        connection.markets = MARKETS
        driver = Driver(self.world.files[venue.key], venue)
        return Member(venue.key, policy.account_id, None, OneVenue(connection), driver)

    # What it does

    def place(self) -> Process:
        """It places the order."""
        flow = self.operations.create_order(SYMBOL, "limit", "buy", "1", "10", client_order_id=NAME)
        return self._begin(self._walk(Driver(self.world.files["failover"]), flow))

    def resolve(self, handle: Sending) -> Process:
        """It finds out what became of `handle`."""
        flow = self.operations.resolve(handle)
        return self._begin(self._walk(Driver(self.world.files["failover"]), flow))

    def reconcile(self) -> Process:
        """It finds out what the journals left open, as `Failover.reconcile` does."""
        return self._begin(self._reconciled())

    def _reconciled(self) -> Step:
        made: list[Any] = []
        for member in self.several.members:
            yield None
            opened = open_in(member.journal)
            made += yield from self._walk(member.driver, reconciliation(member.operations, opened))
        yield None
        mine = Driver(self.world.files["failover"])
        opened = open_in(mine.journal)
        yield None
        found = looked_up(self.several.members, opened)
        yield None
        made += yield from self._walk(mine, settled(found))
        return tuple(made)

    # How it is stepped

    def _begin(self, steps: Step) -> Process:
        self._steps = steps
        self.existed = self.world.orders
        return self

    def step(self) -> None:
        """To the next effect that others could notice."""
        assert self._steps is not None
        if self.ended or self.killed:
            return
        self.world.pass_time()
        try:
            next(self._steps)
        except StopIteration as end:
            self.result, self.ended = end.value, True
        except NobodyAnswers:
            raise
        except BaseException as problem:
            self.error, self.ended = problem, True

    def run(self) -> Process:
        """To its end."""
        while not self.ended:
            assert not self.killed
            self.step()
        return self

    def kill(self) -> None:
        """It goes no further, and nobody is told."""
        self.killed = not self.ended

    def interrupt(self) -> None:
        """A Ctrl-C at the effect that it stands before."""
        self._interrupt = KeyboardInterrupt()

    def _walk(self, driver: Driver, flow: Flow[Any]) -> Step:
        try:
            effect = next(flow)
            while True:
                try:
                    answer = yield from self._carry_out(driver, effect)
                except BaseException as problem:
                    if isinstance(problem, GeneratorExit):
                        raise
                    effect = flow.throw(problem)
                else:
                    effect = flow.send(answer)
        except StopIteration as end:
            return end.value

    def _stand(self, effect: Effect) -> Generator[Effect, None, None]:
        yield effect
        problem, self._interrupt = self._interrupt, None
        if problem is not None:
            raise problem

    def _carry_out(self, driver: Driver, effect: Effect) -> Step:
        if isinstance(effect, Now):
            return self.world.now
        if isinstance(effect, Today):
            return START + timedelta(seconds=self.world.now)
        if isinstance(effect, Entropy):
            return bytes(effect.size)
        if isinstance(effect, On):
            # It may be held up before the flow of the member reads a clock.
            yield from self._stand(effect)
            return (yield from self._walk(effect.driver, effect.flow))
        if isinstance(effect, Shared):
            return (yield from self._walk(driver, effect.flow()))
        if isinstance(effect, Background):
            effect.flow.close()
            return None
        if isinstance(effect, Together):
            return (yield from self._side_by_side(effect))
        yield from self._stand(effect)
        if isinstance(effect, Record):
            return driver.journal.record(effect.entry)
        if isinstance(effect, Sleep):
            self.world.pass_time(effect.seconds)
            return None
        assert isinstance(effect, Send)
        assert driver.venue is not None
        came: Reply | Exception
        try:
            came = driver.venue.answer(effect.outgoing, self.number, self.world.now)
        except Exception as problem:
            came = problem
        yield from self._stand(effect)
        if isinstance(came, Exception):
            raise came
        return came

    def _side_by_side(self, effect: Together) -> Step:
        told: list[Any] = []
        for one in effect.branches:
            try:
                told.append((yield from self._walk(one.driver, one.flow)))
            except Exception as problem:
                told.append(problem)
        return told

    # What its caller was told

    @property
    def order(self) -> Order | None:
        return self.result if isinstance(self.result, Order) else None
