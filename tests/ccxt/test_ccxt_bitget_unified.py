"""ccxt's `bitget` with its option ``uta``, changed in nothing but its addresses, trades on the
simulated unified API.

ccxt 4.5.90 tells the fees of this API with the wrong sign, and knows none of its own codes: they
reach the caller as an `ExchangeError` with the venue's words.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import pytest
from support.ccxt_client import client, exact, needs_ccxt
from support.ccxt_spot import PAIR, PRICE, SYMBOL, SpotChecks, held, truth

from exchangekit.sim import SimulatedVenue

MINE = {"key": "ccxt-key", "secret": "ccxt-secret", "password": "ccxt"}


@contextmanager
def unified(url: str, **who: str) -> Iterator[Any]:
    with client("bitget", url, **who) as exchange:
        exchange.options["uta"] = True
        yield exchange


@pytest.fixture(scope="module")
def venue() -> Iterator[SimulatedVenue]:
    dialect = importlib.import_module("exchangekit_bitget.unified.sim").BitgetUnifiedDialect
    with SimulatedVenue(
        dialect, key="ccxt-key", secret="ccxt-secret", passphrase="ccxt"
    ) as running:
        running.control.market(SYMBOL, price=PRICE, frozen=True)
        yield running


@pytest.fixture(scope="module")
def exchange(venue: SimulatedVenue) -> Iterator[Any]:
    with unified(venue.url, **MINE) as loaded:
        loaded.load_markets()
        yield loaded


def error(name: str) -> Any:
    return getattr(importlib.import_module("ccxt"), name)


@needs_ccxt
class TestBitgetUnified(SpotChecks):
    amount_step = Decimal("0.000001")
    knows_at_once = False
    fee_asset_of_a_buy = "BTC"

    def test_every_kind_of_limit_order_is_placed(
        self, exchange: Any, venue: SimulatedVenue
    ) -> None:
        for params, status, filled in (
            ({"timeInForce": "IOC"}, "filled", "0.001"),
            ({"timeInForce": "FOK"}, "filled", "0.001"),
            ({"postOnly": True}, "canceled", "0"),
        ):
            order = exchange.create_order(PAIR, "limit", "buy", 0.001, 91_000, params)
            real = truth(venue, order["id"])
            assert (real["status"], real["filled"]) == (status, filled), params
            assert exchange.fetch_order(order["id"], PAIR)["filled"] == float(filled)

    def test_an_order_is_canceled_by_its_name_which_may_not_be_doubled(
        self, exchange: Any, venue: SimulatedVenue
    ) -> None:
        mine = {"clientOrderId": "mine-0002"}
        order = exchange.create_order(PAIR, "limit", "buy", 0.01, 89_000, mine)
        count = len(venue.control.orders())
        with pytest.raises(error("ExchangeError"), match=r"25212.*Duplicate clientOid"):
            exchange.create_order(PAIR, "limit", "buy", 0.01, 89_000, mine)
        assert len(venue.control.orders()) == count
        assert exchange.cancel_order("", PAIR, mine)["id"] == order["id"]
        assert truth(venue, order["id"])["status"] == "canceled"
        with pytest.raises(error("ExchangeError"), match=r"25204.*Order does not exist"):
            exchange.cancel_order("", PAIR, mine)

    def test_several_orders_are_canceled_by_id_and_all_by_market(
        self, exchange: Any, venue: SimulatedVenue
    ) -> None:
        first, *rest = [
            exchange.create_order(PAIR, "limit", "buy", 0.01, price)["id"]
            for price in (88_000, 88_500, 89_000)
        ]
        assert [order["id"] for order in exchange.cancel_orders([first], PAIR)] == [first]
        assert [order["id"] for order in exchange.cancel_all_orders(PAIR)] == rest
        assert {truth(venue, name)["status"] for name in (first, *rest)} == {"canceled"}
        canceled = [order["id"] for order in exchange.fetch_canceled_orders(PAIR)]
        assert {first, *rest} <= set(canceled)

    def test_the_fee_is_read(self, exchange: Any) -> None:
        assert exchange.fetch_trading_fee(PAIR)["taker"] == 0.001

    def test_an_account_of_the_classic_mode_is_told_so(self, venue: SimulatedVenue) -> None:
        venue.control.key("of-a-classic", secret="s", account="classic-1", passphrase="p")
        with (
            unified(venue.url, key="of-a-classic", secret="s", password="p") as classic,
            pytest.raises(error("ExchangeError"), match=r"40084.*Classic Account mode"),
        ):
            classic.fetch_balance()

    @pytest.mark.parametrize(("account", "mode"), [("main", True), ("classic-2", False)])
    def test_ccxt_finds_out_the_mode_of_an_account_by_itself(
        self, venue: SimulatedVenue, account: str, mode: bool
    ) -> None:
        venue.control.key("of-somebody", secret="s", account=account, passphrase="p")
        with client("bitget", venue.url, key="of-somebody", secret="s", password="p") as asking:
            found, _ = asking.handle_uta_and_params({}, "fetchBalance")
            assert found is mode

    # What ccxt does otherwise here than with other venues.

    def test_the_time_and_the_status_are_read(self, exchange: Any, venue: SimulatedVenue) -> None:
        """It has no status of this venue."""
        assert abs(exchange.fetch_time() - venue.venue.clock.now()) < 5000

    def test_tickers_are_read(self, exchange: Any, venue: SimulatedVenue) -> None:
        """It has to be told which product it is to list."""
        ticker, stand = exchange.fetch_ticker(PAIR), venue.control.market(SYMBOL)
        for name in ("last", "bid", "ask"):
            assert exact(ticker[name]) == Decimal(str(stand[name]))
        change = (exact(ticker["last"]) / exact(ticker["open"]) - 1) * 100
        assert exact(ticker["percentage"]) == pytest.approx(change, abs=Decimal("0.001"))
        every = exchange.fetch_tickers(params={"productType": "SPOT"})
        assert every.keys() == set(exchange.symbols)

    def test_a_buy_at_market_by_amount(self, exchange: Any, venue: SimulatedVenue) -> None:
        """It sends the amount where the venue reads a value: 0.02 USDT are too little."""
        count = len(venue.control.orders())
        with pytest.raises(error("ExchangeError"), match=r"25611.*minimum order amount"):
            exchange.create_market_buy_order(PAIR, 0.02)
        assert len(venue.control.orders()) == count

    def test_own_trades_are_the_ledgers(self, exchange: Any, venue: SimulatedVenue) -> None:
        before = held(venue, "BTC")["total"]
        exchange.create_market_sell_order(PAIR, 0.01)
        assert before - held(venue, "BTC")["total"] == Decimal("0.01")
        true = {str(fill["order_id"]): fill for fill in venue.control.fills()}
        trades = exchange.fetch_my_trades(PAIR)
        assert {trade["order"] for trade in trades} == true.keys()
        for trade in trades:
            fill = true[trade["order"]]
            assert (trade["side"], trade["fee"]["currency"]) == (fill["side"], fill["fee_asset"])
        paid = sum(exact(trade["info"]["feeDetail"][0]["fee"]) for trade in trades)
        assert paid == sum(Decimal(str(fill["fee"])) for fill in venue.control.fills())

    def test_refusals_reach_ccxt_as_its_own_errors(
        self, exchange: Any, venue: SimulatedVenue
    ) -> None:
        count = len(venue.control.orders())
        with pytest.raises(error("ExchangeError"), match=r"25202.*Insufficient balance"):
            exchange.create_limit_sell_order(PAIR, 15, 90_500)
        with pytest.raises(error("ExchangeError"), match=r"25204.*Order does not exist"):
            exchange.fetch_order("99999999", PAIR)
        assert len(venue.control.orders()) == count
        with (
            unified(venue.url, **(MINE | {"secret": "wrong"})) as wrong,
            pytest.raises(error("AuthenticationError")),
        ):
            wrong.fetch_balance()
