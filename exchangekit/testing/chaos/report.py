"""What a run is told as: figures, and what does not agree, in full."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from exchangekit.runtime.journal import Recorded
from exchangekit.testing.chaos.aftermath import Aftermath
from exchangekit.testing.chaos.caller import NOT_THERE, THERE, UNKNOWN
from exchangekit.testing.chaos.referee import Case, Disagreement, cases
from exchangekit.testing.chaos.trouble import PACE
from exchangekit.testing.chaos.which import declared_margins

MOST_SHOWN = 5


def report(left: Aftermath, found: Sequence[Disagreement]) -> Iterator[str]:
    """The lines of it."""
    size = left.size
    where = "failover over" if size.failover else "each order at one of"
    yield f"{size.orders} orders, {where} {', '.join(left.ledgers)}, seed {size.seed}"
    yield f"{size.workers} workers, {left.seconds:.0f} s"
    yield (
        f"order window {PACE.window:g} s, one attempt {PACE.attempt:g} s; margin after the fence"
        f" {PACE.margin:g} s, where the plugins declare {declared_margins()}"
    )
    yield ""
    held = {venue: len(ledger) for venue, ledger in left.ledgers.items()}
    yield _counted("in the ledgers", held)
    yield _counted("told at last", _told(left))
    restarts = f"{left.kills} (SIGKILL, restarted each time)"
    yield f"kills: {restarts}; found out on starting: {_reconciled(left)}"
    if left.crashes:
        yield f"died by themselves, and restarted: {', '.join(left.crashes)}"
    yield f"faults: {sum(left.faults.values())}"
    for kind, count in left.faults.most_common():
        yield f"  {count:6} {kind}"
    yield _spread("resolution times (lost orders, asked to told)", _resolutions(left))
    if size.failover:
        ended = sum(case.moved for case in cases(left))
        moves = [note["seconds"] for note in left.notes if note["said"] == "moved"]
        yield f"failovers: {ended} orders ended at another venue than their first one"
        yield _spread("failover times (asked to handed on)", moves)
    yield ""
    kinds = Counter(one.kind for one in found)
    yield (f"{kinds['doubled']} doubled, {kinds['lost']} lost, {kinds['disagrees']} disagreements")
    shown: dict[str, list[Disagreement]] = {}
    for one in found:
        shown.setdefault(one.case.name, []).append(one)
    for name in list(shown)[:MOST_SHOWN]:
        yield from _in_full(shown[name])
    if len(shown) > MOST_SHOWN:
        yield f"... and {len(shown) - MOST_SHOWN} orders more"


def _counted(what: str, counts: dict[str, int] | Counter[str]) -> str:
    return f"{what}: " + ", ".join(f"{count} {name}" for name, count in counts.items())


def _told(left: Aftermath) -> Counter[str]:
    made = Counter({THERE: 0, NOT_THERE: 0, UNKNOWN: 0})
    for case in cases(left):
        ends = [note["end"] for note in case.notes if note["said"] == "told"]
        if ends:
            made[ends[-1]] += 1
    return made


def _reconciled(left: Aftermath) -> int:
    return sum(note["said"] == "reconciled" and note["known"] for note in left.notes)


def _resolutions(left: Aftermath) -> list[float]:
    """Seconds from asking for an order whose answer was lost until its caller was told."""
    took = []
    for case in cases(left):
        asked: dict[int, float] = {}
        for note in case.notes:
            if note["said"] == "asked":
                asked[note["owner"]] = note["at"]
            elif note["said"] == "told" and note["lost"]:
                took.append(note["at"] - asked[note["owner"]])
    return took


def _spread(what: str, seconds: list[float]) -> str:
    """p50, p90, p99 and the longest."""
    if not seconds:
        return f"{what}: none"
    ordered = sorted(seconds)
    parts = {"p50": 0.5, "p90": 0.9, "p99": 0.99, "max": 1.0}
    words = (
        f"{name} {ordered[min(len(ordered) - 1, int(part * len(ordered)))]:.2f} s"
        for name, part in parts.items()
    )
    return f"{what}: {len(ordered)}, {', '.join(words)}"


def _in_full(found: Sequence[Disagreement]) -> Iterator[str]:
    case: Case = found[0].case
    yield ""
    yield case.name
    for one in found:
        yield f"  {one.kind}: {one.why}"
    yield f"  planned: {case.order}"
    for note in case.notes:
        said = {name: value for name, value in note.items() if name not in ("order", "at", "said")}
        yield f"  {note['at']:.3f} {note['said']}: {said}"
    for entry in (*case.entries, *case.cancels):
        yield f"  journal: {_entry(entry)}"
    for row in case.rows:
        yield f"  ledger: {row}"


def _entry(entry: Recorded) -> str:
    end = entry.order_id or entry.error or ""
    fence = "none" if entry.fence is None else f"{entry.fence.timestamp():.3f}"
    return (
        f"{entry.intent.account.venue} {entry.intent.operation} {entry.intent.uid[:8]}"
        f" {entry.state} {end}; attempts {entry.attempts}, fence {fence},"
        f" written {entry.written.timestamp():.3f}, updated {entry.updated.timestamp():.3f}"
    )
