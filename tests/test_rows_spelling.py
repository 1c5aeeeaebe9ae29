"""Paths, marks and choices: how a venue tells what the kit wants otherwise."""

from __future__ import annotations

from decimal import Decimal, localcontext
from typing import Any

import pytest

from exchangekit import adapter as kit
from exchangekit.adapter import Number, OrderRow, Reply, TickerRow, decode, named
from exchangekit.errors import BadReply


def reply(text: str) -> Reply:
    return Reply(200, {}, text.encode())


def filled(spelling: str, field: str = "change", kind: type[kit.Row] = TickerRow) -> type[kit.Row]:
    """A row of `kind` whose `field` is spelt so."""
    needed = {"symbol": "s", "last": "l"} if kind is TickerRow else {"symbol": "s", "id": "i"}
    return named(**{**needed, field: spelling})(type("Told", (kind,), {}))


def read(row: type[kit.Row], text: str, field: str = "change") -> Any:
    start = '{"s": "AB", "l": "1", "i": 7'
    return getattr(decode(row, reply(f"{start}, {text}}}" if text else f"{start}}}")), field)


def test_a_dot_leads_into_an_object() -> None:
    row = filled("price.change.day")
    assert read(row, '"price": {"other": 1, "change": {"day": "2.50"}}') == Decimal("2.50")
    assert str(read(row, '"price": {"change": {"day": 0.10}}')) == "0.10"


@pytest.mark.parametrize(
    "text",
    ["", '"price": null', '"price": {}', '"price": {"change": null}', '"price": {"change": ""}',
     '"price": {"change": {"day": ""}}', '"price": ""'],
)  # fmt: skip
def test_what_is_missing_anywhere_on_the_way_is_none(text: str) -> None:
    assert read(filled("price.change.day"), text) is None


def test_two_fields_may_lie_in_one_object_and_two_may_be_read_of_one_name() -> None:
    @named(symbol="s", last="p.l", bid="p.b", ask="p.b", open="s2", high="s2")
    class Told(TickerRow):
        pass

    made = decode(Told, reply('{"s": "AB", "p": {"l": "1", "b": "2"}, "s2": "3"}'))
    assert (made.last, made.bid, made.ask, made.open, made.high) == (1, 2, 2, 3, 3)


def test_what_is_needed_at_the_end_of_a_path_is_refused_where_it_is_missing() -> None:
    @named(symbol="at.name", id="at.id")
    class Told(OrderRow):
        pass

    made = decode(Told, reply('{"at": {"name": "AB", "id": 7}}'))
    assert (made.symbol, made.id) == ("AB", 7)
    for text in ("{}", '{"at": null}', '{"at": {"id": 7}}', '{"at": {"name": null, "id": 7}}'):
        with pytest.raises(BadReply):
            decode(Told, reply(text))


def test_what_is_always_sent_may_be_null_but_not_missing_under_a_path_too() -> None:
    row = filled(kit.Always("p.change"))
    assert read(row, '"p": {"change": null}') is None
    for text in ("", '"p": {}'):
        with pytest.raises(BadReply, match="missing required field"):
            read(row, text)


FILTERS = (
    '"filters": [{"kind": "A", "step": "0.1"}, {"kind": "B", "x": 1}, {"kind": "C", "step": "3"}]'
)


def test_brackets_choose_the_item_of_a_list_that_says_so() -> None:
    @named(symbol="s", last="l", bid="filters[kind=A].step", ask="filters[kind=C].step",
           open="filters[kind=B].step", high="filters[kind=D].step")  # fmt: skip
    class Told(TickerRow):
        pass

    made = decode(Told, reply(f'{{"s": "AB", "l": "1", {FILTERS}}}'))
    assert (made.bid, made.ask, made.open, made.high) == (Decimal("0.1"), 3, None, None)
    for text in ("", ', "filters": []', ', "filters": [{"step": "1"}]'):
        assert decode(Told, reply(f'{{"s": "AB", "l": "1"{text}}}')).bid is None


