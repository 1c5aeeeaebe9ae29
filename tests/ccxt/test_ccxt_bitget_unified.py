"""ccxt's `bitget` with its option ``uta``, changed in nothing but its addresses, trades on the
simulated unified API.

What ccxt believes is compared with what the venue's ledger truly holds. ccxt 4.5.90 reads neither
the value that an order was filled for nor the coin of its fee, so these are read from the fills.
"""

from __future__ import annotations

import importlib
import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import pytest
from support.ccxt_client import client, exact, needs_ccxt

from exchangekit.sim import SimulatedVenue

SYMBOL, MARKET = "BTC/USDT", "BTCUSDT"
MINE = {"key": "ccxt-key", "secret": "ccxt-secret", "password": "ccxt"}


@contextmanager
def unified(url: str, **who: str) -> Iterator[Any]:
    with client("bitget", url, **who) as exchange:
        exchange.options["uta"] = True
        yield exchange


@pytest.fixture(scope="module")
def venue() -> Iterator[SimulatedVenue]:
    dialect = importlib.import_module("exchangekit_bitget.unified.sim").BitgetUnifiedDialect
    with SimulatedVenue(dialect, key="ccxt-key", secret="ccxt-secret", passphrase="ccxt") as found:
        found.control.market(MARKET, price="60000", frozen=True)
        yield found


@pytest.fixture(scope="module")
def bitget(venue: SimulatedVenue) -> Iterator[Any]:
    with unified(venue.url, **MINE) as exchange:
        exchange.load_markets()
        yield exchange


def error(name: str) -> Any:
    return getattr(importlib.import_module("ccxt"), name)


def truth(venue: SimulatedVenue, order_id: str) -> Any:
    """The order as the ledger holds it."""
    (found,) = [order for order in venue.control.orders() if order["id"] == order_id]
    return found


def held(venue: SimulatedVenue, asset: str) -> dict[str, Decimal]:
    balance = venue.control.balances()["main"][asset]
    return {name: Decimal(value) for name, value in balance.items()}


@needs_ccxt
def test_ccxt_loads_the_markets_with_the_venues_filters(bitget: Any) -> None:
    assert len(bitget.markets) >= 20
    market = bitget.market(SYMBOL)
    assert (market["spot"], market["active"], market["id"]) == (True, True, MARKET)
    assert exact(market["precision"]["price"]) == Decimal("0.01")
    assert exact(market["precision"]["amount"]) == Decimal("0.000001")
    assert exact(market["limits"]["cost"]["min"]) == Decimal(1)
    assert bitget.currencies["BTC"]["id"] == "BTC"


@needs_ccxt
def test_ccxt_reads_the_venues_time(bitget: Any, venue: SimulatedVenue) -> None:
    assert abs(bitget.fetch_time() - int(str(venue.control.clock()["now"]))) < 2000


@needs_ccxt
def test_ccxt_reads_tickers(bitget: Any, venue: SimulatedVenue) -> None:
    ticker, stand = bitget.fetch_ticker(SYMBOL), venue.control.market(MARKET)
    for name in ("last", "bid", "ask"):
        assert exact(ticker[name]) == Decimal(str(stand[name]))
    assert ticker["low"] <= ticker["last"] <= ticker["high"]
    change = (exact(ticker["last"]) / exact(ticker["open"]) - 1) * 100
    assert exact(ticker["percentage"]) == pytest.approx(change, abs=Decimal("0.001"))
    assert set(bitget.fetch_tickers(params={"productType": "SPOT"})) == set(bitget.symbols)


@needs_ccxt
def test_ccxt_reads_a_book_that_is_sorted_and_not_crossed(bitget: Any) -> None:
    book = bitget.fetch_order_book(SYMBOL, 20)
    bids = [price for price, _ in book["bids"]]
    asks = [price for price, _ in book["asks"]]
    assert (len(bids), len(asks)) == (20, 20)
    assert bids == sorted(bids, reverse=True)
    assert asks == sorted(asks)
    assert bids[0] < asks[0]


@needs_ccxt
@pytest.mark.parametrize(
    ("timeframe", "length"), [("1m", 60_000), ("1h", 3_600_000), ("1d", 86_400_000)]
)
def test_ccxt_reads_candles_without_gaps(bitget: Any, timeframe: str, length: int) -> None:
    newest = bitget.fetch_ohlcv(SYMBOL, timeframe, limit=20)
    since = newest[0][0]
    again = bitget.fetch_ohlcv(SYMBOL, timeframe, since=since, limit=10)
    assert [candle[0] for candle in again] == [since + at * length for at in range(10)]
    old = bitget.fetch_ohlcv(SYMBOL, timeframe, since=since - 2000 * length, limit=10)
    for candles in (newest, again, old):
        starts = [candle[0] for candle in candles]
        assert {later - earlier for earlier, later in itertools.pairwise(starts)} == {length}
        assert all(low <= min(o, c) <= max(o, c) <= high for _, o, high, low, c, _ in candles)
    assert (len(newest), len(old)) == (20, 10)


