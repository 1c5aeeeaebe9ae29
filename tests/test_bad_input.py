"""What users get wrong: a typed error in plain words, before a byte of it is sent.

One table for each kind of mistake. The phrases are what somebody who reads the message needs.
"""

from __future__ import annotations

import random
import string
import sys
from datetime import UTC, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import pytest
from support.helpers import Either, sync_toy
from support.toy import (
    KEY,
    SECRET,
    PassphraseToy,
    Script,
    SyncToy,
    ToyAdapter,
    plugins_with,
    refusal,
    reply,
)

from exchangekit import Timeouts, connect, connect_sync
from exchangekit.adapter import Adapter
from exchangekit.credentials import load_credentials
from exchangekit.errors import (
    ConfigurationError,
    InvalidInput,
    InvalidOrder,
    MalformedCredentials,
    MarketClosed,
    MissingCredentials,
    Outcome,
    UnknownEnvironment,
    UnknownSymbol,
    UnknownVenue,
    Unsupported,
)
from exchangekit.models import Order

pytestmark = pytest.mark.usefixtures("toy_venue")

both = pytest.mark.parametrize("kind", ["sync", "async"])
NAN, INF = Decimal("NaN"), Decimal("Infinity")


def reads_well(text: str) -> None:
    """Sentences, on one line, of a length somebody reads."""
    assert text == text.strip()
    assert "\n" not in text
    assert len(text) < 400
    assert text.endswith((".", "!", "?")), text
    assert "<class" not in text
    assert "object at 0x" not in text


# Orders

LIMIT: dict[str, Any] = {
    "symbol": "BTC/USDT",
    "type": "limit",
    "side": "buy",
    "amount": "1",
    "price": "10",
}
MARKET: dict[str, Any] = {"symbol": "BTC/USDT", "type": "market", "side": "buy", "amount": "1"}


def limit(**changes: Any) -> dict[str, Any]:
    return LIMIT | changes


def market(**changes: Any) -> dict[str, Any]:
    return MARKET | changes


ARGUMENTS: list[tuple[dict[str, Any], str]] = [
    (limit(symbol=None), 'symbol is None, expected a str such as "BTC/USDT"'),
    (limit(symbol=7), "symbol is 7"),
    (limit(type="stop"), "type is 'stop', expected one of: limit, market"),
    (limit(type=None), "type is None"),
    (limit(type=[]), "type is []"),
    (limit(side="long"), "side is 'long', expected one of: buy, sell"),
    (limit(side=1), "side is 1"),
    (limit(amount=0.1), "amount is a float (0.1), expected a Decimal, a str or an int. Nothing"),
    (limit(amount=0.1), 'Floats are not exact; write Decimal("0.1").'),
    (limit(price=10.5), "price is a float (10.5)"),
    (limit(amount=True), "amount is a bool (True)"),
    (limit(amount=NAN), "amount is NaN, expected a finite number"),
    (limit(price=INF), "price is Infinity, expected a finite number"),
    (limit(amount="-Infinity"), "amount is -Infinity"),
    (limit(amount="ten"), "amount is 'ten', expected a number such as \"0.1\""),
    (limit(amount="1,5"), "amount is '1,5'"),
    (limit(amount="1_000"), "amount is '1_000'"),
    (limit(amount="١٢"), "expected a number"),
    (limit(amount=""), "amount is ''"),
    (limit(amount=[1]), "amount is a list"),
    (limit(amount="1e999999999"), "amount has far more digits than any market's numbers"),
    (limit(price=10**5000), "price has far more digits"),
    (limit(price=Decimal("1e-5000")), "is its exponent right?"),
    (limit(amount="9" * 10_000), "amount has far more digits"),
    (limit(amount="x" * 10_000), "expected a number"),
    (limit(amount=None), "a limit order needs an amount and a price: amount is None"),
    (limit(price=None), "a limit order needs an amount and a price: price is None"),
    (limit(cost="5"), "both amount and cost are given, expected one of them"),
    (limit(amount=None, cost="5"), "cost goes with market buys; a limit order has an amount"),
    (limit(time_in_force="gtd"), "time_in_force is 'gtd', expected one of: gtc, post_only"),
    (limit(time_in_force="ioc", post_only=True), "post_only and ioc exclude each other"),
    (limit(post_only="no"), "post_only is 'no', expected True or False"),
    (market(price="10"), "price goes with limit orders"),
    (market(time_in_force="ioc"), "a market order has no time in force"),
    (market(post_only=True), "a market order has no time in force"),
    (market(amount=None), "a market order needs an amount, or a cost for a buy"),
    (market(cost="5"), "both amount and cost are given"),
    (
        market(side="sell", amount=None, cost="5"),
        "cost goes with market buys; a sell has an amount",
    ),
    (market(amount=None, cost=5.0), "cost is a float"),
]


