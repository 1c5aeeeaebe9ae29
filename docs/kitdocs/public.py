"""What is public, by the address that the reference gives it."""

from __future__ import annotations

import exchangekit
from exchangekit import Model, adapter
from exchangekit.adapter.operations import EXCHANGE_OPERATIONS
from kitdocs.hooks import specifications

_ELSEWHERE = {
    "FailoverEvent": "exchangekit.failover.events.FailoverEvent",
    "Ranking": "exchangekit.failover.ranking.Ranking",
    "Number": "exchangekit.models.numbers.Number",
    "OrderRequest": "exchangekit.models.orders.OrderRequest",
    "OrderTypeWord": "exchangekit.models.enums.OrderTypeWord",
    "SideWord": "exchangekit.models.enums.SideWord",
    "TimeInForceWord": "exchangekit.models.enums.TimeInForceWord",
    "Until": "exchangekit.models.orders.Until",
    "hookimpl": "exchangekit.hookspecs.hookimpl",
}
"""Names that do not know where they come from."""

UNTOLD = frozenset(_ELSEWHERE)
"""Names that can have no docstring of their own: types and a marker."""


def names() -> list[str]:
    """Everything that ``from exchangekit import …`` offers, every operation, every hook, and what
    venue authors import."""
    found = [address(name) for name in exchangekit.__all__]
    found += [f"{address('Exchange')}.{name}" for name in EXCHANGE_OPERATIONS]
    found += [f"exchangekit.hookspecs.ExchangeKitHooks.{name}" for name in specifications()]
    return found + authors()


def authors() -> list[str]:
    """What ``exchangekit.adapter`` offers and its page shows with its documentation: the others
    (modules, constructors of models, constants and types) are named in its text."""
    made = (getattr(adapter, name) for name in adapter.__all__)
    own = [one for one in made if str(getattr(one, "__module__", "")).startswith(adapter.__name__)]
    return [f"{one.__module__}.{one.__name__}" for one in own if hasattr(one, "__name__")]


def address(name: str) -> str:
    """Where a public name is defined."""
    if name in _ELSEWHERE:
        return _ELSEWHERE[name]
    return f"{getattr(exchangekit, name).__module__}.{name}"


def fields() -> set[str]:
    """The names of all fields of all public models."""
    kinds = [getattr(exchangekit, name) for name in exchangekit.__all__]
    models = [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, Model)]
    return {name for model in models for name in model.model_fields} - {"source"}
