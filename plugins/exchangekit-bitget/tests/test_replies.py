"""What the Bitget adapter makes of the venue's answers, from rows as the venue documents them."""

import json
from decimal import Decimal
from typing import Any

import pytest
from exchangekit_bitget.adapter import BitgetAdapter

from exchangekit.adapter import Call, Listing, Reply
from exchangekit.errors import BadReply, OrderNotFound
from exchangekit.models import (
    Liquidity,
    Market,
    MarketBuyWithCost,
    Order,
    OrderStatus,
    OrderType,
    Side,
)
from exchangekit.models.markets import index

BITGET = BitgetAdapter()
BTC = Market(symbol="BTC/USDT", id="BTCUSDT", base="BTC", quote="USDT")
MARKETS = index((BTC,))
D = Decimal


def read(call: Call[Any], data: Any) -> Any:
    told = {"code": "00000", "msg": "success", "requestTime": 1709645944239, "data": data}
    return call.parse(Reply(200, {}, json.dumps(told).encode()))


ORDER = {
    "userId": "1", "symbol": "BTCUSDT", "orderId": "1148914989018062853", "clientOid": "mine-1",
    "price": "66000.0000000000000000", "size": "0.0100000000000000", "orderType": "limit",
    "side": "buy", "status": "live", "priceAvg": "0", "baseVolume": "0.0000000000000000",
    "quoteVolume": "0.0000000000000000", "enterPointSource": "API", "feeDetail": "",
    "orderSource": "normal", "cTime": "1709645944272", "uTime": "1709648518713",
}  # fmt: skip
FEES = (
    '{"BGB":{"deduction":true,"feeCoinCode":"BGB","totalDeductionFee":-0.0041,"totalFee":-0.0041},'
    '"BTC":{"deduction":false,"feeCoinCode":"BTC","totalDeductionFee":0,"totalFee":-8.9E-8},'
    '"newFees":{"c":0,"d":0,"deduction":false,"r":-8.9E-8,"t":-8.9E-8,"totalDeductionFee":0}}'
)


def order(**fields: Any) -> Order:
    made: Order = read(BITGET.fetch_order(BTC, "1", None), [ORDER | fields])
    return made


def test_a_resting_order() -> None:
    made = order()
    assert (made.symbol, made.side, made.type) == ("BTC/USDT", Side.BUY, OrderType.LIMIT)
    assert (made.price, made.amount, made.filled, made.cost) == (66000, D("0.01"), 0, 0)
    assert made.status is OrderStatus.OPEN
    assert (made.time_in_force, made.fees, made.requested_cost) == (None, None, None)


@pytest.mark.parametrize(
    ("word", "filled", "status"),
    [
        ("init", "0", OrderStatus.OPEN),
        ("new", "0", OrderStatus.OPEN),
        ("partially_filled", "0.004", OrderStatus.OPEN),
        ("filled", "0.01", OrderStatus.CLOSED),
        ("full_fill", "0.01", OrderStatus.CLOSED),
        ("cancelled", "0.004", OrderStatus.CANCELED),
        ("gone_fishing", "0", OrderStatus.UNKNOWN),
    ],
)
def test_the_words_of_a_status(word: str, filled: str, status: OrderStatus) -> None:
    made = order(status=word, baseVolume=filled, quoteVolume=str(D(filled) * 65000))
    assert (made.status, made.filled) == (status, D(filled))


def test_the_size_of_a_market_buy_is_what_to_spend_and_of_a_market_sell_what_to_sell() -> None:
    paid = {"baseVolume": "0.000089", "quoteVolume": "5.99511743", "priceAvg": "67360.87"}
    bought = order(orderType="market", price="0", size="6", status="filled", **paid)
    assert (bought.requested_cost, bought.amount, bought.price) == (6, None, None)
    assert (bought.filled, bought.cost) == (D("0.000089"), D("5.99511743"))
    sold = order(orderType="market", side="sell", price="0", size="2")
    assert (sold.requested_cost, sold.amount) == (None, 2)