@pytest.mark.parametrize(("order", "phrase"), ARGUMENTS)
def test_an_argument_that_makes_no_sense_is_refused_before_anything_is_asked(
    order: dict[str, Any], phrase: str
) -> None:
    script = Script()
    with sync_toy(script) as exchange, pytest.raises(InvalidInput) as caught:
        exchange.create_order(**order)
    text = str(caught.value)
    assert phrase in text
    assert text.startswith("toy create_order: ")
    assert "Nothing was sent." in text
    assert caught.value.outcome is Outcome.NOT_SENT
    assert isinstance(caught.value, ValueError)
    assert script.seen == []
    reads_well(text)


FILTERS: list[tuple[dict[str, Any], str, str | None, str]] = [
    (limit(price="10.001"), "price_step", "10", "not a multiple of 0.01 (nearest: 10)"),
    (limit(price="10.009"), "price_step", "10.01", "(nearest: 10.01)"),
    (limit(price="0"), "price_positive", "0.01", "price is 0, expected more than 0"),
    (limit(price="-10"), "price_positive", "0.01", "price is -10"),
    (limit(amount="0"), "amount_positive", "0.001", "amount is 0, expected more than 0"),
    (limit(amount=-1), "amount_positive", "0.001", "amount is -1"),
    (limit(amount="0.0005"), "min_amount", "0.001", "amount 0.0005 is below the minimum 0.001"),
    (limit(amount="0.70049"), "amount_step", "0.7", "amount 0.70049 is not a multiple of 0.001"),
    (limit(amount="101"), "max_amount", "100", "amount 101 is above the maximum 100"),
    (limit(amount="0.4"), "min_cost", "0.5", "price x amount = 4 USDT is below the minimum 5"),
    (market(amount="0.0015"), "amount_step", "0.002", "not a multiple of 0.001"),
    (market(amount=None, cost="4.999"), "min_cost", "5", "cost 4.999 is below the minimum 5"),
    (market(amount=None, cost="7.001"), "cost_step", "7", "cost 7.001 is not a multiple of 0.01"),
    (market(amount=None, cost="0"), "cost_positive", "5", "cost is 0, expected more than 0"),
    (limit(client_order_id="has space"), "client_order_id", None, "Leave it out"),
    (limit(client_order_id=""), "client_order_id", None, "client_order_id is ''"),
    (limit(client_order_id="x" * 33), "client_order_id", None, "[A-Za-z0-9]{1,32}"),
    (limit(client_order_id="y" * 5000), "client_order_id", None, "…"),
    (limit(client_order_id=7), "client_order_id", None, "client_order_id is 7"),
    (limit(client_order_id="é"), "client_order_id", None, "client_order_id"),
    (limit(client_order_id="a\n"), "client_order_id", None, "client_order_id"),
    (limit(symbol="OLD/USDT"), "active", None, "OLD/USDT does not trade now"),
]


@pytest.mark.parametrize(("order", "name", "nearest", "phrase"), FILTERS)
@pytest.mark.parametrize("operation", ["create_order", "test_order"])
def test_an_order_that_breaks_a_filter_names_it_and_the_nearest_legal_value(
    operation: str, order: dict[str, Any], name: str, nearest: str | None, phrase: str
) -> None:
    script = Script()
    with sync_toy(script) as exchange, pytest.raises(InvalidOrder) as caught:
        getattr(exchange, operation)(**order)
    error = caught.value
    assert error.filter == name
    assert error.nearest == (None if nearest is None else Decimal(nearest))
    assert phrase in str(error)
    assert error.outcome is Outcome.NOT_SENT
    assert script.private == []
    assert isinstance(error, MarketClosed) is (name == "active")
    reads_well(str(error))


