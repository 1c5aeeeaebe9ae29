"""The matcher: when a request that is asked for is one that a cassette holds.

They match when nothing of them differs that a venue looks at: the method, the raw URI with its
query as it is written, the raw body, and the headers. Left aside are only the headers that the
HTTP library adds by itself (host, user-agent, accept, accept-encoding, connection,
content-length). The venue's address is the same made-up one on both sides: `tape` puts it there.
Header names are compared in lower case and in any order.

Nothing is decoded, sorted or filtered. vcrpy's own matchers sort the query and its filters rewrite
it, so that a wrongly ordered, wrongly signed request would find an answer and replay green.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

_ADDED_BY_THE_LIBRARY = frozenset(
    {"host", "user-agent", "accept", "accept-encoding", "connection", "content-length"}
)


def match_exactly(one: Any, other: Any) -> None:
    """A matcher of vcrpy: raises AssertionError where two of its requests do not match."""
    assert asked(one) == asked(other), "not byte for byte the same"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it is matched: every byte of it that matters."""

    method: str
    uri: str
    body: bytes
    headers: tuple[tuple[str, str], ...]

    @property
    def path(self) -> str:
        return urlsplit(self.uri).path

    @property
    def query(self) -> str:
        return urlsplit(self.uri).query

    @property
    def whole(self) -> str:
        lines = [f"{self.method} {self.uri}", *(f"{n}: {v}" for n, v in self.headers)]
        return "\n".join([*lines, self.body.decode("utf-8", "backslashreplace")])


def asked(request: Any) -> Asked:
    """A request of vcrpy as it is matched: method, raw URI, raw body, headers that matter."""
    headers = sorted(
        (name.lower(), value if isinstance(value, str) else ", ".join(map(str, value)))
        for name, value in request.headers.items()
        if name.lower() not in _ADDED_BY_THE_LIBRARY
    )
    return Asked(request.method, request.uri, request.body or b"", tuple(headers))
