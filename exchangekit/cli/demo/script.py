"""What goes wrong at the first venue of a failover, and before which signal.

Each act is a generator: what it yields are moments in which the strategy's program may do something
else, so that one script serves async and sync.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from exchangekit.cli.demo.ledger import Ledger
from exchangekit.failover import Circuit, Kind, State

NAP = 0.05
"""Seconds between two looks."""
FAIR_WAIT = 30.0
"""Seconds after which the demo goes on without what it waits for."""
PAGE = "<html><body>Service Unavailable</body></html>"
OUTAGE = 3600.0
"""Seconds; it ends when the script says so."""

Health = Callable[[], Mapping[str, Mapping[Kind, Circuit]]]
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Stage:
    """The venue that fails, and who looks on."""

    venue: str
    simulated: Any
    health: Health
    say: Say

    @property
    def ledger(self) -> Any:
        """The venue's control interface, on this side of the network."""
        return self.simulated.control


Act = Callable[[Stage], Iterator[None]]


def loses_a_reply(stage: Stage) -> Iterator[None]:
    stage.say(f"{stage.venue} will take the next order, and its reply gets lost on the way")
    stage.ledger.set_faults([{"operation": "create_order", "action": "drop", "at": "after"}])
    yield from ()


def may_be_tried(stage: Stage) -> Iterator[None]:
    """The next signal comes when the pause is over for which the venue is passed over."""
    yield from _until(lambda: all(map(_is_due, stage.health()[stage.venue].values())))


def is_trusted_again(stage: Stage) -> Iterator[None]:
    """The next signal comes when one request has shown that the venue is well."""
    yield from _until(lambda: all(map(_is_well, stage.health()[stage.venue].values())))


def is_overloaded(stage: Stage) -> Iterator[None]:
    yield from is_trusted_again(stage)
    stage.say(f"a gateway before {stage.venue} answers the next order with 503, and prices too")
    # Not in the venue's words: it may have the order.
    page = {"action": "reply", "status": 503, "body": PAGE, "content_type": "text/html"}
    prices = {**page, "operation": "fetch_ticker", "count": 0}
    stage.ledger.set_faults([prices, {**page, "operation": "create_order"}])


def is_away(stage: Stage) -> Iterator[None]:
    stage.ledger.set_faults([{"action": "refuse", "seconds": OUTAGE}])
    yield from _until(lambda: not _listens(stage))
    stage.say(f"{stage.venue} refuses connections")


def is_back(stage: Stage) -> Iterator[None]:
    stage.ledger.clear_faults()
    yield from _until(lambda: _listens(stage))
    stage.say(f"{stage.venue} answers again")
    yield from may_be_tried(stage)


ACTS: Mapping[int, Act] = {
    1: loses_a_reply,
    2: may_be_tried,
    3: is_overloaded,
    4: is_away,
    6: is_back,
    7: is_trusted_again,
}
"""By the number of the signal that comes next, counted from 0. What is tried again is tried beside
an order that goes to the next venue: so the order after that one comes back."""


def _is_due(circuit: Circuit) -> bool:
    return circuit.retry_at is None or circuit.retry_at <= time.monotonic()


def _is_well(circuit: Circuit) -> bool:
    return circuit.state is State.CLOSED


def _listens(stage: Stage) -> bool:
    with Ledger(stage.simulated.url) as ledger:
        return ledger.answers()


def _until(is_so: Callable[[], bool]) -> Iterator[None]:
    limit = time.monotonic() + FAIR_WAIT
    while not is_so() and time.monotonic() < limit:
        yield
