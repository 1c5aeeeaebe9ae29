"""What a journal holds is what it was told, as a dict would hold it, and one order has a name."""

from __future__ import annotations

import asyncio
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from support.journals import ACCOUNT, BEGAN, FENCE, cancel, ended, intent, order, sending

from exchangekit import ConfigurationError, Journal, Outcome
from exchangekit.adapter.credentials import AccountId
from exchangekit.errors import InsufficientFunds
from exchangekit.models import (
    CancelAllRequest,
    CancelFailure,
    CancelReport,
    Fee,
    MarketBuyWithCost,
    MarketOrder,
    Order,
    OrderStatus,
    OrderType,
    Side,
    TimeInForce,
)
from exchangekit.runtime.journal import AlreadyIntended, Ended, Intent, Sending

FREED = (Outcome.NOT_SENT, Outcome.REFUSED)


@pytest.fixture
def journal(tmp_path: Path) -> Any:
    made = Journal(tmp_path / "folder" / "a.journal")
    yield made
    made.close()


# One intent


def test_a_change_that_was_sent_and_ended_comes_back_as_it_was(journal: Journal) -> None:
    one = intent("mine1")
    journal.record(sending(one))
    (found,) = journal.open_intents()
    assert (found.intent, found.intent.uid) == (one, one.uid)
    assert (found.attempts, found.fence, found.began) == (1, FENCE, BEGAN)
    assert (found.margin, found.ended, found.state) == (timedelta(seconds=1), False, "open")
    journal.record(ended(one))
    assert journal.open_intents() == ()
    (found,) = journal.all()
    assert (found.ended, found.outcome, found.order_id, found.state) == (True, None, "7", "done")
    assert found.result == ended(one).result
    assert (found.fence, found.attempts) == (FENCE, 1)
    assert found.written < found.updated


CHANGES = [
    order("a", "1E-8", time_in_force=TimeInForce.FOK),
    MarketOrder(symbol="LUNAUSDT", side=Side.SELL, amount=Decimal("1E+3"), client_order_id="a"),
    MarketBuyWithCost(symbol="BTC/USDT", cost=Decimal("12.3400"), client_order_id="a"),
    CancelAllRequest(symbol="BTC/USDT", ids=("1", "2")),
    CancelAllRequest(symbol="BTC/USDT"),
    cancel("a").change,
]
RESULTS = [
    Order(
        symbol="BTC/USDT",
        side=Side.BUY,
        type=OrderType.UNKNOWN,
        status=OrderStatus.OPEN,
        price=Decimal("50000.10"),
        filled=Decimal("1E-18"),
        fees=(Fee(currency="BNB", cost=Decimal("-0.1")),),
        timestamp=BEGAN,
        client_order_id="\ud800 half a letter",
    ),
    CancelReport(
        canceled=(Order(symbol="BTC/USDT", id="1"),),
        failed=(CancelFailure(order_id="2", reason="gone"),),
    ),
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda one: type(one).__name__)
@pytest.mark.parametrize("result", RESULTS, ids=lambda one: type(one).__name__)
def test_every_kind_of_change_and_result_comes_back(
    journal: Journal, change: Any, result: Any
) -> None:
    one = Intent(ACCOUNT, "whatever", change)
    journal.record(Sending(one, 2, None))
    journal.record(Ended(one, None, result, None))
    (found,) = journal.all()
    assert (found.intent, found.result) == (one, result)
    assert (found.fence, found.margin, found.began) == (None, None, None)


def test_an_error_is_written_in_the_kits_words_without_long_tokens(journal: Journal) -> None:
    one, other = intent("a"), intent("b")
    words = "refused the signature " + "f0" * 32
    journal.record(Ended(one, Outcome.REFUSED, None, InsufficientFunds(words)))
    journal.record(Ended(other, Outcome.NOT_SENT, None, ValueError("says what nobody has masked")))
    first, second = journal.all()
    assert first.error == "InsufficientFunds: refused the signature […]"
    assert second.error == "ValueError"


def test_what_ended_before_it_was_sent_is_there_with_no_attempt(journal: Journal) -> None:
    journal.record(ended(intent("a"), Outcome.NOT_SENT))
    (found,) = journal.all()
    assert (found.attempts, found.outcome) == (0, Outcome.NOT_SENT)


