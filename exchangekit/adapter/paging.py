"""Reading long lists page by page: by times where a venue offers nothing else, or by ids.

*By times*: a page that is full may lack older rows, newer rows or both, depending on which end the
venue cuts off, and few say which. So what remains on both sides of a full page is asked for again,
from its outermost times inclusive: nothing is lost whichever end was cut, rows met twice are
recognised by their ids, and every further question covers a strictly shorter span, so it ends.

*By ids*: where ids grow with time, chunks of the window are asked for until one holds anything;
from there on the ids lead, so that any number of rows at one instant is read. Both fills of a trade
with oneself have one id, so a full page is followed from its last id on and not from the next one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol, TypeVar

from exchangekit.adapter.decode import milliseconds, utc
from exchangekit.adapter.lists import Listing, Window
from exchangekit.adapter.request import Call, Page, Reply, Request
from exchangekit.errors import BadReply, Unsupported
from exchangekit.excerpts import excerpt
from exchangekit.models.orders import Order


class Timed(Protocol):
    """What has a time."""

    @property
    def timestamp(self) -> datetime | None: ...


class Listed(Timed, Protocol):
    """What histories list: an order or a fill, with its time and its id."""

    @property
    def id(self) -> str | None: ...


M = TypeVar("M", bound=Listed)
N = TypeVar("N", bound=Timed)


class Span(NamedTuple):
    """Milliseconds since 1970, both ends included."""

    first: int
    last: int


class Ask(NamedTuple):
    """What a page is asked by: times in ms, both included. None is left out of the request.

    ``place`` counts the endpoints of a list that has more than one, from 0.
    """

    limit: int
    first: int | None = None
    last: int | None = None
    from_id: str | None = None
    cursor: str | None = None
    place: int = 0

    @property
    def before(self) -> int | None:
        """One millisecond before the first, for venues that leave out the ends that they are asked
        for, or do not say whether they do: pages are cut to the window."""
        return None if self.first is None else self.first - 1

    @property
    def after(self) -> int | None:
        """One millisecond after the last."""
        return None if self.last is None else self.last + 1


def by_time(
    request: Callable[[Ask], Request],
    parse: Callable[[Reply], tuple[M, ...]],
    asked: Listing,
    *,
    most: int,
    time_resolution: int = 1,
    reach: int = 0,
) -> Call[Page[M]]:
    """A page of a list that knows only times; without a window the newest `limit`.

    `most` is the venue's largest page and `time_resolution` (ms) how finely it shows times: spans
    cover whole units of it, since a venue may round the times it shows and compare those it
    keeps. Where a list without a window is wanted whole, `reach` is how far its ends may lie
    apart, in ms.
    """
    window = asked.window
    todo = _spans(window, asked.cursor, time_resolution)
    size = most if todo or reach else min(asked.limit, most)

    def read(reply: Reply) -> Page[M]:
        items = parse(reply)
        times = [milliseconds(item.timestamp) for item in items if item.timestamp is not None]
        left = todo
        if not todo and reach and times:
            left = [Span(_down(min(times) - reach, time_resolution), max(times) + reach)]
        following = _following(left, times, time_resolution, full=len(items) >= size)
        return Page(inside(items, window), following)

    return Call(request(Ask(size, *todo[0]) if todo else Ask(size)), read)


def by_id(
    request: Callable[[Ask], Request],
    parse: Callable[[Reply], tuple[M, ...]],
    asked: Listing,
    *,
    most: int,
    chunk: int,
) -> Call[Page[M]]:
    """A page of a list whose whole-number ids grow with time, oldest first.

    Without a window the newest `limit`. `chunk` is the longest span of time, in ms, that the
    venue takes.
    """
    window, cursor = asked.window, asked.cursor
    if window is None:
        return Call(request(Ask(min(asked.limit, most))), lambda reply: Page(parse(reply)))
    until = milliseconds(window.until)
    if cursor is not None and cursor.startswith("id"):
        ask, last = Ask(most, from_id=cursor[2:]), until - 1
    else:
        first = milliseconds(window.since) if cursor is None else int(cursor)
        last = min(first + chunk, until) - 1
        ask = Ask(most, first, last)

    def read(reply: Reply) -> Page[M]:
        items = parse(reply)
        following = str(last + 1) if last + 1 < until else None
        if items:
            newest = max(items, key=_number)
            ended = newest.timestamp is not None and newest.timestamp >= window.until
            if len(items) >= most or following is not None:
                following = None if ended else f"id{_onward(items, ask, most)}"
        return Page(inside(items, window), following)

    return Call(request(ask), read)


def by_id_whole(
    request: Callable[[Ask], Request],
    parse: Callable[[Reply], tuple[M, ...]],
    asked: Listing,
    *,
    most: int,
) -> Call[Page[M]]:
    """A page of a short list (the fills of one order) that is wanted whole.

    A venue that is told no id may tell its newest rows: where they fill a page, the rest is asked
    for from the first id on.
    """

    def read(reply: Reply) -> Page[M]:
        items = parse(reply)
        if len(items) < most:
            return Page(items)
        return Page(items, "0" if asked.cursor is None else str(_onward(items, ask, most)))

    ask = Ask(most, from_id=asked.cursor)
    return Call(request(ask), read)


def closed(call: Call[Page[Order]]) -> Call[Page[Order]]:
    """`call` without the orders that are still open."""

    def read(reply: Reply) -> Page[Order]:
        found = call.parse(reply)
        return Page(tuple(order for order in found.items if not order.is_open), found.next)

    return Call(call.request, read)


def inside(items: Sequence[N], window: Window | None) -> tuple[N, ...]:
    """The items whose own time is in the window; an item without a time is kept."""
    if window is None:
        return tuple(items)
    since, until = window.since, window.until
    return tuple(
        item for item in items if item.timestamp is None or since <= item.timestamp < until
    )


def _onward(items: Sequence[Listed], ask: Ask, most: int) -> int:
    """The id from which the page after `items` is asked for. A page of nothing but the id that was
    asked from holds both its fills, if there are two, so that the next id follows."""
    newest = max(map(_number, items))
    split = len(items) >= most and str(newest) != ask.from_id
    return newest if split else newest + 1


def _number(item: Listed) -> int:
    try:
        return int(item.id or "")
    except ValueError:
        raise BadReply(
            f"ids were to grow with time, the venue sent {excerpt(str(item.id))!r}"
        ) from None


def _spans(window: Window | None, cursor: str | None, time_resolution: int) -> list[Span]:
    """What is still to be asked for, the next one first; empty where no times are given."""
    if cursor is not None:
        pairs = (part.split("-") for part in cursor.split(","))
        return [Span(int(first), int(last)) for first, last in pairs]
    if window is None:
        return []
    first, last = milliseconds(window.since), milliseconds(window.until) - 1
    end = _down(last, time_resolution) + time_resolution - 1
    return [Span(_down(first, time_resolution), end)]


def _down(time: int, time_resolution: int) -> int:
    return time // time_resolution * time_resolution


def _following(
    todo: list[Span], times: list[int], time_resolution: int, *, full: bool
) -> str | None:
    """The cursor after a page with these `times` came for ``todo[0]``; None at the end.

    Raises Unsupported when a full page lies within one unit of time: no question reaches the rest.
    """
    if not todo:
        return None
    span, rest = todo[0], todo[1:]
    within = [time for time in times if span.first <= time <= span.last]
    if full and within:
        oldest, newest = (_down(end(within), time_resolution) for end in (min, max))
        if oldest == newest:
            raise Unsupported(
                f"the venue lists no more than {len(times)} items at a time, and as many or more"
                f" fall on {utc(oldest).isoformat()}: the rest cannot be reached",
                hint="Ask for the time before and after it, and for its orders one by one.",
            )
        rest = [Span(span.first, oldest + time_resolution - 1), Span(newest, span.last), *rest]
    return ",".join(f"{span.first}-{span.last}" for span in rest) or None
