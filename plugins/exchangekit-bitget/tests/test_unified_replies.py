"""What the adapter of unified accounts makes of answers, from rows as the venue documents them."""

import json
from decimal import Decimal
from typing import Any

import pytest
from exchangekit_bitget.unified.adapter import BitgetUnifiedAdapter

from exchangekit.adapter import Call, Listing, Reply
from exchangekit.errors import BadReply, OrderNotFound, PermissionDenied
from exchangekit.models import (
    Fee,
    Liquidity,
    Market,
    MarketBuyWithCost,
    Order,
    OrderStatus,
    OrderType,
    Side,
    TimeInForce,
)
from exchangekit.models.markets import index

UTA = BitgetUnifiedAdapter()
BTC = Market(symbol="BTC/USDT", id="BTCUSDT", base="BTC", quote="USDT")
ETH = Market(symbol="ETH/USDT", id="ETHUSDT", base="ETH", quote="USDT")
MARKETS = index((BTC, ETH))
NOW = 1709645944239
D = Decimal


def read(call: Call[Any], data: Any) -> Any:
    told = {"code": "00000", "msg": "success", "requestTime": NOW, "data": data}
    return call.parse(Reply(200, {}, json.dumps(told).encode()))


# https://www.bitget.com/api-doc/uta/trade/Get-Order-Details
ORDER = {
    "orderId": "111", "clientOid": "mine-1", "category": "SPOT", "symbol": "BTCUSDT",
    "orderType": "limit", "side": "buy", "price": "66000", "qty": "0.01", "amount": "660",
    "cumExecQty": "0", "cumExecValue": "0", "avgPrice": "0", "timeInForce": "post_only",
    "orderStatus": "live", "posSide": "", "holdMode": "", "reduceOnly": "NO",
    "feeDetail": [{"feeCoin": None, "fee": None}], "cancelReason": "", "execType": "",
    "createdTime": "1730295766596", "updatedTime": "1730295766691",
}  # fmt: skip


def order(**fields: Any) -> Order:
    made: Order = read(UTA.fetch_order(BTC, "111", None), ORDER | fields)
    return made


def test_a_resting_order() -> None:
    made = order()
    assert (made.symbol, made.side, made.type) == ("BTC/USDT", Side.BUY, OrderType.LIMIT)
    assert (made.price, made.amount, made.filled, made.cost) == (66000, D("0.01"), 0, 0)
    assert (made.status, made.time_in_force) == (OrderStatus.OPEN, TimeInForce.POST_ONLY)
    assert (made.fees, made.requested_cost) == ((), None)


@pytest.mark.parametrize(
    ("word", "filled", "status"),
    [
        ("live", "0", OrderStatus.OPEN),
        ("new", "0", OrderStatus.OPEN),
        ("partially_filled", "0.004", OrderStatus.OPEN),
        ("filled", "0.01", OrderStatus.CLOSED),
        ("cancelled", "0.004", OrderStatus.CANCELED),
        ("gone_fishing", "0", OrderStatus.UNKNOWN),
    ],
)
def test_the_words_of_a_status(word: str, filled: str, status: OrderStatus) -> None:
    made = order(orderStatus=word, cumExecQty=filled, cumExecValue=str(D(filled) * 65000))
    assert (made.status, made.filled) == (status, D(filled))


def test_the_qty_of_a_market_buy_is_0_and_its_amount_is_what_to_spend() -> None:
    fees = [{"feeCoin": "BTC", "fee": "0.00000744"}]
    paid = {"cumExecQty": "0.0372", "cumExecValue": "99.853356", "feeDetail": fees}
    bought = order(orderType="market", price="0", qty="0", amount="100", **paid)
    assert (bought.requested_cost, bought.amount, bought.price) == (100, None, None)
    assert (bought.filled, bought.cost, bought.time_in_force) == (
        D("0.0372"), D("99.853356"), None
    )  # fmt: skip
    assert bought.fees == (Fee(currency="BTC", cost=D("0.00000744")),)
    sold = order(orderType="market", side="sell", price="0", qty="2", amount="0")
    assert (sold.requested_cost, sold.amount) == (None, 2)