def test_every_filter_that_is_broken_is_told() -> None:
    with sync_toy() as exchange, pytest.raises(InvalidOrder) as caught:
        exchange.create_order(**limit(price="10.001", amount="0.0001"))
    text = str(caught.value)
    assert "price 10.001 is not a multiple" in text
    assert "amount 0.0001 is below" in text
    assert "price x amount" in text


@pytest.mark.parametrize("symbol", ["BTC/USDT", "ETH/USDT"])
def test_the_nearest_legal_value_is_taken(symbol: str) -> None:
    with sync_toy(Script([reply({"id": "1"})])) as exchange:
        with pytest.raises(InvalidOrder) as caught:
            exchange.create_order(**limit(symbol=symbol, price="10.001"))
        assert exchange.create_order(**limit(symbol=symbol, price=caught.value.nearest)).id == "1"


@pytest.mark.parametrize(
    ("order", "phrase"),
    [
        (limit(time_in_force="fok"), "has no limit orders that are fok (it has: gtc, ioc, post"),
    ],
)
def test_an_option_the_venue_lacks_is_refused_and_not_dropped(
    order: dict[str, Any], phrase: str
) -> None:
    script = Script()
    for operation in ("create_order", "test_order", "explain_order"):
        with sync_toy(script) as exchange, pytest.raises(Unsupported) as caught:
            getattr(exchange, operation)(**order)
        assert phrase in str(caught.value)
        assert caught.value.outcome is Outcome.NOT_SENT
        reads_well(str(caught.value))
    assert script.private == []


# Symbols


OF_MARKETS = [
    ("fetch_ticker", (), ()),
    ("fetch_order_book", (), ()),
    ("fetch_trades", (), ()),
    ("fetch_ohlcv", (), ()),
    ("create_limit_order", (), ("buy", "1", "10")),
]
OF_ORDERS = [
    ("cancel_order", ("7",), ()),
    ("cancel_all_orders", (), ()),
    ("fetch_order", ("7",), ()),
    ("fetch_open_orders", (), ()),
    ("fetch_my_trades", (), ()),
    ("fetch_order_trades", ("7",), ()),
]
NOWHERE = [
    ("BTC/USDC", "Did you mean BTC/USDT"),
    ("btc/usdt", "Write it as 'BTC/USDT'."),
    ("btc-usdt", "Write it as 'BTC/USDT'."),
    ("", "Symbols look like BTC/USDT"),
    ("x" * 5000, "load_markets() lists them all"),
    ("something else", "load_markets() lists them all"),
]
# Names that a venue might give a market: where orders may have outlived theirs, it is asked.
IDS = [("BTCUSDT", "Write it as 'BTC/USDT'."), ("ETHUSD", "Did you mean ETH/USDT")]


@pytest.mark.parametrize(
    ("operation", "before", "after", "symbol", "hint"),
    [
        *((*one, *name) for one in OF_MARKETS for name in NOWHERE + IDS),
        *((*one, *name) for one in OF_ORDERS for name in NOWHERE),
    ],
)
def test_an_unknown_symbol_names_its_neighbours(
    operation: str, before: tuple[str, ...], after: tuple[str, ...], symbol: str, hint: str
) -> None:
    script = Script()
    with sync_toy(script) as exchange, pytest.raises(UnknownSymbol) as caught:
        getattr(exchange, operation)(*before, symbol, *after)
    text = str(caught.value)
    assert f"there is no market {symbol!r}"[:70] in text
    assert hint in text
    assert script.private == []
    changes = operation in ("create_limit_order", "cancel_order", "cancel_all_orders")
    assert caught.value.outcome is (Outcome.NOT_SENT if changes else None)
    reads_well(text)


@pytest.mark.parametrize("symbol", ["BTCUSDT", "ETHUSD"])
@pytest.mark.parametrize(("operation", "before", "after"), OF_ORDERS)
def test_orders_may_be_asked_about_by_the_venues_name_of_their_market(
    operation: str, before: tuple[str, ...], after: tuple[str, ...], symbol: str
) -> None:
    """Delisted, say. A name that means nothing to the venue is told so by the venue."""
    script = Script([refusal(-1121, "no such market")])
    with sync_toy(script) as exchange, pytest.raises(UnknownSymbol) as caught:
        getattr(exchange, operation)(*before, symbol, *after)
    assert script.private
    assert "the venue's own id" in str(caught.value)
    told = {"cancel_order": Outcome.REFUSED, "cancel_all_orders": Outcome.NOT_SENT}
    assert caught.value.outcome is told.get(operation)


