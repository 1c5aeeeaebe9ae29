"""What only some venues do: rows inside an envelope, "" for a number, words for a side, more
columns than two, an average and no cost."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from typing import Any

import msgspec
import pytest

from exchangekit.adapter import Cost, Reply, Request, build_request, parse
from exchangekit.adapter.decode import decode
from exchangekit.adapter.markets import listing
from exchangekit.adapter.paging import inside
from exchangekit.adapter.rows import (
    AccountRow,
    BalanceRow,
    FeeRow,
    FillRow,
    OrderRow,
    TickerRow,
    TradeRow,
    WideBookRow,
    decode_at,
    decode_rows,
    named,
)
from exchangekit.errors import BadReply
from exchangekit.models import (
    BookLevel,
    Liquidity,
    Market,
    OrderType,
    Side,
    Source,
)
from exchangekit.models.market import index

D = Decimal
NOWHERE = Source(b"{}")
WORDS = parse.Words(
    sides={"b": Side.BUY, "s": Side.SELL},
    types={"lmt": (OrderType.LIMIT, None), "mkt": (OrderType.MARKET, None)},
    statuses={},
    roles={"T": Liquidity.TAKER},
)
TICKER = named(TickerRow, "symbol=s last=l!")
MARKETS = index((Market(symbol="A/B", id="AB", base="A", quote="B"),))


def reply(text: str) -> Reply:
    return Reply(200, {}, text.encode())


# Places


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ('{"data": [{"n": 1}, {"n": 2}], "msg": [[]]}', ("data", 1, "n")),
        ('[{"n": 1}, {"n": "2"}]', (1, "n")),
        ('{"result": {"time": 2}}', ("result", "time")),
        ("2", ()),
    ],
)
def test_what_is_wanted_is_read_where_it_stands(text: str, path: tuple[str | int, ...]) -> None:
    assert decode_at(int, reply(text), *path) == 2


def test_a_list_that_is_too_short_or_a_place_that_is_not_there_is_a_bad_reply() -> None:
    with pytest.raises(BadReply, match=r"holds no data\.1"):
        decode_at(int, reply('{"data": [1]}'), "data", 1)
    for text in ('{"other": [1]}', '{"data": {}}', '{"data": null}', "[]"):
        with pytest.raises(BadReply):
            decode_rows(TICKER, reply(text), "data")


def test_models_know_their_place_in_an_envelope() -> None:
    answer = reply('{"data": {"list": [{"s": "AB", "l": "1"}, {"s": "CD", "l": "2"}]}}')
    place = ("data", "list")
    made = parse.parse_rows(TICKER, parse.ticker, "A/B", *place)(answer)
    assert [item.last for item in made] == [1, 2]
    assert made[1].raw == {"s": "CD", "l": "2"}
    second = parse.parse_row(TICKER, parse.ticker, "C/D", *place, 1)(answer)
    assert (second.symbol, second.last, second.raw) == ("C/D", D(2), {"s": "CD", "l": "2"})
    listed = parse.by_symbol(TICKER, parse.ticker, MARKETS, *place)(answer)
    assert {symbol: item.raw["s"] for symbol, item in listed.items()} == {"A/B": "AB"}


def test_where_a_list_is_of_all_markets_each_row_says_its_own() -> None:
    made = parse.parse_rows(TICKER, parse.ticker, MARKETS)(
        reply('[{"s": "GONE", "l": "1"}, {"s": "AB", "l": "2"}]')
    )
    assert [(item.symbol, item.raw["s"]) for item in made] == [("GONE", "GONE"), ("A/B", "AB")]


def test_candles_in_an_envelope_come_oldest_first() -> None:
    made = parse.candles(
        reply('{"data": [["2", "1", "1", "1", "1", "7"], ["1", "1", "1", "1", "1", "8"]]}'), "data"
    )
    assert [candle.volume for candle in made] == [8, 7]
    assert inside(made, None) == made


def test_markets_stand_where_the_venue_puts_them_and_know_it() -> None:
    class Listed(msgspec.Struct):
        name: str

    def market(row: Listed, source: Source) -> Market:
        base = row.name[0]
        return Market(symbol=f"{base}/Q", id=row.name, base=base, quote="Q", source=source)

    made = listing(Listed, market, "name", "data", "list")(
        reply('{"data": {"list": [{"name": 7}, {"name": "AQ"}]}}')
    )
    assert (made.symbols(), len(made.skipped)) == (("A/Q",), 1)
    assert made["A/Q"].raw == {"name": "AQ"}


def test_an_account_lists_what_is_held_and_equity_stands_in_for_free() -> None:
    asset = named(BalanceRow, "asset=a free=f? used=u equity=e?")
    kind = named(AccountRow, "assets=list updated=at", assets=list[asset])  # type: ignore[valid-type]
    read = parse.account(kind, "data", 0)
    text = '{"data": [{"list": [{"a": "X", "f": "%s", "u": "1", "e": "%s"}], "at": 1000}]}'
    made = read(reply(text % ("0", "5")))
    assert (made["X"].free, made["X"].used) == (D(0), D(1))
    assert made["X"].raw["a"] == "X"
    assert made.timestamp == datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC)
    assert read(reply(text % ("", "5"))).free("X") == 5
    with pytest.raises(BadReply, match="how much X is available"):
        read(reply(text % ("", "")))


def test_a_reply_that_has_nothing_to_say_must_still_be_an_object() -> None:
    parse.nothing(reply('{"any": [1]}'))
    with pytest.raises(BadReply):
        parse.nothing(reply("[]"))


# Blanks


def test_numbers_that_are_blank_in_ordinary_replies_are_none_and_the_others_exact() -> None:
    kind = named(OrderRow, "symbol=s id price=p? amount=a!? stop_price=t?")
    made = decode(kind, reply('{"s": "AB", "id": 1, "p": "", "a": "0.10"}'))
    assert (made.price, str(made.amount), made.stop_price) == (None, "0.10", None)
    with pytest.raises(BadReply, match="missing required field `a`"):
        decode(kind, reply('{"s": "AB", "id": 1, "p": ""}'))
    for wrong in ("1 0", "NaN", "cheap"):
        with pytest.raises(BadReply, match=wrong):
            decode(kind, reply(f'{{"s": "AB", "id": 1, "a": "{wrong}"}}'))


def test_a_field_that_a_shape_needs_and_a_venue_never_says_is_nparse_row() -> None:
    made = decode(named(OrderRow, "id"), reply('{"id": 7}'))
    assert [made.symbol, made.id] == [None, 7]


# Words


@pytest.mark.parametrize(("word", "side"), [("b", Side.BUY), ("s", Side.SELL), (None, None)])
def test_a_trade_may_say_its_takers_side_by_a_word(word: str | None, side: Side | None) -> None:
    row = TradeRow(D(2), D(3), 4, side=word)
    assert parse.trade(row, "A/B", NOWHERE, WORDS).side is side


def test_a_fill_may_say_its_side_and_its_role_by_words() -> None:
    row = FillRow(1, 2, D(3), D(4), 5, side="s", role="T")
    made = parse.fill(row, "A/B", NOWHERE, WORDS)
    assert (made.side, made.liquidity) == (Side.SELL, Liquidity.TAKER)
    row = msgspec.structs.replace(row, role="?")
    assert parse.fill(row, "A/B", NOWHERE, WORDS).liquidity is Liquidity.UNKNOWN


@pytest.mark.parametrize(
    ("side", "read", "match"),
    [
        ("x", partial(parse.fill, words=WORDS), "unknown side 'x'"),
        (None, partial(parse.fill, words=WORDS), "bought or sold"),
        (None, parse.fill, "bought or sold"),
    ],
)
def test_a_fill_without_a_side_is_not_guessed(
    side: str | None, read: partial[object], match: str
) -> None:
    with pytest.raises(BadReply, match=match):
        read(FillRow(1, 2, D(3), D(4), 5, side=side), "A/B", NOWHERE)


def test_a_trade_with_an_unknown_side_is_not_guessed() -> None:
    with pytest.raises(BadReply, match="unknown side 'x'"):
        parse.trade(TradeRow(D(2), D(3), 4, side="x"), "A/B", NOWHERE, WORDS)


# Columns and sums


def test_a_book_may_have_more_columns_than_price_and_amount() -> None:
    kind = named(WideBookRow, "bids asks timestamp=t sequence=n")
    text = '{"bids": [["3", "4", "0", "1"]], "asks": [["5", "6", 7]], "t": 1000, "n": 8}'
    made = parse.parse_row(kind, parse.wide_book, "A/B")(reply(text))
    assert made.bids == (BookLevel(D(3), D(4)),)
    assert made.asks == (BookLevel(D(5), D(6)),)
    assert (made.sequence, made.timestamp) == (8, datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("cost", "average", "filled", "expected"),
    [
        (None, D("2.5"), D(4), (D(10), D("2.5"))),
        (D(9), D("2.5"), D(4), (D(9), D("2.25"))),
        (None, None, D(4), (None, None)),
        (None, D(0), D(4), (None, None)),
        (None, D("2.5"), D(0), (D(0), None)),
        (None, D("2.5"), None, (None, None)),
        (D(-1), D("2.5"), D(4), (None, None)),
    ],
)
def test_the_cost_of_an_order_is_as_exact_as_its_average_where_only_that_is_told(
    cost: Decimal | None,
    average: Decimal | None,
    filled: Decimal | None,
    expected: tuple[Decimal | None, Decimal | None],
) -> None:
    row = OrderRow("AB", 7, cost=cost, average=average, filled=filled)
    made = parse.order(row, WORDS, "A/B", NOWHERE)
    assert (made.cost, made.average) == expected


@pytest.mark.parametrize("side", ["b", "s"])
def test_an_amount_in_quote_is_what_was_to_be_spent(side: str) -> None:
    row = OrderRow("AB", 7, type="mkt", side=side, amount=D(50), in_quote=True)
    made = parse.order(row, WORDS, "A/B", NOWHERE)
    assert (made.amount, made.requested_cost) == (None, D(50))


def test_an_id_that_is_blank_is_nparse_row() -> None:
    assert parse.order(OrderRow("AB", ""), WORDS, "A/B", NOWHERE).id is None


def test_fees_keep_more_digits_than_decimal_works_with() -> None:
    long = D("0.1234567890123456789012345678901234567")
    (one,) = parse.fees([FeeRow(long, "X")])
    (two,) = parse.fees([FeeRow(long, "X"), FeeRow(D(1), "X")])
    assert (one.cost, two.cost) == (long, D("1.1234567890123456789012345678901234567"))


@pytest.mark.parametrize(
    ("charges", "expected"),
    [
        ([], []),
        ([FeeRow(D(1), "X")], [("X", D(1))]),
        ([FeeRow(D(0), "X")], [("X", D(0))]),
        ([FeeRow(None, "X")], []),
        ([FeeRow(D(1), None)], []),
        ([FeeRow(D(1), "")], []),
        ([FeeRow(None, None)], []),
        ([FeeRow(None, "X"), FeeRow(D(2), "X")], [("X", D(2))]),
        ([FeeRow(D(1), "X"), FeeRow(None, "X"), FeeRow(D(3), None)], [("X", D(1))]),
        ([FeeRow(D(1), "X"), FeeRow(D(2), "Y"), FeeRow(D(-3), "X")], [("X", D(-2)), ("Y", D(2))]),
    ],
)
def test_a_charge_without_a_cost_or_a_currency_is_no_fee(
    charges: list[FeeRow], expected: list[tuple[str, Decimal]]
) -> None:
    assert [(fee.currency, fee.cost) for fee in parse.fees(charges)] == expected


# Requests


def test_an_endpoint_its_costs_and_its_parameters_make_a_request() -> None:
    cost = Cost("weight", 2, 100, 60.0)
    made = build_request("POST /api/order", cost, body=b"{}", b=2, a=None, c=D("1e-8"))
    assert made == Request(
        method="POST",
        path="/api/order",
        params=(("b", "2"), ("c", "0.00000001")),
        body=b"{}",
        costs=(cost,),
    )
    assert build_request("GET /api/time") == Request(method="GET", path="/api/time")


@pytest.mark.parametrize("mark", ["signed", "changes", "has_deadline", "many"])
def test_a_request_has_the_marks_that_it_is_given(mark: str) -> None:
    marks: dict[str, Any] = {mark: True}
    made = build_request("GET /api/time", **marks)
    assert made == Request(method="GET", path="/api/time", **marks)
    assert made.params == ()
