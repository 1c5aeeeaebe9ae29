"""The kill switch: from the return of `halt` no order is recorded, and so none is sent."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from support.helpers import async_toy, run, sync_toy
from support.journal_trouble import (
    garbage,
    later_version,
    locked,
    no_folder,
    not_to_be_written,
    read_only,
)
from support.journals import cancel, ended, failover, first_version, intent, member, sending
from support.pages import ROOT
from support.patience import PATIENCE
from support.toy import Script, lost, not_connected, refusal, reply

from exchangekit import (
    ConfigurationError,
    ExchangeError,
    Halt,
    InvalidInput,
    Journal,
    JournalError,
    MalformedCredentials,
    MissingCredentials,
    Outcome,
    OutcomeUnknown,
    TradingHalted,
)
from exchangekit.exchange.halting import halting_in
from exchangekit.journal import halts, journal_files, state_folder
from exchangekit.runtime.journal import AlreadyIntended, Halted, Sending

both = pytest.mark.parametrize("kind", ["sync", "async"])
toys = pytest.mark.usefixtures("toy_venue")
ORDER = ("BTC/USDT", "limit", "buy", "1", "10")
TAKEN = reply({"id": "7"})
ABSENT = refusal(-2013, "not there")
LIMITED = refusal(-1003, "too many", status=429, retry_after="0")
DRIFT = "the position does not fit the book"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "folder" / "a.journal"


@pytest.fixture
def journal(path: Path) -> Any:
    made = Journal(path)
    yield made
    made.close()


def call(kind: str, operation: str, *args: Any, script: Script | None = None, **named: Any) -> Any:
    """One operation of an exchange that is opened for it: a program that was started anew."""
    options = {"journal": named.pop("journal", "process"), "keys": named.pop("keys", True)}
    options |= named.pop("options", {})
    if kind == "sync":
        with sync_toy(script, **options) as exchange:
            return getattr(exchange, operation)(*args, **named)

    async def inside() -> Any:
        async with async_toy(script, **options) as exchange:
            return await getattr(exchange, operation)(*args, **named)

    return run(inside())


# The journal


def test_orders_stop_and_cancels_and_ends_go_on_until_it_is_lifted(journal: Journal) -> None:
    before = intent("before")
    journal.record(sending(before))
    assert journal.halted() is None
    first = datetime.now(UTC)
    halt = journal.halt(f"  {DRIFT}\n")
    assert first <= halt.since <= datetime.now(UTC)
    assert (halt.reason, journal.halted()) == (DRIFT, halt)
    with pytest.raises(Halted) as caught:
        journal.record(sending(intent("new")))
    assert caught.value.halt == halt
    with pytest.raises(Halted):
        journal.record(sending(intent(None)))
    journal.record(sending(cancel("before")))
    journal.record(ended(cancel("other")))
    journal.record(ended(before))
    assert [one.state for one in journal.all()] == ["done", "open", "done"]
    assert journal.lift() == halt
    assert (journal.lift(), journal.halted()) == (None, None)
    journal.record(sending(intent("new")))


def test_an_attempt_of_an_order_that_is_on_its_way_is_stopped_and_changes_nothing(
    journal: Journal,
) -> None:
    one = intent("mine")
    journal.record(sending(one))
    (before,) = journal.all()
    journal.halt(DRIFT)
    with pytest.raises(Halted):
        journal.record(sending(one, 2))
    assert journal.all() == (before,)
    assert len(journal.history(one.uid)) == 1


def test_a_failover_is_stopped_before_it_is_handed_on(journal: Journal) -> None:
    one, at = failover("mine", member("a"), member("b")), member("a")
    journal.record(Sending(one, 1, None, at=at, among=(at,)))
    journal.halt(DRIFT)
    with pytest.raises(Halted):
        journal.record(Sending(one, 2, None, at=member("b"), among=(at,)))
    found = journal.find("mine")
    assert found is not None
    assert found.tried == (at,)


@pytest.mark.parametrize("state", [None, Outcome.UNKNOWN, "open"])
def test_a_name_that_is_taken_is_said_first(journal: Journal, state: Any) -> None:
    """Nothing would be sent anyway, and the order that has it is looked up."""
    one, at = intent("mine"), member("a")
    journal.record(sending(one))
    if state != "open":
        journal.record(ended(one, state))
    journal.record(Sending(failover("all", at), 1, None, at=at, among=(at,)))
    journal.halt(DRIFT)
    with pytest.raises(AlreadyIntended) as caught:
        journal.record(sending(intent("mine")))
    assert caught.value.earlier.intent.uid == one.uid
    with pytest.raises(AlreadyIntended):
        journal.record(Sending(failover("all", at, member("b")), 1, None, at=at, among=(at,)))


def test_halted_twice_the_first_stays_and_the_second_reason_is_kept(
    journal: Journal, path: Path
) -> None:
    halt = journal.halt("the first")
    assert journal.halt("the second") == halt == Journal(path).halted()
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT reason, lifted FROM halts ORDER BY id").fetchall()
    assert rows == [("the first", None), ("the second", None)]
    assert journal.lift() == halt
    assert journal.halted() is None
    third = journal.halt("the third")
    assert (third.reason, third.since > halt.since) == ("the third", True)


@pytest.mark.parametrize("reason", ["", " \n", None, 7])
def test_a_halt_without_a_reason_is_refused_and_says_what_to_do(
    journal: Journal, reason: Any
) -> None:
    with pytest.raises(InvalidInput, match="expected words for whoever finds trading halted"):
        journal.halt(reason)
    assert not journal.path.parent.exists()


def test_looking_and_lifting_make_no_file(journal: Journal) -> None:
    assert (journal.halted(), journal.lift()) == (None, None)
    assert not journal.path.parent.exists()
    journal.halt("half a letter \ud800")
    found = journal.halted()
    assert found is not None
    assert found.reason == "half a letter \\ud800"
    assert journal.path.stat().st_mode & 0o777 == 0o600


def test_it_stands_in_the_file_whatever_is_pruned_or_closed(journal: Journal, path: Path) -> None:
    journal.record(ended(intent("a")))
    halt = journal.halt(DRIFT)
    assert journal.prune(timedelta(0)) == 1
    journal.close()
    assert Journal(path).halted() == halt
    with pytest.raises(Halted):
        journal.record(sending(intent("b")))


def test_a_halt_and_its_end_survive_the_end_of_power_whatever_the_level(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []

    class Noted(halts.Store):
        def close(self) -> None:
            (level,) = self._connection.execute("PRAGMA synchronous").fetchone()
            synced.append(level)
            super().close()

    monkeypatch.setattr(halts, "Store", Noted)
    assert journal.level == "process"
    journal.halt(DRIFT)
    journal.lift()
    assert synced == [2, 2]  # before each commit returns


def test_a_file_of_the_first_version_can_be_halted(path: Path) -> None:
    path.parent.mkdir()
    first_version(path)
    with closing(Journal(path)) as journal:
        assert (journal.halted(), journal.lift()) == (None, None)
        halt = journal.halt(DRIFT)
        assert journal.halted() == halt
        assert len(journal.all()) == 5
        with pytest.raises(Halted):
            journal.record(sending(intent("new")))


def test_it_spoils_nothing_for_what_shares_its_commit(journal: Journal) -> None:
    placed = intent("placed")
    journal.record(sending(placed))
    journal.halt(DRIFT)
    entries = [
        sending(intent("new")), sending(cancel("placed")), ended(placed), sending(intent("placed")),
        sending(intent("newer")), ended(cancel("other")),
    ]  # fmt: skip
    before = journal._writer.commits

    async def inside() -> list[Any]:
        with journal._writer._gate:  # so that they gather
            held = asyncio.create_task(journal.arecord(ended(cancel("held"))))
            await asyncio.sleep(0)
            tasks = [asyncio.create_task(journal.arecord(entry)) for entry in entries]
            await asyncio.sleep(0)
        await held
        return await asyncio.gather(*tasks, return_exceptions=True)

    answers = [type(one) for one in run(inside())]
    none = type(None)
    assert answers == [Halted, none, none, AlreadyIntended, Halted, none]
    assert journal._writer.commits - before <= 2
    assert [one.state for one in journal.all()] == ["done", "done", "open", "done"]


TROUBLE = [
    (read_only, "may not be written"),
    (no_folder, "cannot be opened"),
    (garbage, "is damaged or no journal"),
    (later_version, "was written by a later version"),
    (locked, "is held by another program"),
]


@pytest.mark.parametrize(("trouble", "said"), TROUBLE, ids=[one.__name__ for one, _ in TROUBLE])
def test_what_cannot_be_written_is_said_and_halts_nothing(
    path: Path, monkeypatch: pytest.MonkeyPatch, trouble: Any, said: str
) -> None:
    with trouble(path, monkeypatch):
        with pytest.raises(
            JournalError, match=f"the halt could not be written: .*{said}"
        ) as caught:
            Journal(path, busy=0.1).halt(DRIFT)
        assert str(path) in str(caught.value)
    if trouble is read_only:
        assert Journal(path).halted() is None


def test_a_halt_that_cannot_be_lifted_stays(path: Path) -> None:
    halt = Journal(path).halt(DRIFT)
    with not_to_be_written(path), pytest.raises(JournalError, match="could not be lifted: "):
        Journal(path).lift()
    assert Journal(path).halted() == halt


# Several at once

PLACES = """
import sys
from support.journals import intent, sending
from exchangekit import Journal
from exchangekit.runtime.journal import Halted

