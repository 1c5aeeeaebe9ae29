"""Which recorded request is nearest to one that is not recorded, and what differs, in plain words.

Values of signatures and keys are never shown: that they differ is all there is to say.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from exchangekit.testing.matching import Asked

_HIDDEN = re.compile(r"sign|key|passphrase|secret|auth", re.IGNORECASE)
_SHOWN = 60


def explain(wanted: Asked, recorded: Sequence[Asked]) -> str:
    """One sentence about `wanted`, which is not in `recorded` (any more)."""
    asks = f"{wanted.method} {wanted.path}"
    if not recorded:
        return f"{asks} is not in it: it holds no request at all"
    if wanted in recorded:
        times = recorded.count(wanted)
        often = "once" if times == 1 else f"{times} times"
        return f"{asks} was recorded {often} and is asked for once more"
    nearest = max(
        range(len(recorded)),
        key=lambda at: (
            recorded[at].method == wanted.method,
            recorded[at].path == wanted.path,
            SequenceMatcher(None, recorded[at].whole, wanted.whole, autojunk=False).quick_ratio(),
        ),
    )
    other = recorded[nearest]
    differences = "; ".join(_differences(wanted, other))
    return (
        f"{asks} is not in it; nearest is its request {nearest + 1},"
        f" {other.method} {other.path}: {differences}"
    )


def _differences(wanted: Asked, other: Asked) -> list[str]:
    found = []
    if wanted.method != other.method:
        found.append(f"the method is {wanted.method}, recorded is {other.method}")
    if wanted.path != other.path:
        found.append(f"the path is {wanted.path}, recorded is {other.path}")
    if wanted.query != other.query:
        found += _in_query(wanted.query, other.query)
    if wanted.uri != other.uri and not found:
        found.append("the address is another")
    if wanted.body != other.body:
        ours, theirs = wanted.body.decode("utf-8", "replace"), other.body.decode("utf-8", "replace")
        found.append(f"the body is {_short(ours)}, recorded is {_short(theirs)}")
    sent, held = dict(wanted.headers), dict(other.headers)
    for name in sorted(sent.keys() | held.keys()):
        if sent.get(name) == held.get(name):
            continue
        if name not in held:
            found.append(f"the header {name} is not recorded")
        elif name not in sent:
            found.append(f"the header {name} is missing")
        elif _HIDDEN.search(name) and "timestamp" not in name:
            found.append(f"the header {name} differs")
        else:
            found.append(f"the header {name} is {_short(sent[name])}, not {_short(held[name])}")
    return found


def _in_query(ours: str, theirs: str) -> list[str]:
    sent, held = ours.split("&"), theirs.split("&")
    names = [[pair.partition("=")[0] for pair in pairs] for pairs in (sent, held)]
    if sorted(sent) == sorted(held):
        return [f"the parameters are in another order: {_list(names[0])}, not {_list(names[1])}"]
    ours_by, theirs_by = dict(_pairs(sent)), dict(_pairs(held))
    found = [f"the parameter {n} is not recorded" for n in names[0] if n not in theirs_by]
    found += [f"the parameter {n} is missing" for n in names[1] if n not in ours_by]
    for name, value in ours_by.items():
        if name in theirs_by and theirs_by[name] != value:
            if _HIDDEN.search(name):
                found.append(f"the parameter {name} differs")
            else:
                found.append(f"the parameter {name} is {value}, recorded is {theirs_by[name]}")
    if not found or names[0] != names[1]:
        found.append(f"the parameters are {_list(names[0])}, recorded are {_list(names[1])}")
    return found


def _pairs(query: list[str]) -> list[tuple[str, str]]:
    return [(pair.partition("=")[0], pair.partition("=")[2]) for pair in query]


def _list(names: list[str]) -> str:
    return ", ".join(names) or "none"


def _short(text: str) -> str:
    return repr(text if len(text) <= _SHOWN else text[:_SHOWN] + "…")
