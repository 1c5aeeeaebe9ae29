"""`markets`, `candles`, `trades`, `fees`, compared with what the simulated venue truly has."""

from __future__ import annotations

import json
import sys
from datetime import datetime, timedelta
from decimal import Decimal
from io import BytesIO, TextIOWrapper

import pytest
from support.commands import Command
from support.traders import KEYS

from exchangekit import Market, connect_sync
from exchangekit.cli import main
from exchangekit.cli.markets import percent
from exchangekit.exchange import SyncExchange
from exchangekit.models.markets import SkippedMarket, index
from exchangekit.sim import SimulatedVenue

Running = tuple[str, SimulatedVenue]


def loaded(sim: Running) -> dict[str, Market]:
    with connect_sync(sim[0], base_url=sim[1].url, env_file=None) as exchange:
        return exchange.load_markets().by_symbol


# markets


def test_markets_lists_what_trades_with_its_filters(at: Command, sim: Running) -> None:
    truth = {name: one for name, one in loaded(sim).items() if one.active}
    told = json.loads(at("markets", "VENUE", "--json").out)
    assert {one["symbol"] for one in told["markets"]} == set(truth)
    assert told["skipped"] == []
    for one in told["markets"]:
        assert Decimal(one["price_step"]) == truth[one["symbol"]].price_step
    shown = at("markets", "VENUE").out.splitlines()
    assert [line.split()[0] for line in shown[2:]] == sorted(truth)


@pytest.mark.parametrize("typed", ["USDC", "usdc"])
def test_markets_of_one_quote_are_those_and_no_others(
    at: Command, sim: Running, typed: str
) -> None:
    truth = {name for name, one in loaded(sim).items() if one.quote == "USDC" and one.active}
    told = json.loads(at("markets", "VENUE", "--quote", typed, "--json").out)
    assert {one["symbol"] for one in told["markets"]} == truth != set()


def test_one_market_tells_its_filters_in_words(at: Command, sim: Running) -> None:
    truth = loaded(sim)["BTC/USDT"]
    told = json.loads(at("markets", "VENUE", "BTC/USDT", "--json").out)
    assert (told["id"], Decimal(told["amount_step"])) == (truth.id, truth.amount_step)
    lines = at("markets", "VENUE", "BTC/USDT").out.splitlines()
    shown = {line.split("  ")[0]: line.split("  ", 1)[1].strip() for line in lines}
    assert shown["the venue's name"] == truth.id
    assert Decimal(shown["price step, USDT"]) == truth.price_step
    assert Decimal(shown["amount step, BTC"]) == truth.amount_step


def made(symbol: str, **given: object) -> Market:
    base, quote = symbol.split("/")
    return Market(symbol=symbol, id=base + quote, base=base, quote=quote, **given)  # type: ignore[arg-type]


def test_markets_that_rest_are_left_out_unless_asked_for_and_unreadable_ones_are_named(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = index(
        (made("BTC/USDT"), made("OLD/USDT", active=False)), (SkippedMarket("ODD", "no step"),)
    )
    monkeypatch.setattr(SyncExchange, "load_markets", lambda self: found)
    short = command("markets", "binance").out
    assert "OLD/USDT" not in short
    assert "ODD: left out, it cannot be read: no step" in short
    assert "OLD/USDT" in command("markets", "binance", "--all").out
    told = json.loads(command("markets", "binance", "--json").out)
    assert told["skipped"] == [{"id": "ODD", "reason": "no step"}]


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ({"min_cost": Decimal(5)}, "5 or more"),
        ({"max_cost": Decimal(9)}, "up to 9"),
        ({"min_cost": Decimal(5), "max_cost": Decimal("9.5")}, "5 to 9.5"),
        ({"min_cost": Decimal(0), "max_cost": Decimal(0)}, "any"),
        ({}, None),
    ],
)
def test_a_range_is_told_in_words(
    command: Command, monkeypatch: pytest.MonkeyPatch, given: dict[str, Decimal], shown: str | None
) -> None:
    monkeypatch.setattr(SyncExchange, "load_markets", lambda self: index((made("A/B", **given),)))
    lines = command("markets", "binance", "A/B").out.splitlines()
    costs = [line.split("cost, B", 1)[1].strip() for line in lines if line.startswith("cost, B")]
    assert costs == ([] if shown is None else [shown])


# trades


def test_trades_are_the_newest_with_the_last_at_the_bottom(at: Command, sim: Running) -> None:
    told = json.loads(at("trades", "VENUE", "BTC/USDT", "--limit", "7", "--json").out)
    assert len(told) == 7
    times = [datetime.fromisoformat(one["timestamp"]) for one in told]
    assert times == sorted(times)
    for one in told:
        assert Decimal(one["price"]) * Decimal(one["amount"]) == Decimal(one["cost"])
    shown = at("trades", "VENUE", "BTC/USDT", "--limit", "7").out.splitlines()
    assert "price, USDT" in shown[0]
    assert len(shown) == 2 + 7


# fees


