"""Templates of what is signed and of what is sent, taken apart; what cannot work is refused.

Every refusal is a ConfigurationError that says what is wrong, what was expected and what to do.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Any

from exchangekit.adapter.scheme import Carried, Piece, Where
from exchangekit.errors import ConfigurationError

SIGNED_PARTS = (
    "timestamp", "method", "path", "query", "plain_query", "target", "body", "body_hash", "key",
    "window", "nonce", "host",
)  # fmt: skip
IN_HEADERS = (
    "key", "signature", "timestamp", "window", "deadline", "nonce", "passphrase",
    "signed_passphrase",
)  # fmt: skip
IN_QUERY = ("timestamp", "window", "deadline", "nonce", "signature")
IN_BODY = ("timestamp", "window", "deadline")
IN_EVERY_BODY = IN_HEADERS

PERSONAL = ("key", "passphrase", "signed_passphrase")
"""What opens the account, with a signature beside it."""

_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+\-.^_`|~]+")


@dataclass(frozen=True, slots=True)
class Value:
    """What stands in a header, a parameter or a field: texts as they stand, and parts."""

    name: str
    pieces: tuple[Piece, ...]

    def has(self, part: str) -> bool:
        return (part, "") in self.pieces


def pieces_of(template: Any, known: Iterable[str], what: str) -> tuple[Piece, ...]:
    """A template in pieces; `what` names it where it is refused. Raises ConfigurationError."""
    expected = " ".join(f"{{{name}}}" for name in known)
    if not isinstance(template, str):
        raise ConfigurationError(
            f"{what} is {template!r}, expected a text with parts in braces: {expected}"
        )
    try:
        read = list(Formatter().parse(template))
    except ValueError as problem:
        raise ConfigurationError(
            f"{what} is {template!r}, whose braces are not in order ({problem}): write each part as"
            f" {expected}, and {{{{ or }}}} for a brace itself"
        ) from None
    made: list[Piece] = []
    for text, part, form, conversion in read:
        made += _literal(text)
        if part is None:
            continue
        if form or conversion:
            raise ConfigurationError(
                f"{what} has {{{part}}} with a format of its own, expected the part alone: remove"
                f" what comes after {part!r}"
            )
        if part not in known:
            raise ConfigurationError(
                f"{what} has the unknown part {{{part}}}, expected some of {expected}"
                f"{_hint(part, what)}"
            )
        made.append((part, ""))
    return tuple(made)


def _literal(text: str) -> list[Piece]:
    found = re.findall(r"\n|[^\n]+", text)
    return [("newline" if one == "\n" else "text", one) for one in found]


def _hint(part: str, what: str) -> str:
    if what.startswith("body[") and part in IN_EVERY_BODY:
        return ": it goes into body_always, since requests without a deadline carry it, too"
    if part == "signature":
        return ": a signature cannot be part of what it signs"
    if part in PERSONAL:
        return ": it goes into a header, since addresses are logged on the way"
    return ": correct its name, or double the braces where they are text"


def values_of(given: Any, known: tuple[str, ...], what: str) -> tuple[Value, ...]:
    """Headers or parameters, each taken apart. Raises ConfigurationError."""
    if not isinstance(given, Mapping):
        raise ConfigurationError(
            f'{what} is {given!r}, expected a mapping of names to templates such as "{{signature}}"'
        )
    seen: set[str] = set()
    for name in given:
        if not isinstance(name, str) or _NAME.fullmatch(name) is None:
            raise ConfigurationError(
                f"{what} has the name {name!r}, expected letters, digits and hyphens: write it as"
                " the venue does"
            )
        if name.lower() in seen or name.lower() == "content-type":
            raise ConfigurationError(
                f"{what} has {name} twice (Content-Type is added with every body): name it once"
            )
        seen.add(name.lower())
    made = []
    for name, template in given.items():
        pieces = pieces_of(template, known, f"{what}[{name!r}]")
        text = "".join(piece[1] for piece in pieces)
        if not text.isascii() or (text and not text.isprintable()):
            raise ConfigurationError(
                f"{what}[{name!r}] is {template!r}, expected printable ASCII: a header holds"
                " nothing else"
            )
        made.append(Value(name, pieces))
    return tuple(made)


def carried(
    headers: tuple[Value, ...], query: tuple[Value, ...], body: tuple[Value, ...]
) -> tuple[Carried, ...]:
    """What goes where. Texts alone are nobody's."""
    places: tuple[tuple[Where, tuple[Value, ...]], ...] = (
        ("header", headers),
        ("query", query),
        ("body", body),
    )
    return tuple(
        Carried(part, where, value.name, *_around(value, at))
        for where, values in places
        for value in values
        for at, (part, text) in enumerate(value.pieces)
        if not text
    )


def _around(value: Value, at: int) -> tuple[str, str]:
    """The texts before and after a part that has no other beside it."""
    texts = [text for _, text in value.pieces]
    if texts.count("") > 1:
        return "", ""
    return "".join(texts[:at]), "".join(texts[at + 1 :])


def check_sent(signed: tuple[Piece, ...], sent: tuple[Carried, ...]) -> None:
    """Raises ConfigurationError where a venue could not verify what is signed from what is sent
    with each request."""
    parts = [one.part for one in sent]
    if not any(part in SIGNED_PARTS for part, _ in signed):
        raise ConfigurationError(
            "template has no part of the request, expected at least one: every request would carry"
            ' the same signature; write what the venue signs, such as "{timestamp}{method}{target}"'
        )
    for part in ("key", "signature"):
        if part not in parts:
            where = "headers or query" if part == "signature" else "headers"
            raise ConfigurationError(
                f"no header carries {{{part}}}, expected one: the venue could not tell who asks;"
                f" add its name with {{{part}}} to {where}, or to body_always"
            )
    for part in ("timestamp", "window", "nonce"):
        if (part, "") in signed and part not in parts:
            raise ConfigurationError(
                f"the template signs {{{part}}}, which is sent nowhere, expected it in headers or"
                f" query, or in body_always: add it there, or take it out of the template"
            )
    twice = next((part for part in parts if part == "signature" and parts.count(part) > 1), None)
    if twice:
        raise ConfigurationError(
            "the signature is sent twice, expected one place for {signature}: remove the other"
        )


def check_bodies(signed: tuple[Piece, ...], always: tuple[Value, ...]) -> None:
    """Raises ConfigurationError for fields of a body that cannot be signed with it."""
    names = {name for name, text in signed if not text}
    for value in always:
        if value.has("signature") and names & {"body", "body_hash"}:
            raise ConfigurationError(
                f"the template signs the body, and body_always[{value.name!r}] puts the"
                " {signature} into it: a signature cannot be part of what it signs; send it in"
                " headers or query, or sign something else than the body"
            )
        if "body_hash" in names and any(value.has(part) for part in PERSONAL):
            raise ConfigurationError(
                f"the template signs {{body_hash}}, and body_always[{value.name!r}] puts what opens"
                " the account into the body: nobody could be shown that hash; send it in headers,"
                " or sign the {body} itself"
            )


def check_numbers(body: tuple[Value, ...], *, iso: bool) -> None:
    """Raises ConfigurationError for a field that can be no number."""
    for value in body:
        if [text for _, text in value.pieces] != [""] or (iso and value.has("timestamp")):
            raise ConfigurationError(
                f"body[{value.name!r}] cannot be a number, expected one part alone that is one: use"
                " {timestamp} (not in ISO 8601), {window} or {deadline}, or leave body_numbers out"
            )
