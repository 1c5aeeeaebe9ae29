"""``python -m benchmarks [--small] [--write]``: exchangekit beside ccxt, in one run.

``--small`` only shows that it runs: little of everything, figures that mean nothing. ``--write``
puts the table and the pictures into the documentation.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.answers import VENUES
from benchmarks.failing_over import decision
from benchmarks.growth import VENUES as SEVERAL
from benchmarks.growth import curves
from benchmarks.measure import measure
from benchmarks.report import Report, draw, write
from benchmarks.scale import FULL, SMALL, Scale
from benchmarks.starts import kept_a_market, starts
from benchmarks.through_sockets import wires
from benchmarks.without_network import rows

DOCS = Path(__file__).parent.parent / "docs"


def main() -> None:
    asked = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    asked.add_argument("--small", action="store_true", help="only show that it runs")
    asked.add_argument("--write", action="store_true", help="write docs/benchmarks.md")
    told = asked.parse_args()
    console = Console(width=max(130, Console().width))
    report = measured(small=told.small, say=console.log)
    table = Table("what", "venue", "ours", "ccxt", "floor", "ours / ccxt", "aim", "spread")
    for line in report.lines:
        table.add_row(*line.cells(), style="red" if line.reached is False else "")
    console.print(table)
    missed = sum(line.reached is False for line in report.lines)
    console.print(f"{len(report.lines)} rows, {missed} above their aim")
    if told.write:
        write(report, DOCS / "benchmarks.md")
        draw(report, DOCS / "assets")


def measured(*, small: bool, say: object) -> Report:
    """All of it; `say` is called with what is measured next."""
    told = say if callable(say) else print
    report = Report()
    rounds, seconds, scale = (1, 0.001, SMALL) if small else (9, 0.25, FULL)
    told("imports")
    begun = starts(1 if small else 7)
    for how in ("", ", async"):
        for what, unit, aim in (("cpu", "ms", 0.6), ("memory", "MB", 0.5)):
            mine, other = (begun.one(what, who + how) for who in ("ours", "ccxt"))
            report.line(f"import and one venue{how}: {what}", mine, other, unit, aim)
    for venue in VENUES:
        told(f"{venue} without a network")
        found = rows(venue, scale)
        measure(found, rounds=rounds, seconds=seconds)
        report.rows(found)
        kept = kept_a_market(venue, 20 if small else 1000)
        report.line("memory of a market", kept["ours"] / 1e3, kept["ccxt"] / 1e3, "kB", 0.25, venue)
    told("failover")
    _failover(report, rounds, seconds)
    told("sockets")
    report.wires(wires(rounds=rounds, requests=2 if small else 300))
    told("growth")
    base = Scale(12, 5, 5, 5, 5) if small else Scale(250, 5, 5, 10, 5)
    factors = (1, 2) if small else (1, 10, 100)
    at_once = (1, 2) if small else (1, 10, 100, 1000)
    report.curves.extend(curves(base, factors, at_once, SEVERAL[:2] if small else SEVERAL))
    return report


def _failover(report: Report, rounds: int, seconds: float) -> None:
    row = decision(2)
    measure([row], rounds=rounds, seconds=seconds)
    report.line(
        "a failover's decision, beside 100 µs", row.one("ours") - row.one("alone"), 100.0, "µs", 1
    )


if __name__ == "__main__":
    main()
