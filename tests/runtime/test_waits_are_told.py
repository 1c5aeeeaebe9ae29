"""A call that waits for longer than a second is told to the log and to whoever listens."""

from __future__ import annotations

import logging
import time
from typing import Any

import pytest
from support.helpers import sync_toy
from support.stepper import Stepper, policy
from support.toy import KEY, SECRET, Script, get, refusal, reply

from exchangekit import WaitEvent, hookimpl
from exchangekit.adapter import Call, Cost, Credentials

WEIGHT = Cost("weight", 1, 100, 60)


def held_back(seconds: float, heard: list[WaitEvent] | None = None) -> Stepper:
    """One ticker, while its counter is paused for so many seconds."""
    steps = Stepper(Script([reply({})]))
    made = policy(observers=(None, None, None if heard is None else heard.append))
    made.limits.counted.pause((WEIGHT,), steps.now + seconds)  # type: ignore[attr-defined]
    steps.run(made.call("fetch_ticker", Call(get("/ticker"), lambda reply: None)))
    return steps


def test_a_wait_of_more_than_a_second_is_told_with_its_reason(
    caplog: pytest.LogCaptureFixture,
) -> None:
    heard: list[WaitEvent] = []
    with caplog.at_level(logging.INFO, "exchangekit.waits"):
        held_back(2.5, heard)
    (event,) = heard
    assert (event.venue, event.operation, event.client_order_id) == ("toy", "fetch_ticker", None)
    assert event.seconds == event.waited == pytest.approx(2.5)
    assert event.why == "Toy limits: weight"
    assert "toy fetch_ticker waits 2.5 s (Toy limits: weight)" in caplog.text


@pytest.mark.parametrize("seconds", [0.3, 1.0])
def test_a_shorter_wait_is_told_to_nobody(seconds: float, caplog: pytest.LogCaptureFixture) -> None:
    heard: list[WaitEvent] = []
    with caplog.at_level(logging.INFO, "exchangekit.waits"):
        steps = held_back(seconds, heard)
    assert steps.sleeps == [pytest.approx(seconds)]
    assert heard == []
    assert caplog.text == ""


def test_short_waits_that_come_to_more_than_a_second_are_told() -> None:
    heard: list[WaitEvent] = []
    steps = Stepper(Script([refusal(-1008, "busy", status=503)] * 2 + [reply({"id": "7"})]))
    steps.dice = 255
    made = policy(
        None,
        Credentials(KEY, SECRET),
        observers=(None, None, heard.append),
        order_window=9000,
        recv_window=9000,
    )
    steps.run(
        made.call(
            "cancel_order",
            Call(get("/order", signed=True), lambda reply: None),
            client_order_id="mine1",
        )
    )
    assert [round(wait, 2) for wait in steps.sleeps] == [0.75, 1.5]
    (event,) = heard
    assert event.seconds == pytest.approx(1.5)
    assert event.waited == pytest.approx(2.25)
    assert event.client_order_id == "mine1"
    assert event.why.startswith("before trying again: busy")


def test_a_hook_is_told(toy_venue: None, monkeypatch: pytest.MonkeyPatch) -> None:
    class Hears:
        def __init__(self) -> None:
            self.events: list[WaitEvent] = []

        @hookimpl
        def exchangekit_on_wait(self, event: WaitEvent) -> None:
            self.events.append(event)
            raise RuntimeError("an observer's own trouble")

    hears = Hears()
    with sync_toy(Script(standing={"/ticker": reply({"last": "1"})}), hooks=[hears]) as exchange:
        policy_of: Any = exchange._operations.connection.policy
        exchange.load_markets()
        passed = [time.monotonic()]
        monkeypatch.setattr(time, "monotonic", lambda: sum(passed))
        monkeypatch.setattr(time, "sleep", passed.append)
        policy_of.limits.counted.pause((WEIGHT,), time.monotonic() + 1.2)
        assert exchange.fetch_ticker("BTC/USDT").last == 1
    (event,) = hears.events
    assert event.why == "Toy limits: weight"
