"""What the MEXC adapter asks: every request against the venue's documentation.

https://mexcdevelop.github.io/apidocs/spot_v3_en/
"""

import hashlib
import hmac
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from exchangekit_mexc.adapter import MexcAdapter

from exchangekit.adapter import (
    OPERATIONS,
    Call,
    Cost,
    Credentials,
    LimitScope,
    Listing,
    Request,
    Stamp,
    Window,
)
from exchangekit.models import (
    LimitOrder,
    Market,
    MarketBuyWithCost,
    MarketOrder,
    OrderRequest,
    Side,
    TimeInForce,
)
from exchangekit.models.markets import index

MEXC = MexcAdapter()
BTC = Market(symbol="BTC/USDT", id="BTCUSDT", base="BTC", quote="USDT")
MARKETS = index((BTC,))
WINDOW = Window(datetime(2024, 3, 1, tzinfo=UTC), datetime(2024, 3, 1, 5, 0, 0, 500_000, UTC))
FIRST, LAST = 1709251200000, 1709269200500
SYMBOL = {"symbol": "BTCUSDT"}

LIMIT = LimitOrder(
    symbol="BTC/USDT",
    side=Side.BUY,
    amount=Decimal("1E+1"),
    price=Decimal("0.00000001"),
    client_order_id="mine1",
)

PUBLIC = [
    # operation, its call, endpoint, query, weight
    ("fetch_time", MEXC.fetch_time(), "time", {}, 1),
    ("fetch_status", MEXC.fetch_status(), "ping", {}, 1),
    ("fetch_markets", MEXC.fetch_markets(), "exchangeInfo", {}, 10),
    ("fetch_ticker", MEXC.fetch_ticker(BTC), "ticker/24hr", SYMBOL, 1),
    ("fetch_tickers", MEXC.fetch_tickers(MARKETS), "ticker/24hr", {}, 40),
    ("fetch_order_book", MEXC.fetch_order_book(BTC, 50), "depth", SYMBOL | {"limit": "50"}, 1),
    ("fetch_trades", MEXC.fetch_trades(BTC, 7), "trades", SYMBOL | {"limit": "7"}, 5),
    (
        "fetch_ohlcv",
        MEXC.fetch_ohlcv(BTC, "1h", None, 9),
        "klines",
        SYMBOL | {"interval": "60m", "limit": "9"},
        1,
    ),
    (
        "fetch_ohlcv",
        MEXC.fetch_ohlcv(BTC, "1w", WINDOW, 9),
        "klines",
        SYMBOL
        | {"interval": "1W", "startTime": str(FIRST), "endTime": str(LAST - 1), "limit": "9"},
        1,
    ),
]

PRIVATE = [
    ("fetch_balance", MEXC.fetch_balance(), "GET account", {}, 10),
    ("fetch_api_key", MEXC.fetch_api_key(), "GET account", {}, 10),
    ("fetch_trading_fees", MEXC.fetch_trading_fees(MARKETS, BTC), "GET tradeFee", SYMBOL, 20),
    ("fetch_order", MEXC.fetch_order(BTC, "C02__1", None), "GET order", {"orderId": "C02__1"}, 2),
    (
        "fetch_order",
        MEXC.fetch_order(BTC, None, "mine1"),
        "GET order",
        {"origClientOrderId": "mine1"},
        2,
    ),
    (
        "fetch_open_orders",
        MEXC.fetch_open_orders(Listing(MARKETS, BTC)),
        "GET openOrders",
        SYMBOL,
        3,
    ),
    (
        "fetch_closed_orders",
        MEXC.fetch_closed_orders(Listing(MARKETS, BTC, None, 5)),
        "GET allOrders",
        SYMBOL | {"limit": "5"},
        10,
    ),
    (
        "fetch_my_trades",
        MEXC.fetch_my_trades(Listing(MARKETS, BTC, None, 500)),
        "GET myTrades",
        SYMBOL | {"limit": "100"},
        10,
    ),
    (
        "fetch_order_trades",
        MEXC.fetch_order_trades("C02__1", Listing(MARKETS, BTC)),
        "GET myTrades",
        SYMBOL | {"orderId": "C02__1", "limit": "100"},
        10,
    ),
    ("test_order", MEXC.test_order(BTC, LIMIT), "POST order/test", {"type": "LIMIT"}, 1),
    ("create_order", MEXC.create_order(BTC, LIMIT), "POST order", {"type": "LIMIT"}, 1),
    (
        "cancel_order",
        MEXC.cancel_order(BTC, "C02__1", None),
        "DELETE order",
        SYMBOL | {"orderId": "C02__1"},
        1,
    ),
    (
        "cancel_order",
        MEXC.cancel_order(BTC, None, "mine1"),
        "DELETE order",
        SYMBOL | {"origClientOrderId": "mine1"},
        1,
    ),
    ("cancel_all_orders", MEXC.cancel_all_orders(BTC), "DELETE openOrders", SYMBOL, 1),
]


