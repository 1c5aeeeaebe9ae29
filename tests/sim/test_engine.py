"""Matching and settlement without a market around them: only the orders of the test."""

from decimal import Decimal
from itertools import count

import pytest

from exchangekit.sim import (
    DuplicateClientId,
    Fees,
    Instrument,
    InsufficientFunds,
    NoLiquidity,
    OrderRequest,
    VenueRules,
    WouldTake,
)
from exchangekit.sim.engine import Engine
from exchangekit.sim.ledger import FEES, Ledger

D = Decimal

FREE = VenueRules(fees=Fees(D(0), D(0)))


def make(rules=FREE, price_of=lambda asset, quote: None):
    ledger = Ledger()
    for account in ("ann", "bob", "cat"):
        ledger.open_account(account, {"USDT": D(10_000), "BTC": D(10), "BNB": D(1)})
    ids, trades = count(1), []
    engine = Engine(
        ledger=ledger,
        instruments={"X": Instrument("X", "BTC", "USDT", tick=D("0.01"), step=D("0.001"))},
        rules=rules,
        order_id=lambda number, now: f"O{number}",
        trade_ids=lambda symbol, now: next(ids),
        on_trade=lambda symbol, trade: trades.append(trade),
        price_of=price_of,
    )
    engine.trades = trades
    return engine


def limit(side, amount, price, **more):
    return OrderRequest("X", side, "limit", amount=D(amount), price=D(price), **more)


def market(side, amount=None, cost=None, **more):
    return OrderRequest(
        "X", side, "market", amount=amount and D(amount), cost=cost and D(cost), **more
    )


def held(engine, account, asset):
    balance = engine.ledger.balance(account, asset)
    return str(balance.free.normalize()), str(balance.locked.normalize())


def test_the_best_price_trades_first_and_at_one_price_the_oldest_order():
    engine = make()
    first = engine.place("ann", limit("sell", 1, 101), 1)
    better = engine.place("ann", limit("sell", 1, 100), 2)
    second = engine.place("bob", limit("sell", 1, 101), 3)
    taker = engine.place("cat", limit("buy", "2.5", 101), 4)
    assert [(str(t.price), str(t.amount)) for t in engine.trades] == [
        ("100", "1"),
        ("101", "1"),
        ("101", "0.5"),
    ]
    assert (better.status, first.status, second.status) == ("filled", "filled", "open")
    assert second.filled == D("0.5")
    assert taker.average == D("100.6")
    assert all(trade.side == "buy" for trade in engine.trades)


def test_a_taker_gets_the_resting_price_and_its_saving_back():
    engine = make()
    engine.place("ann", limit("sell", 1, 100), 1)
    engine.place("bob", limit("buy", 1, 150), 2)
    assert held(engine, "bob", "USDT") == ("9.9E+3", "0")


def test_an_open_buy_locks_price_times_amount_and_a_cancel_returns_it():
    engine = make()
    order = engine.place("ann", limit("buy", "0.5", "30.01"), 1)
    assert held(engine, "ann", "USDT") == ("9984.995", "15.005")
    engine.cancel(order, 2)
    assert held(engine, "ann", "USDT") == ("1E+4", "0")
    assert (order.status, order.reason) == ("canceled", "user")
    with pytest.raises(ValueError, match="canceled, not open"):
        engine.cancel(order, 3)


def test_an_order_canceled_after_a_partial_fill_keeps_what_filled():
    engine = make()
    order = engine.place("ann", limit("sell", 2, 100), 1)
    engine.place("bob", limit("buy", "0.75", 100), 2)
    assert held(engine, "ann", "BTC") == ("8", "1.25")
    engine.cancel(order, 3)
    assert (order.status, order.filled, order.spent) == ("canceled", D("0.75"), D(75))
    assert held(engine, "ann", "BTC") == ("9.25", "0")