def test_fees_are_the_accounts_own(at: Command) -> None:
    told = json.loads(at("fees", "VENUE", "BTC/USDT", "ETH/USDT", "--json").out)
    assert set(told) == {"BTC/USDT", "ETH/USDT"}
    maker = told["BTC/USDT"]["maker"]
    shown = at("fees", "VENUE", "BTC/USDT").out.splitlines()
    assert len(shown) == 3
    assert shown[2].split()[:2] == ["BTC/USDT", str(percent(Decimal(maker))).split()[0]]


@pytest.mark.parametrize(
    ("rate", "shown"),
    [("0.001", "0.1 %"), ("-0.00005", "-0.005 %"), ("0", "0 %"), ("0.00000001", "0.000001 %")],
)
def test_a_rate_is_told_in_per_cent_with_all_its_digits(rate: str, shown: str) -> None:
    assert percent(Decimal(rate)) == shown


# candles


def test_candles_as_json_are_the_venues(at: Command, sim: Running) -> None:
    told = json.loads(at("candles", "VENUE", "BTC/USDT", "4h", "--limit", "5", "--json").out)
    with connect_sync(sim[0], base_url=sim[1].url, env_file=None) as exchange:
        truth = exchange.fetch_ohlcv("BTC/USDT", "4h", limit=5)
    assert [one["timestamp"] for one in told] == [one.timestamp.isoformat() for one in truth]
    assert [Decimal(one["open"]) for one in told] == [one.open for one in truth]


def test_candles_are_drawn_with_their_numbers(at: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    told = json.loads(at("candles", "VENUE", "BTC/USDT", "4h", "--limit", "9", "--json").out)
    shown = at("candles", "VENUE", "BTC/USDT", "4h", "--limit", "9").out
    assert shown.startswith("BTC/USDT, 9 candles of 4h\n")
    assert "█" in shown
    assert "▒" in shown
    assert shown.count("┤") >= 4
    high = max(Decimal(one["high"]) for one in told)
    assert f"high {high.normalize():f}" in shown
    assert told[0]["timestamp"][5:16].replace("T", " ") in shown


def test_candles_since_a_moment_begin_there_and_end_with_the_limit(
    at: Command, sim: Running
) -> None:
    newest = json.loads(at("candles", "VENUE", "BTC/USDT", "1h", "--limit", "50", "--json").out)
    start = datetime.fromisoformat(newest[0]["timestamp"])
    words = ["candles", "VENUE", "BTC/USDT", "1h", "--since", start.isoformat(), "--json"]
    told = json.loads(at(*words).out)
    assert [one["timestamp"] for one in told[:50]] == [one["timestamp"] for one in newest]
    few = json.loads(at(*words, "--limit", "3").out)
    assert [datetime.fromisoformat(one["timestamp"]) for one in few] == [
        start + timedelta(hours=hours) for hours in range(3)
    ]


def test_more_candles_than_columns_are_put_together_and_it_says_so(
    at_one: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    shown = at_one("candles", "VENUE", "BTC/USDT", "1h", "--limit", "100").out.splitlines()
    assert shown[0] == "BTC/USDT, 100 candles of 1h, 5 a column"
    assert max(map(len, shown[1:])) <= 40


@pytest.mark.parametrize(("width", "count"), [("40", 24), ("80", 32), ("120", 52)])
def test_as_many_candles_are_drawn_as_fit_one_a_column_or_with_a_gap(
    at_one: Command, monkeypatch: pytest.MonkeyPatch, width: str, count: int
) -> None:
    monkeypatch.setenv("COLUMNS", width)
    shown = at_one("candles", "VENUE", "BTC/USDT").out.splitlines()
    assert shown[0] == f"BTC/USDT, {count} candles of 1h"
    assert max(map(len, shown)) <= int(width)
    assert len(json.loads(at_one("candles", "VENUE", "BTC/USDT", "--json").out)) == 100


def test_candles_as_a_table_have_a_row_each(at_one: Command) -> None:
    shown = at_one("candles", "VENUE", "BTC/USDT", "1h", "--table", "-n", "4").out.splitlines()
    assert shown[0].split() == ["time", "open", "high", "low", "close", "volume"]
    assert len(shown) == 2 + 4


def test_a_terminal_without_blocks_gets_ascii(
    one: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = BytesIO()
    monkeypatch.setattr(sys, "stdout", TextIOWrapper(written, encoding="ascii"))
    words = ["candles", "binance", "BTC/USDT", "--base-url", one[1].url]
    assert main(words) == 0
    shown = written.getvalue().decode("ascii")
    assert "?" not in shown
    assert "#" in shown
    assert "o" in shown.split("\n", 1)[1]


def test_a_market_without_candles_is_said(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SyncExchange, "fetch_ohlcv", lambda self, *a, **k: ())
    seen = command("candles", "binance", "NEW/USDT")
    assert (seen.code, seen.out) == (0, "NEW/USDT: no candles of 1h there.\n")


def test_fees_without_symbols_are_told_where_the_venue_tells_all(at: Command, sim: Running) -> None:
    seen = at("fees", "VENUE", "--json")
    with connect_sync(sim[0], base_url=sim[1].url, env_file=None, **KEYS[sim[0]]) as exchange:
        one_by_one = exchange.capabilities.fees_per_symbol
    if one_by_one:
        assert seen.code == 2
        assert "one symbol at a time" in seen.err
    else:
        assert len(json.loads(seen.out)) > 10
