"""What the tests of transports share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from support.on_wire import KINDS, Line, line_of


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exchangekit.runtime.throttle._FIRST_BACKOFF", 0.02)


@pytest.fixture(params=KINDS)
def line(request: pytest.FixtureRequest) -> Iterator[Line]:
    """A transport of each kind, to a server that answers everything."""
    with line_of(request.param) as made:
        yield made
