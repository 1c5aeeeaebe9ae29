"""The kit's own client order ids: legal where they are used, and never the same twice."""

from __future__ import annotations

import re
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchangekit.errors import ConfigurationError
from exchangekit.orders import ID_BYTES, client_order_id
from exchangekit.orders.ids import _DIGITS, _in_digits

ONE, OTHER = bytes(range(ID_BYTES)), bytes(range(1, ID_BYTES + 1))
VENUES = [r"[A-Za-z0-9]{1,32}", r"[A-Za-z0-9_-]{1,36}", r"[A-Za-z0-9_-]{1,32}"]


@pytest.mark.parametrize("pattern", VENUES)
def test_where_it_is_legal_an_id_is_ek_and_25_letters_and_digits(pattern: str) -> None:
    assert client_order_id(ONE, re.compile(pattern)) == "ekrxdu81s80m698yd7eh9hva000"


@pytest.mark.parametrize(
    ("pattern", "prefix"),
    [
        (r"[A-Za-z0-9]{1,18}", ""),
        (r"t-[A-Za-z0-9._-]{1,28}", "t-"),
        (r"x-AB12[a-z0-9]{1,16}", "x-AB12"),
        (r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", ""),
        (r"[0-9a-f]{32}", ""),
        (r"[A-Z0-9]{20}", ""),
        (r"[0-9]{1,20}", ""),
        (r"[a-zA-Z]{1,32}", ""),
        (r"[A-Z]{14,16}", ""),
        (r"[a-z0-9]{12}", ""),
    ],
)
def test_an_id_obeys_the_venues_pattern_and_begins_as_it_demands(pattern: str, prefix: str) -> None:
    made = [client_order_id(bytes_, re.compile(pattern), prefix) for bytes_ in (ONE, OTHER)]
    assert all(re.fullmatch(pattern, name) and name.startswith(prefix) for name in made)
    assert made[0] != made[1]


def test_a_uuid_is_one_of_random_bits() -> None:
    pattern = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
    assert uuid.UUID(client_order_id(ONE, pattern)).version == 4


def test_a_pattern_that_the_kit_cannot_obey_is_said() -> None:
    with pytest.raises(ConfigurationError, match="pass one"):
        client_order_id(ONE, re.compile(r"[a-c]{3}"))


@given(st.binary(min_size=ID_BYTES, max_size=ID_BYTES))
def test_two_digits_at_a_time_are_the_digits_one_by_one(entropy: bytes) -> None:
    made = client_order_id(entropy, re.compile(".*"))
    assert made == "ek" + _in_digits(entropy, 25, _DIGITS)
