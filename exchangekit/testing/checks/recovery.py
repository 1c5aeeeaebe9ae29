"""14 Recovery: a program dies over an order or a cancel, and the next one finds out what became of
it, from the journal and the venue alone.

`Lives` are those programs: on a simulated venue each is a process of its own.
"""

from __future__ import annotations

from typing import Any

from exchangekit.errors import (
    DuplicateClientOrderId,
    ExchangeError,
    NeverPlaced,
    OrderNotOpen,
    Outcome,
    OutcomeUnknown,
)
from exchangekit.models.enums import OrderStatus
from exchangekit.testing.check import check
from exchangekit.testing.lives import Lives
from exchangekit.testing.rig import Rig

_NAME = "recover001"
_MOMENTS = [("before_anything_left", True), ("after_the_venue_took_it", False)]
_CHANGES = {"create_order", "cancel_order", "cancel_orders", "cancel_all_orders"}


def _order(rig: Rig, factor: str = "0.8", cost: str = "200") -> tuple[Any, ...]:
    """Market, side, amount and price: an order that rests, or fills at once where `factor` says."""
    return rig.symbol, "buy", rig.amount(cost), rig.price(factor, "buy")


def _place(lives: Lives, order: tuple[Any, ...], name: str = _NAME) -> Any:
    return lives.create_limit_order(*order, client_order_id=name)


def _dies_placing(lives: Lives, order: tuple[Any, ...], *, before: bool, name: str = _NAME) -> None:
    place = "create_order", "create_limit_order"
    lives.dies(*place, *order, client_order_id=name, before=before)


def _reconciled(lives: Lives) -> Any:
    """What the next program is told; it changes nothing."""
    found = lives.reconcile()
    assert not _CHANGES.intersection(lives.sent), lives.sent
    return found


def _alone(lives: Lives) -> Any:
    """The one change that was left open, and what it came to."""
    found = _reconciled(lives)
    assert len(found) == 1, [str(one) for one in found]
    return found[0]


def _order_of(one: Any) -> Any:
    """The order that a change came to."""
    assert one.resolution is not None, one.problem
    assert one.resolution.order is not None, one.verdict
    return one.resolution.order


def _proven_absent(rig: Rig, one: Any) -> bool:
    """Whether it is, as far as the venue declares that there is a proof; else it stays unknown."""
    kind = rig.capabilities.fence.kind
    if kind == "none":
        assert not one.is_known
        return False
    assert one.is_known, one.problem
    assert (one.resolution.order, one.resolution.proof) == (None, kind)
    return True


def _held(rig: Rig, name: str = _NAME) -> list[Any]:
    """The orders of that name in the ledger."""
    return [one for one in rig.control.orders() if one["client_id"] == name]


def _resting(lives: Lives) -> Any:
    """An order that a program placed and that the venue holds open."""
    rig = lives.rig
    made = rig.order(_place(lives, _order(rig)))
    assert made.is_open
    rig.wait(2)  # an order of that very moment may be newer than a cancel of all, and stays
    return made


@check(14)
def an_order_that_never_left_is_told_as_never_placed(rig: Rig) -> None:
    lives = Lives(rig)
    _dies_placing(lives, _order(rig), before=True)
    one = _alone(lives)
    assert one.operation == "create_order"
    assert one.request.client_order_id == _NAME
    proven = _proven_absent(rig, one)
    assert rig.control is None or _held(rig) == []
    assert (_reconciled(lives) == ()) is proven, "what is told is closed, and nothing else"


@check(14)
def an_order_that_the_venue_took_is_found_and_is_not_placed_again(rig: Rig) -> None:
    lives = Lives(rig)
    order = _order(rig)
    _dies_placing(lives, order, before=False)
    one = _alone(lives)
    found = _order_of(one)
    assert found.is_open
    assert found.amount in (None, order[2])
    assert one.fills == ()
    again = _place(lives, order)
    assert "create_order" not in lives.sent
    assert again.id == found.id
    assert rig.control is None or [held["id"] for held in _held(rig)] == [found.id]
    assert _reconciled(lives) == ()


@check(14)
def an_order_that_was_filled_is_found_with_its_fills(rig: Rig) -> None:
    lives = Lives(rig)
    order = _order(rig, "1.01")
    _dies_placing(lives, order, before=False)
    one = _alone(lives)
    found = _order_of(one)
    assert found.status is OrderStatus.CLOSED
    assert found.filled == order[2]
    assert {fill.order_id for fill in one.fills} == {found.id}
    assert sum(fill.amount for fill in one.fills) == order[2]
    assert _reconciled(lives) == ()
    again = _place(lives, order)
    assert "create_order" not in lives.sent
    assert (again.id, again.filled) == (found.id, found.filled)
    assert rig.control is None or [held["id"] for held in _held(rig)] == [found.id]


@check(14)
def an_order_that_is_placed_again_at_once_is_not_placed_twice(rig: Rig) -> None:
    """By a program that does not ask first what was left open."""
    lives = Lives(rig)
    order = _order(rig)
    _dies_placing(lives, order, before=False)
    again = _place(lives, order)
    assert "create_order" not in lives.sent
    assert again.is_open
    assert rig.control is None or [held["id"] for held in _held(rig)] == [again.id]
    assert _reconciled(lives) == (), "the second program knows how the first one's order stands"


