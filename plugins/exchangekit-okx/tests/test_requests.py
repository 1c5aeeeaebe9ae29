"""What the OKX adapter asks: every request against the venue's documentation."""

import json
import re
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from exchangekit_okx.adapter import OkxAdapter

from exchangekit.adapter import Call, Cost, Credentials, LimitScope, Listing, Request, Stamp, Window
from exchangekit.models import (
    LimitOrder,
    Market,
    MarketBuyWithCost,
    MarketOrder,
    Markets,
    OrderRequest,
    OrderType,
    Side,
    TimeInForce,
)
from exchangekit.models.enums import choices
from exchangekit.models.markets import index

OKX = OkxAdapter()
BTC = Market(symbol="BTC/USDT", id="BTC-USDT", base="BTC", quote="USDT")
MARKETS: Markets = index((BTC,))
SINCE = datetime(2024, 3, 1, tzinfo=UTC)
UNTIL = datetime(2024, 3, 1, 5, tzinfo=UTC)
WINDOW = Window(SINCE, UNTIL)
FIRST, LAST = 1709251200000, 1709269200000
ORDER_KEY = "abc123"

IP, ACCOUNT = LimitScope.IP, LimitScope.ACCOUNT


def query(request: Request) -> dict[str, str]:
    return dict(request.params)


def body(request: Request) -> object:
    return json.loads(request.body)


# operation, its call, path, query, (limit, seconds, scope)
READS = [
    ("fetch_time", OKX.fetch_time(), "public/time", {}, (10, 2, IP)),
    ("fetch_status", OKX.fetch_status(), "system/status", {}, (1, 5, IP)),
    (
        "fetch_markets",
        OKX.fetch_markets(),
        "public/instruments",
        {"instType": "SPOT"},
        (20, 2, IP),
    ),
    ("fetch_ticker", OKX.fetch_ticker(BTC), "market/ticker", {"instId": "BTC-USDT"}, (20, 2, IP)),
    (
        "fetch_tickers",
        OKX.fetch_tickers(MARKETS),
        "market/tickers",
        {"instType": "SPOT"},
        (20, 2, IP),
    ),
    (
        "fetch_order_book",
        OKX.fetch_order_book(BTC, 400),
        "market/books",
        {"instId": "BTC-USDT", "sz": "400"},
        (40, 2, IP),
    ),
    (
        "fetch_trades",
        OKX.fetch_trades(BTC, 500),
        "market/trades",
        {"instId": "BTC-USDT", "limit": "500"},
        (100, 2, IP),
    ),
    (
        "fetch_ohlcv, the newest",
        OKX.fetch_ohlcv(BTC, "1d", None, 300),
        "market/candles",
        {"instId": "BTC-USDT", "bar": "1Dutc", "limit": "300"},
        (40, 2, IP),
    ),
    (
        # after and before leave out the time they name: since is included, until is not.
        "fetch_ohlcv of a window",
        OKX.fetch_ohlcv(BTC, "1h", WINDOW, 5),
        "market/history-candles",
        {
            "instId": "BTC-USDT",
            "bar": "1H",
            "limit": "5",
            "before": str(FIRST - 1),
            "after": str(LAST),
        },
        (20, 2, IP),
    ),
    ("fetch_balance", OKX.fetch_balance(), "account/balance", {}, (10, 2, ACCOUNT)),
    (
        "fetch_trading_fees",
        OKX.fetch_trading_fees(MARKETS, BTC),
        "account/trade-fee",
        {"instType": "SPOT", "instId": "BTC-USDT"},
        (5, 2, ACCOUNT),
    ),
    ("fetch_api_key", OKX.fetch_api_key(), "account/config", {}, (5, 2, ACCOUNT)),
    (
        "fetch_order by id",
        OKX.fetch_order(BTC, "77", None),
        "trade/order",
        {"instId": "BTC-USDT", "ordId": "77"},
        (60, 2, ACCOUNT),
    ),
    (
        "fetch_order by client order id",
        OKX.fetch_order(BTC, None, ORDER_KEY),
        "trade/order",
        {"instId": "BTC-USDT", "clOrdId": ORDER_KEY},
        (60, 2, ACCOUNT),
    ),
    (
        "fetch_open_orders of one symbol",
        OKX.fetch_open_orders(Listing(MARKETS, BTC)),
        "trade/orders-pending",
        {"instType": "SPOT", "instId": "BTC-USDT", "limit": "100"},
        (60, 2, ACCOUNT),
    ),
    (
        "fetch_open_orders of all, a later page",
        OKX.fetch_open_orders(Listing(MARKETS, None, cursor="0::4711")),
        "trade/orders-pending",
        {"instType": "SPOT", "after": "4711", "limit": "100"},
        (60, 2, ACCOUNT),
    ),
    (
        "fetch_closed_orders, the newest",
        OKX.fetch_closed_orders(Listing(MARKETS, BTC, None, 20)),
        "trade/orders-history",
        {"instType": "SPOT", "instId": "BTC-USDT", "limit": "20"},
        (40, 2, ACCOUNT),
    ),
    (
        "fetch_closed_orders of a window",
        OKX.fetch_closed_orders(Listing(MARKETS, BTC, WINDOW, 100)),
        "trade/orders-history",
        {
            "instType": "SPOT",
            "instId": "BTC-USDT",
            "limit": "100",
            "begin": str(FIRST - 1),
            "end": str(LAST),
        },
        (40, 2, ACCOUNT),
    ),
    (
        "fetch_closed_orders, the archive",
        OKX.fetch_closed_orders(Listing(MARKETS, None, None, 100, "1::")),
        "trade/orders-history-archive",
        {"instType": "SPOT", "limit": "100"},
        (20, 2, ACCOUNT),
    ),
    (
        "fetch_my_trades of a window",
        OKX.fetch_my_trades(Listing(MARKETS, None, WINDOW, 100)),
        "trade/fills",
        {"instType": "SPOT", "limit": "100", "begin": str(FIRST - 1), "end": str(LAST)},
        (60, 2, ACCOUNT),
    ),
    (
        "fetch_my_trades, the history",
        OKX.fetch_my_trades(Listing(MARKETS, BTC, None, 500, "1::99")),
        "trade/fills-history",
        {"instType": "SPOT", "instId": "BTC-USDT", "after": "99", "limit": "100"},
        (10, 2, ACCOUNT),
    ),
    (
        "fetch_order_trades",
        OKX.fetch_order_trades("77", Listing(MARKETS, BTC)),
        "trade/fills",
        {"instType": "SPOT", "instId": "BTC-USDT", "ordId": "77", "limit": "100"},
        (60, 2, ACCOUNT),
    ),
]


