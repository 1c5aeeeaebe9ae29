"""The health of venues: illnesses and recoveries, what is told of them, threads and forks."""

from __future__ import annotations

import os
import threading
import warnings
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from exchangekit.adapter.credentials import AccountId
from exchangekit.errors import (
    BadReply,
    Banned,
    ConnectionLost,
    ExchangeError,
    InvalidApiKey,
    InvalidInput,
    OnMaintenance,
    OutcomeUnknown,
    RateLimited,
    RequestTimeout,
    VenueUnavailable,
)
from exchangekit.failover.health import (
    Admission,
    Health,
    HealthEvent,
    HealthSettings,
    Kind,
    Sign,
    State,
)

AT = datetime(2024, 3, 1, tzinfo=UTC)
MEXC = AccountId("mexc", "live", "https://mexc.invalid", None, "0123456789abcdef")
BOT = AccountId("okx", "live", "https://okx.invalid", "bot2")
GOOD, NEUTRAL, FAILING, DOWN = Sign.GOOD, Sign.NEUTRAL, Sign.FAILING, Sign.DOWN
LIMITED, SLOW, STALE = Sign.LIMITED, Sign.SLOW, Sign.STALE


@pytest.mark.parametrize(
    ("signs", "last"),
    [
        ([FAILING] * 3, State.OPEN),
        ([LIMITED] * 3, State.OPEN),
        ([FAILING, LIMITED, FAILING], State.OPEN),
        ([FAILING, NEUTRAL, FAILING, NEUTRAL, FAILING], State.OPEN),
        ([SLOW, STALE] * 2 + [SLOW], State.OPEN),
        ([SLOW] * 3 + [FAILING] + [SLOW] * 2, State.OPEN),
        ([DOWN], State.OPEN),
        ([FAILING] * 2, State.CLOSED),
        ([FAILING, FAILING, GOOD, FAILING, FAILING], State.CLOSED),
        ([FAILING, FAILING, SLOW, FAILING, FAILING], State.CLOSED),
        ([SLOW] * 4 + [GOOD] + [SLOW] * 4, State.CLOSED),
        ([SLOW] * 4, State.CLOSED),
    ],
)
def test_how_many_in_a_row_open(signs: list[Sign], last: State) -> None:
    health = Health()
    seen = [State.CLOSED]
    for now, sign in enumerate(signs):
        health.note(MEXC, Kind.PUBLIC, sign, sent=now, now=now, at=AT)
        seen.append(health.circuit(MEXC, Kind.PUBLIC).state)
    assert seen[-1] is last
    assert set(seen[:-1]) == {State.CLOSED}


def test_the_latency_is_a_mean_in_which_the_newest_counts_most() -> None:
    health = Health(HealthSettings(slow_after=3.0))
    assert health.circuit(MEXC, Kind.PUBLIC).latency is None
    for took, error in [
        (1.0, None),
        (2.0, None),
        (50.0, RequestTimeout("late")),
        (0.0, InvalidInput("wrong")),
        (6.2, None),
    ]:
        health.observe(MEXC, Kind.PUBLIC, error, sent=100.0, now=100.0 + took, at=AT)
    assert health.circuit(MEXC, Kind.PUBLIC).latency == pytest.approx(1.2 + 0.2 * 5.0)
    health.observe(MEXC, Kind.PRIVATE, None, sent=100.0, now=99.9, at=AT)
    assert health.circuit(MEXC, Kind.PRIVATE).latency == 0.0


def told(event: HealthEvent | None) -> str | None:
    return None if event is None else str(event)


