"""The lives of a program: each call in a process of its own, and a journal that outlives them.

On a simulated venue it is a real process that begins with the call and ends with it, by itself or
where it is told to die. A cassette is played in one process: there a new exchange with a new
`Journal` on the same file stands in, and one that dies writes and sends nothing any more.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

from exchangekit.journal import Journal
from exchangekit.runtime.journal import Entry
from exchangekit.testing.afresh import Death, Question, Told, lived, newborns
from exchangekit.testing.rig import Rig
from exchangekit.testing.world import SEED


class Lives:
    """The exchange, each call in a new process: ``lives.reconcile()``. ``sent`` are the operations
    of the requests that the last call sent."""

    def __init__(self, rig: Rig) -> None:
        self.rig = rig
        self.sent: tuple[str, ...] = ()
        self._count = 0

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("_"):
            raise AttributeError(name)

        def call(*args: Any, **named: Any) -> Any:
            told = self._lived(None, name, args, named)
            if told.error is not None:
                raise told.error
            return told.result

        return call

    def dies(self, operation: str, name: str, *args: Any, before: bool, **named: Any) -> None:
        """The process that calls `name` dies over a request of `operation`: `before` anything of
        it has left, or when the venue has taken it."""
        told = self._lived(Death(operation, before), name, args, named)
        if told.error is not None:
            raise told.error
        assert told.died, f"{name} sent no {operation}, and nobody died over it: {told.result!r}"

    def _lived(
        self, death: Death | None, name: str, args: tuple[Any, ...], named: dict[str, Any]
    ) -> Told:
        self._count += 1
        if self.rig.tape is not None:
            told = _stand_in(self.rig, death, name, args, named)
        else:
            told = self._afresh(death, name, args, named)
        self.sent = told.sent
        return told

    def _afresh(
        self, death: Death | None, name: str, args: tuple[Any, ...], named: dict[str, Any]
    ) -> Told:
        rig = self.rig
        question = Question(
            venue=rig.venue,
            mode=rig.mode,
            base_url=rig.place.base_url,
            journal=str(rig.journal),
            ms=rig.world.ms,
            seed=f"{SEED}:{self._count}",
            death=death,
            name=name,
            args=args,
            named=named,
        )
        told = newborns.ask(type(rig.adapter), question)
        rig.lacked += told.lacked
        if told.ms is not None:
            rig.world.ms = told.ms  # the venue's clock was moved already
        return told


class _Died(BaseException):
    """The process has ended."""


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


def _stand_in(
    rig: Rig, death: Death | None, name: str, args: tuple[Any, ...], named: dict[str, Any]
) -> Told:
    journal, before = _Mortal(rig.journal), len(rig.sent)
    died, result, error = False, None, None
    try:
        result = lived(rig, journal, death, journal.dies, name, args, named)
    except _Died:
        died = True
    except Exception as problem:
        error = problem
    finally:
        journal.close()
    sent = tuple(one.operation for one in rig.sent[before:])
    return Told(died, result, error, sent)