@pytest.mark.parametrize("category", ["USDT-FUTURES", "MARGIN"])
def test_an_order_of_another_product_is_not_passed_off_as_one_of_spot(category: str) -> None:
    """Any order is found by its id, and markets of futures are called as those of spot are."""
    with pytest.raises(BadReply, match=category):
        order(category=category)
    assert order(category="spot").id == "111"


def test_a_forgotten_order_is_looked_for_among_the_newest() -> None:
    others = [ORDER | {"clientOid": f"other-{at}", "orderId": str(at)} for at in range(3)]
    older = ORDER | {"orderId": "7"}
    listed = {"list": [*others, ORDER, older], "cursor": "7"}
    by_name = UTA.fetch_order(BTC, None, "mine-1").otherwise
    by_id = UTA.fetch_order(BTC, "7", None).otherwise
    assert by_name is not None
    assert by_id is not None
    assert (read(by_name, listed).id, read(by_id, listed).id) == ("111", "7")
    with pytest.raises(OrderNotFound, match="by their id only"):
        read(by_name, {"list": others, "cursor": ""})
    with pytest.raises(OrderNotFound, match="newest 3 orders has this id"):
        read(by_id, {"list": others, "cursor": ""})


def test_a_new_order_is_what_was_asked_under_the_ids_that_came() -> None:
    asked = MarketBuyWithCost(symbol="BTC/USDT", cost=D(50), client_order_id="mine-1")
    told = {"orderId": "7", "clientOid": "mine-1"}
    made: Order = read(UTA.create_order(BTC, asked), told)
    assert (made.id, made.client_order_id, made.requested_cost) == ("7", "mine-1", 50)
    assert (made.status, made.filled, made.side) == (None, None, Side.BUY)
    canceled: Order = read(UTA.cancel_order(BTC, "7", None), told)
    assert (canceled.id, canceled.status) == ("7", None)


def test_what_is_open_is_not_told_among_what_is_closed() -> None:
    rows = [ORDER, ORDER | {"orderId": "112", "orderStatus": "cancelled"}]
    page = read(UTA.fetch_closed_orders(Listing(MARKETS, BTC)), {"list": rows, "cursor": "112"})
    assert ([one.id for one in page.items], page.next) == (["112"], "0::112")


@pytest.mark.parametrize("end", [None, ""])
def test_pages_go_on_until_there_is_no_cursor(end: str | None) -> None:
    told = {"list": [], "cursor": end}
    assert read(UTA.fetch_open_orders(Listing(MARKETS)), told).next is None
    assert read(UTA.fetch_open_orders(Listing(MARKETS)), told | {"cursor": "9"}).next == "0::9"
    with pytest.raises(BadReply):
        read(UTA.fetch_open_orders(Listing(MARKETS)), {"list": []})


@pytest.mark.parametrize("code", [None, "", "0", "00000", "missing"])
def test_of_orders_canceled_together_each_has_its_own_end(code: str | None) -> None:
    """https://www.bitget.com/api-doc/uta/trade/Cancel-Batch"""
    done: dict[str, Any] = {"orderId": "7", "clientOid": "a", "code": code, "msg": ""}
    if code == "missing":
        del done["code"]
    gone = {"orderId": "8", "clientOid": "b", "code": "25204", "msg": "Order does not exist"}
    report = read(UTA.cancel_orders(BTC, ("7", "8")), [done, gone])
    assert [one.id for one in report.canceled] == ["7"]
    assert [(one.order_id, one.reason) for one in report.failed] == [
        ("8", "Order does not exist (code 25204)")
    ]
    with pytest.raises(BadReply, match="3 orders were to be canceled, the reply is about 2"):
        read(UTA.cancel_orders(BTC, ("7", "8", "9")), [done, gone])


def test_the_switch_runs_from_the_time_of_the_reply() -> None:
    on, off = read(UTA.cancel_all_after(40), "success"), read(UTA.cancel_all_after(None), "success")
    assert on.triggers.timestamp() * 1000 == NOW + 40_000
    assert (on.is_armed, off.is_armed) == (True, False)
    for told in ("fail", None, {}):
        with pytest.raises(BadReply):
            read(UTA.cancel_all_after(40), told)


