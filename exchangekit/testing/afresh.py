"""A new process for an exchange: nothing of an earlier one is in its memory, only what is on disk.

Starting Python takes half a second, and the checks want hundreds of processes. So one is started
that imports and does nothing else; where the system can fork, each new process is a fork of it,
elsewhere it is started anew. The process of the checks itself is never forked: it knows too much.
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
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, NoReturn
from urllib.parse import urlsplit

from exchangekit.adapter.scheme import KeyKind
from exchangekit.journal import Journal
from exchangekit.runtime.transports import Timeouts, open_sync
from exchangekit.testing.drivers import Strike
from exchangekit.testing.rig import Rig
from exchangekit.testing.subject import Subject
from exchangekit.testing.tested import tested_transport
from exchangekit.testing.world import World

Asked = tuple["Death | None", str, tuple[Any, ...], dict[str, Any]]
"""One call of an exchange: by what it dies, its name and its arguments."""

_FORKS = hasattr(os, "fork")
_LATER = (
    "encodings.idna",
    "exchangekit.journal.reading",
    "exchangekit.journal.writer",
    "anyio._backends._asyncio",
)

DIED = 77
"""The exit code of a process that ended where it was meant to."""


@dataclass(frozen=True, slots=True)
class Birth:
    """The world that a process begins in; ``kind`` is that of its secret."""

    venue: str
    mode: str
    base_url: str
    journal: str
    seed: str
    kind: KeyKind


@dataclass(frozen=True, slots=True)
class Death:
    """Where a process ends: as a request of ``operation`` leaves (``before`` its first byte), or
    when the venue has taken it and nobody here has read the answer."""

    operation: str
    before: bool


@dataclass(frozen=True, slots=True)
class Told:
    """How a call ended: the process ``died``, or with a result or an error. ``sent`` are the
    operations of the requests that went out."""

    died: bool = False
    result: Any = None
    error: BaseException | None = None
    sent: tuple[str, ...] = ()
    lacked: tuple[str, ...] = ()


class Program:
    """An exchange that finds out what it lost, as by default, and writes into `journal`; `ends` is
    called where it is to die."""

    def __init__(self, rig: Rig, journal: Journal, ends: Callable[[], NoReturn]) -> None:
        self.rig = rig
        self.journal = journal
        self._ends = ends
        self._exchange = rig.open(resolve=True, journal=journal)

    def call(self, asked: Asked) -> Told:
        """What came of it, an error included; its death goes through."""
        death, name, args, named = asked
        if death is not None:
            self.rig.strike(death.operation, Strike(ends=self._ends, before=death.before))
        result, error, before = None, None, len(self.rig.sent)
        try:
            result = getattr(self._exchange, name)(*args, **named)
        except Exception as problem:
            error = problem
        sent = tuple(one.operation for one in self.rig.sent[before:])
        return Told(False, result, error, sent, tuple(self.rig.lacked))


# On the side of the checks


class Newborns:
    """Where new processes come from; one is alive at a time."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._alive = False

    def begin(self, adapter: type, birth: Birth) -> None:
        """A new process, for an exchange of that adapter. Raises AssertionError where it cannot
        import it."""
        self.end()
        place = _importable(adapter)
        told = self._said((sys.path, place, pickle.dumps(birth)))
        if told.error is not None:
            raise told.error
        self._alive = True

    def ask(self, asked: Asked, ms: int) -> Told:
        """What came of one call in the process that began last; it is `ms` at the venue."""
        told = self._said(pickle.dumps((ms, asked)))
        self._alive = self._alive and not told.died
        return told

    def end(self) -> None:
        """The process ends by itself."""
        alive, self._alive = self._alive, False
        if alive:
            self._said(None)
            if not _FORKS:
                self.stop()

    def _said(self, words: object) -> Told:
        process = self._started()
        asks, answers = process.stdin, process.stdout
        assert asks is not None
        assert answers is not None
        try:
            pickle.dump(words, asks)
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
        self._alive = False
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
    """Begin processes until no more are wanted; without forks, one."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a venue's code prints is no answer
    if _FORKS:
        _get_ready()
    while (wanted := _heard()) is not None:
        path, place, birth = wanted
        sys.path[:] = path
        if not _FORKS:
            _live(place, birth, answers)
            return
        with contextlib.suppress(Exception):
            importlib.import_module(place[0])  # who fails at it says so in its answer
        child = os.fork()
        if child == 0:
            code = 1
            try:
                _live(place, birth, answers)
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
    open_sync(tested_transport(), Timeouts()).close()


def _heard() -> Any:
    """The next words of the checks, None when there are no more."""
    try:
        return pickle.load(sys.stdin.buffer)  # noqa: S301 - from the checks
    except EOFError:
        return None


def _live(place: tuple[str, str], birth: bytes, answers: IO[bytes]) -> None:
    try:
        program, world = _born(place, pickle.loads(birth))  # noqa: S301 - from the checks
    except Exception as problem:
        _write(_noted(Told(error=problem)), answers)
        return
    _write(Told(), answers)
    while (heard := _heard()) is not None:
        world.ms, asked = pickle.loads(heard)  # noqa: S301 - from the checks
        told = program.call(asked)
        world.catch_up()
        _write(_noted(told), answers)
    program.rig.close()
    program.journal.close()
    _write(Told(), answers)


def _born(place: tuple[str, str], birth: Birth) -> tuple[Program, _WorldApart]:
    found: Any = importlib.import_module(place[0])
    for part in place[1].split("."):
        found = getattr(found, part)
    world = _WorldApart(birth.seed, birth.base_url)
    about = Subject(birth.venue, found(), kind=birth.kind)
    rig = Rig(about, world, mode=birth.mode, base_url=birth.base_url)
    return Program(rig, Journal(birth.journal), lambda: os._exit(DIED)), world


def _noted(told: Told) -> Told:
    """With the place where an error came from, which is not handed over with it."""
    if told.error is not None:
        lines = "".join(traceback.format_exception(told.error))
        told.error.add_note(f"in a new process:\n{lines}")
    return told


def _write(told: Told, answers: IO[bytes]) -> None:
    try:
        made = pickle.dumps(told)
    except Exception as problem:
        words = f"what came of it cannot be handed over ({problem!r}): {told!r}"
        made = pickle.dumps(Told(error=AssertionError(words)))
    answers.write(made)
    answers.flush()


class _WorldApart(World):
    """Moves the clock of a simulated venue that runs in another process: when a request is about to
    go out, and at the end."""

    def __init__(self, seed: str, base_url: str) -> None:
        super().__init__(seed=seed, move=self._later)
        self._venue = http.client.HTTPConnection(urlsplit(base_url).netloc)
        self._ahead = 0

    def _later(self, milliseconds: int) -> None:
        self._ahead += milliseconds

    def departs(self) -> None:
        super().departs()
        self.catch_up()

    def catch_up(self) -> None:
        ahead, self._ahead = self._ahead, 0
        self._venue.request("PUT", "/_sim/clock", json.dumps({"advance_ms": ahead}))
        answer = self._venue.getresponse()
        said = answer.read()
        assert answer.status == 200, said
