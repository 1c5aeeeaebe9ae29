"""The file itself: making it for its user alone, and saying in words what is wrong with it."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from exchangekit.errors import JournalError

LEVELS = {"process": "NORMAL", "power": "FULL"}
"""What a journal survives -> how SQLite syncs for that."""


def make_file(path: Path) -> None:
    """Make an empty file that only its user can read, if there is none, and its folder.

    Only a file that is new is opened here: closing one that SQLite has open in this process would
    end the locks that SQLite holds on it.
    """
    if path.exists():
        return
    folder = path.parent
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        _sync_folder(folder)


def _sync_folder(folder: Path) -> None:
    """The name of the new file is on disk, too. Not every system can say that."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def is_there(path: Path) -> tuple[int, int] | None:
    """Which file has that name; None if none has."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


@contextmanager
def trouble(path: Path, busy: float) -> Iterator[None]:
    """What the system or SQLite raises inside becomes a JournalError: one sentence with what is
    wrong and what to do."""
    try:
        yield
    except sqlite3.Error as problem:
        raise JournalError(f"the journal {path} {_words(problem, busy)}") from problem
    except OSError as problem:
        why = problem.strerror or str(problem)
        raise JournalError(
            f"the journal {path} cannot be opened ({why}): let its folder be written, or name"
            " another with EXCHANGEKIT_STATE_DIR"
        ) from problem
    except (ValueError, LookupError) as problem:
        raise JournalError(
            f"the journal {path} holds what this version cannot read ({type(problem).__name__}):"
            " put it away to look at, a new one is begun then, which knows of no earlier order"
        ) from problem


_BY_START = {
    "SQLITE_FULL": "cannot be written, its disk is full: make room on it",
    "SQLITE_READONLY": "may not be written: let this user write the file and its folder",
    "SQLITE_PERM": "may not be written: let this user write the file and its folder",
    "SQLITE_CANTOPEN": "cannot be opened: let this user write the file and its folder",
    "SQLITE_NOTADB": "is damaged or no journal: put it away to look at, a new one is begun then,"
    " which knows of no earlier order",
    "SQLITE_CORRUPT": "is damaged: put it away to look at, a new one is begun then, which knows of"
    " no earlier order",
    "SQLITE_IOERR": "cannot be written, its disk fails or is full: look at the disk",
}


def _words(problem: sqlite3.Error, busy: float) -> str:
    name = getattr(problem, "sqlite_errorname", None) or ""
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return f"is held by another program for longer than {busy:g} s: end that program"
    for start, words in _BY_START.items():
        if name.startswith(start):
            return f"{words} ({problem})"
    return f"cannot be used ({name or type(problem).__name__}: {problem})"
