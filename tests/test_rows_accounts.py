"""Markets, rates, keys, balances, bars and the fees of orders, told by tables alone."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from exchangekit import adapter as kit
from exchangekit.adapter import Number, Reply, named, parse
from exchangekit.errors import BadReply
from exchangekit.models import Fee, Market, Markets, OrderStatus, OrderType, Side, Source
from exchangekit.models.markets import index

AB = Market(symbol="A/B", id="AB", base="A", quote="B")
CD = Market(symbol="C/D", id="CD", base="C", quote="D")
NOWHERE = Source(b"{}")


def reply(told: Any) -> Reply:
    return Reply(200, {}, told.encode() if isinstance(told, str) else json.dumps(told).encode())


def in_filter(kind: str, name: str) -> str:
    return f"filters[kind={kind}].{name}"


@named(
    id="name", base="coin", quote="money", spot=kit.Among("types", "spot"),
    active=kit.every(kit.Always(kit.Among("state", "on")), "open", kit.Except("side", 4)),
    through_api="open", takes_limit=kit.Among("orders", "LMT"),
    takes_market=kit.Among("orders", "MKT"), buy_with_cost=kit.Among("orders", "MKT"),
    price_step=kit.either(in_filter("P", "tick"), kit.Decimals("digits")),
    min_price=in_filter("P", "min"), amount_step="lot.step", max_amount="lot.max",
    min_amount=kit.either("lot.min", "least"),
    market_min_amount=kit.largest("lot.min", "mkt.min"),
    market_max_amount=kit.smallest("lot.max", "mkt.max"),
    min_cost=in_filter("N", "min"), market_obeys_min_cost=in_filter("N", "market"),
    max_cost="most", cost_step=kit.Decimals("digits"), maker=kit.Percent("fee"), taker="taker",
)  # fmt: skip
class Symbol(kit.MarketRow):
    """A market with all that venues have thought of."""


TOLD: dict[str, Any] = {
    "name": "AB", "coin": "A", "money": "B", "types": ["spot", "margin"], "state": "on",
    "open": True, "side": 1, "orders": ["LMT", "MKT", "STOP"], "digits": "2",
    "filters": [{"kind": "P", "tick": "0.5", "min": "1"},
                {"kind": "N", "min": "5", "market": True}],
    "lot": {"step": "0.1", "max": "100", "min": "0.2"}, "least": "0.3",
    "mkt": {"min": "0.4", "max": "50"}, "most": "900", "fee": "0.2", "taker": "0.001",
}  # fmt: skip

markets = kit.listing(Symbol, parse.market, "name", "list")


def market(**changes: Any) -> Market:
    found = markets(reply({"list": [TOLD | changes]}))
    assert not found.skipped, found.skipped
    return found["A/B"]


def test_a_market_is_a_table() -> None:
    made = market()
    said = {name: value for name, value in made if name != "source"}
    number = Decimal
    assert said == {
        "venue": None, "account": None, "symbol": "A/B", "id": "AB", "base": "A", "quote": "B",
        "active": True, "through_api": True,
        "order_types": {OrderType.LIMIT, OrderType.MARKET}, "buy_with_cost": True,
        "price_step": number("0.5"), "min_price": 1, "max_price": None,
        "amount_step": number("0.1"), "min_amount": number("0.2"), "max_amount": 100,
        "market_amount_step": None, "market_min_amount": number("0.4"), "market_max_amount": 50,
        "min_cost": 5, "max_cost": 900, "market_min_cost": None, "market_max_cost": None,
        "cost_step": number("0.01"), "maker": number("0.002"), "taker": number("0.001"),
    }  # fmt: skip


RULES: list[tuple[dict[str, Any], str, Any]] = [
    ({"filters": []}, "price_step", Decimal("0.01")),
    ({"filters": [{"kind": "P", "tick": "0"}]}, "price_step", Decimal("0.01")),
    ({"filters": [], "digits": None}, "price_step", None),
    ({"digits": 0}, "cost_step", 1),
    ({"lot": {"min": "0"}}, "min_amount", Decimal("0.3")),
    ({"lot": {"min": ""}}, "min_amount", Decimal("0.3")),
    ({"lot": None}, "amount_step", None),
    ({"lot": {"step": "0.000"}}, "amount_step", None),
    ({"mkt": {"max": "0"}}, "market_max_amount", 100),
    ({"mkt": {"max": "0"}, "lot": {}}, "market_max_amount", None),
    ({"most": ""}, "max_cost", None),
    ({"fee": "0"}, "maker", 0),
    ({"fee": ""}, "maker", None),
    ({"filters": [{"kind": "N", "min": "5", "market": False}]}, "market_min_cost", 0),
    ({"filters": [{"kind": "N", "min": "5"}]}, "market_min_cost", None),
    ({"state": "off"}, "active", False),
    ({"open": False}, "active", False),
    ({"open": False}, "through_api", False),
    ({"open": None}, "active", True),
    ({"side": 4}, "active", False),
    ({"orders": ["LMT"]}, "order_types", {OrderType.LIMIT}),
    ({"orders": ["LMT"]}, "buy_with_cost", False),
    ({"orders": []}, "order_types", frozenset()),
]


@pytest.mark.parametrize(("changes", "rule", "meant"), RULES)
def test_a_rule_of_nothing_is_none(changes: dict[str, Any], rule: str, meant: Any) -> None:
    assert getattr(market(**changes), rule) == meant


def test_what_is_not_spot_is_left_out_and_what_cannot_be_read_is_reported() -> None:
    lacks = {name: told for name, told in TOLD.items() if name != "state"}
    found = markets(reply({"list": [TOLD | {"types": ["swap"]}, lacks, TOLD | {"coin": ""}]}))
    assert not found.by_id
    assert [one.id for one in found.skipped] == ["AB", "AB"]
    assert "missing required field `state`" in found.skipped[0].reason


def test_a_market_without_its_id_base_or_quote_is_found_when_the_class_is_made() -> None:
    with pytest.raises(TypeError, match="Bare does not say how the venue spells 'quote'"):

        @named("id", "base")
        class Bare(kit.MarketRow):
            pass


RATES = ("maker", "taker")
NUMBERS = [
    field.name
    for field in msgspec.structs.fields(kit.MarketRow)
    if field.type == Number and field.name not in RATES
]


@named("id", "base", "quote", "through_api", *NUMBERS)
class Plain(kit.MarketRow):
    """All rules by the kit's own names."""


