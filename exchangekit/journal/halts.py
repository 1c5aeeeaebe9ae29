"""The kill switch in a journal: what stops the new orders of all who write into that file.

A halt stands in the file until it is lifted, and the transaction that records an order looks for
one. So every order is recorded before the halt or not at all, whichever process it is of.
"""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from exchangekit.errors import InvalidInput
from exchangekit.journal.entries import stamp
from exchangekit.journal.store import Store, halt_in_force
from exchangekit.models.halting import Halt

_LEVEL = "power"
"""Whatever the journal's own: a halt is not lost with the power."""


def worded(reason: object) -> str:
    """The reason, on one line. Raises InvalidInput for one that says nothing."""
    words = " ".join(reason.split()) if isinstance(reason, str) else ""
    if not words:
        raise InvalidInput(
            f"reason is {reason!r}, expected words for whoever finds trading halted:"
            ' halt("the position does not fit the book")'
        )
    return words.encode("utf-8", "backslashreplace").decode()


def halt(path: Path, busy: float, reason: str) -> Halt:
    """Halt, and say what is in force: the first that was not lifted. Every one is written down."""
    with closing(Store(path, _LEVEL, busy)) as store, store.batch() as connection:
        made = Halt(reason=reason, since=datetime.now(UTC))
        first = halt_in_force(connection)
        values = (made.reason, stamp(made.since))
        connection.execute("INSERT INTO halts (reason, since) VALUES (?, ?)", values)
    return first or made


def lift(path: Path, busy: float) -> Halt | None:
    """Lift all that is in force; the first of it."""
    with closing(Store(path, _LEVEL, busy)) as store, store.batch() as connection:
        found = halt_in_force(connection)
        now = stamp(datetime.now(UTC))
        connection.execute("UPDATE halts SET lifted = ? WHERE lifted IS NULL", (now,))
    return found