# The other arguments

NOW = datetime(2023, 11, 14, tzinfo=UTC)
NAIVE = datetime(2023, 11, 14)  # noqa: DTZ001 - the mistake itself

OPEN = Order(symbol="BTC/USDT", id="7")

CALLS: list[tuple[str, tuple[Any, ...], dict[str, Any], str]] = [
    ("fetch_ohlcv", ("BTC/USDT", "7m"), {}, "timeframe is '7m', Toy has: 1m, 1h, 1M"),
    ("fetch_ohlcv", ("BTC/USDT", "1m", NAIVE), {}, "expected a datetime with a time zone"),
    ("fetch_ohlcv", ("BTC/USDT", "1m", NAIVE), {}, "Write datetime(2026, 1, 31, tzinfo=UTC)."),
    ("fetch_ohlcv", ("BTC/USDT", "1m", 1_700_000_000), {}, "since is 1700000000"),
    ("fetch_ohlcv", ("BTC/USDT", "1m", NOW), {"until": NOW}, "is not before until"),
    ("fetch_ohlcv", ("BTC/USDT", "1m", None, 0), {}, "limit is 0, expected a whole number"),
    ("fetch_ohlcv", ("BTC/USDT", "1m", NOW, -5), {}, "limit is -5"),
    ("fetch_ohlcv", ("BTC/USDT", "1m", None, True), {}, "limit is True"),
    ("fetch_ohlcv", ("BTC/USDT", "1m", None, 1.5), {}, "limit is 1.5"),
    ("fetch_ohlcv", ("BTC/USDT", "1m", None, "5"), {}, "limit is '5'"),
    ("iter_ohlcv", ("BTC/USDT", "1m"), {"since": NAIVE}, "expected a datetime with a time zone"),
    ("iter_ohlcv", ("BTC/USDT", "1m"), {"since": None}, "since is None"),
    ("fetch_order_book", ("BTC/USDT", 0), {}, "limit is 0"),
    ("fetch_order_book", ("BTC/USDT", 21), {}, "limit is 21, Toy serves at most 20 levels"),
    ("fetch_trades", ("BTC/USDT", 11), {}, "limit is 11, Toy serves at most 10 trades"),
    ("fetch_tickers", ("BTC/USDT",), {}, "symbols is 'BTC/USDT', expected a list"),
    ("fetch_tickers", (7,), {}, "symbols is 7, expected a list"),
    ("fetch_trading_fees", ("BTC/USDT",), {}, "symbols is 'BTC/USDT', expected a list"),
    ("fetch_my_trades", (), {}, "Toy answers this for one symbol at a time: pass a symbol"),
    ("fetch_my_trades", ("BTC/USDT", NAIVE), {}, "expected a datetime with a time zone"),
    ("fetch_my_trades", ("BTC/USDT", None, 4), {}, "at most 3 at a time: pass since as well"),
    ("fetch_closed_orders", ("BTC/USDT",), {"until": NOW}, "until without since"),
    ("fetch_closed_orders", ("BTC/USDT", NOW, 0), {}, "limit is 0"),
    ("fetch_closed_orders", ("BTC/USDT", NOW), {"until": NOW}, "is not before until"),
    ("fetch_order", (None, "BTC/USDT"), {}, "expected either id or client_order_id"),
    ("fetch_order", ("7", "BTC/USDT"), {"client_order_id": "a"}, "exactly one of them"),
    ("fetch_order", (" ", "BTC/USDT"), {}, "id is ' ', expected a non-empty str"),
    ("fetch_order", (7, "BTC/USDT"), {}, "id is 7"),
    ("cancel_order", (None, "BTC/USDT"), {}, "exactly one of them"),
    ("cancel_order", (None, "BTC/USDT"), {"client_order_id": ""}, "client_order_id is ''"),
    ("fetch_order_trades", (None, "BTC/USDT"), {}, "id is None"),
    ("cancel_all_after", (9,), {}, "seconds is 9, Toy takes a whole number from 10 to 60"),
    ("cancel_all_after", (61,), {}, "seconds is 61"),
    ("cancel_all_after", (-1,), {}, "seconds is -1"),
    ("cancel_all_after", (30.0,), {}, "seconds is 30.0"),
    ("cancel_all_after", (True,), {}, "seconds is True"),
    ("cancel_all_after", ("30",), {}, "seconds is '30', Toy takes a whole number"),
    ("wait", ("7",), {}, "order is '7', expected an Order"),
    ("wait", (Order(symbol="BTC/USDT"),), {}, "neither an id nor a client order id"),
    ("wait", (OPEN,), {"until": "filled"}, "until is 'filled', expected one of 'done', 'any_fill'"),
    ("wait", (OPEN,), {"until": None}, "until is None"),
    ("wait", (OPEN,), {"timeout": -1}, "timeout is -1, expected seconds (0 or more)"),
    ("wait", (OPEN,), {"timeout": True}, "timeout is True"),
    ("wait", (OPEN,), {"timeout": "5"}, "timeout is '5'"),
    ("wait", (OPEN,), {"timeout": float("nan")}, "timeout is nan"),
    ("wait", (OPEN,), {"timeout": float("inf")}, "or None for no end"),
    ("raw_request", ("FETCH", "/x"), {}, "method is 'FETCH', expected GET, POST"),
    ("raw_request", (None, "/x"), {}, "method is None"),
    ("raw_request", ("GET", "x"), {}, "path is 'x', expected one such as"),
    ("raw_request", ("GET", "/x?a=1"), {}, "parameters go into params"),
    ("raw_request", ("GET", "/a/../b"), {}, "path is '/a/../b'"),
    ("raw_request", ("GET", "/a\r\nHost: b"), {}, "path is"),
    ("raw_request", ("GET", "/ü"), {}, "path is '/ü'"),
    ("raw_request", ("GET", "/x", {"a": 0.1}), {}, "it cannot be sent: a parameter must be str"),
    ("raw_request", ("GET", "/x", {"a": ["b"]}), {}, "must be str, int, bool or Decimal"),
    ("raw_request", ("GET", "/x", {"a": NAN}), {}, "must be a finite number, not NaN"),
    ("raw_request", ("GET", "/x", {1: "b"}), {}, "params is {1: 'b'}, expected a mapping of"),
    ("raw_request", ("GET", "/x", ["a"]), {}, "params is ['a'], expected a mapping of"),
    ("raw_request", ("GET", "/x", {"signature": "f"}), {}, "signature, which the kit adds itself"),
    ("raw_request", ("POST", "/x", None, {"a": {"b": [1.5]}}), {}, "it holds a float"),
    (
        "raw_request",
        ("POST", "/x", None, {"a": NAN}),
        {},
        "it cannot be sent: a parameter must be a finite",
    ),
    ("raw_request", ("POST", "/x", None, "text"), {}, "a mapping or a list of mappings"),
    ("raw_request", ("POST", "/x", None, {"a": object()}), {}, "it cannot be sent"),
]