# https://www.bitget.com/api-doc/uta/trade/Get-Order-Fills
FILL = {
    "execId": "9", "execLinkId": "5", "orderId": "7", "clientOid": "mine-1", "category": "SPOT",
    "symbol": "BTCUSDT", "orderType": "market", "side": "sell", "execPrice": "60775.01",
    "execQty": "0.000246", "execValue": "14.95065246", "tradeScope": "taker", "tradeSide": "",
    "feeDetail": [{"feeCoin": "USDT", "fee": "0.01495"}], "createdTime": "1727902077401",
    "updatedTime": "1727902077419", "execPnl": "0",
}  # fmt: skip


def fills(market: Market | None, *rows: dict[str, Any]) -> Any:
    told = {"list": list(rows), "cursor": "9"}
    return read(UTA.fetch_my_trades(Listing(MARKETS, market)), told)


def test_a_fill() -> None:
    (made,) = fills(None, FILL).items
    assert (made.id, made.order_id, made.client_order_id) == ("9", "7", "mine-1")
    assert (made.price, made.amount, made.cost) == (D("60775.01"), D("0.000246"), D("14.95065246"))
    assert (made.fee.cost, made.fee.currency) == (D("0.01495"), "USDT")
    assert (made.side, made.liquidity) == (Side.SELL, Liquidity.TAKER)


@pytest.mark.parametrize(
    ("charges", "fee"),
    [
        ([{"feeCoin": "USDT", "fee": "-0.5"}], Fee(currency="USDT", cost=D("-0.5"))),
        (
            [{"feeCoin": "BGB", "fee": "2"}, {"feeCoin": "USDT", "fee": "0"}],
            Fee(currency="BGB", cost=D(2)),
        ),
        ([{"feeCoin": "BGB", "fee": "2"}, {"feeCoin": "USDT", "fee": "1"}], None),
        ([{"feeCoin": None, "fee": None}], None),
        ([], None),
    ],
)
def test_the_fee_of_a_fill_is_of_one_coin_or_not_told(charges: Any, fee: Fee | None) -> None:
    """https://www.bitget.com/api-doc/uta/changelog, 11 March 2026: below zero is a rebate."""
    (made,) = fills(None, FILL | {"feeDetail": charges}).items
    assert made.fee == fee


def test_of_the_fills_of_all_markets_those_of_one_are_taken() -> None:
    other = FILL | {"execId": "8", "symbol": "ETHUSDT"}
    page = fills(BTC, FILL, other)
    assert ([one.id for one in page.items], page.next) == (["9"], "0::9")
    assert [one.id for one in fills(None, FILL, other).items] == ["9", "8"]
    assert fills(BTC, other).next == "0::9"
    with pytest.raises(BadReply, match="ETHUSDT"):
        read(UTA.fetch_order_trades("7", Listing(MARKETS, BTC)), {"list": [other], "cursor": ""})


@pytest.mark.parametrize(
    ("available", "balance", "free"), [("1", "1", "1"), ("1.5", "1", "1"), ("0.5", "1", "0.5")]
)
def test_profits_that_are_not_realized_are_not_free(
    available: str, balance: str, free: str
) -> None:
    """https://www.bitget.com/api-doc/uta/intro: available is the balance and those profits."""
    row = {"coin": "BTC", "equity": "9", "usdValue": "1", "balance": balance,
           "available": available, "debt": "0", "locked": "0.2"}  # fmt: skip
    held = read(UTA.fetch_balance(), {"accountEquity": "1", "assets": [row]})["BTC"]
    assert (held.free, held.used, held.total) == (D(free), D("0.2"), 9)
    for name in ("available", "balance", "locked"):
        left = {key: value for key, value in row.items() if key != name}
        with pytest.raises(BadReply):
            read(UTA.fetch_balance(), {"assets": [left]})


# https://www.bitget.com/api-doc/uta/public/Instruments
INSTRUMENT = {
    "symbol": "ETHBTC", "category": "SPOT", "baseCoin": "ETH", "quoteCoin": "BTC",
    "buyLimitPriceRatio": "0.05", "sellLimitPriceRatio": "0.05", "minOrderQty": "0.001",
    "maxOrderQty": "0", "pricePrecision": "6", "quantityPrecision": "0", "quotePrecision": "8",
    "minOrderAmount": "1", "status": "online", "offTime": "", "areaSymbol": "no",
}  # fmt: skip


