"""ccxt's `okx`, changed in nothing but its addresses, trades on the simulated OKX.

What ccxt believes is compared with what the venue's ledger truly holds.
"""

from __future__ import annotations

import importlib
import itertools
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from support.ccxt_client import client, exact, needs_ccxt

from exchangekit.sim import SimulatedVenue

SYMBOL, MARKET = "BTC/USDT", "BTC-USDT"


@pytest.fixture(scope="module")
def venue() -> Iterator[SimulatedVenue]:
    dialect = importlib.import_module("exchangekit_okx.sim").OkxDialect
    with SimulatedVenue(dialect, key="ccxt-key", secret="ccxt-secret", passphrase="ccxt") as found:
        found.control.market(MARKET, price="60000", frozen=True)
        yield found


@pytest.fixture(scope="module")
def okx(venue: SimulatedVenue) -> Iterator[Any]:
    with client(
        "okx", venue.url, key="ccxt-key", secret="ccxt-secret", password="ccxt"
    ) as exchange:
        exchange.load_markets()
        yield exchange


def truth(venue: SimulatedVenue, ord_id: str) -> Any:
    """The order as the ledger holds it."""
    (found,) = [order for order in venue.control.orders() if order["id"] == ord_id]
    return found


def held(venue: SimulatedVenue, asset: str) -> dict[str, Decimal]:
    balance = venue.control.balances()["main"][asset]
    return {name: Decimal(value) for name, value in balance.items()}


@needs_ccxt
def test_ccxt_loads_the_markets_with_the_venues_filters(okx: Any) -> None:
    assert len(okx.markets) >= 20
    market = okx.market(SYMBOL)
    assert (market["spot"], market["active"], market["id"]) == (True, True, MARKET)
    assert exact(market["precision"]["price"]) == Decimal("0.1")
    assert exact(market["precision"]["amount"]) == Decimal("1E-8")
    assert exact(market["limits"]["amount"]["min"]) == Decimal("0.00001")
    assert okx.currencies["BTC"]["id"] == "BTC"
    assert okx.fetch_status()["status"] == "ok"


@needs_ccxt
def test_ccxt_reads_the_venues_time(okx: Any, venue: SimulatedVenue) -> None:
    assert abs(okx.fetch_time() - int(str(venue.control.clock()["now"]))) < 2000


@needs_ccxt
def test_ccxt_reads_tickers(okx: Any, venue: SimulatedVenue) -> None:
    ticker, stand = okx.fetch_ticker(SYMBOL), venue.control.market(MARKET)
    assert [exact(ticker[name]) for name in ("last", "bid", "ask")] == [
        Decimal(str(stand[name])) for name in ("last", "bid", "ask")
    ]
    every = okx.fetch_tickers()
    assert set(every) == set(okx.symbols)
    assert every[SYMBOL]["last"] == ticker["last"]


@needs_ccxt
def test_ccxt_reads_a_book_that_is_sorted_and_not_crossed(okx: Any) -> None:
    book = okx.fetch_order_book(SYMBOL, 20)
    asks, bids = ([price for price, *_ in book[side]] for side in ("asks", "bids"))
    assert len(asks) == len(bids) == 20
    assert asks == sorted(asks)
    assert bids == sorted(bids, reverse=True)
    assert bids[0] < asks[0]


@needs_ccxt
@pytest.mark.parametrize(
    ("timeframe", "length"), [("1m", 60_000), ("1h", 3_600_000), ("1d", 86_400_000)]
)
def test_ccxt_reads_candles_without_gaps(okx: Any, timeframe: str, length: int) -> None:
    newest = okx.fetch_ohlcv(SYMBOL, timeframe, limit=20)
    since = newest[0][0]
    again = okx.fetch_ohlcv(SYMBOL, timeframe, since=since, limit=10)
    assert again == newest[:10]
    old = okx.fetch_ohlcv(SYMBOL, timeframe, since=since - 2000 * length, limit=10)
    for candles in (newest, old):
        starts = [candle[0] for candle in candles]
        assert {later - start for start, later in itertools.pairwise(starts)} == {length}
        assert all(low <= min(o, c) <= max(o, c) <= high for _, o, high, low, c, _ in candles)
    assert old[0][0] == since - 2000 * length


