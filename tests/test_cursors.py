"""Lists that the venue leads through come whole, without repeats, and end: whatever their lead, at
however many places, in spans of whatever length."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_paging import EPOCH_MS, MARKET, asked, fill, window

from exchangekit.adapter import Ask, Call, Page, Reply, Request
from exchangekit.adapter.cursors import Lead, by_cursor, last_row, page_number, told_at
from exchangekit.errors import BadReply
from exchangekit.models import MyTrade

LEADS = {
    "told": told_at("next"),
    "last": last_row("rows", by="id"),
    "number": page_number("rows"),
}


class Venue:
    """Fills at the given ms, newest first, at one place or more; the last keeps them all."""

    def __init__(self, times: list[int], *, most: int, longest: int | None, places: int) -> None:
        self.times, self.most, self.longest = sorted(times), most, longest
        self.kept = [self.times[-5:] for _ in range(places - 1)] + [self.times]
        self.asked: list[Ask] = []

    def request(self, ask: Ask) -> Request:
        self.asked.append(ask)
        return Request(method="GET", path="/fills")

    def answer(self, lead: str) -> Reply:
        ask = self.asked[-1]
        if ask.first is not None and self.longest is not None:
            assert ask.last is not None
            assert 0 <= ask.last - ask.first < self.longest, "a longer span than the venue takes"
        names = {ms: at for at, ms in enumerate(self.times)}
        rows = [(names[ms], ms) for ms in self.kept[ask.place]][::-1]
        if ask.first is not None and ask.last is not None:
            rows = [row for row in rows if ask.first <= row[1] + EPOCH_MS <= ask.last]
        if ask.cursor is not None and lead == "number":
            rows = rows[(int(ask.cursor) - 1) * ask.limit :]
        elif ask.cursor is not None:
            rows = [row for row in rows if row[0] < int(ask.cursor)]
        page = rows[: ask.limit]
        more = str(page[-1][0]) if len(rows) > len(page) else ""
        said = {"rows": [{"id": number, "at": ms} for number, ms in page], "next": more}
        return Reply(200, {}, json.dumps(said).encode())


def parse(reply: Reply) -> tuple[MyTrade, ...]:
    return tuple(fill(row["id"], row["at"]) for row in json.loads(reply.body)["rows"])


@given(
    times=st.lists(st.integers(0, 5_000), max_size=40, unique=True),
    lead=st.sampled_from(sorted(LEADS)),
    most=st.integers(1, 7),
    longest=st.none() | st.integers(200, 3_000),
    places=st.integers(1, 3),
    bounds=st.tuples(st.integers(0, 3_000), st.integers(1, 4_000)),
)
def test_a_window_comes_whole_and_no_row_twice_from_one_place(
    times: list[int],
    lead: str,
    most: int,
    longest: int | None,
    places: int,
    bounds: tuple[int, int],
) -> None:
    venue = Venue(times, most=most, longest=longest, places=places)
    first, last = bounds[0], bounds[0] + bounds[1]
    found: list[tuple[int, str]] = []
    cursor, seen = None, set[str]()
    while cursor is None or cursor not in seen:
        seen |= {cursor} if cursor else set()
        page = _page(venue, lead, asked(window(first, last), cursor, 100), most, longest, places)
        found += [(venue.asked[-1].place, item.id) for item in page.items]
        cursor = page.next
        if cursor is None:
            break
    else:
        pytest.fail("the pages go round in a circle")
    assert len(found) == len(set(found)), "a row was told twice by one place"
    inside = [str(at) for at, ms in enumerate(venue.times) if first <= ms < last]
    assert {name for _, name in found} == set(inside)


def _page(
    venue: Venue, lead: str, listing: Any, most: int, longest: int | None, places: int
) -> Page[MyTrade]:
    call = by_cursor(
        venue.request, parse, listing, LEADS[lead], most=most, longest=longest, places=places
    )
    return call.parse(venue.answer(lead))


@pytest.mark.parametrize("lead", LEADS)
def test_without_a_window_the_newest_are_asked_for_and_the_page_says_how_to_go_on(
    lead: str,
) -> None:
    venue = Venue(list(range(0, 900, 100)), most=5, longest=100, places=1)
    page = _page(venue, lead, asked(None, None, 3), 5, 100, 1)
    assert venue.asked == [Ask(3)]
    assert [item.id for item in page.items] == ["8", "7", "6"]
    assert page.next is not None
    page = _page(venue, lead, asked(None, page.next, 3), 5, 100, 1)
    assert [item.id for item in page.items] == ["5", "4", "3"]


def _led(lead: Lead, body: bytes, limit: int = 1) -> str | None:
    return lead(Reply(200, {}, body), Ask(limit))


@pytest.mark.parametrize("end", ["null", '""'])
def test_a_cursor_that_is_empty_or_null_is_the_end(end: str) -> None:
    assert _led(told_at("result", "next"), f'{{"result": {{"next": {end}}}}}'.encode()) is None
    assert _led(told_at("result", "next"), b'{"result": {"next": "a:b%3D"}}') == "a:b%3D"


@pytest.mark.parametrize(
    ("lead", "body"),
    [
        (told_at("next"), b'{"rows": []}'),
        (told_at("next"), b'{"next": 7.5}'),
        (last_row("rows", by="id"), b'{"rows": [{"id": ""}]}'),
        (last_row("rows", by="id"), b'{"rows": [{"name": "7"}]}'),
        (last_row("rows", by="id"), b'{"list": []}'),
        (page_number("rows"), b'{"list": []}'),
    ],
)
def test_a_reply_that_does_not_say_how_to_go_on_is_never_taken_for_the_end(
    lead: Lead, body: bytes
) -> None:
    with pytest.raises(BadReply):
        _led(lead, body)


def test_a_cursor_of_the_venue_comes_back_as_it_was_whatever_it_holds() -> None:
    def ask(cursor: str | None) -> tuple[Call[Page[MyTrade]], Ask]:
        sent: list[Ask] = []

        def request(one: Ask) -> Request:
            sent.append(one)
            return Request(method="GET", path="/")

        call = by_cursor(
            request, lambda _: (), asked(None, cursor), told_at("next"), most=5, places=2
        )
        return call, sent[0]

    call, _ = ask(None)
    told = "2:17%3A9:::x=,y"
    page = call.parse(Reply(200, {}, json.dumps({"next": told}).encode()))
    call, sent = ask(page.next)
    assert (sent.cursor, sent.place) == (told, 0)
    page = call.parse(Reply(200, {}, b'{"next": ""}'))
    assert ask(page.next)[1] == Ask(5, place=1)


def test_what_is_asked_for_names_its_market_and_where_its_rows_may_be_of() -> None:
    of_one = asked(None)
    assert (of_one.one, of_one.where, of_one.market_id) == (MARKET, MARKET, "BTCUSDT")


def test_a_venue_that_may_leave_out_the_ends_is_asked_for_one_more_at_each() -> None:
    assert (Ask(3, 10, 20).before, Ask(3, 10, 20).after) == (9, 21)
    assert (Ask(3, 0, 0).before, Ask(3, 0, 0).after) == (-1, 1)
    assert (Ask(3).before, Ask(3).after) == (None, None)
