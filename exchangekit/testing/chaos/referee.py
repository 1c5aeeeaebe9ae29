"""Compares what the callers were told, what the journals hold, and what is in the ledgers.

The ledgers are the truth: every order that any venue ever took, whatever became of it. A doubled
order is an id with two orders in all ledgers together, a lost one was told and is in no ledger.
Anything else that does not agree is a disagreement too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from exchangekit.failover.several import NAME as FAILOVER
from exchangekit.models.orders import CancelRequest
from exchangekit.runtime.journal import Recorded
from exchangekit.testing.chaos.aftermath import Aftermath
from exchangekit.testing.chaos.caller import NOT_THERE
from exchangekit.testing.chaos.notes import Note
from exchangekit.testing.chaos.plan import Planned

Kind = Literal["doubled", "lost", "disagrees"]
Finding = tuple[Kind, str]
Row = dict[str, Any]
"""One order as the control interface shows it, its ``venue``, and its id as it is ``shown``."""
_ROUNDING = 0.002
"""Seconds: ledgers keep whole milliseconds."""
_ENDED_AS = {"canceled": ("canceled",), "acknowledged": ("canceled", "filled")}
"""What a caller of a cancel was told -> how the ledger may have it."""


@dataclass(slots=True)
class Case:
    """All that is known of one client order id."""

    name: str
    order: Planned | None = None
    notes: list[Note] = field(default_factory=list)
    entries: list[Recorded] = field(default_factory=list)
    cancels: list[Recorded] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)

    @property
    def moved(self) -> bool:
        """It ended at another venue than the one it was planned for."""
        return any(self.order is not None and row["venue"] != self.order.venue for row in self.rows)


@dataclass(frozen=True, slots=True)
class Disagreement:
    """What does not agree about an order, with all that is known of it."""

    kind: Kind
    why: str
    case: Case


def judge(left: Aftermath) -> list[Disagreement]:
    """Every disagreement of a run; none, where the kit keeps its word."""
    return [Disagreement(kind, why, case) for case in cases(left) for kind, why in _judged(case)]


def cases(left: Aftermath) -> list[Case]:
    """All that is known, an order at a time."""
    made: dict[str, Case] = {order.name: Case(order.name, order) for order in left.orders}

    def case(name: str | None) -> Case:
        return made.setdefault(str(name), Case(str(name)))

    for note in left.notes:
        if note["order"]:
            case(note["order"]).notes.append(note)
    whose: dict[tuple[str, str], Case] = {}
    for venue, ledger in left.ledgers.items():
        for row in ledger:
            shown = f"{venue}:{row['id']}" if left.size.failover else str(row["id"])
            case(row["client_id"]).rows.append({**row, "venue": venue, "shown": shown})
            whose[venue, str(row["id"])] = case(row["client_id"])
    for one in (one for journal in left.journals.values() for one in journal):
        change = one.intent.change
        if one.intent.places:
            case(getattr(change, "client_order_id", None)).entries.append(one)
        else:
            which = change.id if isinstance(change, CancelRequest) else None
            of_it = whose.get((one.intent.account.venue, str(which)))
            (of_it or case(f"canceled {which}")).cancels.append(one)
    return list(made.values())


def _judged(case: Case) -> Iterator[Finding]:
    if len(case.rows) > 1:
        where = ", ".join(f"{row['venue']} {row['id']} ({row['status']})" for row in case.rows)
        yield "doubled", f"{len(case.rows)} orders have its id: {where}"
        return
    if case.order is None:
        yield "disagrees", "nobody planned it"
        return
    row = case.rows[0] if case.rows else None
    yield from _still_open(case)
    if row is None:
        yield from _without_an_order(case)
        return
    yield from _as_planned(case.order, row)
    yield from _as_told(case, row)
    yield from _as_written(case, row)
    yield from _as_canceled(case, row)


def _still_open(case: Case) -> Iterator[Finding]:
    still_open = any(row["status"] == "open" for row in case.rows)
    for one in (*case.entries, *case.cancels):
        # A cancel has no end while its order is open: it may be on its way.
        if one.state in ("open", "unknown") and (one.intent.places or not still_open):
            yield "disagrees", f"the journal still has its {one.intent.operation} as {one.state}"
    if not _ends(case):
        yield "disagrees", "nobody was ever told what became of it"


def _without_an_order(case: Case) -> Iterator[Finding]:
    for note in case.notes:
        if "id" in note:
            yield "lost", f"told of order {note['id']}, which is in no ledger"
    for one in case.entries:
        if one.state == "done":
            yield "lost", f"the journal says that it is order {one.order_id}; no ledger has it"


def _as_planned(order: Planned, row: Row) -> Iterator[Finding]:
    asked = {
        "symbol": order.symbol.replace("/", ""),
        "side": order.side,
        "kind": order.type,
        "amount": order.amount,
        "price": order.price,
    }
    for name, wanted in asked.items():
        held = row[name]
        if name == "symbol":
            held = held.replace("-", "")
        if name in ("amount", "price") and held is not None:
            held = Decimal(held)
        if held != wanted:
            yield "disagrees", f"planned with {name} {wanted}, the ledger has {held}"


def _as_told(case: Case, row: Row) -> Iterator[Finding]:
    for note in case.notes:
        if "id" in note:
            yield from _numbers(note, row)
        if note.get("end") == NOT_THERE:
            yield from _not_there(case, note, row)
    if set(_ends(case).values()) == {NOT_THERE}:
        yield "disagrees", "all were told at last that it is not there"


def _not_there(case: Case, note: Note, row: Row) -> Iterator[Finding]:
    """A caller was told that there is no such order: true only if it was asked for again, and came
    into being after that."""
    assert case.order is not None
    if len(case.order.owners) > 1:
        return  # another worker may have placed it in this very moment
    again = any(one["said"] == "asked" and one["at"] >= note["at"] for one in case.notes)
    if not again or row["created"] / 1000 < note["at"] - _ROUNDING:
        yield "disagrees", f"told that it is not there: {note['how']}"


def _numbers(note: Note, row: Row) -> Iterator[Finding]:
    """A caller was told what the order is."""
    if note["id"] != row["shown"]:
        yield "lost", f"told of order {note['id']}, the ledger has {row['venue']} {row['id']}"
    for told, held in (("side", "side"), ("type", "kind")):
        if note.get(told, row[held]) != row[held]:
            yield "disagrees", f"told {told} {note[told]}, the ledger has {row[held]}"
    for name in ("amount", "price"):
        if name in note and row[name] and Decimal(note[name]) != Decimal(row[name]):
            yield "disagrees", f"told {name} {note[name]}, the ledger has {row[name]}"
    if Decimal(note.get("filled", 0)) > Decimal(row["filled"]):
        yield "disagrees", f"told {note['filled']} filled, the ledger has {row['filled']}"
    if note.get("status") == "closed" and row["status"] != "filled":
        yield "disagrees", f"told that it is closed, the ledger has it {row['status']}"


def _as_written(case: Case, row: Row) -> Iterator[Finding]:
    done = [one for one in case.entries if one.state == "done"]
    if not any(one.intent.account.venue == row["venue"] for one in done):
        states = ", ".join(one.state for one in case.entries) or "nothing"
        yield "disagrees", f"the ledger has it, and the journal has: {states}"
    for one in done:
        venue = one.intent.account.venue
        mine = (venue, one.order_id) == (row["venue"], str(row["id"]))
        if not mine and (venue, one.order_id) != (FAILOVER, row["shown"]):
            yield "disagrees", f"the journal says that it is order {venue} {one.order_id}"


def _as_canceled(case: Case, row: Row) -> Iterator[Finding]:
    said = [note["end"] for note in case.notes if note["said"] == "canceled"]
    said += ["canceled" for one in case.cancels if one.state == "done"]
    for end in said:
        if end in _ENDED_AS and row["status"] not in _ENDED_AS[end]:
            yield "disagrees", f"told that it is canceled, the ledger has it {row['status']}"
        if end == "not open" and row["status"] == "open":
            yield "disagrees", "told that it is not open, the ledger has it open"
    if row["status"] == "canceled" and not case.cancels:
        yield "disagrees", "the ledger has it canceled, and the journal has no cancel"


def _ends(case: Case) -> dict[int, str]:
    """What each worker was told last."""
    return {note["owner"]: note["end"] for note in case.notes if note["said"] == "told"}
