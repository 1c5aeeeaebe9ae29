"""Rows spelt by a venue become models; what a venue does not say stays None."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal, localcontext
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from exchangekit.adapter import Reply, rows
from exchangekit.adapter.decode import decode, milliseconds, peek, utc
from exchangekit.adapter.markets import listing
from exchangekit.adapter.parse import (
    Words,
    book,
    candles,
    fees,
    fill,
    oldest_first,
    order,
    parse_row,
    parse_rows,
    ticker,
    trade,
)
from exchangekit.adapter.rows import (
    Always,
    FeeRow,
    FillRow,
    Number,
    OrderRow,
    TradeRow,
    decode_rows,
    named,
)
from exchangekit.errors import BadReply
from exchangekit.models import (
    Fee,
    LimitOrder,
    Liquidity,
    Market,
    MarketBuyWithCost,
    MarketOrder,
    Order,
    OrderStatus,
    OrderType,
    Side,
    Source,
    TimeInForce,
    Trade,
)

WORDS = Words(
    sides={"b": Side.BUY, "s": Side.SELL},
    types={
        "lmt": (OrderType.LIMIT, None),
        "post": (OrderType.LIMIT, TimeInForce.POST_ONLY),
        "mkt": (OrderType.MARKET, None),
    },
    statuses={"on": OrderStatus.OPEN, "off": OrderStatus.CANCELED},
    times_in_force={"forever": TimeInForce.GTC},
)
NOWHERE = Source(b"{}")
AB = Market(symbol="A/B", id="AB", base="A", quote="B")
NINE = Decimal(9)
FILLED: dict[str, Any] = {
    "id": 1,
    "order_id": 2,
    "price": Decimal(3),
    "amount": Decimal(4),
    "timestamp": 1_700_000_000_005,
}


def reply(text: str) -> Reply:
    return Reply(200, {}, text.encode())


def order_row(**said: Any) -> OrderRow:
    return OrderRow(symbol="AB", id=7, **said)


def charge(cost: int, currency: str) -> FeeRow:
    return FeeRow(cost=Decimal(cost), currency=currency)


@named("bid", symbol="s", last="l")
class Ticker(rows.TickerRow):
    """Its bid is spelt as the kit spells it, its ask and the rest are not told."""


@named(cost="c", currency="a")
class Charge(rows.FeeRow):
    """A part of another row."""


@named("id", "fills", symbol="market", created="at")
class NewOrder(OrderRow):
    fills: list[Charge] | None = None


@named(filled="done")
class KnownOrder(NewOrder):
    """Builds upon what is named already; what was filled is always told, null maybe."""

    filled: Number
    created: int | None


def test_a_venue_names_its_fields_and_what_it_does_not_name_is_not_read() -> None:
    made = decode(Ticker, reply('{"s": "AB", "l": "1.50", "bid": 2.5, "ask": "3", "open": "4"}'))
    assert (made.symbol, made.last, made.bid) == ("AB", Decimal("1.50"), Decimal("2.5"))
    assert made.ask is None
    assert made.open is None


def test_a_row_is_the_class_that_the_venue_wrote() -> None:
    made = decode(Ticker, reply('{"s": "AB", "l": "1"}'))
    assert isinstance(made, Ticker)
    assert isinstance(made, rows.TickerRow)
    assert (Ticker.__name__, Ticker.__module__) == ("Ticker", __name__)
    assert "as the kit spells it" in (Ticker.__doc__ or "")
    assert not Ticker.__struct_config__.gc


def test_a_field_that_is_required_may_be_null_but_not_missing() -> None:
    assert decode(Ticker, reply('{"s": "AB", "l": null}')).last is None
    with pytest.raises(BadReply, match="missing required field `l`"):
        decode(Ticker, reply('{"s": "AB"}'))


def test_a_field_declared_once_more_without_a_default_is_always_sent() -> None:
    text = '{"market": "AB", "id": 7, "at": 5}'
    assert decode(NewOrder, reply(text)).filled is None
    with pytest.raises(BadReply, match="missing required field `done`"):
        decode(KnownOrder, reply(text))
    known = decode(KnownOrder, reply('{"market": "AB", "id": 7, "at": 5, "done": "2"}'))
    assert (known.symbol, known.id, known.filled) == ("AB", 7, 2)


def test_a_class_keeps_the_names_of_the_one_it_builds_upon() -> None:
    with pytest.raises(BadReply, match="missing required field `at`"):
        decode(KnownOrder, reply('{"market": "AB", "id": 7, "created": 5, "done": "2"}'))

    class Later(NewOrder):
        price: Number  # not named, and so it cannot be read by the name that the kit gave it

    with pytest.raises(BadReply, match=r"missing required field `\(no price\)`"):
        decode(Later, reply('{"market": "AB", "id": 7, "price": "2"}'))


def test_a_field_that_no_row_has_is_a_mistake_found_at_import() -> None:
    with pytest.raises(TypeError, match="Typo has no field 'lats'; it has symbol, last, timestamp"):

        @named("symbol", "last", lats="lastPrice")
        class Typo(rows.TickerRow):
            pass


KITS: list[tuple[type[rows.Row], str]] = [
    (rows.TickerRow, "symbol last"),
    (rows.BookRow, "bids asks"),
    (rows.WideBookRow, "bids asks"),
    (rows.TradeRow, "price amount timestamp"),
    (rows.BalanceRow, "asset free used"),
    (rows.AccountRow, "assets"),
    (rows.FeeRow, "cost currency"),
    (rows.OrderRow, "symbol id"),
    (rows.FillRow, "id order_id price amount timestamp side"),
]


PROMISED: list[tuple[type[rows.Row], str]] = [
    (rows.TickerRow, "symbol"),
    (rows.BookRow, "bids"),
    (rows.TradeRow, "price"),
    (rows.TradeRow, "timestamp"),
    (rows.BalanceRow, "asset"),
    (rows.AccountRow, "assets"),
    (rows.OrderRow, "id"),
    (rows.FillRow, "order_id"),
    (rows.FillRow, "amount"),
]


@pytest.mark.parametrize(
    ("kit", "needed", "left_out"),
    [(kit, needed.split(), name) for kit, needed in KITS for name in needed.split()],
)
def test_a_required_field_that_a_venue_does_not_name_is_a_mistake_found_at_import(
    kit: type[rows.Row], needed: list[str], left_out: str
) -> None:
    row: Any = kit
    named(*needed)(type("Whole", (row,), {}))
    partly = type("Partly", (row,), {})
    with pytest.raises(TypeError, match=f"Partly does not say how the venue spells .*'{left_out}'"):
        named(*(name for name in needed if name != left_out))(partly)


def test_a_fill_that_says_neither_its_side_nor_whether_it_bought_is_found_at_import() -> None:
    needed = ("id", "order_id", "price", "amount", "timestamp")
    with pytest.raises(TypeError, match="does not say how the venue spells 'side' or 'is_buyer'"):

        @named(*needed)
        class Fill(FillRow):
            pass

    @named(*needed, "is_buyer")
    class Told(FillRow):
        pass

    assert Told.__struct_fields__ == FillRow.__struct_fields__


@pytest.mark.parametrize("default", [{}, {"default": None}], ids=["sent", "left out"])
@pytest.mark.parametrize("loose", [Number, Any], ids=["null", "anything"])
@pytest.mark.parametrize(("kit", "field"), PROMISED, ids=str)
def test_what_a_model_promises_may_not_be_declared_as_null(
    kit: type[rows.Row], field: str, loose: Any, default: dict[str, None]
) -> None:
    mine = msgspec.defstruct(
        "Loose", [(field, loose, msgspec.field(**default))], bases=(kit,), kw_only=True
    )
    with pytest.raises(TypeError, match=f"Loose says that '{field}' may be null"):
        named(*kit.__struct_fields__)(mine)


@pytest.mark.parametrize(
    ("kit", "needed"), [case for case in KITS if case[0] is not rows.FeeRow], ids=str
)
def test_a_row_that_names_nothing_is_read_from_no_reply(kit: type[rows.Row], needed: str) -> None:
    with pytest.raises(BadReply, match=r"missing required field `\(no "):
        decode(kit, reply(json.dumps(dict.fromkeys(kit.__struct_fields__, "1"))))


def test_what_is_always_sent_may_be_null_but_not_left_out() -> None:
    @named(Always("bid"), "last", symbol="s", ask=Always("a"))
    class Whole(rows.TickerRow):
        pass

    made = decode(Whole, reply('{"s": "AB", "last": "1", "bid": null, "a": "2"}'))
    assert (made.bid, made.ask) == (None, 2)
    for text in ('{"s": "AB", "last": "1", "a": "2"}', '{"s": "AB", "last": "1", "bid": "1"}'):
        with pytest.raises(BadReply, match="missing required field"):
            decode(Whole, reply(text))


def test_a_field_that_no_reply_says_has_a_default_of_the_venues_own() -> None:
    @named("id")
    class Acknowledged(OrderRow):
        symbol: str = ""

    made = decode(Acknowledged, reply('{"id": 7, "symbol": "AB"}'))
    assert (made.id, made.symbol) == (7, "")


def test_a_field_that_a_venue_adds_is_named_too() -> None:
    with pytest.raises(TypeError, match="Longer does not say how the venue spells 'bonus'"):

        @named("symbol", "id")
        class Longer(OrderRow):
            bonus: Number = None


def test_a_part_may_be_a_row_of_the_venue() -> None:
    made = decode(NewOrder, reply('{"market": "AB", "id": 7, "fills": [{"c": "0.1", "a": "B"}]}'))
    assert made.fills is not None
    assert fees(made.fills) == (Fee(currency="B", cost=Decimal("0.1")),)


def test_rows_are_read_with_their_place_in_the_reply() -> None:
    answer = reply('[{"s": "AB", "l": "1"}, {"s": "AB", "l": "2"}]')
    made = parse_rows(Ticker, ticker, AB)(answer)
    assert [item.last for item in made] == [1, 2]
    assert made[1].raw == {"s": "AB", "l": "2"}
    single = parse_row(Ticker, ticker, AB)(reply('{"s": "AB", "l": "1"}'))
    assert (single.symbol, single.raw) == ("A/B", {"s": "AB", "l": "1"})
    with pytest.raises(BadReply):
        decode_rows(Ticker, reply('{"s": "AB"}'))


@pytest.mark.parametrize(
    "text", ['[{"s": "CD", "l": "1"}]', '[{"s": "AB", "l": "1"}, {"s": "CD", "l": "1"}]']
)
def test_a_row_that_names_another_market_than_was_asked_for_is_refused(text: str) -> None:
    with pytest.raises(BadReply, match="asked for market 'AB', the reply is about 'CD'"):
        parse_rows(Ticker, ticker, AB)(reply(text))
    with pytest.raises(BadReply, match="the reply is about 'CD'"):
        parse_row(Ticker, ticker, AB, len(json.loads(text)) - 1)(reply(text))


def test_a_row_that_names_no_market_is_of_the_one_that_was_asked_for() -> None:
    made = parse_rows(Ticker, ticker, AB)(reply('[{"s": "", "l": "1"}]'))
    assert [item.symbol for item in made] == ["A/B"]


def test_an_order_says_what_the_venue_says_and_nothing_else() -> None:
    made = order(order_row(), WORDS, "A/B", NOWHERE)
    assert (made.symbol, made.id) == ("A/B", "7")
    said = {
        name: value
        for name, value in made
        if name not in ("symbol", "id", "source") and value is not None
    }
    assert said == {}


def test_an_order_is_translated_word_by_word() -> None:
    row = order_row(
        client_order_id="mine", side="s", type="lmt", time_in_force="forever", status="off",
        price=Decimal(2), stop_price=Decimal(0), amount=Decimal(10), requested_cost=Decimal(20),
        filled=Decimal(4), cost=Decimal(10), created=1_700_000_000_000, updated=1_700_000_001_000,
        fills=[charge(1, "X"), charge(2, "Y"), charge(3, "X")],
    )  # fmt: skip
    made = order(row, WORDS, "A/B", NOWHERE)
    assert (made.side, made.type) == (Side.SELL, OrderType.LIMIT)
    assert (made.status, made.time_in_force) == (OrderStatus.CANCELED, TimeInForce.GTC)
    assert (made.price, made.stop_price, made.requested_cost) == (2, None, None)
    assert (made.average, made.remaining) == (Decimal("2.5"), 6)
    assert made.fees == (Fee(currency="X", cost=Decimal(4)), Fee(currency="Y", cost=Decimal(2)))
    assert made.timestamp == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)
    assert made.updated == datetime(2023, 11, 14, 22, 13, 21, tzinfo=UTC)


@pytest.mark.parametrize(
    ("field", "unknown"),
    [
        ("type", OrderType.UNKNOWN),
        ("status", OrderStatus.UNKNOWN),
        ("time_in_force", TimeInForce.UNKNOWN),
    ],
)
def test_a_word_that_the_venue_did_not_declare_is_told_as_unknown_and_nothing_else_changes(
    field: str, unknown: object
) -> None:
    row = order_row(side="b", type="lmt", status="on", time_in_force="forever")
    before = order(row, WORDS, "A/B", NOWHERE)
    made = order(msgspec.structs.replace(row, **{field: "x"}), WORDS, "A/B", NOWHERE)
    assert made == before.model_copy(update={field: unknown})
    assert not made.is_done
    assert made.is_open is (field != "status")


def test_a_side_that_the_venue_did_not_declare_is_not_guessed() -> None:
    with pytest.raises(BadReply, match="unknown side 'x'"):
        order(order_row(side="x"), WORDS, "A/B", NOWHERE)


def test_where_types_say_the_time_in_force_an_unknown_type_leaves_both_unknown() -> None:
    words = Words(sides={}, types={"ioc": (OrderType.LIMIT, TimeInForce.IOC)}, statuses={})
    made = order(order_row(type="x"), words, "A/B", NOWHERE)
    assert (made.type, made.time_in_force) == (OrderType.UNKNOWN, TimeInForce.UNKNOWN)


@named("side", symbol="s", id="i", client_order_id="c")
class ShortOrder(OrderRow):
    """A row of a list of orders."""


GOOD = '{"s": "AB", "i": 7, "side": "b"}'
ODD = {
    "no id": ('{"s": "AB", "i": "", "side": "b"}', "it has no id"),
    "an id of -1": ('{"s": "AB", "i": -1, "side": "b"}', "it has no id"),
    "an id of None": ('{"s": "AB", "i": "None", "side": "b"}', "it has no id"),
    "an id of null": ('{"s": "AB", "i": null, "side": "b"}', "got `null`"),
    "nothing at all": ("{}", "missing required field"),
    "another shape": ("[]", "Expected `object`"),
    "an unknown side": ('{"s": "AB", "i": 8, "side": "x"}', "unknown side 'x'"),
}


@pytest.mark.parametrize("case", ODD)
@pytest.mark.parametrize("at", range(3))
def test_an_odd_row_is_an_error_that_carries_all_the_others(case: str, at: int) -> None:
    text, why = ODD[case]
    rows = [GOOD.replace("7", str(number)) for number in (1, 2)]
    rows.insert(at, text)

    def read(row: ShortOrder, symbol: str, source: Source) -> Order:
        return order(row, WORDS, symbol, source)

    parse = parse_rows(ShortOrder, read, AB, "rows")
    with pytest.raises(BadReply, match=f"a row of 3 cannot be read \\(number {at + 1}: ") as caught:
        parse(reply('{"rows": [' + ", ".join(rows) + "]}"))
    assert why in str(caught.value)
    told = [one for one in caught.value.rows if isinstance(one, Order)]
    assert [one.id for one in told] == ["1", "2"]
    assert [one.raw["i"] for one in told] == [1, 2]


def test_what_is_no_list_at_all_is_an_error_without_rows() -> None:
    parse = parse_rows(ShortOrder, lambda row, symbol, source: row, AB, "rows")
    with pytest.raises(BadReply) as caught:
        parse(reply('{"rows": {"s": "AB"}}'))
    assert caught.value.rows == ()


def test_an_order_without_a_venues_id_is_named_by_its_client_order_id() -> None:
    row = OrderRow(symbol="AB", id="", client_order_id="mine")
    assert order(row, WORDS, "A/B", NOWHERE).id is None


@pytest.mark.parametrize("lacks", ["id", "order_id"])
@pytest.mark.parametrize("none", ["", "-1", "None", "null", -1])
def test_a_fill_without_its_ids_is_no_fill(lacks: str, none: str | int) -> None:
    with pytest.raises(BadReply, match="it lacks an id"):
        fill(FillRow(**FILLED | {lacks: none}, is_buyer=True), "A/B", NOWHERE)


@pytest.mark.parametrize(
    ("row", "field", "value"),
    [
        (order_row(type="post", time_in_force="forever"), "time_in_force", "post_only"),
        (order_row(type="mkt", time_in_force="forever"), "time_in_force", None),
        (order_row(type="mkt", price=Decimal(5)), "price", None),
        (order_row(type="lmt", price=Decimal(0)), "price", None),
        (order_row(amount=Decimal(0)), "amount", None),
        (order_row(filled=Decimal(0), cost=Decimal(0)), "filled", Decimal(0)),
        (order_row(filled=Decimal(0), cost=Decimal(0)), "average", None),
        (order_row(filled=Decimal(1), cost=Decimal(-1)), "cost", None),
        (order_row(client_order_id=""), "client_order_id", None),
        (order_row(type="mkt", side="b", requested_cost=NINE), "requested_cost", 9),
        (order_row(type="mkt", side="s", requested_cost=NINE), "requested_cost", None),
        (order_row(type="lmt", side="b", requested_cost=NINE), "requested_cost", None),
    ],
)  # fmt: skip
def test_what_means_none_is_none(row: OrderRow, field: str, value: object) -> None:
    assert getattr(order(row, WORDS, "A/B", NOWHERE), field) == value


LIMIT = LimitOrder(
    symbol="A/B", side=Side.BUY, amount=Decimal(3), price=Decimal(2), client_order_id="mine",
    time_in_force=TimeInForce.IOC,
)  # fmt: skip


def test_the_reply_to_a_new_order_is_completed_by_what_was_asked() -> None:
    made = order(order_row(), WORDS, "A/B", NOWHERE, LIMIT)
    assert (made.side, made.type, made.time_in_force) == ("buy", "limit", "ioc")
    assert (made.amount, made.price, made.client_order_id) == (3, 2, "mine")
    assert (made.status, made.filled, made.fees) == (None, None, None)
    by_cost = MarketBuyWithCost(symbol="A/B", cost=Decimal(50))
    made = order(order_row(), WORDS, "A/B", NOWHERE, by_cost)
    assert (made.side, made.type, made.amount, made.price) == ("buy", "market", None, None)
    assert made.requested_cost == 50
    by_amount = MarketOrder(symbol="A/B", side=Side.SELL, amount=Decimal(5))
    made = order(order_row(), WORDS, "A/B", NOWHERE, by_amount)
    assert (made.side, made.amount, made.requested_cost) == ("sell", 5, None)


def test_what_the_venue_echoes_of_a_new_order_wins_over_what_was_asked() -> None:
    row = order_row(client_order_id="theirs", type="post", price=NINE, amount=Decimal(8))
    made = order(row, WORDS, "A/B", NOWHERE, LIMIT)
    assert (made.price, made.amount, made.client_order_id) == (9, 8, "theirs")
    assert made.time_in_force is TimeInForce.POST_ONLY


@pytest.mark.parametrize(
    ("maker", "liquidity"),
    [(True, Liquidity.MAKER), (False, Liquidity.TAKER), (None, Liquidity.UNKNOWN)],
)
def test_a_fill_tells_who_took_and_what_it_cost(maker: bool | None, liquidity: Liquidity) -> None:
    row = FillRow(**FILLED, is_buyer=False, is_maker=maker)
    made = fill(row, "A/B", NOWHERE)
    assert (made.id, made.order_id, made.side) == ("1", "2", Side.SELL)
    assert (made.cost, made.fee, made.liquidity) == (12, None, liquidity)
    row = msgspec.structs.replace(row, fee=Decimal(0), fee_currency="B", cost=Decimal(11))
    made = fill(row, "A/B", NOWHERE)
    assert (made.cost, made.fee) == (11, Fee(currency="B", cost=Decimal(0)))


@pytest.mark.parametrize(("told", "known"), [("mine", "mine"), ("", None), (None, None)])
def test_a_fill_has_the_client_order_id_that_the_venue_tells(
    told: str | None, known: str | None
) -> None:
    row = FillRow(**FILLED, is_buyer=True, client_order_id=told)
    assert fill(row, "A/B", NOWHERE).client_order_id == known

    @named(
        "id", "price", "amount", "is_buyer", order_id="order", timestamp="t", client_order_id="c"
    )
    class Filled(FillRow):
        pass

    text = (
        '{"id": 1, "order": 2, "price": "3", "amount": "4", "t": 1700000000005, "is_buyer": true%s}'
    )
    said = "" if told is None else f', "c": "{told}"'
    assert parse_row(Filled, fill, AB)(reply(text % said)).client_order_id == known


@pytest.mark.parametrize(
    ("currency", "cost", "fee"),
    [
        ("B", Decimal(1), Fee(currency="B", cost=Decimal(1))),
        ("B", None, None),
        ("", Decimal(1), None),
        (None, Decimal(1), None),
    ],
)
def test_a_fill_has_a_fee_where_both_its_cost_and_its_currency_are_told(
    currency: str | None, cost: Decimal | None, fee: Fee | None
) -> None:
    row = FillRow(**FILLED, is_buyer=True, fee=cost, fee_currency=currency)  # fmt: skip
    assert fill(row, "A/B", NOWHERE).fee == fee


def test_trades_that_come_newest_first_are_turned_round_within_an_instant_too() -> None:
    def trade(id: str, second: int) -> Trade:
        at = datetime(2026, 1, 1, 0, 0, second, tzinfo=UTC)
        one = Decimal(1)
        return Trade(symbol="A/B", timestamp=at, price=one, amount=one, cost=one, id=id)

    newest_first = (trade("4", 2), trade("3", 1), trade("2", 1), trade("1", 1))
    assert [item.id for item in oldest_first(newest_first)] == ["1", "2", "3", "4"]


class Listed(msgspec.Struct):
    name: str
    base: str
    step: Decimal | None = None
    spot: bool = True


def make(row: Listed, source: Source) -> Market | None:
    if not row.spot:
        return None
    if row.base == "OVER":
        row.step = Decimal(1).scaleb(10**9)
    return Market(
        symbol=f"{row.base}/Q",
        id=row.name,
        base=row.base,
        quote="Q",
        price_step=row.step,
        source=source,
    )


def test_one_malformed_market_is_skipped_and_reported_and_the_others_stay() -> None:
    answer = reply(
        """[
            {"name": "AQ", "base": "A", "step": "0.1"},
            {"name": "BQ", "base": "B", "step": "not a number"},
            {"name": "CQ", "base": "C", "step": "-1"},
            {"name": "DQ", "base": ""},
            {"name": "A2", "base": "A"},
            {"base": "E"},
            {"name": "FQ", "base": "F", "spot": false},
            {"name": "NQ", "base": "N", "step": "NaN"},
            {"name": "OQ", "base": "OVER"},
            ["neither"],
            {"name": "GQ", "base": "G"}
        ]"""
    )
    markets = listing(Listed, make, "name")(answer)
    assert markets.symbols() == ("A/Q", "G/Q")
    assert markets.by_id["AQ"].price_step == Decimal("0.1")
    assert markets["G/Q"].raw == {"name": "GQ", "base": "G"}
    reasons = dict(markets.skipped)
    assert list(reasons) == ["BQ", "CQ", "DQ", "A2", "(number 5)", "NQ", "OQ", "(number 9)"]
    assert "price_step is negative" in reasons["CQ"]
    assert "A/Q is already AQ" in reasons["A2"]
    assert "not finite" in reasons["NQ"]


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff", b'{"code": {}}', b"[" * 100_000])
def test_a_look_into_a_body_of_another_shape_finds_nothing(body: bytes) -> None:
    class Said(msgspec.Struct):
        code: int

    assert peek(Said, Reply(200, {}, body)) is None
    found = peek(Said, Reply(200, {}, b'{"code": 1}'))
    assert found is not None
    assert found.code == 1


@example(1 << 42)
@example((1 << 42) - 1)
@given(st.integers(946_684_800_000, 7_258_118_399_999))
def test_a_time_in_milliseconds_is_exact_to_the_last_parse_row(ms: int) -> None:
    made = utc(ms)
    assert milliseconds(made) == ms
    assert made.microsecond == ms % 1000 * 1000
    assert made.tzinfo is UTC


def test_a_blank_word_is_a_word_that_nobody_declared() -> None:
    with pytest.raises(BadReply):
        order(order_row(side=""), WORDS, "A/B", NOWHERE)
    made = order(order_row(status="", type=""), WORDS, "A/B", NOWHERE)
    assert (made.status, made.type) == (OrderStatus.UNKNOWN, OrderType.UNKNOWN)


def test_the_callers_decimal_context_changes_nothing_that_a_venue_said() -> None:
    row = order_row(filled=Decimal("1.23456789"), average=Decimal("94321.98765"))
    paid = order_row(filled=Decimal("1.5"), cost=Decimal("140000.12345678"))
    with localcontext() as context:
        context.prec = 4
        told = order(row, WORDS, "A/B", NOWHERE), order(paid, WORDS, "A/B", NOWHERE)
    assert told[0].cost == Decimal("94321.98765") * Decimal("1.23456789")
    assert told[1].average == Decimal("140000.12345678") / Decimal("1.5")


NEGATIVE = Decimal("-0.1")


@pytest.mark.parametrize(
    "said",
    [
        {"price": NEGATIVE}, {"stop_price": NEGATIVE}, {"amount": NEGATIVE}, {"filled": NEGATIVE},
        {"filled": NINE, "average": NEGATIVE}, {"requested_cost": NEGATIVE},
        {"amount": NEGATIVE, "in_quote": True}, {"amount": Decimal(8), "filled": NINE},
    ],
)  # fmt: skip
def test_an_order_with_numbers_that_cannot_be_is_a_bad_reply(said: dict[str, Any]) -> None:
    with pytest.raises(BadReply):
        order(order_row(type="lmt", side="b", **said), WORDS, "A/B", NOWHERE)


def test_a_market_buy_by_cost_may_be_filled_beyond_an_estimate() -> None:
    row = order_row(type="mkt", side="b", amount=Decimal(8), filled=NINE, requested_cost=NINE)
    assert order(row, WORDS, "A/B", NOWHERE).filled == 9


@pytest.mark.parametrize("field", ["price", "amount", "cost"])
def test_a_fill_or_trade_below_zero_is_a_bad_reply(field: str) -> None:
    with pytest.raises(BadReply, match=f"negative {field}"):
        fill(FillRow(**FILLED | {field: NEGATIVE}, is_buyer=True), "A/B", NOWHERE)
    said = {name: value for name, value in FILLED.items() if name != "order_id"}
    with pytest.raises(BadReply, match=f"negative {field}"):
        trade(TradeRow(**said | {field: NEGATIVE}), "A/B", NOWHERE)


def test_a_fee_below_zero_is_a_rebate_and_a_change_may_fall() -> None:
    row = FillRow(**FILLED, is_buyer=True, fee=NEGATIVE, fee_currency="X")
    assert fill(row, "A/B", NOWHERE).fee == Fee(currency="X", cost=NEGATIVE)
    fallen = rows.TickerRow(symbol="AB", last=NINE, change=NEGATIVE, percentage=NEGATIVE)
    assert ticker(fallen, "A/B", NOWHERE).change == NEGATIVE


@pytest.mark.parametrize(
    "field", ["last", "bid", "ask", "open", "high", "low", "base_volume", "quote_volume"]
)
def test_a_ticker_below_zero_is_a_bad_reply(field: str) -> None:
    said: dict[str, Any] = {"symbol": "AB", "last": NINE, field: NEGATIVE}
    with pytest.raises(BadReply, match="negative price or volume of A/B"):
        ticker(rows.TickerRow(**said), "A/B", NOWHERE)


@pytest.mark.parametrize("level", ['["-1", "2"]', '["1", "-2"]'])
def test_a_book_and_a_candle_below_zero_are_bad_replies(level: str) -> None:
    with pytest.raises(BadReply, match="in the book of A/B"):
        parse_row(Book, book, AB)(reply(f'{{"b": [["1", "2"], {level}], "a": []}}'))
    bar = (
        '[["1700000000000", "1", "1", "1", "1", "1"], ["1700000000000", "1", "1", "-1", "1", "1"]]'
    )
    with pytest.raises(BadReply, match="in a candle"):
        candles(reply(bar))


@named(bids="b", asks="a")
class Book(rows.BookRow):
    """Both sides."""
