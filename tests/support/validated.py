"""Whether what parsers make is what validation would have made of the same values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from exchangekit.adapter import Page
from exchangekit.models import BookLevel, Candle, Model


def check_validated(told: Any) -> int:
    """Every model in what an operation gave back, strictly validated, is what it was, each value
    of the very same type. How many there are."""
    number = 0
    for model in models_in(told):
        values = {name: getattr(model, name) for name in type(model).model_fields}
        again = type(model).model_validate(values, strict=True)
        assert again == model
        assert list(again.__dict__) == list(model.__dict__)
        assert _types(again.__dict__) == _types(model.__dict__)
        assert model.model_copy() == model
        number += 1
    return number


def models_in(told: Any) -> Iterator[Model]:
    if isinstance(told, Model):
        yield told
        told = {name: held for name, held in told.__dict__.items() if name != "source"}
    if isinstance(told, Page):
        told = told.items
    if isinstance(told, Mapping):
        told = tuple(told.values())
    if isinstance(told, (tuple, list)) and not isinstance(told, (BookLevel, Candle)):
        for one in told:
            yield from models_in(one)


def _types(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _types(held) for name, held in value.items()}
    if isinstance(value, (tuple, list, frozenset)):
        return type(value), tuple(map(_types, sorted(value) if type(value) is frozenset else value))
    return type(value)
