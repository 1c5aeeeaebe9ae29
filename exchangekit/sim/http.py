"""A request as it came off the wire, and a reply before it goes out.

Nothing here is decoded, sorted or normalised behind a dialect's back: signatures are made over raw
bytes, and these are the raw bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias
from urllib.parse import unquote_to_bytes

from exchangekit.sim.money import encode_json

# A JSON value in the venue's own types: `Decimal` is a JSON number, `str` a string; no floats.
JsonBody: TypeAlias = object


@dataclass(frozen=True, slots=True)
class RawRequest:
    """`path` and `query` are the exact bytes of the request target, split at the first ``?``.

    Header names keep the spelling they were sent in. `ip` is the caller's address as the venue
    sees it; `received` is venue time in milliseconds.
    """

    method: str
    path: bytes
    query: bytes
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes
    ip: str
    received: int

    @property
    def target(self) -> bytes:
        """Path with query, as sent."""
        return self.path + b"?" + self.query if self.query else self.path

    def header(self, name: str) -> str | None:
        """The first header of that name, in any case, as Latin-1 text; None if absent."""
        wanted = name.lower().encode()
        for key, value in self.headers:
            if key.lower() == wanted:
                return value.decode("latin-1")
        return None

    def query_pairs(self) -> list[tuple[str, str]]:
        """The query's decoded pairs in the order sent, duplicates kept."""
        return pairs(self.query)

    def form_pairs(self) -> list[tuple[str, str]]:
        """The body's decoded pairs, if it is a form."""
        return pairs(self.body)


def pairs(raw: bytes) -> list[tuple[str, str]]:
    """``a=1&b=%20`` decoded; ``+`` is a blank, bytes that are not UTF-8 are replaced."""
    found = []
    for piece in raw.split(b"&"):
        if piece:
            name, _, value = piece.partition(b"=")
            found.append((_decode(name), _decode(value)))
    return found


def _decode(raw: bytes) -> str:
    return unquote_to_bytes(raw.replace(b"+", b" ")).decode("utf-8", "replace")


@dataclass(slots=True)
class Response:
    """`body` is JSON in the venue's own types, or bytes that go out as they are."""

    body: JsonBody = field(default_factory=dict)
    status: int = 200
    headers: Sequence[tuple[str, str]] = ()
    content_type: str = "application/json"

    def payload(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else encode_json(self.body)