def test_what_is_needed_of_an_item_that_is_not_there_is_named() -> None:
    @named(symbol="s", id="ids[kind=A].id")
    class Told(OrderRow):
        pass

    with pytest.raises(BadReply, match=r"it does not say ids\[kind=A\]\.id, its id"):
        decode(Told, reply('{"s": "AB", "ids": [{"kind": "B", "id": 7}]}'))


@named(symbol="s", last="c[0]", bid="b[0]", bid_volume="b[2]", ask="a[1].price", open="o[12]")
class Positions(TickerRow):
    """Lists whose places have a meaning."""


def test_brackets_choose_the_item_of_a_list_that_stands_there() -> None:
    text = '"c": ["1.10", 5], "b": [2, {"x": 1}, 0.30], "a": [7, {"price": "4"}, 8], "o": [1]'
    made = decode(Positions, reply(f'{{"s": "AB", {text}}}'))
    assert (str(made.last), made.bid, str(made.bid_volume)) == ("1.10", 2, "0.30")
    assert (made.ask, made.open) == (4, None)


@pytest.mark.parametrize(
    "text", ["", ', "b": []', ', "b": null', ', "b": [null]', ', "b": [""]', ', "b": ["", ""]']
)
def test_a_place_of_a_list_that_is_not_told_is_none(text: str) -> None:
    assert decode(Positions, reply(f'{{"s": "AB", "c": ["1"]{text}}}')).bid is None


@pytest.mark.parametrize("text", ["{}", "5", '"1"', '[{"x": 1}]', "[[1]]"])
def test_what_is_no_such_list_is_refused(text: str) -> None:
    with pytest.raises(BadReply):
        decode(Positions, reply(f'{{"s": "AB", "c": ["1"], "b": {text}}}'))


def test_what_is_needed_of_a_place_that_is_not_there_is_named() -> None:
    @named(symbol="s", id="ids[1]")
    class Told(OrderRow):
        pass

    assert decode(Told, reply('{"s": "AB", "ids": [1, 2]}')).id == 2
    for text in ("", ', "ids": []', ', "ids": [1]', ', "ids": [1, null]'):
        with pytest.raises(BadReply, match=r"it does not say ids\[1\], its id"):
            decode(Told, reply(f'{{"s": "AB"{text}}}'))


BROKEN_PATHS = ["a..b", ".a", "a.", "a[b].c", "a[b=c", "a[b=c]", "a]b", "a[=c].d", "", "a[-1]"]
BROKEN_PATHS += ["a[]", "a[1.5]", "a[0", "[0]", "a[100]"]


@pytest.mark.parametrize("path", BROKEN_PATHS)
def test_what_is_no_path_is_found_when_the_class_is_made(path: str) -> None:
    with pytest.raises(TypeError, match=r"Told, 'change': .* is no path: names with dots between"):
        filled(path)


def test_a_name_is_one_thing_only() -> None:
    twice = [
        ("p", "p.b"),
        ("p[k=x].b", "p.b"),
        ("p[0]", "p"),
        ("p.b", "p[0]"),
        ("p[0]", "p[k=x].b"),
    ]
    for one, other in [*twice, *(pair[::-1] for pair in twice)]:
        with pytest.raises(TypeError, match=r"Told reads 'p' as one thing for .* as another for"):
            named(symbol="s", last="l", bid=one, ask=other)(type("Told", (TickerRow,), {}))
    with pytest.raises(TypeError, match="reads 'b' as one thing for 'timestamp'"):
        named(symbol="s", last="l", timestamp="p.b", ask="p.b")(type("Told", (TickerRow,), {}))
    with pytest.raises(TypeError, match="a path leads through one list at most"):
        filled("p[k=x].q[k=y].z")


