"""Public data of the simulated Binance: ranges, pages, and numbers that agree with each other."""

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


def test_the_markets_are_binances_with_its_filter_values(wire: Any) -> None:
    listed = {item["symbol"]: item for item in wire.get("exchangeInfo").json["symbols"]}
    assert len(listed) >= 20
    filters = {item["filterType"]: item for item in listed["BTCUSDT"]["filters"]}
    assert filters["PRICE_FILTER"]["tickSize"] == "0.01000000"
    assert filters["LOT_SIZE"]["stepSize"] == "0.00001000"
    assert filters["NOTIONAL"]["minNotional"] == "5.00000000"
    pepe = {item["filterType"]: item for item in listed["PEPEUSDT"]["filters"]}
    assert (pepe["LOT_SIZE"]["minQty"], pepe["NOTIONAL"]["minNotional"]) == ("1.00", "1.00000000")


def test_exchange_info_can_be_asked_for_some_symbols(wire: Any) -> None:
    def symbols(**parameters: str) -> list[str]:
        found = wire.get("exchangeInfo", **parameters).json["symbols"]
        return [item["symbol"] for item in found]

    assert symbols(symbol="ETHBTC") == ["ETHBTC"]
    assert symbols(symbols='["ETHBTC","BTCUSDT"]') == ["ETHBTC", "BTCUSDT"]
    assert symbols(permissions="MARGIN") == []
    wire.control.market("ETHBTC", halted=True)
    assert symbols(symbolStatus="HALT") == ["ETHBTC"]
    assert "ETHBTC" not in symbols(symbolStatus="TRADING")


def test_the_book_is_sorted_uncrossed_and_as_deep_as_asked(wire: Any) -> None:
    book = wire.get("depth", symbol="ETHUSDT", limit=20).json
    bids = [Decimal(price) for price, _ in book["bids"]]
    asks = [Decimal(price) for price, _ in book["asks"]]
    assert (len(bids), len(asks)) == (20, 20)
    assert bids == sorted(bids, reverse=True)
    assert asks == sorted(asks)
    assert bids[0] < asks[0]
    best = wire.get("ticker/bookTicker", symbol="ETHUSDT").json
    assert (best["bidPrice"], best["bidQty"]) == tuple(book["bids"][0])
    assert (best["askPrice"], best["askQty"]) == tuple(book["asks"][0])


@pytest.mark.parametrize("endpoint", ["historicalTrades", "aggTrades"])
def test_trades_page_by_id_without_gaps_or_repeats(wire: Any, endpoint: str) -> None:
    number = "a" if endpoint == "aggTrades" else "id"
    since = wire.get("aggTrades", symbol="BTCUSDT", startTime=THEN, limit=1).json[0]["a"]
    at_once = wire.get(endpoint, symbol="BTCUSDT", fromId=since, limit=30).json
    paged: list[Any] = []
    while len(paged) < 30:
        start = paged[-1][number] + 1 if paged else since
        paged += wire.get(endpoint, symbol="BTCUSDT", fromId=start, limit=10).json
    assert paged == at_once


def test_trades_between_two_times_include_both_ends(wire: Any) -> None:
    found = wire.get("aggTrades", symbol="BTCUSDT", startTime=THEN, limit=5).json
    first, last = found[0]["T"], found[-1]["T"]
    again = wire.get("aggTrades", symbol="BTCUSDT", startTime=first, endTime=last).json
    assert again == found


def test_trades_say_whether_the_buyer_was_the_maker(wire: Any) -> None:
    sides = {trade["id"]: trade["side"] for trade in wire.control.trades("ETHUSDT", 20)}
    assert set(sides.values()) == {"buy", "sell"}
    for item in wire.get("trades", symbol="ETHUSDT", limit=20).json:
        assert item["isBuyerMaker"] == (sides[item["id"]] == "sell")
    for item in wire.get("aggTrades", symbol="ETHUSDT", limit=20).json:
        assert item["m"] == (sides[item["a"]] == "sell")


def rows(wire: Any, **parameters: object) -> list[list[Any]]:
    found: list[list[Any]] = wire.get("klines", symbol="BTCUSDT", **parameters).json
    return found


