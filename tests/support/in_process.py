"""A simulated venue without a socket, in virtual time, behind a network that fails on demand.

`Network` is the venue, the way to it and the one clock of both; `Trader` walks flows over it with a
real journal. A request that "is on its way" arrives when the clock gets there, whoever moves it and
whether anybody still waits for its answer.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import count
from typing import Any

from exchangekit.adapter.decode import milliseconds
from exchangekit.adapter.request import Outgoing, Reply
from exchangekit.journal import Journal
from exchangekit.runtime.effects import Background, Effect, Now, Record, Send, Sleep
from exchangekit.runtime.journal import Sending
from exchangekit.sim import VenueClock
from exchangekit.sim.accounts import AccountState
from exchangekit.sim.dialect import DialectFactory
from exchangekit.sim.faults import parse_rule
from exchangekit.sim.http import RawRequest
from exchangekit.sim.orders import Order
from exchangekit.sim.run import make_venue
from support.sim_toy import START
from support.stepper import Stepper
from support.toy import lost, not_connected

CHANGE_FAULTS = (
    "never left", "lost before", "lost after", "timed out", "503 before", "503 after", "truncated",
    "limited", "copied", "in time", "late", "partial",
)  # fmt: skip
"""What may happen to one request that changes something. On a venue that looks at the deadline on
arrival only, "held" too: taken inside after the fence, within the margin."""
READ_FAULTS = ("never left", "lost before", "timed out", "503 before", "truncated")
_AN_INSTANT = 0.005
_VALID = 5.0
"""Seconds for which a request without a deadline of its own is taken: `Settings.recv_window`."""


class Network:
    """One venue with one account, and what is on its way there.

    `made` says which orders came of the requests of which sender. `lag` is for how many seconds
    after it was taken no question sees an order.
    """

    def __init__(self, dialect: DialectFactory, *, key: str, secret: str) -> None:
        self.seconds = 1000.0
        clock = VenueClock(source=lambda: START + round(self.seconds * 1000))
        pairs = [("BTC", "USDT")]
        self.venue = make_venue(dialect, key=key, secret=secret, clock=clock, pairs=pairs)
        self.state = self.venue.state
        self.lag = 0.0
        self.faults: dict[str, str] = {}
        """The fault of the next request of an operation."""
        self.made: dict[str | None, list[Order]] = {}
        self.late = 0
        """How many requests that were on their way have arrived."""
        self._on_the_way: list[tuple[float, int, Callable[[], object]]] = []
        self._numbers = count()

    @property
    def orders(self) -> list[Order]:
        return self._account.orders

    @property
    def _account(self) -> AccountState:
        return self.state.exchange.engine.account("main")

    def until(self, moment: float) -> None:
        """Let time pass; what is on its way until then arrives at its own moment."""
        while self._on_the_way and self._on_the_way[0][0] <= moment:
            at, _, arrives = heapq.heappop(self._on_the_way)
            self.seconds = max(self.seconds, at)
            self.late += 1
            arrives()
        self.seconds = max(self.seconds, moment)

    def send(self, asked: Send, sending: Sending | None, sender: str | None) -> Reply:
        """As a transport. `sending` is what was recorded of a change."""
        operation = self._operation(asked.outgoing)
        fault = self.faults.pop(operation, None)
        self.until(self.seconds + _AN_INSTANT)
        if fault == "never left":
            raise not_connected()
        if fault == "lost before":
            raise lost()
        if fault == "timed out":
            self.until(self.seconds + asked.timeout)
            raise lost()
        if fault in ("in time", "late", "held"):
            self._delay(fault, asked.outgoing, sending, sender)
            raise lost()
        if fault == "copied":
            self._arrive(asked.outgoing, sender)
        rules = {
            "503 before": {"action": "html", "status": 503, "at": "before"},
            "503 after": {"action": "html", "status": 503, "at": "after"},
            "limited": {"action": "status", "status": 429, "at": "before", "seconds": 1},
            "partial": {"action": "partial", "fraction": "0.5"},
        }
        if fault in rules:
            self.state.faults.add([parse_rule({**rules[fault], "operation": operation})])
        reply = self._arrive(asked.outgoing, sender)
        self.until(self.seconds + _AN_INSTANT)
        if fault == "lost after":
            raise lost()
        if fault == "truncated":
            return replace(reply, body=reply.body[: len(reply.body) // 2])
        return reply

    def _operation(self, outgoing: Outgoing) -> str:
        route, _ = self.venue._router.find(self._raw(outgoing))
        assert route is not None
        return route.operation

    def _raw(self, outgoing: Outgoing) -> RawRequest:
        path, _, query = outgoing.target.encode().partition(b"?")
        headers = tuple((name.encode(), value.encode()) for name, value in outgoing.headers)
        at = self.state.clock.now()
        return RawRequest(outgoing.method, path, query, headers, outgoing.body, "127.0.0.1", at)

    def _arrive(self, outgoing: Outgoing, sender: str | None) -> Reply:
        before = len(self.orders)
        arrival = self.venue.arrive(self._raw(outgoing))
        if outgoing.method == "GET":
            with self._as_it_was(self.lag):
                answer = self.venue.handle(arrival)
        else:
            answer = self.venue.handle(arrival)
        self.made.setdefault(sender, []).extend(self.orders[before:])
        headers = {name.lower(): value for name, value in answer.headers}
        return Reply(answer.status, headers, answer.body)

    def _delay(
        self, fault: str, outgoing: Outgoing, sending: Sending | None, sender: str | None
    ) -> None:
        last, held = self.seconds + _VALID, 0.0
        if sending is not None and sending.fence is not None:
            last = self._seconds(sending.fence)
            if fault == "held" and sending.margin is not None:
                held = sending.margin.total_seconds()

        def arrives() -> None:
            # It was looked at when it came, and is taken now.
            self.state.clock.set_error(offset=-round(held * 1000))
            self._arrive(outgoing, sender)
            self.state.clock.set_error()

        at = last + held + (_AN_INSTANT if fault == "late" else -_AN_INSTANT)
        heapq.heappush(self._on_the_way, (at, next(self._numbers), arrives))

    def _seconds(self, moment: datetime) -> float:
        return (milliseconds(moment) - START) / 1000

    @contextmanager
    def _as_it_was(self, lag: float) -> Iterator[None]:
        """What a replica that is behind knows: no order that was taken since."""
        self.state.exchange.catch_up()
        account, since = self._account, self.state.clock.market_now() - round(lag * 1000)
        true = account.orders, account.open, account.by_venue_id, account.by_client_id
        old = [one for one in account.orders if one.created <= since or not lag]
        fills, ids = account.fills, {one.id for one in old}
        account.orders = old
        account.open = {one.id: one for one in old if one.is_open}
        account.by_venue_id = {one.venue_id: one for one in old}
        account.by_client_id = {one.client_id: one for one in old if one.client_id is not None}
        account.fills = [one for one in fills if one.order_id in ids]
        try:
            yield
        finally:
            account.orders, account.open, account.by_venue_id, account.by_client_id = true
            account.fills = fills


@dataclass
class Trader(Stepper):
    """Walks the flows of one exchange over `network`, with its journal in a file."""

    network: Network = field(kw_only=True)
    file: Journal = field(kw_only=True)
    uid: str | None = None
    """Whose entry was written last: what is sent now is sent for that."""
    _sending: Sending | None = None

    def _carry_out(self, effect: Effect) -> Any:
        network = self.network
        if isinstance(effect, Now):
            return network.seconds
        if isinstance(effect, Send):
            changes = effect.outgoing.method != "GET"
            sending, self._sending = (self._sending, None) if changes else (None, self._sending)
            sender = sending.intent.uid if sending is not None else None
            return network.send(effect, sending, sender)
        if isinstance(effect, Sleep):
            assert effect.seconds >= 0
            return network.until(network.seconds + effect.seconds)
        if isinstance(effect, Record):
            self.file.record(effect.entry)
            self.journal.append(effect.entry)
            self.uid = effect.entry.intent.uid
            self._sending = effect.entry if isinstance(effect.entry, Sending) else None
            return None
        if isinstance(effect, Background):
            return self.run(effect.flow)
        return super()._carry_out(effect)
