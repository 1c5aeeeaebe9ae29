"""Public data of the simulated MEXC: its quirks, ranges, and numbers that agree with each other."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest

MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR
# A moment in the past when a day, an hour and a minute begin.
THEN = 1_789_948_800_000


def test_the_markets_are_mexcs_with_its_values(wire: Any) -> None:
    listed = {item["symbol"]: item for item in wire.get("exchangeInfo").json["symbols"]}
    assert len(listed) >= 20
    btc = listed["BTCUSDT"]
    assert (btc["quotePrecision"], btc["baseAssetPrecision"]) == (2, 8)
    assert (btc["baseSizePrecision"], btc["quoteAmountPrecision"]) == ("0.000001", "1")
    assert (btc["takerCommission"], btc["status"], btc["filters"]) == ("0.0005", "1", [])
    assert [item["filterType"] for item in listed["PEPEUSDT"]["filters"]] == [
        "PERCENT_PRICE_BY_SIDE"
    ]


def test_symbols_are_separated_by_commas(wire: Any) -> None:
    found = wire.get("exchangeInfo", symbols="MXUSDT,BTCUSDT").json["symbols"]
    assert [item["symbol"] for item in found] == ["MXUSDT", "BTCUSDT"]
    tradable = wire.get("defaultSymbols").json
    assert (tradable["code"], tradable["msg"], tradable["timestamp"]) == (0, "success", wire.now)
    assert "MXUSDT" in tradable["data"]


def test_the_book_is_sorted_uncrossed_and_dated(wire: Any) -> None:
    book = wire.get("depth", symbol="ETHUSDT", limit=20).json
    bids = [Decimal(price) for price, _ in book["bids"]]
    asks = [Decimal(price) for price, _ in book["asks"]]
    assert (len(bids), len(asks)) == (20, 20)
    assert bids == sorted(bids, reverse=True)
    assert asks == sorted(asks)
    assert bids[0] < asks[0]
    assert book["timestamp"] == wire.now


def test_trades_have_no_ids_and_come_newest_first(wire: Any) -> None:
    found = wire.get("trades", symbol="BTCUSDT", limit=10).json
    assert {item["id"] for item in found} == {None}
    times = [item["time"] for item in found]
    assert times == sorted(times, reverse=True)
    first, last = times[-1], times[0]
    between = wire.get("aggTrades", symbol="BTCUSDT", startTime=first, endTime=last).json
    assert [item["T"] for item in between] == times
    assert {item["a"] for item in between} == {None}


def test_trades_say_whether_the_buyer_was_the_maker(wire: Any) -> None:
    sides = {
        (trade["time"], trade["price"], trade["amount"]): trade["side"]
        for trade in wire.control.trades("ETHUSDT", 20)
    }
    assert set(sides.values()) == {"buy", "sell"}
    for item in wire.get("trades", symbol="ETHUSDT", limit=20).json:
        side = sides[item["time"], item["price"], item["qty"]]
        assert item["isBuyerMaker"] == (side == "sell")
        assert item["tradeType"] == {"buy": "BID", "sell": "ASK"}[side]


def rows(wire: Any, **parameters: object) -> list[list[Any]]:
    found: list[list[Any]] = wire.get("klines", symbol="BTCUSDT", **parameters).json
    return found


@pytest.mark.parametrize(
    ("interval", "length"),
    [
        ("1m", MINUTE), ("5m", 5 * MINUTE), ("15m", 15 * MINUTE), ("30m", 30 * MINUTE),
        ("60m", HOUR), ("4h", 4 * HOUR), ("1d", DAY), ("1W", 7 * DAY), ("1M", None),
    ],
)  # fmt: skip
def test_candles_have_eight_columns_and_close_when_the_next_one_opens(
    wire: Any, interval: str, length: int | None
) -> None:
    found = rows(wire, interval=interval, limit=5)
    assert {len(row) for row in found} == {8}
    for before, after in pairwise(found):
        assert before[6] == after[0]
        assert length is None or after[0] - before[0] == length
    assert found[-1][0] <= wire.now < found[-1][6]


def test_the_end_of_a_range_of_candles_is_not_included_and_500_are_the_most(wire: Any) -> None:
    found = rows(wire, interval="1m", startTime=THEN, endTime=THEN + 3 * MINUTE)
    assert [row[0] for row in found] == [THEN + at * MINUTE for at in range(3)]
    assert rows(wire, interval="1m", startTime=THEN, limit=2) == found[:2]
    assert rows(wire, interval="1m", endTime=THEN + 3 * MINUTE, limit=2) == found[1:]
    assert len(rows(wire, interval="1m", limit=1000)) == 500


def test_the_day_ticker_states_its_change_as_a_ratio_and_opens_just_before_it_closes(
    wire: Any,
) -> None:
    shown = wire.get("ticker/24hr", symbol="ETHUSDT").json
    change = Decimal(shown["lastPrice"]) - Decimal(shown["openPrice"])
    ratio = change / Decimal(shown["openPrice"])
    assert abs(Decimal(shown["priceChangePercent"]) - ratio) <= Decimal("0.00005")
    assert shown["count"] is None
    assert 0 < shown["closeTime"] - shown["openTime"] < MINUTE


def test_tickers_come_for_one_or_for_all_symbols(wire: Any) -> None:
    for path in ("ticker/24hr", "ticker/price", "ticker/bookTicker"):
        one = wire.get(path, symbol="ETHUSDT").json
        assert one in wire.get(path).json


def test_networks_have_names_with_parentheses(wire: Any) -> None:
    coins = {item["coin"]: item for item in wire.signed("GET", "capital/config/getall").json}
    names = [item["network"] for item in coins["ETH"]["networkList"]]
    assert "Arbitrum One(ARB)" in names
    shown = [coins["ETH"], *coins["ETH"]["networkList"]]
    assert [(one["name"], "Name" in one) for one in shown] == [("ETH", False)] * 3
    assert {item["netWork"] for item in coins["ETH"]["networkList"]} == {"ERC20", "ARB"}
