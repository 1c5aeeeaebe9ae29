"""Requests to venues that count each endpoint by itself."""

from __future__ import annotations

from typing import Any

import pytest

from exchangekit import adapter as kit
from exchangekit.adapter import Cost, LimitScope

TOTAL, ORDERS = Cost("total", 1, 600, 5), Cost("new orders", 1, 9, 1, LimitScope.ACCOUNT)
public = kit.Endpoints("/v9/", seconds=2, beside=(TOTAL,))
private = kit.Endpoints("/v9/", seconds=2, signed=True)


def test_an_endpoint_is_asked_under_its_path_and_counted_by_itself() -> None:
    assert public("GET ticker", 20, symbol="AB", limit=None) == kit.build_request(
        "GET /v9/ticker", Cost("GET ticker", 1, 20, 2), TOTAL, symbol="AB"
    )


def test_what_is_signed_counts_for_the_account_and_what_is_no_get_changes_something() -> None:
    counted = Cost("POST order", 1, 6, 2, LimitScope.ACCOUNT)
    told: dict[str, Any] = {"json": {"a": 1}, "has_deadline": True}
    assert private("POST order", 6, beside=(ORDERS,), **told) == kit.build_request(
        "POST /v9/order", counted, ORDERS, signed=True, changes=True, **told
    )
    assert not private("GET order", 6).changes
    assert not private("POST order/test", 6, changes=False).changes


@pytest.mark.parametrize(
    ("more", "cost"),
    [
        ({"per": "AB"}, Cost("GET x AB", 1, 6, 2)),
        ({"weight": 3}, Cost("GET x", 3, 6, 2)),
        ({"seconds": 0.5}, Cost("GET x", 1, 6, 0.5)),
        ({"counter": "POST y", "per": "AB"}, Cost("POST y AB", 1, 6, 2)),
    ],
)
def test_a_request_may_count_otherwise(more: dict[str, Any], cost: Cost) -> None:
    assert public("GET x", 6, **more).costs == (cost, TOTAL)
