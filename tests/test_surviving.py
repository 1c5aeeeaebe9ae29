"""The example strategy is killed and its venue goes away: in the end each order is there once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from support.commands import key_variables
from support.pages import ROOT, blocks
from support.patience import PATIENCE, eventually
from support.traders import KEYS

from exchangekit.plugins import installed
from exchangekit.sim import SimulatedVenue

STRATEGY = ROOT / "examples" / "surviving_strategy.py"
TARGETS = ["basket1btc", "basket1eth", "basket1sol"]
PRICES = {"BTC": "109000", "ETH": "5450", "SOL": "298"}
"""A little below what the strategy pays at most: venues refuse prices that are far away."""
HELD = {"action": "delay", "at": "reply", "count": 0, "seconds": PATIENCE}
AWAY = {"action": "maintenance", "count": 0}


@pytest.fixture
def venues() -> Iterator[dict[str, SimulatedVenue]]:
    """The strategy's venues, the preferred one first."""
    with ExitStack() as stack:
        made = {}
        for name in ("binance", "okx"):
            keys = KEYS[name]
            venue = SimulatedVenue(
                installed().simulated()[name],
                key=keys["api_key"],
                secret=keys["secret"],
                passphrase=keys.get("passphrase"),
            )
            made[name] = stack.enter_context(venue)
            for base, price in PRICES.items():
                venue.control.market(
                    f"{base}{'-' if name == 'okx' else ''}USDT", price=price, frozen=True
                )
        yield made


class Program:
    """The strategy as a process of its own."""

    def __init__(self, venues: dict[str, SimulatedVenue], folder: Path) -> None:
        self.venues = venues
        self.env = {**os.environ, "EXCHANGEKIT_STATE_DIR": str(folder)}
        for name in venues:
            self.env |= key_variables(name)
        self.running: subprocess.Popen[str] | None = None

    def start(self) -> subprocess.Popen[str]:
        addresses = [f"{name}={venue.url}" for name, venue in self.venues.items()]
        self.running = subprocess.Popen(
            [sys.executable, "-W", "error", STRATEGY, *addresses],
            env=self.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        return self.running

    def kill(self) -> None:
        """``kill -9``, of a program that still runs."""
        assert self.running is not None
        self.running.kill()
        said, _ = self.running.communicate()
        assert self.running.returncode == -signal.SIGKILL, said


@pytest.fixture
def program(venues: dict[str, SimulatedVenue], tmp_path: Path) -> Iterator[Program]:
    made = Program(venues, tmp_path)
    yield made
    if made.running is not None and made.running.poll() is None:
        made.running.kill()
        made.running.communicate()


def names(venue: SimulatedVenue) -> list[Any]:
    """Of all orders in the venue's ledger."""
    return [order["client_id"] for order in venue.control.orders()]


def asked(venue: SimulatedVenue, operation: str) -> int:
    """How often the venue was asked that, as its log of requests says."""
    return sum(one["operation"] == operation for one in venue.control.requests())


def test_killed_again_and_again_while_its_venue_is_away_it_has_each_order_once(
    venues: dict[str, SimulatedVenue], program: Program
) -> None:
    preferred, other = venues["binance"], venues["okx"]

    # Killed before anything was ordered.
    preferred.control.set_faults([{**HELD, "operation": "fetch_balance"}])
    program.start()
    assert eventually(lambda: asked(preferred, "fetch_balance"))
    program.kill()
    assert names(preferred) == []

    # Killed when an order is there and its answer is not; the others wait for the balance.
    once = asked(preferred, "fetch_balance")
    late = {**HELD, "operation": "fetch_balance", "nth": 2}
    preferred.control.set_faults([late, {**HELD, "operation": "create_order"}])
    program.start()
    assert eventually(lambda: names(preferred))
    program.kill()
    assert asked(preferred, "fetch_balance") > once
    [lost] = names(preferred)

    # The venue that has it goes away. Killed when the other one has taken an order.
    preferred.control.set_faults([AWAY])
    other.control.set_faults([{**HELD, "operation": "create_order"}])
    program.start()
    assert eventually(lambda: names(other))
    program.kill()
    assert names(preferred) == [lost]

    # It goes on at the other one, and waits for the order that it cannot see.
    other.control.clear_faults()
    running = program.start()
    assert eventually(lambda: len(names(other)) >= len(TARGETS) - 1)
    assert running.poll() is None
    preferred.control.clear_faults()
    said, _ = running.communicate(timeout=PATIENCE)

    assert running.returncode == 0, said
    assert names(preferred) == [lost]
    assert sorted([lost, *names(other)]) == TARGETS
    assert {one["status"] for venue in venues.values() for one in venue.control.orders()} == {
        "filled"
    }
    ends = {line.split()[0]: line.split()[1:3] for line in said.splitlines()[-3:]}
    assert ends == {name: ["binance" if name == lost else "okx", "closed"] for name in TARGETS}, (
        said
    )


def test_the_recipe_shows_the_strategy_as_it_is() -> None:
    code = STRATEGY.read_text(encoding="utf-8")
    shown = blocks(ROOT / "docs" / "surviving-a-crash.md", "python")
    assert len(shown) == 4
    for block in shown:
        indented = [textwrap.indent(block, " " * depth) for depth in (0, 4, 8)]
        assert any(one in code for one in indented), block


def test_the_strategy_is_short_enough_to_copy() -> None:
    code = STRATEGY.read_text(encoding="utf-8")
    assert len([line for line in code.splitlines() if line.strip()]) < 60