@pytest.mark.parametrize(("operation", "call", "path", "query", "weight"), PUBLIC)
def test_public_data_is_asked_without_a_key(
    operation: str, call: Call[Any], path: str, query: dict[str, str], weight: int
) -> None:
    request = call.request
    assert (request.method, request.path) == ("GET", f"/api/v3/{path}")
    assert dict(request.params) == query
    assert not request.signed
    assert not request.changes
    (cost,) = request.costs
    assert (cost.counter, cost.weight) == (f"ip GET /api/v3/{path}", weight)
    assert (cost.limit, cost.seconds, cost.scope) == (500, 10, LimitScope.IP)


@pytest.mark.parametrize(("operation", "call", "endpoint", "query", "weight"), PRIVATE)
def test_the_account_is_asked_with_a_signature_and_counted_by_address_and_account(
    operation: str, call: Call[Any], endpoint: str, query: dict[str, str], weight: int
) -> None:
    request = call.request
    method, _, path = endpoint.partition(" ")
    assert (request.method, request.path) == (method, f"/api/v3/{path}")
    assert query.items() <= dict(request.params).items()
    assert request.signed
    assert request.body == b""
    ip, uid, *more = request.costs
    counter = f"{method} /api/v3/{path}"
    assert (ip.counter, ip.weight, ip.scope) == (f"ip {counter}", weight, LimitScope.IP)
    assert (uid.counter, uid.weight, uid.scope) == (f"uid {counter}", weight, LimitScope.ACCOUNT)
    assert (ip.limit, ip.seconds) == (uid.limit, uid.seconds) == (500, 10)
    # "rate limit: 2 times/s" is said of the account alone
    twice_a_second = Cost("uid account per second", 1, 2, 1.0, LimitScope.ACCOUNT)
    assert more == ([twice_a_second] if path == "account" else [])


def test_only_orders_and_cancels_change_something_and_only_orders_have_a_deadline() -> None:
    marks = {
        (name, call.request.changes, call.request.has_deadline)
        for name, call, *_ in PUBLIC + PRIVATE
        if call.request.changes or call.request.has_deadline
    }
    assert marks == {
        ("create_order", True, True),
        ("cancel_order", True, False),
        ("cancel_all_orders", True, False),
    }


def test_every_operation_that_the_venue_has_is_there_and_asked_for_above() -> None:
    assert set(OPERATIONS) - MEXC.operations() == {"cancel_orders", "cancel_all_after"}
    assert {name for name, *_ in PUBLIC + PRIVATE} == MEXC.operations()


@pytest.mark.parametrize(
    ("order", "told"),
    [
        (LIMIT, {"side": "BUY", "type": "LIMIT", "quantity": "10", "price": "0.00000001"}),
        (
            LIMIT.model_copy(update={"time_in_force": TimeInForce.POST_ONLY, "side": Side.SELL}),
            {"side": "SELL", "type": "LIMIT_MAKER", "quantity": "10", "price": "0.00000001"},
        ),
        (
            LIMIT.model_copy(update={"time_in_force": TimeInForce.IOC}),
            {"side": "BUY", "type": "IMMEDIATE_OR_CANCEL", "quantity": "10", "price": "0.00000001"},
        ),
        (
            LIMIT.model_copy(update={"time_in_force": TimeInForce.FOK}),
            {"side": "BUY", "type": "FILL_OR_KILL", "quantity": "10", "price": "0.00000001"},
        ),
        (
            MarketOrder(
                symbol="BTC/USDT", side=Side.SELL, amount=Decimal("2.50"), client_order_id="mine1"
            ),
            {"side": "SELL", "type": "MARKET", "quantity": "2.50"},
        ),
        (
            MarketBuyWithCost(symbol="BTC/USDT", cost=Decimal(30), client_order_id="mine1"),
            {"side": "BUY", "type": "MARKET", "quoteOrderQty": "30"},
        ),
    ],
)
def test_an_order_says_its_time_in_force_in_its_type(
    order: OrderRequest, told: dict[str, str]
) -> None:
    for call in (MEXC.create_order(BTC, order), MEXC.test_order(BTC, order)):
        assert dict(call.request.params) == SYMBOL | told | {"newClientOrderId": "mine1"}


