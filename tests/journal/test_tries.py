"""One intent over several accounts: the file says which is next, and one order has a name."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from support.journals import FENCE, cancel, ended, failover, intent, member, sending
from support.pages import ROOT
from support.patience import PATIENCE

from exchangekit import InvalidInput, Journal, Outcome
from exchangekit.adapter.credentials import AccountId
from exchangekit.runtime.journal import AlreadyIntended, Intent, Sending

A, B, C = member("a"), member("b"), member("c")
ALL = (A, B, C)


@pytest.fixture
def journal(tmp_path: Path) -> Any:
    made = Journal(tmp_path / "failover.journal")
    yield made
    made.close()


def handed(of: Intent, attempt: int, at: AccountId, among: tuple[AccountId, ...] = ALL) -> Sending:
    return Sending(of, attempt, FENCE, at=at, among=among)


def tried(journal: Journal, name: str = "mine") -> tuple[AccountId, ...]:
    found = journal.find(name)
    assert found is not None
    return found.tried


def refused(journal: Journal, entry: Sending) -> AlreadyIntended:
    with pytest.raises(AlreadyIntended) as caught:
        journal.record(entry)
    return caught.value


# The sequence


def test_what_was_tried_comes_back_in_the_order_of_attempts(journal: Journal) -> None:
    one = failover("mine", *ALL)
    for number, at in enumerate((B, A, B, C), start=1):
        journal.record(handed(one, number, at))
        journal.record(ended(one, Outcome.REFUSED if number < 4 else None))
    for found in (journal.find("mine"), *journal.all(), journal.find_order("7")):
        assert found is not None
        assert (found.tried, found.attempts, found.lies_at) == ((B, A, B, C), 4, C)
    journal.record(handed(failover("open", *ALL), 1, A))
    (found,) = journal.open_intents()
    assert found.tried == (A,)


def test_a_request_that_is_sent_itself_was_handed_to_nobody(journal: Journal) -> None:
    one = intent("mine")
    journal.record(sending(one))
    journal.record(replace(sending(one, 2), within=failover("mine", A)))
    assert tried(journal) == ()
    (found,) = journal.all()
    assert (found.lies_at, found.intent) == (one.account, one)


def test_an_attempt_that_is_recorded_may_be_recorded_again_and_stays_one(
    journal: Journal,
) -> None:
    one = failover("mine", *ALL)
    for _ in range(3):
        journal.record(handed(one, 1, A))
    assert tried(journal) == (A,)
    renamed = replace(A, account="a new name of the same key")
    journal.record(handed(one, 1, renamed))
    assert tried(journal) == (A,)


def test_one_that_was_handed_elsewhere_is_refused_and_told_where(journal: Journal) -> None:
    one = failover("mine", *ALL)
    journal.record(handed(one, 1, A))
    journal.record(handed(one, 2, B))
    earlier = refused(journal, handed(one, 2, C)).earlier
    assert (earlier.tried, earlier.attempts, earlier.state) == ((A, B), 2, "open")
    assert earlier.intent.uid == one.uid
    (found,) = journal.all()
    assert found == earlier
    assert len(journal.history(one.uid)) == 2


def test_there_is_no_way_back_to_an_attempt_before_the_last(journal: Journal) -> None:
    """It was proven not to be, and the order may be at the next account by now."""
    one = failover("mine", *ALL)
    journal.record(handed(one, 1, A))
    journal.record(handed(one, 2, B))
    assert refused(journal, handed(one, 1, A)).earlier.tried == (A, B)


def test_an_order_that_exists_is_not_handed_on(journal: Journal) -> None:
    one = failover("mine", *ALL)
    journal.record(handed(one, 1, A))
    journal.record(ended(one))
    assert refused(journal, handed(one, 2, B)).earlier.state == "done"
    journal.record(handed(one, 1, A))


def test_a_cancel_may_go_to_several_accounts_one_after_another(journal: Journal) -> None:
    one = cancel("mine")
    journal.record(handed(one, 1, A))
    journal.record(ended(one))
    journal.record(handed(one, 2, B))
    assert refused(journal, handed(one, 2, C)).earlier.tried == (A, B)


def test_what_is_pruned_is_forgotten_whole(journal: Journal) -> None:
    one, other = failover("mine", *ALL), failover("other", *ALL)
    for of in (one, other):
        journal.record(handed(of, 1, A))
    journal.record(ended(one))
    assert journal.prune(timedelta(0)) == 1
    assert tried(journal, "other") == (A,)
    journal.record(handed(one, 1, B))
    assert tried(journal) == (B,)


# One order of a name, whatever the set of accounts


@pytest.mark.parametrize("state", [None, Outcome.UNKNOWN, "open"])
def test_a_name_is_taken_where_one_account_is_in_both_sets(journal: Journal, state: Any) -> None:
    one, other = failover("mine", A, B), failover("mine", B, C, amount="2")
    assert not one.account.same_as(other.account)
    journal.record(handed(one, 1, A, (A, B)))
    if state != "open":
        journal.record(ended(one, state))
    earlier = refused(journal, handed(other, 1, C, (B, C))).earlier
    assert (earlier.intent.uid, earlier.tried) == (one.uid, (A,))
    assert len(journal.all()) == 1


def test_sets_without_a_common_account_and_ordinary_orders_take_no_name_from_each_other(
    journal: Journal,
) -> None:
    journal.record(handed(failover("mine", A), 1, A, (A,)))
    journal.record(handed(failover("mine", B, C), 1, C, (B, C)))
    journal.record(sending(intent("mine")))
    journal.record(sending(intent("mine", account=A)))
    journal.record(handed(cancel("mine"), 1, A))
    assert len(journal.all()) == 5


@pytest.mark.parametrize("outcome", [Outcome.REFUSED, Outcome.ABSENT, Outcome.NOT_SENT])
def test_a_name_is_free_again_where_it_is_proven_that_there_is_no_order(
    journal: Journal, outcome: Outcome
) -> None:
    one, other = failover("mine", A, B), failover("mine", B, C)
    journal.record(handed(one, 1, A, (A, B)))
    journal.record(ended(one, outcome))
    journal.record(handed(other, 1, C, (B, C)))
    assert tried(journal) == (C,)
    # And it does not come back to who had it.
    assert refused(journal, handed(one, 2, B, (A, B))).earlier.intent.uid == other.uid


def test_a_set_that_grew_holds_the_name_at_the_new_accounts_and_the_old(journal: Journal) -> None:
    one = failover("mine", A)
    journal.record(handed(one, 1, A, (A,)))
    journal.record(handed(one, 2, B, (B,)))
    for account in (A, B):
        other = failover("mine", account, C)
        assert refused(journal, handed(other, 1, C, (account, C))).earlier.tried == (A, B)


def test_many_accounts_of_the_same_venue_are_told_apart_by_their_keys(journal: Journal) -> None:
    renamed = replace(A, account="other name")
    journal.record(handed(failover("mine", A), 1, A, (A,)))
    refused(journal, handed(failover("mine", renamed, B), 1, B, (renamed, B)))


# By the venue's id


def test_an_order_is_found_by_the_venues_id(journal: Journal) -> None:
    assert journal.find_order("7") is None
    journal.record(sending(intent("before")))
    assert journal.find_order("7") is None
    journal.record(ended(cancel("mine")))
    assert journal.find_order("7") is None
    placed = intent("mine")
    journal.record(ended(placed))
    journal.record(ended(cancel("mine")))
    found = journal.find_order("7")
    assert found is not None
    assert found.intent.uid == placed.uid


def test_an_id_that_two_accounts_gave_names_no_order(journal: Journal) -> None:
    for name, at in (("one", A), ("other", B)):
        of = failover(name, *ALL)
        journal.record(handed(of, 1, at))
        journal.record(ended(of))
    with pytest.raises(InvalidInput, match="order id '7' names orders of several accounts"):
        journal.find_order("7")


# Against a dict

NAMES = st.sampled_from(["x", "y"])
SETS = st.sampled_from([(A,), (A, B), (B, C), (C,), ALL])
ENDS = st.sampled_from([None, *Outcome])


@dataclass
class Known:
    intent: Intent
    among: set[AccountId]
    state: str = "open"
    tried: dict[int, AccountId] = field(default_factory=dict)

    @property
    def is_live(self) -> bool:
        return self.state in ("open", "done", "unknown")


class LikeADict(RuleBasedStateMachine):
    """The rules once more, over a dict; two journals write the one file in turn."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        path = Path(self.folder.name) / "a.journal"
        self.journals = Journal(path), Journal(path)
        self.made: list[tuple[Intent, tuple[AccountId, ...]]] = []
        self.known: dict[str, Known] = {}

    @rule(name=NAMES, among=SETS)
    def intend(self, name: str, among: tuple[AccountId, ...]) -> None:
        self.made.append((failover(name, *among), among))

    @rule(
        which=st.integers(0, 9), number=st.integers(1, 3), at=st.integers(0, 2), who=st.booleans()
    )
    def hand(self, which: int, number: int, at: int, who: bool) -> None:
        if not self.made:
            return
        one, among = self.made[which % len(self.made)]
        account = among[at % len(among)]
        holder = self.holder(one, among, number, account)
        entry = handed(one, number, account, among)
        if holder is not None:
            earlier = refused(self.journals[who], entry).earlier
            assert earlier.intent.uid in holder
            return
        self.journals[who].record(entry)
        known = self.known.setdefault(one.uid, Known(one, set(among)))
        known.state = "open"
        known.tried.setdefault(number, account)

    def holder(
        self, one: Intent, among: tuple[AccountId, ...], number: int, account: AccountId
    ) -> set[str] | None:
        """Whose it is, where it may not be handed there."""
        own = self.known.get(one.uid)
        if own is not None and own.tried:
            last = max(own.tried)
            if number < last or own.tried.get(number, account) != account:
                return {one.uid}
            if number > last and own.state == "done":
                return {one.uid}
        found = {
            uid
            for uid, known in self.known.items()
            if uid != one.uid
            and known.is_live
            and known.intent.change.client_order_id == one.change.client_order_id  # type: ignore[union-attr]
            and known.among & set(among)
        }
        return found or None

    @rule(which=st.integers(0, 9), outcome=ENDS, who=st.booleans())
    def end(self, which: int, outcome: Outcome | None, who: bool) -> None:
        """Of an order that may exist: all other ends are in test_store."""
        if not self.made:
            return
        one, _ = self.made[which % len(self.made)]
        known = self.known.get(one.uid)
        if known is None or not known.is_live:
            return
        self.journals[who].record(ended(one, outcome))
        if outcome is Outcome.UNKNOWN and known.state == "done":
            return
        known.state = "done" if outcome is None else outcome.value

    @rule(who=st.booleans())
    def reopen(self, who: bool) -> None:
        self.journals[who].close()

    @rule()
    def prune(self) -> None:
        gone = [one for one in self.known.values() if one.state not in ("open", "unknown")]
        assert self.journals[0].prune(timedelta(0)) == len(gone)
        for one in gone:
            del self.known[one.intent.uid]

    @invariant()
    def it_holds_what_the_dict_holds(self) -> None:
        found = {one.intent.uid: (one.state, one.tried) for one in self.journals[1].all()}
        assert found == {
            uid: (one.state, tuple(one.tried[number] for number in sorted(one.tried)))
            for uid, one in self.known.items()
        }

    @invariant()
    def no_account_has_two_live_orders_of_a_name(self) -> None:
        live = [one for one in self.known.values() if one.is_live]
        taken = [(one.intent.change.client_order_id, at) for one in live for at in one.among]  # type: ignore[union-attr]
        assert len(taken) == len(set(taken))

    def teardown(self) -> None:
        for journal in self.journals:
            journal.close()
        self.folder.cleanup()


