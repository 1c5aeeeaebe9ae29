"""Orders on the simulated venue: acknowledged, looked up in two places, paged, and forgotten."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from exchangekit_bybit.sim import BybitDialect

DAY = 24 * 3600
MARKET = "BTCUSDT"


@pytest.fixture(autouse=True)
def still(bybit: Any) -> None:
    bybit.sim.control.market(MARKET, price="60000", frozen=True)


def refused(bybit: Any, **fields: object) -> int:
    """The code of an order that is refused, and nothing is there afterwards."""
    before = len(bybit.sim.control.orders())
    code = bybit.order(**fields).code
    assert len(bybit.sim.control.orders()) == before
    return code


def listed(bybit: Any, where: str, **query: object) -> list[str]:
    rows = bybit.private(f"/order/{where}", category="spot", **query).rows
    return [row["orderId"] for row in rows]


def test_a_new_order_is_answered_with_its_ids_and_nothing_else(bybit: Any) -> None:
    told = bybit.order(orderLinkId="mine-1_A").result
    assert told == {"orderId": told["orderId"], "orderLinkId": "mine-1_A"}
    seen = bybit.see(told["orderId"])
    assert (seen["orderStatus"], seen["qty"], seen["price"]) == ("New", "0.01", "50000")
    assert (seen["leavesQty"], seen["avgPrice"], seen["cumFeeDetail"]) == ("0.01", "", {})
    assert bybit.truth(told["orderId"])["client_id"] == "mine-1_A"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"symbol": "NOPEUSDT"}, 170121),
        ({"category": "linear"}, 10001),
        ({"category": "stocks"}, 10001),
        ({"category": ""}, 10001),
        ({"side": "buy"}, 170117),
        ({"orderType": "limit"}, 170116),
        ({"timeInForce": "GTX"}, 170115),
        ({"qty": ""}, 170105),
        ({"qty": "0"}, 170130),
        ({"qty": "-1"}, 170130),
        ({"qty": "1e-2"}, 170130),
        ({"price": ""}, 170105),
        ({"price": "50000.01"}, 170134),
        ({"qty": "0.0000001"}, 170137),
        ({"qty": "0.00001"}, 170140),
        ({"qty": "83", "price": "60000"}, 170124),
        ({"price": "63000.1"}, 170193),
        ({"side": "Sell", "price": "56999.9"}, 170194),
        ({"qty": "50"}, 170131),
        ({"orderLinkId": "a" * 37}, 170130),
        ({"orderLinkId": "a.b"}, 170130),
        ({"triggerPrice": "55000"}, 170227),
        ({"takeProfit": "65000"}, 170227),
        ({"orderFilter": "StopOrder"}, 170227),
        ({"isLeverage": 1}, 170344),
        ({"orderType": "Market", "qty": "4", "marketUnit": "quoteCoin"}, 170140),
        ({"orderType": "Market", "qty": "10.00000001", "marketUnit": "quoteCoin"}, 170148),
        ({"orderType": "Market", "qty": "42", "marketUnit": "baseCoin"}, 170124),
        ({"orderType": "Market", "qty": "1", "marketUnit": "coin"}, 170130),
    ],
)
def test_an_order_that_is_not_legal_is_refused(
    bybit: Any, fields: dict[str, object], code: int
) -> None:
    assert refused(bybit, **fields) == code


def test_a_body_that_is_no_object_is_refused(bybit: Any) -> None:
    assert bybit.post("/order/create", [1]).code == 10001


def test_numbers_may_be_written_as_numbers(bybit: Any) -> None:
    told = bybit.order(qty=0.01, price=50000)
    assert bybit.see(told.result["orderId"])["qty"] == "0.01"


def test_a_name_is_used_once_and_never_again(bybit: Any) -> None:
    first = bybit.order(orderLinkId="once").result["orderId"]
    assert refused(bybit, orderLinkId="once") == 170141
    bybit.post("/order/cancel", {"category": "spot", "symbol": MARKET, "orderId": first})
    assert refused(bybit, orderLinkId="once") == 170141


def test_a_post_only_order_that_would_take_is_acknowledged_and_rejected(bybit: Any) -> None:
    told = bybit.order(price="61000", timeInForce="PostOnly").result["orderId"]
    seen = bybit.see(told)
    assert (seen["orderStatus"], seen["cumExecQty"]) == ("Rejected", "0")
    assert seen["rejectReason"] == "EC_PostOnlyWillTakeLiquidity"


@pytest.mark.parametrize("life", ["IOC", "FOK"])
def test_an_order_that_must_take_at_once_is_canceled_where_nothing_is_there(
    bybit: Any, life: str
) -> None:
    seen = bybit.see(bybit.order(timeInForce=life).result["orderId"])
    assert (seen["orderStatus"], seen["timeInForce"], seen["leavesQty"]) == ("Cancelled", life, "0")


def test_the_quantity_of_a_market_buy_counts_quote_unless_it_says_base(bybit: Any) -> None:
    silent = bybit.see(bybit.order(orderType="Market", qty="600").result["orderId"])
    assert (silent["marketUnit"], silent["timeInForce"]) == ("quoteCoin", "IOC")
    assert Decimal("0.0099") < Decimal(silent["cumExecQty"]) < Decimal("0.01")
    base = bybit.order(orderType="Market", qty="0.01", marketUnit="baseCoin").result["orderId"]
    assert (bybit.see(base)["orderStatus"], bybit.see(base)["cumExecQty"]) == ("Filled", "0.01")
    sold = bybit.order(orderType="Market", side="Sell", qty="0.01").result["orderId"]
    assert bybit.see(sold)["marketUnit"] == "baseCoin"


def test_a_market_buy_by_cost_ends_as_canceled_for_what_buys_no_step(bybit: Any) -> None:
    """https://github.com/ccxt/ccxt/issues/18685"""
    seen = bybit.see(bybit.order(orderType="Market", qty="100").result["orderId"])
    assert seen["orderStatus"] == "PartiallyFilledCanceled"
    left = Decimal(seen["leavesValue"])
    assert Decimal(seen["cumExecValue"]) + left == 100
    assert 0 < left < Decimal("0.07")


