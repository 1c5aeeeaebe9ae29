"""A file of the first version is read as it is, and brought up when it is opened for writing."""

from __future__ import annotations

import multiprocessing
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from support.journals import FENCE, failover, first_version, intent, member, sending
from support.patience import PATIENCE

from exchangekit import Journal, JournalError
from exchangekit.journal import schema
from exchangekit.journal.store import Store
from exchangekit.runtime.journal import AlreadyIntended, Sending

STATES = [
    ("done", "done", 1, "7"),
    ("open", "open", 2, None),
    ("unsure", "unknown", 1, None),
    ("done", "open", 1, None),
    ("refused", "refused", 1, None),
]


@pytest.fixture
def old(tmp_path: Path) -> Path:
    path = tmp_path / "old.journal"
    first_version(path)
    return path


def version(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])


def tables(path: Path) -> list[Any]:
    with closing(sqlite3.connect(path)) as connection:
        return [
            [connection.execute("PRAGMA application_id").fetchone()],
            sorted(connection.execute("SELECT type, name, tbl_name FROM sqlite_master")),
            connection.execute("PRAGMA table_info(changes)").fetchall(),
            connection.execute("PRAGMA table_info(tries)").fetchall(),
        ]


def states(journal: Journal) -> list[tuple[Any, ...]]:
    return [
        (one.intent.change.client_order_id, one.state, one.attempts, one.order_id)  # type: ignore[union-attr]
        for one in journal.all()
    ]


def test_it_is_read_as_it_is(old: Path) -> None:
    before = old.read_bytes()
    journal = Journal(old)
    assert states(journal) == STATES
    assert [one.tried for one in journal.all()] == [()] * 5
    assert len(journal.open_intents()) == 3
    found, placed = journal.find("open"), journal.find_order("7")
    assert found is not None
    assert placed is not None
    assert (found.attempts, found.fence) == (2, FENCE)
    assert placed.intent.change.client_order_id == "done"  # type: ignore[union-attr]
    assert (old.read_bytes(), version(old)) == (before, 1)


def test_it_is_brought_up_when_it_is_written_and_forgets_nothing(old: Path) -> None:
    with closing(Journal(old)) as journal:
        with pytest.raises(AlreadyIntended) as caught:
            journal.record(sending(intent("unsure")))
        assert caught.value.earlier.state == "unknown"
        assert states(journal) == STATES
        assert version(old) == schema.VERSION == 2
        shared, here = failover("new", member("a")), member("a")
        journal.record(Sending(shared, 1, FENCE, at=here, among=(here,)))
        found = journal.find("new")
        assert found is not None
        assert found.tried == (here,)
        assert states(journal)[:5] == STATES


def test_it_is_then_the_same_as_a_new_one(old: Path, tmp_path: Path) -> None:
    for path in (old, tmp_path / "new.journal"):
        Store(path, "process", 1.0).close()
    assert tables(old) == tables(tmp_path / "new.journal")


def test_pruning_brings_it_up_as_well(old: Path) -> None:
    assert Journal(old).prune(timedelta(0)) == 2
    assert version(old) == 2
    assert [state for _, state, *_ in states(Journal(old))] == ["open", "unknown", "open"]


def test_it_is_brought_up_wholly_or_not_at_all(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = schema._ADDED
    broken = second.replace("CREATE TABLE halts", "CREATE TABLE changes")
    with monkeypatch.context() as patch:
        patch.setattr(schema, "_ADDED", (first, broken))
        with pytest.raises(JournalError), closing(Journal(old)) as journal:
            journal.record(sending(intent("new")))
    assert version(old) == 1
    with closing(sqlite3.connect(old)) as connection:
        columns = [row[1] for row in connection.execute("PRAGMA table_info(changes)")]
        assert "among" not in columns
    with closing(Journal(old)) as journal:
        journal.record(sending(intent("new")))
    assert version(old) == 2


def opens(path: Path, number: int, ready: Any, told: Any) -> None:
    ready.wait(PATIENCE)
    with closing(Journal(path, busy=PATIENCE)) as journal:
        journal.record(sending(intent(f"p{number}")))
    told.put(number)


def test_several_processes_that_bring_it_up_at_once_do_it_once(old: Path) -> None:
    context = multiprocessing.get_context("spawn")
    ready, told = context.Barrier(4), context.Queue()
    running = [
        context.Process(target=opens, args=(old, number, ready, told)) for number in range(4)
    ]
    for process in running:
        process.start()
    assert sorted(told.get(timeout=PATIENCE) for _ in running) == [0, 1, 2, 3]
    for process in running:
        process.join(PATIENCE)
        assert process.exitcode == 0
    assert states(Journal(old))[:5] == STATES
    assert len(Journal(old).all()) == 9
