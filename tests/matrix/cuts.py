"""Replies that end at each of their bytes, as faults of the matrix."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from matrix.cases import MODES, Case
from matrix.faults import AFTER, ONCE, Fault
from matrix.operations import OPERATIONS, Operation
from matrix.playing import stage_of
from matrix.wire import Event, Wire, cut

EVENTS = (Event.END, Event.RESET)
BY_NAME = {one.name: one for one in OPERATIONS}


@cache
def size(venue: str, operation: Operation) -> int:
    """How long the reply to `operation` is, headers included: one that a venue really gives."""
    with (
        TemporaryDirectory() as folder,
        stage_of(venue, "sync", Path(folder)) as stage,
    ):
        operation.prepare(stage)
        stage.line.replies.clear()
        operation.act(stage)
        return max(len(reply) for name, reply in stage.line.replies.items() if "open" not in name)


def cuts(venue: str, operation: Operation, *, every: bool) -> Iterator[Case]:
    """A case a byte: in both modes and by both ways to end if `every`, else in turns."""
    for at in range(size(venue, operation)):
        for number, mode in enumerate(MODES):
            for other, event in enumerate(EVENTS):
                if not every and (at % 2 != number or at // 2 % 2 != other):
                    continue
                fault = Fault(f"reply cut at byte {at}", Wire(cut(at, event)))
                yield Case(fault, f" by {event.name}", {}, AFTER, ONCE, operation, venue, mode)
