"""What the Binance adapter asks: every request against the venue's documentation.

https://developers.binance.com/docs/binance-spot-api-docs/rest-api
"""

import hashlib
import hmac
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from exchangekit_binance.adapter import BinanceAdapter

from exchangekit.adapter import (
    OPERATIONS,
    Call,
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

BINANCE = BinanceAdapter()
BTC = Market(symbol="BTC/USDT", id="BTCUSDT", base="BTC", quote="USDT")
MARKETS = index((BTC,))
DAY = 24 * 3600 * 1000
FIRST = 1709251200000
WINDOW = Window(datetime(2024, 3, 1, tzinfo=UTC), datetime(2024, 3, 3, 6, tzinfo=UTC))
SYMBOL = {"symbol": "BTCUSDT"}

LIMIT = LimitOrder(
    symbol="BTC/USDT",
    side=Side.BUY,
    amount=Decimal("1E+1"),
    price=Decimal("0.00000001"),
    client_order_id="mine1",
)

REQUESTS = [
    # operation, its call, endpoint, query, weight
    ("fetch_time", BINANCE.fetch_time(), "GET /api/v3/time", {}, 1),
    (
        "fetch_markets",
        BINANCE.fetch_markets(),
        "GET /api/v3/exchangeInfo",
        {"showPermissionSets": "false"},
        20,
    ),
    ("fetch_ticker", BINANCE.fetch_ticker(BTC), "GET /api/v3/ticker/24hr", SYMBOL, 2),
    ("fetch_tickers", BINANCE.fetch_tickers(MARKETS), "GET /api/v3/ticker/24hr", {}, 80),
    *(
        (
            "fetch_order_book",
            BINANCE.fetch_order_book(BTC, depth),
            "GET /api/v3/depth",
            SYMBOL | {"limit": str(depth)},
            weight,
        )
        for depth, weight in ((5, 5), (100, 5), (500, 25), (1000, 50), (5000, 250))
    ),
    (
        "fetch_trades",
        BINANCE.fetch_trades(BTC, 7),
        "GET /api/v3/trades",
        SYMBOL | {"limit": "7"},
        25,
    ),
    (
        "fetch_ohlcv",
        BINANCE.fetch_ohlcv(BTC, "1h", None, 9),
        "GET /api/v3/klines",
        SYMBOL | {"interval": "1h", "limit": "9"},
        2,
    ),
    (
        "fetch_ohlcv",
        BINANCE.fetch_ohlcv(BTC, "1M", WINDOW, 9),
        "GET /api/v3/klines",
        SYMBOL
        | {
            "interval": "1M",
            "startTime": str(FIRST),
            "endTime": str(FIRST + 54 * 3600 * 1000 - 1),
            "limit": "9",
        },
        2,
    ),
]

SIGNED = [
    (
        "fetch_balance",
        BINANCE.fetch_balance(),
        "GET /api/v3/account",
        {"omitZeroBalances": "true"},
        20,
    ),
    (
        "fetch_trading_fees",
        BINANCE.fetch_trading_fees(MARKETS, BTC),
        "GET /api/v3/account/commission",
        SYMBOL,
        20,
    ),
    (
        "fetch_order",
        BINANCE.fetch_order(BTC, "5", None),
        "GET /api/v3/order",
        SYMBOL | {"orderId": "5"},
        4,
    ),
    (
        "fetch_order",
        BINANCE.fetch_order(BTC, None, "mine1"),
        "GET /api/v3/order",
        SYMBOL | {"origClientOrderId": "mine1"},
        4,
    ),
    (
        "fetch_open_orders",
        BINANCE.fetch_open_orders(Listing(MARKETS, BTC)),
        "GET /api/v3/openOrders",
        SYMBOL,
        6,
    ),
    (
        "fetch_open_orders",
        BINANCE.fetch_open_orders(Listing(MARKETS, None)),
        "GET /api/v3/openOrders",
        {},
        80,
    ),
    (
        "fetch_closed_orders",
        BINANCE.fetch_closed_orders(Listing(MARKETS, BTC, None, 5)),
        "GET /api/v3/allOrders",
        SYMBOL | {"limit": "5"},
        20,
    ),
    (
        "fetch_my_trades",
        BINANCE.fetch_my_trades(Listing(MARKETS, BTC, None, 5)),
        "GET /api/v3/myTrades",
        SYMBOL | {"limit": "5"},
        20,
    ),
    (
        "fetch_order_trades",
        BINANCE.fetch_order_trades("5", Listing(MARKETS, BTC)),
        "GET /api/v3/myTrades",
        SYMBOL | {"orderId": "5", "limit": "1000"},
        5,
    ),
    (
        "fetch_order_trades",
        BINANCE.fetch_order_trades("5", Listing(MARKETS, BTC, cursor="77")),
        "GET /api/v3/myTrades",
        SYMBOL | {"orderId": "5", "fromId": "77", "limit": "1000"},
        5,
    ),
    (
        "cancel_order",
        BINANCE.cancel_order(BTC, "5", None),
        "DELETE /api/v3/order",
        SYMBOL | {"orderId": "5"},
        1,
    ),
    (
        "cancel_order",
        BINANCE.cancel_order(BTC, None, "mine1"),
        "DELETE /api/v3/order",
        SYMBOL | {"origClientOrderId": "mine1"},
        1,
    ),
    (
        "cancel_all_orders",
        BINANCE.cancel_all_orders(BTC),
        "DELETE /api/v3/openOrders",
        SYMBOL,
        1,
    ),
    (
        "test_order",
        BINANCE.test_order(BTC, LIMIT),
        "POST /api/v3/order/test",
        SYMBOL
        | {
            "side": "BUY",
            "type": "LIMIT",
            "timeInForce": "GTC",
            "quantity": "10",
            "price": "0.00000001",
            "newClientOrderId": "mine1",
            "newOrderRespType": "FULL",
        },
        1,
    ),
]


@pytest.mark.parametrize(
    ("operation", "call", "endpoint", "query", "weight", "signed"),
    [(*row, False) for row in REQUESTS] + [(*row, True) for row in SIGNED],
)
def test_a_request_is_the_one_documented_and_weighs_what_is_documented(
    operation: str, call: Call[Any], endpoint: str, query: dict[str, str], weight: int, signed: bool
) -> None:
    request = call.request
    assert f"{request.method} {request.path}" == endpoint
    assert dict(request.params) == query
    assert request.signed is signed
    assert request.body == b""
    assert request.changes is (operation in ("cancel_order", "cancel_all_orders"))
    assert not request.has_deadline
    (cost,) = request.costs
    assert (cost.counter, cost.weight) == ("weight", weight)
    assert (cost.limit, cost.seconds, cost.scope) == (6000, 60, LimitScope.IP)


@pytest.mark.parametrize(
    ("call", "path", "signed"),
    [
        (BINANCE.fetch_status(), "/sapi/v1/system/status", False),
        (BINANCE.fetch_api_key(), "/sapi/v1/account/apiRestrictions", True),
    ],
)
def test_wallet_endpoints_count_apart_and_only_the_live_venue_has_them(
    call: Call[Any], path: str, signed: bool
) -> None:
    request = call.request
    assert (request.path, request.signed) == (path, signed)
    (cost,) = request.costs
    assert (cost.counter, cost.weight) == (f"ip GET {path}", 1)
    assert (cost.limit, cost.seconds, cost.scope) == (12_000, 60, LimitScope.IP)
    missing = frozenset({"fetch_status", "fetch_api_key"})
    assert BINANCE.capabilities.not_in == {"testnet": missing, "demo": missing}


def test_a_new_order_has_a_deadline_and_counts_among_the_unfilled_orders() -> None:
    request = BINANCE.create_order(BTC, LIMIT).request
    assert (request.method, request.path) == ("POST", "/api/v3/order")
    assert request.signed
    assert request.changes
    assert request.has_deadline
    assert [(cost.counter, cost.weight, cost.scope) for cost in request.costs] == [
        ("weight", 1, LimitScope.IP),
        ("orders 10s", 1, LimitScope.ACCOUNT),
        ("orders 1d", 1, LimitScope.ACCOUNT),
    ]
    assert [(cost.limit, cost.seconds) for cost in request.costs] == [
        (6000, 60),
        (100, 10),
        (200_000, 86_400),
    ]
    counters = {cost.counter for cost in request.costs}
    assert set(BINANCE.used_weight_headers.values()) == counters
    assert all(header == header.lower() for header in BINANCE.used_weight_headers)


def test_every_operation_that_the_venue_has_for_spot_is_there_and_asked_for_above() -> None:
    asked = {name for name, *_ in REQUESTS + SIGNED}
    asked |= {"create_order", "fetch_status", "fetch_api_key"}
    assert asked == BINANCE.operations()
    assert set(OPERATIONS) - asked == {"cancel_orders", "cancel_all_after"}


@pytest.mark.parametrize(
    ("order", "told"),
    [
        (LIMIT, {"type": "LIMIT", "timeInForce": "GTC"}),
        (
            LIMIT.model_copy(update={"time_in_force": TimeInForce.POST_ONLY}),
            {"type": "LIMIT_MAKER"},
        ),
        (
            LIMIT.model_copy(update={"time_in_force": TimeInForce.IOC}),
            {"type": "LIMIT", "timeInForce": "IOC"},
        ),
        (
            LIMIT.model_copy(update={"time_in_force": TimeInForce.FOK}),
            {"type": "LIMIT", "timeInForce": "FOK"},
        ),
    ],
)
def test_post_only_is_an_order_type_and_the_rest_a_time_in_force(
    order: OrderRequest, told: dict[str, str]
) -> None:
    limit = {"side": "BUY", "quantity": "10", "price": "0.00000001"}
    always = {"newClientOrderId": "mine1", "newOrderRespType": "FULL"}
    request = BINANCE.create_order(BTC, order).request
    assert dict(request.params) == SYMBOL | limit | always | told


def test_a_market_order_is_by_amount_or_by_cost() -> None:
    by_amount = MarketOrder(symbol="BTC/USDT", side=Side.BUY, amount=Decimal("2.50"))
    said = dict(BINANCE.create_order(BTC, by_amount).request.params)
    assert (said["type"], said["side"], said["quantity"]) == ("MARKET", "BUY", "2.50")
    assert "quoteOrderQty" not in said
    by_cost = MarketBuyWithCost(symbol="BTC/USDT", cost=Decimal("1E+2"))
    said = dict(BINANCE.create_order(BTC, by_cost).request.params)
    assert (said["type"], said["side"], said["quoteOrderQty"]) == ("MARKET", "BUY", "100")
    assert "quantity" not in said


def test_an_order_is_signed_over_its_sorted_query_and_sent_as_signed() -> None:
    request = BINANCE.cancel_order(BTC, "5", None).request
    out = BINANCE.signer.sign(
        request,
        Credentials("key", "secret"),
        Stamp(1700000000000, 5000),
        BINANCE.environments["live"].origin,
    )
    signed = "orderId=5&recvWindow=5000&symbol=BTCUSDT&timestamp=1700000000000"
    signature = hmac.new(b"secret", signed.encode(), hashlib.sha256).hexdigest()
    assert out.target == f"/api/v3/order?{signed}&signature={signature}"
    assert ("X-MBX-APIKEY", "key") in out.headers


@pytest.mark.parametrize(
    ("call", "from_id"),
    [(BINANCE.fetch_my_trades, "fromId"), (BINANCE.fetch_closed_orders, "orderId")],
)
def test_a_window_is_asked_for_a_day_at_a_time_and_then_by_ids(call: Any, from_id: str) -> None:
    def asked(cursor: str | None) -> dict[str, str]:
        params = dict(call(Listing(MARKETS, BTC, WINDOW, 5, cursor)).request.params)
        assert params.pop("symbol") == "BTCUSDT"
        assert params.pop("limit") == "1000"
        return params

    assert asked(None) == {"startTime": str(FIRST), "endTime": str(FIRST + DAY - 1)}
    last = FIRST + 54 * 3600 * 1000 - 1
    assert asked(str(FIRST + 2 * DAY)) == {
        "startTime": str(FIRST + 2 * DAY),
        "endTime": str(last),
    }
    assert asked("id78") == {from_id: "78"}


@pytest.mark.parametrize(
    ("name", "most"),
    [
        ("candles_per_call", 1000),
        ("book_depths", (5, 10, 20, 50, 100, 500, 1000, 5000)),
        ("trades_per_call", 1000),
        ("my_trades_per_call", 1000),
        ("orders_per_call", 1000),
    ],
)
def test_a_call_asks_for_no_more_than_the_venue_serves(name: str, most: object) -> None:
    assert getattr(BINANCE.capabilities, name) == most


def test_environments_are_the_documented_addresses() -> None:
    found = {name: place.base_url for name, place in BINANCE.environments.items()}
    assert found == {
        "live": "https://api.binance.com",
        "testnet": "https://testnet.binance.vision",
        "demo": "https://demo-api.binance.com",
    }


@pytest.mark.parametrize(
    ("key", "fits"), [("a1" * 32, True), ("a1" * 31, False), ("a " * 32, False)]
)
def test_a_key_has_64_letters_and_digits(key: str, fits: bool) -> None:
    assert BINANCE.key_shape is not None
    assert bool(BINANCE.key_shape.pattern.fullmatch(key)) is fits


def test_a_raw_request_counts_at_least_one() -> None:
    asked = Request(method="GET", path="/api/v3/avgPrice")
    (cost,) = BINANCE.raw_request(asked).costs
    assert (cost.counter, cost.weight) == ("weight", 1)
    wallet = BINANCE.raw_request(Request(method="GET", path="/sapi/v1/asset/tradeFee", signed=True))
    assert [cost.counter for cost in wallet.costs] == ["ip GET /sapi/v1/asset/tradeFee"]
