"""What MEXC answers, and what the adapter makes of it: the quirks of this venue."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from exchangekit_mexc.adapter import MexcAdapter

from exchangekit.adapter import Call, Listing, Reply, Window
from exchangekit.errors import BadReply, Unsupported
from exchangekit.models import (
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

MEXC = MexcAdapter()
BTC = Market(symbol="BTC/USDT", id="BTCUSDT", base="BTC", quote="USDT")
MARKETS = index((BTC,))
DAY = datetime(2024, 3, 1, tzinfo=UTC)
MS = 1709251200000

ROW = {
    "symbol": "BTCUSDT",
    "orderId": "C02__1",
    "clientOrderId": "mine1",
    "price": "40000",
    "origQty": "0.5",
    "executedQty": "0.2",
    "cummulativeQuoteQty": "8000",
    "status": "PARTIALLY_FILLED",
    "type": "LIMIT",
    "side": "BUY",
    "time": MS,
    "updateTime": None,
}

SYMBOL = {
    "symbol": "BTCUSDT",
    "status": "1",
    "baseAsset": "BTC",
    "baseAssetPrecision": 8,
    "quoteAsset": "USDT",
    "quotePrecision": 2,
    "orderTypes": ["LIMIT", "MARKET", "LIMIT_MAKER"],
    "isSpotTradingAllowed": True,
    "quoteAmountPrecision": "1",
    "quoteAmountPrecisionMarket": "2",
    "baseSizePrecision": "0.000001",
    "maxQuoteAmount": "4000000",
    "maxQuoteAmountMarket": "100000",
    "makerCommission": "0",
    "takerCommission": "0.0005",
    "filters": [],
    "tradeSideType": "1",
}


def read(call: Call[Any], said: Any) -> Any:
    data = said if isinstance(said, bytes) else json.dumps(said).encode()
    return call.parse(Reply(200, {}, data))


def market(**changes: Any) -> Market:
    markets = read(MEXC.fetch_markets(), {"symbols": [SYMBOL | changes]})
    assert markets.skipped == ()
    found: Market = markets["BTC/USDT"]
    return found


def test_a_market_without_filters_is_read_from_its_precisions() -> None:
    made = market()
    assert (made.price_step, made.amount_step) == (Decimal("0.01"), Decimal("0.00000001"))
    assert (made.min_amount, made.min_cost, made.max_cost) == (Decimal("0.000001"), 1, 4000000)
    assert (made.market_min_cost, made.market_max_cost) == (2, 100000)
    assert (made.maker, made.taker) == (0, Decimal("0.0005"))
    assert made.order_types == {OrderType.LIMIT, OrderType.MARKET}
    assert (made.active, made.buy_with_cost) == (True, True)
    assert made.raw["maxQuoteAmount"] == "4000000"


def test_a_size_precision_of_zero_leaves_the_decimals_of_the_asset() -> None:
    made = market(baseSizePrecision="0", baseAssetPrecision=2)
    assert (made.amount_step, made.min_amount) == (Decimal("0.01"), None)


@pytest.mark.parametrize(
    ("amount", "problems"),
    [
        ("25.55", []),
        ("25.5", []),
        ("0.1", []),
        ("0.09", ["min_amount"]),
        ("9.999", ["amount_step"]),
    ],
)
def test_the_size_precision_is_the_least_amount_and_the_assets_decimals_are_the_step(
    amount: str, problems: list[str]
) -> None:
    """XRP, of which at least 0.1 is traded in steps of 0.01."""
    made = market(baseSizePrecision="0.1", baseAssetPrecision=2, quoteAmountPrecision="0")
    order = LimitOrder(
        symbol="BTC/USDT", side=Side.SELL, amount=Decimal(amount), price=Decimal("0.5")
    )
    assert [problem.filter for problem in made.problems(order)] == problems


def test_filters_win_where_they_are_sent() -> None:
    made = market(
        filters=[
            {"filterType": "PRICE_FILTER", "minPrice": "5", "maxPrice": "9", "tickSize": "0.5"},
            {"filterType": "LOT_SIZE", "minQty": "2", "maxQty": "8", "stepSize": "0.25"},
            {"filterType": "MIN_NOTIONAL", "minNotional": "7"},
            {"filterType": "SOMETHING_NEW", "limit": 3},
        ]
    )
    assert (made.price_step, made.min_price, made.max_price) == (Decimal("0.5"), 5, 9)
    assert (made.amount_step, made.min_amount, made.max_amount) == (Decimal("0.25"), 2, 8)
    assert made.min_cost == 7


def test_a_zero_is_no_rule() -> None:
    price = {"filterType": "PRICE_FILTER", "minPrice": "0", "maxPrice": "0", "tickSize": "0"}
    lot = {"filterType": "LOT_SIZE", "minQty": "0", "maxQty": "0", "stepSize": "0"}
    least = {"filterType": "MIN_NOTIONAL", "minNotional": "0"}
    amounts = ("quoteAmountPrecision", "quoteAmountPrecisionMarket")
    most = ("maxQuoteAmount", "maxQuoteAmountMarket")
    made = market(filters=[price, lot, least], **dict.fromkeys((*amounts, *most), "0"))
    assert (made.min_price, made.max_price, made.max_amount) == (None, None, None)
    assert (made.min_cost, made.market_min_cost) == (None, None)
    assert (made.max_cost, made.market_max_cost) == (None, None)
    # Steps and the least amount are then those of the precisions.
    assert (made.price_step, made.amount_step) == (Decimal("0.01"), Decimal("0.00000001"))
    assert made.min_amount == Decimal("0.000001")
    dear = MarketBuyWithCost(symbol="BTC/USDT", cost=Decimal(10**9))
    large = LimitOrder(
        symbol="BTC/USDT", side=Side.BUY, amount=Decimal(10**6), price=Decimal(10**6)
    )
    assert made.problems(dear) == made.problems(large) == ()


@pytest.mark.parametrize("turn", [1, -1])
def test_a_notional_counts_before_the_older_minimum_in_whatever_order_they_come(turn: int) -> None:
    rules = [
        {"filterType": "NOTIONAL", "minNotional": "7"},
        {"filterType": "MIN_NOTIONAL", "minNotional": "3"},
    ]
    assert market(filters=rules[::turn]).min_cost == 7
    assert market(filters=rules[:1]).min_cost == 7
    assert market(filters=rules[1:]).min_cost == 3


def test_an_order_type_that_nobody_knows_yet_loses_no_market() -> None:
    made = market(orderTypes=["ICEBERG_OF_TOMORROW", "LIMIT", "MARKET"])
    assert made.order_types == {OrderType.LIMIT, OrderType.MARKET}
    assert market(orderTypes=["ICEBERG_OF_TOMORROW"]).order_types == frozenset()


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "2"},
        {"status": "3"},
        {"status": "DISABLED"},
        {"isSpotTradingAllowed": False},
        {"tradeSideType": 4},
    ],
)
def test_a_market_that_the_api_may_not_trade_is_known_but_not_active(
    changes: dict[str, Any],
) -> None:
    made = market(**changes)
    assert made.active is False
    assert made.through_api is changes.get("isSpotTradingAllowed", True)


@pytest.mark.parametrize("changes", [{"status": "ENABLED"}, {"tradeSideType": 2}, {"filters": []}])
def test_both_spellings_of_online_are_active(changes: dict[str, Any]) -> None:
    assert market(**changes).active is True


def test_a_market_without_market_orders_takes_none() -> None:
    made = market(orderTypes=["LIMIT", "LIMIT_MAKER"])
    assert made.order_types == {OrderType.LIMIT}
    assert made.buy_with_cost is False


def test_one_malformed_market_is_skipped_and_reported() -> None:
    broken = SYMBOL | {"symbol": "XUSDT", "baseAsset": "X", "quotePrecision": "many"}
    markets = read(MEXC.fetch_markets(), {"symbols": [broken, SYMBOL]})
    assert markets.symbols() == ("BTC/USDT",)
    ((name, reason),) = markets.skipped
    assert name == "XUSDT"
    assert "quotePrecision" in reason


def test_a_ticker_has_a_ratio_for_a_percentage_and_blanks_for_numbers() -> None:
    row = {
        "symbol": "BTCUSDT",
        "lastPrice": "46263.71",
        "priceChangePercent": "0.00400048",
        "bidPrice": "46260.38",
        "bidQty": "",
        "askPrice": "0",
        "quoteVolume": None,
        "closeTime": MS,
    }
    made = read(MEXC.fetch_ticker(BTC), row)
    assert (made.last, made.bid, made.percentage) == (
        Decimal("46263.71"),
        Decimal("46260.38"),
        Decimal("0.400048"),
    )
    assert (made.bid_volume, made.ask, made.quote_volume, made.vwap) == (None, None, None, None)
    assert made.timestamp == DAY
    all_of_them = read(MEXC.fetch_tickers(MARKETS), [row, row | {"symbol": "NOTLISTED"}])
    assert all_of_them == {"BTC/USDT": made}


def test_a_book_may_tell_its_time() -> None:
    said = {"lastUpdateId": 7, "bids": [["2", "1"]], "asks": [], "timestamp": MS}
    book = read(MEXC.fetch_order_book(BTC, 5), said)
    assert (book.sequence, book.timestamp, book.best_bid, book.best_ask) == (7, DAY, (2, 1), None)
    assert read(MEXC.fetch_order_book(BTC, 5), {"bids": [], "asks": []}).timestamp is None


def test_trades_come_newest_first_without_ids_and_are_turned_round() -> None:
    def row(amount: str, time: int, buyer_made: bool) -> dict[str, Any]:
        return {
            "id": None,
            "price": "2",
            "qty": amount,
            "quoteQty": "9",
            "time": time,
            "isBuyerMaker": buyer_made,
        }

    said = [row("3", MS + 1, True), row("2", MS, False), row("1", MS, False)]
    trades = read(MEXC.fetch_trades(BTC, 3), said)
    assert [trade.amount for trade in trades] == [1, 2, 3]
    assert [trade.side for trade in trades] == [Side.BUY, Side.BUY, Side.SELL]
    assert [trade.id for trade in trades] == [None, None, None]
    assert trades[0].raw["qty"] == "1"


def test_a_candle_has_eight_columns_and_the_first_six_are_read() -> None:
    said = [[MS, "4", "5", "3", "4.5", "7.25", MS + 60000, "99"]]
    (candle,) = read(MEXC.fetch_ohlcv(BTC, "1m", None, 1), said)
    assert candle == (DAY, 4, 5, 3, Decimal("4.5"), Decimal("7.25"))


def test_balances_are_what_is_held_and_the_account_has_no_time() -> None:
    said = {"updateTime": None, "balances": [{"asset": "MX", "free": "3.5", "locked": "0.25"}]}
    balances = read(MEXC.fetch_balance(), said)
    assert (balances["MX"].free, balances["MX"].used) == (Decimal("3.5"), Decimal("0.25"))
    assert balances.timestamp is None
    assert balances["MX"].raw == said["balances"][0]


def test_the_account_tells_what_the_key_may_do_and_not_from_where() -> None:
    said = {"balances": [], "canTrade": True, "canWithdraw": False, "permissions": ["SPOT"]}
    key = read(MEXC.fetch_api_key(), said)
    assert (key.can_read, key.can_trade, key.can_withdraw) == (True, True, False)
    assert (key.ip_restricted, key.ips) == (None, None)
    assert key.raw["permissions"] == ["SPOT"]


def test_fees_are_json_numbers_and_stay_exact() -> None:
    said = b'{"data":{"makerCommission":0.003000000000000001,"takerCommission":0},"code":0}'
    fees = read(MEXC.fetch_trading_fees(MARKETS, BTC), said)
    assert fees["BTC/USDT"].maker == Decimal("0.003000000000000001")
    assert fees["BTC/USDT"].taker == 0


def test_a_ping_that_is_answered_is_all_that_the_venue_says_of_its_state() -> None:
    status = read(MEXC.fetch_status(), {})
    assert status.state is VenueState.OK
    assert "no status page" in status.message
    with pytest.raises(BadReply):
        read(MEXC.fetch_status(), b"<html>all is well</html>")


def test_a_new_order_is_acknowledged_without_status_or_fills() -> None:
    asked = LimitOrder(
        symbol="BTC/USDT",
        side=Side.SELL,
        amount=Decimal(6),
        price=Decimal(2),
        time_in_force=TimeInForce.IOC,
        client_order_id="mine1",
    )
    said = {
        "symbol": "BTCUSDT",
        "orderId": "C02__2",
        "orderListId": -1,
        "price": "2",
        "origQty": "6",
        "type": "IMMEDIATE_OR_CANCEL",
        "side": "SELL",
        "transactTime": MS,
    }
    order = read(MEXC.create_order(BTC, asked), said)
    assert (order.id, order.client_order_id, order.timestamp) == ("C02__2", "mine1", DAY)
    assert (order.side, order.type, order.time_in_force) == ("sell", "limit", "ioc")
    assert (order.amount, order.price) == (6, 2)
    assert (order.status, order.filled, order.cost, order.fees) == (None, None, None, None)
    assert order.raw == said
    by_cost = MarketBuyWithCost(symbol="BTC/USDT", cost=Decimal(30), client_order_id="mine1")
    order = read(MEXC.create_order(BTC, by_cost), {"symbol": "BTCUSDT", "orderId": 5})
    assert (order.id, order.requested_cost, order.amount, order.price) == ("5", 30, None, None)


def test_a_tested_order_is_answered_with_nothing() -> None:
    asked = MarketBuyWithCost(symbol="BTC/USDT", cost=Decimal(30))
    assert read(MEXC.test_order(BTC, asked), {}) is None
    with pytest.raises(BadReply):
        read(MEXC.test_order(BTC, asked), b"OK")


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("NEW", OrderStatus.OPEN),
        ("PARTIALLY_FILLED", OrderStatus.OPEN),
        ("FILLED", OrderStatus.CLOSED),
        ("CANCELED", OrderStatus.CANCELED),
        ("PARTIALLY_CANCELED", OrderStatus.CANCELED),
        ("REJECTED", OrderStatus.REJECTED),
        ("EXPIRED", OrderStatus.EXPIRED),
    ],
)
def test_a_status_is_a_place_in_life_and_what_was_filled_is_apart(
    word: str, status: OrderStatus
) -> None:
    order = read(MEXC.fetch_order(BTC, "C02__1", None), ROW | {"status": word})
    assert (order.status, order.filled, order.average) == (status, Decimal("0.2"), 40000)
    assert (order.client_order_id, order.timestamp, order.updated) == ("mine1", DAY, None)


@pytest.mark.parametrize(
    ("word", "time_in_force"),
    [
        ("LIMIT", "gtc"),
        ("LIMIT_MAKER", "post_only"),
        ("IMMEDIATE_OR_CANCEL", "ioc"),
        ("FILL_OR_KILL", "fok"),
    ],
)
def test_the_time_in_force_is_in_the_type(word: str, time_in_force: str) -> None:
    order = read(MEXC.fetch_order(BTC, "1", None), ROW | {"type": word, "timeInForce": None})
    assert (order.type, order.time_in_force) == ("limit", time_in_force)


def test_a_side_that_the_documentation_does_not_have_is_not_guessed() -> None:
    with pytest.raises(BadReply, match="'BUYING'"):
        read(MEXC.fetch_order(BTC, "1", None), ROW | {"side": "BUYING"})


@pytest.mark.parametrize("field", ["status", "type"])
def test_a_word_that_the_documentation_does_not_have_is_unknown(field: str) -> None:
    made = read(MEXC.fetch_order(BTC, "1", None), ROW | {field: "BUYING"})
    assert "unknown" in (made.status, made.type, made.time_in_force)
    assert made.raw[field] == "BUYING"


@pytest.mark.parametrize("field", ["status", "type", "side", "executedQty", "time"])
def test_an_order_that_lacks_what_is_always_sent_is_refused(field: str) -> None:
    said = {name: value for name, value in ROW.items() if name != field}
    with pytest.raises(BadReply, match=field):
        read(MEXC.fetch_order(BTC, "1", None), said)


def test_one_endpoint_says_qty_for_orig_qty() -> None:
    said = {name: value for name, value in ROW.items() if name != "origQty"} | {"Qty": "0.5"}
    order = read(MEXC.fetch_order(BTC, "1", None), said)
    assert (order.amount, order.remaining) == (Decimal("0.5"), Decimal("0.3"))


def test_the_price_of_a_market_order_and_the_cost_of_one_by_amount_are_estimates() -> None:
    sold = ROW | {"type": "MARKET", "side": "SELL", "origQuoteOrderQty": "5.27894"}
    order = read(MEXC.fetch_order(BTC, "1", None), sold)
    assert (order.price, order.requested_cost, order.time_in_force) == (None, None, None)
    bought = ROW | {"type": "MARKET", "origQty": "0", "origQuoteOrderQty": "30"}
    order = read(MEXC.fetch_order(BTC, "1", None), bought)
    assert (order.amount, order.requested_cost) == (None, 30)
    limit = read(MEXC.fetch_order(BTC, "1", None), ROW | {"origQuoteOrderQty": "20000"})
    assert limit.requested_cost is None


def test_in_the_reply_to_a_cancel_the_client_order_id_is_the_cancels_own() -> None:
    said = ROW | {"origClientOrderId": "mine1", "clientOrderId": "cancel9", "status": "CANCELED"}
    order = read(MEXC.cancel_order(BTC, "C02__1", None), said)
    assert (order.client_order_id, order.status) == ("mine1", OrderStatus.CANCELED)
    short = {name: ROW[name] for name in ("symbol", "orderId", "price", "origQty", "type", "side")}
    report = read(MEXC.cancel_all_orders(BTC), [said, short])
    assert [order.status for order in report.canceled] == [OrderStatus.CANCELED, None]
    assert report.canceled[1].client_order_id is None
    assert report.failed == ()


def test_closed_orders_leave_out_those_that_are_open() -> None:
    said = [ROW, ROW | {"orderId": "C02__2", "status": "FILLED"}]
    page = read(MEXC.fetch_closed_orders(Listing(MARKETS, BTC, None, 5)), said)
    assert [order.id for order in page.items] == ["C02__2"]
    assert read(MEXC.fetch_open_orders(Listing(MARKETS, BTC)), [ROW]).items[0].id == "C02__1"


def fill(number: int, second: int) -> dict[str, Any]:
    return {
        "symbol": "BTCUSDT",
        "id": f"deal{number}",
        "orderId": f"C02__{number % 7}",
        "price": "2",
        "qty": "3",
        "quoteQty": "6",
        "commission": "0.01",
        "commissionAsset": "MX",
        "time": MS + second * 1000,
        "isBuyer": True,
        "isMaker": False,
    }


def served(fills: list[dict[str, Any]], call: Call[Any]) -> list[dict[str, Any]]:
    """What a venue says that keeps the newest hundred and compares times in whole seconds."""
    asked = dict(call.request.params)
    first, last = int(asked.get("startTime", 0)), int(asked.get("endTime", 1e15))
    found = [row for row in fills if first <= row["time"] <= last]
    if "orderId" in asked:
        found = [row for row in found if row["orderId"] == asked["orderId"]]
    return sorted(found, key=lambda row: -row["time"])[: int(asked["limit"])]


def test_five_hundred_fills_are_read_a_hundred_at_a_time_without_gaps_or_repeats() -> None:
    fills = [fill(number, number // 3) for number in range(500)]
    window = Window(DAY + timedelta(seconds=10), DAY + timedelta(seconds=160))
    found, cursor, calls = [], None, 0
    while calls == 0 or cursor is not None:
        call = MEXC.fetch_my_trades(Listing(MARKETS, BTC, window, 100, cursor))
        page = read(call, served(fills, call))
        found += page.items
        cursor, calls = page.next, calls + 1
        assert calls < 50
    wanted = {row["id"] for row in fills if 10_000 <= row["time"] - MS < 160_000}
    assert {item.id for item in found} == wanted
    assert len(wanted) == 450


def test_the_fills_of_one_order_are_read_whole() -> None:
    fills = [fill(number * 7, number) for number in range(230)]
    found, cursor, calls = {}, None, 0
    while calls == 0 or cursor is not None:
        call = MEXC.fetch_order_trades("C02__0", Listing(MARKETS, BTC, cursor=cursor))
        page = read(call, served(fills, call))
        found |= {item.id: item for item in page.items}
        cursor, calls = page.next, calls + 1
        assert calls < 30
    assert len(found) == 230


def test_more_fills_in_a_second_than_the_venue_lists_are_not_lost_in_silence() -> None:
    fills = [fill(number, 5) for number in range(101)]
    window = Window(DAY, DAY + timedelta(hours=1))
    call = MEXC.fetch_my_trades(Listing(MARKETS, BTC, window, 100))
    with pytest.raises(Unsupported, match="2024-03-01T00:00:05"):
        read(call, served(fills, call))


def test_a_fill_has_its_fee_in_whatever_currency() -> None:
    (made,) = read(MEXC.fetch_my_trades(Listing(MARKETS, BTC, None, 1)), [fill(1, 0)]).items
    assert (made.fee.currency, made.fee.cost, made.cost) == ("MX", Decimal("0.01"), 6)
    assert (made.id, made.order_id, made.side, made.liquidity) == (
        "deal1",
        "C02__1",
        "buy",
        "taker",
    )


@pytest.mark.parametrize(
    ("said", "known"),
    [({"clientOrderId": "mine1"}, "mine1"), ({"clientOrderId": ""}, None), ({}, None)],
)
def test_a_fill_names_the_client_order_id_of_its_order(
    said: dict[str, str], known: str | None
) -> None:
    for call in (
        MEXC.fetch_my_trades(Listing(MARKETS, BTC, None, 1)),
        MEXC.fetch_order_trades("C02__1", Listing(MARKETS, BTC)),
    ):
        (made,) = read(call, [fill(1, 0) | said]).items
        assert made.client_order_id == known


def test_the_fills_of_one_order_are_looked_for_a_month_to_both_sides_in_whole_seconds() -> None:
    month = 2_592_000_000
    fills = [fill(number, number) for number in range(100)]
    for row in fills:
        row["time"] += 250
    page = read(MEXC.fetch_order_trades("C02__0", Listing(MARKETS, BTC)), fills)
    older = f"{MS - month}-{MS + 999}"
    newer = f"{MS + 99_000}-{MS + 99_250 + month}"
    assert page.next == f"{older},{newer}"
    request = MEXC.fetch_order_trades("C02__0", Listing(MARKETS, BTC, cursor=page.next)).request
    assert dict(request.params) == {
        "symbol": "BTCUSDT",
        "orderId": "C02__0",
        "startTime": str(MS - month),
        "endTime": str(MS + 999),
        "limit": "100",
    }
    few = read(MEXC.fetch_order_trades("C02__0", Listing(MARKETS, BTC)), fills[:99])
    assert (len(few.items), few.next) == (99, None)
