"""Fixtures of all tests: nothing of this machine's set-up reaches them."""

from __future__ import annotations

import os
import sys

import hypothesis
import pytest
from support import toy

from exchangekit.runtime.limits import forget_shared_limits
from exchangekit.testing.choosing import keep, turn
from exchangekit.testing.tested import VARIABLE

# A busy machine is slow: what a test takes says nothing about what it tests.
hypothesis.settings.register_profile(
    "kit", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("kit")


KEPT = ("EXCHANGEKIT_PAYLOADS", VARIABLE)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where conformance runs once, of the cases of a test that are slow and alike one in so many
    runs, beginning with another one for each test: ``@pytest.mark.by_turns(3)``."""
    if config.getoption("--conformance") != "once":
        return
    places: dict[str, int] = {}
    waiting = set()
    for item in items:
        mark = item.get_closest_marker("by_turns")
        if mark is not None:
            (many,) = mark.args
            name = item.nodeid.partition("[")[0]
            place = places[name] = places.get(name, turn(name, many) - 1) + 1
            if place % many:
                waiting.add(item)
    keep(config, items, lambda item: item not in waiting)


@pytest.fixture(autouse=True)
def _a_machine_without_keys(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """No keys of whoever runs the tests, and no journal in the folder of theirs."""
    for name in tuple(os.environ):
        if name.upper().startswith("EXCHANGEKIT_") and name not in KEPT:
            monkeypatch.delenv(name)
    monkeypatch.setenv("EXCHANGEKIT_STATE_DIR", str(tmp_path_factory.mktemp("state")))
    forget_shared_limits()


@pytest.fixture
def toy_venue(monkeypatch: pytest.MonkeyPatch) -> None:
    """``connect("toy")`` finds the toy venue, and no other."""
    found = toy.plugins_with(toy.ToyAdapter)
    assert not found.problems
    # The package's `connect` is the function; the module of that name is found only here.
    monkeypatch.setattr(sys.modules["exchangekit.connect"], "installed", lambda: found)
