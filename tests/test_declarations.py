"""What an adapter declares and what cannot work is refused when its class is made, in words."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from datetime import timedelta
from types import MappingProxyType
from typing import Any, get_args, get_type_hints

import pytest
from support.toy import ToyAdapter

from exchangekit import adapter as kit
from exchangekit.adapter import Listing, parse
from exchangekit.adapter.declarations import _ATTRIBUTES
from exchangekit.adapter.declared_capabilities import CAPABILITIES as CHECKED
from exchangekit.adapter.declared_capabilities import SYMBOL_MAY_BE_LEFT_OUT
from exchangekit.adapter.operations import OPERATIONS
from exchangekit.errors import InvalidOrder, RateLimited
from exchangekit.models import OrderType, Side, TimeInForce
from exchangekit.models.markets import index

LIVE = kit.Environment("https://api.acme.com")


def made(**declared: Any) -> type[kit.Adapter]:
    return type("Acme", (ToyAdapter,), declared)


def can(**declared: Any) -> dict[str, Any]:
    return {"capabilities": replace(ToyAdapter.capabilities, **declared)}


def places(**headers: Any) -> dict[str, Any]:
    return {"environments": {"live": kit.Environment("https://api.acme.com", **headers)}}


# What was declared, and what is said of it.
ATTRIBUTES: list[tuple[dict[str, Any], str]] = [
    (
        {"venue": None},
        'Acme.venue is None: expected lower-case letters and digits, such as "example"',
    ),
    ({"venue": ""}, "Acme.venue is ''"),
    ({"venue": "Acme"}, "Acme.venue is 'Acme'"),
    ({"venue": "acme-one"}, "Acme.venue is 'acme-one'"),
    ({"title": ""}, "Acme.title is '': expected a text such as 'Example'"),
    ({"title": 5}, "Acme.title is 5"),
    ({"docs": "docs of acme"}, "Acme.docs is 'docs of acme': expected the address of the docu"),
    ({"docs": ""}, "Acme.docs is ''"),
    ({"environments": {}}, "Acme.environments is {}: expected a table of environments by name"),
    ({"environments": LIVE}, "Acme.environments is Environment("),
    ({"environments": {"live": "https://api.acme.com"}}, "Acme.environments['live'] is 'https"),
    ({"environments": {"live": kit.Environment}}, "Acme.environments['live'] is <class"),
    ({"environments": {"Live!": LIVE}}, "a name in Acme.environments is 'Live!': expected one su"),
    (
        {"environments": {"live": kit.Environment("api.acme.com")}},
        "Acme.environments['live'].base_url is 'api.acme.com': expected an address such as \"https",
    ),
    (
        {"environments": {"live": kit.Environment("https://api.acme.com/?v=1")}},
        "scheme, host, port, path, no more",
    ),
    (places(headers={"A": "b"}), "Acme.environments['live'].headers is {'A': 'b'}: expected pairs"),
    (places(headers=("A", "b")), ".headers is ('A', 'b'): expected pairs"),
    (places(headers=(("A", 1),)), ".headers is (('A', 1),): expected pairs"),
    (places(headers=(("A B", "c"),)), "in printable ASCII"),
    (places(headers=(("A", "b\r\nC: d"),)), "in printable ASCII"),
    ({"signer": kit.SortedQueryHmac}, "expected a signer and not its class, such as kit.Sorted"),
    ({"signer": None}, "Acme.signer is None: expected one such as kit.SortedQueryHmac"),
    ({"signer": "hmac"}, "Acme.signer is 'hmac': expected one"),
    ({"errors": kit.ErrorTable}, "Acme.errors is <class"),
    ({"errors": {"1": InvalidOrder}}, "Acme.errors is {'1': <class"),
    ({"capabilities": kit.Capabilities}, "Acme.capabilities is <class"),
    ({"capabilities": None}, "Acme.capabilities is None: expected one such as kit.Capabilities("),
    (
        {"signer": kit.SortedQueryHmac("")},
        "the key's header in Acme.signer is '': expected a name, as in kit.SortedQueryHmac(",
    ),
    ({"signer": kit.SortedQueryHmac("X KEY")}, "the key's header in Acme.signer is 'X KEY'"),
    (
        {"signer": kit.SortedQueryHmac("X-KEY", kinds=("hmac256",))},  # type: ignore[arg-type]
        "a kind of key in Acme.signer is 'hmac256': expected one of hmac, ",
    ),
    ({"key_shape": "[a-z]"}, "Acme.key_shape is '[a-z]': expected one such as kit.Shape("),
    ({"key_shape": kit.Shape}, "Acme.key_shape is <class"),
    ({"key_shape": kit.Shape("[a-z]", "letters")}, "Acme.key_shape.pattern is '[a-z]'"),  # type: ignore[arg-type]
    ({"key_shape": kit.Shape(re.compile("a"), "")}, "Acme.key_shape.description is ''"),
    ({"remaining_headers": "x-left"}, "Acme.remaining_headers is 'x-left': expected the headers"),
    ({"envelope": "retCode"}, "Acme.envelope is 'retCode': expected one such as kit.Envelope("),
    ({"json_bodies": "yes"}, "Acme.json_bodies is 'yes': expected True or False"),
    ({"used_weight_headers": ["x-used"]}, "Acme.used_weight_headers is ['x-used']: expected hea"),
    ({"used_weight_headers": {"X-Used": "weight"}}, "is 'X-Used': expected its name in lower case"),
    ({"used_weight_headers": {"x-used": None}}, "Acme.used_weight_headers['x-used'] is None"),
]
CAPABILITIES: list[tuple[dict[str, Any], str]] = [
    ({"limit_orders": kit.LIMIT_GTC}, "limit_orders is (<OrderType.LIMIT: 'limit'>, <TimeInForce"),
    ({"limit_orders": "gtc"}, "expected a set such as frozenset({kit.LIMIT_GTC, kit.LIMIT_IOC})"),
    ({"limit_orders": frozenset({"gtc"})}, "is 'gtc': expected one such as kit.LIMIT_GTC"),
    (
        {"limit_orders": frozenset({(OrderType.MARKET, TimeInForce.IOC)})},
        "market_orders is for the",
    ),
    ({"market_orders": "yes"}, "Acme.capabilities.market_orders is 'yes': expected True or False"),
    ({"buy_with_cost": 1}, "Acme.capabilities.buy_with_cost is 1: expected True or False"),
    ({"buy_with_amount": "no"}, "buy_with_amount is 'no': expected True or False"),
    ({"fees_per_symbol": None}, "fees_per_symbol is None: expected True or False"),
    ({"client_order_id": "[a-z]{32}"}, "client_order_id is '[a-z]{32}': expected a compiled patt"),
    ({"client_order_id": re.compile(b"a+")}, "expected a compiled pattern such as re.compile(r"),
    ({"client_order_id": re.compile("")}, "expected a compiled pattern"),
    ({"client_order_id_prefix": None}, "client_order_id_prefix is None: expected a text such"),
    (
        {"client_order_id_prefix": "t-"},
        "is 't-': expected one that client_order_id takes, which is",
    ),
    ({"found_by_name": 7200}, "found_by_name is 7200: expected a span such as timedelta(hours=1)"),
    ({"found_by_name": timedelta(0)}, "found_by_name is datetime.timedelta(0)"),
    ({"timeframes": ["1m", "1h"]}, "timeframes is ['1m', '1h']: expected a table such as"),
    ({"timeframes": {"60min": "60m"}}, "is '60min': expected the kit's name of a length, such as"),
    ({"timeframes": {"1h": 60}}, "timeframes['1h'] is 60: expected a text"),
    ({"timeframes": {"1h": ""}}, "timeframes['1h'] is ''"),
    ({"candles_per_call": 0}, "candles_per_call is 0: expected a whole number of at least 1"),
    ({"trades_per_call": "500"}, "trades_per_call is '500': expected a whole number"),
    ({"my_trades_per_call": None}, "my_trades_per_call is None"),
    ({"orders_per_call": True}, "orders_per_call is True"),
    ({"cancels_per_call": -1}, "cancels_per_call is -1"),
    ({"book_depths": ()}, "book_depths is (): expected numbers of levels such as (5, 20, 100)"),
    ({"book_depths": 20}, "book_depths is 20"),
    (
        {"book_depths": (100, 20)},
        "book_depths is (100, 20): expected each number of levels once, t",
    ),
    ({"book_depths": (20, 20)}, "book_depths is (20, 20): expected each number of levels once"),
    ({"book_depths": ("5", "20")}, "book_depths is ('5', '20')"),
    ({"needs_symbol": "fetch_my_trades"}, "is 'fetch_my_trades': expected a set of operations"),
    ({"needs_symbol": frozenset({"fetch_my_trade"})}, "did you mean 'fetch_my_trades'?"),
    ({"needs_symbol": frozenset({"fetch_ticker"})}, "they are fetch_closed_orders, fetch_my_tr"),
    ({"countdown": 60}, "countdown is 60: expected the fewest and the most seconds, such as"),
    ({"countdown": (60, 10)}, "countdown is (60, 10)"),
    ({"countdown": ("10", "60")}, "countdown is ('10', '60')"),
    ({"fence": kit.Fence("gatway")}, 'expected one such as kit.Fence("gateway"); kinds are re'),  # type: ignore[arg-type]
    ({"fence": kit.Fence("gateway", 5)}, "fence.margin is 5: expected a span such as timedelta"),  # type: ignore[arg-type]
    ({"fence": kit.Fence("gateway", timedelta(seconds=-1))}, "fence.margin is datetime.timedelta"),
    (
        {"not_in": frozenset({"fetch_api_key"})},
        "not_in is frozenset({'fetch_api_key'}): expected op",
    ),
    ({"not_in": {"testnet": "fetch_api_key"}}, "not_in['testnet'] is 'fetch_api_key': expected a"),
    ({"not_in": {"testnet": frozenset({"fetch_apikey"})}}, "did you mean 'fetch_api_key'?"),
    ({"not_in": {"test": frozenset()}}, "is 'test': expected one of its environments: live, test"),
]


def test_every_attribute_and_every_capability_is_looked_at() -> None:
    hints = get_type_hints(kit.Adapter)
    assert _ATTRIBUTES.keys() == {name for name in hints if not name.startswith("_")}
    assert CHECKED.keys() == {one.name for one in fields(kit.Capabilities)}
    assert _ATTRIBUTES.keys() == {name for declared, _ in ATTRIBUTES for name in declared}
    assert CHECKED.keys() == {name for declared, _ in CAPABILITIES for name in declared}


@pytest.mark.parametrize(
    ("declared", "said"),
    [*ATTRIBUTES, *((can(**declared), said) for declared, said in CAPABILITIES)],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_declaration_that_cannot_work_is_refused_in_words(
    declared: dict[str, Any], said: str
) -> None:
    with pytest.raises(TypeError) as caught:
        made(**declared)
    assert said in str(caught.value)
    assert "expected" in str(caught.value)


@pytest.mark.parametrize(
    "declared",
    [
        {"environments": {"live": LIVE, "eea-demo": LIVE}, **can(not_in={})},
        {"environments": MappingProxyType({"live": LIVE})},
        {"key_shape": None},
        {"venue": property(lambda self: "acme"), "capabilities": property(lambda self: None)},
        {"_own": 5, "__slots__": (), "fetch_something_else": lambda self: None},
        can(limit_orders=frozenset(), market_orders=True),
        can(client_order_id=re.compile(r"t-[a-z0-9]{1,28}"), client_order_id_prefix="t-"),
        can(timeframes={"1M": "1Mutc", "15m": "15"}),
        can(countdown=(0, 300)),
    ],
)
def test_what_can_work_is_taken(declared: dict[str, Any]) -> None:
    made(**declared)


def test_a_class_may_be_written_step_by_step() -> None:
    class Begun(kit.Adapter):
        venue = "begun"

    assert Begun.operations() == frozenset()


ORDERS = {"sides": {"b": Side.BUY}, "types": {}, "statuses": {}}
VALUES: list[tuple[Callable[[], Any], str]] = [
    (lambda: kit.Cost("c", 1, 0, 1), "a cost of 1 in 'c', which takes 0 in 1 s, cannot be counted"),
    (lambda: kit.Cost("c", -1, 10, 1), "a cost of -1 in 'c'"),
    (lambda: kit.Cost("c", 0.5, 10, 1), "a cost of 0.5 in 'c'"),  # type: ignore[arg-type]
    (lambda: kit.Cost("c", 1, 10, 0), "in 0 s, cannot be counted: expected one"),
    (lambda: kit.Cost("", 1, 10, 1), "a cost of 1 in ''"),
    (lambda: kit.build_request("GET/a"), "'GET/a' is no endpoint: expected a method and a path, s"),
    (lambda: kit.build_request("get /a"), "'get /a' is no endpoint"),
    (lambda: kit.build_request("GET a"), "'GET a' is no endpoint"),
    (lambda: kit.build_request("GET  /a"), "'GET  /a' is no endpoint"),
    (lambda: kit.build_request("GET /a?b=1"), 'expected a method and a path, such as "GET /api/ti'),
    (lambda: kit.build_request("GET /a", 5), "GET /a: expected costs such as kit.Cost("),  # type: ignore[arg-type]
    (lambda: parse.Words(**ORDERS | {"sides": {"b": "buy"}}), "sides of Words['b'] is 'buy': expe"),
    (
        lambda: parse.Words(**ORDERS | {"sides": ["buy"]}),
        "sides of Words is ['buy']: expected a ta",
    ),
    (
        lambda: parse.Words(**ORDERS | {"sides": {1: Side.BUY}}),
        "a word in sides of Words is 1: exp",
    ),
    (
        lambda: parse.Words(**ORDERS | {"statuses": {"N": "open"}}),
        "expected what it means, as in kit",
    ),
    (
        lambda: parse.Words(**ORDERS | {"types": {"L": OrderType.LIMIT}}),
        "types of Words['L'] is <Or",
    ),
    (
        lambda: parse.Words(**ORDERS | {"types": {"L": (OrderType.LIMIT, "gtc")}}),
        "expected what it",
    ),
    (lambda: parse.Words(**ORDERS, times_in_force={"G": "gtc"}), "times_in_force of Words['G'] is"),  # type: ignore[arg-type]
    (
        lambda: parse.Words(**ORDERS, roles={"m": True}),
        "roles of Words['m'] is True: expected what",
    ),  # type: ignore[arg-type]
    (lambda: kit.Means("state", {}), "Means('state') wants what its words mean: expected"),
    (lambda: kit.Means("state", ["on"]), "Means('state') wants what its words mean"),  # type: ignore[arg-type]
    (kit.told_at, "told_at() wants the place of the cursor, expected"),
    (lambda: kit.last_row("data", by=""), "last_row() wants the field to go on from, expected"),
    (lambda: by_cursor(most=0), "by_cursor(most=0): expected a whole number of at least 1"),
    (lambda: by_cursor(longest=0), "by_cursor(longest=0): expected a whole number of at least 1"),
    (lambda: by_cursor(places=1.5), "by_cursor(places=1.5): expected a whole number of at least 1"),
    (
        lambda: kit.named(last=5),
        "last=5 is no spelling: expected a name, a path, a mark or a choice",
    ),  # type: ignore[arg-type]
    (lambda: kit.named("symbol")(ToyAdapter), "@named spells rows, and <class"),  # type: ignore[type-var]
    (lambda: kit.decode_rows(kit.TickerRow, kit.Reply(200, {}, b"[]")), "TickerRow does not say h"),
    (lambda: kit.decode_at(Silent, kit.Reply(200, {}, b"{}")), "Silent does not say how the venue"),
    (
        lambda: kit.listing(kit.MarketRow, parse.market, "id")(kit.Reply(200, {}, b"[]")),
        "nothing would be read: expected @named(...) above a class of your own",
    ),
]


class Silent(kit.KeyRow):
    """Its author forgot @named: of every key it would say that nothing is known."""


def by_cursor(**how: Any) -> Any:
    def request(ask: kit.Ask) -> kit.Request:
        return kit.build_request("GET /orders", limit=ask.limit)

    where = Listing(index((), ()))
    return kit.by_cursor(request, lambda reply: (), where, kit.page_number(), **{"most": 9} | how)


@pytest.mark.parametrize(("make", "said"), VALUES, ids=[said[:40] for _, said in VALUES])
def test_a_value_that_cannot_work_is_refused_where_it_is_made(
    make: Callable[[], Any], said: str
) -> None:
    with pytest.raises(TypeError) as caught:
        make()
    assert said in str(caught.value)
    assert "expected" in str(caught.value)


def test_an_order_that_nobody_can_place_is_a_contradiction() -> None:
    with pytest.raises(TypeError, match="has create_order and declares no order that could be"):
        made(**can(limit_orders=frozenset(), market_orders=False))


# Operations


def takes_markets(self: Any, markets: Any) -> Any: ...


def swapped(self: Any, market: Any, client_order_id: Any, id: Any) -> Any: ...


def wants_more(self: Any, market: Any, id: Any, client_order_id: Any, account: Any) -> Any: ...


def wants_a_keyword(self: Any, market: Any, *, depth: Any) -> Any: ...


def without_self() -> Any: ...


async def awaits(self: Any) -> Any: ...


def yields(self: Any) -> Any:
    yield


def spells_it_unused(self: Any, _market: Any, id: Any, client_order_id: Any = None) -> Any: ...


def takes_all(self: Any, *arguments: Any) -> Any: ...


def takes_more(self: Any, market: Any, limit: Any, *, page: int = 1, **more: Any) -> Any: ...


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        (
            "fetch_ticker",
            takes_markets,
            "fetch_ticker(self, markets). Write def fetch_ticker(self,",
        ),
        ("fetch_order", swapped, "Write def fetch_order(self, market, id, client_order_id)"),
        ("cancel_order", wants_more, "takes other arguments than it is given"),
        ("fetch_order_book", wants_a_keyword, "Write def fetch_order_book(self, market, depth)"),
        ("fetch_time", wants_a_keyword, "Write def fetch_time(self)"),
        ("fetch_trades", without_self, "takes other arguments than it is given: fetch_trades()"),
        ("error_in", takes_markets, "Write def error_in(self, reply, request)"),
        ("raw_request", without_self, "Write def raw_request(self, request)"),
        ("fetch_time", awaits, "is async: it describes a request and is never awaited"),
        ("fetch_time", yields, "yields: expected one that returns. Write def fetch_time(self)"),
        ("fetch_time", None, "is None: expected a method (def fetch_time(self)"),
        ("fetch_time", property(awaits), "expected a method"),
    ],
)
def test_an_override_that_cannot_be_called_as_the_kit_does_is_refused(
    name: str, value: Any, said: str
) -> None:
    with pytest.raises(TypeError) as caught:
        made(**{name: value})
    assert f"Acme.{name} " in str(caught.value)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("fetch_order", spells_it_unused),
        ("fetch_order", takes_all),
        ("fetch_trades", takes_more),
        ("fetch_time", kit.Adapter.fetch_time),
        ("_fetch_tiker", takes_markets),
    ],
)
def test_an_override_that_can_be_called_is_taken(name: str, value: Any) -> None:
    made(**{name: value})


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("fetch_tiker", "fetch_ticker"),
        ("fetch_orderbook", "fetch_order_book"),
        ("fetch_orders", "fetch_order"),
        ("create_orders", "create_order"),
        ("cancel_all_order", "cancel_all_orders"),
        ("enviroments", "environments"),
        ("capabilites", "capabilities"),
        ("errors_in", "error_in"),
        ("used_weight_header", "used_weight_headers"),
    ],
)
def test_a_misspelt_name_says_which_was_meant(name: str, meant: str) -> None:
    with pytest.raises(TypeError, match=f"Did you mean {meant}\\?"):
        made(**{name: takes_markets})


def test_every_operation_is_looked_at() -> None:
    for name in OPERATIONS:
        with pytest.raises(TypeError, match=f"Acme.{name} takes other arguments"):
            made(**{name: lambda self, one, two, three, four, five, six: None})


def test_the_operations_that_can_need_a_symbol_are_those_that_take_none() -> None:
    def takes_none(name: str) -> bool:
        hints = get_type_hints(getattr(kit.Adapter, name))
        which = hints.get("market") or (hints.get("asked") and get_type_hints(Listing)["market"])
        return type(None) in get_args(which) and "id" not in hints

    may = {name for name in OPERATIONS if takes_none(name)}
    assert may - {"fetch_trading_fees"} == SYMBOL_MAY_BE_LEFT_OUT


# Error tables

TABLES: list[tuple[Any, Mapping[str, Any], str]] = [
    ([("1", InvalidOrder)], {}, "an ErrorTable's codes is [('1', <class"),
    ({1: InvalidOrder}, {}, 'a code of an ErrorTable is 1: expected a text: "10001"'),
    ({"": InvalidOrder}, {}, "a code of an ErrorTable is ''"),
    ({"1": ValueError}, {}, "the meaning of '1' is <class 'ValueError'>: expected a class of exch"),
    ({"1": "InvalidOrder"}, {}, "the meaning of '1' is 'InvalidOrder'"),
    ({"1": ()}, {}, "the meaning of '1' is ()"),
    ({"1": ("a", InvalidOrder)}, {}, "the meaning of '1' is ('a', <class"),
    ({"1": (("a", ValueError),)}, {}, "the meaning of '1' is (('a', <class"),
    ({"1": (("(", InvalidOrder),)}, {}, "a pattern of an ErrorTable is '(': expected a regular"),
    ({}, {"unknown": frozenset({"1"})}, "unknown of an ErrorTable is frozenset({'1'}): expected"),
    ({}, {"refused": 5}, "refused of an ErrorTable is 5: expected codes in one text"),
    ({}, {"unlisted": "refused"}, "unlisted of an ErrorTable is 'refused': expected Outcome.UNK"),
    ({}, {"unlisted": None}, "unlisted of an ErrorTable is None"),
    ({}, {"hints": [("1", "wait")]}, "hints of an ErrorTable is [('1', 'wait')]: expected senten"),
    ({}, {"hints": {"1": None}}, "a hint of an ErrorTable is ('1', None)"),
    ({}, {"messages": ("busy", RateLimited)}, "messages of an ErrorTable is ('busy', <class"),
    ({}, {"messages": {"busy": RateLimited}}, "messages of an ErrorTable is {'busy': <class"),
    ({}, {"messages": 5}, "messages of an ErrorTable is 5"),
    ({}, {"filters": "Filter failure"}, "filters of an ErrorTable is 'Filter failure': expected"),
    ({}, {"filters": 5}, "filters of an ErrorTable is 5: expected a pattern whose first group"),
]


@pytest.mark.parametrize(("codes", "more", "said"), TABLES)
def test_an_error_table_that_cannot_work_is_refused_in_words(
    codes: Any, more: Mapping[str, Any], said: str
) -> None:
    with pytest.raises(TypeError) as caught:
        kit.ErrorTable(codes, **more)
    assert said in str(caught.value)
    assert "expected" in str(caught.value)


def test_a_code_cannot_be_unknown_and_refused() -> None:
    with pytest.raises(ValueError, match="error code 7 is in unknown and in refused"):
        kit.ErrorTable({"7": InvalidOrder}, unknown="6 7", refused="7 8")


def test_the_messages_of_a_table_may_come_from_anywhere() -> None:
    pairs = (pair for pair in [("busy", RateLimited)])
    table = kit.ErrorTable({}, messages=pairs, filters="Filter failure: (A-Z)")
    assert table.find(kit.VenueCode("1", "too busy")) is RateLimited
