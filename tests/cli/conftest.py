"""Fixtures: simulated venues, and the command line as a function that returns what a user sees."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from support.commands import Command, Seen, key_variables
from support.traders import KEYS, VENUES

from exchangekit.cli import main, options
from exchangekit.connect import connect_sync
from exchangekit.plugins import installed
from exchangekit.sim import SimulatedVenue


@pytest.fixture(autouse=True)
def _nothing_from_outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No keys, no .env, no width of whoever runs the tests."""
    for name in list(os.environ):
        if name.startswith("EXCHANGEKIT_") and name != "EXCHANGEKIT_STATE_DIR":
            monkeypatch.delenv(name)
    monkeypatch.delenv("COLUMNS", raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="session", params=VENUES)
def running(request: pytest.FixtureRequest) -> Iterator[tuple[str, SimulatedVenue]]:
    yield from _started(request.param)


@pytest.fixture(scope="session")
def running_one() -> Iterator[tuple[str, SimulatedVenue]]:
    yield from _started("binance")


def _started(venue: str) -> Iterator[tuple[str, SimulatedVenue]]:
    keys = KEYS[venue]
    with SimulatedVenue(
        installed().simulated()[venue],
        key=keys["api_key"],
        secret=keys["secret"],
        passphrase=keys.get("passphrase", ""),
    ) as simulated:
        yield venue, simulated


@pytest.fixture
def sim(running: tuple[str, SimulatedVenue]) -> tuple[str, SimulatedVenue]:
    """Each venue in turn, as at its start."""
    running[1].control.reset()
    return running


@pytest.fixture
def one(running_one: tuple[str, SimulatedVenue]) -> tuple[str, SimulatedVenue]:
    """One venue, for what does not depend on which."""
    running_one[1].control.reset()
    return running_one


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Command:
    def run(*arguments: str) -> Seen:
        code = main(arguments)
        seen = capsys.readouterr()
        return Seen(code, seen.out, seen.err)

    return run


@pytest.fixture
def at(
    command: Command, sim: tuple[str, SimulatedVenue], monkeypatch: pytest.MonkeyPatch
) -> Command:
    """A command on each venue in turn, with its keys in the environment."""
    return _addressed(command, sim, monkeypatch)


@pytest.fixture
def at_one(
    command: Command, one: tuple[str, SimulatedVenue], monkeypatch: pytest.MonkeyPatch
) -> Command:
    """The same on one venue."""
    return _addressed(command, one, monkeypatch)


def _addressed(
    command: Command, venue: tuple[str, SimulatedVenue], monkeypatch: pytest.MonkeyPatch
) -> Command:
    name, simulated = venue
    for variable, value in key_variables(name).items():
        monkeypatch.setenv(variable, value)

    def run(*arguments: str) -> Seen:
        """VENUE stands for the venue; its address is added."""
        words = [name if word == "VENUE" else word for word in arguments]
        return command(*words, "--base-url", simulated.url)

    return run


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is found out: what an hour without the venue leads to, at once."""
    monkeypatch.setattr(options, "connect_sync", partial(connect_sync, resolve=False))
