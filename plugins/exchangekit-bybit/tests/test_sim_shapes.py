"""The simulated venue's replies have the field names and JSON types of the real venue's.

Each recorded or documented answer about spot is compared with what the simulated venue says to the
same question: no field of the real one is missing here, and each is of the same JSON type.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from support.payloads import Row, body, label, needs_payloads, rows

SPOT = {"category": "spot", "symbol": "BTCUSDT"}
# Whole answers in the venue's own words of today; peers and ccxt's comments are older or retyped.
COMPARED = {
    "server_time/01-bybit-docs": "time",
    "markets/02-bybit-docs": "markets",
    "markets/03-xchange": "markets",
    "markets/07-jkorf": "markets",
    "ticker/03-bybit-docs": "ticker",
    "order_book/01-bybit-docs": "book",
    "order_book/04-jkorf": "book",
    "recent_trades/01-bybit-docs": "trades",
    "recent_trades/03-jkorf": "trades",
    "candles/05-nautilus": "candles",
    "account_balances/01-bybit-docs": "balance",
    "account_balances/06-jkorf": "balance",
    "fees/01-bybit-docs": "fees",
    "create_order/01-bybit-docs": "create",
    "cancel_order/01-bybit-docs": "cancel",
    "cancel_order/02-bybit-docs": "cancel batch",
    "cancel_all/01-bybit-docs": "cancel all",
    "open_orders/01-bybit-docs": "open",
    "order_history/01-bybit-docs": "history",
    "order_history/04-jkorf": "history",
    "query_order/02-xchange": "history",
    "my_trades/01-bybit-docs": "fills",
}
# Fields of the real answers that are not in ours, or of another type, and why.
BY_COIN = "a key for each coin that a fee was paid in"
EXCUSED = {
    "result.list[].cumFeeDetail.MNT": BY_COIN,
    "result.list[].tpslMode": "of derivatives: spot does not have this field",
    "result.list[].createType": "of derivatives: spot does not have this key",
}


def name(row: Row) -> str:
    return label(row).removeprefix("bybit/")


def shape(value: object, path: str = "") -> Iterator[tuple[str, str]]:
    """Every field as (path, type)."""
    if isinstance(value, dict):
        for field, inner in value.items():
            yield from shape(inner, f"{path}.{field}" if path else field)
    elif isinstance(value, list):
        yield path, "list"
        for inner in value:
            yield from shape(inner, f"{path}[]")
    else:
        kinds = {bool: "boolean", str: "string", int: "number", float: "number"}
        yield path, kinds.get(type(value), "null")


@pytest.fixture(scope="module")
def answers(open_venue: Any) -> dict[str, dict[str, str]]:
    """The shape of what the simulated venue says to every question, by its name."""
    with open_venue() as bybit:
        bybit.order(orderType="Market", qty="600")
        opened = bybit.order().result["orderId"]
        named = {**SPOT, "orderId": opened}
        batch = [{"symbol": "BTCUSDT", "orderId": opened}]
        found = {
            "time": bybit.get("/market/time"),
            "markets": bybit.get("/market/instruments-info", **SPOT),
            "ticker": bybit.get("/market/tickers", **SPOT),
            "book": bybit.get("/market/orderbook", **SPOT),
            "trades": bybit.get("/market/recent-trade", **SPOT),
            "candles": bybit.get("/market/kline", **SPOT, interval="60"),
            "balance": bybit.private("/account/wallet-balance", accountType="UNIFIED"),
            "fees": bybit.private("/account/fee-rate", **SPOT),
            "open": bybit.private("/order/realtime", category="spot"),
            "cancel": bybit.post("/order/cancel", named),
            "cancel batch": bybit.post("/order/cancel-batch", {**SPOT, "request": batch}),
            "create": bybit.order(),
            "cancel all": bybit.post("/order/cancel-all", SPOT),
            "history": bybit.private("/order/history", category="spot"),
            "fills": bybit.private("/execution/list", category="spot"),
        }
        return {what: dict(shape(reply.body)) for what, reply in found.items()}


@needs_payloads
@pytest.mark.parametrize("row", [row for row in rows("bybit") if name(row) in COMPARED], ids=label)
def test_every_field_of_the_real_answer_is_here_with_its_type(
    row: Row, answers: dict[str, dict[str, str]]
) -> None:
    ours = answers[COMPARED[name(row)]]
    wrong = {
        field: f"{expected} there, {ours.get(field, 'nothing')} here"
        for field, expected in shape(json.loads(body(row)))
        if ours.get(field) != expected and field not in EXCUSED
    }
    assert wrong == {}


@needs_payloads
def test_what_is_compared_exists() -> None:
    assert set(COMPARED) <= {name(row) for row in rows("bybit")}
