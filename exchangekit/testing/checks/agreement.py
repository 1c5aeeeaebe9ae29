"""8 Agreement: whatever is asked in two ways is told alike, and as much is told as is declared."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from exchangekit.adapter.decode import utc
from exchangekit.errors import OutcomeUnknown
from exchangekit.models.enums import OrderStatus, TimeInForce
from exchangekit.runtime.effects import TransportFailure
from exchangekit.testing.check import check
from exchangekit.testing.checks.tour import has, timeframe
from exchangekit.testing.drivers import Strike
from exchangekit.testing.rig import Rig

_LEVELS = 60
"""A simulated book has about 100 on each side."""
_TOLD = ("symbol", "side", "type", "price", "amount", "filled", "status")


def _same(one: Any, other: Any) -> None:
    for name in _TOLD:
        mine, theirs = getattr(one, name), getattr(other, name)
        unsaid = mine is None or theirs is None
        assert unsaid or mine == theirs, f"{name} is {mine} by itself, {theirs} in a list"
    if one.timestamp is not None and other.timestamp is not None:  # some lists round to seconds
        assert abs(one.timestamp - other.timestamp) < timedelta(seconds=1)


def _near(one: Decimal | None, other: Decimal | None, factor: int = 2) -> bool:
    return one is None or other is None or other / factor <= one <= other * factor


@check(8, "sim")
def an_order_is_told_alike_by_itself_and_in_lists(rig: Rig) -> None:
    """One of each: resting to buy and to sell, filled in part, filled, canceled, expired."""
    exchange, amount = rig.exchange, rig.amount("300")
    low, high = rig.price("0.98", "buy"), rig.price("1.02", "sell")
    through = rig.price("1.01", "buy")
    rests = [
        exchange.create_limit_order(rig.symbol, "buy", amount, low),
        exchange.create_limit_order(rig.symbol, "sell", amount, high),
    ]
    rig.fault({"operation": "create_order", "action": "partial", "fraction": "0.4"})
    rests.append(exchange.create_limit_order(rig.symbol, "buy", amount, rig.price("1.001", "buy")))
    ended = [exchange.create_limit_order(rig.symbol, "buy", amount, through)]
    canceled = exchange.create_limit_order(rig.symbol, "buy", amount, low)
    ended.append(canceled)
    if ("limit", TimeInForce.IOC) in rig.capabilities.limit_orders:
        ioc = TimeInForce.IOC
        ended.append(exchange.create_limit_order(rig.symbol, "buy", amount, low, time_in_force=ioc))
    rig.wait(7)
    said = exchange.cancel_order(canceled.id, rig.symbol)
    assert said.status in (OrderStatus.CANCELED, None), f"canceled, and told as {said.status}"
    lists = (
        ("open", rests, exchange.fetch_open_orders(rig.symbol)),
        ("closed", ended, exchange.fetch_closed_orders(rig.symbol)),
    )
    now = utc(rig.world.ms)
    for name, made, told in lists:
        listed = {order.id: order for order in told}
        assert set(listed) == {order.id for order in made}, f"the {name} orders"
        for order in made:
            alone = rig.order(order)
            _same(alone, listed[order.id])
            for one in (alone, listed[order.id]):
                times = [time for time in (one.timestamp, one.updated) if time is not None]
                assert all(abs(now - time) < timedelta(minutes=2) for time in times)


@check(8, "sim")
def what_is_wholly_locked_is_still_held(rig: Rig) -> None:
    exchange, base = rig.exchange, rig.market.base
    amount, price = rig.amount("300"), rig.price("1.02", "sell")
    rig.control.set_balance("main", base, amount)
    exchange.create_limit_order(rig.symbol, "sell", amount, price)
    held = exchange.fetch_balance()
    assert held.free(base) == 0
    assert held.total(base) in (None, amount)


@check(6, "sim")
def market_data_of_one_moment_agree(rig: Rig) -> None:
    """Volumes are base, whoever tells them; the last price is the last everywhere."""
    exchange, market = rig.exchange, rig.market
    rig.control.market(market.id, frozen=True, price=rig.price("1", "buy"))
    ticker, book = exchange.fetch_ticker(rig.symbol), exchange.fetch_order_book(rig.symbol, 5)
    assert ticker.bid_volume in (book.bids[0].amount, None)
    assert ticker.ask_volume in (book.asks[0].amount, None)
    if ticker.base_volume is not None:
        assert _near(ticker.base_volume * ticker.last, ticker.quote_volume)
    assert exchange.fetch_trades(rig.symbol, 5)[-1].price == ticker.last
    if has(rig, "fetch_tickers"):
        other = exchange.fetch_tickers([rig.symbol])[rig.symbol]
        for name in ("last", "bid", "ask", "open", "high", "low", "base_volume", "quote_volume"):
            one, two = getattr(ticker, name), getattr(other, name)
            fits = None in (one, two) or abs(one - two) <= one / 1000
            assert fits, f"{name} is {one} of one ticker, {two} of all"
    if has(rig, "fetch_ohlcv"):
        bars = exchange.fetch_ohlcv(rig.symbol, timeframe(rig), limit=60)
        assert bars[-1].close == ticker.last
        span = (bars[1].timestamp - bars[0].timestamp) * len(bars)
        a_day = sum(bar.volume for bar in bars) * Decimal(timedelta(days=1) / span)
        assert _near(a_day, ticker.base_volume, 20), "the volume of a candle is base"


@check(6, "sim")
def the_amounts_of_a_book_are_base(rig: Rig) -> None:
    book, step = rig.exchange.fetch_order_book(rig.symbol, 5), rig.market.price_step
    price, amount = book.bids[0].price + step, rig.amount("300")
    if price >= book.asks[0].price:
        price = book.bids[0].price
    rig.control.market(rig.market.id, frozen=True)
    rig.exchange.create_limit_order(rig.symbol, "buy", amount, price)
    levels = rig.exchange.fetch_order_book(rig.symbol, 5).bids
    mine = next(level for level in levels if level.price == price)
    extra = book.bids[0].amount if price == book.bids[0].price else Decimal(0)
    assert amount <= mine.amount <= amount + extra


@check(6, "sim")
def as_much_as_is_declared_comes_with_one_question(rig: Rig) -> None:
    """A page declared larger than it is loses what does not fit on it, and nobody is told."""
    exchange, able = rig.exchange, rig.capabilities
    depth = min(_LEVELS, max(able.book_depths))
    assert len(exchange.fetch_order_book(rig.symbol, depth).bids) == depth
    assert len(exchange.fetch_trades(rig.symbol, able.trades_per_call)) == able.trades_per_call
    if has(rig, "fetch_ohlcv"):
        bars = exchange.fetch_ohlcv(rig.symbol, timeframe(rig), limit=able.candles_per_call)
        assert len(bars) == able.candles_per_call
    amount, price = rig.amount("20"), rig.price("0.98", "sell")
    first = exchange.create_limit_order(rig.symbol, "sell", amount, price)
    for _ in range(max(able.orders_per_call, able.my_trades_per_call) + 5):
        rig.world.advance(20)
        rig.control.again(first.id)
    orders = exchange.fetch_closed_orders(rig.symbol, limit=able.orders_per_call)
    assert len(orders) == able.orders_per_call
    fills = exchange.fetch_my_trades(rig.symbol, limit=able.my_trades_per_call)
    assert len(fills) == able.my_trades_per_call


@check(10, "sim")
def canceling_all_is_sent_once_whatever_becomes_of_the_answer(rig: Rig) -> None:
    amount, price = rig.amount("200"), rig.price("0.8", "buy")
    rig.exchange.create_limit_order(rig.symbol, "buy", amount, price)
    if not has(rig, "cancel_all_orders"):
        rig.declared(f"{rig.adapter.title} has no request that cancels all")
    rig.strike("cancel_all_orders", Strike(failure=TransportFailure("broken", sent=True)))
    rig.refused(lambda: rig.exchange.cancel_all_orders(rig.symbol), OutcomeUnknown)
    arrived = [one for one in rig.control.requests() if one["method"] != "GET"]
    assert len(arrived) == 2, "an order, and one request to cancel all"
    assert rig.exchange.fetch_open_orders(rig.symbol) == ()
