"""`exchangekit reconcile`: what became of what a program left open, as a user sees it."""

from __future__ import annotations

import json

import pytest
from support.commands import Command

from exchangekit.sim import SimulatedVenue

Running = tuple[str, SimulatedVenue]
PLACE = ["order", "place", "VENUE", "BTC/USDT", "buy", "0.001", "--limit", "50000"]


@pytest.fixture
def left_open(at_one: Command, one: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as for_now:
        from functools import partial

        from exchangekit.cli import options
        from exchangekit.connect import connect_sync

        for_now.setattr(options, "connect_sync", partial(connect_sync, resolve=False))
        for name, moment in (("there2", "after"), ("gone3", "before")):
            lost = {"action": "drop", "at": moment, "operation": "create_order"}
            one[1].control.add_faults([lost])
            assert at_one(*PLACE, "--client-order-id", name).code == 3


@pytest.mark.usefixtures("left_open")
def test_it_tells_what_became_of_each(at_one: Command) -> None:
    seen = at_one("reconcile", "VENUE")
    assert seen.code == 0, seen.err
    told = " ".join(seen.out.split())
    assert "there2" in told
    assert "never existed (proof: rechecked)" in told
    assert at_one("reconcile", "VENUE").out == "Nothing is open.\n"


@pytest.mark.usefixtures("left_open")
def test_as_json_with_exact_numbers(at_one: Command, one: Running) -> None:
    there, gone = json.loads(at_one("reconcile", "VENUE", "--json").out)
    assert there["order"]["id"] == one[1].control.orders()[0]["id"]
    assert (there["known"], there["request"]["amount"]) == (True, "0.001")
    assert (gone["order"], gone["proof"]) == (None, "rechecked")


@pytest.mark.usefixtures("left_open")
def test_what_stays_unknown_is_exit_code_3(
    at_one: Command, one: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    from exchangekit import Timeouts
    from exchangekit.cli import options

    connect_sync = options.connect_sync
    quick = Timeouts(1, 1, 1.5, 2)
    monkeypatch.setattr(
        options, "connect_sync", lambda *args, **given: connect_sync(*args, timeouts=quick, **given)
    )
    down = {"action": "status", "status": 503, "operation": "fetch_order", "count": 0}
    one[1].control.add_faults([down])
    one[1].control.clock(advance_ms=3_600_000)
    seen = at_one("reconcile", "VENUE")
    assert seen.code == 3
    assert "still unknown" in " ".join(seen.out.split())
