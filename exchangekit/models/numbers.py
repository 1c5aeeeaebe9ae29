"""Exact numbers: how they come in from users, how they are written, how they are rounded.

No float passes here: 0.1 as a float is not a tenth, and nobody notices until money is missing.
"""

from __future__ import annotations

from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_UP,
    Context,
    Decimal,
    DecimalException,
    InvalidOperation,
)

from exchangekit.errors import InvalidInput

Number = Decimal | int | str
"""What users may pass where a price, an amount or a cost is wanted."""

_WIDE = Context(prec=60)


def exact(value: Number, name: str) -> Decimal:
    """`value` as a finite Decimal.

    Raises InvalidInput for floats, booleans, NaN, infinities and text that is not a number.
    """
    if isinstance(value, Decimal):
        number = value
    elif isinstance(value, bool) or not isinstance(value, (int, str)):
        kind = type(value).__name__
        example = f'Decimal("{value}")' if isinstance(value, float) else 'Decimal("0.1")'
        raise InvalidInput(
            f"{name} is a {kind} ({value!r}), expected a Decimal, a str or an int",
            hint=f"Floats are not exact; write {example}." if kind == "float" else None,
        )
    else:
        try:
            number = Decimal(value)
        except (InvalidOperation, ValueError):
            raise InvalidInput(f'{name} is {value!r}, expected a number such as "0.1"') from None
    if not number.is_finite():
        raise InvalidInput(f"{name} is {number}, expected a finite number")
    return number


def plain(number: Decimal) -> str:
    """The number as venues want it: digits and a point, never an exponent."""
    return format(number, "f")


def pretty(number: Decimal) -> str:
    """Like `plain`, without trailing zeros: for people."""
    text = plain(number)
    return (text.rstrip("0").rstrip(".") or "0") if "." in text else text


def is_multiple(number: Decimal, step: Decimal) -> bool:
    return step == 0 or _WIDE.remainder(number, step) == 0


def round_to_step(number: Decimal, step: Decimal, rounding: str = ROUND_HALF_UP) -> Decimal:
    """`number` moved to a multiple of `step`, written with the step's digits."""
    if step == 0:
        return number
    try:
        count = _WIDE.divide(number, step).to_integral_value(rounding=rounding)
        return _WIDE.multiply(count, step)
    except DecimalException:
        raise InvalidInput(f"{number} has too many digits to be rounded to {step}") from None


__all__ = [
    "ROUND_CEILING",
    "ROUND_DOWN",
    "ROUND_FLOOR",
    "ROUND_HALF_UP",
    "Number",
    "exact",
    "is_multiple",
    "plain",
    "pretty",
    "round_to_step",
]
