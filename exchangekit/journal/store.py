"""The file of a journal: what is written into its tables (`exchangekit.journal.schema`).

One row in `changes` says what is known of an intent now, `events` keeps every entry as it came. A
new order takes its client order id by a unique index over the orders that exist or may exist, so
that of several processes one wins. Each attempt that a failover hands on has a row in `tries`: the
file says whose it is, so that of several processes one goes on. While a halt is in force no order
is written. Everything of an entry is written in the transaction of the caller
(`exchangekit.journal.writer`); nothing here waits longer than `busy` seconds for another program.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

from exchangekit.adapter.credentials import AccountId
from exchangekit.journal.entries import (
    DONE,
    OPEN,
    UNKNOWN,
    Line,
    Values,
    account_in,
    among_as_text,
    among_from,
    columns_of,
    recorded,
)
from exchangekit.journal.files import LEVELS, is_there, make_file, trouble
from exchangekit.journal.schema import LIVE, bring_up, check, transaction
from exchangekit.models.halting import Halt
from exchangekit.runtime.journal import AlreadyIntended, Halted, NameClosed, Recorded

_HOLDER = f"""
SELECT * FROM changes WHERE venue = :venue AND environment = :environment
  AND base_url = :base_url AND key_digest = :key_digest AND client_order_id = :client_order_id
  AND {LIVE}
"""  # noqa: S608 - made of constants
_OF_THE_NAME = f"""
SELECT * FROM changes WHERE client_order_id = :client_order_id AND uid != :uid
  AND among IS NOT NULL AND {LIVE} ORDER BY id
"""  # noqa: S608 - made of constants
_TRIES = "SELECT * FROM tries WHERE uid = :uid ORDER BY attempt"
_TRY = """
INSERT OR IGNORE INTO tries
  (uid, attempt, venue, environment, base_url, account, key_digest, at) VALUES
  (:uid, :attempt, :venue, :environment, :base_url, :account, :key_digest, :at)
"""
_LAST_TRY = "SELECT max(attempt) FROM tries WHERE uid = :uid"
_CLOSE = """
INSERT OR IGNORE INTO closed
  (within, venue, environment, base_url, key_digest, client_order_id, at) VALUES
  (:within, :venue, :environment, :base_url, :key_digest, :client_order_id, :at)
"""
_CLOSED = """
SELECT 1 FROM closed WHERE within = :within AND venue = :venue AND environment = :environment
  AND base_url = :base_url AND key_digest = :key_digest AND client_order_id = :client_order_id
"""
_HALT = "SELECT reason, since FROM halts WHERE lifted IS NULL ORDER BY id LIMIT 1"
_EVENT = """
INSERT INTO events (change, uid, at, state, attempts, fence, order_id, result, error) VALUES
  (:change, :uid, :at, :state, :attempts, :fence, :order_id, :result, :error)
