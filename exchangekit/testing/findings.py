"""Running checks without pytest, and how each of them ended."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Literal

from exchangekit.testing.check import Check
from exchangekit.testing.registry import checks
from exchangekit.testing.rig import NotApplicable
from exchangekit.testing.runs import Mode, on_cassette, on_sim
from exchangekit.testing.subject import Subject


@dataclass(frozen=True, slots=True)
class Finding:
    """How one check ended: ``passed``, ``failed`` or ``skipped`` (by a declared capability)."""

    check: Check
    way: str
    result: Literal["passed", "failed", "skipped"]
    reason: str = ""


def examine(
    subject: Subject,
    groups: Collection[int] | None = None,
    *,
    only: str = "*",
    ways: Collection[str] = ("sim-sync", "sim-async"),
) -> Iterator[Finding]:
    """Run the checks without pytest, one after another as they are asked for, and say how each
    ended: those of `groups` (default: all) whose names fit `only`, which may hold ``*``. `ways`
    are ``sim-sync``, ``sim-async``, ``cassette-sync`` and ``cassette-async``."""
    for check in checks():
        if (groups is None or check.group in groups) and fnmatchcase(check.name, only):
            for way in ways:
                if way.startswith("sim") or check.where == "both":
                    yield _finding(subject, check, way)


def _finding(subject: Subject, check: Check, way: str) -> Finding:
    place, _, kind = way.partition("-")
    mode: Mode = "async" if kind == "async" else "sync"
    where = on_sim(subject, mode) if place == "sim" else on_cassette(subject, check, mode)
    try:
        with where as rig:
            check.function(rig)
    except NotApplicable as declared:
        return Finding(check, way, "skipped", str(declared))
    except Exception as problem:
        return Finding(check, way, "failed", f"{type(problem).__name__}: {problem}")
    return Finding(check, way, "passed")