@needs_ccxt
def test_ccxt_reads_public_trades(bitget: Any, venue: SimulatedVenue) -> None:
    trades = bitget.fetch_trades(SYMBOL, limit=10)
    assert len(trades) == 10
    known = {
        (trade["time"], Decimal(str(trade["price"])), Decimal(str(trade["amount"])))
        for trade in venue.control.trades(MARKET, 200)
    }
    for trade in trades:
        assert trade["side"] in ("buy", "sell")
        assert (trade["timestamp"], exact(trade["price"]), exact(trade["amount"])) in known


@needs_ccxt
def test_ccxt_places_finds_and_cancels_a_limit_order(bitget: Any, venue: SimulatedVenue) -> None:
    before = held(venue, "USDT")
    mine = {"clientOrderId": "mine-0001"}
    order = bitget.create_order(SYMBOL, "limit", "buy", 0.01, 59000.5, mine)
    real = truth(venue, order["id"])
    assert (real["status"], real["price"], real["amount"]) == ("open", "59000.5", "0.01")
    assert real["client_id"] == "mine-0001"
    assert before["free"] - held(venue, "USDT")["free"] == Decimal("590.005")

    found = bitget.fetch_order(order["id"], SYMBOL)
    assert (found["status"], found["filled"], found["type"]) == ("open", 0, "limit")
    assert exact(found["amount"]) == Decimal("0.01")
    assert bitget.fetch_order("", SYMBOL, mine)["id"] == order["id"]
    assert [item["id"] for item in bitget.fetch_open_orders(SYMBOL)] == [order["id"]]

    assert bitget.cancel_order(order["id"], SYMBOL)["id"] == order["id"]
    assert truth(venue, order["id"])["status"] == "canceled"
    assert bitget.fetch_order(order["id"], SYMBOL)["status"] == "canceled"
    assert bitget.fetch_open_orders(SYMBOL) == []
    assert order["id"] in [item["id"] for item in bitget.fetch_canceled_orders(SYMBOL)]
    assert held(venue, "USDT") == before


@needs_ccxt
def test_ccxt_cancels_by_its_own_name_and_may_not_double_it(
    bitget: Any, venue: SimulatedVenue
) -> None:
    mine = {"clientOrderId": "mine-0002"}
    order = bitget.create_order(SYMBOL, "limit", "buy", 0.01, 59000, mine)
    count = len(venue.control.orders())
    with pytest.raises(error("ExchangeError"), match=r"25212.*Duplicate clientOid"):
        bitget.create_order(SYMBOL, "limit", "buy", 0.01, 59000, mine)
    assert len(venue.control.orders()) == count
    assert bitget.cancel_order("", SYMBOL, mine)["id"] == order["id"]
    assert truth(venue, order["id"])["status"] == "canceled"
    with pytest.raises(error("ExchangeError"), match=r"25204.*Order does not exist"):
        bitget.cancel_order("", SYMBOL, mine)


@needs_ccxt
def test_ccxt_buys_at_market_by_cost(bitget: Any, venue: SimulatedVenue) -> None:
    before = held(venue, "USDT")["total"]
    order = bitget.create_market_buy_order_with_cost(SYMBOL, 500)
    real = truth(venue, order["id"])
    assert (real["status"], real["cost"]) == ("filled", "500")
    paid = sum(Decimal(fill["price"]) * Decimal(fill["amount"]) for fill in real["fills"])
    assert Decimal(499) < paid <= Decimal(500)
    assert before - held(venue, "USDT")["total"] == paid
    found = bitget.fetch_order(order["id"], SYMBOL)
    assert (found["status"], exact(found["filled"])) == ("closed", Decimal(real["filled"]))
    assert exact(found["info"]["cumExecValue"]) == paid


@needs_ccxt
def test_ccxt_sells_at_market(bitget: Any, venue: SimulatedVenue) -> None:
    order = bitget.create_market_sell_order(SYMBOL, 0.01)
    real = truth(venue, order["id"])
    assert (real["side"], real["status"], real["filled"]) == ("sell", "filled", "0.01")