TIMES = [
    (kit.Milliseconds, '"1548000000123"', 1548000000123),
    (kit.Milliseconds, "1548000000123.999", 1548000000123),
    (kit.Milliseconds, '"1548000000123.456"', 1548000000123),
    (kit.Seconds, "1548000000", 1548000000000),
    (kit.Seconds, '"1548000000.1239"', 1548000000123),
    (kit.Microseconds, "1548000000123999", 1548000000123),
    (kit.Nanoseconds, '"1548000000123999999"', 1548000000123),
    (kit.Iso, '"2019-01-20T16:00:00.123Z"', 1548000000123),
    (kit.Iso, '"2019-01-20T16:00:00.123999999Z"', 1548000000123),
    (kit.Iso, '"2019-01-20T17:00:00+01:00"', 1548000000000),
    (kit.Seconds, "null", None),
    (kit.Seconds, '""', None),
    (kit.Iso, '""', None),
    (kit.Iso, "null", None),
]


@pytest.mark.parametrize(("mark", "told", "meant"), TIMES)
def test_a_time_is_told_in_any_unit_and_counted_in_whole_milliseconds(
    mark: type[kit.Mark], told: str, meant: int | None
) -> None:
    row = filled(mark("at"), "timestamp")
    assert read(row, f'"at": {told}', "timestamp") == meant


def test_a_time_without_a_zone_is_not_guessed() -> None:
    with pytest.raises(BadReply, match="does not say its zone"):
        read(filled(kit.Iso("at"), "timestamp"), '"at": "2019-01-20T16:00:00"', "timestamp")


@pytest.mark.parametrize(
    ("mark", "told"),
    [
        (kit.Iso, '"2019-01-20T16:00:00"'),
        (kit.Iso, '"yesterday"'),
        (kit.Seconds, '"soon"'),
        (kit.Seconds, "1e999999999"),
        (kit.Seconds, '"1e-999999999"'),
        (kit.Milliseconds, '"nan"'),
        (kit.Nanoseconds, '"Infinity"'),
        (kit.Decimals, "1e999999999"),
        (kit.Decimals, "1.5"),
        (kit.Decimals, "4000"),
        (kit.Ratio, '"1e999999999"'),
        (kit.Ratio, '"nan"'),
        (kit.Negated, '"1e999999999"'),
        (kit.Negated, '"-inf"'),
        (kit.Blank, '"1e999999999"'),
        (kit.Blank, '"much"'),
    ],
)
def test_what_no_market_could_mean_is_a_bad_reply(mark: type[kit.Mark], told: str) -> None:
    field = "percentage" if mark is kit.Ratio else "change"
    field = "timestamp" if issubclass(mark, (kit.Iso, kit.Milliseconds)) else field
    with pytest.raises(BadReply):
        read(filled(mark("at"), field), f'"at": {told}', field)


NUMBERS = [
    (kit.Ratio("x"), "percentage", '"-0.0123"', "-1.23"),
    (kit.Percent("x"), "percentage", '"-1.23"', "-1.23"),
    (kit.Percent("x"), "change", '"0.2"', "0.002"),
    (kit.Ratio("x"), "change", '"0.002"', "0.002"),
    (kit.Negated("x"), "change", '"-0.5"', "0.5"),
    (kit.Negated("x"), "change", '"0.5"', "-0.5"),
    (kit.Negated("x"), "change", '"0.00"', "0.00"),
    (kit.Decimals("x"), "change", "3", "0.001"),
    (kit.Decimals("x"), "change", '"0"', "1"),
    (kit.Decimals("x"), "change", "-2", "1E+2"),
    (kit.Blank("x"), "change", '"1.50"', "1.50"),
    (kit.Blank("x"), "change", '""', None),
    (kit.Negated(kit.Blank("x")), "change", '"-2"', "2"),
    (kit.Negated(kit.Blank("x")), "change", '""', None),
    (kit.Negated("a.x"), "change", "3", None),
]


