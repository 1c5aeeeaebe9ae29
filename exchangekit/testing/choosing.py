"""The pytest side: which ways each check runs.

A check runs sync and async, on the simulated venue and on its cassette: four ways that mostly find
the same. ``--conformance=once`` takes one of them by turns, another from check to check and from
venue to venue: every check runs, both modes and both places do, in a third of the time.
"""

from __future__ import annotations

from typing import Any
from zlib import crc32

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--conformance``"""
    parser.getgroup("exchangekit").addoption(
        "--conformance",
        choices=("whole", "once"),
        default="whole",
        help="each conformance check every way there is (whole), or one way by turns (once)",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What `--conformance` leaves out is told as deselected."""
    if config.getoption("--conformance") == "once":
        keep(config, items, runs_once)


def keep(config: pytest.Config, items: list[pytest.Item], wanted: Any) -> None:
    """Leave of `items` what is `wanted`; the others are told as deselected."""
    left = [item for item in items if not wanted(item)]
    items[:] = [item for item in items if wanted(item)]
    if left:
        config.hook.pytest_deselected(items=left)


def turn(name: str, many: int) -> int:
    """Whose turn it is, of so many: the same every time for one name."""
    return crc32(name.encode()) % many


def runs_once(item: pytest.Item) -> bool:
    """Whether it is the way of its check whose turn it is, or no conformance check at all."""
    check = getattr(getattr(item, "function", None), "conformance", None)
    call: Any = getattr(item, "callspec", None)
    if check is None or call is None:
        return True
    name, ways = check
    return bool(call.params["way"] == ways[turn(name, len(ways))])
