"""Reading long lists page by page where the venue itself says how to go on.

Each page leads to the next: by a cursor that the reply names (`told_at`), by the last row's id
(`last_row`), or by the number of the page (`page_number`). Where the venue takes no more than so
many days at a time, the window is cut into spans of that length, each read to its end; where it
keeps old rows at another endpoint, each place is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import unquote

from exchangekit.adapter.declared_values import is_count
from exchangekit.adapter.decode import decode, milliseconds
from exchangekit.adapter.lists import Listing
from exchangekit.adapter.paging import Ask, Listed, inside
from exchangekit.adapter.request import Call, Page, Reply, Request
from exchangekit.adapter.rows import decode_at, pieces
from exchangekit.errors import BadReply

M = TypeVar("M", bound=Listed)

Lead = Callable[[Reply, Ask], str | None]
"""From a page, and how it was asked for, to the cursor of the next; None at the end."""


def told_at(*path: str | int, encoded: bool = False) -> Lead:
    """The venue names the next page at `path` of its reply; "" or null at the end.

    `encoded` where it says the name as it goes into a query, percent-encoded already: it is taken
    out of that, since a query is encoded here, once.
    """
    if not path:
        raise TypeError(
            'told_at() wants the place of the cursor, expected as in told_at("result", "cursor")'
        )
    shape: Any = str | None

    def lead(reply: Reply, ask: Ask) -> str | None:
        told = decode_at(shape, reply, *path) or None
        return unquote(told) if told and encoded else told

    return lead


def last_row(*path: str | int, by: str) -> Lead:
    """The next page begins after the last row of a full one: after what it says under `by`."""
    if not by:
        raise TypeError(
            'last_row() wants the field to go on from, expected as in last_row("data", by="id")'
        )

    def lead(reply: Reply, ask: Ask) -> str | None:
        found = pieces(reply, *path)
        if len(found) < ask.limit:
            return None
        told = decode(dict[str, Any], found[-1]).get(by)
        if told in (None, ""):
            raise BadReply(
                f"the last row of a full page has no {by}: the next page cannot be asked for"
            )
        return str(told)

    return lead


def page_number(*path: str | int) -> Lead:
    """Pages are numbered from 1; the one after a full one follows."""

    def lead(reply: Reply, ask: Ask) -> str | None:
        full = len(pieces(reply, *path)) >= ask.limit
        return str(int(ask.cursor or 1) + 1) if full else None

    return lead


def by_cursor(
    request: Callable[[Ask], Request],
    parse: Callable[[Reply], tuple[M, ...]],
    asked: Listing,
    lead: Lead,
    *,
    most: int,
    longest: int | None = None,
    places: int = 1,
) -> Call[Page[M]]:
    """A page of a list that leads on by itself; without a window the newest `Listing.limit`.

    `most` is the venue's largest page, `longest` the longest span of time, in ms, that it takes,
    and `places` how many endpoints keep such rows, the one with the newest first.
    """
    for name, count in (("most", most), ("longest", longest), ("places", places)):
        if count is not None and not is_count(count):
            raise TypeError(f"by_cursor({name}={count!r}): expected a whole number of at least 1")
    ask = _ask(asked, min(asked.limit, most), longest)

    def read(reply: Reply) -> Page[M]:
        items = inside(parse(reply), asked.window)
        return Page(items, _after(ask, lead(reply, ask), asked, places))

    return Call(request(ask), read)


def _ask(asked: Listing, limit: int, longest: int | None) -> Ask:
    """A cursor is "place:since:the venue's"."""
    place, since, told = (asked.cursor or "0::").split(":", 2)
    if asked.window is None:
        return Ask(limit, cursor=told or None, place=int(place))
    first = int(since) if since else milliseconds(asked.window.since)
    until = milliseconds(asked.window.until)
    last = until if longest is None else min(first + longest, until)
    return Ask(limit, first, last - 1, cursor=told or None, place=int(place))


def _after(ask: Ask, told: str | None, asked: Listing, places: int) -> str | None:
    since = "" if ask.first is None else str(ask.first)
    if told is not None:
        return f"{ask.place}:{since}:{told}"
    if asked.window is not None and ask.last is not None:
        onward = ask.last + 1
        if onward < milliseconds(asked.window.until):
            return f"{ask.place}:{onward}:"
    return f"{ask.place + 1}::" if ask.place + 1 < places else None
