"""Where a venue's replies say that something went wrong."""

from __future__ import annotations

from typing import Any

import msgspec

from exchangekit.adapter.decode import peek
from exchangekit.adapter.request import Reply, VenueCode


class Envelope:
    """A venue whose replies, or errors alone, say a code, and words under one of `messages`.

    The codes in `fine` are those of a success, if the HTTP status is none of an error. A reply that
    says no code, or that is no object, reports no error: the status or the parser will tell.
    """

    def __init__(self, code: str, *messages: str, fine: tuple[str | int, ...] = ()) -> None:
        if not code or not messages or "" in messages:
            raise TypeError("an envelope says under which names its code and its words are")
        names = {"code": code} | {f"words_{at}": name for at, name in enumerate(messages)}
        fields: list[tuple[str, Any, Any]] = [(name, Any, None) for name in names]
        self._shape: Any = msgspec.defstruct("Envelope", fields, rename=names, gc=False)
        self._words = [name for name in names if name != "code"]
        self._marker = msgspec.json.encode(code)
        self._fine = frozenset(map(str, fine))

    def error(self, reply: Reply) -> VenueCode | None:
        """What `Adapter.error_in` answers."""
        said = peek(self._shape, reply) if self._marker in reply.body else None
        if said is None or said.code is None:
            return None
        code = str(said.code)
        if code in self._fine and reply.status < 400:
            return None
        told = (getattr(said, name) for name in self._words)
        return VenueCode(code, str(next(filter(None, told), "")))
