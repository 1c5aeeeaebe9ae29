"""Ports that nobody takes in the meantime: below those that the system hands out by itself.

Tests run side by side; a port that the system named free a moment ago may be given to another test.
"""

from __future__ import annotations

import random
import socket
from contextlib import ExitStack


def free_ports(count: int = 1) -> int:
    """The first of `count` free ports in a row on this machine."""
    dice = random.SystemRandom()
    for _ in range(200):
        first = dice.randrange(20_000, 30_000)
        with ExitStack() as held:
            try:
                for port in range(first, first + count):
                    held.enter_context(socket.socket()).bind(("127.0.0.1", port))
            except OSError:
                continue
        return first
    raise AssertionError(f"no {count} free ports in a row")
