"""What the tests of transports share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.on_wire import KINDS, Line, line_of

from exchangekit.testing.choosing import keep, turn

_TURNS = [("fast sync", "plain async"), ("fast async", "plain sync")]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where conformance runs once, each test takes two of the kit's own four by turns, of which one
    is sync and one async, one fast and one plain."""
    if config.getoption("--conformance") == "once":
        keep(config, items, _its_turn)


def _its_turn(item: pytest.Item) -> bool:
    call: Any = getattr(item, "callspec", None)
    if call is None or item.path.parent != Path(__file__).parent:
        return True
    kind = call.params.get("kind") or call.params.get("line")
    if not any(kind in turns for turns in _TURNS):
        return True
    return kind in _TURNS[turn(item.nodeid.replace(kind, ""), len(_TURNS))]


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exchangekit.runtime.throttle._FIRST_BACKOFF", 0.02)


@pytest.fixture(params=KINDS)
def line(request: pytest.FixtureRequest) -> Iterator[Line]:
    """A transport of each kind, to a server that answers everything."""
    with line_of(request.param) as made:
        yield made
