"""A flow that asks for nothing: what a test double answers with."""

from __future__ import annotations

from typing import TypeVar

from exchangekit.runtime.effects import Flow

T = TypeVar("T")


def answer(value: T) -> Flow[T]:
    """A flow that gives `value` and asks nobody."""
    return value
    yield  # what makes it a flow