def test_every_rule_of_zero_is_none_and_what_the_api_never_takes_is_not_active() -> None:
    told = {"id": "AB", "base": "A", "quote": "B", "through_api": False}
    read = kit.listing(Plain, parse.market, "id")
    (made,) = read(reply([told | dict.fromkeys(NUMBERS, "0.0")])).by_id.values()
    assert {getattr(made, name) for name in NUMBERS} == {None}
    assert len(NUMBERS) == 14
    assert (made.active, made.through_api) == (False, False)
    (made,) = read(reply([told | dict.fromkeys(NUMBERS, "7")])).by_id.values()
    assert {getattr(made, name) for name in NUMBERS} == {7}


@named(symbol="s", maker="m", taker="t")
class Rates(kit.RatesRow):
    """The account's rates."""


def test_rates_of_one_market() -> None:
    read = parse.trading_fees(Rates, AB, "data", 0)
    (fee,) = read(reply('{"data": [{"s": "AB", "m": "-0.001", "t": "0.002"}]}')).values()
    assert (fee.symbol, fee.maker, fee.taker) == ("A/B", Decimal("-0.001"), Decimal("0.002"))
    assert fee.raw == {"s": "AB", "m": "-0.001", "t": "0.002"}
    for row in (
        '{"s": "CD", "m": "1", "t": "2"}',
        '{"m": null, "t": "2"}',
        '{"m": "", "t": "2"}',
        '{"m": "1"}',
    ):
        with pytest.raises(BadReply):
            read(reply(f'{{"data": [{row}]}}'))


