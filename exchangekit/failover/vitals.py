"""What is known of the venues of a failover without asking them: for whoever looks on."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

from exchangekit.failover.circuits import Circuit
from exchangekit.failover.exchange import Failover, SyncFailover
from exchangekit.failover.health import Kind
from exchangekit.failover.members import Member
from exchangekit.failover.several import Several
from exchangekit.runtime.limits import Counted, LocalLimits


@dataclass(frozen=True, slots=True)
class Vitals:
    """One venue. ``circuits`` are those of which something was observed; ``has_key`` is whether its
    account may be asked for, ``key_problem`` why a key that was found is not used; ``counted`` what
    its limits have counted, None where another program counts; ``stopped`` for how many seconds a
    ban holds everything back."""

    circuits: Mapping[Kind, Circuit]
    has_key: bool
    key_problem: str | None
    counted: tuple[Counted, ...] | None
    stopped: float


def vitals(failover: Failover | SyncFailover) -> dict[str, Vitals]:
    """Of each venue, by its key in ids. Sends nothing."""
    several = failover._several  # noqa: SLF001 - the inside of a failover, for its own package
    return {member.key: _of(several, member) for member in several.members}


def _of(several: Several, member: Member) -> Vitals:
    policy, now = member.policy, time.monotonic()
    limits = None if policy is None else policy.limits
    local = limits.counted if isinstance(limits, LocalLimits) else None
    withheld = None if policy is None else policy.withheld
    return Vitals(
        circuits={
            kind: circuit
            for (account, kind), circuit in several.health.snapshot().items()
            if account == member.account
        },
        has_key=policy is not None and policy.credentials is not None,
        key_problem=None if withheld is None else str(withheld),
        counted=None if local is None else local.counted(now),
        stopped=0.0 if local is None else local.stopped_for(now),
    )
