"""The hooks that plugins may implement, and the events that they are shown.

Everything in an event is redacted: no key, signature, passphrase or secret is in reach of a hook.
Observers may not change anything, and an observer that fails is logged and ignored. A
``exchangekit_before_order`` gate that fails stops the order: a broken risk check is no permission.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pluggy

from exchangekit.adapter.base import Adapter
from exchangekit.adapter.request import Params
from exchangekit.errors import ExchangeError, Outcome
from exchangekit.models.market import Market
from exchangekit.models.orders import (
    CancelAllRequest,
    CancelReport,
    Change,
    Order,
    OrderRequest,
)

GROUP = "exchangekit"
hookspec = pluggy.HookspecMarker(GROUP)
hookimpl = pluggy.HookimplMarker(GROUP)


@dataclass(frozen=True, slots=True)
class OrderIntent:
    """An order that is about to be sent."""

    venue: str
    account: str | None
    market: Market
    order: OrderRequest


@dataclass(frozen=True, slots=True)
class RequestEvent:
    """A request that goes out. ``params`` are the caller's, without key, stamp or signature."""

    venue: str
    account: str | None
    operation: str
    attempt: int
    method: str
    path: str
    params: Params
    client_order_id: str | None


@dataclass(frozen=True, slots=True)
class ReplyEvent:
    """What came of a request: ``status`` is None if nothing came back, ``error`` None if good."""

    venue: str
    account: str | None
    operation: str
    attempt: int
    status: int | None
    seconds: float
    size: int
    error: ExchangeError | None
    client_order_id: str | None


@dataclass(frozen=True, slots=True)
class WaitEvent:
    """A call that has waited, or is about to, for longer than a second in all. ``seconds`` is the
    wait that begins now, ``waited`` all waits of the call with it, ``why`` what it is for."""

    venue: str
    account: str | None
    operation: str
    seconds: float
    waited: float
    why: str
    client_order_id: str | None


@dataclass(frozen=True, slots=True)
class OrderEvent:
    """How a request to place or cancel ended: ``operation`` is ``"create_order"``,
    ``"cancel_order"`` or ``"cancel_all_orders"``, and ``request`` an order or a cancel.

    ``outcome`` None means that the venue did it, and then ``order`` is set, or ``report`` for
    `cancel_all_orders`. ``error`` is what the caller gets; for a cancelled task or a Ctrl-C it is
    that exception. ``lost`` is why it had to be found out what became of the request, None where
    the venue's answer told it.
    """

    venue: str
    account: str | None
    operation: str
    request: Change
    outcome: Outcome | None
    order: Order | None
    error: BaseException | None
    report: CancelReport | None = None
    lost: ExchangeError | None = None

    @property
    def client_order_id(self) -> str | None:
        """The client order id that the request names, if it names one."""
        return None if isinstance(self.request, CancelAllRequest) else self.request.client_order_id


class ExchangeKitHooks:
    """The hook specifications. A plugin implements any of them with ``@exchangekit.hookimpl``."""

    @hookspec
    def exchangekit_venues(self) -> Iterable[type[Adapter]]:
        """Adapters that this plugin offers."""
        return ()

    @hookspec
    def exchangekit_simulated_venues(self) -> Mapping[str, Any]:
        """Simulated venues by name: ``{"name": Dialect class}``. Called only when one is wanted,
        so import the dialect inside the function."""
        return {}

    @hookspec
    def exchangekit_before_order(self, intent: OrderIntent) -> str | None:
        """A risk gate, called before an order is sent. Return a reason to veto it, None to agree.

        All gates are asked; one veto is enough.
        """

    @hookspec
    def exchangekit_on_request(self, event: RequestEvent) -> None:
        """A request goes out."""

    @hookspec
    def exchangekit_on_reply(self, event: ReplyEvent) -> None:
        """A reply came, or none did."""

    @hookspec
    def exchangekit_on_wait(self, event: WaitEvent) -> None:
        """A call waits for the venue's limits, or to try again, for longer than a second."""

    @hookspec
    def exchangekit_on_order_outcome(self, event: OrderEvent) -> None:
        """A request to place or to cancel ended: done, refused, not sent or unknown."""


def new_manager() -> pluggy.PluginManager:
    """A pluggy manager that knows these hooks and no plugin."""
    manager = pluggy.PluginManager(GROUP)
    manager.add_hookspecs(ExchangeKitHooks)
    return manager
