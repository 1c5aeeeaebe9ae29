"""What a check is: what it is called, which group it is of, and where it can run.

A check is a function of a `Rig` whose name is a sentence. It fails by raising, and leaves by
`Rig.needs` or `Rig.declared` where the venue declares that it does not concern it. `registry` has
the list of all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from types import ModuleType
from typing import Any, Literal

GROUPS = {
    1: "purity",
    2: "signing",
    3: "secrets",
    4: "symbols",
    5: "markets and filters",
    6: "market data, paging, empty lists",
    7: "exact numbers",
    8: "orders, fills and fees",
    9: "unknown words",
    10: "outcomes",
    11: "errors",
    12: "limits",
    13: "clock",
    14: "recovery in a fresh process",
    15: "sync = async",
    17: "identity",
}

Where = Literal["both", "sim"]
"""``both``: on cassettes and on a simulated venue; ``sim``: it needs the levers of a simulation."""


@dataclass(frozen=True, slots=True)
class Check:
    """``live`` says what may be recorded from a real venue: nothing, reads, or orders too."""

    group: int
    name: str
    function: Callable[..., None]
    where: Where = "both"
    live: Literal["no", "reads", "trades"] = "no"

    @property
    def id(self) -> str:
        return f"{self.group:02d}_{self.name}"


_checks: dict[str, list[Check]] = {}


def check(
    group: int,
    where: Where = "both",
    *,
    live: Literal["no", "reads", "trades"] = "no",
    cases: Iterable[tuple[Any, ...]] = (),
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Make a function a check of its module: once, or once for each of `cases`, whose first
    element is its name."""

    def register(function: Callable[..., None]) -> Callable[..., None]:
        rows, mine = list(cases), _checks.setdefault(function.__module__, [])
        for name, *arguments in rows:
            bound = partial(_with, function, tuple(arguments))
            mine.append(Check(group, f"{function.__name__}_{name}", bound, where, live))
        if not rows:
            mine.append(Check(group, function.__name__, function, where, live))
        return function

    return register


def _with(function: Callable[..., None], arguments: tuple[Any, ...], rig: Any) -> None:
    function(rig, *arguments)


def checks_of(module: ModuleType) -> tuple[Check, ...]:
    """The checks that a module holds, in its order."""
    return tuple(_checks[module.__name__])
