"""The faults of the matrix, as a table.

A fault is what a `Wire` does to a request, what rules of the simulated venue do (see
docs/sim-control.md), or both. ``moments`` say whether the struck request was carried out: "before"
it was not, "after" it was, "" where that lies in the fault. ``spans``: it strikes one request of
the operation, or that one and everything from then on, until it is healed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from matrix.line import Strike
from matrix.operations import Operation, place
from matrix.stage import Stage
from matrix.wire import (
    Event,
    Wire,
    after_the_head,
    dripping,
    first_and_second,
    in_the_body,
    only,
    said_twice,
    the_first,
    then,
    whole,
    with_surplus,
)

from exchangekit.adapter.base import Adapter
from exchangekit.errors import InsufficientFunds

BEFORE, AFTER = "before", "after"
ONCE, LASTING = "once", "lasting"
EITHER, BOTH = (BEFORE, AFTER), (ONCE, LASTING)
Rule = Mapping[str, Any]
Make = Callable[[Adapter], tuple[tuple[str, Rule], ...]]


def _one(**rule: Any) -> Make:
    return lambda adapter: (("", rule),)


def _unknown_codes(adapter: Adapter) -> tuple[tuple[str, Rule], ...]:
    codes = sorted(adapter.errors.unknown)
    return tuple((f" {code}", {"action": "code", "code": code}) for code in codes)


def _refusing_code(adapter: Adapter) -> tuple[tuple[str, Rule], ...]:
    known = adapter.errors.codes.items()
    code = next(name for name, means in known if any(one is InsufficientFunds for _, one in means))
    said = {"message": "insufficient balance", "status": 200}
    return (("", {"action": "code", "code": code, **said}),)


@dataclass(frozen=True, slots=True)
class Fault:
    name: str
    wire: Wire | None = None
    rules: Make | None = None
    moments: tuple[str, ...] = ("",)
    spans: tuple[str, ...] = BOTH
    arrange: Callable[[Stage, Operation], None] | None = None
    """Before anything else is prepared."""
    at_the_venue: Callable[[Stage], None] | None = None
    """What happens there just before it gets the request."""
    looking: Wire | None = None
    """What strikes the first look at what became of the request."""
    unreachable: bool = False
    """It cannot be told within the kit's bound: it asks nothing of an address that a firewall has
    blocked, and proves nothing before the fence."""
    harmless: bool = False
    """Whoever waits gets what was asked for all the same."""
    interrupts: bool = False
    """Whoever waits is told nothing: an interrupt, or the end of the process."""

    def strike(
        self, stage: Stage, operation: Operation, rule: Rule, moment: str, span: str
    ) -> None:
        """Install it."""
        lasting = span == LASTING
        stage.line.hang_up()
        stage.line.meanwhile = self.at_the_venue and (lambda: self._happens(stage))
        if self.wire is not None:
            wire = replace(self.wire, carry="never") if moment == BEFORE else self.wire
            first = Strike(wire, operation.routes, lasting)
            stage.line.strikes = [first]
            if self.looking is not None:
                stage.line.strikes.append(Strike(self.looking, "fetch_*order*", after=first))
        if rule:
            made = {"operation": operation.routes, **({"at": moment} if moment else {}), **rule}
            if lasting:
                made |= {"operation": "*", "count": 0}
            stage.control.add_faults([made])

    def _happens(self, stage: Stage) -> None:
        assert self.at_the_venue is not None
        self.at_the_venue(stage)


def _ask_about_another(stage: Stage, operation: Operation) -> None:
    operation.about_another(stage)
    stage.world.advance(1000)


def _placed_elsewhere(side: str, ago: int = 0) -> Callable[[Stage, Operation], None]:
    """Another program has placed an order under the name: the same one, or another."""

    def arrange(stage: Stage, operation: Operation) -> None:
        mine, stage.exchange = stage.exchange, stage.open(journal=False)
        place(stage, stage.name, side=side)
        stage.exchange = mine
        if ago:
            stage.world.advance(ago)

    return arrange


def _jump(milliseconds: int) -> Callable[[Stage], None]:
    """The venue's clock jumps."""

    def jump(stage: Stage) -> None:
        stage.control.clock(offset_ms=milliseconds)

    return jump


def _at_once(stage: Stage, operation: Operation) -> None:
    """What is placed crosses the market, and is filled: on some venues its name is free again."""
    stage.crossing = True


def _in_part(stage: Stage, operation: Operation) -> None:
    """What is placed crosses the market, and fills in part."""
    stage.crossing = True
    stage.control.add_faults(
        [{"action": "partial", "operation": "create_order", "fraction": "0.4", "count": 2}]
    )