@pytest.mark.parametrize(("spelling", "field", "told", "meant"), NUMBERS)
def test_a_number_is_told_in_any_unit(
    spelling: str, field: str, told: str, meant: str | None
) -> None:
    with localcontext(prec=2):
        made = read(filled(spelling, field), f'"x": {told}', field)
    assert (None if made is None else str(made)) == meant


LONG = "0.1234567890123456789012345678901234567"


def test_units_are_changed_exactly() -> None:
    made = read(filled(kit.Ratio("x"), "percentage"), f'"x": "{LONG}"', "percentage")
    assert made == Decimal(f"12.{LONG[4:]}")


FLAGS = [
    (kit.Among("x", "spot", "all"), '"spot"', True),
    (kit.Among("x", "spot", "all"), '"swap"', False),
    (kit.Among("x", "spot"), '"read,spot"', True),
    (kit.Among("x", "spot"), '"read, spot"', True),
    (kit.Among("x", "spot"), '"read,spots"', False),
    (kit.Among("x", "spot"), '["read", "spot"]', True),
    (kit.Among("x", "spot"), "[]", False),
    (kit.Among("x", 0), "0", True),
    (kit.Among("x", 0), '"0"', True),
    (kit.Among("x", 0), "1", False),
    (kit.Among("x", True), "true", True),
    (kit.Among("x", "true"), "true", True),
    (kit.Among("x", "true"), "false", False),
    (kit.Among("x", "spot"), '""', None),
    (kit.Among("x", "spot"), "null", None),
    (kit.Except("x", 4), "4", False),
    (kit.Except("x", 4), "3", True),
    (kit.Except("x", 4), "null", None),
    (kit.Means("x", {"on": True, "off": False}), '"on"', True),
    (kit.Means("x", {"on": True, "off": False}), '"off"', False),
    (kit.Means("x", {"1": True}), "1", True),
    ("x", "true", True),
]


@pytest.mark.parametrize(("spelling", "told", "meant"), FLAGS)
def test_a_yes_or_no_is_told_by_words(spelling: str, told: str, meant: bool | None) -> None:
    row = filled(spelling, "in_quote", OrderRow)
    assert read(row, f'"x": {told}', "in_quote") is meant


@pytest.mark.parametrize("told", ['"blinking"', '""', "[]"])
def test_a_word_whose_meaning_is_not_known_is_refused(told: str) -> None:
    row = filled(kit.Means("x", {"on": True, "off": False}), "in_quote", OrderRow)
    with pytest.raises(BadReply):
        read(row, f'"x": {told}', "in_quote")
    if told == '"blinking"':
        with pytest.raises(BadReply, match=r"unknown x 'blinking' \(known: off, on\); it is not"):
            read(row, f'"x": {told}', "in_quote")


def test_a_word_may_be_told_as_a_number() -> None:
    row = filled(kit.Text("x"), "status", OrderRow)
    assert read(row, '"x": 3', "status") == read(row, '"x": "3"', "status") == "3"


