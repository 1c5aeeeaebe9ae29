"""Exact numbers: decimal text without exponents, and JSON that keeps every digit.

A price, an amount or a fee is never a float here: `encode_json` refuses floats, so that a dialect
cannot let one out by mistake.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_DOWN, ROUND_UP, Context, Decimal
from json.encoder import encode_basestring
from typing import Final

ZERO: Final = Decimal(0)
ONE: Final = Decimal(1)

# Wide enough that no product of two legal numbers is ever rounded by the context.
WIDE: Final = Context(prec=60, traps=[])

_quote: Callable[[str], str] = encode_basestring


def text(value: Decimal, places: int | None = None) -> str:
    """`value` without exponent; with `places`, padded or cut (towards zero) to that many."""
    if places is not None:
        value = value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_DOWN, context=WIDE)
    return format(value, "f")


def plain(value: Decimal) -> str:
    """`value` without exponent and without trailing zeros: ``1.50`` is ``1.5``, ``100`` stays."""
    shown = format(value, "f")
    if "." in shown:
        shown = shown.rstrip("0").rstrip(".")
    return "0" if shown in ("-0", "") else shown


def floor_to(value: Decimal, unit: Decimal) -> Decimal:
    """The largest multiple of `unit` not above `value` (values are never negative here)."""
    return WIDE.multiply(WIDE.divide_int(value, unit), unit)


def round_digits(value: Decimal, digits: int, *, up: bool = False) -> Decimal:
    """`value` at `digits` decimals, towards zero or away from it."""
    unit = Decimal(1).scaleb(-digits)
    return value.quantize(unit, rounding=ROUND_UP if up else ROUND_DOWN, context=WIDE)


def is_multiple(value: Decimal, unit: Decimal) -> bool:
    return WIDE.remainder(value, unit) == 0


def encode_json(value: object) -> bytes:
    """Compact UTF-8 JSON. `Decimal` becomes a JSON number with all its digits, no exponent.

    Strings stay strings: a dialect chooses number or string by giving a `Decimal` or `text(...)`.
    Raises `TypeError` for floats and anything that is not JSON.
    """
    parts: list[str] = []
    _write(value, parts.append)
    return "".join(parts).encode()


def _write(value: object, out: Callable[[str], None]) -> None:
    if isinstance(value, str):
        out(_quote(value))
    elif value is None:
        out("null")
    elif value is True:
        out("true")
    elif value is False:
        out("false")
    elif isinstance(value, int):
        out(int.__repr__(value))
    elif isinstance(value, Decimal):
        if not value.is_finite():
            raise TypeError(f"{value} is not a JSON number")
        out(format(value, "f"))
    elif isinstance(value, dict):
        glue = "{"
        for name, item in value.items():
            if not isinstance(name, str):
                raise TypeError(f"JSON field names are strings, not {type(name).__name__}")
            out(f"{glue}{_quote(name)}:")
            _write(item, out)
            glue = ","
        out("}" if glue == "," else "{}")
    elif isinstance(value, (list, tuple)):
        glue = "["
        for item in value:
            out(glue)
            _write(item, out)
            glue = ","
        out("]" if glue == "," else "[]")
    else:
        raise TypeError(
            f"{type(value).__name__} has no JSON form here: give a Decimal for a number, "
            "text(...) for a string; floats are refused"
        )
