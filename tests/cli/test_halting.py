"""`exchangekit halt` and `exchangekit lift`, as a user sees them."""

from __future__ import annotations

import json

import pytest
from support.commands import Command

from exchangekit.journal import journal_files, state_folder
from exchangekit.sim import SimulatedVenue

Running = tuple[str, SimulatedVenue]
PLACE = ["order", "place", "VENUE", "BTC/USDT", "buy", "0.001", "--limit", "50000"]


def test_no_order_goes_out_until_it_is_lifted(at_one: Command, one: Running) -> None:
    halted = at_one("halt", "VENUE", "too many orders")
    assert (halted.code, halted.err) == (0, "")
    assert "too many orders" in halted.out
    assert f"exchangekit lift binance --base-url {one[1].url}" in halted.out
    refused = at_one(*PLACE)
    assert (refused.code, refused.out) == (1, "")
    assert "trading is halted since" in refused.err
    assert "too many orders. Nothing was sent. Look why." in " ".join(refused.err.split())
    assert "exchangekit lift" in refused.err
    assert one[1].control.orders() == []
    lifted = at_one("lift", "VENUE")
    assert lifted.code == 0
    assert lifted.out.startswith("Lifted. It was halted since ")
    assert at_one("lift", "VENUE").out == "Nothing was halted.\n"
    assert at_one(*PLACE).code == 0


def test_as_json(at_one: Command) -> None:
    first = json.loads(at_one("halt", "VENUE", "one", "--json").out)
    assert first["reason"] == "one"
    assert json.loads(at_one("halt", "VENUE", "other", "--json").out) == first
    assert json.loads(at_one("lift", "VENUE", "--json").out) == first
    assert json.loads(at_one("lift", "VENUE", "--json").out) is None


def test_without_keys_nothing_is_halted(at_one: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("API_KEY", "API_SECRET"):
        monkeypatch.delenv(f"EXCHANGEKIT_BINANCE_{name}")
    seen = at_one("halt", "VENUE", "why")
    assert (seen.code, seen.out) == (2, "")
    assert "this needs an API key" in seen.err
    assert journal_files(state_folder()) == []


def test_the_journal_shows_it_on_top(at_one: Command, command: Command) -> None:
    assert at_one(*PLACE, "--client-order-id", "mine1").code == 0
    assert "halted" not in command("journal").out
    at_one("halt", "VENUE", "too many orders")
    (file,) = journal_files(state_folder())
    lines = command("journal").out.splitlines()
    assert lines[0].startswith("Trading is halted since ")
    assert "too many orders" in " ".join(lines[:3])
    assert any("mine1" in line for line in lines)
    shown = command("journal", "--open").out
    assert shown.startswith("Trading is halted")
    assert shown.endswith("Nothing is open.\n")
    halt, order = json.loads(command("journal", "--json").out)
    assert (halt["kind"], halt["journal"]) == ("Halt", str(file))
    assert (halt["reason"], order["kind"]) == ("too many orders", "LimitOrder")
    at_one("lift", "VENUE")
    assert "halted" not in command("journal").out
    assert len(json.loads(command("journal", "--json").out)) == 1
