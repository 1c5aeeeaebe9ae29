"""Exact numbers: how they come in from users, how they are written, how they are rounded.

No float passes here: 0.1 as a float is not a tenth, and nobody notices until money is missing.
"""

from __future__ import annotations

import re
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

WIDE = Context(prec=60)
"""For sums and products of prices and amounts: wide enough to be exact, whatever the caller's own
decimal context is."""

_ODD = re.compile(r"[^ -~]|_")
_ORDINARY = re.compile(r"[0-9]{1,20}(?:\.[0-9]{1,20})?").fullmatch
"""Numbers that need no second look."""
_MOST_DIGITS = 30
_MOST_DECIMALS = 100


def exact(value: Number, name: str) -> Decimal:
    """`value` as a finite Decimal.

    Raises InvalidInput for floats, booleans, NaN, infinities, text that is not a number, and
    numbers no market could mean (30 digits before the point or 100 after it).
    """
    if type(value) is str and _ORDINARY(value):
        return Decimal(value)
    if isinstance(value, Decimal):
        number = value
    elif isinstance(value, bool) or not isinstance(value, (int, str)):
        kind = type(value).__name__
        hint = None
        if isinstance(value, float):
            hint = f'Floats are not exact; write Decimal("{value}").'
        raise InvalidInput(
            f"{name} is a {kind} ({shown(value)}), expected a Decimal, a str or an int",
            hint=hint,
        )
    else:
        try:
            # Decimal also reads 1_000 and digits of other scripts, which nobody means.
            number = Decimal("?" if isinstance(value, str) and _ODD.search(value) else value)
        except (InvalidOperation, ValueError):
            raise InvalidInput(
                f'{name} is {shown(value)}, expected a number such as "0.1"'
            ) from None
    if not number.is_finite():
        raise InvalidInput(f"{name} is {number}, expected a finite number")
    if not is_sane(number):
        raise InvalidInput(
            f"{name} has far more digits than any market's numbers: is its exponent right?"
        )
    return number


def is_sane(number: Decimal) -> bool:
    """Whether a market could mean it: 30 digits before the point at most, 100 after it, 130 in all.

    Whatever is written out, added or multiplied must be this: `1e-999999999` has a billion digits.
    """
    if not number.is_finite():
        return False
    if len(str(number)) <= _MOST_DIGITS and -_MOST_DIGITS < number.adjusted() < _MOST_DIGITS:
        return True
    _, digits, exponent = number.as_tuple()
    return (
        number.adjusted() < _MOST_DIGITS
        and int(exponent) >= -_MOST_DECIMALS
        and len(digits) <= _MOST_DIGITS + _MOST_DECIMALS
    )


def read_exact(text: str) -> Decimal:
    """A number of a venue's JSON. Raises ValueError where no market could mean it."""
    try:
        number = Decimal(text)
    except DecimalException:
        raise ValueError(f"{text[:40]} is no number") from None
    short = len(text) <= _MOST_DIGITS and -_MOST_DIGITS < number.adjusted() < _MOST_DIGITS
    if not (short and number.is_finite()) and not is_sane(number):
        raise ValueError(f"{text[:40]} has far more digits than any market's numbers")
    return number


def shown(value: object) -> str:
    """What the user passed, cut to a length that can be read."""
    text = repr(value)
    return text if len(text) <= 60 else text[:60] + "…"


def plain(number: Decimal) -> str:
    """The number as venues want it: digits and a point, never an exponent."""
    return format(number, "f")


def pretty(number: Decimal) -> str:
    """Like `plain`, without trailing zeros: for people."""
    text = plain(number)
    return (text.rstrip("0").rstrip(".") or "0") if "." in text else text


def is_multiple(number: Decimal, step: Decimal) -> bool:
    return step == 0 or WIDE.remainder(number, step) == 0


def round_to_step(number: Decimal, step: Decimal, rounding: str = ROUND_HALF_UP) -> Decimal:
    """`number` moved to a multiple of `step`, written with the step's digits."""
    if step == 0:
        return number
    try:
        count = WIDE.divide(number, step).to_integral_value(rounding=rounding)
        return WIDE.multiply(count, step)
    except DecimalException:
        raise InvalidInput(f"{number} has too many digits to be rounded to {step}") from None


__all__ = [
    "ROUND_CEILING",
    "ROUND_DOWN",
    "ROUND_FLOOR",
    "ROUND_HALF_UP",
    "WIDE",
    "Number",
    "exact",
    "is_multiple",
    "is_sane",
    "plain",
    "pretty",
    "read_exact",
    "round_to_step",
    "shown",
]