def test_a_fill_says_its_fee_and_in_which_coin(bybit: Any) -> None:
    told = bybit.order(orderType="Market", qty="0.01", marketUnit="baseCoin").result["orderId"]
    assert bybit.see(told)["cumFeeDetail"] == {"BTC": "0.00001"}
    fills = bybit.private("/execution/list", category="spot", orderId=told).rows
    assert {(row["feeCurrency"], row["isMaker"], row["feeRate"]) for row in fills} == {
        ("BTC", False, "0.001")
    }
    assert sum(Decimal(row["execFee"]) for row in fills) == Decimal("0.00001")


def test_canceling_is_an_acknowledgement_too(bybit: Any) -> None:
    told = bybit.order(orderLinkId="gone").result
    where = {"category": "spot", "symbol": MARKET}
    assert bybit.post("/order/cancel", {**where, "orderLinkId": "gone"}).result == told
    assert bybit.see(told["orderId"])["orderStatus"] == "Cancelled"
    assert bybit.post("/order/cancel", {**where, "orderLinkId": "gone"}).code == 170142
    assert bybit.post("/order/cancel", {**where, "orderId": "12"}).code == 170213
    assert bybit.post("/order/cancel", where).code == 10001
    filled = bybit.order(orderType="Market", qty="0.01", marketUnit="baseCoin").result["orderId"]
    assert bybit.post("/order/cancel", {**where, "orderId": filled}).code == 170139


def test_all_orders_of_a_market_are_canceled_at_once(bybit: Any) -> None:
    here = [bybit.order().result["orderId"] for _ in range(3)]
    there = bybit.order(symbol="ETHUSDT", price="2000", qty="0.1").result["orderId"]
    told = bybit.post("/order/cancel-all", {"category": "spot", "symbol": MARKET}).result
    assert told["success"] == "1"
    assert sorted(row["orderId"] for row in told["list"]) == sorted(here)
    assert listed(bybit, "realtime") == [there]
    rest = bybit.post("/order/cancel-all", {"category": "spot"}).result
    assert [row["orderId"] for row in rest["list"]] == [there]
    assert bybit.post("/order/cancel-all", {"category": "spot"}).result["list"] == []


def test_an_order_that_is_not_there_is_an_empty_list_in_both_places(bybit: Any) -> None:
    for where in ("realtime", "history"):
        reply = bybit.private(f"/order/{where}", category="spot", orderId="12")
        assert (reply.code, reply.rows) == (0, [])


def test_open_and_ended_orders_are_told_apart(bybit: Any) -> None:
    opened = bybit.order().result["orderId"]
    done = bybit.order(orderType="Market", qty="600").result["orderId"]
    assert listed(bybit, "realtime") == [opened]
    assert listed(bybit, "realtime", openOnly=1) == [done]
    assert listed(bybit, "realtime", orderId=done) == [done]
    assert listed(bybit, "history") == [done]
    assert listed(bybit, "history", orderStatus="Filled") == []
    assert listed(bybit, "realtime", symbol="ETHUSDT") == []


