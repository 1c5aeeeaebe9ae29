"""`order place | show | cancel | open`, compared with what the venue's ledger truly holds."""

from __future__ import annotations

import io
import json
import os
import shlex
import signal
import subprocess
import sys
from decimal import Decimal
from typing import Any

import pytest
from support.commands import Command, as_at_a_terminal, key_variables
from support.patience import PATIENCE, eventually
from support.traders import spent

from exchangekit.cli import options, orders
from exchangekit.connect import connect_sync
from exchangekit.sim import SimulatedVenue

Running = tuple[str, SimulatedVenue]
RESTING = ["BTC/USDT", "buy", "0.001", "--limit", "50000"]


def held(venue: Running) -> list[dict[str, Any]]:
    return venue[1].control.orders()


def sent(venue: Running, operation: str) -> int:
    return sum(request["operation"] == operation for request in venue[1].control.requests())


def test_a_limit_order_is_placed_shown_listed_and_canceled(at: Command, sim: Running) -> None:
    seen = at("order", "place", "VENUE", *RESTING, "--json")
    assert seen.code == 0, seen.err
    placed = json.loads(seen.out)
    [truth] = held(sim)
    assert placed["id"] == truth["id"]
    assert placed["status"] == "open"
    assert Decimal(truth["price"]) == 50000
    assert Decimal(truth["amount"]) == Decimal("0.001")

    by_id = at("order", "show", "VENUE", "BTC/USDT", placed["id"])
    assert by_id.code == 0
    assert placed["id"] in by_id.out
    name = placed["client_order_id"]
    by_name = at("order", "show", "VENUE", "BTC/USDT", "--client-order-id", name, "--json")
    assert json.loads(by_name.out)["id"] == placed["id"]

    listed = json.loads(at("order", "open", "VENUE", "BTC/USDT", "--json").out)
    assert [one["id"] for one in listed] == [placed["id"]]
    assert placed["id"] in at("order", "open", "VENUE", "BTC/USDT").out

    canceled = at("order", "cancel", "VENUE", "BTC/USDT", placed["id"])
    assert canceled.code == 0, canceled.err
    assert "canceled" in canceled.out
    assert [one["status"] for one in held(sim)] == ["canceled"]
    assert "No open orders." in at("order", "open", "VENUE", "BTC/USDT").out


def test_a_market_buy_by_cost_is_filled_and_the_table_says_so(at: Command, sim: Running) -> None:
    seen = at("order", "place", "VENUE", "BTC/USDT", "buy", "--cost", "100")
    assert seen.code == 0, seen.err
    [truth] = held(sim)
    assert truth["status"] == "filled"
    shown = {line.split("  ")[0].strip(): line.split()[-1] for line in seen.out.splitlines()}
    assert shown["status"] == spent(sim[0])
    assert Decimal(shown["filled, BTC"]) == Decimal(truth["filled"])


def test_a_market_sell_by_amount_and_a_post_only_order_keep_their_kind(
    at: Command, sim: Running
) -> None:
    assert at("order", "place", "VENUE", "BTC/USDT", "sell", "0.002").code == 0
    assert at("order", "place", "VENUE", *RESTING, "--post-only").code == 0
    sale, rest = held(sim)
    assert (sale["kind"], sale["side"], Decimal(sale["filled"])) == (
        "market",
        "sell",
        Decimal("0.002"),
    )
    assert (rest["kind"], rest["post_only"], rest["status"]) == ("limit", True, "open")


def test_a_client_order_id_of_ones_own_is_kept(at_one: Command, one: Running) -> None:
    assert at_one("order", "place", "VENUE", *RESTING, "--client-order-id", "mine1").code == 0
    assert [order["client_id"] for order in held(one)] == ["mine1"]


def test_all_orders_of_a_symbol_are_canceled_at_once(at: Command, sim: Running) -> None:
    for _ in range(3):
        assert at("order", "place", "VENUE", *RESTING).code == 0
    seen = at("order", "cancel", "VENUE", "BTC/USDT", "--all")
    assert seen.code == 0
    assert "3 canceled, 0 not" in seen.out
    assert {order["status"] for order in held(sim)} == {"canceled"}


