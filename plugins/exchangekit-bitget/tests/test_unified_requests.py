"""What the adapter of unified accounts asks: every request against the venue's documentation."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from exchangekit_bitget.adapter import BitgetAdapter
from exchangekit_bitget.unified.adapter import BitgetUnifiedAdapter

from exchangekit.adapter import Call, Credentials, LimitScope, Listing, Origin, Stamp, Window
from exchangekit.errors import Unsupported
from exchangekit.models import (
    LimitOrder,
    Market,
    MarketBuyWithCost,
    MarketOrder,
    OrderRequest,
    Side,
    TimeInForce,
)
from exchangekit.models.enums import choices
from exchangekit.models.markets import index

UTA = BitgetUnifiedAdapter()
BTC = Market(symbol="BTC/USDT", id="BTCUSDT", base="BTC", quote="USDT")
MARKETS = index((BTC,))
WINDOW = Window(datetime(2024, 3, 1, tzinfo=UTC), datetime(2024, 3, 1, 5, tzinfo=UTC))
FIRST, LAST = 1709251200000, 1709269200000
DAY = 24 * 3600 * 1000
IP, ACCOUNT = LimitScope.IP, LimitScope.ACCOUNT
ALL = {"category": "SPOT"}
ONE = {"category": "SPOT", "symbol": "BTCUSDT"}
LIVE = Origin("https://api.bitget.com")
KEYS = Credentials("bg_key", "secret", "phrase")
STAMP = Stamp(timestamp=1_709_251_200_123, window=2000)

# the page under https://www.bitget.com/api-doc/uta, its call, path, query, (per second, scope)
READS: list[tuple[str, Call[Any], str, dict[str, str], tuple[int, LimitScope]]] = [
    ("public/Instruments", UTA.fetch_markets(), "market/instruments", ALL, (20, IP)),
    ("public/Tickers", UTA.fetch_ticker(BTC), "market/tickers", ONE, (20, IP)),
    ("public/Tickers (all)", UTA.fetch_tickers(MARKETS), "market/tickers", ALL, (20, IP)),
    (
        "public/OrderBook",
        UTA.fetch_order_book(BTC, 200),
        "market/orderbook",
        ONE | {"limit": "200"},
        (20, IP),
    ),
    ("public/Fills", UTA.fetch_trades(BTC, 100), "market/fills", ONE | {"limit": "100"}, (20, IP)),
    (
        "public/Get-Candle-Data",
        UTA.fetch_ohlcv(BTC, "4h", None, 100),
        "market/candles",
        ONE | {"interval": "4H", "limit": "100"},
        (20, IP),
    ),
    (
        "public/Get-History-Candle-Data",
        UTA.fetch_ohlcv(BTC, "1m", WINDOW, 5),
        "market/history-candles",
        ONE | {"interval": "1m", "endTime": str(LAST - 1), "limit": "5"},
        (20, IP),
    ),
    ("account/Get-Account", UTA.fetch_balance(), "account/assets", {}, (20, ACCOUNT)),
    ("account/Get-Account-Info", UTA.fetch_api_key(), "account/info", {}, (5, ACCOUNT)),
    (
        "account/Get-Account-Fee-Rate",
        UTA.fetch_trading_fees(MARKETS, BTC),
        "account/fee-rate",
        ONE,
        (3, ACCOUNT),
    ),
    (
        "trade/Get-Order-Details",
        UTA.fetch_order(BTC, "7", None),
        "trade/order-info",
        {"orderId": "7"},
        (20, ACCOUNT),
    ),
    (
        "trade/Get-Order-Details (by name)",
        UTA.fetch_order(BTC, None, "abc"),
        "trade/order-info",
        {"clientOid": "abc"},
        (20, ACCOUNT),
    ),
    (
        "trade/Get-Order-Pending",
        UTA.fetch_open_orders(Listing(MARKETS)),
        "trade/unfilled-orders",
        ALL | {"limit": "100"},
        (20, ACCOUNT),
    ),
    (
        "trade/Get-Order-Pending (a market's)",
        UTA.fetch_open_orders(Listing(MARKETS, BTC, None, 100, "0::77")),
        "trade/unfilled-orders",
        ONE | {"limit": "100", "cursor": "77"},
        (20, ACCOUNT),
    ),
    (
        "trade/Get-Order-History",
        UTA.fetch_closed_orders(Listing(MARKETS, BTC, WINDOW, 50)),
        "trade/history-orders",
        ONE | {"limit": "50", "startTime": str(FIRST - 1), "endTime": str(LAST)},
        (20, ACCOUNT),
    ),
    (
        "trade/Get-Order-Fills has no parameter for a market",
        UTA.fetch_my_trades(Listing(MARKETS, BTC, None, 50, "0::77")),
        "trade/fills",
        ALL | {"limit": "50", "cursor": "77"},
        (20, ACCOUNT),
    ),
    (
        "trade/Get-Order-Fills (of an order)",
        UTA.fetch_order_trades("7", Listing(MARKETS, BTC)),
        "trade/fills",
        ALL | {"orderId": "7", "limit": "100"},
        (20, ACCOUNT),
    ),
]


@pytest.mark.parametrize(
    ("call", "path", "query", "limit"), [read[1:] for read in READS], ids=[r[0] for r in READS]
)
def test_reading_asks_what_the_documentation_says(
    call: Call[Any], path: str, query: dict[str, str], limit: tuple[int, LimitScope]
) -> None:
    request = call.request
    assert (request.method, request.path) == ("GET", f"/api/v3/{path}")
    assert dict(request.params) == query
    assert (request.signed, request.changes) == (limit[1] is ACCOUNT, False)
    own, total = request.costs
    assert (own.weight, own.limit, own.seconds, own.scope) == (1, limit[0], 1, limit[1])
    assert (total.limit, total.seconds, total.scope) == (6000, 60, IP)


def test_the_time_is_the_one_of_both_apis() -> None:
    """https://www.bitget.com/api-doc/common/public/Get-Server-Time"""
    asked, classic = UTA.fetch_time().request, BitgetAdapter().fetch_time().request
    assert (asked.path, asked.signed) == (classic.path, False)