def test_rates_of_all_markets() -> None:
    read = parse.trading_fees(Rates, index((AB, CD), ()), "data")
    rows = [
        {"s": "AB", "m": "1", "t": "2"},
        {"s": "X", "m": "1", "t": "2"},
        {"s": "CD", "m": "3", "t": "4"},
    ]
    made = read(reply({"data": rows}))
    assert {symbol: fee.maker for symbol, fee in made.items()} == {"A/B": 1, "C/D": 3}
    assert made["C/D"].raw == rows[2]
    with pytest.raises(BadReply, match=r"a row of 2 cannot be read \(number 2") as caught:
        read(reply({"data": [rows[0], {"s": "CD", "m": "1"}]}))
    assert len(caught.value.rows) == 1


def test_rates_in_percent_and_with_the_other_sign() -> None:
    @named(maker=kit.Percent("m"), taker=kit.Negated(kit.Percent("t")))
    class Told(kit.RatesRow):
        pass

    (fee,) = parse.trading_fees(Told, AB)(reply('{"m": "0.2", "t": "-0.1"}')).values()
    assert (fee.maker, fee.taker) == (Decimal("0.002"), Decimal("0.001"))


@named(can_read=kit.Among("perm", "read"), can_trade=kit.Among("perm", "trade"),
       can_withdraw=kit.Among("perm", "withdraw"), ips=kit.Commas("ip"), account_id="uid",
       label="label")  # fmt: skip
class TextKey(kit.KeyRow):
    """Permissions as a text with commas, or as a list."""


@named(can_trade=kit.every(kit.Among("readOnly", 0), kit.Among("permissions.Spot", "SpotTrade")),
       can_withdraw=kit.every(kit.Among("readOnly", 0), kit.Among("permissions.Wallet", "Out")),
       ips=kit.Commas("ips"), label="note", account_id="userID")  # fmt: skip
class ObjectKey(kit.KeyRow):
    """Permissions in an object, by product; the endpoint itself proves that the key reads."""

    can_read: bool | None = True


@named("can_trade", ip_restricted="bound")
class PlainKey(kit.KeyRow):
    """Booleans."""


ENDS: list[tuple[str, str, datetime | None]] = [
    ("end", '{"end": 1684120404000}', datetime(2023, 5, 15, 3, 13, 24, tzinfo=UTC)),
    ("end", '{"end": 0}', None),
    ("end", '{"end": -1}', None),
    ("end", "{}", None),
    (kit.Seconds("end"), '{"end": "1684120404"}', datetime(2023, 5, 15, 3, 13, 24, tzinfo=UTC)),
    (kit.Iso("end"), '{"end": "2023-05-15T05:13:24+02:00"}',
     datetime(2023, 5, 15, 3, 13, 24, tzinfo=UTC)),
    (kit.Iso("end"), '{"end": "1970-01-01T00:00:00Z"}', None),
    (kit.Iso("end"), '{"end": ""}', None),
]  # fmt: skip


@pytest.mark.parametrize(("spelt", "text", "meant"), ENDS)
def test_when_a_key_ends(spelt: str, text: str, meant: datetime | None) -> None:
    row = named("can_read", expires=spelt)(type("Told", (kit.KeyRow,), {}))
    assert parse.api_key(row)(reply(text)).expires == meant


@pytest.mark.parametrize("text", ['{"end": "2023-05-15 03:13:24"}', '{"end": "tomorrow"}'])
def test_an_end_that_is_no_moment_is_refused(text: str) -> None:
    row = named("can_read", expires=kit.Iso("end"))(type("Told", (kit.KeyRow,), {}))
    with pytest.raises(BadReply):
        parse.api_key(row)(reply(text))


