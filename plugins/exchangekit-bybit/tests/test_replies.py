"""What Bybit's answers become, where they are not what one would expect."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from exchangekit_bybit.adapter import BybitAdapter

from exchangekit.adapter import Listing, Reply
from exchangekit.errors import AccountRestricted, BadReply
from exchangekit.models import Liquidity, Market, Order, OrderStatus, VenueState
from exchangekit.models.markets import index

BYBIT = BybitAdapter()
BTC = Market(symbol="BTC/USDT", id="BTCUSDT", base="BTC", quote="USDT")
MARKETS = index((BTC,))


def reply(result: Any, **more: Any) -> Reply:
    told = {"retCode": 0, "retMsg": "OK", "result": result, "retExtInfo": {}, "time": 1} | more
    return Reply(200, {}, json.dumps(told).encode())


def rows(*found: dict[str, Any], **more: Any) -> Reply:
    return reply({"list": list(found), "nextPageCursor": ""}, **more)


ORDER = {
    "orderId": "7", "orderLinkId": "mine", "symbol": "BTCUSDT", "side": "Buy", "price": "50000",
    "orderType": "Limit", "timeInForce": "GTC", "orderStatus": "New", "qty": "0.1",
    "cumExecQty": "0", "cumExecValue": "0", "avgPrice": "", "triggerPrice": "", "marketUnit": "",
    "createdTime": "1684738540559", "updatedTime": "1684738540561", "cumFeeDetail": {},
}  # fmt: skip


def order(**fields: Any) -> Order:
    return BYBIT.fetch_order(BTC, "7", None).parse(rows(ORDER | fields))


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("New", OrderStatus.OPEN),
        ("PartiallyFilled", OrderStatus.OPEN),
        ("Untriggered", OrderStatus.OPEN),
        ("Triggered", OrderStatus.OPEN),
        ("Filled", OrderStatus.CLOSED),
        ("Cancelled", OrderStatus.CANCELED),
        ("PartiallyFilledCanceled", OrderStatus.CANCELED),
        ("Deactivated", OrderStatus.CANCELED),
        ("Rejected", OrderStatus.REJECTED),
        ("Sleeping", OrderStatus.UNKNOWN),
    ],
)
def test_a_status_means_what_the_venue_says(word: str, status: OrderStatus) -> None:
    assert order(orderStatus=word).status is status


@pytest.mark.parametrize(
    ("fields", "amount", "cost"),
    [
        ({"marketUnit": "quoteCoin"}, None, "20"),
        ({"marketUnit": "baseCoin"}, "20", None),
        ({"marketUnit": ""}, None, "20"),
        ({"marketUnit": "", "side": "Sell"}, "20", None),
    ],
)
def test_the_quantity_of_a_market_order_counts_what_its_unit_says(
    fields: dict[str, str], amount: str | None, cost: str | None
) -> None:
    made = order(orderType="Market", timeInForce="IOC", price="0", qty="20", **fields)
    assert made.amount == (amount and Decimal(amount))
    assert made.requested_cost == (cost and Decimal(cost))
    assert made.price is None


def test_an_order_tells_its_fees_by_coin_and_its_average_by_what_was_paid() -> None:
    made = order(cumExecQty="0.1", cumExecValue="5000", cumFeeDetail={"BTC": "0.0001", "MNT": "2"})
    assert made.average == 50_000
    assert {fee.currency: str(fee.cost) for fee in made.fees or ()} == {"BTC": "0.0001", "MNT": "2"}
    assert order(cumFeeDetail=None).fees is None


@pytest.mark.parametrize("told", ["", "0", "0.00"])
def test_a_trigger_price_of_nothing_is_none(told: str) -> None:
    assert order(triggerPrice=told).stop_price is None
    assert order(triggerPrice="1500").stop_price == 1500


def test_two_orders_are_not_the_one_that_was_asked_for() -> None:
    with pytest.raises(BadReply, match="asked for one order, the reply tells of 2"):
        BYBIT.fetch_order(BTC, "7", None).parse(rows(ORDER, ORDER))


def test_open_orders_in_the_history_are_not_closed_ones() -> None:
    """The first unified accounts list them there: https://bybit-exchange.github.io/docs/v5/acct-mode"""
    page = BYBIT.fetch_closed_orders(Listing(MARKETS)).parse(
        rows(ORDER, ORDER | {"orderId": "8", "orderStatus": "Filled"})
    )
    assert [one.id for one in page.items] == ["8"]


FILL = {
    "symbol": "BTCUSDT", "orderId": "7", "orderLinkId": "", "side": "Sell", "execId": "9",
    "execPrice": "100", "execQty": "0.5", "execValue": "50", "execFee": "0.05",
    "feeCurrency": "USDT", "isMaker": True, "execTime": "1684738540559",
}  # fmt: skip