def test_an_order_that_its_endpoint_does_not_know_is_looked_for_in_the_history() -> None:
    """Whether ended orders are found by a name, or old ones by their id, is not documented."""
    for asked in (UTA.fetch_order(BTC, "7", None), UTA.fetch_order(BTC, None, "abc")):
        second = asked.otherwise
        assert second is not None
        assert second.request.path == "/api/v3/trade/history-orders"
        assert dict(second.request.params) == ONE | {"limit": "100"}
        assert second.otherwise is None


def test_a_window_of_more_than_30_days_is_asked_for_in_parts() -> None:
    """https://www.bitget.com/api-doc/uta/trade/Get-Order-History"""
    window = Window(datetime(2024, 1, 1, tzinfo=UTC), datetime(2024, 7, 1, tzinfo=UTC))
    for call in (UTA.fetch_my_trades, UTA.fetch_closed_orders):
        asked = dict(call(Listing(MARKETS, None, window)).request.params)
        assert int(asked["endTime"]) - int(asked["startTime"]) <= 30 * DAY


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
                    **ONE, "side": "buy", "orderType": "limit", "clientOid": "abc",
                    "timeInForce": str(tif), "price": "10000", "qty": "0.010",
                },
            )
            for tif in choices(TimeInForce)
        ),
        (
            MarketBuyWithCost(symbol="BTC/USDT", cost=Decimal("50.50"), client_order_id="abc"),
            {**ONE, "side": "buy", "orderType": "market", "clientOid": "abc", "qty": "50.50"},
        ),
        (
            MarketOrder(
                symbol="BTC/USDT", side=Side.SELL, amount=Decimal(2), client_order_id="abc"
            ),
            {**ONE, "side": "sell", "orderType": "market", "clientOid": "abc", "qty": "2"},
        ),
    ],
    ids=lambda value: getattr(value, "type", None),
)  # fmt: skip
def test_an_order_is_asked_for_as_documented(asked: OrderRequest, told: dict[str, str]) -> None:
    """https://www.bitget.com/api-doc/uta/trade/Place-Order: of a market buy, qty counts quote."""
    request = UTA.create_order(BTC, asked).request
    assert (request.method, request.path) == ("POST", "/api/v3/trade/place-order")
    assert json.loads(request.body) == told
    assert (request.changes, request.has_deadline, request.signed) == (True, True, True)
    assert (request.costs[0].limit, request.costs[0].scope) == (10, ACCOUNT)