def test_what_realtime_has_forgotten_is_still_in_the_history(open_venue: Any) -> None:
    """A restart of the venue's servers clears what realtime knows of ended orders."""
    restarted = type("Restarted", (BybitDialect,), {"kept_closed": 0})
    with open_venue(restarted) as bybit:
        done = bybit.order(orderType="Market", qty="600", orderLinkId="d").result["orderId"]
        for by in ({"orderId": done}, {"orderLinkId": "d"}):
            assert listed(bybit, "realtime", **by) == []
            assert listed(bybit, "history", **by) == [done]


def test_an_order_without_a_fill_is_forgotten_a_day_after_its_end(bybit: Any) -> None:
    told = bybit.order(timeInForce="IOC").result["orderId"]
    done = bybit.order(orderType="Market", qty="600").result["orderId"]
    bybit.sim.control.clock(advance_ms=DAY * 1000)
    assert listed(bybit, "history", orderId=told) == [told]
    bybit.sim.control.clock(advance_ms=1)
    assert listed(bybit, "history", orderId=told) == []
    assert listed(bybit, "history", orderId=done) == [done]


@pytest.mark.parametrize(
    ("path", "default", "most"),
    [("/order/realtime", 20, 50), ("/order/history", 20, 50), ("/execution/list", 50, 100)],
)
def test_lists_are_paged_by_a_cursor_newest_first(
    bybit: Any, path: str, default: int, most: int
) -> None:
    fields = {"orderType": "Market", "qty": "6"} if path != "/order/realtime" else {}
    for _ in range(7):
        assert bybit.order(**fields).code == 0
    everything = bybit.private(path, category="spot").rows
    seen, cursor = [], ""
    while True:
        more = {"cursor": cursor.replace("%", "%25")} if cursor else {}
        reply = bybit.private(path, category="spot", limit=2, **more)
        seen += reply.rows
        cursor = reply.result["nextPageCursor"]
        if not cursor:
            break
    assert seen == everything
    assert len(seen) == 7
    for limit in ("0", str(most + 1), "x"):
        assert bybit.private(path, category="spot", limit=limit).code == 10001
    assert bybit.private(path, category="spot", cursor="x").code == 10001


def test_a_cursor_may_come_as_it_was_told(bybit: Any) -> None:
    for _ in range(3):
        bybit.order()
    first = bybit.private("/order/realtime", category="spot", limit=2)
    raw = first.result["nextPageCursor"]
    rest = bybit.private("/order/realtime", category="spot", limit=2, cursor=raw)
    assert len(rest.rows) == 1


@pytest.mark.parametrize("path", ["/order/history", "/execution/list"])
def test_no_span_is_longer_than_seven_days(bybit: Any, path: str) -> None:
    bybit.order(orderType="Market", qty="600")
    now = int(bybit.sim.control.clock()["now"])
    week = 7 * DAY * 1000
    asked = {"category": "spot", "startTime": now - week, "endTime": now}
    assert len(bybit.private(path, **asked).rows) >= 1
    assert bybit.private(path, **{**asked, "startTime": now - week - 1}).code == 10001
    assert bybit.private(path, **{**asked, "startTime": now + 1}).code == 10001
    bybit.sim.control.clock(advance_ms=8 * DAY * 1000)
    assert bybit.private(path, category="spot").rows == []
    assert len(bybit.private(path, category="spot", startTime=now - 1).rows) >= 1


def test_no_more_than_500_orders_may_be_open(bybit: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exchangekit_bybit.sim.ticket.MOST_OPEN", 2)
    assert [bybit.order().code for _ in range(3)] == [0, 0, 170810]


def test_a_market_that_is_halted_takes_no_order_and_is_not_listed(bybit: Any) -> None:
    bybit.sim.control.market(MARKET, halted=True)
    assert refused(bybit) == 170157
    listed = bybit.get("/market/instruments-info", category="spot").rows
    assert MARKET not in [row["symbol"] for row in listed]


def test_an_account_trading_with_itself_goes_by_what_the_order_says(bybit: Any) -> None:
    best = str(Decimal(bybit.sim.control.market(MARKET)["bid"]) + Decimal("0.1"))
    bybit.order(price=best, orderLinkId="maker")
    assert bybit.order(side="Sell", price=best, smpType="Nobody").code == 170130
    taker = bybit.order(side="Sell", price=best, smpType="CancelMaker").result["orderId"]
    assert bybit.see(taker)["smpType"] == "CancelMaker"
    maker = bybit.private("/order/realtime", category="spot", orderLinkId="maker").one
    assert (maker["orderStatus"], maker["cancelType"]) == ("Cancelled", "CancelBySmp")