KEYS: list[tuple[type[kit.KeyRow], str, tuple[Any, ...]]] = [
    (TextKey, '{"perm": "read,trade", "ip": "1.2.3.4,5.6.7.8", "uid": 7, "label": "bot"}',
     (True, True, False, True, ("1.2.3.4", "5.6.7.8"), "7", "bot")),
    (TextKey, '{"perm": ["read"], "ip": ""}', (True, False, False, False, (), None, None)),
    (TextKey, '{"perm": "", "ip": null}', (None, None, None, None, None, None, None)),
    (ObjectKey,
     '{"readOnly": 0, "permissions": {"Spot": ["SpotTrade"], "Wallet": []}, "ips": ["*"]}',
     (True, True, False, False, (), None, None)),
    (ObjectKey,
     '{"readOnly": 1, "permissions": {"Spot": ["SpotTrade"]}, "ips": ["1.2.3.4"], "userID": 5}',
     (True, False, False, True, ("1.2.3.4",), "5", None)),
    (ObjectKey, '{"readOnly": 0, "permissions": {}}', (True, None, None, None, None, None, None)),
    (PlainKey, '{"can_trade": false, "bound": true}', (None, False, None, True, None, None, None)),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "text", "meant"), KEYS)
def test_what_a_key_may_do(kind: type[kit.KeyRow], text: str, meant: tuple[Any, ...]) -> None:
    made = parse.api_key(kind, "data")(reply(f'{{"data": {text}}}'))
    assert made.raw == json.loads(text)
    assert (
        made.can_read, made.can_trade, made.can_withdraw, made.ip_restricted, made.ips,
        made.account_id, made.label,
    ) == meant  # fmt: skip


def test_a_key_that_says_nothing_is_found_when_the_class_is_made() -> None:
    with pytest.raises(TypeError, match="'can_read' or 'can_trade' or 'can_withdraw': name one"):

        @named("label")
        class Silent(kit.KeyRow):
            pass


SIDE = kit.largest(kit.total(kit.Always("own.buy"), "tax.buy"), kit.Always("own.sell"))


@named(maker=kit.total(kit.Always("own.maker"), "tax.maker", SIDE),
       taker=kit.total(kit.Always("own.taker"), SIDE))  # fmt: skip
class AddedUp(kit.RatesRow):
    maker: Decimal
    taker: Decimal


def test_rates_of_several_kinds_add_up_with_the_dearer_side() -> None:
    own = {"maker": "0.001", "taker": "0.002", "buy": "0.0001", "sell": "0.0003"}
    read = parse.trading_fees(AddedUp, AB)
    made = read(reply({"own": own, "tax": {"maker": "0.01", "buy": "0.0003"}}))["A/B"]
    assert (made.maker, made.taker) == (Decimal("0.0114"), Decimal("0.0024"))
    made = read(reply({"own": own}))["A/B"]
    assert (made.maker, made.taker) == (Decimal("0.0013"), Decimal("0.0023"))
    for name in own:
        for odd in ({**own, name: None}, {key: own[key] for key in own if key != name}):
            with pytest.raises(BadReply):
                read(reply({"own": odd}))


@named("group", maker=kit.Negated("m"), taker=kit.Negated("t"))
class OfGroup(kit.RatesRow):
    """Of one group of markets."""


@named(groups="each")
class Grouped(OfGroup):
    market_says = "in"
    groups: tuple[OfGroup, ...] = ()


GROUPS = [{"group": "1", "m": "-0.1", "t": "-0.2"}, {"group": "2", "m": "0.3", "t": "-0.4"}]


