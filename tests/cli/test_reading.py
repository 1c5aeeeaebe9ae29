"""`venues`, `ticker`, `book`, `balance`: tables for people, exact JSON for programs."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
from support.toy import KEY, SECRET, Entry, ToyAdapter, plugin_of
from support.traders import VENUES

from exchangekit import Balance, Balances
from exchangekit.adapter.operations import EXCHANGE_OPERATIONS
from exchangekit.cli import support, venues
from exchangekit.exchange import Exchange, SyncExchange
from exchangekit.hookspecs import new_manager
from exchangekit.plugins import PluginProblem, Plugins, installed, load
from exchangekit.sim import SimulatedVenue


def test_venues_lists_every_installed_venue_with_what_it_can_do(command) -> None:
    seen = command("venues")
    assert seen.code == 0
    for venue in VENUES:
        adapter = installed().adapter(venue)
        line = next(line for line in seen.out.splitlines() if line.startswith(venue))
        assert adapter.title in line
        assert ", ".join(adapter.environments) in line
        assert f"{len(support.supported(adapter))} of {len(EXCHANGE_OPERATIONS)}" in line
        assert f"({installed().package(venue)} " in line


def test_venues_as_json_says_the_same(command) -> None:
    told = json.loads(command("venues", "--json").out)
    assert [one["venue"] for one in told["venues"]] == sorted(VENUES)
    assert all(one["simulation"] is True for one in told["venues"])
    assert told["problems"] == []
    for one in told["venues"]:
        assert "fetch_ticker" in one["operations"]
        assert one["environments"]["live"].startswith("https://")


def test_every_operation_that_is_counted_exists_async_and_sync() -> None:
    assert len(EXCHANGE_OPERATIONS) >= 26
    for name in EXCHANGE_OPERATIONS:
        assert callable(getattr(Exchange, name))
        assert callable(getattr(SyncExchange, name))


def test_venues_names_every_plugin_problem(command, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = Plugins(new_manager())
    broken.problems.append(PluginProblem("acme (exchangekit-acme 1)", "it cannot be imported: boo"))
    broken.problems.append(PluginProblem("zeta", "exchangekit_venue is no hook"))
    monkeypatch.setattr(venues, "installed", lambda: broken)
    seen = command("venues")
    assert "No venue is installed" in seen.out
    assert "plugin acme (exchangekit-acme 1): it cannot be imported: boo" in seen.out
    assert "plugin zeta: exchangekit_venue is no hook" in seen.out
    told = json.loads(command("venues", "--json").out)
    assert {one["plugin"] for one in told["problems"]} == {"acme (exchangekit-acme 1)", "zeta"}


def test_venues_shows_both_that_offer_one_venue_and_how_to_choose(
    command, monkeypatch: pytest.MonkeyPatch
) -> None:
    twice = load([Entry(name, plugin_of(ToyAdapter)) for name in ("toy", "zzz")])
    monkeypatch.setattr(venues, "installed", lambda: twice)
    seen = command("venues")
    assert seen.code == 0
    for name in ("toy", "zzz"):
        assert f"kit-{name}:toy" in seen.out
        assert f"plugin {name} (kit-{name} 9): it offers 'toy', which" in seen.out
    told = json.loads(command("venues", "--json").out)
    assert [one["venue"] for one in told["venues"]] == ["kit-toy:toy", "kit-zzz:toy"]
    for view in ("--operations", "--markdown"):
        assert command("venues", view).code == 0


def test_venues_shows_where_a_key_comes_from_and_what_is_wrong_with_it(
    command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    found = load([Entry("toy", plugin_of(ToyAdapter))])
    monkeypatch.setattr(venues, "installed", lambda: found)
    assert json.loads(command("venues", "--json").out)["venues"][0]["key"] is None
    for name, value in (("API_KEY", KEY), ("API_SECRET", SECRET)):
        monkeypatch.setenv(f"EXCHANGEKIT_TOY_{name}", value)
    told = command("venues", "--json").out
    assert json.loads(told)["venues"][0]["key"] == "from the environment"
    assert "from the environment" in " ".join(command("venues").out.split())
    monkeypatch.setenv("EXCHANGEKIT_TOY_API_SECRET", SECRET + " ")
    wrong = command("venues", "--json").out
    assert "not used: Toy: the api_secret has white space" in wrong
    for value in (KEY, SECRET):
        assert value not in told + wrong


def test_venues_says_what_a_simulation_needs_where_the_extra_is_missing(
    command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("exchangekit.cli.simulate.find_spec", lambda name: None)
    seen = command("venues")
    assert seen.out.count("needs exchangekit[sim]") == len(VENUES)
    assert "plugin " not in seen.out.splitlines()[-1]


def test_operations_are_shown_line_by_line(command) -> None:
    seen = command("venues", "--operations")
    assert seen.code == 0
    lines = [line.strip() for line in seen.out.splitlines()]
    assert any(line.startswith("`create_market_buy_with_cost`") for line in lines)
    assert any(line.startswith("limit order, post_only") for line in lines)


def test_a_ticker_is_what_the_venue_quotes(at, sim: tuple[str, SimulatedVenue]) -> None:
    venue = sim[1]
    symbol = next(one.symbol for one in venue.venue.instruments.values() if one.pair == "BTC/USDT")
    venue.control.market(symbol, price="97000", frozen=True)
    for _ in range(5):  # where the price stands still, quotes around it still come and go
        before = venue.control.market(symbol, frozen=True)
        seen = at("ticker", "VENUE", "BTC/USDT", "--json")
        shown = at("ticker", "VENUE", "BTC/USDT").out
        truth = venue.control.market(symbol, frozen=True)
        if truth == before:
            break
    assert truth == before
    assert seen.code == 0
    told = json.loads(seen.out)["BTC/USDT"]
    assert Decimal(told["bid"]) == Decimal(truth["bid"])
    assert Decimal(told["ask"]) == Decimal(truth["ask"])
    assert f"{Decimal(truth['ask']):f}".rstrip("0").rstrip(".") in shown


def test_several_tickers_are_a_table(at) -> None:
    seen = at("ticker", "VENUE", "BTC/USDT", "ETH/USDT")
    assert seen.code == 0
    assert [line.split()[0] for line in seen.out.splitlines()[2:]] == ["BTC/USDT", "ETH/USDT"]


def test_a_book_has_its_best_prices_first_and_the_depth_that_was_asked(at) -> None:
    told = json.loads(at("book", "VENUE", "BTC/USDT", "--depth", "7", "--json").out)
    bids = [Decimal(level["price"]) for level in told["bids"]]
    asks = [Decimal(level["price"]) for level in told["asks"]]
    assert bids == sorted(bids, reverse=True)
    assert asks == sorted(asks)
    assert len(bids) == len(asks) == 7
    assert bids[0] < asks[0]
    shown = at("book", "VENUE", "BTC/USDT", "--depth", "7").out.splitlines()
    assert len(shown) == 2 + 7 + 1
    assert "spread" in shown[-1]


def test_a_balance_is_what_the_ledger_holds(at, sim: tuple[str, SimulatedVenue]) -> None:
    truth = sim[1].control.balances()["main"]
    told = json.loads(at("balance", "VENUE", "--json").out)
    held = {asset for asset, amounts in truth.items() if Decimal(amounts["total"])}
    assert set(told) == held
    for asset in held:
        assert Decimal(told[asset]["free"]) == Decimal(truth[asset]["free"])
    shown = at("balance", "VENUE")
    assert shown.code == 0
    assert {line.split()[0] for line in shown.out.splitlines()[2:]} == held


def test_assets_held_at_zero_are_shown_only_when_asked_for(
    command, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = Balances(
        assets={
            "BTC": Balance(asset="BTC", free=Decimal(0), used=Decimal(1)),
            "ETH": Balance(asset="ETH", free=Decimal(0), used=Decimal(0)),
        }
    )
    monkeypatch.setattr(SyncExchange, "fetch_balance", lambda self: held)
    short = command("balance", "binance").out
    assert "BTC" in short
    assert "ETH" not in short
    assert "ETH" in command("balance", "binance", "--all").out


def test_a_small_number_has_no_exponent_in_json(at) -> None:
    told = at("ticker", "VENUE", "SHIB/USDT", "--json").out
    assert '"0.0000' in told
    assert "E-" not in told
