"""Public data of the simulated venue, and paging: without gaps, without repeats, newest first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest

D = Decimal
HOUR = 3_600_000
DAY = 24 * HOUR


def pages(ask: Callable[[dict[str, Any]], list[Any]], mark: Callable[[Any], str]) -> list[Any]:
    """Everything, paged back with ``after``; at most fifty pages."""
    found: list[Any] = []
    query: dict[str, Any] = {}
    for _ in range(50):
        page = ask(query)
        if not page:
            return found
        found += page
        query = {"after": mark(page[-1])}
    raise AssertionError("the pages do not end")


# --- what is listed ---
def test_the_listing_has_the_venues_own_filter_values(okx: Any) -> None:
    listed = {row["instId"]: row for row in okx.get("/public/instruments", instType="SPOT").data}
    assert len(listed) >= 20
    names = ("tickSz", "lotSz", "minSz", "maxLmtSz")
    assert [listed["BTC-USDT"][name] for name in names] == [
        "0.1", "0.00000001", "0.00001", "9999999999",
    ]  # fmt: skip
    assert [listed["SHIB-USDT"][name] for name in names] == [
        "0.00000001", "1", "50000", "9999999999999999",
    ]  # fmt: skip
    assert [listed["ETH-BTC"][name] for name in names] == [
        "0.00001", "0.000001", "0.001", "999999999999",
    ]  # fmt: skip


def test_other_instrument_types_are_valid_and_empty(okx: Any) -> None:
    for kind in ("MARGIN", "SWAP", "FUTURES"):
        assert okx.get("/public/instruments", instType=kind).body["data"] == []
        assert okx.private("/account/instruments", instType=kind).code == "0"
    assert okx.get("/public/instruments", instType="OPTION", uly="BTC-USD").data == []
    assert okx.get("/public/instruments", instType="OPTION").code == "50014"
    assert okx.get("/market/tickers", instType="SWAP").data == []


@pytest.mark.parametrize(
    ("path", "query", "status", "code"),
    [
        ("/public/instruments", {}, 400, "50014"),
        ("/public/instruments", {"instType": "spot"}, 400, "51000"),
        ("/public/instruments", {"instType": "SPOT", "instId": "NOPE-USDT"}, 200, "51001"),
        ("/market/ticker", {}, 400, "50014"),
        ("/market/ticker", {"instId": "btc-usdt"}, 200, "51001"),
        ("/market/tickers", {"instType": "ALL"}, 400, "51000"),
        ("/market/books", {"instId": "BTC-USDT", "sz": "401"}, 400, "51000"),
        ("/market/books", {"instId": "BTC-USDT", "sz": "x"}, 400, "51000"),
        ("/market/trades", {"instId": "BTC-USDT", "limit": "501"}, 400, "51000"),
        ("/market/history-trades", {"instId": "BTC-USDT", "limit": "101"}, 400, "51000"),
        (
            "/market/history-trades",
            {"instId": "BTC-USDT", "type": "2", "before": "1"},
            200,
            "50039",
        ),
        ("/market/candles", {"instId": "BTC-USDT", "bar": "1h"}, 400, "51000"),
        ("/market/candles", {"instId": "BTC-USDT", "limit": "301"}, 400, "51000"),
        ("/market/candles", {"instId": "BTC-USDT", "after": "yesterday"}, 400, "51000"),
        ("/market/candles", {"instId": "NOPE-USDT"}, 200, "51001"),
    ],
)
def test_a_bad_query_is_answered_with_the_venues_code(
    okx: Any, path: str, query: dict[str, str], status: int, code: str
) -> None:
    reply = okx.get(path, **query)
    assert (reply.status, reply.code, reply.data) == (status, code, [])
    assert reply.body["msg"]


def test_an_unknown_path_is_answered_by_the_gateway(okx: Any) -> None:
    reply = okx.get("/market/nope")
    assert reply.status == 404
    assert (reply.code, reply.data, reply.body["msg"]) == (404, {}, "Not Found")


def test_a_wrong_method_is_refused(okx: Any) -> None:
    reply = okx.send("POST", "/api/v5/market/ticker?instId=BTC-USDT")
    assert (reply.status, reply.code) == (405, "50115")


# --- prices ---
def test_ticker_and_tickers_and_book_agree(okx: Any) -> None:
    one = okx.get("/market/ticker", instId="ETH-USDT").one
    every = {row["instId"]: row for row in okx.get("/market/tickers", instType="SPOT").data}
    assert every["ETH-USDT"] == one
    book = okx.get("/market/books", instId="ETH-USDT", sz="5").one
    assert [row[:2] for row in (book["asks"][0], book["bids"][0])] == [
        [one["askPx"], one["askSz"]],
        [one["bidPx"], one["bidSz"]],
    ]
    asks, bids = ([D(row[0]) for row in book[side]] for side in ("asks", "bids"))
    assert asks == sorted(asks)
    assert bids == sorted(bids, reverse=True)
    assert len(asks) == len(bids) == 5
    assert bids[0] < asks[0]
    assert all(row[2:] == ["0", "1"] for row in book["asks"])


def test_a_book_has_one_level_unless_more_are_asked_for(okx: Any) -> None:
    assert len(okx.get("/market/books", instId="BTC-USDT").one["asks"]) == 1
    full = okx.get("/market/books-full", instId="BTC-USDT", sz="5000").one
    assert len(full["asks"]) > 1
    assert all(len(row) == 3 for row in full["asks"] + full["bids"])


def test_the_days_open_is_that_of_its_candle(okx: Any) -> None:
    ticker = okx.get("/market/ticker", instId="BTC-USDT").one
    for name, bar in (("sodUtc0", "1Dutc"), ("sodUtc8", "1D")):
        assert ticker[name] == okx.get("/market/candles", instId="BTC-USDT", bar=bar).data[0][1]


# --- candles ---
@pytest.mark.parametrize(
    ("bar", "length", "begins"),
    [
        ("1m", 60_000, 0), ("3m", 180_000, 0), ("5m", 300_000, 0), ("15m", 900_000, 0),
        ("30m", 1_800_000, 0), ("1H", HOUR, 0), ("2H", 2 * HOUR, 0), ("4H", 4 * HOUR, 0),
        ("6H", 6 * HOUR, 8), ("12H", 12 * HOUR, 8), ("1D", DAY, 8), ("2D", 2 * DAY, 8),
        ("3D", 3 * DAY, 8), ("6Hutc", 6 * HOUR, 0), ("12Hutc", 12 * HOUR, 0), ("1Dutc", DAY, 0),
        ("2Dutc", 2 * DAY, 0), ("3Dutc", 3 * DAY, 0), ("1W", 7 * DAY, None),
        ("1Wutc", 7 * DAY, None),
        ("1M", None, 8), ("1Mutc", None, 0), ("3M", None, 8), ("3Mutc", None, 0),
    ],
)  # fmt: skip
def test_candles_page_back_without_gaps_or_repeats(
    okx: Any, bar: str, length: int | None, begins: int | None
) -> None:
    at_once = okx.get("/market/history-candles", instId="BTC-USDT", bar=bar, limit=30).data
    paged: list[Any] = []
    after: dict[str, str] = {}
    for _ in range(5):
        paged += okx.get(
            "/market/history-candles", instId="BTC-USDT", bar=bar, limit=6, **after
        ).data
        after = {"after": paged[-1][0]}
    assert paged == at_once
    starts = [int(row[0]) for row in paged]
    assert starts == sorted(set(starts), reverse=True)
    if length is not None:
        assert {newer - older for newer, older in pairwise(starts)} == {length}
    else:
        firsts = [datetime.fromtimestamp(at // 1000, UTC) for at in starts]
        firsts = [first + timedelta(hours=begins or 0) for first in firsts]
        assert {(first.day, first.hour) for first in firsts} == {(1, 0)}
    if begins is not None and length is not None:
        assert (starts[0] + begins * HOUR) % length == 0
    assert {row[8] for row in paged} == {"1"}


def test_the_newest_candle_is_unfinished_and_says_so(okx: Any) -> None:
    rows = okx.get("/market/candles", instId="BTC-USDT", limit=3).data
    assert [row[8] for row in rows] == ["0", "1", "1"]
    now = int(okx.sim.control.clock()["now"])
    assert int(rows[0][0]) <= now < int(rows[0][0]) + 60_000
    done = okx.get("/market/history-candles", instId="BTC-USDT", limit=2).data
    assert done == rows[1:]


def test_before_and_after_are_exclusive_and_the_newest_are_given(okx: Any) -> None:
    rows = okx.get("/market/candles", instId="BTC-USDT", bar="1H", limit=10).data
    inside = okx.get(
        "/market/candles", instId="BTC-USDT", bar="1H", after=rows[2][0], before=rows[6][0]
    ).data
    assert inside == rows[3:6]
    newest = okx.get("/market/candles", instId="BTC-USDT", bar="1H", before=rows[9][0], limit=2)
    assert newest.data == rows[:2]


def test_recent_candles_end_where_history_goes_on(okx: Any) -> None:
    found = pages(
        lambda more: okx.get("/market/candles", instId="BTC-USDT", limit=300, **more).data,
        lambda row: row[0],
    )
    assert len(found) == 1440
    older = okx.get("/market/history-candles", instId="BTC-USDT", after=found[-1][0], limit=1).data
    assert int(older[0][0]) == int(found[-1][0]) - 60_000


def test_a_day_is_the_sum_of_its_hours(okx: Any) -> None:
    day = okx.get("/market/history-candles", instId="BTC-USDT", bar="1Dutc", limit=1).data[0]
    start = int(day[0])
    hours = okx.get(
        "/market/history-candles", instId="BTC-USDT", bar="1H", before=start - 1, after=start + DAY
    ).data
    assert len(hours) == 24
    assert (hours[-1][1], hours[0][4]) == (day[1], day[4])
    assert max(D(row[2]) for row in hours) == D(day[2])
    assert min(D(row[3]) for row in hours) == D(day[3])
    assert sum(D(row[5]) for row in hours) == D(day[5])


# --- trades ---
def test_trades_are_newest_first_and_page_back_by_id(okx: Any) -> None:
    at_once = okx.get("/market/trades", instId="BTC-USDT", limit=60).data
    paged: list[Any] = []
    after: dict[str, str] = {}
    for _ in range(6):
        paged += okx.get("/market/history-trades", instId="BTC-USDT", limit=10, **after).data
        after = {"after": paged[-1]["tradeId"]}
    assert paged == at_once
    ids = [int(row["tradeId"]) for row in paged]
    assert ids == sorted(set(ids), reverse=True)
    newer = okx.get("/market/history-trades", instId="BTC-USDT", before=paged[4]["tradeId"]).data
    assert newer == paged[:4]


def test_trades_page_back_by_time(okx: Any) -> None:
    rows = okx.get("/market/trades", instId="BTC-USDT", limit=20).data
    at = rows[9]["ts"]
    path, asked = "/market/history-trades", {"instId": "BTC-USDT", "type": "2"}
    older = okx.get(path, **asked, after=at, limit=5).data
    assert older == [row for row in rows if row["ts"] < at][:5]
    assert okx.get(path, **asked, before=at).code == "50039"


def test_an_own_trade_is_a_public_trade_too(okx: Any) -> None:
    ord_id = okx.order(ordType="market", sz="0.01", tgtCcy="base_ccy").one["ordId"]
    fill = okx.private("/trade/fills", ordId=ord_id).data[0]
    public = {row["tradeId"]: row for row in okx.get("/market/trades", instId="BTC-USDT").data}
    seen = public[fill["tradeId"]]
    assert (seen["px"], seen["sz"], seen["side"]) == (fill["fillPx"], fill["fillSz"], "buy")


# --- the account's own lists ---
@pytest.fixture
def traded(okx: Any) -> list[str]:
    """Twenty-five filled orders of three symbols, oldest first."""
    made = []
    for number in range(25):
        symbol, size = (("BTC-USDT", "100"), ("ETH-USDT", "50"), ("SOL-USDT", "20"))[number % 3]
        placed = okx.order(instId=symbol, ordType="market", sz=size, clOrdId=f"t{number}").one
        made.append(placed["ordId"])
        okx.sim.control.clock(advance_ms=number % 2)
    return made


@pytest.mark.parametrize("path", ["/trade/orders-history", "/trade/orders-history-archive"])
def test_orders_page_back_without_gaps_or_repeats(okx: Any, traded: list[str], path: str) -> None:
    found = pages(
        lambda more: okx.private(path, instType="SPOT", limit=4, **more).data,
        lambda row: row["ordId"],
    )
    assert [row["ordId"] for row in found] == traded[::-1]
    newer = okx.private(path, instType="SPOT", before=traded[-4])
    assert [row["ordId"] for row in newer.data] == traded[:-4:-1]


@pytest.mark.parametrize("path", ["/trade/fills", "/trade/fills-history"])
def test_fills_page_back_without_gaps_or_repeats(okx: Any, traded: list[str], path: str) -> None:
    found = pages(
        lambda more: okx.private(path, instType="SPOT", limit=3, **more).data,
        lambda row: row["billId"],
    )
    truth = okx.sim.control.fills()
    assert sorted((row["instId"], int(row["tradeId"])) for row in found) == sorted(
        (fill["symbol"], fill["id"]) for fill in truth
    )
    bills = [int(row["billId"]) for row in found]
    assert bills == sorted(set(bills), reverse=True)


def test_lists_can_be_narrowed(okx: Any, traded: list[str]) -> None:
    okx.order(instId="ETH-USDT", px="1000")
    okx.order()
    history = "/trade/orders-history"
    only = okx.private(history, instType="SPOT", instId="SOL-USDT").data
    assert {row["instId"] for row in only} == {"SOL-USDT"}
    assert len(only) == 8
    assert okx.private(history, instType="SPOT", state="canceled").data == []
    assert okx.private(history, instType="SPOT", ordType="limit,ioc").data == []
    assert len(okx.private(history, instType="SPOT", ordType="fok,market").data) == 25
    assert okx.private(history, instType="SWAP").data == []
    middle = okx.private(history, instType="SPOT").data[14]["cTime"]
    later = okx.private(history, instType="SPOT", begin=middle).data
    earlier = okx.private(history, instType="SPOT", end=int(middle) - 1).data
    assert len(later) + len(earlier) == 25
    assert len(okx.private("/trade/orders-pending").data) == 2
    assert okx.private("/trade/orders-pending", instId="BTC-USDT").one["instId"] == "BTC-USDT"
    sells = okx.private("/trade/fills", subType=2)
    assert sells.data == []


@pytest.mark.parametrize(
    ("path", "query", "code"),
    [
        ("/trade/orders-history", {}, "50014"),
        ("/trade/orders-history", {"instType": "SPOT", "state": "live"}, "51000"),
        ("/trade/orders-history", {"instType": "SPOT", "limit": "101"}, "51000"),
        ("/trade/orders-pending", {"state": "filled"}, "51000"),
        ("/trade/orders-pending", {"ordType": "stop"}, "51000"),
        ("/trade/fills-history", {}, "50014"),
        ("/trade/fills", {"begin": "yesterday"}, "51000"),
        ("/account/trade-fee", {}, "50014"),
        ("/account/trade-fee", {"instType": "SPOT", "instId": "NOPE-USDT"}, "51001"),
        ("/account/balance", {"ccy": ",".join(f"C{n}" for n in range(21))}, "50025"),
    ],
)
def test_a_bad_private_query_is_answered_with_the_venues_code(
    okx: Any, path: str, query: dict[str, str], code: str
) -> None:
    reply = okx.private(path, **query)
    assert (reply.code, reply.data) == (code, [])


def test_fills_are_kept_three_days_and_in_the_archive_for_longer(
    okx: Any, traded: list[str]
) -> None:
    count = len(okx.sim.control.fills())
    okx.sim.control.clock(advance_ms=3 * DAY + 1000)
    assert okx.private("/trade/fills").data == []
    assert len(okx.private("/trade/fills-history", instType="SPOT").data) == min(count, 100)
    okx.sim.control.clock(advance_ms=4 * DAY)
    assert okx.private("/trade/orders-history", instType="SPOT").data == []
    assert len(okx.private("/trade/orders-history-archive", instType="SPOT").data) == 25


# --- the account ---
def test_balances_are_the_ledgers(okx: Any) -> None:
    okx.sim.control.set_balance("main", "DOGE", "0")
    okx.order()
    shown = {row["ccy"]: row for row in okx.private("/account/balance").one["details"]}
    held = {
        asset: item
        for asset, item in okx.sim.control.balances()["main"].items()
        if D(item["total"])
    }
    assert shown.keys() == held.keys()
    assert "DOGE" not in shown
    for asset, item in held.items():
        row = shown[asset]
        assert [row[name] for name in ("availBal", "frozenBal", "cashBal")] == [
            item["free"], item["locked"], item["total"],
        ]  # fmt: skip
    some = okx.private("/account/balance", ccy="BTC,USDT").one
    assert [row["ccy"] for row in some["details"]] == ["BTC", "USDT"]
    assert some["totalEq"] == okx.private("/account/balance").one["totalEq"]


def test_rates_are_negative_and_the_accounts_own(okx: Any) -> None:
    rates = okx.private("/account/trade-fee", instType="SPOT", instId="BTC-USDT").one
    assert (rates["maker"], rates["taker"]) == ("-0.0008", "-0.001")
    okx.sim.control.set_fees("main", maker="-0.0001", taker="0.0005")
    rates = okx.private("/account/trade-fee", instType="SPOT").one
    assert (rates["maker"], rates["taker"]) == ("0.0001", "-0.0005")


def test_every_listed_asset_is_a_currency(okx: Any) -> None:
    listed = okx.get("/public/instruments", instType="SPOT").data
    assets = {row["baseCcy"] for row in listed} | {row["quoteCcy"] for row in listed}
    assert {row["ccy"] for row in okx.private("/asset/currencies").data} == assets
    assert okx.private("/asset/currencies", ccy="BTC").one["canWd"] is False
    assert okx.private("/asset/balances").data == []
