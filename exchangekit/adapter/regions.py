"""Where a venue can be reached, as a table: its sites, and the demo that a header asks for."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from exchangekit.adapter.base import Environment

_NONE: Mapping[str, str] = MappingProxyType({})


def environments(
    sites: Mapping[str, str] = _NONE,
    /,
    *,
    headers: Mapping[str, str] = _NONE,
    demo_headers: Mapping[str, str] = _NONE,
    **addresses: str,
) -> Mapping[str, Environment]:
    """``environments(live="https://api.example.com", eu="https://eu.example.com")``, or the table
    itself where a name is no word: ``environments({"eu-test": ...})``.

    `headers` go with every request. Where a venue trades for play at the same addresses, asked by
    `demo_headers`, each address has a demo too: ``demo`` is that of ``live``, ``eu-demo`` that of
    ``eu``. Raises TypeError for two environments of one name.
    """
    made: dict[str, Environment] = {}
    for name, address in {**sites, **addresses}.items():
        places = {name: headers}
        if demo_headers:
            places["demo" if name == "live" else f"{name}-demo"] = {**headers, **demo_headers}
        for place, told in places.items():
            if place in made:
                raise TypeError(f"two environments are called {place!r}: demo_headers make one")
            made[place] = Environment(address, tuple(told.items()))
    return MappingProxyType(made)
