"""The simulated MEXC's replies beside MEXC's own: the same field names, the same JSON types.

Every real answer of an endpoint the simulation has is compared: those captured from the wire and
those of the present documentation. Each difference that remains is listed with its reason, and a
reason without a difference fails too.
"""

from __future__ import annotations

from typing import Any

from support.payloads import body, needs_payloads, rows
from support.shapes import Shape, differences, merged, shape, unexplained

Endpoint = tuple[str, str]

WIRE_NULL = "the documentation shows a value; orders captured from the wire show null"
WIRE_ID = "the documentation shows a number; ids on the wire are strings that begin with C02__"

# The documentation shows one entry of the list alone, or in the place of the list; a recorded
# answer of January 2025 shows the whole, and others of that time what the documentation leaves out.
ONE_ENTRY = ("mexc/markets/02-mexc-docs.json", "mexc/markets/03-mexc-docs-cn.json")
RECORDED = (
    "mexc/markets/04-jkorf.json",
    "mexc/markets/05-jkorf.json",
    "mexc/recent_trades/05-jkorf.json",
)

DIFFERENCES: dict[Endpoint, dict[str, str]] = {
    ("GET", "/api/v3/exchangeInfo"): {
        "extra symbols[].contractAddress": "documented since the recording",
        "extra symbols[].st": "documented since the recording",
    },
    ("GET", "/api/v3/ticker/24hr"): {
        "[].quoteVolume: null, string": "null in the documentation's list, a number on the wire",
    },
    ("GET", "/api/v3/order"): {
        "orderId: number, string": WIRE_ID,
        "timeInForce: string, null": WIRE_NULL,
        "stopPrice: string, null": WIRE_NULL,
        "icebergQty: string, null": WIRE_NULL,
        "missing Qty": "origQty in every answer that was not written by hand",
        "extra origQty": "the same",
    },
    ("GET", "/api/v3/openOrders"): {
        "[].orderId: number, string": WIRE_ID,
        "[].timeInForce: string, null": WIRE_NULL,
        "[].stopPrice: string, null": WIRE_NULL,
        "[].icebergQty: string, null": WIRE_NULL,
        "[].updateTime: number, null": "null on the wire for an order nothing happened to",
    },
    ("GET", "/api/v3/allOrders"): {
        "[].timeInForce: null or string, null": WIRE_NULL,
        "[].stopPrice: null or string, null": WIRE_NULL,
        "[].icebergQty: null or string, null": WIRE_NULL,
    },
    ("GET", "/api/v3/myTrades"): {
        "[].clientOrderId: null, string": "the orders of the recordings had no client order id",
    },
    ("DELETE", "/api/v3/order"): {
        "orderId: number, string": WIRE_ID,
        "timeInForce: string, null": WIRE_NULL,
    },
    ("DELETE", "/api/v3/openOrders"): {
        "[].orderId: number, string": WIRE_ID,
        "[].timeInForce: string, null": WIRE_NULL,
        "[].clientOrderId: string, null": "the cancel was given no id of its own",
    },
}


def evidence() -> dict[Endpoint, Shape]:
    """The merged shape of all real answers of each endpoint."""
    found: dict[Endpoint, list[Shape]] = {}
    for row in rows("mexc"):
        peers = row["kind"] == "peer-test" and row["file"] not in RECORDED
        if peers or row["file"] in ONE_ENTRY or "superseded" in row["note"]:
            continue
        if not row["path"] or row["operation"] == "errors":
            continue
        one = shape(body(row))
        if "number-vs-string is NOT evidence" in row["note"]:
            one = {
                place: kinds | {"number"} if "string" in kinds else kinds
                for place, kinds in one.items()
            }
        found.setdefault((row["http_method"], row["path"]), []).append(one)
    return {endpoint: merged(shapes) for endpoint, shapes in found.items()}


def replies(wire: Any) -> dict[Endpoint, Shape]:
    """What the simulation answers to each endpoint, with orders in many states."""
    signed = wire.signed
    found: dict[Endpoint, list[Shape]] = {}

    def note(method: str, path: str, reply: Any) -> Any:
        assert reply.status == 200, (method, path, reply)
        found.setdefault((method, f"/api/v3/{path}"), []).append(shape(reply.text))
        return reply.json

    btc = {"symbol": "BTCUSDT"}
    note("GET", "time", wire.get("time"))
    note("GET", "defaultSymbols", wire.get("defaultSymbols"))
    note("GET", "exchangeInfo", wire.get("exchangeInfo"))
    for path in ("depth", "trades", "aggTrades", "avgPrice"):
        note("GET", path, wire.get(path, **btc))
    note("GET", "klines", wire.get("klines", **btc, interval="60m"))
    for path in ("ticker/24hr", "ticker/price", "ticker/bookTicker"):
        note("GET", path, wire.get(path, **btc))
        note("GET", path, wire.get(path))
    usual = {**btc, "side": "BUY", "type": "MARKET", "quantity": "0.001"}
    note("POST", "order/test", signed("POST", "order/test", **usual))
    note("POST", "order", wire.market(quantity="0.001", newClientOrderId="named"))
    number = note("POST", "order", wire.order())["orderId"]
    batch = '[{"symbol":"BTCUSDT","side":"BUY","type":"LIMIT","quantity":"0.01","price":"%s"%s}]'
    for price, more in (("60000", ',"newClientOrderId":"b1"'), ("1", ',"newClientOrderId":"b2"')):
        reply = signed("POST", "batchOrders", batchOrders=batch % (price, more))
        note("POST", "batchOrders", reply)
    for path in ("openOrders", "allOrders", "myTrades"):
        note("GET", path, signed("GET", path, **btc))
    note("GET", "order", signed("GET", "order", **btc, orderId=number))
    wire.order(newClientOrderId="c1")
    note("GET", "order", signed("GET", "order", **btc, origClientOrderId="c1"))
    cancel = signed("DELETE", "order", **btc, origClientOrderId="c1", newClientOrderId="c2")
    note("DELETE", "order", cancel)
    note("DELETE", "openOrders", signed("DELETE", "openOrders", **btc))
    note("GET", "account", signed("GET", "account"))
    note("GET", "tradeFee", signed("GET", "tradeFee", **btc))
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
def test_every_endpoint_with_a_real_answer_is_simulated(wire: Any) -> None:
    assert evidence().keys() - replies(wire).keys() == set()