@pytest.mark.parametrize(
    ("groups", "market_says", "maker"),
    [
        (GROUPS, {"in": "2"}, "-0.3"),
        (GROUPS, {"in": "1"}, "0.1"),
        (GROUPS[1:], {"in": "1"}, "-0.3"),
        (GROUPS[1:], {}, "-0.3"),
        ([], {"in": "1"}, "0.5"),
        (GROUPS, {"in": "3"}, None),
        (GROUPS, {"in": None}, None),
        (GROUPS, {}, None),
        ([{"m": "1", "t": "1"}] * 2, {}, None),
    ],
)
def test_the_rates_of_a_market_are_those_of_its_group(
    groups: list[Any], market_says: dict[str, Any], maker: str | None
) -> None:
    own = market(**market_says)
    read, told = parse.trading_fees(Grouped, own), {"m": "-0.5", "t": "-0.6", "each": groups}
    if maker is None:
        with pytest.raises(BadReply, match="rates of A/B"):
            read(reply(told))
    else:
        assert read(reply(told))["A/B"].maker == Decimal(maker)


def balance_row(*names: str) -> type[kit.BalanceRow]:
    return named("asset", *names)(type("Told", (kit.BalanceRow,), {}))


BALANCES: list[tuple[tuple[str, ...], dict[str, Any], bool, tuple[Any, ...]]] = [
    (("free", "used"), {"free": "2", "used": "1"}, True, (2, 1, None)),
    (("free", "used"), {"free": "2", "used": "1"}, False, (2, 1, 3)),
    (("free", "total"), {"free": "2", "total": "3.5"}, True, (2, Decimal("1.5"), Decimal("3.5"))),
    (("used", "total"), {"used": "1", "total": "3"}, True, (2, 1, 3)),
    (("free", "used", "total"), {"free": "2", "used": "1", "total": "9"}, False, (2, 1, 9)),
    (("free", "used", "total"), {"free": "", "used": "1", "total": "9"}, True, (8, 1, 9)),
]


@pytest.mark.parametrize(("names", "told", "borrows", "meant"), BALANCES)
def test_what_is_not_said_of_a_balance_is_the_difference_of_what_is(
    names: tuple[str, ...], told: dict[str, Any], borrows: bool, meant: tuple[Any, ...]
) -> None:
    read = parse.account(balance_row(*names), "data", borrows=borrows)
    made = read(reply({"data": [{"asset": "A", **told}]}))["A"]
    assert (made.free, made.used, made.total) == meant
    assert made.raw == {"asset": "A", **told}


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"used": "1"}, "how much A is available"),
        ({"free": "1"}, "how much A is in orders"),
        ({"total": "1"}, "how much A is available"),
        ({}, "how much A is available"),
    ],
)
def test_a_balance_that_is_half_told_is_refused(told: dict[str, str], why: str) -> None:
    with pytest.raises(BadReply, match=f"the reply does not say {why}"):
        parse.account(balance_row("free", "used", "total"))(reply([{"asset": "A", **told}]))


@pytest.mark.parametrize("names", [(), ("free",), ("total",)])
def test_a_balance_of_one_number_is_found_when_the_class_is_made(names: tuple[str, ...]) -> None:
    with pytest.raises(TypeError, match="spells 'free' or 'used' or 'total': name two"):
        balance_row(*names)


def test_what_is_locked_in_two_places_is_added() -> None:
    @named(asset="c", free="a", used=kit.total(kit.Always("frozen"), kit.Always("locked")))
    class Told(kit.BalanceRow):
        pass

    rows = '[{"c": "A", "a": "1", "frozen": "0.1", "locked": "0.2"}]'
    assert parse.account(Told)(reply(rows))["A"].used == Decimal("0.3")


COLUMNS = "timestamp turnover close high low open volume"


def test_bars_with_columns_of_their_own_order_and_times_in_seconds() -> None:
    read = parse.candle_columns(COLUMNS, "data", time=kit.Seconds)
    rows = '[["1548000060","9","2","3","1","1.5","7","true"],[1548000000,9.5,2,3,1,1.5,7]]'
    first, second = read(reply(f'{{"data": {rows}}}'))
    assert kit.milliseconds(first.timestamp) == 1548000000000
    assert kit.milliseconds(second.timestamp) == 1548000060000
    assert first[1:] == second[1:] == (Decimal("1.5"), 3, 1, 2, 7)


