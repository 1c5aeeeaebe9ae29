"""How long tests wait for what must come: no test is about how fast a machine is.

A limit only ends a test that would hang. It is generous enough for a machine that is many times
slower than usual and busy with something else.
"""

from __future__ import annotations

import time
from collections.abc import Callable

PATIENCE = 300.0
"""Seconds after which a program or a thread that does not answer is taken to hang."""


def eventually(is_so: Callable[[], object], pause: float = 0.01) -> bool:
    """Wait until `is_so` gives something true, and say whether it ever did."""
    until = time.monotonic() + PATIENCE
    while not is_so():
        if time.monotonic() > until:
            return False
        time.sleep(pause)
    return True
