"""The pytest side: which ways each check runs.

A check runs sync and async, on the simulated venue and on its cassette: four ways that mostly find
the same. ``--conformance=crosswise`` runs it once on each, sync on the one and async on the other,
and which is which differs from check to check and from venue to venue: every check runs, both
modes and both places do, at half the time.
"""

from __future__ import annotations

from typing import Any
from zlib import crc32

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--conformance``"""
    parser.getgroup("exchangekit").addoption(
        "--conformance",
        choices=("whole", "crosswise"),
        default="whole",
        help="each conformance check every way there is (whole), or once on the simulated venue and"
        " once on its cassette, sync on the one and async on the other (crosswise)",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What `--conformance` leaves out is told as deselected."""
    if config.getoption("--conformance") == "whole":
        return
    kept: list[pytest.Item] = []
    left: list[pytest.Item] = []
    for item in items:
        (kept if runs_crosswise(item) else left).append(item)
    items[:] = kept
    if left:
        config.hook.pytest_deselected(items=left)


def runs_crosswise(item: pytest.Item) -> bool:
    """Whether it is one of the two ways of its check, or no conformance check at all."""
    check = getattr(getattr(item, "function", None), "conformance", None)
    call: Any = getattr(item, "callspec", None)
    if check is None or call is None:
        return True
    place, _, mode = call.params["way"].partition("-")
    on_sim = "async" if crc32(check.encode()) % 2 else "sync"
    return bool((mode == on_sim) is (place == "sim"))
