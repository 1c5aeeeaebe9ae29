"""The pytest side: how many checks of each group ran on each venue, after the tests."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from exchangekit.testing.check import GROUPS

pytest.register_assert_rewrite("exchangekit.testing.checks")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """A table of groups and venues, when conformance checks ran."""
    counted: dict[str, Counter[tuple[str, int]]] = {}
    for result in ("passed", "failed", "skipped"):
        counted[result] = Counter()
        for report in terminalreporter.stats.get(result, ()):
            for name, value in getattr(report, "user_properties", ()):
                if name == "conformance":
                    counted[result][(value[0], int(value[1]))] += 1
    venues = sorted({venue for found in counted.values() for venue, _ in found})
    if not venues:
        return
    terminalreporter.section("conformance")
    width = max(len(name) for name in GROUPS.values()) + 3
    columns = [max(len(venue), 14) + 2 for venue in venues]
    head = "".join(venue.rjust(size) for venue, size in zip(venues, columns, strict=True))
    terminalreporter.write_line(" " * width + head)
    for number, name in GROUPS.items():
        row = [_cell(counted, venue, number) for venue in venues]
        cells = "".join(cell.rjust(size) for cell, size in zip(row, columns, strict=True))
        terminalreporter.write_line(f"{number:2d} {name}".ljust(width) + cells)


def _cell(counted: dict[str, Counter[tuple[str, int]]], venue: str, group: int) -> str:
    passed, failed, skipped = (
        counted[result][venue, group] for result in ("passed", "failed", "skipped")
    )
    text = str(passed)
    if failed:
        text += f", {failed} failed"
    return f"{text}, {skipped} skipped" if skipped else text
