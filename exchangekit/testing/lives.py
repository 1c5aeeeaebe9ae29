"""The lives of a program: it dies, or ends, and the next one finds its journal.

On a simulated venue each life is a real process. A cassette is played in one process: there a new
exchange with a new `Journal` on the same file stands in, and one that dies writes and sends nothing
any more.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

from exchangekit.journal import Journal
from exchangekit.runtime.journal import Entry
from exchangekit.testing.afresh import Asked, Birth, Death, Program, Told, newborns
from exchangekit.testing.rig import Rig
from exchangekit.testing.world import SEED


class Lives:
    """The exchange of the program that lives now: ``lives.reconcile()``. The first call after the
    end of one begins the next. ``sent`` are the operations of the requests that the last call sent.
    """

    def __init__(self, rig: Rig) -> None:
        self.rig = rig
        self.sent: tuple[str, ...] = ()
        self._count = 0
        self._alive = False
        self._stand_in: Program | None = None
        rig.closes_first(self.end)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("_"):
            raise AttributeError(name)

        def call(*args: Any, **named: Any) -> Any:
            told = self._told((None, name, args, named))
            if told.error is not None:
                raise told.error
            return told.result

        return call

    def dies(self, operation: str, name: str, *args: Any, before: bool, **named: Any) -> None:
        """The program calls `name` and dies over a request of `operation`: `before` anything of it
        has left, or when the venue has taken it."""
        told = self._told((Death(operation, before), name, args, named))
        if told.error is not None:
            raise told.error
        assert told.died, f"{name} sent no {operation}, and nobody died over it: {told.result!r}"

    def end(self) -> None:
        """The program ends by itself, if one lives."""
        alive, self._alive = self._alive, False
        if self._stand_in is not None:
            self._stand_in.journal.close()
            self._stand_in = None
        elif alive:
            newborns.end()

    def _told(self, asked: Asked) -> Told:
        if not self._alive:
            self._begin()
        if self._stand_in is None:
            told = newborns.ask(asked, self.rig.world.ms)
        else:
            told = _stands_in(self._stand_in, asked)
        if told.died:
            self.end()
        self.sent = told.sent
        if self.rig.tape is None:
            self.rig.lacked += told.lacked
            self.rig.world.ms = self.rig.control.clock()["market_now"]  # it went on meanwhile
        return told

    def _begin(self) -> None:
        rig = self.rig
        self._count += 1
        if rig.tape is not None:
            journal = _Mortal(rig.journal)
            self._stand_in = Program(rig, journal, journal.dies)
        else:
            birth = Birth(
                venue=rig.venue,
                mode=rig.mode,
                base_url=rig.place.base_url,
                journal=str(rig.journal),
                seed=f"{SEED}:{self._count}",
                kind=rig.credentials.kind,
            )
            newborns.begin(type(rig.adapter), birth)
        self._alive = True


class _Died(BaseException):
    """The program has ended."""


class _Mortal(Journal):
    """The journal of a program that dies: what it would have written after that is not there."""

    is_dead = False

    def dies(self) -> NoReturn:
        self.is_dead = True
        raise _Died

    def record(self, entry: Entry) -> None:
        if not self.is_dead:
            super().record(entry)

    async def arecord(self, entry: Entry) -> None:
        if not self.is_dead:
            await super().arecord(entry)


def _stands_in(program: Program, asked: Asked) -> Told:
    try:
        return program.call(asked)
    except _Died:
        return Told(died=True)