def test_an_order_that_is_not_there_is_exit_code_1(at: Command, sim: Running) -> None:
    assert at("order", "place", "VENUE", *RESTING).code == 0
    number = held(sim)[0]["id"]
    assert at("order", "cancel", "VENUE", "BTC/USDT", number).code == 0
    assert at("order", "cancel", "VENUE", "BTC/USDT", number).code == 0, "canceled it is"
    seen = at("order", "cancel", "VENUE", "BTC/USDT", "1234567")
    assert seen.code == 1
    assert len(seen.err.splitlines()) == 1
    assert at("order", "show", "VENUE", "BTC/USDT", "--client-order-id", "never1").code == 1


WRONG = [
    (["BTC/USDT", "buy"], 2, "needs an amount"),
    (["BTC/USDT", "buy", "1", "--cost", "5"], 2, "both amount and cost"),
    (["BTC/USDT", "buy", "--cost", "5", "--limit", "9"], 2, "cost goes with market buys"),
    (["BTC/USDT", "sell", "--cost", "5"], 2, "cost goes with market buys"),
    (["BTC/USDT", "hold", "1"], 2, "side is 'hold'"),
    (["BTC/USDT", "buy", "one"], 2, "amount is 'one'"),
    (["BTC/USDT", "buy", "nan"], 2, "amount is NaN"),
    (["BTC/USDT", "buy", "1", "--time-in-force", "ioc"], 2, "no time in force"),
    (["NO/SUCH", "buy", "1"], 2, "there is no market 'NO/SUCH'"),
    (["BTC/USDT", "buy", "0.001", "--limit", "50000.123456"], 1, "is not a multiple of"),
    (["BTC/USDT", "buy", "0.000000001", "--limit", "50000"], 1, "amount"),
]


@pytest.mark.parametrize(("words", "code", "said"), WRONG, ids=[" ".join(row[0]) for row in WRONG])
def test_a_wrong_order_is_one_sentence_and_nothing_is_sent(
    at_one: Command, one: Running, words: list[str], code: int, said: str
) -> None:
    seen = at_one("order", "place", "VENUE", *words)
    assert (seen.code, len(seen.err.splitlines())) == (code, 1)
    assert said in seen.err
    assert sent(one, "create_order") == 0


def test_what_the_venue_refuses_is_exit_code_1(at: Command, sim: Running) -> None:
    sim[1].control.set_balance("main", "USDT", "1")
    seen = at("order", "place", "VENUE", *RESTING)
    assert seen.code == 1
    assert "nothing was changed" in seen.err
    assert held(sim) == []


def test_a_dry_run_needs_no_keys_and_sends_nothing(command: Command, sim: Running) -> None:
    name, venue = sim
    where = ["--base-url", venue.url, "--dry-run"]
    seen = command("order", "place", name, *RESTING, *where)
    assert seen.code == 0, seen.err
    assert seen.out.startswith("Buy 0.001 BTC at 50000 USDT. Nothing was sent.\nPOST http://")
    assert "signed text: " in seen.out
    told = json.loads(command("order", "place", name, *RESTING, *where, "--json").out)
    assert Decimal(told["cost"]) == 50
    assert sent(sim, "create_order") == 0