def test_all_times_in_force_are_declared_and_a_market_buy_says_what_to_spend() -> None:
    assert {tif for _, tif in UTA.capabilities.limit_orders} == set(choices(TimeInForce))
    assert not UTA.capabilities.buy_with_amount
    by_amount = MarketOrder(symbol="BTC/USDT", side=Side.BUY, amount=Decimal(2))
    with pytest.raises(Unsupported):
        UTA.create_order(BTC, by_amount)


def test_cancels_name_one_order_and_its_category() -> None:
    by_id = UTA.cancel_order(BTC, "7", None).request
    by_name = UTA.cancel_order(BTC, None, "abc").request
    both = UTA.cancel_orders(BTC, ("7", "8")).request
    assert json.loads(by_id.body) == ALL | {"orderId": "7"}
    assert json.loads(by_name.body) == ALL | {"clientOid": "abc"}
    assert json.loads(both.body) == [ONE | {"orderId": "7"}, ONE | {"orderId": "8"}]
    assert [one.path.rpartition("/")[2] for one in (by_id, both)] == [
        "cancel-order",
        "cancel-batch",
    ]
    assert [one.costs[0].limit for one in (by_id, both)] == [10, 5]
    assert all(one.changes and not one.has_deadline for one in (by_id, by_name, both))
    assert both.many


def test_the_switch_counts_whole_seconds_and_0_turns_it_off() -> None:
    """https://www.bitget.com/api-doc/uta/trade/CountDown-Cancel-All"""
    on, off = UTA.cancel_all_after(40).request, UTA.cancel_all_after(None).request
    assert (on.path, on.costs[0].limit) == ("/api/v3/trade/countdown-cancel-all", 1)
    assert [json.loads(one.body) for one in (on, off)] == [{"countdown": "40"}, {"countdown": "0"}]
    assert UTA.capabilities.countdown == (5, 60)


def test_an_order_is_signed_so_that_the_limit_of_30_seconds_falls_on_its_deadline() -> None:
    """https://www.bitget.com/api-doc/common/signature-samaple/interaction; orders of this API take
    no receiveWindow: https://www.bitget.com/api-doc/uta/trade/Place-Order"""
    request = UTA.create_order(BTC, order()).request
    sent = UTA.signer.sign(request, KEYS, STAMP, LIVE)
    headers = dict(sent.headers)
    assert int(headers["ACCESS-TIMESTAMP"]) + 30_000 == STAMP.deadline
    assert sent.body == request.body
    told = UTA.signer.explain(request, STAMP)
    assert told.parts[0] == ("timestamp", headers["ACCESS-TIMESTAMP"])
    for other in (UTA.cancel_order(BTC, "7", None), UTA.fetch_balance()):
        now = dict(UTA.signer.sign(other.request, KEYS, STAMP, LIVE).headers)
        assert int(now["ACCESS-TIMESTAMP"]) == STAMP.timestamp


def test_no_window_makes_an_order_of_the_future() -> None:
    request = UTA.create_order(BTC, order()).request
    stamp = Stamp(STAMP.timestamp, 60_000)
    headers = dict(UTA.signer.sign(request, KEYS, stamp, LIVE).headers)
    assert int(headers["ACCESS-TIMESTAMP"]) == stamp.timestamp


def test_names_of_orders_are_those_that_need_no_encoding() -> None:
    can = UTA.capabilities.client_order_id
    assert can.fullmatch("a.B_9-" * 5 + "ab")
    assert not any(can.fullmatch(name) for name in ("a" * 33, "a:b", "a/b", "a#b", ""))


def test_bars_whose_clock_is_not_documented_are_left_out() -> None:
    assert not {"6h", "12h", "1d"} & set(UTA.capabilities.timeframes)


def test_both_venues_share_addresses_and_kinds_of_key() -> None:
    """https://www.bitget.com/api-doc/uta/guide"""
    classic = BitgetAdapter()
    assert UTA.environments == classic.environments
    assert (UTA.key_shape, UTA.errors) == (classic.key_shape, classic.errors)
    assert UTA.venue != classic.venue


def test_a_request_that_is_late_is_refused_on_arrival_and_nothing_is_said_of_later() -> None:
    """https://www.bitget.com/api-doc/common/signature-samaple/interaction"""
    assert UTA.capabilities.fence.kind == "gateway"
