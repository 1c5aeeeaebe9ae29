"""The failover run while it goes on: a live view in a terminal, else a line for each thing that
happens."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.text import Text

from exchangekit.cli.demo.failover_run import Running, Screen
from exchangekit.cli.demo.proofs import Handled, ProofAwaited, outcome_of, proof_of
from exchangekit.cli.demo.signal_strategy import Signal
from exchangekit.cli.failures import printable
from exchangekit.cli.health import circuit_cell, event_words, seconds_words
from exchangekit.cli.output import console, fitted, show_line, table
from exchangekit.failover import FailoverEvent, Kind

PER_SECOND = 8
PACE = 0.25
_MOST_EVENTS = 9
_STEADY, _WIDE = 17, 78
"""How wide a column is, so that the table stands still, in a terminal that has the room."""
_OTHER_LINES = 15
"""What stands around the events."""


class Silence:
    """Nobody looks: for programs."""

    pace = 0.0
    tell_request: Callable[[str], None] | None = None

    def begin(self, run: Running) -> None:
        pass

    def say(self, text: str) -> None:
        pass

    def happened(self, event: FailoverEvent) -> None:
        self.say(event_words(event))

    def trades(self, number: int, signal: Signal) -> None:
        pass

    def awaits(self, awaited: ProofAwaited) -> None:
        pass

    def handled(self, one: Handled) -> None:
        pass


class Lines(Silence):
    """A line for each thing that happens."""

    def __init__(self, *, verbose: bool) -> None:
        self.tell_request = self.say if verbose else None
        self._began = time.monotonic()
        self._lock = threading.Lock()

    def begin(self, run: Running) -> None:
        self._began = time.monotonic()
        show_line("")
        show_line(title(run), "bold")

    def say(self, text: str) -> None:
        with self._lock:
            console().print(Text(_stamped(self._began, text)))

    def trades(self, number: int, signal: Signal) -> None:
        self.say(f"signal {number}: {signal.side} {signal.symbol}")

    def awaits(self, awaited: ProofAwaited) -> None:
        self.say(
            f"{awaited.venue} does not say whether it took the order: it is looked for, and that it"
            f" never took it is proven in {seconds_words(awaited.seconds)} at the earliest"
        )

    def handled(self, one: Handled) -> None:
        self.say(handled_words(one))


class LiveView(Silence):
    """A picture of the run, drawn anew several times a second."""

    pace = PACE

    def __init__(self, out: Console) -> None:
        self._out = out
        self._run: Running | None = None
        self._began = time.monotonic()
        self._events: deque[str] = deque(maxlen=_MOST_EVENTS)
        self._now = ""

    def begin(self, run: Running) -> None:
        self._began, self._now = time.monotonic(), ""
        self._events.clear()
        self._run = run

    def say(self, text: str) -> None:
        self._events.append(_stamped(self._began, text))

    def trades(self, number: int, signal: Signal) -> None:
        of = self._run.signals if self._run is not None else number
        self._now = f"signal {number} of {of}: {signal.side} {signal.symbol}"

    def handled(self, one: Handled) -> None:
        self.say(handled_words(one))

    def picture(self) -> RenderableType:
        """All of it, as it is now."""
        run = self._run
        if run is None:
            return Text("The venues start …")
        now = time.monotonic()
        room = max(2, min(_MOST_EVENTS, self._out.height - _OTHER_LINES))
        events = [
            Text(one, no_wrap=True, overflow="ellipsis") for one in list(self._events)[-room:]
        ]
        return Group(
            Text(title(run), style="bold"),
            Text(),
            _venues(run, now, self._out),
            Text(),
            Text(f"now    {self._now}", no_wrap=True, overflow="ellipsis"),
            _waiting(run, now),
            Text(),
            *events,
        )


@contextmanager
def screen(*, quiet: bool, verbose: bool) -> Iterator[Screen]:
    """Who shows it: a live view only where it can be drawn and nothing else is told."""
    out = console()
    if quiet:
        yield Silence()
    elif verbose or not out.is_terminal or out.is_dumb_terminal:
        yield Lines(verbose=verbose)
    else:
        view = LiveView(out)
        with Live(
            get_renderable=view.picture,
            console=out,
            refresh_per_second=PER_SECOND,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        ):
            yield view


def title(run: Running) -> str:
    first, *others = run.venues
    call = "Failover" if run.variant == "async" else "SyncFailover"
    return f"{call}: {first} first, then {', then '.join(others)}; {first} will fail"


def handled_words(one: Handled) -> str:
    signal = one.report.signal
    at = f" at {one.venue}" if one.venue is not None else ""
    over = f", {' and '.join(one.passed_over)} passed over" if one.passed_over else ""
    return (
        f"{signal.side} {signal.symbol}: {outcome_of(one.report)}{at}{over} ({proof_of(one)};"
        f" {one.seconds:.2f} s)"
    )


def _venues(run: Running, now: float, out: Console) -> RenderableType:
    made = table(["venue", "prices", "account", "orders", "taken"], right=["taken"])
    for column in made.columns[1:-1]:
        column.min_width = _STEADY if out.width >= _WIDE else None
    for column in made.columns:
        column.no_wrap = True
    health = run.health()
    rows = [
        (
            venue,
            *(circuit_cell(health[venue][kind], now) for kind in Kind),
            run.hearing.orders.get(venue, 0),
        )
        for venue in run.venues
    ]
    return fitted(made, rows, out)


def _waiting(run: Running, now: float) -> Text:
    awaited = run.hearing.awaited
    if awaited is None:
        return Text()
    left = awaited.since + awaited.seconds - now
    when = f"{left:.0f} s" if left >= 0.5 else "any moment"
    return Text(
        f"       waiting for proof that {awaited.venue} never took it: {when}",
        style="yellow",
        no_wrap=True,
        overflow="ellipsis",
    )


def _stamped(began: float, text: str) -> str:
    return f"{time.monotonic() - began:5.1f} s  {printable(text)}"