@pytest.mark.parametrize(
    ("call", "path", "asked", "limit"),
    [case[1:] for case in READS],
    ids=[case[0] for case in READS],
)
def test_a_read_asks_what_the_documentation_says_within_its_limit(
    call: Call[object], path: str, asked: dict[str, str], limit: tuple[int, float, LimitScope]
) -> None:
    request = call.request
    assert (request.method, request.path) == ("GET", f"/api/v5/{path}")
    assert query(request) == asked
    (cost,) = request.costs
    assert (cost.limit, cost.seconds, cost.scope) == limit
    assert request.signed is (cost.scope is ACCOUNT)
    assert not request.body
    assert (request.changes, request.has_deadline, request.many) == (False, False, False)


def test_every_read_of_the_adapter_is_in_the_table() -> None:
    changes = {"create_order", "cancel_order", "cancel_orders", "cancel_all_after"}
    told = {re.split(r"[ ,]", case[0])[0] for case in READS}
    assert told == OkxAdapter.operations() - changes


@pytest.mark.parametrize(
    ("timeframe", "bar"),
    [
        ("1m", "1m"),
        ("30m", "30m"),
        ("1h", "1H"),
        ("4h", "4H"),
        ("6h", "6Hutc"),
        ("12h", "12Hutc"),
        ("1d", "1Dutc"),
        ("1w", "1Wutc"),
        ("1M", "1Mutc"),
    ],
)
def test_bars_open_at_midnight_utc(timeframe: str, bar: str) -> None:
    assert query(OKX.fetch_ohlcv(BTC, timeframe, None, 1).request)["bar"] == bar


LIMIT = {"symbol": "BTC/USDT", "side": Side.BUY, "amount": Decimal("0.00001"), "price": Decimal(9)}

