"""One running simulated venue without its socket: a request in, a delivery out.

The order of things for every request is written here once: faults that strike first, the path,
limits, authentication, the handler, faults that strike the reply. The venue's state is guarded by
one lock; whoever reads or changes it from another thread takes `lock` first.
"""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Final
from urllib.parse import unquote

from exchangekit.sim.clock import VenueClock
from exchangekit.sim.delivery import Delivery, apply_fault, deliver
from exchangekit.sim.dialect import Answer, Context, Dialect, Route
from exchangekit.sim.exchange import Exchange
from exchangekit.sim.faults import FaultRule, Faults
from exchangekit.sim.http import RawRequest, Response
from exchangekit.sim.instruments import Instrument
from exchangekit.sim.keys import ApiKey, KeyRing
from exchangekit.sim.limits import Limiter
from exchangekit.sim.orders import Order, OrderRequest, Rejection
from exchangekit.sim.requestlog import LoggedRequest, RequestLog

DEFAULT_ACCOUNT: Final = "main"
DEFAULT_FUNDS: Final[Mapping[str, Decimal]] = {
    "USDT": Decimal(1_000_000),
    "USDC": Decimal(250_000),
    "BTC": Decimal(10),
    "ETH": Decimal(100),
    "SOL": Decimal(1_000),
    "XRP": Decimal(100_000),
    "DOGE": Decimal(500_000),
    "BNB": Decimal(100),
}
_log = logging.getLogger("exchangekit.sim")


@dataclass(slots=True)
class Arrival:
    """A request that has been read, with the faults that strike it."""

    request: RawRequest
    route: Route | None
    path_params: Mapping[str, str]
    entry: LoggedRequest
    faults: list[FaultRule] = field(default_factory=list)

    @property
    def delay(self) -> float:
        """Seconds it is held up on its way in."""
        return sum(
            rule.seconds
            for rule in self.faults
            if rule.action == "delay" and rule.moment == "arrival"
        )


