"""The last screen of the failover run: one table, what became of each signal and how that is
known, and whether it is what the ledgers hold."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from exchangekit.cli.demo.comparing import Line
from exchangekit.cli.demo.failover_run import FailoverRun
from exchangekit.cli.demo.proofs import Handled, outcome_of, proof_of
from exchangekit.cli.demo.showing import line_facts
from exchangekit.cli.output import show_line, show_table, table

PROVEN = "how proven"


def show_runs(runs: Sequence[FailoverRun]) -> None:
    """One table for all runs, and what differs below it."""
    show_line("")
    made = table(["run", "signal", "venue", "outcome", PROVEN, "took"], right=["took"])
    for column in made.columns:
        column.no_wrap = column.header != PROVEN
    rows: list[Sequence[object]] = []
    for run in runs:
        for one, line in zip(run.handled, run.orders, strict=False):
            rows.append(
                (
                    run.variant,
                    line.what,
                    one.venue,
                    _outcome(one, line),
                    proof_of(one),
                    f"{one.seconds:.2f} s",
                )
            )
    show_table(made, rows)
    for run in runs:
        for line in (*run.orders, *run.balances):
            if not line.same:
                note = f" ({line.note})" if line.note else ""
                show_line(
                    f"{run.variant}, {line.what}: the strategy believes {line.believed},"
                    f" the ledgers hold {line.held}{note}",
                    "red",
                )


def failover_facts(runs: Sequence[FailoverRun]) -> dict[str, object]:
    """The same for programs."""
    return {
        "same": all(run.same for run in runs),
        "went_on": all(run.went_on for run in runs),
        "came_back": all(run.came_back for run in runs),
        "runs": [
            {
                "variant": run.variant,
                "venues": run.venues,
                "signals": [
                    {**line_facts(line), **_handled_facts(one)}
                    for one, line in zip(run.handled, run.orders, strict=False)
                ],
                "unknown_orders": [line_facts(line) for line in run.orders[len(run.handled) :]],
                "balances": [line_facts(line) for line in run.balances],
            }
            for run in runs
        ],
    }


def _handled_facts(one: Handled) -> dict[str, object]:
    return {
        "venue": one.venue,
        "passed_over": one.passed_over,
        "seconds": str(round(one.seconds, 3)),
        "steps": [
            {
                "venue": step.venue,
                "outcome": step.outcome or "taken",
                "answer_lost": step.was_lost,
                "proof": step.proof,
            }
            for step in one.steps
        ],
    }


def _outcome(one: Handled, line: Line) -> Text:
    return Text(outcome_of(one.report)) if line.same else Text("DIFFERENT", style="bold red")
