"""A new process for one call: nothing of an earlier one is in its memory, only what is on disk.

Starting Python takes half a second, and the checks want hundreds of processes. So one is started
that imports and does nothing else; where the system can fork, each call is carried out in a fork of
it, elsewhere in a process of its own. The process of the checks itself is never forked: it knows
too much.
"""

from __future__ import annotations

import atexit
import contextlib
import http.client
import importlib
import json
import os
import pickle
import subprocess
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, NoReturn
from urllib.parse import urlsplit

from exchangekit.journal import Journal
from exchangekit.runtime.transports import Timeouts, open_sync
from exchangekit.testing.drivers import Strike
from exchangekit.testing.rig import Rig
from exchangekit.testing.subject import Subject
from exchangekit.testing.world import World

_LATER = (
    "encodings.idna",
    "exchangekit.journal.reading",
    "exchangekit.journal.writer",
    "anyio._backends._asyncio",
)

DIED = 77
"""The exit code of a process that ended where it was meant to."""


@dataclass(frozen=True, slots=True)
class Death:
    """Where a process ends: as a request of ``operation`` leaves (``before`` its first byte), or
    when the venue has taken it and nobody here has read the answer."""

    operation: str
    before: bool


@dataclass(frozen=True, slots=True)
class Question:
    """One call of an exchange, and the world that its process begins in."""

    venue: str
    mode: str
    base_url: str
    journal: str
    ms: int
    seed: str
    death: Death | None
    name: str
    args: tuple[Any, ...]
    named: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Told:
    """How the call ended: ``died``, or with a result or an error. ``sent`` are the operations of
    the requests that went out, ``ms`` is the venue's time at the end."""

    died: bool = False
    result: Any = None
    error: BaseException | None = None
    sent: tuple[str, ...] = ()
    lacked: tuple[str, ...] = ()
    ms: int | None = None


def lived(
    rig: Rig,
    journal: Journal,
    death: Death | None,
    ends: Callable[[], NoReturn],
    name: str,
    args: tuple[Any, ...],
    named: dict[str, Any],
) -> Any:
    """One call of an exchange that finds out what it lost, as by default, and writes into
    `journal`; `ends` is called where it is to die."""
    if death is not None:
        rig.strike(death.operation, Strike(ends=ends, before=death.before))
    return getattr(rig.open(resolve=True, journal=journal), name)(*args, **named)


# On the side of the checks


class Newborns:
    """Where new processes come from."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def ask(self, adapter: type, question: Question) -> Told:
        """What came of it in a process of its own."""
        process = self._started()
        asks, answers = process.stdin, process.stdout
        assert asks is not None
        assert answers is not None
        place = _importable(adapter)
        try:
            pickle.dump((sys.path, place, pickle.dumps(question)), asks)
            asks.flush()
            told: Told = pickle.load(answers)  # noqa: S301 - of a process of ours
        except (EOFError, BrokenPipeError):
            code = process.wait()
            self.stop()
            told = _without_answer(code)
        return told

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is not None:
            self.stop()
        if self._process is None:
            paths = [str(Path(one).absolute()) for one in sys.path]
            self._process = subprocess.Popen(  # noqa: S603 - this very program
                [sys.executable, "-P", "-c", f"from {__name__} import main; main()"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
            )
            atexit.register(self.stop)
        return self._process

    def stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        atexit.unregister(self.stop)
        for end in (process.stdin, process.stdout):
            if end is not None:
                with contextlib.suppress(OSError):
                    end.close()
        process.wait()


newborns = Newborns()


def _importable(adapter: type) -> tuple[str, str]:
    """Where a new process finds the class. Raises AssertionError where it cannot."""
    name = adapter.__module__
    found: Any = sys.modules.get(name)
    for part in adapter.__qualname__.split("."):
        found = getattr(found, part, None)
    assert found is adapter and name != "__main__", (  # noqa: PT018 - one sentence for both
        f"a new process cannot import {name}.{adapter.__qualname__}: define the adapter at the top"
        " of a module that can be imported"
    )
    return name, adapter.__qualname__


def _without_answer(code: int) -> Told:
    if code == DIED:
        return Told(died=True)
    return Told(error=AssertionError(f"the new process ended by itself, with exit code {code}"))


# On the side of the new process


def main() -> None:
    """Answer questions until there are no more; without forks, one."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a venue's code prints is no answer
    if hasattr(os, "fork"):
        _get_ready()
    while True:
        try:
            path, place, question = pickle.load(sys.stdin.buffer)  # noqa: S301 - from the checks
        except EOFError:
            return
        sys.path[:] = path
        if not hasattr(os, "fork"):
            _answer(place, question, answers)
            return
        with contextlib.suppress(Exception):
            importlib.import_module(place[0])  # who fails at it says so in its answer
        child = os.fork()
        if child == 0:
            code = 1
            try:
                _answer(place, question, answers)
                code = 0
            finally:
                os._exit(code)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if code != 0:
            _write(_without_answer(code), answers)


def _get_ready() -> None:
    """What the kit loads only when it needs it, each new process would load for itself."""
    for later in _LATER:
        with contextlib.suppress(ImportError):
            importlib.import_module(later)
    open_sync("httpx", Timeouts()).close()


def _answer(place: tuple[str, str], question: bytes, answers: IO[bytes]) -> None:
    try:
        told = _asked(place, pickle.loads(question))  # noqa: S301 - from the checks
    except Exception as problem:
        problem.add_note(f"in a new process:\n{traceback.format_exc()}")
        told = Told(error=problem)
    _write(told, answers)


def _write(told: Told, answers: IO[bytes]) -> None:
    try:
        made = pickle.dumps(told)
    except Exception as problem:
        words = f"what came of it cannot be handed over ({problem!r}): {told!r}"
        made = pickle.dumps(Told(error=AssertionError(words)))
    answers.write(made)
    answers.flush()


def _asked(place: tuple[str, str], question: Question) -> Told:
    found: Any = importlib.import_module(place[0])
    for part in place[1].split("."):
        found = getattr(found, part)
    world = World(seed=question.seed, move=_clock_of(question.base_url))
    world.ms = question.ms
    subject = Subject(question.venue, found())
    rig = Rig(subject, world, mode=question.mode, base_url=question.base_url)
    journal = Journal(question.journal)
    result, error = None, None
    with contextlib.closing(journal), contextlib.closing(rig):
        try:
            result = lived(
                rig,
                journal,
                question.death,
                lambda: os._exit(DIED),
                question.name,
                question.args,
                question.named,
            )
        except Exception as problem:
            problem.add_note(f"in a new process:\n{traceback.format_exc()}")
            error = problem
    sent = tuple(one.operation for one in rig.sent)
    return Told(False, result, error, sent, tuple(rig.lacked), world.ms)


def _clock_of(base_url: str) -> Callable[[int], None]:
    """Moves the simulated venue's clock, from outside of its process."""
    connection = http.client.HTTPConnection(urlsplit(base_url).netloc)

    def move(milliseconds: int) -> None:
        connection.request("PUT", "/_sim/clock", json.dumps({"advance_ms": milliseconds}))
        answer = connection.getresponse()
        said = answer.read()
        assert answer.status == 200, said

    return move
