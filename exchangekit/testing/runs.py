"""Where one check runs: on a simulated venue, or on its cassette."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Literal

from exchangekit.testing.cassette import CassetteMissing, load
from exchangekit.testing.check import Check
from exchangekit.testing.rig import Rig
from exchangekit.testing.subject import Subject
from exchangekit.testing.tape import Tape
from exchangekit.testing.world import World

Mode = Literal["sync", "async"]


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
