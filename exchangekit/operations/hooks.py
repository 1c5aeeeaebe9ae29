"""Calling hooks: observers can do no harm, a gate that fails is a veto."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import pluggy

from exchangekit.hookspecs import OrderEvent, OrderIntent, ReplyEvent, RequestEvent, WaitEvent

log = logging.getLogger("exchangekit.hooks")


class Hooks:
    """The hooks of one connection."""

    def __init__(self, manager: pluggy.PluginManager) -> None:
        self._manager = manager

    def _callers(self, name: str) -> bool:
        return bool(getattr(self._manager.hook, name).get_hookimpls())

    @property
    def on_request(self) -> Callable[[RequestEvent], None] | None:
        """None while nobody listens, so that nobody pays for it."""
        return self.request if self._callers("exchangekit_on_request") else None

    @property
    def on_reply(self) -> Callable[[ReplyEvent], None] | None:
        return self.reply if self._callers("exchangekit_on_reply") else None

    @property
    def on_wait(self) -> Callable[[WaitEvent], None] | None:
        return self.wait if self._callers("exchangekit_on_wait") else None

    def wait(self, event: WaitEvent) -> None:
        self._tell("exchangekit_on_wait", event)

    def request(self, event: RequestEvent) -> None:
        self._tell("exchangekit_on_request", event)

    def reply(self, event: ReplyEvent) -> None:
        self._tell("exchangekit_on_reply", event)

    def order_outcome(self, event: OrderEvent) -> None:
        self._tell("exchangekit_on_order_outcome", event)

    def _tell(self, name: str, event: Any) -> None:
        # One by one: pluggy would stop at the first observer that fails.
        for observer in reversed(getattr(self._manager.hook, name).get_hookimpls()):
            try:
                observer.function(*([event] if observer.argnames else []))
            except Exception:
                log.exception("the hook %s of %s failed", name, observer.plugin_name)

    def veto(self, intent: OrderIntent) -> str | None:
        """The reasons of all gates that refuse, None if all agree."""
        reasons = []
        for gate in reversed(self._manager.hook.exchangekit_before_order.get_hookimpls()):
            try:
                reason = gate.function(*([intent] if gate.argnames else []))
            except Exception as problem:
                log.exception("the order gate of %s failed", gate.plugin_name)
                reason = f"the gate itself failed ({problem!r})"
            if reason:
                reasons.append(f"{gate.plugin_name}: {reason}")
        return "; ".join(reasons) or None
