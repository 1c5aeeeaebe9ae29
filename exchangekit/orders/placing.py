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
from exchangekit.errors import DuplicateClientOrderId, ExchangeError, OrderNotFound, Outcome
from exchangekit.hookspecs import OrderEvent
from exchangekit.models.orders import (
    CancelAllRequest,
    CancelReport,
    CancelRequest,
    Change,
    Order,
)
from exchangekit.orders.again import placed_before
from exchangekit.orders.looking import Fetch, Looking
from exchangekit.runtime.attempt import Attempt
from exchangekit.runtime.effects import Flow, Record
from exchangekit.runtime.journal import AlreadyIntended, Ended, Intent
from exchangekit.runtime.policy import Policy

log = logging.getLogger("exchangekit.orders")

R = TypeVar("R", Order, CancelReport)
Told = Callable[[OrderEvent], None]


def change(
    policy: Policy,
    told: Told,
    operation: str,
    request: Change,
    call: Call[R],
    fetch: Fetch | None = None,
) -> Flow[R]:
    """Carry `call`, which does what `request` says. Every end is told and recorded once. ``fetch``
    describes how an order is fetched, None where the venue cannot."""
    intent = Intent(policy.account_id, operation, request)
    name = None if isinstance(request, CancelAllRequest) else request.client_order_id
    attempt: Attempt | None = None
    try:
        attempt = yield from policy.begin(operation, call.request, name, intent)
        made: R = yield from _carried(policy, attempt, request, call, fetch)
    except GeneratorExit as problem:
        # The flow is thrown away: nothing can be asked of a driver any more.
        told(_event(_ended(_meant(intent, attempt), attempt, problem)))
        raise
    except BaseException as problem:
        ended = _ended(_meant(intent, attempt), attempt, problem)
        if name is not None and not isinstance(problem, ExchangeError):
            _name(problem, name, ended)
        yield from _end(told, ended)
        raise
    yield from _end(told, Ended(_meant(intent, attempt), None, made, None))
    return made


def _carried(
    policy: Policy, attempt: Attempt, request: Change, call: Call[Any], fetch: Fetch | None
) -> Flow[Any]:
    """Carry `call`, and look at the order where a refusal leaves open how it stands."""
    looking = Looking(policy, attempt, fetch) if fetch is not None else None
    if isinstance(request, CancelAllRequest):
        report = yield from policy.carry(attempt, call)
        if looking is not None and report.failed:
            return (yield from looking.after_a_batch(report))
        return report
    if isinstance(request, CancelRequest):
        try:
            return (yield from policy.carry(attempt, call))
        except OrderNotFound as refusal:
            if looking is None:
                raise
            return (yield from looking.after_not_open(request, refusal))
    look = partial(looking.before_sending_again, request) if looking is not None else None
    try:
        return (yield from policy.carry(attempt, call, look))
    except AlreadyIntended as known:
        return (yield from placed_before(attempt, request, looking, known.earlier))
    except DuplicateClientOrderId as refusal:
        if looking is None:
            raise attempt.unknown(refusal) from refusal
        return (yield from looking.after_a_duplicate(request, refusal))


def _meant(intent: Intent, attempt: Attempt | None) -> Intent:
    """Whose end it is: that of an earlier intent where the same order was asked for again."""
    return intent if attempt is None or attempt.intent is None else attempt.intent


def _ended(intent: Intent, attempt: Attempt | None, problem: BaseException) -> Ended:
    """What is known when `problem` ends it."""
    if isinstance(problem, ExchangeError) and problem.outcome is not None:
        return Ended(intent, problem.outcome, None, problem)
    if attempt is None:
        return Ended(intent, Outcome.NOT_SENT, None, problem)
    result = attempt.done[0] if attempt.done is not None else None
    return Ended(intent, attempt.outcome, result, problem)


def _name(problem: BaseException, name: str, ended: Ended) -> None:
    """A cancelled task or a Ctrl-C says which order it left behind, and what is known of it."""
    vars(problem)["client_order_id"] = name
    known = "done" if ended.outcome is None else ended.outcome
    problem.add_note(f"{ended.intent.operation}, client order id {name}: {known}")


def _end(told: Told, ended: Ended) -> Flow[None]:
    try:
        yield Record(ended)
    except Exception:
        # What the venue did must reach the caller; the open intent in the journal says the rest.
        log.exception("the journal could not be told how %s ended", ended.intent.operation)
    finally:
        told(_event(ended))


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
    )
