"""What a declared signer writes into bodies: fields beside the request's own, in a JSON object or
in a form.

A field may hold what nobody but the one who signs may see: the key, the passphrase, the signature.
It stays a name until the body goes out, so that no variable holds it, and what is explained has
``[key]`` in its place.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import msgspec

from exchangekit.adapter.request import Request, percent_encode
from exchangekit.adapter.scheme import TimeUnit
from exchangekit.adapter.templates import PERSONAL, Value
from exchangekit.errors import ConfigurationError

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"

LATE = (*PERSONAL, "signature")
"""Parts that are put in when the body goes out."""

_WITHOUT_BODY = ("GET", "HEAD")


class Body(NamedTuple):
    """What goes out after the headers, in segments: bytes as they stand, or the name of a part that
    is put in last."""

    segments: tuple[bytes | str, ...]
    form: bool = False

    @property
    def is_bare(self) -> bool:
        """Whether it is one piece of bytes, with nothing to be put in."""
        return len(self.segments) == 1 and isinstance(self.segments[0], bytes)

    @property
    def shown(self) -> bytes:
        """With ``[key]``, ``[signature]`` and ``[passphrase]`` in their places."""
        if len(self.segments) == 1 and isinstance(self.segments[0], bytes):
            return self.segments[0]
        return b"".join(
            f"[{one}]".encode() if isinstance(one, str) else one for one in self.segments
        )

    def filled(self, text_of: Callable[[str], str]) -> bytes:
        """With what `text_of` says of each part."""
        if len(self.segments) == 1 and isinstance(self.segments[0], bytes):
            return self.segments[0]
        return b"".join(
            written(text_of(one), self.form) if isinstance(one, str) else one
            for one in self.segments
        )


@dataclass(frozen=True, slots=True)
class BodyFields:
    """``always`` goes into the body of each signed request, ``dated`` into that of requests with a
    deadline. In a JSON object those of ``numeric`` are numbers where they stand alone."""

    always: tuple[Value, ...] = ()
    dated: tuple[Value, ...] = ()
    form: bool = False
    numeric: frozenset[str] = frozenset()

    def of(self, request: Request, known: Mapping[str, str]) -> Body:
        """The request's body with its fields: those of each request first, then its own, then those
        of a deadline, and a signature last. `known` are the parts that may be seen.

        Raises ConfigurationError for a request that can carry no such body: what it should carry
        would be believed, and never sent.
        """
        if not self.always and not (self.dated and request.has_deadline):
            return Body((request.body,), self.form)
        mine = [one for one in self.always if request.has_deadline or not one.has("deadline")]
        first = [one for one in mine if not one.has("signature")]
        last = [*self.dated] if request.has_deadline else []
        last += [one for one in mine if one.has("signature")]
        if not first and not last:
            return Body((request.body,), self.form)
        own = self._own(request, [one.name for one in (*first, *last)])
        fields: list[tuple[bytes | str, ...]] = [self._field(one, known) for one in first]
        fields += [(own,)] if own else []
        fields += [self._field(one, known) for one in last]
        made: list[bytes | str] = []
        for at, field in enumerate(fields):
            if at:
                made.append(b"&" if self.form else b",")
            made += field
        if not self.form:
            made = [b"{", *made, b"}"]
        return Body(tuple(made), self.form)

    def _field(self, value: Value, known: Mapping[str, str]) -> tuple[bytes | str, ...]:
        pieces: list[bytes | str] = [
            name if name in LATE and not text else written(text if text else known[name], self.form)
            for name, text in value.pieces
        ]
        if self.form:
            return (f"{percent_encode(value.name)}=".encode(), *pieces)
        name = msgspec.json.encode(value.name)
        if len(value.pieces) == 1 and value.pieces[0][0] in self.numeric:
            return (name + b":", *pieces)
        return (name + b':"', *pieces, b'"')

    def _own(self, request: Request, names: list[str]) -> bytes:
        """What the request's own body holds, without its braces."""
        body, listed = request.body, ", ".join(names)
        if request.method.upper() in _WITHOUT_BODY and self.always:
            raise ConfigurationError(
                f"{request.method} {request.path} is signed and has no body, into which {listed}"
                " should go: ask it with another method, or send these in headers or query"
            )
        if not body and self.always:
            return b""
        kind = "form" if self.form else "JSON object"
        is_json = body.startswith(b"{") and body.endswith(b"}")
        typed = {name.lower(): value for name, value in request.headers}.get("content-type")
        is_form = body[:1] not in (b"", b"{", b"[") and (typed or FORM).partition(";")[0] == FORM
        if is_form if self.form else is_json:
            return body if self.form else body[1:-1]
        if not self.always:
            raise ConfigurationError(
                f"a request has a deadline, for which {listed} should go into its {kind}, and its"
                " body is none: give it one, or describe it without has_deadline"
            )
        raise ConfigurationError(
            f"{request.method} {request.path} has a body that is no {kind}, into which {listed}"
            f" should go: describe it with {'form' if self.form else 'json'}=, or declare form="
            f"{not self.form}"
        )


def numeric_parts(time: TimeUnit) -> frozenset[str]:
    """The parts that are numbers."""
    return frozenset({"window", "deadline", "nonce"} | ({"timestamp"} if time != "iso" else set()))


def written(text: str, form: bool) -> bytes:
    """A text as it stands in a form, or between the quotation marks of JSON."""
    return percent_encode(text).encode() if form else msgspec.json.encode(text)[1:-1]
