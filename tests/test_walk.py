"""The walk of an order on the design page is the way that an order takes through the code."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from support.pages import ROOT
from support.traders import KEYS

from exchangekit import connect_sync
from exchangekit.plugins import installed
from exchangekit.sim import SimulatedVenue

PAGE = ROOT / "docs" / "design.md"
_STOP = re.compile(r"^(\d+)\. `([\w/.]+\.py)` `([\w.]+)`", re.MULTILINE)


def stops() -> list[tuple[str, str]]:
    """File and name of every stop, in the page's order."""
    _, _, rest = PAGE.read_text(encoding="utf-8").partition("<!-- walk: begin -->")
    walk, _, _ = rest.partition("<!-- walk: end -->")
    found = _STOP.findall(walk)
    assert [int(number) for number, _, _ in found] == list(range(1, len(found) + 1))
    return [(file, name) for _, file, name in found]


def walked() -> list[tuple[str, str]]:
    """File and name of every function of the kit and of MEXC's plugin that an order enters."""
    entered: list[tuple[str, str]] = []
    known: dict[CodeType, tuple[str, str] | None] = {}

    def place(code: CodeType) -> tuple[str, str] | None:
        parts = Path(code.co_filename).parts
        for package in ("exchangekit_mexc", "exchangekit"):
            if package in parts:
                at = len(parts) - 1 - parts[::-1].index(package)
                return "/".join(parts[at:]), code.co_qualname
        return None

    def watch(frame: FrameType, event: str, _: Any) -> None:
        code = frame.f_code
        if event == "call":
            if code not in known:
                known[code] = place(code)
            found = known[code]
            if found is not None:
                entered.append(found)

    dialect = installed().simulated()["mexc"]
    with (
        SimulatedVenue(dialect, **venue_keys()) as venue,
        connect_sync(
            "mexc", base_url=venue.url, env_file=None, transport="plain", **KEYS["mexc"]
        ) as exchange,
    ):
        exchange.load_markets()
        exchange.fetch_time()
        sys.setprofile(watch)
        try:
            made = exchange.create_limit_order("BTC/USDT", "buy", "0.001", "50000")
        finally:
            sys.setprofile(None)
    assert made.id is not None
    return entered


def venue_keys() -> dict[str, str]:
    keys = KEYS["mexc"]
    return {"key": keys["api_key"], "secret": keys["secret"]}


def test_an_order_takes_the_way_that_the_page_tells_stop_by_stop() -> None:
    way, at = walked(), 0
    for number, stop in enumerate(stops(), 1):
        assert stop in way[at:], f"stop {number} of the walk, {stop}, is not where the page says"
        at = way.index(stop, at) + 1


def test_the_walk_leaves_out_no_module_that_holds_a_step_of_an_order() -> None:
    """Besides the stops an order meets values, effects and what the stops call beside them."""
    beside = {
        "exchangekit/adapter/__init__.py",
        "exchangekit/adapter/base.py",
        "exchangekit/adapter/choices.py",
        "exchangekit/adapter/keyed.py",
        "exchangekit/adapter/odd_numbers.py",
        "exchangekit/adapter/operations.py",
        "exchangekit/adapter/paths.py",
        "exchangekit/adapter/putting.py",
        "exchangekit/adapter/signs.py",
        "exchangekit/adapter/spelling.py",
        "exchangekit/exchange/facade.py",
        "exchangekit/models/base.py",
        "exchangekit/models/enums.py",
        "exchangekit/models/markets.py",
        "exchangekit/models/orders.py",
        "exchangekit/operations/sources.py",
        "exchangekit/operations/venue.py",
        "exchangekit/orders/looking.py",
        "exchangekit/runtime/clock.py",
        "exchangekit/runtime/counting.py",
        "exchangekit/runtime/effects.py",
        "exchangekit/runtime/journal.py",
        "exchangekit/runtime/processes.py",
        "exchangekit/runtime/transports/answers.py",
        "exchangekit/runtime/transports/answers_plain.py",
        "exchangekit/runtime/transports/channel.py",
        "exchangekit/runtime/transports/dialing.py",
        "exchangekit/runtime/transports/fast.py",
        "exchangekit/runtime/transports/library.py",
    }
    files = {file for file, _ in walked()}
    assert files - {file for file, _ in stops()} <= beside
