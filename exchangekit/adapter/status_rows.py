"""How a venue tells of maintenance and incidents, and what that says of its state."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from exchangekit.adapter.decode import lookup, utc
from exchangekit.adapter.request import Reply
from exchangekit.adapter.rows import decode_rows
from exchangekit.adapter.spelling import Row
from exchangekit.models.base import Source
from exchangekit.models.enums import VenueState
from exchangekit.models.market_data import Status, make_status


class EventRow(Row, kw_only=True):
    """A maintenance, announced, under way or over. ``stops`` says that spot trading does not work
    while it is under way; ``ours`` that it is about this venue at all: what is not is not told."""

    title: str
    state: str
    stops: bool | None
    ours: bool | None = True
    until: int | None = None


def status(
    kind: type[EventRow], under_way: Mapping[str, bool], *path: str | int
) -> Callable[[Reply], Status]:
    """The parser of a list of events that stands at `path`; an empty one is a venue that works.

    `under_way` is what each state means; one that it does not know raises BadReply.
    """

    def parse(reply: Reply) -> Status:
        events = [row for row in decode_rows(kind, reply, *path) if row.ours]
        now = [row for row in events if lookup(under_way, row.state, "state of maintenance")]
        down = [row for row in now if row.stops]
        return make_status(
            source=Source(reply.body),
            state=VenueState.MAINTENANCE if down else VenueState.OK,
            message="; ".join(f"{row.title} ({row.state})" for row in events) or None,
            until=max((utc(row.until) for row in down if row.until), default=None),
        )

    return parse
