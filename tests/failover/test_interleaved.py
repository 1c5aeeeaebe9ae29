"""An order is never at two venues and never lost, however processes that place it interleave.

Several programs place the same order under the same name, each through a failover of its own, on
the same journals. They are stepped in any order, killed, interrupted and started anew, some
reconcile meanwhile; venues take, refuse, lose and delay. ``EXCHANGEKIT_INTERLEAVED=20000`` runs so
many examples instead of the few of the suite.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from support.interleaved import NAME, File, Plan, Process, World
from support.ledgers import LOST, Answer, Venue

from exchangekit.errors import ExchangeError, OrderVetoed, Outcome, OutcomeUnknown
from exchangekit.failover.ids import joined
from exchangekit.runtime.journal import Recorded

MANY = int(os.environ.get("EXCHANGEKIT_INTERLEAVED", "0"))
PROVEN = (Outcome.NOT_SENT, Outcome.REFUSED, Outcome.ABSENT)
KEYS = "abc"


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL, "exchangekit")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, File]]:
    folder = tmp_path_factory.mktemp("journals")
    made = {key: File(folder / f"{key}.journal") for key in (*KEYS, "failover")}
    yield made
    for file in made.values():
        file.close()


# What is true, whatever happens


def one_order(world: World) -> None:
    """At most one order has the name, over all venues and at any time."""
    assert len(world.orders) <= 1, f"{len(world.orders)} orders: {world.orders}"


def told_the_truth(world: World, one: Process) -> None:
    """What the caller was told, the moment it is told, is so."""
    if one.order is not None:
        assert one.order.id in {joined(key, row.id) for key, row in world.orders}, one.order
    error = one.error
    if isinstance(error, ExchangeError):
        assert error.outcome is not None
        if error.outcome in PROVEN:
            mine = [row for _, row in world.orders if row.by == one.number]
            assert not mine, f"told {error!r}, and yet {mine}"
            assert not any(venue.may_still_take(one.number) for venue in world.venues)
            # A gate says no before anything is looked up, as at a single exchange.
            unseen = isinstance(error, OrderVetoed)
            assert unseen or not one.existed, (
                f"told {error!r}, and before it began there was {one.existed}"
            )


def journal_agrees(world: World) -> None:
    """After `reconcile` what the failover's journal says of the order is what the ledgers say."""
    known = world.files["failover"].find(NAME)
    orders = world.orders
    if known is None:
        assert not orders, f"the journal knows of no order: {orders}"
        return
    if orders:
        ((key, row),) = orders
        assert (known.state, known.order_id) == ("done", joined(key, row.id)), _words(known)
    else:
        assert known.outcome in PROVEN, _words(known)


def _words(known: Recorded) -> str:
    return f"{known.state} {known.order_id} {known.error} tried {known.tried}"


# How they are stepped


@dataclass(frozen=True)
class Move:
    """What happens next: to which process, how often."""

    what: str
    which: int = 0
    times: int = 1


class Run:
    """Processes of one world, stepped by moves."""

    def __init__(self, world: World, plans: list[Plan], together: int) -> None:
        self.world = world
        self.processes: list[Process] = []
        self.waiting = list(plans)
        for _ in range(together):
            self.start()

    def start(self) -> None:
        if self.waiting:
            plan = self.waiting.pop(0)
            self.processes.append(Process(self.world, len(self.processes), plan).place())

    @property
    def over_all(self) -> Plan:
        return Plan(tuple(range(len(self.world.venues))))

    @property
    def alive(self) -> list[Process]:
        return [one for one in self.processes if not one.ended and not one.killed]

    def move(self, move: Move) -> None:
        match move.what:
            case "start":
                self.start()
            case "stall":
                self.world.pass_time(float(move.times))
            case "reconcile":
                plan = self.over_all
                number = len(self.processes)
                self.processes.append(Process(self.world, number, plan).reconcile())
            case "resolve":
                lost = [one.error for one in self.processes if handle_of(one) is not None]
                if lost:
                    error = lost[move.which % len(lost)]
                    plan, number = self.over_all, len(self.processes)
                    made = Process(self.world, number, plan).resolve(error.handle)
                    self.processes.append(made)
            case what if self.alive:
                one = self.alive[move.which % len(self.alive)]
                if what == "kill":
                    one.kill()
                elif what == "interrupt":
                    one.interrupt()
                    self.step(one)
                else:
                    for _ in range(move.times):
                        self.step(one)
        one_order(self.world)

    def step(self, one: Process) -> None:
        if one.ended or one.killed:
            return
        one.step()
        one_order(self.world)
        if one.ended:
            told_the_truth(self.world, one)

    def finish(self) -> None:
        """All that live come to their end, one step each in turn; the journals are reconciled."""
        left = 2000
        while self.alive:
            assert (left := left - 1), "they wait for one another"
            for one in self.alive:
                self.step(one)
        for venue in self.world.venues:
            venue.answers, venue.usual, venue.blind = [], Answer.TAKEN, 0
        self.world.pass_time(60.0)
        one_order(self.world)
        plan = self.over_all
        before = self.world.orders
        reconciling = Process(self.world, len(self.processes), plan).reconcile().run()
        assert reconciling.error is None, repr(reconciling.error)
        assert self.world.orders == before, "to reconcile changes nothing"
        journal_agrees(self.world)
        again = Process(self.world, len(self.processes) + 1, plan).place().run()
        told_the_truth(self.world, again)
        assert again.order is not None, repr(again.error)
        one_order(self.world)
        for one in self.processes:
            if one.order is not None:
                assert one.order.id == again.order.id


