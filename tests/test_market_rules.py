"""Which rule of a market holds for which kind of order, and the nearest value where rules meet."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from exchangekit.models import (
    LimitOrder,
    Market,
    MarketBuyWithCost,
    MarketOrder,
    OrderRequest,
    OrderType,
    Side,
)


def market(**rules: str) -> Market:
    numbers: dict[str, Any] = {name: Decimal(value) for name, value in rules.items()}
    return Market(symbol="A/B", id="AB", base="A", quote="B", **numbers)


def sell(amount: str) -> MarketOrder:
    return MarketOrder(symbol="A/B", side=Side.SELL, amount=Decimal(amount))


def spend(cost: str) -> MarketBuyWithCost:
    return MarketBuyWithCost(symbol="A/B", cost=Decimal(cost))


def bid(amount: str, price: str) -> LimitOrder:
    return LimitOrder(symbol="A/B", side=Side.BUY, amount=Decimal(amount), price=Decimal(price))


@pytest.mark.parametrize(
    ("rules", "limit", "at_market"),
    [
        ({}, "1.29", "1.29"),
        ({"amount_step": "0.1"}, "1.2", "1.2"),
        ({"amount_step": "0.01", "market_amount_step": "0.1"}, "1.29", "1.2"),
        ({"market_amount_step": "0.1"}, "1.29", "1.2"),
    ],
)
def test_a_market_amount_is_rounded_by_its_own_step_or_else_by_the_common_one(
    rules: dict[str, str], limit: str, at_market: str
) -> None:
    made = market(**rules)
    assert made.round_amount("1.29") == Decimal(limit)
    assert made.round_amount("1.29", OrderType.MARKET) == Decimal(at_market)
    assert made.round_amount("1.29", "market") == Decimal(at_market)


def test_without_a_step_nothing_is_rounded() -> None:
    made = market()
    assert made.round_price("1.295") == Decimal("1.295")
    assert made.round_price("1.295", "buy") == Decimal("1.295")
    assert made.round_amount("1.295") == Decimal("1.295")
    assert made.round_cost("1.295") == Decimal("1.295")


@pytest.mark.parametrize("amount", ["3", "4", "5"])
def test_a_cost_on_its_limits_is_legal(amount: str) -> None:
    assert market(min_cost="6", max_cost="10").problems(bid(amount, "2")) == ()


@pytest.mark.parametrize(
    ("rules", "order", "broken", "nearest"),
    [
        # The common rule where there is none of market orders.
        ({"max_amount": "5"}, sell("6"), "max_amount", "5"),
        ({"max_amount": "5"}, sell("5"), None, None),
        ({"min_amount": "2"}, sell("1"), "min_amount", "2"),
        ({"min_amount": "2"}, sell("2"), None, None),
        ({"amount_step": "0.5"}, sell("1.2"), "amount_step", "1"),
        ({"max_cost": "50"}, spend("51"), "max_cost", "50"),
        ({"max_cost": "50"}, spend("50"), None, None),
        ({"min_cost": "5"}, spend("4"), "min_cost", "5"),
        ({"min_cost": "5"}, spend("5"), None, None),
        # Their own, be it stricter or not.
        ({"max_amount": "5", "market_max_amount": "3"}, sell("4"), "max_amount", "3"),
        ({"max_amount": "5", "market_max_amount": "7"}, sell("6"), None, None),
        ({"min_amount": "2", "market_min_amount": "3"}, sell("2"), "min_amount", "3"),
        ({"min_amount": "2", "market_min_amount": "1"}, sell("1"), None, None),
        ({"amount_step": "0.5", "market_amount_step": "1"}, sell("2.5"), "amount_step", "3"),
        ({"max_cost": "50", "market_max_cost": "30"}, spend("31"), "max_cost", "30"),
        ({"max_cost": "50", "market_max_cost": "70"}, spend("60"), None, None),
        ({"min_cost": "5", "market_min_cost": "7"}, spend("6"), "min_cost", "7"),
        # A cost of 0 is none.
        ({"max_cost": "50", "market_max_cost": "0"}, spend("60"), None, None),
        ({"min_cost": "5", "market_min_cost": "0"}, spend("1"), None, None),
        # What is said of market orders binds no limit order.
        ({"market_max_amount": "3"}, bid("4", "1"), None, None),
        ({"market_min_amount": "3"}, bid("2", "1"), None, None),
        ({"market_amount_step": "1"}, bid("1.5", "1"), None, None),
        ({"market_min_cost": "9", "market_max_cost": "9"}, bid("2", "4"), None, None),
    ],
)
def test_a_market_order_is_held_to_its_own_rules_or_else_to_the_common_ones(
    rules: dict[str, str], order: OrderRequest, broken: str | None, nearest: str | None
) -> None:
    found = [(problem.filter, problem.nearest) for problem in market(**rules).problems(order)]
    assert found == ([] if broken is None else [(broken, nearest and Decimal(nearest))])


@pytest.mark.parametrize(
    ("rules", "amount", "price", "broken", "nearest"),
    [
        # 10 / 3 = 3.33…: the next multiple of 5 is 5, the one after it 10.
        ({"amount_step": "5", "min_cost": "10"}, "1", "3", ["amount_step", "min_cost"], "5"),
        ({"amount_step": "1", "min_cost": "10"}, "3", "3", ["min_cost"], "4"),
        ({"amount_step": "1", "min_cost": "9"}, "2", "3", ["min_cost"], "3"),
        ({"amount_step": "5", "min_cost": "10", "min_amount": "10"}, "1", "3",
         ["min_amount", "min_cost"], "10"),
        ({"amount_step": "1", "min_cost": "10", "min_amount": "1"}, "2", "3", ["min_cost"], "4"),
        # 40 / 3 = 13.33…: the multiple of 5 before it is 10.
        ({"amount_step": "5", "max_cost": "40"}, "20", "3", ["max_cost"], "10"),
        ({"amount_step": "5", "max_cost": "45"}, "20", "3", ["max_cost"], "15"),
        ({"amount_step": "5", "max_cost": "90", "max_amount": "40"}, "35", "3", ["max_cost"], "30"),
        # Nothing between the two that is a multiple.
        ({"amount_step": "5", "min_cost": "16", "max_cost": "29"}, "5", "3", ["min_cost"], None),
        # No step: any number that costs enough.
        ({"min_cost": "9"}, "1", "3", ["min_cost"], "3"),
        ({"max_cost": "9"}, "4", "3", ["max_cost"], "3"),
    ],
)  # fmt: skip
def test_the_nearest_amount_at_a_price_is_the_nearest_multiple_that_costs_enough_and_not_too_much(
    rules: dict[str, str], amount: str, price: str, broken: list[str], nearest: str | None
) -> None:
    problems = market(**rules).problems(bid(amount, price))
    assert [problem.filter for problem in problems] == broken
    assert problems[-1].nearest == (nearest and Decimal(nearest))
