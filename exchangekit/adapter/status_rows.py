"""How a venue tells whether it works, and what that becomes."""

from __future__ import annotations

from collections.abc import Callable

from exchangekit.adapter.decode import maybe_utc
from exchangekit.adapter.request import Reply
from exchangekit.adapter.rows import decode_at
from exchangekit.adapter.spelling import Row
from exchangekit.models.base import Source
from exchangekit.models.enums import VenueState
from exchangekit.models.market_data import Status, make_status


class StatusRow(Row, kw_only=True):
    """Its ``state`` is told by words: ``Means("status", {"0": VenueState.OK, ...})``. ``until`` is
    the end of what goes on now."""

    state: VenueState
    message: str | None = None
    until: int | None = None


def status(kind: type[StatusRow], *path: str | int) -> Callable[[Reply], Status]:
    """The parser of a reply that says whether the venue works, or holds that at `path`."""

    def parse(reply: Reply) -> Status:
        row, source = decode_at(kind, reply, *path), Source(reply.body, *path)
        until = maybe_utc(row.until)
        return make_status(source=source, state=row.state, message=row.message, until=until)

    return parse