# order, what its body holds beside instId, tdMode, clOrdId
ORDERS: list[tuple[OrderRequest, dict[str, object]]] = [
    *[
        (
            LimitOrder(**LIMIT, time_in_force=tif, client_order_id=ORDER_KEY),
            {"side": "buy", "ordType": name, "px": "9", "sz": "0.00001"},
        )
        for tif, name in [
            (TimeInForce.GTC, "limit"),
            (TimeInForce.POST_ONLY, "post_only"),
            (TimeInForce.IOC, "ioc"),
            (TimeInForce.FOK, "fok"),
        ]
    ],
    (
        MarketOrder(
            symbol="BTC/USDT", side=Side.SELL, amount=Decimal("1e-8"), client_order_id=ORDER_KEY
        ),
        {
            "side": "sell",
            "ordType": "market",
            "tgtCcy": "base_ccy",
            "sz": "0.00000001",
            "banAmend": True,
        },
    ),
    (
        MarketOrder(symbol="BTC/USDT", side=Side.BUY, amount=Decimal(2), client_order_id=ORDER_KEY),
        {"side": "buy", "ordType": "market", "tgtCcy": "base_ccy", "sz": "2", "banAmend": True},
    ),
    (
        MarketBuyWithCost(symbol="BTC/USDT", cost=Decimal("1E+2"), client_order_id=ORDER_KEY),
        {"side": "buy", "ordType": "market", "tgtCcy": "quote_ccy", "sz": "100", "banAmend": True},
    ),
]


@pytest.mark.parametrize(("order", "expected"), ORDERS, ids=repr)
def test_an_order_says_its_type_its_unit_and_its_exact_numbers(
    order: OrderRequest, expected: dict[str, object]
) -> None:
    request = OKX.create_order(BTC, order).request
    assert (request.method, request.path) == ("POST", "/api/v5/trade/order")
    assert body(request) == {
        "instId": "BTC-USDT",
        "tdMode": "cash",
        "clOrdId": ORDER_KEY,
        **expected,
    }
    assert not request.params


def test_an_order_is_a_change_with_a_deadline_and_counts_by_symbol_and_by_account() -> None:
    request = OKX.create_order(BTC, ORDERS[0][0]).request
    assert request.signed
    assert request.changes
    assert request.has_deadline
    assert request.costs == (
        Cost("POST trade/order BTC-USDT", 1, 60, 2, ACCOUNT),
        Cost("orders of the sub-account", 1, 1000, 2, ACCOUNT),
    )


def test_orders_and_questions_about_orders_are_counted_apart() -> None:
    asked = OKX.fetch_order(BTC, "1", None).request.costs
    placed = OKX.create_order(BTC, ORDERS[0][0]).request.costs
    assert not {cost.counter for cost in asked} & {cost.counter for cost in placed}


def test_the_deadline_goes_into_exptime_and_only_with_orders() -> None:
    secrets = Credentials("key", "secret", "passphrase")
    stamp, live = Stamp(timestamp=FIRST, window=3000), OKX.environments["live"].origin
    placed = OKX.signer.sign(OKX.create_order(BTC, ORDERS[0][0]).request, secrets, stamp, live)
    asked = OKX.signer.sign(OKX.fetch_balance().request, secrets, stamp, live)
    canceled = OKX.signer.sign(OKX.cancel_order(BTC, "1", None).request, secrets, stamp, live)
    assert dict(placed.headers)["expTime"] == str(FIRST + 3000)
    assert "expTime" not in dict(asked.headers)
    assert "expTime" not in dict(canceled.headers)


def test_a_cancellation_names_the_order_one_way() -> None:
    for names, named in [
        (("77", None), {"ordId": "77"}),
        ((None, ORDER_KEY), {"clOrdId": ORDER_KEY}),
    ]:
        request = OKX.cancel_order(BTC, *names).request
        assert request.path == "/api/v5/trade/cancel-order"
        assert body(request) == {"instId": "BTC-USDT", **named}
        assert request.changes
        assert not request.has_deadline
        assert request.costs == (Cost("POST trade/cancel-order BTC-USDT", 1, 60, 2, ACCOUNT),)


