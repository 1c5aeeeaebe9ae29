"""How the simulated venue says "too much", "broken", "closed" and "nobody knows"."""

from __future__ import annotations

from typing import Any

import pytest
from exchangekit_okx.sim import OkxDialect


@pytest.fixture
def counted(okx: Any) -> Any:
    """The client of a venue that counts requests, at the start of a window that does not end."""
    okx.sim.control.limits(enabled=True)
    return okx


LIMITS = [
    ("/public/time", {}, 10),
    ("/public/instruments", {"instType": "SPOT"}, 20),
    ("/public/instruments", {"instType": "SWAP"}, 20),
    ("/market/ticker", {"instId": "BTC-USDT"}, 20),
    ("/market/tickers", {"instType": "SWAP"}, 20),
    ("/market/books", {"instId": "BTC-USDT"}, 40),
    ("/market/books-full", {"instId": "BTC-USDT"}, 10),
    ("/market/trades", {"instId": "BTC-USDT", "limit": "1"}, 100),
    ("/market/candles", {"instId": "BTC-USDT", "limit": "1"}, 40),
    ("/market/history-candles", {"instId": "BTC-USDT", "limit": "1"}, 20),
    ("/system/status", {}, 1),
]
PRIVATE_LIMITS = [
    ("/account/balance", {}, 10),
    ("/account/config", {}, 5),
    ("/account/trade-fee", {"instType": "SPOT"}, 5),
    ("/account/instruments", {"instType": "SPOT"}, 20),
    ("/asset/currencies", {"ccy": "BTC"}, 12),
    ("/trade/order", {"instId": "BTC-USDT", "ordId": "1"}, 60),
    ("/trade/orders-pending", {}, 60),
    ("/trade/orders-history", {"instType": "SPOT"}, 40),
    ("/trade/orders-history-archive", {"instType": "SPOT"}, 20),
    ("/trade/fills", {}, 60),
    ("/trade/fills-history", {"instType": "SPOT"}, 10),
]


@pytest.mark.parametrize(("path", "query", "most"), LIMITS)
def test_public_endpoints_are_limited_by_address(
    counted: Any, path: str, query: dict[str, str], most: int
) -> None:
    assert all(counted.get(path, **query).code == "0" for _ in range(most))
    reply = counted.get(path, **query)
    assert (reply.status, reply.body) == (429, {"msg": "Too Many Requests", "code": "50011"})


@pytest.mark.parametrize(("path", "query", "most"), PRIVATE_LIMITS)
def test_private_endpoints_are_limited_by_account(
    counted: Any, path: str, query: dict[str, str], most: int
) -> None:
    assert all(counted.private(path, **query).code != "50011" for _ in range(most))
    assert (counted.private(path, **query).status, counted.private(path, **query).code) == (
        429, "50011",
    )  # fmt: skip
    other = "/account/balance" if path != "/account/balance" else "/asset/balances"
    assert counted.private(other).code == "0"


def test_a_window_ends_after_two_seconds(counted: Any) -> None:
    left = 2000 - int(counted.sim.control.clock()["now"]) % 2000
    assert [counted.get("/public/time").status for _ in range(11)] == [200] * 10 + [429]
    counted.sim.control.clock(advance_ms=left - 1)
    assert counted.get("/public/time").status == 429
    counted.sim.control.clock(advance_ms=1)
    assert counted.get("/public/time").status == 200


def test_orders_are_limited_per_instrument_and_refused_ones_do_not_exist(counted: Any) -> None:
    replies = [counted.order(sz="0.0001") for _ in range(61)]
    assert [reply.status for reply in replies] == [200] * 60 + [429]
    assert len(counted.sim.control.orders()) == 60
    assert counted.order(instId="ETH-USDT", px="1000").one["sCode"] == "0"
    # Canceling has a limit of its own.
    ord_id = replies[0].one["ordId"]
    gone = counted.post("/trade/cancel-order", {"instId": "BTC-USDT", "ordId": ord_id})
    assert gone.code == "0"


def test_a_batch_counts_its_orders_and_a_batch_of_one_is_a_single_order(counted: Any) -> None:
    batch = [{"instId": "BTC-USDT"}] * 20
    for _ in range(15):
        assert counted.post("/trade/batch-orders", batch).code == "1"
    assert counted.post("/trade/batch-orders", batch).status == 429
    assert counted.order().one["sCode"] == "0"
    for _ in range(59):
        counted.post("/trade/batch-orders", batch[:1])
    assert counted.order().status == 429


def test_the_limit_can_be_said_with_a_success_status(open_venue: Any) -> None:
    class Polite(OkxDialect):
        limited_status = 200

    with open_venue(Polite) as client:
        client.sim.control.limits(enabled=True)
        replies = [client.get("/public/time") for _ in range(11)]
    assert {reply.status for reply in replies} == {200}
    assert replies[-1].code == "50011"


FAULTS = {
    "too many": ({"action": "status", "status": 429}, 429, "50011"),
    "busy": ({"action": "code", "code": "50013"}, 429, "50013"),
    "unavailable": ({"action": "status", "status": 503}, 503, "50001"),
    "maintenance": ({"action": "maintenance"}, 503, "50001"),
    "gateway": ({"action": "status", "status": 502}, 502, 502),
    "banned": ({"action": "status", "status": 418}, 418, "50011"),
    "a status nobody knows": ({"action": "status", "status": 599}, 599, 599),
    "crash": ({"action": "status", "status": 500}, 500, 500),
    "timed out": ({"action": "code", "code": "50004"}, 400, "50004"),
    "order timed out": ({"action": "code", "code": "51149"}, 500, "51149"),
    "request timed out": ({"action": "code", "code": "51054"}, 500, "51054"),
    "system error": ({"action": "code", "code": "50026"}, 500, "50026"),
    "frozen": ({"action": "code", "code": "50100"}, 400, "50100"),
    "limit with 200": ({"action": "code", "code": "50011", "status": 200}, 200, "50011"),
    "a code nobody knows": ({"action": "code", "code": "59999"}, 200, "59999"),
}


@pytest.mark.parametrize(("rule", "status", "code"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_phrased_as_the_venue_does(
    okx: Any, rule: dict[str, Any], status: int, code: str | int
) -> None:
    okx.sim.control.add_faults([rule])
    reply = okx.private("/account/balance")
    assert (reply.status, reply.body["code"]) == (status, code)
    assert reply.body["msg"]
    assert okx.private("/account/balance").code == "0"


def test_a_fault_with_an_orders_code_stands_inside_data(okx: Any) -> None:
    okx.sim.control.add_faults([{"action": "code", "code": "51008", "operation": "create_order"}])
    reply = okx.order()
    assert (reply.status, reply.code, reply.one["sCode"]) == (200, "1", "51008")
    assert okx.sim.control.orders() == []


def test_a_timeout_after_acceptance_leaves_an_order_behind(okx: Any) -> None:
    okx.sim.control.add_faults([{"action": "code", "code": "51149", "at": "after"}])
    assert okx.order(clOrdId="late").code == "51149"
    (order,) = okx.sim.control.orders()
    found = okx.private("/trade/order", instId="BTC-USDT", clOrdId="late").one
    assert found["ordId"] == order["id"]