def test_bars_of_times_as_text_and_of_plain_milliseconds() -> None:
    plain = "timestamp open high low close volume"
    made = parse.candle_columns(plain)(reply("[[1548000000000,1,2,3,4,5]]"))
    assert made == parse.candles(reply("[[1548000000000,1,2,3,4,5]]"))
    text = parse.candle_columns(plain, time=kit.Iso)
    assert text(reply('[["2019-01-20T16:00:00Z",1,2,3,4,5]]')) == made
    for row in (
        '["",1,2,3,4,5]',
        '["soon",1,2,3,4,5]',
        "[1,2]",
        '["2019-01-20T16:00:00Z",-1,2,3,4,5]',
    ):
        with pytest.raises(BadReply):
            text(reply(f"[{row}]"))


@pytest.mark.parametrize("columns", ["timestamp open high low close", f"{COLUMNS} open", ""])
def test_bars_that_lack_a_column_are_found_when_they_are_declared(columns: str) -> None:
    with pytest.raises(TypeError, match=r"do not say '.*', or more than once"):
        parse.candle_columns(columns)


WORDS = parse.Words(
    sides={"b": Side.BUY, "s": Side.SELL},
    types={"lmt": (OrderType.LIMIT, None), "mkt": (OrderType.MARKET, None)},
    statuses={"on": OrderStatus.OPEN},
)
order = parse.order_reader(WORDS)


@named(cost=kit.Negated("paid"), currency="code")
class Charge(kit.FeeRow):
    """A charge below zero; what names no currency is something else."""


@named("id", symbol="s", fills=kit.ByAsset(kit.InText("detail")))
class TextFees(kit.OrderRow):
    fills: list[Charge] | None = None


@named("id", symbol="s", fills=kit.ByAsset("detail"))
class AmountFees(kit.OrderRow):
    """Amounts by asset."""


@named("id", symbol="s", fee=kit.Negated(kit.Blank("f")), fee_currency="c",
       rebate=kit.Blank("r"), rebate_currency="d")  # fmt: skip
class OneFee(kit.OrderRow):
    """A charge below zero and a rebate above."""


def fee(currency: str, cost: str) -> Fee:
    return Fee(currency=currency, cost=Decimal(cost))


IN_TEXT = json.dumps(
    json.dumps({"X": {"code": "A", "paid": -8.9e-8}, "sum": {"c": 0, "t": -8.9e-8}})
)
FEES: list[tuple[type[kit.OrderRow], str, Any]] = [
    (TextFees, f'"detail": {IN_TEXT}', (fee("A", "0.000000089"),)),
    (TextFees, '"detail": ""', None),
    (TextFees, '"detail": null', None),
    (TextFees, '"detail": "{}"', ()),
    (AmountFees, '"detail": {"A": "0.1", "B": 0.2}', (fee("A", "0.1"), fee("B", "0.2"))),
    (AmountFees, '"detail": {"A": null}', ()),
    (AmountFees, '"detail": ""', None),
    (AmountFees, '"detail": {}', ()),
    (OneFee, '"f": "-0.3", "c": "A", "r": "", "d": ""', (fee("A", "0.3"),)),
    (OneFee, '"f": "-0.3", "c": "A", "r": "0.1", "d": "A"', (fee("A", "0.2"),)),
    (OneFee, '"f": "-0.3", "c": "A", "r": "0.1", "d": "B"', (fee("A", "0.3"), fee("B", "-0.1"))),
    (OneFee, '"f": "0", "c": "A", "r": ""', ()),
    (OneFee, '"f": "-0.3", "c": "A", "r": "0", "d": "B"', (fee("A", "0.3"),)),
    (OneFee, '"f": "", "c": "", "r": "", "d": ""', None),
    (OneFee, "", None),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "text", "meant"), FEES)