CHOICES = [
    (kit.either("a", "b"), '"a": "1", "b": "2"', 1),
    (kit.either("a", "b"), '"b": "2"', 2),
    (kit.either("a", "b"), '"a": "", "b": "2"', 2),
    (kit.either("a", "b"), '"a": "0", "b": "2"', 0),
    (kit.either("a", kit.Decimals("b")), '"b": 1', Decimal("0.1")),
    (kit.either("a.b", "c[d=e].f"), '"c": [{"d": "e", "f": 5}]', 5),
    (kit.either("a", "b"), "", None),
    (kit.largest("a", "b"), '"a": "1", "b": "2"', 2),
    (kit.largest("a", "b"), '"a": "1"', 1),
    (kit.smallest("a", "b"), '"a": "1", "b": "2"', 1),
    (kit.smallest("a", "b"), "", None),
    (kit.total("a", "b", "c"), '"a": "0.1", "b": "0.2"', Decimal("0.3")),
    (kit.total("a", "b"), "", None),
    (kit.when(kit.Among("a", "x"), "b"), '"a": "x", "b": "2"', 2),
    (kit.when(kit.Among("a", "x"), "b"), '"a": "y", "b": "2"', None),
    (kit.when(kit.Among("a", "x"), "b"), '"b": "2"', None),
    (kit.when(kit.Except("a", "x"), kit.Decimals("b")), '"a": "y", "b": 1', Decimal("0.1")),
    (kit.when(kit.every("a.c", "a.d"), "b"), '"a": {"c": true, "d": true}, "b": 2', 2),
    (kit.when(kit.every("a.c", "a.d"), "b"), '"a": {"c": true, "d": false}, "b": 2', None),
    (kit.either(kit.when("a", "b"), "c"), '"a": false, "b": "2", "c": "3"', 3),
    (kit.either(kit.when("a", "b"), "c"), '"a": true, "b": "2", "c": "3"', 2),
]


@pytest.mark.parametrize(("spelling", "text", "meant"), CHOICES)
def test_one_value_is_chosen_among_several(spelling: str, text: str, meant: Number) -> None:
    assert read(filled(spelling), text) == meant


def test_a_word_may_be_a_field_and_a_condition_of_others() -> None:
    @named(id="name", base="coin", quote="money",
           max_cost=kit.when(kit.Among("money", "B", "C"), "most"))  # fmt: skip
    class Told(kit.MarketRow):
        pass

    for money, most in (("B", 5), ("D", None)):
        text = f'{{"name": "AB", "coin": "A", "money": "{money}", "most": "5"}}'
        made = decode(Told, reply(text))
        assert (made.quote, made.max_cost) == (money, most)
    with pytest.raises(BadReply):  # what the field cannot hold, the condition cannot either
        decode(Told, reply('{"name": "AB", "coin": "A", "money": ["B"], "most": "5"}'))


def test_a_part_of_a_sum_that_is_always_sent_counts_not_as_nothing() -> None:
    row = filled(kit.total(kit.Always("a"), kit.Always("b")))
    assert read(row, '"a": "1", "b": "2"') == 3
    with pytest.raises(BadReply, match="missing required field `b`"):
        read(row, '"a": "1"')


