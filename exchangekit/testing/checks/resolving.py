"""10 Outcomes, found out: what became of an order or a cancel whose answer was lost."""

from __future__ import annotations

from typing import Any

from exchangekit.errors import NeverPlaced, OrderNotOpen, Outcome, OutcomeUnknown
from exchangekit.models.enums import OrderStatus
from exchangekit.testing.check import check
from exchangekit.testing.checks.outcomes import LOST, strike
from exchangekit.testing.rig import Rig

_NAME = "resolve001"


def _place(rig: Rig, exchange: Any, factor: str = "0.8") -> Any:
    amount, price = rig.amount("200"), rig.price(factor, "buy")
    return exchange.create_limit_order(rig.symbol, "buy", amount, price, client_order_id=_NAME)


def _absent(rig: Rig, exchange: Any) -> None:
    """As far as the venue's fence goes."""
    kind = rig.capabilities.fence.kind
    error = rig.refused(
        lambda: _place(rig, exchange), OutcomeUnknown if kind == "none" else NeverPlaced
    )
    assert error.client_order_id == _NAME
    if isinstance(error, NeverPlaced):
        assert error.outcome is Outcome.ABSENT
        assert error.proof == kind
    assert rig.control is None or rig.truth(_NAME) is None


@check(10)
def an_order_whose_answer_was_lost_is_found(rig: Rig) -> None:
    rig.strike("create_order", strike(LOST[0][1]))
    made = _place(rig, rig.open(resolve=True))
    assert made.is_open
    assert len(rig.requests("create_order")) == 1, "an order is sent once"


@check(10)
def an_order_that_never_arrived_is_proven_absent(rig: Rig) -> None:
    rig.strike("create_order", strike(LOST[0][1], before=True))
    _absent(rig, rig.open(resolve=True))
    assert len(rig.requests("create_order")) == 1, "an order is sent once"


@check(10, "sim", cases=LOST)
def however_its_answer_is_lost_an_order_is_found(rig: Rig, what: Any) -> None:
    rig.strike("create_order", strike(what))
    made = _place(rig, rig.open(resolve=True))
    true = rig.truth(_NAME)
    assert true is not None
    assert true["id"] == made.id
    assert len(rig.requests("create_order")) == 1, "an order is sent once"


@check(10, "sim", cases=LOST)
def however_its_request_is_lost_an_order_is_proven_absent(rig: Rig, what: Any) -> None:
    rig.strike("create_order", strike(what, before=True))
    _absent(rig, rig.open(resolve=True))
    assert len(rig.requests("create_order")) == 1, "an order is sent once"


@check(10, "sim")
def a_handle_tells_later_what_became_of_an_order(rig: Rig) -> None:
    rig.strike("create_order", strike(LOST[0][1]))
    lost = rig.refused(lambda: _place(rig, rig.exchange), OutcomeUnknown)
    assert isinstance(lost, OutcomeUnknown)
    later = rig.open()
    found = later.resolve(lost.handle)
    assert found.order.client_order_id in (_NAME, None)
    assert later.resolve(lost.handle) == found, "resolving twice harms nothing"
    assert len(rig.requests("create_order")) == 1


@check(10, "sim")
def a_strict_caller_is_told_unknown_where_the_proof_is_weaker(rig: Rig) -> None:
    from exchangekit.models.enums import Proof

    rig.strike("create_order", strike(LOST[0][1], before=True))
    strict = rig.open(resolve=True, proof=Proof.RECHECKED)
    rechecked = rig.capabilities.fence.kind == "rechecked"
    rig.refused(lambda: _place(rig, strict), NeverPlaced if rechecked else OutcomeUnknown)


@check(10, "sim", cases=[("on_its_way_back", False), ("on_its_way", True)])
def a_cancel_that_was_lost_ends_the_order_all_the_same(rig: Rig, before: bool) -> None:
    exchange = rig.open(resolve=True)
    made = rig.order(_place(rig, exchange))
    rig.strike("cancel_order", strike(LOST[0][1], before=before))
    canceled = exchange.cancel_order(made.id, rig.symbol)
    assert canceled.status in (OrderStatus.CANCELED, None)
    true = rig.truth(_NAME)
    assert true is not None
    assert true["status"] == "canceled"


@check(10, "sim")
def a_fill_that_wins_the_race_with_a_lost_cancel_is_told(rig: Rig) -> None:
    exchange = rig.open(resolve=True)
    made = rig.order(_place(rig, exchange))
    rig.strike("cancel_order", strike(LOST[0][1], before=True))
    rig.control.market(rig.market.id, price=made.price * 9 / 10)
    rig.wait(60)
    error = rig.refused(lambda: exchange.cancel_order(made.id, rig.symbol), OrderNotOpen)
    assert "filled" in str(error)


@check(10, "sim", cases=[("on_its_way_back", False), ("on_its_way", True)])
def a_cancel_of_all_that_was_lost_leaves_nothing_open(rig: Rig, before: bool) -> None:
    exchange = rig.open(resolve=True)
    _place(rig, exchange)
    rig.wait(2)  # an order placed at that very moment may be a newer one, which must stay
    asked = "cancel_orders" if "cancel_all_orders" not in rig.adapter.operations() else None
    rig.strike("cancel_all_orders", strike(LOST[0][1], before=before))
    report = exchange.cancel_all_orders(rig.symbol)
    assert not report.failed
    assert asked is not None or not report.complete, "nobody told what the first one canceled"
    assert exchange.fetch_open_orders(rig.symbol) == ()
