"""Every fault on every operation, on every simulated venue, sync and async: what the caller is
told, what the journal holds and what is in the venue's true ledger agree.

A test is a fault on an operation of a venue; its cases are the forms of the fault and both modes.
"""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

import pytest
from matrix.cases import Case, cases
from matrix.playing import played

GROUPS = [list(group) for _, group in groupby(cases(), key=Case.group)]


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group[0].group())
def test_ledger_journal_and_caller_agree(group: list[Case], folder: Path) -> None:
    found = {str(case): played(case, folder) for case in group}
    red = {name: wrong for name, wrong in found.items() if wrong}
    assert not red, "\n".join(f"RED {name}: {'; '.join(wrong)}" for name, wrong in red.items())
