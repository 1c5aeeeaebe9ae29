"""`exchangekit demo`: that it shows beliefs beside ledgers, and that it can fail."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from support.patience import PATIENCE
from support.traders import KEYS, VENUES

from exchangekit import Market, Order, OrderStatus, connect_sync
from exchangekit.cli import demo, main
from exchangekit.cli.demo import comparing, live, trading
from exchangekit.cli.demo import signal_strategy as strategy
from exchangekit.cli.demo.ledger import HeldOrder, Ledger
from exchangekit.cli.demo.signal_strategy import Report
from exchangekit.models.markets import index
from exchangekit.plugins import installed
from exchangekit.sim import SimulatedVenue, run_venues


@pytest.fixture(autouse=True)
def _nothing_from_outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(strategy, "POLL", 0.05)
    monkeypatch.setattr(trading, "PATIENCE", 0.2)


def test_the_demo_of_one_venue_fits_80_columns_and_says_that_a_failover_needs_more() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "exchangekit.cli", "demo", "mexc", "--verbose"],
        capture_output=True,
        text=True,
        env={**os.environ, "COLUMNS": "80"},
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    assert max(map(len, done.stdout.splitlines())) <= 80
    headings = [line for line in done.stdout.splitlines() if line.endswith((", async", ", sync"))]
    assert headings == ["mexc, async", "mexc, sync"]
    assert done.stdout.count("the answer got lost, the order was found") == 2
    assert "DIFFERENT" not in done.stdout
    assert "A failover needs two venues or more" in done.stdout
    assert "Belief = ledgers: 10 orders in 2 runs" in done.stdout


def test_without_verbose_a_run_on_one_venue_is_a_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["demo", "okx"]) == 0
    shown = capsys.readouterr().out
    assert [line.split(" orders")[0] for line in shown.splitlines() if line.startswith("okx")] == [
        "okx, async: 4",
        "okx, sync: 4",
    ]
    assert "the strategy believes" not in shown


def test_the_demo_leaves_nothing_out_in_40_columns(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    assert main(["demo", "okx", "--verbose"]) == 0
    shown = capsys.readouterr().out
    assert max(map(len, shown.splitlines())) <= 40
    assert shown.count("the strategy believes:") == shown.count("the ledger holds:") == 12
    believed = [part.split("the ledger holds:") for part in shown.split("believes:")[1:]]
    for line, after in ((" ".join(one.split()), " ".join(two.split())) for one, two in believed):
        assert after.startswith(line)


def test_the_demo_tells_programs_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", "okx", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["same"], told["traded"], told["failover"]) == (True, True, None)
    assert [(run["venue"], run["variant"]) for run in told["runs"]] == [
        ("okx", "async"),
        ("okx", "sync"),
    ]
    for run in told["runs"]:
        assert len(run["orders"]) == 6
        assert all(line["believed"] == line["held"] and line["same"] for line in run["orders"])
        assert {line["what"] for line in run["balances"]} >= {"BTC", "USDT"}


def test_another_seed_is_another_market_and_still_the_truth(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["demo", "okx", "--seed", "8"]) == 0
    assert "Belief = ledgers:" in capsys.readouterr().out


# Tampering: each changes the truth or the belief a little, and the demo must notice.


def money_from_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    original = Ledger.forgive

    def forgive(self: Ledger) -> None:
        original(self)
        self._put("balances", {"asset": "BTC", "deposit": "0.00000001"})

    monkeypatch.setattr(Ledger, "forgive", forgive)


def an_order_of_somebody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    original = strategy.run_sync

    def run(exchange: Any, *rest: Any) -> list[Report]:
        exchange.create_limit_order("BTC/USDT", "buy", "0.001", "50000")
        return original(exchange, *rest)

    monkeypatch.setattr(strategy, "run_sync", run)


def _believing(change: Callable[[Report], None]) -> Callable[[pytest.MonkeyPatch], None]:
    def tamper(monkeypatch: pytest.MonkeyPatch) -> None:
        original = strategy.conclude

        def conclude(report: Report, market: Market, order: Order, trades: Sequence[Any]) -> Report:
            made = original(report, market, order, trades)
            change(made)
            return made

        monkeypatch.setattr(strategy, "conclude", conclude)

    return tamper


def no_fees(report: Report) -> None:
    report.fees = {}


def a_wrong_status(report: Report) -> None:
    report.verdict = "open"


def a_little_more_filled(report: Report) -> None:
    report.filled += Decimal("0.00000001")


def a_rounded_cost(report: Report) -> None:
    report.cost = round(report.cost, 1) + Decimal("0.1")


def a_change_forgotten(report: Report) -> None:
    report.changes.pop("USDT", None)


def another_order(report: Report) -> None:
    assert report.order is not None
    report.order = report.order.model_copy(update={"id": "1"})


TAMPERING = [
    money_from_nowhere,
    an_order_of_somebody_else,
    *map(
        _believing,
        [
            no_fees,
            a_wrong_status,
            a_little_more_filled,
            a_rounded_cost,
            a_change_forgotten,
            another_order,
        ],
    ),
]
NAMES = [
    "money from nowhere",
    "an order of somebody else",
    "no fees",
    "a wrong status",
    "a little more filled",
    "a rounded cost",
    "a change forgotten",
    "another order",
]


@pytest.mark.parametrize("tamper", TAMPERING, ids=NAMES)
def test_the_demo_fails_when_belief_and_ledger_differ(
    tamper: Callable[[pytest.MonkeyPatch], None],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    tamper(monkeypatch)
    assert main(["demo", "okx"]) == 1
    shown = capsys.readouterr().out
    assert "DIFFERENT on okx" in shown
    assert "the strategy believes" in shown, "what differs is shown without being asked for"
    assert "Belief = ledgers:" not in shown


def test_a_demo_in_which_nothing_is_traded_proves_nothing_and_fails(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    idle = tmp_path / "signals.csv"
    idle.write_text(
        "symbol,side,type,price,slippage,amount,cost\nBTC/USDT,buy,market,1,1,,5\n",
        encoding="utf-8",
    )
    monkeypatch.setattr(demo, "SIGNALS", idle)
    assert main(["demo", "okx"]) == 1
    assert "NOTHING TRADED on okx async, okx sync" in capsys.readouterr().out


# Comparing

BTC = Market(symbol="BTC/USDT", id="BTC-USDT", base="BTC", quote="USDT")
TRUE = HeldOrder(
    id="7",
    symbol="BTC-USDT",
    side="buy",
    status="filled",
    filled=Decimal("0.500"),
    cost=Decimal("48000.0"),
    fees={"BTC": Decimal("0.0005")},
)


def believed(**change: Any) -> Report:
    signal = strategy.read_signals(demo.SIGNALS)[0]
    order = Order(symbol="BTC/USDT", id="7", status=OrderStatus.CLOSED)
    made = Report(signal, "closed", order=order, fees={"BTC": Decimal("0.0005000")})
    made.filled, made.cost = Decimal("0.5"), Decimal(48000)
    for name, value in change.items():
        setattr(made, name, value)
    return made


def test_numbers_that_are_equal_are_the_same_however_they_are_written() -> None:
    [line] = comparing.compare_orders([believed()], {"7": TRUE}, index((BTC,)))
    assert line.same
    assert line.held == "closed, buy 0.5 BTC for 48000 USDT, fee 0.0005 BTC"


@pytest.mark.parametrize(
    "change",
    [
        {"status": "open"},
        {"status": "expired"},
        {"side": "sell"},
        {"symbol": "ETH-USDT"},
        {"filled": Decimal("0.50000001")},
        {"cost": Decimal("48000.00000001")},
        {"fees": {"BTC": Decimal("0.00050001")}},
        {"fees": {"USDT": Decimal("0.0005")}},
        {"fees": {}},
        {"id": "8"},
    ],
    ids=str,
)
def test_any_difference_between_an_order_and_the_ledger_shows(change: dict[str, Any]) -> None:
    held = replace(TRUE, **change)
    lines = comparing.compare_orders([believed()], {held.id: held}, index((BTC,)))
    assert not all(line.same for line in lines)


def test_an_unknown_outcome_is_never_the_same_as_anything() -> None:
    report = believed(verdict="unknown", order=None)
    for held in ({}, {"7": TRUE}):
        lines = comparing.compare_orders([report], held, index((BTC,)))
        assert not lines[0].same


def test_a_balance_that_should_not_have_changed_shows() -> None:
    before = {"BTC": Decimal(1), "ETH": Decimal(2)}
    lines = comparing.compare_balances([], before, {**before, "ETH": Decimal("2.00000001")})
    assert [(line.what, line.believed, line.held) for line in lines] == [
        ("ETH", "+0", "+0.00000001")
    ]


# The reading half


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[str], str]], None]:
    """Send `--live` to other addresses: no test may ask a real venue."""

    def send_to(address: Callable[[str], str]) -> None:
        def opened(venue: str, **given: Any) -> Any:
            return connect_sync(venue, base_url=address(venue), env_file=None, **given)

        monkeypatch.setattr(live, "connect_sync", opened)

    return send_to


def test_live_says_plainly_which_venue_cannot_be_reached(
    elsewhere: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    elsewhere(lambda venue: "http://127.0.0.1:9")
    assert main(["demo", "--live", "mexc", "okx"]) == 1
    shown = capsys.readouterr().out
    assert "mexc cannot be reached from here: " in shown
    assert "okx cannot be reached from here: " in shown
    assert main(["demo", "--live", "mexc", "--json"]) == 1
    [told] = json.loads(capsys.readouterr().out)
    assert (told["venue"], told["signals"]) == ("mexc", [])
    assert "no connection" in told["problem"]


def test_live_compares_prices_and_places_nothing(
    elsewhere: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    dialects = [installed().simulated()[name] for name in VENUES]
    with run_venues(dialects) as running:
        elsewhere(lambda venue: running[venue].url)
        assert main(["demo", "--live", *VENUES]) == 0
        shown = capsys.readouterr().out
        assert shown.count("buy DOGE/USDT") == len(VENUES)
        assert main(["demo", "--live", "okx", "--json"]) == 0
        [told] = json.loads(capsys.readouterr().out)
        assert told["problem"] is None
        assert {one["symbol"] for one in told["signals"]} >= {"BTC/USDT", "DOGE/USDT"}
        assert all(one["price"] is None or Decimal(one["price"]) for one in told["signals"])
        for venue in running.values():
            assert venue.control.orders() == []
            headers = {name for one in venue.control.requests() for name, _ in one["headers"]}
            assert "host" in {name.lower() for name in headers}
            assert not [name for name in headers if "KEY" in name.upper()]
    assert "Nothing is placed" in shown


def test_the_ledger_is_read_from_the_control_interface() -> None:
    keys = KEYS["okx"]
    dialect = installed().simulated()["okx"]
    with SimulatedVenue(
        dialect, key=keys["api_key"], secret=keys["secret"], passphrase=keys["passphrase"]
    ) as venue:
        with connect_sync("okx", base_url=venue.url, env_file=None, **keys) as exchange:
            made = exchange.create_market_buy_with_cost("BTC/USDT", "100")
        with Ledger(venue.url) as ledger:
            assert list(ledger.orders()) == [made.id]
            assert ledger.totals()["USDT"] < Decimal(1_000_000)