@pytest.mark.parametrize(
    ("request_", "filled", "status", "reason", "trades"),
    [
        (limit("buy", 3, 102, time_in_force="IOC"), "2", "expired", "ioc", 2),
        (limit("buy", 2, 102, time_in_force="IOC"), "2", "filled", "", 2),
        (limit("buy", 1, 99, time_in_force="IOC"), "0", "expired", "ioc", 0),
        (limit("buy", 3, 102, time_in_force="FOK"), "0", "expired", "fok", 0),
        (limit("buy", 2, 101, time_in_force="FOK"), "0", "expired", "fok", 0),
        (limit("buy", 2, 102, time_in_force="FOK"), "2", "filled", "", 2),
        (market("buy", amount=1), "1", "filled", "", 1),
        (market("buy", amount=3), "2", "expired", "no_liquidity", 2),
        (market("buy", cost=151), "1.5", "filled", "", 2),
        (market("buy", cost="151.10"), "1.5", "filled", "", 2),
        (market("buy", cost=1000), "2", "expired", "no_liquidity", 2),
        (market("buy", cost="0.05"), "0", "expired", "no_liquidity", 0),
    ],
)
def test_orders_end_as_their_time_in_force_says(request_, filled, status, reason, trades):
    engine = make()
    engine.place("ann", limit("sell", 1, 100), 1)
    engine.place("ann", limit("sell", 1, 102), 2)
    order = engine.place("bob", request_, 3)
    assert (order.filled, order.status, order.reason) == (D(filled), status, reason)
    assert len(engine.trades) == trades
    assert engine.ledger.balance("bob", "USDT").locked == 0
    assert order.locked == 0


def test_a_market_sell_by_cost_sells_until_that_much_is_received():
    engine = make()
    engine.place("ann", limit("buy", 5, 100), 1)
    order = engine.place("bob", market("sell", cost=250), 2)
    assert (order.filled, order.spent, order.status) == (D("2.5"), D(250), "filled")


@pytest.mark.parametrize(
    ("rule", "taker", "maker", "trades"),
    [
        ("none", ("filled", ""), ("filled", ""), 2),
        ("expire_taker", ("expired", "self_trade"), ("open", ""), 1),
        ("expire_maker", ("open", ""), ("expired", "self_trade"), 1),
        ("expire_both", ("expired", "self_trade"), ("expired", "self_trade"), 1),
    ],
)
def test_an_account_trades_with_itself_only_where_the_rule_lets_it(rule, taker, maker, trades):
    engine = make()
    engine.place("bob", limit("sell", 1, 99), 1)
    resting = engine.place("ann", limit("sell", 1, 100), 2)
    order = engine.place("ann", limit("buy", 2, 100, self_trade=rule), 3)
    assert (order.status, order.reason) == taker
    assert (resting.status, resting.reason) == maker
    assert len(engine.trades) == trades
    assert engine.ledger.sums()["BTC"] == 0


def test_post_only_is_refused_where_the_venue_refuses_it():
    engine = make()
    engine.place("ann", limit("sell", 1, 100), 1)
    with pytest.raises(WouldTake):
        engine.place("bob", limit("buy", 1, 100, post_only=True), 2)
    assert engine.account("bob").orders == []
    assert engine.place("bob", limit("buy", 1, "99.99", post_only=True), 3).is_open


def test_post_only_is_accepted_and_canceled_where_the_venue_does_that():
    engine = make(VenueRules(fees=FREE.fees, post_only="cancel"))
    engine.place("ann", limit("sell", 1, 100), 1)
    order = engine.place("bob", limit("buy", 1, 100, post_only=True), 2)
    assert (order.status, order.reason, order.filled) == ("canceled", "post_only", 0)
    assert held(engine, "bob", "USDT") == ("1E+4", "0")


def test_a_client_id_is_free_again_after_its_order_ended_where_it_only_counts_while_open():
    engine = make()
    order = engine.place("ann", limit("buy", 1, 10, client_id="a"), 1)
    with pytest.raises(DuplicateClientId) as caught:
        engine.place("ann", limit("buy", 1, 10, client_id="a"), 2)
    assert caught.value.existing is order
    engine.place("bob", limit("buy", 1, 10, client_id="a"), 3)
    engine.cancel(order, 4)
    again = engine.place("ann", limit("buy", 1, 10, client_id="a"), 5)
    assert engine.account("ann").by_client_id["a"] is again


