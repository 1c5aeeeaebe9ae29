"""What Bybit is asked, to the byte: endpoints, parameters, bodies, limits."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from exchangekit_bybit.adapter import BybitAdapter

from exchangekit.adapter import Call, LimitScope, Listing, Reply, Request, Window
from exchangekit.errors import OrderNotFound
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

BYBIT = BybitAdapter()
BTC = Market(symbol="BTC/USDT", id="BTCUSDT", base="BTC", quote="USDT")
MARKETS = index((BTC,))
DAY = timedelta(days=1)
SINCE = datetime(2026, 3, 1, tzinfo=UTC)
FIRST = 1_772_323_200_000
WEEK = 7 * 86_400_000


def asked(call: Call[Any]) -> dict[str, str]:
    return dict(call.request.params)


def told(request: Request) -> Any:
    return json.loads(request.body)


LIMIT = {"symbol": "BTC/USDT", "side": Side.BUY, "client_order_id": "mine-1"}
ORDERS: list[tuple[OrderRequest, dict[str, str]]] = [
    (
        LimitOrder(**LIMIT, amount=Decimal("0.1"), price=Decimal("1E+4")),
        {"orderType": "Limit", "timeInForce": "GTC", "qty": "0.1", "price": "10000"},
    ),
    *(
        (
            LimitOrder(**LIMIT, amount=Decimal(1), price=Decimal(2), time_in_force=life),
            {"orderType": "Limit", "timeInForce": word, "qty": "1", "price": "2"},
        )
        for life, word in (
            (TimeInForce.IOC, "IOC"),
            (TimeInForce.FOK, "FOK"),
            (TimeInForce.POST_ONLY, "PostOnly"),
        )
    ),
    (
        MarketOrder(**LIMIT, amount=Decimal("0.1")),
        {"orderType": "Market", "qty": "0.1", "marketUnit": "baseCoin"},
    ),
    (
        MarketBuyWithCost(symbol="BTC/USDT", cost=Decimal(100), client_order_id="mine-1"),
        {"orderType": "Market", "qty": "100", "marketUnit": "quoteCoin"},
    ),
]


@pytest.mark.parametrize(("order", "expected"), ORDERS, ids=lambda one: type(one).__name__)
def test_an_order_says_all_of_itself_in_a_json_body(
    order: OrderRequest, expected: dict[str, str]
) -> None:
    request = BYBIT.create_order(BTC, order).request
    usual = {"category": "spot", "symbol": "BTCUSDT", "side": "Buy", "orderLinkId": "mine-1"}
    assert told(request) == usual | expected
    assert (request.method, request.path, request.params) == ("POST", "/v5/order/create", ())
    assert request.signed
    assert request.changes
    assert request.has_deadline


def test_a_sale_is_spelt_with_a_capital() -> None:
    order = MarketOrder(
        symbol="BTC/USDT", side=Side.SELL, amount=Decimal(1), client_order_id="mine-1"
    )
    assert told(BYBIT.create_order(BTC, order).request)["side"] == "Sell"


@pytest.mark.parametrize(
    ("names", "expected"),
    [(("7", None), {"orderId": "7"}), ((None, "mine-1"), {"orderLinkId": "mine-1"})],
)
def test_an_order_is_named_by_one_of_its_ids(names: Any, expected: dict[str, str]) -> None:
    where = {"category": "spot", "symbol": "BTCUSDT"}
    cancel = BYBIT.cancel_order(BTC, *names).request
    assert told(cancel) == where | expected
    assert cancel.changes
    call = BYBIT.fetch_order(BTC, *names)
    assert asked(call) == where | expected
    assert call.request.path == "/v5/order/realtime"
    assert call.otherwise is not None
    assert asked(call.otherwise) == where | expected
    assert call.otherwise.request.path == "/v5/order/history"


def test_an_empty_list_is_not_found_and_never_an_order() -> None:
    call = BYBIT.fetch_order(BTC, "7", None)
    empty = Reply(200, {}, b'{"retCode":0,"result":{"list":[],"nextPageCursor":""}}')
    with pytest.raises(OrderNotFound):
        call.parse(empty)


def test_several_orders_are_canceled_in_one_request_that_weighs_as_many() -> None:
    request = BYBIT.cancel_orders(BTC, ("1", "2", "3")).request
    assert told(request) == {
        "category": "spot",
        "request": [{"symbol": "BTCUSDT", "orderId": name} for name in "123"],
    }
    assert request.many
    assert request.costs[0].weight == 3


def test_demo_trading_cannot_cancel_several_at_once() -> None:
    """https://bybit-exchange.github.io/docs/v5/demo"""
    assert BYBIT.capabilities.not_in == {"demo": {"cancel_orders"}}


