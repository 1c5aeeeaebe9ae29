"""Asking beforehand whether a venue can do what a program needs."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from exchangekit.adapter.base import Adapter, Capabilities
from exchangekit.adapter.operations import BY_NAME, OPERATIONS, Operation
from exchangekit.errors import InvalidInput
from exchangekit.models.enums import OrderType, Side, TimeInForce, choices


def missing(adapter: Adapter, environment: str, needs: Iterable[str]) -> tuple[str, ...]:
    """Which of `needs` the venue lacks, in the order given; see `lacking`."""
    here = adapter.operations() - adapter.capabilities.not_in.get(environment, frozenset())

    def serves(operation: Operation) -> bool:
        if operation.everywhere or operation.rests_on in here:
            return True
        return bool(operation.instead) and here.issuperset(operation.instead)

    return lacking(needs, adapter.capabilities, serves)


def lacking(
    needs: Iterable[str], can: Capabilities, serves: Callable[[Operation], bool]
) -> tuple[str, ...]:
    """Which of `needs` are not there, in the order given; empty when all are.

    A need is an operation (``"fetch_ohlcv"``), a candle length (``"timeframe:1h"``), a kind of
    limit order (``"limit:ioc"``, ``"limit:fok"``, ``"limit:post_only"``, ``"limit:gtc"``), a side
    of market orders by amount (``"market:buy"``, ``"market:sell"``), ``"fence"`` (unknown orders
    can be resolved once their deadline and a margin have passed), ``"fence:rechecked"`` (for
    certain: the venue checks the deadline again before matching) or ``"all_symbols:OPERATION"``
    (the operation works without a symbol). Raises InvalidInput for a need nobody knows.
    """
    return tuple(need for need in needs if not _has(need, can, serves))


def _has(need: str, can: Capabilities, serves: Callable[[Operation], bool]) -> bool:
    name, _, detail = need.partition(":") if isinstance(need, str) else ("", "", "")
    if detail:
        if name == "timeframe":
            return detail in can.timeframes
        if name == "limit" and detail in choices(TimeInForce):
            return (OrderType.LIMIT, TimeInForce(detail)) in can.limit_orders
        if name == "market" and detail in choices(Side):
            return _has("create_market_order", can, serves) and (
                detail == Side.SELL or can.buy_with_amount
            )
        if name == "all_symbols" and detail in OPERATIONS:
            return _has(detail, can, serves) and detail not in can.needs_symbol
        if need == "fence:rechecked":
            return can.fence.kind == "rechecked"
    elif need == "fence":
        return can.fence.kind != "none"
    elif need in BY_NAME:
        declared = all(getattr(can, flag) for flag in BY_NAME[need].declared)
        return declared and serves(BY_NAME[need])
    raise InvalidInput(
        f"nobody knows the need {need!r}",
        hint='Needs are operations such as "fetch_ohlcv", "timeframe:1h", "limit:ioc", '
        '"market:buy", "fence", "fence:rechecked" or "all_symbols:fetch_open_orders".',
    )
