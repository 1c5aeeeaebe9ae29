"""Orders on the simulated unified API: what is accepted, how they end, and what is forgotten."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

NOW = 1_773_146_096_500

HOUR = 3_600_000
DAY = 24 * HOUR
HISTORY, FILLS, OPEN = "/trade/history-orders", "/trade/fills", "/trade/unfilled-orders"
MARKET_SALE = {"orderType": "market", "side": "sell", "qty": "0.001"}


def listed(unified: Any, path: str, **query: object) -> list[Any]:
    rows: list[Any] = unified.private(path, category="SPOT", **query).data["list"]
    return rows


def ids(rows: list[Any]) -> list[str]:
    return [row["orderId"] for row in rows]


def test_a_new_order_is_answered_with_its_ids_and_no_more(unified: Any) -> None:
    reply = unified.order(clientOid="mine-1")
    assert set(reply.data) == {"orderId", "clientOid"}
    assert reply.data["clientOid"] == "mine-1"
    row = unified.see(reply.data["orderId"])
    assert (row["orderStatus"], row["price"], row["qty"], row["amount"]) == (
        "live", "50000", "0.01", "0",
    )  # fmt: skip
    assert (row["timeInForce"], row["category"], row["cancelReason"]) == ("gtc", "SPOT", "")
    assert row["feeDetail"] == [{"feeCoin": "", "fee": ""}]


def test_a_market_buy_spends_its_qty_and_shows_it_as_amount(unified: Any) -> None:
    row = unified.see(unified.placed(orderType="market", qty="500"))
    assert (row["orderStatus"], row["qty"], row["amount"], row["price"]) == (
        "filled", "0", "500", "0",
    )  # fmt: skip
    assert Decimal(499) < Decimal(row["cumExecValue"]) <= 500
    (fee,) = row["feeDetail"]
    assert fee["feeCoin"] == "BTC"
    assert Decimal(fee["fee"]) == Decimal(row["cumExecQty"]) / 1000, "what was paid is positive"
    assert unified.order(orderType="market", qty="50.00000001").code == "00000"
    sold = unified.see(unified.placed(**MARKET_SALE))
    assert (sold["qty"], sold["cumExecQty"], sold["amount"]) == ("0.001", "0.001", "0")


@pytest.mark.parametrize(
    ("fields", "status", "filled", "why"),
    [
        ({"timeInForce": "post_only", "price": "99000"}, "cancelled", "0", "post_only_fill_cancel"),
        ({"timeInForce": "fok", "price": "50000"}, "cancelled", "0", "fok_not_full_cancel"),
        ({"timeInForce": "ioc", "price": "50000"}, "cancelled", "0", "ioc_not_full_cancel"),
        ({"timeInForce": "ioc", "price": "99000"}, "filled", "0.01", ""),
        ({"timeInForce": "post_only", "price": "50000"}, "live", "0", ""),
        ({"timeInForce": "-"}, "live", "0", ""),
    ],
)
def test_the_times_in_force(
    unified: Any, fields: dict[str, str], status: str, filled: str, why: str
) -> None:
    row = unified.see(unified.placed(**fields))
    assert (row["orderStatus"], row["cumExecQty"], row["cancelReason"]) == (status, filled, why)
    assert row["timeInForce"] == fields["timeInForce"].replace("-", "gtc")


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"category": "-"}, "40017"),
        ({"category": "STOCKS"}, "40017"),
        ({"category": "MARGIN"}, "25002"),
        ({"symbol": "-"}, "40017"),
        ({"symbol": "NOPEUSDT"}, "25100"),
        ({"side": "hold"}, "40017"),
        ({"orderType": "stop"}, "40017"),
        ({"timeInForce": "day"}, "40017"),
        ({"timeInForce": "rpi"}, "40017"),
        ({"stpMode": "some"}, "40017"),
        ({"price": "-"}, "40017"),
        ({"price": "50000.001"}, "25244"),
        ({"qty": "-"}, "40017"),
        ({"qty": "0.0100001"}, "25610"),
        ({"qty": "0"}, "40017"),
        ({"qty": "1e3"}, "40017"),
        ({"qty": "0.00001"}, "25611"),
        ({"price": "999999"}, "25206"),
        ({"side": "sell", "price": "10"}, "25205"),
        ({"qty": "500"}, "25202"),
        ({"clientOid": "x" * 33}, "40017"),
        ({"clientOid": "a b"}, "40017"),
        ({"takeProfit": "70000"}, "25593"),
        ({"orderType": "market", "qty": "0.5"}, "25611"),
        ({"orderType": "market", "qty": "50.000000001"}, "25610"),
    ],
)
def test_what_is_refused_has_its_code_and_leaves_nothing(
    unified: Any, fields: dict[str, str], code: str
) -> None:
    before = unified.sim.control.balances()
    reply = unified.order(**fields)
    assert (reply.status, reply.code, reply.data) == (400, code, None)
    assert unified.sim.control.orders() == []
    assert unified.sim.control.balances() == before


def test_what_is_for_derivatives_is_not_looked_at(unified: Any) -> None:
    assert unified.order(posSide="long", reduceOnly="no", marginMode="isolated").code == "00000"


def test_a_halted_market_takes_no_order(unified: Any) -> None:
    unified.sim.control.market("BTCUSDT", halted=True)
    assert unified.order().code == "25102"


def test_an_account_has_400_open_orders_over_all_pairs_and_no_more(unified: Any) -> None:
    for _ in range(399):
        unified.placed(qty="0.0001")
    unified.placed(symbol="ETHUSDT", price="1000", qty="0.01")
    assert unified.order(qty="0.0001").code == "25211"


# --- names ----------------------------------------------------------------------------------------
def test_a_name_is_taken_while_its_order_is_open_however_long_that_is(unified: Any) -> None:
    first = unified.placed(clientOid="mine:1/A.b_")
    unified.sim.control.clock(advance_ms=30 * DAY)
    assert unified.order(clientOid="mine:1/A.b_").code == "25212"
    assert len(unified.sim.control.orders()) == 1
    assert unified.private("/trade/order-info", clientOid="mine:1/A.b_").data["orderId"] == first
    unified.post("/trade/cancel-order", {"orderId": first})
    again = unified.placed(clientOid="mine:1/A.b_")
    assert again != first
    assert unified.private("/trade/order-info", clientOid="mine:1/A.b_").data["orderId"] == again


def test_by_its_name_an_order_is_found_while_it_is_open_and_by_its_id_ever(unified: Any) -> None:
    gone = unified.placed(clientOid="goes", price="99000")
    assert unified.private("/trade/order-info", clientOid="goes").code == "25204"
    both = unified.private("/trade/order-info", clientOid="neverwas", orderId=gone)
    assert both.data["clientOid"] == "goes", "the venue's own id counts"
    assert [row["clientOid"] for row in listed(unified, HISTORY)] == ["goes"]


def test_the_name_that_the_venue_makes_finds_nothing(unified: Any) -> None:
    name = unified.order().data["clientOid"]
    assert name.isdigit()
    for query, code in (
        ({"clientOid": name}, "25204"),
        ({"clientOid": "neverwas"}, "25204"),
        ({"orderId": "12"}, "25204"),
        ({}, "40017"),
    ):
        assert unified.private("/trade/order-info", **query).code == code


# --- canceling ------------------------------------------------------------------------------------
def test_an_order_is_canceled_by_either_id_and_once(unified: Any) -> None:
    first, _ = unified.placed(), unified.placed(clientOid="mine-2")
    cancel = "/trade/cancel-order"
    told = unified.post(cancel, {"orderId": first, "clientOid": "mine-2"}).data
    assert told["orderId"] == first
    assert unified.post(cancel, {"clientOid": "mine-2"}).data["clientOid"] == "mine-2"
    for body, code in (
        ({"orderId": first}, "25204"),
        ({"clientOid": "mine-2"}, "25204"),
        ({"clientOid": "neverwas"}, "25204"),
        ({}, "40017"),
    ):
        assert unified.post(cancel, body).code == code
    row = unified.see(first)
    assert (row["orderStatus"], row["cancelReason"]) == ("cancelled", "normal_cancel")


def test_a_batch_says_of_each_order_what_became_of_it(unified: Any) -> None:
    names = [unified.placed(), unified.placed()]
    which = {"category": "SPOT", "symbol": "BTCUSDT"}
    told = unified.post(
        "/trade/cancel-batch", [which | {"orderId": name} for name in (names[0], "12", names[1])]
    ).data
    assert ids(told) == [names[0], "12", names[1]]
    assert [row.get("code") for row in told] == [None, "25204", None]
    for broken, code in (
        ([], "40017"),
        ([which | {"orderId": "1"}] * 21, "40017"),
        ([{"orderId": "1", "symbol": "BTCUSDT"}], "40017"),
        ([{"orderId": "1", "category": "SPOT"}], "40017"),
        ([which | {"orderId": "1", "category": "USDT-FUTURES"}], "25002"),
    ):
        assert unified.post("/trade/cancel-batch", broken).code == code


def test_all_orders_are_canceled_or_those_of_one_market(unified: Any) -> None:
    names = [unified.placed(), unified.placed()]
    other = unified.placed(symbol="ETHUSDT", price="2000", qty="0.1")
    path, spot = "/trade/cancel-symbol-order", {"category": "SPOT"}
    told = unified.post(path, spot | {"symbol": "BTCUSDT"}).data["list"]
    assert (ids(told), [set(row) for row in told]) == (names, [{"orderId", "clientOid"}] * 2)
    assert unified.see(other)["orderStatus"] == "live"
    assert ids(unified.post(path, spot).data["list"]) == [other]
    assert unified.post(path, spot | {"symbol": "NOPE"}).code == "25100"
    assert unified.post(path, {}).code == "40017"


def test_the_switch_cancels_everything_unless_it_is_renewed(unified: Any) -> None:
    path = "/trade/countdown-cancel-all"
    name = unified.placed()
    assert unified.post(path, {"countdown": "10"}).data == "success"
    unified.sim.control.clock(advance_ms=9_000)
    later = unified.placed()
    unified.post(path, {"countdown": "10"})
    unified.sim.control.clock(advance_ms=9_999)
    assert unified.see(name)["orderStatus"] == "live"
    unified.sim.control.clock(advance_ms=1)
    assert {unified.see(one)["orderStatus"] for one in (name, later)} == {"cancelled"}
    kept = unified.placed()
    unified.post(path, {"countdown": "60"})
    unified.post(path, {"countdown": "0"})
    unified.sim.control.clock(advance_ms=60_000)
    assert unified.see(kept)["orderStatus"] == "live"
    for wrong in ("4", "61", "-1", "", "x"):
        assert unified.post(path, {"countdown": wrong}).code == "40017"


# --- lists ----------------------------------------------------------------------------------------
def test_open_orders_are_of_all_categories_unless_one_is_named(unified: Any) -> None:
    name = unified.placed()
    assert ids(unified.private(OPEN).data["list"]) == [name]
    assert ids(listed(unified, OPEN, symbol="BTCUSDT")) == [name]
    assert listed(unified, OPEN, symbol="ETHUSDT") == []
    assert unified.private(OPEN, category="MARGIN").data == {"list": [], "cursor": None}
    unified.sim.control.clock(advance_ms=100 * DAY)
    assert ids(listed(unified, OPEN)) == [name], "they are not forgotten"


def test_lists_are_paged_by_the_cursor_and_bounded_by_times(unified: Any) -> None:
    names = []
    for _ in range(5):
        names.append(unified.placed(**MARKET_SALE))
        unified.sim.control.clock(advance_ms=HOUR)
    first = unified.private(HISTORY, category="SPOT", limit=2).data
    assert (ids(first["list"]), first["cursor"]) == (names[:-3:-1], names[3])
    rest = unified.private(HISTORY, category="SPOT", cursor=first["cursor"]).data
    assert (ids(rest["list"]), rest["cursor"]) == (names[2::-1], names[0])
    end = unified.private(HISTORY, category="SPOT", cursor=rest["cursor"]).data
    assert end == {"list": [], "cursor": None}
    within = listed(unified, HISTORY, startTime=NOW + HOUR, endTime=NOW + 2 * HOUR)
    assert ids(within) == names[2:0:-1]
    fills = unified.private(FILLS, limit=2).data
    older = unified.private(FILLS, cursor=fills["cursor"]).data
    assert fills["cursor"] == fills["list"][-1]["execId"]
    assert not {row["execId"] for row in fills["list"]} & {row["execId"] for row in older["list"]}
    one = unified.private(FILLS, orderId=names[0]).data["list"]
    assert {row["orderId"] for row in one} == {names[0]}


def test_a_fill_tells_its_order_and_what_was_paid(unified: Any) -> None:
    name = unified.placed(**MARKET_SALE, clientOid="mine-1")
    for row in listed(unified, FILLS):
        assert (row["orderId"], row["clientOid"], row["side"]) == (name, "mine-1", "sell")
        (fee,) = row["feeDetail"]
        value = Decimal(row["execPrice"]) * Decimal(row["execQty"])
        assert (Decimal(row["execValue"]), fee["feeCoin"]) == (value, "USDT")
        assert Decimal(fee["fee"]) == value / 1000


@pytest.mark.parametrize(
    ("path", "query"),
    [
        (path, query)
        for path in (OPEN, HISTORY, FILLS)
        for query in (
            {"limit": 101},
            {"limit": 0},
            {"cursor": "x"},
            {"startTime": NOW, "endTime": NOW - 1},
            {"category": "spot"},
        )
    ]
    + [
        (path, query)
        for path in (HISTORY, FILLS)
        for query in (
            {"startTime": NOW - 30 * DAY - 1, "endTime": NOW},
            {"startTime": NOW - 30 * DAY - 1},
        )
    ],
)
def test_a_list_is_asked_for_within_bounds(
    unified: Any, path: str, query: dict[str, object]
) -> None:
    assert unified.private(path, **{"category": "SPOT"} | query).code == "40017"


def test_the_history_is_asked_for_by_category(unified: Any) -> None:
    unified.placed(**MARKET_SALE)
    assert unified.private(HISTORY).code == "40017"
    assert unified.private(HISTORY, category="SPOT", symbol="NOPE").code == "25100"
    assert unified.private(HISTORY, category="USDC-FUTURES").data["list"] == []


def test_a_list_goes_back_30_days_by_itself_and_90_when_asked(unified: Any) -> None:
    name = unified.placed(**MARKET_SALE)
    unified.sim.control.clock(advance_ms=30 * DAY + 1)
    for path in (HISTORY, FILLS):
        assert listed(unified, path) == []
        assert ids(listed(unified, path, startTime=NOW, endTime=NOW + DAY)) == [name]
        assert ids(listed(unified, path, endTime=NOW + DAY)) == [name]
    unified.sim.control.clock(advance_ms=60 * DAY)
    for path in (HISTORY, FILLS):
        assert listed(unified, path, startTime=NOW, endTime=NOW + DAY) == []
    assert unified.see(name)["orderStatus"] == "filled"
