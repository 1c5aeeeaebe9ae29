"""The stage of one case: a simulated venue, the kit over a line to it, a journal in a real file."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from matrix.line import URL, Killed, Line
from matrix.network import WorldLoop, in_time_of, memory
from matrix.operations import COST

from exchangekit import Journal, Timeouts, connect, connect_sync, hookimpl
from exchangekit.adapter.request import Outgoing, Reply
from exchangekit.exchange import Exchange, SyncExchange
from exchangekit.hookspecs import OrderEvent
from exchangekit.journal import AsyncSide
from exchangekit.plugins import installed
from exchangekit.runtime.journal import Entry, Recorded
from exchangekit.runtime.limits import forget_shared_limits
from exchangekit.runtime.transports.guard import AsyncGuard, SyncGuard
from exchangekit.sim import VenueClock
from exchangekit.sim.control import Control
from exchangekit.sim.run import make_venue
from exchangekit.testing.awaited import Awaited
from exchangekit.testing.drivers import FixedAsyncDriver, FixedSyncDriver, Strike
from exchangekit.testing.sanitise import DUMMY_KEY, DUMMY_PASSPHRASE, DUMMY_SECRET
from exchangekit.testing.world import START_MS, World

PAIRS = (("BTC", "USDT"), ("ETH", "USDT"))
TIMES = Timeouts(connect=2, read=2, attempt=2, total=8)
"""The world's seconds, of which none is waited for."""
WINDOW_MS = 6000
RECOVERY_MS = 180_000
"""By then all that is under way has arrived, or never will."""


class _Watcher:
    """Sees nothing and strikes nothing: the line does."""

    def struck(self, outgoing: Outgoing) -> Strike | None:
        return None

    def came(self, outgoing: Outgoing, result: Reply | Exception) -> None: ...

    def translated(self, problem: Exception) -> Exception:
        return problem


class _Told:
    """Hears how changes ended."""

    def __init__(self) -> None:
        self.events: list[OrderEvent] = []

    @hookimpl
    def exchangekit_on_order_outcome(self, event: OrderEvent) -> None:
        self.events.append(event)


class _Mortal:
    """A journal that a killed process writes nothing more into."""

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self.dead = False

    def record(self, entry: Entry) -> None:
        if self.dead:
            raise Killed
        self.journal.record(entry)


class _AsyncMortal(_Mortal):
    async def record(self, entry: Entry) -> None:  # type: ignore[override]
        if self.dead:
            raise Killed
        await AsyncSide(self.journal).record(entry)