@pytest.mark.parametrize(("operation", "args", "kwargs", "phrase"), CALLS)
def test_an_argument_out_of_range_is_refused_before_anything_is_asked(
    operation: str, args: tuple[Any, ...], kwargs: dict[str, Any], phrase: str
) -> None:
    script = Script()
    with pytest.raises(InvalidInput) as caught:
        Either("sync", script).call(operation, *args, **kwargs)
    text = str(caught.value)
    assert phrase in text
    assert script.seen == []
    name = {"iter_ohlcv": "fetch_ohlcv"}.get(operation, operation)
    assert text.startswith(f"toy {name}: ")
    reads_well(text)


@both
def test_a_history_that_begins_before_the_calendar_is_refused(kind: str) -> None:
    with pytest.raises(InvalidInput, match="the calendar has no 1000000000000 candles of 1m"):
        Either(kind).call("fetch_ohlcv", "BTC/USDT", "1m", None, 10**12)
    with pytest.raises(InvalidInput, match="the calendar has no"):
        Either(kind).call("fetch_ohlcv", "BTC/USDT", "1M", None, 10**6)


@both
def test_both_kinds_of_exchange_refuse_alike(kind: str) -> None:
    for order, phrase in ARGUMENTS[::5]:
        with pytest.raises(InvalidInput) as caught:
            Either(kind).call("create_order", **order)
        assert phrase in str(caught.value)


