"""Amending an order of the simulated venue: it keeps its id, and the ledger follows."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

D = Decimal


def amend(okx: Any, **fields: str) -> Any:
    return okx.post("/trade/amend-order", {"instId": "BTC-USDT", **fields})


def locked(okx: Any) -> D:
    return D(okx.sim.control.balances()["main"]["USDT"]["locked"])


@pytest.mark.parametrize(
    ("changes", "size", "price", "held"),
    [
        ({"newSz": "0.02"}, "0.02", "50000", "1000"),
        ({"newPx": "40000"}, "0.01", "40000", "400"),
        ({"newSz": "0.03", "newPx": "40000"}, "0.03", "40000", "1200"),
    ],
)
def test_an_amended_order_keeps_its_id_and_locks_what_it_may_cost(
    okx: Any, changes: dict[str, str], size: str, price: str, held: str
) -> None:
    placed = okx.order(clOrdId="mine").one["ordId"]
    row = amend(okx, ordId=placed, reqId="b1", **changes).one
    assert row.keys() == {"clOrdId", "ordId", "ts", "reqId", "sCode", "sMsg"}
    assert (row["ordId"], row["clOrdId"], row["reqId"], row["sCode"]) == (placed, "mine", "b1", "0")
    shown = okx.see(placed)
    assert (shown["sz"], shown["px"], shown["state"]) == (size, price, "live")
    assert locked(okx) == D(held)
    assert len(okx.sim.control.orders()) == 1


def test_a_price_that_meets_the_market_fills_it(okx: Any) -> None:
    placed = okx.order(clOrdId="mine").one["ordId"]
    best = okx.get("/market/ticker", instId="BTC-USDT").one["askPx"]
    assert amend(okx, clOrdId="mine", newPx=best, newSz="0.0001").code == "0"
    assert okx.see(placed)["state"] == "filled"
    assert locked(okx) == 0


@pytest.mark.parametrize(("size", "state", "held"), [("0.005", "filled", 0), ("0.008", None, 200)])
def test_a_new_size_holds_what_is_filled_and_one_no_larger_ends_it_filled(
    okx: Any, size: str, state: str | None, held: int
) -> None:
    okx.sim.control.set_faults([{"action": "partial", "fraction": "0.5"}])
    placed = okx.order(px="50000").one["ordId"]
    assert okx.truth(placed)["filled"] == "0.005"
    assert amend(okx, ordId=placed, newSz=size).one["sCode"] == "0"
    assert okx.see(placed)["state"] == (state or "partially_filled")
    filled = D(okx.truth(placed)["filled"])
    assert (filled, locked(okx)) == (D("0.005"), (D(size) - filled) * 50_000)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, "51000"),
        ({"newSz": "0"}, "51000"),
        ({"newSz": "much"}, "51000"),
        ({"newPx": "0.001"}, "51150"),
        ({"newSz": "0.000000001"}, "51020"),
        ({"newSz": "2000"}, "51008"),
    ],
)
@pytest.mark.parametrize("fails", ["false", "true"])
def test_a_refused_amendment_changes_nothing_unless_it_is_to_cancel(
    okx: Any, changes: dict[str, str], code: str, fails: str
) -> None:
    okx.sim.control.set_balance("main", "USDT", "1000")
    placed = okx.order().one["ordId"]
    assert amend(okx, ordId=placed, cxlOnFail=fails, **changes).one["sCode"] == code
    ended = fails == "true"
    assert okx.see(placed)["state"] == ("canceled" if ended else "live")
    assert locked(okx) == (0 if ended else 500)


@pytest.mark.parametrize("symbol", ["BTC-USDT", "ETH-USDT"])
def test_what_is_not_open_there_cannot_be_amended(okx: Any, symbol: str) -> None:
    placed = okx.order().one["ordId"]
    if symbol == "BTC-USDT":
        okx.post("/trade/cancel-order", {"instId": symbol, "ordId": placed})
    assert amend(okx, instId=symbol, ordId=placed, newSz="0.02").one["sCode"] == "51503"
    assert amend(okx, newSz="0.02").one["sCode"] == "51407"
