"""How a row is put together, step by step: slow, and what the compiled function must equal."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from functools import partial
from typing import Any

from exchangekit.adapter.putting import KEY, Made, Plan, Source, Way, Where


def put_plainly(row: Any, plans: Iterable[Plan]) -> None:
    for plan in plans:
        value = _value(row, plan.source)
        if value is not None:
            setattr(row, plan.field, value)
        elif plan.needed and getattr(row, plan.field) is None:
            raise ValueError(f"it does not say {plan.spelling}, its {plan.field}")


def _value(row: Any, source: Source) -> Any:
    if isinstance(source, Way):
        return _reached(row, source)
    if isinstance(source, Made):
        told = _value(row, source.source)
        return None if told is None else source.read(told)
    if isinstance(source, Where):
        both = source.condition.source, source.then.source
        condition, then = (partial(_told, row, one, source.zero_is_none) for one in both)
        return then() if condition() else None
    parts = (_told(row, part.source, source.zero_is_none) for part in source.parts)
    if source.pick is not None:
        return source.pick(list(parts))
    return next((value for value in parts if value is not None), None)


def _told(row: Any, part: Source, zero_is_none: bool) -> Any:
    value = _value(row, part)
    is_zero = zero_is_none and isinstance(value, Decimal) and value == 0
    return None if value == "" or is_zero else value


def _reached(row: Any, way: Way) -> Any:
    for attribute, chosen in way.steps:
        row = getattr(row, attribute)
        if chosen is not None:
            row = next((item for item in reversed(row) if getattr(item, KEY) == chosen), None)
        if row is None:
            return None
    return row


def words_of(source: Source) -> set[str]:
    """The keys of lists' items that a source looks for."""
    if isinstance(source, Way):
        return {chosen for _, chosen in source.steps if chosen is not None}
    if isinstance(source, Made):
        return words_of(source.source)
    parts = (source.condition, source.then) if isinstance(source, Where) else source.parts
    return {word for part in parts for word in words_of(part.source)}