@pytest.mark.parametrize("need", ["nonsense", "limit:gtd", "timeframe", "all_symbols:x", None, 7])
def test_a_need_nobody_knows_is_no_silent_yes(need: Any) -> None:
    with sync_toy() as exchange, pytest.raises(InvalidInput, match="nobody knows the need"):
        exchange.requires(need)


# Connecting


@pytest.mark.parametrize(
    ("venue", "phrase"),
    [
        ("toyy", "Did you mean 'toy'?"),
        ("TOY", "Did you mean 'toy'?"),
        ("kraken", "pip install exchangekit-kraken"),
        ("../../etc", "Names are lower-case letters and digits."),
        ("", "Names are lower-case letters and digits."),
        (None, "no installed plugin offers a venue None (installed: toy)."),
        (["toy"], "no installed plugin offers a venue ['toy']"),
    ],
)
def test_an_unknown_venue_is_said_with_those_there_are(venue: Any, phrase: str) -> None:
    for make in (connect, connect_sync):
        with pytest.raises(UnknownVenue) as caught:
            make(venue)
        assert phrase in str(caught.value)
        assert "(installed: toy)" in str(caught.value)
    if phrase.startswith("Names"):
        assert "pip install" not in str(caught.value)


SETTINGS: list[tuple[dict[str, Any], type[ConfigurationError], str]] = [
    ({"environment": "prod"}, UnknownEnvironment, "has no environment 'prod' (it has: live, testn"),
    ({"environment": None}, UnknownEnvironment, "has no environment None"),
    ({"base_url": "127.0.0.1:80"}, ConfigurationError, "such as http://127.0.0.1:8801"),
    ({"base_url": "ftp://host"}, ConfigurationError, "base_url is not an address"),
    ({"base_url": "http://"}, ConfigurationError, "base_url is not an address"),
    ({"base_url": "http://host:port"}, ConfigurationError, "base_url is not an address"),
    ({"base_url": "http://host:99999"}, ConfigurationError, "base_url is not an address"),
    ({"base_url": "http://[::1"}, ConfigurationError, "base_url is not an address"),
    ({"base_url": "http://h/?a=b"}, ConfigurationError, "and nothing else"),
    ({"base_url": "http://h/#a"}, ConfigurationError, "and nothing else"),
    ({"base_url": "http://u:hunter2@h"}, ConfigurationError, "and nothing else"),
    ({"base_url": "http://h\n"}, ConfigurationError, "base_url is not an address"),
    ({"base_url": 8801}, ConfigurationError, "base_url is not an address"),
    ({"transport": "aiohttp2"}, ConfigurationError, "there is no transport 'aiohttp2'"),
    ({"proxy": "http://p:1"}, ConfigurationError, "proxy goes with the kit's own transport"),
    ({"recv_window": 0}, ConfigurationError, "recv_window is 0, expected milliseconds from 1"),
    ({"recv_window": 60_001}, ConfigurationError, "to 60000"),
    ({"recv_window": True}, ConfigurationError, "recv_window is True"),
    ({"order_window": "3000"}, ConfigurationError, "order_window is '3000'"),
    ({"order_window": 3.5}, ConfigurationError, "order_window is 3.5"),
    ({"max_wait": -1}, ConfigurationError, "max_wait is -1, expected seconds, 0 or more"),
    ({"max_wait": float("nan")}, ConfigurationError, "max_wait is nan"),
    ({"max_wait": None}, ConfigurationError, "max_wait is None"),
    ({"account": "my bot"}, ConfigurationError, "is not letters, digits and underscores"),
    ({"account": 7}, ConfigurationError, "the account name 7"),
]


@pytest.mark.parametrize(("options", "error", "phrase"), SETTINGS)
def test_a_setting_that_cannot_be_used_is_said_at_once(
    options: dict[str, Any], error: type[ConfigurationError], phrase: str
) -> None:
    script = Script()
    with pytest.raises(error) as caught:
        sync_toy(script, **options)
    assert phrase in str(caught.value)
    assert "hunter2" not in str(caught.value)
    assert script.seen == []


