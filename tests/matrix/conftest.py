"""Where the journals of the cases are: in memory, where the machine has such a place."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from matrix.cases import Case, venues

from exchangekit.testing.choosing import keep, turn


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What is marked `matrix` takes minutes: it runs where ``-m matrix`` asks for it."""
    if config.getoption("--conformance") == "once":
        keep(config, items, _its_turn)
    if "matrix" in config.getoption("markexpr"):
        return
    asked_for = [one for one in items if one.get_closest_marker("matrix") is not None]
    config.hook.pytest_deselected(items=asked_for)
    items[:] = [one for one in items if one not in asked_for]


def _its_turn(item: pytest.Item) -> bool:
    """Where conformance runs once, each fault on each operation is played on every second venue;
    `make matrix` plays it on all, in both modes."""
    call: Any = getattr(item, "callspec", None)
    group = call.params.get("group") if call is not None else None
    if not isinstance(group, list) or not isinstance(group[0], Case):
        return True
    venue, _, fault = group[0].group().partition(", ")
    return (turn(fault, 2) + venues().index(venue)) % 2 == 0


_MEMORY = Path("/dev/shm")


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    place = _MEMORY if os.access(_MEMORY, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="exchangekit-matrix-", dir=place) as made:
        yield Path(made)
