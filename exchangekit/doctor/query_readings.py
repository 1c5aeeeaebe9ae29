"""The readings of a request whose parameters are in the query: what may have been signed.

Each axis is one way to go wrong: order, encoding, what was left out, the unit of the timestamp, how
numbers were written, whether the signature was in it, what was put around it.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import permutations
from typing import Any

from exchangekit.adapter.scheme import Scheme
from exchangekit.doctor import pieces
from exchangekit.doctor.captured import Captured
from exchangekit.doctor.case import Case
from exchangekit.doctor.pieces import Pair, Piece
from exchangekit.doctor.readings import Choice, Search, keyings, search

_PERMUTED = 8
_AS_SENT = Choice(None)

Piecewise = Callable[[list[Piece]], list[Piece]]
Rewrite = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Sent:
    """The query's own parameters, earlier signatures apart, and those of a JSON body; ``usual``
    are orders in which documentation names them."""

    captured: Captured
    own: list[Piece]
    earlier: list[Piece]
    extra: list[Pair]
    usual: list[list[str]]


def find(sent: Sent, signature: str, case: Case, scheme: Scheme) -> Search:
    """What was signed with the secret, or with a near miss of it."""
    secret = case.keys.secret or ""
    ways = keyings(case, scheme)
    axes = (
        _orders(sent.usual),
        _encodings(),
        _leftovers(sent),
        _values(sent),
        _inclusions(sent, secret.strip()),
        _wrappings(sent),
    )
    found = search(axes, lambda chosen: _composed(sent, chosen), signature, ways)
    short = len(sent.captured.query) < 2000
    if found.match is None and short and 1 < len(sent.own) <= _PERMUTED:
        more = search((_shuffles(sent.own),), "".join, signature, ways[:2])
        return Search(more.match, found.tried + more.tried)
    return found


def _composed(sent: Sent, chosen: tuple[Any, ...]) -> str:
    order, encode, leave, rewrite, include, wrap = chosen
    own = list(sent.own)
    for change in (leave, rewrite, order):
        if change is not None:
            own = change(own)
    if include is not None and include.sorted:
        value = include.value
        if include.key is not None:
            value = _digest(include.key, "&".join(_written(one, encode) for one in own))
        own = sorted([*own, Piece("signature=" + value)], key=_name)
    text = "&".join(_written(one, encode) for one in own)
    if include is not None and not include.sorted:
        text = include.rewrite(text)
    return text if wrap is None else wrap(text)


def _written(one: Piece, encode: Rewrite | None) -> str:
    if encode is None:
        return one.raw
    name, equals, value = one.raw.partition("=")
    return encode(pieces.decoded(name)) + equals + encode(pieces.decoded(value))


def _name(one: Piece) -> str:
    return one.name


def _orders(usual: list[list[str]]) -> list[Choice]:
    def by(key: Callable[[Piece], Any]) -> Piecewise:
        return lambda own: sorted(own, key=key)

    def like(names: list[str]) -> Piecewise:
        place = {name: at for at, name in enumerate(names)}
        return by(lambda one: place.get(one.name, len(place)))

    last = by(lambda one: one.name == "timestamp")
    made = [
        _AS_SENT,
        Choice(by(_name), "sorted by name", "order"),
        Choice(by(lambda one: one.name.lower()), "sorted without regard to case", "order"),
        Choice(by(lambda one: f"{one.name}={one.value}"), "sorted as name=value texts", "order"),
        Choice(last, "with the timestamp last", "order"),
    ]
    for names in usual:
        for end in (["recvWindow", "timestamp"], ["timestamp", "recvWindow"]):
            words = f"in the order {', '.join([*names, *end])}"
            made.append(Choice(like([*names, *end]), words, "order"))
    return made


def _shuffles(own: list[Piece]) -> list[Choice]:
    """Every order of few parameters: as they were sent and unencoded, all of them and without
    recvWindow. Made at once, since there are thousands."""
    made = [Choice("&".join(one.raw for one in own))]
    for left in (own, [one for one in own if one.name != "recvWindow"]):
        less = "" if left is own else ", without recvWindow"
        ways = [([one.raw for one in left], less)]
        if len(left) < _PERMUTED:
            ways.append(([f"{one.name}={one.value}" for one in left], less + ", unencoded"))
        for texts, how in ways:
            names = {text: one.name for text, one in zip(texts, left, strict=True)}
            for order in permutations(texts):
                words = f"in the order {', '.join(names[text] for text in order)}{how}"
                made.append(Choice("&".join(order), words, "order"))
    return made


def _encodings() -> list[Choice]:
    made = [_AS_SENT]
    made += [Choice(encode, words, fault) for encode, words, fault in pieces.ENCODERS]
    return made


def _leftovers(sent: Sent) -> list[Choice]:
    """Parameters that were not signed, or signed and sent elsewhere."""

    def without(names: tuple[str, ...]) -> Piecewise:
        return lambda own: [one for one in own if one.name not in names]

    made = [_AS_SENT]
    names = list(dict.fromkeys(one.name for one in sent.own))[:12]
    made += [Choice(without((name,)), f"without {name}", "signed_not_sent") for name in names]
    if {"timestamp", "recvWindow"} <= set(names):
        both = without(("timestamp", "recvWindow"))
        made.append(Choice(both, "without timestamp and recvWindow", "signed_not_sent"))
    if sent.extra:
        added = [Piece(f"{name}={value}") for name, value in sent.extra]
        every = sorted([*sent.own, *added], key=_name)
        made.append(Choice(lambda _: every, "sorted with those of the body", "json_body"))
        made.append(Choice(lambda own: [*own, *added], "and those of the body", "json_body"))
        made.append(Choice(lambda own: [*added, *own], "after those of the body", "json_body"))
    return made


def _values(sent: Sent) -> list[Choice]:
    """Values that were signed in another form."""

    def each(change: Callable[[str, str], str]) -> Piecewise:
        def changed(own: list[Piece]) -> list[Piece]:
            made = []
            for one in own:
                after = change(*one.pair)
                made.append(one if after == one.value else Piece(f"{one.name}={after}"))
            return made

        return changed

    def scaled(factor: int, name: str, value: str) -> str:
        if name != "timestamp" or not value.isdecimal() or not value.isascii() or len(value) > 20:
            return value
        return str(int(value) * factor if factor > 0 else int(value) // -factor)

    ways: list[tuple[Callable[[str, str], str], str, str]] = [
        (partial(scaled, -1000), "with the timestamp in seconds", "timestamp_seconds"),
        (partial(scaled, 1000), "with the timestamp in milliseconds", "timestamp_seconds"),
        (pieces.written_out, "with numbers written out", "exponent"),
        (pieces.as_float, "with numbers as floats write them", "signed_not_sent"),
    ]
    made = [_AS_SENT]
    for change, words, fault in ways:
        if any(change(*one.pair) != one.value for one in sent.own):
            made.append(Choice(each(change), words, fault))
    return made


@dataclass(frozen=True, slots=True)
class _Inclusion:
    value: str = ""
    sorted: bool = False
    rewrite: Rewrite = str
    key: bytes | None = None


def _inclusions(sent: Sent, secret: str) -> list[Choice]:
    """The signature as a part of what was signed: empty, a word for nothing, or an earlier one."""
    key = secret.encode("utf-8", "replace")

    def twice(text: str) -> str:
        return f"{text}&signature={_digest(key, text)}"

    again = "with a first signature"
    made = [
        _AS_SENT,
        Choice(_Inclusion(rewrite=twice), f"{again} at the end", "signature_signed"),
        Choice(_Inclusion(sorted=True, key=key), f"{again} among them", "signature_signed"),
    ]
    for value in ("", "None", "null", "undefined", *(one.value for one in sent.earlier)):
        words = f"with signature={value}" if len(value) < 10 else "with an earlier signature"
        end = _Inclusion(rewrite=lambda text, value=value: f"{text}&signature={value}")  # type: ignore[misc]
        made.append(Choice(end, f"{words} at the end", "signature_signed"))
        made.append(Choice(_Inclusion(value, sorted=True), words, "signature_signed"))
    return made


def _digest(key: bytes, text: str) -> str:
    return hmac.digest(key, text.encode("utf-8", "replace"), hashlib.sha256).hex()


def _wrappings(sent: Sent) -> list[Choice]:
    """What else stood around the parameters."""
    captured, fault = sent.captured, "signed_not_sent"
    path, method = captured.path, captured.method.upper()
    url = f"{captured.scheme or 'https'}://{captured.host}{path}"
    made = [
        _AS_SENT,
        Choice(lambda text: "?" + text, "after a question mark", fault),
        Choice(lambda text: f"{path}?{text}", "after the path", fault),
        Choice(lambda text: f"{method}{path}?{text}", "after method and path", fault),
        Choice(lambda text: f"{url}?{text}", "after the whole address", fault),
        Choice(lambda text: text + "&", "with an & at the end", fault),
    ]
    body = captured.body
    if body and not sent.extra:
        # A form: venues that read it join query and body with nothing between them.
        joined = captured.query and f"{captured.query}{body}"
        bare = "&".join(one for one in joined.split("&") if not one.startswith("signature="))
        made.append(Choice(lambda _: bare, "and the body, joined with nothing"))
    elif body:
        fault = "json_body"
        made += [
            Choice(lambda text: text + body, "followed by the body", fault),
            Choice(lambda text: body + text, "preceded by the body", fault),
            Choice(lambda text: f"{text}&{body}", "and the body, joined with &", fault),
            Choice(lambda text: f"{body}&{text}", "after the body, joined with &", fault),
            Choice(lambda _: body, "left out: the body alone", fault),
        ]
    return made
