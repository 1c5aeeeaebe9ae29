"""An order and the arguments that mean it are the same thing, there and back."""

from __future__ import annotations

from decimal import Decimal

import pytest

from exchangekit.models import (
    LimitOrder,
    MarketBuyWithCost,
    MarketOrder,
    OrderRequest,
    Side,
    TimeInForce,
)
from exchangekit.orders import order_request
from exchangekit.orders.reading import as_arguments

ORDERS: list[OrderRequest] = [
    *(
        LimitOrder(
            symbol="BTC/USDT",
            side=side,
            amount=Decimal("0.10"),
            price=Decimal("1E+4"),
            time_in_force=force,
            client_order_id=name,
        )
        for side in Side
        for force in TimeInForce
        if force is not TimeInForce.UNKNOWN
        for name in (None, "mine1")
    ),
    MarketOrder(symbol="BTC/USDT", side=Side.SELL, amount=Decimal(3), client_order_id="mine1"),
    MarketBuyWithCost(symbol="BTC/USDT", cost=Decimal("25.5")),
]


@pytest.mark.parametrize("order", ORDERS, ids=repr)
def test_the_arguments_of_an_order_mean_that_order(order: OrderRequest) -> None:
    assert order_request(**as_arguments(order), post_only=False) == order