@needs_ccxt
def test_ccxt_places_every_kind_of_limit_order(bitget: Any, venue: SimulatedVenue) -> None:
    for params, status, filled in (
        ({"timeInForce": "IOC"}, "filled", "0.001"),
        ({"timeInForce": "FOK"}, "filled", "0.001"),
        ({"postOnly": True}, "canceled", "0"),
    ):
        order = bitget.create_order(SYMBOL, "limit", "buy", 0.001, 61000, params)
        real = truth(venue, order["id"])
        assert (real["status"], real["filled"]) == (status, filled), params


@needs_ccxt
def test_ccxt_reads_balances_as_the_ledger_holds_them(bitget: Any, venue: SimulatedVenue) -> None:
    order = bitget.create_order(SYMBOL, "limit", "sell", 0.25, 65000)
    balance = bitget.fetch_balance()
    for asset in ("BTC", "USDT"):
        true = held(venue, asset)
        assert exact(balance[asset]["free"]) == pytest.approx(true["free"])
        assert exact(balance[asset]["used"]) == pytest.approx(true["locked"])
    assert exact(balance["BTC"]["used"]) == Decimal("0.25")
    bitget.cancel_orders([order["id"]], SYMBOL)
    assert truth(venue, order["id"])["status"] == "canceled"


@needs_ccxt
def test_ccxt_cancels_all_orders_of_a_market(bitget: Any, venue: SimulatedVenue) -> None:
    made = [
        bitget.create_order(SYMBOL, "limit", "buy", 0.01, price)["id"] for price in (58000, 58500)
    ]
    told = bitget.cancel_all_orders(SYMBOL)
    assert [order["id"] for order in told] == made
    assert {truth(venue, name)["status"] for name in made} == {"canceled"}


@needs_ccxt
def test_ccxt_reads_its_own_trades_and_closed_orders(bitget: Any, venue: SimulatedVenue) -> None:
    bitget.create_market_sell_order(SYMBOL, 0.003)
    true = {str(fill["order_id"]): fill for fill in venue.control.fills()}
    trades = bitget.fetch_my_trades(SYMBOL)
    assert {trade["order"] for trade in trades} == true.keys()
    for trade in trades:
        fill = true[trade["order"]]
        assert (trade["side"], trade["fee"]["currency"]) == (fill["side"], fill["fee_asset"])
    paid = sum(exact(trade["info"]["feeDetail"][0]["fee"]) for trade in trades)
    assert paid == sum(Decimal(str(one["fee"])) for one in venue.control.fills())
    filled = [order["id"] for order in venue.control.orders() if order["status"] == "filled"]
    assert sorted(order["id"] for order in bitget.fetch_closed_orders(SYMBOL)) == sorted(filled)
    assert bitget.fetch_trading_fee(SYMBOL)["taker"] == 0.001


@needs_ccxt
@pytest.mark.parametrize(
    ("words", "arguments"),
    [
        ("25202.*Insufficient balance", ("limit", "buy", 20.0, 60000)),
        ("25611.*minimum order amount", ("limit", "buy", 0.00001, 59000)),
    ],
    ids=["too little money", "too small"],
)
def test_ccxt_passes_on_the_venues_refusals(
    bitget: Any, venue: SimulatedVenue, words: str, arguments: tuple[Any, ...]
) -> None:
    before = len(venue.control.orders())
    with pytest.raises(error("ExchangeError"), match=words):
        bitget.create_order(SYMBOL, *arguments)
    assert len(venue.control.orders()) == before


@needs_ccxt
def test_ccxt_with_a_wrong_secret_is_told_so(venue: SimulatedVenue) -> None:
    with (
        unified(venue.url, **(MINE | {"secret": "wrong"})) as exchange,
        pytest.raises(error("AuthenticationError")),
    ):
        exchange.fetch_balance()


@needs_ccxt
def test_ccxt_of_a_classic_account_is_told_so(venue: SimulatedVenue) -> None:
    venue.control.key("of-a-classic", secret="s", account="classic-1", passphrase="p")
    with (
        unified(venue.url, key="of-a-classic", secret="s", password="p") as exchange,
        pytest.raises(error("ExchangeError"), match=r"40084.*Classic Account mode"),
    ):
        exchange.fetch_balance()


@needs_ccxt
@pytest.mark.parametrize(("account", "mode"), [("main", True), ("classic-2", False)])
def test_ccxt_finds_out_the_mode_of_an_account_by_itself(
    venue: SimulatedVenue, account: str, mode: bool
) -> None:
    venue.control.key("of-somebody", secret="s", account=account, passphrase="p")
    with client("bitget", venue.url, key="of-somebody", secret="s", password="p") as exchange:
        found, _ = exchange.handle_uta_and_params({}, "fetchBalance")
        assert found is mode
