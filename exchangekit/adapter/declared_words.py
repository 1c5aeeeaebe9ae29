"""Refuses words that no order could be read by, when they are declared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from exchangekit.adapter.declared_values import refuse
from exchangekit.models.enums import Liquidity, OrderStatus, OrderType, Side, TimeInForce

_MEANT: Mapping[str, tuple[type, str]] = {
    "sides": (Side, '{"BUY": Side.BUY, "SELL": Side.SELL}'),
    "statuses": (OrderStatus, 'kit.statuses(open="NEW", closed="FILLED")'),
    "times_in_force": (TimeInForce, '{"GTC": TimeInForce.GTC}'),
    "roles": (Liquidity, '{"maker": Liquidity.MAKER}'),
}


def check_words(words: Any) -> None:
    """Raises TypeError for the first table that cannot be meant."""
    for name, (kind, example) in _MEANT.items():
        _check(
            f"{name} of Words", getattr(words, name), example, lambda one, k=kind: type(one) is k
        )
    _check(
        "types of Words", words.types, 'kit.order_types(limit="LIMIT", market="MARKET")', _is_type
    )


def _check(what: str, told: Any, example: str, fits: Any) -> None:
    if not isinstance(told, Mapping):
        refuse(what, told, f"a table such as {example}")
    for word, meaning in told.items():
        if not isinstance(word, str):
            refuse(f"a word in {what}", word, f"a text, as in {example}")
        if not fits(meaning):
            refuse(f"{what}[{word!r}]", meaning, f"what it means, as in {example}")


def _is_type(told: Any) -> bool:
    if not (isinstance(told, tuple) and len(told) == 2 and isinstance(told[0], OrderType)):
        return False
    return told[1] is None or isinstance(told[1], TimeInForce)