def test_an_illness() -> None:
    health = Health()

    def comes(error: ExchangeError | None, sent: float, now: float) -> str | None:
        return told(health.observe(MEXC, Kind.TRADING, error, sent=sent, now=now, at=AT))

    def admits(now: float) -> tuple[Admission, str | None]:
        admission, event = health.admits(MEXC, Kind.TRADING, now=now, at=AT)
        return admission, told(event)

    ill = VenueUnavailable("Bad Gateway (HTTP 502)", status=502)
    assert admits(0.0) == (Admission.YES, None)
    assert health.snapshot() == {}
    assert comes(ill, 0.0, 1.0) is None
    assert comes(ill, 0.0, 2.0) is None
    assert comes(ill, 0.0, 3.0) == "mexc trading: open for 1 s: Bad Gateway (HTTP 502)"
    assert admits(3.9) == (Admission.NO, None)
    assert comes(None, 2.9, 3.9) is None
    assert admits(4.0) == (
        Admission.PROBE,
        "mexc trading: half open, one request tries: Bad Gateway (HTTP 502)",
    )
    assert admits(4.1) == (Admission.NO, None)
    assert comes(None, 3.9, 4.2) is None  # it was sent before the probe
    assert comes(RequestTimeout("late"), 1.0, 4.3) is None
    assert comes(ill, 4.0, 5.0) == "mexc trading: open for 2 s: Bad Gateway (HTTP 502)"
    assert admits(6.9) == (Admission.NO, None)
    assert admits(7.0)[0] is Admission.PROBE
    assert admits(36.9) == (Admission.NO, None)  # its answer may still come
    assert admits(37.0) == (Admission.PROBE, None)
    assert comes(InvalidApiKey("who?", status=401), 37.0, 37.5) is None
    assert admits(37.5) == (Admission.PROBE, None)
    banned = Banned("banned (HTTP 418)", retry_after=120.0)
    assert comes(banned, 37.5, 38.0) == "mexc trading: open for 120 s: banned (HTTP 418)"
    assert health.circuit(MEXC, Kind.TRADING).pause == 4.0
    assert admits(157.9) == (Admission.NO, None)
    assert admits(158.0)[0] is Admission.PROBE
    assert comes(None, 158.0, 158.1) == "mexc trading: closed, healthy again"
    assert set(health.snapshot()) == {(MEXC, Kind.TRADING)}
    assert health.circuit(MEXC, Kind.TRADING).cause is None


def test_an_event_tells_all_of_it() -> None:
    health = Health()
    event = health.observe(
        BOT, Kind.PUBLIC, RateLimited("slower", retry_after=9.0), sent=0.0, now=0.0, at=AT
    )
    assert event is None
    assert health.observe(
        BOT, Kind.PUBLIC, OnMaintenance("a pause"), sent=5.0, now=5.5, at=AT
    ) == HealthEvent("okx", "bot2", Kind.PUBLIC, State.CLOSED, State.OPEN, "a pause", 1.0, AT)
    fast = Health(HealthSettings(slow_after=0.5, slow_to_open=1, first_pause=0.25))
    event = fast.observe(BOT, Kind.PUBLIC, None, sent=0.0, now=0.75, at=AT)
    assert told(event) == (
        "okx bot2 public: open for 0.25 s: an answer took 0.8 s, the bound is 0.5 s"
    )


def test_who_says_no_later_end_changes_nothing_of_an_open_circuit() -> None:
    health = Health()
    health.note(MEXC, Kind.PUBLIC, DOWN, sent=0.0, now=0.0, at=AT, cause="first", seconds=10.0)
    before = health.circuit(MEXC, Kind.PUBLIC)
    health.note(MEXC, Kind.PUBLIC, DOWN, sent=1.0, now=1.0, at=AT, cause="second", seconds=9.0)
    assert health.circuit(MEXC, Kind.PUBLIC) == before
    health.note(MEXC, Kind.PUBLIC, DOWN, sent=1.0, now=1.0, at=AT, cause="third", seconds=9.5)
    assert health.circuit(MEXC, Kind.PUBLIC) == replace(before, retry_at=10.5, cause="third")


@pytest.mark.parametrize(("seconds", "words"), [(1.25, "1.2"), (10.0, "10"), (4000.0, "4000")])
def test_spans_are_told_in_few_digits(seconds: float, words: str) -> None:
    health = Health()
    event = health.note(MEXC, Kind.PUBLIC, DOWN, sent=0.0, now=0.0, at=AT, seconds=seconds)
    assert told(event) == f"mexc public: open for {words} s: down"


