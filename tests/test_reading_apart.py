"""What only some venues do: rows inside an envelope, "" for a number, words for a side, more
columns than two, an average and no cost."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from decimal import Decimal, localcontext
from functools import partial
from typing import Any

import msgspec
import pytest

from exchangekit.adapter import Cost, Reply, Request, build_request, parse, rows
from exchangekit.adapter.decode import decode, number
from exchangekit.adapter.markets import listing
from exchangekit.adapter.paging import inside
from exchangekit.adapter.rows import (
    FeeRow,
    FillRow,
    Number,
    OrderRow,
    TradeRow,
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
from exchangekit.models.markets import index

D = Decimal
NOWHERE = Source(b"{}")
WORDS = parse.Words(
    sides={"b": Side.BUY, "s": Side.SELL},
    types={"lmt": (OrderType.LIMIT, None), "mkt": (OrderType.MARKET, None)},
    statuses={},
    roles={"T": Liquidity.TAKER},
)
FILLED: dict[str, Any] = {
    "id": 1,
    "order_id": 2,
    "price": D(3),
    "amount": D(4),
    "timestamp": 1_700_000_000_005,
}
AB = Market(symbol="A/B", id="AB", base="A", quote="B")
CD = Market(symbol="C/D", id="CD", base="C", quote="D")
MARKETS = index((AB,))


@named(symbol="s", last="l")
class Ticker(rows.TickerRow):
    """A ticker in an envelope."""


@named(asset="a", used="u", available="f", equity="e")
class Asset(rows.BalanceRow, kw_only=True):
    """What is available is "" in some modes of the account; then it is the equity."""

    available: str
    equity: str
    free: Number = None

    def __post_init__(self) -> None:
        self.free = number(self.available or self.equity)


@named(assets="list", updated="at")
class Account(rows.AccountRow):
    assets: list[Asset]


@named("id", "px", "size", symbol="s", stop_price="t")
class Order(OrderRow):
    """Its price and its amount are "" in ordinary replies."""

    size: str
    px: str | None = None

    def __post_init__(self) -> None:
        self.price, self.amount = number(self.px), number(self.size)


@named("bids", "asks", timestamp="t", sequence="n")
class Book(rows.WideBookRow):
    """A book whose levels have columns that nobody needs."""


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
            decode_rows(Ticker, reply(text), "data")


def test_models_know_their_place_in_an_envelope() -> None:
    answer = reply('{"data": {"list": [{"s": "AB", "l": "1"}, {"s": "CD", "l": "2"}]}}')
    place = ("data", "list")
    made = parse.parse_rows(Ticker, parse.ticker, MARKETS, *place)(answer)
    assert [(item.symbol, item.last) for item in made] == [("A/B", 1), ("CD", 2)]
    assert made[1].raw == {"s": "CD", "l": "2"}
    second = parse.parse_row(Ticker, parse.ticker, CD, *place, 1)(answer)
    assert (second.symbol, second.last, second.raw) == ("C/D", D(2), {"s": "CD", "l": "2"})
    listed = parse.by_symbol(Ticker, parse.ticker, MARKETS, *place)(answer)
    assert {symbol: item.raw["s"] for symbol, item in listed.items()} == {"A/B": "AB"}


def test_where_a_list_is_of_all_markets_each_row_says_its_own() -> None:
    made = parse.parse_rows(Ticker, parse.ticker, MARKETS)(
        reply('[{"s": "GONE", "l": "1"}, {"s": "AB", "l": "2"}]')
    )
    assert [(item.symbol, item.raw["s"]) for item in made] == [("GONE", "GONE"), ("A/B", "AB")]


def test_candles_in_an_envelope_come_oldest_first() -> None:
    made = parse.candles(
        reply(
            '{"data": [["1700000000002", "1", "1", "1", "1", "7"], '
            '["1700000000001", "1", "1", "1", "1", "8"]]}'
        ),
        "data",
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
    read = parse.account(Account, "data", 0)
    text = '{"data": [{"list": [{"a": "X", "f": "%s", "u": "1", "e": "%s"}], "at": 1700000000000}]}'
    made = read(reply(text % ("0", "5")))
    assert (made["X"].free, made["X"].used) == (D(0), D(1))
    assert made["X"].raw["a"] == "X"
    assert made.timestamp == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)
    assert read(reply(text % ("", "5"))).free("X") == 5
    with pytest.raises(BadReply, match="how much X is available"):
        read(reply(text % ("", "")))


def test_a_reply_that_has_nothing_to_say_must_still_be_an_object() -> None:
    parse.nothing(reply('{"any": [1]}'))
    with pytest.raises(BadReply):
        parse.nothing(reply("[]"))


# Blanks


def test_numbers_that_are_blank_in_ordinary_replies_are_none_and_the_others_exact() -> None:
    made = decode(Order, reply('{"s": "AB", "id": 1, "px": "", "size": "0.10"}'))
    assert (made.price, str(made.amount), made.stop_price) == (None, "0.10", None)
    with pytest.raises(BadReply, match="missing required field `size`"):
        decode(Order, reply('{"s": "AB", "id": 1, "px": ""}'))
    for wrong in ("1 0", "NaN", "cheap"):
        with pytest.raises(BadReply, match=wrong):
            decode(Order, reply(f'{{"s": "AB", "id": 1, "size": "{wrong}"}}'))


@pytest.mark.parametrize(
    ("text", "decodings"),
    [
        ('[{"s": "AB", "id": 1, "px": "", "size": "1"}]', 1),
        ('[{"s": "AB", "id": 1, "t": "", "size": "1"}]', 2),  # a number that is hardly ever blank
    ],
)
def test_a_reply_whose_row_keeps_a_blank_number_as_text_is_decoded_once(
    text: str, decodings: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = ["as the row"]
    decoding: Any = sys.modules["exchangekit.adapter.decode"]
    slow = decoding._decode_with_blanks

    def count(*arguments: Any) -> Any:
        counted.append("once more, a blank at a time")
        return slow(*arguments)

    monkeypatch.setattr(decoding, "_decode_with_blanks", count)
    (made,) = decode_rows(Order, reply(text))
    assert (made.price, made.stop_price) == (None, None)
    assert len(counted) == decodings


def test_a_list_of_all_markets_whose_rows_do_not_say_theirs_is_a_bad_reply() -> None:
    @named("id", "order_id", "side", "price", "amount", "timestamp")
    class Fill(FillRow):
        pass

    row = '{"id": 1, "order_id": 2, "price": "3", "amount": "4", '
    row += '"timestamp": 1700000000005, "symbol": "AB"}'
    with pytest.raises(BadReply, match="does not say which market"):
        parse.parse_rows(Fill, parse.fill, MARKETS)(reply(f"[{row}]"))


# Words


@pytest.mark.parametrize(("word", "side"), [("b", Side.BUY), ("s", Side.SELL), (None, None)])
def test_a_trade_may_say_its_takers_side_by_a_word(word: str | None, side: Side | None) -> None:
    row = TradeRow(price=D(2), amount=D(3), timestamp=1_700_000_000_004, side=word)
    assert parse.trade(row, "A/B", NOWHERE, WORDS).side is side


def test_a_fill_may_say_its_side_and_its_role_by_words() -> None:
    row = FillRow(**FILLED, side="s", role="T")
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
        read(FillRow(**FILLED, side=side), "A/B", NOWHERE)


def test_a_trade_with_an_unknown_side_is_not_guessed() -> None:
    with pytest.raises(BadReply, match="unknown side 'x'"):
        parse.trade(
            TradeRow(price=D(2), amount=D(3), timestamp=1_700_000_000_004, side="x"),
            "A/B",
            NOWHERE,
            WORDS,
        )


# Columns and sums


def test_a_book_may_have_more_columns_than_price_and_amount() -> None:
    text = '{"bids": [["3", "4", "0", "1"]], "asks": [["5", "6", 7]], "t": 1700000000000, "n": 8}'
    made = parse.parse_row(Book, parse.wide_book, AB)(reply(text))
    assert made.bids == (BookLevel(D(3), D(4)),)
    assert made.asks == (BookLevel(D(5), D(6)),)
    assert (made.sequence, made.timestamp) == (8, datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC))


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
    row = OrderRow(symbol="AB", id=7, cost=cost, average=average, filled=filled)
    made = parse.order(row, WORDS, "A/B", NOWHERE)
    assert (made.cost, made.average) == expected


@pytest.mark.parametrize("side", ["b", "s"])
def test_an_amount_in_quote_is_what_was_to_be_spent(side: str) -> None:
    row = OrderRow(symbol="AB", id=7, type="mkt", side=side, amount=D(50), in_quote=True)
    made = parse.order(row, WORDS, "A/B", NOWHERE)
    assert (made.amount, made.requested_cost) == (None, D(50))


def test_an_id_that_is_blank_is_none() -> None:
    assert (
        parse.order(OrderRow(symbol="AB", id="", client_order_id="a"), WORDS, "A/B", NOWHERE).id
        is None
    )


def test_fees_keep_more_digits_than_decimal_works_with() -> None:
    long = D("0.1234567890123456789012345678901234567")
    (one,) = parse.fees([FeeRow(cost=long, currency="X")])
    (two,) = parse.fees([FeeRow(cost=long, currency="X"), FeeRow(cost=D(1), currency="X")])
    assert (one.cost, two.cost) == (long, D("1.1234567890123456789012345678901234567"))


def charge(cost: Decimal | None, currency: str | None) -> FeeRow:
    return FeeRow(cost=cost, currency=currency)


@pytest.mark.parametrize(
    ("charges", "expected"),
    [
        ([], []),
        ([charge(D(1), "X")], [("X", D(1))]),
        ([charge(D(0), "X")], [("X", D(0))]),
        ([charge(None, "X")], []),
        ([charge(D(1), None)], []),
        ([charge(D(1), "")], []),
        ([charge(None, None)], []),
        ([charge(None, "X"), charge(D(2), "X")], [("X", D(2))]),
        ([charge(D(1), "X"), charge(None, "X"), charge(D(3), None)], [("X", D(1))]),
        ([charge(D(1), "X"), charge(D(2), "Y"), charge(D(-3), "X")], [("X", D(-2)), ("Y", D(2))]),
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


@named(asset="a", free="f", used="u", total="t")
class Owned(rows.BalanceRow):
    """What is owned is told, or it is not."""


@named(assets="list")
class Wallet(rows.AccountRow):
    assets: list[Owned]


class SpotOnly(Wallet):
    borrows = False


@pytest.mark.parametrize(
    ("kind", "told", "total"),
    [
        (Wallet, '"0.000258796"', D("0.000258796")),
        (SpotOnly, '"0.000258796"', D("0.000258796")),
        (Wallet, "null", None),
        (Wallet, '""', None),
        (SpotOnly, "null", D("441.02")),
    ],
)
def test_a_total_is_what_the_venue_says_and_is_added_up_only_where_nothing_can_be_borrowed(
    kind: type[Wallet], told: str, total: Decimal | None
) -> None:
    text = f'{{"list": [{{"a": "X", "f": "0", "u": "441.02", "t": {told}}}]}}'
    made = parse.account(kind)(reply(text))
    assert (made["X"].free, made["X"].used, made["X"].total) == (0, D("441.02"), total)
    assert made.total("X") == total
    assert made.total("Y") == 0


def test_a_sum_of_money_does_not_depend_on_the_callers_precision() -> None:
    text = '{"list": [{"a": "X", "f": "1234.5678", "u": "0.0001"}]}'
    with localcontext() as context:
        context.prec = 3
        assert parse.account(SpotOnly)(reply(text))["X"].total == D("1234.5679")
