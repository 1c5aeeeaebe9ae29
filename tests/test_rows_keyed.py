"""Lists that a venue tells as an object: balances, rates, tickers, markets, orders under a key."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest

from exchangekit import adapter as kit
from exchangekit.adapter import ITS_KEY, ITS_VALUE, Listing, Reply, named, parse
from exchangekit.errors import BadReply, OrderNotFound
from exchangekit.models import Market, Side
from exchangekit.models.markets import index

AB = Market(symbol="A/B", id="AB", base="A", quote="B")
CD = Market(symbol="C/D", id="CD", base="C", quote="D")
MARKETS = index((AB, CD), ())
WORDS = parse.Words(sides={"b": Side.BUY}, types={}, statuses=kit.statuses(open="on"))
order = parse.order_reader(WORDS)


def reply(told: Any) -> Reply:
    return Reply(200, {}, told.encode() if isinstance(told, str) else json.dumps(told).encode())


@named("free", asset=ITS_KEY, used="locked")
class Held(kit.BalanceRow):
    """{"BTC": {"free": "1", "locked": "0"}}"""


@named(asset=ITS_KEY, free=ITS_VALUE)
class Bare(kit.BalanceRow):
    """{"BTC": "1.5"}: a venue that tells what can be traded, and nothing else."""

    used: kit.Number = Decimal(0)


@named("updated", assets="coins.held")
class Account(kit.AccountRow):
    """Balances inside of an account."""

    assets: list[Held]


@named(symbol=ITS_KEY, maker="m", taker="t")
class Rates(kit.RatesRow):
    """{"AB": {"m": "0.1", "t": "0.2"}}"""


@named("last", symbol=ITS_KEY, bid="best.bid")
class Ticker(kit.TickerRow):
    """{"AB": {"last": "1"}}"""


@named("base", "quote", id=ITS_KEY, amount_step="lot.step")
class Symbol(kit.MarketRow):
    """{"AB": {"base": "A", ...}}"""


@named(cost=ITS_VALUE, currency=ITS_KEY)
class Charge(kit.FeeRow):
    """{"BNB": "0.1"}"""


@named("status", "side", "created", id=ITS_KEY, symbol="pair", amount="size", filled="done",
       fills="fees")  # fmt: skip
class Order(kit.OrderRow):
    """{"O-1": {"pair": "AB", ...}}, whose fees stand under their assets"""

    fills: Sequence[Charge] | None = None


ORDER = {"status": "on", "side": "b", "created": 1_700_000_000_000, "pair": "AB", "size": "2",
         "done": "1"}  # fmt: skip


def test_balances_under_their_assets() -> None:
    text = '{"data": {"BTC": {"free": "1.10", "locked": 0.20}, "ETH":{"locked":"0","free":"3"}}}'
    made = parse.account(Held, "data", borrows=False)(reply(text))
    assert [(one.asset, one.free, one.used, one.total) for one in made.assets.values()] == [
        ("BTC", Decimal("1.10"), Decimal("0.20"), Decimal("1.30")),
        ("ETH", 3, 0, 3),
    ]
    assert made["BTC"].raw == {"BTC": {"free": "1.10", "locked": Decimal("0.20")}}
    assert not parse.account(Held, "data")(reply({"data": {}})).assets


def test_an_asset_whose_value_is_no_object() -> None:
    made = parse.account(Bare)(reply('{"ZUSD": "171288.6158", "X-1": 0.30, "é\\"": "2"}'))
    assert {name: str(made[name].free) for name in made.names()} == {
        "ZUSD": "171288.6158",
        "X-1": "0.30",
        'é"': "2",
    }
    assert made["X-1"].raw == {"X-1": Decimal("0.30")}


def test_balances_inside_of_an_account() -> None:
    told = {"coins": {"held": {"BTC": {"free": "1", "locked": "2"}}}, "updated": 1_700_000_000_000}
    made = parse.account(Account, "data")(reply({"data": told}))
    assert (made["BTC"].free, made["BTC"].used) == (1, 2)
    assert made["BTC"].raw == {"BTC": {"free": "1", "locked": "2"}}
    assert made.timestamp is not None
    with pytest.raises(BadReply):
        parse.account(Account, "data")(reply({"data": told | {"coins": {}}}))


def test_a_blank_beside_them_is_none_and_costs_no_digit() -> None:
    text = '{"updated": "", "coins": {"held": {"BTC": {"free": 0.10, "locked": "2", "x": ""}}}}'
    made = parse.account(Account)(reply(text))
    assert (str(made["BTC"].free), made["BTC"].used, made.timestamp) == ("0.10", 2, None)


def test_rates_under_their_symbols() -> None:
    told = {"AB": {"m": "0.1", "t": "0.2"}, "X": {"m": "9", "t": "9"}, "CD": {"m": "0", "t": "1"}}
    made = parse.trading_fees(Rates, MARKETS, "fees")(reply({"fees": told}))
    assert {symbol: (fee.maker, fee.taker) for symbol, fee in made.items()} == {
        "A/B": (Decimal("0.1"), Decimal("0.2")),
        "C/D": (0, 1),
    }
    assert made["C/D"].raw == {"CD": told["CD"]}


def test_one_that_is_odd_hides_no_other() -> None:
    told = {"AB": {"m": "0.1", "t": "0.2"}, "CD": {"m": "0"}}
    with pytest.raises(BadReply, match=r"a row of 2 cannot be read \(number 2") as caught:
        parse.trading_fees(Rates, MARKETS)(reply(told))
    assert [fee.symbol for fee in caught.value.rows] == ["A/B"]


def test_rates_of_the_one_market_that_was_asked_for() -> None:
    read = parse.trading_fees(Rates, AB, "fees")
    assert read(reply({"fees": {"AB": {"m": "1", "t": "2"}}}))["A/B"].taker == 2
    with pytest.raises(BadReply, match="asked for market 'AB', the reply is about 'CD'"):
        read(reply({"fees": {"CD": {"m": "1", "t": "2"}}}))
    for told, count in (({}, 0), ({"AB": {"m": "1", "t": "2"}, "CD": {"m": "1", "t": "2"}}, 2)):
        with pytest.raises(BadReply, match=f"one was asked for, the reply tells of {count}"):
            read(reply({"fees": told}))


def test_tickers_under_their_symbols() -> None:
    told = {"AB": {"last": "1", "best": {"bid": "0.9"}}, "X": {"last": "5"}, "CD": {"last": "2"}}
    made = kit.by_symbol(Ticker, parse.ticker, MARKETS, "data")(reply({"data": told}))
    assert {symbol: (one.last, one.bid) for symbol, one in made.items()} == {
        "A/B": (1, Decimal("0.9")),
        "C/D": (2, None),
    }
    one = kit.parse_row(Ticker, parse.ticker, CD)
    assert one(reply({"CD": {"last": "2"}})).symbol == "C/D"
    with pytest.raises(BadReply, match="the reply is about 'AB'"):
        one(reply({"AB": {"last": "2"}}))


def test_markets_under_their_ids() -> None:
    told = {"AB": {"base": "A", "quote": "B", "lot": {"step": "0.1"}}, "CD": {"base": "C"}}
    found = kit.listing(Symbol, parse.market, ITS_KEY, "data")(reply({"data": told}))
    (made,) = found.by_id.values()
    assert (made.id, made.symbol, made.amount_step) == ("AB", "A/B", Decimal("0.1"))
    assert made.raw == {"AB": told["AB"]}
    assert [one.id for one in found.skipped] == ["CD"]


def test_orders_under_their_ids_and_fees_under_their_assets() -> None:
    read = kit.parse_rows(Order, order, MARKETS, "open")
    told = {"O-1": ORDER | {"fees": {"BNB": "0.10", "B": "0.2"}}, "7": ORDER | {"pair": "CD"}}
    first, second = read(reply({"open": told}))
    assert (first.id, first.symbol, first.side, first.amount) == ("O-1", "A/B", "buy", 2)
    assert [(str(fee.cost), fee.currency) for fee in first.fees] == [("0.10", "BNB"), ("0.2", "B")]
    assert (second.id, second.symbol, second.fees) == ("7", "C/D", None)
    assert read(reply({"open": {}})) == ()


def test_an_empty_object_that_was_asked_for_one_order_means_not_found() -> None:
    read = kit.parse_first(Order, order, AB, "found")
    assert read(reply({"found": {"O-1": ORDER}})).id == "O-1"
    with pytest.raises(OrderNotFound):
        read(reply({"found": {}}))


def test_pages_of_an_object_lead_on_as_those_of_a_list() -> None:
    ask = kit.Ask(2)
    rows = {"O-1": ORDER, "O-2": ORDER | {"n": 5}}
    assert kit.last_row("open", by=ITS_KEY)(reply({"open": rows}), ask) == "O-2"
    assert kit.last_row("open", by="n")(reply({"open": rows}), ask) == "5"
    assert kit.page_number("open")(reply({"open": rows}), ask) == "2"
    assert kit.page_number("open")(reply({"open": {"O-1": ORDER}}), ask) is None

    def request(ask: kit.Ask) -> kit.Request:
        return kit.build_request("GET /orders", limit=ask.limit, after=ask.cursor)

    read = kit.parse_rows(Order, order, MARKETS, "open")
    call = kit.by_cursor(
        request, read, Listing(MARKETS, limit=2), kit.last_row("open", by=ITS_KEY), most=2
    )
    page = call.parse(reply({"open": rows}))
    assert [one.id for one in page.items] == ["O-1", "O-2"]
    assert (page.next or "").endswith("O-2")


@named("status", "side", "created", id="id", symbol="pair", amount="size", filled="done")
class Grouped(kit.OrderRow):
    """Open orders that are told market by market."""


GROUPS = [
    {"pair": "AB", "total": 2, "orders": [ORDER | {"id": "1"}, ORDER | {"id": "2"}]},
    {"pair": "X", "total": 0, "orders": []},
    {"pair": "CD", "total": 1, "orders": [ORDER | {"id": "3", "pair": "CD"}]},
]


def test_a_list_in_each_item_of_a_list_is_one_list() -> None:
    read = kit.parse_rows(Grouped, order, MARKETS, "data", kit.EACH, "orders")
    made = read(reply({"data": GROUPS}))
    assert [(one.id, one.symbol) for one in made] == [("1", "A/B"), ("2", "A/B"), ("3", "C/D")]
    assert made[2].raw == GROUPS[2]["orders"][0]  # type: ignore[index]
    assert read(reply({"data": []})) == ()
    odd = [*GROUPS[:2], {"orders": [ORDER | {"id": "3", "side": "?"}]}]
    with pytest.raises(BadReply, match=r"a row of 3 cannot be read \(number 3") as caught:
        read(reply({"data": odd}))
    assert [one.id for one in caught.value.rows] == ["1", "2"]
    for told in ({"data": {}}, {"data": [{"orders": {}}]}, {"data": [{}]}):
        with pytest.raises(BadReply):
            read(reply(told))
    lead = kit.last_row("data", kit.EACH, "orders", by="id")
    assert lead(reply({"data": GROUPS}), kit.Ask(3)) == "3"


def test_each_leads_to_a_list_and_to_nothing_else() -> None:
    with pytest.raises(TypeError, match="leads to a list of rows; here one value or one object"):
        kit.decode_at(Grouped, reply([]), kit.EACH, "orders")
    with pytest.raises(TypeError, match="leads to a list of rows; here one value or one object"):
        parse.account(Held, kit.EACH, "coins")(reply([]))


@pytest.mark.parametrize("told", ['[{"free": "1", "locked": "0"}]', '"BTC"', "null", "5"])
def test_what_is_no_object_is_refused(told: str) -> None:
    with pytest.raises(BadReply):
        parse.account(Held, "data")(reply(f'{{"data": {told}}}'))


def test_an_object_where_a_list_was_declared_is_refused() -> None:
    @named("asset", "free", "used")
    class Listed(kit.BalanceRow):
        pass

    with pytest.raises(BadReply):
        parse.account(Listed)(reply('{"BTC": {"asset": "BTC", "free": "1", "used": "0"}}'))


def test_a_value_without_its_key_is_found_when_the_class_is_made() -> None:
    with pytest.raises(TypeError, match=r"reads kit.ITS_VALUE, .* say with kit.ITS_KEY"):

        @named("asset", free=ITS_VALUE, used="used")
        class Nameless(kit.BalanceRow):
            pass


def test_a_number_that_no_market_could_mean_is_refused_there_too() -> None:
    for told in ('{"BTC": "1e99999"}', '{"BTC": "NaN"}', '{"BTC": 1' + "0" * 60 + "}"):
        with pytest.raises(BadReply):
            parse.account(Bare)(reply(told))


@named(used="frozen")
class Frozen(Held):
    """The same with another name of what is locked."""


@named(asset="name")
class Listed(Held):
    """The same in a list."""


@named("assets")
class Plain(kit.AccountRow):
    """By the kit's own names."""

    assets: list[Frozen]


@named(assets="all", updated="at")
class Other(Plain):
    """By others."""


def test_a_class_that_builds_upon_one_says_it_too_or_otherwise() -> None:
    made = parse.account(Frozen)(reply({"A": {"free": "1", "frozen": "2"}}))
    assert made["A"].used == 2
    made = parse.account(Listed)(reply([{"name": "A", "free": "1", "locked": "2"}]))
    assert made["A"].used == 2
    made = parse.account(Other)(reply({"all": {"A": {"free": "1", "frozen": "2"}}}))
    assert made["A"].used == 2
