"""8, 10, 17 Dead man's switch: it cancels everything unless it is renewed, and says when."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from exchangekit.adapter.decode import utc
from exchangekit.adapter.request import Reply
from exchangekit.errors import BadReply, InvalidInput, Outcome, OutcomeUnknown
from exchangekit.models.enums import OrderStatus
from exchangekit.runtime.effects import TransportFailure
from exchangekit.testing.check import check
from exchangekit.testing.drivers import Strike
from exchangekit.testing.rig import Rig
from exchangekit.testing.surgery import decoded, number, scalars

_SLACK = 12
"""Seconds: venues say that canceling may take up to ten, and may tell times in whole seconds."""


def _seconds(rig: Rig) -> int:
    """A countdown that is long enough to place orders and to ask for them meanwhile."""
    rig.needs("cancel_all_after")
    fewest, most = _bounds(rig)
    return min(max(fewest, 30), most)


def _bounds(rig: Rig) -> tuple[int, int]:
    fewest, most = rig.capabilities.countdown
    return fewest, most


def _switch(rig: Rig, seconds: Any) -> Callable[[], Any]:
    return lambda: rig.exchange.cancel_all_after(seconds)


def _rests(rig: Rig, symbol: str) -> Any:
    market, last = rig.exchange.load_markets()[symbol], rig.exchange.fetch_ticker(symbol).last
    price = market.round_price(last * 8 / 10, "buy")
    amount = market.round_amount(200 / price)
    return rig.exchange.create_limit_order(symbol, "buy", amount, price)


def _status(rig: Rig, order: Any) -> Any:
    return rig.exchange.fetch_order(order.id, order.symbol).status


@check(8)
def a_countdown_that_nobody_renews_cancels_every_open_order(rig: Rig) -> None:
    """Of every market, and those that were placed while it ran."""
    seconds = _seconds(rig)
    orders = [_rests(rig, rig.symbol)]
    told = rig.exchange.cancel_all_after(seconds)
    assert told.is_armed
    ends = utc(rig.world.ms) + timedelta(seconds=seconds)
    assert abs(told.triggers - ends) < timedelta(seconds=2)
    orders.append(_rests(rig, rig.other))
    assert {_status(rig, one) for one in orders} == {OrderStatus.OPEN}
    rig.wait(seconds + _SLACK)
    assert {_status(rig, one) for one in orders} == {OrderStatus.CANCELED}


@check(8)
def a_countdown_that_is_renewed_and_switched_off_cancels_nothing(rig: Rig) -> None:
    seconds = _seconds(rig)
    order = _rests(rig, rig.symbol)
    for _ in range(3):
        rig.exchange.cancel_all_after(seconds)
        rig.wait(seconds * 2 // 3)
    assert _status(rig, order) is OrderStatus.OPEN
    for off in (0, None):
        told = rig.exchange.cancel_all_after(off)
        assert (told.triggers, told.is_armed) == (None, False)
        rig.wait(seconds + _SLACK)
        assert _status(rig, order) is OrderStatus.OPEN


@check(8, "sim")
def seconds_that_no_countdown_has_are_refused_here(rig: Rig) -> None:
    _seconds(rig)
    fewest, most = _bounds(rig)
    assert 0 < fewest < most
    before = len(rig.sent)
    for wrong in (fewest - 1 or -1, most + 1, -fewest, float(fewest), str(fewest), True):
        error = rig.refused(_switch(rig, wrong), InvalidInput)
        assert error.outcome is Outcome.NOT_SENT
    assert len(rig.sent) == before


@check(10, "sim")
def a_countdown_whose_answer_is_lost_is_unknown_and_may_be_sent_again(rig: Rig) -> None:
    seconds = _seconds(rig)
    rig.strike("cancel_all_after", Strike(failure=TransportFailure("broken", sent=True)))
    error = rig.refused(_switch(rig, seconds), OutcomeUnknown)
    assert error.outcome is Outcome.UNKNOWN
    assert len(rig.requests("cancel_all_after")) == 1
    order = _rests(rig, rig.symbol)
    rig.exchange.cancel_all_after(0)
    rig.wait(seconds + _SLACK)
    assert _status(rig, order) is OrderStatus.OPEN


@check(17, "sim")
def a_countdown_that_is_not_as_it_was_asked_for_is_not_believed(rig: Rig) -> None:
    seconds = _seconds(rig)
    rig.exchange.cancel_all_after(seconds)
    rig.exchange.cancel_all_after(0)
    armed, off = (one.reply for one in rig.requests("cancel_all_after"))
    if not _told_apart(armed, off):
        rig.declared(f"{rig.adapter.title} says the same of a countdown that runs and of none")
    for asked, other in ((seconds, off), (0, armed)):
        rig.strike("cancel_all_after", Strike(reply=other))
        error = rig.refused(_switch(rig, asked), OutcomeUnknown)
        assert isinstance(error.__cause__, BadReply)


def _told_apart(one: Reply, another: Reply) -> bool:
    """Whether two answers differ in more than the moment at which they were given."""
    told = [dict(scalars(decoded(reply))) for reply in (one, another)]
    same = ((told[0].get(place), told[1].get(place)) for place in told[0].keys() | told[1].keys())
    return any(mine != other and not (_is_time(mine) and _is_time(other)) for mine, other in same)


def _is_time(value: Any) -> bool:
    return (number(value) or 0) > 10**12