def test_a_client_id_is_never_free_again_where_it_counts_for_ever():
    engine = make(VenueRules(fees=FREE.fees, client_ids="ever"))
    engine.cancel(engine.place("ann", limit("buy", 1, 10, client_id="a"), 1), 2)
    with pytest.raises(DuplicateClientId):
        engine.place("ann", limit("buy", 1, 10, client_id="a"), 3)


@pytest.mark.parametrize(
    ("request_", "asset", "needed"),
    [
        (limit("buy", 100, "100.01"), "USDT", D(10001)),
        (limit("sell", "10.001", 1000), "BTC", D("10.001")),
        (market("buy", amount=150), "USDT", D(15000)),
        (market("buy", cost=10001), "USDT", D(10001)),
        (market("sell", amount=11), "BTC", D(11)),
    ],
)
def test_an_order_that_cannot_be_paid_for_changes_nothing(request_, asset, needed):
    engine = make()
    engine.ledger.deposit("cat", "BTC", D(500))
    engine.ledger.deposit("cat", "USDT", D(500))
    engine.place("cat", limit("sell", 200, 100), 1)
    engine.place("cat", limit("buy", 2, 90), 1)
    with pytest.raises(InsufficientFunds) as caught:
        engine.place("ann", request_, 2)
    assert (caught.value.asset, caught.value.needed) == (asset, needed)
    with pytest.raises(InsufficientFunds):
        engine.check("ann", request_, 9)
    assert engine.account("ann").orders == []
    assert engine.trades == []
    assert held(engine, "ann", "USDT") == ("1E+4", "0")


def test_a_market_order_into_an_empty_book_is_refused():
    with pytest.raises(NoLiquidity):
        make().place("ann", market("buy", amount=1), 1)


def test_checking_an_order_places_nothing():
    engine = make()
    engine.place("ann", limit("sell", 1, 100), 1)
    engine.check("bob", limit("buy", 1, 100), 9)
    assert engine.account("bob").orders == []
    assert engine.trades == []


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (OrderRequest("X", "buy", "limit", price=D(1)), "an amount or a cost"),
        (OrderRequest("X", "buy", "market", amount=D(1), cost=D(1)), "an amount or a cost"),
        (OrderRequest("X", "buy", "limit", amount=D(1)), "a limit order has a price"),
        (OrderRequest("X", "buy", "market", amount=D(1), price=D(1)), "has a price"),
        (OrderRequest("X", "buy", "limit", cost=D(1), price=D(1)), "by cost is a market"),
        (limit("buy", 0, 1), "above zero"),
        (limit("buy", 1, -1), "above zero"),
    ],
)
def test_orders_that_mean_nothing_are_the_dialects_mistake(bad, why):
    with pytest.raises(ValueError, match=why):
        make().place("ann", bad, 1)


RATES = Fees(maker=D("0.001"), taker=D("0.002"))


