"""Looking at the order itself, where a refusal alone does not say what became of it.

A request may reach a venue twice: a gateway or a proxy sends it again, and we are told what became
of the second copy. Then "duplicate client order id" means that the order exists, "too many
requests" may come after the order was taken, and "not open" after it was canceled. What is true is
with the venue, under the order's id.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import datetime, timedelta

from exchangekit.adapter.request import Call
from exchangekit.errors import (
    DuplicateClientOrderId,
    ExchangeError,
    OrderNotFound,
    OrderNotOpen,
    Outcome,
    OutcomeUnknown,
    RateLimited,
)
from exchangekit.models.enums import OrderStatus, OrderType
from exchangekit.models.orders import (
    CancelFailure,
    CancelReport,
    CancelRequest,
    LimitOrder,
    MarketBuyWithCost,
    Order,
    OrderRequest,
)
from exchangekit.runtime.attempt import Attempt
from exchangekit.runtime.effects import Flow
from exchangekit.runtime.policy import Policy

Fetch = Callable[[str | None, str | None], Call[Order]]
"""How an order is fetched: by the venue's id or by the client order id, the other one is None."""

_OPERATION = "fetch_order"
APART = timedelta(seconds=1)
"""By how much an order of this call may seem older than the call: clocks and rounding."""
DOUBTFUL = timedelta(minutes=1)
"""By how much at most a venue's clocks are taken to disagree. Of an order that seems older by less,
and is like this one in all else, nobody can say whether it is."""


class Looking:
    """The looks of one change at what it may have done."""

    def __init__(self, policy: Policy, attempt: Attempt, fetch: Fetch) -> None:
        self.policy = policy
        self.attempt = attempt
        self.fetch = fetch
        self.named: DuplicateClientOrderId | None = None
        self.missed: ExchangeError | None = None
        """The refusal after which the order was looked for and not found."""
        self.taken = False
        """The venue, or the journal, has seen an order under the name."""

    def before_sending_again(
        self, order: OrderRequest, attempt: Attempt, refusal: ExchangeError
    ) -> Flow[tuple[Order] | None]:
        """The order where it is there, None where it is not. Raises OutcomeUnknown where that
        cannot be told, and DuplicateClientOrderId where another order is there."""
        call = self.fetch(None, order.client_order_id)
        try:
            found = yield from self.policy.once(_OPERATION, call, attempt)
        except OrderNotFound:
            self.missed = refusal
            return None
        except ExchangeError as problem:
            raise self._unsure(refusal, f"looking failed: {problem.message}") from problem
        unlike = differences(found, order)
        if not unlike and is_doubtful(found, attempt.began):
            why = f"order {found.id} is like it and seems a little older: it may be this one"
            raise self._unsure(refusal, why) from refusal
        if not unlike and is_past(found, attempt.began):
            # Some venues let a name be used again once its order has ended: this is not our order.
            unlike = (f"it was placed at {found.timestamp:%Y-%m-%d %H:%M:%S}, before this call",)
        if unlike:
            raise self._another(found, unlike, refusal) from refusal
        return (found,)

    def before_telling(self, order: OrderRequest, refusal: ExchangeError) -> Flow[Order]:
        """The order where it is there although the last copy was refused. Raises `refusal` where it
        is not, and as `before_sending_again`."""
        if refusal is self.missed:
            raise refusal
        # Until it is known, whoever is interrupted must not be told that it was refused.
        proven, self.attempt.proven = self.attempt.proven, Outcome.UNKNOWN
        try:
            found = yield from self.before_sending_again(order, self.attempt, refusal)
        except OutcomeUnknown as problem:
            if not _was_held_off(problem.__cause__):
                raise
            # Nothing can be asked for as long: the venue's own word has to do.
            found = None
        if found is None:
            self.attempt.proven = proven
            raise refusal
        self.attempt.settle(found)
        return found[0]

    def after_a_duplicate(
        self,
        order: OrderRequest,
        refusal: DuplicateClientOrderId,
        id: str | None = None,
        since: datetime | None = None,
    ) -> Flow[Order]:
        """The order that has the name, if it is this one; asked for by `id` where that is known,
        which venues do not forget. Raises DuplicateClientOrderId naming another one, and
        OutcomeUnknown where it cannot be seen: one of before `since` says nothing of it."""
        if refusal is self.named:
            raise refusal
        name = None if id is not None else order.client_order_id
        found = yield from self._seen(id, name, refusal)
        if id is None and is_older(found, since):
            raise self._unsure(
                refusal, f"order {found.id}, which is older, has it too"
            ) from refusal
        unlike = differences(found, order)
        if unlike:
            raise self._another(found, unlike, refusal) from refusal
        self.attempt.settle((found,))
        return found

    def after_not_open(self, request: CancelRequest, refusal: OrderNotFound) -> Flow[Order]:
        """The order where it is canceled. Raises OrderNotOpen saying how it ended otherwise, and
        OutcomeUnknown where that cannot be seen or the venue contradicts itself."""
        found = yield from self._seen(request.id, request.client_order_id, refusal)
        if found.status is OrderStatus.CANCELED:
            self.attempt.settle((found,))
            return found
        if not found.is_done:
            why = f"it says that the order is {found.status or 'there'}"
            raise self._unsure(refusal, why) from refusal
        raise self.ended_otherwise(found, refusal) from refusal

    def ended_otherwise(self, found: Order, problem: ExchangeError) -> ExchangeError:
        """What the caller of a cancel gets for an order that has ended without being canceled."""
        error = OrderNotOpen(
            f"{problem.message}; order {found.id} {_how_it_ended(found)}",
            status=problem.status,
            code=problem.code,
            venue_message=problem.venue_message,
            outcome=Outcome.REFUSED,
        )
        self.attempt.settle(error)
        return self.attempt.complete(error)

    def after_a_batch(self, report: CancelReport) -> Flow[CancelReport]:
        """`report`, in which what is canceled counts as canceled, and what is not says how it
        stands."""
        canceled, failed = list(report.canceled), list[CancelFailure]()
        for one in report.failed:
            try:
                found = yield from self.policy.call(_OPERATION, self.fetch(one.order_id, None))
            except ExchangeError:
                failed.append(one)  # the venue's reason is all there is
                continue
            if found.status is OrderStatus.CANCELED:
                canceled.append(found)
            elif found.is_done:
                reason = f"{one.reason}; it {_how_it_ended(found)}"
                failed.append(CancelFailure(order_id=one.order_id, reason=reason))
            else:
                failed.append(one)
        made = CancelReport(canceled=tuple(canceled), failed=tuple(failed))
        self.attempt.settle((made,))
        return made

    def _seen(
        self, id: str | None, client_order_id: str | None, refusal: ExchangeError
    ) -> Flow[Order]:
        # Until it is seen, whoever is interrupted must not be told that it was refused.
        self.attempt.proven = Outcome.UNKNOWN
        try:
            call = self.fetch(id, client_order_id)
            return (yield from self.policy.call(_OPERATION, call, client_order_id=client_order_id))
        except OrderNotFound as problem:
            if isinstance(refusal, OrderNotFound):
                raise refusal from None  # both say so
            raise self._unsure(refusal, "yet it is not found") from problem
        except ExchangeError as problem:
            raise self._unsure(refusal, f"looking failed: {problem.message}") from problem

    def _unsure(self, refusal: ExchangeError, why: str) -> ExchangeError:
        made = copy.copy(refusal)
        made.reword(f"{refusal.message}; {why}")
        return self.attempt.unknown(made)

    def _another(
        self, found: Order, unlike: tuple[str, ...], refusal: ExchangeError
    ) -> DuplicateClientOrderId:
        error = DuplicateClientOrderId(
            f"order {found.id} has this client order id and is another one: {', '.join(unlike)}",
            status=refusal.status,
            code=refusal.code,
            venue_message=refusal.venue_message,
            outcome=Outcome.REFUSED,
        )
        error.order_id = found.id
        self.attempt.complete(error)
        self.named = error
        return error


