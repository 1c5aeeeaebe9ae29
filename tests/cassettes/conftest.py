"""A small recorded session, and ways to record and replay one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from support.traders import VENUES

from exchangekit.testing import Subject, subject_of
from exchangekit.testing.cassette import Cassette
from exchangekit.testing.check import Check
from exchangekit.testing.recording import record_simulated
from exchangekit.testing.rig import Rig
from exchangekit.testing.runs import on_cassette


def session(rig: Rig) -> None:
    """A read, a signed read and an order."""
    rig.exchange.fetch_ticker(rig.symbol)
    rig.exchange.fetch_balance()
    rig.exchange.create_limit_order(
        rig.symbol, "buy", rig.amount("200"), rig.price("0.8", "buy"), client_order_id="taped0001"
    )


SESSION = Check(99, "session", session)


@pytest.fixture(params=VENUES)
def about(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Subject]:
    made = subject_of(request.param, cassettes=tmp_path)
    yield made
    made.stop()


@pytest.fixture
def taped(about: Subject) -> tuple[Subject, Path]:
    """The session of a venue on a cassette, and where that is."""
    path = about.cassette(SESSION.id)
    assert path is not None
    assert record_simulated(about, SESSION).save(path)
    return about, path


@pytest.fixture
def tape(tmp_path: Path) -> Iterator[tuple[Subject, Path]]:
    """The same, of one venue: for what does not depend on the venue."""
    made = subject_of("binance", cassettes=tmp_path)
    path = tmp_path / f"{SESSION.id}.yaml"
    record_simulated(made, SESSION).save(path)
    yield made, path
    made.stop()


def replayed(about: Subject, mode: Any = "sync", run: Callable[[Rig], Any] = session) -> Any:
    """What `run` gives on the session's cassette."""
    with on_cassette(about, SESSION, mode) as rig:
        return run(rig)


@pytest.fixture
def replay() -> Callable[..., Any]:
    return replayed


@pytest.fixture
def record() -> Callable[[Subject], Cassette]:
    return lambda about: record_simulated(about, SESSION)