class Stage:
    def __init__(self, venue: str, mode: str, folder: Path) -> None:
        self.venue = venue
        self.mode = mode
        self.adapter = installed().adapter(venue)
        self.path = folder / "matrix.journal"
        self.world = World(move=self._moved)
        self.sim = make_venue(
            installed().simulated()[venue],
            key=DUMMY_KEY,
            secret=DUMMY_SECRET,
            passphrase=DUMMY_PASSPHRASE,
            clock=VenueClock(fixed_at=START_MS),
            pairs=PAIRS,
        )
        self.control = Control(self.sim.state)
        self.line = Line(self.sim, self.world)
        self.line.interrupt = self._interrupt
        self.line.die = self._die
        self.told = _Told()
        self.name = "matrix0001"
        """The client order id of the order that the case is about."""
        self.ids: list[str] = []
        """Those that the venue gave to the orders that rest beforehand."""
        self.crossing = False
        """Whether what is placed crosses the market."""
        self.runner: asyncio.Runner | None = None
        if mode == "async":
            self.runner = asyncio.Runner(loop_factory=lambda: WorldLoop(self.world))
        self._opened: list[Any] = []
        self._journals: list[Any] = []
        self._last: dict[str, Decimal] = {}
        self.exchange = self.open()

    # The kit

    def open(self, *, journal: bool = True) -> Any:
        """An exchange as a program opens it that was just started."""
        forget_shared_limits()
        wanted: dict[str, Any] = {
            "base_url": URL,
            "api_key": DUMMY_KEY,
            "secret": DUMMY_SECRET,
            "env_file": None,
            "timeouts": TIMES,
            "order_window": WINDOW_MS,
            "recv_window": WINDOW_MS,
            "hooks": [self.told],
            "journal": None,
        }
        if self.adapter.signer.needs_passphrase:
            wanted["passphrase"] = DUMMY_PASSPHRASE
        written = Journal(self.path) if journal else None
        watcher: Any = _Watcher()
        if self.runner is None:
            line = SyncGuard(memory(self.line, self.mode), TIMES)
            plain = connect_sync(self.venue, transport=line, **wanted)
            driver = FixedSyncDriver(line, self.world, watcher)
            driver.journal = None if written is None else _Mortal(written)
            made: Any = SyncExchange(plain._operations, driver)
            self._journals.append(driver.journal)
        else:
            guard = AsyncGuard(memory(self.line, self.mode), TIMES)
            loose = connect(self.venue, transport=guard, **wanted)
            slow = FixedAsyncDriver(guard, self.world, watcher)
            slow.journal = None if written is None else _AsyncMortal(written)
            made = Awaited(Exchange(loose._operations, slow), self.runner)
            self._journals.append(slow.journal)
        self._opened.append(made)
        return made

    def close(self) -> None:
        for exchange in self._opened:
            exchange.close() if self.runner is None else exchange.aclose()
        for journal in self._journals:
            if journal is not None:
                journal.journal.close()
        if self.runner is not None:
            self.runner.close()

    @property
    def symbol(self) -> str:
        return "BTC/USDT"

    @property
    def other(self) -> str:
        return "ETH/USDT"

    def begin(self, name: str) -> None:
        """A case begins, in which the order has this client order id."""
        self.name = name
        self.ids.clear()
        self.line.interrupted = False

    def last(self, id: str) -> Decimal:
        """The price of a market, which stands still from the first look at it."""
        if id not in self._last:
            shown = self.control.market(id, frozen=True)
            self._last[id] = Decimal(str(shown["last"]))
        return self._last[id]

    def price(self, symbol: str, side: str) -> Decimal:
        """Far from the market, or through it where orders are to cross."""
        market = self.exchange.load_markets()[symbol]
        last = self.last(market.id)
        far, through = ("0.8", "1.02") if side == "buy" else ("1.25", "0.98")
        return market.round_price(last * Decimal(through if self.crossing else far), side)

    def amount(self, symbol: str) -> Decimal:
        market = self.exchange.load_markets()[symbol]
        last = self.last(market.id)
        return market.round_amount(COST / last)

    def trade_through(self) -> None:
        """The market comes to what rests here, and stays there."""
        market = self.exchange.inner.markets if self.runner else self.exchange.markets
        name = market[self.symbol].id
        self.control.market(name, price=self.last(name) * Decimal("0.7"), frozen=True)

    def remember(self, order: Any) -> None:
        self.ids.append(order.id)

    # What happens to it

    def _moved(self, milliseconds: int) -> None:
        self.line.moved(milliseconds)

    def _interrupt(self) -> None:
        task = asyncio.current_task()
        assert task is not None
        task.cancel()

    def _die(self) -> None:
        for journal in self._journals:
            if journal is not None:
                journal.dead = True

    @property
    def was_struck(self) -> bool:
        """Whether every fault that was installed has struck."""
        rules = self.control.faults()
        return all(one.begun for one in self.line.strikes) and all(one["fired"] for one in rules)

    def heal(self) -> None:
        """Nothing is wrong any more, and what was under way has arrived."""
        self.line.strikes.clear()
        self.control.clear_faults()
        self.control.clock(offset_ms=0)
        self.world.advance(RECOVERY_MS)
        assert self.line.is_quiet, "something is still under way"

    # What is true

    def ledger(self) -> dict[str, dict[str, Any]]:
        """Every order by the venue's id."""
        return {str(one["id"]): one for one in self.control.orders("main")}

    def written(self, since: datetime) -> tuple[Recorded, ...]:
        """What the file holds of what was first written from then on, read by somebody else."""
        return Journal(self.path).all(since)


@contextmanager
def staged(venue: str, mode: str, folder: Path) -> Iterator[Stage]:
    stage = Stage(venue, mode, folder)
    with in_time_of(stage.world, stage.line), closing(stage):
        yield stage
