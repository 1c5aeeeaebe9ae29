"""8 Overlooked: what an author reads over in the documentation, and no ordinary day shows.

Borders of windows, orders that ended long ago, what an order may be called, what becomes of more
than the market offers, and which of an order's times is which.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from exchangekit.errors import ExchangeError, InvalidOrder
from exchangekit.models.enums import OrderStatus, TimeInForce
from exchangekit.testing.check import check
from exchangekit.testing.rig import Rig

_MOMENT = timedelta(milliseconds=1)
_SPANS = (timedelta(hours=1), timedelta(days=1), timedelta(days=2), timedelta(days=7))
"""The longest that venues take at once, and others."""
_LONGEST = 64
_ODD = "-_.:/|#+"


def _filled(rig: Rig) -> Any:
    """An order that was filled at once, as the venue holds it."""
    amount, price = rig.amount("100"), rig.price("1.01", "buy")
    return rig.order(rig.exchange.create_limit_order(rig.symbol, "buy", amount, price))


@check(6, "sim")
def what_falls_on_the_border_of_a_window_is_told_once(rig: Rig) -> None:
    """The first moment of a window is in it and the last is not, also where a long one is asked for
    in pieces."""
    order = _filled(rig)
    rig.wait(7200)
    exchange = rig.exchange
    asks = (
        ("order", partial(exchange.fetch_closed_orders, rig.symbol), "id"),
        ("fill", partial(exchange.fetch_my_trades, rig.symbol), "order_id"),
    )
    for name, ask, which in asks:
        around = ask(since=order.timestamp - timedelta(minutes=1))
        mine = [one for one in around if getattr(one, which) == order.id]
        assert mine, f"the {name} is not told of its own hour"
        once = Counter(one.id for one in mine)
        for time in {one.timestamp for one in mine}:
            here = Counter(one.id for one in mine if one.timestamp == time)
            windows = [(time, time + _MOMENT, here), (time - _MOMENT, time, Counter[str]())]
            for span in _SPANS:
                windows += [
                    (time - span + part, time + _MOMENT, here) for part in (_MOMENT, 0 * _MOMENT)
                ]
            for since, until, wanted in windows:
                told = Counter(
                    one.id for one in ask(since=since, until=until) if one.timestamp == time
                )
                assert told == wanted, (
                    f"a {name} of {time.isoformat()} is told {sum(told.values())} times of the"
                    f" window from {since.isoformat()} until {until.isoformat()}"
                )
        assert Counter(one.id for one in ask(since=order.timestamp - _SPANS[0])) >= once


@check(8, "sim")
def an_order_that_ended_long_ago_is_still_found(rig: Rig) -> None:
    """By the venue's own id: "not found" would be taken for a proof that it never was."""
    order = _filled(rig)
    rig.wait(25 * 3600)
    found = rig.exchange.fetch_order(order.id, rig.symbol)
    assert (found.id, found.status) == (order.id, OrderStatus.CLOSED)
    assert found.filled == order.filled


@check(8, "sim")
def an_order_keeps_the_time_at_which_it_was_placed(rig: Rig) -> None:
    amount, price = rig.amount("200"), rig.price("0.8", "buy")
    made = rig.exchange.create_limit_order(rig.symbol, "buy", amount, price)
    before = rig.order(made)
    rig.wait(600)
    rig.exchange.cancel_order(before.id, rig.symbol)
    after = rig.order(made)
    if before.timestamp is not None and after.timestamp is not None:
        late = abs(after.timestamp - before.timestamp)
        assert late < timedelta(seconds=2), "an order was placed when it was placed"
    if after.timestamp is not None and after.updated is not None:
        assert after.updated >= after.timestamp, "changed before it was placed"


@check(8, "sim", cases=[(tif, tif) for tif in (TimeInForce.IOC, TimeInForce.FOK)])
def what_cannot_be_filled_at_once_is_killed_or_cut_as_was_asked(rig: Rig, tif: TimeInForce) -> None:
    rig.needs("create_order", f"limit:{tif}")
    rig.control.market(rig.market.id, frozen=True)
    best = rig.exchange.fetch_order_book(rig.symbol, 5).asks[0]
    amount = rig.market.round_amount(best.amount + rig.amount("300"))
    rig.control.deposit("main", rig.market.quote, amount * best.price * 2)
    make = partial(rig.exchange.create_limit_order, rig.symbol, "buy", amount, best.price)
    try:
        found = rig.order(make(time_in_force=tif))
    except InvalidOrder:
        if tif is not TimeInForce.FOK:  # which some venues refuse where they would kill it
            raise
        assert rig.control.orders() == []
        return
    assert found.is_done
    wanted = best.amount if tif is TimeInForce.IOC else Decimal(0)
    assert found.filled == wanted, f"of {amount} {tif}, with {best.amount} offered"


def _names(pattern: re.Pattern[str], prefix: str) -> Iterator[str]:
    """The longest name that the pattern allows, and the shortest; each odd letter; capitals."""
    sizes = [size for size in range(_LONGEST) if pattern.fullmatch(prefix + "a" * size)]
    for size in {sizes[-1], sizes[0]} if sizes else ():
        yield prefix + "a" * size
    for name in (f"{prefix}b{odd}7" for odd in ("", "Zz", *_ODD)):
        if pattern.fullmatch(name):
            yield name


@check(8, "sim")
def every_client_order_id_that_is_declared_is_taken(rig: Rig) -> None:
    able, amount, price = rig.capabilities, rig.amount("100"), rig.price("0.8", "buy")
    for name in _names(able.client_order_id, able.client_order_id_prefix):
        order = rig.symbol, "buy", amount, price
        try:
            made = rig.exchange.create_limit_order(*order, client_order_id=name)
        except ExchangeError as refused:
            raise AssertionError(
                f"{name!r} fits {able.client_order_id.pattern}: {refused}"
            ) from None
        assert rig.order(made).client_order_id == name
        assert rig.truth(name) is not None, f"{name!r} arrived as another name"
