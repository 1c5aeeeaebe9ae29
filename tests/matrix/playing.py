"""One case, from the first preparation to the last comparison."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from matrix.cases import Case
from matrix.faults import LASTING
from matrix.oracle import CHANGES, Facts, Told, expected_rows, wrong, wrong_after
from matrix.stage import Stage, staged

_number = itertools.count()


def played(case: Case, folder: Path) -> list[str]:
    """What is wrong with it: nothing, if the ledger, the journal and the caller agree."""
    with stage_of(case.venue, case.mode, folder) as stage:
        return played_on(stage, case)


@contextmanager
def stage_of(venue: str, mode: str, folder: Path) -> Iterator[Stage]:
    """A stage with a journal of its own."""
    own = folder / str(next(_number))
    own.mkdir()
    with staged(venue, mode, own) as stage:
        yield stage


def played_on(stage: Stage, case: Case) -> list[str]:
    """`played` on a stage where others were played before: under another client order id."""
    fault, operation = case.fault, case.operation
    stage.begin(f"matrix{next(_number):06d}")
    if fault.arrange is not None:
        fault.arrange(stage, operation)
    operation.prepare(stage)
    before, began = stage.ledger(), datetime.now(UTC)
    stage.told.events.clear()
    fault.strike(stage, operation, case.rule, case.moment, case.span)
    told = Told()
    try:
        told.result = operation.act(stage)
    except BaseException as problem:  # an interrupt, a canceled task, the end of the process
        told.error = problem
    told.events = list(stage.told.events)
    struck = stage.was_struck
    stage.heal()
    facts = Facts(
        operation,
        stage.name,
        told,
        before,
        stage.ledger(),
        stage.written(began),
        tuple(stage.ids),
        must_succeed=fault.harmless,
        may_be_unknown=case.span == LASTING or fault.unreachable or fault.interrupts,
        interrupted=stage.line.interrupted,
        killed=fault.name == "killed",
    )
    found = [*wrong(facts), *([] if struck else ["the fault never struck"])]
    if operation.name in CHANGES:
        found += _recovered(stage, facts, began)
    return found


def _recovered(stage: Stage, facts: Facts, began: datetime) -> list[str]:
    """What is not known is found out now: by the error's handle, and by a program that begins."""
    found: list[str] = []
    handle = getattr(facts.told.error, "handle", None)
    if handle is not None:
        found += wrong_after(facts, stage.open(journal=False).resolve(handle))
    pending = [one for one in facts.rows if one.is_open]
    if not pending:
        return found
    for one in stage.open().reconcile():
        if one.resolution is None:
            found.append(f"reconcile could not tell: {one.problem}")
        else:
            found += wrong_after(facts, one.resolution)
    uids = {one.intent.uid for one in pending}
    for row in stage.written(began):
        if row.intent.uid in uids and row.state not in expected_rows(facts):
            found.append(f"after a recovery the journal says {row.state}")
    if stage.ledger() != facts.ledger:
        found.append("a recovery has changed something")
    return found
