"""A toy venue passes every check; with one defect in it, the checks of that defect's group fail."""

from __future__ import annotations

import pytest
from defects import DEFECTS
from exchangekit_acme.adapter import AcmeAdapter
from exchangekit_acme.sim import AcmeDialect

from exchangekit.testing import examine, subject_of
from exchangekit.testing.registry import GROUPS, checks

CASES = [(group, defect) for group, defects in DEFECTS.items() for defect in defects]


def test_the_toy_venue_without_a_defect_passes_every_check() -> None:
    about = subject_of(AcmeAdapter, AcmeDialect)
    try:
        found = list(examine(about))
    finally:
        about.stop()
    assert [f"{one.check.id}: {one.reason}" for one in found if one.result == "failed"] == []
    assert all(one.reason.startswith("declared: ") for one in found if one.result == "skipped")
    assert {one.check.group for one in found if one.result == "passed"} == set(GROUPS)


def test_every_group_has_a_defect_that_it_is_tried_on() -> None:
    assert set(DEFECTS) == set(GROUPS) == {check.group for check in checks()}


@pytest.mark.parametrize(
    ("group", "defect"), CASES, ids=lambda value: getattr(value, "__name__", value)
)
def test_a_defect_turns_its_group_red(group: int, defect: type[AcmeAdapter]) -> None:
    about = subject_of(defect, AcmeDialect)
    try:
        assert any(one.result == "failed" for one in examine(about, {group})), defect.__name__
    finally:
        about.stop()