@needs_ccxt
def test_ccxt_reads_public_trades(okx: Any, venue: SimulatedVenue) -> None:
    trades = okx.fetch_trades(SYMBOL, limit=10)
    known = {str(trade["id"]): trade for trade in venue.control.trades(MARKET, 50)}
    assert len(trades) == 10
    for trade in trades:
        real = known[trade["id"]]
        assert (exact(trade["price"]), exact(trade["amount"])) == (
            Decimal(str(real["price"])), Decimal(str(real["amount"])),
        )  # fmt: skip
        assert trade["side"] == real["side"]


@needs_ccxt
def test_ccxt_places_finds_and_cancels_a_limit_order(okx: Any, venue: SimulatedVenue) -> None:
    before = held(venue, "USDT")
    order = okx.create_order(SYMBOL, "limit", "buy", 0.01, 59000.5)
    assert order["clientOrderId"]
    real = truth(venue, order["id"])
    assert (real["status"], real["price"], real["amount"]) == ("open", "59000.5", "0.01")
    assert real["client_id"] == order["clientOrderId"]
    assert held(venue, "USDT")["free"] == before["free"] - Decimal("590.005")

    found = okx.fetch_order(order["id"], SYMBOL)
    assert (found["status"], found["price"], found["amount"]) == ("open", 59000.5, 0.01)
    assert (found["filled"], found["remaining"]) == (0.0, 0.01)
    by_client_id = {"clientOrderId": order["clientOrderId"]}
    assert okx.fetch_order("", SYMBOL, by_client_id)["id"] == order["id"]
    assert [item["id"] for item in okx.fetch_open_orders(SYMBOL)] == [order["id"]]

    assert okx.cancel_order(order["id"], SYMBOL)["id"] == order["id"]
    assert truth(venue, order["id"])["status"] == "canceled"
    assert okx.fetch_order(order["id"], SYMBOL)["status"] == "canceled"
    assert okx.fetch_open_orders(SYMBOL) == []
    assert order["id"] in [item["id"] for item in okx.fetch_canceled_orders(SYMBOL)]
    assert held(venue, "USDT") == before
    with pytest.raises(importlib.import_module("ccxt").OrderNotFound):
        okx.cancel_order(order["id"], SYMBOL)


@needs_ccxt
def test_ccxt_buys_at_market_by_amount(okx: Any, venue: SimulatedVenue) -> None:
    before = held(venue, "BTC")["free"]
    order = okx.create_market_buy_order(SYMBOL, 0.02)
    real = truth(venue, order["id"])
    assert (real["status"], real["filled"]) == ("filled", "0.02")
    found = okx.fetch_order(order["id"], SYMBOL)
    assert (found["status"], found["filled"], found["type"]) == ("closed", 0.02, "market")
    assert exact(found["average"]) == pytest.approx(Decimal(real["spent"]) / Decimal("0.02"))
    assert (found["fee"]["currency"], exact(found["fee"]["cost"])) == ("BTC", Decimal("0.00002"))
    assert held(venue, "BTC")["free"] == before + Decimal("0.02") - Decimal("0.00002")


@needs_ccxt
def test_ccxt_buys_at_market_by_cost(okx: Any, venue: SimulatedVenue) -> None:
    before = held(venue, "USDT")["free"]
    order = okx.create_market_buy_order_with_cost(SYMBOL, 500)
    real = truth(venue, order["id"])
    assert (real["status"], real["cost"]) == ("filled", "500")
    spent = Decimal(real["spent"])
    assert Decimal("499.99") < spent <= 500
    assert held(venue, "USDT")["free"] == before - spent
    found = okx.fetch_order(order["id"], SYMBOL)
    assert (found["status"], exact(found["filled"])) == ("closed", Decimal(real["filled"]))


