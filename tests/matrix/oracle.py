"""Whether what the caller was told, the journal and the venue's true ledger agree.

The rules know the ledger and what was told; nothing in them is the kit's. Each gives what is wrong
as sentences, so that one case shows all of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from matrix.operations import Operation

from exchangekit.runtime.journal import Recorded

Ledger = Mapping[str, Mapping[str, Any]]

CHANGES = ("create", "cancel", "cancel all")
_LATER = {
    None: ("open", "filled", "canceled", "expired"),
    "open": ("open", "filled", "canceled", "expired"),
    "closed": ("filled",),
    "canceled": ("canceled", "expired"),
    "expired": ("expired", "canceled"),
}
"""A status that was told, and what the ledger may hold by now."""
_PROVEN = ("not sent", "refused", "absent")


@dataclass(slots=True)
class Told:
    """What the caller got: a result, or an error."""

    result: Any = None
    error: BaseException | None = None
    events: list[Any] = field(default_factory=list)

    @property
    def kind(self) -> str:
        return "" if self.error is None else type(self.error).__name__

    @property
    def outcome(self) -> str | None:
        """In a word; None for a result, and for an error that says nothing."""
        found = getattr(self.error, "outcome", None)
        return None if found is None else str(found)

    def __str__(self) -> str:
        return repr(self.result) if self.error is None else f"{self.kind} ({self.outcome})"


@dataclass(slots=True)
class Facts:
    """One case, when everything has come to rest. ``rows`` are the journal's about this call."""

    operation: Operation
    name: str
    told: Told
    before: Ledger
    ledger: Ledger
    rows: tuple[Recorded, ...]
    ids: tuple[str, ...]
    must_succeed: bool
    may_be_unknown: bool
    interrupted: bool
    killed: bool

    def named(self) -> list[Mapping[str, Any]]:
        return [one for one in self.ledger.values() if one["client_id"] == self.name]

    def created(self) -> list[Mapping[str, Any]]:
        return [one for one in self.named() if one["id"] not in self.before]

    def status(self, which: str) -> str:
        return str(self.ledger[which]["status"])


def wrong(facts: Facts) -> Iterator[str]:
    """Everything that does not agree."""
    yield from _others(facts)
    if facts.interrupted and facts.told.kind not in (
        "KeyboardInterrupt",
        "CancelledError",
        "Killed",
    ):
        yield f"it was interrupted, and its caller got {facts.told}"
    if facts.told.outcome == "unknown" and not facts.may_be_unknown:
        yield f"unknown, though the venue could be asked: {facts.told.error}"
    if facts.must_succeed and facts.told.error is not None:
        yield f"there was no trouble that counts, and its caller got {facts.told}"
    rule = {"create": _create, "cancel": _cancel, "cancel all": _cancel_all, "query": _query}
    yield from rule[facts.operation.name](facts)
    yield from _journal(facts)


def _others(facts: Facts) -> Iterator[str]:
    """Orders that the call is not about are as they were; no name is there twice."""
    for which, one in facts.before.items():
        if which not in facts.ids and facts.ledger[which]["status"] != one["status"]:
            yield f"order {which} was not meant, and is {facts.ledger[which]['status']}"
    for which, one in facts.ledger.items():
        if which not in facts.before and (
            facts.operation.name != "create" or one["client_id"] != facts.name
        ):
            yield f"order {which} ({one['client_id']}) was never asked for"
    if len(facts.named()) > 1:
        yield f"{len(facts.named())} orders for one intent"


def _create(facts: Facts) -> Iterator[str]:
    told = facts.told
    if told.error is None:
        held = facts.named()
        if len(held) != 1:
            yield f"an order was told, the ledger has {len(held)}"
        elif held[0]["id"] != told.result.id:
            yield f"order {told.result.id} was told, the ledger has {held[0]['id']}"
        else:
            yield from same(told.result, held[0])
    elif told.outcome in _PROVEN and facts.created():
        yield f"told {told}, the ledger has the order"
    elif told.outcome in _PROVEN and told.kind != "DuplicateClientOrderId" and facts.named():
        yield f"told {told}, and an order has the name"
    elif told.outcome is None and not facts.interrupted:
        yield f"the error says nothing of the order: {told}"


def _cancel(facts: Facts) -> Iterator[str]:
    (which,) = facts.ids
    told, true = facts.told, facts.ledger[which]
    if told.error is None:
        if told.result.id not in (which, None):
            yield f"told of order {told.result.id}"
        if told.result.status is None and true["status"] == "open":
            yield "the cancel was acknowledged, and the order is open"
        elif told.result.status is not None:
            if str(told.result.status) != "canceled":
                yield f"told {told.result.status} as the result of a cancel"
            yield from same(told.result, true)
    elif told.outcome in _PROVEN:
        if true["status"] == "canceled":
            yield f"told {told}, the order is canceled"
        if told.kind == "OrderNotOpen" and true["status"] == "open":
            yield "told that the order is not open, and it is"
        if told.kind == "OrderNotFound":
            yield "told that there is no such order, and it is there"
    elif told.outcome is None and not facts.interrupted:
        yield f"the error says nothing of the cancel: {told}"