@pytest.mark.parametrize("field", ["connect", "read", "attempt", "total"])
@pytest.mark.parametrize("value", [0, -1, float("inf"), float("nan"), None, "5"])
def test_a_timeout_must_be_seconds_above_zero(field: str, value: Any) -> None:
    with pytest.raises(ConfigurationError, match=f"the timeout {field} is .*, expected seconds"):
        Timeouts(**{field: value})


# Keys


KEYS: list[tuple[dict[str, Any], str]] = [
    ({"api_key": f" {KEY}"}, "the api_key has white space around it: copy it without"),
    ({"api_key": f"{KEY}\n"}, "the api_key has white space around it"),
    ({"secret": f"{SECRET}\r\n"}, "the api_secret has white space around it"),
    ({"secret": "two words0123456"}, "the api_secret has white space inside: copy it in one piece"),
    ({"api_key": f'"{KEY}"'}, "the api_key has quotation marks around it"),
    ({"secret": f"'{SECRET}'"}, "the api_secret has quotation marks around it"),
    ({"api_key": "YOUR_API_KEY"}, "the api_key is a placeholder: put the real one there"),
    ({"api_key": "<my-key-goes-here>"}, "the api_key is a placeholder"),
    ({"secret": "your-secret-here"}, "the api_secret is a placeholder"),
    ({"secret": "xxxxxxxxxxxx"}, "the api_secret is a placeholder"),
    ({"secret": "changeme"}, "the api_secret is a placeholder"),
    ({"secret": KEY}, "the API key and the secret are the same; one was pasted twice"),
    ({"api_key": ""}, "the api_key is empty"),
    ({"secret": ""}, "the api_secret is empty"),
    ({"api_key": "schlüssel0123456"}, "the api_key has characters that no key has"),
    ({"secret": "zero\u200bwidth0123456"}, "the api_secret has characters that no key has"),
    ({"secret": "nul\x00l0123456789"}, "the api_secret has characters that no key has"),
    ({"secret": "-----BEGIN PRIVATE KEY-----\nMC4"}, "is a private key or a certificate (PEM)"),
    ({"api_key": "-----BEGIN PUBLIC KEY-----\nMCow"}, "the api_key is a PEM; the key that belongs"),
    ({"api_key": None}, "found only api_secret, passphrase: set EXCHANGEKIT_TOYPASS_API_KEY"),
    ({"secret": None}, "set EXCHANGEKIT_TOYPASS_API_SECRET"),
    ({"passphrase": None}, "set EXCHANGEKIT_TOYPASS_PASSPHRASE"),
    ({"passphrase": " Pa55 "}, "the passphrase has white space around it"),
    ({"passphrase": ""}, "the passphrase is empty"),
    ({"api_key": 12345}, "the api_key is a int, expected a str or a SecretStr"),
    ({"secret": b"bytes"}, "the api_secret is a bytes, expected a str or a SecretStr"),
]


