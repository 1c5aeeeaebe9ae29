"""The matrix is as large as its tables say: nothing falls out of it unseen."""

from __future__ import annotations

from collections import Counter

import pytest
from matrix.cases import EXCLUDED, MODES, Exclusion, cases, struck, venues
from matrix.cuts import BY_NAME, cuts
from matrix.faults import FAULTS
from matrix.operations import OPERATIONS

from exchangekit.plugins import installed


def test_every_case_is_there_but_for_those_that_are_excluded() -> None:
    made = list(cases())
    assert len({str(case) for case in made}) == len(made), "two cases have one name"
    whole = sum(len(list(struck(venue))) for venue in venues()) * len(OPERATIONS) * len(MODES)
    left_out = sum(
        any(one.concerns(form[0], operation, *form[3:]) for one in EXCLUDED)
        for venue in venues()
        for form in struck(venue)
        for operation in OPERATIONS
    ) * len(MODES)
    assert len(made) == whole - left_out
    for what in ("operation", "venue", "mode"):
        print(dict(Counter(str(getattr(case, what)) for case in made)))
    print(f"{len(made)} cases of {whole}, {left_out} excluded")


def test_the_table_of_faults_has_each_name_once() -> None:
    names = [one.name for one in FAULTS]
    assert len(set(names)) == len(names)


def test_every_installed_simulation_is_in_it() -> None:
    assert {case.venue for case in cases()} == set(installed().simulated()) >= {
        "mexc", "binance", "bitget", "bitgetuta", "bybit", "okx",
    }  # fmt: skip


@pytest.mark.parametrize("one", EXCLUDED, ids=lambda one: f"{one.fault}, {one.operation}")
def test_an_exclusion_excludes_something_and_says_why(one: Exclusion) -> None:
    assert len(one.because) > 20
    assert any(
        one.concerns(form[0], operation, *form[3:])
        for form in struck(venues()[0])
        for operation in OPERATIONS
    )


@pytest.mark.parametrize("venue", venues())
def test_a_reply_is_cut_at_each_of_its_bytes(venue: str) -> None:
    create = BY_NAME["create"]
    few, all_of_them = (list(cuts(venue, create, every=every)) for every in (False, True))
    assert len(all_of_them) == 4 * len(few)
    assert len(few) > 200
    assert len({case.fault.name for case in few}) == len(few)
    print(f"{venue}: {len(few)} cuts of the reply to a new order")