def _cancel_all(facts: Facts) -> Iterator[str]:
    told = facts.told
    if told.error is not None:
        ended = [which for which in facts.ids if facts.status(which) == "canceled"]
        if told.outcome in _PROVEN and ended:
            yield f"told {told}, {len(ended)} are canceled"
        if told.outcome is None and not facts.interrupted:
            yield f"the error says nothing of the cancel: {told}"
        return
    report = told.result
    canceled = {one.id for one in report.canceled}
    for which in canceled:
        if facts.status(which) != "canceled" and not (
            facts.status(which) == "filled"
            and any(one.id == which and one.status is None for one in report.canceled)
        ):
            yield f"order {which} was told canceled, and is {facts.status(which)}"
    failed = {one.order_id for one in report.failed}
    for which in facts.ids:
        if facts.status(which) == "open" and which not in failed:
            yield f"order {which} is open still, and the report does not say so"
        if facts.status(which) == "canceled" and which in failed:
            yield f"order {which} is canceled, and the report says that this failed"
        if report.complete and facts.status(which) == "canceled" and which not in canceled:
            yield f"order {which} is canceled, and the report, which says it is complete, lacks it"


def _query(facts: Facts) -> Iterator[str]:
    told = facts.told
    (which,) = facts.ids
    if told.error is None:
        if told.result.id != which:
            yield f"asked for order {which}, told of {told.result.id}"
        else:
            yield from same(told.result, facts.ledger[which])
    elif not facts.interrupted:
        if told.outcome is not None:
            yield f"a read has an outcome: {told}"
        if told.kind == "OrderNotFound":
            yield "told that there is no such order, and it is there"
    if facts.rows:
        yield "a read is in the journal"


def same(told: Any, true: Mapping[str, Any]) -> Iterator[str]:
    """Whether an order was told as the ledger holds it, or as it was before."""
    status = None if told.status is None else str(told.status)
    if true["status"] not in _LATER[status]:
        yield f"told {status}, the ledger says {true['status']}"
    filled = Decimal(str(true["filled"]))
    if told.filled is not None and told.filled > filled:
        yield f"told {told.filled} filled, the ledger says {filled}"
    if status in ("closed", "canceled") and told.filled not in (None, filled):
        yield f"told {told.filled} filled at the end, the ledger says {filled}"
    for name in ("side", "price", "amount"):
        has = getattr(told, name)
        if has is not None and str(has) != str(true[name]) and Decimal(true[name]) != Decimal(has):
            yield f"told {name} {has}, the ledger says {true[name]}"


def _journal(facts: Facts) -> Iterator[str]:
    """The journal says what the caller was told, and so did the hook."""
    told, rows = facts.told, facts.rows
    if facts.operation.name == "query":
        return
    if facts.killed:
        if [one.state for one in rows] != ["open"]:
            yield f"the journal of a killed process says {[one.state for one in rows]}"
        return
    for row in rows:
        if row.state == "open":
            yield "a row of the journal was left open"
    heard = [("done" if one.outcome is None else str(one.outcome)) for one in told.events]
    written = [one.state for one in rows]
    if heard != written and not (set(heard) <= {"not sent"} and not written):
        yield f"the journal says {written}, whoever listens heard {heard}"
    if facts.interrupted:
        yield from _as_known(facts)
        return
    said = "done" if told.error is None else told.outcome
    if written and said != written[-1] and not _nothing_was_open(facts, written):
        yield f"the caller was told {said}, the journal says {written[-1]}"
    if not written and said not in ("not sent", None) and not _nothing_was_open(facts, written):
        yield f"the caller was told {said}, the journal has nothing"
    if facts.operation.name == "create" and told.error is None and written:
        yield from _same_id(told.result.id, rows[-1].order_id)


def _same_id(told: str, written: str | None) -> Iterator[str]:
    if told != written:
        yield f"order {told} was told, {written} is in the journal"


def _as_known(facts: Facts) -> Iterator[str]:
    """What is known of a change that was interrupted is true."""
    for row in facts.rows:
        if row.state in _PROVEN and (
            facts.created() or any(facts.status(which) == "canceled" for which in facts.ids)
        ):
            yield f"the journal says {row.state}, the venue has done it"


def _nothing_was_open(facts: Facts, written: list[str]) -> bool:
    """A cancel of all that found nothing open is no error, however the venue says so."""
    return (
        facts.operation.name == "cancel all"
        and facts.told.error is None
        and not facts.told.result.canceled
        and set(written) <= {"refused"}
    )


# After a recovery


def wrong_after(facts: Facts, found: Any) -> Iterator[str]:
    """Whether a `Resolution` says what the ledger holds."""
    if facts.operation.name == "create":
        held = facts.named()
        if found.order is None and held:
            yield f"resolved as absent ({found.proof}), the ledger has it"
        if found.order is not None:
            if [one["id"] for one in held] != [found.order.id]:
                yield f"resolved as order {found.order.id}, the ledger has {held}"
            else:
                yield from same(found.order, held[0])
    elif facts.operation.name == "cancel":
        if found.order is None or found.order.id != facts.ids[0]:
            yield f"resolved as {found}, it was about order {facts.ids[0]}"
        else:
            yield from same(found.order, facts.ledger[facts.ids[0]])
            if str(found.order.status) == "open" and facts.status(facts.ids[0]) != "open":
                yield f"resolved as open, the ledger says {facts.status(facts.ids[0])}"
    else:
        true = {which for which in facts.ids if facts.status(which) == "open"}
        if {one.id for one in found.still_open} != true:
            yield f"resolved as {found.still_open} still open, the ledger has {true}"


def expected_rows(facts: Facts) -> Iterable[str]:
    """What the journal may say after a recovery."""
    if facts.operation.name == "create":
        return ("done",) if facts.named() else ("absent",)
    if any(facts.status(which) == "open" for which in facts.ids):
        return ("open", "unknown")  # it may be canceled yet: nothing says that it never will be
    if facts.operation.name == "cancel":
        return ("done",) if facts.status(facts.ids[0]) == "canceled" else ("refused",)
    return ("done",)


__all__ = ["CHANGES", "Facts", "Told", "expected_rows", "wrong", "wrong_after"]
