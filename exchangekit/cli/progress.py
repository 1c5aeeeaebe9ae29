"""What a person sees while a command waits: a spinner after a moment, on standard error.

Only where somebody looks: both outputs are terminals and no JSON was asked for. Never over what a
command prints or asks.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock, Timer

from rich.console import Console
from rich.status import Status
from rich.text import Text

AFTER = 1.0
"""Seconds of silence; what is done sooner does not flicker."""


class Waiting:
    """One wait. Its words may change while it lasts."""

    def __init__(self, said: str, *, shown: bool) -> None:
        self._said = said
        self._shown = shown
        self._lock = Lock()
        self._over = False
        self._status: Status | None = None

    def say(self, said: str) -> None:
        with self._lock:
            self._said = said
            if self._status is not None:
                self._status.update(Text(said))

    def start(self) -> None:
        with self._lock:
            if self._over or not self._shown:
                return
            out = Console(stderr=True, highlight=False, markup=False, emoji=False)
            utf = out.encoding.lower().startswith("utf")
            self._status = out.status(Text(self._said), spinner="dots" if utf else "line")
            self._status.start()

    def stop(self) -> None:
        with self._lock:
            self._over = True
            if self._status is not None:
                self._status.stop()


@contextmanager
def waiting(said: str, *, quiet: bool) -> Iterator[Waiting]:
    """Show `said` while the inside lasts, if it lasts; `quiet` for output that programs read."""
    shown = not quiet and somebody_looks()
    made = Waiting(said, shown=shown)
    if not shown:
        yield made
        return
    timer = Timer(AFTER, made.start)
    timer.daemon = True
    timer.start()
    try:
        yield made
    finally:
        timer.cancel()
        made.stop()


def somebody_looks() -> bool:
    return sys.stdout.isatty() and sys.stderr.isatty()
