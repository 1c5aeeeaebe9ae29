"""The file of a journal: its tables, and what is read from and written into them.

One row in `changes` says what is known of an intent now, `events` keeps every entry as it came. A
new order takes its client order id by a unique index over the orders that exist or may exist, so
that of several processes one wins. Everything of an entry is written in the transaction of the
caller (`exchangekit.journal.writer`); nothing here waits longer than `busy` seconds for another
program.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path

from exchangekit.errors import JournalError
from exchangekit.journal.entries import DONE, OPEN, UNKNOWN, Line, Values, recorded
from exchangekit.journal.files import LEVELS, is_there, make_file, trouble
from exchangekit.runtime.journal import AlreadyIntended

APPLICATION_ID = 0x656B6A6C  # "ekjl"
VERSION = 1
_SCHEMA = f"""
CREATE TABLE changes (
  id INTEGER PRIMARY KEY,
  uid TEXT NOT NULL UNIQUE,
  venue TEXT NOT NULL, environment TEXT NOT NULL, base_url TEXT NOT NULL,
  account TEXT, key_digest TEXT NOT NULL,
  operation TEXT NOT NULL, places INTEGER NOT NULL,
  symbol TEXT NOT NULL, client_order_id TEXT, change TEXT NOT NULL,
  state TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0,
  fence TEXT, margin_us INTEGER, began TEXT,
  order_id TEXT, result TEXT, error TEXT,
  written TEXT NOT NULL, updated TEXT NOT NULL
);
CREATE TABLE events (
  id INTEGER PRIMARY KEY,
  change INTEGER NOT NULL REFERENCES changes (id),
  uid TEXT NOT NULL, at TEXT NOT NULL,
  state TEXT NOT NULL, attempts INTEGER, fence TEXT, order_id TEXT, result TEXT, error TEXT
);
CREATE INDEX events_of_change ON events (change);
CREATE INDEX changes_by_name ON changes (client_order_id) WHERE client_order_id IS NOT NULL;
CREATE INDEX changes_open ON changes (id) WHERE state IN ('{OPEN}', '{UNKNOWN}');
CREATE UNIQUE INDEX one_order_of_a_name
  ON changes (venue, environment, base_url, key_digest, client_order_id)
  WHERE places AND client_order_id IS NOT NULL AND state IN ('{OPEN}', '{DONE}', '{UNKNOWN}');
PRAGMA application_id = {APPLICATION_ID};
PRAGMA user_version = {VERSION};
"""
_LIVE = f"places AND state IN ('{OPEN}', '{DONE}', '{UNKNOWN}')"
_HOLDER = f"""
SELECT * FROM changes WHERE venue = :venue AND environment = :environment
  AND base_url = :base_url AND key_digest = :key_digest AND client_order_id = :client_order_id
  AND {_LIVE}
"""  # noqa: S608 - made of constants
_EVENT = """
INSERT INTO events (change, uid, at, state, attempts, fence, order_id, result, error) VALUES
  (:change, :uid, :at, :state, :attempts, :fence, :order_id, :result, :error)
