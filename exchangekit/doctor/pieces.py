"""A raw query taken apart: its pieces as they were written, and what is wrong with the writing."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import quote, quote_plus, unquote, unquote_plus

from exchangekit.models.numbers import plain

Pair = tuple[str, str]

_EXPONENT = re.compile(r"[+-]?(\d+(?:\.\d*)?|\.\d+)[eE][+-]?\d{1,3}")
_ID = re.compile(r"(?i)id(s|list)?$|^(sign|signature|timestamp|ip|address|memo|tag)$")
_LOWER_HEX = re.compile(r"%(?=[0-9a-fA-F]{2})(?:[a-f][0-9a-fA-F]|[0-9A-F][a-f])")
_BROKEN = re.compile(r"%(?![0-9a-fA-F]{2})")


@dataclass(frozen=True, slots=True)
class Piece:
    """``name=value`` as it was written."""

    raw: str

    @property
    def name(self) -> str:
        return decoded(self.raw.partition("=")[0])

    @property
    def value(self) -> str:
        return decoded(self.raw.partition("=")[2])

    @property
    def pair(self) -> Pair:
        return self.name, self.value


def split(query: str) -> list[Piece]:
    return [Piece(raw) for raw in query.split("&")] if query else []


def decoded(raw: str) -> str:
    """What was meant: ``+`` is a space, escapes are UTF-8."""
    return encodable(unquote_plus(raw))


def literal(raw: str) -> str:
    """The same with ``+`` as a plus."""
    return encodable(unquote(raw))


def encodable(text: str) -> str:
    """`text` without halves of surrogate pairs, which JSON can spell and nobody can send."""
    return text.encode("utf-8", "replace").decode()


def lower_hex(raw: str) -> str | None:
    """The first escape with a lower-case letter."""
    found = _LOWER_HEX.search(raw)
    return found[0] if found else None


def broken_escape(raw: str) -> bool:
    """Whether a ``%`` begins no escape, or the escapes are not UTF-8."""
    return _BROKEN.search(raw) is not None or "\ufffd" in unquote(raw)


def unencoded(raw: str, safe: str = "-._~") -> str:
    """The characters that stand in `raw` as they are and should be escapes, each once."""
    fine = set(safe) | {"%", "+"}
    found = dict.fromkeys(
        letter
        for letter in raw
        if not (letter.isascii() and letter.isalnum()) and letter not in fine
    )
    return "".join(found)


def is_exponent(name: str, value: str) -> bool:
    """Whether a number is written with an exponent; ids may look like one by chance."""
    return _ID.search(name) is None and _EXPONENT.fullmatch(value) is not None


def written_out(name: str, value: str) -> str:
    """The value without an exponent."""
    return plain(Decimal(value)) if is_exponent(name, value) else value


def as_float(name: str, value: str) -> str:
    """How a float of the value would be written."""
    if _ID.search(name) is None and re.fullmatch(r"\d{1,15}\.\d{1,15}", value):
        return str(float(value))
    return value


ENCODERS: tuple[tuple[Callable[[str], str], str, str], ...] = (
    (lambda text: quote(text, safe="-._~"), "percent-encoded", "signed_not_sent"),
    (lambda text: text, "unencoded", "unencoded"),
    (lambda text: _lowered(quote(text, safe="-._~")), "with lower-case hex", "lower_hex"),
    (lambda text: quote_plus(text, safe="-._~"), "with + for spaces", "plus_for_space"),
    (lambda text: quote(text, safe="-._~!'()*"), "with raw !'()*", "unencoded"),
    (lambda text: quote(text, safe="-._~,"), "with raw commas", "unencoded"),
    (lambda text: quote(text, safe="-._~(),"), "with raw parentheses and commas", "unencoded"),
    (lambda text: quote(text, safe="-._~()"), "with raw parentheses", "unencoded"),
    (lambda text: quote(text, safe="-._~/"), "with raw slashes", "unencoded"),
    (lambda text: quote(text, safe="-._~/:@,"), "with raw / : @ ,", "unencoded"),
)
"""Ways to encode a text, in words, and the fault that each is where it was not what was sent."""


def _lowered(text: str) -> str:
    return re.sub(r"%[0-9A-F]{2}", lambda found: found[0].lower(), text)


def body_pairs(body: str) -> list[Pair] | None:
    """The parameters of a JSON object, None if the body is no JSON object."""
    if not body.lstrip().startswith("{"):
        return None
    try:
        found = json.loads(body, parse_float=str, parse_int=str, object_pairs_hook=list)
        return [(encodable(name), _text(value)) for name, value in found]
    except (ValueError, RecursionError):
        return None


def fields(body: str, *, form: bool) -> list[Pair]:
    """What a body holds by name, if it is what it should be: a form, or a JSON object."""
    return [one.pair for one in split(body.strip())] if form else body_pairs(body) or []


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return ""
    return encodable(value if isinstance(value, str) else json.dumps(value))
