"""What a worker's callers asked for and were told, a line each, written before the next step.

A line is one write to a file that is only ever added to, so that whoever is killed leaves whole
lines: what is not there was never told to anybody.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Note = dict[str, Any]
"""``order`` (its client order id), ``said`` (asked, told, canceling, canceled, read), ``at``
(seconds since 1970), ``owner`` (the worker) and what was said."""


class Notes:
    """The notes of one worker, those of its earlier lives included."""

    def __init__(self, folder: Path, owner: int) -> None:
        self._owner = owner
        path = folder / f"worker-{owner}.notes"
        self._earlier: dict[str, list[Note]] = {}
        for note in read(path):
            self._earlier.setdefault(note["order"], []).append(note)
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def write(self, order: str, said: str, **more: Any) -> None:
        """Add one line; it is in the file when this returns."""
        note = {"order": order, "said": said, "at": time.time(), "owner": self._owner, **more}
        os.write(self._file, (json.dumps(note, default=str) + "\n").encode())

    def of(self, order: str) -> list[Note]:
        """What was noted of an order in earlier lives."""
        return self._earlier.get(order, [])


def read(path: Path) -> Iterator[Note]:
    """Every note in a file, oldest first."""
    if path.exists():
        yield from map(json.loads, path.read_text().splitlines())


def read_all(folder: Path) -> list[Note]:
    """The notes of all workers, oldest first."""
    notes = [note for path in folder.glob("*.notes") for note in read(path)]
    return sorted(notes, key=lambda note: note["at"])
