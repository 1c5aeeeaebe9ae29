"""Refuses capabilities that cannot be meant, each field by itself and beside the others."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from exchangekit.adapter.declared_values import (
    Check,
    check_count,
    check_flag,
    check_pattern,
    is_count,
    nearest,
    refuse,
    text,
)
from exchangekit.adapter.operations import OPERATIONS
from exchangekit.models.enums import OrderType, TimeInForce

SYMBOL_MAY_BE_LEFT_OUT = frozenset({"fetch_open_orders", "fetch_closed_orders", "fetch_my_trades"})
"""Where a strategy may pass no symbol, so that a venue can want one."""

_TIMEFRAME = re.compile(r"[1-9][0-9]*[smhdwM]")
_SAMPLES = [letter * length for letter in "a0A" for length in range(1, 65)]


def check_capabilities(what: str, value: Any, made: Any) -> None:
    if isinstance(value, type) or not hasattr(value, "limit_orders"):
        refuse(what, value, "one such as kit.Capabilities(candles_per_call=1000)")
    for name, check in CAPABILITIES.items():
        check(f"{what}.{name}", getattr(value, name), made)
    prefix, pattern = value.client_order_id_prefix, value.client_order_id
    if prefix and not any(pattern.fullmatch(prefix + rest) for rest in _SAMPLES):
        refuse(
            f"{what}.client_order_id_prefix",
            prefix,
            f"one that client_order_id takes, which is {pattern.pattern}",
        )


def _check_limit_orders(what: str, value: Any, made: Any) -> None:
    expected = "a set such as frozenset({kit.LIMIT_GTC, kit.LIMIT_IOC})"
    if not isinstance(value, (frozenset, set)):
        refuse(what, value, expected)
    for one in value:
        if not (isinstance(one, tuple) and len(one) == 2 and isinstance(one[1], TimeInForce)):
            refuse(f"one of {what}", one, f"one such as kit.LIMIT_GTC, in {expected}")
        if one[0] is not OrderType.LIMIT:
            refuse(f"one of {what}", one, "a limit order; market_orders is for the others")


def _check_prefix(what: str, value: Any, made: Any) -> None:
    if not isinstance(value, str):
        refuse(what, value, 'a text such as "t-", or ""')


def _check_memory(what: str, value: Any, made: Any) -> None:
    if value is not None and not (isinstance(value, timedelta) and value > timedelta(0)):
        refuse(what, value, "a span such as timedelta(hours=1), or None where it does not forget")


def _check_timeframes(what: str, value: Any, made: Any) -> None:
    if not isinstance(value, Mapping):
        refuse(what, value, 'a table such as MappingProxyType({"1h": "60m"})')
    for name, word in value.items():
        if not (isinstance(name, str) and _TIMEFRAME.fullmatch(name)):
            refuse(
                f"a name in {what}",
                name,
                'the kit\'s name of a length, such as "1m", "1h", "1d", "1w" or "1M", beside the'
                " venue's own",
            )
        text("60m")(f"{what}[{name!r}]", word, made)


def _check_depths(what: str, value: Any, made: Any) -> None:
    if not (isinstance(value, tuple) and value and all(map(is_count, value))):
        refuse(what, value, "numbers of levels such as (5, 20, 100)")
    if list(value) != sorted(set(value)):
        refuse(what, value, "each number of levels once, the smallest first, such as (5, 20, 100)")


def _check_countdown(what: str, value: Any, made: Any) -> None:
    pair = isinstance(value, tuple) and len(value) == 2
    if not pair or not all(is_count(one) or one == 0 for one in value) or value[0] > value[1]:
        refuse(what, value, "the fewest and the most seconds, such as (10, 60)")


def _check_fence(what: str, value: Any, made: Any) -> None:
    kinds = ("rechecked", "gateway", "none")
    if isinstance(value, type) or getattr(value, "kind", None) not in kinds:
        refuse(what, value, f'one such as kit.Fence("gateway"); kinds are {", ".join(kinds)}')
    if not isinstance(value.margin, timedelta) or value.margin < timedelta(0):
        refuse(f"{what}.margin", value.margin, "a span such as timedelta(seconds=5)")


def _check_needs_symbol(what: str, value: Any, made: Any) -> None:
    _check_operations(what, value, SYMBOL_MAY_BE_LEFT_OUT)


def _check_operations(what: str, value: Any, known: Iterable[str]) -> None:
    example = 'frozenset({"fetch_my_trades"})'
    if not isinstance(value, (frozenset, set)):
        refuse(what, value, f"a set of operations such as {example}")
    for name in value:
        if name not in known:
            near = nearest(name, known) if isinstance(name, str) else None
            meant = f"did you mean {near!r}?" if near else f"they are {', '.join(sorted(known))}"
            refuse(f"one of {what}", name, f"an operation that it can be said of: {meant}")


def _check_not_in(what: str, value: Any, made: Any) -> None:
    if not isinstance(value, Mapping):
        example = 'MappingProxyType({"testnet": frozenset({"fetch_api_key"})})'
        refuse(what, value, f"operations by environment, such as {example}")
    for name, operations in value.items():
        _check_operations(f"{what}[{name!r}]", operations, OPERATIONS)


CAPABILITIES: Mapping[str, Check] = {
    "limit_orders": _check_limit_orders,
    "market_orders": check_flag,
    "buy_with_cost": check_flag,
    "buy_with_amount": check_flag,
    "client_order_id": check_pattern,
    "client_order_id_prefix": _check_prefix,
    "found_by_name": _check_memory,
    "timeframes": _check_timeframes,
    "candles_per_call": check_count,
    "book_depths": _check_depths,
    "trades_per_call": check_count,
    "my_trades_per_call": check_count,
    "orders_per_call": check_count,
    "cancels_per_call": check_count,
    "needs_symbol": _check_needs_symbol,
    "fees_per_symbol": check_flag,
    "countdown": _check_countdown,
    "fence": _check_fence,
    "not_in": _check_not_in,
}