def test_the_rules_of_a_market() -> None:
    listed = [INSTRUMENT, INSTRUMENT | {"symbol": "ETHUSDT", "quoteCoin": "USDT"}]
    in_btc, in_usdt = read(UTA.fetch_markets(), listed).by_symbol.values()
    assert (in_btc.min_cost, in_usdt.min_cost) == (None, 1)
    assert (in_btc.price_step, in_btc.amount_step, in_btc.cost_step) == (D("1E-6"), 1, D("1E-8"))
    assert (in_btc.min_amount, in_btc.max_amount, in_btc.active) == (None, None, True)


@pytest.mark.parametrize(
    ("status", "through_api"),
    [("listed", True), ("limit_open", True), ("offline", True), ("restrictedAPI", False)],
)
def test_only_a_symbol_that_is_online_is_active(status: str, through_api: bool) -> None:
    (made,) = read(UTA.fetch_markets(), [INSTRUMENT | {"status": status}]).by_symbol.values()
    assert (made.active, made.through_api) == (False, through_api)


@pytest.mark.parametrize(
    ("kind", "permissions", "read_trade_withdraw"),
    [
        ("read-only", ["uta_mgt", "uta_trade"], (True, False, False)),
        ("read-and-write", ["uta_mgt", "uta_trade"], (True, True, False)),
        ("read-and-write", ["uta_trade", "withdraw"], (False, True, True)),
        ("read-and-write", ["uta_mgt"], (False, False, False)),
    ],
)
def test_the_rights_of_a_key(
    kind: str, permissions: list[str], read_trade_withdraw: tuple[bool, bool, bool]
) -> None:
    """https://www.bitget.com/api-doc/uta/account/Get-Account-Info"""
    told = {"uid": "5", "ips": "10.0.0.1,10.0.0.2", "permType": kind, "permissions": permissions}
    info = read(UTA.fetch_api_key(), told)
    assert (info.can_read, info.can_trade, info.can_withdraw) == read_trade_withdraw
    assert (info.ips, info.ip_restricted, info.account_id) == (("10.0.0.1", "10.0.0.2"), True, "5")
    assert read(UTA.fetch_api_key(), told | {"ips": ""}).ip_restricted is not True
    del told["uid"]
    assert read(UTA.fetch_api_key(), told | {"userId": "6"}).account_id == "6"


@pytest.mark.parametrize("permissions", [["stor", "stow"], ["withdraw"], []])
def test_a_key_without_any_right_here_is_told_of_the_other_venue(permissions: list[str]) -> None:
    told = {"uid": "5", "ips": "", "permType": "read-and-write", "permissions": permissions}
    with pytest.raises(PermissionDenied) as caught:
        read(UTA.fetch_api_key(), told)
    assert caught.value.hint is not None
    assert '"bitget"' in caught.value.hint


def test_a_change_is_told_as_a_ratio_and_an_empty_price_is_none() -> None:
    """https://www.bitget.com/api-doc/uta/public/Tickers"""
    row = {"category": "SPOT", "symbol": "BTCUSDT", "lastPrice": "4038", "openPrice24h": "4000",
           "highPrice24h": "4100", "lowPrice24h": "3900", "ask1Price": "", "bid1Price": "4038",
           "bid1Size": "0.390495", "ask1Size": "0", "price24hPcnt": "0.0095", "volume24h": "2",
           "turnover24h": "8000", "ts": "1735109995767"}  # fmt: skip
    made = read(UTA.fetch_ticker(BTC), [row])
    assert (made.percentage, made.change, made.ask, made.bid) == (D("0.95"), None, None, 4038)
    assert (made.base_volume, made.quote_volume) == (2, 8000)


def test_a_book_and_trades_with_numbers_or_texts() -> None:
    book = {"a": [[73000.0, 0.007]], "b": [["71213.8", "1.836"]], "ts": "1730969017964"}
    made = read(UTA.fetch_order_book(BTC, 5), book)
    assert (made.asks[0].price, made.bids[0].amount) == (73000, D("1.836"))
    rows = [
        {"execId": "2", "price": "30007.0", "size": "0.0166", "side": "buy", "ts": "1627116776464"},
        {"execId": "1", "price": "29990.5", "size": "0.02", "side": "sell", "ts": "1627116600875"},
    ]
    first, second = read(UTA.fetch_trades(BTC, 2), rows)
    assert (first.id, first.side, second.price) == ("1", Side.SELL, 30007)
