"""Many write into one journal: they share commits, one has a name, what was answered is there."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import select
import signal
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support.journals import cancel, ended, intent, sending
from support.pages import ROOT
from support.patience import PATIENCE, eventually

from exchangekit import Journal
from exchangekit.errors import JournalError, Outcome
from exchangekit.journal.writer import Writer
from exchangekit.runtime.journal import AlreadyIntended

HUNDRED = range(100)


@pytest.fixture
def journal(tmp_path: Path) -> Any:
    made = Journal(tmp_path / "a.journal")
    yield made
    made.close()


# Group commit


@pytest.mark.parametrize("level", ["process", "power"])
def test_a_hundred_concurrent_orders_cost_few_commits(tmp_path: Path, level: Any) -> None:
    journal = Journal(tmp_path / "a.journal", level)

    async def inside() -> None:
        intents = [intent(f"n{number}") for number in HUNDRED]
        await asyncio.gather(*(journal.arecord(sending(one)) for one in intents))
        await asyncio.gather(*(journal.arecord(ended(one)) for one in intents))
        await journal.aclose()

    asyncio.run(inside())
    assert len(journal.all()) == 100
    assert 2 <= journal._writer.commits <= 40


@pytest.mark.parametrize(("level", "synchronous"), [("process", 1), ("power", 2)])
def test_a_level_is_how_sqlite_syncs(tmp_path: Path, level: Any, synchronous: int) -> None:
    journal = Journal(tmp_path / "a.journal", level)
    journal.record(sending(intent("a")))
    store = journal._writer._store
    assert store is not None
    assert store._connection.execute("PRAGMA synchronous").fetchone()[0] == synchronous
    assert store._connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    journal.close()


def test_what_waits_while_a_commit_runs_shares_the_next_one(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exactly: the first is being written, the others come meanwhile, and then all at once."""
    begun, go_on = threading.Event(), threading.Event()
    write = Writer._write

    def held(writer: Writer, batch: Any) -> None:
        begun.set()
        assert go_on.wait(PATIENCE)
        write(writer, batch)

    monkeypatch.setattr(Writer, "_write", held)

    async def inside() -> None:
        first = asyncio.create_task(journal.arecord(sending(intent("first"))))
        await asyncio.to_thread(begun.wait)
        others = [
            asyncio.create_task(journal.arecord(sending(intent(f"n{number}"))))
            for number in HUNDRED
        ]
        await asyncio.sleep(0)
        go_on.set()
        await asyncio.gather(first, *others)

    asyncio.run(inside())
    assert journal._writer.commits == 2