@check(14)
def an_order_that_never_left_is_not_placed_by_the_way(rig: Rig) -> None:
    """Asked for again at once it is looked for, and only its absence is told."""
    lives = Lives(rig)
    order = _order(rig)
    _dies_placing(lives, order, before=True)
    proof = rig.capabilities.fence.kind
    expected = OutcomeUnknown if proof == "none" else NeverPlaced
    error = rig.refused(lambda: _place(lives, order), expected)
    assert "create_order" not in lives.sent
    assert error.client_order_id == _NAME
    assert not isinstance(error, NeverPlaced) or error.proof == proof
    assert rig.control is None or _held(rig) == []


@check(14)
def the_name_of_an_order_that_is_proven_absent_may_be_used_again(rig: Rig) -> None:
    lives = Lives(rig)
    order = _order(rig)
    _dies_placing(lives, order, before=True)
    if not _proven_absent(rig, _alone(lives)):
        rig.declared(f"{rig.adapter.title} gives no proof that an order never existed")
    made = _place(lives, order)
    assert lives.sent.count("create_order") == 1
    assert rig.order(made).is_open
    assert rig.control is None or [held["id"] for held in _held(rig)] == [made.id]
    assert _reconciled(lives) == ()


@check(14, cases=[*_MOMENTS, ("when_it_had_ended", None)])
def another_order_under_a_used_name_is_refused_here(rig: Rig, before: bool | None) -> None:
    lives = Lives(rig)
    order = _order(rig)
    if before is None:
        _place(lives, order)
        lives.end()
    else:
        _dies_placing(lives, order, before=before)
    symbol, side, amount, price = order
    other = symbol, side, amount * 2, price
    error = rig.refused(lambda: _place(lives, other), DuplicateClientOrderId)
    assert error.outcome is Outcome.NOT_SENT
    assert "create_order" not in lives.sent
    assert f"{amount:f}" in error.message, "it says what differs"
    assert rig.control is None or len(_held(rig)) == (0 if before else 1)


@check(14, cases=_MOMENTS)
def a_cancel_is_told_with_its_order_as_it_stands(rig: Rig, before: bool) -> None:
    lives = Lives(rig)
    made = _resting(lives)
    lives.dies("cancel_order", "cancel_order", made.id, rig.symbol, before=before)
    one = _alone(lives)
    assert one.operation == "cancel_order"
    stands = OrderStatus.OPEN if before else OrderStatus.CANCELED
    assert (_order_of(one).id, _order_of(one).status) == (made.id, stands)
    if rig.control is not None:
        assert _held(rig)[0]["status"] == stands
    if before:
        lives.cancel_order(made.id, rig.symbol)
        assert "cancel_order" in lives.sent, "a cancel may be sent again"
        assert _order_of(_alone(lives)).status is OrderStatus.CANCELED
    assert _reconciled(lives) == ()


@check(14, "sim")
def a_fill_that_came_before_a_cancel_is_told(rig: Rig) -> None:
    lives = Lives(rig)
    made = _resting(lives)
    lives.dies("cancel_order", "cancel_order", made.id, rig.symbol, before=True)
    rig.control.market(rig.market.id, price=made.price * 9 / 10)
    rig.wait(60)
    one = _alone(lives)
    found = _order_of(one)
    assert (found.status, found.filled) == (OrderStatus.CLOSED, made.amount)
    assert sum(fill.amount for fill in one.fills) == made.amount
    assert _reconciled(lives) == ()
    error = rig.refused(lambda: lives.cancel_order(made.id, rig.symbol), OrderNotOpen)
    assert "filled" in str(error)


@check(14, cases=_MOMENTS)
def a_cancel_of_all_is_told_with_what_is_open_still(rig: Rig, before: bool) -> None:
    lives = Lives(rig)
    made = _resting(lives)
    lives.dies("cancel_all_orders", "cancel_all_orders", rig.symbol, before=before)
    one = _alone(lives)
    assert one.operation == "cancel_all_orders"
    assert one.resolution is not None, one.problem
    assert [order.id for order in one.resolution.still_open] == ([made.id] if before else [])
    assert one.is_known is not before
    if rig.control is not None:
        assert _held(rig)[0]["status"] == ("open" if before else "canceled")
    if before:
        lives.cancel_all_orders(rig.symbol)
        assert _alone(lives).is_known
    assert _reconciled(lives) == ()


@check(14)
def each_change_that_was_left_open_is_told_in_its_order(rig: Rig) -> None:
    lives = Lives(rig)
    order, made = _order(rig), _resting(lives)
    _dies_placing(lives, order, before=False, name="recover002")
    lives.dies("cancel_order", "cancel_order", made.id, rig.symbol, before=False)
    _dies_placing(lives, order, before=True, name="recover003")
    taken, canceled, absent = _reconciled(lives)
    assert _order_of(taken).is_open
    assert taken.request.client_order_id == "recover002"
    assert _order_of(canceled).status is OrderStatus.CANCELED
    _proven_absent(rig, absent)
    assert absent.request.client_order_id == "recover003"


@check(14)
def a_journal_that_left_nothing_open_asks_for_nothing(rig: Rig) -> None:
    lives = Lives(rig)
    made = _place(lives, _order(rig))
    lives.cancel_order(made.id, rig.symbol)
    too_much = _order(rig, cost="90000000")
    rig.refused(lambda: _place(lives, too_much, "recover002"), ExchangeError)
    lives.end()
    assert _reconciled(lives) == ()
    assert lives.sent == ()
