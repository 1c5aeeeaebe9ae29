"""The reading half of the demo, on the real venues: public prices only, nothing is placed."""

from __future__ import annotations

from collections.abc import Sequence

from exchangekit.cli.demo import signal_strategy as strategy
from exchangekit.cli.demo.signal_strategy import Signal
from exchangekit.cli.failures import OK, REFUSED
from exchangekit.cli.output import show_line, show_table, table
from exchangekit.connect import connect_sync
from exchangekit.errors import ExchangeError
from exchangekit.runtime.transport import Timeouts

_PATIENCE = Timeouts(connect=4, read=6, attempt=6, total=10)


def compare_prices(venues: Sequence[str], signals: Sequence[Signal]) -> int:
    """Show what each signal is worth now; the exit code is 1 if a venue cannot be reached."""
    show_line("Signals against live prices. Nothing is placed, and no keys are used.")
    reached = [_compare(venue, signals) for venue in venues]
    return OK if all(reached) else REFUSED


def _compare(venue: str, signals: Sequence[Signal]) -> bool:
    show_line("")
    with connect_sync(venue, timeouts=_PATIENCE) as prices:
        try:
            prices.fetch_time()
            prices.load_markets()
        except ExchangeError as problem:
            show_line(f"{venue} cannot be reached from here: {problem}", "red")
            return False
        show_line(f"{venue}, live ({prices.base_url})", "bold")
        reports = [strategy.check_sync(prices, signal) for signal in signals]
    made = table(["signal", "signal price", "price now", "verdict"], right=["signal price"])
    rows = (
        (
            f"{one.signal.side} {one.signal.symbol}",
            one.signal.price,
            one.price,
            f"{one.verdict}: {one.reason}",
        )
        for one in reports
    )
    show_table(made, rows)
    return True
