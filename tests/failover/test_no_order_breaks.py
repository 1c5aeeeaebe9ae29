"""No order of signs, questions and times breaks what a user relies on."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import settings as example_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from exchangekit.adapter.credentials import AccountId
from exchangekit.failover.health import (
    Admission,
    Circuit,
    Health,
    HealthEvent,
    HealthSettings,
    Kind,
    Sign,
    State,
)

AT = datetime(2024, 3, 1, tzinfo=UTC)
MEXC = AccountId("mexc", "live", "https://mexc.invalid", None, "0123456789abcdef")
BOT = AccountId("okx", "live", "https://okx.invalid", "bot2")
GOOD, FAILING, DOWN, LIMITED = Sign.GOOD, Sign.FAILING, Sign.DOWN, Sign.LIMITED


class Illnesses(RuleBasedStateMachine):
    """Two kinds of one account, and a third that nobody touches."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 100.0
        self.under_way: dict[Kind, tuple[float, float]] = {}
        """When the probe was let through, and until when its place is its own."""

    @initialize(
        failures=st.integers(1, 4),
        slow=st.integers(1, 4),
        first=st.sampled_from([0.5, 1.0, 3.0]),
        times=st.sampled_from([1, 10, 60]),
    )
    def begin(self, failures: int, slow: int, first: float, times: int) -> None:
        self.settings = HealthSettings(
            failures_to_open=failures,
            slow_to_open=slow,
            first_pause=first,
            longest_pause=first * times,
            longest_probe=20.0,
        )
        self.health = Health(self.settings)
        self.health.note(BOT, Kind.PUBLIC, FAILING, sent=1.0, now=1.0, at=AT)
        self.bystander = self.health.circuit(BOT, Kind.PUBLIC)

    def told(self, before: Circuit, kind: Kind, event: HealthEvent | None) -> Circuit:
        made = self.health.circuit(MEXC, kind)
        if event is None:
            assert made.state is before.state
        else:
            assert (event.before, event.after) == (before.state, made.state)
            assert event.before is not event.after
            assert (event.retry_in is None) is (made.state is not State.OPEN)
            assert made.since == self.now
        if made.state is not State.HALF_OPEN:
            self.under_way.pop(kind, None)
        return made

    @rule(seconds=st.sampled_from([0.0, 0.1, 0.5, 1.0, 2.0, 10.0, 30.0]))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds

    @rule(kind=st.sampled_from([Kind.PUBLIC, Kind.TRADING]), waits=st.booleans())
    def ask(self, kind: Kind, waits: bool) -> None:
        before = self.health.circuit(MEXC, kind)
        if waits and before.retry_at is not None:
            self.now = max(self.now, before.retry_at)
        admission, event = self.health.admits(MEXC, kind, now=self.now, at=AT)
        self.told(before, kind, event)
        ill = before.retry_at is not None and self.now < before.retry_at
        free = self.now >= self.under_way.get(kind, (0.0, 0.0))[1]
        if before.state is State.CLOSED:
            assert admission is Admission.YES
        elif ill or not free:
            assert admission is Admission.NO
        else:
            assert admission is Admission.PROBE
            self.under_way[kind] = (self.now, self.now + 20.0)

    @rule(
        kind=st.sampled_from([Kind.PUBLIC, Kind.TRADING]),
        sign=st.sampled_from(Sign),
        seconds=st.sampled_from([None, 0.0, 2.0, 500.0]),
    )
    def answer(self, kind: Kind, sign: Sign, seconds: float | None) -> None:
        """The answer to the probe, where there is one, else to a request that just went out."""
        sent, _ = self.under_way.pop(kind, (self.now, 0.0))
        made = self.sign(kind, sign, sent, seconds)
        if sign is GOOD:
            assert made.state is State.CLOSED
            assert (made.failures, made.slow, made.cause) == (0, 0, None)
        if sign is DOWN:
            assert made.state is State.OPEN
            assert made.retry_at is not None
            assert seconds is None or made.retry_at >= self.now + seconds

    @rule(
        kind=st.sampled_from([Kind.PUBLIC, Kind.TRADING]),
        sign=st.sampled_from(Sign),
        seconds=st.sampled_from([None, 0.0, 2.0, 500.0]),
        ago=st.sampled_from([0.01, 1.0, 40.0]),
    )
    def old_answer(self, kind: Kind, sign: Sign, seconds: float | None, ago: float) -> None:
        before = self.health.circuit(MEXC, kind)
        made = self.sign(kind, sign, max(before.since, 0.0) - ago, seconds)
        if before.since > 0:
            assert made.state in (before.state, State.OPEN)
            if seconds is None or sign not in (DOWN, LIMITED):
                assert replace(made, latency=before.latency) == before

    def sign(self, kind: Kind, sign: Sign, sent: float, seconds: float | None) -> Circuit:
        before = self.health.circuit(MEXC, kind)
        event = self.health.note(MEXC, kind, sign, sent=sent, now=self.now, at=AT, seconds=seconds)
        made = self.told(before, kind, event)
        if before.state is not State.CLOSED and made.state is not State.CLOSED:
            # Within one illness it grows, by a failed probe alone, and nothing brings it forward.
            assert before.pause <= made.pause <= self.settings.longest_pause
            assert made.pause <= 2 * before.pause
            if before.state is made.state:
                assert made.pause == before.pause
                assert (made.retry_at or 0.0) >= (before.retry_at or 0.0)
        if before.state is State.CLOSED and made.state is State.OPEN:
            assert made.pause == self.settings.first_pause
        if made.state is State.OPEN and event is not None:
            assert made.retry_at is not None
            assert made.retry_at >= self.now + max(made.pause, seconds or 0.0) - 1e-9
        return made

    @invariant()
    def the_others_are_untouched(self) -> None:
        assert self.health.circuit(MEXC, Kind.PRIVATE) == Circuit()
        assert self.health.circuit(BOT, Kind.PUBLIC) == self.bystander

    @invariant()
    def a_circuit_is_whole(self) -> None:
        for circuit in self.health.snapshot().values():
            assert (circuit.retry_at is not None) is (circuit.state is State.OPEN)
            assert (circuit.pause == 0.0) is (circuit.state is State.CLOSED)
            assert circuit.probe_at is None or circuit.state is State.HALF_OPEN
            assert circuit.failures < self.settings.failures_to_open
            assert circuit.slow < self.settings.slow_to_open
            if circuit.state is not State.CLOSED:
                assert circuit.cause


Illnesses.TestCase.settings = example_settings(max_examples=60, stateful_step_count=30)
TestIllnesses = Illnesses.TestCase