def test_a_batch_of_cancellations_weighs_as_many_as_it_holds_and_one_alone_is_a_single_one() -> (
    None
):
    request = OKX.cancel_orders(BTC, ("7", "8", "9")).request
    assert request.path == "/api/v5/trade/cancel-batch-orders"
    assert body(request) == [{"instId": "BTC-USDT", "ordId": name} for name in "789"]
    assert request.many
    assert request.changes
    assert request.costs == (Cost("POST trade/cancel-batch-orders BTC-USDT", 3, 300, 2, ACCOUNT),)
    alone = OKX.cancel_orders(BTC, ("7",)).request
    assert alone.costs == OKX.cancel_order(BTC, "7", None).request.costs


@pytest.mark.parametrize(("seconds", "told"), [(10, "10"), (120, "120"), (None, "0")])
def test_a_countdown_is_the_accounts_and_may_be_renewed_once_a_second(
    seconds: int | None, told: str
) -> None:
    request = OKX.cancel_all_after(seconds).request
    assert (request.method, request.path) == ("POST", "/api/v5/trade/cancel-all-after")
    assert body(request) == {"timeOut": told}
    assert request.signed
    assert request.changes
    assert not request.has_deadline
    assert request.costs == (Cost("POST trade/cancel-all-after", 1, 1, 1, ACCOUNT),)
    assert OKX.capabilities.countdown == (10, 120)


def test_the_raw_parameters_of_a_post_go_into_a_json_body() -> None:
    asked = Request(method="POST", path="/api/v5/trade/amend-order", params=(("ordId", "7"),))
    made = OKX.raw_request(asked)
    assert (made.params, made.body) == ((), b'{"ordId":"7"}')
    for left in (
        Request(method="GET", path="/api/v5/account/bills", params=(("ccy", "BTC"),)),
        Request(method="POST", path="/x", params=(("a", "1"),), body=b"[]"),
        Request(method="POST", path="/x"),
    ):
        assert OKX.raw_request(left) == left


def test_demo_trading_is_the_same_address_with_a_header() -> None:
    live, demo = OKX.environments["live"], OKX.environments["demo"]
    assert live.base_url == demo.base_url == "https://www.okx.com"
    assert (live.headers, demo.headers) == ((), (("x-simulated-trading", "1"),))


@pytest.mark.parametrize(
    ("key", "fits"),
    [
        ("37c541a1-0000-4000-8000-10fe7a038418", True),
        ("37C541A1-0000-4000-8000-10FE7A038418", True),
        ("37c541a1000040008000-10fe7a038418", False),
        ("22582BD0CFF14C41EDBF1AB98506286D", False),
    ],
)
def test_an_api_key_is_a_uuid(key: str, fits: bool) -> None:
    assert OKX.key_shape is not None
    assert (OKX.key_shape.pattern.fullmatch(key) is not None) is fits


@pytest.mark.parametrize(
    ("client_order_id", "legal"),
    [
        ("a", True),
        ("Z9" * 16, True),
        ("", False),
        ("a" * 33, False),
        ("a-b", False),
        ("a_b", False),
    ],
)
def test_a_client_order_id_is_up_to_32_letters_and_digits(
    client_order_id: str, legal: bool
) -> None:
    pattern = OKX.capabilities.client_order_id
    assert (pattern.fullmatch(client_order_id) is not None) is legal


@pytest.mark.parametrize(
    ("name", "most"),
    [
        ("candles_per_call", 300),
        ("book_depths", tuple(range(1, 401))),
        ("trades_per_call", 500),
        ("my_trades_per_call", 100),
        ("orders_per_call", 100),
        ("cancels_per_call", 20),
    ],
)
def test_a_call_asks_for_no_more_than_the_venue_serves(name: str, most: object) -> None:
    assert getattr(OKX.capabilities, name) == most


def test_what_the_venue_cannot_do_in_cash_mode_is_not_there() -> None:
    assert "test_order" not in OkxAdapter.operations()
    assert "cancel_all_orders" not in OkxAdapter.operations()
    assert OKX.capabilities.cancels_per_call == 20
    assert OKX.capabilities.fence.kind == "gateway"
    assert OKX.capabilities.fees_per_symbol
    assert OKX.capabilities.limit_orders == {(OrderType.LIMIT, tif) for tif in choices(TimeInForce)}


def test_every_operation_names_its_page() -> None:
    for name in OkxAdapter.operations() - {"fetch_order_trades"}:
        page = getattr(OkxAdapter, name).__doc__
        assert page.startswith("https://www.okx.com/docs-v5/en/#"), name
