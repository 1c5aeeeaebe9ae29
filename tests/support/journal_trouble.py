"""What may be wrong with the file of a journal, as blocks in which it is so."""

from __future__ import annotations

import os
import resource
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from exchangekit import Journal
from exchangekit.journal import schema
from support.journals import intent, sending


def with_rows(path: Path, count: int = 3) -> list[str]:
    """A journal that was written and closed, and the names of its orders."""
    with closing(Journal(path)) as journal:
        names = [f"n{number}" for number in range(count)]
        for name in names:
            journal.record(sending(intent(name)))
    return names


@contextmanager
def full_disk(path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No file may grow past what it has by more than a little: SQLite is told as by a full disk."""
    with_rows(path)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, ignored)


@contextmanager
def nobody() -> Iterator[None]:
    """As a user whom permissions bind, where the tests run as root."""
    me = os.geteuid()
    if me == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(me)


@contextmanager
def read_only(path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with_rows(path)
    with not_to_be_written(path):
        yield


@contextmanager
def not_to_be_written(path: Path) -> Iterator[None]:
    for folder in path.parents:
        if not folder.stat().st_mode & 0o001:  # nobody could look for anything in it
            folder.chmod(0o755)
    path.chmod(0o444)
    path.parent.chmod(0o555)
    with nobody():
        yield
    path.parent.chmod(0o755)


@contextmanager
def no_folder(path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    path.parent.write_text("a file where the folder should be", encoding="utf-8")
    yield


@contextmanager
def garbage(path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    path.parent.mkdir()
    path.write_bytes(b"this was a journal once" * 400)
    yield


@contextmanager
def torn(path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Pages in the middle hold something else."""
    with_rows(path, 200)
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))
    yield


@contextmanager
def later_version(path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with_rows(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {schema.VERSION + 1}")
    yield


@contextmanager
def another_program(path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE wallets (id)")
    yield


@contextmanager
def locked(path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with_rows(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")
