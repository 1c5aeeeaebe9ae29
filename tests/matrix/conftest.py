"""Where the journals of the cases are: in memory, where the machine has such a place."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What is marked `matrix` takes minutes: it runs where ``-m matrix`` asks for it."""
    if "matrix" in config.getoption("markexpr"):
        return
    asked_for = [one for one in items if one.get_closest_marker("matrix") is not None]
    config.hook.pytest_deselected(items=asked_for)
    items[:] = [one for one in items if one not in asked_for]


_MEMORY = Path("/dev/shm")


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    place = _MEMORY if os.access(_MEMORY, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="exchangekit-matrix-", dir=place) as made:
        yield Path(made)
