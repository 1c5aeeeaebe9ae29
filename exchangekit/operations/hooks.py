"""Calling hooks: observers can do no harm, a gate that fails is a veto.

Pluggy calls them, in its order and with its wrappers. It would stop at the first that fails, so
each is registered here once more, inside a shell that keeps its failure to itself.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator
from types import SimpleNamespace
from typing import Any

import pluggy

from exchangekit.hookspecs import (
    OrderEvent,
    OrderIntent,
    ReplyEvent,
    RequestEvent,
    WaitEvent,
    hookimpl,
    new_manager,
)

log = logging.getLogger("exchangekit.hooks")

_OBSERVERS = (
    "exchangekit_on_request",
    "exchangekit_on_reply",
    "exchangekit_on_wait",
    "exchangekit_on_order_outcome",
)


class Hooks:
    """The hooks of one connection."""

    def __init__(self, manager: pluggy.PluginManager) -> None:
        self._manager = new_manager()
        for name in _OBSERVERS:
            for one in getattr(manager.hook, name).get_hookimpls():
                made = _watching(one, name) if _wraps(one) else _observing(one, name)
                self._manager.register(SimpleNamespace(**{name: made}))
        for one in manager.hook.exchangekit_before_order.get_hookimpls():
            made = _around_gates(one) if _wraps(one) else _gate(one)
            self._manager.register(SimpleNamespace(exchangekit_before_order=made))
        heard = self._callers("exchangekit_on_order_outcome")
        self.on_order_outcome = self.order_outcome if heard else None
        self.has_gates = self._callers("exchangekit_before_order")
        """Whether an order must be shown to anybody before it leaves."""

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
        self._manager.hook.exchangekit_on_wait(event=event)

    def request(self, event: RequestEvent) -> None:
        self._manager.hook.exchangekit_on_request(event=event)

    def reply(self, event: ReplyEvent) -> None:
        self._manager.hook.exchangekit_on_reply(event=event)

    def order_outcome(self, event: OrderEvent) -> None:
        self._manager.hook.exchangekit_on_order_outcome(event=event)

    def veto(self, intent: OrderIntent) -> str | None:
        """The reasons of all gates that refuse, None if all agree."""
        return "; ".join(self._manager.hook.exchangekit_before_order(intent=intent)) or None


def _wraps(one: pluggy.HookImpl) -> bool:
    return one.wrapper or one.hookwrapper


def _call(one: pluggy.HookImpl, argument: Any) -> Any:
    return one.function(*([argument] if one.argnames else []))


def _wrapped(
    one: pluggy.HookImpl, argument: Any, failed: Callable[[Exception], None]
) -> Generator[None, Any, tuple[Any, Any]]:
    """A wrapper of either style around the others: what they said, and what it made of that. One
    that fails leaves it as it was."""
    try:
        inner = _call(one, argument)
        next(inner)
    except Exception as problem:
        failed(problem)
        told = yield
        return told, told
    try:
        told = yield
    except BaseException:
        inner.close()
        raise
    handed = pluggy.Result.from_call(lambda: told)
    try:
        inner.send(handed if one.hookwrapper else told)
    except StopIteration as end:
        try:
            return told, handed.get_result() if one.hookwrapper else end.value
        except Exception as problem:
            failed(problem)
    except Exception as problem:
        failed(problem)
    else:
        inner.close()
        failed(RuntimeError("it yields a second time"))
    return told, told


def _observing(one: pluggy.HookImpl, name: str) -> Any:
    def observe(event: Any) -> None:
        try:
            _call(one, event)
        except Exception as problem:
            _log(f"the hook {name}", one, problem)

    return hookimpl(observe)


def _watching(one: pluggy.HookImpl, name: str) -> Any:
    def watch(event: Any) -> Generator[None, Any, Any]:
        told, _ = yield from _wrapped(
            one, event, lambda problem: _log(f"the hook {name}", one, problem)
        )
        return told

    return hookimpl(wrapper=True)(watch)


def _gate(one: pluggy.HookImpl) -> Any:
    def ask(intent: OrderIntent) -> str | None:
        try:
            reason = _call(one, intent)
        except Exception as problem:
            reason = _broken(one, problem)
        return f"{one.plugin_name}: {reason}" if reason else None

    return hookimpl(ask)


def _around_gates(one: pluggy.HookImpl) -> Any:
    """A wrapper sees the reasons of the gates inside it and may add its own; it lifts none."""

    def around(intent: OrderIntent) -> Generator[None, Any, list[str]]:
        broken: list[str] = []
        told, made = yield from _wrapped(
            one, intent, lambda problem: broken.append(_broken(one, problem))
        )
        said = made if isinstance(made, (list, tuple)) else [made]
        added = [reason for reason in (*said, *broken) if reason and reason not in told]
        return [*told, *(f"{one.plugin_name}: {reason}" for reason in added)]

    return hookimpl(wrapper=True)(around)


def _broken(one: pluggy.HookImpl, problem: Exception) -> str:
    _log("the order gate", one, problem)
    return f"the gate itself failed ({problem!r})"


def _log(what: str, one: pluggy.HookImpl, problem: Exception) -> None:
    log.error("%s of %s failed", what, one.plugin_name, exc_info=problem)
