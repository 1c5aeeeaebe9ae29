"""Numbers that no market could mean: not finite, with an exponent, or of far too many digits.

A reply has thousands of numbers, and to ask each takes longer than the decoding. So the bytes are
looked at first (`is_odd`): almost no reply could hold one, and only where it could is each number
asked (`all_sane`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cache
from types import UnionType
from typing import Any, Union, get_args, get_origin

import msgspec

from exchangekit.models.numbers import is_sane

_BEFORE = b"+-_ \t\r\n"
"""What may stand before the first letter of a number."""
_FOLDED = bytes(
    ord('"') if at in _BEFORE else ord("0") if chr(at) in "0123456789." else at for at in range(128)
).lower() + bytes(range(128, 256))
"""Small letters, 0 for every digit and point, a quote for what may stand before letters."""
_PARTED = bytes(ord('"') if at in b",:[]{}" else at for at in range(128)).lower() + bytes(
    range(128, 256)
)
_LOWER = bytes(range(128)).lower() + bytes(range(128, 256))
_LONGEST_NAME = 200
_OF_NUMBERS = b"0123456789." + _BEFORE
_MANY_DIGITS = b"0" * 31
_WORDS = (
    (b'"inf', (b'"inf"', b'"infinity"')),
    (b'"nan', (b'"nan"',)),
    (b'"snan', (b'"snan"',)),
)
"""What a number that is not finite leaves in a folded body, and what without its digits."""
_NO_DECIMALS = (str, bool, int, type(None), msgspec.Raw)
_NO_NUMBERS = {str, bool, type(None)}
_LARGEST = 10**40


def is_odd(body: bytes, kind: Any = Any) -> bool:
    """Whether `body` could hold a number of `kind` that is not finite, has an exponent or very many
    digits: almost none does, and looking at each number would take longer than the decoding."""
    if b"\\" in body and b"\\u00" in body:  # a digit or a letter, written otherwise
        return True
    folded = body.translate(_FOLDED)
    # A search from behind takes half as long as one from the front.
    if folded.rfind(_MANY_DIGITS) >= 0:
        return True
    # Candles and books end in thousands of digits without a letter.
    last = max(folded.rfind(b"e"), folded.rfind(b"n"))
    find = folded[: last + len("nity")].rfind
    if find(b"0e") >= 0:
        letters = b'"%b"' % body.translate(_PARTED, _OF_NUMBERS)
        if letters.rfind(b'"e"') >= 0:
            return True
    words = [word for trace, words in _WORDS if find(trace) >= 0 for word in words]
    return bool(words) and _are_numbers(words, body, kind)


def _are_numbers(words: Sequence[bytes], body: bytes, kind: Any) -> bool:
    """Whether one of `words`, which may be the name of an asset, stands where a number should."""
    names, letters = names_of_numbers(kind), body.translate(_LOWER, _OF_NUMBERS)
    for word in words:
        at = letters.find(word)
        while at >= 0:
            before = letters[max(0, at - _LONGEST_NAME) : at]
            name = before[:-2].rpartition(b'"')[2] if before.endswith(b'":') else None
            if name is None or names is None or name in names:
                return True
            at = letters.find(word, at + 1)
    return False


@cache
def names_of_numbers(kind: Any) -> frozenset[bytes] | None:
    """The names under which JSON holds the decimals of `kind`, in small letters and without digits;
    None where some stand without a name, or under any."""
    names, kinds = set[bytes](), [("", kind)]
    for name, one in kinds:  # which grows on the way
        if one is Decimal and name:
            names.add(name.encode().translate(_LOWER, _OF_NUMBERS))
        elif isinstance(one, type) and issubclass(one, msgspec.Struct):
            is_array = one.__struct_config__.array_like
            fields = msgspec.structs.fields(one)
            kinds += [("" if is_array else field.encode_name, field.type) for field in fields]
        elif parts := [part for part in get_args(one) if part is not ...]:
            own = name if get_origin(one) in (Union, UnionType) else ""
            kinds += [(own, part) for part in parts]
        elif one not in _NO_DECIMALS:
            return None
    return frozenset(names)


def all_sane(value: Any) -> bool:
    """Whether a market could mean each number in what was decoded."""
    kind: Any = type(value)
    if value is None or kind is str or kind is bool:
        return True
    if kind is Decimal:
        return is_sane(value)
    if isinstance(value, int):
        return abs(value) < _LARGEST
    if isinstance(value, msgspec.Struct):
        return all(all_sane(getattr(value, name)) for name in _may_be_numbers(kind))
    if isinstance(value, (list, tuple)):
        return all(map(all_sane, value))
    if isinstance(value, Mapping):
        return all(map(all_sane, value.values()))
    return True


@cache
def _may_be_numbers(kind: Any) -> tuple[str, ...]:
    """The fields that can hold a number, themselves or in what they hold."""
    return tuple(
        field.name
        for field in msgspec.structs.fields(kind)
        if not _NO_NUMBERS.issuperset(get_args(field.type) or (field.type,))
    )