"""
_EVENT_VALUES: Values = dict.fromkeys(("attempts", "fence", "order_id", "result", "error"))


class Store:
    """An open journal. Raises JournalError, saying what is wrong with which file and what to do,
    AlreadyIntended and Halted; after a JournalError it is to be closed."""

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
        check(self._connection, self.path)  # before anything of it is changed
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
        bring_up(self._connection, self.path)

    def close(self) -> None:
        self._connection.close()

    @property
    def was_removed(self) -> bool:
        """The file that is written is no longer the one of that name: nobody would find it."""
        return is_there(self.path) != self._file

    @contextmanager
    def batch(self) -> Iterator[sqlite3.Connection]:
        """All that is written inside is on disk at its end, or nothing of it."""
        with trouble(self.path, self._busy), transaction(self._connection):
            yield self._connection

    def write(self, line: Line) -> None:
        """Write one entry, inside a `batch`, which AlreadyIntended and Halted leave whole."""
        with trouble(self.path, self._busy):
            if line.closes:
                self._close_name(line)
                return
            if line.asks:
                self._tell_the_holder(line)
                return
            row = self._row(line)
            if line.sends:
                self._stop_what_is_taken(line, row)
                if line.intent["places"]:
                    self._stop_what_is_halted(line)
            change = self._begin(line, row) if line.sends else self._end(line, row)
            news = {**_EVENT_VALUES, **line.news, "change": change, "at": line.at}
            self._connection.execute(_EVENT, {**news, "uid": line.intent["uid"]})
            if line.tries is not None:
                values = {**columns_of(line.tries), "uid": line.intent["uid"], "at": line.at}
                self._connection.execute(_TRY, {**values, "attempt": line.news["attempts"]})

    def _close_name(self, line: Line) -> None:
        holder = self._holder(line)
        if holder is not None:
            raise AlreadyIntended(self._recorded(holder))
        self._connection.execute(_CLOSE, {**line.intent, "within": line.within, "at": line.at})

    def _row(self, line: Line) -> sqlite3.Row | None:
        found: sqlite3.Row | None = self._connection.execute(
            "SELECT * FROM changes WHERE uid = ?", (line.intent["uid"],)
        ).fetchone()
        return found

    def _stop_what_is_taken(self, line: Line, row: sqlite3.Row | None) -> None:
        """Raises AlreadyIntended where another process went on with the same intent elsewhere, or
        another order of this name may be at one of the same accounts, and NameClosed where it has
        moved on from here."""
        if line.within is not None and line.intent["places"]:
            values = {**line.intent, "within": line.within}
            if self._connection.execute(_CLOSED, values).fetchone() is not None:
                raise NameClosed
        if line.tries is not None and row is not None and self._is_overtaken(line, line.tries, row):
            raise AlreadyIntended(self._recorded(row))
        if line.among and line.intent["places"]:
            self._stop_the_same_name(line)

    def _tell_the_holder(self, line: Line) -> None:
        holder = None if line.among else self._holder(line)
        if holder is not None:
            raise AlreadyIntended(self._recorded(holder))
        self._stop_the_same_name(line)

    def _stop_the_same_name(self, line: Line) -> None:
        for other in self._connection.execute(_OF_THE_NAME, line.intent).fetchall():
            held = among_from(other["among"])
            if any(one.same_as(account) for one in line.among for account in held):
                raise AlreadyIntended(self._recorded(other))

    def _stop_what_is_halted(self, line: Line) -> None:
        """Raises Halted; AlreadyIntended for what is not to be sent anyway."""
        halt = halt_in_force(self._connection)
        if halt is None:
            return
        holder = self._holder(line)
        if holder is not None and holder["uid"] != line.intent["uid"]:
            raise AlreadyIntended(self._recorded(holder))
        raise Halted(halt)

    def _is_overtaken(self, line: Line, at: AccountId, row: sqlite3.Row) -> bool:
        number = int(line.news["attempts"] or 0)
        tries = self._connection.execute(_TRIES, line.intent).fetchall()
        if any(one["attempt"] == number and not _account(one).same_as(at) for one in tries):
            return True
        if not line.intent["places"]:
            return False
        last = tries[-1]["attempt"] if tries else 0
        # An order goes on only where it is proven not to be, so there is no way back to an
        # attempt before the last one, and none on from an order that exists.
        return number < last or (number > last and row["state"] == DONE)

    def _recorded(self, row: sqlite3.Row) -> Recorded:
        tries = self._connection.execute(_TRIES, {"uid": row["uid"]}).fetchall()
        return recorded(_mapping(row), tuple(_account(one) for one in tries))

    def _begin(self, line: Line, row: sqlite3.Row | None) -> int:
        try:
            if row is None:
                return self._insert(line)
            known = among_from(row["among"])
            more = tuple(one for one in line.among if one not in known)
            return self._update(row, line, among=among_as_text((*known, *more)))
        except sqlite3.IntegrityError:
            holder = self._holder(line)
            if holder is None:
                raise
            raise AlreadyIntended(self._recorded(holder)) from None

    def _end(self, line: Line, row: sqlite3.Row | None) -> int:
        try:
            if row is None:
                return self._insert(line)
            if line.knows is not None and line.news["state"] != DONE:
                (last,) = self._connection.execute(_LAST_TRY, line.intent).fetchone()
                if last is not None and last > line.knows:
                    return int(row["id"])  # it is another's to end
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
        news = {**line.news, "among": among_as_text(line.among)}
        values = {**line.intent, **news, "written": line.at, "updated": line.at}
        names, marks = ", ".join(values), ", ".join(f":{name}" for name in values)
        made = self._connection.execute(
            f"INSERT INTO changes ({names}) VALUES ({marks})",  # noqa: S608 - our own names
            values,
        )
        return int(made.lastrowid or 0)

    def _update(self, row: sqlite3.Row, line: Line, **other: str | None) -> int:
        values = {**line.news, **other, "updated": line.at}
        assigned = ", ".join(f"{name} = :{name}" for name in values)
        self._connection.execute(
            f"UPDATE changes SET {assigned} WHERE id = :id",  # noqa: S608 - our own names
            {**values, "id": row["id"]},
        )
        return int(row["id"])


def halt_in_force(connection: sqlite3.Connection) -> Halt | None:
    """The first halt that was not lifted."""
    found = connection.execute(_HALT).fetchone()
    if found is None:
        return None
    return Halt(reason=found["reason"], since=datetime.fromisoformat(found["since"]))


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


def _account(row: sqlite3.Row) -> AccountId:
    return account_in(_mapping(row))


def _mapping(row: sqlite3.Row) -> Values:
    return {name: row[name] for name in row.keys()}  # noqa: SIM118 - a row iterates over its values
