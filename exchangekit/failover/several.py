"""What the parts of a failover share: its members, their health, and how one of them is asked."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeVar

from exchangekit.adapter.credentials import AccountId
from exchangekit.errors import ExchangeError, InvalidInput, JournalError
from exchangekit.failover.circuits import Admission, HealthSettings
from exchangekit.failover.events import Events
from exchangekit.failover.fitting import Rounding
from exchangekit.failover.health import Health, Kind, Sign, State, kind_of
from exchangekit.failover.ids import blamed, owned, split
from exchangekit.failover.members import Member
from exchangekit.failover.ranking import Ranking, preference
from exchangekit.hookspecs import ReplyEvent
from exchangekit.models.account import Balances
from exchangekit.models.halting import Halt
from exchangekit.models.markets import Markets
from exchangekit.models.numbers import shown
from exchangekit.operations.interface import Operations
from exchangekit.runtime.effects import Background, Flow, Together
from exchangekit.runtime.journal import Intent

T = TypeVar("T")
NAME = "failover"
Ask = Callable[[Operations], Flow[T]]
"""What is asked of a member."""


@dataclass(frozen=True, slots=True)
class FailoverSettings:
    """What a user may tune; `Failover` documents it. Times are seconds."""

    rank: Ranking = preference
    rounding: Rounding = "exact"
    hedge_after: float | None = None
    max_age: float | None = 60.0
    check_balance: bool = True
    health: HealthSettings = field(default_factory=HealthSettings)


class Several:
    """The members of one failover. Its methods return flows; nothing happens until a driver runs
    one."""

    def __init__(
        self,
        members: Sequence[Member],
        name: str,
        settings: FailoverSettings,
        events: Events,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.members = tuple(members)
        self.by_key: Mapping[str, Member] = {one.key: one for one in self.members}
        self.name = name
        self.settings = settings
        self.events = events
        self.health = Health(settings.health)
        self.balances: dict[str, tuple[float, Balances]] = {}
        """When it was asked, and what was told, by key."""
        self.halt: Halt | None = None
        self._has_looked = False
        self._stale: dict[str, int] = {}
        self.account = _account(self.members, name)
        self._clock = clock
        for member in self.members:
            self._watch(member)

    # The kill switch

    def halted(self) -> Halt | None:
        """The halt in force at any member: then nothing new goes to the others either. Looked for
        at the first order, and as long as there is one."""
        if self._has_looked and self.halt is None:
            return None
        return self.look_for_halts()

    def look_for_halts(self) -> Halt | None:
        """What the journals of the members say. Reads files."""
        self._has_looked = True
        found = []
        for member in self.members:
            tell = getattr(member.journal, "halted", None)
            with suppress(JournalError):  # an order there says it by itself
                found.append(None if tell is None else tell())
        self.halt = next((one for one in found if one is not None), None)
        return self.halt

    # Health

    def _watch(self, member: Member) -> None:
        policy = member.policy
        if policy is None:
            return
        before = policy.on_reply

        def heard(event: ReplyEvent) -> None:
            if before is not None:
                before(event)
            now = self._clock()
            self._observed(member, kind_of(event.operation), event.error, now - event.seconds, now)

        policy.on_reply = heard

    def _observed(
        self, member: Member, kind: Kind, error: ExchangeError | None, sent: float, now: float
    ) -> None:
        self.events.tell(
            self.health.observe(
                member.account, kind, error, sent=sent, now=now, at=datetime.now(UTC)
            )
        )

    def trading_fails_as(self, member: Member, error: ExchangeError, sent: float) -> None:
        """Before an order the balance was asked for, and failed. Whoever does not serve that is not
        sent an order, whose outcome would be unknown."""
        self._observed(member, Kind.TRADING, error, sent, self._clock())

    def admitted(self, kind: Kind, among: Sequence[Member] | None = None) -> Flow[list[Member]]:
        """Those of `among` (all) that may be asked, in the order of preference. Where a pause is
        over, a light probe goes out beside; where nobody else may be asked, it is waited for."""
        healthy, probing = [], []
        for member in self.members if among is None else among:
            admission, event = self.health.admits(
                member.account, kind, now=self._clock(), at=datetime.now(UTC)
            )
            self.events.tell(event)
            if admission is Admission.YES:
                healthy.append(member)
            elif admission is Admission.PROBE:
                probing.append(member)
        if healthy:
            for member in probing:
                yield Background(self._probe(member, kind))
            return healthy
        for member in probing:
            yield from self._probe(member, kind)
            if self.is_closed(member, kind):
                return [member]
        return []

    def age_told(self, member: Member, kind: Kind, age: float, bound: float) -> bool:
        """Whether data of that age (seconds) is fresh enough; a venue that tells old data again and
        again is ill."""
        fresh = age <= bound
        self._stale[member.key] = 0 if fresh else self._stale.get(member.key, 0) + 1
        if self._stale[member.key] >= self.settings.health.slow_to_open:
            self._stale[member.key] = 0
            now, told = self._clock(), f"what it tells is {age:.0f} s old, again and again"
            at = datetime.now(UTC)
            self.events.tell(
                self.health.note(
                    member.account, kind, Sign.DOWN, sent=now, now=now, at=at, cause=told
                )
            )
        return fresh

    def is_closed(self, member: Member, kind: Kind) -> bool:
        """Whether it is healthy, without letting a probe through."""
        return self.health.circuit(member.account, kind).state is State.CLOSED

    def why_not(self, member: Member, kind: Kind) -> str:
        """Why it is passed over, in words."""
        circuit = self.health.circuit(member.account, kind)
        left = max(0.0, (circuit.retry_at or 0.0) - self._clock())
        return f"passed over for {left:.1f} s more: {circuit.cause or 'it is tried just now'}"

    def _probe(self, member: Member, kind: Kind) -> Flow[None]:
        """A light question; trading is as healthy as what the account may read."""
        sent = self._clock()
        served = member.operations
        error: ExchangeError | None = None
        try:
            if kind is Kind.PUBLIC:
                yield member.on(served.fetch_time())
            else:
                yield member.on(served.fetch_balance())
        except ExchangeError as problem:
            error = problem
        if kind is Kind.TRADING or member.policy is None:
            self._observed(member, kind, error, sent, self._clock())

    # Asking

    def ask(
        self, member: Member, operation: str, ask: Ask[T], within: Intent | None = None
    ) -> Flow[T]:
        """What `member` says, with ids that carry its key."""
        sent = self._clock()
        try:
            told: T = yield member.on(ask(member.operations))
        except ExchangeError as problem:
            self._double_said(member, operation, problem, sent)
            blamed(problem, member.key, within)
            raise
        self._double_said(member, operation, None, sent)
        return owned(told, member.key)

    def ask_all(
        self, operation: str, ask: Ask[T], among: Sequence[Member] | None = None
    ) -> Flow[tuple[dict[str, T], dict[str, ExchangeError]]]:
        """What each member says at the same time, and why those did not that are missing. Anything
        but an ExchangeError is raised."""
        asked = self.members if among is None else among
        sent = self._clock()
        came = yield Together([one.on(ask(one.operations)) for one in asked])
        told: dict[str, T] = {}
        missing: dict[str, ExchangeError] = {}
        for member, one in zip(asked, came, strict=True):
            error = one if isinstance(one, ExchangeError) else None
            self._double_said(member, operation, error, sent)
            if error is not None:
                missing[member.key] = blamed(error, member.key)
            elif isinstance(one, BaseException):
                raise one
            else:
                told[member.key] = owned(one, member.key)
        return told, missing

    def _double_said(
        self, member: Member, operation: str, error: ExchangeError | None, sent: float
    ) -> None:
        """What is no venue tells of no replies: what it says in the end is all there is."""
        if member.policy is None:
            self._observed(member, kind_of(operation), error, sent, self._clock())

    def holder(self, id: str) -> tuple[Member, str]:
        """Who has the order of that id, and the venue's own id. Raises InvalidInput for an id
        that is none of this failover's."""
        parts = split(id) if isinstance(id, str) else None
        if parts is None:
            raise InvalidInput(
                f"id is {shown(id)}, expected one that says its venue, such as"
                f" {self.members[0].key + ':123'!r}: Order.id has it"
            )
        member = self.by_key.get(parts[0])
        if member is None:
            raise InvalidInput(
                f"id {shown(id)} is of {parts[0]}, which is not in this failover (it has:"
                f" {', '.join(self.by_key)})"
            )
        return member, parts[1]

    def markets_of(self, member: Member, reload: bool = False) -> Flow[Markets]:
        """The markets of one member, loaded once."""
        known = None if reload else member.operations.markets
        if known is not None:
            return known
        made: Markets = yield member.on(member.operations.load_markets(reload))
        return made


def _account(members: Sequence[Member], name: str) -> AccountId:
    """Who the failover is in its journal."""
    whole = sorted(
        [
            one.account.venue,
            one.account.environment,
            one.account.base_url,
            one.account.key_digest,
        ]
        for one in members
    )
    digest = hashlib.sha256(json.dumps(whole).encode()).hexdigest()
    return AccountId(NAME, members[0].account.environment, "", name, digest)
