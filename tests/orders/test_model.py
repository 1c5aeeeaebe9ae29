"""Orders, cancels, faults and deaths in any order: what callers and the journal are told is so.

The venue's ledger says what is so, at once and ever after.

Time is virtual, the venue is the simulated one, the journal a real file. Every program of the model
dies at some effect of some flow, is started anew, and goes on. ``EXCHANGEKIT_MODEL_EXAMPLES=5000``
plays that many games of each venue instead of a few, and says how many steps those were (``-s``).
"""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from exchangekit_binance.adapter import BinanceAdapter
from exchangekit_binance.sim import BinanceDialect
from exchangekit_mexc.adapter import MexcAdapter
from exchangekit_mexc.sim import MexcDialect
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from support.in_process import CHANGE_FAULTS, READ_FAULTS, Network, Trader
from support.stepper import Killed, policy
from support.traders import KEYS

from exchangekit import ExchangeError, Journal, Outcome, OutcomeUnknown
from exchangekit.adapter import Credentials
from exchangekit.exchange.recovery import open_in, reconciliation
from exchangekit.hookspecs import new_manager
from exchangekit.models import CancelRequest, OrderStatus
from exchangekit.models.recovery import Reconciled
from exchangekit.operations import Connection, Hooks, OneVenue
from exchangekit.runtime.effects import Flow
from exchangekit.runtime.journal import Recorded, Sending
from exchangekit.sim.orders import Order

MANY = int(os.environ.get("EXCHANGEKIT_MODEL_EXAMPLES", "0"))
STEPS = {"games": 0, "steps": 0, "deaths": 0, "orders": 0}

NAMES = st.sampled_from(["one", "two", "three"])
AMOUNTS = st.sampled_from(["0.001", "0.002"])
RESTS, TAKES = "40000", "200000"
PRICES = st.sampled_from([RESTS, TAKES])
LIVES = st.one_of(st.none(), st.none(), st.integers(0, 40))
"""How many effects of a flow are carried out before the program is killed."""
BEHIND = st.sampled_from([0.0, 0.5, 0.98])
WHICH = st.integers(0, 30)
Asked = tuple[str, str | None]
QUESTIONS: st.SearchStrategy[Asked] = st.one_of(
    st.just(("fetch_order", None)),
    st.tuples(
        st.sampled_from(["fetch_order", "fetch_time", "fetch_open_orders", "fetch_my_trades"]),
        st.sampled_from(READ_FAULTS),
    ),
)
"""Which question fails in the same call, and how."""
LIVE = ("open", "done", "unknown")
STATUSES = {
    OrderStatus.OPEN: "open",
    OrderStatus.CLOSED: "filled",
    OrderStatus.CANCELED: "canceled",
    OrderStatus.EXPIRED: "expired",
}


@dataclass(eq=False)
class Placed:
    """One call, and what its caller was told: nothing, where the program died first."""

    name: str
    amount: str
    price: str
    uid: str | None = None
    told: str | None = None
    order_id: str | None = None
    handle: Sending | None = None

    def is_that_of(self, order: Order) -> bool:
        return (order.client_id, order.amount, order.price) == (
            self.name,
            Decimal(self.amount),
            Decimal(self.price),
        )


