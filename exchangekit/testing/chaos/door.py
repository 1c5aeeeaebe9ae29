"""Trouble at the door of a simulated venue: what the plan has for an order strikes it and no other.

Most of it are the simulated venues' own fault rules. Three things they have no rule for are done
here: a request that a gateway delivers twice, a reply that belongs to another order, and copies of
the data that lag behind.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from operator import eq, itemgetter

from exchangekit.sim import Answer
from exchangekit.sim.accounts import AccountState
from exchangekit.sim.delivery import Delivery
from exchangekit.sim.faults import FaultRule, Faults, parse_rule
from exchangekit.sim.http import RawRequest
from exchangekit.sim.orders import Order
from exchangekit.sim.state import DEFAULT_ACCOUNT
from exchangekit.sim.venue import Arrival, Venue
from exchangekit.testing.chaos.plan import Planned
from exchangekit.testing.chaos.trouble import HELD, LAGGING, MIXED, PACE, TWICE, Strike
from exchangekit.testing.chaos.which import rechecks

_NAME = re.compile(rb'(?:newClientOrderId|origClientOrderId|clOrdId)(?:=|":\s*")([A-Za-z0-9_-]+)')
_NUMBER = re.compile(rb'(?:orderId|ordId)(?:=|":\s*")([A-Za-z0-9_-]+)')

Arrived = Callable[[str, Planned | None], None]
"""Told of every new order that arrives at a venue, and which planned one it is, the first time."""


@dataclass(frozen=True, slots=True)
class _Struck:
    """A request about a planned order, and what strikes it, by kind."""

    order: Planned
    strikes: dict[str, Strike]


_now: ContextVar[_Struck | None] = ContextVar("struck", default=None)


class Door(Venue):
    """A simulated venue with trouble at its door, until it is ``healed``. ``fired`` counts what
    struck, by kind."""

    def __init__(self, inner: Venue, orders: Iterable[Planned], arrived: Arrived) -> None:
        self.dialect, self.state, self._router = inner.dialect, inner.state, inner._router  # noqa: SLF001
        self.state.faults = _AtTheDoor(self)
        self.fired: Counter[str] = Counter()
        self._orders = {one.name: one for one in orders}
        self._seen: Counter[tuple[str, str]] = Counter()
        self._due: dict[int, _Struck] = {}
        self.healed = False
        self._arrived = arrived
        self._said: dict[tuple[str, tuple[str, str, str]], Delivery] = {}

    def arrive(self, request: RawRequest) -> Arrival:
        order = self._order(request)
        arrival = super().arrive(request)
        operation = arrival.entry.operation
        nth = 0
        if order is not None and not self.healed:
            self._seen[order.name, operation] += 1
            nth = self._seen[order.name, operation]
            due = [one for one in order.strikes if (one.operation, one.nth) == (operation, nth)]
            if order.venue != self.state.name and not order.haunted:
                due = []
            for one in due:
                self.fired[one.kind] += 1
                if one.is_rule:
                    arrival.faults.append(parse_rule(dict(one.rule)))
            strikes = {one.kind: one for one in due}
            self._due[arrival.entry.number] = _Struck(order, strikes)
        if operation == "create_order" and not self.healed:
            self._arrived(self.state.name, order if nth == 1 else None)
        return arrival

    def may_wait(self, arrival: Arrival) -> bool:
        struck = self._due.get(arrival.entry.number)
        return super().may_wait(arrival) or (struck is not None and HELD in struck.strikes)

    def handle(self, arrival: Arrival) -> Delivery:
        struck = self._due.pop(arrival.entry.number, None)
        if struck is None:
            return super().handle(arrival)
        token = _now.set(struck)
        try:
            delivery = self._lagging(arrival, struck)
            if TWICE in struck.strikes:
                delivery = super().handle(arrival)
            return self._mixed(arrival, struck, delivery)
        finally:
            _now.reset(token)

    def hold(self) -> None:
        """Hold the present request up, where the plan says so. Raises `Answer` where that took
        longer than a venue that checks on arrival only may: then the order is not taken."""
        struck = _now.get()
        if struck is None or HELD not in struck.strikes:
            return
        begun = self.state.clock.market_now()
        self.state.let_others_go_on(struck.strikes[HELD].rule["seconds"])
        took = self.state.clock.market_now() - begun
        if not rechecks(self.state.name) and took > PACE.longest_hold * 1000:
            raise Answer(self.dialect.trouble(None, "unavailable", 503))

    @property
    def _account(self) -> AccountState:
        return self.state.exchange.engine.account(DEFAULT_ACCOUNT)

    def _order(self, request: RawRequest) -> Planned | None:
        """The planned order that a request is about."""
        said = request.query + b"&" + request.body
        named = _NAME.search(said)
        if named is not None:
            return self._orders.get(named[1].decode())
        numbered = _NUMBER.search(said)
        held = None if numbered is None else self._account.by_venue_id.get(numbered[1].decode())
        return None if held is None else self._orders.get(held.client_id or "")

    def _lagging(self, arrival: Arrival, struck: _Struck) -> Delivery:
        """The answer, of a copy that has not heard of the order yet where the plan says so."""
        lag = struck.strikes.get(LAGGING)
        if lag is None:
            return super().handle(arrival)
        with self.state.lock:
            held = self._account.by_client_id.get(struck.order.name)
            age = 0 if held is None else self.state.clock.market_now() - held.created
            if held is None or age > lag.rule["seconds"] * 1000:
                return super().handle(arrival)
            with _hidden(self._account, held):
                return super().handle(arrival)

    def _mixed(self, arrival: Arrival, struck: _Struck, delivery: Delivery) -> Delivery:
        """`delivery`, or what was said before of another order, as like this one as can be told
        from it. (Where a reply names no client order id, as some venues' to a new order, it must
        differ in market, side or type: see docs/orders.md. A refusal names no order at all
        at most venues, and is never mixed up here.)"""
        operation = arrival.entry.operation
        mine = struck.order.symbol, struck.order.side, struck.order.type
        if MIXED in struck.strikes:
            nameless = struck.order.name.encode() not in delivery.body
            others = [
                (sum(map(eq, whose, mine)), said)
                for (of, whose), said in self._said.items()
                if of == operation and not (nameless and whose == mine)
            ]
            return max(others, key=itemgetter(0), default=(0, delivery))[1]
        names_it = arrival.entry.accepted or operation == "fetch_order"
        if names_it and (delivery.status, delivery.mode, delivery.delay) == (200, "send", 0):
            self._said[operation, mine] = delivery
        return delivery


class _AtTheDoor(Faults):
    """The venue's rules, and the holds of single orders."""

    def __init__(self, door: Door) -> None:
        super().__init__()
        self._door = door

    def striking_acceptance(self, method: str, path: str, operation: str) -> list[FaultRule]:
        self._door.hold()
        return super().striking_acceptance(method, path, operation)


@contextmanager
def _hidden(account: AccountState, order: Order) -> Iterator[None]:
    names, numbers, still_open = account.by_client_id, account.by_venue_id, account.open
    was_open = order.id in still_open
    assert order.client_id is not None
    del names[order.client_id], numbers[order.venue_id]
    still_open.pop(order.id, None)
    try:
        yield
    finally:
        names[order.client_id], numbers[order.venue_id] = order, order
        if was_open:
            still_open[order.id] = order
