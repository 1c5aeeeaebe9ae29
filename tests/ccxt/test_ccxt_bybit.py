"""ccxt's `bybit`, changed in nothing but its addresses, trades on the simulated Bybit."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from support.ccxt_client import client, exact, needs_ccxt
from support.ccxt_spot import PAIR, PRICE, SYMBOL, SpotChecks, truth

from exchangekit.sim import SimulatedVenue


@pytest.fixture(scope="module")
def venue() -> Iterator[SimulatedVenue]:
    dialect = importlib.import_module("exchangekit_bybit.sim").BybitDialect
    with SimulatedVenue(dialect, key="ccxt-key", secret="ccxt-secret") as running:
        running.control.market(SYMBOL, price=PRICE, frozen=True)
        yield running


@pytest.fixture(scope="module")
def exchange(venue: SimulatedVenue) -> Iterator[Any]:
    with client("bybit", venue.url, key="ccxt-key", secret="ccxt-secret") as loaded:
        loaded.load_markets()
        # ccxt itself wants to be told that its caller knows of the last 500 orders.
        loaded.options["fetchOrder"] = {"acknowledged": True}
        yield loaded


@needs_ccxt
class TestBybit(SpotChecks):
    amount_step = Decimal("0.000001")
    price_step = Decimal("0.1")
    knows_at_once = False
    fee_asset_of_a_buy = "BTC"

    def test_an_account_is_known_for_a_unified_one(self, exchange: Any) -> None:
        assert exchange.is_unified_enabled() == [False, True]

    # What ccxt does otherwise here than with other venues.

    def test_tickers_are_read(self, exchange: Any, venue: SimulatedVenue) -> None:
        """Without symbols ccxt asks for those of its default type, swaps."""
        ticker, stand = exchange.fetch_ticker(PAIR), venue.control.market(SYMBOL)
        for name in ("last", "bid", "ask"):
            assert exact(ticker[name]) == Decimal(str(stand[name]))
        assert -20 < ticker["percentage"] < 20
        assert exchange.fetch_tickers(exchange.symbols).keys() == set(exchange.symbols)

    def test_an_order_is_found_by_the_id_the_client_gave_it(
        self, exchange: Any, venue: SimulatedVenue
    ) -> None:
        """Its `fetch_order` takes the venue's id only."""
        order = exchange.create_order(
            PAIR, "limit", "buy", 0.01, 70_000, {"clientOrderId": "ccxtgavethis1"}
        )
        (found,) = exchange.fetch_open_orders(PAIR, None, None, {"orderLinkId": "ccxtgavethis1"})
        assert (found["id"], found["clientOrderId"]) == (order["id"], "ccxtgavethis1")
        exchange.cancel_all_orders(PAIR)
        assert truth(venue, order["id"])["status"] == "canceled"

    def test_an_order_filled_in_part_says_how_much(
        self, exchange: Any, venue: SimulatedVenue
    ) -> None:
        """It calls an order that was canceled after a fill closed:
        https://github.com/ccxt/ccxt/issues/18685"""
        venue.control.set_faults([{"action": "partial", "fraction": "0.5"}])
        order = exchange.create_limit_buy_order(PAIR, 0.02, 90_000)
        found = exchange.fetch_order(order["id"], PAIR)
        assert (found["status"], found["filled"], found["remaining"]) == ("open", 0.01, 0.01)
        exchange.cancel_order(order["id"], PAIR)
        venue.control.clear_faults()
        ended = exchange.fetch_order(order["id"], PAIR)
        assert (ended["status"], ended["filled"]) == ("closed", 0.01)
        assert truth(venue, order["id"])["status"] == "canceled"

    def test_closed_orders_are_listed(self, exchange: Any, venue: SimulatedVenue) -> None:
        """It asks for those that the venue calls Filled: none that was to spend so much."""
        whole = {
            order["id"]
            for order in venue.control.orders()
            if order["status"] == "filled" and order["cost"] in (None, order["spent"])
        }
        assert whole
        assert {order["id"] for order in exchange.fetch_closed_orders(PAIR)} == whole

    def test_refusals_reach_ccxt_as_its_own_errors(
        self, exchange: Any, venue: SimulatedVenue
    ) -> None:
        import ccxt

        count = len(venue.control.orders())
        with pytest.raises(ccxt.InsufficientFunds):
            exchange.create_limit_sell_order(PAIR, 15, 95_000)
        with pytest.raises(ccxt.InvalidOrder):
            exchange.create_limit_buy_order(PAIR, 0.00001, 70_000)
        for lost in (exchange.fetch_order, exchange.cancel_order):
            with pytest.raises(ccxt.OrderNotFound):
                lost("99999999", PAIR)
        assert len(venue.control.orders()) == count
        with (
            client("bybit", venue.url, key="ccxt-key", secret="wrong") as wrong,
            pytest.raises(ccxt.AuthenticationError),
        ):
            wrong.fetch_balance()
