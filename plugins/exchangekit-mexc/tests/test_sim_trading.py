"""Orders on the simulated MEXC: what they do, what ends them, what is refused, how to find them."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from exchangekit_mexc.sim import instruments

DAY = 24 * 60 * 60 * 1000


def balance(wire: Any, asset: str) -> tuple[Decimal, Decimal]:
    """What the ledger truly holds: free and locked."""
    held = wire.control.balances()["main"][asset]
    return Decimal(held["free"]), Decimal(held["locked"])


def shown(wire: Any, order_id: str) -> dict[str, Any]:
    found: dict[str, Any] = wire.signed("GET", "order", symbol="BTCUSDT", orderId=order_id).json
    return found


# --- resting orders -------------------------------------------------------------------------------
def test_the_answer_to_an_order_tells_neither_its_status_nor_its_fills(wire: Any) -> None:
    placed = wire.market(quantity="0.01").json
    assert list(placed) == [
        "symbol", "orderId", "orderListId", "price", "origQty", "type", "side", "transactTime",
    ]  # fmt: skip
    assert placed["orderId"].startswith("C02__")
    assert shown(wire, placed["orderId"])["status"] == "FILLED"


def test_a_limit_order_rests_and_is_found_by_both_its_ids(wire: Any) -> None:
    placed = wire.order(newClientOrderId="mine").json
    by_client = wire.signed("GET", "order", symbol="BTCUSDT", origClientOrderId="mine").json
    assert by_client == shown(wire, placed["orderId"])
    assert (by_client["status"], by_client["clientOrderId"]) == ("NEW", "mine")
    assert by_client["origQuoteOrderQty"] == "600"
    assert wire.signed("GET", "order", orderId=placed["orderId"]).json == by_client


def test_the_fee_of_both_sides_is_paid_in_the_quote_on_top_of_the_cost(wire: Any) -> None:
    before, _ = balance(wire, "USDT")
    bought = wire.order(type="IMMEDIATE_OR_CANCEL", price="91000").json
    spent = Decimal(shown(wire, bought["orderId"])["cummulativeQuoteQty"])
    trade = wire.signed("GET", "myTrades", symbol="BTCUSDT").json[0]
    assert trade["commissionAsset"] == "USDT"
    assert Decimal(trade["commission"]) == spent * Decimal("0.0005")
    assert balance(wire, "USDT")[0] == before - spent - Decimal(trade["commission"])


def test_a_resting_order_may_cost_its_fee_too_so_that_is_locked_with_it(wire: Any) -> None:
    wire.order()
    assert balance(wire, "USDT")[1] == Decimal("600.3")


def test_an_order_filled_in_part_and_canceled_says_so_in_one_word(wire: Any) -> None:
    wire.control.set_faults([{"action": "partial", "fraction": "0.4"}])
    placed = wire.order(price="90000", quantity="0.05").json
    assert shown(wire, placed["orderId"])["status"] == "PARTIALLY_FILLED"
    done = wire.signed("DELETE", "order", symbol="BTCUSDT", orderId=placed["orderId"]).json
    assert (done["status"], done["executedQty"]) == ("PARTIALLY_CANCELED", "0.02")
    assert shown(wire, placed["orderId"])["status"] == "PARTIALLY_CANCELED"
    assert balance(wire, "USDT")[1] == 0


def test_cancelling_everything_takes_up_to_five_symbols(wire: Any) -> None:
    wire.order()
    wire.order(symbol="ETHUSDT", price="1000")
    wire.order(symbol="XRPUSDT", price="1", quantity="10")
    done = wire.signed("DELETE", "openOrders", symbol="BTCUSDT,ETHUSDT").json
    assert [item["symbol"] for item in done] == ["BTCUSDT", "ETHUSDT"]
    assert wire.signed("DELETE", "openOrders", symbol="BTCUSDT").json == []
    six = wire.signed("DELETE", "openOrders", symbol="A,B,C,D,E,F")
    assert six.refusal[:2] == (400, 33333)
    assert [order["status"] for order in wire.control.orders()] == ["canceled", "canceled", "open"]


# --- orders that take -----------------------------------------------------------------------------
def test_a_market_order_shows_the_worst_price_it_would_have_taken(wire: Any) -> None:
    placed = wire.market(quantity="0.01").json
    assert Decimal(placed["price"]) == Decimal(90000) * Decimal("1.05")
    found = shown(wire, placed["orderId"])
    assert found["price"] == placed["price"]
    assert Decimal(found["cummulativeQuoteQty"]) < Decimal("0.01") * Decimal(placed["price"])


def test_a_market_buy_by_cost_spends_at_most_that(wire: Any) -> None:
    placed = wire.market(quoteOrderQty="100").json
    found = shown(wire, placed["orderId"])
    assert (found["status"], found["origQuoteOrderQty"]) == ("FILLED", "100")
    assert Decimal(99) < Decimal(found["cummulativeQuoteQty"]) <= 100
    assert found["origQty"] == found["executedQty"]


def test_a_market_sell_is_by_amount(wire: Any) -> None:
    assert wire.market(side="SELL", quantity="0.01").status == 200
    refused = wire.market(side="SELL", quoteOrderQty="100")
    assert refused.refusal[:2] == (400, 700004)
    assert "'quantity'" in refused.refusal[2]


def test_what_an_ioc_order_cannot_take_is_canceled(wire: Any) -> None:
    missed = wire.order(type="IMMEDIATE_OR_CANCEL").json
    assert shown(wire, missed["orderId"])["status"] == "CANCELED"
    wire.control.set_faults([{"action": "partial", "fraction": "0.5"}])
    half = wire.order(type="IMMEDIATE_OR_CANCEL", price="91000").json
    found = shown(wire, half["orderId"])
    assert (found["status"], found["executedQty"]) == ("PARTIALLY_CANCELED", "0.005")


def test_a_fok_order_fills_whole_or_not_at_all(wire: Any) -> None:
    missed = wire.order(type="FILL_OR_KILL", price="90001", quantity="10").json
    assert shown(wire, missed["orderId"])["status"] == "CANCELED"
    filled = wire.order(type="FILL_OR_KILL", price="91000").json
    assert shown(wire, filled["orderId"])["status"] == "FILLED"


def test_a_post_only_order_that_would_take_is_accepted_and_canceled(wire: Any) -> None:
    placed = wire.order(type="LIMIT_MAKER", price="91000")
    assert placed.status == 200
    found = shown(wire, placed.json["orderId"])
    assert (found["status"], found["executedQty"]) == ("CANCELED", "0")
    resting = wire.order(type="LIMIT_MAKER").json
    assert shown(wire, resting["orderId"])["status"] == "NEW"


# --- refusals -------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("changes", "code", "words"),
    [
        ({"symbol": None}, 700004, "'symbol'"),
        ({"symbol": "NOSUCH"}, 10007, "bad symbol"),
        ({"side": None}, 700004, "'side'"),
        ({"side": "HOLD"}, 33333, "param is error"),
        ({"type": "STOP"}, 30041, "current order type can not place order"),
        ({"price": None}, 700004, "'price'"),
        ({"quantity": None}, 700004, "'quantity'"),
        ({"quantity": "-1"}, 700008, "Illegal characters found in parameter 'quantity'"),
        ({"quantity": "1e-3"}, 700008, "'quantity'"),
        ({"price": "0"}, 30010, "no valid trade price"),
        ({"price": "60000.001"}, 400, " price scale is invalid"),
        ({"quantity": "0.000000001"}, 400, " quantity scale is invalid"),
        ({"quantity": "0.00001"}, 30002, "cannot be less than:1USDT"),
        ({"quantity": "0.0000001", "price": "60000000"}, 30002, "less than:0.000001BTC"),
        ({"quantity": "40"}, 30003, "cannot be greater than:2000000USDT"),
        ({"quantity": "20"}, 30004, "Insufficient position"),
        ({"quantity": "20", "side": "SELL", "price": "91000"}, 30005, "Oversold"),
        ({"type": "MARKET", "price": None, "quantity": None}, 700004, "'quoteOrderQty'"),
        ({"newClientOrderId": "x" * 33}, 700008, "'newClientOrderId'"),
        ({"newClientOrderId": "a b"}, 700008, "'newClientOrderId'"),
    ],
)
def test_an_order_that_breaks_a_rule_is_refused_and_does_not_exist(
    wire: Any, changes: dict[str, object], code: int, words: str
) -> None:
    reply = wire.order(**changes)
    assert reply.refusal[:2] == (400, code)
    assert words in reply.json["msg"]
    assert wire.control.orders() == []


def test_the_trading_core_writes_the_message_before_the_code(wire: Any) -> None:
    for refused in (
        wire.order(quantity="20", side="SELL", price="91000"),
        wire.order(price="0.001"),
        wire.order(quantity="0.00001"),
    ):
        assert list(refused.json) == ["msg", "code"]


def test_a_price_far_from_the_market_is_refused_where_the_listing_says_so(wire: Any) -> None:
    last = Decimal(wire.get("ticker/price", symbol="DOGEUSDT").json["price"])
    high = (last * 6).quantize(Decimal("0.0001"))
    refused = wire.order(symbol="DOGEUSDT", quantity="100", price=high)
    assert refused.refusal == (400, 30087, "Order price exceeds allowed range")
    low = (last / 10).quantize(Decimal("0.0001"))
    sold = wire.order(symbol="DOGEUSDT", side="SELL", quantity="100", price=low)
    assert sold.refusal[1] == 30087
    assert wire.order(symbol="DOGEUSDT", quantity="100", price=low).status == 200


def test_an_account_has_only_so_many_open_orders(
    wire: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert instruments.MAX_OPEN_ORDERS == 500
    monkeypatch.setattr(instruments, "MAX_OPEN_ORDERS", 2)
    assert [wire.order().status for _ in range(2)] == [200, 200]
    refused = wire.order(symbol="ETHUSDT", price="1000")
    assert refused.refusal == (400, 30029, "Cannot exceed the maximum order limit")


def test_a_client_order_id_may_not_be_open_twice(wire: Any) -> None:
    placed = wire.order(newClientOrderId="twice").json
    assert wire.order(newClientOrderId="twice").refusal == (400, 400, "duplicate client order id")
    wire.signed("DELETE", "order", symbol="BTCUSDT", orderId=placed["orderId"])
    assert wire.order(newClientOrderId="twice").status == 200


def test_a_symbol_that_is_halted_takes_no_orders_and_says_so(wire: Any) -> None:
    wire.control.market("BTCUSDT", halted=True)
    assert wire.order().refusal == (400, 30016, "trading disabled")
    assert wire.get("exchangeInfo", symbol="BTCUSDT").json["symbols"][0]["status"] == "2"
    assert wire.get("symbol/offline").json == {"data": [{"symbol": "BTCUSDT", "state": 2}]}


def test_a_test_order_is_checked_like_any_other_but_not_placed(wire: Any) -> None:
    usual = {
        "symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "quantity": "0.01", "price": "60000",
    }  # fmt: skip
    assert wire.signed("POST", "order/test", **usual).json == {}
    poor = wire.signed("POST", "order/test", **{**usual, "quantity": "20"})
    assert poor.refusal[1] == 30004
    assert wire.control.orders() == []


def test_a_batch_answers_each_order_in_its_place(wire: Any) -> None:
    good = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT_ORDER", "quantity": "0.01"}
    orders = [
        {**good, "price": "60000", "newClientOrderId": "first"},
        {**good, "price": "60000", "quantity": "0.00001", "newClientOrderId": "second"},
        {**good, "price": "61000"},
    ]
    reply = wire.signed("POST", "batchOrders", batchOrders=json.dumps(orders))
    assert reply.status == 200
    first, second, third = reply.json
    assert (first["newClientOrderId"], first["orderListId"]) == ("first", -1)
    assert second == {
        "newClientOrderId": "second",
        "msg": "The minimum transaction volume cannot be less than:1USDT",
        "code": 30002,
    }
    assert "code" not in third
    assert [order["price"] for order in wire.control.orders()] == ["60000", "61000"]
    mixed = [orders[0], {**orders[2], "symbol": "ETHUSDT"}]
    refused = wire.signed("POST", "batchOrders", batchOrders=json.dumps(mixed))
    assert refused.refusal[1] == 33333


# --- finding --------------------------------------------------------------------------------------
def test_an_order_that_is_not_there_is_told_apart_by_query_and_cancel(wire: Any) -> None:
    query = wire.signed("GET", "order", symbol="BTCUSDT", orderId="C02__1")
    assert query.refusal == (400, -2013, "Order does not exist.")
    assert query.json["_extend"] is None
    cancel = wire.signed("DELETE", "order", symbol="BTCUSDT", origClientOrderId="nobody")
    assert cancel.refusal == (400, -2011, "Unknown order sent.")
    neither = wire.signed("GET", "order", symbol="BTCUSDT")
    assert neither.refusal[1] == 700004
    assert "both were empty/null" in neither.refusal[2]
    number = wire.order().json["orderId"]
    elsewhere = wire.signed("DELETE", "order", symbol="ETHUSDT", orderId=number)
    assert elsewhere.refusal[1] == -2011
    wire.signed("DELETE", "order", symbol="BTCUSDT", orderId=number)
    again = wire.signed("DELETE", "order", symbol="BTCUSDT", orderId=number)
    assert again.refusal[1] == -2011


def test_open_orders_need_a_symbol_and_show_milliseconds(wire: Any) -> None:
    wire.control.clock(advance_ms=123)
    wire.order()
    assert wire.signed("GET", "openOrders").refusal[1] == 700004
    listed = wire.signed("GET", "openOrders", symbol="BTCUSDT").json[0]
    assert listed["time"] == wire.now
    assert listed["updateTime"] is None
    past = wire.signed("GET", "allOrders", symbol="BTCUSDT").json[0]
    assert past["time"] == wire.now // 1000 * 1000


def test_past_orders_come_newest_first_and_reach_back_a_day_unless_asked_for_more(
    wire: Any,
) -> None:
    numbers = []
    for _ in range(3):
        numbers.append(wire.order().json["orderId"])
        wire.control.clock(advance_ms=DAY)

    def found(**parameters: object) -> list[str]:
        reply = wire.signed("GET", "allOrders", symbol="BTCUSDT", **parameters)
        return [item["orderId"] for item in reply.json]

    assert found() == numbers[2:]
    assert found(startTime=wire.now - 3 * DAY) == numbers[::-1]
    assert found(startTime=wire.now - 3 * DAY, limit=1) == numbers[2:]
    assert found(startTime=wire.now - 3 * DAY, endTime=wire.now - 2 * DAY) == numbers[1::-1]
    old = wire.signed("GET", "allOrders", symbol="BTCUSDT", startTime=wire.now - 91 * DAY)
    assert old.refusal == (400, 400, "The start time cannot be earlier than 90 days")
    wire.control.clock(advance_ms=6 * DAY)
    assert found(startTime=wire.now - 9 * DAY) == numbers[2:]


def test_own_trades_come_newest_first_at_most_a_hundred(wire: Any) -> None:
    placed = []
    for _ in range(3):
        placed.append(wire.market(quantity="0.001").json["orderId"])
        wire.control.clock(advance_ms=1000)
    found = wire.signed("GET", "myTrades", symbol="BTCUSDT").json
    assert [item["orderId"] for item in found] == placed[::-1]
    assert len({item["id"] for item in found}) == 3
    assert all(len(item["id"]) == 32 for item in found)
    one = wire.signed("GET", "myTrades", symbol="BTCUSDT", orderId=placed[1]).json
    assert [item["orderId"] for item in one] == [placed[1]]
    limited = wire.signed("GET", "myTrades", symbol="BTCUSDT", limit=2).json
    assert limited == found[:2]


def test_an_account_that_meets_itself_trades_and_the_trade_says_so(wire: Any) -> None:
    book = wire.get("depth", symbol="BTCUSDT", limit=1).json
    between = Decimal(book["bids"][0][0]) + Decimal("0.01")
    assert between < Decimal(book["asks"][0][0])
    wire.order(price=between)
    wire.order(side="SELL", price=between)
    found = wire.signed("GET", "myTrades", symbol="BTCUSDT").json
    assert [item["isSelfTrade"] for item in found] == [True, True]
    wire.market(quantity="0.001")
    assert wire.signed("GET", "myTrades", symbol="BTCUSDT").json[0]["isSelfTrade"] is False


# --- account --------------------------------------------------------------------------------------
def test_the_account_lists_only_what_is_held(wire: Any) -> None:
    listed = wire.signed("GET", "account").json["balances"]
    held = {k: v for k, v in wire.control.balances()["main"].items() if v["total"] != "0"}
    assert {item["asset"]: (item["free"], item["locked"]) for item in listed} == {
        asset: (one["free"], one["locked"]) for asset, one in held.items()
    }


def test_the_fee_is_a_json_number(wire: Any) -> None:
    reply = wire.signed("GET", "tradeFee", symbol="MXUSDT")
    assert '"takerCommission":0.000500000000000000' in reply.text
    assert reply.json["code"] == 0


def test_fees_can_be_paid_in_mx_for_less(wire: Any) -> None:
    wire.control.deposit("main", "MX", "100")
    enabled = wire.signed("POST", "mxDeduct/enable", mxDeductEnable="true").json
    assert enabled["data"] == {"mxDeductEnable": True}
    assert wire.signed("GET", "mxDeduct/enable").json["data"] == {"mxDeductEnable": True}
    wire.market(quantity="0.01")
    trade = wire.signed("GET", "myTrades", symbol="BTCUSDT").json[0]
    price = Decimal(wire.get("ticker/price", symbol="MXUSDT").json["price"])
    usual = Decimal(trade["quoteQty"]) * Decimal("0.0005")
    assert trade["commissionAsset"] == "MX"
    assert abs(Decimal(trade["commission"]) * price / usual - Decimal("0.8")) < Decimal("0.001")
