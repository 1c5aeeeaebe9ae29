"""13 Clock: a wrong clock, theirs or ours, costs one more request and no order."""

from __future__ import annotations

from typing import Any

from exchangekit.errors import ClockSkew, ExchangeError, InvalidNonce, Outcome
from exchangekit.testing.check import check
from exchangekit.testing.drivers import Strike
from exchangekit.testing.rig import Rig


def _place(rig: Rig) -> Any:
    amount, price = rig.amount("200"), rig.price("0.8", "buy")
    return rig.exchange.create_limit_order(rig.symbol, "buy", amount, price)


def _clock(rig: Rig, **change: int) -> None:
    if rig.control is not None:
        rig.control.clock(**change)


@check(13)
def a_venue_clock_an_hour_off_is_no_trouble(rig: Rig) -> None:
    """But to a venue that wants a number which only grows: none is made from clocks that differ."""
    _clock(rig, offset_ms=3_600_000)
    if rig.scheme.nonce and rig.control is not None:
        error = rig.refused(lambda: _place(rig), InvalidNonce)
        assert error.outcome is Outcome.NOT_SENT
        return
    rig.exchange.fetch_balance()
    made = _place(rig)
    assert len(rig.requests("create_order")) == 1
    assert rig.order(made).is_open


@check(13)
def a_clock_that_jumps_is_measured_again_and_the_order_is_there_once(rig: Rig) -> None:
    rig.exchange.fetch_balance()
    amount, price = rig.amount("200"), rig.price("0.8", "buy")
    _clock(rig, offset_ms=-600_000)
    made = rig.exchange.create_limit_order(rig.symbol, "buy", amount, price)
    assert len(rig.requests("create_order")) == 2, "refused once, measured, sent once more"
    assert [one.id for one in rig.exchange.fetch_open_orders(rig.symbol)] == [made.id]


@check(13)
def a_clock_that_jumps_ahead_is_measured_again_too(rig: Rig) -> None:
    rig.exchange.fetch_balance()
    _clock(rig, offset_ms=600_000)
    rig.exchange.fetch_balance()
    assert len(rig.requests("fetch_balance")) == 3


@check(13)
def a_clock_that_cannot_be_right_is_told_after_one_more_try(rig: Rig) -> None:
    codes = [
        code
        for code, pairs in rig.adapter.errors.codes.items()
        if any(issubclass(error, ClockSkew) for _, error in pairs)
    ]
    assert codes, "no code says that the clock is wrong"
    amount, price = rig.amount("200"), rig.price("0.8", "buy")
    for code in codes:
        before = len(rig.requests("create_order"))
        rig.fault(
            {"operation": "create_order", "action": "code", "code": code, "count": 0,
             "message": "timestamp", "status": 400}
        )  # fmt: skip
        error = rig.refused(
            lambda: rig.exchange.create_limit_order(rig.symbol, "buy", amount, price), ClockSkew
        )
        assert error.outcome is Outcome.REFUSED
        assert len(rig.requests("create_order")) == before + 2


@check(13)
def timestamps_are_never_ahead_of_the_venue_and_hardly_behind(rig: Rig) -> None:
    for _ in range(3):
        rig.exchange.fetch_balance()
        rig.wait(20)
    for sent in rig.requests("fetch_balance"):
        assert sent.reply.status == 200
    asked = len(rig.requests("fetch_time"))
    assert 1 <= asked <= 4, "the clock is asked now and then, not for each request"


@check(13)
def a_request_that_dawdles_past_its_window_is_refused_by_the_venue(rig: Rig) -> None:
    """Its window is short, so that what arrives late is not taken."""
    rig.needs("fence")
    exchange = rig.open(order_window=400)
    amount, price = rig.amount("200"), rig.price("0.8", "buy")
    exchange.fetch_balance()
    rig.strike("create_order", Strike(late_ms=5_000), times=2)
    error = rig.refused(
        lambda: exchange.create_limit_order(rig.symbol, "buy", amount, price), ExchangeError
    )
    assert error.outcome is Outcome.REFUSED
    assert exchange.fetch_open_orders(rig.symbol) == ()