@pytest.mark.parametrize(
    ("window", "expected"),
    [
        (None, {}),
        (Window(SINCE, SINCE + DAY), {"start": str(FIRST), "end": str(FIRST + 86_400_000 - 1)}),
    ],
)
def test_candles_are_asked_for_by_their_first_and_last_moment(
    window: Window | None, expected: dict[str, str]
) -> None:
    usual = {"category": "spot", "symbol": "BTCUSDT", "interval": "60", "limit": "24"}
    assert asked(BYBIT.fetch_ohlcv(BTC, "1h", window, 24)) == usual | expected


def test_no_list_is_asked_for_more_than_seven_days() -> None:
    listing = Listing(MARKETS, BTC, Window(SINCE, SINCE + 10 * DAY), 50)
    first = BYBIT.fetch_my_trades(listing)
    assert asked(first) == {
        "category": "spot",
        "symbol": "BTCUSDT",
        "execType": "Trade",
        "startTime": str(FIRST),
        "endTime": str(FIRST + WEEK - 1),
        "limit": "50",
    }
    empty = Reply(200, {}, b'{"retCode":0,"result":{"list":[],"nextPageCursor":""}}')
    following = first.parse(empty).next
    second = asked(BYBIT.fetch_my_trades(Listing(MARKETS, BTC, listing.window, 50, following)))
    assert second["startTime"] == str(FIRST + WEEK)
    assert second["endTime"] == str(FIRST + 10 * 86_400_000 - 1)


def test_a_cursor_goes_back_as_the_venue_wrote_it() -> None:
    """It is told percent-encoded: what goes onto the wire is the same text, encoded once."""
    page = Reply(
        200, {}, b'{"retCode":0,"result":{"list":[],"nextPageCursor":"page%3D7%26symbol%3D6%26"}}'
    )
    following = BYBIT.fetch_open_orders(Listing(MARKETS)).parse(page).next
    call = BYBIT.fetch_open_orders(Listing(MARKETS, cursor=following))
    assert asked(call)["cursor"] == "page=7&symbol=6&"
    assert "symbol" not in asked(call)


def test_every_request_counts_for_its_address_and_signed_ones_for_their_account() -> None:
    """https://bybit-exchange.github.io/docs/v5/rate-limit"""
    public = BYBIT.fetch_ticker(BTC).request.costs
    assert [(one.limit, one.seconds, one.scope) for one in public] == [(600, 5, LimitScope.IP)]
    mine = BYBIT.fetch_balance().request.costs
    assert [(one.limit, one.seconds, one.scope) for one in mine] == [
        (50, 1, LimitScope.ACCOUNT),
        (600, 5, LimitScope.IP),
    ]
    assert BYBIT.fetch_trading_fees(MARKETS, None).request.costs[0].limit == 5


def test_a_raw_post_has_its_parameters_in_a_json_body() -> None:
    asked = Request(method="POST", path="/v5/x", params=(("a", "1"),))
    assert BYBIT.raw_request(asked).body == b'{"a":"1"}'
    assert BYBIT.raw_request(asked).params == ()
