"""Reads over several venues: who answers, what is old, what is missing, what holds everywhere."""

from __future__ import annotations

import asyncio
import threading
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from support.failovers import (
    KINDS,
    Desk,
    Double,
    Over,
    called,
    market,
    over_doubles,
    toys,  # noqa: F401 - a fixture
)
from support.toy import BTC, ETH, reply

from exchangekit.adapter import LIMIT_GTC, LIMIT_IOC, Capabilities, Fence
from exchangekit.errors import InvalidInput, OnMaintenance, UnknownSymbol, VenueUnavailable
from exchangekit.failover import Holdings, Kind, NoVenue, PartialAnswer
from exchangekit.failover.capabilities import common_capabilities
from exchangekit.failover.fitting import coarser, common
from exchangekit.models import (
    Balance,
    Balances,
    LimitOrder,
    Market,
    MarketOrder,
    OrderType,
    Side,
    Ticker,
)
from exchangekit.runtime.effects import Flow, Sleep

pytestmark = pytest.mark.usefixtures("toys")
both = pytest.mark.parametrize("kind", KINDS)


def two(kind: str, a: Desk | None = None, b: Desk | None = None, **options: Any) -> Over:
    return Over(kind, {"a": a or Desk(), "b": b or Desk()}, **options)


# The first that is well


@both
def test_the_first_healthy_venue_answers(kind: str) -> None:
    over = two(kind)
    assert over.call("fetch_ticker", "BTC/USDT").venue == "a"
    over.desks["a"].down = True
    assert over.call("fetch_ticker", "BTC/USDT").venue == "b"
    assert over.is_open("a", Kind.PUBLIC)
    asked = len(over.desks["a"].seen)
    assert over.call("fetch_order_book", "BTC/USDT").venue == "b"
    assert len(over.desks["a"].seen) == asked


@both
def test_what_nobody_could_tell_differently_is_raised_at_once(kind: str) -> None:
    over = two(kind)
    with pytest.raises(InvalidInput):
        over.call("fetch_order_book", "BTC/USDT", limit=-1)
    assert over.desks["b"].seen == []


@both
def test_where_nobody_tells_each_says_why(kind: str) -> None:
    over = two(kind, Desk(down=True))
    over.desks["b"].standing["/ticker"] = reply(b"<html>")
    with pytest.raises(NoVenue) as caught:
        over.call("fetch_ticker", "BTC/USDT")
    assert set(caught.value.reasons) == {"a", "b"}
    assert isinstance(caught.value.reasons["a"], OnMaintenance)
    assert caught.value.outcome is None
    over = two(kind)
    with pytest.raises(UnknownSymbol):
        over.call("fetch_ticker", "XYZ/USDT")


@both
def test_a_symbol_that_only_the_second_lists_is_told_by_it(kind: str) -> None:
    over = two(kind, Desk(markets=[BTC]), Desk(markets=[BTC, ETH]))
    assert over.call("fetch_ticker", "ETH/USDT").venue == "b"
    assert not over.is_open("a", Kind.PUBLIC)


# Hedging


