"""Recording cassettes: from a simulated venue, or from a real one with the user's own keys.

From a simulation everything is fixed (clock, random bytes, dummy keys), so that recording twice
makes the same file. From a real venue only what is safe there is recorded, each request is written
down as the dummy keys would have signed it, and replies are sanitised before they are written.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import exchangekit
from exchangekit.adapter.base import Environment
from exchangekit.adapter.credentials import Credentials
from exchangekit.testing.cassette import SIMULATED, Cassette
from exchangekit.testing.check import Check
from exchangekit.testing.rig import Rig
from exchangekit.testing.sanitise import Sanitiser
from exchangekit.testing.subject import Subject
from exchangekit.testing.tape import Tape
from exchangekit.testing.world import SEED, START_MS, TICK_MS, World


def record_simulated(subject: Subject, check: Check) -> Cassette:
    """Run `check` on the simulated venue and keep what was said. Raises what the check raises."""
    running = subject.simulation()
    world = World(move=lambda ms: running.control.clock(advance_ms=ms))
    cassette = _blank(subject, check, SIMULATED)
    tape = _tape(subject, cassette, running.url)
    rig = Rig(subject, world, base_url=running.url, tape=tape, sim=running, notes=cassette.notes)
    with _rolling(rig, tape):
        check.function(rig)
    return cassette


def record_real(
    subject: Subject,
    check: Check,
    *,
    origin: str,
    environment: Environment,
    credentials: Credentials | None,
) -> Cassette:
    """Run `check` on a real venue (``testnet``, ``demo`` or ``live``) and keep what was said,
    sanitised. Raises what the check raises; then nothing is kept."""
    seed, starts = os.urandom(8).hex(), time.time_ns() // 1_000_000
    world = World(starts, seed, real=True)
    cassette = _blank(subject, check, origin)
    cassette.seed, cassette.starts_ms, cassette.sanitised = seed, starts, True
    address = environment.base_url
    tape = _tape(subject, cassette, address, Sanitiser(credentials))
    rig = Rig(
        subject,
        world,
        base_url=address,
        tape=tape,
        credentials=credentials,
        environment=environment,
        notes=cassette.notes,
    )
    with _rolling(rig, tape):
        check.function(rig)
    cassette.ticks = world.took or [TICK_MS]
    return cassette


def _blank(subject: Subject, check: Check, origin: str) -> Cassette:
    return Cassette(
        venue=subject.venue,
        check=check.id,
        origin=origin,
        kit=exchangekit.__version__,
        recorded=datetime.now(UTC).date().isoformat(),
        starts_ms=START_MS,
        seed=SEED,
        ticks=[TICK_MS],
    )


def _tape(
    subject: Subject, cassette: Cassette, address: str, sanitiser: Sanitiser | None = None
) -> Tape:
    keep = subject.adapter.limit_headers()
    return Tape(cassette, base_url=address, keep=keep, sanitiser=sanitiser)


@contextlib.contextmanager
def _rolling(rig: Rig, tape: Tape) -> Iterator[None]:
    with tape.running(), contextlib.closing(rig):
        yield
