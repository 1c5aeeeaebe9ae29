"""ccxt's `binance`, changed in nothing but its addresses, trades on the simulated Binance."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from support.ccxt_client import client, needs_ccxt
from support.ccxt_spot import PRICE, SYMBOL, SpotChecks

from exchangekit.sim import SimulatedVenue


@pytest.fixture(scope="module")
def venue() -> Iterator[SimulatedVenue]:
    dialect = importlib.import_module("exchangekit_binance.sim").BinanceDialect
    with SimulatedVenue(dialect, key="ccxt-key", secret="ccxt-secret") as running:
        running.control.market(SYMBOL, price=PRICE, frozen=True)
        yield running


@pytest.fixture(scope="module")
def exchange(venue: SimulatedVenue) -> Iterator[Any]:
    with client("binance", venue.url, key="ccxt-key", secret="ccxt-secret") as loaded:
        loaded.load_markets()
        yield loaded


@needs_ccxt
class TestBinance(SpotChecks):
    amount_step = Decimal("0.00001")
    knows_at_once = True
    fee_asset_of_a_buy = "BTC"

    def test_an_order_is_edited_by_cancelling_and_replacing(
        self, exchange: Any, venue: SimulatedVenue
    ) -> None:
        first = exchange.create_limit_buy_order("BTC/USDT", 0.01, 70_000)
        second = exchange.edit_order(first["id"], "BTC/USDT", "limit", "buy", 0.02, 71_000)
        found = {order["id"]: order for order in venue.control.orders()}
        assert found[first["id"]]["status"] == "canceled"
        assert (found[second["id"]]["status"], found[second["id"]]["amount"]) == ("open", "0.02")
        exchange.cancel_order(second["id"], "BTC/USDT")
