"""Public data, the account's own, limits and troubles of the simulated unified API."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest

NOW = 1_773_146_096_500

HOUR = 3_600_000
DAY = 24 * HOUR
BTC = {"category": "SPOT", "symbol": "BTCUSDT"}


def test_instruments_have_precisions_and_a_least_value(unified: Any) -> None:
    row = unified.get("/market/instruments", **BTC).one
    assert (row["pricePrecision"], row["quantityPrecision"], row["quotePrecision"]) == (
        "2", "6", "8",
    )  # fmt: skip
    assert (row["minOrderQty"], row["maxOrderQty"], row["minOrderAmount"]) == ("0.000001", "0", "1")
    assert (row["category"], row["status"]) == ("SPOT", "online")
    unified.sim.control.market("BTCUSDT", halted=True)
    assert unified.get("/market/instruments", **BTC).one["status"] == "offline"


def test_a_category_has_to_be_named_and_holds_its_own(unified: Any) -> None:
    for path in ("/market/instruments", "/market/tickers"):
        assert len(unified.get(path, category="SPOT").data) > 30
        assert unified.get(path, category="USDT-FUTURES").data == []
        assert unified.get(path).code == "40017"
        assert unified.get(path, category="spot").code == "40017"
        assert unified.get(path, category="SPOT", symbol="NOPE").code == "25100"
    for path in ("orderbook", "fills", "candles"):
        other = BTC | {"category": "USDT-FUTURES", "interval": "1m"}
        assert unified.get(f"/market/{path}", **other).code == "25100"
        assert unified.get(f"/market/{path}", category="SPOT").code == "40017"


def test_a_ticker_tells_the_last_day(unified: Any) -> None:
    row = unified.get("/market/tickers", **BTC).one
    change = float(row["lastPrice"]) / float(row["openPrice24h"]) - 1
    assert abs(float(row["price24hPcnt"]) - change) < 0.00002
    assert float(row["bid1Price"]) < float(row["ask1Price"])


def test_levels_of_a_book_are_numbers_with_the_pairs_decimals(unified: Any) -> None:
    book = unified.get("/market/orderbook", **BTC).data
    assert (len(book["a"]), len(book["b"])) == (5, 5)
    assert all(isinstance(part, float) for level in book["a"] for part in level)
    assert len(unified.get("/market/orderbook", **BTC, limit=200).data["a"]) > 50
    assert unified.get("/market/orderbook", **BTC, limit=201).code == "40017"


def starts(unified: Any, path: str, **query: object) -> list[int]:
    return [int(row[0]) for row in unified.get(f"/market/{path}", **BTC, **query).data]


def test_candles_are_oldest_first_and_end_before_endtime(unified: Any) -> None:
    newest = starts(unified, "candles", interval="1m", limit=10)
    assert {later - earlier for earlier, later in pairwise(newest)} == {60_000}
    assert newest[-1] <= NOW < newest[-1] + 60_000
    end = newest[5]
    for path in ("candles", "history-candles"):
        assert starts(unified, path, interval="1m", endTime=end, limit=3) == newest[2:5]
        assert starts(unified, path, interval="1m", startTime=newest[7]) == newest[7:]
    assert len(starts(unified, "candles", interval="1m", limit=1000)) == 1000


def test_days_begin_at_the_hour_that_is_asked_for(unified: Any) -> None:
    assert {at % DAY for at in starts(unified, "candles", interval="1Dutc", limit=3)} == {0}
    assert {at % DAY for at in starts(unified, "candles", interval="1D", limit=3)} == {16 * HOUR}


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("candles", {"interval": "1min"}),
        ("candles", {"interval": "2H"}),
        ("candles", {}),
        ("candles", {"interval": "1m", "limit": 1001}),
        ("candles", {"interval": "1m", "type": "mark"}),
        ("history-candles", {"interval": "1m", "limit": 101}),
        ("history-candles", {"interval": "1m", "startTime": NOW - 91 * DAY, "endTime": NOW}),
        ("fills", {"limit": 101}),
        ("fills", {"limit": 0}),
    ],
)
def test_what_is_out_of_bounds_is_refused(unified: Any, path: str, query: dict[str, Any]) -> None:
    assert unified.get(f"/market/{path}", **BTC, **query).code == "40017"


def test_trades_are_newest_first(unified: Any) -> None:
    recent = unified.get("/market/fills", **BTC, limit=10).data
    ids = [int(row["execId"]) for row in recent]
    assert ids == sorted(ids, reverse=True)
    assert {row["side"] for row in recent} <= {"buy", "sell"}


def test_the_time_and_the_coins_are_those_of_the_classic_api(unified: Any) -> None:
    reply = unified.send("GET", "/api/v2/public/time")
    assert reply.data == {"serverTime": str(NOW)}
    assert {row["coin"] for row in unified.send("GET", "/api/v2/spot/public/coins").data} > {"BTC"}


# --- the account ----------------------------------------------------------------------------------
def test_balances_are_of_what_is_held_and_add_up(unified: Any) -> None:
    unified.order(qty="0.01")
    told = unified.private("/account/assets").data
    rows = {row["coin"]: row for row in told["assets"]}
    unified.sim.control.set_balance("main", "BTC", "0")
    left = unified.private("/account/assets").data["assets"]
    assert rows.keys() - {row["coin"] for row in left} == {"BTC"}
    assert rows["USDT"]["locked"] == "500"
    for row in rows.values():
        assert Decimal(row["available"]) + Decimal(row["locked"]) == Decimal(row["balance"]) > 0
        assert row["equity"] == row["balance"]
    worth = sum(Decimal(row["usdValue"]) for row in rows.values())
    assert abs(Decimal(told["accountEquity"]) - worth) < Decimal("0.001")


def test_rates_are_those_of_one_symbol(unified: Any) -> None:
    rates = {"makerFeeRate": "0.001", "takerFeeRate": "0.001"}
    assert unified.private("/account/fee-rate", **BTC).data == rates
    assert unified.private("/account/fee-rate", category="SPOT").code == "40017"


def test_the_settings_tell_the_mode_and_nothing_of_the_key(unified: Any) -> None:
    told = unified.private("/account/settings").data
    assert told["accountMode"] == "unified"
    assert told["uid"] == unified.private("/account/info").data["userId"]
    assert not {"permissions", "ips"} & told.keys()


# --- limits and troubles --------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("most", "ask"),
    [
        (10, lambda venue: venue.order()),
        (3, lambda venue: venue.private("/account/fee-rate", **BTC)),
        (1, lambda venue: venue.post("/trade/countdown-cancel-all", {"countdown": "0"})),
    ],
    ids=["orders", "rates", "the switch"],
)
def test_each_endpoint_has_its_limit(unified: Any, most: int, ask: Any) -> None:
    unified.sim.control.limits(enabled=True)
    codes = [ask(unified).code for _ in range(most + 1)]
    assert codes == ["00000"] * most + ["429"]
    unified.sim.control.clock(advance_ms=1000)
    assert ask(unified).code == "00000"


@pytest.mark.parametrize(
    ("rule", "status", "code"),
    [
        ({"action": "status", "status": 429}, 429, "429"),
        ({"action": "status", "status": 500}, 500, "40015"),
        ({"action": "maintenance"}, 503, "40200"),
        ({"action": "code", "code": "25202"}, 400, "25202"),
    ],
)
def test_a_fault_is_told_in_the_venues_words(
    unified: Any, rule: dict[str, object], status: int, code: str
) -> None:
    unified.sim.control.set_faults([{"operation": "fetch_ticker"} | rule])
    reply = unified.get("/market/tickers", category="SPOT")
    assert (reply.status, reply.code) == (status, code)


def test_the_classic_apis_orders_are_not_here(unified: Any) -> None:
    where = "/api/v2/spot/account/assets"
    assert unified.send("GET", where, b"", unified.headers("GET", where)).code == "40404"
    assert unified.send("DELETE", "/api/v3/market/tickers").status == 405
