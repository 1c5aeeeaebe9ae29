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
    # One that fails keeps no other from beginning anew: on the parent's connection a child reads
    # the parent's answers. Python prints what is raised here.
    failures: list[Exception] = []
    for one in tuple(_held):
        try:
            one.after_fork()
        except Exception as failure:
            failures.append(failure)
    if failures:
        raise ExceptionGroup("after a fork, these did not begin anew", failures)


# Windows has no fork.
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_tell)
