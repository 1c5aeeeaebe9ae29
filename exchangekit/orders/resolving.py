"""Finding out what became of a change whose answer was lost.

An order is looked for under its name until it is found or can no longer exist. "Not found" counts
only when it was asked after the fence and the margin that the venue declares, by the venue's own
clock, asked anew. Where the venue documents a check on arrival only, the order itself, the open
orders and the fills since must all say so, twice, a margin apart. What is found is taken for ours
only where it fits what was asked: names may be used again.

A cancel is found out by reading its order, and sent again where that is still open, which harms
nothing. Whatever cannot be found out in time stays unknown.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from exchangekit.adapter.request import Call
from exchangekit.errors import ExchangeError, OrderNotFound
from exchangekit.models.enums import Proof
from exchangekit.models.orders import MyTrade, Order, OrderRequest
from exchangekit.orders.looking import APART, Fetch, differences, is_doubtful, is_past
from exchangekit.runtime.effects import Flow, Now, Sleep
from exchangekit.runtime.journal import Sending
from exchangekit.runtime.policy import Policy

T = TypeVar("T")

_FETCH = "fetch_order"
FIRST_PAUSE, LONGEST_PAUSE = 0.25, 2.0
_SHORTEST_PAUSE = 0.05
_REMEMBERED = timedelta(minutes=30)
"""For so long a venue that declares nothing else finds an order by its name. Later the lists are
asked as well."""
_MOST_UNCLEAR = 10
"""Of how many orders the fills since then may be, for each to be asked whether it is ours. Of more,
those that have ended are asked for together."""


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the orders of one market can be seen; None where the venue has no such thing."""

    fetch: Fetch | None
    open_orders: Callable[[], Flow[tuple[Order, ...]]] | None = None
    fills: Callable[[datetime], Flow[tuple[MyTrade, ...]]] | None = None
    closed: Callable[[datetime], Flow[tuple[Order, ...]]] | None = None


def margin_of(policy: Policy, sent: Sending) -> timedelta:
    """How much later than its fence what was sent may still come to something."""
    return sent.margin or policy.adapter.capabilities.fence.margin


def first_due(policy: Policy, sent: Sending) -> datetime | None:
    """When, by the venue's clock, that nothing is seen of it begins to count; None where it never
    does."""
    kind = Proof(policy.adapter.capabilities.fence.kind)
    if sent.fence is None or kind not in policy.settings.accepted_proofs:
        return None
    return sent.fence + margin_of(policy, sent)


