"""Finding out what became of a cancel whose answer was lost.

The order itself tells: canceled, or filled before the cancel came, or still open. Then the cancel
is sent again, which can end nothing but the same order. Of `cancel_all_orders` the open orders
tell; it is sent again only where it can end none that was placed since.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from exchangekit.adapter.request import Call
from exchangekit.errors import ExchangeError, OrderNotFound, Outcome, OutcomeUnknown
from exchangekit.models.enums import OrderStatus
from exchangekit.models.orders import CancelAllRequest, CancelReport, CancelRequest, Order
from exchangekit.orders.looking import Looking
from exchangekit.orders.resolving import FIRST_PAUSE, LONGEST_PAUSE, Sources
from exchangekit.runtime.attempt import Attempt
from exchangekit.runtime.effects import Flow, Now, Sleep
from exchangekit.runtime.policy import Policy

R = TypeVar("R", Order, CancelReport)


class Canceling:
    """One change that cancels: how it goes on when its answer was lost."""

    def __init__(
        self, policy: Policy, attempt: Attempt, looking: Looking | None, sources: Sources
    ) -> None:
        self.policy = policy
        self.attempt = attempt
        self.looking = looking
        self.sources = sources

    def one(self, request: CancelRequest, call: Call[Order], lost: OutcomeUnknown) -> Flow[Order]:
        """The canceled order. Raises OrderNotOpen saying how it ended otherwise, and
        OutcomeUnknown where that cannot be seen within ``Timeouts.total``."""
        looking = self.looking
        if looking is None:
            raise lost

        def step(end: float) -> Flow[Order | None]:
            fetch = looking.fetch(request.id, request.client_order_id)
            found = yield from self.policy.call(
                "fetch_order", fetch, serving="cancel_order", until=end
            )
            if found.status is OrderStatus.CANCELED:
                self.attempt.settle((found,))
                return found
            if found.is_done:
                raise looking.ended_otherwise(found, lost) from lost
            try:
                return (yield from self._again(call))
            except OrderNotFound as refusal:
                return (yield from looking.after_not_open(request, refusal))

        return (yield from self._until_known(step, lost))

    def all(
        self, request: CancelAllRequest, call: Call[CancelReport], lost: OutcomeUnknown
    ) -> Flow[CancelReport]:
        """What was canceled, as far as it can be told. Raises OutcomeUnknown where orders that were
        open before may be open still."""
        open_orders, began = self.sources.open_orders, self.attempt.began

        def step(end: float) -> Flow[CancelReport | None]:
            if request.ids is None:
                if open_orders is None:
                    raise lost
                found = yield from open_orders()
                since = [one for one in found if is_newer(one, began)]
                if len(since) == len(found):
                    report = CancelReport(canceled=(), complete=False)
                    self.attempt.settle((report,))
                    return report
                if since:
                    raise lost  # sent again, it would end those as well
            try:
                report = yield from self._again(call)
            except OrderNotFound:
                return None  # nothing is open any more: the next look says so
            if request.ids is None:
                return report.model_copy(update={"complete": False})
            if self.looking is not None and report.failed:
                return (yield from self.looking.after_a_batch(report))
            return report

        return (yield from self._until_known(step, lost))

    def _again(self, call: Call[R]) -> Flow[R]:
        now: float = yield Now()
        self.attempt.again(now)
        return (yield from self.policy.carry(self.attempt, call))

    def _until_known(
        self, step: Callable[[float], Flow[R | None]], lost: OutcomeUnknown
    ) -> Flow[R]:
        now: float = yield Now()
        end = now + self.policy.settings.timeouts.total
        pause, newest = FIRST_PAUSE, lost
        while now < end:
            try:
                made = yield from step(end)
                if made is not None:
                    return made
            except OutcomeUnknown as again:
                if again is lost:
                    break
                newest = again
            except ExchangeError as problem:
                if isinstance(problem, OrderNotFound) and problem.outcome is Outcome.REFUSED:
                    raise  # the venue's word on the cancel, not on the look
            yield Sleep(pause, "until a cancel whose answer was lost can be told")
            pause = min(pause * 2, LONGEST_PAUSE)
            now = yield Now()
        raise newest


def is_newer(one: Order, began: datetime | None) -> bool:
    """It was placed after the cancel that began then, which leans to the past: on doubt it was."""
    return one.timestamp is not None and began is not None and one.timestamp > began
