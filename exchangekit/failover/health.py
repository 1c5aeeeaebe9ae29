"""The health of several venues: which may be asked, which is passed over, and why.

Kept for each account and each `Kind` of operation by itself: a venue whose orders fail may still
tell prices. Nothing here reads a clock, sends or waits.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from exchangekit.adapter.credentials import AccountId
from exchangekit.adapter.operations import BY_NAME
from exchangekit.errors import ExchangeError
from exchangekit.excerpts import excerpt
from exchangekit.failover.circuits import (
    Admission,
    Circuit,
    HealthSettings,
    State,
    admitted,
    after,
)
from exchangekit.failover.signs import Sign, root_of, seconds_said, sign_of
from exchangekit.runtime.processes import of_one_process

__all__ = [
    "Admission", "Circuit", "Health", "HealthEvent", "HealthSettings", "Kind", "Sign", "State",
    "kind_of",
]  # fmt: skip


class Kind(StrEnum):
    """What an operation needs of a venue."""

    PUBLIC = "public"
    """Market data."""
    PRIVATE = "private"
    """Reads about the account."""
    TRADING = "trading"
    """What changes something, or would: test orders."""


def kind_of(operation: str) -> Kind:
    """The kind of an operation of `exchangekit.adapter.operations`."""
    asked = BY_NAME[operation]
    if not asked.private:
        return Kind.PUBLIC
    return Kind.TRADING if asked.changes else Kind.PRIVATE


@dataclass(frozen=True, slots=True)
class HealthEvent:
    """A circuit came to another state: ``before``, ``after``.

    ``account`` is the name of the account, ``cause`` the last sign of illness (None: it is healthy
    again), ``retry_in`` for how many seconds the venue is passed over, ``at`` the time in UTC.
    """

    venue: str
    account: str | None
    kind: Kind
    before: State
    after: State
    cause: str | None
    retry_in: float | None
    at: datetime

    def __str__(self) -> str:
        who = " ".join(part for part in (self.venue, self.account, self.kind) if part)
        said = str(self.after)
        if self.retry_in is not None:
            said += f" for {_rounded(self.retry_in)} s"
        elif self.after is State.HALF_OPEN:
            said += ", one request tries"
        else:
            said += ", healthy again"
        return f"{who}: {said}: {self.cause}" if self.cause else f"{who}: {said}"


def _rounded(seconds: float) -> str:
    return f"{seconds:.0f}" if seconds >= 10 else f"{seconds:.2g}"


_HEALTHY = Circuit()


class Health:
    """The circuits of all accounts. May be used from several threads.

    ``now`` and ``sent`` are seconds on the monotonic clock, ``at`` is the time in UTC.
    """

    def __init__(self, settings: HealthSettings | None = None) -> None:
        self.settings = settings or HealthSettings()
        self._circuits: dict[tuple[AccountId, Kind], Circuit] = {}
        self._lock = threading.Lock()
        of_one_process(self)

    def after_fork(self) -> None:
        self._lock = threading.Lock()
        for key, circuit in self._circuits.items():
            # Whoever waits for the answer to a probe stayed in the parent.
            self._circuits[key] = replace(circuit, probe_at=None)

    def circuit(self, account: AccountId, kind: Kind) -> Circuit:
        """How it is; healthy where nothing was observed yet."""
        return self._circuits.get((account, kind), _HEALTHY)

    def snapshot(self) -> dict[tuple[AccountId, Kind], Circuit]:
        """All circuits of which something was observed, for a monitor."""
        with self._lock:
            return dict(self._circuits)

    def admits(
        self, account: AccountId, kind: Kind, *, now: float, at: datetime
    ) -> tuple[Admission, HealthEvent | None]:
        """Whether a request may go out now; the event if that changes the state.

        Whoever is told PROBE has the only place, until it is observed or noted what came of it
        (NEUTRAL for a request that was given up). Its `sent` must not be earlier than this `now`.
        """
        with self._lock:
            before = self.circuit(account, kind)
            admission, circuit = admitted(before, now, self.settings)
            return admission, self._keep(account, kind, before, circuit, now, at)

    def observe(
        self,
        account: AccountId,
        kind: Kind,
        error: ExchangeError | None,
        *,
        sent: float,
        now: float,
        at: datetime,
    ) -> HealthEvent | None:
        """What came of a request that went out at `sent`: a result (`error` None) or an error.
        The event if that changes the state."""
        took = now - sent
        sign = sign_of(error, took, self.settings.slow_after)
        cause: str | None = None
        if sign is Sign.SLOW:
            cause = f"an answer took {took:.1f} s, the bound is {self.settings.slow_after:g} s"
        elif error is not None:
            cause = root_of(error).message
        return self.note(
            account,
            kind,
            sign,
            sent=sent,
            now=now,
            at=at,
            cause=cause,
            seconds=seconds_said(error, at),
        )

    def note(
        self,
        account: AccountId,
        kind: Kind,
        sign: Sign,
        *,
        sent: float,
        now: float,
        at: datetime,
        cause: str | None = None,
        seconds: float | None = None,
    ) -> HealthEvent | None:
        """A sign that was found elsewhere, instead of `observe` and not beside it: a good reply
        would begin the count anew. STALE for data that was old, say, with the `cause` in a
        sentence; `seconds` for how long the venue wants no requests, where it said so."""
        told = excerpt(cause) if cause else None
        with self._lock:
            before = self.circuit(account, kind)
            circuit = after(
                before,
                sign,
                now=now,
                sent=sent,
                settings=self.settings,
                seconds=seconds,
                cause=told,
            )
            return self._keep(account, kind, before, circuit, now, at)

    def _keep(
        self,
        account: AccountId,
        kind: Kind,
        before: Circuit,
        circuit: Circuit,
        now: float,
        at: datetime,
    ) -> HealthEvent | None:
        if circuit is not before and circuit != before:
            self._circuits[account, kind] = circuit
        if circuit.state is before.state:
            return None
        left = None if circuit.retry_at is None else circuit.retry_at - now
        return HealthEvent(
            account.venue,
            account.account,
            kind,
            before.state,
            circuit.state,
            circuit.cause,
            left,
            at,
        )
