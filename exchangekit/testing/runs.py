"""Running one check: on a simulated venue, on its cassette, or while recording it."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Literal

from exchangekit.testing.cassette import CassetteMissing, load
from exchangekit.testing.registry import Check, checks
from exchangekit.testing.rig import NotApplicable, Rig
from exchangekit.testing.subject import Subject
from exchangekit.testing.tape import Tape
from exchangekit.testing.world import World

Mode = Literal["sync", "async"]


@dataclass(frozen=True, slots=True)
class Finding:
    """How one check ended: ``passed``, ``failed`` or ``skipped`` (by a declared capability)."""

    check: Check
    way: str
    result: Literal["passed", "failed", "skipped"]
    reason: str = ""


@contextlib.contextmanager
def on_sim(subject: Subject, mode: Mode) -> Iterator[Rig]:
    """A rig on the simulated venue, as at its start."""
    running = subject.simulation()
    world = World(move=lambda ms: running.control.clock(advance_ms=ms))
    rig = Rig(subject, world, mode=mode, base_url=running.url, sim=running)
    with contextlib.closing(rig):
        yield rig


@contextlib.contextmanager
def on_cassette(subject: Subject, check: Check, mode: Mode) -> Iterator[Rig]:
    """A rig on the check's cassette. Raises CassetteError; a missing one only when it is wanted."""
    path = subject.cassette(check.id)
    if path is None:
        raise CassetteMissing(f"no folder of cassettes was named for {subject.venue}")
    try:
        cassette = load(path)
    except CassetteMissing as missing:
        # A check that does not concern the venue leaves before it asks for anything.
        with contextlib.closing(Rig(subject, World(), mode=mode, missing=missing)) as nothing:
            yield nothing
        return
    world = World(cassette.starts_ms, cassette.seed, cassette.ticks)
    tape = Tape(cassette, path=path)
    rig = Rig(subject, world, mode=mode, tape=tape, notes=cassette.notes)
    with tape.running(), contextlib.closing(rig):
        yield rig


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
