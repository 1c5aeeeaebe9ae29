"""8, 10 Waiting: an order is followed to its end, whatever goes wrong with a single question."""

from __future__ import annotations

from typing import Any

from exchangekit.adapter.request import Reply
from exchangekit.errors import OrderNotFound, WaitTimeout
from exchangekit.models.enums import OrderStatus
from exchangekit.models.orders import Order
from exchangekit.runtime.effects import TransportFailure
from exchangekit.testing.check import check
from exchangekit.testing.drivers import Strike
from exchangekit.testing.rig import Rig

_RESTING, _CROSSING = "0.8", "1.01"
_MOST_OF_A_MINUTE = 30
"""Questions: the first few come quickly, the others every few seconds."""


def _buy(rig: Rig, factor: str) -> Any:
    price, amount = rig.price(factor, "buy"), rig.amount("200")
    return rig.exchange.create_limit_order(rig.symbol, "buy", amount, price)


def _acknowledged(order: Any) -> Any:
    """The order as a venue tells it that only says that it took it."""
    return order.model_copy(update={"status": None, "filled": None})


@check(8)
def an_order_is_followed_to_its_end(rig: Rig) -> None:
    made = _acknowledged(_buy(rig, _CROSSING))
    found = rig.exchange.wait(made, timeout=60)
    assert found.status is OrderStatus.CLOSED
    assert found.filled == found.amount > 0
    assert found.id == made.id
    before = len(rig.sent)
    assert rig.exchange.wait(found) is found, "what is done needs no question"
    assert len(rig.sent) == before


@check(8)
def a_wait_whose_time_is_over_says_how_the_order_is_and_leaves_it_alone(rig: Rig) -> None:
    made, before = _buy(rig, _RESTING), rig.world.ms
    asked = len(rig.requests("fetch_order"))
    error = rig.refused(lambda: rig.exchange.wait(made, timeout=60), WaitTimeout)
    assert isinstance(error, WaitTimeout)
    assert error.order.is_open
    assert (error.order.id, error.client_order_id) == (made.id, made.client_order_id)
    assert 60_000 <= rig.world.ms - before < 65_000
    assert 5 < len(rig.requests("fetch_order")) - asked < _MOST_OF_A_MINUTE
    assert rig.order(made).is_open


@check(8, "sim")
def a_wait_ends_when_the_market_has_filled_the_order(rig: Rig) -> None:
    made, market = _buy(rig, _RESTING), rig.market
    price = rig.order(made).price
    seen: list[Any] = []

    def look(order: Any) -> bool:
        seen.append(order)
        if len(seen) == 3:
            rig.control.market(market.id, price=market.round_price(price * 9 / 10), frozen=True)
        return False

    found = rig.exchange.wait(_acknowledged(made), until=look, timeout=60)
    assert found.status is OrderStatus.CLOSED
    assert [order.is_open for order in seen] == [False, True, True]


@check(8, "sim")
def a_wait_for_a_first_fill_ends_with_it(rig: Rig) -> None:
    price, amount = rig.price("1.001", "buy"), rig.amount("600")
    rig.fault({"operation": "create_order", "action": "partial", "fraction": "0.4"})
    made = rig.exchange.create_limit_order(rig.symbol, "buy", amount, price)
    found = rig.exchange.wait(_acknowledged(made), until="any_fill", timeout=60)
    assert found.is_open
    assert 0 < found.filled < amount
    assert rig.exchange.wait(_acknowledged(made), until="open", timeout=60).is_open


PASSING = [
    ("a_broken_connection", TransportFailure("the connection broke", sent=True)),
    ("no_answer_in_time", TransportFailure("no answer in time", sent=True, timeout=True)),
    ("no_connection", TransportFailure("no connection", sent=False)),
    ("http_500", Reply(500, {}, b"")),
    ("http_429", Reply(429, {}, b"")),
    ("an_unreadable_answer", Reply(200, {}, b"<html></html>")),
]


@check(10, "sim", cases=PASSING)
def a_wait_goes_on_through_what_will_pass(rig: Rig, what: Any) -> None:
    made = _acknowledged(_buy(rig, _CROSSING))
    strike = Strike(reply=what) if isinstance(what, Reply) else Strike(failure=what)
    rig.strike("fetch_order", strike, times=4)
    found = rig.exchange.wait(made, timeout=120)
    assert found.status is OrderStatus.CLOSED
    assert len(rig.requests("fetch_order")) == 5


@check(10, "sim")
def an_order_that_is_not_found_at_first_is_looked_for_on_and_not_for_ever(rig: Rig) -> None:
    """Right after a create "not found" proves nothing: replicas lag."""
    exchange, made = rig.exchange, _acknowledged(_buy(rig, _CROSSING))
    nobody = Order(symbol=rig.symbol, client_order_id="neverwas1")
    before = rig.world.ms
    rig.refused(lambda: exchange.wait(nobody, timeout=60), OrderNotFound)
    assert 10_000 <= rig.world.ms - before < 20_000
    lagging = rig.requests("fetch_order")[-1].reply
    rig.strike("fetch_order", Strike(reply=lagging), times=3)
    assert exchange.wait(made, timeout=60).status is OrderStatus.CLOSED
