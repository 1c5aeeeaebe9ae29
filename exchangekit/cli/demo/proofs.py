"""How it is known what became of an order, from what the kit tells its hooks."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from exchangekit.adapter.base import Fence
from exchangekit.cli.demo.signal_strategy import Report
from exchangekit.errors import NeverPlaced, Outcome
from exchangekit.hookspecs import OrderEvent, ReplyEvent, RequestEvent, hookimpl
from exchangekit.models.enums import Proof, Side
from exchangekit.models.numbers import pretty

CREATE = "create_order"


@dataclass(frozen=True, slots=True)
class Step:
    """What one venue came to with an order: ``outcome`` is None where it took it, ``was_lost`` says
    that its answer did not tell, ``proof`` how its absence was proven."""

    venue: str
    outcome: Outcome | None
    was_lost: bool
    proof: str | None = None

    def __str__(self) -> str:
        if self.outcome is None:
            return "found by name" if self.was_lost else f"{self.venue} said so"
        if self.outcome is Outcome.ABSENT:
            return f"proven absent at {self.venue} ({self.proof} proof)"
        words = {
            Outcome.REFUSED: f"{self.venue} refused it",
            Outcome.NOT_SENT: f"not sent to {self.venue}",
        }
        return words.get(self.outcome, f"unknown at {self.venue}")


@dataclass(frozen=True, slots=True)
class Handled:
    """One signal: what the strategy believes, what each venue came to with it, the preferred venues
    that were passed over, and the seconds until its outcome was known."""

    report: Report
    steps: tuple[Step, ...]
    passed_over: tuple[str, ...]
    seconds: float

    @property
    def venue(self) -> str | None:
        """Who took it."""
        return self.steps[-1].venue if self.steps and self.steps[-1].outcome is None else None


def outcome_of(report: Report) -> str:
    """What became of a signal, in a few words; amounts are in the base asset."""
    if not report.filled:
        return report.verdict
    done = "bought" if report.signal.side is Side.BUY else "sold"
    partly = "" if report.verdict == "closed" else f", {report.verdict}"
    return f"{done} {pretty(report.filled)}{partly}"


def proof_of(one: Handled) -> str:
    """How that was proven, from the first venue that had the order to the last."""
    if not one.steps:
        return "nothing was sent"
    *before, last = map(str, one.steps)
    if before and one.venue is not None and not one.steps[-1].was_lost:
        last = f"placed at {one.venue}"
    return ", then ".join((*before, last))


@dataclass(frozen=True, slots=True)
class ProofAwaited:
    """Nobody knows yet whether ``venue`` took an order. Its absence is proven about ``seconds``
    after ``since``, on the monotonic clock."""

    venue: str
    since: float
    seconds: float


class Hearing:
    """A hook for all connections of a failover. Orders are placed one after another: `begin` comes
    before each."""

    def __init__(
        self,
        window: float,
        tell: Callable[[str], None] | None = None,
        awaits: Callable[[ProofAwaited], None] = lambda awaited: None,
    ) -> None:
        """`window` is the orders' window in seconds. `tell` is told each request and reply,
        `awaits` when nobody knows what became of an order."""
        self.fences: Mapping[str, Fence] = {}
        """By venue, in the order of preference."""
        self.steps: list[Step] = []
        self.orders: dict[str, int] = {}
        """How many each venue took."""
        self.awaited: ProofAwaited | None = None
        self.ended_at: float | None = None
        self._window = window
        self._tell = tell
        self._awaits = awaits

    def begin(self) -> None:
        self.steps, self.awaited, self.ended_at = [], None, None

    @property
    def passed_over(self) -> tuple[str, ...]:
        """Preferred venues that the order was not even handed to."""
        asked = [step.venue for step in self.steps]
        before = list(self.fences)[: list(self.fences).index(asked[-1])] if asked else ()
        return tuple(venue for venue in before if venue not in asked)

    @hookimpl
    def exchangekit_on_request(self, event: RequestEvent) -> None:
        if self._tell is not None:
            self._tell(f"  {event.venue} {event.operation}: {event.method} {event.path}")

    @hookimpl
    def exchangekit_on_reply(self, event: ReplyEvent) -> None:
        if self._tell is not None and event.error is not None:
            self._tell(f"  {event.venue} {event.operation}: {event.error.message}")
        elif self._tell is not None:
            self._tell(f"  {event.venue} {event.operation}: {event.status}, {event.seconds:.3f} s")
        lost = event.error is not None and event.error.outcome is Outcome.UNKNOWN
        if event.operation == CREATE and lost and event.venue in self.fences:
            fence = self.fences[event.venue]
            margins = 2 if Proof(fence.kind) is Proof.GATEWAY else 1
            seconds = self._window + margins * fence.margin.total_seconds() - event.seconds
            self.awaited = ProofAwaited(event.venue, time.monotonic(), seconds)
            self._awaits(self.awaited)

    @hookimpl
    def exchangekit_on_order_outcome(self, event: OrderEvent) -> None:
        if event.operation != CREATE:
            return
        proof = str(event.error.proof) if isinstance(event.error, NeverPlaced) else None
        self.steps.append(Step(event.venue, event.outcome, event.lost is not None, proof))
        if event.outcome is None:
            self.orders[event.venue] = self.orders.get(event.venue, 0) + 1
        self.awaited, self.ended_at = None, time.monotonic()
