"""Exact numbers on the wire, filters as data, and the ledger's own rules."""

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.sim_toy import START

from exchangekit.sim import (
    Instrument,
    InsufficientFunds,
    LimitRule,
    RawRequest,
    VenueClock,
    encode_json,
    text,
)
from exchangekit.sim.instruments import CATALOGUE, catalogue_pairs
from exchangekit.sim.ledger import OUTSIDE, Ledger
from exchangekit.sim.limits import Limiter
from exchangekit.sim.money import floor_to, is_multiple, plain, round_digits

D = Decimal

numbers = st.decimals(
    allow_nan=False, allow_infinity=False, min_value=0, max_value=10**14, places=12
)


@given(numbers)
def test_decimals_are_json_numbers_with_all_their_digits(number):
    shown = encode_json({"n": number}).decode()
    assert "e" not in shown.lower()
    assert json.loads(shown, parse_float=D, parse_int=D)["n"] == number


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_everything_else_is_the_json_it_looks_like(value):
    assert json.loads(encode_json(value)) == value


@pytest.mark.parametrize("wrong", [1.5, {"a": [0.1]}, {1: 2}, {1}, D("NaN"), D("Infinity"), b"x"])
def test_what_is_not_exact_or_not_json_is_refused(wrong):
    with pytest.raises(TypeError):
        encode_json(wrong)


@pytest.mark.parametrize(
    ("value", "places", "shown"),
    [
        ("0.00000001", None, "0.00000001"),
        ("1E+5", None, "100000"),
        ("1.5", 8, "1.50000000"),
        ("1.999", 2, "1.99"),
        ("0", 4, "0.0000"),
    ],
)
def test_text_has_no_exponent_and_the_places_asked_for(value, places, shown):
    assert text(D(value), places) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [("1.500", "1.5"), ("100", "100"), ("1E+2", "100"), ("0.000", "0"), ("-0.0", "0")],
)
def test_plain_drops_what_says_nothing(value, shown):
    assert plain(D(value)) == shown


@given(numbers, st.sampled_from(["0.00000001", "0.05", "1", "3"]))
def test_flooring_gives_the_largest_multiple_below(value, unit):
    floored = floor_to(value, D(unit))
    assert is_multiple(floored, D(unit))
    assert floored <= value < floored + D(unit)


def test_digits_are_cut_or_raised():
    assert round_digits(D("0.123456789"), 8) == D("0.12345678")
    assert round_digits(D("0.123456781"), 8, up=True) == D("0.12345679")


def test_every_broken_filter_is_named_with_its_limit():
    market = Instrument(
        "X", "BTC", "USDT", tick=D("0.05"), step=D("0.001"), min_amount=D("0.002"),
        max_amount=D(5), market_max_amount=D(1), min_notional=D(10), max_notional=D(1000),
        min_price=D(1), max_price=D(900),
    )  # fmt: skip

    def broken(**numbers):
        found = market.violations(**{k: D(v) if k != "market" else v for k, v in numbers.items()})
        return [(item.filter, str(item.limit)) for item in found]

    assert broken(price="100.05", amount="1") == []
    assert broken(price="100.01", amount="1") == [("tick", "0.05")]
    assert broken(price="0.5", amount="5") == [("min_price", "1"), ("min_notional", "10")]
    assert broken(price="901", amount="1") == [("max_price", "900")]
    assert broken(price="100", amount="0.0015") == [
        ("min_amount", "0.002"),
        ("step", "0.001"),
        ("min_notional", "10"),
    ]
    assert broken(price="100", amount="6") == [("max_amount", "5")]
    assert broken(price="300", amount="4") == [("max_notional", "1000")]
    assert broken(amount="2", reference="100") == []
    assert broken(amount="2", reference="100", market=True) == [("max_amount", "1")]
    assert broken(cost="9") == [("min_notional", "10")]
    assert Instrument("Y", "A", "B", D(1), D(1)).violations(price=D(5), amount=D(10**9)) == []


def test_the_catalogue_offers_at_least_twenty_pairs_of_priced_assets():
    pairs = catalogue_pairs()
    assert len(set(pairs)) == len(pairs) >= 20
    assert {asset for pair in pairs for asset in pair} <= set(CATALOGUE)
    assert {"USDT", "USDC", "BTC"} <= {quote for _, quote in pairs}


def test_transfers_keep_the_sum_and_customers_stay_above_zero():
    ledger = Ledger()
    ledger.open_account("ann", {"USDT": D(10)})
    ledger.lock("ann", "USDT", D(4))
    for move in (
        lambda: ledger.lock("ann", "USDT", D("6.01")),
        lambda: ledger.transfer("ann", OUTSIDE, "USDT", D("6.01")),
    ):
        with pytest.raises(InsufficientFunds) as caught:
            move()
        assert caught.value.free == 6
    with pytest.raises(RuntimeError):
        ledger.unlock("ann", "USDT", D("4.01"))
    with pytest.raises(ValueError, match="no transfer"):
        ledger.transfer("ann", OUTSIDE, "USDT", D(-1))
    ledger.set_free("ann", "USDT", D("0.5"))
    assert (ledger.balance("ann", "USDT").free, ledger.balance("ann", "USDT").locked) == (
        D("0.5"),
        4,
    )
    assert ledger.sums() == {"USDT": 0}
    assert ledger.accounts() == ["ann"]


def test_limits_count_by_window_subject_and_endpoint():
    limiter = Limiter((LimitRule("a", 10, 1_000), LimitRule("b", 10, 1_000, per_endpoint=True)))
    assert limiter.charge("a", "x", "e1", 6, START) is None
    breach = limiter.charge("a", "x", "e2", 6, START + 100)
    assert (breach.used, breach.retry_after_ms, breach.banned) == (12, 900, False)
    assert limiter.charge("a", "y", "e1", 6, START) is None
    assert limiter.charge("a", "x", "e1", 6, START + 1_000) is None
    assert limiter.used("a", "x", "", START + 1_000) == 6
    assert limiter.used("a", "x", "", START + 2_000) == 0
    assert limiter.charge("b", "x", "e1", 6, START) is None
    assert limiter.charge("b", "x", "e2", 6, START) is None
    assert limiter.charge("b", "x", "e1", 6, START) is not None


def test_pairs_are_decoded_in_order_with_duplicates():
    request = RawRequest(
        "POST", b"/p", b"b=%28x%29&a=1&a=2+3&e=&f", (), b"k=%C3%A9&bad=%ff", "", START
    )
    assert request.query_pairs() == [("b", "(x)"), ("a", "1"), ("a", "2 3"), ("e", ""), ("f", "")]
    assert request.form_pairs() == [("k", "é"), ("bad", "\ufffd")]
    assert request.target == b"/p?b=%28x%29&a=1&a=2+3&e=&f"


def test_a_clock_follows_its_source_with_its_error():
    times = [1_000_000]
    clock = VenueClock(source=lambda: times[0])
    clock.set_error(offset=500, drift_ppm=100_000)
    times[0] += 1_000
    assert (clock.market_now(), clock.now()) == (1_001_000, 1_001_600)
    clock.advance(5_000)
    assert clock.market_now() == 1_006_000
    clock.freeze()
    times[0] += 9_000
    assert clock.market_now() == 1_006_000
    clock.thaw()
    times[0] += 1
    assert clock.market_now() == 1_006_001
    clock.reset()
    assert clock.now() == clock.market_now() == times[0]