@pytest.mark.parametrize(("changes", "phrase"), KEYS)
def test_a_key_that_cannot_be_right_is_refused_and_never_shown(
    changes: dict[str, Any], phrase: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = plugins_with(PassphraseToy)
    monkeypatch.setattr(sys.modules["exchangekit.connect"], "installed", lambda: found)
    script = Script()
    keys: dict[str, Any] = {"api_key": KEY, "secret": SECRET, "passphrase": "my pass phrase"}
    with pytest.raises(MalformedCredentials) as caught:
        connect_sync("toypass", transport=SyncToy(script), env_file=None, **keys | changes)
    text = f"{caught.value} {caught.value!r}"
    assert phrase in text
    for value in (*keys.values(), *changes.values()):
        shown = str(value).strip(" \n\r\"'<>")
        if shown not in ("", "None"):
            assert shown not in text
    assert script.seen == []


def test_no_real_key_is_taken_for_a_placeholder() -> None:
    letters, dice = string.ascii_letters + string.digits, random.Random(7)
    secrets = ["".join(dice.choices(letters, k=64)) for _ in range(3000)]
    secrets += [
        "yourkXxxXyourMyKe0123",
        "mx0mykey12345",
        "a1mySecretb2yourkey",
        "aAbBxxxxYourSecr",
        "00000000-1111-2222-3333-444444444444",
    ]
    for secret in secrets:
        found = load_credentials(ToyAdapter(), api_key=KEY, secret=secret, env_file=None)
        assert found is not None


def test_a_simulated_venue_takes_whatever_key_its_owner_likes() -> None:
    keys = {"api_key": "mykey", "secret": "SSSS", "env_file": None}
    with pytest.raises(MalformedCredentials, match="placeholder"):
        load_credentials(ToyAdapter(), **keys)  # type: ignore[arg-type]
    found = load_credentials(ToyAdapter(), own_address=True, **keys)  # type: ignore[arg-type]
    assert found is not None


def test_a_passphrase_may_hold_spaces_and_signs() -> None:
    found = load_credentials(
        PassphraseToy(), api_key=KEY, secret=SECRET, passphrase="a b'c\"<d>", env_file=None
    )
    assert found is not None
    assert found.passphrase is not None
    assert found.passphrase.get_secret_value() == "a b'c\"<d>"


@both
@pytest.mark.parametrize(
    ("operation", "args"),
    [
        ("fetch_balance", ()),
        ("create_order", ("BTC/USDT", "limit", "buy", "1", "10")),
        ("fetch_open_orders", ("BTC/USDT",)),
        ("cancel_order", ("7", "BTC/USDT")),
        ("fetch_api_key", ()),
        ("raw_request", ("POST", "/anything")),
    ],
)
def test_a_private_call_without_keys_fails_locally(
    kind: str, operation: str, args: tuple[Any, ...]
) -> None:
    script = Script()
    with pytest.raises(MissingCredentials) as caught:
        Either(kind, script, keys=False).call(operation, *args)
    text = str(caught.value)
    assert text.startswith(f"toy {operation}: this needs an API key.")
    assert "Pass api_key and secret to connect(...), or set EXCHANGEKIT_TOY_API_KEY and" in text
    changes = operation in ("create_order", "cancel_order", "raw_request")
    assert caught.value.outcome is (Outcome.NOT_SENT if changes else None)
    assert script.private == []
    reads_well(text)


@both
def test_public_data_needs_no_keys(kind: str) -> None:
    script = Script([reply({"last": "10"})])
    ticker = Either(kind, script, keys=False).call("fetch_ticker", "BTC/USDT")
    assert ticker.last == Decimal(10)
    assert all(
        not header.startswith("X-TOY-KEY") for one in script.seen for header, _ in one.headers
    )


# What a venue lacks


class Sparse(ToyAdapter):
    """Lacks two operations."""

    venue = "sparse"
    title = "Sparse"
    capabilities = ToyAdapter.capabilities
    environments = MappingProxyType(dict(ToyAdapter.environments))
    test_order = Adapter.test_order
    cancel_orders = Adapter.cancel_orders


@pytest.mark.parametrize(
    ("operation", "args", "outcome"),
    [
        ("test_order", ("BTC/USDT", "limit", "buy", "1", "10"), Outcome.NOT_SENT),
        ("cancel_all_orders", ("BTC/USDT",), Outcome.NOT_SENT),
    ],
)
def test_what_a_venue_lacks_is_said_locally(
    operation: str, args: tuple[str, ...], outcome: Outcome | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = plugins_with(Sparse)
    monkeypatch.setattr(sys.modules["exchangekit.connect"], "installed", lambda: found)
    script = Script()
    with (
        connect_sync("sparse", transport=SyncToy(script), env_file=None) as exchange,
        pytest.raises(Unsupported) as caught,
    ):
        getattr(exchange, operation)(*args)
    assert str(caught.value).startswith(f"sparse {operation}: Sparse has no {operation}.")
    assert "requires(...)" in str(caught.value)
    assert caught.value.outcome is outcome
    assert script.seen == []


def test_what_an_environment_lacks_is_said_locally() -> None:
    with (
        sync_toy(environment="testnet") as exchange,
        pytest.raises(Unsupported, match="Toy has no fetch_api_key in its testnet environment"),
    ):
        exchange.fetch_api_key()
