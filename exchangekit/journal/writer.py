"""The one thread of a process that writes into a journal.

Whoever has an entry puts it in the queue and waits for its future. The thread takes all that is
waiting, writes it in one transaction and then answers each: so a hundred concurrent orders cost a
few commits, and what was answered is on disk. An entry that cannot be written fails alone where the
rest can be (its name is taken, orders are halted), and all of a batch fail together where the file
cannot be written; the next batch opens it anew.

SQLite must not be forked while a file is open: the child would take the parent's locks for its own.
So the file is closed before a fork, and both open it again when they have something to write.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from weakref import WeakSet

from exchangekit.errors import JournalError
from exchangekit.journal.entries import Line
from exchangekit.journal.store import Store
from exchangekit.runtime.journal import AlreadyIntended, Halted, NameClosed
from exchangekit.runtime.processes import of_one_process

Waiting = tuple[Line, "Future[None]"]

_MOST_AT_ONCE = 512
"""Entries in one transaction: it holds other processes up while it lasts."""


class Writer:
    """Writes entries into one file. ``commits`` counts its transactions."""

    def __init__(self, path: Path, level: str, busy: float) -> None:
        self.path = path
        self.level = level
        self.busy = busy
        self.commits = 0
        self._store: Store | None = None
        self._begin()
        of_one_process(self)
        _writers.add(self)

    def _begin(self) -> None:
        self._wake = threading.Condition()  # its lock is held for moments only
        self._gate = threading.Lock()  # whoever holds it may use the file
        self._queue: list[Waiting] = []
        self._thread: threading.Thread | None = None
        self._closing: list[Future[None]] = []

    def after_fork(self) -> None:
        self._store = None  # closed before the fork
        self._begin()

    def submit(self, line: Line) -> Future[None]:
        """A future that is done when `line` is on disk. It raises JournalError,
        AlreadyIntended, Halted."""
        future: Future[None] = Future()
        with self._wake:
            self._queue.append((line, future))
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._work, name="exchangekit journal", daemon=True
                )
                self._thread.start()
            self._wake.notify_all()
        return future

    def close(self) -> Future[None]:
        """Close the file when all that waits is written; a future that is done then. An entry that
        comes later opens it again."""
        closed: Future[None] = Future()
        with self._wake:
            if self._thread is None:
                closed.set_result(None)
                return closed
            self._closing.append(closed)
            self._wake.notify_all()
        return closed

    def _work(self) -> None:
        while True:
            with self._wake:
                while not self._queue and not self._closing:
                    self._wake.wait()
                if not self._queue:
                    self._thread, closing, self._closing = None, self._closing, []
                    break
                batch = self._queue[:_MOST_AT_ONCE]
                del self._queue[:_MOST_AT_ONCE]
            self._write(batch)
        with self._gate:
            if self._thread is None:
                self._release()
        for closed in closing:
            if closed.set_running_or_notify_cancel():
                closed.set_result(None)

    def _write(self, batch: list[Waiting]) -> None:
        # An order that nobody waits for any more is not sent.
        live = [one for one in batch if one[1].set_running_or_notify_cancel()]
        stopped: dict[int, AlreadyIntended | Halted | NameClosed] = {}
        try:
            with self._gate:
                try:
                    store = self._opened()
                    with store.batch():
                        for number, (line, _) in enumerate(live):
                            try:
                                store.write(line)
                            except (AlreadyIntended, Halted, NameClosed) as problem:
                                stopped[number] = problem
                    self.commits += 1
                except BaseException:
                    self._release()
                    raise
        except BaseException as problem:
            for _, future in live:
                future.set_exception(_own(problem))
            return
        for number, (_, future) in enumerate(live):
            if number in stopped:
                future.set_exception(stopped[number])
            else:
                future.set_result(None)

    def _opened(self) -> Store:
        if self._store is not None and self._store.was_removed:
            self._release()
        if self._store is None:
            self._store = Store(self.path, self.level, self.busy)
        return self._store

    def _release(self) -> None:
        """Close the file. Whoever calls holds the gate."""
        store, self._store = self._store, None
        if store is not None:
            store.close()


def _own(problem: BaseException) -> BaseException:
    """Each who waits gets an error of its own: whoever raises one writes into it."""
    if isinstance(problem, JournalError):
        made = JournalError(str(problem))
        made.__cause__ = problem.__cause__
        return made
    return problem


_writers: WeakSet[Writer] = WeakSet()
_steady = threading.RLock()
_held = contextlib.ExitStack()


@contextlib.contextmanager
def steady() -> Iterator[None]:
    """Inside, no fork happens: for reading a file."""
    with _steady:
        yield


def _before_fork() -> None:
    _steady.acquire()
    for writer in tuple(_writers):
        _held.enter_context(writer._gate)  # noqa: SLF001 - of this module
        writer._release()  # noqa: SLF001


def _after_fork_in_parent() -> None:
    _held.close()
    _steady.release()


def _after_fork_in_child() -> None:
    # The writers have gates of their own by now, or get them; the old ones are nobody's.
    global _steady
    _held.pop_all()
    _steady = threading.RLock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=_before_fork,
        after_in_parent=_after_fork_in_parent,
        after_in_child=_after_fork_in_child,
    )
