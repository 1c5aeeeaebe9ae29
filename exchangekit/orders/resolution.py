"""What became of a change whose answer was lost, found out later: by its handle, or by what the
journal holds of it after a restart."""

from __future__ import annotations

from exchangekit.errors import ExchangeError, OrderNotOpen, Outcome, OutcomeUnknown
from exchangekit.models.enums import OrderStatus, Proof
from exchangekit.models.orders import (
    CancelAllRequest,
    CancelReport,
    CancelRequest,
    Order,
    Resolution,
)
from exchangekit.orders.canceling import is_newer
from exchangekit.orders.placing import Told, end, never_placed
from exchangekit.orders.resolving import Search, Sources, first_due, margin_of
from exchangekit.runtime.effects import Flow
from exchangekit.runtime.journal import Ended, Sending
from exchangekit.runtime.policy import Policy


def resolution(
    policy: Policy, told: Told | None, sent: Sending, sources: Sources
) -> Flow[Resolution]:
    """What `sent` came to; the journal and whoever listens are told. Raises OutcomeUnknown where
    that cannot be found out in time, and what looking for it raises."""
    asked = sent.intent.change
    if isinstance(asked, CancelAllRequest):
        return (yield from _of_all(told, sent, asked, sources))
    if isinstance(asked, CancelRequest):
        return (yield from _of_a_cancel(policy, told, sent, asked, sources))
    search = Search(policy, sources, sent, asked)
    found = yield from search.run()
    if found is None:
        raise _still_unknown(policy, sent, search.why())
    if isinstance(found, Order):
        yield from end(told, Ended(sent.intent, None, found, None, _lost(policy, sent)))
        return Resolution(order=found)
    lost = _lost(policy, sent)
    error = never_placed(lost, found)
    error.venue, error.operation = lost.venue, sent.intent.operation
    error.client_order_id = asked.client_order_id
    yield from end(told, Ended(sent.intent, Outcome.ABSENT, None, error, lost))
    return Resolution(proof=found)


def _of_a_cancel(
    policy: Policy, told: Told | None, sent: Sending, asked: CancelRequest, sources: Sources
) -> Flow[Resolution]:
    if sources.fetch is None:
        raise _still_unknown(policy, sent, "this venue does not tell of one order")
    proof = yield from _too_late(policy, sent)
    call = sources.fetch(asked.id, asked.client_order_id)
    found = yield from policy.call(
        "fetch_order", call, client_order_id=asked.client_order_id, serving="cancel_order"
    )
    if found.status is OrderStatus.CANCELED:
        yield from end(told, Ended(sent.intent, None, found, None))
    elif found.is_done:
        error = OrderNotOpen(f"order {found.id} is {found.status}", outcome=Outcome.REFUSED)
        yield from end(told, Ended(sent.intent, Outcome.REFUSED, None, error))
    elif found.status is OrderStatus.OPEN and proof is not Proof.NONE:
        lost = _lost(policy, sent)
        yield from end(told, Ended(sent.intent, Outcome.ABSENT, None, _never(lost, found), lost))
        return Resolution(order=found, proof=proof)
    return Resolution(order=found)


def _too_late(policy: Policy, sent: Sending) -> Flow[Proof]:
    """Of which kind the proof is, by now, that a cancel never came to anything where its order is
    open still. NONE where it may be carried out yet, or bears no deadline."""
    kind, due = Proof(policy.adapter.capabilities.fence.kind), first_due(policy, sent)
    if due is None:
        return Proof.NONE
    if kind is Proof.GATEWAY:
        due += margin_of(policy, sent)
    try:
        asked = yield from policy.sample_clock()
    except ExchangeError:
        return Proof.NONE  # how the order stands can be told without the time
    return kind if asked > due else Proof.NONE


def _never(lost: ExchangeError, found: Order) -> ExchangeError:
    return ExchangeError(
        f"{lost.message}; order {found.id} is open still, and the cancel can no longer be taken",
        venue=lost.venue,
        operation=lost.operation,
        outcome=Outcome.ABSENT,
        hint="Cancel it again.",
    )


def _of_all(
    told: Told | None, sent: Sending, asked: CancelAllRequest, sources: Sources
) -> Flow[Resolution]:
    if sources.open_orders is None:
        return Resolution()
    found = yield from sources.open_orders()
    still_open = tuple(
        one
        for one in found
        if not is_newer(one, sent.began) and (asked.ids is None or one.id in asked.ids)
    )
    if not still_open:
        report = CancelReport(canceled=(), complete=False)
        yield from end(told, Ended(sent.intent, None, report, None))
    return Resolution(still_open=still_open)


def _lost(policy: Policy, sent: Sending) -> OutcomeUnknown:
    return _still_unknown(policy, sent, "its answer was lost")


def _still_unknown(policy: Policy, sent: Sending, why: str) -> OutcomeUnknown:
    asked = sent.intent.change
    name = None if isinstance(asked, CancelAllRequest) else asked.client_order_id
    error = OutcomeUnknown(
        why,
        venue=policy.adapter.venue,
        operation="resolve",
        outcome=Outcome.UNKNOWN,
        client_order_id=name,
        hint="Nothing was sent again. Resolve it later, or look at the venue.",
    )
    error.fence, error.margin, error.handle = sent.fence, sent.margin, sent
    return error