EVERY = [
    ("true", "true", True), ("true", "false", False), ("false", "null", False),
    ("true", "null", None), ("null", "null", None),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other", "meant"), EVERY)
def test_all_are_true_or_one_is_not_or_nobody_knows(
    one: str, other: str, meant: bool | None
) -> None:
    row = filled(kit.every("a", "b"), "in_quote", OrderRow)
    assert read(row, f'"a": {one}, "b": {other}', "in_quote") is meant


def test_an_id_that_is_blank_in_one_place_is_looked_for_in_the_other() -> None:
    @named(symbol="s", id=kit.either("i", "j"))
    class Told(OrderRow):
        pass

    assert decode(Told, reply('{"s": "AB", "i": "", "j": 8}')).id == 8
    with pytest.raises(BadReply, match=r"it does not say either\('i', 'j'\), its id"):
        decode(Told, reply('{"s": "AB", "i": "", "j": ""}'))


DOES_NOT_FIT = [
    ("change", kit.Seconds("x"), r"Seconds\('x'\) makes a int, and 'change' is none"),
    ("change", kit.Iso("x"), r"Iso\('x'\) makes a int"),
    ("timestamp", kit.Ratio("x"), r"Ratio\('x'\) makes a Decimal, and 'timestamp' is none"),
    ("timestamp", kit.Decimals("x"), r"Decimals\('x'\) makes a Decimal"),
    ("change", kit.Among("x", "y"), r"Among\('x'\) makes a bool"),
    ("change", kit.ByAsset("x"), r"ByAsset\('x'\) makes a list of fees"),
    ("change", kit.Commas("x"), r"Commas\('x'\) makes a list"),
    ("change", kit.either("y", kit.Seconds("x")), r"Told: Seconds\('x'\) makes a int"),
    ("change", kit.Negated(kit.Iso("x")), r"Iso\('x'\) makes a int"),
]


@pytest.mark.parametrize(("field", "spelling", "why"), DOES_NOT_FIT)
def test_a_mark_that_cannot_make_a_field_is_found_when_the_class_is_made(
    field: str, spelling: str, why: str
) -> None:
    with pytest.raises(TypeError, match=why):
        filled(spelling, field)


def test_a_choice_of_one_and_words_that_are_none_are_found_where_they_are_written() -> None:
    with pytest.raises(TypeError, match=r"either\(\) is a choice among several .*, and has 1"):
        kit.either("a")
    with pytest.raises(TypeError, match=r"Among\('x'\) does not say which words it looks for"):
        kit.Among("x")


def test_what_a_class_put_together_stays_so_in_one_that_builds_upon_it() -> None:
    @named(symbol="s", id="i", created=kit.Seconds("at"), price="p.x")
    class First(OrderRow):
        pass

    @named(updated=kit.Seconds("at"))
    class Second(First):
        pass

    @named(created="ms", price="q")
    class Third(Second):
        pass

    told = reply('{"s": "AB", "i": 7, "at": 1548000000, "p": {"x": 3}, "ms": 5, "q": "4"}')
    first, second, third = decode(First, told), decode(Second, told), decode(Third, told)
    assert (first.created, first.updated, first.price) == (1548000000000, None, 3)
    assert (second.created, second.updated, second.price) == (1548000000000, 1548000000000, 3)
    assert (third.created, third.updated, third.price) == (5, 1548000000000, 4)


def test_what_was_needed_stays_needed_and_what_is_left_behind_is_not_looked_for() -> None:
    @named(symbol="s", id="old.i")
    class First(OrderRow):
        pass

    @named(id="new.i")
    class Second(First):
        pass

    assert decode(Second, reply('{"s": "AB", "new": {"i": 7}}')).id == 7
    with pytest.raises(BadReply, match="missing required field `new`"):
        decode(Second, reply('{"s": "AB", "old": {"i": 7}}'))


def test_what_a_class_put_together_cannot_be_declared_once_more() -> None:
    @named(symbol="s", id="i", filled="x.filled")
    class First(OrderRow):
        pass

    with pytest.raises(TypeError, match=r"First reads 'filled' by a path.*@named\(filled=Always"):
        type("Second", (First,), {"__annotations__": {"filled": Number}})


def test_a_class_may_go_on_when_its_row_was_put_together() -> None:
    @named(symbol="s", id="i", price="p.x")
    class Told(OrderRow):
        def __post_init__(self) -> None:
            self.amount = self.price

    @named(created=kit.Seconds("at"))
    class Later(Told):
        pass

    told = reply('{"s": "AB", "i": 7, "p": {"x": 3}, "at": 1548000000}')
    assert decode(Told, told).amount == 3
    made = decode(Later, told)
    assert (made.amount, made.created) == (3, 1548000000000)


def test_rows_of_plain_names_are_put_together_by_nothing() -> None:
    @named("last", kit.Always("bid"), symbol="s")
    class Told(TickerRow):
        pass

    assert not hasattr(Told, "__post_init__")
    assert Told.__struct_fields__ == TickerRow.__struct_fields__


def test_names_that_are_no_names_of_python_can_be_read() -> None:
    @named(symbol="s", last="24h.class.1-day", bid="24h.class.1_day")
    class Told(TickerRow):
        pass

    text = '{"s": "AB", "24h": {"class": {"1-day": "1", "1_day": "2"}}}'
    made = decode(Told, reply(text))
    assert (made.last, made.bid) == (1, 2)
