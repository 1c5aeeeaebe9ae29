"""Rows of a list are decoded all at once; one that is odd is what it would be on its own."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from exchangekit.adapter import Decimals, MarketRow, Reply, TickerRow, listing, named, parse
from exchangekit.adapter.decode import decode
from exchangekit.adapter.marks import Seconds
from exchangekit.adapter.rows import decode_each
from exchangekit.errors import BadReply

ODD = ('""', '"NaN"', '"1e999"', "1e31", '"inf"', '"cheap"', "[]", '"' + "9" * 31 + '"', "null")
PLAIN = ('"1"', "2", '"3.50"', "0", '"1e3"')


@named(symbol="s", last="l", timestamp=Seconds("at"))
class Ticker(TickerRow):
    last: Decimal


@named(id="id", base="b", quote="q", price_step="p", min_cost="c", amount_step=Decimals("d"))
class Symbol(MarketRow):
    pass


def _alone(kind: Any, body: bytes) -> Any:
    try:
        return decode(kind, body)
    except BadReply as problem:
        return problem.message


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(("AB", "INF", "E", "NANO", "")), st.sampled_from(PLAIN + ODD)),
        max_size=12,
    ),
    st.integers(0, 40),
    st.booleans(),
)
def test_each_row_of_a_list_is_what_it_is_alone(
    odd: list[tuple[str, str]], plain: int, wrapped: bool
) -> None:
    rows = [f'{{"s": "{name}", "l": {last}, "at": 1764252000}}' for name, last in odd]
    rows[len(rows) // 2 : 0] = ['{"s": "A", "l": "5"}'] * plain
    listed = f"[{', '.join(rows)}]"
    reply = Reply(200, {}, (f'{{"data": {listed}}}' if wrapped else listed).encode())
    bodies, made = decode_each(Ticker, reply, *(["data"] if wrapped else []))
    assert [body.decode() for body in bodies] == rows
    told = [one.message if isinstance(one, BadReply) else one for one in made]
    assert told == [_alone(Ticker, body) for body in bodies]


def _market(name: str, rest: str = '"p": "0.010", "c": 5, "d": 2') -> str:
    return f'{{"id": "{name}", "b": "{name}", "q": "X", {rest}}}'


def test_markets_share_the_numbers_that_are_written_alike() -> None:
    same, other = _market("A"), _market("B", '"p": "0.01", "c": "5", "d": 3')
    body = f"[{same}, {other}, {_market('C')}]".encode()
    one, two, three = listing(Symbol, parse.market, "id")(Reply(200, {}, body)).by_symbol.values()
    assert one.price_step is three.price_step
    assert one.min_cost is two.min_cost is three.min_cost
    assert one.order_types is two.order_types
    assert [str(each.price_step) for each in (one, two, three)] == ["0.010", "0.01", "0.010"]
    assert [each.amount_step for each in (one, two)] == [Decimal("0.01"), Decimal("0.001")]


def test_a_market_that_is_odd_is_skipped_and_named_and_hides_no_other() -> None:
    odd = ('"p": "-0.01"', '"p": "1e999"', '"p": "cheap"', '"p": {}', '"d": "1e300"', '"p": ""')
    rows = [_market(f"M{at}", rest) for at, rest in enumerate(odd)] + [_market("INF"), _market("A")]
    made = listing(Symbol, parse.market, "id")(Reply(200, {}, f"[{','.join(rows)}]".encode()))
    assert list(made.by_symbol) == ["M5/X", "INF/X", "A/X"]
    assert [one.id for one in made.skipped] == ["M0", "M1", "M2", "M3", "M4"]
    assert made.skipped[0].reason == "its price_step is negative (-0.01)"
