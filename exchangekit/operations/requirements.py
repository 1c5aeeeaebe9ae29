"""Asking beforehand whether a venue can do what a program needs."""

from __future__ import annotations

from exchangekit.adapter.base import Adapter
from exchangekit.adapter.operations import BY_NAME, OPERATIONS
from exchangekit.errors import InvalidInput
from exchangekit.models.enums import OrderType, TimeInForce


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
    elif need in BY_NAME:
        return _has_operation(adapter, environment, need)
    raise InvalidInput(
        f"nobody knows the need {need!r}",
        hint='Needs are operations such as "fetch_ohlcv", "timeframe:1h", "limit:ioc", "fence" '
        'or "all_symbols:fetch_open_orders".',
    )


def _has_operation(adapter: Adapter, environment: str, name: str) -> bool:
    operation = BY_NAME[name]
    can = adapter.capabilities
    here = adapter.operations() - can.not_in.get(environment, frozenset())
    if not all(getattr(can, flag) for flag in operation.declared):
        return False
    if operation.everywhere or operation.rests_on in here:
        return True
    return bool(operation.instead) and here.issuperset(operation.instead)
