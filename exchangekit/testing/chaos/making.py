"""How a worker's exchanges are made: the one place where that is decided.

Nothing of the kit is changed but two numbers, so that a run takes minutes and not hours: the order
window, which is an option of `connect`, and how much later than the fence "not found" counts, which
a venue's plugin declares. The plugins say 1 and 5 seconds, since real venues stall and real copies
lag; the simulated ones here keep to less, by the plan. How a proof is made is the product's.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from exchangekit.connect import connect, connect_sync
from exchangekit.exchange import Exchange, SyncExchange
from exchangekit.failover import (
    Failover,
    FailoverEvent,
    HealthSettings,
    OrderMoved,
    SyncFailover,
)
from exchangekit.hookspecs import OrderEvent, hookimpl
from exchangekit.plugins import installed
from exchangekit.runtime.transports import Timeouts
from exchangekit.testing.chaos.brief import Brief
from exchangekit.testing.chaos.caller import Lost
from exchangekit.testing.chaos.notes import Notes
from exchangekit.testing.chaos.trouble import PACE
from exchangekit.testing.chaos.which import VENUES
from exchangekit.testing.tested import tested_transport


class _Listener:
    """Notes which orders it had to be found out about."""

    def __init__(self, lost: Lost) -> None:
        self._lost = lost

    @hookimpl
    def exchangekit_on_order_outcome(self, event: OrderEvent) -> None:
        name = event.client_order_id
        if event.operation == "create_order" and event.lost is not None and name is not None:
            self._lost[name] = type(event.lost.__cause__ or event.lost).__name__


def exchanges(brief: Brief, notes: Notes, lost: Lost) -> dict[str, Exchange]:
    """Where orders go that are planned for each venue, async: that venue alone, or a failover that
    prefers it. All failovers have one name, so that they share a journal."""
    shorten_margins()

    def one(venue: str) -> Exchange:
        return connect(venue, **_options(venue, brief, lost))

    if not brief.size.failover:
        return {venue: one(venue) for venue in VENUES}
    return {
        first: Failover([one(venue) for venue in _preferring(first)], **_of_failovers(notes))
        for first in VENUES
    }


def sync_exchanges(brief: Brief, notes: Notes, lost: Lost) -> dict[str, SyncExchange]:
    """As `exchanges`, sync."""
    shorten_margins()

    def one(venue: str) -> SyncExchange:
        return connect_sync(venue, **_options(venue, brief, lost))

    if not brief.size.failover:
        return {venue: one(venue) for venue in VENUES}
    return {
        first: SyncFailover([one(venue) for venue in _preferring(first)], **_of_failovers(notes))
        for first in VENUES
    }


def _preferring(first: str) -> list[str]:
    at = VENUES.index(first)
    return [*VENUES[at:], *VENUES[:at]]


def _of_failovers(notes: Notes) -> Any:
    def told(event: FailoverEvent) -> None:
        if isinstance(event, OrderMoved):
            where = {"before": event.before, "after": event.after, "why": event.cause}
            notes.write(event.client_order_id, "moved", seconds=event.seconds, **where)

    health = HealthSettings(first_pause=PACE.window / 2, longest_pause=4 * PACE.window)
    return {"name": "chaos", "on_event": told, "health": health}


def shorten_margins() -> None:
    """Let "not found" count sooner after the fence than the plugins declare, in this process."""
    for venue in VENUES:
        declared = installed().venues[venue]
        fence = replace(declared.capabilities.fence, margin=timedelta(seconds=PACE.margin))
        hasty = {"capabilities": replace(declared.capabilities, fence=fence)}
        installed().venues[venue] = type(f"Hasty{declared.__name__}", (declared,), hasty)


def _options(venue: str, brief: Brief, lost: Lost) -> Any:
    timeouts = Timeouts(
        connect=PACE.attempt, read=PACE.attempt, attempt=PACE.attempt, total=PACE.total
    )
    options: dict[str, Any] = {
        "base_url": brief.addresses[venue],
        "env_file": None,
        "order_window": int(PACE.window * 1000),
        "timeouts": timeouts,
        "hooks": [_Listener(lost)],
        "transport": tested_transport(),
        **brief.keys,
    }
    return options