def test_threads_and_tasks_write_side_by_side_and_nothing_is_lost(journal: Journal) -> None:
    def work(who: str) -> None:
        for number in range(25):
            one = intent(f"{who}x{number}")
            journal.record(sending(one))
            journal.record(ended(one))

    threads = [threading.Thread(target=work, args=(f"t{number}",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert len(journal.all()) == 200
    assert journal.open_intents() == ()


def test_one_that_is_refused_takes_nothing_from_those_that_share_its_commit(
    journal: Journal,
) -> None:
    async def inside() -> list[Any]:
        names = ["mine", "mine", "other", "mine", "another"]
        tasks = (journal.arecord(sending(intent(name))) for name in names)
        return await asyncio.gather(*tasks, return_exceptions=True)

    answers = asyncio.run(inside())
    assert [type(one) for one in answers] == [
        type(None), AlreadyIntended, type(None), AlreadyIntended, type(None),
    ]  # fmt: skip
    assert len(journal.all()) == 3


def test_a_task_that_is_cancelled_while_it_waits_has_written_nothing_or_all_of_it(
    journal: Journal,
) -> None:
    async def inside() -> None:
        tasks = [
            asyncio.create_task(journal.arecord(sending(intent(f"n{number}"))))
            for number in HUNDRED
        ]
        await asyncio.sleep(0)
        for task in tasks[::2]:
            task.cancel()
        done = await asyncio.gather(*tasks, return_exceptions=True)
        assert done[1::2] == [None] * 50

    asyncio.run(inside())
    names = {one.intent.change.client_order_id for one in journal.all()}  # type: ignore[union-attr]
    assert names >= {f"n{number}" for number in HUNDRED[1::2]}


def until_taken(journal: Journal) -> None:
    """Until the writer has in its hands what was given."""
    assert eventually(lambda: not journal._writer._queue)


def test_what_has_happened_is_written_although_nobody_waits_for_it_any_more(
    journal: Journal,
) -> None:
    done, canceled, new = intent("done"), cancel("done"), intent("new")
    journal.record(sending(done))

    async def inside() -> None:
        entries = (ended(done), sending(canceled), sending(new))
        with journal._writer._gate:
            first = asyncio.create_task(journal.arecord(ended(intent("held"))))
            await asyncio.sleep(0)
            await asyncio.to_thread(until_taken, journal)
            tasks = [asyncio.create_task(journal.arecord(entry)) for entry in entries]
            await asyncio.sleep(0)
            for task in tasks:
                task.cancel()
            answers = await asyncio.gather(*tasks, return_exceptions=True)
            assert {type(one) for one in answers} == {asyncio.CancelledError}
        await first
        await journal.aclose()

    asyncio.run(inside())
    found = {one.intent.uid: one.state for one in journal.all()}
    assert (found[done.uid], found[canceled.uid]) == ("done", "open")
    assert new.uid not in found


def test_a_journal_that_was_closed_opens_again_for_what_comes_late(journal: Journal) -> None:
    one = intent("a")
    journal.record(sending(one))
    journal.close()
    journal.close()
    assert [file.name for file in journal.path.parent.iterdir()] == ["a.journal"]
    journal.record(ended(one))
    assert journal.open_intents() == ()


def test_closing_waits_for_what_is_still_to_be_written(journal: Journal) -> None:
    futures = [journal._writer.submit(line) for line in lines(50)]
    journal.close()
    assert all(future.done() for future in futures)
    assert len(journal.all()) == 50


def lines(count: int) -> Any:
    from exchangekit.journal.entries import line_of

    return [line_of(sending(intent(f"n{number}"))) for number in range(count)]


# Processes

WRITES = """
import sys
from support.journals import ended, intent, sending
from exchangekit import Journal
from exchangekit.runtime.journal import AlreadyIntended

journal, who = Journal(sys.argv[1], sys.argv[2]), sys.argv[3]
for number in range(int(sys.argv[4])):
    own, contested = intent(f"{who}n{number}"), intent(f"all{number}", who)
    journal.record(sending(own))
    print(own.uid, flush=True)
    try:
        journal.record(sending(contested))
        print(contested.uid, "won", number, flush=True)
    except AlreadyIntended as known:
        assert known.earlier.intent.change.client_order_id == f"all{number}"
    journal.record(ended(own))
    print(own.uid, "ended", flush=True)
"""


def started(path: Path, who: str, count: int, level: str = "process") -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITES, str(path), level, who, str(count)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT / "tests")},
    )


def test_several_processes_write_one_file_nothing_is_lost_and_one_of_them_has_a_name(
    journal: Journal,
) -> None:
    running = [started(journal.path, str(number + 1), 40) for number in range(4)]
    said = [process.communicate(timeout=PATIENCE)[0] for process in running]
    assert [process.returncode for process in running] == [0, 0, 0, 0]
    found = {one.intent.uid: one for one in journal.all()}
    assert len(found) == 4 * 40 + 40
    winners = [line.split() for text in said for line in text.splitlines() if " won " in line]
    assert sorted(int(number) for _, _, number in winners) == list(range(40))
    assert {uid for uid, _, _ in winners} <= set(found)


@pytest.mark.parametrize("level", ["process", "power"])
def test_what_was_answered_is_there_whenever_the_process_is_killed(
    tmp_path: Path, level: str
) -> None:
    for number in range(6):
        path = tmp_path / f"{number}.journal"
        process = started(path, "1", 100_000, level)
        assert process.stdout is not None
        told = [process.stdout.readline()]
        time.sleep(random.Random(number).uniform(0, 0.1))
        process.send_signal(signal.SIGKILL)
        told += process.stdout.read().splitlines()
        process.wait(PATIENCE)
        process.stdout.close()
        journal = Journal(path)
        found = {one.intent.uid: one for one in journal.all()}
        for uid, *rest in (line.split() for line in told if line.strip()):
            if len(uid) < 32:
                continue  # it died while it said so
            assert uid in found
            assert rest != ["ended"] or found[uid].state == "done"
        assert len(journal.open_intents()) >= 1
        # The next process goes on where this one was stopped.
        journal.record(sending(intent("next")))
        with pytest.raises(AlreadyIntended):
            journal.record(sending(intent("1n0")))
        journal.close()


