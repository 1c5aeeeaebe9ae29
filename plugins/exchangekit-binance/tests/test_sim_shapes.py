"""The simulated Binance's replies beside Binance's own: the same field names, the same JSON types.

Every real answer of an endpoint the simulation has is compared: those captured from the wire and
those of the present documentation. Each difference that remains is listed with its reason, and a
reason without a difference fails too.
"""

from __future__ import annotations

import json
from typing import Any

from support.payloads import body, needs_payloads, rows
from support.shapes import Shape, differences, merged, shape, unexplained

Endpoint = tuple[str, str]

LISTS = "order lists (OCO and the like) are not offered"
OTHER_TYPES = "icebergs, trailing stops, algo orders and position limits are not offered"

DIFFERENCES: dict[Endpoint, dict[str, str]] = {
    ("DELETE", "/api/v3/openOrders"): {
        "missing [].contingencyType": LISTS,
        "missing [].list*": LISTS,
        "missing [].order*": LISTS,
        "missing [].transactionTime": LISTS,
    },
    ("GET", "/api/v3/aggTrades"): {
        "missing [].": "the recording spoilt the name of `m` in some rows",
    },
    ("GET", "/api/v3/exchangeInfo"): {
        "missing sors*": "smart order routing is optional and not offered",
        "missing symbols[].filters[].applyToMarket": "MIN_NOTIONAL of 2021 is NOTIONAL today",
        "missing symbols[].filters[].multiplier*": "PERCENT_PRICE of 2021 goes by side today",
        "missing symbols[].filters[].limit": OTHER_TYPES,
        "missing symbols[].filters[].max*": OTHER_TYPES,
        "missing symbols[].filters[].minTrailing*": OTHER_TYPES,
    },
    ("GET", "/api/v3/myFilters"): {
        "extra symbolFilters[].*": "the documented example shows a single filter, of another kind",
        "missing symbolFilters[].maxNumOrderLists": LISTS,
    },
}

LEFT_OUT: dict[Endpoint, str] = {
    ("GET", "/api/v3/executionRules"): "price range rules apply to no simulated symbol",
}

MINI = ("ticker/24hr", "ticker/tradingDay", "ticker")


def evidence() -> dict[Endpoint, Shape]:
    """The merged shape of all real answers of each endpoint."""
    found: dict[Endpoint, list[Shape]] = {}
    for row in rows("binance"):
        superseded = "superseded" in row["note"] or row["kind"] == "peer-test"
        if superseded or row["fragment"] or not row["path"] or row["operation"] == "errors":
            continue
        found.setdefault((row["http_method"], row["path"]), []).append(shape(body(row)))
    return {endpoint: merged(shapes) for endpoint, shapes in found.items()}


def replies(wire: Any) -> dict[Endpoint, Shape]:
    """What the simulation answers to each endpoint, with orders in many states."""
    wire.control.set_balance("main", "USDT", "1000000")
    signed = wire.signed
    found: dict[Endpoint, list[Any]] = {}

    def note(method: str, path: str, reply: Any) -> Any:
        assert reply.status == 200, (method, path, reply)
        found.setdefault((method, path), []).append(shape(reply.text))
        return reply.json

    for path, parameters in (
        ("time", {}),
        ("exchangeInfo", {}),
        ("depth", {"symbol": "BTCUSDT"}),
        ("trades", {"symbol": "BTCUSDT"}),
        ("historicalTrades", {"symbol": "BTCUSDT"}),
        ("aggTrades", {"symbol": "BTCUSDT"}),
        ("klines", {"symbol": "BTCUSDT", "interval": "5m"}),
        ("avgPrice", {"symbol": "BTCUSDT"}),
    ):
        note("GET", f"/api/v3/{path}", wire.get(path, **parameters))
    for path in ("ticker/24hr", "ticker/tradingDay", "ticker", "ticker/price", "ticker/bookTicker"):
        for several in ({"symbol": "BTCUSDT"}, {"symbols": '["BTCUSDT","ETHUSDT"]'}):
            kinds = ({}, {"type": "MINI"}) if path in MINI else ({},)
            for kind in kinds:
                note("GET", f"/api/v3/{path}", wire.get(path, **several, **kind))
    order = "/api/v3/order"
    for wanted in ("ACK", "RESULT", "FULL"):
        note("POST", order, wire.market(quantity="0.001", newOrderRespType=wanted))
    number = note("POST", order, wire.order())["orderId"]
    usual = {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quantity": "0.001"}
    for rates in ("false", "true"):
        note(
            "POST",
            "/api/v3/order/test",
            signed("POST", "order/test", **usual, computeCommissionRates=rates),
        )
    note("GET", order, signed("GET", "order", symbol="BTCUSDT", orderId=number))
    note("GET", "/api/v3/openOrders", signed("GET", "openOrders"))
    note("GET", "/api/v3/allOrders", signed("GET", "allOrders", symbol="BTCUSDT"))
    note("GET", "/api/v3/myTrades", signed("GET", "myTrades", symbol="BTCUSDT"))
    note("DELETE", order, signed("DELETE", "order", symbol="BTCUSDT", orderId=number))
    number = wire.order().json["orderId"]
    note(
        "POST",
        "/api/v3/order/cancelReplace",
        signed(
            "POST", "order/cancelReplace", symbol="BTCUSDT", side="BUY", type="LIMIT",
            timeInForce="GTC", quantity="0.01", price="61000", cancelOrderId=number,
            cancelReplaceMode="STOP_ON_FAILURE",
        ),
    )  # fmt: skip
    note("DELETE", "/api/v3/openOrders", signed("DELETE", "openOrders", symbol="BTCUSDT"))
    note("GET", "/api/v3/account", signed("GET", "account"))
    note("GET", "/api/v3/account/commission", signed("GET", "account/commission", symbol="BTCUSDT"))
    note("GET", "/api/v3/myFilters", signed("GET", "myFilters", symbol="BTCUSDT"))
    return {endpoint: merged(shapes) for endpoint, shapes in found.items()}


@needs_payloads
def test_replies_have_the_field_names_and_json_types_of_the_real_ones(wire: Any) -> None:
    ours, real = replies(wire), evidence()
    compared = real.keys() & ours.keys()
    open_questions = {
        endpoint: unexplained(
            differences(real[endpoint], ours[endpoint]), DIFFERENCES.get(endpoint, {})
        )
        for endpoint in compared
    }
    assert {endpoint: one for endpoint, one in open_questions.items() if one} == {}
    assert compared >= DIFFERENCES.keys()


@needs_payloads
def test_every_endpoint_with_a_real_answer_is_simulated_or_left_out_for_a_reason(wire: Any) -> None:
    assert evidence().keys() - replies(wire).keys() == LEFT_OUT.keys()


@needs_payloads
def test_every_filter_listed_has_the_fields_of_the_documented_one(wire: Any) -> None:
    documented = {}
    for row in rows("binance"):
        if row["fragment"] and row["operation"] == "markets":
            found = shape(body(row))
            documented[json.loads(body(row))["filterType"]] = found
    listed = wire.get("exchangeInfo").json["symbols"]
    kinds = {item["filterType"] for symbol in listed for item in symbol["filters"]}
    assert kinds == {
        "PRICE_FILTER", "PERCENT_PRICE_BY_SIDE", "LOT_SIZE", "MARKET_LOT_SIZE", "NOTIONAL",
        "MAX_NUM_ORDERS",
    }  # fmt: skip
    for symbol in listed:
        for item in symbol["filters"]:
            assert shape(item) == documented[item["filterType"]]