"""
_EVENT_VALUES: Values = dict.fromkeys(("attempts", "fence", "order_id", "result", "error"))


class Store:
    """An open journal. Raises JournalError, saying what is wrong with which file and what to do,
    and AlreadyIntended; after a JournalError it is to be closed."""

    def __init__(self, path: Path, level: str, busy: float) -> None:
        self.path = path
        self._busy = busy
        with trouble(path, busy):
            make_file(path)
            self._file = is_there(path)
            self._connection = _open(path, busy)
            try:
                self._prepare(level)
            except BaseException:
                self._connection.close()
                raise

    def _prepare(self, level: str) -> None:
        run = self._connection.execute
        check(self._connection, self.path)
        # Another process may be doing the same: SQLite does not wait for that by itself.
        give_up = time.monotonic() + self._busy
        while True:
            try:
                run("PRAGMA journal_mode = WAL")
                break
            except sqlite3.OperationalError as problem:
                if "BUSY" not in problem.sqlite_errorname or time.monotonic() > give_up:
                    raise
                time.sleep(0.01)
        run(f"PRAGMA synchronous = {LEVELS[level]}")
        # On macOS an ordinary sync does not reach the disk.
        run(f"PRAGMA fullfsync = {int(level == 'power')}")
        with transaction(self._connection):
            if not check(self._connection, self.path):
                for statement in _SCHEMA.split(";\n"):
                    run(statement)

    def close(self) -> None:
        self._connection.close()

    @property
    def was_removed(self) -> bool:
        """The file that is written is no longer the one of that name: nobody would find it."""
        return is_there(self.path) != self._file

    @contextmanager
    def batch(self) -> Iterator[None]:
        """All that is written inside is on disk at its end, or nothing of it."""
        with trouble(self.path, self._busy), transaction(self._connection):
            yield

    def write(self, line: Line) -> None:
        """Write one entry, inside a `batch`, which AlreadyIntended leaves whole."""
        with trouble(self.path, self._busy):
            row = self._row(line)
            change = self._begin(line, row) if line.sends else self._end(line, row)
            news = {**_EVENT_VALUES, **line.news, "change": change, "at": line.at}
            self._connection.execute(_EVENT, {**news, "uid": line.intent["uid"]})

    def _row(self, line: Line) -> sqlite3.Row | None:
        found: sqlite3.Row | None = self._connection.execute(
            "SELECT * FROM changes WHERE uid = ?", (line.intent["uid"],)
        ).fetchone()
        return found

    def _begin(self, line: Line, row: sqlite3.Row | None) -> int:
        try:
            return self._insert(line) if row is None else self._update(row, line)
        except sqlite3.IntegrityError:
            holder = self._holder(line)
            if holder is None:
                raise
            raise AlreadyIntended(recorded(_mapping(holder))) from None

    def _end(self, line: Line, row: sqlite3.Row | None) -> int:
        try:
            if row is None:
                return self._insert(line)
            if line.news["state"] == UNKNOWN and row["state"] not in (OPEN, UNKNOWN):
                return int(row["id"])  # what is known is not forgotten
            return self._update(row, line)
        except sqlite3.IntegrityError:
            # It ended at the order of another intent, which has the name: what was found is known
            # of that one.
            holder = self._holder(line)
            if holder is None:
                raise
            if line.news["state"] == DONE and holder["state"] != DONE:
                return self._update(holder, line)
            return int(holder["id"])

    def _holder(self, line: Line) -> sqlite3.Row | None:
        found: sqlite3.Row | None = self._connection.execute(_HOLDER, line.intent).fetchone()
        return found

    def _insert(self, line: Line) -> int:
        values = {**line.intent, **line.news, "written": line.at, "updated": line.at}
        names, marks = ", ".join(values), ", ".join(f":{name}" for name in values)
        made = self._connection.execute(
            f"INSERT INTO changes ({names}) VALUES ({marks})",  # noqa: S608 - our own names
            values,
        )
        return int(made.lastrowid or 0)

    def _update(self, row: sqlite3.Row, line: Line) -> int:
        values = {**line.news, "updated": line.at}
        assigned = ", ".join(f"{name} = :{name}" for name in values)
        self._connection.execute(
            f"UPDATE changes SET {assigned} WHERE id = :id",  # noqa: S608 - our own names
            {**values, "id": row["id"]},
        )
        return int(row["id"])


def check(connection: sqlite3.Connection, path: Path) -> bool:
    """Whether it is a journal already; False for a new, empty file. Raises JournalError for what is
    none, or one of a later version."""
    # As of one moment: another process may be making it a journal just now.
    with nullcontext() if connection.in_transaction else transaction(connection, "DEFERRED"):
        (kind,) = connection.execute("PRAGMA application_id").fetchone()
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if kind == APPLICATION_ID:
        if version > VERSION:
            raise JournalError(
                f"the journal {path} was written by a later version of exchangekit: update this one"
            )
        return True
    if kind or version or tables:
        raise JournalError(f"{path} is another program's database: name another file")
    return False


@contextmanager
def transaction(connection: sqlite3.Connection, kind: str = "IMMEDIATE") -> Iterator[None]:
    """One transaction that holds the file from its beginning, so that what it reads stays true; a
    ``DEFERRED`` one sees the file as of one moment and keeps nobody from writing."""
    connection.execute(f"BEGIN {kind}")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        # Where the disk is full SQLite may have rolled back by itself.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


@contextmanager
def opened(path: Path, busy: float) -> Iterator[sqlite3.Connection]:
    """A connection for reading a journal that exists, or for pruning it."""
    with trouble(path, busy), closing(_open(path, busy)) as connection:
        yield connection


def _open(path: Path, busy: float) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=rw",
        uri=True,
        timeout=busy,
        isolation_level=None,
        # Used by one thread at a time: the writer's, or one that is about to fork.
        check_same_thread=False,
    )
    connection.row_factory = sqlite3.Row
    return connection


def _mapping(row: sqlite3.Row) -> Values:
    return {name: row[name] for name in row.keys()}  # noqa: SIM118 - a row iterates over its values
