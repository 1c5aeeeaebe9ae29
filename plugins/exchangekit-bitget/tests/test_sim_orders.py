"""Orders on the simulated venue: what is accepted, how they end, and what the venue forgets."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

NOW = 1_773_146_096_500

HOUR = 3_600_000
ORDERS = "/spot/trade"


def placed(bitget: Any, **fields: str) -> str:
    reply = bitget.order(**fields)
    assert reply.code == "00000", reply.body
    name: str = reply.data["orderId"]
    return name


def test_a_new_order_is_answered_with_its_ids_and_no_more(bitget: Any) -> None:
    reply = bitget.order(clientOid="mine-1")
    assert set(reply.data) == {"orderId", "clientOid"}
    assert reply.data["clientOid"] == "mine-1"
    row = bitget.see(reply.data["orderId"])
    assert (row["status"], row["price"], row["size"]) == (
        "live", "50000.0000000000000000", "0.0100000000000000",
    )  # fmt: skip
    assert "force" not in row
    assert row["feeDetail"] == ""


def test_a_market_buy_spends_its_size_and_a_market_sell_sells_it(bitget: Any) -> None:
    bought = bitget.see(placed(bitget, orderType="market", size="500"))
    assert bought["status"] == "filled"
    assert Decimal(499) < Decimal(bought["quoteVolume"]) <= 500
    sold = bitget.see(placed(bitget, orderType="market", side="sell", size="0.02"))
    assert (sold["baseVolume"], sold["price"]) == ("0.0200000000000000", "0")


def test_the_fees_of_an_order_are_json_in_a_text(bitget: Any) -> None:
    row = bitget.see(placed(bitget, orderType="market", side="sell", size="0.02"))
    detail = json.loads(row["feeDetail"], parse_float=Decimal)
    assert detail["USDT"]["feeCoinCode"] == "USDT"
    assert -detail["USDT"]["totalFee"] == Decimal(row["quoteVolume"]) / 1000
    assert detail["newFees"]["t"] == detail["USDT"]["totalFee"]


@pytest.mark.parametrize(
    ("fields", "status", "filled"),
    [
        ({"force": "post_only", "price": "99000"}, "cancelled", "0.0000000000000000"),
        ({"force": "fok", "price": "50000"}, "cancelled", "0.0000000000000000"),
        ({"force": "ioc", "price": "50000"}, "cancelled", "0.0000000000000000"),
        ({"force": "ioc", "price": "99000"}, "filled", "0.0100000000000000"),
        ({"force": "post_only", "price": "50000"}, "live", "0.0000000000000000"),
    ],
)
def test_the_times_in_force(bitget: Any, fields: dict[str, str], status: str, filled: str) -> None:
    row = bitget.see(placed(bitget, **fields))
    assert (row["status"], row["baseVolume"]) == (status, filled)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"symbol": "-"}, "40019"),
        ({"symbol": "NOPEUSDT"}, "40034"),
        ({"side": "hold"}, "40020"),
        ({"orderType": "stop"}, "40020"),
        ({"force": "-"}, "40019"),
        ({"force": "day"}, "40020"),
        ({"price": "-"}, "40019"),
        ({"price": "50000.001"}, "40808"),
        ({"size": "0.0100001"}, "40808"),
        ({"size": "0"}, "40017"),
        ({"size": "1e3"}, "40017"),
        ({"size": "0.00001"}, "45110"),
        ({"size": "99999999999"}, "45112"),
        ({"price": "999999"}, "40815"),
        ({"side": "sell", "price": "10"}, "40816"),
        ({"size": "500"}, "43012"),
        ({"clientOid": "x" * 51}, "40305"),
        ({"tpslType": "tpsl"}, "40020"),
        ({"orderType": "market", "size": "0.5"}, "45110"),
        ({"orderType": "market", "size": "50.0000001"}, "40808"),
        ({"receiveWindow": "60001"}, "40079"),
    ],
)
def test_what_is_refused_has_its_code_and_leaves_nothing(
    bitget: Any, fields: dict[str, str], code: str
) -> None:
    before = bitget.sim.control.balances()
    reply = bitget.order(**fields)
    assert (reply.status, reply.code, reply.data) == (400, code, None)
    assert bitget.sim.control.orders() == []
    assert bitget.sim.control.balances() == before


def test_a_window_counts_from_the_time_that_was_signed_to_the_arrival(bitget: Any) -> None:
    path = "/api/v2/spot/trade/place-order"
    for late, code in ((5000, "00000"), (5001, "40008")):
        body = json.dumps(bitget.ticket(receiveWindow="5000", requestTime=str(NOW))).encode()
        headers = bitget.headers("POST", path, body, at=NOW - late)
        assert bitget.send("POST", path, body, headers).code == code
    assert len(bitget.sim.control.orders()) == 1


def test_a_halted_market_takes_no_order(bitget: Any) -> None:
    bitget.sim.control.market("BTCUSDT", halted=True)
    assert bitget.order().code == "41114"
    assert bitget.get("/spot/public/symbols", symbol="BTCUSDT").one["status"] == "halt"


# --- names ----------------------------------------------------------------------------------------
def test_a_name_is_taken_while_its_order_is_open(bitget: Any) -> None:
    first = placed(bitget, clientOid="mine-1")
    assert bitget.order(clientOid="mine-1").code == "43118"
    bitget.post(f"{ORDERS}/cancel-order", {"symbol": "BTCUSDT", "orderId": first})
    assert bitget.order(clientOid="mine-1").code == "00000"


def test_a_name_is_taken_for_six_hours_only(bitget: Any) -> None:
    placed(bitget, clientOid="mine-1")
    bitget.sim.control.clock(advance_ms=6 * HOUR - 1)
    assert bitget.order(clientOid="mine-1").code == "43118"
    bitget.sim.control.clock(advance_ms=1)
    assert bitget.order(clientOid="mine-1").code == "00000"
    assert len(bitget.sim.control.orders()) == 2


def by_name(bitget: Any, name: str) -> Any:
    return bitget.private(f"{ORDERS}/orderInfo", clientOid=name).data


def test_by_its_name_an_order_is_found_for_two_hours_and_while_it_is_open(
    bitget: Any,
) -> None:
    resting, _ = placed(bitget, clientOid="rests"), placed(bitget, clientOid="goes", price="99000")
    assert [row["orderId"] for row in by_name(bitget, "rests")] == [resting]
    assert by_name(bitget, "goes") == [], "it was filled"
    bitget.sim.control.clock(advance_ms=2 * HOUR)
    assert len(by_name(bitget, "rests")) == 1
    bitget.sim.control.clock(advance_ms=1)
    assert by_name(bitget, "rests") == []
    assert bitget.see(resting)["clientOid"] == "rests"


def test_the_name_that_the_venue_makes_finds_nothing(bitget: Any) -> None:
    name = bitget.order().data["clientOid"]
    assert name.isdigit()
    assert by_name(bitget, name) == []
    assert by_name(bitget, "neverwas") == []
    assert bitget.private(f"{ORDERS}/orderInfo", orderId="12").data == []
    assert bitget.private(f"{ORDERS}/orderInfo").code == "40019"


# --- canceling ------------------------------------------------------------------------------------
def test_an_order_is_canceled_by_either_id_and_once(bitget: Any) -> None:
    first, _ = placed(bitget), placed(bitget, clientOid="mine-2")
    cancel = f"{ORDERS}/cancel-order"
    assert bitget.post(cancel, {"symbol": "BTCUSDT", "orderId": first}).data["orderId"] == first
    assert bitget.post(cancel, {"symbol": "BTCUSDT", "clientOid": "mine-2"}).code == "00000"
    for body, code in (
        ({"symbol": "BTCUSDT", "orderId": first}, "43001"),
        ({"symbol": "ETHUSDT", "orderId": first}, "43001"),
        ({"symbol": "BTCUSDT", "clientOid": "neverwas"}, "43001"),
        ({"symbol": "BTCUSDT"}, "40019"),
        ({"symbol": "NOPE", "orderId": first}, "40034"),
        ({"orderId": first}, "40019"),
    ):
        assert bitget.post(cancel, body).code == code
    assert bitget.see(first)["status"] == "cancelled"


def test_a_batch_says_of_each_order_what_became_of_it(bitget: Any) -> None:
    names = [placed(bitget), placed(bitget)]
    body = {"symbol": "BTCUSDT", "orderList": [{"orderId": name} for name in (*names, "12")]}
    told = bitget.post(f"{ORDERS}/batch-cancel-order", body).data
    assert [row["orderId"] for row in told["successList"]] == names
    (failed,) = told["failureList"]
    assert (failed["orderId"], failed["errorCode"]) == ("12", "43001")
    for broken, code in (
        ({"symbol": "BTCUSDT", "orderList": []}, "40019"),
        ({"symbol": "BTCUSDT", "orderList": "x"}, "40017"),
        ({"symbol": "BTCUSDT", "orderList": [{"orderId": "1"}] * 51}, "40306"),
        ({"batchMode": "some", "orderList": [{"orderId": "1"}]}, "40020"),
    ):
        assert bitget.post(f"{ORDERS}/batch-cancel-order", broken).code == code


def test_several_orders_are_placed_at_once(bitget: Any) -> None:
    items = [bitget.ticket(clientOid="a"), bitget.ticket(clientOid="b", size="0.00001")]
    body = {"symbol": "BTCUSDT", "orderList": items}
    told = bitget.post(f"{ORDERS}/batch-orders", body).data
    assert [row["clientOid"] for row in told["successList"]] == ["a"]
    assert [(row["clientOid"], row["errorCode"]) for row in told["failureList"]] == [("b", "45110")]


def test_all_orders_of_a_market_are_canceled_and_no_other(bitget: Any) -> None:
    names = [placed(bitget), placed(bitget)]
    other = placed(bitget, symbol="ETHUSDT", price="2000", size="0.1")
    told = bitget.post(f"{ORDERS}/cancel-symbol-order", {"symbol": "BTCUSDT"})
    assert told.data == {"symbol": "BTCUSDT"}
    assert {bitget.see(name)["status"] for name in names} == {"cancelled"}
    assert bitget.see(other)["status"] == "live"
    assert bitget.post(f"{ORDERS}/cancel-symbol-order", {"symbol": "NOPE"}).code == "40034"


# --- lists ----------------------------------------------------------------------------------------
def test_open_orders_say_their_price_as_priceavg(bitget: Any) -> None:
    name = placed(bitget)
    (row,) = bitget.private(f"{ORDERS}/unfilled-orders").data
    assert (row["orderId"], row["priceAvg"], row["basePrice"]) == (
        name, "50000.0000000000000000", "0",
    )  # fmt: skip
    assert not {"price", "feeDetail"} & row.keys()
    assert bitget.private(f"{ORDERS}/unfilled-orders", symbol="ETHUSDT").data == []


def test_lists_are_paged_by_the_last_id_and_bounded_by_times(bitget: Any) -> None:
    names = []
    for _ in range(5):
        names.append(placed(bitget, orderType="market", side="sell", size="0.001"))
        bitget.sim.control.clock(advance_ms=HOUR)
    path = f"{ORDERS}/history-orders"
    first = [row["orderId"] for row in bitget.private(path, limit=2).data]
    assert first == names[:-3:-1]
    rest = [row["orderId"] for row in bitget.private(path, idLessThan=first[-1]).data]
    assert rest == names[2::-1]
    within = bitget.private(path, startTime=NOW + HOUR, endTime=NOW + 2 * HOUR).data
    assert [row["orderId"] for row in within] == names[2:0:-1]
    fills = bitget.private(f"{ORDERS}/fills", limit=2).data
    assert {row["orderId"] for row in fills} <= set(names)
    older = bitget.private(f"{ORDERS}/fills", idLessThan=fills[-1]["tradeId"]).data
    assert not {row["tradeId"] for row in fills} & {row["tradeId"] for row in older}
    one = bitget.private(f"{ORDERS}/fills", orderId=names[0]).data
    assert {row["orderId"] for row in one} == {names[0]}


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"limit": 101}, "40020"),
        ({"limit": 0}, "40020"),
        ({"idLessThan": "x"}, "40020"),
        ({"startTime": NOW, "endTime": NOW - 1}, "40707"),
        ({"startTime": NOW - 91 * 24 * HOUR, "endTime": NOW}, "40705"),
        ({"symbol": "NOPE"}, "40034"),
    ],
)
def test_a_list_is_asked_for_within_bounds(
    bitget: Any, query: dict[str, object], code: str
) -> None:
    for path in ("unfilled-orders", "history-orders", "fills"):
        assert bitget.private(f"{ORDERS}/{path}", **query).code == code


def test_what_is_older_than_90_days_is_gone(bitget: Any) -> None:
    name = placed(bitget, orderType="market", side="sell", size="0.001")
    bitget.sim.control.clock(advance_ms=90 * 24 * HOUR + 1)
    assert bitget.private(f"{ORDERS}/history-orders").data == []
    assert bitget.private(f"{ORDERS}/fills").data == []
    assert bitget.see(name)["status"] == "filled"
