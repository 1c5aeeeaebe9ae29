"""What the Bitget adapter asks: every request against the venue's documentation."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from exchangekit_bitget.adapter import BitgetAdapter

from exchangekit.adapter import (
    Call,
    Credentials,
    LimitScope,
    Listing,
    Origin,
    Request,
    Stamp,
    Window,
)
from exchangekit.errors import Unsupported
from exchangekit.models import (
    LimitOrder,
    Market,
    MarketBuyWithCost,
    MarketOrder,
    OrderRequest,
    OrderType,
    Side,
    TimeInForce,
)
from exchangekit.models.enums import choices
from exchangekit.models.markets import index

BITGET = BitgetAdapter()
BTC = Market(symbol="BTC/USDT", id="BTCUSDT", base="BTC", quote="USDT")
MARKETS = index((BTC,))
WINDOW = Window(datetime(2024, 3, 1, tzinfo=UTC), datetime(2024, 3, 1, 5, tzinfo=UTC))
FIRST, LAST = 1709251200000, 1709269200000
DAY = 24 * 3600 * 1000
IP, ACCOUNT = LimitScope.IP, LimitScope.ACCOUNT
ONE = {"symbol": "BTCUSDT"}

# operation, its call, path, query, (per second, scope)
READS: list[tuple[str, Call[Any], str, dict[str, str], tuple[int, LimitScope]]] = [
    ("time", BITGET.fetch_time(), "public/time", {}, (20, IP)),
    ("markets", BITGET.fetch_markets(), "spot/public/symbols", {}, (20, IP)),
    ("ticker", BITGET.fetch_ticker(BTC), "spot/market/tickers", ONE, (20, IP)),
    ("tickers", BITGET.fetch_tickers(MARKETS), "spot/market/tickers", {}, (20, IP)),
    (
        "book",
        BITGET.fetch_order_book(BTC, 150),
        "spot/market/orderbook",
        {**ONE, "limit": "150"},
        (20, IP),
    ),
    (
        "trades",
        BITGET.fetch_trades(BTC, 500),
        "spot/market/fills",
        {**ONE, "limit": "500"},
        (10, IP),
    ),
    (
        "the newest candles",
        BITGET.fetch_ohlcv(BTC, "1m", None, 200),
        "spot/market/candles",
        {**ONE, "granularity": "1min", "limit": "200"},
        (20, IP),
    ),
    (
        "candles of a window",
        BITGET.fetch_ohlcv(BTC, "1d", WINDOW, 5),
        "spot/market/history-candles",
        {**ONE, "granularity": "1Dutc", "endTime": str(LAST - 1), "limit": "5"},
        (20, IP),
    ),
    ("balance", BITGET.fetch_balance(), "spot/account/assets", {}, (10, ACCOUNT)),
    ("key", BITGET.fetch_api_key(), "spot/account/info", {}, (1, ACCOUNT)),
    (
        "fees",
        BITGET.fetch_trading_fees(MARKETS, BTC),
        "common/trade-rate",
        {**ONE, "businessType": "spot"},
        (10, ACCOUNT),
    ),
    (
        "an order by its id",
        BITGET.fetch_order(BTC, "7", None),
        "spot/trade/orderInfo",
        {"orderId": "7"},
        (20, ACCOUNT),
    ),
    (
        "an order by its name",
        BITGET.fetch_order(BTC, None, "abc"),
        "spot/trade/orderInfo",
        {"clientOid": "abc"},
        (20, ACCOUNT),
    ),
    (
        "open orders",
        BITGET.fetch_open_orders(Listing(MARKETS)),
        "spot/trade/unfilled-orders",
        {"limit": "100"},
        (20, ACCOUNT),
    ),
    (
        "closed orders",
        BITGET.fetch_closed_orders(Listing(MARKETS, BTC, WINDOW, 50)),
        "spot/trade/history-orders",
        {**ONE, "limit": "50", "startTime": str(FIRST - 1), "endTime": str(LAST)},
        (20, ACCOUNT),
    ),
    (
        "fills",
        BITGET.fetch_my_trades(Listing(MARKETS, BTC, None, 50, "0::77")),
        "spot/trade/fills",
        {**ONE, "limit": "50", "idLessThan": "77"},
        (10, ACCOUNT),
    ),
    (
        "fills of an order",
        BITGET.fetch_order_trades("7", Listing(MARKETS, BTC)),
        "spot/trade/fills",
        {**ONE, "orderId": "7", "limit": "100"},
        (10, ACCOUNT),
    ),
]


@pytest.mark.parametrize(
    ("call", "path", "query", "limit"), [read[1:] for read in READS], ids=[r[0] for r in READS]
)
def test_reading_asks_what_the_documentation_says(
    call: Call[Any], path: str, query: dict[str, str], limit: tuple[int, LimitScope]
) -> None:
    request = call.request
    assert (request.method, request.path) == ("GET", f"/api/v2/{path}")
    assert dict(request.params) == query
    assert (request.signed, request.changes) == (limit[1] is ACCOUNT, False)
    own, total = request.costs
    assert (own.weight, own.limit, own.seconds, own.scope) == (1, limit[0], 1, limit[1])
    assert (total.limit, total.seconds, total.scope) == (6000, 60, IP)


def test_an_order_that_its_name_no_longer_finds_is_looked_for_in_the_history() -> None:
    by_id = BITGET.fetch_order(BTC, "7", None).otherwise
    assert by_id is not None
    assert by_id.request.path == "/api/v2/spot/trade/history-orders"
    assert dict(by_id.request.params) == {"symbol": "BTCUSDT", "orderId": "7", "limit": "100"}
    assert by_id.otherwise is None
    second = BITGET.fetch_order(BTC, None, "abc").otherwise
    assert second is not None
    assert second.request.path == "/api/v2/spot/trade/history-orders"
    assert dict(second.request.params) == {**ONE, "limit": "100"}
    assert second.otherwise is None


def test_a_window_of_more_than_90_days_is_asked_for_in_parts() -> None:
    window = Window(datetime(2024, 1, 1, tzinfo=UTC), datetime(2024, 7, 1, tzinfo=UTC))
    asked = dict(BITGET.fetch_my_trades(Listing(MARKETS, None, window)).request.params)
    assert int(asked["endTime"]) - int(asked["startTime"]) <= 90 * DAY


def order(**more: Any) -> OrderRequest:
    usual = {"symbol": "BTC/USDT", "side": Side.BUY, "client_order_id": "abc"}
    return LimitOrder(**(usual | {"amount": Decimal("0.010"), "price": Decimal("1E+4")} | more))


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        *(
            (
                order(time_in_force=tif),
                {
                    "symbol": "BTCUSDT", "side": "buy", "orderType": "limit", "clientOid": "abc",
                    "force": str(tif), "price": "10000", "size": "0.010",
                },
            )
            for tif in choices(TimeInForce)
        ),
        (
            MarketBuyWithCost(symbol="BTC/USDT", cost=Decimal("50.50"), client_order_id="abc"),
            {
                "symbol": "BTCUSDT", "side": "buy", "orderType": "market", "clientOid": "abc",
                "size": "50.50",
            },
        ),
        (
            MarketOrder(
                symbol="BTC/USDT", side=Side.SELL, amount=Decimal(2), client_order_id="abc"
            ),
            {
                "symbol": "BTCUSDT", "side": "sell", "orderType": "market", "clientOid": "abc",
                "size": "2",
            },
        ),
    ],
    ids=lambda value: getattr(value, "type", None),
)  # fmt: skip
def test_an_order_is_asked_for_as_documented(asked: OrderRequest, told: dict[str, str]) -> None:
    request = BITGET.create_order(BTC, asked).request
    assert (request.method, request.path) == ("POST", "/api/v2/spot/trade/place-order")
    assert json.loads(request.body) == told
    assert (request.changes, request.has_deadline, request.signed) == (True, True, True)


def test_all_times_in_force_are_declared_and_a_market_buy_says_what_to_spend() -> None:
    can = BITGET.capabilities
    assert {tif for _, tif in can.limit_orders} == set(choices(TimeInForce))
    assert not can.buy_with_amount
    by_amount = MarketOrder(symbol="BTC/USDT", side=Side.BUY, amount=Decimal(2))
    with pytest.raises(Unsupported):
        BITGET.create_order(BTC, by_amount)


def test_cancels_name_the_market_and_one_id() -> None:
    by_id = BITGET.cancel_order(BTC, "7", None).request
    by_name = BITGET.cancel_order(BTC, None, "abc").request
    both = BITGET.cancel_orders(BTC, ("7", "8")).request
    assert json.loads(by_id.body) == {"symbol": "BTCUSDT", "orderId": "7"}
    assert json.loads(by_name.body) == {"symbol": "BTCUSDT", "clientOid": "abc"}
    assert json.loads(both.body) == {
        "symbol": "BTCUSDT",
        "orderList": [{"orderId": "7"}, {"orderId": "8"}],
    }
    assert [one.path.rpartition("/")[2] for one in (by_id, both)] == [
        "cancel-order",
        "batch-cancel-order",
    ]
    assert all(one.changes and not one.has_deadline for one in (by_id, by_name, both))
    assert both.many


def test_an_order_says_until_when_it_may_arrive_and_signs_that() -> None:
    """https://www.bitget.com/api-doc/spot/trade/Place-Order"""
    request = BITGET.create_order(BTC, order()).request
    stamp = Stamp(timestamp=1_709_251_200_123, window=5000)
    keys = Credentials("bg_key", "secret", "phrase")
    sent = BITGET.signer.sign(request, keys, stamp, Origin("https://api.bitget.com"))
    told = json.loads(sent.body)
    assert (told["requestTime"], told["receiveWindow"]) == ("1709251200123", "5000")
    assert sent.body in BITGET.signer.explain(request, stamp).body
    later = BITGET.cancel_order(BTC, "7", None).request
    assert (
        b"receiveWindow"
        not in BITGET.signer.sign(later, keys, stamp, Origin("https://api.bitget.com")).body
    )


def test_the_parameters_of_a_raw_post_become_its_body() -> None:
    asked = Request(
        method="POST", path="/api/v2/spot/trade/cancel-symbol-order", params=(("symbol", "X"),)
    )
    made = BITGET.raw_request(asked)
    assert (made.params, json.loads(made.body)) == ((), {"symbol": "X"})


def test_the_types_of_orders_are_those_of_the_venue() -> None:
    assert {kind for kind, _ in BITGET.capabilities.limit_orders} == {OrderType.LIMIT}
    assert BITGET.capabilities.client_order_id.fullmatch("a" * 50)
    assert not BITGET.capabilities.client_order_id.fullmatch("a" * 51)
    assert not BITGET.capabilities.client_order_id.fullmatch("a#b")
    assert BITGET.key_shape.pattern.fullmatch("bg_" + "0f" * 16)