def test_a_dry_run_of_an_illegal_order_names_the_filter_and_is_exit_code_1(
    command: Command, one: Running
) -> None:
    words = ["BTC/USDT", "buy", "0.001", "--limit", "50000.001", "--dry-run"]
    seen = command("order", "place", "binance", *words, "--base-url", one[1].url)
    assert seen.code == 1
    assert "refused: price 50000.001 is not a multiple of 0.01" in seen.out


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def _live(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(orders, "is_live", lambda exchange: True)


@pytest.mark.usefixtures("_live")
@pytest.mark.parametrize(
    ("typed", "extra", "code", "placed"),
    [
        (Terminal("y\n"), [], 0, 1),
        (Terminal("yes\n"), [], 0, 1),
        (Terminal("n\n"), [], 1, 0),
        (Terminal("\n"), [], 1, 0),
        (Terminal(""), [], 1, 0),
        (io.StringIO("y\n"), [], 2, 0),
        (io.StringIO(""), ["--yes"], 0, 1),
    ],
    ids=["y", "yes", "n", "enter", "end of input", "not a terminal", "--yes"],
)
def test_a_live_order_is_sent_only_after_a_yes(
    at_one: Command, one: Running, monkeypatch: pytest.MonkeyPatch, typed, extra, code, placed
) -> None:
    typed.seek(0)
    monkeypatch.setattr(sys, "stdin", typed)
    seen = at_one("order", "place", "VENUE", *RESTING, *extra)
    assert seen.code == code
    assert len(held(one)) == placed
    if not extra:
        assert "Buy 0.001 BTC at 50000 USDT on binance, with real money" in seen.err
    if not placed:
        assert "Nothing was sent" in seen.err


@pytest.mark.parametrize(
    ("environment", "base_url", "live"),
    [
        ("live", None, True),
        ("live", "https://mirror.example.com", True),
        ("live", "http://127.0.0.1:8801", False),
        ("live", "http://localhost:8801", False),
        ("live", "http://[::1]:8801", False),
        ("testnet", None, False),
    ],
)
def test_real_money_is_a_live_environment_that_is_not_on_this_machine(
    environment: str, base_url: str | None, live: bool
) -> None:
    with connect_sync("binance", environment=environment, base_url=base_url) as exchange:
        assert options.is_live(exchange) is live


def test_a_lost_answer_is_found_out(at: Command, sim: Running) -> None:
    rule = {"operation": "create_order", "action": "drop", "at": "after"}
    sim[1].control.add_faults([rule])
    seen = at("order", "place", "VENUE", *RESTING)
    assert seen.code == 0, seen.err
    assert held(sim)[0]["id"] in seen.out
    sim[1].control.add_faults([{"operation": "cancel_order", "action": "drop", "at": "after"}])
    assert at("order", "cancel", "VENUE", "BTC/USDT", held(sim)[0]["id"]).code == 0


@pytest.mark.usefixtures("hasty")
def test_a_lost_answer_is_exit_code_3_with_the_command_that_finds_the_order(
    at: Command, sim: Running, command: Command
) -> None:
    rule = {"operation": "create_order", "action": "drop", "at": "after"}
    sim[1].control.add_faults([rule])
    seen = at("order", "place", "VENUE", *RESTING)
    assert seen.code == 3
    assert "unknown" in seen.err
    advice = shlex.split(seen.err.split("Look: ")[1])
    assert advice[0] == "exchangekit"
    found = command(*advice[1:], "--json")
    assert found.code == 0, found.err
    assert json.loads(found.out)["id"] == held(sim)[0]["id"]


@pytest.mark.usefixtures("hasty")
def test_a_lost_answer_to_a_cancel_is_exit_code_3(at: Command, sim: Running) -> None:
    assert at("order", "place", "VENUE", *RESTING).code == 0
    sim[1].control.add_faults([{"operation": "cancel_order", "action": "drop", "at": "after"}])
    seen = at("order", "cancel", "VENUE", "BTC/USDT", held(sim)[0]["id"])
    assert seen.code == 3
    assert len(seen.err.splitlines()) == 1


def test_an_order_that_is_accepted_is_no_failure_when_looking_at_it_fails(
    at: Command, sim: Running
) -> None:
    sim[1].control.add_faults(
        [{"operation": "fetch_order", "action": "status", "status": 503, "count": 0}]
    )
    seen = at("order", "place", "VENUE", *RESTING)
    assert seen.code == 0, seen.err
    assert held(sim)[0]["id"] in seen.out


def test_ctrl_c_while_an_order_is_on_its_way_is_exit_code_3_and_says_where_to_look(
    one: Running,
) -> None:
    venue = one[1]
    slow = {"operation": "create_order", "action": "delay", "at": "reply", "seconds": 3600}
    venue.control.add_faults([slow])
    words = ["order", "place", "binance", *RESTING]
    with as_at_a_terminal():
        process = subprocess.Popen(
            [sys.executable, "-m", "exchangekit.cli", *words, "--base-url", venue.url],
            env={**os.environ, **key_variables("binance")},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
    try:
        assert eventually(lambda: held(one) or process.poll() is not None)
        process.send_signal(signal.SIGINT)
        out, said = process.communicate(timeout=PATIENCE)
    finally:
        process.kill()
        process.communicate()
    assert (process.returncode, out) == (3, ""), said
    assert len(said.splitlines()) == 1
    assert f"--client-order-id {held(one)[0]['client_id']}" in said
