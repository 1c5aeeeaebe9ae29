"""Every fault on every operation, on every simulated venue, sync and async: what the caller is told,
what the journal holds and what is in the venue's true ledger agree."""

from __future__ import annotations

from pathlib import Path

import pytest
from matrix.cases import Case, cases
from matrix.playing import played


@pytest.mark.parametrize("case", list(cases()), ids=str)
def test_ledger_journal_and_caller_agree(case: Case, folder: Path) -> None:
    assert played(case, folder) == []
