"""Who uses a journal in this process: exchanges of one account share its writer, and the last one
to be closed closes it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from exchangekit.errors import JournalError
from exchangekit.journal.public import Journal, Level
from exchangekit.runtime.journal import Entry
from exchangekit.runtime.processes import of_one_process


class AsyncSide:
    """A `Journal` as async drivers take it."""

    def __init__(self, journal: Journal) -> None:
        self.journal = journal

    async def record(self, entry: Entry) -> None:
        """As `Journal.arecord`."""
        await self.journal.arecord(entry)


class _Unwritten(Journal):
    """Stands where no journal can be: what needs none goes on, and all that would write says what
    is missing. A halt that stands nowhere stops nobody."""

    def __init__(self, path: str | Path, missing: Callable[[], Exception]) -> None:
        super().__init__(path)
        self._missing = missing

    @property
    def _writer(self) -> NoReturn:
        raise self._missing()

    def halt(self, reason: str) -> NoReturn:
        raise self._missing()

    def halted(self) -> NoReturn:
        raise self._missing()


class Homeless(_Unwritten):
    """Where no folder can be named (no home, as in some containers)."""

    def __init__(self) -> None:
        super().__init__("", _no_home)


class Keyless(_Unwritten):
    """Of an exchange without a key, which has no orders: their account would be another one."""


def _no_home() -> JournalError:
    return JournalError(
        "there is no home folder to keep a journal in: name a folder with EXCHANGEKIT_STATE_DIR"
    )


class Lease:
    """The use of a shared journal, until it is given back."""

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self._given_back = False

    def close(self) -> None:
        """Give it back."""
        if self._is_last():
            self.journal.close()

    async def aclose(self) -> None:
        """`close` for async code."""
        if self._is_last():
            await self.journal.aclose()

    def _is_last(self) -> bool:
        if self._given_back:
            return False
        self._given_back = True
        return _shared.give_back(self.journal)


class _Shared:
    """The journals in use, and by how many."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._used: dict[tuple[Path, Level], tuple[Journal, int]] = {}
        of_one_process(self)

    def after_fork(self) -> None:
        self._lock = threading.Lock()

    def take(self, path: Path, level: Level) -> Journal:
        with self._lock:
            journal, users = self._used.get((path, level)) or (Journal(path, level), 0)
            self._used[path, level] = journal, users + 1
            return journal

    def give_back(self, journal: Journal) -> bool:
        """Whether nobody uses it any more."""
        key = journal.path, journal.level
        with self._lock:
            _, users = self._used[key]
            if users > 1:
                self._used[key] = journal, users - 1
                return False
            del self._used[key]
            return True


_shared = _Shared()


def borrow(path: Path, level: Level) -> Lease:
    """The use of the journal in that file; it is made when the first entry comes."""
    return Lease(_shared.take(path, level))