class Slow(Double):
    """Its ticker comes when it is let go."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.let_go = threading.Event()

    def fetch_ticker(self, symbol: str) -> Flow[Any]:
        self.asked.append("fetch_ticker")
        self.let_go.wait()
        yield from ()
        return ticker("1")


def ticker(last: str, at: datetime | None = None) -> Ticker:
    return Ticker(symbol="BTC/USDT", last=Decimal(last), timestamp=at)


def test_the_next_is_asked_where_the_first_is_slow() -> None:
    slow, quick = Slow("a"), Double("b", fetch_ticker=ticker("2"))
    exchange = over_doubles("sync", slow, quick, hedge_after=0.01)
    try:
        assert exchange.fetch_ticker("BTC/USDT").last == 2
    finally:
        slow.let_go.set()


class Asleep(Double):
    """Its ticker never comes."""

    def fetch_ticker(self, symbol: str) -> Flow[Any]:
        self.asked.append("fetch_ticker")
        try:
            yield Sleep(1e6, "for ever")
        except asyncio.CancelledError:
            self.asked.append("given up")
            raise


def test_async_the_slow_one_is_given_up() -> None:
    slow = Asleep("a")
    exchange = over_doubles("async", slow, Double("b", fetch_ticker=ticker("2")), hedge_after=0.01)
    assert called(exchange, "fetch_ticker", "BTC/USDT").last == 2
    assert slow.asked == ["fetch_ticker", "given up"]


@both
def test_a_first_that_fails_is_not_waited_for(kind: str) -> None:
    ill = Double("a", fetch_ticker=VenueUnavailable("away"))
    exchange = over_doubles(kind, ill, Double("b", fetch_ticker=ticker("2")), hedge_after=1e6)
    assert called(exchange, "fetch_ticker", "BTC/USDT").last == 2


@both
def test_a_first_that_answers_is_the_only_one_asked(kind: str) -> None:
    second = Double("b", fetch_ticker=ticker("2"))
    exchange = over_doubles(kind, Double("a", fetch_ticker=ticker("1")), second, hedge_after=1e6)
    assert called(exchange, "fetch_ticker", "BTC/USDT").last == 1
    assert second.asked == []


# What is old


@both
@pytest.mark.parametrize(("age", "told"), [(59.0, 1), (120.0, 2)])
def test_what_is_old_is_not_passed_off_as_fresh(kind: str, age: float, told: int) -> None:
    old = datetime.now(UTC) - timedelta(seconds=age)
    exchange = over_doubles(
        kind,
        Double("a", fetch_ticker=lambda: ticker("1", old)),
        Double("b", fetch_ticker=lambda: ticker("2", datetime.now(UTC))),
        max_age=100.0,
    )
    assert called(exchange, "fetch_ticker", "BTC/USDT").last == told


@both
def test_where_all_of_it_is_old_that_is_said_and_who_stays_old_is_ill(kind: str) -> None:
    old = datetime.now(UTC) - timedelta(days=1)
    first = Double("a", fetch_ticker=lambda: ticker("1", old))
    exchange = over_doubles(kind, first)
    for _ in range(5):
        with pytest.raises(VenueUnavailable, match=r"86[0-9]{3} s old"):
            called(exchange, "fetch_ticker", "BTC/USDT")
    with pytest.raises(NoVenue, match="again and again"):
        called(exchange, "fetch_ticker", "BTC/USDT")
    assert len(first.asked) == 5
    unbounded = over_doubles(kind, first, max_age=None)
    assert called(unbounded, "fetch_ticker", "BTC/USDT").last == 1


# Views


@both
def test_what_is_missing_is_said(kind: str) -> None:
    over = two(kind)
    over.buy()
    over.desks["b"].down = True
    view = over.call("open_orders")
    assert ([one.id for one in view], set(view.missing), view.is_whole) == (["a:1"], {"b"}, False)
    for operation in ("fetch_open_orders", "fetch_closed_orders"):
        with pytest.raises(PartialAnswer) as caught:
            over.call(operation, "BTC/USDT")
        assert set(caught.value.missing) == {"b"}
        assert isinstance(caught.value.missing["b"], OnMaintenance)
        rows = ["a:1"] if operation == "fetch_open_orders" else []
        assert [one.id for one in caught.value.rows] == rows
    trades = over.call("my_trades", "BTC/USDT")
    assert ([one.order_id for one in trades], len(trades)) == (["a:1"], 1)
    assert set(trades.missing) == {"b"}
    over.desks["b"].down = False
    assert over.call("open_orders").is_whole


@both
def test_holdings_are_of_each_venue_and_of_all(kind: str) -> None:
    over = two(kind, Desk(balance={"USDT": ("5", "1")}), Desk(balance={"USDT": ("7", "0")}))
    all_of_it = over.call("balances")
    assert (all_of_it.free("USDT"), all_of_it.total("USDT")) == (12, None)  # toys tell no total
    assert all_of_it["b"].free("USDT") == 7
    assert all_of_it.free("BTC") == 0
    over.desks["a"].down = True
    part = over.call("balances")
    assert (part.free("USDT"), set(part.missing)) == (7, {"a"})


def test_a_total_is_of_all_or_none() -> None:
    def has(total: str | None) -> Balances:
        whole = None if total is None else Decimal(total)
        one = Balance(asset="USDT", free=Decimal(1), used=Decimal(0), total=whole)
        return Balances(assets={"USDT": one})

    assert Holdings({"a": has("5"), "b": has("7.5")}, {}).total("USDT") == Decimal("12.5")
    assert Holdings({"a": has("5"), "b": has(None)}, {}).total("USDT") is None


@both
def test_books_become_one(kind: str) -> None:
    a = Desk(book={"bids": [("10", "1"), ("8", "1")], "asks": [("12", "1")]})
    b = Desk(book={"bids": [("12.5", "2"), ("10", "2")], "asks": [("13", "2"), ("14", "1")]})
    over = Over(kind, {"a": a, "b": b, "c": Desk(down=True)})
    book = over.call("consolidated_book", "BTC/USDT")
    assert [(str(price), venue) for price, _, venue in book.bids] == [
        ("12.5", "b"), ("10", "a"), ("10", "b"), ("8", "a"),
    ]  # fmt: skip
    assert [(str(price), venue) for price, _, venue in book.asks] == [
        ("12", "a"), ("13", "b"), ("14", "b"),
    ]  # fmt: skip
    assert (book.best_bid, book.best_ask) == (book.bids[0], book.asks[0])
    assert book.spread == Decimal("-0.5")
    assert set(book.missing) == {"c"}
    assert len(over.call("consolidated_book", "BTC/USDT", 2).bids) == 2


# What holds everywhere


@both
def test_markets_are_those_of_all(kind: str) -> None:
    strict = {**BTC, "price_step": "0.05", "min_cost": "20", "max_amount": "9"}
    over = two(kind, Desk(markets=[BTC]), Desk(markets=[strict, ETH]))
    markets = over.call("load_markets")
    assert set(markets.symbols()) == {"BTC/USDT", "ETH/USDT"}
    made = markets["BTC/USDT"]
    assert (made.price_step, made.min_cost, made.max_amount) == (
        Decimal("0.05"), Decimal(20), Decimal(9),
    )  # fmt: skip
    assert over.exchange.markets is markets


@both
def test_markets_that_were_not_told_are_asked_for_again(kind: str) -> None:
    over = two(kind, Desk(down=True), Desk(markets=[ETH]))
    assert set(over.call("load_markets").by_symbol) == {"ETH/USDT"}
    over.desks["a"].down = False
    assert "BTC/USDT" in over.call("load_markets").by_symbol
    over = two(kind, Desk(down=True), Desk(down=True))
    with pytest.raises(NoVenue):
        over.call("load_markets")


def some(*numbers: str) -> st.SearchStrategy[Decimal | None]:
    return st.one_of(st.none(), st.sampled_from([Decimal(one) for one in numbers]))


STEPS = some("0", "0.01", "0.05", "0.3", "0.25", "1")
BOUNDS = some("0", "0.5", "1", "2", "5")
TOPS = some("6", "20", "100")


@st.composite
def listings(draw: st.DrawFn) -> Market:
    rules: dict[str, Any] = {"min_cost": draw(BOUNDS), "max_cost": draw(TOPS)}
    for name in ("price", "amount"):
        rules |= {f"{name}_step": draw(STEPS), f"min_{name}": draw(BOUNDS),
                  f"max_{name}": draw(TOPS)}  # fmt: skip
    rules |= {"market_amount_step": draw(STEPS), "market_min_amount": draw(BOUNDS),
              "market_max_amount": draw(TOPS)}  # fmt: skip
    return market().model_copy(update={"cost_step": None, **rules})


HUNDREDTHS = st.one_of(
    st.sampled_from([Decimal(one) for one in ("0.5", "0.6", "0.75", "1", "1.5", "2", "3", "6")]),
    st.integers(1, 12_000).map(lambda one: Decimal(one) / 100),
)


@settings(max_examples=400, suppress_health_check=list(HealthCheck))
@given(
    st.lists(listings(), min_size=2, max_size=3), HUNDREDTHS, HUNDREDTHS, st.booleans(),
    st.booleans(),
)  # fmt: skip
def test_what_the_common_market_takes_every_market_takes(
    listed: list[Market], amount: Decimal, price: Decimal, rounded: bool, at_market: bool
) -> None:
    made = common(listed)
    if rounded:
        kind = OrderType.MARKET if at_market else OrderType.LIMIT
        amount, price = made.round_amount(amount, kind), made.round_price(price)
    assume(amount and price)
    asked: dict[str, Any] = {"symbol": "BTC/USDT", "side": Side.BUY, "amount": amount}
    order = MarketOrder(**asked) if at_market else LimitOrder(price=price, **asked)
    assume(not made.problems(order))
    for one in listed:
        assert not one.problems(order)


@pytest.mark.parametrize(
    ("one", "other", "both_of_them"),
    [("0.1", "0.25", "0.5"), ("0.01", "0.1", "0.1"), ("3", "2", "6"), ("0", "0.1", "0.1"),
     ("0.1", "0", "0.1"), ("1E+1", "4", "20")],
)  # fmt: skip
def test_the_coarser_of_two_steps_is_a_multiple_of_both(
    one: str, other: str, both_of_them: str
) -> None:
    assert coarser(Decimal(one), Decimal(other)) == Decimal(both_of_them)


def test_all_can_do_what_each_can_do() -> None:
    one = Capabilities(
        limit_orders=frozenset({LIMIT_GTC, LIMIT_IOC}), timeframes={"1m": "1", "1h": "60"},
        candles_per_call=500, trades_per_call=7, fence=Fence("rechecked", timedelta(seconds=1)),
        countdown=(10, 100), needs_symbol=frozenset({"fetch_my_trades"}),
    )  # fmt: skip
    other = Capabilities(
        limit_orders=frozenset({LIMIT_GTC}), timeframes={"1m": "one"}, market_orders=False,
        candles_per_call=100, trades_per_call=9, fence=Fence("gateway", timedelta(seconds=3)),
        countdown=(20, 60), needs_symbol=frozenset({"fetch_open_orders"}), fees_per_symbol=True,
    )  # fmt: skip
    made = common_capabilities([one, other])
    assert made.limit_orders == {LIMIT_GTC}
    assert not made.market_orders
    assert set(made.timeframes) == {"1m"}
    assert (made.candles_per_call, made.trades_per_call) == (100, 7)
    assert made.fence == Fence("gateway", timedelta(seconds=3))
    assert made.countdown == (20, 60)
    assert made.needs_symbol == {"fetch_my_trades", "fetch_open_orders"}
    assert made.fees_per_symbol


@both
def test_what_one_venue_lacks_the_failover_lacks(kind: str) -> None:
    over = two(kind)
    needs = ("fetch_ticker", "limit:fok", "limit:ioc", "timeframe:1h", "raw_request")
    assert over.exchange.requires(*needs) == ("limit:fok", "raw_request")
    mixed = over_doubles(kind, Double("a"), Double("b"))
    assert mixed.requires("fetch_ticker", "fetch_trades") == ("fetch_trades",)
