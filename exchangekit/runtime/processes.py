"""What belongs to one process: connections, locks, and who waits for whom.

A fork copies all of it. Two processes on one connection would read each other's answers, and a lock
that another thread held at that moment is never released in the child. So whoever holds such things
registers here, and starts anew in the child before anything else runs there.
"""

from __future__ import annotations

import os
from typing import Protocol
from weakref import WeakSet


class OfOneProcess(Protocol):
    def after_fork(self) -> None:
        """In the child, which has one thread: begin anew, and end nothing that is the parent's."""


_held: WeakSet[OfOneProcess] = WeakSet()


def of_one_process(held: OfOneProcess) -> None:
    """From now on `held` is told when it finds itself in another process."""
    _held.add(held)


def _tell() -> None:
    for one in tuple(_held):
        one.after_fork()


# Windows has no fork.
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_tell)
