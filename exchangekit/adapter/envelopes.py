"""Where a venue's replies say whether they are errors, for venues that say it everywhere alike."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec

from exchangekit.adapter.decode import peek
from exchangekit.adapter.request import Reply, Request, VenueCode

if TYPE_CHECKING:
    from exchangekit.adapter.verdicts import Verdicts


@dataclass(frozen=True, slots=True)
class Envelope:
    """The fields of every reply that hold its code and its message: ``Envelope("retCode",
    "retMsg")``. Fields and codes may be several, with blanks between: of the messages the first
    that is told counts, and each code of ``success`` is one, unless the HTTP status says otherwise.
    ``verdicts`` are rows that answer under some of the codes: the first that failed is the error,
    and of a batch (`Request.many`) none is, since its parser tells of each.

    Raises TypeError for what cannot work.
    """

    code: str
    message: str
    success: str = "0"
    verdicts: Verdicts | None = None
    _shape: Any = field(init=False, repr=False, compare=False)
    _marker: bytes = field(init=False, repr=False, compare=False)
    _successes: frozenset[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        names = [*self.code.split(), *self.message.split()]
        if len(self.code.split()) != 1 or len(names) < 2 or not self.success.split():
            raise TypeError(
                f"an envelope of code {self.code!r}, message {self.message!r} and success"
                f' {self.success!r}: expected the names of fields and codes, as in Envelope("code",'
                ' "msg", success="0 200")'
            )
        told = [(f"field_{at}", Any, None) for at in range(len(names))]
        spelt = {f"field_{at}": name for at, name in enumerate(names)}
        object.__setattr__(self, "_shape", msgspec.defstruct("Told", told, rename=spelt, gc=False))
        object.__setattr__(self, "_marker", msgspec.json.encode(self.code.strip()))
        object.__setattr__(self, "_successes", frozenset(self.success.split()))

    def error_in(self, reply: Reply, request: Request) -> VenueCode | None:
        """What the reply reports; None for a success, and for a body without a code."""
        said: Any = peek(self._shape, reply) if self._marker in reply.body else None
        if said is None:
            return None
        told, *messages = (getattr(said, name) for name in said.__struct_fields__)
        if told is None:
            return None
        code, message = str(told), next((str(told) for told in messages if told), "")
        if self.verdicts is not None and (rows := self.verdicts.answering(reply, code)):
            if request.many:
                return None
            failed = self.verdicts.first_failed(rows, request, code, message)
            if failed is not None:
                return failed
        if code in self._successes and reply.status < 400:
            return None
        return VenueCode(code, message)
