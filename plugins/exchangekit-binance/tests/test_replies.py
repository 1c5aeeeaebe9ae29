"""What Binance answers, and what the adapter makes of it: the quirks of this venue."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from exchangekit_binance.adapter import BinanceAdapter

from exchangekit.adapter import Call, Listing, Reply, Window, utc
from exchangekit.errors import BadReply
from exchangekit.models import (
    Fee,
    LimitOrder,
    Market,
    MarketBuyWithCost,
    OrderStatus,
    OrderType,
    Side,
    TimeInForce,
    VenueState,
)
from exchangekit.models.markets import index

BINANCE = BinanceAdapter()
BTC = Market(symbol="BTC/USDT", id="BTCUSDT", base="BTC", quote="USDT")
MARKETS = index((BTC,))
DAY = datetime(2024, 3, 1, tzinfo=UTC)
MS = 1709251200000

ROW = {
    "symbol": "BTCUSDT",
    "orderId": 28,
    "clientOrderId": "mine1",
    "price": "40000.00000000",
    "origQty": "0.50000000",
    "executedQty": "0.20000000",
    "origQuoteOrderQty": "0.000000",
    "cummulativeQuoteQty": "8000.00000000",
    "status": "PARTIALLY_FILLED",
    "timeInForce": "GTC",
    "type": "LIMIT",
    "side": "BUY",
    "time": MS,
    "updateTime": MS + 1,
}

SYMBOL = {
    "symbol": "BTCUSDT",
    "status": "TRADING",
    "baseAsset": "BTC",
    "quoteAsset": "USDT",
    "quoteAssetPrecision": 8,
    "orderTypes": ["LIMIT", "LIMIT_MAKER", "MARKET", "STOP_LOSS_LIMIT"],
    "quoteOrderQtyMarketAllowed": True,
    "isSpotTradingAllowed": True,
    "filters": [],
}

PRICE = {"filterType": "PRICE_FILTER", "minPrice": "0.01", "maxPrice": "900", "tickSize": "0.01"}
LOT = {"filterType": "LOT_SIZE", "minQty": "0.001", "maxQty": "90", "stepSize": "0.001"}
MARKET_LOT = {"filterType": "MARKET_LOT_SIZE", "minQty": "0", "maxQty": "25.5", "stepSize": "0"}
NOTIONAL = {
    "filterType": "NOTIONAL",
    "minNotional": "5",
    "applyMinToMarket": True,
    "maxNotional": "9000",
    "applyMaxToMarket": False,
}


def read(call: Call[Any], said: Any) -> Any:
    data = said if isinstance(said, bytes) else json.dumps(said).encode()
    return call.parse(Reply(200, {}, data))


def market(*filters: dict[str, Any], **changes: Any) -> Market:
    said = {"symbols": [SYMBOL | {"filters": filters} | changes]}
    markets = read(BINANCE.fetch_markets(), said)
    assert markets.skipped == ()
    found: Market = markets["BTC/USDT"]
    return found


def test_a_market_is_read_from_its_filters() -> None:
    made = market(PRICE, LOT, MARKET_LOT, NOTIONAL, {"filterType": "ICEBERG_PARTS", "limit": 10})
    assert (made.price_step, made.min_price, made.max_price) == (Decimal("0.01"),) * 2 + (900,)
    assert (made.amount_step, made.min_amount, made.max_amount) == (Decimal("0.001"),) * 2 + (90,)
    assert made.market_amount_step == made.market_min_amount == Decimal("0.001")
    assert made.market_max_amount == Decimal("25.5")
    assert (made.min_cost, made.max_cost) == (5, 9000)
    assert made.cost_step == Decimal("1E-8")
    assert made.order_types == {OrderType.LIMIT, OrderType.MARKET}
    assert made.raw["filters"][0]["tickSize"] == "0.01"


def test_a_market_order_must_meet_both_lot_sizes() -> None:
    coarse = MARKET_LOT | {"minQty": "0.5", "stepSize": "0.01", "maxQty": "200"}
    made = market(LOT, coarse)
    assert (made.market_amount_step, made.market_min_amount) == (Decimal("0.01"), Decimal("0.5"))
    assert made.market_max_amount == 90
    alone = market(LOT)
    assert (alone.market_max_amount, alone.market_amount_step) == (90, Decimal("0.001"))


def test_a_notional_that_does_not_apply_to_market_orders_does_not_bind_them() -> None:
    made = market(NOTIONAL)
    big = MarketBuyWithCost(symbol="BTC/USDT", cost=Decimal(10_000))
    small = MarketBuyWithCost(symbol="BTC/USDT", cost=Decimal(4))
    assert made.problems(big) == ()
    assert [problem.filter for problem in made.problems(small)] == ["min_cost"]
    free = market(NOTIONAL | {"applyMinToMarket": False, "applyMaxToMarket": True})
    assert free.problems(small) == ()
    assert [problem.filter for problem in free.problems(big)] == ["max_cost"]
    limit = LimitOrder(symbol="BTC/USDT", side=Side.BUY, amount=Decimal(1), price=Decimal(4))
    assert [problem.filter for problem in free.problems(limit)] == ["min_cost"]
    old = {"filterType": "MIN_NOTIONAL", "minNotional": "5", "applyToMarket": False}
    assert market(old).min_cost == 5
    assert market(old).problems(small) == ()


def test_a_zero_is_no_rule() -> None:
    nothing = {"minPrice": "0.00", "maxPrice": "0.00", "tickSize": "0.00"}
    made = market({"filterType": "PRICE_FILTER"} | nothing)
    assert (made.price_step, made.min_price, made.max_price) == (None, None, None)
    assert (made.amount_step, made.min_cost, made.market_max_cost) == (None, None, None)
    none = {"minQty": "0.000", "maxQty": "0.000", "stepSize": "0.000"}
    no_lot, no_market_lot = LOT | none, MARKET_LOT | none
    no_cost = NOTIONAL | {"minNotional": "0.0", "maxNotional": "0.0", "applyMaxToMarket": True}
    made = market(no_lot, no_market_lot, no_cost)
    assert (made.amount_step, made.min_amount, made.max_amount) == (None, None, None)
    assert (made.market_amount_step, made.market_min_amount) == (None, None)
    assert made.market_max_amount is None
    assert (made.min_cost, made.max_cost) == (None, None)
    assert (made.market_min_cost, made.market_max_cost) == (None, None)
    # Where only one of the two lot sizes says something, that one holds.
    assert market(no_lot, MARKET_LOT).market_max_amount == Decimal("25.5")
    assert market(LOT, no_market_lot).market_max_amount == 90
    assert market(LOT, no_market_lot).market_amount_step == Decimal("0.001")


@pytest.mark.parametrize("turn", [1, -1])
def test_a_notional_counts_before_the_older_minimum_in_whatever_order_they_come(turn: int) -> None:
    old = {"filterType": "MIN_NOTIONAL", "minNotional": "3", "applyToMarket": False}
    made = market(*(NOTIONAL, old)[::turn])
    assert (made.min_cost, made.max_cost) == (5, 9000)
    assert (made.market_min_cost, made.market_max_cost) == (None, 0)
    assert market(old).min_cost == 3


def test_an_order_type_that_nobody_knows_yet_loses_no_market() -> None:
    made = market(orderTypes=["PEGGED_TOMORROW", "LIMIT", "MARKET", "STOP_LOSS"])
    assert made.order_types == {OrderType.LIMIT, OrderType.MARKET}
    assert market(orderTypes=["PEGGED_TOMORROW", "STOP_LOSS"]).order_types == frozenset()


@pytest.mark.parametrize("status", ["BREAK", "HALT", "END_OF_DAY", "CANCEL_ONLY", "NEW_WORD"])
def test_a_market_that_does_not_trade_is_known_but_not_active(status: str) -> None:
    assert market(status=status).active is False
    assert market().active is True


def test_what_is_not_spot_is_left_out_and_what_is_malformed_is_reported() -> None:
    leveraged = SYMBOL | {"symbol": "BTCUP", "baseAsset": "BTCUP", "isSpotTradingAllowed": False}
    broken = SYMBOL | {"symbol": "XUSDT", "filters": [PRICE | {"tickSize": "small"}]}
    markets = read(BINANCE.fetch_markets(), {"symbols": [leveraged, broken, SYMBOL]})
    assert markets.symbols() == ("BTC/USDT",)
    ((name, reason),) = markets.skipped
    assert name == "XUSDT"
    assert "tickSize" in reason


def test_a_symbol_without_market_buys_by_cost_says_so() -> None:
    made = market(quoteOrderQtyMarketAllowed=False, orderTypes=["LIMIT"])
    assert (made.buy_with_cost, made.order_types) == (False, {OrderType.LIMIT})


def test_an_empty_side_of_the_book_is_no_price() -> None:
    row = {
        "symbol": "BTCUSDT",
        "lastPrice": "4.00",
        "priceChangePercent": "-95.960",
        "weightedAvgPrice": "0.29",
        "bidPrice": "0.00000000",
        "bidQty": "0.00000000",
        "askPrice": "4.10",
        "askQty": "2",
        "closeTime": MS,
    }
    made = read(BINANCE.fetch_ticker(BTC), row)
    assert (made.last, made.bid, made.ask, made.vwap) == (4, None, Decimal("4.1"), Decimal("0.29"))
    assert (made.percentage, made.timestamp) == (Decimal("-95.960"), DAY)
    both = read(BINANCE.fetch_tickers(MARKETS), [row | {"symbol": "OTHER"}, row])
    assert list(both) == ["BTC/USDT"]
    assert both["BTC/USDT"].raw["askQty"] == "2"


def test_the_newest_trades_come_oldest_first() -> None:
    row = {"id": 7, "price": "4", "qty": "3", "time": MS, "isBuyerMaker": True}
    later = row | {"id": 8, "isBuyerMaker": False, "quoteQty": "12.5"}
    first, second = read(BINANCE.fetch_trades(BTC, 2), [row, later])
    assert (first.id, first.side, first.cost) == ("7", Side.SELL, 12)
    assert (second.id, second.side, second.cost) == ("8", Side.BUY, Decimal("12.5"))


def test_a_candle_has_twelve_columns_and_the_first_six_are_read() -> None:
    said = [[MS, "4", "5", "3", "4.5", "7.25", MS + 59999, "9", 3, "1", "2", "0"]]
    (candle,) = read(BINANCE.fetch_ohlcv(BTC, "1m", None, 1), said)
    assert candle == (DAY, 4, 5, 3, Decimal("4.5"), Decimal("7.25"))


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ({"status": 0, "msg": "normal"}, VenueState.OK),
        ({"status": 1, "msg": "system maintenance"}, VenueState.MAINTENANCE),
        ({"status": 2, "msg": "something new"}, VenueState.UNKNOWN),
    ],
)
def test_the_status_page_is_believed(said: dict[str, Any], state: VenueState) -> None:
    status = read(BINANCE.fetch_status(), said)
    assert (status.state, status.message) == (state, said["msg"])


def test_the_key_tells_its_permissions_and_its_ip_rule() -> None:
    said = {
        "ipRestrict": True,
        "createTime": MS,
        "enableReading": True,
        "enableWithdrawals": False,
        "enableSpotAndMarginTrading": True,
    }
    key = read(BINANCE.fetch_api_key(), said)
    assert (key.can_read, key.can_trade, key.can_withdraw) == (True, True, False)
    assert (key.ip_restricted, key.ips, key.expires) == (True, None, None)
    assert key.raw["createTime"] == MS
    ends = read(BINANCE.fetch_api_key(), said | {"tradingAuthorityExpirationTime": MS}).expires
    assert ends == utc(MS)


def test_fees_add_up_over_their_kinds_and_the_dearer_side() -> None:
    def rates(maker: str, taker: str, buyer: str, seller: str) -> dict[str, str]:
        return {"maker": maker, "taker": taker, "buyer": buyer, "seller": seller}

    said = {
        "symbol": "BTCUSDT",
        "standardCommission": rates("0.001", "0.002", "0", "0"),
        "taxCommission": rates("0.00001", "0.00002", "0.0003", "0.0005"),
        "specialCommission": rates("0.1", "0.2", "0", "0"),
        "discount": {"enabledForAccount": True, "discount": "0.75"},
    }
    fee = read(BINANCE.fetch_trading_fees(MARKETS, BTC), said)["BTC/USDT"]
    assert (fee.maker, fee.taker) == (Decimal("0.10151"), Decimal("0.20252"))


def test_a_new_order_is_answered_with_its_fills_and_their_fees_by_currency() -> None:
    asked = MarketBuyWithCost(symbol="BTC/USDT", cost=Decimal(30), client_order_id="mine1")
    fills = [
        {"price": "10", "qty": "1", "commission": "0.1", "commissionAsset": "BNB", "tradeId": 1},
        {"price": "9", "qty": "2", "commission": "0.2", "commissionAsset": "BNB", "tradeId": 2},
        {"price": "2", "qty": "1", "commission": "0", "commissionAsset": "BTC", "tradeId": 3},
    ]
    said = ROW | {
        "type": "MARKET",
        "price": "0.00000000",
        "origQty": "4",
        "executedQty": "4",
        "cummulativeQuoteQty": "30",
        "origQuoteOrderQty": "30",
        "status": "FILLED",
        "transactTime": MS,
        "fills": fills,
    }
    order = read(BINANCE.create_order(BTC, asked), said)
    assert order.fees == (
        Fee(currency="BNB", cost=Decimal("0.3")),
        Fee(currency="BTC", cost=Decimal(0)),
    )
    assert (order.status, order.average) == (OrderStatus.CLOSED, Decimal("7.5"))
    assert (order.amount, order.requested_cost, order.price) == (4, 30, None)
    assert (order.time_in_force, order.timestamp) == (None, DAY)
    rests = read(BINANCE.create_order(BTC, asked), said | {"fills": []})
    assert rests.fees == ()
    silent = read(BINANCE.create_order(BTC, asked), said | {"fills": [{"price": "10", "qty": "4"}]})
    assert (silent.status, silent.fees) == (OrderStatus.CLOSED, ())


def test_an_acknowledgement_is_completed_by_what_was_asked() -> None:
    asked = LimitOrder(
        symbol="BTC/USDT",
        side=Side.SELL,
        amount=Decimal(2),
        price=Decimal(9),
        time_in_force=TimeInForce.FOK,
        client_order_id="mine1",
    )
    order = read(BINANCE.create_order(BTC, asked), {"symbol": "BTCUSDT", "orderId": 28})
    assert (order.id, order.client_order_id) == ("28", "mine1")
    assert (order.side, order.amount, order.price) == ("sell", 2, 9)
    assert (order.time_in_force, order.status, order.fees) == ("fok", None, None)


@pytest.mark.parametrize("said", [{}, {"standardCommissionForOrder": {"maker": "0.1"}}])
def test_a_tested_order_is_answered_with_nothing_or_its_commissions(said: dict[str, Any]) -> None:
    asked = MarketBuyWithCost(symbol="BTC/USDT", cost=Decimal(30))
    assert read(BINANCE.test_order(BTC, asked), said) is None


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("NEW", OrderStatus.OPEN),
        ("PENDING_NEW", OrderStatus.OPEN),
        ("PARTIALLY_FILLED", OrderStatus.OPEN),
        ("PENDING_CANCEL", OrderStatus.OPEN),
        ("FILLED", OrderStatus.CLOSED),
        ("CANCELED", OrderStatus.CANCELED),
        ("REJECTED", OrderStatus.REJECTED),
        ("EXPIRED", OrderStatus.EXPIRED),
        ("EXPIRED_IN_MATCH", OrderStatus.EXPIRED),
    ],
)
def test_a_status_is_a_place_in_life_and_what_was_filled_is_apart(
    word: str, status: OrderStatus
) -> None:
    order = read(BINANCE.fetch_order(BTC, "28", None), ROW | {"status": word})
    assert (order.status, order.filled, order.remaining) == (
        status,
        Decimal("0.2"),
        Decimal("0.3"),
    )
    assert order.updated == DAY + timedelta(milliseconds=1)


@pytest.mark.parametrize(
    ("changes", "type", "time_in_force"),
    [
        ({"type": "LIMIT", "timeInForce": "IOC"}, "limit", "ioc"),
        ({"type": "LIMIT", "timeInForce": "FOK"}, "limit", "fok"),
        ({"type": "LIMIT_MAKER", "timeInForce": "GTC"}, "limit", "post_only"),
        ({"type": "MARKET", "timeInForce": "GTC"}, "market", None),
        ({"type": "STOP_LOSS_LIMIT", "timeInForce": "GTC"}, "limit", "gtc"),
        ({"type": "TAKE_PROFIT", "timeInForce": "GTC"}, "market", None),
    ],
)
def test_types_are_limit_or_market_whatever_triggers_them(
    changes: dict[str, str], type: str, time_in_force: str | None
) -> None:
    said = ROW | changes | {"stopPrice": "38000"}
    order = read(BINANCE.fetch_order(BTC, "28", None), said)
    assert (order.type, order.time_in_force, order.stop_price) == (type, time_in_force, 38000)


def test_a_side_that_the_documentation_does_not_have_is_not_guessed() -> None:
    with pytest.raises(BadReply, match="'NEW_WORD'"):
        read(BINANCE.fetch_order(BTC, "28", None), ROW | {"side": "NEW_WORD"})


@pytest.mark.parametrize("field", ["status", "type", "timeInForce"])
def test_a_word_that_the_documentation_does_not_have_is_unknown(field: str) -> None:
    made = read(BINANCE.fetch_order(BTC, "28", None), ROW | {field: "NEW_WORD"})
    assert "unknown" in (made.status, made.type, made.time_in_force)
    assert made.raw[field] == "NEW_WORD"


def test_a_cost_that_the_venue_has_forgotten_is_none() -> None:
    order = read(BINANCE.fetch_order(BTC, "28", None), ROW | {"cummulativeQuoteQty": "-1.0"})
    assert (order.cost, order.average, order.filled) == (None, None, Decimal("0.2"))


def test_in_the_reply_to_a_cancel_the_client_order_id_is_the_cancels_own() -> None:
    said = ROW | {"origClientOrderId": "mine1", "clientOrderId": "x", "transactTime": MS + 5}
    order = read(BINANCE.cancel_order(BTC, "28", None), said | {"status": "CANCELED"})
    assert (order.client_order_id, order.timestamp) == ("mine1", None)
    assert order.updated == DAY + timedelta(milliseconds=5)


def test_canceled_order_lists_give_their_orders() -> None:
    row = ROW | {"origClientOrderId": "mine1", "status": "CANCELED"}
    wrapped = {"orderListId": 9, "contingencyType": "OCO", "orders": [], "orderReports": [row, row]}
    report = read(BINANCE.cancel_all_orders(BTC), [row, wrapped | {"orderReports": [row, row]}])
    assert [order.client_order_id for order in report.canceled] == ["mine1"] * 3
    assert report.canceled[2].raw == row
    assert read(BINANCE.cancel_all_orders(BTC), []).canceled == ()


def test_open_orders_of_all_symbols_have_each_their_own() -> None:
    call = BINANCE.fetch_open_orders(Listing(MARKETS, None))
    page = read(call, [ROW, ROW | {"symbol": "GONEUSDT"}])
    assert [order.symbol for order in page.items] == ["BTC/USDT", "GONEUSDT"]
    assert page.next is None


def served(rows: list[dict[str, Any]], call: Call[Any], name: str) -> list[dict[str, Any]]:
    """What the venue says: oldest first from an id or a time, at most a thousand."""
    asked = dict(call.request.params)
    assert int(asked.get("endTime", 0)) - int(asked.get("startTime", 0)) < 24 * 3600 * 1000
    if "startTime" in asked:
        found = [row for row in rows if int(asked["startTime"]) <= row["time"]]
        found = [row for row in found if row["time"] <= int(asked["endTime"])]
    else:
        start = "fromId" if name == "id" else "orderId"
        found = [row for row in rows if row[name] >= int(asked[start])]
    return found[: int(asked["limit"])]


def whole(fetch: Any, rows: list[dict[str, Any]], name: str, window: Window) -> tuple[Any, int]:
    """What the pages told, each row once: a full page is followed from its last id on."""
    found: dict[str, Any] = {}
    cursor, calls = None, 0
    while calls == 0 or cursor is not None:
        call = fetch(Listing(MARKETS, BTC, window, 1000, cursor))
        page = read(call, served(rows, call, name))
        found |= {item.id: item for item in page.items}
        cursor, calls = page.next, calls + 1
        assert calls < 40
    return list(found.values()), calls


def test_a_month_of_fills_is_read_without_gaps_or_repeats_thousands_at_one_instant() -> None:
    base = {
        "orderId": 1,
        "price": "2",
        "qty": "3",
        "quoteQty": "6",
        "commission": "0.01",
        "commissionAsset": "BNB",
        "isBuyer": False,
        "isMaker": True,
    }
    rows = [
        base | {"id": number, "time": MS + (0 if number < 2500 else number * 1_000_000)}
        for number in range(4000)
    ]
    window = Window(DAY - timedelta(days=3), DAY + timedelta(days=30))
    found, calls = whole(BINANCE.fetch_my_trades, rows, "id", window)
    until = MS + 30 * 24 * 3600 * 1000
    assert [int(item.id) for item in found] == [row["id"] for row in rows if row["time"] < until]
    assert len(found) > 2500
    assert calls == 3 + 1 + 2
    assert (found[0].side, found[0].liquidity) == (Side.SELL, "maker")
    assert found[0].fee == Fee(currency="BNB", cost=Decimal("0.01"))


def test_closed_orders_are_led_on_by_their_ids() -> None:
    rows = [
        ROW | {"orderId": 100 + number, "time": MS + number * 60_000, "status": status}
        for number, status in enumerate(["FILLED", "NEW", "CANCELED"] * 1000)
    ]
    window = Window(DAY, DAY + timedelta(days=2))
    found, calls = whole(BINANCE.fetch_closed_orders, rows, "orderId", window)
    inside = [row for row in rows if row["time"] < MS + 2 * 24 * 3600 * 1000]
    assert [int(order.id) for order in found] == [
        row["orderId"] for row in inside if row["status"] != "NEW"
    ]
    assert calls == 3


def test_quiet_days_are_passed_over_one_by_one() -> None:
    window = Window(DAY, DAY + timedelta(days=4, hours=1))
    found, calls = whole(BINANCE.fetch_my_trades, [], "id", window)
    assert (found, calls) == ([], 5)
