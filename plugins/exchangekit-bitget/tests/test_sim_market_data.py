"""Public data, the account's own, limits and troubles of the simulated venue."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from itertools import pairwise
from typing import Any

import pytest

NOW = 1_773_146_096_500

HOUR = 3_600_000
DAY = 24 * HOUR


def test_the_time_is_a_text(bitget: Any) -> None:
    assert bitget.get("/public/time").data == {"serverTime": str(NOW)}


def test_symbols_have_precisions_and_a_least_value(bitget: Any) -> None:
    row = bitget.get("/spot/public/symbols", symbol="BTCUSDT").one
    assert (row["pricePrecision"], row["quantityPrecision"], row["quotePrecision"]) == (
        "2", "6", "6",
    )  # fmt: skip
    assert (row["minTradeAmount"], row["minTradeUSDT"], row["status"]) == ("0", "1", "online")
    assert len(bitget.get("/spot/public/symbols").data) > 30
    assert bitget.get("/spot/public/symbols", symbol="NOPE").code == "40034"
    assert {row["coin"] for row in bitget.get("/spot/public/coins").data} >= {"BTC", "USDT"}


def test_tickers_are_a_list_of_one_or_of_all(bitget: Any) -> None:
    row = bitget.get("/spot/market/tickers", symbol="BTCUSDT").one
    change = float(row["lastPr"]) / float(row["open"]) - 1
    assert abs(float(row["change24h"]) - change) < 0.00002
    assert float(row["bidPr"]) < float(row["askPr"])
    assert len(bitget.get("/spot/market/tickers").data) > 30


def test_a_book_has_at_most_150_levels(bitget: Any) -> None:
    book = bitget.get("/spot/market/orderbook", symbol="BTCUSDT", limit=5).data
    assert (len(book["asks"]), len(book["bids"])) == (5, 5)
    for query in ({"limit": 151}, {"type": "step9"}):
        assert bitget.get("/spot/market/orderbook", symbol="BTCUSDT", **query).code == "40020"
    assert bitget.get("/spot/market/orderbook").code == "40019"


def starts(bitget: Any, path: str, **query: object) -> list[int]:
    rows = bitget.get(f"/spot/market/{path}", symbol="BTCUSDT", **query).data
    return [int(row[0]) for row in rows]


def test_candles_are_oldest_first_and_end_before_endtime(bitget: Any) -> None:
    newest = starts(bitget, "candles", granularity="1min", limit=10)
    assert {later - earlier for earlier, later in pairwise(newest)} == {60_000}
    assert newest[-1] <= NOW < newest[-1] + 60_000
    end = newest[5]
    assert starts(bitget, "candles", granularity="1min", endTime=end, limit=3) == newest[2:5]
    assert (
        starts(bitget, "history-candles", granularity="1min", endTime=end, limit=3) == (newest[2:5])
    )
    assert starts(bitget, "candles", granularity="1min", startTime=newest[7]) == newest[7:]


def test_recent_candles_go_back_a_month_and_history_further(bitget: Any) -> None:
    end = NOW - 31 * DAY
    assert starts(bitget, "candles", granularity="1min", endTime=end, limit=5) == []
    assert len(starts(bitget, "history-candles", granularity="1min", endTime=end, limit=5)) == 5


def test_days_begin_at_the_hour_that_is_asked_for(bitget: Any) -> None:
    assert {at % DAY for at in starts(bitget, "candles", granularity="1Dutc", limit=3)} == {0}
    assert {at % DAY for at in starts(bitget, "candles", granularity="1day", limit=3)} == {
        16 * HOUR
    }


@pytest.mark.parametrize(
    ("path", "query", "code"),
    [
        ("candles", {"granularity": "2min"}, "40020"),
        ("candles", {}, "40019"),
        ("candles", {"granularity": "1min", "limit": 1001}, "40020"),
        ("history-candles", {"granularity": "1min"}, "40019"),
        ("history-candles", {"granularity": "1min", "endTime": NOW, "limit": 201}, "40020"),
        ("fills", {"limit": 501}, "40020"),
        ("fills-history", {"startTime": NOW - 8 * DAY, "endTime": NOW}, "40705"),
    ],
)
def test_what_is_out_of_bounds_is_refused(
    bitget: Any, path: str, query: dict[str, object], code: str
) -> None:
    assert bitget.get(f"/spot/market/{path}", symbol="BTCUSDT", **query).code == code


def test_trades_are_newest_first_and_sides_capitalised_in_the_history(bitget: Any) -> None:
    recent = bitget.get("/spot/market/fills", symbol="BTCUSDT", limit=10).data
    ids = [int(row["tradeId"]) for row in recent]
    assert ids == sorted(ids, reverse=True)
    assert {row["side"] for row in recent} <= {"buy", "sell"}
    history = bitget.get("/spot/market/fills-history", symbol="BTCUSDT", limit=10).data
    assert {row["side"] for row in history} <= {"Buy", "Sell"}


# --- the account ----------------------------------------------------------------------------------
def test_balances_of_what_is_held_or_of_all(bitget: Any) -> None:
    bitget.order(size="0.01")
    row = bitget.private("/spot/account/assets", coin="USDT").one
    assert (row["frozen"], row["locked"]) == ("500", "0")
    held = bitget.private("/spot/account/assets").data
    everything = bitget.private("/spot/account/assets", assetType="all").data
    assert {row["coin"] for row in held} <= {row["coin"] for row in everything}
    assert bitget.private("/spot/account/assets", assetType="some").code == "40020"


def test_rates_are_those_of_one_symbol_and_of_spot(bitget: Any) -> None:
    asked = {"symbol": "BTCUSDT", "businessType": "spot"}
    assert bitget.private("/common/trade-rate", **asked).data == {
        "makerFeeRate": "0.001",
        "takerFeeRate": "0.001",
    }
    assert bitget.private("/common/trade-rate", **asked | {"businessType": "mix"}).code == "40020"


# --- limits and troubles --------------------------------------------------------------------------
def test_orders_are_limited_to_ten_a_second(bitget: Any) -> None:
    bitget.sim.control.limits(enabled=True)
    codes = [bitget.order().code for _ in range(11)]
    assert codes == ["00000"] * 10 + ["429"]
    bitget.sim.control.clock(advance_ms=1000)
    assert bitget.order().code == "00000"


@pytest.mark.parametrize(
    ("rule", "status", "code"),
    [
        ({"action": "status", "status": 429}, 429, "429"),
        ({"action": "status", "status": 418}, 418, "429"),
        ({"action": "status", "status": 500}, 500, "40015"),
        ({"action": "status", "status": 503}, 503, "40604"),
        ({"action": "maintenance"}, 503, "40200"),
        ({"action": "code", "code": "43012"}, 400, "43012"),
        ({"action": "code", "code": "40725", "message": "service return an error"}, 400, "40725"),
    ],
)
def test_a_fault_is_told_in_the_venues_words(
    bitget: Any, rule: dict[str, object], status: int, code: str
) -> None:
    bitget.sim.control.set_faults([{"operation": "fetch_ticker"} | rule])
    reply = bitget.get("/spot/market/tickers")
    assert (reply.status, reply.code) == (status, code)
    assert set(reply.body) == {"code", "msg", "requestTime", "data"}


def test_what_is_not_there_is_said_so(bitget: Any) -> None:
    assert (bitget.get("/spot/nothing").status, bitget.get("/spot/nothing").code) == (404, "40404")
    assert bitget.send("DELETE", "/api/v2/public/time").status == 405
    assert bitget.get("/mix/market/contracts", productType="USDT-FUTURES").data == []


def test_a_venue_that_is_made_again_begins_anew(
    open_venue: Callable[..., AbstractContextManager[Any]],
) -> None:
    with open_venue() as first:
        made = first.order().data["orderId"]
    with open_venue() as second:
        assert second.order().data["orderId"] == made
