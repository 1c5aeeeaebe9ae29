"""How the simulated venue says "too much", "broken" and "closed"."""

from __future__ import annotations

from typing import Any

import pytest
from exchangekit_bybit.sim.limits import PER_SECOND

SPOT = {"category": "spot"}


@pytest.fixture
def counted(bybit: Any) -> Any:
    """The client of a venue that counts requests, at the start of a window that does not end."""
    bybit.sim.control.limits(enabled=True)
    return bybit


def test_every_signed_answer_tells_the_limit_and_what_is_left(counted: Any) -> None:
    for left in (4, 3, 2):
        told = counted.private("/account/fee-rate", **SPOT).headers
        assert (told["x-bapi-limit"], told["x-bapi-limit-status"]) == ("5", str(left))
        assert told["x-bapi-limit-reset-timestamp"] == "1773146096500"
    assert "x-bapi-limit" not in counted.get("/market/time").headers


def test_too_many_requests_of_an_account_are_a_code_under_http_200(counted: Any) -> None:
    replies = [counted.private("/account/fee-rate", **SPOT) for _ in range(6)]
    assert [reply.code for reply in replies] == [0, 0, 0, 0, 0, 10006]
    assert replies[-1].status == 200
    assert replies[-1].headers["x-bapi-limit-status"] == "0"
    assert replies[-1].headers["x-bapi-limit-reset-timestamp"] == "1773146097000"
    assert counted.private("/user/query-api").code == 0
    counted.sim.control.clock(advance_ms=1000)
    assert counted.private("/account/fee-rate", **SPOT).code == 0


def test_orders_and_cancels_are_counted_apart(counted: Any) -> None:
    assert all(counted.order().code == 0 for _ in range(PER_SECOND["create_order"]))
    assert counted.order().code == 10006
    assert counted.post("/order/cancel-all", SPOT).code == 0


def test_who_comes_too_often_is_shut_out_for_ten_minutes(counted: Any) -> None:
    counted.sim.control.limits(sizes={"ip": 3})
    assert [counted.get("/market/time").status for _ in range(5)] == [200, 200, 200, 403, 403]
    assert "access too frequent" in counted.get("/market/time").body
    counted.sim.control.clock(advance_ms=590_000)
    assert counted.get("/market/time").status == 403
    counted.sim.control.clock(advance_ms=20_000)
    assert counted.get("/market/time").status == 200


@pytest.mark.parametrize(
    ("rule", "status", "code"),
    [
        ({"action": "status", "status": 429}, 200, 10006),
        ({"action": "maintenance"}, 503, 10016),
        ({"action": "status", "status": 503}, 503, 10016),
        ({"action": "code", "code": "170007"}, 200, 170007),
        ({"action": "code", "code": "10006"}, 200, 10006),
        ({"action": "code", "code": "4242", "message": "odd"}, 200, 4242),
    ],
)
def test_trouble_is_told_in_the_venues_words(
    bybit: Any, rule: dict[str, object], status: int, code: int
) -> None:
    bybit.sim.control.set_faults([rule])
    reply = bybit.order()
    assert (reply.status, reply.code) == (status, code)
    assert bybit.sim.control.orders() == []


def test_a_gateway_answers_with_a_page(bybit: Any) -> None:
    bybit.sim.control.set_faults([{"action": "status", "status": 502}])
    reply = bybit.order()
    assert (reply.status, reply.body[:6]) == (502, "<html>")


def test_paths_that_are_not_there(bybit: Any) -> None:
    assert bybit.get("/market/nope").status == 404
    assert bybit.get("/order/create").code == 10017
