"""The tables of a journal, and how a file of an earlier version gets those of this one.

A version is what it adds to the one before it, so a new file and one that was brought up are the
same. A file is brought up when it is opened for writing; whoever only reads takes it as it is.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from exchangekit.errors import JournalError
from exchangekit.journal.entries import DONE, OPEN, UNKNOWN

APPLICATION_ID = 0x656B6A6C  # "ekjl"
LIVE = f"places AND state IN ('{OPEN}', '{DONE}', '{UNKNOWN}')"
"""An order that exists or may exist."""
_FIRST = f"""
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
  WHERE {LIVE} AND client_order_id IS NOT NULL;
PRAGMA application_id = {APPLICATION_ID};
PRAGMA user_version = 1;
"""
# An intent over several accounts (a failover): whom it may be handed to, and whom each attempt was.
# Which names it has left for good. What stops an account's orders.
_SECOND = """
ALTER TABLE changes ADD COLUMN among TEXT;
CREATE TABLE tries (
  uid TEXT NOT NULL, attempt INTEGER NOT NULL,
  venue TEXT NOT NULL, environment TEXT NOT NULL, base_url TEXT NOT NULL,
  account TEXT, key_digest TEXT NOT NULL,
  at TEXT NOT NULL,
  PRIMARY KEY (uid, attempt)
) WITHOUT ROWID;
CREATE TABLE closed (
  within TEXT NOT NULL,
  venue TEXT NOT NULL, environment TEXT NOT NULL, base_url TEXT NOT NULL,
  key_digest TEXT NOT NULL, client_order_id TEXT NOT NULL, at TEXT NOT NULL,
  PRIMARY KEY (within, venue, environment, base_url, key_digest, client_order_id)
) WITHOUT ROWID;
CREATE INDEX changes_by_order ON changes (order_id) WHERE order_id IS NOT NULL;
CREATE TABLE halts (
  id INTEGER PRIMARY KEY,
  reason TEXT NOT NULL, since TEXT NOT NULL, lifted TEXT
);
CREATE INDEX halts_in_force ON halts (id) WHERE lifted IS NULL;
PRAGMA user_version = 2;
"""
_ADDED = (_FIRST, _SECOND)
VERSION = len(_ADDED)


def check(connection: sqlite3.Connection, path: Path) -> int:
    """Which version of a journal it is; 0 for a new, empty file. Raises JournalError for what is
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
        return int(version)
    if kind or version or tables:
        raise JournalError(f"{path} is another program's database: name another file")
    return 0


def bring_up(connection: sqlite3.Connection, path: Path) -> None:
    """Give the file what it lacks of this version, in one transaction: all of it or nothing.
    Raises as `check`."""
    with transaction(connection):
        for added in _ADDED[check(connection, path) :]:
            for statement in added.split(";\n"):
                connection.execute(statement)


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
