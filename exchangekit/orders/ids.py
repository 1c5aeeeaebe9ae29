"""Client order ids: made before anything is sent, so that any order can be found again."""

from __future__ import annotations

ID_BYTES = 16
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def client_order_id(entropy: bytes) -> str:
    """27 characters, lower-case letters and digits: legal on every venue, unique by chance
    (128 random bits). Starts with ``ek``."""
    value = int.from_bytes(entropy, "big")
    letters = []
    for _ in range(25):
        value, digit = divmod(value, 36)
        letters.append(_DIGITS[digit])
    return "ek" + "".join(letters)
