"""A journal that cannot be written stops new orders, says why, and hinders nothing else."""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest
from support.helpers import async_toy, run, sync_toy
from support.journal_trouble import (
    another_program,
    full_disk,
    garbage,
    later_version,
    locked,
    no_folder,
    nobody,
    not_to_be_written,
    read_only,
    torn,
    with_rows,
)
from support.journals import cancel, ended, intent, sending
from support.toy import Script, reply

from exchangekit import Journal, NotRecorded, Outcome
from exchangekit.errors import JournalError
from exchangekit.journal import public, schema, store

pytestmark = pytest.mark.usefixtures("toy_venue")
ORDER = ("BTC/USDT", "limit", "buy", "1", "10")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "folder" / "a.journal"


# Each kind of trouble, and what is said about it

TROUBLE = [
    (full_disk, r"cannot be written, its disk (is full|fails or is full)"),
    (read_only, r"(may not be written|cannot be opened)"),
    (no_folder, r"cannot be opened \((File exists|Not a directory)\): let its folder be written"),
    (garbage, r"is damaged or no journal: put it away"),
    (torn, r"is damaged: put it away"),
    (later_version, r"was written by a later version of exchangekit: update this one"),
    (another_program, r"is another program's database: name another file"),
    (locked, r"is held by another program for longer than 0\.1 s: end that program"),
]
PASSING = [full_disk, read_only, locked]


def fill(journal: Journal) -> None:
    """A full disk has room for a few."""
    for number in range(40):
        journal.record(sending(intent(f"new{number}")))


every_trouble = pytest.mark.parametrize(
    ("trouble", "said"), TROUBLE, ids=[one.__name__ for one, _ in TROUBLE]
)


@every_trouble
def test_it_is_said_in_one_sentence_that_names_the_file(
    path: Path, monkeypatch: pytest.MonkeyPatch, trouble: Any, said: str
) -> None:
    journal = Journal(path, busy=0.1)
    with trouble(path, monkeypatch), pytest.raises(JournalError, match=said) as caught:
        fill(journal)
    journal.close()
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


# Not the full disk: there what is logged could not be written either.
@pytest.mark.parametrize(
    ("trouble", "said"), TROUBLE[1:], ids=[one.__name__ for one, _ in TROUBLE[1:]]
)
@pytest.mark.parametrize("kind", ["sync", "async"])
def test_new_orders_stop_and_cancels_and_reads_go_on(
    path: Path, monkeypatch: pytest.MonkeyPatch, trouble: Any, said: str, kind: str
) -> None:
    script = Script([reply({"id": "7", "status": "canceled"}), reply({"id": "7"})])
    journal = Journal(path, busy=0.1)
    with trouble(path, monkeypatch):
        if kind == "sync":
            with sync_toy(script, journal=journal) as exchange:
                with pytest.raises(NotRecorded, match=said) as caught:
                    exchange.create_order(*ORDER)
                assert exchange.cancel_order("7", "BTC/USDT").id == "7"
                assert exchange.fetch_order("7", "BTC/USDT").id == "7"
        else:

            async def inside() -> Any:
                async with async_toy(script, journal=journal) as exchange:
                    with pytest.raises(NotRecorded, match=said) as caught:
                        await exchange.create_order(*ORDER)
                    assert (await exchange.cancel_order("7", "BTC/USDT")).id == "7"
                    assert (await exchange.fetch_order("7", "BTC/USDT")).id == "7"
                return caught

            caught = run(inside())
    journal.close()
    assert caught.value.outcome is Outcome.NOT_SENT
    assert [request.path for request in script.private] == ["/order", "/order"]


@pytest.mark.parametrize("trouble", PASSING)
def test_when_it_is_over_the_same_journal_goes_on(
    path: Path, monkeypatch: pytest.MonkeyPatch, trouble: Any
) -> None:
    journal = Journal(path, busy=0.1)
    with trouble(path, monkeypatch), pytest.raises(JournalError):
        fill(journal)
    journal.record(sending(intent("after")))
    assert journal.find("n2") is not None
    assert journal.find("after") is not None
    journal.close()