@pytest.mark.parametrize(
    ("interval", "length"),
    [
        ("1s", 1000), ("1m", MINUTE), ("3m", 3 * MINUTE), ("5m", 5 * MINUTE),
        ("15m", 15 * MINUTE), ("30m", 30 * MINUTE), ("1h", HOUR), ("2h", 2 * HOUR),
        ("4h", 4 * HOUR), ("6h", 6 * HOUR), ("8h", 8 * HOUR), ("12h", 12 * HOUR), ("1d", DAY),
        ("3d", 3 * DAY), ("1w", 7 * DAY), ("1M", None),
    ],
)  # fmt: skip
def test_candles_of_every_interval_follow_each_other_without_gaps(
    wire: Any, interval: str, length: int | None
) -> None:
    found = rows(wire, interval=interval, limit=5)
    assert len(found) == 5
    for before, after in pairwise(found):
        assert after[0] == before[6] + 1
        assert length is None or after[0] - before[0] == length
    assert found[-1][0] <= wire.now <= found[-1][6]


def test_candle_ranges_are_inclusive_and_start_from_the_oldest(wire: Any) -> None:
    found = rows(wire, interval="1m", startTime=THEN, endTime=THEN + 3 * MINUTE)
    assert [row[0] for row in found] == [THEN + at * MINUTE for at in range(4)]
    assert rows(wire, interval="1m", startTime=THEN, limit=2) == found[:2]
    assert rows(wire, interval="1m", endTime=THEN + 3 * MINUTE, limit=2) == found[2:]
    assert len(rows(wire, interval="1m", limit=5000)) == 1000


def test_a_time_zone_moves_where_days_begin(wire: Any) -> None:
    start = rows(wire, interval="1d", limit=1, timeZone="8")[0][0]
    assert (start + 8 * HOUR) % DAY == 0


def test_seconds_add_up_to_their_minute(wire: Any) -> None:
    minute = rows(wire, interval="1m", startTime=THEN, limit=1)[0]
    seconds = rows(wire, interval="1s", startTime=THEN, endTime=THEN + MINUTE - 1)
    assert len(seconds) == 60
    assert rows(wire, interval="1s", startTime=THEN, limit=7) == seconds[:7]
    for column in (5, 7, 9, 10):
        assert sum(Decimal(row[column]) for row in seconds) == Decimal(minute[column])
    assert sum(row[8] for row in seconds) == minute[8]
    assert max(Decimal(row[2]) for row in seconds) == Decimal(minute[2])
    assert (seconds[0][1], seconds[-1][4]) == (minute[1], minute[4])


def test_a_rolling_window_agrees_with_the_candles_it_spans(wire: Any) -> None:
    shown = wire.get("ticker", symbol="ETHUSDT", windowSize="3h").json
    assert shown["openTime"] % MINUTE == 0
    assert shown["closeTime"] == wire.now
    minutes = wire.get(
        "klines", symbol="ETHUSDT", interval="1m", startTime=shown["openTime"], limit=1000
    ).json
    assert shown["openPrice"] == minutes[0][1]
    assert shown["lastPrice"] == minutes[-1][4]
    assert Decimal(shown["volume"]) == sum(Decimal(row[5]) for row in minutes)
    assert Decimal(shown["highPrice"]) == max(Decimal(row[2]) for row in minutes)
    assert shown["count"] == sum(row[8] for row in minutes)


def test_the_day_ticker_states_its_change_in_per_cent(wire: Any) -> None:
    shown = wire.get("ticker/24hr", symbol="ETHUSDT").json
    change = Decimal(shown["lastPrice"]) - Decimal(shown["openPrice"])
    assert Decimal(shown["priceChange"]) == change
    percent = change / Decimal(shown["openPrice"]) * 100
    assert abs(Decimal(shown["priceChangePercent"]) - percent) <= Decimal("0.0005")
    assert shown["closeTime"] - shown["openTime"] == DAY


def test_tickers_come_for_one_for_some_and_for_all_symbols(wire: Any) -> None:
    for path in ("ticker/24hr", "ticker/price", "ticker/bookTicker"):
        one = wire.get(path, symbol="ETHUSDT").json
        some = wire.get(path, symbols='["ETHUSDT","BTCUSDT"]').json
        every = wire.get(path).json
        assert some[0] == one
        assert len(every) >= 20
        assert one in every
