"""The readings of a request signed over timestamp, method, target and body.

Each axis is one of the four, with the texts that may have stood in its place.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from contextlib import suppress
from itertools import permutations
from typing import Any

from exchangekit.adapter.request import Request, encode_query, target
from exchangekit.doctor import pieces
from exchangekit.doctor.captured import Captured
from exchangekit.doctor.case import Keys
from exchangekit.doctor.moments import read_moment, shown
from exchangekit.doctor.readings import Choice, Search, keyings, search

_PERMUTED = 5


def find(
    captured: Captured,
    stamped: str,
    signature: str,
    keys: Keys,
    known: Iterable[Request],
) -> Search:
    """What was signed with the secret, or with a near miss of it."""
    axes = (
        _stamps(stamped),
        _methods(captured.method),
        _targets(captured, known),
        _bodies(captured),
    )
    ways = keyings(keys.secret or "", keys.key)
    return search(axes, "".join, signature, ways)


def _choices(sent: str, others: Iterable[tuple[str, str, str]]) -> list[Choice]:
    """`sent` first, then the others (text, words, fault), each text once."""
    made: dict[str, Choice] = {sent: Choice(sent)}
    for text, words, fault in others:
        made.setdefault(text, Choice(text, words, fault))
    return list(made.values())


def _stamps(stamped: str) -> list[Choice]:
    moment = read_moment(stamped)
    others = [("", "without the timestamp", "timestamp_signed")]
    if moment is not None:
        ms = moment.ms
        iso = shown(ms)
        forms = [
            (iso, "ISO 8601 with milliseconds"),
            (iso[:-5] + "Z", "ISO 8601 without milliseconds"),
            (iso[:-1] + "000Z", "ISO 8601 with microseconds"),
            (iso[:-1], "ISO 8601 without Z"),
            (iso[:-1] + "+00:00", "ISO 8601 with +00:00"),
            (str(ms // 1000), "seconds"),
            (str(ms), "milliseconds"),
            (f"{ms // 1000}.{ms % 1000:03d}", "seconds with a fraction"),
            (f"{ms // 1000}.{ms % 1000:03d}".rstrip("0").rstrip("."), "seconds with a fraction"),
        ]
        others += [
            (text, f"with the timestamp as {name}", "timestamp_signed") for text, name in forms
        ]
    return _choices(stamped, others)


def _methods(method: str) -> list[Choice]:
    names = (method.upper(), method.lower(), "GET", "POST", "DELETE", "PUT", "get", "post", "")
    words = (f"with the method {name}" if name else "without the method" for name in names)
    return _choices(method, [(n, w, "method_signed") for n, w in zip(names, words, strict=True)])


def _targets(captured: Captured, known: Iterable[Request]) -> list[Choice]:
    path, query = captured.path, captured.query
    tail = f"?{query}" if query else ""
    others: list[tuple[str, str, str]] = []
    for text, words in _queries(captured):
        others.append((f"{path}?{text}" if text else path, words, "query_signed"))
    for text, words in _paths(captured):
        others.append((text + tail, words, "path_signed"))
        if tail:
            others.append((text, f"{words} and without the query", "path_signed"))
    for request in known:
        if request.path == path and request.params:
            text = target(path, request.params)
            others.append((text, "with another query", "query_signed"))
        elif request.path != path:
            words = f"with the path {request.path}"
            others.append((request.path + tail, words, "path_signed"))
            others.append((request.path, words, "path_signed"))
            others.append((target(request.path, request.params), words, "path_signed"))
    others.append(("", "without the path", "path_signed"))
    return _choices(captured.target, others)


def _queries(captured: Captured) -> list[tuple[str, str]]:
    query = captured.query
    own = pieces.split(query)
    pairs = [one.pair for one in own]
    made = [("", "without the query"), (query + "&", "with an & at the end")]
    if query:
        raws = [one.raw for one in own]
        made.append(("&".join(sorted(raws)), "with the query sorted"))
        made += [
            (
                "&".join(f"{encode(name)}={encode(value)}" for name, value in pairs),
                f"with the query {words}",
            )
            for encode, words, _ in pieces.ENCODERS
        ]
        made.append((pieces.literal(query), "with the query unencoded"))
        for at, one in enumerate(own):
            left = "&".join(raws[:at] + raws[at + 1 :])
            made.append((left, f"without the parameter {one.name}"))
        if len(own) <= _PERMUTED:
            made += [
                ("&".join(order), "with the query in another order") for order in permutations(raws)
            ]
    found = pieces.body_pairs(captured.body)
    if found:
        made.append((encode_query(found), "with the body's parameters as the query"))
    if not query:
        return [pair for pair in made if pair[0] != "&"]
    return made


def _paths(captured: Captured) -> list[tuple[str, str]]:
    path = captured.path
    parts = path.strip("/").split("/")
    host = captured.host or ""
    made = [
        (path.rstrip("/"), "without the slash at the end"),
        (path + "/", "with a slash at the end"),
        (path.lower(), "with the path in lower case"),
        (path.lstrip("/"), "without the slash at the beginning"),
        ("/" + path, "with two slashes at the beginning"),
        (f"https://{host}{path}", "with the whole address"),
        (f"{captured.scheme or 'https'}://{host}{path}", "with the whole address"),
        (host + path, "with the host before the path"),
    ]
    for cut in range(1, min(len(parts), 4)):
        gone = "/" + "/".join(parts[:cut])
        rest = "/" + "/".join(parts[cut:])
        made.append((rest, f"without {gone} at the beginning of the path"))
        made.append((rest.lstrip("/"), f"without {gone}/ at the beginning of the path"))
        made.append(("/" + "/".join(parts[:-cut]), f"with the path cut by {cut}"))
    return made


def _bodies(captured: Captured) -> list[Choice]:
    body = captured.body
    others = [("", "without the body"), ("{}", "with the body {}"), (body.strip(), "trimmed")]
    others += [
        ("[]", "with the body []"),
        ("null", "with the body null"),
        ('""', 'with the body ""'),
    ]
    values: list[tuple[Any, str]] = []
    if body:
        with suppress(ValueError, RecursionError):
            values.append((json.loads(body), "with the body"))
        found = pieces.body_pairs(body)
        if found:
            others.append((encode_query(found), "with the body as a query"))
            values.append((dict(found), "with the body, all values as strings,"))
            values.append((_numbers(dict(found)), "with the body, numbers as numbers,"))
    elif captured.query:
        pairs = [one.pair for one in pieces.split(captured.query)]
        values.append((dict(pairs), "with the query's parameters as a body"))
    with suppress(RecursionError):
        for value, words in values:
            others += [(text, f"{words} {how}") for text, how in _spellings(value)]
    return _choices(body, [(text, words, "body_signed") for text, words in others])


def _numbers(values: dict[str, str]) -> dict[str, Any]:
    """The same with numbers where the strings are numbers, as scripts send them."""
    return {
        name: (float(text) if "." in text else int(text))
        if re.fullmatch(r"\d{1,15}(\.\d{1,15})?", text, re.ASCII)
        else text
        for name, text in values.items()
    }


def _spellings(value: Any) -> list[tuple[str, str]]:
    """Ways in which libraries write the same JSON."""
    made = []
    for ordered in (False, True):
        for separators, how in (((",", ":"), "without spaces"), ((", ", ": "), "with spaces")):
            for ascii_only in (True, False):
                text = json.dumps(
                    value, separators=separators, sort_keys=ordered, ensure_ascii=ascii_only
                )
                made.append((text, how + (", keys sorted" if ordered else "")))
    made.append((json.dumps(value, indent=2), "with line breaks"))
    made.append((str(value), "as Python shows it"))
    return [(pieces.encodable(text), how) for text, how in made]
