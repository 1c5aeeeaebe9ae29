"""`exchangekit demo`: one strategy file on every venue, and whether it believes the truth.

Simulated venues are started on this machine, ``signal_strategy.py`` beside this module (an ordinary
strategy, made to be copied) trades on one after the other, async and sync, and then over all of
them as one `Failover`, whose first venue fails in the middle. What it believes is put beside what
the ledgers hold. Any difference is exit code 1. With ``--live`` the reading
half runs against the real venues: prices are compared, nothing is placed, no keys are used.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from exchangekit.cli import completing
from exchangekit.cli.demo import live as live_half
from exchangekit.cli.demo import signal_strategy as strategy
from exchangekit.cli.demo.comparing import Comparison
from exchangekit.cli.demo.showing import facts, show_comparison, show_opening
from exchangekit.cli.demo.verdict import problems, show_verdict
from exchangekit.cli.failures import OK, REFUSED, Failure
from exchangekit.cli.health import events_are_shown
from exchangekit.cli.options import AsJson
from exchangekit.cli.output import show_json, show_line
from exchangekit.cli.progress import waiting
from exchangekit.cli.simulate import dialects, missing_extra
from exchangekit.plugins import installed

if TYPE_CHECKING:
    from exchangekit.cli.demo.failover_run import FailoverRun

SIGNALS = Path(__file__).with_name("signals.csv")
FAILOVER_SIGNALS = Path(__file__).with_name("failover_signals.csv")

Names = Annotated[
    list[str] | None,
    typer.Argument(
        help="Venues, in this order; all that are installed if left out.",
        autocompletion=completing.venues,
    ),
]


def demo(
    venues: Names = None,
    live: Annotated[
        bool, typer.Option("--live", help="Compare prices on the real venues; place nothing.")
    ] = False,
    seed: Annotated[int, typer.Option("--seed", help="Same seed, same market.")] = 7,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Each request, event and comparison.")
    ] = False,
    json: AsJson = False,
) -> None:
    """Run one strategy file on simulated venues and compare its beliefs with their ledgers."""
    signals = strategy.read_signals(SIGNALS)
    if live:
        raise typer.Exit(live_half.compare_prices(_names(venues, live=True), signals, json))
    names = _names(venues, live=False)
    chosen = dialects(names)
    # Only now: what follows needs the extra for simulated venues.
    from exchangekit.cli.demo.failover_table import failover_facts, show_runs
    from exchangekit.cli.demo.trading import trade_on_simulated_venues

    started = time.monotonic()
    if not json:
        show_opening(names, signals)
    comparisons: list[Comparison] = []
    for comparison in _each(trade_on_simulated_venues(chosen, signals, seed), quiet=json):
        if not json:
            show_comparison(comparison, verbose=verbose)
        comparisons.append(comparison)
    runs = _fail_over(chosen, seed, json=json, verbose=verbose) if len(chosen) > 1 else []
    if json:
        show_json({**facts(comparisons), "failover": failover_facts(runs) if runs else None})
    else:
        if runs:
            show_runs(runs)
        else:
            show_line("A failover needs two venues or more.")
        show_verdict(comparisons, runs, time.monotonic() - started)
    raise typer.Exit(REFUSED if problems(comparisons, runs) else OK)


def _fail_over(chosen: Sequence[Any], seed: int, *, json: bool, verbose: bool) -> list[FailoverRun]:
    from exchangekit.cli.demo.failover_run import fail_over_on_simulated_venues
    from exchangekit.cli.demo.screen import screen

    signals = strategy.read_signals(FAILOVER_SIGNALS)
    with events_are_shown(), screen(quiet=json, verbose=verbose) as looks_on:
        return list(fail_over_on_simulated_venues(chosen, signals, seed, looks_on))


def _each(runs: Iterator[Comparison], *, quiet: bool) -> Iterator[Comparison]:
    while True:
        with waiting("The strategy trades …", quiet=quiet):
            found = next(runs, None)
        if found is None:
            return
        yield found


def _names(given: list[str] | None, *, live: bool) -> list[str]:
    if given:
        for name in given if live else ():
            installed().adapter(name)
        return given
    missing = None if live else missing_extra()
    if missing:
        raise Failure(missing)
    plugins = installed()
    names = sorted(plugins.venues if live else plugins.simulated())
    if not names:
        problems = "; ".join(f"{one.plugin}: {one.reason}" for one in plugins.problems)
        raise Failure(f"No venue is installed. {problems}".strip())
    return names
