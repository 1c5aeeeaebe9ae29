"""No price and no amount of a market can be negative."""

from __future__ import annotations

from decimal import Decimal

from exchangekit.errors import BadReply

_ZERO = Decimal(0)


def below_zero(*numbers: Decimal | None) -> bool:
    """Whether one of them is."""
    for number in numbers:  # noqa: SIM110 - a loop is faster than a generator, or min() of a filter
        if number is not None and number < _ZERO:
            return True
    return False


def refuse_below_zero(**numbers: Decimal | None) -> None:
    """No price and no amount of a market can be negative."""
    for name, number in numbers.items():
        if number is not None and number < 0:
            raise BadReply(f"the venue sent a negative {name.replace('_', ' ')}: {number}")
