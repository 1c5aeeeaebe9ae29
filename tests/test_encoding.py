"""The only encoder of queries and bodies: exact, reversible, and refusing what is not exact."""

from __future__ import annotations

import json
import math
import string
from decimal import Decimal
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qsl, quote, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchangekit.adapter.request import (
    encode_json,
    encode_query,
    params,
    percent_encode,
    target,
    text,
)

decimals = st.builds(
    lambda digits, exponent, minus: Decimal((minus, digits, exponent)),
    st.lists(st.integers(0, 9), min_size=1, max_size=30).map(tuple),
    st.integers(-40, 40),
    st.integers(0, 1),
)


class Side(StrEnum):
    BUY = "buy"


# Percent-encoding


@given(st.text())
def test_percent_encoding_is_what_an_independent_encoder_says(value: str) -> None:
    assert percent_encode(value) == quote(value, safe="-._~")


@given(st.text())
def test_percent_encoding_can_be_undone(value: str) -> None:
    assert unquote(percent_encode(value), errors="strict") == value


@given(st.text())
def test_what_is_encoded_is_unreserved_or_an_escape_in_upper_case(value: str) -> None:
    rest = percent_encode(value).split("%")
    unreserved = set(string.ascii_letters + string.digits + "-._~")
    assert set(rest[0]) <= unreserved
    for piece in rest[1:]:
        assert set(piece[:2]) <= set("0123456789ABCDEF")
        assert len(piece) >= 2
        assert set(piece[2:]) <= unreserved


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (" ", "%20"),
        ("+", "%2B"),
        ("()", "%28%29"),
        ("a,b", "a%2Cb"),
        ("'!*", "%27%21%2A"),
        ("/", "%2F"),
        ("~", "~"),
        ("é", "%C3%A9"),
        ("１", "%EF%BC%91"),
        ("😀", "%F0%9F%98%80"),
        ("\n", "%0A"),
        ("abc\n", "abc%0A"),
        ("%20", "%2520"),
        ("٣", "%D9%A3"),  # a digit, but not an ASCII one
    ],
)
def test_characters_that_encoders_disagree_about(value: str, written: str) -> None:
    assert percent_encode(value) == written


# Queries


@given(st.lists(st.tuples(st.text(), st.text()), max_size=8))
def test_a_query_can_be_read_back_in_its_order_with_its_duplicates(
    pairs: list[tuple[str, str]],
) -> None:
    query = encode_query(pairs)
    assert parse_qsl(query, keep_blank_values=True) == pairs
    assert query.isascii()


def test_duplicate_keys_are_kept() -> None:
    assert encode_query([("a", "1"), ("b", "2"), ("a", "0")]) == "a=1&b=2&a=0"


def test_no_parameters_are_no_query() -> None:
    assert encode_query([]) == ""
    assert target("/path", []) == "/path"
    assert target("/path", [("a", "")]) == "/path?a="


# Parameters


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("x", "x"),
        ("", ""),
        (7, "7"),
        (-1, "-1"),
        (True, "true"),
        (False, "false"),
        (Side.BUY, "buy"),
        (Decimal("0.00000001"), "0.00000001"),
        (Decimal("1E-8"), "0.00000001"),
        (Decimal("1E+3"), "1000"),
        (Decimal("1.50"), "1.50"),
    ],
)
def test_a_parameter_is_written_as_venues_want_it(value: Any, written: str) -> None:
    assert text(value) == written
    assert type(text(value)) is str


@given(decimals)
def test_a_decimal_is_written_exactly_and_without_an_exponent(number: Decimal) -> None:
    written = text(number)
    assert set(written) <= set("-.0123456789")
    assert Decimal(written) == number


@pytest.mark.parametrize(
    "value",
    [
        *(0.1, 1.0, math.inf, math.nan, None, b"x", [], {}, 1j),
        *map(Decimal, ("NaN", "Infinity", "-Infinity", "sNaN")),
    ],
    ids=repr,
)
def test_what_is_not_exact_is_no_parameter(value: Any) -> None:
    with pytest.raises(TypeError, match="must be"):
        text(value)


def test_parameters_keep_their_order_and_leave_out_what_is_none() -> None:
    made = params(symbol="BTCUSDT", price=None, limit=5, test=False)
    assert made == (("symbol", "BTCUSDT"), ("limit", "5"), ("test", "false"))


@pytest.mark.parametrize("value", [0.1, math.nan], ids=repr)
def test_a_float_among_parameters_is_refused(value: float) -> None:
    with pytest.raises(TypeError, match="float"):
        params(symbol="BTCUSDT", price=value)


# Bodies


@given(st.dictionaries(st.text(), st.text() | decimals | st.integers(-(2**53), 2**53)))
def test_a_body_is_json_with_its_decimals_as_exact_text(told: dict[str, Any]) -> None:
    read = json.loads(encode_json(told))
    assert list(read) == list(told)
    for name, value in told.items():
        if isinstance(value, Decimal):
            assert set(read[name]) <= set("-.0123456789")
            assert Decimal(read[name]) == value
        else:
            assert read[name] == value


def test_a_body_leaves_out_what_is_none_and_keeps_the_rest_in_order() -> None:
    body = encode_json({"instId": "BTC-USDT", "px": None, "sz": Decimal("1E-8"), "ok": True})
    assert body == b'{"instId":"BTC-USDT","sz":"0.00000001","ok":true}'
    assert encode_json([{"a": 1, "b": None}, {}]) == b'[{"a":1},{}]'


def test_numbers_deep_inside_a_body_are_exact_too() -> None:
    told = {"legs": [{"px": Decimal("1E-8"), "none": None}], "by": {"sz": Decimal("2E+2")}}
    assert encode_json(told) == b'{"legs":[{"px":"0.00000001"}],"by":{"sz":"200"}}'


@pytest.mark.parametrize(
    "told",
    [
        {"sz": 0.1},
        [{"sz": 0.1}],
        {"legs": [{"sz": 0.1}]},
        {"a": {"b": 1.0}},
        {"sz": Decimal("NaN")},
        {"legs": [Decimal("Infinity")]},
    ],
    ids=repr,
)
def test_what_is_not_exact_is_in_no_body(told: Any) -> None:
    with pytest.raises(TypeError, match="must be"):
        encode_json(told)


def test_text_that_is_not_ascii_is_utf_8_in_a_body() -> None:
    assert encode_json({"note": "é１"}) == '{"note":"é１"}'.encode()
