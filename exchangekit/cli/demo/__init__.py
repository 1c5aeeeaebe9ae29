"""`exchangekit demo`: one strategy file on every venue, and whether it believes the truth.

Simulated venues are started on this machine, ``signal_strategy.py`` beside this module (an ordinary
strategy, made to be copied) trades on one after the other, async and sync, and what it believes is
put beside what the venue's ledger holds. Any difference is exit code 1. With ``--live`` the reading
half runs against the real venues: prices are compared, nothing is placed, no keys are used.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from exchangekit.cli import completing
from exchangekit.cli.demo import live as live_half
from exchangekit.cli.demo import signal_strategy as strategy
from exchangekit.cli.demo.comparing import Comparison
from exchangekit.cli.demo.showing import facts, show_comparison, show_opening, show_verdict
from exchangekit.cli.failures import OK, REFUSED, Failure
from exchangekit.cli.options import AsJson
from exchangekit.cli.output import show_json
from exchangekit.cli.progress import waiting
from exchangekit.cli.simulate import dialects, missing_extra
from exchangekit.plugins import installed

SIGNALS = Path(__file__).with_name("signals.csv")

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
    json: AsJson = False,
) -> None:
    """Run one strategy file on simulated venues and compare its beliefs with their ledgers."""
    signals = strategy.read_signals(SIGNALS)
    if live:
        raise typer.Exit(live_half.compare_prices(_names(venues, live=True), signals, json))
    names = _names(venues, live=False)
    chosen = dialects(names)
    from exchangekit.cli.demo.trading import trade_on_simulated_venues

    started = time.monotonic()
    if not json:
        show_opening(names, signals)
    comparisons: list[Comparison] = []
    for comparison in _each(trade_on_simulated_venues(chosen, signals, seed), quiet=json):
        if not json:
            show_comparison(comparison)
        comparisons.append(comparison)
    if json:
        show_json(facts(comparisons))
    else:
        show_verdict(comparisons, time.monotonic() - started)
    raise typer.Exit(OK if all(one.same and one.traded for one in comparisons) else REFUSED)


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
