"""5 Markets and filters: an order that breaks one is refused here, and the venue agrees."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import Any

from exchangekit.errors import BadRequest, ExchangeError, InvalidOrder, Outcome
from exchangekit.models.enums import OrderType, Side
from exchangekit.models.market import Market
from exchangekit.models.orders import LimitOrder
from exchangekit.operations import Connection
from exchangekit.testing.check import check
from exchangekit.testing.rig import Rig
from exchangekit.testing.surgery import at, decoded, scalars, with_values

_CHOSEN = "filter0001"


@check(5, live="reads")
def every_market_has_its_steps_and_sane_limits(rig: Rig) -> None:
    markets = rig.exchange.load_markets()
    assert markets.skipped == ()
    for symbol in markets.symbols():
        market = markets[symbol]
        assert market.price_step is not None
        assert market.price_step > 0, symbol
        assert market.amount_step is not None
        assert market.amount_step > 0, symbol
        for name in ("price", "amount", "cost"):
            low, high = getattr(market, f"min_{name}"), getattr(market, f"max_{name}")
            assert low is None or low > 0, f"{symbol}: min_{name} is {low}; absent is None"
            assert high is None or high > (low or 0), f"{symbol}: max_{name} is {high}"
        assert market.order_types, symbol


_SAME = {
    "price_step": "tick",
    "amount_step": "step",
    "min_price": "min_price",
    "max_price": "max_price",
    "min_amount": "min_amount",
    "max_amount": "max_amount",
    "min_cost": "min_notional",
    "max_cost": "max_notional",
}


@check(5, "sim")
def every_filter_that_is_read_is_the_one_that_the_venue_applies(rig: Rig) -> None:
    markets = rig.exchange.load_markets()
    dialect = rig.subject.sim
    assert dialect is not None
    compared = 0
    for instrument in dialect().instruments():
        market = markets.by_id.get(instrument.symbol)
        if market is None:
            continue  # of another pair than the ones that checks trade
        compared += 1
        for name, applied in _SAME.items():
            read, true = getattr(market, name), getattr(instrument, applied)
            assert read in (None, true), f"{market.symbol}: {name} is {read}, the venue's is {true}"
        assert market.price_step == instrument.tick, market.symbol
        assert market.amount_step == instrument.step, market.symbol
    assert compared == len(markets)


@check(5)
def markets_are_loaded_once_and_again_when_asked(rig: Rig) -> None:
    first = rig.exchange.load_markets()
    assert rig.exchange.load_markets() is first
    assert len(rig.requests("fetch_markets")) == 1
    assert rig.exchange.load_markets(reload=True) == first
    assert len(rig.requests("fetch_markets")) == 2
    assert {one.symbol for one in rig.exchange.fetch_markets()} == set(first.symbols())


@check(5, live="reads")
def one_malformed_market_is_skipped_and_reported(rig: Rig) -> None:
    markets = rig.exchange.load_markets()
    market = rig.market
    sent = rig.requests("fetch_markets")[-1]
    assert sent.call is not None
    body = decoded(sent.reply)
    row = next(place[:-1] for place, value in scalars(body) if value == market.id)
    broken = {
        (*row, name): {"broken": True}
        for name, value in at(body, row).items()
        if value not in (market.id, market.base, market.quote)
    }
    assert broken
    read = sent.call.parse(with_values(sent.reply, broken))
    assert set(read.symbols()) == set(markets.symbols()) - {market.symbol}
    assert [(one.id, bool(one.reason)) for one in read.skipped] == [(market.id, True)]


@check(5, live="reads")
def rounding_is_explicit_and_gives_what_the_filters_allow(rig: Rig) -> None:
    markets = rig.exchange.load_markets()
    for symbol in markets.symbols():
        market = markets[symbol]
        odd = Decimal("0.123456789123456789")
        price, amount = market.round_price(odd + 1), market.round_amount(odd + 1)
        assert price % market.price_step == 0
        assert amount % market.amount_step == 0
        assert amount <= odd + 1
        assert market.round_price(odd + 1, "buy") <= odd + 1 <= market.round_price(odd + 1, "sell")


def _legal(rig: Rig) -> LimitOrder:
    return LimitOrder(
        symbol=rig.symbol,
        side=Side.BUY,
        amount=rig.amount("200"),
        price=rig.price("0.9", "buy"),
        client_order_id=_CHOSEN,
    )


def _illegal(market: Market, legal: LimitOrder) -> dict[str, LimitOrder]:
    """Orders that break one filter each, for the filters that this market has."""
    step, tick = market.amount_step or Decimal(0), market.price_step or Decimal(0)
    found = {
        "price_step": {"price": legal.price + tick / 2},
        "amount_step": {"amount": legal.amount + step / 2},
    }
    if market.max_amount is not None:
        found["max_amount"] = {"amount": market.max_amount + step}
    if market.min_cost is not None:
        small = market.round_amount(market.min_cost / legal.price / 2)
        if small >= (market.min_amount or step) and small > 0:
            found["min_cost"] = {"amount": small}
    return {name: legal.model_copy(update=change) for name, change in found.items()}


@check(5)
def an_order_that_breaks_a_filter_is_refused_here_with_the_nearest_legal_value(rig: Rig) -> None:
    legal = _legal(rig)
    illegal = _illegal(rig.market, legal)
    before = len(rig.sent)
    for name, order in illegal.items():
        error = rig.refused(partial(_create, rig, order), InvalidOrder)
        assert isinstance(error, InvalidOrder)
        assert error.outcome is Outcome.NOT_SENT
        assert error.filter == name, f"{name}: {error}"
        assert error.nearest is not None, name
        field = "price" if name == "price_step" else "amount"
        mended = order.model_copy(update={field: error.nearest})
        still = [problem.filter for problem in rig.market.problems(mended)]
        assert name not in still, f"{name}: {error.nearest} breaks it, too"
    assert len(rig.sent) == before, "nothing is sent"


def _create(rig: Rig, order: LimitOrder) -> Any:
    return rig.exchange.create_order(
        order.symbol, OrderType.LIMIT, order.side, order.amount, order.price
    )


@check(5)
def the_venue_agrees_with_the_filters(rig: Rig) -> None:
    """Sent past the kit's own check: the venue may be more lenient, but what it refuses is refused
    for the order's sake, and nothing of it is there."""
    legal = _legal(rig)
    refused: list[tuple[str, ExchangeError]] = []
    for name, order in _illegal(rig.market, legal).items():
        call = rig.describe("create_order", rig.market, order)
        try:
            rig.run(partial(Connection.call, operation="create_order", call=call))
        except ExchangeError as problem:
            refused.append((name, problem))
    assert refused, "the venue takes everything that the filters forbid"
    for name, error in refused:
        assert isinstance(error, (InvalidOrder, BadRequest)), f"{name}: {error}"
        assert error.outcome is Outcome.REFUSED, f"{name}: {error}"


@check(5)
def the_smallest_order_that_the_filters_allow_is_taken(rig: Rig) -> None:
    market = rig.market
    price = rig.price("0.9", "buy")
    amount = market.min_amount or market.amount_step or Decimal(1)
    order = LimitOrder(symbol=rig.symbol, side=Side.BUY, amount=amount, price=price)
    for _ in range(3):
        problems = market.problems(order)
        if not problems:
            break
        assert problems[0].nearest is not None
        order = order.model_copy(update={"amount": problems[0].nearest})
    made = _create(rig, order)
    assert rig.order(made).amount == order.amount


@check(5, "sim")
def a_halted_market_is_not_active_or_refuses_orders_as_closed(rig: Rig) -> None:
    order = _legal(rig)
    rig.control.market(rig.market.id, halted=True)
    error = rig.refused(lambda: _create(rig, order), InvalidOrder)
    assert error.outcome is Outcome.REFUSED