def test_fees_stand_as_json_in_a_text_and_below_zero() -> None:
    made = order(feeDetail=FEES, status="filled", baseVolume="0.01", quoteVolume="660")
    assert made.fees is not None
    assert [(fee.currency, fee.cost) for fee in made.fees] == [
        ("BGB", D("0.0041")),
        ("BTC", D("0.000000089")),
    ]


@pytest.mark.parametrize("detail", ['{"BTC":', "[]", '{"BTC":{"totalFee":"much"}}'])
def test_fees_that_cannot_be_read_are_not_believed(detail: str) -> None:
    with pytest.raises(BadReply):
        order(feeDetail=detail)


def test_an_open_order_says_its_price_where_others_say_what_was_paid() -> None:
    row = {name: ORDER[name] for name in ORDER if name not in ("price", "feeDetail")}
    row |= {"priceAvg": "66000", "basePrice": "0"}
    page = read(BITGET.fetch_open_orders(Listing(MARKETS)), [row])
    assert [(one.price, one.average, one.fees) for one in page.items] == [(66000, None, None)]


def test_an_empty_list_means_that_there_is_no_such_order() -> None:
    with pytest.raises(OrderNotFound):
        read(BITGET.fetch_order(BTC, "1", None), [])
    with pytest.raises(BadReply, match="tells of 2"):
        read(BITGET.fetch_order(BTC, "1", None), [ORDER, ORDER])


def test_a_forgotten_name_is_looked_for_among_the_newest() -> None:
    second = BITGET.fetch_order(BTC, None, "mine-1").otherwise
    assert second is not None
    older = ORDER | {"orderId": "7"}
    others = [ORDER | {"clientOid": f"other-{at}", "orderId": str(at)} for at in range(3)]
    assert read(second, [*others, ORDER, older]).id == ORDER["orderId"]
    with pytest.raises(OrderNotFound, match="by their id only"):
        read(second, others)


def test_a_new_order_is_what_was_asked_under_the_ids_that_came() -> None:
    asked = MarketBuyWithCost(symbol="BTC/USDT", cost=D(50), client_order_id="mine-1")
    told = {"orderId": "7", "clientOid": "mine-1"}
    made: Order = read(BITGET.create_order(BTC, asked), told)
    assert (made.id, made.client_order_id, made.requested_cost) == ("7", "mine-1", 50)
    assert (made.status, made.filled, made.side) == (None, None, Side.BUY)
    canceled: Order = read(BITGET.cancel_order(BTC, "7", None), told)
    assert (canceled.id, canceled.status) == ("7", None)


def test_of_orders_canceled_together_each_has_its_own_end() -> None:
    done, gone = {"orderId": "7", "clientOid": "a"}, {"orderId": "8", "clientOid": "b"}
    failed = gone | {"errorMsg": "The order does not exist", "errorCode": "43001"}
    told = {"successList": [done], "failureList": [failed]}
    report = read(BITGET.cancel_orders(BTC, ("7", "8")), told)
    assert [one.id for one in report.canceled] == ["7"]
    assert [(one.order_id, one.reason) for one in report.failed] == [
        ("8", "The order does not exist (code 43001)")
    ]
    with pytest.raises(BadReply, match="3 orders were to be canceled, the reply is about 2"):
        read(BITGET.cancel_orders(BTC, ("7", "8", "9")), told)


FILL = {
    "userId": "1", "symbol": "BTCUSDT", "orderId": "7", "tradeId": "9", "orderType": "market",
    "side": "sell", "priceAvg": "60775.01", "size": "0.000246", "amount": "14.95065246",
    "feeDetail": {"deduction": "no", "feeCoin": "USDT", "totalDeductionFee": "",
                  "totalFee": "-0.01495"},
    "tradeScope": "taker", "cTime": "1727902077401", "uTime": "1727902077419",
}  # fmt: skip


def test_a_fill() -> None:
    (made,) = read(BITGET.fetch_my_trades(Listing(MARKETS)), [FILL]).items
    assert (made.id, made.order_id, made.side) == ("9", "7", Side.SELL)
    assert (made.price, made.amount, made.cost) == (D("60775.01"), D("0.000246"), D("14.95065246"))
    assert (made.fee.cost, made.fee.currency) == (D("0.01495"), "USDT")
    assert made.liquidity is Liquidity.TAKER