# Forks


class Child:
    """A forked process that does `work` and tells what came of it."""

    def __init__(self, work: Callable[[], Any]) -> None:
        self._reading, writing = os.pipe()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            self._pid = os.fork()
        if self._pid == 0:
            try:
                said = json.dumps(work())
            except BaseException as problem:
                said = json.dumps(repr(problem))
            os.write(writing, said.encode())
            os._exit(0)
        os.close(writing)

    def result(self) -> Any:
        try:
            assert select.select([self._reading], [], [], PATIENCE)[0], "the child hangs"
            return json.loads(os.read(self._reading, 65536))
        finally:
            os.kill(self._pid, signal.SIGKILL)
            os.waitpid(self._pid, 0)
            os.close(self._reading)


needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")


@needs_fork
def test_after_a_fork_both_write_and_nothing_of_either_is_lost(journal: Journal) -> None:
    def work(who: str) -> int:
        for number in range(50):
            one = intent(f"{who}x{number}")
            journal.record(sending(one))
            journal.record(ended(one))
        return len(journal.all())

    work("before")
    children = [Child(lambda who=who: work(who)) for who in ("one", "two")]
    work("parent")
    # The parent's close must not take the file from children that write it.
    journal.close()
    work("again")
    assert all(isinstance(child.result(), int) for child in children)
    assert len(journal.all()) == 250
    assert journal.open_intents() == ()


@needs_fork
def test_a_fork_while_threads_write_leaves_both_sides_whole(journal: Journal) -> None:
    over = threading.Event()
    written: list[str] = []

    def busy() -> None:
        while not over.is_set():
            one = intent(f"p{len(written)}")
            journal.record(sending(one))
            written.append(one.uid)

    thread = threading.Thread(target=busy)
    thread.start()
    try:
        for number in range(10):
            uid = Child(lambda number=number: writes_one(journal, number)).result()
            written_by_child = {one.intent.uid for one in journal.all()}
            assert uid in written_by_child
    finally:
        over.set()
        thread.join(PATIENCE)
    assert {one.intent.uid for one in journal.all()} >= set(written)


def writes_one(journal: Journal, number: int) -> str:
    one = intent(f"c{number}")
    journal.record(sending(one))
    return one.uid


@needs_fork
def test_the_file_is_closed_while_a_process_forks(journal: Journal) -> None:
    """A child with the parent's SQLite would take the parent's locks for its own."""
    journal.record(sending(intent("a")))
    assert journal._writer._store is not None
    open_files = Path("/proc/self/fd")
    if not open_files.exists():
        pytest.skip("this system does not list open files")

    def held() -> list[str]:
        found = []
        for one in open_files.iterdir():
            with contextlib.suppress(FileNotFoundError):  # the one that lists them
                found.append(str(one.readlink()))
        return [name for name in found if ".journal" in name]

    assert Child(held).result() == []
    journal.record(sending(intent("b")))
    assert len(journal.all()) == 2


# The file goes away


def test_a_file_that_was_removed_is_made_anew_for_the_next_entry(journal: Journal) -> None:
    journal.record(sending(intent("a")))
    journal.path.unlink()
    journal.record(sending(intent("b")))
    (found,) = journal.all()
    assert found.intent == intent("b")


def test_each_who_waits_for_a_file_that_cannot_be_written_gets_an_error_of_its_own(
    tmp_path: Path,
) -> None:
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    journal = Journal(tmp_path / "file" / "a.journal")

    async def inside() -> list[Any]:
        tasks = (journal.arecord(ended(cancel("a"), Outcome.UNKNOWN)) for _ in range(3))
        return await asyncio.gather(*tasks, return_exceptions=True)

    answers = asyncio.run(inside())
    assert [type(one) for one in answers] == [JournalError] * 3
    assert len({id(one) for one in answers}) == 3
    journal.close()
