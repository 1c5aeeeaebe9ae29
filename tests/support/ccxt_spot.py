"""What a ccxt client must be able to do on a simulated venue, the same for several venues.

`SpotChecks` is inherited by one class a venue, in a module that has the fixtures `venue`, with
BTC/USDT standing still at 90,000, and `exchange`, a ccxt client with its markets loaded. What ccxt
believes is compared with what the venue's ledger truly holds.
"""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest

from exchangekit.sim import SimulatedVenue
from support.ccxt_client import exact

PAIR, SYMBOL = "BTC/USDT", "BTCUSDT"
PRICE = Decimal(90_000)


def truth(venue: SimulatedVenue, order_id: str) -> Any:
    """The order as the ledger holds it."""
    (found,) = [order for order in venue.control.orders() if order["id"] == order_id]
    return found


def held(venue: SimulatedVenue, asset: str) -> dict[str, Decimal]:
    """Free, locked and total of an asset, as the ledger holds them."""
    balance = venue.control.balances()["main"][asset]
    return {name: Decimal(value) for name, value in balance.items()}


class SpotChecks:
    """One check a test; the clients of all venues answer in ccxt's own words."""

    # ccxt's page of candles, and how a timeframe's smallest step of amount and price are printed.
    amount_step: Decimal
    price_step = Decimal("0.01")
    # Whether ccxt learns from the answer to an order how it went, or has to ask.
    knows_at_once: bool
    fee_asset_of_a_buy: str

    def test_markets_are_loaded_with_the_venues_precision(self, exchange: Any) -> None:
        market = exchange.market(PAIR)
        assert len(exchange.symbols) >= 20
        assert (market["id"], market["spot"], market["active"]) == (SYMBOL, True, True)
        assert exact(market["precision"]["amount"]) == self.amount_step
        assert exact(market["precision"]["price"]) == self.price_step
        assert {"BTC", "USDT"} <= exchange.currencies.keys()

    def test_the_time_and_the_status_are_read(self, exchange: Any, venue: SimulatedVenue) -> None:
        assert abs(exchange.fetch_time() - venue.venue.clock.now()) < 5000
        assert exchange.fetch_status()["status"] == "ok"

    def test_tickers_are_read(self, exchange: Any, venue: SimulatedVenue) -> None:
        ticker, stand = exchange.fetch_ticker(PAIR), venue.control.market(SYMBOL)
        for name in ("last", "bid", "ask"):
            assert exact(ticker[name]) == Decimal(str(stand[name]))
        assert ticker["low"] <= ticker["last"] <= ticker["high"]
        assert -20 < ticker["percentage"] < 20
        every = exchange.fetch_tickers()
        assert every.keys() == set(exchange.symbols)

    def test_the_book_is_sorted_and_not_crossed(self, exchange: Any) -> None:
        book = exchange.fetch_order_book(PAIR, 20)
        bids = [price for price, _ in book["bids"]]
        asks = [price for price, _ in book["asks"]]
        assert (len(bids), len(asks)) == (20, 20)
        assert bids == sorted(bids, reverse=True)
        assert asks == sorted(asks)
        assert bids[0] < asks[0]

    @pytest.mark.parametrize(
        ("timeframe", "length"), [("1m", 60_000), ("1h", 3_600_000), ("1d", 86_400_000)]
    )
    def test_candles_are_read_without_gaps(
        self, exchange: Any, timeframe: str, length: int
    ) -> None:
        newest = exchange.fetch_ohlcv(PAIR, timeframe, limit=20)
        assert len(newest) == 20
        assert {after[0] - before[0] for before, after in pairwise(newest)} == {length}
        assert all(low <= min(o, c) <= max(o, c) <= high for _, o, high, low, c, _ in newest)
        again = exchange.fetch_ohlcv(PAIR, timeframe, since=newest[0][0], limit=10)
        assert again == newest[:10]
        long_ago = newest[0][0] - 2000 * length
        old = exchange.fetch_ohlcv(PAIR, timeframe, since=long_ago, limit=5)
        assert [row[0] for row in old] == [long_ago + at * length for at in range(5)]

    def test_public_trades_are_read(self, exchange: Any, venue: SimulatedVenue) -> None:
        known = {
            (trade["time"], Decimal(str(trade["price"])), Decimal(str(trade["amount"])))
            for trade in venue.control.trades(SYMBOL, 100)
        }
        trades = exchange.fetch_trades(PAIR, limit=10)
        assert len(trades) == 10
        for trade in trades:
            assert (trade["timestamp"], exact(trade["price"]), exact(trade["amount"])) in known

    def test_a_limit_order_is_placed_found_and_canceled(
        self, exchange: Any, venue: SimulatedVenue
    ) -> None:
        before = held(venue, "USDT")
        order = exchange.create_limit_buy_order(PAIR, 0.01, 70_000.5)
        real = truth(venue, order["id"])
        assert (real["status"], real["price"], real["amount"]) == ("open", "70000.5", "0.01")
        assert held(venue, "USDT")["locked"] >= Decimal("700.005")

        found = exchange.fetch_order(order["id"], PAIR)
        assert (found["status"], found["price"], found["amount"]) == ("open", 70_000.5, 0.01)
        assert (found["side"], found["filled"], found["remaining"]) == ("buy", 0.0, 0.01)
        assert [one["id"] for one in exchange.fetch_open_orders(PAIR)] == [order["id"]]

        exchange.cancel_order(order["id"], PAIR)
        assert truth(venue, order["id"])["status"] == "canceled"
        assert exchange.fetch_order(order["id"], PAIR)["status"] == "canceled"
        assert exchange.fetch_open_orders(PAIR) == []
        assert held(venue, "USDT") == before

    def test_an_order_is_found_by_the_id_the_client_gave_it(
        self, exchange: Any, venue: SimulatedVenue
    ) -> None:
        order = exchange.create_order(
            PAIR, "limit", "buy", 0.01, 70_000, {"clientOrderId": "ccxtgavethis1"}
        )
        assert truth(venue, order["id"])["client_id"] == "ccxtgavethis1"
        found = exchange.fetch_order(None, PAIR, {"clientOrderId": "ccxtgavethis1"})
        assert found["id"] == order["id"]
        exchange.cancel_all_orders(PAIR)
        assert truth(venue, order["id"])["status"] == "canceled"

    def test_an_order_filled_in_part_says_how_much(
        self, exchange: Any, venue: SimulatedVenue
    ) -> None:
        venue.control.set_faults([{"action": "partial", "fraction": "0.5"}])
        order = exchange.create_limit_buy_order(PAIR, 0.02, 90_000)
        found = exchange.fetch_order(order["id"], PAIR)
        assert (found["status"], found["filled"], found["remaining"]) == ("open", 0.01, 0.01)
        exchange.cancel_order(order["id"], PAIR)
        venue.control.clear_faults()
        ended = exchange.fetch_order(order["id"], PAIR)
        assert (ended["status"], ended["filled"]) == ("canceled", 0.01)
        assert truth(venue, order["id"])["filled"] == "0.01"

    def test_a_buy_at_market_by_amount(self, exchange: Any, venue: SimulatedVenue) -> None:
        before = held(venue, "BTC")["free"]
        order = exchange.create_market_buy_order(PAIR, 0.02)
        real = truth(venue, order["id"])
        assert (real["status"], real["filled"]) == ("filled", "0.02")
        if self.knows_at_once:
            assert (order["status"], order["filled"]) == ("closed", 0.02)
        found = exchange.fetch_order(order["id"], PAIR)
        assert (found["status"], found["filled"]) == ("closed", 0.02)
        assert exact(found["cost"]) == Decimal(real["spent"])
        gained = held(venue, "BTC")["free"] - before
        fees = sum(Decimal(fill["fee"]) for fill in real["fills"] if fill["fee_asset"] == "BTC")
        assert gained == Decimal("0.02") - fees

    def test_a_buy_at_market_by_cost(self, exchange: Any, venue: SimulatedVenue) -> None:
        order = exchange.create_market_buy_order_with_cost(PAIR, 250)
        real = truth(venue, order["id"])
        assert (real["status"], real["cost"]) == ("filled", "250")
        assert Decimal(249) < Decimal(real["spent"]) <= 250
        found = exchange.fetch_order(order["id"], PAIR)
        assert exact(found["filled"]) == Decimal(real["filled"])

    def test_orders_that_must_take_at_once_or_never(
        self, exchange: Any, venue: SimulatedVenue
    ) -> None:
        missed = exchange.create_order(PAIR, "limit", "buy", 0.01, 80_000, {"timeInForce": "IOC"})
        assert truth(venue, missed["id"])["reason"] == "ioc"
        assert exchange.fetch_order(missed["id"], PAIR)["status"] in ("canceled", "expired")
        resting = exchange.create_order(PAIR, "limit", "buy", 0.01, 80_000, {"postOnly": True})
        assert truth(venue, resting["id"])["post_only"] is True
        exchange.cancel_order(resting["id"], PAIR)

    def test_the_balance_is_the_ledgers(self, exchange: Any, venue: SimulatedVenue) -> None:
        order = exchange.create_limit_sell_order(PAIR, 0.5, 95_000)
        balance = exchange.fetch_balance()
        for asset in ("BTC", "USDT"):
            real = held(venue, asset)
            assert exact(balance[asset]["free"]) == pytest.approx(real["free"])
            assert exact(balance[asset]["used"]) == pytest.approx(real["locked"])
        exchange.cancel_order(order["id"], PAIR)

    def test_own_trades_are_the_ledgers(self, exchange: Any, venue: SimulatedVenue) -> None:
        order = exchange.create_market_sell_order(PAIR, 0.01)
        real = truth(venue, order["id"])["fills"]
        trades = exchange.fetch_order_trades(order["id"], PAIR)
        assert [exact(trade["price"]) for trade in trades] == [
            Decimal(fill["price"]) for fill in real
        ]
        everything = exchange.fetch_my_trades(PAIR)
        assert len(everything) == len(venue.control.fills())
        bought = [trade for trade in everything if trade["side"] == "buy"]
        assert {trade["fee"]["currency"] for trade in bought} == {self.fee_asset_of_a_buy}
        paid = sum(exact(trade["fee"]["cost"]) for trade in everything)
        assert paid == sum(Decimal(str(fill["fee"])) for fill in venue.control.fills())

    def test_closed_orders_are_listed(self, exchange: Any, venue: SimulatedVenue) -> None:
        filled = {order["id"] for order in venue.control.orders() if order["status"] == "filled"}
        closed = exchange.fetch_closed_orders(PAIR)
        assert filled
        assert {order["id"] for order in closed if order["status"] == "closed"} == filled

    def test_refusals_reach_ccxt_as_its_own_errors(
        self, exchange: Any, venue: SimulatedVenue
    ) -> None:
        import ccxt

        count = len(venue.control.orders())
        with pytest.raises(ccxt.InsufficientFunds):
            exchange.create_limit_sell_order(PAIR, 15, 95_000)
        with pytest.raises(ccxt.ExchangeError, match=r"Order does not exist\."):
            exchange.fetch_order("99999999", PAIR)
        assert len(venue.control.orders()) == count
        wrong = type(exchange)({"apiKey": exchange.apiKey, "secret": "wrong"})
        wrong.urls["api"] = exchange.urls["api"]
        with pytest.raises(ccxt.AuthenticationError):
            wrong.fetch_balance()
        wrong.session.close()
