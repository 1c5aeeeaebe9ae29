"""Changing one value in a JSON reply and leaving all others as they were, for what-if checks."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any

from exchangekit.adapter.request import Reply

Place = tuple[str | int, ...]


class Raw(str):
    """Text that goes into the JSON as it is: a number with all its digits."""

    __slots__ = ()


def decoded(reply: Reply) -> Any:
    return json.loads(reply.body, parse_float=Decimal)


def scalars(value: Any, place: Place = ()) -> Iterator[tuple[Place, Any]]:
    """Every value that is no list and no object, and where it is."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield from scalars(item, (*place, name))
    elif isinstance(value, list):
        for at, item in enumerate(value):
            yield from scalars(item, (*place, at))
    else:
        yield place, value


def spelt(value: Any, name: str) -> list[tuple[Place, Any]]:
    """Where `name` stands, as it is or in another spelling ("btc_usdt"), and what stands there."""
    plain = _plain(name)
    return [(place, found) for place, found in scalars(value) if _plain(str(found)) == plain]


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def at(value: Any, place: Place) -> Any:
    for step in place:
        value = value[step]
    return value


def with_value(reply: Reply, place: Place, value: Any) -> Reply:
    """`reply` with `value` at `place`."""
    return with_values(reply, {place: value})


def with_values(reply: Reply, changes: dict[Place, Any]) -> Reply:
    body = decoded(reply)
    for place, value in changes.items():
        at(body, place[:-1])[place[-1]] = value
    return replace(reply, body=written(body).encode())


def written(value: Any) -> str:
    """`value` as JSON; Decimals as numbers with exactly their digits."""
    if isinstance(value, dict):
        inside = (f"{json.dumps(name)}:{written(item)}" for name, item in value.items())
        return "{" + ",".join(inside) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(written, value)) + "]"
    if isinstance(value, Raw):
        return str.__str__(value)
    if isinstance(value, Decimal):
        return format(value, "f")
    return json.dumps(value, ensure_ascii=False)


def number(value: Any) -> Decimal | None:
    """The number that a JSON value is or spells, None if it is none."""
    if isinstance(value, bool) or value is None:
        return None
    try:
        made = Decimal(value)
    except (InvalidOperation, TypeError, ValueError):
        return None
    return made if made.is_finite() else None


def same_kind(value: Any, digits: str) -> Any:
    """`digits` as a string where `value` is one, else as a JSON number."""
    return digits if isinstance(value, str) else Raw(digits)