def test_the_cause_is_short_and_shows_no_key() -> None:
    health, key = Health(), "a1B2" * 16
    health.observe(MEXC, Kind.PUBLIC, BadReply(f"{key} " + "word " * 99), sent=0, now=1, at=AT)
    health.note(MEXC, Kind.PRIVATE, STALE, sent=0, now=1, at=AT, cause=f"{key} is old")
    health.note(MEXC, Kind.TRADING, STALE, sent=0, now=1, at=AT)
    causes = {kind: health.circuit(MEXC, kind).cause or "" for kind in Kind}
    assert not any(key in cause for cause in causes.values())
    assert len(causes[Kind.PUBLIC]) < 180
    assert causes[Kind.PRIVATE] == "[…] is old"
    assert causes[Kind.TRADING] == "stale"


def test_the_cause_of_a_lost_answer_is_why_it_was_lost() -> None:
    health, lost = Health(HealthSettings(failures_to_open=1)), OutcomeUnknown("words")
    lost.__cause__ = Banned("banned", retry_after=70.0)
    event = health.observe(MEXC, Kind.TRADING, lost, sent=0.0, now=1.0, at=AT)
    assert told(event) == "mexc trading: open for 70 s: banned"


def test_the_connection_lost_while_closed_counts_by_the_users_number() -> None:
    health = Health(HealthSettings(failures_to_open=1))
    event = health.observe(MEXC, Kind.PRIVATE, ConnectionLost("broken"), sent=0.0, now=1.0, at=AT)
    assert event is not None
    assert event.after is State.OPEN


# Threads and processes


def test_of_many_threads_one_gets_the_probe() -> None:
    health = Health()
    health.note(MEXC, Kind.PUBLIC, DOWN, sent=0.0, now=0.0, at=AT)
    together, admissions = threading.Barrier(8), []

    def ask() -> None:
        together.wait()
        admissions.append(health.admits(MEXC, Kind.PUBLIC, now=5.0, at=AT))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [one for one, _ in admissions].count(Admission.PROBE) == 1
    assert sum(event is not None for _, event in admissions) == 1


class Guarded:
    """A lock that knows whether it is held."""

    def __init__(self) -> None:
        self.held = False
        self.times = 0

    def __enter__(self) -> None:
        assert not self.held
        self.held = True
        self.times += 1

    def __exit__(self, *args: object) -> None:
        self.held = False


def test_circuits_are_changed_under_the_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    health, lock = Health(), Guarded()
    monkeypatch.setattr(health, "_lock", lock)
    keep = health._keep

    def kept(*args: Any) -> HealthEvent | None:
        assert lock.held
        return keep(*args)

    monkeypatch.setattr(health, "_keep", kept)
    health.admits(MEXC, Kind.PUBLIC, now=0.0, at=AT)
    health.observe(MEXC, Kind.PUBLIC, None, sent=0.0, now=0.0, at=AT)
    health.note(MEXC, Kind.PUBLIC, STALE, sent=0.0, now=0.0, at=AT)
    assert len(health.snapshot()) == 1
    assert lock.times == 4


@pytest.fixture
def held() -> Iterator[Health]:
    """The lock is held, as by another thread, and a probe is under way."""
    health = Health()
    health.note(MEXC, Kind.PUBLIC, DOWN, sent=0.0, now=0.0, at=AT)
    health.admits(MEXC, Kind.PUBLIC, now=5.0, at=AT)
    lock = health._lock
    lock.acquire()
    yield health
    lock.release()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_a_child_waits_neither_for_a_lock_nor_for_a_probe_of_its_parent(held: Health) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        code = 1
        try:
            if held._lock.acquire(blocking=False):
                held._lock.release()
                admission, _ = held.admits(MEXC, Kind.PUBLIC, now=5.0, at=AT)
                code = 7 if admission is Admission.PROBE else 2
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 7
    assert held.circuit(MEXC, Kind.PUBLIC).probe_at == 5.0
