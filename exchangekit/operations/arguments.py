"""What a user passed, checked before anything is sent. Plain functions: a value in, the value out.

Each raises InvalidInput that says what was passed and what was expected.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from exchangekit.errors import InvalidInput
from exchangekit.models.numbers import shown


def names(value: Sequence[str] | None) -> Sequence[str] | None:
    """Symbols that a user passed. Raises InvalidInput unless they are several, or None."""
    if value is not None and (isinstance(value, str) or not isinstance(value, Sequence)):
        raise InvalidInput(f'symbols is {shown(value)}, expected a list such as ["BTC/USDT"]')
    return value


def whole(value: int | None, name: str, default: int) -> int:
    """A count that a user passed. Raises InvalidInput unless it is a whole number above 0."""
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise InvalidInput(f"{name} is {shown(value)}, expected a whole number of at least 1")
    return value


def aware(value: datetime | None, name: str) -> datetime | None:
    """A time that a user passed, in UTC. Raises InvalidInput for anything without a time zone."""
    if value is None:
        return None
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise InvalidInput(
            f"{name} is {shown(value)}, expected a datetime with a time zone",
            hint="Write datetime(2026, 1, 31, tzinfo=UTC).",
        )
    return value.astimezone(UTC)
