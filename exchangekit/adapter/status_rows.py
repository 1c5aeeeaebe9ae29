"""How a venue tells whether it works, and what that becomes."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from exchangekit.adapter.decode import lookup, maybe_utc, utc
from exchangekit.adapter.request import Reply
from exchangekit.adapter.rows import decode_at, decode_rows
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


class EventRow(Row, kw_only=True):
    """A maintenance, announced, under way or over. ``stops`` says that spot trading does not work
    while it is under way; ``ours`` that it is about this venue at all: what is not is not told."""

    title: str
    state: str
    stops: bool | None
    ours: bool | None = True
    until: int | None = None


def events(
    kind: type[EventRow], under_way: Mapping[str, bool], *path: str | int
) -> Callable[[Reply], Status]:
    """The parser of a list of events that stands at `path`; an empty one is a venue that works.

    `under_way` is what each state means; one that it does not know raises BadReply.
    """

    def parse(reply: Reply) -> Status:
        told = [row for row in decode_rows(kind, reply, *path) if row.ours]
        now = [row for row in told if lookup(under_way, row.state, "state of maintenance")]
        down = [row for row in now if row.stops]
        return make_status(
            source=Source(reply.body),
            state=VenueState.MAINTENANCE if down else VenueState.OK,
            message="; ".join(f"{row.title} ({row.state})" for row in told) or None,
            until=max((utc(row.until) for row in down if row.until), default=None),
        )

    return parse
