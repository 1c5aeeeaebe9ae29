"""The kit's operations and policy, and a witness who is told what they need and what goes out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol, TypeVar

from exchangekit.adapter.base import Adapter, Environment
from exchangekit.adapter.credentials import Credentials
from exchangekit.adapter.request import Call, Outgoing, Request
from exchangekit.adapter.signing import Stamp
from exchangekit.hookspecs import RequestEvent
from exchangekit.operations import Connection, Hooks
from exchangekit.runtime.attempt import Attempt
from exchangekit.runtime.effects import Flow
from exchangekit.runtime.limits import Limits
from exchangekit.runtime.nonces import Nonces
from exchangekit.runtime.policy import Look, Policy, Settings

T = TypeVar("T")


class Witness(Protocol):
    """Who is told. ``nonces`` are those of all connections of its check, and of no other: a replay
    begins as the recording did."""

    nonces: Nonces

    def asked_for(self, operation: str) -> None:
        """The adapter's operation is about to be used, whether it has it or not."""

    def going_out(self, event: RequestEvent, request: Request, call: Call[Any] | None) -> None:
        """A request leaves; `call` is what it was described for, None for the kit's own."""

    def signed(self, real: Outgoing, twin: Callable[[Credentials], Outgoing]) -> None:
        """A request was signed; `twin` is the same one signed with other keys."""


class WatchedConnection(Connection):
    """The kit's connection, with every operation that is needed told to the witness."""

    def __init__(self, witness: Witness, policy: Policy, hooks: Hooks, environment: str) -> None:
        super().__init__(policy, hooks, environment)
        self._witness = witness

    def need(self, operation: str) -> None:
        self._witness.asked_for(operation)
        super().need(operation)


class WatchedPolicy(Policy):
    """The kit's policy, with every request shown to the witness."""

    def __init__(
        self,
        witness: Witness,
        adapter: Adapter,
        place: Environment,
        credentials: Credentials | None,
        limits: Limits,
        settings: Settings,
    ) -> None:
        super().__init__(adapter, place, credentials, limits, settings, on_request=self._leaving)
        self.nonces = witness.nonces
        self._witness = witness
        self._calls: dict[str, Call[Any]] = {}
        self._last: Request | None = None

    def carry(self, attempt: Attempt, call: Call[T], look: Look[T] | None = None) -> Flow[T]:
        self._calls[attempt.operation] = call
        return super().carry(attempt, call, look)

    def outgoing(self, request: Request, stamp: Stamp | None) -> Outgoing:
        made = super().outgoing(request, stamp)
        self._last = request
        if stamp is not None and self.credentials is not None:
            self._witness.signed(made, lambda dummy: self._signed_by(dummy, request, stamp))
        return made

    def _signed_by(self, dummy: Credentials, request: Request, stamp: Stamp) -> Outgoing:
        mine, self.credentials = self.credentials, dummy
        try:
            return super().outgoing(request, stamp)
        finally:
            self.credentials = mine

    def sample_clock(self) -> Flow[datetime]:
        self._witness.asked_for("fetch_time")
        return super().sample_clock()

    def _leaving(self, event: RequestEvent) -> None:
        assert self._last is not None
        call = self._calls.get(event.operation)
        fits = call is not None and call.request is self._last
        self._witness.going_out(event, self._last, call if fits else None)