@pytest.mark.parametrize("trouble", [garbage, later_version, another_program])
def test_reading_says_the_same_and_changes_nothing(
    path: Path, monkeypatch: pytest.MonkeyPatch, trouble: Any
) -> None:
    with trouble(path, monkeypatch):
        before = path.read_bytes()
        with pytest.raises(JournalError):
            Journal(path).all()
        with pytest.raises(JournalError):
            Journal(path).record(sending(intent("a")))
        assert path.read_bytes() == before


def test_a_folder_that_may_not_be_looked_into_is_said_by_reading_too(path: Path) -> None:
    with_rows(path)
    with not_to_be_written(path):
        pass
    path.parent.chmod(0o600)
    with nobody(), pytest.raises(JournalError, match=r"cannot be opened \(Permission denied\)"):
        Journal(path).open_intents()


def test_a_disk_that_is_full_at_the_end_of_an_order_hides_no_result(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = Journal(path)
    one = intent("a")
    journal.record(sending(one))

    def full(self: object, line: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(store.Store, "write", full)
        with pytest.raises(JournalError, match="cannot be used"):
            journal.record(ended(one))
    assert [found.intent.uid for found in journal.open_intents()] == [one.uid]
    journal.close()


def write(kind: str, journal: Journal, entry: Any) -> None:
    journal.record(entry) if kind == "sync" else run(journal.arecord(entry))


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_a_disk_that_does_not_answer_holds_nobody_up_for_ever(
    path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    journal = Journal(path)
    with journal._writer._gate, monkeypatch.context() as patch:
        patch.setattr(public, "ORDER_WAITS", 0.05)
        patch.setattr(public, "CANCEL_WAITS", 0.05)
        for one in (intent("a"), cancel("a")):
            with pytest.raises(JournalError, match=r"was not written within 0\.05 s"):
                write(kind, journal, sending(one))
    journal.record(sending(intent("b")))
    journal.close()


# After a crash


def crashed(path: Path) -> tuple[Path, bytes]:
    """A journal as a process leaves it that is killed: its log beside it."""
    journal = Journal(path)
    for number in range(5):
        journal.record(sending(intent(f"n{number}")))
    log = path.with_name(path.name + "-wal")
    main, wal = path.read_bytes(), log.read_bytes()
    journal.close()
    path.write_bytes(main)
    log.write_bytes(wal)
    return log, wal


def names(path: Path) -> list[Any]:
    return [one.intent.change.client_order_id for one in Journal(path).all()]  # type: ignore[union-attr]


def test_the_log_of_a_killed_process_is_read_by_the_next(path: Path) -> None:
    crashed(path)
    assert names(path) == [f"n{number}" for number in range(5)]


@pytest.mark.parametrize("cut", range(1, 20))
def test_a_log_that_was_cut_short_loses_its_end_and_nothing_before(path: Path, cut: int) -> None:
    log, wal = crashed(path)
    log.write_bytes(wal[: len(wal) * cut // 20])
    with closing(Journal(path)) as journal:
        journal.record(sending(intent("next")))
    found = names(path)
    assert found.pop() == "next"
    assert found == [f"n{number}" for number in range(len(found))]


def test_a_file_that_another_process_makes_a_journal_meanwhile_is_no_other_program(
    tmp_path: Path,
) -> None:
    """Between two looks at what kind of file it is."""
    path = tmp_path / "a.journal"
    path.touch(0o600)

    class Overtaken(sqlite3.Connection):
        def execute(self, sql: str, *given: Any) -> Any:  # type: ignore[override]
            if "sqlite_master" in sql:
                with suppress(JournalError):  # it has to wait while somebody looks
                    store.Store(path, "process", 0.05).close()
            return super().execute(sql, *given)

    with closing(sqlite3.connect(path, factory=Overtaken, isolation_level=None)) as connection:
        schema.check(connection, path)
        assert not connection.in_transaction
