"""8 Ledger: whose side, which role, what it cost, what a key may do: as the venue itself holds it.

Needs the simulated venue's control interface: a reply that is read the wrong way round agrees with
itself, and only the ledger knows better.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

from exchangekit.adapter.decode import milliseconds
from exchangekit.models.enums import Liquidity, Side
from exchangekit.testing.check import check
from exchangekit.testing.rig import Rig

_MAKER, _TAKER = Decimal("0.0003"), Decimal("0.0007")
_REBATE = Decimal("-0.0001")
_A_WEEK = timedelta(days=7)


def _key(rig: Rig, **change: Any) -> Any:
    """What the key says of itself after a change of it."""
    rig.control.key(rig.credentials.api_key.get_secret_value(), **change)
    return rig.exchange.fetch_api_key()


def _both_roles(rig: Rig) -> None:
    """One order that takes, and one that rests until the market comes to it."""
    exchange, amount = rig.exchange, rig.amount("300")
    exchange.create_limit_order(rig.symbol, "buy", amount, rig.price("1.01", "buy"))
    above = rig.price("1.01", "sell")
    exchange.create_limit_order(rig.symbol, "sell", amount, above)
    rig.control.market(rig.market.id, price=above * Decimal("1.01"))
    rig.wait(60)


def _fills(rig: Rig) -> Iterator[tuple[Any, dict[str, Any]]]:
    """Each fill as it is told, and as the ledger holds it."""
    held = {
        (one["order_id"], Decimal(one["price"]), Decimal(one["amount"])): one
        for one in rig.control.fills()
    }
    told = rig.exchange.fetch_my_trades(rig.symbol)
    assert len(told) == len(rig.control.fills())
    assert {one["maker"] for one in held.values()} == {True, False}
    for fill in told:
        yield fill, held[fill.order_id, fill.price, fill.amount]


def _near(one: Decimal, other: Decimal) -> bool:
    """Nearer than any price that an amount and a cost could be mistaken by."""
    return other / 2 < one < other * 2


@check(6, "sim")
def the_side_of_a_public_trade_is_the_takers(rig: Rig) -> None:
    trades = rig.exchange.fetch_trades(rig.symbol, 50)
    sides: dict[tuple[Decimal, Decimal], set[str]] = {}
    for one in rig.control.trades(rig.market.id, 500):
        place = Decimal(one["price"]), Decimal(one["amount"])
        sides.setdefault(place, set()).add(one["side"])
    told = [trade for trade in trades if trade.side is not None]
    for trade in told:
        assert str(trade.side) in sides[trade.price, trade.amount], f"taken by a {trade.side}: no"
    assert {trade.side for trade in told} in (set(), set(Side)), "both sides take in 50 trades"


@check(8, "sim")
def a_fill_has_the_side_and_the_role_that_the_ledger_has(rig: Rig) -> None:
    _both_roles(rig)
    for fill, true in _fills(rig):
        assert str(fill.side) == true["side"]
        role = Liquidity.MAKER if true["maker"] else Liquidity.TAKER
        assert fill.liquidity in (role, Liquidity.UNKNOWN), f"{fill.liquidity}, not {role}"
        assert fill.cost == Decimal(true["cost"])
        assert fill.client_order_id in (true["client_id"], None)


@check(8, "sim")
def maker_and_taker_fees_are_told_apart(rig: Rig) -> None:
    """The account's own, so that they differ on every venue."""
    rig.control.set_fees("main", maker=_MAKER, taker=_TAKER)
    _both_roles(rig)
    for fill, true in _fills(rig):
        assert fill.fee is not None
        assert (fill.fee.currency, fill.fee.cost) == (true["fee_asset"], Decimal(true["fee"]))
    rig.needs("fetch_trading_fees")
    rate = rig.exchange.fetch_trading_fees([rig.symbol])[rig.symbol]
    assert (rate.maker, rate.taker) == (_MAKER, _TAKER)
    rig.control.set_fees("main", maker=_REBATE, taker=_TAKER)
    rate = rig.exchange.fetch_trading_fees([rig.symbol])[rig.symbol]
    assert (rate.maker, rate.taker) == (_REBATE, _TAKER), "a rebate is negative"


@check(8, "sim")
def the_rates_of_a_market_are_told_apart(rig: Rig) -> None:
    dialect = rig.subject.sim()
    listed = {one.symbol: one for one in dialect.instruments()}
    for market in rig.exchange.fetch_markets():
        public = listed[market.id].fees or dialect.rules.fees
        assert market.maker in (public.maker, None), f"{market.symbol}: {market.maker}"
        assert market.taker in (public.taker, None), f"{market.symbol}: {market.taker}"


@check(8, "sim")
def a_cost_is_never_told_as_an_amount_of_base(rig: Rig) -> None:
    rig.needs("create_market_buy_with_cost")
    cost = rig.market.round_cost(250)
    made = rig.exchange.create_market_buy_with_cost(rig.symbol, cost)
    last = rig.exchange.fetch_ticker(rig.symbol).last
    told = [made, rig.order(made), *rig.exchange.fetch_closed_orders(rig.symbol)]
    assert len(told) == 3
    for order in told:
        assert order.requested_cost in (cost, None)
        fits = order.amount is None or _near(order.amount * last, cost)
        assert fits, f"{cost} {rig.market.quote} are told as {order.amount} {rig.market.base}"


@check(8, "sim")
def an_amount_of_base_is_never_told_as_a_cost(rig: Rig) -> None:
    rig.needs("create_market_order")
    amount = rig.amount("300")
    sides = [side for side in Side if side is Side.SELL or rig.capabilities.buy_with_amount]
    made = [rig.exchange.create_market_order(rig.symbol, side, amount) for side in sides]
    last = rig.exchange.fetch_ticker(rig.symbol).last
    told = [*made, *map(rig.order, made), *rig.exchange.fetch_closed_orders(rig.symbol)]
    assert len(told) == 3 * len(sides)
    for order in told:
        assert order.amount in (amount, None), f"{amount} is told as {order.amount}"
        asked = order.requested_cost  # some venues count what such an order may cost at most
        fits = asked is None or _near(asked, amount * last)
        assert fits, f"{amount} {rig.market.base} are told as {asked} {rig.market.quote}"


@check(8, "sim")
def a_key_that_may_withdraw_is_never_told_as_harmless(rig: Rig) -> None:
    rig.needs("fetch_api_key")
    assert _key(rig, permissions=["read", "trade"]).can_withdraw in (False, None)
    said = _key(rig, permissions=["read", "trade", "withdraw"])
    assert said.can_withdraw in (True, None), "it may withdraw"
    assert said.can_trade in (True, None)
    assert _key(rig, permissions=["read"]).can_trade in (False, None), "it may not trade"


@check(8, "sim")
def a_key_for_any_address_is_never_told_as_bound_to_some(rig: Rig) -> None:
    rig.needs("fetch_api_key")
    said = _key(rig, ips=[])
    assert said.ip_restricted in (False, None)
    assert not said.ips
    said = _key(rig, ips=["127.0.0.1"])
    assert said.ip_restricted in (True, None)
    assert said.ips in (("127.0.0.1",), None)


@check(8, "sim")
def when_a_key_ends_is_told_to_the_second_or_not_at_all(rig: Rig) -> None:
    rig.needs("fetch_api_key")
    ends = rig.exchange.fetch_time().replace(microsecond=0) + _A_WEEK
    said = _key(rig, expires=milliseconds(ends)).expires
    assert said in (ends, None), f"it ends at {ends}"
    said = _key(rig, expires=0, ips=["127.0.0.1"]).expires
    assert said is None, "it has no end"