def handle_of(one: Process) -> object:
    error = one.error
    return error.handle if isinstance(error, OutcomeUnknown) else None


# Any interleaving

OFTEN = st.sampled_from([1, 1, 1, 2, 2, 3, 4, 5, 7, 10, 400])
STEPS = st.builds(Move, st.just("step"), st.integers(0, 3), OFTEN)
OTHER = st.one_of(
    st.builds(Move, st.sampled_from(["kill", "interrupt"]), st.integers(0, 3)),
    st.builds(Move, st.sampled_from(["start", "reconcile"])),
    st.builds(Move, st.just("resolve"), st.integers(0, 3)),
    st.builds(Move, st.just("stall"), st.just(0), st.sampled_from([1, 3, 8, 70])),
)
MOVES = st.lists(st.one_of(STEPS, STEPS, STEPS, STEPS, OTHER), max_size=40)
ANSWERS = st.lists(st.sampled_from(list(Answer)), max_size=3)
USUAL = st.sampled_from([Answer.TAKEN, Answer.TAKEN, Answer.REFUSED, Answer.BUSY, *LOST])


@st.composite
def venues(draw: st.DrawFn, count: int) -> list[Venue]:
    return [
        Venue(
            key,
            draw(ANSWERS),
            draw(USUAL),
            draw(st.sampled_from([0, 0, 0, 1, 3, 60])),
            draw(st.booleans()),
        )
        for key in KEYS[:count]
    ]


@st.composite
def plans(draw: st.DrawFn, count: int) -> Plan:
    some = st.frozensets(st.integers(0, count - 1), max_size=count - 1)
    none: st.SearchStrategy[frozenset[int]] = st.just(frozenset())
    # Any two of them share a venue: failovers that share none have orders of their own.
    members = draw(st.sampled_from([3, 3, 3, 2])) if count == 3 else count
    return Plan(
        tuple(draw(st.permutations(range(count)))[:members]),
        draw(st.one_of(none, some)),
        draw(st.one_of(none, none, none, some)),
        draw(st.sampled_from([True, True, False])),
    )


@st.composite
def runs(draw: st.DrawFn) -> tuple[list[Venue], list[Plan], int]:
    count = draw(st.integers(2, 3))
    programs = draw(st.lists(plans(count), min_size=2, max_size=5))
    return draw(venues(count)), programs, draw(st.integers(1, min(3, len(programs))))


@settings(
    max_examples=MANY or 70,
    derandomize=not MANY,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
)
@given(runs(), MOVES)
def test_an_order_is_never_at_two_venues_and_never_lost(
    files: dict[str, File], drawn: tuple[list[Venue], list[Plan], int], moves: list[Move]
) -> None:
    listed, programs, together = drawn
    for file in files.values():
        file.empty()
    run = Run(World(listed, files), programs, together)
    for move in moves:
        run.move(move)
    run.finish()


# Every place at which one process can stop another


class Scene:
    """Processes by name, stepped by hand; whatever comes, the invariants hold."""

    def __init__(self, files: dict[str, File], **answers: list[Answer]) -> None:
        for file in files.values():
            file.empty()
        venues = [Venue(key, list(answers.get(key, []))) for key in "ab"]
        self.run = Run(World(venues, files), [], 0)

    def comes(self, plan: Plan) -> Process:
        """A process that places the order."""
        made = Process(self.run.world, len(self.run.processes), plan).place()
        self.run.processes.append(made)
        return made

    def goes(self, one: Process, times: int = 2000) -> None:
        while times and not one.ended and not one.killed:
            self.run.step(one)
            times -= 1

    def goes_by(self, what: str) -> None:
        """Somebody reconciles, or resolves what was lost, from beginning to end."""
        self.run.move(Move(what))
        self.goes(self.run.processes[-1])


