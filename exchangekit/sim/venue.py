"""One running simulated venue without its socket: a request in, a delivery out.

The order of things for every request is written here once: faults that strike first, the path,
limits, authentication, the handler, faults that strike the reply.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Final

from exchangekit.sim.clock import VenueClock
from exchangekit.sim.context import Answer, Context, Route
from exchangekit.sim.delivery import Delivery, apply_fault, deliver
from exchangekit.sim.dialect import Dialect
from exchangekit.sim.faults import BESIDE, FaultRule
from exchangekit.sim.http import RawRequest, Response
from exchangekit.sim.keys import ApiKey
from exchangekit.sim.orders import Rejection
from exchangekit.sim.requestlog import LoggedRequest
from exchangekit.sim.routing import Router
from exchangekit.sim.state import DEFAULT_FUNDS, VenueState

_log: Final = logging.getLogger("exchangekit.sim")


@dataclass(slots=True)
class Arrival:
    """A request that has been read, with the faults that strike it."""

    request: RawRequest
    route: Route | None
    path_params: Mapping[str, str]
    entry: LoggedRequest
    faults: list[FaultRule] = field(default_factory=list)

    @property
    def lagging(self) -> list[FaultRule]:
        """By which it is answered from a copy of the data that is behind."""
        return [rule for rule in self.faults if rule.action == "lag"]

    @property
    def delay(self) -> float:
        """Seconds it is held up on its way in."""
        return sum(
            rule.seconds
            for rule in self.faults
            if rule.action == "delay" and rule.moment == "arrival"
        )


class Venue:
    """A dialect in front of the state that it speaks for."""

    def __init__(
        self,
        dialect: Dialect,
        *,
        seed: int,
        clock: VenueClock,
        keys: Sequence[ApiKey],
        funds: Mapping[str, Decimal] | None = None,
        pairs: Collection[tuple[str, str]] | None = None,
    ) -> None:
        self.dialect = dialect
        routes = tuple(dialect.routes())
        known = {rule.name for rule in dialect.limits}
        for route in routes:
            if set(route.counts) - known:
                raise ValueError(
                    f"{route.operation} counts in limits {dialect.venue} does not list"
                )
        self._router = Router(routes)
        self.state = VenueState(
            dialect.venue,
            instruments=[
                one
                for one in dialect.instruments()
                if pairs is None or (one.base, one.quote) in pairs
            ],
            rules=dialect.rules,
            limits=dialect.limits,
            order_id=dialect.order_id,
            seed=seed,
            clock=clock,
            keys=keys,
            funds=funds if funds is not None else dialect.funds or DEFAULT_FUNDS,
        )

    def arrive(self, request: RawRequest) -> Arrival:
        """Note a request that has been read and the faults that strike it."""
        route, params = self._router.find(request)
        operation = route.operation if route else ""
        entry = self.state.log.add(request, operation, self.state.clock.now())
        path = request.path.decode("latin-1")
        return Arrival(
            request,
            route,
            params,
            entry,
            self.state.faults.striking(request.method, path, operation),
        )

    def refused(self, method: str, target: bytes) -> bool:
        """Whether a fault refuses a request of which only the head has been read."""
        if not any(rule.action == "refuse" for rule in self.state.faults.all()):
            return False
        path, _, query = target.partition(b"?")
        probe = RawRequest(method, path, query, (), b"", "", self.state.clock.now())
        route, _ = self._router.find(probe)
        operation = route.operation if route else ""
        struck = self.state.faults.refusing(method, path.decode("latin-1"), operation)
        if struck:
            self.state.log.add(probe, operation, probe.received).outcome = "refuse before"
        return struck

    def may_wait(self, arrival: Arrival) -> bool:
        """Whether handling may block in the middle and must not hold up the other requests."""
        path = arrival.request.path.decode("latin-1")
        operation = arrival.entry.operation
        return self.state.faults.may_strike_acceptance(arrival.request.method, path, operation)

    def handle(self, arrival: Arrival) -> Delivery:
        """Carry a request out. Takes the lock."""
        with self.state.lock:
            request = replace(arrival.request, received=self.state.clock.now())
            arrival.entry.request = request
            ctx = None
            if arrival.route is not None:
                limited, params = self.dialect.limited, arrival.path_params
                ctx = Context(request, arrival.route, self.state, limited, params)
                ctx.lag_ms = int(1000 * sum(rule.seconds for rule in arrival.lagging))
            delivery = self._deliver(ctx, request, arrival)
            if ctx is not None:
                arrival.entry.accepted = ctx.accepted
                arrival.entry.orders = list(ctx.touched)
                arrival.entry.over_limit = ctx.over_limit
            arrival.entry.status = delivery.status
            struck = [f"{rule.action} {rule.moment}" for rule in arrival.faults]
            arrival.entry.outcome = ", ".join(struck) or "handled"
            return delivery

    def _deliver(self, ctx: Context | None, request: RawRequest, arrival: Arrival) -> Delivery:
        for rule in arrival.faults:
            if rule.action == "clock":
                self.state.disturb_clock(offset=rule.offset_ms, drift_ppm=rule.drift_ppm)
        for rule in arrival.faults:
            if rule.moment == "before" and rule.action not in BESIDE:
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
            return self.dialect.unknown_path(request, self._router.allowed(request))
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
        by_address = [name for name in ctx.route.counts if self.state.limiter.scope(name) == "ip"]
        by_caller = [name for name in ctx.route.counts if name not in by_address]
        for name in by_address:
            ctx.charge(name, ctx.route.weight_under(name, ctx))
        if ctx.route.signed:
            ctx.authenticated(self.dialect.authenticate(ctx))
        for name in by_caller:
            ctx.charge(name, ctx.route.weight_under(name, ctx))
        return ctx.route.handler(ctx)
