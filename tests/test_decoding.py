"""Replies are read exactly: blanks where they may be, words that look like numbers, odd times."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from exchangekit.adapter import Reply
from exchangekit.adapter.decode import (
    ascending,
    average,
    decode,
    decode_any,
    lookup,
    maybe_utc,
    milliseconds,
    non_zero,
    number,
    peek,
    step_of,
    utc,
)
from exchangekit.adapter.odd_numbers import is_odd, names_of_numbers
from exchangekit.adapter.rows import BookRow, WideBookRow
from exchangekit.errors import BadReply
from exchangekit.models import Source, Ticker

D = Decimal


class Row(msgspec.Struct):
    name: str
    price: Decimal | None = None
    count: int | None = None


class Held(msgspec.Struct):
    rows: list[Row]


def read(kind: Any, text: str) -> Any:
    return decode(kind, Reply(200, {}, text.encode()))


# Blanks


@pytest.mark.parametrize(
    ("text", "prices"),
    [
        ('[{"name": "a", "price": ""}, {"name": "b", "price": "2"}]', [None, 2]),
        ('[{"name": "a", "price": "1"}, {"name": "b", "price": ""}]', [1, None]),
        ('[{"name": "a", "price": ""}, {"name": "b"}, {"name": "c", "price": ""}]', [None] * 3),
        ('[{"name": "", "price": 1.5}, {"name": "", "price": ""}]', [D("1.5"), None]),
    ],
)
def test_a_number_that_is_blank_in_some_rows_is_none_in_those_and_no_others(
    text: str, prices: list[Decimal | None]
) -> None:
    assert [row.price for row in read(list[Row], text)] == prices
    assert [row.price for row in read(Held, f'{{"rows": {text}}}').rows] == prices
    named = read(dict[str, list[Row]], f'{{"any": {text}, "other": []}}')
    assert [row.price for row in named["any"]] == prices


def test_a_blank_text_stays_blank_beside_a_number_that_is() -> None:
    made = read(list[Row], '[{"name": "", "price": "", "count": ""}, {"name": "b", "count": "3"}]')
    assert made == [Row("", None, None), Row("b", None, 3)]


def test_a_blank_number_of_one_row_of_a_mapping_is_none() -> None:
    text = '{"x": {"name": "a", "price": "1"}, "y": {"name": "b", "price": ""}}'
    assert read(dict[str, Row], text) == {"x": Row("a", D(1)), "y": Row("b", None)}


@pytest.mark.parametrize("kind", [dict[str, Decimal], dict[str, Decimal | None]])
def test_a_mapping_of_numbers_with_one_that_is_blank_is_refused(kind: Any) -> None:
    with pytest.raises(BadReply, match="Invalid decimal string"):
        read(kind, '{"x": "1", "y": ""}')


def test_a_blank_column_of_one_row_of_several_is_none() -> None:
    kind = list[tuple[Decimal | None, Decimal]]
    assert read(kind, '[["1", "2"], ["", "3"], ["4", "5"]]') == [(1, 2), (None, 3), (4, 5)]
    assert read(list[Decimal | None], '["1", "", "3", ""]') == [1, None, 3, None]
    assert read(list[list[Decimal | None]], '[["1"], ["2", ""]]') == [[1], [2, None]]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('[{"name": "a", "price": ""}, {"name": "b", "price": "cheap"}]', "Invalid decimal"),
        ('[{"name": "a", "price": ""}, {"price": "1"}]', "missing required field `name`"),
        ('[{"name": "a", "price": " "}]', "Invalid decimal"),
        ('[{"name": "a", "price": ""}, {"name": 7}]', "Expected `str`, got `int`"),
        ('{"name": "a", "price": ""}', "Expected `array`, got `object`"),
        ('[{"name": "a", "price": ""}', "truncated"),
    ],
)
def test_a_blank_excuses_no_other_mistake(text: str, why: str) -> None:
    with pytest.raises(BadReply, match=why):
        read(list[Row], text)


def test_a_number_that_must_be_there_must_not_be_blank() -> None:
    with pytest.raises(BadReply):
        read(list[Decimal], '["1", ""]')


def test_blanks_of_very_many_fields_are_not_looked_for_without_end() -> None:
    kind = list[Decimal | None]
    assert read(kind, "[" + ", ".join(['""'] * 40) + "]") == [None] * 40
    with pytest.raises(BadReply):
        read(kind, "[" + ", ".join(['""'] * 60) + "]")


# Numbers


def test_a_number_may_be_written_as_a_text_and_keeps_its_digits() -> None:
    for text in (
        '{"name": "a", "price": "0.10", "count": "3"}',
        '{"name": "a", "price": 0.10, "count": 3}',
    ):
        for made in (read(Row, text), peek(Row, Reply(200, {}, text.encode()))):
            assert made is not None
            assert (str(made.price), made.count) == ("0.10", 3)


@pytest.mark.parametrize(
    ("cost", "filled", "price"),
    [
        (D(10), D(4), D("2.5")),
        (D(1), D(3), D("0." + "3" * 28)),
        (D(0), D(4), D(0)),
        (D(10), D(0), None),
        (D(0), D(0), None),
        (D(10), None, None),
        (None, D(4), None),
    ],
)
def test_an_average_price_is_of_what_was_filled(
    cost: Decimal | None, filled: Decimal | None, price: Decimal | None
) -> None:
    assert average(cost, filled) == price


@pytest.mark.parametrize(
    ("value", "kept"), [(D(0), None), (D("0.00"), None), (D(2), 2), (None, None)]
)
def test_a_zero_that_means_none_is_none(value: Decimal | None, kept: int | None) -> None:
    assert non_zero(value) == kept


def test_rows_are_put_in_order_by_what_one_asks_for() -> None:
    rows = [Row("a", D(3)), Row("b", D(1)), Row("c", D(2))]
    assert [row.name for row in ascending(rows, lambda row: row.price)] == ["b", "c", "a"]


# Not finite

NOT_FINITE = ("NaN", "nan", "sNaN", "NaN12", "-NaN", "INF", "inf", "-inf", "+Infinity", "infinity")
WRITTEN_OTHERWISE = (" NaN", "-snan7", "_inf", "- Infinity ", r"\u006ean", r"\u0049NF")


@pytest.mark.parametrize("word", NOT_FINITE)
def test_a_name_may_be_a_word_that_looks_like_a_number(word: str) -> None:
    rows = read(list[Row], f'[{{"name": "{word}", "price": "1"}}, {{"name": "b"}}]')
    assert rows == [Row(word, D(1)), Row("b")]
    assert read(dict[str, Decimal], f'{{"{word}": "1"}}') == {word: 1}
    assert read(dict[str, Row], f'{{"{word}": {{"name": "a"}}}}') == {word: Row("a")}


@pytest.mark.parametrize("word", NOT_FINITE)
@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (Decimal, '"%s"'),
        (Row, '{"name": "INF", "price": "%s"}'),
        (list[Row], '[{"name": "a", "price": "1"}, {"name": "b", "price": "%s"}]'),
        (Held, '{"rows": [{"name": "a", "price": "%s"}]}'),
        (dict[str, Decimal], '{"a": "1", "INF": "%s"}'),
        (dict[str, Decimal], '{"a": "%s", "b": "1"}'),
        (tuple[Decimal, Decimal], '["1", "%s"]'),
        (list[Decimal], '["%s", "1"]'),
        (list[Row], '[{"name": "a", "price": ""}, {"name": "b", "price": "%s"}]'),
    ],
)
def test_a_number_that_is_not_finite_is_refused_wherever_it_stands(
    kind: Any, text: str, word: str
) -> None:
    with pytest.raises(BadReply, match=r"a number is not finite|Invalid decimal"):
        read(kind, text % word)


@pytest.mark.parametrize("word", WRITTEN_OTHERWISE)
def test_nor_is_one_that_is_written_in_a_way_that_no_venue_does(word: str) -> None:
    with pytest.raises(BadReply, match=r"a number is not finite|Invalid decimal"):
        read(list[Row], f'[{{"name": "a", "price": "{word}"}}]')


@pytest.mark.parametrize("word", [*NOT_FINITE, "", "1,5", "cheap"])
def test_a_text_that_must_be_a_number_is_a_finite_one(word: str) -> None:
    if word == "":
        assert number(word) is None
        return
    with pytest.raises(BadReply, match="expected a number, the venue sent"):
        number(word)


def test_a_number_in_a_text_keeps_its_digits() -> None:
    assert str(number("0.10")) == "0.10"
    assert number(None) is None
    assert number("0") == 0


# Bodies that cannot be read


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", r"\(empty\)"),
        (b"<html>Busy</html>", "an HTML page: Busy"),
        (b'{"name": 7}', "Expected `str`, got `int`"),
        (b'{"name": "\xff"}', "decode"),
        (b"[" * 100_000, "documentation"),
        (b'{"name": "a", "other": ' + b"[" * 100_000, "nested too deeply|recursion"),
        (b'{"name": "", "other": ' + b"[" * 100_000, "nested too deeply|recursion"),
        (b'{"name": "a"', "truncated"),
    ],
)
def test_a_body_that_does_not_fit_is_shown_in_the_error(body: bytes, why: str) -> None:
    with pytest.raises(BadReply, match=why):
        decode(Row, body)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "truncated"),
        (b"{", "truncated"),
        (b"\xff", "malformed"),
        (b'"\xff"', "decode"),
        (b"[" * 100_000, "nested too deeply|recursion"),
    ],
)
def test_a_body_that_is_not_json_is_refused_as_plain_objects_too(body: bytes, why: str) -> None:
    with pytest.raises(BadReply, match=why):
        decode_any(Reply(200, {}, body))


def test_plain_objects_have_exact_numbers() -> None:
    made = decode_any(b'{"a": 0.10, "b": 3, "c": "x"}')
    assert (str(made["a"]), made["b"], made["c"]) == ("0.10", 3, "x")


def test_a_look_sees_what_fits_and_nothing_else() -> None:
    class Seen(msgspec.Struct):
        count: int
        word: str = ""

    for text in (b'{"count": 7}', b'{"count": "7"}', b'{"count": 7, "other": "x"}'):
        assert peek(Seen, Reply(200, {}, text)) == Seen(7)
    for text in (
        b'{"count": ""}',
        b'{"count": "many"}',
        b'{"count": 7, "word": "\xff"}',
        b'{"other": ' + b"[" * 100_000,
    ):
        assert peek(Seen, Reply(200, {}, text)) is None


# Times


@pytest.mark.parametrize("none", [None, 0, -1, -(10**20)])
def test_a_time_of_0_or_less_means_no_time_where_there_may_be_none(none: int | None) -> None:
    assert maybe_utc(none) is None


@pytest.mark.parametrize(
    ("ms", "moment"),
    [
        (946_684_800_000, datetime(2000, 1, 1, tzinfo=UTC)),
        (1_700_000_000_123, datetime(2023, 11, 14, 22, 13, 20, 123000, tzinfo=UTC)),
        ((1 << 42) - 1, datetime(2109, 5, 15, 7, 35, 11, 103000, tzinfo=UTC)),
        (1 << 42, datetime(2109, 5, 15, 7, 35, 11, 104000, tzinfo=UTC)),
        (7_258_118_399_999, datetime(2199, 12, 31, 23, 59, 59, 999000, tzinfo=UTC)),
    ],
)
def test_a_time_that_must_be_there_is_what_it_says(ms: int, moment: datetime) -> None:
    assert utc(ms) == moment
    assert utc(ms).tzinfo is UTC
    assert milliseconds(moment) == ms
    assert maybe_utc(ms) == (moment if ms > 0 else None)


@pytest.mark.parametrize(
    "ms", [1_700_000_000, 946_684_799_999, 7_258_118_400_000, 10**18, 10**30, 0, -1, -(10**18)]
)
def test_an_impossible_time_is_refused(ms: int) -> None:
    with pytest.raises(BadReply, match="impossible time"):
        utc(ms)
    if ms > 0:
        with pytest.raises(BadReply, match="impossible time"):
            maybe_utc(ms)


# Words and steps


def test_a_word_is_looked_up_and_an_unknown_one_names_those_that_are_known() -> None:
    table = {"b": 1, "a": 2}
    assert lookup(table, "b", "side") == 1
    with pytest.raises(BadReply, match=r"unknown side 'x' \(known: a, b\); it is not guessed"):
        lookup(table, "x", "side")


@pytest.mark.parametrize(("decimals", "step"), [(0, "1"), (3, "0.001"), (-2, "1E+2")])
def test_a_number_of_decimals_is_a_step(decimals: int, step: str) -> None:
    assert str(step_of(decimals)) == step


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        (Row, {b"price"}),
        (list[Row], {b"price"}),
        (Held, {b"price"}),
        (dict[str, Row], {b"price"}),
        (dict[str, Decimal], None),
        (list[Decimal], None),
        (Decimal, None),
        (tuple[str, Any], None),
        (BookRow, None),
        (WideBookRow, None),
        (Row | None, {b"price"}),
        (list[msgspec.Raw], set()),
    ],
)
def test_where_the_numbers_of_a_type_stand_is_known(kind: Any, names: set[bytes] | None) -> None:
    assert names_of_numbers(kind) == names


def test_a_word_under_another_name_is_no_number_and_one_under_its_own_is() -> None:
    body = b'{"price": "1", "bid1Price" : "2", "asset": "INF", "n.1": "nan", "infinite": 1}'
    assert is_odd(body)
    assert not is_odd(body, Row)
    assert is_odd(body.replace(b'"1"', b'"-inf"'), Row)
    assert is_odd(body.replace(b'"1"', b'"+Infinity"'), Row)
    assert is_odd(body.replace(b'"1"', b'["NaN"]'), Row)
    assert is_odd(body.replace(b'"1"', b'"sNaN12"'), Row)


# Bounds


@pytest.mark.parametrize("kind", [list[Row], Held, Any])
@pytest.mark.parametrize(
    "odd",
    [
        "1e999999999", "1E-999999999", "1e30", "1e-101", "1" * 31, "0." + "1" * 101, "-1e999999999",
        "1.5e40", "1" * 5000, "0.1e-200", "1.e500", "0e-999999999", r"1\u0065999999999", " 1e500 ",
        r"\u0031e500", "-1_0e5_00", "+.1e-101",
    ],
)  # fmt: skip
@pytest.mark.parametrize("quoted", [True, False])
def test_a_number_that_no_market_could_mean_is_refused_whole(
    kind: Any, odd: str, quoted: bool
) -> None:
    if kind is Any and (quoted or odd.isdecimal()):
        pytest.skip("a text stays text, and an int an int, where no type says number")
    rows = '[{"name": "a", "price": "1"}, {"name": "b", "price": %s}]'
    text = rows % (f'"{odd}"' if quoted else odd)
    text = text if kind is not Held else f'{{"rows": {text}}}'
    with pytest.raises(BadReply):
        decode_any(text.encode()) if kind is Any else read(kind, text)


@pytest.mark.parametrize("fair", ["1e29", "1E-100", "1.5e3", "0." + "0" * 99 + "1", "1" * 30])
def test_a_number_with_an_exponent_that_a_market_could_mean_is_read(fair: str) -> None:
    assert read(Row, f'{{"name": "a", "price": "{fair}"}}').price == D(fair)
    assert read(Row, f'{{"name": "a", "price": {fair}}}').price == D(fair)


@pytest.mark.parametrize("id", ["12e999999999", "0e0", "e", "INF", "9" * 40, "fd43e0ae-7847-404e"])
def test_an_id_that_looks_like_an_exponent_is_an_id(id: str) -> None:
    assert read(Row, f'{{"name": "{id}", "price": "1"}}').name == id
    with pytest.raises(BadReply, match="far more digits"):
        read(Row, f'{{"name": "{id}", "price": "1e999"}}')


@pytest.mark.parametrize(
    "odd",
    [
        b'{"left": 1e999999999, "name": "a"}',
        b'{"left": "\xff", "name": "a"}',
        b'{"left": ' + b"[" * 200_000 + b"]" * 200_000 + b', "name": "a"}',
        b"[]",
        b"{",
    ],
    ids=["huge", "not utf-8", "nested", "elsewhere", "cut"],
)
def test_what_nobody_read_until_raw_is_asked_for_may_be_broken_and_that_is_a_bad_reply(
    odd: bytes,
) -> None:
    with pytest.raises(BadReply, match="own JSON cannot be read"):
        print(Ticker(symbol="A/B", source=Source(odd, "name")).raw)
