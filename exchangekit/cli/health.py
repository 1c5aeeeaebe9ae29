"""How venues are, in the words of the command line: circuits, failover events, seconds."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from rich.text import Text

from exchangekit.cli.failures import printable
from exchangekit.failover import Circuit, FailoverEvent, HealthEvent, OrderMoved, State

LOG = "exchangekit.failover"


def circuit_cell(circuit: Circuit, now: float) -> Text:
    """How one kind of operation is at a venue, `now` on the monotonic clock."""
    if circuit.state is State.CLOSED:
        return Text("well", style="green")
    if circuit.state is State.HALF_OPEN:
        return Text("being tried", style="yellow")
    left = (circuit.retry_at or now) - now
    return Text(f"ill for {seconds_words(left)}" if left > 0 else "ill, may be tried", style="red")


def seconds_words(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds >= 10 else f"{seconds:.1f} s"


def event_words(event: FailoverEvent) -> str:
    """One line for a person; `str(event)` is the log's."""
    if isinstance(event, OrderMoved):
        return printable(
            f"the {event.symbol} order moves from {event.before} to {event.after},"
            f" {seconds_words(event.seconds)} after it was asked for: {event.cause}"
        )
    if not isinstance(event, HealthEvent):
        return printable(str(event))
    who = " ".join(part for part in (event.venue, event.account) if part)
    if event.after is State.CLOSED:
        return printable(f"{who}, {event.kind}: well again")
    if event.after is State.HALF_OPEN:
        return printable(f"{who}, {event.kind}: one request tries whether it is back")
    pause = "" if event.retry_in is None else f", passed over for {seconds_words(event.retry_in)}"
    return printable(f"{who}, {event.kind}: ill{pause} ({event.cause})")


@contextmanager
def events_are_shown() -> Iterator[None]:
    """What a screen shows is not logged beside it: without a handler the log goes to the screen."""
    log, silent = logging.getLogger(LOG), logging.NullHandler()
    log.addHandler(silent)
    try:
        yield
    finally:
        log.removeHandler(silent)
