"""What a signing strategy says of itself, as data: what is signed, how, and what goes where.

Whoever looks at requests from outside (the doctor, the checks of conformance, the documentation)
asks the scheme, never a strategy's class or a name of its own.
"""

from __future__ import annotations

import base64
import hashlib
from binascii import b2a_base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from operator import attrgetter
from typing import Any, Literal, NamedTuple
from urllib.parse import unquote

Hash = Literal["sha256", "sha512"]
Encoding = Literal["hex", "base64", "base64url"]
KeyKind = Literal["hmac", "ed25519", "rsa", "es256"]
TimeUnit = Literal["ms", "s", "iso"]
Where = Literal["header", "query", "body"]

HASHES: tuple[Hash, ...] = ("sha256", "sha512")
ENCODINGS: tuple[Encoding, ...] = ("hex", "base64", "base64url")
TIME_UNITS: tuple[TimeUnit, ...] = ("ms", "s", "iso")
KEY_KINDS: Mapping[KeyKind, str] = {
    "hmac": "HMAC",
    "ed25519": "Ed25519",
    "rsa": "RSA",
    "es256": "ECDSA on P-256",
}
"""What a user's secret may be, with its name: a text for an HMAC, or a private key."""

KEY_SHOWN = "[key]"
"""Stands for the API key in what is explained."""

Piece = tuple[str, str]
"""A part by its name and "", or text as it stands: ("text", " "), ("newline", "\\n")."""

_TEXTS: Mapping[str, Callable[[Any], str]] = {
    name: attrgetter(name)
    for name in (
        "timestamp", "method", "target", "window", "query", "nonce", "host", "path", "plain_query",
    )
}  # fmt: skip
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Carried:
    """Something that a request carries: ``part`` is ``key``, ``signature``, ``timestamp``,
    ``window``, ``deadline``, ``nonce``, ``passphrase`` or ``signed_passphrase``; ``name`` that of
    the header, the parameter or the field of a body (one of a deadline: of requests that have
    one). ``before`` and ``after`` are what stands around it there."""

    part: str
    where: Where
    name: str
    before: str = ""
    after: str = ""

    def bare(self, value: str) -> str:
        """The part alone, of all that stands there."""
        if value.startswith(self.before) and value.endswith(self.after):
            return value[len(self.before) : len(value) - len(self.after)]
        return value


class Ingredients(NamedTuple):
    """What texts to sign are made of, as it goes out: ``timestamp`` in the venue's unit, ``target``
    without the signature, ``window`` in ms, ``host`` with its port if that is named."""

    timestamp: str
    method: str
    target: str
    body: bytes
    window: str
    nonce: str = ""
    host: str = ""

    @property
    def query(self) -> str:
        return self.target.partition("?")[2]

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def plain_query(self) -> str:
        return unquote(self.query)

    def part(self, piece: Piece, hash: Hash) -> bytes:
        """One piece of a text; of the key only that it stands there. Raises KeyError for a part
        that is not known."""
        name, text = piece
        if text:
            return text.encode()
        if name == "body":
            return self.body
        if name == "body_hash":
            return hashlib.new(hash, self.body).hexdigest().encode()
        if name == "key":
            return KEY_SHOWN.encode()
        return _TEXTS[name](self).encode()

    def texts(self, pieces: tuple[Piece, ...], hash: Hash) -> bytes:
        """Several pieces in one, as `part` tells them."""
        last = b""
        if pieces[-1] == ("body", ""):
            pieces, last = pieces[:-1], self.body
        try:
            return "".join([text or _TEXTS[name](self) for name, text in pieces]).encode() + last
        except KeyError:  # what is no text, or needs the hash
            return b"".join([self.part(piece, hash) for piece in pieces]) + last


@dataclass(frozen=True, slots=True)
class Scheme:
    """How a strategy signs. ``pieces`` are what is signed, in order; None where it is the query
    itself, sorted; none at all where it is no text of pieces. ``words`` say it for a reader. A
    timestamp may be ``behind_ms`` older than the venue's clock (where no window is carried) and
    less than ``ahead_ms`` newer.

    ``kinds`` are the secrets that the venue takes, the usual one first. ``encoding`` is that of an
    HMAC, ``key_encoding`` that of what a private key signs. ``decoded`` says that the secret is
    base64 of what the HMAC is keyed with, ``nonce`` that each request has a number above the last,
    ``form`` that bodies are forms and not JSON.
    """

    hash: Hash
    encoding: Encoding
    time: TimeUnit
    carried: tuple[Carried, ...]
    pieces: tuple[Piece, ...] | None
    words: str
    behind_ms: int
    ahead_ms: int
    kinds: tuple[KeyKind, ...] = ("hmac",)
    key_encoding: Encoding = "base64"
    decoded: bool = False
    nonce: bool = False
    form: bool = False

    def place(self, *parts: str) -> Carried | None:
        """Where the first of `parts` goes that goes anywhere."""
        return next((one for part in parts for one in self.carried if one.part == part), None)

    def signs(self, *parts: str) -> bool:
        """Whether one of `parts` is in the text that is signed."""
        return any(name in parts for name, _ in self.pieces or ())

    def encoding_of(self, kind: KeyKind) -> Encoding:
        return self.encoding if kind == "hmac" else self.key_encoding

    def encoded(self, signature: bytes, kind: KeyKind = "hmac") -> str:
        """A signature as it is sent."""
        return encode(signature, self.encoding_of(kind))

    def method_of(self, kind: KeyKind) -> str:
        """How a secret of that kind signs, in words: ``HMAC-SHA256 in lower-case hex``."""
        encoding = self.encoding_of(kind)
        name = KEY_KINDS[kind]
        if kind == "hmac":
            name = f"HMAC-{self.hash.upper()}"
        elif kind == "rsa":
            name = f"RSA (PKCS1v15, {written(self.hash)})"
        return f"{name} in {'lower-case hex' if encoding == 'hex' else encoding}"

    def time_of(self, timestamp: int) -> str:
        """A moment (ms) in the venue's unit."""
        if self.time == "iso":
            return iso_milliseconds(timestamp)
        return str(timestamp if self.time == "ms" else timestamp // 1000)


def scheme_of(signer: Any) -> Scheme | None:
    """What a strategy says of itself; None of one that says nothing."""
    scheme = getattr(signer, "scheme", None)
    return scheme if isinstance(scheme, Scheme) else None


def written(hash: Hash) -> str:
    """The name of a hash as documentation writes it: ``SHA-256``."""
    return hash.upper().replace("SHA", "SHA-")


def encode(signature: bytes, encoding: Encoding) -> str:
    if encoding == "hex":
        return signature.hex()
    if encoding == "base64":
        return b2a_base64(signature, newline=False).decode()
    return base64.urlsafe_b64encode(signature).decode().rstrip("=")


def iso_milliseconds(timestamp: int) -> str:
    """``2020-12-08T09:08:57.715Z``"""
    seconds, rest = divmod(timestamp, 1000)
    return f"{_iso_seconds(seconds)}.{rest:03d}Z"


@lru_cache(maxsize=16)
def _iso_seconds(seconds: int) -> str:
    moment = _EPOCH + timedelta(seconds=seconds)
    return moment.strftime("%Y-%m-%dT%H:%M:%S")
