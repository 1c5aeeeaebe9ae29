"""The readings of a request that is signed over a text of parts.

Each axis is something that the text is made of, with the texts that may have stood in its place.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import permutations
from types import MappingProxyType
from typing import Any

from exchangekit.adapter.request import Request, encode_query, target
from exchangekit.adapter.scheme import HASHES, Ingredients, Scheme, written
from exchangekit.doctor import pieces
from exchangekit.doctor.captured import Captured
from exchangekit.doctor.case import Case, Keys
from exchangekit.doctor.moments import read_moment, shown
from exchangekit.doctor.readings import Choice, Search, keyings, search

_PERMUTED = 5


Rewrites = Mapping[str, Callable[[Ingredients], str]]
_AS_DECLARED: Rewrites = MappingProxyType({})


@dataclass(frozen=True, slots=True, repr=False)
class Sent:
    """The request as it was sent, taken apart for its scheme: ``key``, ``stamped`` and ``window``
    as it carries them, ``target`` without the signature, and so ``nonce``."""

    captured: Captured
    scheme: Scheme
    key: str
    stamped: str
    window: str
    target: str
    nonce: str = ""

    def text(self) -> str:
        """What should be signed, of exactly what was sent."""
        found = self.captured
        return self.composed(
            (self.stamped, found.method, self.target, found.body, self.key, self.window, {})
        )

    def should(self, ms: int) -> str:
        """What should be sent and signed: the moment in the venue's unit, the method in capitals,
        no body with a GET."""
        found, method = self.captured, self.captured.method.upper()
        body = found.body if method != "GET" else ""
        when = self.scheme.time_of(ms)
        return self.composed((when, method, self.target, body, self.key, self.window, {}))

    def composed(self, chosen: tuple[Any, ...]) -> str:
        """The text of: timestamp, method, target, body, key, window, and how pieces are written."""
        when, method, where, body, key, window, rewrites = chosen
        raw, host = body.encode("utf-8", "replace"), self.captured.host or ""
        made = Ingredients(when, method, where, raw, window, self.nonce, host)
        texts = []
        for piece in self.scheme.pieces or ():
            name = piece[0]
            if name in rewrites:
                texts.append(rewrites[name](made))
            elif name == "key":
                texts.append(key)
            elif name == "body":
                texts.append(body)
            else:
                texts.append(made.part(piece, self.scheme.hash).decode())
        return "".join(texts) + (rewrites[""](made) if "" in rewrites else "")

    def __repr__(self) -> str:
        return f"<Sent {self.captured!r}>"


def find(sent: Sent, signature: str, case: Case) -> Search:
    """What was signed with the secret, or with a near miss of it."""
    keys = case.keys
    axes = (
        _stamps(sent.stamped),
        _methods(sent.captured.method),
        _targets(sent, case.known),
        _bodies(sent.captured, sent.scheme),
        _keys(sent, keys),
        _windows(sent),
        _writings(sent.scheme),
    )
    ways = keyings(case, sent.scheme)
    return search(axes, sent.composed, signature, ways)


def _keys(sent: Sent, keys: Keys) -> list[Choice]:
    if not sent.scheme.signs("key"):
        return [Choice(sent.key)]
    others = [("", "without the key", "signed_not_sent")]
    if keys.key is not None:
        others.append((keys.key.strip(), "with another key", "key_other"))
    return _choices(sent.key, others)


def _windows(sent: Sent) -> list[Choice]:
    if not sent.scheme.signs("window"):
        return [Choice(sent.window)]
    usual = str(sent.scheme.behind_ms)
    others = [(text, f"with the window {text}", "signed_not_sent") for text in (usual, "5000")]
    return _choices(sent.window, [("", "without the window", "signed_not_sent"), *others])


def _writings(scheme: Scheme) -> list[Choice]:
    """Pieces that were written in another way than the venue wants."""
    found: list[tuple[str, Callable[[Ingredients], str], str, str]] = []
    if scheme.signs("body_hash"):
        fault = "body_signed"
        for name in HASHES:
            other = _hashed(name)
            if name != scheme.hash:
                words = f"with the body's {written(name)}"
                found.append(("body_hash", other, words, fault))
            upper = _upper(other)
            found.append(("body_hash", upper, "with the body's hash in upper case", fault))
        found.append(("body_hash", _body, "with the body itself in place of its hash", fault))
        found.append(("body_hash", _nothing, "without the body's hash", fault))
    for part in ("query", "plain_query"):
        if scheme.signs(part):
            words = "with a question mark before the query"
            found.append((part, lambda made: f"?{made.query}", words, "query_signed"))
    if scheme.signs("plain_query"):
        words = "with the query percent-encoded"
        found.append(("plain_query", lambda made: made.query, words, "query_signed"))
    if scheme.signs("nonce"):
        found.append(("nonce", _nothing, "without the nonce", "signed_not_sent"))
    if scheme.signs("newline"):
        fault = "signed_not_sent"
        found.append(("newline", lambda _: "\\n", "with \\n written out", fault))
        found.append(("newline", _nothing, "without line breaks", fault))
        found.append(("", lambda _: "\n", "with a line break at the end", fault))
    made = [Choice(_AS_DECLARED)]
    made += [Choice({part: write}, words, fault) for part, write, words, fault in found]
    return made


def _hashed(name: Any) -> Callable[[Ingredients], str]:
    return lambda made: made.part(("body_hash", ""), name).decode()


def _upper(write: Callable[[Ingredients], str]) -> Callable[[Ingredients], str]:
    return lambda made: write(made).upper()


def _body(made: Ingredients) -> str:
    return made.body.decode()


def _nothing(made: Ingredients) -> str:
    return ""


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


def _targets(sent: Sent, known: Iterable[Request]) -> list[Choice]:
    captured = sent.captured
    path, _, query = sent.target.partition("?")
    tail = f"?{query}" if query else ""
    others: list[tuple[str, str, str]] = []
    for text, words in _queries(captured, query):
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
    return _choices(sent.target, others)


def _queries(captured: Captured, query: str) -> list[tuple[str, str]]:
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


def _bodies(captured: Captured, scheme: Scheme) -> list[Choice]:
    body = captured.body
    others = [*_without_fields(body, scheme)]
    others += [("", "without the body"), ("{}", "with the body {}"), (body.strip(), "trimmed")]
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


def _without_fields(body: str, scheme: Scheme) -> list[tuple[str, str]]:
    """The body as it was before something was put into it that the venue wants there."""
    names = {one.name for one in scheme.carried if one.where == "body"}
    own = pieces.split(body) if scheme.form else []
    made = [("&".join(sorted(one.raw for one in own)), "with the form sorted")] if own else []
    value: Any = None
    if not scheme.form:
        with suppress(ValueError, RecursionError):
            value = json.loads(body)
    held = value if isinstance(value, dict) else {}
    for gone in [*({name} for name in sorted(names)), names]:
        words = f"with the body without {' and '.join(sorted(gone))}"
        if own:
            made.append(("&".join(one.raw for one in own if one.name not in gone), words))
        elif held.keys() & gone:
            left = {name: entry for name, entry in held.items() if name not in gone}
            made += [(text, f"{words}, {how}") for text, how in _spellings(left)]
    return made


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
