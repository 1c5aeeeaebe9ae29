"""Lists that a venue tells as an object: ``{"BTC": {"free": "1"}, "ETH": {"free": "2"}}``.

A row that names `ITS_KEY` is one member of such an object. Each member is read as if the venue had
written its key inside of it, so that everything that holds for rows of lists holds for these.
"""

from __future__ import annotations

from typing import Any, get_args

import msgspec

from exchangekit.adapter.decode import decode
from exchangekit.adapter.marks import Mark, Read, kinds_of

ITS_KEY = "(its key)"
"""The key that a row stands under: ``@named(asset=kit.ITS_KEY, free="free", used="locked")``."""

ITS_VALUE = "(its value)"
"""What stands there where that is no object: ``{"BTC": "1.5", "ETH": "2"}``."""

_KEY, _VALUE = (msgspec.json.encode(name) + b":" for name in (ITS_KEY, ITS_VALUE))


def is_keyed(kind: Any) -> bool:
    """Whether it is a row that stands under a key."""
    return bool(getattr(kind, "keyed_", False))


def members(told: dict[str, msgspec.Raw]) -> list[tuple[bytes, bytes]]:
    """Of each member the JSON of an object that holds nothing else, and its row's."""
    made = []
    for key, held in told.items():
        name, value = msgspec.json.encode(key), bytes(held).strip()
        row = b"{" + _KEY + name
        if value.startswith(b"{"):
            rest = value[1:].lstrip()
            row += rest if rest == b"}" else b"," + rest
        else:
            row += b"," + _VALUE + value + b"}"
        made.append((b"{" + name + b":" + value + b"}", row))
    return made


class Members(Mark):
    """A field that is a list of such rows. `named` writes it where the rows' class says so."""

    __slots__ = ()

    def takes(self, wanted: Any) -> Any:
        return dict[str, msgspec.Raw]

    def reader(self, field: str, wanted: Any) -> Read | None:
        kind = listed(wanted)
        return lambda told: [decode(kind, row) for _, row in members(told)]


def listed(wanted: Any) -> Any:
    """The rows that a field is a list of, where they stand under keys; else None."""
    parts = [part for kind in kinds_of(wanted) for part in get_args(kind)]
    return next((part for part in parts if is_keyed(part)), None)
