"""What the checks of declarations share: what a value looks like, and the words of a refusal."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any, NoReturn

from exchangekit.models.numbers import shown

_VENUE = re.compile(r"[a-z][a-z0-9]*")

Check = Callable[[str, Any, Any], None]
"""Of a name, its value, and the class of the adapter."""


def refuse(what: str, value: Any, expected: str) -> NoReturn:
    raise TypeError(f"{what} is {shown(value)}: expected {expected}")


def nearest(name: str, known: Iterable[str]) -> str | None:
    from difflib import get_close_matches

    return next(iter(get_close_matches(name, tuple(known), n=1, cutoff=0.8)), None)


def is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def text(example: str) -> Check:
    def check(what: str, value: Any, made: Any) -> None:
        if not is_text(value):
            refuse(what, value, f"a text such as {example!r}")

    return check


def is_venue_name(name: object) -> bool:
    """Whether a venue, and the entry point of its plugin, may be called that."""
    return isinstance(name, str) and _VENUE.fullmatch(name) is not None


def check_flag(what: str, value: Any, made: Any) -> None:
    if not isinstance(value, bool):
        refuse(what, value, "True or False")


def is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def check_count(what: str, value: Any, made: Any) -> None:
    if not is_count(value):
        refuse(what, value, "a whole number of at least 1, such as 100")


def check_pattern(what: str, value: Any, made: Any) -> None:
    fits = isinstance(value, re.Pattern) and isinstance(value.pattern, str) and value.pattern
    if not fits:
        refuse(what, value, 'a compiled pattern such as re.compile(r"[A-Za-z0-9]{1,32}")')
