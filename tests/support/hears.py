"""Who hears how orders end."""

from __future__ import annotations

from exchangekit import OrderEvent, hookimpl


class Hears:
    """`events` are those that were told, in their order."""

    def __init__(self) -> None:
        self.events: list[OrderEvent] = []

    @hookimpl
    def exchangekit_on_order_outcome(self, event: OrderEvent) -> None:
        self.events.append(event)