def differences(found: Order, asked: OrderRequest) -> tuple[str, ...]:
    """What the venue says of an order otherwise than it was asked for, in words. What it does not
    say is no difference."""
    wanted: dict[str, object] = {"symbol": asked.symbol, "side": asked.side, "type": asked.type}
    if isinstance(asked, MarketBuyWithCost):
        wanted["requested_cost"] = asked.cost
    else:
        wanted["amount"] = asked.amount
    if isinstance(asked, LimitOrder):
        wanted["price"] = asked.price
    told = ((name, getattr(found, name), value) for name, value in wanted.items())
    return tuple(
        f"{name} is {has}, not {value}"
        for name, has, value in told
        if has not in (None, OrderType.UNKNOWN) and has != value
    )


def is_older(found: Order, began: datetime | None) -> bool:
    """It was there before the call that began then. Where neither time is known it may be ours."""
    if found.timestamp is None or began is None:
        return False
    return found.timestamp < began - APART


def is_past(found: Order, began: datetime | None) -> bool:
    """It is older, and its name is free again. An open order keeps its name for itself: no other of
    this name was taken, however old it is."""
    return not found.is_open and is_older(found, began)


def is_doubtful(found: Order, began: datetime | None) -> bool:
    """It is older, and by so little that it may be ours all the same."""
    if found.timestamp is None or began is None:
        return False
    return is_past(found, began) and found.timestamp > began - DOUBTFUL


def _was_held_off(problem: BaseException | None) -> bool:
    """The venue's limits let the look not leave."""
    return isinstance(problem, RateLimited) and problem.status is None


def _how_it_ended(order: Order) -> str:
    words = f"is {order.status}"
    if order.filled is None or order.status is OrderStatus.REJECTED:
        return words
    whole = "" if order.amount is None else f" of {order.amount:f}"
    return f"{words}, {order.filled:f}{whole} filled"
