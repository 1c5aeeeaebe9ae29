"""Asking beforehand whether a venue can do what a program needs."""

from __future__ import annotations

from exchangekit.adapter.base import OPERATIONS, Adapter
from exchangekit.errors import InvalidInput
from exchangekit.models.enums import OrderType, TimeInForce

_ALWAYS = frozenset({"load_markets", "explain_order", "raw_request", "iter_ohlcv"})
_BASIS = {
    "load_markets": "fetch_markets",
    "explain_order": "create_order",
    "iter_ohlcv": "fetch_ohlcv",
    "create_limit_order": "create_order",
    "create_market_order": "create_order",
    "create_market_buy_with_cost": "create_order",
}


def missing(adapter: Adapter, environment: str, needs: tuple[str, ...]) -> tuple[str, ...]:
    """Which of `needs` the venue lacks, in the order given; empty when it has them all.

    A need is an operation (``"fetch_ohlcv"``), a candle length (``"timeframe:1h"``), a kind of
    limit order (``"limit:ioc"``, ``"limit:fok"``, ``"limit:post_only"``, ``"limit:gtc"``),
    ``"fence"`` (its unknown orders can be resolved for certain) or ``"all_symbols:OPERATION"``
    (the operation works without a symbol). Raises InvalidInput for a need nobody knows.
    """
    return tuple(need for need in needs if not _has(adapter, environment, need))


def _has(adapter: Adapter, environment: str, need: str) -> bool:
    can = adapter.capabilities
    name, _, detail = need.partition(":") if isinstance(need, str) else ("", "", "")
    if detail:
        if name == "timeframe":
            return detail in can.timeframes
        if name == "limit" and detail in tuple(TimeInForce):
            return (OrderType.LIMIT, TimeInForce(detail)) in can.limit_orders
        if name == "all_symbols" and detail in OPERATIONS:
            return _has(adapter, environment, detail) and detail not in can.needs_symbol
    elif need == "fence":
        return can.fence
    elif need in OPERATIONS or need in _ALWAYS or need in _BASIS:
        return _has_operation(adapter, environment, need)
    raise InvalidInput(
        f"nobody knows the need {need!r}",
        hint='Needs are operations such as "fetch_ohlcv", "timeframe:1h", "limit:ioc", "fence" '
        'or "all_symbols:fetch_open_orders".',
    )


def _has_operation(adapter: Adapter, environment: str, operation: str) -> bool:
    can, has = adapter.capabilities, adapter.operations()
    gone = can.not_in.get(environment, frozenset())
    if operation == "raw_request":
        return True
    if operation == "create_market_order" and not can.market_orders:
        return False
    if operation == "create_market_buy_with_cost" and not (can.market_orders and can.buy_with_cost):
        return False
    if operation == "cancel_all_orders" and (operation not in has or operation in gone):
        return all(
            name in has and name not in gone for name in ("cancel_orders", "fetch_open_orders")
        )
    name = _BASIS.get(operation, operation)
    return name in has and name not in gone
