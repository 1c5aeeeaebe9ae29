"""Orders on the simulated Binance: what they do, what ends them, what is refused, how to find."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from exchangekit_binance.sim import ticket

DAY = 24 * 60 * 60 * 1000


def balance(wire: Any, asset: str) -> tuple[Decimal, Decimal]:
    """What the ledger truly holds: free and locked."""
    held = wire.control.balances()["main"][asset]
    return Decimal(held["free"]), Decimal(held["locked"])


# --- resting orders -------------------------------------------------------------------------------
def test_a_limit_order_rests_locks_its_cost_and_is_found_by_both_its_ids(wire: Any) -> None:
    before, _ = balance(wire, "USDT")
    placed = wire.order(newClientOrderId="my-order_1").json
    assert placed["status"] == "NEW"
    assert placed["fills"] == []
    assert balance(wire, "USDT") == (before - 600, Decimal(600))
    by_number = wire.signed("GET", "order", symbol="BTCUSDT", orderId=placed["orderId"]).json
    by_client = wire.signed("GET", "order", symbol="BTCUSDT", origClientOrderId="my-order_1").json
    assert by_number == by_client
    assert by_number["clientOrderId"] == "my-order_1"
    assert (by_number["origQty"], by_number["price"]) == ("0.01000000", "60000.00000000")
    assert wire.signed("GET", "openOrders").json == [by_number]


def test_a_cancel_names_the_order_and_itself_apart(wire: Any) -> None:
    placed = wire.order(newClientOrderId="first").json
    reply = wire.signed(
        "DELETE", "order", symbol="BTCUSDT", origClientOrderId="first", newClientOrderId="second"
    ).json
    assert (reply["origClientOrderId"], reply["clientOrderId"]) == ("first", "second")
    assert (reply["orderId"], reply["status"]) == (placed["orderId"], "CANCELED")
    assert balance(wire, "USDT")[1] == 0
    again = wire.signed("DELETE", "order", symbol="BTCUSDT", orderId=placed["orderId"])
    assert again.refusal == (400, -2011, "Unknown order sent.")


def test_an_order_filled_in_part_and_canceled_keeps_what_it_bought(wire: Any) -> None:
    wire.control.set_faults([{"action": "partial", "fraction": "0.4"}])
    placed = wire.order(price="90000", quantity="0.05").json
    assert placed["status"] == "PARTIALLY_FILLED"
    assert placed["executedQty"] == "0.02000000"
    done = wire.signed("DELETE", "order", symbol="BTCUSDT", orderId=placed["orderId"]).json
    assert (done["status"], done["executedQty"]) == ("CANCELED", "0.02000000")
    assert wire.control.orders()[0]["filled"] == "0.02"
    assert balance(wire, "USDT")[1] == 0


def test_the_market_reaching_a_resting_order_fills_it_as_maker(wire: Any) -> None:
    placed = wire.order(price="89000", quantity="0.01").json
    wire.control.market("BTCUSDT", price="88000")
    shown = wire.signed("GET", "order", symbol="BTCUSDT", orderId=placed["orderId"]).json
    assert (shown["status"], shown["cummulativeQuoteQty"]) == ("FILLED", "890.00000000")
    trade = wire.signed("GET", "myTrades", symbol="BTCUSDT").json[0]
    assert trade["isMaker"] is True
    assert (trade["commission"], trade["commissionAsset"]) == ("0.00001000", "BTC")


def test_cancelling_everything_of_a_symbol_leaves_other_symbols_alone(wire: Any) -> None:
    wire.order()
    wire.order(price="61000")
    other = wire.order(symbol="ETHUSDT", price="1000").json
    done = wire.signed("DELETE", "openOrders", symbol="BTCUSDT").json
    assert [item["status"] for item in done] == ["CANCELED", "CANCELED"]
    assert [item["orderId"] for item in wire.signed("GET", "openOrders").json] == [other["orderId"]]
    nothing = wire.signed("DELETE", "openOrders", symbol="BTCUSDT")
    assert nothing.refusal[:2] == (400, -2011)


# --- replies --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("wanted", "has", "has_not"),
    [
        ("ACK", "transactTime", "status"),
        ("RESULT", "status", "fills"),
        ("FULL", "fills", None),
        (None, "fills", None),
    ],
)
def test_the_reply_to_an_order_has_the_detail_asked_for(
    wire: Any, wanted: str | None, has: str, has_not: str | None
) -> None:
    reply = wire.order(newOrderRespType=wanted).json
    assert has in reply
    assert has_not not in reply


def test_a_post_only_order_is_only_acknowledged_unless_more_is_asked(wire: Any) -> None:
    assert "status" not in wire.order(type="LIMIT_MAKER", timeInForce=None).json


# --- orders that take -----------------------------------------------------------------------------
def test_a_market_order_by_amount_pays_its_fee_in_what_it_receives(wire: Any) -> None:
    before, _ = balance(wire, "BTC")
    reply = wire.market(quantity="0.01").json
    assert (reply["status"], reply["price"]) == ("FILLED", "0.00000000")
    paid = sum(Decimal(fill["commission"]) for fill in reply["fills"])
    assert {fill["commissionAsset"] for fill in reply["fills"]} == {"BTC"}
    assert balance(wire, "BTC")[0] == before + Decimal("0.01") - paid


def test_a_market_order_by_cost_spends_at_most_that_in_whole_steps(wire: Any) -> None:
    reply = wire.market(quoteOrderQty="100").json
    assert reply["status"] == "FILLED"
    assert reply["origQuoteOrderQty"] == "100.00000000"
    assert reply["origQty"] == reply["executedQty"]
    assert Decimal(99) < Decimal(reply["cummulativeQuoteQty"]) <= 100
    assert Decimal(reply["executedQty"]) % Decimal("0.00001") == 0
    sold = wire.market(side="SELL", quoteOrderQty="100").json
    assert Decimal(99) < Decimal(sold["cummulativeQuoteQty"]) <= 100


def test_what_an_ioc_order_cannot_take_expires(wire: Any) -> None:
    wire.control.set_faults([{"action": "partial", "fraction": "0.5"}])
    reply = wire.order(timeInForce="IOC", price="90100", quantity="0.02").json
    assert (reply["status"], reply["executedQty"]) == ("EXPIRED", "0.01000000")
    assert reply["expiryReason"] == "UNFILLED_IOC_QUANTITY_EXPIRED"
    missed = wire.order(timeInForce="IOC", price="60000").json
    assert (missed["status"], missed["executedQty"]) == ("EXPIRED", "0.00000000")


def test_a_fok_order_fills_whole_or_not_at_all(wire: Any) -> None:
    missed = wire.order(timeInForce="FOK", price="90001", quantity="10").json
    assert (missed["status"], missed["executedQty"]) == ("EXPIRED", "0.00000000")
    assert missed["expiryReason"] == "UNFILLED_FOK_ORDER_EXPIRED"
    assert wire.order(timeInForce="FOK", price="91000").json["status"] == "FILLED"


def test_a_post_only_order_that_would_take_is_refused(wire: Any) -> None:
    reply = wire.order(type="LIMIT_MAKER", timeInForce=None, price="91000")
    assert reply.refusal == (400, -2010, "Order would immediately match and take.")
    assert wire.control.orders() == []


@pytest.mark.parametrize(
    ("mode", "resting", "taker"),
    [
        (None, "EXPIRED_IN_MATCH", "NEW"),
        ("EXPIRE_MAKER", "EXPIRED_IN_MATCH", "NEW"),
        ("EXPIRE_TAKER", "NEW", "EXPIRED_IN_MATCH"),
        ("EXPIRE_BOTH", "EXPIRED_IN_MATCH", "EXPIRED_IN_MATCH"),
    ],
)
def test_an_account_does_not_trade_with_itself(
    wire: Any, mode: str | None, resting: str, taker: str
) -> None:
    # Between the best quotes, so that only the account's own order can be met.
    book = wire.get("depth", symbol="BTCUSDT", limit=1).json
    between = (Decimal(book["bids"][0][0]) + Decimal("0.01")).quantize(Decimal("0.01"))
    assert between < Decimal(book["asks"][0][0])
    first = wire.order(price=between).json
    second = wire.order(side="SELL", price=between, selfTradePreventionMode=mode).json
    shown = wire.signed("GET", "order", symbol="BTCUSDT", orderId=first["orderId"]).json
    assert (shown["status"], second["status"]) == (resting, taker)
    ended = shown if resting == "EXPIRED_IN_MATCH" else second
    assert ended["preventedQuantity"] == "0.01000000"
    assert wire.control.fills() == []


# --- refusals -------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("changes", "code", "words"),
    [
        ({"side": None}, -1102, "Mandatory parameter 'side'"),
        ({"side": "HOLD"}, -1117, "Invalid side."),
        ({"type": "TELEPATHY"}, -1116, "Invalid orderType."),
        ({"timeInForce": "GTX"}, -1115, "Invalid timeInForce."),
        ({"timeInForce": None}, -1102, "'timeInForce'"),
        ({"price": None}, -1102, "'price'"),
        ({"quantity": None}, -1102, "'quantity'"),
        ({"quoteOrderQty": "10"}, -1106, "'quoteOrderQty' sent when not required"),
        ({"type": "MARKET"}, -1106, "'timeInForce' sent when not required"),
        ({"type": "LIMIT_MAKER"}, -1106, "'timeInForce' sent when not required"),
        ({"quantity": "-1"}, -1100, "legal range is '^([0-9]{1,20})"),
        ({"quantity": "1e-3"}, -1100, "'quantity'"),
        ({"quantity": "0"}, -1013, "Invalid quantity."),
        ({"quantity": "0.000000001"}, -1111, "Parameter 'quantity' has too much precision."),
        ({"price": "0"}, -1013, "Invalid price."),
        ({"price": "60000.000000001"}, -1111, "'price' has too much precision"),
        ({"price": "60000.001"}, -1013, "Filter failure: PRICE_FILTER"),
        ({"price": "1000000.01"}, -1013, "Filter failure: PRICE_FILTER"),
        ({"price": "10000"}, -1013, "Filter failure: PERCENT_PRICE_BY_SIDE"),
        ({"price": "900000", "side": "SELL"}, -1013, "Filter failure: PERCENT_PRICE_BY_SIDE"),
        ({"quantity": "0.000015"}, -1013, "Filter failure: LOT_SIZE"),
        ({"quantity": "9000.00001"}, -1013, "Filter failure: LOT_SIZE"),
        ({"quantity": "0.00008"}, -1013, "Filter failure: NOTIONAL"),
        ({"quantity": "200"}, -1013, "Filter failure: NOTIONAL"),
        ({"newClientOrderId": "a b"}, -1100, "'newClientOrderId'"),
        ({"newClientOrderId": "x" * 37}, -1100, "'newClientOrderId'"),
        ({"newOrderRespType": "LONG"}, -1136, "Invalid newOrderRespType"),
        ({"selfTradePreventionMode": "NONE"}, -1013, "self-trade prevention mode"),
        ({"strategyType": "5"}, -1134, "1000000"),
        ({"icebergQty": "0.001"}, -2010, "Iceberg orders are not supported for this symbol."),
        ({"stopPrice": "50000"}, -1106, "'stopPrice'"),
        ({"type": "STOP_LOSS"}, -2010, "Stop loss orders are not supported for this symbol."),
        ({"symbol": "NOSUCH"}, -1121, "Invalid symbol."),
        ({"quantity": "100"}, -2010, "Account has insufficient balance for requested action."),
        ({"colour": "red"}, -1104, "Not all sent parameters were read"),
    ],
)
def test_an_order_that_breaks_a_rule_is_refused_by_name_and_does_not_exist(
    wire: Any, changes: dict[str, object], code: int, words: str
) -> None:
    status, got, message = wire.order(**changes).refusal
    assert (status, got) == (400, code)
    assert words in message
    assert wire.control.orders() == []


@pytest.mark.parametrize(
    ("changes", "code", "words"),
    [
        ({}, -1102, "Param 'quantity' or 'quoteOrderQty' must be sent"),
        ({"quantity": "0.01", "quoteOrderQty": "10"}, -1128, "Combination"),
        ({"quantity": "98"}, -1013, "Filter failure: MARKET_LOT_SIZE"),
        ({"quantity": "9001"}, -1013, "Filter failure: LOT_SIZE"),
        ({"quantity": "0.00005"}, -1013, "Filter failure: NOTIONAL"),
        ({"quoteOrderQty": "4.99"}, -1013, "Filter failure: NOTIONAL"),
        ({"quoteOrderQty": "5.123456789"}, -1111, "'quoteOrderQty'"),
        ({"quantity": "50"}, -2010, "insufficient balance"),
    ],
)
def test_a_market_order_has_rules_of_its_own(
    wire: Any, changes: dict[str, object], code: int, words: str
) -> None:
    status, got, message = wire.market(**changes).refusal
    assert (status, got) == (400, code)
    assert words in message
    assert wire.control.orders() == []


def test_the_largest_notional_does_not_apply_to_market_orders(wire: Any) -> None:
    wire.control.market("BTCUSDT", price="95000", frozen=True)
    # Worth 9,215,000, above the largest notional: what is missing is only the money.
    assert wire.market(quantity="97").refusal[:2] == (400, -2010)


def test_a_symbol_takes_only_so_many_open_orders(
    wire: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ticket.MAX_OPEN_ORDERS == 200
    monkeypatch.setattr(ticket, "MAX_OPEN_ORDERS", 2)
    assert [wire.order().status for _ in range(2)] == [200, 200]
    assert wire.order().refusal == (400, -2010, "Filter failure: MAX_NUM_ORDERS")
    assert wire.order(symbol="ETHUSDT", price="1000").status == 200


def test_a_client_order_id_is_taken_only_among_open_orders(wire: Any) -> None:
    placed = wire.order(newClientOrderId="twice").json
    again = wire.order(newClientOrderId="twice")
    assert again.refusal == (400, -2010, "Duplicate order sent.")
    wire.signed("DELETE", "order", symbol="BTCUSDT", orderId=placed["orderId"])
    assert wire.order(newClientOrderId="twice").status == 200
    assert len(wire.control.orders()) == 2


def test_a_symbol_that_is_halted_takes_no_orders_and_says_so(wire: Any) -> None:
    wire.control.market("BTCUSDT", halted=True)
    assert wire.order().refusal == (400, -1013, "Market is closed.")
    shown = wire.get("exchangeInfo", symbol="BTCUSDT").json["symbols"][0]
    assert shown["status"] == "HALT"


def test_a_test_order_is_checked_like_any_other_but_not_placed(wire: Any) -> None:
    usual = {
        "symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC",
        "quantity": "0.01", "price": "60000",
    }  # fmt: skip
    assert wire.signed("POST", "order/test", **usual).json == {}
    rates = wire.signed("POST", "order/test", **usual, computeCommissionRates="true").json
    assert rates["standardCommissionForOrder"]["taker"] == "0.00100000"
    poor = wire.signed("POST", "order/test", **{**usual, "quantity": "100"})
    assert poor.refusal[:2] == (400, -2010)
    assert wire.control.orders() == []


# --- cancelling with conditions, cancelling and replacing -----------------------------------------
def test_a_cancel_can_be_limited_to_orders_not_yet_filled(wire: Any) -> None:
    number = wire.order().json["orderId"]
    wrong = wire.signed(
        "DELETE", "order", symbol="BTCUSDT", orderId=number,
        cancelRestrictions="ONLY_PARTIALLY_FILLED",
    )  # fmt: skip
    assert wrong.refusal == (400, -2011, "Order was not canceled due to cancel restrictions.")
    unknown = wire.signed(
        "DELETE", "order", symbol="BTCUSDT", orderId=number, cancelRestrictions="MAYBE"
    )
    assert unknown.refusal[:2] == (400, -1145)
    right = wire.signed(
        "DELETE", "order", symbol="BTCUSDT", orderId=number, cancelRestrictions="ONLY_NEW"
    )
    assert right.json["status"] == "CANCELED"


def replace(wire: Any, **changes: object) -> Any:
    usual = {
        "symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC",
        "quantity": "0.01", "price": "61000", "cancelReplaceMode": "STOP_ON_FAILURE",
    }  # fmt: skip
    return wire.signed("POST", "order/cancelReplace", **{**usual, **changes})


def test_replacing_an_order_cancels_one_and_places_another(wire: Any) -> None:
    number = wire.order().json["orderId"]
    reply = replace(wire, cancelOrderId=number).json
    assert (reply["cancelResult"], reply["newOrderResult"]) == ("SUCCESS", "SUCCESS")
    assert reply["cancelResponse"]["orderId"] == number
    assert reply["newOrderResponse"]["price"] == "61000.00000000"


@pytest.mark.parametrize(
    ("mode", "price", "known", "status", "code", "results"),
    [
        ("STOP_ON_FAILURE", "61000", False, 400, -2022, ("FAILURE", "NOT_ATTEMPTED")),
        ("ALLOW_FAILURE", "61000", False, 409, -2021, ("FAILURE", "SUCCESS")),
        ("ALLOW_FAILURE", "95000", True, 409, -2021, ("SUCCESS", "FAILURE")),
        ("ALLOW_FAILURE", "95000", False, 400, -2022, ("FAILURE", "FAILURE")),
    ],
)
def test_replacing_an_order_can_fail_by_halves(
    wire: Any, mode: str, price: str, known: bool, status: int, code: int, results: tuple[str, str]
) -> None:
    number = wire.order().json["orderId"] if known else 5
    # A post-only order at 95,000 would take, so placing it fails.
    reply = replace(
        wire, cancelOrderId=number, cancelReplaceMode=mode, price=price, timeInForce="GTC"
    ) if price == "61000" else wire.signed(
        "POST", "order/cancelReplace", symbol="BTCUSDT", side="BUY", type="LIMIT_MAKER",
        quantity="0.01", price=price, cancelReplaceMode=mode, cancelOrderId=number,
    )  # fmt: skip
    assert reply.refusal[:2] == (status, code)
    data = reply.json["data"]
    assert (data["cancelResult"], data["newOrderResult"]) == results


# --- finding --------------------------------------------------------------------------------------
def test_an_order_that_is_not_there_is_told_apart_by_query_and_cancel(wire: Any) -> None:
    query = wire.signed("GET", "order", symbol="BTCUSDT", orderId=5)
    assert query.refusal == (400, -2013, "Order does not exist.")
    cancel = wire.signed("DELETE", "order", symbol="BTCUSDT", origClientOrderId="nobody")
    assert cancel.refusal == (400, -2011, "Unknown order sent.")
    neither = wire.signed("GET", "order", symbol="BTCUSDT")
    assert neither.refusal[:2] == (400, -1102)
    number = wire.order().json["orderId"]
    elsewhere = wire.signed("GET", "order", symbol="ETHUSDT", orderId=number)
    assert elsewhere.refusal[:2] == (400, -2013)
    both = wire.signed("GET", "order", symbol="BTCUSDT", orderId=number, origClientOrderId="other")
    assert both.refusal[:2] == (400, -2039)


def test_all_orders_start_at_an_id_or_a_time_and_span_at_most_a_day(wire: Any) -> None:
    numbers = []
    for _ in range(4):
        numbers.append(wire.order().json["orderId"])
        wire.control.clock(advance_ms=1000)
    start = wire.now - 4000

    def found(**parameters: object) -> list[int]:
        reply = wire.signed("GET", "allOrders", symbol="BTCUSDT", **parameters)
        return [item["orderId"] for item in reply.json]

    assert found() == numbers
    assert found(limit=2) == numbers[2:]
    assert found(orderId=numbers[1], limit=2) == numbers[1:3]
    assert found(startTime=start + 1000, limit=2) == numbers[1:3]
    assert found(endTime=start + 1000) == numbers[:2]
    far = wire.signed("GET", "allOrders", symbol="BTCUSDT", startTime=1, endTime=DAY + 2)
    assert far.refusal == (400, -1127, "More than 24 hours between startTime and endTime.")


def test_own_trades_page_by_id_without_gaps_or_repeats(wire: Any) -> None:
    for _ in range(5):
        wire.market(quantity="0.001")
        wire.control.clock(advance_ms=1000)
    everything = [fill["id"] for fill in wire.control.fills()]
    found: list[int] = []
    start = 0
    while True:
        page = wire.signed("GET", "myTrades", symbol="BTCUSDT", fromId=start, limit=2).json
        if not page:
            break
        found += [item["id"] for item in page]
        start = found[-1] + 1
    assert found == everything
    newest = wire.signed("GET", "myTrades", symbol="BTCUSDT", limit=2).json
    assert [item["id"] for item in newest] == everything[-2:]


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"orderId": 1, "startTime": 1}, -1128),
        ({"fromId": 1, "endTime": 1}, -1128),
        ({"startTime": 1, "endTime": DAY + 2}, -1127),
        ({"orderId": 1, "fromId": 1}, None),
        ({"startTime": 1, "endTime": 2}, None),
    ],
)
def test_own_trades_take_only_the_combinations_listed(
    wire: Any, parameters: dict[str, object], code: int | None
) -> None:
    reply = wire.signed("GET", "myTrades", symbol="BTCUSDT", **parameters)
    if code is None:
        assert reply.json == []
    else:
        assert reply.refusal[:2] == (400, code)


# --- account --------------------------------------------------------------------------------------
def test_the_account_lists_every_asset_unless_zero_balances_are_left_out(wire: Any) -> None:
    everything = wire.signed("GET", "account").json["balances"]
    held = wire.signed("GET", "account", omitZeroBalances="true").json["balances"]
    assert {"asset": "INJ", "free": "0.00000000", "locked": "0.00000000"} in everything
    assert {item["asset"] for item in held} == set(wire.control.balances()["main"])


def test_fees_are_the_accounts_own_and_cheaper_in_bnb(wire: Any) -> None:
    wire.control.set_fees("main", maker="0.0002", taker="0.0004", in_fee_asset=True)
    shown = wire.signed("GET", "account/commission", symbol="BTCUSDT").json
    assert shown["standardCommission"]["taker"] == "0.00040000"
    assert shown["discount"]["enabledForAccount"] is True
    fee = wire.signed("GET", "/sapi/v1/asset/tradeFee", symbol="BTCUSDT").json
    assert fee == [{"symbol": "BTCUSDT", "makerCommission": "0.0002", "takerCommission": "0.0004"}]
    assert wire.market(quantity="0.01").json["fills"][0]["commissionAsset"] == "BNB"