journal, number = Journal(sys.argv[1], busy=60), 0
try:
    while True:
        number += 1
        journal.record(sending(intent(f"{sys.argv[2]}n{number}")))
        if number == 5:
            print("placing", flush=True)
except Halted as stop:
    print(number - 1, stop.halt.reason, flush=True)
"""


def test_no_order_of_any_process_is_recorded_after_the_return(journal: Journal) -> None:
    running = [
        subprocess.Popen(
            [sys.executable, "-c", PLACES, str(journal.path), str(number)],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT / "tests")},
        )
        for number in range(3)
    ]
    for process in running:
        assert process.stdout is not None
        assert process.stdout.readline() == "placing\n"
    Journal(journal.path, busy=PATIENCE).halt(DRIFT)
    count = len(journal.all())
    said = [process.communicate(timeout=PATIENCE)[0].split(maxsplit=1) for process in running]
    assert [words.strip() for _, words in said] == [DRIFT] * 3
    assert len(journal.all()) == count == sum(int(number) for number, _ in said)


def test_of_threads_that_halt_at_once_all_are_told_the_first(journal: Journal) -> None:
    start, told = threading.Barrier(6), list[Halt]()

    def halts(number: int) -> None:
        start.wait(PATIENCE)
        told.append(Journal(journal.path, busy=PATIENCE).halt(f"number {number}"))

    threads = [threading.Thread(target=halts, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert told == [journal.halted()] * 6


# Exchanges


@toys
@both
def test_a_new_order_is_refused_with_what_to_do_and_nothing_is_sent(kind: str) -> None:
    halt = call(kind, "halt", DRIFT)
    assert call(kind, "halted") == halt
    script = Script([TAKEN])
    with pytest.raises(TradingHalted) as caught:
        call(kind, "create_order", *ORDER, script=script, client_order_id="mine")
    error = caught.value
    assert script.private == []
    assert isinstance(error, ExchangeError)
    assert (error.outcome, error.reason, error.since) == (Outcome.NOT_SENT, DRIFT, halt.since)
    assert (error.venue, error.operation, error.client_order_id) == ("toy", "create_order", "mine")
    assert f"trading is halted since {halt.since:%Y-%m-%d %H:%M:%S} UTC: {DRIFT}" in str(error)
    assert "lift()" in str(error)
    assert call(kind, "lift") == halt
    assert call(kind, "halted") is None
    assert call(kind, "create_order", *ORDER, script=script, client_order_id="mine").id == "7"


@toys
@both
def test_reads_cancels_and_resolving_go_on(kind: str) -> None:
    script = Script([lost()])
    with pytest.raises(OutcomeUnknown) as unknown:
        call(kind, "create_order", *ORDER, script=script, client_order_id="mine")
    call(kind, "halt", DRIFT)
    script = Script([TAKEN, reply({"id": "7", "status": "canceled"}), TAKEN, TAKEN])
    assert call(kind, "fetch_order", "7", "BTC/USDT", script=script).id == "7"
    assert call(kind, "cancel_order", "7", "BTC/USDT", script=script).id == "7"
    found = call(kind, "resolve", unknown.value.handle, script=script)
    assert found.order.id == "7"


@toys
@both
def test_an_order_that_exists_is_found_under_its_name_and_another_is_refused(kind: str) -> None:
    call(kind, "create_order", *ORDER, script=Script([TAKEN]), client_order_id="mine")
    call(kind, "halt", DRIFT)
    script = Script([reply({"id": "7", "client": "mine"})])
    again = call(kind, "create_order", *ORDER, script=script, client_order_id="mine")
    assert again.id == "7"
    assert [request.method for request in script.private] == ["GET"]


@toys
@both
@pytest.mark.parametrize(
    ("first", "more", "outcome"),
    [
        (not_connected(), [], Outcome.NOT_SENT),
        (LIMITED, [ABSENT], Outcome.REFUSED),
    ],
    ids=["never left", "refused"],
)
def test_a_retry_is_stopped_with_what_is_proven(
    kind: str, first: Any, more: list[Any], outcome: Outcome, path: Path
) -> None:
    """It is halted, by another program, while the first attempt is on its way."""
    journal = Journal(path)

    def halts(outgoing: Any) -> Any:
        Journal(path).halt(DRIFT)
        if isinstance(first, Exception):
            raise first
        return first

    script = Script([halts, *more, TAKEN])
    with pytest.raises(TradingHalted) as caught:
        call(kind, "create_order", *ORDER, script=script, journal=journal, client_order_id="mine")
    assert caught.value.outcome is outcome
    assert [request.method for request in script.private].count("POST") == 1
    (found,) = journal.all()
    assert (found.outcome, found.attempts) == (outcome, 1)
    assert found.error is not None
    assert found.error.startswith("TradingHalted: ")
    journal.close()


@toys
@both
def test_the_answer_of_an_order_that_was_on_its_way_is_told(kind: str, path: Path) -> None:
    journal = Journal(path)

    def halts(outgoing: Any) -> Any:
        Journal(path).halt(DRIFT)
        return TAKEN

    done = call(kind, "create_order", *ORDER, script=Script([halts]), journal=journal)
    assert done.id == "7"
    assert [one.state for one in journal.all()] == ["done"]
    journal.close()


@toys
@both
def test_a_cancel_is_sent_again_while_halted(kind: str) -> None:
    call(kind, "halt", DRIFT)
    script = Script([not_connected(), reply({"id": "7", "status": "canceled"})])
    assert call(kind, "cancel_order", "7", "BTC/USDT", script=script).id == "7"


@toys
@both
def test_each_account_is_halted_alone(kind: str) -> None:
    call(kind, "halt", DRIFT)
    other = {"api_key": "anotherkey0123456789ab"}
    script = Script([TAKEN])
    assert call(kind, "create_order", *ORDER, script=script, options=other).id == "7"
    assert len(journal_files(state_folder())) == 2


class Own:
    """A journal that can be told and no more."""

    def record(self, entry: Any) -> None: ...


class OwnAsync(Own):
    async def record(self, entry: Any) -> None: ...  # type: ignore[override]


class Waits(Own):
    async def halt(self, reason: str) -> None: ...

    lift = halted = halt


@toys
@both
@pytest.mark.parametrize("operation", ["halt", "lift", "halted"])
def test_where_a_halt_would_not_last_it_is_refused(kind: str, operation: str) -> None:
    given = (DRIFT,) if operation == "halt" else ()
    with pytest.raises(ConfigurationError, match="has no journal: see connect"):
        call(kind, operation, *given, journal=None)
    own = Own() if kind == "sync" else OwnAsync()
    with pytest.raises(ConfigurationError, match=r"a journal without halt\(\)"):
        call(kind, operation, *given, journal=own)
    with pytest.raises(ConfigurationError, match="a journal whose halt waits"):
        halting_in(Waits())


@toys
@both
@pytest.mark.parametrize("operation", ["halt", "lift", "halted"])
def test_without_a_key_there_is_no_account_to_halt(kind: str, operation: str) -> None:
    given = (DRIFT,) if operation == "halt" else ()
    with pytest.raises(MissingCredentials, match="this needs an API key"):
        call(kind, operation, *given, keys=False)
    assert journal_files(state_folder()) == []


@toys
@both
def test_keys_that_were_found_and_cannot_be_right_are_said(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXCHANGEKIT_TOY_API_KEY", "two words")
    monkeypatch.setenv("EXCHANGEKIT_TOY_API_SECRET", "two words")
    with pytest.raises(MalformedCredentials):
        call(kind, "halt", DRIFT, keys=False)


@toys
@both
def test_without_a_home_it_says_what_is_missing(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def homeless() -> Path:
        raise RuntimeError("Could not determine home directory.")

    for name in ("EXCHANGEKIT_STATE_DIR", "XDG_STATE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(Path, "home", homeless)
    with pytest.raises(JournalError, match="name a folder with EXCHANGEKIT_STATE_DIR"):
        call(kind, "halt", DRIFT)


@toys
@both
def test_a_journal_of_ones_own_may_halt_too(kind: str) -> None:
    halt = Halt(reason=DRIFT, since=datetime(2026, 3, 1, tzinfo=UTC))

    class Halts(Own):
        def record(self, entry: Any) -> None:
            if isinstance(entry, Sending):
                raise Halted(halt)

        def halted(self) -> Halt:
            return halt

        def lift(self) -> Halt:
            return halt

        def halt(self, reason: str) -> Halt:
            return halt

    class HaltsAsync(Halts):
        async def record(self, entry: Any) -> None:  # type: ignore[override]
            super().record(entry)

    own, script = Halts() if kind == "sync" else HaltsAsync(), Script([TAKEN])
    assert call(kind, "halt", DRIFT, journal=own) == halt
    with pytest.raises(TradingHalted):
        call(kind, "create_order", *ORDER, script=script, journal=own)
    # An order that cannot be canceled is worse than a cancel that is not written down.
    assert call(kind, "cancel_order", "7", "BTC/USDT", script=script, journal=own).id == "7"


@toys
def test_a_task_that_is_cancelled_while_it_halts_has_halted_all_the_same(path: Path) -> None:
    begun, go_on = threading.Event(), threading.Event()

    class Slow(Journal):
        def halt(self, reason: str) -> Halt:
            begun.set()
            assert go_on.wait(PATIENCE)
            return super().halt(reason)

    async def inside() -> None:
        async with async_toy(journal=Slow(path)) as exchange:
            task = asyncio.create_task(exchange.halt(DRIFT))
            assert await asyncio.to_thread(begun.wait, PATIENCE)
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
            go_on.set()

    run(inside())  # which waits for its threads
    assert Journal(path).halted() is not None
