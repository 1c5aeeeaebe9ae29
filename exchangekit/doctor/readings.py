"""Finding out what was actually signed: many readings of one request, one signature to match.

A reading is a choice on each of several axes (order, encoding, what was left out …); the first
choice of an axis is what was sent. Readings are tried from the plain one outwards, so that the
answer is the smallest deviation that explains the signature. Pure, and bounded: at most `MOST`
texts, fewer if they are long.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import combinations, product
from typing import Any

from pydantic import SecretStr

from exchangekit.adapter.private_keys import PrivateKey, in_lines
from exchangekit.adapter.scheme import HASHES, Scheme
from exchangekit.doctor.case import Case
from exchangekit.doctor.forms import decoded, digest_of

MOST = 60_000
_MOST_CHARACTERS = 10_000_000
_DEVIATIONS = 3
_SLOWER = 6
"""By how much less is tried with a private key: one comparison takes a hundred microseconds."""
_WRONG = "wrong_secret"


@dataclass(frozen=True, slots=True)
class Choice:
    """One value on an axis. ``words`` is None for what was sent; ``fault`` names what it is."""

    value: Any
    words: str | None = None
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class Keying:
    """A way to use the secret, and whether it stands for a fault: the key of an HMAC, or a private
    key."""

    secret: bytes | PrivateKey
    words: str | None = None
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """The reading that gives the captured signature."""

    text: str
    words: tuple[str, ...]
    faults: frozenset[str]
    plain: bool
    digest: str


@dataclass(frozen=True, slots=True)
class Search:
    match: Match | None
    tried: int


def keyings(case: Case, scheme: Scheme) -> list[Keying]:
    """The secret as it was given, and the ways in which it is got wrong."""
    secret, key = case.keys.secret or "", case.keys.key
    if isinstance(case.private, PrivateKey):
        return _of_a_private_key(case.private, secret)
    made = [Keying(_bytes(secret))]
    with suppress(ValueError):
        if scheme.decoded:
            made = [Keying(base64.b64decode(secret, validate=True))]
            made.append(Keying(_bytes(secret), "the secret not decoded from base64", _WRONG))
    return made + _near_misses(secret, key)


def _of_a_private_key(private: PrivateKey, secret: str) -> list[Keying]:
    """The key itself, and its text taken for the secret of an HMAC."""
    lines = in_lines(SecretStr(secret)).get_secret_value()
    words = "an HMAC under the text of the private key"
    texts = dict.fromkeys((secret, secret.strip(), lines, lines.strip()))
    return [Keying(private), *(Keying(_bytes(text), words, _WRONG) for text in texts)]


def _near_misses(secret: str, key: str | None) -> list[Keying]:
    trimmed = secret.strip()
    made: list[Keying] = []
    if trimmed != secret:
        made.append(Keying(_bytes(trimmed)))
    around = "the secret with white space around it"
    for before, after in (("", "\n"), ("", " "), ("", "\r\n"), (" ", ""), (" ", " "), ("", "\t")):
        made.append(Keying(_bytes(before + trimmed + after), around, "white_space"))
    marked = "the secret in quotation marks"
    made += [Keying(_bytes(mark + trimmed + mark), marked, "quoted") for mark in "\"'"]
    for words, changed in (("lower", trimmed.lower()), ("upper", trimmed.upper())):
        if changed != trimmed:
            said = f"the secret in {words} case"
            made.append(Keying(_bytes(changed), said, "wrong_secret"))
    if key and key != trimmed:
        made.append(Keying(_bytes(key), "the API key in place of the secret", "wrong_secret"))
    decoded = "the secret decoded from"
    with suppress(ValueError):
        made.append(Keying(bytes.fromhex(trimmed), f"{decoded} hex", "wrong_secret"))
    with suppress(ValueError):
        raw = base64.b64decode(trimmed, validate=True)
        made.append(Keying(raw, f"{decoded} base64", "wrong_secret"))
    return made


def search(
    axes: Sequence[Sequence[Choice]],
    compose: Callable[[tuple[Any, ...]], str],
    signature: str,
    keys: Sequence[Keying],
) -> Search:
    """The reading that has `signature`, in hex of either case or in base64."""
    wanted = _forms(signature)
    private = any(isinstance(one.secret, PrivateKey) for one in keys)
    most = MOST // _SLOWER if private else MOST
    if not wanted:
        return Search(None, 0)
    seen: set[str] = set()
    characters = 0
    for choices in _outwards(axes):
        if len(seen) >= most or characters > _MOST_CHARACTERS:
            break
        text = compose(tuple(choice.value for choice in choices))
        characters += len(text)
        if text in seen:
            continue
        seen.add(text)
        message = _bytes(text)
        for keying in keys:
            digest = _matching(keying.secret, message, wanted)
            if digest is not None:
                return Search(_match(text, choices, keying, keys[0], digest), len(seen))
    return Search(None, len(seen))


def _match(
    text: str, choices: tuple[Choice, ...], keying: Keying, given: Keying, digest: str
) -> Match:
    words = [choice.words for choice in choices if choice.words]
    if keying.words:
        words.append(f"with {keying.words}")
    faults = {choice.fault for choice in choices if choice.fault}
    if keying.fault and keying.secret != given.secret:
        faults.add(keying.fault)
    plain = not any(choice.words for choice in choices) and keying.words is None
    return Match(text, tuple(words), frozenset(faults), plain, digest)


def _outwards(axes: Sequence[Sequence[Choice]]) -> Iterator[tuple[Choice, ...]]:
    """All combinations, those with the fewest deviations first."""
    usual = [axis[0] for axis in axes]
    for count in range(_DEVIATIONS + 1):
        for which in combinations(range(len(axes)), count):
            for chosen in product(*(axes[place][1:] for place in which)):
                made = list(usual)
                for place, choice in zip(which, chosen, strict=True):
                    made[place] = choice
                yield tuple(made)


_SIZES = {name: hashlib.new(name).digest_size for name in HASHES}
_SIGNATURES = frozenset({*_SIZES.values(), 64, 256, 384, 512})


def _forms(signature: str) -> dict[bytes, str]:
    """The digests that the signature may stand for, by their bytes."""
    text = signature.strip().replace(" ", "+")
    found: dict[bytes, str] = {}
    with suppress(ValueError):
        found[bytes.fromhex(text)] = "hex"
    with suppress(ValueError):
        found[base64.b64decode(text, validate=True)] = "base64"
        found[bytes.fromhex(base64.b64decode(text, validate=True).decode("ascii"))] = (
            "base64 of hex"
        )
    raw = decoded(text, "base64url")
    if raw is not None:
        found.setdefault(raw, "base64url")
    return {raw: form for raw, form in found.items() if len(raw) in _SIGNATURES}


def _matching(secret: bytes | PrivateKey, message: bytes, wanted: dict[bytes, str]) -> str | None:
    if isinstance(secret, PrivateKey):
        fits = (raw for raw in wanted if secret.made(raw, message))
        return next((digest_of(secret.kind, "sha256", wanted[raw]) for raw in fits), None)
    for name, size in _SIZES.items():
        if any(len(raw) == size for raw in wanted):
            made = hmac.digest(secret, message, name)
            if made in wanted:
                return digest_of("hmac", name, wanted[made])
    return None


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")
