"""The states of a circuit as a table: every state and sign, old and fresh; and the settings."""

from __future__ import annotations

from dataclasses import fields, replace
from itertools import product
from typing import Any

import pytest

from exchangekit.errors import (
    ConfigurationError,
)
from exchangekit.failover.circuits import RULES, Follows, Then, admitted, after, follows
from exchangekit.failover.health import (
    Admission,
    Circuit,
    HealthSettings,
    Sign,
    State,
)

GOOD, NEUTRAL, FAILING, DOWN = Sign.GOOD, Sign.NEUTRAL, Sign.FAILING, Sign.DOWN
LIMITED, SLOW, STALE = Sign.LIMITED, Sign.SLOW, Sign.STALE
SETTINGS = HealthSettings()


def test_the_table_knows_every_state_and_sign_and_every_consequence_follows_something() -> None:
    assert set(RULES) == set(product(State, Sign))
    assert {then for rule in RULES.values() for then in rule} == set(Then)


def test_what_is_old_neither_heals_nor_counts() -> None:
    olds = {rule.old for rule in RULES.values()}
    assert olds == {Then.NOTHING, Then.EXTEND}
    heard = {sign for (_, sign), rule in RULES.items() if rule.old is Then.EXTEND}
    assert heard == {DOWN, LIMITED}


CLOSED = Circuit(since=10.0, failures=1, slow=1, cause="before", latency=1.0)
OPEN = Circuit(State.OPEN, since=10.0, retry_at=14.0, pause=4.0, cause="before", latency=1.0)
HALF = Circuit(State.HALF_OPEN, since=10.0, pause=4.0, cause="before", latency=1.0, probe_at=10.0)
BEGIN = {State.CLOSED: CLOSED, State.OPEN: OPEN, State.HALF_OPEN: HALF}


def opened(at: float, until: float, pause: float, cause: str = "words") -> Circuit:
    return Circuit(State.OPEN, since=at, retry_at=until, pause=pause, cause=cause, latency=1.0)


COUNTED = replace(CLOSED, failures=2, cause="words")
LATE = replace(CLOSED, failures=0, slow=2, cause="words")
HEALED = Circuit(since=12.0, latency=1.0)
# The circuit after a sign that comes at 12, sent at 11, with nothing said by the venue; then where
# it says 9 seconds; then the same sent at 9, before the circuit came to its state.
TABLE: dict[tuple[State, Sign], tuple[Circuit, Circuit, Circuit]] = {
    (State.CLOSED, GOOD): (replace(CLOSED, failures=0, slow=0, cause=None),) * 2 + (CLOSED,),
    (State.CLOSED, NEUTRAL): (CLOSED, CLOSED, CLOSED),
    (State.CLOSED, FAILING): (COUNTED, COUNTED, CLOSED),
    (State.CLOSED, DOWN): (opened(12, 13, 1.0), opened(12, 21, 1.0), opened(12, 21, 1.0)),
    (State.CLOSED, LIMITED): (COUNTED, COUNTED, CLOSED),
    (State.CLOSED, SLOW): (LATE, LATE, CLOSED),
    (State.CLOSED, STALE): (LATE, LATE, CLOSED),
    (State.OPEN, GOOD): (HEALED, HEALED, OPEN),
    (State.OPEN, NEUTRAL): (OPEN, OPEN, OPEN),
    (State.OPEN, FAILING): (OPEN, OPEN, OPEN),
    (State.OPEN, DOWN): (OPEN, opened(10, 21, 4.0), opened(10, 21, 4.0)),
    (State.OPEN, LIMITED): (OPEN, opened(10, 21, 4.0), opened(10, 21, 4.0)),
    (State.OPEN, SLOW): (OPEN, OPEN, OPEN),
    (State.OPEN, STALE): (OPEN, OPEN, OPEN),
    (State.HALF_OPEN, GOOD): (HEALED, HEALED, HALF),
    (State.HALF_OPEN, NEUTRAL): (replace(HALF, probe_at=None),) * 2 + (HALF,),
    (State.HALF_OPEN, FAILING): (opened(12, 20, 8.0), opened(12, 21, 8.0), HALF),
    (State.HALF_OPEN, DOWN): (opened(12, 20, 8.0), opened(12, 21, 8.0), opened(12, 21, 4.0)),
    (State.HALF_OPEN, LIMITED): (opened(12, 16, 4.0), opened(12, 21, 4.0), opened(12, 21, 4.0)),
    (State.HALF_OPEN, SLOW): (opened(12, 20, 8.0), opened(12, 21, 8.0), HALF),
    (State.HALF_OPEN, STALE): (opened(12, 20, 8.0), opened(12, 21, 8.0), HALF),
}


@pytest.mark.parametrize(("state", "sign"), list(product(State, Sign)))
def test_what_follows(state: State, sign: Sign) -> None:
    def told(sent: float, seconds: float | None) -> Circuit:
        made = after(
            BEGIN[state],
            sign,
            now=12.0,
            sent=sent,
            settings=SETTINGS,
            seconds=seconds,
            cause="words",
        )
        return replace(made, latency=1.0)

    assert (told(11.0, None), told(11.0, 9.0), told(9.0, 9.0)) == TABLE[state, sign]
    assert told(10.0, 9.0) == told(11.0, 9.0)  # sent when it came to its state: not old
    assert RULES[state, sign] == Follows(
        follows(BEGIN[state], sign, 11.0), follows(BEGIN[state], sign, 9.0)
    )
    nothing_said = told(9.0, None)
    assert nothing_said == BEGIN[state]  # what is old and says no time changes nothing


def test_the_pause_doubles_up_to_its_bound_and_begins_anew_after_a_recovery() -> None:
    circuit, now, pauses = Circuit(), 0.0, []
    for _ in range(9):
        circuit = after(circuit, DOWN, now=now, sent=now, settings=SETTINGS)
        pauses.append(circuit.pause)
        now = circuit.retry_at or 0.0
        admission, circuit = admitted(circuit, now, SETTINGS)
        assert admission is Admission.PROBE
    assert pauses == [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0, 60.0]
    healed = after(circuit, GOOD, now=now, sent=now, settings=SETTINGS)
    assert after(healed, DOWN, now=now, sent=now, settings=SETTINGS).pause == 1.0


@pytest.mark.parametrize("name", [field.name for field in fields(HealthSettings)])
@pytest.mark.parametrize("value", [0, -1, "3", True, float("nan"), float("inf")])
def test_numbers_that_make_no_sense_are_refused(name: str, value: Any) -> None:
    with pytest.raises(ConfigurationError, match=rf"{name} is .*, expected"):
        HealthSettings(**{name: value})


def test_counts_are_whole_and_the_longest_pause_is_not_shorter_than_the_first() -> None:
    for name in ("failures_to_open", "slow_to_open"):
        with pytest.raises(ConfigurationError, match="whole number"):
            HealthSettings(**{name: 1.5})  # type: ignore[arg-type]
    with pytest.raises(ConfigurationError, match=r"longest_pause is 1\.0, expected first_pause"):
        HealthSettings(first_pause=2.0, longest_pause=1.0)
    assert HealthSettings(first_pause=2.0, longest_pause=2.0).slow_after is None
    with pytest.raises(ConfigurationError):
        HealthSettings(first_pause=None)  # type: ignore[arg-type]
