"""5 Market orders: what the venue refuses of one, a filter refuses here, before it is sent."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from typing import Any

from exchangekit.errors import ExchangeError, InsufficientFunds
from exchangekit.models.enums import Side
from exchangekit.models.orders import MarketBuyWithCost, MarketOrder, OrderRequest
from exchangekit.operations import Connection
from exchangekit.testing.check import check
from exchangekit.testing.rig import Rig

_RICH = "1000000000000"
_FINE = Decimal("1e-15")


def _instrument(rig: Rig) -> Any:
    """The market as the simulated venue's own rules have it."""
    listed = rig.subject.sim().instruments()
    return next(one for one in listed if one.symbol == rig.market.id)


def _amounts(rig: Rig) -> Iterator[Decimal]:
    true, legal = _instrument(rig), rig.amount("500")
    most = true.market_max_amount or true.max_amount
    if most:
        yield (most // true.step + 1) * true.step
    if true.min_amount > true.step:
        yield true.min_amount - true.step
    yield legal + true.step / 2


def _costs(rig: Rig) -> Iterator[Decimal]:
    """The largest first: the venue refuses them, or takes one, and with it the whole book."""
    for digits in range(10, 3, -1):
        yield Decimal(10) ** digits
    if least := _instrument(rig).min_notional:
        yield rig.market.round_cost(least / 2)
    yield Decimal(100) + _FINE


def _let_through(rig: Rig, order: OrderRequest) -> ExchangeError | None:
    """What the venue says to an order, if the kit's filters let it through; None if it takes it."""
    if rig.market.problems(order):
        return None
    call = rig.describe("create_order", rig.market, order)
    try:
        rig.run(partial(Connection.call, operation="create_order", call=call))
    except InsufficientFunds:
        return None
    except ExchangeError as refused:
        return refused
    rig.wait(120)  # until the book is as it was
    return None


@check(5, "sim")
def no_market_order_passes_the_filters_that_the_venue_then_refuses(rig: Rig) -> None:
    rig.needs("create_market_order")
    for asset in (rig.market.base, rig.market.quote):
        rig.control.deposit("main", asset, _RICH)
    for number, amount in enumerate(_amounts(rig)):
        for side in Side if rig.capabilities.buy_with_amount else [Side.SELL]:
            name = f"market{side}{number}"
            order = MarketOrder(symbol=rig.symbol, side=side, amount=amount, client_order_id=name)
            refused = _let_through(rig, order)
            assert refused is None, f"no filter forbids {amount} {rig.market.base}: {refused}"


@check(5, "sim")
def no_market_buy_by_cost_passes_the_filters_that_the_venue_then_refuses(rig: Rig) -> None:
    rig.needs("create_market_buy_with_cost")
    rig.control.deposit("main", rig.market.quote, _RICH)
    for number, cost in enumerate(_costs(rig)):
        order = MarketBuyWithCost(symbol=rig.symbol, cost=cost, client_order_id=f"cost{number}")
        refused = _let_through(rig, order)
        assert refused is None, f"no filter forbids a cost of {cost} {rig.market.quote}: {refused}"