def test_the_fees_of_an_order_are_told_in_many_ways(
    kind: type[kit.OrderRow], text: str, meant: Any
) -> None:
    told = reply('{"id": 7, "s": "AB", ' + text + "}" if text else '{"id": 7, "s": "AB"}')
    assert parse.parse_row(kind, order, AB)(told).fees == meant


@pytest.mark.parametrize(
    "text", ['"[1"', '"{\\"X\\": 1}"', '"{\\"X\\": {\\"paid\\": \\"1e999999999\\"}}"']
)
def test_broken_json_inside_of_a_text_is_a_bad_reply(text: str) -> None:
    with pytest.raises(BadReply):
        parse.parse_row(TextFees, order, AB)(reply({"id": 7, "s": "AB", "detail": text}))


@named("id", "side", "type", "amount", symbol="s", in_quote=kit.Among("unit", "quote"))
class QuoteOrder(kit.OrderRow):
    market_buys_in_quote = True


COUNTED: list[tuple[str, str, str, Any, Any]] = [
    ("mkt", "b", "", None, 5),
    ("mkt", "b", "base", 5, None),
    ("mkt", "b", "quote", None, 5),
    ("mkt", "s", "", 5, None),
    ("mkt", "s", "quote", None, 5),
    ("lmt", "b", "", 5, None),
    ("lmt", "b", "quote", 5, None),
    ("new", "b", "", None, None),
    ("new", "b", "base", 5, None),
    ("new", "b", "quote", None, 5),
]


@pytest.mark.parametrize(("type_", "side", "unit", "amount", "cost"), COUNTED)
def test_what_an_amount_counts_is_told_or_known_or_nobody_knows(
    type_: str, side: str, unit: str, amount: Any, cost: Any
) -> None:
    text = {"id": 7, "s": "AB", "type": type_, "side": side, "unit": unit, "amount": "5"}
    made = parse.parse_row(QuoteOrder, order, AB)(reply(text))
    assert (made.amount, made.requested_cost) == (amount, cost)


def test_where_amounts_are_always_base_a_market_buy_is_base() -> None:
    row = kit.OrderRow(symbol="AB", id=7, type="mkt", side="b", amount=Decimal(5))
    made = order(row, "A/B", NOWHERE)
    assert (made.amount, made.requested_cost) == (5, None)


def test_the_id_that_was_asked_for_stands_in_for_one_that_the_reply_does_not_echo() -> None:
    row = kit.OrderRow(symbol="AB", id="")
    assert order(row, "A/B", NOWHERE, id="9").id == "9"
    assert order(kit.OrderRow(symbol="AB", id=8), "A/B", NOWHERE, id="9").id == "8"
    with pytest.raises(BadReply, match="it has no id"):
        order(row, "A/B", NOWHERE)


def ticker(reckons: bool, **said: str) -> Any:
    kind: Any = type("Told", (kit.TickerRow,), {"reckons": reckons})
    numbers = {name: Decimal(value) for name, value in said.items()}
    return parse.ticker(kind(symbol="AB", **{"last": None} | numbers), "A/B", NOWHERE)


def test_a_ticker_is_reckoned_where_the_venue_leaves_that_to_its_reader() -> None:
    said = {"last": "11", "open": "10", "base_volume": "2", "quote_volume": "21"}
    made = ticker(True, **said)
    assert (made.change, made.percentage, made.vwap) == (1, 10, Decimal("10.5"))
    made = ticker(False, **said)
    assert (made.change, made.percentage, made.vwap) == (None, None, None)
    made = ticker(True, **said, change="7", percentage="8", vwap="9")
    assert (made.change, made.percentage, made.vwap) == (7, 8, 9)
    made = ticker(True, last="11", open="0", base_volume="0", quote_volume="0")
    assert (made.change, made.percentage, made.vwap) == (None, None, None)
    assert isinstance(index((AB,), ()), Markets)