def test_what_is_known_is_not_forgotten_and_what_was_unknown_is_found_out(
    journal: Journal,
) -> None:
    one = intent("a")
    for entry, state in (
        (sending(one), "open"),
        (ended(one, Outcome.UNKNOWN), "unknown"),
        (ended(one), "done"),
        (ended(one, Outcome.UNKNOWN), "done"),
    ):
        journal.record(entry)
        assert [found.state for found in journal.all()] == [state]
    told = journal.history(one.uid)
    assert [event["state"] for event in told] == ["open", "unknown", "done", "unknown"]
    assert [event["at"] for event in told] == sorted(event["at"] for event in told)


# One order a name


@pytest.mark.parametrize("state", ["open", "done", Outcome.UNKNOWN])
def test_a_name_that_an_order_has_is_refused_to_another_which_leaves_no_row(
    journal: Journal, state: Any
) -> None:
    one, other = intent("mine"), intent("mine", "2")
    journal.record(sending(one))
    if state != "open":
        journal.record(ended(one, None if state == "done" else state))
    with pytest.raises(AlreadyIntended) as caught:
        journal.record(sending(other))
    assert caught.value.earlier.intent.uid == one.uid
    assert [found.intent.uid for found in journal.all()] == [one.uid]


@pytest.mark.parametrize("outcome", FREED)
def test_a_name_whose_order_was_proven_not_to_be_is_free(
    journal: Journal, outcome: Outcome
) -> None:
    one, other = intent("mine"), intent("mine", "2")
    journal.record(sending(one))
    journal.record(ended(one, outcome))
    journal.record(sending(other))
    found = journal.find("mine")
    assert found is not None
    assert found.intent.uid == other.uid
    with pytest.raises(AlreadyIntended):
        journal.record(sending(one, 2))


def test_attempts_of_one_intent_cancels_and_other_accounts_take_no_name(journal: Journal) -> None:
    one = intent("mine")
    journal.record(sending(one))
    journal.record(sending(one, 2))
    journal.record(sending(cancel("mine")))
    journal.record(sending(cancel("mine")))
    elsewhere = AccountId("toy", "testnet", "https://toy.example", "bot2", "d1" * 32)
    journal.record(sending(intent("mine", account=elsewhere)))
    journal.record(sending(intent(None)))
    journal.record(sending(intent(None)))
    assert len(journal.all()) == 6


def test_the_end_of_a_second_call_is_known_of_the_order_that_has_the_name(
    journal: Journal,
) -> None:
    one, other = intent("mine"), intent("mine")
    journal.record(sending(one))
    journal.record(ended(one, Outcome.UNKNOWN))
    with pytest.raises(AlreadyIntended):
        journal.record(sending(other))
    journal.record(ended(other))
    (found,) = journal.all()
    assert (found.intent.uid, found.state, found.order_id) == (one.uid, "done", "7")
    (told,) = journal.history(other.uid)
    assert told["order_id"] == "7"


# Against a dict

NAMES = st.sampled_from(["a", "b", None])
OUTCOMES = st.sampled_from([None, *Outcome])


@dataclass
class Known:
    intent: Intent
    state: str
    attempts: int


