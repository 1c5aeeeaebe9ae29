"""What may strike one order on its way, as rules of the simulated venues' own kinds.

Times hang on the run's pace. A request that is late arrives around its fence: some before, some
after. One that is held up inside the venue is let go at last within what the venue's kind of fence
promises: any time later where it is checked again before matching, less than two margins where it
is checked on arrival only (docs/orders.md: where a venue holds longer, nothing can be proven).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

from exchangekit.testing.chaos.which import rechecks

HELD, TWICE, MIXED, LAGGING = "held up inside", "delivered twice", "reply mixed up", "replica lag"
"""What the simulated venues have no rule for, or none for one order: `door` does it."""

Operation = Literal["create_order", "fetch_order", "cancel_order"]
Rule = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds. ``window``: how long an order may be under way; ``margin``: how much later than
    its fence "not found" counts; ``attempt``: how long one request is waited for; ``total``: how
    long a call may take, and how much longer it is looked for what became of it."""

    window: float = 0.8
    margin: float = 0.25
    attempt: float = 0.4
    total: float = 8.0

    @property
    def longest_hold(self) -> float:
        """How long a venue that checks on arrival only holds a request up, at the most."""
        return self.margin * 1.1

    @property
    def longest_lag(self) -> float:
        """How long a venue's copies of its data lag behind: with a hold less than two margins."""
        return self.margin * 0.8


PACE = Pace()


@dataclass(frozen=True, slots=True)
class Strike:
    """``nth`` request of an order's ``operation`` is struck by ``rule``; ``kind`` names it."""

    operation: Operation
    nth: int
    kind: str
    rule: Rule

    @property
    def is_rule(self) -> bool:
        """Whether ``rule`` is one of the simulated venues'."""
        return self.kind not in (HELD, TWICE, MIXED, LAGGING)


def _rule(action: str, at: str | None = None, **more: Any) -> Rule:
    told = {"action": action, **more}
    return MappingProxyType(told if at is None else {**told, "at": at})


_BOTH = ("before", "after")
_PLAIN: tuple[tuple[str, Rule], ...] = (
    ("reply lost, taken", _rule("drop", "after")),
    ("reply lost, taken", _rule("drop", "after", reset=True)),
    ("request lost", _rule("drop", "before")),
    ("request lost", _rule("drop", "before", reset=True)),
    *((f"5xx {at}", _rule("status", at, status=500)) for at in _BOTH),
    *(("5xx before", _rule("status", "before", status=code)) for code in (502, 503)),
    *((f"html {at}", _rule("html", at)) for at in _BOTH),
    ("429", _rule("status", "before", status=429, seconds=1)),
    ("maintenance", _rule("maintenance", "before")),
    ("truncated", _rule("truncate")),
    ("empty", _rule("empty", "after")),
    ("not text", _rule("non_utf8", "after")),
)


def _late(venue: str, chance: random.Random) -> tuple[str, Rule]:
    return "late", _rule("delay", "arrival", seconds=PACE.window * chance.uniform(0.4, 1.3))


def _held(venue: str, chance: random.Random) -> tuple[str, Rule]:
    longest = PACE.window + 3 * PACE.margin if rechecks(venue) else PACE.longest_hold
    return HELD, _rule("delay", "acceptance", seconds=chance.uniform(0.05, longest))


def _slow(venue: str, chance: random.Random) -> tuple[str, Rule]:
    return "slow reply", _rule("delay", "reply", seconds=PACE.attempt * chance.uniform(0.2, 2))


def _plain(venue: str, chance: random.Random) -> tuple[str, Rule]:
    return chance.choice(_PLAIN)


def _twice(venue: str, chance: random.Random) -> tuple[str, Rule]:
    return TWICE, _rule(TWICE)


def _mixed(venue: str, chance: random.Random) -> tuple[str, Rule]:
    return MIXED, _rule(MIXED)


def _lagging(venue: str, chance: random.Random) -> tuple[str, Rule]:
    return LAGGING, _rule(LAGGING, seconds=PACE.longest_lag)


_Kind = Callable[[str, random.Random], tuple[str, Rule]]
_ON_PLACING: tuple[_Kind, ...] = (
    _plain,
    _plain,
    _plain,
    _late,
    _late,
    _held,
    _slow,
    _twice,
    _mixed,
)
_ON_READING: tuple[_Kind, ...] = (_plain, _plain, _slow, _mixed, _lagging)
_ON_CANCELING: tuple[_Kind, ...] = (_plain, _plain, _plain, _slow, _twice, _mixed)


def trouble_for(venue: str, rests: bool, chance: random.Random) -> tuple[Strike, ...]:
    """What strikes an order that goes to `venue`: nothing, for two of three.

    None that fills at once is delivered twice: the venues let a name be used again once its order
    has ended, so that the second copy is a new order there, and nobody here could have known.
    """
    made: list[Strike] = []
    once = tuple(one for one in _ON_PLACING if one is not _twice)
    placing = _ON_PLACING if rests else once

    def strike(operation: Operation, nth: int, kinds: tuple[_Kind, ...]) -> None:
        made.append(Strike(operation, nth, *chance.choice(kinds)(venue, chance)))

    if chance.random() < 0.33:
        strike("create_order", 1, placing)
        if chance.random() < 0.3:
            strike("create_order", 2, placing)
        for nth in (1, 2, 3):
            if chance.random() < 0.25:
                strike("fetch_order", nth, _ON_READING)
    if chance.random() < 0.25:
        strike("cancel_order", 1, _ON_CANCELING)
    return tuple(made)