_CONNECTING = tuple(
    Fault(name, Wire(whole, connects=how))
    for name, how in (
        ("connection refused", "refused"),
        ("no such host", "dns"),
        ("tls fails", "tls"),
    )
)
_BREAKING = tuple(
    Fault(f"{how} {where}", Wire(back(event)), moments=moments, harmless=back is then)
    for how, event in (("reset", Event.RESET), ("closed", Event.END))
    for where, back, moments in (
        ("before the first byte", only, EITHER),
        ("after the headers", after_the_head, (AFTER,)),
        ("in the body", in_the_body, (AFTER,)),
        ("after the body", then, (AFTER,)),
    )
)
_LATE = tuple(
    Fault(f"{carry} {when}", Wire(only(Event.SILENCE), carry, seconds), spans=(ONCE,))
    for carry in ("late", "held")
    for when, seconds in (
        ("and in time", 1.0),
        ("past the timeout", 3.0),
        ("until just before the fence", 5.8),
        ("until just after the fence", 6.4),
        ("until long after the fence", 9.0),
    )
)
_STATUSES = tuple(
    Fault(f"http {status}", rules=_one(action="status", status=status), moments=EITHER)
    for status in (429, 418, 500, 502, 503, 504)
)
_PAGES = (
    Fault("403 page", rules=_one(action="html", status=403), moments=EITHER, unreachable=True),
    Fault("502 page", rules=_one(action="html", status=502), moments=EITHER),
    Fault("page in 200", rules=_one(action="html", status=200), moments=EITHER),
    Fault("empty body", rules=_one(action="empty"), moments=EITHER),
    Fault("no text in 200", rules=_one(action="non_utf8"), moments=EITHER),
)
_LOST = Wire(only(Event.SILENCE))
# After a jump backwards the fence lies ten minutes ahead, by the clock that counts: that there is
# no order cannot be proven before that moment.
_JUMPS = tuple(
    Fault(
        f"clock {way}{more}", wire, moments=moments, spans=(ONCE,),
        at_the_venue=_jump(by), unreachable=by < 0 and wire is _LOST,
    )
    for way, by in (("forwards", 600_000), ("backwards", -600_000))
    for more, wire, moments in (("", Wire(whole), ("",)), (" and reply lost", _LOST, EITHER))
)  # fmt: skip
_LAGS = tuple(
    Fault(
        f"order endpoint lags{more}",
        wire,
        moments=moments,
        spans=(ONCE,),
        rules=_one(action="lag", seconds=0.9, at=BEFORE, count=0, operation="fetch_*order*"),
    )
    for more, wire, moments in (
        (", reply lost", _LOST, EITHER),
        (", taken just before the fence", Wire(only(Event.SILENCE), "late", 5.8), ("",)),
    )
)
_INTERRUPTS = (
    Fault(
        "interrupted", Wire(only(Event.INTERRUPT)), moments=EITHER, spans=(ONCE,), interrupts=True
    ),
    Fault(
        "interrupted while looking", _LOST, moments=EITHER, spans=(ONCE,),
        looking=Wire(only(Event.INTERRUPT)), interrupts=True,
    ),
    Fault("killed", Wire(only(Event.DEATH)), moments=EITHER, spans=(ONCE,), interrupts=True),
)  # fmt: skip

FAULTS: tuple[Fault, ...] = (
    Fault("none", spans=(ONCE,), harmless=True),
    *_CONNECTING,
    Fault("connection breaks under the request", Wire(whole, breaks_sending=True)),
    *_BREAKING,
    Fault("reply lost", _LOST, moments=EITHER),
    Fault("reply dripping", Wire(dripping), harmless=True),
    Fault("surplus bytes", Wire(with_surplus), harmless=True),
    Fault("reply said twice", Wire(said_twice), harmless=True),
    Fault(
        "reply about another", Wire(whole, of_another=True), moments=EITHER, spans=(ONCE,),
        arrange=_ask_about_another,
    ),
    *_LATE,
    Fault("delivered twice, second reply", Wire(whole, "twice"), harmless=True),
    Fault("delivered twice, first reply", Wire(the_first, "twice"), harmless=True),
    Fault("delivered twice, both replies", Wire(first_and_second, "twice"), harmless=True),
    Fault("delivered twice, reply lost", Wire(only(Event.SILENCE), "twice"), spans=(ONCE,)),
    *_STATUSES,
    *_PAGES,
    Fault("unknown code", rules=_unknown_codes, moments=EITHER, spans=(ONCE,)),
    Fault("code that refuses in 200", rules=_refusing_code, moments=(BEFORE,)),
    Fault(
        "code of no table in 200",
        rules=_one(action="code", code="987654", message="strange", status=200),
        moments=EITHER,
    ),
    *_JUMPS,
    Fault("maintenance", rules=_one(action="maintenance"), moments=EITHER),
    Fault("id taken by the same order", spans=(ONCE,), arrange=_placed_elsewhere("buy")),
    Fault("id taken by another order", spans=(ONCE,), arrange=_placed_elsewhere("sell")),
    # The venue looks at the money, or at the number of open orders, before it looks at the name.
    *(
        Fault(
            f"id taken by {which}, and the venue misses money", rules=_refusing_code,
            moments=(BEFORE,), spans=(ONCE,), arrange=arrange,
        )
        for which, arrange in (
            ("the same order", _placed_elsewhere("buy")),
            ("the same order 30 s ago", _placed_elsewhere("buy", 30_000)),
            ("the same order an hour ago", _placed_elsewhere("buy", 3_600_000)),
            ("another order", _placed_elsewhere("sell")),
        )
    ),
    Fault(
        "id taken by the same order an hour ago, reply lost", _LOST, moments=EITHER, spans=(ONCE,),
        arrange=_placed_elsewhere("buy", 3_600_000),
    ),
    Fault("filled in part, reply lost", _LOST, moments=EITHER, spans=(ONCE,), arrange=_in_part),
    Fault("filled at once, reply lost", _LOST, moments=EITHER, spans=(ONCE,), arrange=_at_once),
    Fault(
        "filled at once, http 429", rules=_one(action="status", status=429), moments=EITHER,
        spans=(ONCE,), arrange=_at_once,
    ),
    Fault("filled on the way", Wire(whole), spans=(ONCE,), at_the_venue=Stage.trade_through),
    Fault(
        "filled on the way, reply lost", _LOST, moments=EITHER, spans=(ONCE,),
        at_the_venue=Stage.trade_through,
    ),
    *_LAGS,
    *_INTERRUPTS,
)  # fmt: skip
