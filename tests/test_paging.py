"""Lists read page by page come whole, without repeats, and end."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from exchangekit.adapter import Call, Listing, Page, Reply, Request, Window
from exchangekit.adapter.paging import Ask, by_id, by_id_whole, by_time, closed, inside
from exchangekit.errors import BadReply, Unsupported
from exchangekit.models import Market, MyTrade, Order, OrderStatus, Side
from exchangekit.models.markets import index

START = datetime(2026, 1, 1, tzinfo=UTC)
EPOCH_MS = int(START.timestamp() * 1000)
MARKET = Market(symbol="BTC/USDT", id="BTCUSDT", base="BTC", quote="USDT")


def fill(number: int, ms: int) -> MyTrade:
    return MyTrade(
        symbol="BTC/USDT",
        id=str(number),
        order_id="1",
        timestamp=START + timedelta(milliseconds=ms),
        side=Side.BUY,
        price=Decimal(1),
        amount=Decimal(1),
        cost=Decimal(1),
    )


class Venue:
    """A venue's list of fills at the given ms, ids in order of time.

    It serves at most `most`, keeps the `newest` of too many or the oldest, and shows and compares
    times rounded down to `time_resolution`.
    """

    def __init__(
        self, times: list[int], *, most: int, newest: bool = True, time_resolution: int = 1
    ) -> None:
        self.times = sorted(times)
        self.most, self.newest, self.time_resolution = most, newest, time_resolution
        self.asked: list[Ask] = []

    def request(self, ask: Ask) -> Request:
        self.asked.append(ask)
        return Request(method="GET", path="/fills")

    def answer(self) -> Reply:
        ask = self.asked[-1]
        rows = [
            (number, ms // self.time_resolution * self.time_resolution)
            for number, ms in enumerate(self.times)
        ]
        if ask.from_id is not None:
            rows = [row for row in rows if row[0] >= int(ask.from_id)]
        if ask.first is not None and ask.last is not None:
            rows = [row for row in rows if ask.first <= row[1] + EPOCH_MS <= ask.last]
        limit = min(ask.limit, self.most)
        oldest_first = ask.from_id is not None or (ask.first is not None and not self.newest)
        cut = rows[:limit] if oldest_first else rows[-limit:]
        return Reply(200, {}, json.dumps(cut).encode())

    def everything(
        self, ask: Callable[[str | None], Call[Page[MyTrade]]], cap: int = 2_000
    ) -> list[MyTrade]:
        """What the kit does with pages: all of them, once each."""
        found: dict[str, MyTrade] = {}
        cursor, seen = None, set()
        for _ in range(cap):
            page = ask(cursor).parse(self.answer())
            found |= {item.id: item for item in page.items}
            cursor = page.next
            if cursor is None:
                return sorted(found.values(), key=lambda item: int(item.id))
            assert cursor not in seen, "the pages go round in a circle"
            seen.add(cursor)
        raise AssertionError("the pages do not end")


def parse(reply: Reply) -> tuple[MyTrade, ...]:
    return tuple(fill(number, ms) for number, ms in json.loads(reply.body))


def window(first: int, last: int) -> Window:
    return Window(START + timedelta(milliseconds=first), START + timedelta(milliseconds=last))


def asked(wanted: Window | None, cursor: str | None = None, limit: int = 5) -> Listing:
    return Listing(index(()), MARKET, wanted, limit, cursor)


def expected(venue: Venue, first: int, last: int) -> list[str]:
    shown = [ms // venue.time_resolution * venue.time_resolution for ms in venue.times]
    return [str(number) for number, ms in enumerate(shown) if first <= ms < last]


@example(
    times=list(range(0, 9000, 1000)), most=2, newest=False, time_resolution=1, bounds=(0, 9000)
)
@example(
    times=list(range(0, 9000, 1000)), most=2, newest=True, time_resolution=1000, bounds=(0, 9000)
)
@given(
    times=st.lists(st.integers(0, 20_000), max_size=60, unique_by=lambda ms: ms // 1000),
    most=st.integers(2, 7),
    newest=st.booleans(),
    time_resolution=st.sampled_from([1, 1000]),
    bounds=st.tuples(st.integers(0, 10_000), st.integers(1, 12_000)),
)
def test_times_alone_find_every_row_whichever_end_the_venue_cuts_off(
    times: list[int], most: int, newest: bool, time_resolution: int, bounds: tuple[int, int]
) -> None:
    venue = Venue(times, most=most, newest=newest, time_resolution=time_resolution)
    first, last = bounds[0], bounds[0] + bounds[1]
    found = venue.everything(
        lambda cursor: by_time(
            venue.request,
            parse,
            asked(window(first, last), cursor, 5),
            most=most,
            time_resolution=time_resolution,
        )
    )
    assert [item.id for item in found] == expected(venue, first, last)


@given(
    times=st.lists(st.integers(0, 5_000), max_size=80),
    most=st.integers(1, 9),
    chunk=st.integers(1, 2_000),
    bounds=st.tuples(st.integers(0, 3_000), st.integers(1, 4_000)),
)
def test_ids_find_every_row_even_many_at_one_instant(
    times: list[int], most: int, chunk: int, bounds: tuple[int, int]
) -> None:
    venue = Venue(times, most=most, newest=False)
    first, last = bounds[0], bounds[0] + bounds[1]
    found = venue.everything(
        lambda cursor: by_id(
            venue.request, parse, asked(window(first, last), cursor, 5), most=most, chunk=chunk
        ),
        cap=10_000,
    )
    assert [item.id for item in found] == expected(venue, first, last)
    spans = [ask for ask in venue.asked if ask.first is not None]
    assert all(ask.last - ask.first < chunk for ask in spans)


def test_once_a_chunk_holds_anything_the_ids_lead_and_quiet_chunks_are_not_asked_for() -> None:
    venue = Venue([250], most=5, newest=False)
    found = venue.everything(
        lambda cursor: by_id(
            venue.request, parse, asked(window(0, 100_000), cursor, 5), most=5, chunk=100
        )
    )
    assert [item.id for item in found] == ["0"]
    assert [ask.from_id for ask in venue.asked] == [None, None, None, "1"]


class TradesWithItself(Venue):
    """Every trade was between two orders of the account: two fills share one id."""

    def answer(self) -> Reply:
        ask = self.asked[-1]
        rows = [(number, ms) for number, ms in enumerate(self.times) for _ in ("buy", "sell")]
        if ask.from_id is not None:
            rows = [row for row in rows if row[0] >= int(ask.from_id)]
        elif ask.first is not None and ask.last is not None:
            rows = [row for row in rows if ask.first <= row[1] + EPOCH_MS <= ask.last]
        return Reply(200, {}, json.dumps(rows[: self.most]).encode())

    def halves(self, ask: Callable[[str | None], Call[Page[MyTrade]]]) -> set[tuple[str, int]]:
        """Each fill that any page told: its trade, and whether it is the first or second of it."""
        found, cursor = set[tuple[str, int]](), None
        for _ in range(10_000):
            page = ask(cursor).parse(self.answer())
            ids = [item.id for item in page.items]
            for at, name in enumerate(ids):
                second = ids[:at].count(name)
                assert second < 2
                found.add((name, second))
            cursor = page.next
            if cursor is None:
                return found
        raise AssertionError("the pages do not end")


@pytest.mark.parametrize("most", range(2, 9))
@pytest.mark.parametrize("count", [1, 2, 7, 20])
def test_both_fills_of_a_trade_with_oneself_come_wherever_a_page_ends(
    count: int, most: int
) -> None:
    whole = {(str(number), half) for number in range(count) for half in (0, 1)}
    venue = TradesWithItself(list(range(0, count * 10, 10)), most=most)
    assert whole == venue.halves(
        lambda cursor: by_id(
            venue.request, parse, asked(window(0, 500), cursor, 5), most=most, chunk=70
        )
    )
    venue = TradesWithItself([7] * count, most=most)
    assert whole == venue.halves(
        lambda cursor: by_id_whole(
            lambda ask: venue.request(ask._replace(from_id=ask.from_id or "0")),
            parse,
            asked(None, cursor),
            most=most,
        )
    )


@pytest.mark.parametrize("id", ["", "x7", "7.5"])
def test_ids_that_are_no_whole_numbers_cannot_lead_and_that_is_a_bad_reply(id: str) -> None:
    odd = fill(1, 0).model_copy(update={"id": id})
    call = by_id_whole(
        lambda ask: Request(method="GET", path="/"), lambda _: (odd,), asked(None, "5"), most=1
    )
    with pytest.raises(BadReply, match="ids were to grow with time"):
        call.parse(Reply(200, {}, b""))


@given(count=st.integers(0, 40), most=st.integers(1, 9))
def test_a_short_list_comes_whole_by_ids_from_a_venue_that_tells_its_newest(
    count: int, most: int
) -> None:
    venue = Venue([7] * count, most=most)

    def ask(cursor: str | None) -> Call[Page[MyTrade]]:
        return by_id_whole(venue.request, parse, asked(None, cursor), most=most)

    assert len(venue.everything(ask)) == count
    assert venue.asked[0].from_id is None
    assert (len(venue.asked) == 1) == (count < most)


def test_a_list_without_a_window_that_is_wanted_whole_is_looked_for_on_both_sides() -> None:
    venue = Venue(list(range(0, 50_000, 1000)), most=7, time_resolution=1000)
    found = venue.everything(
        lambda cursor: by_time(
            venue.request, parse, asked(None, cursor, 7), most=7, time_resolution=1000, reach=60_000
        )
    )
    assert len(found) == 50


@pytest.mark.parametrize("read", [by_time, by_id])
def test_without_a_window_the_newest_are_asked_for_once(read: Callable[..., Call]) -> None:
    venue = Venue(list(range(10)), most=5)
    extra = {"chunk": 100} if read is by_id else {}
    call = read(venue.request, parse, asked(None, None, 3), most=5, **extra)
    assert venue.asked == [Ask(3)]
    page = call.parse(venue.answer())
    assert [item.id for item in page.items] == ["7", "8", "9"]
    assert page.next is None


def test_more_rows_at_one_instant_than_a_page_holds_are_said_to_be_out_of_reach() -> None:
    venue = Venue([500] * 9, most=5, time_resolution=1000)
    ask = by_time(
        venue.request, parse, asked(window(0, 5000), None, 5), most=5, time_resolution=1000
    )
    with pytest.raises(Unsupported, match="no more than 5 items at a time") as caught:
        ask.parse(venue.answer())
    assert "its orders one by one" in str(caught.value)


def test_a_venue_that_ignores_the_times_it_is_given_does_not_make_the_pages_endless() -> None:
    venue = Venue(list(range(0, 9_000, 1000)), most=4)
    answer = venue.answer

    def ignoring() -> Reply:
        venue.asked[-1] = Ask(4)
        return answer()

    venue.answer = ignoring  # type: ignore[method-assign]
    found: list[MyTrade] = []
    with pytest.raises(Unsupported):
        found = venue.everything(
            lambda cursor: by_time(
                venue.request, parse, asked(window(0, 10_000), cursor, 4), most=4
            )
        )
    assert found == []


def test_rows_outside_the_window_are_left_out_and_rows_without_a_time_kept() -> None:
    rows = [
        Order(symbol="A/B", id="1", timestamp=START - timedelta(milliseconds=1)),
        Order(symbol="A/B", id="2", timestamp=START),
        Order(symbol="A/B", id="3", timestamp=START + timedelta(seconds=1)),
        Order(symbol="A/B", id="4"),
    ]
    assert [row.id for row in inside(rows, window(0, 1000))] == ["2", "4"]
    assert len(inside(rows, None)) == 4


def test_closed_leaves_open_orders_out_and_keeps_the_cursor() -> None:
    orders = tuple(Order(symbol="A/B", id=status, status=status) for status in OrderStatus)
    call = Call(Request(method="GET", path="/orders"), lambda reply: Page(orders, "more"))
    page = closed(call).parse(Reply(200, {}, b""))
    assert {order.status for order in page.items} == set(OrderStatus) - {OrderStatus.OPEN}
    assert page.next == "more"