@needs_ccxt
def test_ccxt_sells_at_market(okx: Any, venue: SimulatedVenue) -> None:
    order = okx.create_market_sell_order(SYMBOL, 0.01)
    real = truth(venue, order["id"])
    assert (real["status"], real["side"], real["filled"]) == ("filled", "sell", "0.01")
    assert okx.fetch_order(order["id"], SYMBOL)["fee"]["currency"] == "USDT"


@needs_ccxt
def test_ccxt_places_every_kind_of_limit_order(okx: Any, venue: SimulatedVenue) -> None:
    for params, status, reason in (
        ({"postOnly": True}, "canceled", "post_only"),
        ({"timeInForce": "IOC"}, "filled", ""),
        ({"timeInForce": "FOK"}, "filled", ""),
    ):
        order = okx.create_order(SYMBOL, "limit", "buy", 0.001, 61000, params)
        real = truth(venue, order["id"])
        assert (real["status"], real["reason"]) == (status, reason)


@needs_ccxt
def test_ccxt_reads_balances_as_the_ledger_holds_them(okx: Any, venue: SimulatedVenue) -> None:
    order = okx.create_order(SYMBOL, "limit", "sell", 0.25, 65000)
    balance = okx.fetch_balance()
    for asset in ("BTC", "USDT", "ETH"):
        real = held(venue, asset)
        assert exact(balance[asset]["free"]) == pytest.approx(real["free"])
        assert exact(balance[asset]["used"]) == pytest.approx(real["locked"])
        assert exact(balance[asset]["total"]) == pytest.approx(real["total"])
    assert balance["BTC"]["used"] == 0.25
    okx.cancel_orders([order["id"]], SYMBOL)
    assert truth(venue, order["id"])["status"] == "canceled"


@needs_ccxt
def test_ccxt_reads_its_own_trades_and_closed_orders(okx: Any, venue: SimulatedVenue) -> None:
    okx.create_market_buy_order(SYMBOL, 0.003)
    real = {str(fill["id"]): fill for fill in venue.control.fills()}
    trades = okx.fetch_my_trades(SYMBOL)
    assert {trade["id"] for trade in trades} == set(real)
    for trade in trades:
        fill = real[trade["id"]]
        assert (exact(trade["price"]), exact(trade["amount"])) == (
            Decimal(str(fill["price"])), Decimal(str(fill["amount"])),
        )  # fmt: skip
        assert (trade["order"], trade["side"]) == (fill["order_id"], fill["side"])
        assert exact(trade["fee"]["cost"]) == pytest.approx(Decimal(str(fill["fee"])))
        assert trade["fee"]["currency"] == fill["fee_asset"]
    filled = [order["id"] for order in venue.control.orders() if order["status"] == "filled"]
    assert sorted(order["id"] for order in okx.fetch_closed_orders(SYMBOL)) == sorted(filled)
    assert okx.fetch_trading_fee(SYMBOL)["taker"] == 0.001


@needs_ccxt
@pytest.mark.parametrize(
    ("error", "arguments"),
    [
        ("InsufficientFunds", ("limit", "buy", 20.0, 60000)),
        ("InvalidOrder", ("limit", "buy", 0.01, 62000)),
        ("InvalidOrder", ("limit", "sell", 0.00001, 55000)),
    ],
    ids=["too little money", "a price above the limit", "a price below the limit"],
)
def test_ccxt_understands_the_venues_refusals(
    okx: Any, venue: SimulatedVenue, error: str, arguments: tuple[Any, ...]
) -> None:
    before = len(venue.control.orders())
    with pytest.raises(getattr(importlib.import_module("ccxt"), error)):
        okx.create_order(SYMBOL, *arguments)
    assert len(venue.control.orders()) == before


@needs_ccxt
def test_ccxt_with_a_wrong_secret_is_told_so(venue: SimulatedVenue) -> None:
    ccxt = importlib.import_module("ccxt")
    with (
        client("okx", venue.url, key="ccxt-key", secret="wrong", password="ccxt") as exchange,
        pytest.raises(ccxt.AuthenticationError),
    ):
        exchange.fetch_accounts()
