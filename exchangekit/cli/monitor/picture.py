"""How the venues are now, as one picture for people and as facts for programs."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from rich.console import Console, Group, RenderableType
from rich.text import Text

from exchangekit.cli.failures import printable
from exchangekit.cli.health import circuit_cell, event_words, seconds_words
from exchangekit.cli.monitor.probing import Prober, Told
from exchangekit.cli.output import cell, fitted, table, words
from exchangekit.failover import Circuit, FailoverEvent, Kind, State, SyncFailover
from exchangekit.failover.vitals import Vitals, vitals
from exchangekit.runtime.limits import Counted

_MOST_EVENTS, _MOST_ORDERS = 8, 12
_FULLEST = 3
_STEADY, _WIDE = 17, 78
_WHOLE_MS = 1.0
"""Venues tell whole milliseconds."""
UNSEEN = "not asked"


@dataclass(frozen=True, slots=True)
class Sight:
    """All that is known at one moment; ``now`` is on the monotonic clock."""

    at: datetime
    now: float
    venues: Mapping[str, Vitals]
    told: Mapping[str, Told]
    events: tuple[FailoverEvent, ...]

    @property
    def all_well(self) -> bool:
        """Whether every venue answers what it was asked."""
        return all(
            circuit.state is State.CLOSED and circuit.cause is None
            for one in self.venues.values()
            for circuit in one.circuits.values()
        )


def sight(failover: SyncFailover, asking: Mapping[str, Prober]) -> Sight:
    return Sight(
        at=datetime.now(UTC),
        now=time.monotonic(),
        venues=vitals(failover),
        told={key: one.told for key, one in asking.items()},
        events=failover.recent_events,
    )


def picture(seen: Sight, out: Console) -> RenderableType:
    """For people; `out` is where it will stand."""
    parts: list[RenderableType] = [Text(words(seen.at), style="dim"), _health(seen, out)]
    parts += [Text(one, style="red") for one in _causes(seen)]
    parts += [Text(), *(_limits(key, one) for key, one in seen.venues.items())]
    parts += [Text(), *_orders(seen.told, out)]
    if seen.events:
        parts += [Text(), *_events(seen.events, out)]
    return Group(*parts)


def _health(seen: Sight, out: Console) -> RenderableType:
    made = table(["venue", *Kind, "latency", "clock"], right=["latency", "clock"])
    for column in made.columns[1:3]:
        column.min_width = _STEADY if out.width >= _WIDE else None
    for column in made.columns:
        column.no_wrap = True
    rows = (
        (
            key,
            *(_kind(one, kind, seen.now) for kind in Kind),
            _latency(one),
            _clock(seen.told[key]),
        )
        for key, one in seen.venues.items()
    )
    return fitted(made, rows, out)


def _kind(one: Vitals, kind: Kind, now: float) -> Text:
    circuit = one.circuits.get(kind)
    if circuit is not None:
        return circuit_cell(circuit, now) if circuit.cause is None else _ailing(circuit, now)
    return Text(UNSEEN if one.has_key or kind is Kind.PUBLIC else "no key", style="dim")


def _ailing(circuit: Circuit, now: float) -> Text:
    """One that is not passed over yet, but did not answer last."""
    if circuit.state is State.CLOSED:
        return Text("last one failed", style="yellow")
    return circuit_cell(circuit, now)


def _causes(seen: Sight) -> Iterator[str]:
    for key, one in seen.venues.items():
        for kind, circuit in sorted(one.circuits.items()):
            if circuit.cause is not None:
                yield printable(f"{key}, {kind}: {circuit.cause}")
        if one.key_problem is not None:
            yield printable(f"{key}, the key is not used: {one.key_problem}")


def _latency(one: Vitals) -> Text:
    known = [circuit.latency for circuit in one.circuits.values() if circuit.latency is not None]
    return cell(None if not known else f"{max(known) * 1000:.0f} ms")


def _clock(told: Told) -> Text:
    if told.ahead_ms is None or told.within_ms is None:
        return cell(None)
    if abs(told.ahead_ms) <= told.within_ms + _WHOLE_MS:
        return Text("right", style="green")
    return Text(f"{told.ahead_ms:+.0f} ms", style="yellow")


def _limits(key: str, one: Vitals) -> Text:
    if one.stopped:
        return Text(f"{key} limits: banned for {seconds_words(one.stopped)} more", style="red")
    if one.counted is None:
        return Text(f"{key} limits: counted elsewhere")
    fullest = sorted(one.counted, key=lambda each: -each.used / each.limit)[:_FULLEST]
    told = "; ".join(map(_counted, fullest)) or "nothing used"
    return Text(printable(f"{key} limits: {told}"))


def _counted(one: Counted) -> str:
    paused = f", paused for {seconds_words(one.paused)}" if one.paused else ""
    return f"{one.counter} {one.limit - one.used} of {one.limit} left in {one.seconds:g} s{paused}"


def _orders(told: Mapping[str, Told], out: Console) -> Iterator[RenderableType]:
    orders = [(key, order) for key, one in told.items() for order in one.orders or ()]
    silent = [f"{key}: {one.no_orders}" for key, one in told.items() if one.no_orders]
    if orders:
        made = table(["open at", "symbol", "side", "amount", "filled", "price", "id"])
        rows = [
            (key, one.symbol, one.side, one.amount, one.filled, one.price, one.id)
            for key, one in orders[:_MOST_ORDERS]
        ]
        yield fitted(made, rows, out)
        if len(orders) > _MOST_ORDERS:
            yield Text(f"and {len(orders) - _MOST_ORDERS} more open orders", style="dim")
    elif any(one.orders is not None for one in told.values()):
        yield Text("no open orders")
    if silent:
        yield Text(printable(f"open orders not known ({'; '.join(silent)})"), style="dim")


def _events(events: Iterable[FailoverEvent], out: Console) -> Iterator[Text]:
    for one in tuple(events)[-_MOST_EVENTS:]:
        yield Text(
            f"{one.at:%H:%M:%S}  {event_words(one)}", no_wrap=out.is_terminal, overflow="ellipsis"
        )


def facts(seen: Sight) -> dict[str, object]:
    """The same for programs; times are seconds and milliseconds."""
    return {
        "at": seen.at,
        "well": seen.all_well,
        "venues": {
            key: {
                "health": {kind: _circuit_facts(one.circuits.get(kind), seen.now) for kind in Kind},
                "has_key": one.has_key,
                "key_problem": one.key_problem,
                "clock_ahead_ms": _rounded(seen.told[key].ahead_ms),
                "clock_within_ms": _rounded(seen.told[key].within_ms),
                "banned_for": _rounded(one.stopped),
                "limits": None
                if one.counted is None
                else [
                    {
                        "counter": each.counter,
                        "scope": each.scope,
                        "used": each.used,
                        "limit": each.limit,
                        "seconds": _rounded(each.seconds),
                        "paused_for": _rounded(each.paused),
                    }
                    for each in one.counted
                ],
                "open_orders": seen.told[key].orders,
                "open_orders_not_known": seen.told[key].no_orders,
            }
            for key, one in seen.venues.items()
        },
        "events": [{"at": one.at, "what": event_words(one)} for one in seen.events],
    }


def _circuit_facts(circuit: Circuit | None, now: float) -> dict[str, object] | None:
    if circuit is None:
        return None
    left = None if circuit.retry_at is None else max(0.0, circuit.retry_at - now)
    return {
        "state": circuit.state,
        "cause": circuit.cause,
        "retry_in": _rounded(left),
        "latency": _rounded(circuit.latency),
    }


def _rounded(number: float | None) -> str | None:
    """JSON of this program has no binary fractions."""
    return None if number is None else f"{number:.3f}"