class Search:
    """The search for one order, and how long it goes on.

    Ends at the latest when the last proof could be had (window and margin, twice the margin where
    the venue checks on arrival only) and ``Timeouts.total`` is over as well.
    """

    def __init__(
        self, policy: Policy, sources: Sources, sent: Sending, order: OrderRequest
    ) -> None:
        self.policy = policy
        self.sources = sources
        self.order = order
        self.began = sent.began
        self.problem: ExchangeError | None = None
        """Why the last look told nothing."""
        self.another: Order | None = None
        """An order under the same name that is not this one."""
        self._absences = 0
        self._kind = Proof(policy.adapter.capabilities.fence.kind)
        self._margin = margin_of(policy, sent)
        self._due = first_due(policy, sent)

    def why(self) -> str:
        """Why it could be found out in no way, in words."""
        if self.problem is not None:
            return f"looking for it failed: {self.problem.message}"
        if self._may_be_ours:
            return "an order of its name is like it and seems a little older: it may be this one"
        if self.another is not None:
            return f"order {self.another.id} has its client order id and is another one"
        if self._due is None:
            return "it is not there, and this venue gives no proof of that which counts here"
        return "it was not there, and time ran out before that became proof"

    def run(self) -> Flow[Order | Proof | None]:
        """The order; the proof that there is none; None where neither could be had in time."""
        now: float = yield Now()
        end = None
        pause = FIRST_PAUSE
        while end is None or now < end:
            asked: datetime | None = None
            try:
                asked = yield from self._venue_time(now)
                if end is None:
                    end = self._end(now, asked)
                found = yield from self._look(asked, end)
            except ExchangeError as problem:
                self.problem = problem
            else:
                self.problem = None
                if found is not None:
                    return found
            now = yield Now()
            end = end or now + self.policy.settings.timeouts.total
            wait = pause if asked is None else self._wait(asked, pause)
            yield Sleep(wait, "until an order whose answer was lost can be told")
            pause = min(pause * 2, LONGEST_PAUSE)
            now = yield Now()
        return None

    def _end(self, now: float, asked: datetime) -> float:
        patience = self.policy.settings.timeouts.total
        if self._due is None:
            return now + patience
        last = self._due + (self._margin if self._kind is Proof.GATEWAY else timedelta(0))
        return now + max(0.0, (last - asked).total_seconds()) + patience

    def _wait(self, asked: datetime, pause: float) -> float:
        if self._due is None or asked > self._due:
            return pause
        left = (self._due - asked).total_seconds()
        return max(_SHORTEST_PAUSE, min(pause, left + _SHORTEST_PAUSE))

    def _venue_time(self, now: float) -> Flow[datetime]:
        """The estimate, which leans to the past; asked anew where something hangs on it."""
        estimate = self.policy.clock.venue_ms(now)
        if estimate is not None:
            time = datetime.fromtimestamp(estimate / 1000, UTC)
            if self._due is None or time <= self._due:
                return time
        return (yield from self.policy.sample_clock())

    def _look(self, asked: datetime, end: float) -> Flow[Order | Proof | None]:
        if self.sources.fetch is not None:
            found = yield from self._fetched(None, self.order.client_order_id, end)
            if found is not None:
                return found
        if self._due is None or asked <= self._due or self._may_be_ours:
            return None
        if self._one_look_is_enough(asked):
            return Proof.RECHECKED
        found = yield from self._elsewhere(end)
        if found is not None:
            return found
        self._absences += 1
        if self._kind is Proof.RECHECKED or self._absences > 1:
            return self._kind
        self._due = asked + self._margin
        return None

    @property
    def _may_be_ours(self) -> bool:
        """What has the name is another one by its age alone, and by little: that it is absent is
        not proven then."""
        other = self.another
        if other is None or differences(other, self.order):
            return False
        return other.client_order_id == self.order.client_order_id and is_doubtful(
            other, self.began
        )

    def _one_look_is_enough(self, asked: datetime) -> bool:
        """Venues forget names after a while (and tell of another order that has one)."""
        told = self.policy.adapter.capabilities.found_by_name or _REMEMBERED
        soon = self.began is not None and asked < self.began + min(told, _REMEMBERED)
        could = self.sources.fetch is not None and self.another is None
        return self._kind is Proof.RECHECKED and soon and could

    def _fetched(self, id: str | None, name: str | None, end: float) -> Flow[Order | None]:
        """The order under this id or name, if it is ours; None where there is none."""
        assert self.sources.fetch is not None
        call = self.sources.fetch(id, name)
        try:
            found = yield from self._asked(call, end)
        except OrderNotFound:
            return None
        if self._is_ours(found):
            return found
        self.another = found
        return None

    def _asked(self, call: Call[Order], end: float) -> Flow[Order]:
        return (
            yield from self.policy.call(
                _FETCH,
                call,
                client_order_id=self.order.client_order_id,
                serving="create_order",
                until=end,
            )
        )

    def _is_ours(self, found: Order) -> bool:
        name = found.client_order_id
        if name is not None and name != self.order.client_order_id:
            return False
        return not differences(found, self.order) and not is_past(found, self.began)

    def _elsewhere(self, end: float) -> Flow[Order | None]:
        """The order among the open ones and in the fills since it was sent."""
        if self.sources.open_orders is not None:
            for one in (yield from self.sources.open_orders()):
                if one.client_order_id == self.order.client_order_id and self._is_ours(one):
                    return one
        if self.sources.fills is None or self.began is None or self.sources.fetch is None:
            return None
        unclear: dict[str, None] = {}
        for fill in (yield from self.sources.fills(self.began - APART)):
            if fill.order_id is None or fill.side is not self.order.side:
                continue
            if fill.client_order_id in (None, self.order.client_order_id):
                unclear[fill.order_id] = None
        if len(unclear) > _MOST_UNCLEAR and self.sources.closed is not None:
            for one in (yield from self.sources.closed(self.began - APART)):
                if one.client_order_id == self.order.client_order_id and self._is_ours(one):
                    return one
                if one.client_order_id is not None and one.id is not None:
                    unclear.pop(one.id, None)
        if len(unclear) > _MOST_UNCLEAR:
            raise OrderNotFound(f"{len(unclear)} orders were filled since, too many to ask about")
        for order_id in unclear:
            found = yield from self._fetched(order_id, None, end)
            if found is not None and found.client_order_id == self.order.client_order_id:
                return found
        return None
