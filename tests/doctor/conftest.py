"""Fixtures: the command line as a function, and nothing of this machine's set-up."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.commands import Command, Seen
from support.traders import KEYS, VENUES

from exchangekit.cli import main
from exchangekit.plugins import installed
from exchangekit.sim import SimulatedVenue


@pytest.fixture(autouse=True)
def _nothing_from_outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Command:
    def run(*arguments: str) -> Seen:
        code = main(("doctor", *arguments))
        seen = capsys.readouterr()
        return Seen(code, seen.out, seen.err)

    return run


@pytest.fixture(scope="session", params=VENUES)
def running(request: pytest.FixtureRequest) -> Iterator[tuple[str, SimulatedVenue]]:
    keys = KEYS[request.param]
    with SimulatedVenue(
        installed().simulated()[request.param],
        key=keys["api_key"],
        secret=keys["secret"],
        passphrase=keys.get("passphrase", ""),
    ) as simulated:
        yield request.param, simulated


@pytest.fixture
def sim(running: tuple[str, SimulatedVenue]) -> tuple[str, SimulatedVenue]:
    """Each venue in turn, as at its start and without limits."""
    running[1].control.reset()
    running[1].control.limits(enabled=False)
    return running
