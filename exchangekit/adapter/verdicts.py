"""What a reply says of each order by itself: whether it was done, and if not, why.

Venues say it in rows, under an envelope that calls the whole a success or not: of a batch some
orders fail and others do not, and a single order's row may say more than the envelope does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

import msgspec
from msgspec import UNSET, Struct
from msgspec.structs import fields as fields_of

from exchangekit.adapter.parse_orders import cancel_report
from exchangekit.adapter.paths import steps_of
from exchangekit.adapter.replies import read_row
from exchangekit.adapter.request import Reply, Request, VenueCode
from exchangekit.adapter.rows import OrderRow, bodies, decode_rows
from exchangekit.errors import BadReply
from exchangekit.models.base import Source
from exchangekit.models.market import Market
from exchangekit.models.orders import CancelReport, Order

R = TypeVar("R", bound=OrderRow)


class Verdict(Struct):
    """What a row says, of any type, lest an error be missed."""

    code: Any = UNSET
    message: Any = None
    sub_code: Any = None
    id: Any = None
    client_order_id: Any = None

    @property
    def word(self) -> str:
        """The code as text; "" where there is none. A yes or no is ``true`` or ``false``."""
        if self.code is None or self.code is UNSET:
            return ""
        return str(self.code).lower() if isinstance(self.code, bool) else str(self.code)

    @property
    def reason(self) -> str:
        said = str(self.message or "")
        return f"{said} (sub-code {self.sub_code})" if self.sub_code else said


@dataclass(frozen=True, slots=True)
class Verdicts:
    """Where rows say what became of their orders: ``Verdicts("data", code="sCode",
    message="sMsg")``, a path such as ``"result.list"`` and the names of fields.

    ``success`` are the codes of what was done, with blanks between; a row without a code was not.
    ``under`` are the envelope's codes that leave the answer to the rows (see `Envelope`).
    ``places`` and ``unplaced`` are for venues that document how a new order fails: under the
    envelope's code ``unplaced``, a row of the reply from the path ``places`` whose order id is ""
    proves that there is no such order.

    Raises TypeError for what cannot work.
    """

    at: str
    code: str
    message: str
    sub_code: str = ""
    id: str = ""
    client_order_id: str = ""
    success: str = "0"
    under: str = ""
    places: str = ""
    unplaced: str = ""
    path: tuple[str, ...] = field(init=False, repr=False, compare=False)
    _row: Any = field(init=False, repr=False, compare=False)
    _marker: bytes = field(init=False, repr=False, compare=False)
    _successes: frozenset[str] = field(init=False, repr=False, compare=False)
    _answers: frozenset[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        steps = steps_of(self.at)
        if any(step.key is not None for step in steps) or not self.code or not self.success.split():
            raise TypeError(
                f"verdicts at {self.at!r} with code {self.code!r} and success {self.success!r}:"
                ' expected a path and names, as in Verdicts("data", code="sCode", message="sMsg")'
            )
        if bool(self.places) != bool(self.unplaced) or (self.unplaced and not self.id):
            raise TypeError("places, unplaced and id of Verdicts are told together, or not at all")
        names = {name: getattr(self, name) or f"(no {name})" for name in Verdict.__struct_fields__}
        fields = [(field.name, Any, field.default) for field in fields_of(Verdict)]
        row = msgspec.defstruct("Told", fields, bases=(Verdict,), rename=names)
        object.__setattr__(self, "path", tuple(step.name for step in steps))
        object.__setattr__(self, "_row", row)
        object.__setattr__(self, "_marker", msgspec.json.encode(self.code))
        object.__setattr__(self, "_successes", frozenset(self.success.split()))
        object.__setattr__(self, "_answers", frozenset(self.under.split()))

    def read(self, reply: Reply) -> list[Verdict]:
        """Each row's, in the reply's order. Raises BadReply."""
        told: list[Verdict] = decode_rows(self._row, reply, *self.path)
        return told

    def done(self, verdict: Verdict) -> bool:
        return verdict.word in self._successes

    def answering(self, reply: Reply, code: str) -> list[Verdict]:
        """The rows that answer under the envelope's `code`; none where it answers itself, or where
        they cannot be read."""
        if code not in self._answers or self._marker not in reply.body:
            return []
        try:
            return self.read(reply)
        except BadReply:
            return []

    def first_failed(
        self, rows: Sequence[Verdict], request: Request, code: str, message: str
    ) -> VenueCode | None:
        """The first row that says so; `code` and `message` are those of the envelope."""
        for row in rows:
            if row.code is not UNSET and not self.done(row):
                alone = code == self.unplaced and request.path == self.places
                ids = (str(told or "") or None for told in (row.id, row.client_order_id))
                return VenueCode(row.word, row.reason or message, alone and row.id == "", *ids)
        return None


def parse_each_canceled(
    kind: type[R],
    read: Callable[..., Order],
    market: Market,
    ids: tuple[str, ...],
    verdicts: Verdicts,
    *path: str | int,
) -> Callable[[Reply], CancelReport]:
    """The parser of a reply about the orders `ids`, which were to be canceled together: rows in
    that order at `path`, each with its verdict in itself or at the same place of another list.

    `read` is an `order_reader`; a row that names no order is about the one that was asked for at
    its place. Raises BadReply where the reply is not about all of them.
    """

    def parse(reply: Reply) -> CancelReport:
        rows, apart = decode_rows(kind, reply, *path), bodies(reply, *path)
        told = verdicts.read(reply)
        if not len(rows) == len(told) == len(ids):
            about = min(len(rows), len(told))
            raise BadReply(f"{len(ids)} orders were to be canceled, the reply is about {about}")
        done: list[Order] = []
        refused: list[tuple[str, str, str]] = []
        for row, verdict, body, asked in zip(rows, told, apart, ids, strict=True):
            order = read_row(row, partial(read, id=asked), market, Source(body))
            if verdicts.done(verdict):
                done.append(order)
            else:
                refused.append((order.id or asked, verdict.reason, verdict.word))
        return cancel_report(ids, done, refused)

    return parse
