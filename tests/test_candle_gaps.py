"""A venue that cuts its replies shorter than it documents leaves no gap in a history."""

from __future__ import annotations

from collections.abc import Generator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.stepper import policy
from support.toy import ToyAdapter

from exchangekit.adapter.decode import decode
from exchangekit.adapter.lists import Window
from exchangekit.errors import BadReply
from exchangekit.hookspecs import new_manager
from exchangekit.models import Candle
from exchangekit.operations import Connection, Flow, Hooks, answer
from exchangekit.operations.candles import Candles

START = datetime(2026, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ONE = Decimal(1)


class At(Connection):
    """A connection whose venue has one time."""

    def __init__(self, now: datetime) -> None:
        super().__init__(policy(ToyAdapter()), Hooks(new_manager()), "live")
        self.now = now

    def venue_now(self) -> Flow[datetime]:
        return answer(self.now)


class CuttingVenue(Candles):
    """Answers windows itself: at most `most` candles, from the end it likes, some never traded."""

    def __init__(self, traded: list[int], most: int, keeps: str, now: datetime) -> None:
        super().__init__(At(now))
        self.rows = [Candle(START + minute * MINUTE, ONE, ONE, ONE, ONE, ONE) for minute in traded]
        self.most, self.keeps = most, keeps
        self.asked = 0

    def _ask(
        self, market: Any, timeframe: str, window: Window
    ) -> Generator[Any, Any, tuple[Candle, ...]]:
        self.asked += 1
        found = [row for row in self.rows if window.since <= row.timestamp < window.until]
        return tuple(found[-self.most :] if self.keeps == "newest" else found[: self.most])
        yield


def page(venue: CuttingVenue, window: Window) -> tuple[Candle, ...]:
    flow = venue._page(None, "1m", window)  # type: ignore[arg-type]
    with pytest.raises(StopIteration) as end:
        next(flow)
    return tuple(end.value.value)


@given(
    untraded=st.sets(st.integers(0, 499), max_size=200),
    most=st.integers(100, 500),
    keeps=st.sampled_from(["newest", "oldest"]),
)
def test_what_a_short_reply_leaves_out_is_asked_for_again(
    untraded: set[int], most: int, keeps: str
) -> None:
    traded = [minute for minute in range(500) if minute not in untraded]
    venue = CuttingVenue(traded, most, keeps, START + 1000 * MINUTE)
    rows = page(venue, Window(START, START + 500 * MINUTE))
    assert [row.timestamp for row in rows] == [START + minute * MINUTE for minute in traded]
    assert venue.asked <= 2 + 2 * (500 // most + 1)


def test_a_whole_reply_costs_one_question() -> None:
    venue = CuttingVenue(list(range(300)), 300, "newest", START + 1000 * MINUTE)
    assert len(page(venue, Window(START, START + 300 * MINUTE))) == 300
    assert venue.asked == 1


class Row(msgspec.Struct):
    price: Decimal | None
    label: str
    count: int | None = None


class Rows(msgspec.Struct):
    rows: list[Row]


def test_a_blank_is_none_only_where_a_blank_cannot_be_meant() -> None:
    body = b'{"rows":[{"price":"1.50","label":""},{"price":"","label":"x","count":""}]}'
    assert decode(Rows, body) == Rows([Row(Decimal("1.50"), ""), Row(None, "x")])


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"rows":[{"price":"abc","label":""}]}', "price"),
        (b'{"rows":[{"price":"1","label":7}]}', "label"),
        (b'{"rows":""}', "rows"),
    ],
)
def test_a_blank_elsewhere_does_not_hide_what_is_wrong(body: bytes, words: str) -> None:
    with pytest.raises(BadReply, match=words):
        decode(Rows, body)
