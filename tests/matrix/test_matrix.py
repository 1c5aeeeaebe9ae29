"""Every fault on every operation, on every simulated venue, sync and async: what the caller is
told, what the journal holds and what is in the venue's true ledger agree.

A test is a fault on an operation of a venue; its cases are its forms, each in one mode,
sync or async by turns. ``EXCHANGEKIT_MATRIX=whole`` plays each in both (``make matrix``).
"""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import replace
from itertools import groupby
from pathlib import Path

import pytest
from matrix.cases import MODES, Case, cases
from matrix.playing import played

WHOLE = os.environ.get("EXCHANGEKIT_MATRIX") == "whole"
GROUPS = [list(group) for _, group in groupby(cases(), key=Case.group)]


def in_turn(group: list[Case]) -> list[Case]:
    """Each form of the fault once, in the one mode or the other by turns."""
    number = GROUPS.index(group)
    forms = dict.fromkeys(form_of(case) for case in group)
    turns = {form: MODES[(number + at) % len(MODES)] for at, form in enumerate(forms)}
    return [case for case in group if case.mode == turns[form_of(case)]]


def form_of(case: Case) -> str:
    return str(replace(case, mode=""))


def test_each_form_of_a_fault_is_played_once_and_both_modes_by_turns() -> None:
    played_now = [case for group in GROUPS for case in in_turn(group)]
    forms = [form_of(case) for case in played_now]
    assert len(forms) == len(set(forms)) == len(list(cases())) // len(MODES)
    for venue in {case.venue for case in played_now}:
        count = Counter(case.mode for case in played_now if case.venue == venue)
        assert min(count.values()) > 0.4 * sum(count.values())


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group[0].group())
def test_ledger_journal_and_caller_agree(group: list[Case], folder: Path) -> None:
    now = group if WHOLE else in_turn(group)
    found = {str(case): played(case, folder) for case in now}
    red = {name: wrong for name, wrong in found.items() if wrong}
    assert not red, "\n".join(f"RED {name}: {'; '.join(wrong)}" for name, wrong in red.items())
