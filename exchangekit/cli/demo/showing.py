"""How the demo looks in a terminal, 80 columns included."""

from __future__ import annotations

from collections.abc import Sequence

from rich import box
from rich.table import Table
from rich.text import Text

from exchangekit.cli.demo.comparing import Comparison, Line
from exchangekit.cli.demo.signal_strategy import Signal
from exchangekit.cli.output import console, show_line

_SIDE_BY_SIDE = 78


def show_opening(names: Sequence[str], signals: Sequence[Signal]) -> None:
    show_line(
        f"One strategy file, {len(signals)} signals, simulated venues:"
        f" {', '.join(names)}; async and sync."
    )
    show_line("Prices come from public data; one order's answer is lost on purpose each time.")


def show_comparison(comparison: Comparison, *, verbose: bool) -> None:
    """A line, or with `verbose` each comparison. What differs is always shown."""
    if not verbose:
        _summary(comparison)
        if comparison.same:
            return
    show_line("")
    show_line(f"{comparison.venue}, {comparison.variant}", "bold")
    _show(comparison.orders, "signal", "the strategy believes", "the ledger holds")
    for line in comparison.orders:
        if line.note:
            show_line(f"{line.what}: {line.note}", "dim")
    _show(comparison.balances, "balance", "change expected", "change in the ledger")


def _summary(one: Comparison) -> None:
    told, style = ("same", "green") if one.same else ("DIFFERENT", "bold red")
    line = Text(f"{one.venue}, {one.variant}: {one.placed} orders, {one.seconds:.1f} s, ")
    line.append(told, style=style)
    console().print(line)


def facts(comparisons: Sequence[Comparison]) -> dict[str, object]:
    """The same for programs."""
    return {
        "same": all(one.same for one in comparisons),
        "traded": all(one.traded for one in comparisons),
        "runs": [
            {
                "venue": one.venue,
                "variant": one.variant,
                "same": one.same,
                "orders": [line_facts(line) for line in one.orders],
                "balances": [line_facts(line) for line in one.balances],
            }
            for one in comparisons
        ],
    }


def line_facts(line: Line) -> dict[str, object]:
    return {
        "what": line.what,
        "believed": line.believed,
        "held": line.held,
        "same": line.same,
        "note": line.note or None,
    }


def _show(lines: Sequence[Line], *headings: str) -> None:
    if not lines:
        return
    if console().width < _SIDE_BY_SIDE:
        for line in lines:
            _stacked(line, headings)
        return
    made = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    made.add_column(headings[0], no_wrap=True, min_width=14)
    made.add_column(headings[1], overflow="fold", min_width=24)
    made.add_column(headings[2], overflow="fold", min_width=24)
    made.add_column("", no_wrap=True)
    for line in lines:
        mark = Text("same", style="green") if line.same else Text("DIFFERENT", style="bold red")
        made.add_row(Text(line.what), Text(line.believed), Text(line.held), mark)
    console().print(made)


def _stacked(line: Line, headings: Sequence[str]) -> None:
    mark, style = ("same", "green") if line.same else ("DIFFERENT", "bold red")
    show_line(f"{headings[0]} {line.what}: {mark}", style)
    for heading, said in zip(headings[1:], (line.believed, line.held), strict=True):
        show_line(f"{heading}: {said}")
