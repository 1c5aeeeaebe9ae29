"""How the demo looks in a terminal, 80 columns included."""

from __future__ import annotations

from collections.abc import Sequence

from rich import box
from rich.table import Table
from rich.text import Text

from exchangekit.cli.demo.comparing import Comparison, Line
from exchangekit.cli.demo.signal_strategy import Signal
from exchangekit.cli.failures import printable
from exchangekit.cli.output import console, show_line


def show_opening(names: Sequence[str], signals: Sequence[Signal]) -> None:
    show_line(
        f"One strategy file, {len(signals)} signals, {len(names)} simulated venues"
        f" ({', '.join(names)}), async and sync."
    )
    show_line("Prices come from public data; one order's answer is lost on purpose each time.")


def show_comparison(comparison: Comparison) -> None:
    show_line("")
    show_line(f"{comparison.venue}, {comparison.variant}", "bold")
    made = _table("signal", "the strategy believes", "the ledger holds")
    for line in comparison.orders:
        _add(made, line)
    console().print(made)
    made = _table("balance", "change expected", "change in the ledger")
    for line in comparison.balances:
        _add(made, line)
    console().print(made)


def show_verdict(comparisons: Sequence[Comparison], seconds: float) -> None:
    show_line("")
    different = [one for one in comparisons if not one.same]
    if different:
        where = ", ".join(f"{one.venue} {one.variant}" for one in different)
        show_line(f"DIFFERENT on {where}: the strategy believes what is not so.", "bold red")
        return
    orders = sum(one.placed for one in comparisons)
    show_line(
        f"The same: {orders} orders in {len(comparisons)} runs, and the strategy believes what"
        f" the ledgers hold ({seconds:.1f} s).",
        "bold green",
    )


def _table(*headings: str) -> Table:
    made = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, expand=False)
    made.add_column(headings[0], no_wrap=True, min_width=14)
    made.add_column(headings[1], overflow="fold", min_width=24)
    made.add_column(headings[2], overflow="fold", min_width=24)
    made.add_column("", no_wrap=True)
    return made


def _add(made: Table, line: Line) -> None:
    mark = Text("same", style="green") if line.same else Text("DIFFERENT", style="bold red")
    made.add_row(Text(line.what), Text(line.believed), Text(line.held), mark)
    if line.note:
        made.add_row("", Text(printable(line.note), style="dim"), "", "")
