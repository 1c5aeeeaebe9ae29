"""The function that puts a row together equals the plain way, for every row of every venue."""

from __future__ import annotations

import importlib
from decimal import Decimal
from types import UnionType
from typing import Any, Union, get_args, get_origin

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import asdict, fields
from support.plain_reading import put_plainly, words_of

from exchangekit.adapter import Always, named
from exchangekit.adapter.choices import Choice, either, every, largest, smallest, total, when
from exchangekit.adapter.market_rows import MarketRow
from exchangekit.adapter.marks import Among, Blank, Decimals, Mark, Means, Negated, Ratio, Text
from exchangekit.adapter.rows import BalanceRow, FillRow, OrderRow, TickerRow
from exchangekit.adapter.spelling import Row
from exchangekit.errors import BadReply

VENUES = ("mexc", "binance", "okx", "bybit", "bitget")
NUMBERS = ("0", "0.000", "1", "2.50", "-3", "40")
WORDS = ("", "a", "x,y", "1", "4", "true")
_A, _B = "items[kind=A].size", "items[kind=B].size"


@named("symbol", last=Negated(Blank("prices.last")), change=either("deep.er.change", "a-b"),
       percentage=Ratio(either("ratio", "other.ratio")), bid=largest(_A, _B, "bid"),
       ask=smallest(_A, Blank("ask")), bid_volume=total(Always("bid_size"), _B),
       open="class.else", ask_volume="_1.2x", timestamp="times.at")  # fmt: skip
class Strange(TickerRow):
    pass


@named(id=Text("id.text"), base="b", quote=either("words.quote", "q"), price_step=either(
       "steps[kind=A].step", Decimals("digits"), "plain"), min_cost=total("c1", "c2.c3"),
       active=every(Among("state", 1, "on"), Among("flags", "a")), max_cost=either("m1", "m2"),
       market_max_cost=when(Among("q", "a"), "m1"), min_price=when(
           Among("state", "x"), either("low[1]", Decimals("low[0]"))),
       spot=Means("kind", {"1": True, "a": False}, otherwise=True))  # fmt: skip
class Odd(MarketRow):
    pass


@named("symbol", last="l", bid=when(Among("s", "a"), "b"), ask=when(Among("s", "x"), "b"))
class Conditional(TickerRow):
    last: Decimal | None = None


@named("asset", total="t.t", used=total("frozen", "locked"), free=either("f", Blank("g"), "h.i"))
class Held(BalanceRow):
    pass


def _rows_of_venues() -> list[Any]:
    found = [
        kind
        for venue in VENUES
        for kind in vars(importlib.import_module(f"exchangekit_{venue}.rows")).values()
        if isinstance(kind, type) and issubclass(kind, Row) and kind.readings_.plans
    ]
    return [Strange, Odd, Held, Conditional, *found]


ROWS = _rows_of_venues()


def _bare(kind: Any) -> Any:
    """The same row, not put together."""
    told = [(one.name, one.type, _default(one)) for one in fields(kind)]
    names = {one.name: one.encode_name for one in fields(kind)}
    return msgspec.defstruct("Bare", told, rename=names, kw_only=True)


def _default(field: Any) -> Any:
    if field.default_factory is not msgspec.NODEFAULT:
        return msgspec.field(default_factory=field.default_factory)
    return msgspec.NODEFAULT if field.required else field.default


def _words(spelling: str) -> set[str]:
    if isinstance(spelling, Choice):
        return {word for part in spelling.among for word in _words(part)}
    if not isinstance(spelling, Mark):
        return set()
    return {*map(str, getattr(spelling, "words", ())), *_words(spelling.inner)}


def _told(kind: Any, words: tuple[str, ...]) -> st.SearchStrategy[Any]:
    """JSON that a reply may hold where the row's type is `kind`."""
    if get_origin(kind) in (Union, UnionType):
        return st.one_of(*(_told(one, words) for one in get_args(kind)))
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return st.fixed_dictionaries(
            {one.encode_name: _told(one.type, words) for one in fields(kind) if one.required},
            optional={
                one.encode_name: _told(one.type, words)
                for one in fields(kind)
                if not one.required and not one.encode_name.startswith("(no ")
            },
        )
    if get_origin(kind) in (list, tuple):
        return st.lists(_told(get_args(kind)[0], words), max_size=4)
    if get_origin(kind) is dict:
        return st.dictionaries(st.sampled_from("ABC"), _told(get_args(kind)[1], words), max_size=2)
    if kind is type(None):
        return st.none()
    simple = {Decimal: NUMBERS, int: (0, 1, 4, 1764252000000), bool: (True, False)}
    return st.sampled_from(simple.get(kind, words))


def _outcome(put: Any, row: Any) -> Any:
    try:
        put(row)
    except Exception as problem:
        return type(problem), str(problem)
    return asdict(row)


@pytest.mark.parametrize("kind", ROWS, ids=lambda kind: f"{kind.__module__}.{kind.__name__}")
@settings(max_examples=25, deadline=None)
@given(st.data())
def test_a_row_is_put_together_as_the_plain_way_does(kind: Any, data: st.DataObject) -> None:
    plans = kind.readings_.plans
    words = {word for plan in plans for word in words_of(plan.source)}
    words |= {word for one in kind.readings_.each for word in _words(one.spelling)}
    told = data.draw(_told(kind, (*WORDS, *sorted(words))))
    body, bare = msgspec.json.encode(told), _bare(kind)
    try:
        fast, plain = (msgspec.json.decode(body, type=bare, strict=False) for _ in range(2))
    except (msgspec.ValidationError, BadReply):
        return
    made = _outcome(kind.readings_.put, fast)
    assert made == _outcome(lambda row: put_plainly(row, plans), plain)


def test_a_row_that_is_put_together_twice_stays_what_it_was() -> None:
    items = b'"items": [{"kind": "A", "size": "3"}], "bid_size": 1'
    body = b'{"symbol": "a", "prices": {"last": "1"}, %b}' % items
    row = msgspec.json.decode(body, type=Strange, strict=False)
    before = asdict(row)
    assert row.bid == 3
    Strange.readings_.put(row)
    assert asdict(row) == before


def test_most_bodies_that_are_tried_can_be_read() -> None:
    """So that the test above does not pass for want of rows."""
    read = {True: 0, False: 0}

    @settings(max_examples=40, deadline=None, database=None)
    @given(st.sampled_from([Strange, Odd, Held]), st.data())
    def tried(kind: Any, data: st.DataObject) -> None:
        body = msgspec.json.encode(data.draw(_told(kind, WORDS)))
        try:
            msgspec.json.decode(body, type=_bare(kind), strict=False)
        except msgspec.ValidationError:
            read[False] += 1
        else:
            read[True] += 1

    tried()
    assert read[True] > read[False]


def test_all_rows_that_are_not_of_plain_names_are_tried() -> None:
    assert {FillRow, OrderRow, MarketRow, TickerRow, BalanceRow} <= {
        base for kind in ROWS for base in kind.__mro__
    }
