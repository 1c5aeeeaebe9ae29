"""The example strategy: what it decides without a venue, and that it never believes what is not so
when answers get lost, orders rest, fill in part, or are refused. Sync and async alike."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from support.commands import key_variables
from support.traders import KEYS, spent

from exchangekit import (
    Market,
    MyTrade,
    Order,
    OrderStatus,
    Side,
    Ticker,
    Timeouts,
    connect,
    connect_sync,
)
from exchangekit.cli import demo
from exchangekit.cli.demo import SIGNALS
from exchangekit.cli.demo import signal_strategy as strategy
from exchangekit.cli.demo.comparing import Line, compare_balances, compare_orders
from exchangekit.cli.demo.ledger import Ledger
from exchangekit.cli.demo.signal_strategy import Report, Signal
from exchangekit.sim import SimulatedVenue

FILE = Path(strategy.__file__)
Running = tuple[str, SimulatedVenue]


def signal(side: str = "buy", **given: Any) -> Signal:
    made = {"symbol": "BTC/USDT", "type": "market", "price": "97000", "slippage": "1"}
    made |= {"amount": None, "cost": None} | given
    for name in ("price", "slippage", "amount", "cost"):
        if made[name] is not None:
            made[name] = Decimal(made[name])
    return Signal(side=Side(side), **made)


# Without a venue


def test_the_strategy_and_its_signals_are_files_of_the_package_and_no_links() -> None:
    assert FILE.parent == SIGNALS.parent == Path(demo.__file__).parent
    assert not FILE.is_symlink()
    assert not SIGNALS.is_symlink()


def test_a_copy_of_the_strategy_and_its_signals_runs_anywhere(tmp_path: Path) -> None:
    copied = [shutil.copy(path, tmp_path) for path in (FILE, SIGNALS)]
    command = [sys.executable, copied[0], "nowhere", "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 1
    assert "no installed plugin offers a venue 'nowhere'" in done.stderr


def test_the_example_uses_only_the_public_interface() -> None:
    lines = FILE.read_text(encoding="utf-8").splitlines()
    named = [line for line in lines if line.startswith(("from exchangekit", "import exchangekit"))]
    assert named == ["from exchangekit import ("]


@pytest.mark.parametrize(
    ("side", "bid", "ask", "verdict"),
    [
        ("buy", "97900", "97970", "holds"),
        ("buy", "97900", "97971", "skipped"),
        ("buy", "50000", "50001", "holds"),
        ("sell", "96030", "96040", "holds"),
        ("sell", "96029", "99000", "skipped"),
        ("sell", "120000", "120001", "holds"),
        ("buy", "97000", None, "skipped"),
    ],
)
def test_a_signal_holds_until_the_price_is_worse_than_it_allows(
    side: str, bid: str, ask: str | None, verdict: str
) -> None:
    ticker = Ticker(symbol="BTC/USDT", bid=Decimal(bid), ask=None if ask is None else Decimal(ask))
    assert strategy.judge(signal(side), ticker).verdict == verdict


def test_rounding_is_explicit_and_never_in_our_disfavour() -> None:
    market = Market(
        symbol="BTC/USDT",
        id="BTCUSDT",
        base="BTC",
        quote="USDT",
        price_step=Decimal("0.1"),
        amount_step=Decimal("0.001"),
        cost_step=Decimal("0.01"),
    )
    buy = signal(type="limit", price="97000.19", amount="0.0019")
    made = strategy.order_of(buy, market)
    assert (made["price"], made["amount"]) == (Decimal("97000.1"), Decimal("0.001"))
    sell = signal("sell", type="limit", price="97000.11", amount="0.0019")
    assert strategy.order_of(sell, market)["price"] == Decimal("97000.2")
    assert strategy.order_of(signal(cost="99.999"), market)["cost"] == Decimal("99.99")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("BTC/USDT,hold,market,1,1,,5", "'hold' is not a valid Side"),
        ("BTC/USDT,buy,market,one,1,,5", "line 2"),
        ("BTC/USDT,buy,market,0,1,,5", "price is above 0"),
        ("BTC/USDT,buy,market,nan,1,,5", "line 2"),
        ("BTC/USDT,buy,market", "line 2"),
    ],
)
def test_a_bad_signal_is_named_by_its_line(tmp_path: Path, line: str, words: str) -> None:
    path = tmp_path / "signals.csv"
    path.write_text(f"symbol,side,type,price,slippage,amount,cost\n{line}\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"signals\.csv, line 2") as caught:
        strategy.read_signals(path)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("status", "filled", "failed"),
    [
        ("closed", "1", False),
        ("canceled", "0", False),
        ("expired", "0.5", False),
        ("expired", "0", True),
        ("rejected", "0", True),
        ("open", "0", True),
    ],
)
def test_an_order_that_the_venue_ended_unfilled_or_whose_end_is_not_known_has_failed(
    status: str, filled: str, failed: bool
) -> None:
    market = Market(symbol="BTC/USDT", id="BTCUSDT", base="BTC", quote="USDT")
    order = Order(symbol="BTC/USDT", id="1", status=OrderStatus(status), filled=Decimal(filled))
    traded = [MyTrade(
        symbol="BTC/USDT", id="1", order_id="1", side=Side.BUY, price=Decimal(1),
        amount=Decimal(filled), cost=Decimal(filled), timestamp=datetime.now(UTC),
    )]  # fmt: skip
    report = strategy.conclude(Report(signal(), "holds"), market, order, traded)
    assert report.failed is failed


# On simulated venues

Run = Callable[..., tuple[list[Report], tuple[Line, ...]]]


@pytest.fixture(params=["async", "sync"])
def run(sim: Running, request: pytest.FixtureRequest) -> Run:
    """Trade signals on a venue whose BTC stands at 97,000; the reports, beside the ledger."""
    name, venue = sim
    with connect_sync(name, base_url=venue.url, env_file=None) as reader:
        markets = reader.load_markets()
    venue.control.market(markets["BTC/USDT"].id, price="97000", frozen=True)

    def trade(
        signals: Sequence[Signal], timeouts: Timeouts | None = None
    ) -> tuple[list[Report], tuple[Line, ...]]:
        with Ledger(venue.url) as ledger:
            before = ledger.totals()
            if request.param == "async":
                reports = asyncio.run(_async(name, venue.url, signals, timeouts))
            else:
                reports = _sync(name, venue.url, signals, timeouts)
            orders = compare_orders(reports, ledger.orders(), markets)
            return reports, (*orders, *compare_balances(reports, before, ledger.totals()))

    return trade


async def _async(
    name: str, url: str, signals: Sequence[Signal], timeouts: Timeouts | None
) -> list[Report]:
    given: dict[str, Any] = {"base_url": url, "env_file": None, "order_window": 1500}
    async with (
        connect(name, timeouts=timeouts, **given, **KEYS[name]) as exchange,
        connect(name, **given) as prices,
    ):
        return await strategy.run(exchange, prices, signals, patience=0.3)


def _sync(
    name: str, url: str, signals: Sequence[Signal], timeouts: Timeouts | None
) -> list[Report]:
    given: dict[str, Any] = {"base_url": url, "env_file": None, "order_window": 1500}
    with (
        connect_sync(name, timeouts=timeouts, **given, **KEYS[name]) as exchange,
        connect_sync(name, **given) as prices,
    ):
        return strategy.run_sync(exchange, prices, signals, patience=0.3)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strategy, "POLL", 0.05)


def test_an_order_through_many_levels_is_believed_to_the_last_digit(run: Run, sim: Running) -> None:
    [report], lines = run([signal(cost="90000", slippage="5")])
    assert report.verdict == spent(sim[0])
    assert report.order is not None
    assert report.filled == report.order.filled
    assert all(line.same for line in lines), lines


def test_a_resting_order_is_canceled_after_a_while(run: Run) -> None:
    [report], lines = run([signal(type="limit", price="90000", slippage="9", amount="0.001")])
    assert (report.verdict, report.filled, report.changes) == ("canceled", 0, {})
    assert all(line.same for line in lines), lines


def test_an_order_that_fills_in_part_is_canceled_and_its_part_believed(
    run: Run, sim: Running
) -> None:
    half = {"action": "partial", "operation": "create_order", "fraction": "0.5"}
    sim[1].control.add_faults([half])
    [report], lines = run([signal(type="limit", price="97500", amount="0.004")])
    assert (report.verdict, report.filled) == ("canceled", Decimal("0.002"))
    assert all(line.same for line in lines), lines


def test_an_order_whose_answer_is_lost_is_found_and_followed(run: Run, sim: Running) -> None:
    lost = {"action": "drop", "at": "after", "operation": "create_order"}
    sim[1].control.add_faults([lost])
    [report], lines = run([signal(cost="100")])
    assert report.verdict == spent(sim[0])
    assert len(sim[1].control.orders()) == 1
    assert all(line.same for line in lines), lines


@pytest.mark.by_turns(3)
def test_an_order_that_is_still_on_its_way_is_not_taken_for_absent(run: Run, sim: Running) -> None:
    slow = {"action": "delay", "at": "acceptance", "operation": "create_order", "seconds": 1}
    sim[1].control.add_faults([slow])
    impatient = Timeouts(connect=2, read=0.4, attempt=0.4, total=5)
    [report], lines = run([signal(cost="100")], impatient)
    assert report.verdict == spent(sim[0])
    assert all(line.same for line in lines), lines


@pytest.mark.by_turns(3)
def test_an_order_that_never_arrived_is_proven_absent_after_its_fence(
    run: Run, sim: Running
) -> None:
    lost = {"action": "drop", "at": "before", "operation": "create_order"}
    sim[1].control.add_faults([lost])
    [report], lines = run([signal(cost="100")])
    assert report.verdict == "never placed"
    assert sim[1].control.orders() == []
    assert all(line.same for line in lines), lines


def test_what_is_lost_while_canceling_is_looked_at_again(run: Run, sim: Running) -> None:
    lost = {"action": "drop", "at": "before", "operation": "cancel_order"}
    sim[1].control.add_faults([lost])
    [report], lines = run([signal(type="limit", price="90000", slippage="9", amount="0.001")])
    assert report.verdict == "canceled"
    assert all(line.same for line in lines), lines


def test_what_the_venue_refuses_or_does_not_list_leaves_no_trace(run: Run, sim: Running) -> None:
    sim[1].control.set_balance("main", "USDT", "1")
    reports, lines = run([signal(cost="100"), signal(symbol="NO/SUCH", cost="5")])
    assert [report.verdict for report in reports] == ["refused", "skipped"]
    assert "there is no market 'NO/SUCH'" in reports[1].reason
    assert [line.held for line in lines] == ["no order", "no order"]
    assert all(line.same for line in lines)


@pytest.fixture
def by_hand(
    one: Running, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Callable[..., subprocess.CompletedProcess[str]]:
    """The file as a program, with its keys in the environment, on signals that are rows here."""
    name, venue = one
    for variable, value in key_variables(name).items():
        monkeypatch.setenv(variable, value)
    venue.control.market("BTCUSDT", price="97250", frozen=True)
    path = tmp_path / "signals.csv"

    def program(*words: str, rows: Sequence[str]) -> subprocess.CompletedProcess[str]:
        head = "symbol,side,type,price,slippage,amount,cost"
        path.write_text("\n".join([head, *rows, ""]), encoding="utf-8")
        command = [sys.executable, FILE, name, "--base-url", venue.url, "--signals", path]
        command += ["--patience", "0.2", *words]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    return program


HOLDS = "BTC/USDT,buy,market,97250,0.5,,250"
RESTS = "BTC/USDT,buy,limit,90000,9,0.001,"
MOVED = "BTC/USDT,buy,market,50000,0.5,,250"


@pytest.mark.parametrize("mode", [["--sync"], []], ids=["sync", "async"])
def test_the_file_runs_by_hand_and_reports(
    one: Running, by_hand: Callable[..., Any], mode: list[str]
) -> None:
    checked = by_hand("--check", *mode, rows=[HOLDS, RESTS, MOVED])
    assert checked.returncode == 0, checked.stderr
    assert "buy  BTC/USDT   holds, the price moved" in checked.stdout
    assert one[1].control.orders() == []
    done = by_hand(*mode, rows=[HOLDS, RESTS, MOVED])
    assert done.returncode == 0, done.stdout + done.stderr
    traded, rested, moved = done.stdout.splitlines()
    [truth, *_] = one[1].control.orders()
    assert traded.startswith("buy  BTC/USDT   closed, filled ")
    assert Decimal(traded.split("filled ")[1].split()[0]) == Decimal(truth["filled"])
    assert rested.startswith("buy  BTC/USDT   canceled")
    assert moved.startswith("buy  BTC/USDT   skipped, the price moved")


@pytest.mark.parametrize("mode", [["--sync"], []], ids=["sync", "async"])
@pytest.mark.parametrize(
    ("row", "words", "told"),
    [
        ("NO/SUCH,buy,market,1,1,,5", [], "there is no market"),
        ("NO/SUCH,buy,market,1,1,,5", ["--check"], "there is no market"),
        ("BTC/USDT,buy,market,97250,0.5,,9999999999", [], "refused"),
        (HOLDS, ["--base-url", "http://127.0.0.1:9"], "skipped, "),
    ],
    ids=["no such market", "no such market, only checked", "refused", "nobody answers"],
)
def test_a_signal_that_could_not_be_traded_is_exit_code_1(
    by_hand: Callable[..., Any], mode: list[str], row: str, words: list[str], told: str
) -> None:
    rows = [row] if "--base-url" in words else [MOVED, row, MOVED]
    done = by_hand(*words, *mode, rows=rows)
    assert done.returncode == 1
    assert told in done.stdout
    assert len(done.stdout.splitlines()) == len(rows), "the other signals are told all the same"


@pytest.mark.parametrize("mode", [["--sync"], []], ids=["sync", "async"])
def test_without_keys_it_could_not_trade_and_says_which(
    by_hand: Callable[..., Any], mode: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in key_variables("binance"):
        monkeypatch.delenv(variable)
    done = by_hand(*mode, rows=[HOLDS])
    assert done.returncode == 1
    assert "EXCHANGEKIT_BINANCE_API_KEY" in done.stdout


@pytest.mark.parametrize(
    ("fault", "verdict"),
    [({"at": "before"}, "never placed"), ({"at": "after"}, "closed")],
    ids=["lost on the way", "its answer lost"],
)
@pytest.mark.by_turns(3)
def test_an_order_fails_if_it_never_was_and_not_if_only_its_answer_got_lost(
    run: Run, sim: Running, fault: dict[str, str], verdict: str
) -> None:
    sim[1].control.add_faults([{"action": "drop", "operation": "create_order", **fault}])
    [report], _ = run([signal(cost="100")])
    told = spent(sim[0]) if verdict == "closed" else verdict
    assert (report.verdict, report.failed) == (told, verdict != "closed")


def test_by_hand_a_missing_file_is_one_sentence(tmp_path: Path) -> None:
    command = [sys.executable, FILE, "okx", "--signals", "nowhere.csv"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "nowhere.csv" in done.stderr
