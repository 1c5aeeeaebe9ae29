"""A reply that ends at any of its bytes, on the order endpoint of every simulated venue."""

from __future__ import annotations

from pathlib import Path

import pytest
from matrix.cases import MODES, venues
from matrix.cuts import BY_NAME, cuts
from matrix.operations import Operation
from matrix.playing import played_on, stage_of

PARTS = 4


def red(venue: str, operation: Operation, part: int, folder: Path, *, every: bool) -> str:
    """What is wrong with every fourth cut, one case after the other on one stage a mode."""
    found = []
    for mode in MODES:
        mine = [case for case in cuts(venue, operation, every=every) if case.mode == mode]
        with stage_of(venue, mode, folder) as stage:
            for case in mine[part::PARTS]:
                found += [f"RED {case}: {wrong}" for wrong in played_on(stage, case)]
    return "\n".join(found)


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("venue", venues())
def test_wherever_its_reply_ends_an_order_is_told_as_it_is(
    venue: str, part: int, folder: Path
) -> None:
    found = red(venue, BY_NAME["create"], part, folder, every=False)
    assert not found, found


@pytest.mark.matrix
@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("operation", BY_NAME.values(), ids=str)
@pytest.mark.parametrize("venue", venues())
def test_wherever_a_reply_ends_all_agree(
    venue: str, operation: Operation, part: int, folder: Path
) -> None:
    found = red(venue, operation, part, folder, every=True)
    assert not found, found
