"""6 Paging: a list that is longer than a page is told whole, whichever list it is."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from exchangekit.adapter.decode import utc
from exchangekit.errors import BadRequest, Unsupported
from exchangekit.testing.check import check
from exchangekit.testing.rig import Rig

_OPEN = 520
"""More open orders than any known venue lists on one page."""
_APART_MS = 20
_STRANGERS = "strangers"


def _now(rig: Rig) -> datetime:
    return utc(rig.world.ms)


def _again(rig: Rig, id: str, count: int, account: str | None = None) -> list[str]:
    """The ids of `count` more orders like this one, one after another."""
    made = []
    for _ in range(count):
        rig.world.advance(_APART_MS)
        made.append(rig.control.again(id, account)["id"])
    return made


def _whole(found: Any, wanted: list[str]) -> None:
    ids = [order.id for order in found]
    assert len(set(ids)) == len(ids), "an order came twice"
    missing = set(wanted) - set(ids)
    assert not missing, f"{len(missing)} of {len(wanted)} orders are not told"
    assert set(ids) == set(wanted)


@check(6, "sim")
def more_open_orders_than_fit_on_a_page_are_all_told(rig: Rig) -> None:
    amount, price = rig.amount("100"), rig.price("0.8", "buy")
    first = rig.exchange.create_limit_order(rig.symbol, "buy", amount, price)
    wanted = [first.id, *_again(rig, first.id, _OPEN)]
    _whole(rig.exchange.fetch_open_orders(rig.symbol), wanted)
    if not rig.exchange.requires("all_symbols:fetch_open_orders"):
        _whole(rig.exchange.fetch_open_orders(), wanted)


@check(6, "sim")
def more_closed_orders_than_fit_on_a_page_are_all_told(rig: Rig) -> None:
    since = _now(rig) - timedelta(seconds=2)
    amount, price = rig.amount("20"), rig.price("0.98", "sell")
    first = rig.exchange.create_limit_order(rig.symbol, "sell", amount, price)
    wanted = [first.id, *_again(rig, first.id, rig.capabilities.orders_per_call + 5)]
    _whole(rig.exchange.fetch_closed_orders(rig.symbol, since=since), wanted)


@check(6, "sim")
def more_fills_of_one_order_than_fit_on_a_page_are_all_told(rig: Rig) -> None:
    """Or the venue's way of listing them cannot tell them all, and says so."""
    for owner in ("main", _STRANGERS):
        for asset in (rig.market.base, rig.market.quote):
            rig.control.deposit(owner, asset, "100000000")
    rig.control.market(rig.market.id, frozen=True, price=rig.price("1", "buy"))
    book, step = rig.exchange.fetch_order_book(rig.symbol, 5), rig.market.price_step
    (bid, _), (ask, before) = book.bids[0], book.asks[0]
    price = ask - step if ask - step > bid else ask
    amount, count = rig.amount("20"), rig.capabilities.my_trades_per_call + 5
    offered = rig.exchange.create_limit_order(rig.symbol, "sell", amount, price)
    _again(rig, offered.id, count, _STRANGERS)
    rig.exchange.cancel_order(offered.id, rig.symbol)
    wanted = rig.market.round_amount(amount * count + before)
    taken = rig.exchange.create_limit_order(rig.symbol, "buy", wanted, rig.price("1.01", "buy"))
    true = rig.truth(taken.client_order_id)
    assert true is not None
    assert len(true["fills"]) > count, "the simulated venue did not fill it bit by bit"
    try:
        fills = rig.exchange.fetch_order_trades(taken.id, rig.symbol)
    except Unsupported:
        return
    assert sum(f.amount for f in fills) == Decimal(true["filled"]), (
        "a fill is missing or told twice"
    )
    assert len(fills) == len(true["fills"]), f"{len(fills)} of {len(true['fills'])} fills"


_GAPS = (30, 15, 21, 3, 4, 1)
"""Days between orders: longer and shorter than what venues take at once."""


def _kept(ask: Any, made: list[Any], times: list[datetime]) -> list[str]:
    """The orders that the venue still tells when it is asked for their moment alone."""
    near = timedelta(seconds=2)
    found = []
    for order, time in zip(made, times, strict=True):
        try:
            told = ask(since=time - near, until=time + near)
        except BadRequest:  # too long ago
            continue
        found += [order.id] if told else []
    return found


@check(6, "sim")
def a_span_longer_than_the_venue_takes_is_asked_for_in_pieces(rig: Rig) -> None:
    """What it tells of a moment it must tell of the months around it, too."""
    exchange, made, times = rig.exchange, [], []
    for days in (*_GAPS, 0):
        amount, price = rig.amount("100"), rig.price("1.01", "buy")
        made.append(exchange.create_limit_order(rig.symbol, "buy", amount, price))
        times.append(_now(rig))
        rig.wait(days * 24 * 3600)
    ids = [order.id for order in made]
    asks = (
        ("orders", partial(exchange.fetch_closed_orders, rig.symbol), "id"),
        ("fills", partial(exchange.fetch_my_trades, rig.symbol), "order_id"),
    )
    for name, ask, which in asks:
        kept = _kept(ask, made, times)
        assert kept, f"not even the newest of the {name} is told"
        since = times[ids.index(kept[0])] - timedelta(hours=1)
        told = [getattr(one, which) for one in ask(since=since)]
        assert list(dict.fromkeys(told)) == kept, f"{name} are missing from a long span"
