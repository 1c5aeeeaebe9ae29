"""The failover run of `exchangekit demo`: what its last screen says is what the ledgers hold, and
it can fail."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, redirect_stdout
from dataclasses import dataclass
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from support.quick_demo import quick

from exchangekit import NeverPlaced, Outcome
from exchangekit.cli import demo, main
from exchangekit.cli.demo import failover_run, script, trading
from exchangekit.cli.demo import signal_strategy as strategy
from exchangekit.cli.demo.failover_run import FailingOver, FailoverRun, Handled
from exchangekit.cli.demo.failover_table import failover_facts, show_runs
from exchangekit.cli.demo.ledger import Ledger
from exchangekit.cli.demo.proofs import Hearing, ProofAwaited, Step, proof_of
from exchangekit.cli.demo.screen import LiveView, Silence
from exchangekit.cli.demo.signal_strategy import Report
from exchangekit.cli.demo.verdict import problems
from exchangekit.hookspecs import OrderEvent, ReplyEvent, hookimpl
from exchangekit.journal import Journal
from exchangekit.models.orders import MarketBuyWithCost, OrderRequest
from exchangekit.plugins import installed
from exchangekit.sim import SimulatedVenue, run_venues

VENUES = ("okx", "binance", "mexc")
SIGNALS = strategy.read_signals(demo.FAILOVER_SIGNALS)


@dataclass
class Shown:
    """One whole demo: its exit code, its output, its failover runs, and what the ledgers held when
    each was over."""

    code: int
    out: str
    runs: list[FailoverRun]
    ledgers: list[Mapping[str, list[dict[str, Any]]]]


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    seen = Shown(-1, "", [], [])
    original = FailingOver.run

    def run(self: FailingOver) -> FailoverRun:
        seen.runs.append(original(self))
        seen.ledgers.append({name: one.control.orders() for name, one in self.running.items()})
        return seen.runs[-1]

    with pytest.MonkeyPatch.context() as patch, redirect_stdout(StringIO()) as out:
        patch.chdir(tmp_path_factory.mktemp("demo"))
        quick(patch)
        patch.setenv("COLUMNS", "80")
        patch.setattr(FailingOver, "run", run)
        patch.setattr(trading, "trade_on_simulated_venues", lambda *given: iter(()))
        seen.code = main(["demo", *VENUES])
    seen.out = out.getvalue()
    return seen


def test_it_ends_well_and_says_so_in_plain_lines_of_80_columns(shown: Shown) -> None:
    assert shown.code == 0, shown.out
    assert max(map(len, shown.out.splitlines())) <= 80
    assert not [
        letter for letter in shown.out if letter != "\n" and unicodedata.category(letter) == "Cc"
    ]
    [verdict] = [line for line in shown.out.splitlines() if line.startswith("Belief = ledgers:")]
    assert "in 2 runs; none unknown, none twice" in verdict


@pytest.mark.parametrize("at", [0, 1], ids=["async", "sync"])
def test_every_order_of_every_ledger_is_in_the_table_and_none_is_twice(
    shown: Shown, at: int
) -> None:
    before = shown.ledgers[at - 1] if at else {name: [] for name in VENUES}
    true = {
        (name, order["client_id"])
        for name, orders in shown.ledgers[at].items()
        for order in orders[len(before[name]) :]
    }
    believed = [
        (one.venue, one.report.order.client_order_id)
        for one in shown.runs[at].handled
        if one.report.order is not None
    ]
    assert sorted(believed) == sorted(true)
    assert len({name for _, name in true}) == len(true)
    assert len(true) == len(SIGNALS)


@pytest.mark.parametrize("at", [0, 1], ids=["async", "sync"])
def test_the_primary_loses_a_reply_fails_and_comes_back(shown: Shown, at: int) -> None:
    run = shown.runs[at]
    assert (run.variant, run.same, run.came_back) == (("async", "sync")[at], True, True)
    first, second, _ = run.venues
    taken = [one.venue for one in run.handled]
    # A probe that is under way when the venue comes back may bring it back one order earlier.
    assert taken[6] in (first, second)
    assert [*taken[:6], *taken[7:]] == [first, first, *[second] * 4, first, "mexc"]
    proof = "gateway" if first == "okx" else "rechecked"
    told = [proof_of(one) for one in run.handled]
    assert told == [
        f"{first} said so",
        "found by name",
        f"{second} said so",
        f"proven absent at {first} ({proof} proof), then placed at {second}",
        *[f"{venue} said so" for venue in taken[4:]],
    ]
    skipped = {"okx": ("okx", "binance"), "binance": ("binance",)}[first]
    assert run.handled[-1].passed_over == skipped, "mexc alone lists MX/USDT"


def test_the_table_tells_the_same_as_the_run(shown: Shown) -> None:
    table = shown.out[shown.out.index("how proven") :]
    words = " ".join(table.split())
    for run in shown.runs:
        assert words.count(f" {run.variant} buy BTC/USDT ") == 1
    for one in (one for run in shown.runs for one in run.handled):
        signal = one.report.signal
        amount = "canceled"
        if one.report.filled:
            done = "bought" if signal.side == "buy" else "sold"
            amount = f"{done} {one.report.filled.normalize():f}"
        assert f"{signal.side} {signal.symbol} {one.venue} {amount} " in words


def test_programs_are_told_the_same(shown: Shown) -> None:
    told = json.loads(json.dumps(failover_facts(shown.runs)))
    assert (told["same"], told["went_on"], told["came_back"]) == (True, True, True)
    for facts, run in zip(told["runs"], shown.runs, strict=True):
        assert facts["unknown_orders"] == []
        assert [one["venue"] for one in facts["signals"]] == [one.venue for one in run.handled]
        moved = facts["signals"][3]["steps"]
        assert [step["outcome"] for step in moved] == ["absent", "taken"]
        assert moved[0]["answer_lost"] is True
        assert moved[0]["proof"] in ("gateway", "rechecked")
        assert all(line["same"] for line in facts["signals"])


# It can fail


@pytest.fixture
def three(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, SimulatedVenue]]:
    monkeypatch.chdir(tmp_path)
    quick(monkeypatch)
    keys = failover_run.KEYS
    with run_venues(
        [installed().simulated()[name] for name in VENUES],
        key=keys["api_key"],
        secret=keys["secret"],
        passphrase=keys["passphrase"],
    ) as running:
        yield running


def an_order_that_nobody_knows_of(running: Mapping[str, SimulatedVenue]) -> None:
    [known, *_] = running["okx"].control.orders()
    running["okx"].control.again(str(known["id"]))


def the_same_order_at_another_venue(running: Mapping[str, SimulatedVenue]) -> None:
    [known, *_] = running["okx"].control.orders()
    keys = failover_run.KEYS
    options: Any = {**keys, "base_url": running["mexc"].url, "env_file": None, "journal": None}
    with failover_run.connect_sync("mexc", **options) as mexc:
        mexc.create_market_buy_with_cost("BTC/USDT", "250", client_order_id=str(known["client_id"]))


def money_from_nowhere(running: Mapping[str, SimulatedVenue]) -> None:
    running["mexc"].control.deposit("main", "BTC", "0.00000001")


@pytest.mark.parametrize(
    ("plant", "words"),
    [
        (an_order_that_nobody_knows_of, "(unknown to the strategy)"),
        (the_same_order_at_another_venue, "(PLACED TWICE)"),
        (money_from_nowhere, "mexc BTC: the strategy believes +0, the ledgers hold +0.00000001"),
    ],
    ids=["an unknown order", "an order twice", "money from nowhere"],
)
@pytest.mark.parametrize("variant", ["async", "sync"])
def test_a_difference_at_any_venue_is_found_and_shown(
    three: dict[str, SimulatedVenue],
    plant: Any,
    words: str,
    variant: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    class Planting(Silence):
        def handled(self, one: Handled) -> None:
            plant(three)

    run = FailingOver(variant, three, SIGNALS[:1], tmp_path, Planting()).run()
    assert not run.same
    assert f"DIFFERENT on the failover, {variant}" in problems([], [run])[0]
    show_runs([run])
    assert words in " ".join(capsys.readouterr().out.split())


def test_a_run_in_which_no_order_went_on_proves_nothing(
    three: dict[str, SimulatedVenue], tmp_path: Path
) -> None:
    run = FailingOver("sync", three, SIGNALS[:1], tmp_path, Silence()).run()
    assert (run.same, run.went_on, run.came_back) == (True, False, False)
    assert problems([], [run]) == ["NO ORDER WENT ON to another venue (sync): this proves nothing."]


@pytest.mark.parametrize("same", [True, False])
def test_a_problem_of_the_failover_is_exit_code_1(
    same: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    handled = Handled(
        Report(SIGNALS[0], "closed", filled=Decimal(1)), (Step("okx", None, False),), (), 0.1
    )
    line = failover_run.Line("buy BTC/USDT", "closed", "closed" if same else "no order")
    run = FailoverRun("async", ("mexc", "okx"), (handled,), (line,), (), 1.0)
    monkeypatch.setattr(failover_run, "fail_over_on_simulated_venues", lambda *given: iter([run]))
    monkeypatch.setattr(trading, "trade_on_simulated_venues", lambda *given: iter(()))
    assert main(["demo", "mexc", "okx"]) == (0 if same else 1)
    told = capsys.readouterr().out
    assert ("DIFFERENT" in told, "Belief = ledgers" in told) == (not same, same)


# How it is known


def order_event(venue: str, **more: Any) -> OrderEvent:
    given: dict[str, Any] = {"outcome": None, "order": None, "error": None, **more}
    return OrderEvent(venue, None, "create_order", _REQUEST, **given)


_REQUEST: OrderRequest = OrderRequest.__args__[0](  # type: ignore[attr-defined]
    symbol="BTC/USDT", side="buy", amount=Decimal(1), price=Decimal(1)
)


def test_what_the_kit_tells_is_put_into_words() -> None:
    fences = {name: installed().adapter(name).capabilities.fence for name in VENUES}
    hearing = Hearing(0.5)
    hearing.fences = fences
    lost = NeverPlaced("gone", outcome=Outcome.UNKNOWN)
    hearing.begin()
    hearing.exchangekit_on_reply(
        ReplyEvent("okx", None, "create_order", 1, None, 0.1, 0, lost, "n")
    )
    assert hearing.awaited is not None
    assert hearing.awaited.venue == "okx"
    absent = NeverPlaced("gone", outcome=Outcome.ABSENT)
    absent.proof = "gateway"
    hearing.exchangekit_on_order_outcome(
        order_event("okx", outcome=Outcome.ABSENT, error=absent, lost=lost)
    )
    assert hearing.awaited is None, "what is proven is waited for no longer"
    hearing.exchangekit_on_order_outcome(order_event("mexc"))
    assert hearing.passed_over == ("binance",)
    one = Handled(Report(SIGNALS[0], "closed"), tuple(hearing.steps), (), 1.0)
    assert proof_of(one) == "proven absent at okx (gateway proof), then placed at mexc"
    assert (one.venue, hearing.orders) == ("mexc", {"mexc": 1})


@pytest.mark.parametrize(("venue", "seconds"), [("okx", 10.5), ("binance", 1.5)])
def test_the_countdown_ends_when_the_proof_can_be_had(venue: str, seconds: float) -> None:
    hearing = Hearing(0.5)
    hearing.fences = {venue: installed().adapter(venue).capabilities.fence}
    lost = NeverPlaced("gone", outcome=Outcome.UNKNOWN)
    hearing.exchangekit_on_reply(ReplyEvent(venue, None, "create_order", 1, None, 0, 0, lost, "n"))
    assert hearing.awaited is not None
    assert hearing.awaited.seconds == seconds


def test_the_live_view_shows_each_venue_and_the_countdown(
    three: dict[str, SimulatedVenue], tmp_path: Path
) -> None:
    """A picture while a proof is waited for, taken when the venue has lost the answer."""
    terminal = Console(file=StringIO(), width=80, height=30, force_terminal=True, color_system=None)
    view = LiveView(terminal)
    view.pace = 0.0
    pictures: list[str] = []

    class Watching(Hearing):
        @hookimpl
        def exchangekit_on_reply(self, event: ReplyEvent) -> None:
            super().exchangekit_on_reply(event)
            if self.awaited is not None:
                with terminal.capture() as drawn:
                    terminal.print(view.picture())
                pictures.append(drawn.get())

    with ExitStack() as stack:
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        patch.setattr(failover_run, "Hearing", Watching)
        patch.setattr(script, "ACTS", {0: script.loses_a_reply})
        FailingOver("sync", three, SIGNALS[:1], tmp_path, view).run()
    [picture, *_] = pictures
    lines = picture.splitlines()
    assert max(map(len, lines)) <= 80
    assert [line.split()[0] for line in lines if line.startswith(VENUES)] == list(VENUES)
    assert "signal 1 of 1: buy BTC/USDT" in picture
    assert "waiting for proof that okx never took it: 1 s" in picture


def test_a_ledger_that_does_not_listen_says_so(three: dict[str, SimulatedVenue]) -> None:
    with Ledger(three["okx"].url) as ledger:
        assert ledger.answers()
        three["okx"].stop()
        assert not ledger.answers()


@pytest.mark.parametrize("variant", ["async", "sync"])
def test_ctrl_c_while_nobody_knows_leaves_a_journal_that_knows_what_to_ask(
    three: dict[str, SimulatedVenue],
    variant: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class CtrlC(Silence):
        def awaits(self, awaited: ProofAwaited) -> None:
            raise KeyboardInterrupt

    monkeypatch.setattr(script, "ACTS", {0: script.loses_a_reply})
    with pytest.raises(KeyboardInterrupt):
        FailingOver(variant, three, SIGNALS[:1], tmp_path, CtrlC()).run()
    [true] = three["okx"].control.orders()
    for name in ("okx", "failover"):
        with closing(Journal(tmp_path / f"{variant}-{name}.journal")) as journal:
            [left_open] = journal.open_intents()
            asked = left_open.intent.change
            assert isinstance(asked, MarketBuyWithCost)
            assert (asked.client_order_id, left_open.state) == (true["client_id"], "unknown")