class Model(RuleBasedStateMachine):
    """One account of one venue and the programs that trade on it, one after another."""

    venue: str
    adapter: Any
    dialect: Any
    held = ()
    """Faults that only this kind of venue has."""

    @initialize(resolves=st.booleans(), behind=BEHIND)
    def begin(self, resolves: bool, behind: float) -> None:
        STEPS["games"] += 1
        self.folder = tempfile.TemporaryDirectory()
        keys = KEYS[self.venue]
        self.credentials = Credentials(keys["api_key"], keys["secret"])
        self.network = Network(self.dialect, key=keys["api_key"], secret=keys["secret"])
        self.a_replica_falls_behind(behind)
        self.calls: list[Placed] = []
        self.canceled: set[str] = set()
        """Orders whose caller was told that they are canceled."""
        self.era: dict[str, int] = {}
        """How often a name was given free by pruning."""
        self.era_of: dict[str, int] = {}
        self.name_of: dict[str, str] = {}
        self.pruned: dict[str, str] = {}
        self.alive = False
        self.start(resolves)

    # The program

    @precondition(lambda self: not self.alive)
    @rule(resolves=st.booleans())
    def start(self, resolves: bool) -> None:
        self.journal = Journal(Path(self.folder.name) / "orders.journal")
        made = policy(self.adapter(), self.credentials, resolve=resolves)
        self.served = OneVenue(Connection(made, Hooks(new_manager()), "live"))
        self.trader = Trader(network=self.network, file=self.journal)
        self.alive = True

    def stop(self) -> None:
        self.journal.close()
        self.alive = False

    def run_flow(self, flow: Flow[Any], lives: int | None) -> Any:
        """What it came to: a result, or the error. Raises Killed."""
        self.trader.lives, self.trader.uid = lives, None
        written = len(self.trader.journal)
        try:
            return self.trader.run(flow)
        except ExchangeError as problem:
            return problem
        except Killed:
            STEPS["deaths"] += 1
            self.stop()
            raise
        finally:
            self.network.faults.clear()
            for entry in self.trader.journal[written:]:
                change = entry.intent.change
                if entry.intent.places:
                    name = change.client_order_id  # type: ignore[union-attr]
                    assert name is not None
                    self.name_of[entry.intent.uid] = name
                    self.era_of.setdefault(entry.intent.uid, self.era.get(name, 0))

    def arm(self, operation: str, fault: str | None) -> None:
        """The next request of that kind fails in that way."""
        if fault is not None:
            self.network.faults[operation] = fault

    # What it does

    @precondition(lambda self: self.alive)
    @rule(name=NAMES, amount=AMOUNTS, price=PRICES, fault=st.data(), question=QUESTIONS,
          lives=LIVES)  # fmt: skip
    def place(
        self, name: str, amount: str, price: str, fault: Any, question: Asked, lives: int | None
    ) -> None:
        faults = [*CHANGE_FAULTS, *self.held]
        if price == TAKES or any(one.client_id == name for one in self.network.orders):
            # Two copies of an order that is filled at once are two orders on some venues, whoever
            # asks; and which of two orders of one name a second copy met, a look does not tell.
            faults.remove("copied")
        self.arm("create_order", fault.draw(st.sampled_from([None, *faults])))
        self.arm(*question)
        self.place_again(Placed(name, amount, price), lives)

    @precondition(lambda self: self.alive and self.calls)
    @rule(which=WHICH, question=QUESTIONS, lives=LIVES)
    def once_more(self, which: int, question: Asked, lives: int | None) -> None:
        """The same order under the same name."""
        one = self.calls[which % len(self.calls)]
        self.arm(*question)
        self.place_again(Placed(one.name, one.amount, one.price), lives)

    def place_again(self, call: Placed, lives: int | None) -> None:
        self.calls.append(call)
        flow = self.served.create_order(
            "BTC/USDT", "limit", "buy", call.amount, call.price, client_order_id=call.name
        )
        try:
            came = self.run_flow(flow, lives)
        except Killed:
            return
        call.uid = self.trader.uid
        if isinstance(came, OutcomeUnknown):
            call.handle = came.handle
        if isinstance(came, ExchangeError):
            assert came.outcome is not None
            call.told = came.outcome.value
        else:
            call.told, call.order_id = "done", came.id
        self.journal_agrees(call.uid, call.told, call.order_id)

    @precondition(lambda self: self.alive and self.calls)
    @rule(which=WHICH, by_name=st.booleans(), fault=st.sampled_from((None, *CHANGE_FAULTS[:-1])),
          lives=LIVES)  # fmt: skip
    def cancel(self, which: int, by_name: bool, fault: str | None, lives: int | None) -> None:
        known = [one for one in self.calls if one.order_id is not None]
        among = known if known and not by_name else self.calls
        one = among[which % len(among)]
        by_name = by_name or one.order_id is None
        self.arm("cancel_order", fault)
        flow = self.served.cancel_order(
            None if by_name else one.order_id,
            "BTC/USDT",
            client_order_id=one.name if by_name else None,
        )
        try:
            came = self.run_flow(flow, lives)
        except Killed:
            return
        uid = self.trader.uid
        if not isinstance(came, ExchangeError):
            assert self.order(came.id).status == "canceled"
            self.canceled.add(came.id)
            self.journal_agrees(uid, "done", came.id)
            return
        assert came.outcome is not None
        self.journal_agrees(uid, came.outcome.value, None)
        if came.outcome is Outcome.REFUSED and one.order_id is not None and not by_name:
            found = self.order(one.order_id)
            assert not found.is_open or self.network.lag
            assert found.status != "canceled" or self.network.lag

    @precondition(lambda self: self.alive and any(one.handle for one in self.calls))
    @rule(which=WHICH, lives=LIVES)
    def resolve(self, which: int, lives: int | None) -> None:
        """A handle that its caller kept, however long."""
        held = [one for one in self.calls if one.handle is not None]
        one = held[which % len(held)]
        assert one.handle is not None
        try:
            came = self.run_flow(self.served.resolve(one.handle), lives)
        except Killed:
            return
        if isinstance(came, ExchangeError):
            assert isinstance(came, OutcomeUnknown), came
        elif came.order is not None:
            assert one.is_that_of(self.order(came.order.id))
        else:
            one.told = "absent"
            uid = one.handle.intent.uid
            self.journal_agrees(uid, "absent", None)

    @precondition(lambda self: self.alive and self.calls)
    @rule(lives=LIVES, anew=st.booleans())
    def reconcile(self, lives: int | None, anew: bool) -> None:
        """As a program does when it starts; the venue can be reached."""
        if anew:
            self.stop()
            self.start(True)
        left = open_in(self.journal)
        arrived = self.network.late
        try:
            came = self.run_flow(reconciliation(self.served, left), lives)
        except Killed:
            return
        assert len(came) == len(left)
        for one, recorded in zip(came, left, strict=True):
            self.verdict_is_true(one, recorded, surely=arrived == self.network.late)
        still_open = self.journal.open_intents()
        uids = {one.intent.uid for one in still_open}
        for one, recorded in zip(came, left, strict=True):
            order = one.resolution.order if one.resolution is not None else None
            cancels = isinstance(recorded.intent.change, CancelRequest)
            if cancels and order is not None:
                assert (recorded.intent.uid in uids) == order.is_open
        for still in still_open:
            # A cancel stays open as long as its order, or where there is none, and that is told.
            assert isinstance(still.intent.change, CancelRequest), still
            if arrived == self.network.late and not self.network.lag:
                assert all(one.is_open for one in self.orders_like(still.intent.change)[-1:])

    def verdict_is_true(self, one: Reconciled, recorded: Recorded, *, surely: bool) -> None:
        told = one.resolution
        if isinstance(recorded.intent.change, CancelRequest):
            if told is None or told.order is None:
                assert one.problem is not None
                unseen = not surely or self.network.lag
                assert unseen or not self.orders_like(recorded.intent.change), one
                return
        else:
            assert told is not None, one.problem
        if told.order is None:
            assert not self.network.made.get(recorded.intent.uid)
            return
        true = self.order(told.order.id)
        assert true.client_id == told.order.client_order_id
        assert told.order.filled == true.filled
        assert sum((fill.amount for fill in one.fills), Decimal(0)) == true.filled
        if surely:
            assert told.order.status is not None
            assert STATUSES[told.order.status] == true.status

    # What happens to it

    @precondition(lambda self: self.calls)
    @rule(behind=BEHIND)
    def a_replica_falls_behind(self, behind: float) -> None:
        """By less than the margin, which is what the margin is for."""
        margin = self.adapter.capabilities.fence.margin.total_seconds()
        self.network.lag = behind * margin

    @precondition(lambda self: self.calls)
    @rule(seconds=st.sampled_from([0.5, 2.0, 8.0, 60.0, 2400.0]))
    def wait(self, seconds: float) -> None:
        self.network.until(self.network.seconds + seconds)

    @precondition(lambda self: self.alive and self.calls)
    @rule()
    def prune(self) -> None:
        """An hour later: names of what ended are free, and mean other orders from now on."""
        self.network.until(self.network.seconds + 3600)
        before = {one.intent.uid: one for one in self.journal.all()}
        self.journal.prune(timedelta(0))
        left = {one.intent.uid: one for one in self.journal.all()}
        assert all(uid in left for uid, one in before.items() if one.is_open)
        self.pruned |= {uid: one.state for uid, one in before.items() if uid not in left}
        for call in self.calls:
            if call.handle is not None and call.handle.intent.uid in self.pruned:
                call.handle = None  # nobody resolves what he had forgotten
        taken = {self.name_of[uid] for uid, one in left.items() if one.intent.places}
        for name in set(self.name_of.values()) - taken:
            self.era[name] = self.era.get(name, 0) + 1

    # What is always so

    @invariant()
    def an_order_is_there_once(self) -> None:
        STEPS["steps"] += 1
        assert not self.network.made.get(None), "an order left that was not written down before"
        seen: dict[tuple[str, int], list[Order]] = {}
        for uid, orders in self.network.made.items():
            if uid is not None and uid in self.era_of:
                seen.setdefault((self.name_of[uid], self.era_of[uid]), []).extend(orders)
        for orders in seen.values():
            assert len(orders) <= 1, orders

    @invariant()
    def what_was_told_is_so(self) -> None:
        for call in self.calls:
            if call.told == "done":
                assert call.is_that_of(self.order(call.order_id))
            elif call.told in ("absent", "refused", "not sent") and call.uid is not None:
                assert not self.network.made.get(call.uid), call
        for order_id in self.canceled:
            assert self.order(order_id).status == "canceled"

    @invariant()
    def the_journal_is_true(self) -> None:
        rows = {one.intent.uid: one for one in self.journal.all()}
        for uid in self.era_of:
            assert uid in rows or uid in self.pruned, "what was written is not there"
        states = self.pruned | {uid: one.state for uid, one in rows.items()}
        for uid, orders in self.network.made.items():
            if orders:
                assert uid in states
        for uid, state in states.items():
            if uid in self.era_of and state not in LIVE:
                assert not self.network.made.get(uid), state
        for one in rows.values():
            if one.state == "done" and one.intent.places:
                found = self.order(one.order_id)
                assert found.client_id == one.intent.change.client_order_id  # type: ignore[union-attr]

    def journal_agrees(self, uid: str | None, told: str, order_id: str | None) -> None:
        """Right after its caller was told."""
        rows = {one.intent.uid: one for one in self.journal.all()}
        if uid is None:
            assert told == "not sent"
            return
        one = rows[uid]
        if told == "unknown":
            # What is known is not forgotten when a later look fails.
            assert one.state in ("unknown", "done", "absent")
            return
        if told == "done" and one.state != "done":
            # Found at the order of another intent, which has the name.
            holder = self.journal.find(self.name_of[uid])
            assert holder is not None
            one = holder
        assert one.state == told
        if told == "done":
            assert one.order_id == order_id

    # The ledger

    def order(self, order_id: str | None) -> Order:
        return next(one for one in self.network.orders if one.venue_id == order_id)

    def orders_like(self, asked: CancelRequest) -> list[Order]:
        return [
            one
            for one in self.network.orders
            if asked.id == one.venue_id
            or (asked.id is None and asked.client_order_id == one.client_id)
        ]

    def teardown(self) -> None:
        STEPS["orders"] += len(self.network.orders)
        self.stop()
        self.folder.cleanup()


class OnBinance(Model):
    """The venue looks at the deadline once more before it takes an order."""

    venue, adapter, dialect = "binance", BinanceAdapter, BinanceDialect


class OnMexc(Model):
    """The venue looks at the deadline when an order arrives, and may hold it up inside."""

    venue, adapter, dialect = "mexc", MexcAdapter, MexcDialect
    held = ("held",) * 4  # what sets it apart from the other one


FEW = settings(max_examples=60, stateful_step_count=25, derandomize=True)
LONG = settings(max_examples=MANY or 1, stateful_step_count=40)
OnBinance.TestCase.settings = OnMexc.TestCase.settings = LONG if MANY else FEW
TestOnBinance = OnBinance.TestCase
TestOnMexc = OnMexc.TestCase


def teardown_module() -> None:
    if MANY:
        print(f"\n{STEPS}")