@pytest.mark.parametrize(
    ("rules", "taker_side", "taker_fee", "maker_fee"),
    [
        (VenueRules(fees=RATES), "buy", ("0.001", "BTC"), ("0.05", "USDT")),
        (VenueRules(fees=RATES), "sell", ("0.1", "USDT"), ("0.0005", "BTC")),
        (VenueRules(fees=RATES, fee_currency="quote"), "buy", ("0.1", "USDT"), ("0.05", "USDT")),
        (VenueRules(fees=RATES, fee_currency="quote"), "sell", ("0.1", "USDT"), ("0.05", "USDT")),
        (VenueRules(fees=RATES, fee_digits=3), "sell", ("0.1", "USDT"), ("0", "BTC")),
        (VenueRules(fees=Fees(D("-0.0001"), D(0))), "buy", ("0", "BTC"), ("-0.005", "USDT")),
    ],
)
def test_fees_are_taken_in_the_venues_currency(rules, taker_side, taker_fee, maker_fee):
    engine = make(rules)
    maker = engine.place("ann", limit("sell" if taker_side == "buy" else "buy", "0.5", 100), 1)
    taker = engine.place("bob", limit(taker_side, "0.5", 100), 2)
    for order, (fee, asset), is_maker in ((taker, taker_fee, False), (maker, maker_fee, True)):
        fill = order.fills[0]
        assert (fill.fee, fill.fee_asset, fill.maker) == (D(fee), asset, is_maker)
    collected = {asset: engine.ledger.balance(FEES, asset).free for asset in ("BTC", "USDT")}
    for asset in collected:
        assert collected[asset] == sum(
            D(fee) for fee, paid_in in (taker_fee, maker_fee) if paid_in == asset
        )
    assert engine.ledger.balance("ann", "USDT").locked == 0
    assert engine.ledger.balance("bob", "USDT").locked == 0


def test_fees_on_top_of_the_cost_are_locked_with_it():
    engine = make(VenueRules(fees=RATES, fee_currency="quote"))
    order = engine.place("ann", limit("buy", 1, 100), 1)
    assert held(engine, "ann", "USDT") == ("9899.8", "100.2")
    engine.place("bob", limit("sell", 1, 100), 2)
    assert order.fills[0].fee == D("0.1")
    assert held(engine, "ann", "USDT") == ("9899.9", "0")
    with pytest.raises(InsufficientFunds):
        engine.place("ann", limit("buy", "98.9", "100.1"), 3)


def test_fees_in_the_venues_own_coin_are_discounted_and_need_enough_of_it():
    rules = VenueRules(fees=RATES, fee_asset="BNB", fee_asset_discount=D("0.75"))
    engine = make(rules, price_of=lambda asset, quote: D(500))
    engine.account("bob").pays_with_fee_asset = True
    engine.place("ann", limit("sell", 5, 1000), 1)
    order = engine.place("bob", limit("buy", 5, 1000), 2)
    assert (order.fills[0].fee, order.fills[0].fee_asset) == (D("0.015"), "BNB")
    engine.ledger.set_free("bob", "BNB", D("0.0001"))
    engine.place("ann", limit("sell", 1, 1000), 3)
    order = engine.place("bob", limit("buy", 1, 1000), 4)
    assert (order.fills[0].fee, order.fills[0].fee_asset) == (D("0.002"), "BTC")


def test_an_account_can_have_rates_of_its_own():
    engine = make(VenueRules(fees=RATES))
    engine.account("bob").fees = Fees(D(0), D("0.0005"))
    engine.place("ann", limit("sell", 1, 100), 1)
    assert engine.place("bob", limit("buy", 1, 100), 2).fills[0].fee == D("0.0005")


def test_a_capped_order_fills_that_much_and_stays_out_of_the_market_until_released():
    engine = make()
    engine.place("ann", limit("sell", 1, 100), 1)
    order = engine.place("bob", limit("buy", 1, 100), 2, cap=D("0.4"))
    assert (order.filled, order.status) == (D("0.4"), "open")
    assert not engine.books["X"].bids
    engine.release_parked(3)
    assert (order.filled, order.status) == (D(1), "filled")


def test_a_venue_may_forget_whose_name_an_open_order_has():
    engine = make(VenueRules(fees=Fees(D(0), D(0)), client_ids_ms=1000))
    engine.place("ann", limit("buy", 1, 90, client_id="mine"), 5)
    with pytest.raises(DuplicateClientId):
        engine.place("ann", limit("buy", 1, 90, client_id="mine"), 1004)
    with pytest.raises(DuplicateClientId):
        engine.check("ann", limit("buy", 1, 90, client_id="mine"), 1004)
    engine.check("ann", limit("buy", 1, 90, client_id="mine"), 1005)
    engine.place("ann", limit("buy", 1, 90, client_id="mine"), 1005)
