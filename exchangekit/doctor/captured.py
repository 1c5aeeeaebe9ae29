"""A request as it was captured: what it said, byte for byte, and nothing that it did not show.

It holds a key and a signature, so its repr shows neither. Nothing is decoded or put in order here:
the raw text is what a venue judges.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Form = Literal["URL", "curl command", "HTTP request"]


class Unreadable(Exception):
    """What was given is not a request that can be examined; the message says why."""


@dataclass(frozen=True, slots=True, repr=False)
class Captured:
    """``host`` is in lower case with its port, None where the text names none. ``headers`` is None
    where the form does not show them (a URL alone). ``query`` has no question mark; ``fragment``
    is what stands after a raw ``#``. ``unquoted`` says that a shell would cut the address at its
    first ``&``."""

    form: Form
    method: str
    scheme: str | None
    host: str | None
    path: str
    query: str
    headers: tuple[tuple[str, str], ...] | None
    body: str = ""
    fragment: str | None = None
    unquoted: bool = False

    @property
    def target(self) -> str:
        return f"{self.path}?{self.query}" if self.query else self.path

    def header(self, name: str) -> str | None:
        """The header as it was written, white space included; None if it is not there."""
        for given, value in self.headers or ():
            if given.strip().lower() == name.lower():
                return value
        return None

    def __repr__(self) -> str:
        return f"<captured {self.form}: {self.method}>"


@dataclass(frozen=True, slots=True, repr=False)
class Address:
    """The parts of a URL, as they are written."""

    scheme: str | None
    host: str | None
    path: str
    query: str
    fragment: str | None


def address(url: str) -> Address:
    """Take a URL apart without decoding any of it. The scheme may be missing, as for curl."""
    scheme: str | None = None
    rest = url
    head, mark, tail = url.partition("://")
    if mark and head.isalnum():
        scheme, rest = head.lower(), tail
    rest, hash_mark, fragment = rest.partition("#")
    place, _, query = rest.partition("?")
    if scheme is None and place.startswith("/"):
        host, path = None, place
    else:
        host, slash, path = place.partition("/")
        path = slash + path
    if host is not None:
        host = host.rpartition("@")[2].lower()
    return Address(scheme, host, path or "/", query, fragment if hash_mark else None)