A_FIRST, B_FIRST = Plan((0, 1)), Plan((1, 0))
ILL_A = Plan((0, 1), frozenset({0}))
UNRESOLVED = Plan((0, 1), resolves=False)
MOST = 16
"""More steps than an order takes that is refused at the first venue and taken at the second."""
HARD = [
    [Answer.REFUSED] * 2,
    [Answer.REFUSED],
    [Answer.REFUSED] * 3,
    [Answer.DOWN, Answer.REFUSED],
    [Answer.NEVER_CAME, Answer.REFUSED],
    [Answer.TAKEN_AND_LOST],
]


@pytest.mark.parametrize("second", [A_FIRST, B_FIRST, ILL_A], ids=["alike", "the other", "ill"])
@pytest.mark.parametrize("answers", HARD, ids=str)
def test_two_processes_that_stop_each_other_anywhere(
    files: dict[str, File], answers: list[Answer], second: Plan
) -> None:
    hardest = MANY or (answers == HARD[0] and second is A_FIRST)
    for first_stops in range(0, MOST, 1 if hardest else 2):
        for second_stops in range(0, MOST, 1 if MANY else 2 if hardest else 5):
            scene = Scene(files, a=answers)
            one = scene.comes(A_FIRST)
            scene.goes(one, first_stops)
            other = scene.comes(second)
            scene.goes(other, second_stops)
            scene.goes(one)
            scene.run.finish()


@pytest.mark.parametrize("what", ["interrupt", "kill"])
@pytest.mark.parametrize("third", [A_FIRST, B_FIRST], ids=["alike", "the other"])
def test_one_that_is_ended_anywhere_while_another_is_at_it(
    files: dict[str, File], third: Plan, what: str
) -> None:
    for first_stops in range(MOST):
        for second_stops in range(0, MOST, 1 if MANY else 5):
            scene = Scene(files, a=[Answer.REFUSED])
            one = scene.comes(A_FIRST)
            scene.goes(one, first_stops)
            other = scene.comes(A_FIRST)
            scene.goes(other, second_stops)
            getattr(one, what)()
            scene.goes(one)
            scene.goes(scene.comes(third))
            scene.run.finish()


def test_reconciling_while_one_places(files: dict[str, File]) -> None:
    for stops in range(MOST):
        for answer, third in product((Answer.TAKEN, Answer.REFUSED), (A_FIRST, B_FIRST)):
            scene = Scene(files, a=[answer])
            one = scene.comes(A_FIRST)
            scene.goes(one, stops)
            scene.goes_by("reconcile")
            scene.goes(scene.comes(third))
            scene.run.finish()


def test_failovers_that_share_only_some_venues(files: dict[str, File]) -> None:
    for stops in range(MOST):
        for answer, other in product((Answer.TAKEN, Answer.REFUSED), (Plan((1,)), Plan((0,)))):
            scene = Scene(files, a=[answer])
            one = scene.comes(A_FIRST)
            scene.goes(one, stops)
            scene.goes(scene.comes(other))
            scene.run.finish()


@pytest.mark.parametrize("end", ["resolve", "veto", "interrupt"])
def test_two_that_follow_a_third_as_its_same_next_attempt(files: dict[str, File], end: str) -> None:
    """One of them ends with nothing placed: the name is not free before the other one's is
    closed."""
    plan = Plan((0, 1), vetoes=frozenset({0})) if end == "veto" else UNRESOLVED
    for follows in range(1, 4):
        for meanwhile in range(2, 7):
            for claims in range(1, 4):
                scene = Scene(files, a=[Answer.NEVER_CAME] if end == "resolve" else [])
                first = scene.comes(A_FIRST)
                scene.goes(first, 2)
                first.kill()
                slow = scene.comes(A_FIRST)
                scene.goes(slow, follows)
                quick = scene.comes(plan)
                scene.goes(quick, meanwhile)
                scene.goes(slow, claims)
                if end == "interrupt":
                    quick.interrupt()
                scene.goes(quick)
                if end == "resolve":
                    scene.goes_by("resolve")
                scene.goes(scene.comes(B_FIRST))
                scene.run.finish()