LikeADict.TestCase.settings = settings(max_examples=25, stateful_step_count=30)
TestLikeADict = LikeADict.TestCase


# Races


def test_of_threads_that_hand_the_same_attempt_on_one_wins(tmp_path: Path) -> None:
    """Each with a journal of its own over the one file, as processes have."""
    path, one = tmp_path / "a.journal", failover("mine", *ALL)
    members = tuple(member(f"m{number}") for number in range(6))
    with closing(Journal(path)) as journal:
        journal.record(handed(one, 1, A))
    start, won, lost = threading.Barrier(6), [], []

    def race(at: AccountId) -> None:
        with closing(Journal(path, busy=PATIENCE)) as journal:
            start.wait(PATIENCE)
            try:
                journal.record(handed(one, 2, at, members))
                won.append(at)
            except AlreadyIntended as known:
                lost.append(known.earlier.tried)

    threads = [threading.Thread(target=race, args=(at,)) for at in members]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert len(won) == 1
    assert lost == [(A, won[0])] * 5
    assert tried(Journal(path)) == (A, won[0])


RACES = """
import sys
from support.journals import FENCE, failover, member
from exchangekit import Journal
from exchangekit.runtime.journal import AlreadyIntended, Intent, Sending

journal, who, uids = Journal(sys.argv[1], busy=60), sys.argv[2], sys.argv[3:]
print("ready", flush=True)
sys.stdin.readline()
at = member(who)
for number, uid in enumerate(uids):
    of = failover(f"n{number}", member("a"), member("b"), member("c"))
    of = Intent(of.account, of.operation, of.change, uid)
    try:
        journal.record(Sending(of, 2, FENCE, at=at, among=(at,)))
        print(uid, "won", flush=True)
    except AlreadyIntended as known:
        assert known.earlier.intent.uid == uid
        print(uid, known.earlier.tried[1].key_digest, flush=True)
"""


def test_of_processes_that_hand_the_same_attempts_on_one_wins_each(journal: Journal) -> None:
    intents = [failover(f"n{number}", *ALL) for number in range(40)]
    for one in intents:
        journal.record(handed(one, 1, A))
    uids = [one.uid for one in intents]
    running = {
        who: subprocess.Popen(
            [sys.executable, "-c", RACES, str(journal.path), who, *uids],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT / "tests")},
        )
        for who in ("a", "b", "c")
    }
    for process in running.values():
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in running.values():
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    said = {
        who: dict(line.split() for line in process.communicate(timeout=PATIENCE)[0].splitlines())
        for who, process in running.items()
    }
    found = {one.intent.uid: one.tried for one in journal.all()}
    for uid in uids:
        (winner,) = [who for who in said if said[who][uid] == "won"]
        assert found[uid] == (A, member(winner))
        assert {said[who][uid] for who in said if who != winner} == {member(winner).key_digest}