def test_an_order_is_signed_over_its_sorted_query_and_sent_as_signed() -> None:
    request = MEXC.create_order(BTC, LIMIT).request
    out = MEXC.signer.sign(
        request,
        Credentials("mx0key", "secret"),
        Stamp(1700000000000, 3000),
        MEXC.environments["live"].origin,
    )
    signed = (
        "newClientOrderId=mine1&price=0.00000001&quantity=10&recvWindow=3000&side=BUY"
        "&symbol=BTCUSDT&timestamp=1700000000000&type=LIMIT"
    )
    signature = hmac.new(b"secret", signed.encode(), hashlib.sha256).hexdigest()
    assert out.target == f"/api/v3/order?{signed}&signature={signature}"
    assert out.body == b""
    assert ("X-MEXC-APIKEY", "mx0key") in out.headers


def test_every_request_says_that_it_is_json_although_none_has_a_body() -> None:
    live = MEXC.environments["live"]
    assert live.base_url == "https://api.mexc.com"
    assert ("Content-Type", "application/json") in live.headers


def test_a_window_is_asked_for_in_whole_seconds_a_hundred_fills_at_a_time() -> None:
    request = MEXC.fetch_my_trades(Listing(MARKETS, BTC, WINDOW, 5)).request
    span = {"startTime": str(FIRST), "endTime": str(LAST - 500 + 999)}
    assert dict(request.params) == SYMBOL | span | {"limit": "100"}
    request = MEXC.fetch_closed_orders(Listing(MARKETS, BTC, WINDOW, 5)).request
    assert dict(request.params) == SYMBOL | span | {"limit": "1000"}
    request = MEXC.fetch_closed_orders(
        Listing(MARKETS, BTC, WINDOW, 5, "1000-1999,5000-5999")
    ).request
    span = {"startTime": "1000", "endTime": "1999"}
    assert dict(request.params) == SYMBOL | span | {"limit": "1000"}


@pytest.mark.parametrize(
    ("name", "most"),
    [
        ("candles_per_call", 500),  # found live; the documentation says 1000
        ("book_depths", (5, 10, 20, 50, 100, 200, 500, 1000, 5000)),
        ("trades_per_call", 1000),
        ("my_trades_per_call", 100),
        ("orders_per_call", 1000),
    ],
)
def test_a_call_asks_for_no_more_than_the_venue_serves(name: str, most: object) -> None:
    assert getattr(MEXC.capabilities, name) == most


def test_the_newest_are_asked_for_a_page_at_most() -> None:
    request = MEXC.fetch_closed_orders(Listing(MARKETS, BTC, None, 4000)).request
    assert dict(request.params) == SYMBOL | {"limit": "1000"}
    request = MEXC.fetch_my_trades(Listing(MARKETS, BTC, None, 4000)).request
    assert dict(request.params) == SYMBOL | {"limit": "100"}


@pytest.mark.parametrize("key", ["mx0aBYs33eIilxBWC5", "mx0vglAAAAAAAAAAAA"])
def test_a_key_of_the_venue_has_its_shape(key: str) -> None:
    assert MEXC.key_shape is not None
    assert MEXC.key_shape.pattern.fullmatch(key)


@pytest.mark.parametrize("key", ["", "mx0", "45d0b3c26f2644f19bfb98b07741b2f5", "mx0 BYs33eIilx"])
def test_what_is_no_key_of_the_venue_does_not_have_its_shape(key: str) -> None:
    assert MEXC.key_shape is not None
    assert not MEXC.key_shape.pattern.fullmatch(key)


def test_a_raw_request_counts_against_its_own_endpoint() -> None:
    asked = Request(method="GET", path="/api/v3/capital/config/getall", signed=True)
    made = MEXC.raw_request(asked)
    assert {cost.counter for cost in made.costs} == {
        "ip GET /api/v3/capital/config/getall",
        "uid GET /api/v3/capital/config/getall",
    }
    assert [(cost.weight, cost.limit, cost.seconds) for cost in made.costs] == [(1, 500, 10)] * 2
    assert MEXC.raw_request(made).costs == made.costs
