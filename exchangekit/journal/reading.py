"""What is read from a journal, and what is removed from it, each over a connection of its own.

A process that writes the same file goes on: readers hold nobody up, and pruning takes the file for
a few rows at a time.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from exchangekit.adapter.credentials import AccountId
from exchangekit.journal.entries import OPEN, UNKNOWN, account_in, recorded, stamp
from exchangekit.journal.schema import LIVE, bring_up, check, transaction
from exchangekit.journal.store import halt_in_force, opened
from exchangekit.models.halting import Halt
from exchangekit.runtime.journal import Recorded

_AT_ONCE = 200
_OPEN = f"state IN ('{OPEN}', '{UNKNOWN}')"
_PRUNED = f"""
SELECT id FROM changes WHERE NOT {_OPEN} AND updated < ? ORDER BY id LIMIT {_AT_ONCE}
"""  # noqa: S608 - made of constants
_FORGET_TRIES = "DELETE FROM tries WHERE uid = (SELECT uid FROM changes WHERE id = ?)"
_SECOND = 2  # the version that knows of tries and halts


def unresolved(path: Path, busy: float) -> Iterable[Recorded]:
    """What has no end, or an unknown one."""
    return _changes(path, busy, f"{_OPEN} ORDER BY id")


def named(path: Path, busy: float, client_order_id: str) -> Iterable[Recorded]:
    """Orders of that name, first the one that exists or may exist, then the newest."""
    which = f"places AND client_order_id = ? ORDER BY {LIVE} DESC, id DESC"
    return _changes(path, busy, which, client_order_id)


def placed(path: Path, busy: float, order_id: str) -> Iterable[Recorded]:
    """Orders that the venue gave that id, the newest first."""
    return _changes(path, busy, "places AND order_id = ? ORDER BY id DESC", order_id)


def between(
    path: Path, busy: float, since: datetime | None, until: datetime | None
) -> Iterable[Recorded]:
    """What was first written then."""
    first = "" if since is None else stamp(since)
    last = "~" if until is None else stamp(until)  # "~" comes after every digit
    return _changes(path, busy, "written >= ? AND written < ? ORDER BY written, id", first, last)


def halted(path: Path, busy: float) -> Iterable[Halt]:
    """The halt in force, if there is one."""
    with _there(path, busy) as connection:
        if connection is not None and check(connection, path) >= _SECOND:
            found = halt_in_force(connection)
            if found is not None:
                yield found


def history(path: Path, busy: float, uid: str) -> Iterable[dict[str, Any]]:
    """Every entry about an intent."""
    columns = "at, state, attempts, fence, order_id, result, error"
    query = f"SELECT {columns} FROM events WHERE uid = ? ORDER BY id"  # noqa: S608 - constants
    with _there(path, busy) as connection:
        if connection is not None:
            for row in connection.execute(query, (uid,)):
                yield dict(row)


def prune(path: Path, busy: float, before: datetime) -> Iterable[int]:
    """How many were removed, a number for each transaction."""
    with _there(path, busy) as connection:
        count = 0
        if connection is not None:
            bring_up(connection, path)
            count = _AT_ONCE
        while connection is not None and count == _AT_ONCE:
            with transaction(connection):
                ids = [(row["id"],) for row in connection.execute(_PRUNED, (stamp(before),))]
                connection.executemany(_FORGET_TRIES, ids)
                connection.executemany("DELETE FROM events WHERE change = ?", ids)
                connection.executemany("DELETE FROM changes WHERE id = ?", ids)
                connection.execute("DELETE FROM closed WHERE at < ?", (stamp(before),))
                count = len(ids)
            yield count


def _changes(path: Path, busy: float, which: str, *values: str) -> Iterator[Recorded]:
    query = f"SELECT * FROM changes WHERE {which}"  # noqa: S608 - made of constants
    with _there(path, busy) as connection:
        if connection is not None:
            with transaction(connection, "DEFERRED"):  # rows and tries as of one moment
                rows = connection.execute(query, values).fetchall()
                tried = _tried(connection, path, which, *values)
            for row in rows:
                yield recorded(dict(row), tuple(tried[row["uid"]]))


def _tried(
    connection: sqlite3.Connection, path: Path, which: str, *values: str
) -> Mapping[str, list[AccountId]]:
    """The accounts that each of those intents was handed to; a file of the first version knows of
    none."""
    found: defaultdict[str, list[AccountId]] = defaultdict(list)
    if check(connection, path) >= _SECOND:
        uids = f"SELECT uid FROM changes WHERE {which}"  # noqa: S608 - made of constants
        query = f"SELECT * FROM tries WHERE uid IN ({uids}) ORDER BY attempt"  # noqa: S608
        for row in connection.execute(query, values):
            found[row["uid"]].append(account_in(dict(row)))
    return found


@contextmanager
def _there(path: Path, busy: float) -> Iterator[sqlite3.Connection | None]:
    """A connection; None where the journal has no tables yet."""
    with opened(path, busy) as connection:
        yield connection if check(connection, path) else None
