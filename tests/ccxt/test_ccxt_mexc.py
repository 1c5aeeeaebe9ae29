"""ccxt's `mexc`, changed in nothing but its addresses, trades on the simulated MEXC."""

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
    dialect = importlib.import_module("exchangekit_mexc.sim").MexcDialect
    with SimulatedVenue(dialect, key="ccxt-key", secret="ccxt-secret") as running:
        running.control.market(SYMBOL, price=PRICE, frozen=True)
        yield running


@pytest.fixture(scope="module")
def exchange(venue: SimulatedVenue) -> Iterator[Any]:
    with client("mexc", venue.url, key="ccxt-key", secret="ccxt-secret") as loaded:
        loaded.load_markets()
        yield loaded


@needs_ccxt
class TestMexc(SpotChecks):
    amount_step = Decimal("0.00000001")
    knows_at_once = False
    fee_asset_of_a_buy = "USDT"

    def test_a_batch_of_orders_is_placed(self, exchange: Any, venue: SimulatedVenue) -> None:
        one = {
            "symbol": "BTC/USDT", "type": "limit", "side": "buy", "amount": 0.01, "price": 70_000,
        }  # fmt: skip
        placed = exchange.create_orders([one, {**one, "price": 71_000}])
        found = {order["id"]: order for order in venue.control.orders()}
        assert [found[order["id"]]["price"] for order in placed] == ["70000", "71000"]
        exchange.cancel_all_orders("BTC/USDT")
