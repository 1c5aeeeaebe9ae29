"""`journal`, `journal export`, `journal prune`: what was ordered by hand, and how it ended."""

from __future__ import annotations

import json
import stat
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len
from support.commands import Command
from support.traders import KEYS

from exchangekit.journal import journal_files, state_folder
from exchangekit.sim import SimulatedVenue

Running = tuple[str, SimulatedVenue]
PLACE = ["order", "place", "VENUE", "BTC/USDT", "buy", "0.001", "--limit", "50000"]


@pytest.fixture
def traded(at: Command, sim: Running, hasty: None) -> Running:
    """An order that rests, one that was refused, one whose answer got lost, and a cancel."""
    sim[1].control.set_balance("main", "USDT", "500")
    assert at(*PLACE, "--client-order-id", "rests1").code == 0
    assert at("order", "place", "VENUE", "BTC/USDT", "buy", "--cost", "900").code == 1
    sim[1].control.add_faults([{"action": "drop", "at": "after", "operation": "create_order"}])
    assert at(*PLACE, "--client-order-id", "lost1").code == 3
    assert at("order", "cancel", "VENUE", "BTC/USDT", "--client-order-id", "rests1").code == 0
    return sim


def listed(command: Command, *more: str) -> Any:
    seen = command("journal", *more, "--json")
    assert (seen.code, seen.err) == (0, "")
    return json.loads(seen.out)


def test_what_was_ordered_and_how_it_ended_is_listed_oldest_first(
    command: Command, traded: Running
) -> None:
    rows = listed(command)
    assert [(row["operation"], row["state"]) for row in rows] == [
        ("create_order", "done"),
        ("create_order", "refused"),
        ("create_order", "unknown"),
        ("cancel_order", "done"),
    ]
    first = rows[0]
    held = {order["client_id"]: order for order in traded[1].control.orders()}
    assert first["order_id"] == held["rests1"]["id"]
    assert Decimal(first["request"]["amount"]) == Decimal("0.001")
    assert first["venue"] == traded[0]
    assert first["began"] < first["fence"] if first["fence"] else first["began"]
    assert "InsufficientFunds" in rows[1]["error"]
    table = command("journal").out
    assert "for 900 USDT" in table
    for word in ("rests1", "lost1", "unknown", "refused", first["order_id"]):
        assert word in table


def test_only_what_is_open_or_of_a_time_is_listed(command: Command, traded: Running) -> None:
    assert [row["request"]["client_order_id"] for row in listed(command, "--open")] == ["lost1"]
    assert len(listed(command, "--since", "2020-01-01")) == 4
    assert listed(command, "--since", "2020-01-01", "--open")


def test_a_journal_that_holds_nothing_says_so(command: Command, tmp_path: Path) -> None:
    assert command("journal").out == "Nothing was ordered or canceled.\n"
    assert command("journal", "--open").out == "Nothing is open.\n"
    assert listed(command) == []
    assert command("journal", "prune", "--older-than", "1d").out == "0 removed, 0 kept\n"
    assert not journal_files(state_folder())


def test_an_export_holds_every_entry_and_no_secret_and_is_for_its_user_alone(
    command: Command, traded: Running, tmp_path: Path
) -> None:
    assert command("journal", "export", "out.jsonl").out == "4 written to out.jsonl\n"
    target = tmp_path / "out.jsonl"
    rows = [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()]
    assert [[event["state"] for event in row["events"]] for row in rows] == [
        ["open", "done"],
        ["open", "refused"],
        ["open", "unknown"],
        ["open", "done"],
    ]
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    seen = command("journal", "export", "-")
    assert [json.loads(line) for line in seen.out.splitlines()] == rows
    for secret in KEYS[traded[0]].values():
        assert secret not in seen.out
    again = command("journal", "export", "out.jsonl")
    assert (again.code, again.err) == (2, "out.jsonl exists: name another file.\n")


def test_pruning_keeps_what_is_not_known(command: Command, traded: Running) -> None:
    seen = command("journal", "prune")
    assert (seen.code, seen.err) == (2, "Say what is old, such as --older-than 90d.\n")
    assert command("journal", "prune", "--older-than", "1h").out == "0 removed, 4 kept\n"
    assert json.loads(command("journal", "prune", "--older-than", "0h", "--json").out) == {
        "removed": 3,
        "kept": 1,
    }
    assert [row["state"] for row in listed(command)] == ["unknown"]


def test_one_file_can_be_named(command: Command, traded: Running) -> None:
    (file,) = journal_files(state_folder())
    assert len(listed(command, "--file", str(file))) == 4
    assert command("journal", "--file", str(file), "prune", "--older-than", "0h").code == 0
    assert len(listed(command)) == 1


def test_a_journal_that_cannot_be_read_is_one_sentence_and_no_list(
    command: Command, traded: Running
) -> None:
    (state_folder() / "a.journal").write_bytes(b"nothing of ours" * 100)
    seen = command("journal")
    assert (seen.code, seen.out) == (2, "")
    assert len(seen.err.splitlines()) == 1
    assert "a.journal is damaged or no journal" in seen.err


def test_options_of_the_list_do_not_go_with_the_other_commands(command: Command) -> None:
    seen = command("journal", "--open", "export", "a")
    assert (seen.code, seen.out) == (2, "")
    assert seen.err == "--open, --since and --json do not go with export.\n"


def test_the_list_fits_40_columns(
    command: Command, traded: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    lines = command("journal").out.splitlines()
    assert max(map(cell_len, lines)) <= 40
    assert sum(line.startswith("outcome") for line in lines) == 4
