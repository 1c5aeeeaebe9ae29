"""What happens between venues, told to whoever listens: a function, an async iterator, the log."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from exchangekit.failover.health import HealthEvent
from exchangekit.models.orders import OrderRequest

log = logging.getLogger("exchangekit.failover")

_KEPT = 200


@dataclass(frozen=True, slots=True)
class OrderMoved:
    """An order is proven not to exist at ``before`` and goes to ``after`` (both are keys such as
    ``"mexc"``), ``seconds`` after it was asked for. ``cause`` is why."""

    client_order_id: str
    symbol: str
    before: str
    after: str
    cause: str
    seconds: float
    at: datetime

    def __str__(self) -> str:
        return (
            f"order {self.client_order_id} ({self.symbol}) moves from {self.before} to"
            f" {self.after} after {self.seconds:.2f} s: {self.cause}"
        )


@dataclass(frozen=True, slots=True)
class OrderAdapted:
    """An order was rounded for the venue ``key``: ``difference`` says what became what."""

    asked: OrderRequest
    sent: OrderRequest
    key: str
    difference: str
    at: datetime

    def __str__(self) -> str:
        return f"order {self.sent.client_order_id} was rounded for {self.key}: {self.difference}"


FailoverEvent: TypeAlias = HealthEvent | OrderMoved | OrderAdapted
Listener: TypeAlias = Callable[[FailoverEvent], None]


class Events:
    """Those of one failover. Listeners can do no harm: one that fails is logged."""

    def __init__(self, listener: Listener | None = None) -> None:
        self._listener = listener
        self._queues: set[tuple[asyncio.AbstractEventLoop, asyncio.Queue[FailoverEvent]]] = set()
        self.recent: deque[FailoverEvent] = deque(maxlen=_KEPT)

    def tell(self, event: FailoverEvent | None) -> None:
        """Tell everybody; None is no event."""
        if event is None:
            return
        self.recent.append(event)
        log.log(logging.WARNING if _is_trouble(event) else logging.INFO, "%s", event)
        if self._listener is not None:
            try:
                self._listener(event)
            except Exception:
                log.exception("the on_event function of the failover failed")
        for loop, queue in tuple(self._queues):
            try:
                loop.call_soon_threadsafe(queue.put_nowait, event)
            except RuntimeError:  # its loop is closed
                self._queues.discard((loop, queue))

    async def follow(self) -> AsyncIterator[FailoverEvent]:
        """Events from now on, as they come; ends with whoever iterates."""
        mine = asyncio.get_running_loop(), asyncio.Queue[FailoverEvent]()
        self._queues.add(mine)
        try:
            while True:
                yield await mine[1].get()
        finally:
            self._queues.discard(mine)


def _is_trouble(event: FailoverEvent) -> bool:
    return isinstance(event, OrderMoved) or (isinstance(event, HealthEvent) and bool(event.cause))
