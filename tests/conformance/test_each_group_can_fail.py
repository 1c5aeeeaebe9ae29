"""A toy venue passes every check; with one defect in it, the checks for it fail."""

from __future__ import annotations

from fnmatch import fnmatchcase

import pytest
from exchangekit_acme.adapter import AcmeAdapter
from exchangekit_acme.sim import AcmeDialect
from support import forgetful
from support.defects import RED, RIGHT

from exchangekit.testing import examine, subject_of
from exchangekit.testing.check import GROUPS
from exchangekit.testing.registry import checks

WRONG = (*RED, *forgetful.RED)


def test_the_toy_venue_without_a_defect_passes_every_check() -> None:
    about = subject_of(AcmeAdapter, AcmeDialect)
    try:
        found = list(examine(about))
    finally:
        about.stop()
    assert [f"{one.check.id}: {one.reason}" for one in found if one.result == "failed"] == []
    assert all(one.reason.startswith("declared: ") for one in found if one.result == "skipped")
    assert {one.check.group for one in found if one.result == "passed"} == set(GROUPS)


@pytest.mark.parametrize(
    ("venue", "names"), RIGHT, ids=lambda value: getattr(value, "__name__", "")
)
def test_what_the_toy_venue_lacks_passes_where_it_is_right(
    venue: type[AcmeAdapter], names: tuple[str, ...]
) -> None:
    about = subject_of(venue, venue.dialect)
    try:
        found = [one for name in names for one in examine(about, only=name)]
    finally:
        about.stop()
    assert {one.result for one in found} == {"passed"}


def test_every_group_has_a_defect_that_it_is_tried_on() -> None:
    tried = [name for _, names in WRONG for name in names]
    fit = {
        check.group for check in checks() if any(fnmatchcase(check.name, name) for name in tried)
    }
    assert fit == set(GROUPS)


@pytest.mark.parametrize(
    ("defect", "names"), WRONG, ids=lambda value: getattr(value, "__name__", "")
)
def test_a_defect_turns_its_checks_red(defect: type[AcmeAdapter], names: tuple[str, ...]) -> None:
    about = subject_of(defect, getattr(defect, "dialect", AcmeDialect))
    try:
        for name in names:
            found = list(examine(about, only=name))
            assert found, f"there is no check {name}"
            by_check = {one.check.id: False for one in found}
            for one in found:
                by_check[one.check.id] |= one.result == "failed"
            assert all(by_check.values()), [name for name, red in by_check.items() if not red]
    finally:
        about.stop()
