"""What the simulated venue tells everybody, in the venue's words."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest

SPOT = {"category": "spot", "symbol": "BTCUSDT"}
HOUR = 3_600_000


def test_the_time_is_told_in_seconds_and_nanoseconds(bybit: Any) -> None:
    told = bybit.get("/market/time")
    assert told.result == {"timeSecond": "1773146096", "timeNano": "1773146096500000000"}
    assert told.body["time"] == 1773146096500


def test_markets_are_listed_with_their_filters(bybit: Any) -> None:
    rows = bybit.get("/market/instruments-info", category="spot").rows
    assert len(rows) >= 20
    (btc,) = bybit.get("/market/instruments-info", **SPOT).rows
    assert btc in rows
    assert btc["priceFilter"] == {"tickSize": "0.1"}
    assert btc["lotSizeFilter"]["basePrecision"] == "0.000001"
    assert btc["lotSizeFilter"]["minOrderAmt"] == "5"
    assert bybit.get("/market/instruments-info", category="linear").rows == []
    assert bybit.get("/market/instruments-info").code == 10001
    assert bybit.get("/market/instruments-info", category="spot", symbol="NO").code == 170121


def test_a_ticker_tells_the_change_as_a_ratio(bybit: Any) -> None:
    ticker = bybit.get("/market/tickers", **SPOT).one
    last, before = Decimal(ticker["lastPrice"]), Decimal(ticker["prevPrice24h"])
    assert abs(Decimal(ticker["price24hPcnt"]) - (last - before) / before) < Decimal("0.0001")
    assert Decimal(ticker["bid1Price"]) < Decimal(ticker["ask1Price"])
    assert ticker in bybit.get("/market/tickers", category="spot").rows


def test_a_book_has_one_level_unless_it_is_asked_for_more(bybit: Any) -> None:
    assert len(bybit.get("/market/orderbook", **SPOT).result["a"]) == 1
    book = bybit.get("/market/orderbook", **SPOT, limit=50).result
    asks, bids = ([Decimal(price) for price, _ in book[side]] for side in "ab")
    assert (len(asks), len(bids)) == (50, 50)
    assert asks == sorted(asks)
    assert bids == sorted(bids, reverse=True)
    assert bids[0] < asks[0]
    for limit in (0, 1001):
        assert bybit.get("/market/orderbook", **SPOT, limit=limit).code == 10001


def test_trades_are_the_newest_newest_first(bybit: Any) -> None:
    rows = bybit.get("/market/recent-trade", **SPOT).rows
    times = [int(row["time"]) for row in rows]
    assert len(rows) == 60
    assert times == sorted(times, reverse=True)
    assert bybit.get("/market/recent-trade", **SPOT, limit=61).code == 10001


def test_candles_come_newest_first_and_without_gaps(bybit: Any) -> None:
    rows = bybit.get("/market/kline", **SPOT, interval=60, limit=5).result["list"]
    starts = [int(row[0]) for row in rows]
    assert [after - before for before, after in pairwise(starts)] == [-HOUR] * 4
    first, last = starts[-1], starts[0]
    spans = [
        ({"start": first}, starts),
        ({"start": first, "limit": 2}, starts[-2:]),
        ({"end": last, "limit": 2}, starts[:2]),
        ({"start": first + 1, "end": last - 1}, starts[1:-1]),
    ]
    for asked, expected in spans:
        found = bybit.get("/market/kline", **SPOT, interval=60, **asked).result["list"]
        assert [int(row[0]) for row in found] == expected
    assert bybit.get("/market/kline", **SPOT, interval="1h").code == 10001


def test_no_maintenance_is_announced(bybit: Any) -> None:
    assert bybit.get("/system/status").rows == []


def test_balances_are_told_in_all_and_locked(bybit: Any) -> None:
    bybit.order(price="50000", qty="0.01")
    told = bybit.private("/account/wallet-balance", accountType="UNIFIED", coin="USDT").one
    (coin,) = told["coin"]
    truth = bybit.sim.control.balances()["main"]["USDT"]
    assert Decimal(coin["walletBalance"]) == Decimal(truth["total"])
    assert Decimal(coin["locked"]) == Decimal(truth["locked"]) == 500
    assert bybit.private("/account/wallet-balance", accountType="SPOT").code == 10001


def test_fee_rates_are_told_for_one_market_or_for_all(bybit: Any) -> None:
    one = bybit.private("/account/fee-rate", **SPOT).one
    assert one == {"symbol": "BTCUSDT", "takerFeeRate": "0.001", "makerFeeRate": "0.001"}
    assert one in bybit.private("/account/fee-rate", category="spot").rows


@pytest.mark.parametrize("path", ["/order/realtime", "/order/history", "/execution/list"])
def test_other_categories_have_nothing(bybit: Any, path: str) -> None:
    assert bybit.private(path, category="linear").rows == []
    assert bybit.private(path).code == 10001
