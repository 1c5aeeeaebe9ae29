"""Field names and JSON types of a body, to compare a simulated venue's replies with real ones.

`shape` turns a body into a table ``place -> types``: ``symbols[].filters[].tickSize`` is a string,
``[][0]`` (the first column of a row) a number. `differences` says in words where two tables
disagree; a place where one side only ever shows null or an empty list is compared by name alone.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

Shape = dict[str, set[str]]


def shape(body: bytes | str | Any) -> Shape:
    """The table of one JSON body, given as text or decoded."""
    decoded = json.loads(body) if isinstance(body, (bytes, str)) else body
    found: defaultdict[str, set[str]] = defaultdict(set)
    for place, kind in _walk(decoded, ""):
        found[place].add(kind)
    return dict(found)


def merged(shapes: Iterable[Shape]) -> Shape:
    """One table of several bodies of the same kind."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for one in shapes:
        for place, kinds in one.items():
            found[place] |= kinds
    return dict(found)


def differences(real: Shape, simulated: Shape) -> set[str]:
    """``missing PLACE``, ``extra PLACE`` and ``PLACE: real type, simulated type``."""
    found = set()
    for place, kinds in real.items():
        if place not in simulated:
            if not _inside_nothing(place, simulated):
                found.add(f"missing {place}")
            continue
        ours = simulated[place] - {"null"}
        theirs = kinds - {"null"}
        if ours and theirs and not ours & theirs:
            found.add(f"{place}: {_words(theirs)}, {_words(ours)}")
        elif bool(ours) != bool(theirs):
            found.add(f"{place}: {_words(kinds)}, {_words(simulated[place])}")
    found |= {
        f"extra {place}"
        for place in simulated
        if place not in real and not _inside_nothing(place, real)
    }
    return found


def unexplained(found: set[str], reasons: Mapping[str, str]) -> set[str]:
    """Differences without a reason, and reasons without a difference.

    A reason is given for one difference, or, with ``*`` at its end, for all that begin like it.
    """

    def covers(given: str, difference: str) -> bool:
        return difference.startswith(given[:-1]) if given.endswith("*") else difference == given

    open_questions = {one for one in found if not any(covers(given, one) for given in reasons)}
    stale = {given for given in reasons if not any(covers(given, one) for one in found)}
    return open_questions | {f"no longer so: {given}" for given in stale}


def _walk(body: Any, place: str) -> Iterator[tuple[str, str]]:
    match body:
        case dict():
            yield place or ".", "object"
            for name, value in body.items():
                yield from _walk(value, f"{place}.{name}" if place else name)
        case list():
            yield place or ".", "list"
            row = any(not isinstance(item, (dict, list)) for item in body)
            same = len({type(item) for item in body}) == 1 and isinstance(body[0], str)
            for at, item in enumerate(body):
                yield from _walk(item, f"{place}[{at if row and not same else ''}]")
        case None:
            yield place, "null"
        case bool():
            yield place, "boolean"
        case str():
            yield place, "string"
        case _:
            yield place, "number"


def _inside_nothing(place: str, table: Shape) -> bool:
    """Whether `table` has the list or object around `place`, but never anything in it."""
    for end in range(len(place) - 1, 0, -1):
        if place[end] in ".[":
            around = place[:end]
            if around in table:
                return not any(other.startswith((around + ".", around + "[")) for other in table)
    return False


def _words(kinds: set[str]) -> str:
    return " or ".join(sorted(kinds))
