"""Fixtures: one running simulated venue each, and a sync and an async trader on it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from support.traders import KEYS, VENUES, Awaited, Trader

from exchangekit import connect, connect_sync
from exchangekit.plugins import installed
from exchangekit.runtime.limits import forget_shared_limits
from exchangekit.sim import SimulatedVenue
from exchangekit.testing.choosing import keep, turn


@pytest.fixture(scope="session", params=VENUES)
def sim(request: pytest.FixtureRequest) -> Iterator[tuple[str, SimulatedVenue]]:
    name = request.param
    dialect = installed().simulated()[name]
    keys = KEYS[name]
    with SimulatedVenue(
        dialect,
        key=keys["api_key"],
        secret=keys["secret"],
        passphrase=keys.get("passphrase", ""),
        seed=7,
    ) as running:
        yield name, running


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where conformance runs once, so do these: sync or async by turns."""
    if config.getoption("--conformance") == "once":
        keep(config, items, _its_turn)


def _its_turn(item: pytest.Item) -> bool:
    call: Any = getattr(item, "callspec", None)
    if call is None or "trader" not in call.params:
        return True
    of_both = item.name.replace("async", "").replace("sync", "")
    return bool(call.params["trader"] == ("sync", "async")[turn(of_both, 2)])


@pytest.fixture(params=["sync", "async"])
def trader(request: pytest.FixtureRequest, sim: tuple[str, SimulatedVenue]) -> Iterator[Trader]:
    name, running = sim
    running.control.reset()
    # Connections to one address share their counts; tests on one venue must not.
    forget_shared_limits()
    opened: list[Any] = []
    runner = asyncio.Runner() if request.param == "async" else None

    def open_one(*, keys: bool = True, **options: Any) -> Any:
        arguments = {"base_url": running.url, "env_file": None}
        arguments |= KEYS[name] if keys else {}
        arguments |= options
        if runner is None:
            made = connect_sync(name, **arguments)
            opened.append(made)
            return made

        async def inside() -> Any:
            return connect(name, **arguments)

        made = Awaited(runner.run(inside()), runner)
        opened.append(made)
        return made

    try:
        yield Trader(name, request.param, open_one(), running, open_one)
    finally:
        for exchange in opened:
            exchange.aclose() if runner is not None else exchange.close()
        if runner is not None:
            runner.close()
