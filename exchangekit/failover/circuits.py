"""When a venue is passed over, and when it is tried again: a circuit, and the table of its states.

A reply is *old* when its request was sent before the circuit came to the state that it is in. A
request of before the illness that is answered late shows no recovery, and one that hung then and
times out now shows no new illness. Only for how long a venue wants to be left alone is heard all
the same. Time is seconds on the monotonic clock, passed in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum, StrEnum
from math import inf, isfinite
from types import MappingProxyType
from typing import NamedTuple

from exchangekit.errors import ConfigurationError
from exchangekit.failover.signs import Sign

_NEWEST = 0.2
"""What the newest of the answers counts in the mean latency."""


class State(StrEnum):
    """How a venue is, for one kind of operation."""

    CLOSED = "closed"
    """Healthy."""
    OPEN = "open"
    """Ill: passed over until `Circuit.retry_at`."""
    HALF_OPEN = "half open"
    """One request at a time, a probe, may try."""


class Admission(Enum):
    """Whether a request may go to a venue."""

    YES = "yes"
    PROBE = "probe"
    """It may, and what becomes of it decides."""
    NO = "no"


class Then(StrEnum):
    """What follows a sign. The texts are what the documentation prints."""

    NOTHING = "nothing"
    FORGET = "what was counted is forgotten"
    COUNT_FAILURE = "one more failure in a row: `failures_to_open` of them open it"
    COUNT_SLOW = "one more slow or old answer in a row: `slow_to_open` of them open it"
    OPEN = "it opens"
    REOPEN = "it opens again, for twice as long"
    HOLD = "it opens again, for as long as before or as the venue said"
    EXTEND = "where the venue said for how long, it is passed over for so long"
    FREE = "another probe may try"
    CLOSE = "it closes"


class Follows(NamedTuple):
    """What follows a sign, and what follows an old one."""

    fresh: Then
    old: Then = Then.NOTHING


RULES: Mapping[tuple[State, Sign], Follows] = MappingProxyType(
    {
        (State.CLOSED, Sign.GOOD): Follows(Then.FORGET),
        (State.CLOSED, Sign.NEUTRAL): Follows(Then.NOTHING),
        (State.CLOSED, Sign.FAILING): Follows(Then.COUNT_FAILURE),
        (State.CLOSED, Sign.DOWN): Follows(Then.OPEN, old=Then.EXTEND),
        (State.CLOSED, Sign.LIMITED): Follows(Then.COUNT_FAILURE),
        (State.CLOSED, Sign.SLOW): Follows(Then.COUNT_SLOW),
        (State.CLOSED, Sign.STALE): Follows(Then.COUNT_SLOW),
        # What is answered here went out all the same: a cancel of an order that is there.
        (State.OPEN, Sign.GOOD): Follows(Then.CLOSE),
        (State.OPEN, Sign.NEUTRAL): Follows(Then.NOTHING),
        (State.OPEN, Sign.FAILING): Follows(Then.NOTHING),
        (State.OPEN, Sign.DOWN): Follows(Then.EXTEND, old=Then.EXTEND),
        (State.OPEN, Sign.LIMITED): Follows(Then.EXTEND, old=Then.EXTEND),
        (State.OPEN, Sign.SLOW): Follows(Then.NOTHING),
        (State.OPEN, Sign.STALE): Follows(Then.NOTHING),
        (State.HALF_OPEN, Sign.GOOD): Follows(Then.CLOSE),
        (State.HALF_OPEN, Sign.NEUTRAL): Follows(Then.FREE),
        (State.HALF_OPEN, Sign.FAILING): Follows(Then.REOPEN),
        (State.HALF_OPEN, Sign.DOWN): Follows(Then.REOPEN, old=Then.EXTEND),
        (State.HALF_OPEN, Sign.LIMITED): Follows(Then.HOLD, old=Then.EXTEND),
        (State.HALF_OPEN, Sign.SLOW): Follows(Then.REOPEN),
        (State.HALF_OPEN, Sign.STALE): Follows(Then.REOPEN),
    }
)


@dataclass(frozen=True, slots=True)
class HealthSettings:
    """What a user may tune. Raises ConfigurationError for numbers that make no sense.

    ``failures_to_open`` failures in a row, or ``slow_to_open`` answers in a row that were old or
    took longer than ``slow_after`` seconds (None: however long), open a circuit. It stays open for
    ``first_pause`` seconds, and twice as long after each failed probe, up to ``longest_pause``; for
    longer only where the venue says so. A probe that is not answered within ``longest_probe``
    seconds is given up: another one may try.
    """

    failures_to_open: int = 3
    slow_after: float | None = None
    slow_to_open: int = 5
    first_pause: float = 1.0
    longest_pause: float = 60.0
    longest_probe: float = 30.0

    def __post_init__(self) -> None:
        for name in ("failures_to_open", "slow_to_open"):
            count = getattr(self, name)
            if not isinstance(count, int) or isinstance(count, bool) or count < 1:
                raise ConfigurationError(f"{name} is {count!r}, expected a whole number from 1")
        for name in ("slow_after", "first_pause", "longest_pause", "longest_probe"):
            seconds = getattr(self, name)
            if name == "slow_after" and seconds is None:
                continue
            number = isinstance(seconds, (int, float)) and not isinstance(seconds, bool)
            if not number or not isfinite(seconds) or seconds <= 0:
                raise ConfigurationError(f"{name} is {seconds!r}, expected seconds above 0")
        if self.longest_pause < self.first_pause:
            raise ConfigurationError(
                f"longest_pause is {self.longest_pause!r}, expected first_pause"
                f" ({self.first_pause!r}) or more"
            )


@dataclass(frozen=True, slots=True)
class Circuit:
    """The health of one account at one venue, for one kind of operation. Times are seconds on the
    monotonic clock."""

    state: State = State.CLOSED
    failures: int = 0
    """Failures in a row, while it is closed."""
    slow: int = 0
    """Slow or old answers in a row, while it is closed."""
    since: float = -inf
    """When it came to this state."""
    retry_at: float | None = None
    """When an open one lets a probe try; None for one that is not open."""
    pause: float = 0.0
    """The seconds that it is passed over by its own rule; 0 for a closed one. A venue may have
    said more."""
    cause: str | None = None
    """The last sign of illness, in a sentence; None after a good reply."""
    latency: float | None = None
    """Seconds that answers take: a mean in which the newest counts most. None before the first."""
    probe_at: float | None = None
    """When the probe that is under way was let through; None where there is none."""


def follows(circuit: Circuit, sign: Sign, sent: float) -> Then:
    """What `RULES` say of the reply to a request that went out at `sent`."""
    rule = RULES[circuit.state, sign]
    return rule.old if sent < circuit.since else rule.fresh


def after(
    circuit: Circuit,
    sign: Sign,
    *,
    now: float,
    sent: float,
    settings: HealthSettings,
    seconds: float | None = None,
    cause: str | None = None,
) -> Circuit:
    """The circuit after a sign that came `now`, of a request that went out at `sent`.

    `seconds` is for how long the venue wants no requests, where it said so.
    """
    circuit = replace(circuit, latency=_latency(circuit.latency, sign, now - sent))
    told = cause or str(sign)
    match follows(circuit, sign, sent):
        case Then.NOTHING:
            return circuit
        case Then.FORGET:
            return replace(circuit, failures=0, slow=0, cause=None)
        case Then.COUNT_FAILURE:
            counted = replace(circuit, failures=circuit.failures + 1, cause=told)
            ill = counted.failures >= settings.failures_to_open
            return _opened(counted, now, settings.first_pause, seconds, told) if ill else counted
        case Then.COUNT_SLOW:
            counted = replace(circuit, failures=0, slow=circuit.slow + 1, cause=told)
            ill = counted.slow >= settings.slow_to_open
            return _opened(counted, now, settings.first_pause, seconds, told) if ill else counted
        case Then.OPEN:
            return _opened(circuit, now, settings.first_pause, seconds, told)
        case Then.REOPEN:
            pause = min(2 * circuit.pause, settings.longest_pause)
            return _opened(circuit, now, pause, seconds, told)
        case Then.HOLD:
            return _opened(circuit, now, circuit.pause, seconds, told)
        case Then.EXTEND:
            return _extended(circuit, now, settings, seconds, told)
        case Then.FREE:
            return replace(circuit, probe_at=None)
        case Then.CLOSE:
            return Circuit(since=now, latency=circuit.latency)


def admitted(circuit: Circuit, now: float, settings: HealthSettings) -> tuple[Admission, Circuit]:
    """Whether a request may go out now, and the circuit after that."""
    if circuit.state is State.CLOSED:
        return Admission.YES, circuit
    if circuit.state is State.OPEN:
        if circuit.retry_at is not None and now < circuit.retry_at:
            return Admission.NO, circuit
        tried = replace(circuit, state=State.HALF_OPEN, since=now, retry_at=None, probe_at=now)
        return Admission.PROBE, tried
    if circuit.probe_at is not None and now - circuit.probe_at < settings.longest_probe:
        return Admission.NO, circuit
    return Admission.PROBE, replace(circuit, probe_at=now)


def _opened(
    circuit: Circuit, now: float, pause: float, seconds: float | None, cause: str
) -> Circuit:
    return Circuit(
        State.OPEN,
        since=now,
        retry_at=now + max(pause, seconds or 0.0),
        pause=pause,
        cause=cause,
        latency=circuit.latency,
    )


def _extended(
    circuit: Circuit, now: float, settings: HealthSettings, seconds: float | None, cause: str
) -> Circuit:
    if seconds is None:
        return circuit
    if circuit.state is not State.OPEN:
        return _opened(circuit, now, circuit.pause or settings.first_pause, seconds, cause)
    until = now + seconds
    if circuit.retry_at is not None and until <= circuit.retry_at:
        return circuit
    return replace(circuit, retry_at=until, cause=cause)


def _latency(mean: float | None, sign: Sign, took: float) -> float | None:
    if sign not in (Sign.GOOD, Sign.SLOW, Sign.STALE):
        return mean
    took = max(0.0, took)
    return took if mean is None else mean + _NEWEST * (took - mean)