class Venue:
    """A dialect over an exchange, with keys, limits, faults and a log."""

    def __init__(
        self,
        dialect: Dialect,
        *,
        seed: int,
        clock: VenueClock,
        keys: Sequence[ApiKey],
        funds: Mapping[str, Decimal] | None = None,
    ) -> None:
        self.dialect = dialect
        self.clock = clock
        self.seed = seed
        self.lock = threading.RLock()
        # Set when the venue stops for good, so that nothing waits on.
        self.closing = threading.Event()
        self.on_outage: Callable[[float], None] | None = None
        self._first_keys = tuple(keys)
        self._funds = funds if funds is not None else dialect.funds or DEFAULT_FUNDS
        self._instruments = tuple(dialect.instruments())
        self._fixed: dict[str, dict[str, Route]] = {}
        self._patterns: list[tuple[re.Pattern[str], Route]] = []
        known = {rule.name for rule in dialect.limits}
        for route in dialect.routes():
            if set(route.counts) - known:
                raise ValueError(
                    f"{route.operation} counts in limits {dialect.venue} does not list"
                )
            self._add_route(route)
        self.reset()

    def reset(self) -> None:
        """Everything as at the start: clock, accounts, orders, keys, faults, limits, log."""
        self.clock.reset()
        self.keys = KeyRing()
        for key in self._first_keys:
            self.keys.add(replace(key))
        self.exchange = Exchange(
            instruments=self._instruments,
            rules=self.dialect.rules,
            clock=self.clock,
            seed=self.seed,
            order_id=self.dialect.order_id,
        )
        for account in {DEFAULT_ACCOUNT, *(key.account for key in self._first_keys)}:
            self.exchange.ledger.open_account(account, self._funds)
        self.limiter = Limiter(self.dialect.limits)
        self.faults = Faults()
        self._clock_fault = False
        self.log = RequestLog()

    @property
    def instruments(self) -> Mapping[str, Instrument]:
        return self.exchange.instruments

    # --- a request's way ---
    def arrive(self, request: RawRequest) -> Arrival:
        """Note a request that has been read and the faults that strike it."""
        route, params = self._route(request)
        operation = route.operation if route else ""
        entry = self.log.add(request, operation, self.clock.now())
        path = request.path.decode("latin-1")
        return Arrival(
            request, route, params, entry, self.faults.striking(request.method, path, operation)
        )

    def refused(self, method: str, target: bytes) -> bool:
        """Whether a fault refuses a request of which only the head has been read."""
        if not any(rule.action == "refuse" for rule in self.faults.all()):
            return False
        path, _, query = target.partition(b"?")
        probe = RawRequest(method, path, query, (), b"", "", self.clock.now())
        route, _ = self._route(probe)
        operation = route.operation if route else ""
        struck = self.faults.refusing(method, path.decode("latin-1"), operation)
        if struck:
            self.log.add(probe, operation, probe.received).outcome = "refuse before"
        return struck

    def clear_faults(self) -> None:
        """No more faults, and what they left behind is put right."""
        self.faults.clear()
        if self._clock_fault:
            self.clock.set_error()
            self._clock_fault = False
        self.exchange.release_parked()

    def begin_outage(self, seconds: float) -> None:
        """Stop listening for a while. Raises `ValueError` if the venue is not on a socket."""
        if self.on_outage is None:
            raise ValueError("this venue is not listening: nothing to refuse")
        self.on_outage(seconds)

    def may_wait(self, arrival: Arrival) -> bool:
        """Whether handling may block in the middle and must not hold up the other requests."""
        path = arrival.request.path.decode("latin-1")
        operation = arrival.entry.operation
        return self.faults.may_strike_acceptance(arrival.request.method, path, operation)

    def handle(self, arrival: Arrival) -> Delivery:
        """Carry a request out. Takes the lock."""
        with self.lock:
            request = replace(arrival.request, received=self.clock.now())
            arrival.entry.request = request
            ctx = None
            if arrival.route is not None:
                ctx = Context(request, arrival.route, self, arrival.path_params)
            delivery = self._deliver(ctx, request, arrival)
            if ctx is not None:
                arrival.entry.accepted = ctx.accepted
                arrival.entry.orders = list(ctx.touched)
            arrival.entry.status = delivery.status
            struck = [f"{rule.action} {rule.moment}" for rule in arrival.faults]
            arrival.entry.outcome = ", ".join(struck) or "handled"
            return delivery

    def _deliver(self, ctx: Context | None, request: RawRequest, arrival: Arrival) -> Delivery:
        for rule in arrival.faults:
            if rule.action == "clock":
                self.clock.set_error(offset=rule.offset_ms, drift_ppm=rule.drift_ppm)
                self._clock_fault = True
        for rule in arrival.faults:
            if rule.moment == "before" and rule.action not in ("clock", "refuse"):
                blank = deliver(Response(b"", 200))
                delivery = apply_fault(blank, rule, self.dialect, ctx)
                break
        else:
            delivery = deliver(self._answer(ctx, request))
        for rule in arrival.faults:
            if rule.moment in ("after", "reply"):
                delivery = apply_fault(delivery, rule, self.dialect, ctx)
        return delivery

    def _answer(self, ctx: Context | None, request: RawRequest) -> Response:
        """The venue's own answer."""
        if ctx is None:
            return self.dialect.unknown_path(request, self._allowed(request))
        try:
            response = self._handled(ctx)
        except Answer as answer:
            response = answer.response
        except Rejection as rejection:
            response = self.dialect.rejected(ctx, rejection)
        except Exception:
            _log.exception("%s: %s failed", self.dialect.venue, ctx.route.operation)
            response = self.dialect.trouble(ctx, "error", 500)
        self.dialect.decorate(ctx, response)
        return response

    def _handled(self, ctx: Context) -> Response:
        rules = {rule.name: rule for rule in self.dialect.limits}
        by_address = [name for name in ctx.route.counts if rules[name].scope == "ip"]
        by_key = [name for name in ctx.route.counts if rules[name].scope != "ip"]
        for name in by_address:
            self.charge(ctx, name, _weight(ctx, name))
        if ctx.route.signed:
            ctx.authenticated(self.dialect.authenticate(ctx))
        for name in by_key:
            self.charge(ctx, name, _weight(ctx, name))
        return ctx.route.handler(ctx)

    # --- what contexts ask for ---
    def place(
        self, ctx: Context, request: OrderRequest, guard: Callable[[], None] | None = None
    ) -> Order:
        """The moment of acceptance of an order."""
        fraction = self._at_acceptance(ctx)
        if guard is not None:
            guard()
        order = self.exchange.place(ctx.account, request, fraction=fraction)
        ctx.accepted = True
        ctx.touched.append(order.venue_id)
        return order

    def cancel(self, ctx: Context, orders: Sequence[Order]) -> list[Order]:
        """The moment of acceptance of cancels. An order the market got to first stays filled."""
        self._at_acceptance(ctx)
        for order in orders:
            if self.exchange.cancel(order):
                ctx.accepted = True
                ctx.touched.append(order.venue_id)
        return list(orders)

    def _at_acceptance(self, ctx: Context) -> Decimal | None:
        """Faults at this exact point: wait, or say what part of the order may fill."""
        path = ctx.request.path.decode("latin-1")
        fraction = None
        for rule in self.faults.striking_acceptance(ctx.request.method, path, ctx.route.operation):
            if rule.action == "partial":
                fraction = rule.fraction
            else:
                # Others go on meanwhile; this runs on a thread of its own (see `may_wait`).
                self.lock.release()
                try:
                    self.closing.wait(rule.seconds)
                finally:
                    self.lock.acquire()
        return fraction

    def charge(self, ctx: Context, name: str, weight: int) -> None:
        """Count weight under a rule; raises `Answer` with the venue's refusal if over."""
        subject = ctx.limit_subject(name)
        if subject is None:
            return
        breach = self.limiter.charge(name, subject, ctx.route.operation, weight, ctx.now)
        if breach is not None:
            raise Answer(self.dialect.limited(ctx, breach))

    def used(self, ctx: Context, name: str) -> int:
        """Weight used under a rule; 0 where the caller is not known yet."""
        subject = ctx.limit_subject(name)
        if subject is None:
            return 0
        return self.limiter.used(name, subject, ctx.route.operation, ctx.now)

    # --- paths ---
    def _add_route(self, route: Route) -> None:
        if "{" in route.path:
            pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(route.path))
            self._patterns.append((re.compile(pattern), route))
        else:
            self._fixed.setdefault(route.path, {})[route.method] = route

    def _route(self, request: RawRequest) -> tuple[Route | None, Mapping[str, str]]:
        path = request.path.decode("latin-1")
        route = self._fixed.get(path, {}).get(request.method)
        if route is not None:
            return route, {}
        for pattern, candidate in self._patterns:
            found = pattern.fullmatch(path)
            if found and candidate.method == request.method:
                return candidate, {name: unquote(part) for name, part in found.groupdict().items()}
        return None, {}

    def _allowed(self, request: RawRequest) -> list[str]:
        """The methods this path exists for."""
        path = request.path.decode("latin-1")
        methods = set(self._fixed.get(path, {}))
        methods.update(route.method for pattern, route in self._patterns if pattern.fullmatch(path))
        return sorted(methods)


def _weight(ctx: Context, name: str) -> int:
    weight = ctx.route.weight
    if isinstance(weight, Mapping):
        weight = weight.get(name, 1)
    return weight if isinstance(weight, int) else weight(ctx)
