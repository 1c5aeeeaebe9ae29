"""The reading half of the demo, on the real venues: public prices only, nothing is placed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from exchangekit.cli.demo import signal_strategy as strategy
from exchangekit.cli.demo.signal_strategy import Report, Signal
from exchangekit.cli.failures import OK, REFUSED
from exchangekit.cli.output import show_json, show_line, show_table, table
from exchangekit.cli.progress import waiting
from exchangekit.connect import connect_sync
from exchangekit.errors import ExchangeError
from exchangekit.runtime.transports import Timeouts

_PATIENCE = Timeouts(connect=4, read=6, attempt=6, total=10)


@dataclass(frozen=True, slots=True)
class Compared:
    """The signals on one venue, or why it cannot be reached."""

    venue: str
    base_url: str
    reports: tuple[Report, ...] = ()
    problem: str | None = None


def compare_prices(venues: Sequence[str], signals: Sequence[Signal], json: bool = False) -> int:
    """Show what each signal is worth now; the exit code is 1 if a venue cannot be reached."""
    if not json:
        show_line("Signals against live prices. Nothing is placed, and no keys are used.")
    found = []
    for venue in venues:
        with waiting(f"Asking {venue} for prices …", quiet=json):
            found.append(_compare(venue, signals))
        if not json:
            _show(found[-1])
    if json:
        show_json([_facts(one) for one in found])
    return OK if all(one.problem is None for one in found) else REFUSED


def _compare(venue: str, signals: Sequence[Signal]) -> Compared:
    with connect_sync(venue, timeouts=_PATIENCE) as prices:
        try:
            prices.fetch_time()
            prices.load_markets()
        except ExchangeError as problem:
            return Compared(venue, prices.base_url, problem=str(problem))
        reports = tuple(strategy.check_sync(prices, signal) for signal in signals)
        return Compared(venue, prices.base_url, reports)


def _show(found: Compared) -> None:
    show_line("")
    if found.problem is not None:
        show_line(f"{found.venue} cannot be reached from here: {found.problem}", "red")
        return
    show_line(f"{found.venue}, live ({found.base_url})", "bold")
    made = table(["signal", "signal price", "price now", "verdict"], right=["signal price"])
    rows = (
        (
            f"{one.signal.side} {one.signal.symbol}",
            one.signal.price,
            one.price,
            f"{one.verdict}: {one.reason}",
        )
        for one in found.reports
    )
    show_table(made, rows)


def _facts(found: Compared) -> dict[str, object]:
    return {
        "venue": found.venue,
        "base_url": found.base_url,
        "problem": found.problem,
        "signals": [
            {
                "symbol": one.signal.symbol,
                "side": one.signal.side,
                "signal_price": one.signal.price,
                "price": one.price,
                "verdict": one.verdict,
                "reason": one.reason,
            }
            for one in found.reports
        ],
    }
