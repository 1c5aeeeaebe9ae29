"""Client order ids: made before anything is sent, so that any order can be found again."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator

from exchangekit.errors import ConfigurationError

ID_BYTES = 16
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_PAIR = 36**2
_TWELVE = 36**12
_PAIRS = tuple(first + second for second in _DIGITS for first in _DIGITS)
"""Two digits at a time, the smaller one first."""
_FEWEST = 12
"""Characters at random, at the least: 62 bits, so that no two orders of an account meet."""


def client_order_id(entropy: bytes, pattern: re.Pattern[str], prefix: str = "") -> str:
    """An id that `pattern` takes, unique by chance, beginning with `prefix`.

    27 lower-case letters and digits, the first two ``ek``, wherever they are legal; else another
    form that is. Raises ConfigurationError where the kit knows none.
    """
    usual = prefix + "ek" + _whole(entropy)
    if pattern.fullmatch(usual):
        return usual
    for name in _forms(entropy):
        if pattern.fullmatch(prefix + name):
            return prefix + name
    begins = f", beginning with {prefix!r}," if prefix else ""
    raise ConfigurationError(
        f"the kit makes no client order id{begins} that {pattern.pattern} takes: pass one"
    )


def _forms(entropy: bytes) -> Iterator[str]:
    whole = _whole(entropy)
    yield str(uuid.UUID(bytes=entropy, version=4))
    yield entropy.hex()
    for length in range(24, _FEWEST - 1, -1):
        for name in (f"ek{whole[:length]}", whole[:length]):
            yield name
            yield name.upper()
    for length in range(38, 17, -1):
        yield _in_digits(entropy, length, _DIGITS[:10])
    for length in range(27, 13, -1):
        name = _in_digits(entropy, length, _DIGITS[10:])
        yield name
        yield name.upper()


def _whole(entropy: bytes) -> str:
    """All of it as 25 letters and digits, two at a time."""
    high, low = divmod(int.from_bytes(entropy, "big"), _TWELVE)
    pairs = []
    for _ in range(6):
        low, pair = divmod(low, _PAIR)
        pairs.append(_PAIRS[pair])
    for _ in range(6):
        high, pair = divmod(high, _PAIR)
        pairs.append(_PAIRS[pair])
    return "".join(pairs) + _DIGITS[high % 36]


def _in_digits(entropy: bytes, length: int, digits: str) -> str:
    value = int.from_bytes(entropy, "big")
    letters = []
    for _ in range(length):
        value, digit = divmod(value, len(digits))
        letters.append(digits[digit])
    return "".join(letters)
