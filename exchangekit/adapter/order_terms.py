"""What an order asks for, told the same way of every kind."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from exchangekit.models.enums import TimeInForce
from exchangekit.models.orders import LimitOrder, MarketBuyWithCost, OrderRequest


class Terms(NamedTuple):
    """None for what an order of its kind does not have, which a request leaves out."""

    amount: Decimal | None
    """Base."""
    cost: Decimal | None = None
    """Quote, of a market buy by cost; it has no amount."""
    price: Decimal | None = None
    time_in_force: TimeInForce | None = None
    """None of market orders."""


def terms(order: OrderRequest) -> Terms:
    """``amount, cost, price, time_in_force = terms(order)``."""
    if isinstance(order, LimitOrder):
        return Terms(order.amount, None, order.price, order.time_in_force)
    if isinstance(order, MarketBuyWithCost):
        return Terms(None, order.cost)
    return Terms(order.amount)
