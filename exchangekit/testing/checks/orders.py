"""8 Orders: each kind the venue declares, their fills and fees, and every way they end."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import Any

from exchangekit.errors import (
    DuplicateClientOrderId,
    InsufficientFunds,
    InvalidOrder,
    OrderNotFound,
    Outcome,
    Unsupported,
)
from exchangekit.models.enums import (
    Liquidity,
    OrderStatus,
    OrderType,
    Side,
    TimeInForce,
    choices,
)
from exchangekit.models.orders import LimitOrder
from exchangekit.testing.check import check
from exchangekit.testing.rig import Rig

LIMITS = [
    (f"{tif}_{side}", tif, side)
    for tif in (TimeInForce.GTC, TimeInForce.IOC, TimeInForce.FOK)
    for side in Side
]
SIDES = [(str(side), side) for side in Side]
_RESTING = {Side.BUY: "0.8", Side.SELL: "1.25"}
_CROSSING = {Side.BUY: "1.01", Side.SELL: "0.99"}


def _limit(rig: Rig, side: Side, factors: dict[Side, str], **how: Any) -> Any:
    price, amount = rig.price(factors[side], side), rig.amount("300")
    return rig.exchange.create_limit_order(rig.symbol, side, amount, price, **how)


def _held(balances: Any, asset: str) -> Any:
    """What is free or locked: what an account holds that owes nothing, as those of checks."""
    one = balances.get(asset)
    return one.free + one.used if one is not None else Decimal(0)


def _needs(rig: Rig, tif: TimeInForce) -> None:
    rig.needs("create_order", f"limit:{tif}")


def _known(rig: Rig, order: Any) -> None:
    """What the kit believes is what the ledger holds."""
    if rig.control is None:
        return
    true = rig.truth(order.client_order_id)
    assert true is not None
    assert Decimal(true["filled"]) == order.filled
    assert (true["status"] == "open") == order.is_open


@check(8, cases=LIMITS)
def a_limit_order_away_from_the_market_rests_or_ends_unfilled(
    rig: Rig, tif: TimeInForce, side: Side
) -> None:
    _needs(rig, tif)
    found = rig.order(_limit(rig, side, _RESTING, time_in_force=tif))
    assert found.filled == 0
    assert (found.side, found.type) == (side, OrderType.LIMIT)
    assert found.time_in_force in (tif, None)
    if tif is TimeInForce.GTC:
        assert found.status is OrderStatus.OPEN
    else:
        assert found.status in (OrderStatus.CANCELED, OrderStatus.EXPIRED)
    _known(rig, found)


@check(8, cases=LIMITS)
def a_limit_order_through_the_market_is_filled(rig: Rig, tif: TimeInForce, side: Side) -> None:
    _needs(rig, tif)
    made = _limit(rig, side, _CROSSING, time_in_force=tif)
    found = rig.order(made)
    assert found.status is OrderStatus.CLOSED
    assert found.filled == found.amount > 0
    assert found.remaining == 0
    assert abs(found.average * found.filled - found.cost) <= found.cost / 1_000_000
    better = found.average <= found.price if side is Side.BUY else found.average >= found.price
    assert better, "filled at the limit or better"
    _known(rig, found)


@check(8, cases=SIDES)
def post_only_rests_and_never_takes(rig: Rig, side: Side) -> None:
    _needs(rig, TimeInForce.POST_ONLY)
    resting = rig.order(_limit(rig, side, _RESTING, post_only=True))
    assert resting.status is OrderStatus.OPEN
    assert resting.time_in_force in (TimeInForce.POST_ONLY, None)
    refused: InvalidOrder | None = None
    try:
        crossing = _limit(rig, side, _CROSSING, post_only=True, client_order_id="crossing01")
    except InvalidOrder as error:
        refused = error
    if refused is not None:
        assert refused.outcome is Outcome.REFUSED
        assert rig.control is None or rig.truth("crossing01") is None
        return
    found = rig.order(crossing)
    assert found.is_done
    assert found.filled == 0


@check(8, cases=SIDES)
def a_market_order_fills_and_its_fills_add_up(rig: Rig, side: Side) -> None:
    rig.needs(f"market:{side}")
    exchange, amount = rig.exchange, rig.amount("500")
    before = exchange.fetch_balance()
    found = rig.order(exchange.create_market_order(rig.symbol, side, amount))
    assert found.status is OrderStatus.CLOSED
    assert (found.type, found.side, found.filled) == (OrderType.MARKET, side, amount)
    assert found.price is None, "a market order has no price"
    fills = exchange.fetch_order_trades(found.id, rig.symbol)
    assert sum(fill.amount for fill in fills) == amount
    assert all(fill.order_id == found.id and fill.side is side for fill in fills)
    assert all(fill.liquidity in (Liquidity.TAKER, Liquidity.UNKNOWN) for fill in fills)
    after, market = exchange.fetch_balance(), rig.market
    sign = 1 if side is Side.BUY else -1
    paid = -sign * sum((fill.cost for fill in fills), Decimal(0))
    change = {market.base: sign * amount, market.quote: paid}
    for fill in fills:
        assert fill.fee is not None
        assert fill.fee.cost >= 0, "a charge is positive, a rebate negative"
        change[fill.fee.currency] = change.get(fill.fee.currency, Decimal(0)) - fill.fee.cost
    for asset, difference in change.items():
        assert _held(after, asset) - _held(before, asset) == difference, asset
    _known(rig, found)


@check(8)
def a_market_buy_by_cost_spends_no_more(rig: Rig) -> None:
    rig.needs("create_market_buy_with_cost")
    cost = rig.market.round_cost(250)
    found = rig.order(rig.exchange.create_market_buy_with_cost(rig.symbol, cost))
    assert found.is_done
    assert found.requested_cost in (cost, None)
    assert Decimal("0.9") * cost < found.cost <= cost
    _known(rig, found)


@check(8)
def fees_are_charged_as_they_are_told(rig: Rig) -> None:
    rig.needs("fetch_trading_fees")
    rate = rig.exchange.fetch_trading_fees([rig.symbol])[rig.symbol]
    assert abs(rate.maker) < Decimal("0.1"), "0.001 is 0.1 per cent"
    assert 0 <= rate.taker < Decimal("0.1"), "0.001 is 0.1 per cent"
    found = rig.order(_limit(rig, Side.SELL, _CROSSING))
    for fill in rig.exchange.fetch_order_trades(found.id, rig.symbol):
        if fill.fee is not None and fill.fee.currency == rig.market.quote:
            assert abs(fill.fee.cost - fill.cost * rate.taker) <= Decimal("0.0001")


@check(8)
def a_partly_filled_order_says_how_much_and_stays_so_when_canceled(rig: Rig) -> None:
    price, amount = rig.price("1.001", "buy"), rig.amount("600")
    rig.fault({"operation": "create_order", "action": "partial", "fraction": "0.4"})
    made = rig.exchange.create_limit_order(rig.symbol, "buy", amount, price)
    found = rig.order(made)
    assert found.status is OrderStatus.OPEN
    assert 0 < found.filled < amount
    assert found.remaining == amount - found.filled
    rig.exchange.cancel_order(found.id, rig.symbol)
    canceled = rig.order(made)
    assert canceled.status is OrderStatus.CANCELED
    assert canceled.filled == found.filled
    _known(rig, canceled)


@check(8, live="trades")
def an_order_is_found_by_both_ids_and_canceled(rig: Rig) -> None:
    exchange = rig.exchange
    made = _limit(rig, Side.BUY, _RESTING)
    assert made.id is not None
    assert made.client_order_id is not None
    by_id = exchange.fetch_order(made.id, rig.symbol)
    assert by_id == rig.order(made)
    assert (by_id.id, by_id.client_order_id) == (made.id, made.client_order_id)
    assert by_id.status is OrderStatus.OPEN
    said = exchange.cancel_order(made.id, rig.symbol)
    assert said.id in (made.id, None)
    assert rig.order(made).status is OrderStatus.CANCELED


@check(8)
def funds_are_locked_while_an_order_rests_and_free_after(rig: Rig) -> None:
    exchange, quote = rig.exchange, rig.market.quote
    before = exchange.fetch_balance()
    made = _limit(rig, Side.BUY, _RESTING)
    during = exchange.fetch_balance()
    assert during[quote].used - before[quote].used >= rig.order(made).price * rig.order(made).amount
    assert _held(during, quote) == _held(before, quote)
    exchange.cancel_order(made.id, rig.symbol)
    assert exchange.fetch_balance()[quote] == before[quote]


@check(8, live="trades")
def an_order_is_canceled_by_its_client_order_id(rig: Rig) -> None:
    made = _limit(rig, Side.SELL, _RESTING, client_order_id="mine0001")
    assert made.client_order_id == "mine0001"
    rig.exchange.cancel_order(None, rig.symbol, client_order_id="mine0001")
    assert rig.order(made).status is OrderStatus.CANCELED


@check(8)
def canceling_twice_and_canceling_what_was_filled_is_refused(rig: Rig) -> None:
    resting, filled = _limit(rig, Side.BUY, _RESTING), _limit(rig, Side.BUY, _CROSSING)
    rig.exchange.cancel_order(resting.id, rig.symbol)
    for order in (resting, filled):
        cancel = partial(rig.plainly, "cancel_order", rig.market, order.id, None)
        error = rig.refused(cancel, OrderNotFound)
        assert error.outcome is Outcome.REFUSED


@check(8)
def an_order_that_never_was_is_not_found(rig: Rig) -> None:
    exchange, symbol = rig.exchange, rig.symbol
    rig.refused(
        lambda: exchange.fetch_order(None, symbol, client_order_id="neverwas1"), OrderNotFound
    )
    cancel = partial(rig.plainly, "cancel_order", rig.market, None, "neverwas1")
    error = rig.refused(cancel, OrderNotFound)
    assert error.outcome is Outcome.REFUSED


@check(8)
def a_client_order_id_names_one_open_order(rig: Rig) -> None:
    amount, price, name = rig.amount("200"), rig.price("0.8", "buy"), "twice001"
    order = LimitOrder(
        symbol=rig.symbol, side=Side.BUY, amount=amount, price=price, client_order_id=name
    )
    rig.exchange.create_limit_order(rig.symbol, "buy", amount, price, client_order_id=name)
    place = partial(rig.plainly, "create_order", rig.market, order)
    error = rig.refused(place, DuplicateClientOrderId)
    assert error.outcome is Outcome.REFUSED
    assert rig.control is None or len(rig.control.orders()) == 1


@check(8)
def cancel_all_cancels_this_symbol_only(rig: Rig) -> None:
    exchange, amount = rig.exchange, rig.amount("100")
    mine = {
        exchange.create_limit_order(rig.symbol, "buy", amount, rig.price(factor, "buy")).id
        for factor in ("0.7", "0.75", "0.8")
    }
    ticker, market = exchange.fetch_ticker(rig.other), exchange.load_markets()[rig.other]
    price = market.round_price(ticker.last * Decimal("0.8"), "buy")
    other = exchange.create_limit_order(rig.other, "buy", market.round_amount(100 / price), price)
    report = exchange.cancel_all_orders(rig.symbol)
    assert {order.id for order in report.canceled} == mine
    assert report.failed == ()
    assert exchange.fetch_open_orders(rig.symbol) == ()
    assert [order.id for order in exchange.fetch_open_orders(rig.other)] == [other.id]
    assert exchange.cancel_all_orders(rig.symbol).canceled == ()


@check(8)
def more_than_the_account_holds_is_insufficient_funds(rig: Rig) -> None:
    market, price = rig.market, rig.price("1.2", "sell")
    held = rig.exchange.fetch_balance().free(market.base)
    amount = market.round_amount(held * Decimal("1.5"))
    error = rig.refused(
        lambda: rig.exchange.create_limit_order(rig.symbol, "sell", amount, price),
        InsufficientFunds,
    )
    assert error.outcome is Outcome.REFUSED


@check(8)
def what_is_not_declared_is_refused_here(rig: Rig) -> None:
    """Options that the venue cannot honour are never dropped."""
    amount, price = rig.amount("200"), rig.price("0.8", "buy")
    before = len(rig.sent)
    for tif in choices(TimeInForce):
        if (OrderType.LIMIT, tif) not in rig.capabilities.limit_orders:
            place = partial(rig.exchange.create_limit_order, rig.symbol, "buy", amount, price)
            error = rig.refused(partial(place, time_in_force=tif), Unsupported)
            assert error.outcome is Outcome.NOT_SENT
    if not rig.capabilities.buy_with_amount:
        by_amount = partial(rig.exchange.create_market_order, rig.symbol, "buy", amount)
        assert rig.refused(by_amount, Unsupported).outcome is Outcome.NOT_SENT
    error = rig.refused(
        lambda: rig.exchange.create_limit_order(
            rig.symbol, "buy", amount, price, client_order_id="not legal anywhere !" * 4
        ),
        InvalidOrder,
    )
    assert error.outcome is Outcome.NOT_SENT
    assert len(rig.sent) == before


@check(8)
def an_order_can_be_tested_without_being_placed(rig: Rig) -> None:
    rig.needs("test_order")
    amount, price = rig.amount("200"), rig.price("0.8", "buy")
    assert rig.exchange.test_order(rig.symbol, "limit", "buy", amount, price) is None
    assert rig.exchange.fetch_open_orders(rig.symbol) == ()


@check(8)
def the_key_says_what_it_may_do(rig: Rig) -> None:
    rig.needs("fetch_api_key")
    info = rig.exchange.fetch_api_key()
    assert info.can_trade in (True, None)
    assert info.can_read in (True, None)


@check(8)
def several_orders_can_be_canceled_at_once_and_each_fails_by_itself(rig: Rig) -> None:
    rig.needs("cancel_orders")
    market = rig.market
    made = _limit(rig, Side.BUY, _RESTING)
    gone = _limit(rig, Side.BUY, _RESTING)
    rig.exchange.cancel_order(gone.id, rig.symbol)
    call = rig.describe("cancel_orders", market, (made.id, gone.id))
    report = rig.run(lambda kit: kit.call("cancel_orders", call))
    assert [order.id for order in report.canceled] == [made.id]
    assert [(one.order_id, bool(one.reason)) for one in report.failed] == [(gone.id, True)]


@check(8, "sim")
def the_balance_is_what_the_ledger_holds(rig: Rig) -> None:
    _limit(rig, Side.BUY, _RESTING)
    _limit(rig, Side.SELL, _CROSSING)
    balances = rig.exchange.fetch_balance()
    for asset, held in rig.control.balances()["main"].items():
        assert balances.free(asset) == Decimal(held["free"]), asset
        true = Decimal(held["free"]) + Decimal(held["locked"])
        assert _held(balances, asset) == true, asset
        assert balances.total(asset) in (None, true), asset
