"""The life of a change: recorded before it leaves, carried, and told how it ended.

However it ends (a result, an error, a cancelled task, a Ctrl-C), whoever listens and the journal
learn what is known at that moment: done, refused, not sent, or unknown. What the policy knows is in
the attempt's account, so that nothing is guessed from the kind of exception. Where a refusal does
not say what became of the order, `looking` finds out before anything is told.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from exchangekit.adapter.request import Call
from exchangekit.errors import (
    DuplicateClientOrderId,
    ExchangeError,
    NeverPlaced,
    OrderNotFound,
    Outcome,
    OutcomeUnknown,
)
from exchangekit.hookspecs import OrderEvent
from exchangekit.models.enums import Proof
from exchangekit.models.orders import (
    CancelAllRequest,
    CancelReport,
    CancelRequest,
    Change,
    Order,
    OrderRequest,
)
from exchangekit.orders.again import asked_before, placed_before
from exchangekit.orders.canceling import Canceling
from exchangekit.orders.looking import Looking
from exchangekit.orders.resolving import Search, Sources
from exchangekit.runtime.attempt import Attempt
from exchangekit.runtime.effects import Flow, Now, Record
from exchangekit.runtime.journal import AlreadyIntended, Ended, Intent
from exchangekit.runtime.policy import Policy
from exchangekit.runtime.retry import leaves_open

log = logging.getLogger("exchangekit.orders")

R = TypeVar("R", Order, CancelReport)
NOWHERE = Sources(None)
_HINTS = {
    Proof.RECHECKED: "It may be placed again: the venue takes no order after its last moment.",
    Proof.GATEWAY: "It may be placed again, unless the venue held it up inside for longer than the"
    " margin.",
}
Told = Callable[[OrderEvent], None]
_NOW = Now()


def change(
    policy: Policy,
    told: Told | None,
    operation: str,
    request: Change,
    call: Call[R],
    sources: Sources = NOWHERE,
) -> Flow[R]:
    """Carry `call`, which does what `request` says. Every end is told and recorded once.
    ``sources`` are where its orders can be seen."""
    intent = Intent(policy.account_id, operation, request)
    name = None if isinstance(request, CancelAllRequest) else request.client_order_id
    attempt: Attempt | None = None
    try:
        policy.need_key(operation, call.request)
        now: float = yield _NOW
        attempt = policy.opened(now, operation, call.request, name, intent)
        made: R = yield from _carried(policy, attempt, request, call, sources)
    except GeneratorExit as problem:
        # The flow is thrown away: nothing can be asked of a driver any more.
        if told is not None:
            told(_event(_ended(_meant(intent, attempt), attempt, problem)))
        raise
    except BaseException as problem:
        ended = _ended(_meant(intent, attempt), attempt, problem)
        if name is not None and not isinstance(problem, ExchangeError):
            _name(problem, name, ended)
        yield from end(told, ended)
        raise
    account = attempt
    yield from end(told, lambda: Ended(_meant(intent, account), None, made, None, account.lost))
    return made


def _carried(
    policy: Policy, attempt: Attempt, request: Change, call: Call[Any], sources: Sources
) -> Flow[Any]:
    """Carry `call`, and look at the order where an answer leaves open how it stands."""
    looking = Looking(policy, attempt, sources.fetch) if sources.fetch is not None else None
    try:
        if isinstance(request, CancelAllRequest):
            report = yield from _all_canceled(policy, attempt, request, call)
            if looking is not None and report.failed:
                return (yield from looking.after_a_batch(report))
            return report
        if isinstance(request, CancelRequest):
            return (yield from _canceled(policy, attempt, request, call, looking))
        return (yield from _placed(policy, attempt, request, call, looking))
    except OutcomeUnknown as lost:
        if not policy.settings.resolve:
            raise
        attempt.lost = lost
        log.info("%s; it is looked for", lost)
        canceling = Canceling(policy, attempt, looking, sources)
        if isinstance(request, CancelAllRequest):
            return (yield from canceling.all(request, call, lost))
        if isinstance(request, CancelRequest):
            return (yield from canceling.one(request, call, lost))
        taken = looking is not None and looking.taken
        return (yield from _found_out(policy, attempt, request, sources, lost, taken))


def _all_canceled(
    policy: Policy, attempt: Attempt, request: CancelAllRequest, call: Call[CancelReport]
) -> Flow[CancelReport]:
    """What the venue says; where it had refused an attempt before, a copy of that one may have been
    taken all the same, and what it canceled is not in the answer to this one."""
    try:
        report = yield from policy.carry(attempt, call)
    except OrderNotFound:
        if request.ids is not None or not attempt.was_refused:
            raise
        report = CancelReport(canceled=())
        attempt.settle((report,))
    if request.ids is None and attempt.was_refused:
        return report.model_copy(update={"complete": False})
    return report


def _canceled(
    policy: Policy,
    attempt: Attempt,
    request: CancelRequest,
    call: Call[Order],
    looking: Looking | None,
) -> Flow[Order]:
    try:
        return (yield from policy.carry(attempt, call))
    except OrderNotFound as refusal:
        if looking is None:
            raise
        return (yield from looking.after_not_open(request, refusal))


def _placed(
    policy: Policy,
    attempt: Attempt,
    order: OrderRequest,
    call: Call[Order],
    looking: Looking | None,
) -> Flow[Order]:
    look = partial(looking.before_sending_again, order) if looking is not None else None
    try:
        return (yield from policy.carry(attempt, call, look))
    except AlreadyIntended as known:
        earlier = known.earlier
    except DuplicateClientOrderId as refusal:
        if looking is None:
            raise attempt.unknown(refusal) from refusal
        looking.taken = True
        return (yield from looking.after_a_duplicate(order, refusal))
    except ExchangeError as problem:
        if looking is not None and leaves_open(problem, attempt):
            return (yield from looking.before_telling(order, problem))
        if problem.outcome is not Outcome.NOT_SENT:
            raise
        before = yield from asked_before(policy, order, attempt.intent)
        if before is None:
            raise
        earlier = before
    if looking is not None:
        # An order that was seen once has existed, whatever is found of it now.
        looking.taken = earlier.order_id is not None or earlier.state == "done"
    return (yield from placed_before(attempt, order, looking, earlier))


def _found_out(
    policy: Policy,
    attempt: Attempt,
    order: OrderRequest,
    sources: Sources,
    lost: OutcomeUnknown,
    taken: bool,
) -> Flow[Order]:
    """The order whose answer was lost. Raises NeverPlaced where it is proven that there is none,
    and OutcomeUnknown where neither can be had in time. A venue that said its name was `taken` has
    seen an order: that it is gone proves nothing."""
    search = Search(policy, sources, lost.handle, order)
    found = yield from search.run()
    if isinstance(found, Order):
        attempt.settle((found,))
        return found
    if found is None or taken:
        why = search.why() if found is None else "no order is there under the name"
        lost.reword(f"{lost.message}; {why}")
        raise lost
    error = never_placed(lost, found)
    attempt.settle(error)
    raise attempt.complete(error) from lost


def never_placed(lost: ExchangeError, proof: Proof) -> NeverPlaced:
    """What the caller of a new order gets for the `proof` that there is none."""
    error = NeverPlaced(
        f"{lost.message}; there is no such order (proof: {proof})",
        status=lost.status,
        code=lost.code,
        venue_message=lost.venue_message,
        outcome=Outcome.ABSENT,
        hint=_HINTS[proof],
    )
    error.proof = proof
    return error


def _meant(intent: Intent, attempt: Attempt | None) -> Intent:
    """Whose end it is: that of an earlier intent where the same order was asked for again."""
    return intent if attempt is None or attempt.intent is None else attempt.intent


def _ended(intent: Intent, attempt: Attempt | None, problem: BaseException) -> Ended:
    """What is known when `problem` ends it."""
    if isinstance(problem, ExchangeError) and problem.outcome is not None:
        return Ended(
            intent, problem.outcome, None, problem, attempt.lost if attempt is not None else None
        )
    if attempt is None:
        return Ended(intent, Outcome.NOT_SENT, None, problem)
    result = attempt.done[0] if attempt.done is not None else None
    return Ended(intent, attempt.outcome, result, problem, attempt.lost)


def _name(problem: BaseException, name: str, ended: Ended) -> None:
    """A cancelled task or a Ctrl-C says which order it left behind, and what is known of it."""
    vars(problem)["client_order_id"] = name
    known = "done" if ended.outcome is None else ended.outcome
    problem.add_note(f"{ended.intent.operation}, client order id {name}: {known}")


def end(told: Told | None, ended: Ended | Callable[[], Ended]) -> Flow[None]:
    """Tell the journal and whoever listens. What may be made when somebody looks at it (a function)
    is not made where nobody does."""
    entry = Record(ended) if isinstance(ended, Ended) else Record(later=ended)
    try:
        yield entry
    except Exception:
        # What the venue did must reach the caller; the open intent in the journal says the rest.
        log.exception("the journal could not be told how %s ended", _of(entry).intent.operation)
    finally:
        if told is not None:
            told(_event(_of(entry)))


def _of(record: Record) -> Ended:
    ended = record.entry
    assert isinstance(ended, Ended), "only an end was to be recorded"
    return ended


def _event(ended: Ended) -> OrderEvent:
    account = ended.intent.account
    return OrderEvent(
        venue=account.venue,
        account=account.account,
        operation=ended.intent.operation,
        request=ended.intent.change,
        outcome=ended.outcome,
        order=ended.result if isinstance(ended.result, Order) else None,
        error=ended.error,
        report=ended.result if isinstance(ended.result, CancelReport) else None,
        lost=ended.lost,
    )
