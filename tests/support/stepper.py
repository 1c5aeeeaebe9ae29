"""A hand driver: walks one flow with a fixed clock and scripted answers, and notes every effect.

Time stands still but for what the flow does: a request takes `latency`, a wait as long as it says.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from exchangekit.adapter import Adapter, Credentials
from exchangekit.adapter.request import Outgoing
from exchangekit.hookspecs import new_manager
from exchangekit.operations import Connection, Hooks, OneVenue
from exchangekit.runtime.effects import (
    Background,
    Effect,
    Entropy,
    Flow,
    Now,
    Record,
    Send,
    Shared,
    Sleep,
    Today,
)
from exchangekit.runtime.journal import Entry
from exchangekit.runtime.limits import Limits, LocalLimits, ScopeLimits
from exchangekit.runtime.policy import Policy, Settings
from support.toy import KEY, SECRET, START, Script, ToyAdapter

T = TypeVar("T")


class Killed(BaseException):
    """The program ends here: no flow is told, and nothing more is carried out."""


@dataclass
class Stepper:
    """`run(flow)` carries a flow out. `effects` holds what it asked for, in order. With `lives` it
    is killed before the effect after that many."""

    script: Script = field(default_factory=Script)
    now: float = 1000.0
    latency: float = 0.05
    dice: int = 128
    today: datetime = START
    effects: list[Effect] = field(default_factory=list)
    background: list[Flow[None]] = field(default_factory=list)
    journal: list[Entry] = field(default_factory=list)
    lives: int | None = None

    def __post_init__(self) -> None:
        self.script.now = lambda: self.now - self.latency / 2

    def run(self, flow: Flow[T]) -> T:
        try:
            effect = next(flow)
            while True:
                self._live()
                self.effects.append(effect)
                try:
                    answer = self._carry_out(effect)
                except Killed:
                    raise
                except BaseException as problem:
                    effect = flow.throw(problem)
                else:
                    effect = flow.send(answer)
        except StopIteration as end:
            result: T = end.value
            return result

    def _live(self) -> None:
        if self.lives is not None:
            self.lives -= 1
            if self.lives < 0:
                raise Killed

    def _carry_out(self, effect: Effect) -> Any:
        if isinstance(effect, Now):
            return self.now
        if isinstance(effect, Send):
            self.now += self.latency
            return self.script.answer(effect.outgoing)
        if isinstance(effect, Sleep):
            assert effect.seconds >= 0
            assert effect.why
            self.now += effect.seconds
            return None
        if isinstance(effect, Today):
            return self.today
        if isinstance(effect, Entropy):
            return bytes([self.dice]) * effect.size
        if isinstance(effect, Record):
            self.journal.append(effect.entry)
            return None
        if isinstance(effect, Background):
            self.background.append(effect.flow)
            return None
        assert isinstance(effect, Shared)
        return self.run(effect.flow())

    @property
    def sleeps(self) -> list[float]:
        return [effect.seconds for effect in self.effects if isinstance(effect, Sleep)]

    @property
    def sent(self) -> list[Outgoing]:
        """What was sent, but for questions for the time."""
        sent = [effect.outgoing for effect in self.effects if isinstance(effect, Send)]
        return [outgoing for outgoing in sent if outgoing.path != "/time"]

    @property
    def times_asked(self) -> int:
        return sum(
            isinstance(effect, Send) and effect.outgoing.path == "/time" for effect in self.effects
        )


def policy(
    adapter: Adapter | None = None,
    credentials: Credentials | None = None,
    *,
    ip: ScopeLimits | None = None,
    account: ScopeLimits | None = None,
    limits: Limits | None = None,
    environment: str = "live",
    observers: tuple[Any, ...] = (),
    **settings: Any,
) -> Policy:
    """A policy of the toy venue with limits of its own."""
    made = adapter or ToyAdapter()
    return Policy(
        made,
        made.environments[environment],
        credentials,
        limits or LocalLimits(ip or ScopeLimits(), account or ScopeLimits()),
        Settings(**settings),
        *observers,
    )


def stepping(
    script: Script | None = None, adapter: ToyAdapter | None = None
) -> tuple[Stepper, OneVenue]:
    """A hand driver and the operations of a connection with keys; the venue's clock stands still
    at `toy.START`."""
    steps = Stepper(script or Script())
    steps.script.now = lambda: 0.0
    made = policy(adapter, Credentials(KEY, SECRET))
    return steps, OneVenue(Connection(made, Hooks(new_manager()), "live"))