class LikeADict(RuleBasedStateMachine):
    """The rules of a journal once more, over a dict: it is opened anew again and again."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.journal = Journal(Path(self.folder.name) / "a.journal")
        self.known: dict[str, Known] = {}
        self.intents: list[Intent] = []

    def holder(self, one: Intent) -> Known | None:
        name = getattr(one.change, "client_order_id", None)
        for known in self.known.values():
            same = getattr(known.intent.change, "client_order_id", None) == name is not None
            if same and known.intent.places and known.state in ("open", "done", "unknown"):
                return known
        return None

    @rule(name=NAMES, cancels=st.booleans())
    def intend(self, name: str | None, cancels: bool) -> None:
        self.intents.append(cancel(name or "c") if cancels else intent(name))

    @rule(which=st.integers(0, 30), attempt=st.integers(1, 3))
    def send(self, which: int, attempt: int) -> None:
        if not self.intents:
            return
        one = self.intents[which % len(self.intents)]
        holder = self.holder(one) if one.places else None
        if holder is not None and holder.intent.uid != one.uid:
            with pytest.raises(AlreadyIntended) as caught:
                self.journal.record(sending(one, attempt))
            assert caught.value.earlier.intent.uid == holder.intent.uid
            return
        self.journal.record(sending(one, attempt))
        self.known[one.uid] = Known(one, "open", attempt)

    @rule(which=st.integers(0, 30), outcome=OUTCOMES, runs=st.booleans())
    def end(self, which: int, outcome: Outcome | None, runs: bool) -> None:
        if not self.intents:
            return
        one = self.intents[which % len(self.intents)]
        entry, state = ended(one, outcome), "done" if outcome is None else outcome.value
        if runs:
            asyncio.run(self.journal.arecord(entry))
        else:
            self.journal.record(entry)
        known, holder = self.known.get(one.uid), self.holder(one) if one.places else None
        if known is not None and state == "unknown" and known.state not in ("open", "unknown"):
            return
        another = holder is not None and holder is not known
        if another and state in ("done", "unknown"):
            assert holder is not None
            holder.state = "done" if state == "done" else holder.state
        elif known is None:
            self.known[one.uid] = Known(one, state, 0)
        else:
            known.state = state

    @rule()
    def reopen(self) -> None:
        self.journal.close()

    @rule()
    def prune(self) -> None:
        gone = [one for one in self.known.values() if one.state not in ("open", "unknown")]
        assert self.journal.prune(timedelta(0)) == len(gone)
        for one in gone:
            del self.known[one.intent.uid]

    @invariant()
    def it_holds_what_the_dict_holds(self) -> None:
        found = {one.intent.uid: (one.state, one.attempts) for one in self.journal.all()}
        assert found == {uid: (one.state, one.attempts) for uid, one in self.known.items()}
        unsure = {one.intent.uid for one in self.journal.open_intents()}
        assert unsure == {u for u, one in self.known.items() if one.state in ("open", "unknown")}

    def teardown(self) -> None:
        self.journal.close()
        self.folder.cleanup()


LikeADict.TestCase.settings = settings(max_examples=25, stateful_step_count=30)
TestLikeADict = LikeADict.TestCase


# Reading and pruning


def test_nothing_is_made_by_reading(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "there" / "a.journal")
    assert (journal.all(), journal.open_intents(), journal.find("a")) == ((), (), None)
    assert (journal.history("a"), journal.prune(timedelta(0))) == ((), 0)
    journal.close()
    assert list(tmp_path.iterdir()) == []


def test_what_was_written_then_is_found_by_time(journal: Journal) -> None:
    before = datetime.now(UTC)
    journal.record(sending(intent("a")))
    between = datetime.now(UTC)
    journal.record(sending(intent("b")))
    names = [one.intent.change.client_order_id for one in journal.all(since=between)]  # type: ignore[union-attr]
    assert names == ["b"]
    assert len(journal.all(since=before, until=between)) == 1
    assert len(journal.all(until=before)) == 0


def test_pruning_removes_what_ended_long_ago_and_never_what_is_open_or_unknown(
    journal: Journal,
) -> None:
    for number in range(450):
        one = intent(f"done{number}")
        journal.record(ended(one))
    still, unsure = intent("open"), intent("unsure")
    journal.record(sending(still))
    journal.record(ended(unsure, Outcome.UNKNOWN))
    assert journal.prune(timedelta(hours=1)) == 0
    assert journal.prune(timedelta(0)) == 450
    assert [one.intent.uid for one in journal.all()] == [still.uid, unsure.uid]
    assert journal.history(one.uid) == ()
    journal.record(sending(intent("done1")))


def test_a_journal_is_for_its_user_alone(journal: Journal) -> None:
    journal.record(sending(intent("a")))
    files = list(journal.path.parent.iterdir())
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    assert len(files) >= 2
    assert journal.path.parent.stat().st_mode & 0o777 == 0o700


def test_a_level_that_is_none_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="'full', expected 'process' or 'power'"):
        Journal(tmp_path / "a", "full")  # type: ignore[arg-type]