def test_a_full_page_leads_on_by_the_last_id() -> None:
    listing = Listing(MARKETS, None, None, 2)
    rows = [FILL, FILL | {"tradeId": "8"}]
    assert read(BITGET.fetch_my_trades(listing), rows).next == "0::8"
    assert read(BITGET.fetch_my_trades(listing), rows[:1]).next is None
    assert read(BITGET.fetch_closed_orders(Listing(MARKETS, None, None, 1)), [ORDER]).next == (
        f"0::{ORDER['orderId']}"
    )


def test_a_balance_is_what_is_available_frozen_and_locked() -> None:
    row = {"coin": "BTC", "available": "1", "frozen": "0.2", "locked": "0.03", "uTime": "1"}
    held = read(BITGET.fetch_balance(), [row])["BTC"]
    assert (held.free, held.used, held.total) == (1, D("0.23"), D("1.23"))
    with pytest.raises(BadReply):
        read(BITGET.fetch_balance(), [{"coin": "BTC", "available": "1", "frozen": "0.2"}])


SYMBOL = {
    "symbol": "ETHBTC", "baseCoin": "ETH", "quoteCoin": "BTC", "minTradeAmount": "0",
    "maxTradeAmount": "10000000000", "takerFeeRate": "0.002", "makerFeeRate": "0.001",
    "pricePrecision": "6", "quantityPrecision": "0", "quotePrecision": "8", "status": "online",
    "minTradeUSDT": "1",
}  # fmt: skip


def test_the_least_value_counts_where_the_quote_is_what_it_is_told_in() -> None:
    listed = [SYMBOL, SYMBOL | {"symbol": "ETHUSDT", "quoteCoin": "USDT"}]
    in_btc, in_usdt = read(BITGET.fetch_markets(), listed).by_symbol.values()
    assert (in_btc.min_cost, in_usdt.min_cost) == (None, 1)
    assert (in_btc.price_step, in_btc.amount_step, in_btc.cost_step) == (D("1E-6"), 1, D("1E-8"))
    assert (in_btc.min_amount, in_btc.maker, in_btc.taker) == (None, D("0.001"), D("0.002"))


@pytest.mark.parametrize("status", ["offline", "halt", "gray", "new word"])
def test_only_a_symbol_that_is_online_is_active(status: str) -> None:
    (made,) = read(BITGET.fetch_markets(), [SYMBOL | {"status": status}]).by_symbol.values()
    assert made.active is False


@pytest.mark.parametrize(
    ("authorities", "read_trade_withdraw"),
    [
        (["stor"], (True, False, False)),
        (["stor", "stow", "coow"], (True, True, False)),
        (["trade", "readonly"], (True, True, False)),
        (["stow", "wwow"], (True, True, True)),
        (["coor"], (False, False, False)),
    ],
)
def test_the_rights_of_a_key(
    authorities: list[str], read_trade_withdraw: tuple[bool, bool, bool]
) -> None:
    told = {"userId": "5", "ips": "10.0.0.1,10.0.0.2", "authorities": authorities, "parentId": 5}
    info = read(BITGET.fetch_api_key(), told)
    assert (info.can_read, info.can_trade, info.can_withdraw) == read_trade_withdraw
    assert (info.ips, info.ip_restricted, info.account_id) == (("10.0.0.1", "10.0.0.2"), True, "5")
    assert read(BITGET.fetch_api_key(), told | {"ips": ""}).ip_restricted is not True


def test_a_change_is_told_as_a_ratio() -> None:
    row = {"symbol": "BTCUSDT", "lastPr": "66554.03", "open": "64654.54", "change24h": "0.00153",
           "bidPr": "0", "askPr": "66554.07", "bidSz": "0", "askSz": "1",
           "ts": "1709626631127"}  # fmt: skip
    made = read(BITGET.fetch_ticker(BTC), [row])
    assert (made.percentage, made.change, made.bid) == (D("0.153"), None, None)
