"""A venue without market orders, or without market buys by cost, says so and nothing is sent."""

from __future__ import annotations

from typing import Any

import pytest
from support.stepper import stepping
from support.toy import Script, ToyAdapter, reply

from exchangekit.adapter import Capabilities
from exchangekit.errors import Outcome, Unsupported
from exchangekit.operations.requirements import missing


class LimitOnly(ToyAdapter):
    title = "LimitOnly"
    capabilities = Capabilities(market_orders=False)


class AmountOnly(ToyAdapter):
    title = "AmountOnly"
    capabilities = Capabilities(buy_with_cost=False)


class CostOnly(ToyAdapter):
    title = "CostOnly"
    capabilities = Capabilities(buy_with_amount=False)


LIMIT = {"type": "limit", "side": "buy", "amount": "1", "price": "10"}
MARKET_BUY = {"type": "market", "side": "buy", "amount": "1"}
MARKET_SELL = {"type": "market", "side": "sell", "amount": "1"}
BY_COST = {"type": "market", "side": "buy", "cost": "10"}

lacking = pytest.mark.parametrize(
    ("adapter", "order", "words"),
    [
        (LimitOnly, MARKET_BUY, "LimitOnly has no market orders"),
        (LimitOnly, MARKET_SELL, "LimitOnly has no market orders"),
        (LimitOnly, BY_COST, "LimitOnly has no market orders"),
        (AmountOnly, BY_COST, "AmountOnly has no market buy by cost"),
        (CostOnly, MARKET_BUY, "CostOnly has no market buy by amount"),
    ],
)


@lacking
@pytest.mark.parametrize("operation", ["create_order", "test_order", "explain_order"])
def test_an_order_the_venue_lacks_is_refused_and_not_sent(
    adapter: type[ToyAdapter], order: dict[str, Any], words: str, operation: str
) -> None:
    script = Script()
    steps, made = stepping(script, adapter())
    with pytest.raises(Unsupported) as caught:
        steps.run(getattr(made, operation)("BTC/USDT", **order))
    assert caught.value.message == words
    assert caught.value.outcome is Outcome.NOT_SENT
    assert (caught.value.venue, caught.value.operation) == ("toy", operation)
    assert script.private == []


@lacking
def test_an_explanation_of_an_order_the_venue_lacks_asks_not_even_for_the_markets(
    adapter: type[ToyAdapter], order: dict[str, Any], words: str
) -> None:
    script = Script()
    steps, made = stepping(script, adapter())
    with pytest.raises(Unsupported):
        steps.run(made.explain_order("BTC/USDT", **order))
    assert script.seen == []


@pytest.mark.parametrize(
    ("adapter", "order"),
    [
        (LimitOnly, LIMIT),
        (AmountOnly, LIMIT),
        (AmountOnly, MARKET_BUY),
        (AmountOnly, MARKET_SELL),
        (CostOnly, MARKET_SELL),
        (CostOnly, BY_COST),
        (ToyAdapter, BY_COST),
    ],
)
def test_the_orders_the_venue_has_are_sent(
    adapter: type[ToyAdapter], order: dict[str, Any]
) -> None:
    steps, made = stepping(Script([reply({"id": "7"})]), adapter())
    assert steps.run(made.create_order("BTC/USDT", **order)).id == "7"
    assert steps.run(made.explain_order("BTC/USDT", **order)).problems == ()


KINDS = ("create_limit_order", "create_market_order", "create_market_buy_with_cost")


@pytest.mark.parametrize(
    ("adapter", "lacks"),
    [(LimitOnly, KINDS[1:]), (AmountOnly, KINDS[2:]), (ToyAdapter, ())],
)
def test_a_program_that_asks_beforehand_learns_which_orders_the_venue_lacks(
    adapter: type[ToyAdapter], lacks: tuple[str, ...]
) -> None:
    assert missing(adapter(), "live", ("create_order", *KINDS)) == lacks


@pytest.mark.parametrize(
    ("adapter", "lacks"),
    [(LimitOnly, ("market:buy", "market:sell")), (CostOnly, ("market:buy",)), (AmountOnly, ())],
)
def test_a_program_that_asks_beforehand_learns_which_side_has_market_orders_by_amount(
    adapter: type[ToyAdapter], lacks: tuple[str, ...]
) -> None:
    assert missing(adapter(), "live", ("market:buy", "market:sell")) == lacks
