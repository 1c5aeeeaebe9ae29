"""Whether the strategy believes what is so, in all runs together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from exchangekit.cli.demo.comparing import Comparison
from exchangekit.cli.output import show_line

if TYPE_CHECKING:
    from exchangekit.cli.demo.failover_run import FailoverRun


def problems(comparisons: Sequence[Comparison], runs: Sequence[FailoverRun]) -> list[str]:
    """Why the demo shows nothing good, in sentences; none where belief is what ledgers hold."""
    return list(_problems(comparisons, runs))


def _problems(comparisons: Sequence[Comparison], runs: Sequence[FailoverRun]) -> Iterator[str]:
    different = [f"{one.venue} {one.variant}" for one in comparisons if not one.same]
    different += [f"the failover, {run.variant}" for run in runs if not run.same]
    if different:
        yield f"DIFFERENT on {', '.join(different)}: the strategy believes what is not so."
    idle = [f"{one.venue} {one.variant}" for one in comparisons if not one.traded]
    if idle:
        yield f"NOTHING TRADED on {', '.join(idle)}: this proves nothing."
    stayed = [run.variant for run in runs if not run.went_on]
    if stayed:
        yield f"NO ORDER WENT ON to another venue ({', '.join(stayed)}): this proves nothing."


def show_verdict(
    comparisons: Sequence[Comparison], runs: Sequence[FailoverRun], seconds: float
) -> None:
    show_line("")
    found = problems(comparisons, runs)
    for sentence in found:
        show_line(sentence, "bold red")
    if found:
        return
    orders = sum(one.placed for one in comparisons) + sum(run.placed for run in runs)
    show_line(
        f"Belief = ledgers: {orders} orders in {len(comparisons) + len(runs)} runs;"
        f" none unknown, none twice ({seconds:.0f} s).",
        "bold green",
    )
