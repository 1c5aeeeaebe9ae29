"""What venues share beside rows: envelopes, words, terms of orders, the state of the venue."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchangekit import adapter as kit
from exchangekit.adapter import Reply, Request, VenueCode, Window, named, parse
from exchangekit.errors import BadReply
from exchangekit.models import (
    LimitOrder,
    Market,
    MarketBuyWithCost,
    MarketOrder,
    OrderStatus,
    OrderType,
    Side,
    TimeInForce,
    VenueState,
)

AB = Market(symbol="A/B", id="AB", base="A", quote="B")
WORDS = parse.Words(sides={"b": Side.BUY}, types={}, statuses={})


def reply(text: str, status: int = 200) -> Reply:
    return Reply(status, {}, text.encode())


ENVELOPE = kit.Envelope("code", "msg message", success="0 200")
ERRORS: list[tuple[str, int, VenueCode | None]] = [
    ('{"code": 7, "msg": "no"}', 200, VenueCode("7", "no")),
    ('{"code": "E7", "message": "no"}', 200, VenueCode("E7", "no")),
    ('{"code": "E7", "msg": "", "message": "no"}', 200, VenueCode("E7", "no")),
    ('{"code": 7}', 200, VenueCode("7", "")),
    ('{"code": 0, "msg": "fine"}', 200, None),
    ('{"code": "200"}', 200, None),
    ('{"code": 0, "msg": "not so"}', 400, VenueCode("0", "not so")),
    ('{"code": null, "msg": "no"}', 200, None),
    ('{"data": {"code": 7}}', 200, None),
    ('[{"code": 7}]', 200, None),
    ('{"code": 7', 200, None),
    ("", 500, None),
]


@pytest.mark.parametrize(("text", "status", "meant"), ERRORS)
def test_an_envelope_says_what_went_wrong(text: str, status: int, meant: VenueCode | None) -> None:
    asked = Request(method="GET", path="/x")
    assert ENVELOPE.error_in(reply(text, status), asked) == meant


SAYING = parse.Words(
    sides={"B": Side.BUY, "buy": Side.BUY, "S": Side.SELL},
    types=kit.order_types(limit="LMT STOP", post_only="MAKER", market="MKT"),
    statuses={},
    times_in_force={"G": TimeInForce.GTC, "good": TimeInForce.GTC, "I": TimeInForce.IOC},
)
ONE = {"symbol": "A/B", "amount": Decimal(1)}
ORDERS = [
    (LimitOrder(**ONE, side=Side.BUY, price=Decimal(2)), ("B", "LMT", "G")),
    (LimitOrder(**ONE, side=Side.SELL, price=Decimal(2), time_in_force="ioc"), ("S", "LMT", "I")),
    (
        LimitOrder(**ONE, side=Side.SELL, price=Decimal(2), time_in_force="post_only"),
        ("S", "MAKER", None),
    ),
    (MarketOrder(**ONE, side=Side.SELL), ("S", "MKT", None)),
    (MarketBuyWithCost(symbol="A/B", cost=Decimal(3)), ("B", "MKT", None)),
]


@pytest.mark.parametrize(("order", "told"), ORDERS)
def test_a_new_order_is_told_in_the_first_words_that_mean_it(order: Any, told: Any) -> None:
    assert SAYING.tell(order) == told
    side, kind, life = SAYING.tell(order)
    meant, implied = SAYING.types[kind]
    assert (SAYING.sides[side], meant) == (order.side, order.type)
    said = SAYING.times_in_force[life] if life else implied
    assert said == getattr(order, "time_in_force", None)


@pytest.mark.parametrize(
    ("words", "order"),
    [
        (SAYING, LimitOrder(**ONE, side=Side.BUY, price=Decimal(2), time_in_force="fok")),
        (parse.Words({"B": Side.BUY}, SAYING.types, {}), MarketOrder(**ONE, side=Side.SELL)),
        (parse.Words({"B": Side.BUY}, {}, {}), MarketOrder(**ONE, side=Side.BUY)),
    ],
)
def test_an_order_that_no_words_say_is_not_told_in_others(words: parse.Words, order: Any) -> None:
    with pytest.raises(TypeError, match="no words say"):
        words.tell(order)


def test_words_are_told_by_their_meaning() -> None:
    assert kit.statuses(open="NEW  WAITING", closed="DONE", expired="OLD") == {
        "NEW": OrderStatus.OPEN,
        "WAITING": OrderStatus.OPEN,
        "DONE": OrderStatus.CLOSED,
        "OLD": OrderStatus.EXPIRED,
    }
    assert kit.order_types(limit="LMT STOP", post_only="MAKER", ioc="IOC", market="MKT") == {
        "LMT": (OrderType.LIMIT, None),
        "STOP": (OrderType.LIMIT, None),
        "MAKER": (OrderType.LIMIT, TimeInForce.POST_ONLY),
        "IOC": (OrderType.LIMIT, TimeInForce.IOC),
        "MKT": (OrderType.MARKET, None),
    }


def test_a_word_with_two_meanings_is_refused() -> None:
    with pytest.raises(TypeError, match="'DONE' cannot mean closed and canceled"):
        kit.statuses(closed="DONE", canceled="GONE DONE")
    with pytest.raises(TypeError, match="'A' cannot mean"):
        kit.order_types(gtc="A", fok="A")
    assert kit.statuses(open="NEW NEW") == {"NEW": OrderStatus.OPEN}


ONE, TWO = Decimal(1), Decimal(2)
ORDERS: list[tuple[Any, tuple[Any, ...]]] = [
    (
        LimitOrder(symbol="A/B", side=Side.BUY, amount=ONE, price=TWO, client_order_id="x"),
        (ONE, None, TWO, TimeInForce.GTC),
    ),
    (
        MarketOrder(symbol="A/B", side=Side.SELL, amount=ONE, client_order_id="x"),
        (ONE, None, None, None),
    ),
    (
        MarketBuyWithCost(symbol="A/B", cost=TWO, client_order_id="x"),
        (None, TWO, None, None),
    ),
]


@pytest.mark.parametrize(("order", "meant"), ORDERS)
def test_what_an_order_asks_for_is_told_the_same_way_of_every_kind(
    order: Any, meant: tuple[Any, ...]
) -> None:
    assert kit.terms(order) == meant


STATES = {"0": VenueState.OK, "1": VenueState.MAINTENANCE}


@named(state=kit.Means("status", STATES, otherwise=VenueState.UNKNOWN), message="msg", until="end")
class Health(kit.StatusRow):
    """Whether it works."""


@named(state=kit.Means("status", STATES))
class Strict(kit.StatusRow):
    """No other words are known."""


@pytest.mark.parametrize(
    ("told", "state"), [("0", "ok"), ('"1"', "maintenance"), ("2", "unknown"), ('""', "unknown")]
)
def test_a_venue_says_whether_it_works(told: str, state: str) -> None:
    text = f'{{"data": {{"status": {told}, "msg": "so", "end": 1548000000000}}}}'
    made = parse.status(Health, "data")(reply(text))
    assert (made.state, made.message) == (state, "so")
    assert made.until == datetime(2019, 1, 20, 16, tzinfo=UTC)
    assert made.raw["msg"] == "so"


def test_a_state_that_is_not_known_is_refused_or_means_what_the_venue_says() -> None:
    for told in ("2", "null"):
        with pytest.raises(BadReply):
            parse.status(Strict)(reply(f'{{"status": {told}}}'))
    with pytest.raises(BadReply):
        parse.status(Health)(reply("{}"))


def test_a_window_in_milliseconds_includes_both_its_ends() -> None:
    since = datetime(2019, 1, 20, 16, tzinfo=UTC)
    window = Window(since, since + timedelta(seconds=1))
    assert (window.first, window.last) == (1548000000000, 1548000000999)


def test_a_time_is_read_where_it_stands() -> None:
    read = parse.moment("data", 0, "ts")
    assert read(reply('{"data": [{"ts": "1548000000000"}]}')).year == 2019


@pytest.mark.parametrize("told", ["1548000000", '"1548000000000"', "1548000000000"])
def test_a_countdown_ends_at_a_time_in_seconds_or_in_milliseconds(told: str) -> None:
    made = parse.countdown("data", 0, "at")(reply(f'{{"data": [{{"at": {told}, "x": 1}}]}}'))
    assert (made.triggers, made.is_armed) == (datetime(2019, 1, 20, 16, tzinfo=UTC), True)
    assert made.raw["x"] == 1


@given(st.integers(946684800, 7258118399))  # from 2000 to 2199
def test_no_moment_in_seconds_passes_for_one_in_milliseconds(at: int) -> None:
    read = parse.countdown("at")
    for told in (at, at * 1000):
        assert read(reply(f'{{"at": {told}}}')).triggers == datetime.fromtimestamp(at, UTC)


def test_a_countdown_that_is_off_ends_never_and_one_that_ends_at_no_time_is_refused() -> None:
    assert not parse.countdown("at")(reply('{"at": "0"}')).is_armed
    for odd in ("-1", "null", '"soon"'):
        with pytest.raises(BadReply):
            parse.countdown("at")(reply(f'{{"at": {odd}}}'))


@named("id", "side", symbol="s")
class Order(kit.OrderRow):
    """A row of a list."""


def test_a_list_that_comes_whole_is_one_page_or_what_was_canceled() -> None:
    order = parse.order_reader(WORDS)
    told = reply('{"list": [{"id": 1, "side": "b", "s": "AB"}, {"id": 2, "side": "b", "s": "AB"}]}')
    page = kit.parse_page(Order, order, AB, "list")(told)
    assert ([one.id for one in page.items], page.next) == (["1", "2"], None)
    report = kit.parse_canceled(Order, order, AB, "list")(told)
    assert [one.id for one in report.canceled] == ["1", "2"]
    assert not report.failed


def test_an_order_list_among_the_canceled_orders_gives_its_own() -> None:
    order = parse.order_reader(WORDS)
    one, two = (f'{{"id": {name}, "side": "b", "s": "AB", "name": "reports"}}' for name in (1, 2))
    read = kit.parse_canceled(Order, order, AB, "list", lists="reports")
    told = reply(f'{{"list": [{one}, {{"id": 9, "reports": [{two}, {one}]}}, {{"reports": []}}]}}')
    assert [made.id for made in read(told).canceled] == ["1", "2", "1"]
    assert [made.raw["id"] for made in read(told).canceled] == [1, 2, 1]
    for odd in ("7", '{"reports": null}', '{"reports": {}}', '{"reports": [{"side": "b"}]}'):
        with pytest.raises(BadReply):
            read(reply(f'{{"list": [{one}, {odd}]}}'))


def test_a_canceled_order_that_cannot_be_read_hides_no_other() -> None:
    odd = '{"list": [{"id": 1, "s": "AB"}, {"reports": [{"id": 2, "s": "CD"}]}, {"s": "AB"}]}'
    read = kit.parse_canceled(Order, parse.order_reader(WORDS), AB, "list", lists="reports")
    with pytest.raises(BadReply, match="2 rows of 3 cannot be read") as caught:
        read(reply(odd))
    assert [made.id for made in caught.value.rows] == ["1"]


@named("id", price="p", amount="a", timestamp="t")
class Trade(kit.TradeRow):
    """A public trade."""


def test_trades_that_come_newest_first_are_turned_round() -> None:
    times = {4: 1549000000000, 3: 1548000000000, 2: 1548000000000, 1: 1548000000000}
    rows = (f'{{"id": {name}, "p": 1, "a": 1, "t": {time}}}' for name, time in times.items())
    text = ", ".join(rows)
    made = kit.parse_newest_first(Trade, parse.trade, AB)(reply(f"[{text}]"))
    assert [trade.id for trade in made] == ["1", "2", "3", "4"]