def test_the_coin_of_a_fee_is_read_and_never_derived() -> None:
    parse = BYBIT.fetch_my_trades(Listing(MARKETS)).parse
    (fill,) = parse(rows(FILL)).items
    assert fill.fee is not None
    assert (fill.fee.currency, fill.fee.cost) == ("USDT", Decimal("0.05"))
    assert fill.liquidity is Liquidity.MAKER
    (old,) = parse(rows(FILL | {"feeCurrency": ""})).items
    assert old.fee is None


def coin(**fields: str) -> dict[str, Any]:
    return {"coin": "USDT", "walletBalance": "1200", "locked": "200", "availableToWithdraw": ""} | (
        fields
    )


def test_what_is_not_locked_is_free() -> None:
    made = BYBIT.fetch_balance().parse(reply({"list": [{"coin": [coin()]}]}))
    held = made["USDT"]
    assert (held.total, held.used, held.free) == (1200, 200, 1000)


@pytest.mark.parametrize("field", ["walletBalance", "locked"])
def test_a_balance_that_lacks_a_part_is_refused(field: str) -> None:
    told = coin()
    del told[field]
    with pytest.raises(BadReply):
        BYBIT.fetch_balance().parse(reply({"list": [{"coin": [told]}]}))


KEY = {
    "note": "bot", "readOnly": 0, "permissions": {"Spot": ["SpotTrade"], "Wallet": ["Withdraw"]},
    "ips": ["*"], "uta": 1, "userID": 1448939,
}  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "trades", "withdraws", "ips"),
    [
        ({}, True, True, ()),
        ({"readOnly": 1}, False, False, ()),
        ({"permissions": {"Spot": [], "Wallet": ["AccountTransfer"]}}, False, False, ()),
        ({"ips": ["18.181.170.164"]}, True, True, ("18.181.170.164",)),
    ],
)
def test_what_a_key_may_do(
    fields: dict[str, Any], trades: bool, withdraws: bool, ips: tuple[str, ...]
) -> None:
    info = BYBIT.fetch_api_key().parse(reply(KEY | fields))
    assert (info.can_read, info.can_trade, info.can_withdraw) == (True, trades, withdraws)
    assert (info.ips, info.ip_restricted) == (ips, bool(ips))
    assert (info.account_id, info.label) == ("1448939", "bot")
    assert info.expires is None


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        ("2023-05-15T03:13:24Z", datetime(2023, 5, 15, 3, 13, 24, tzinfo=UTC)),
        ("1970-01-01T00:00:00Z", None),
        ("", None),
    ],
)
def test_when_a_key_ends(told: str, meant: datetime | None) -> None:
    """The sample of https://bybit-exchange.github.io/docs/v5/user/apikey-info, and a bound key"""
    assert BYBIT.fetch_api_key().parse(reply(KEY | {"expiredAt": told})).expires == meant


def test_a_key_of_a_classic_account_is_told_what_to_do_before_money_moves() -> None:
    with pytest.raises(AccountRestricted, match="not a unified one") as told:
        BYBIT.fetch_api_key().parse(reply(KEY | {"uta": 0}))
    assert "upgrade the account" in str(told.value.hint)


def test_the_time_is_the_envelopes() -> None:
    found = BYBIT.fetch_time().parse(reply({"timeSecond": "1"}, time=1688639403423))
    assert found == datetime(2023, 7, 6, 10, 30, 3, 423_000, tzinfo=UTC)


EVENT = {
    "title": "upgrade", "state": "ongoing", "end": "1751858399000", "serviceTypes": [1, 2],
    "product": [1, 2], "env": 1,
}  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({}, VenueState.MAINTENANCE),
        ({"state": "scheduled"}, VenueState.OK),
        ({"product": [1]}, VenueState.OK),
        ({"serviceTypes": [4, 5]}, VenueState.OK),
        ({"env": 2}, VenueState.OK),
    ],
)
def test_a_maintenance_of_spot_trading_that_goes_on_now_is_one(
    fields: dict[str, Any], state: VenueState
) -> None:
    assert BYBIT.fetch_status().parse(rows(EVENT | fields)).state is state


def test_candles_of_another_market_are_not_believed() -> None:
    row = ["1670608800000", "1", "2", "1", "2", "3", "4"]
    call = BYBIT.fetch_ohlcv(BTC, "1h", None, 1)
    assert len(call.parse(reply({"symbol": "BTCUSDT", "list": [row]}))) == 1
    with pytest.raises(BadReply, match=r"the reply is about .ETHUSDT"):
        call.parse(reply({"symbol": "ETHUSDT", "list": [row]}))


def test_of_a_batch_no_order_may_be_missing() -> None:
    row = {"category": "spot", "symbol": "BTCUSDT", "orderId": "1", "orderLinkId": ""}
    told = rows(row, retExtInfo={"list": [{"code": 0, "msg": "OK"}]})
    call = BYBIT.cancel_orders(BTC, ("1", "2"))
    with pytest.raises(BadReply, match="2 orders were to be canceled, the reply is about 1"):
        call.parse(told)
