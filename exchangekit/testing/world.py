"""A world for one check: its time, its random bytes, its waits. None of them is the real one.

Time moves when a request goes out and when the kit waits, by amounts that are known, and a
simulated venue's clock moves along. So the same check makes the same timestamps, signatures and
client order ids every time, and waiting takes no time.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable

START_MS = 1_790_000_000_000  # 2026-09-21T14:13:20Z
SEED = "65786368616e67656b6974"
TICK_MS = 6
_ARBITRARY_SECONDS = 1000.0


class World:
    """``ms`` is the venue's true time, ``seconds`` the kit's monotonic clock."""

    def __init__(
        self,
        starts_ms: int = START_MS,
        seed: str = SEED,
        ticks: list[int] | None = None,
        *,
        move: Callable[[int], None] | None = None,
        real: bool = False,
    ) -> None:
        self.starts_ms = starts_ms
        self.seed = seed
        self.ms = starts_ms
        self.sleeps: list[tuple[float, str]] = []
        self.took: list[int] = []
        self._ticks = ticks or [TICK_MS]
        self._move = move
        self._real = real
        self._drawn = 0
        self._sent = 0
        self._began = 0.0

    @property
    def seconds(self) -> float:
        return _ARBITRARY_SECONDS + (self.ms - self.starts_ms) / 1000

    def entropy(self, size: int) -> bytes:
        """The next random bytes: the same ones in the same order for the same seed."""
        made = b""
        while len(made) < size:
            made += hashlib.sha256(f"{self.seed}:{self._drawn}".encode()).digest()
            self._drawn += 1
        return made[:size]

    def advance(self, milliseconds: int) -> None:
        self.ms += milliseconds
        if self._move is not None:
            self._move(milliseconds)

    def sleep(self, seconds: float, why: str) -> None:
        self.sleeps.append((seconds, why))
        if self._real:
            time.sleep(seconds)
        self.advance(-int(-seconds * 1000 // 1))

    def departs(self) -> None:
        """A request is about to go out."""
        self._began = time.monotonic()
        if not self._real:
            self.advance(self._tick() // 2)

    def arrived(self) -> None:
        """Its reply is there, or none will come."""
        if self._real:
            self.took.append(round((time.monotonic() - self._began) * 1000))
            self.advance(self.took[-1])
            return
        tick = self._tick()
        self.advance(tick - tick // 2)
        self._sent += 1

    def _tick(self) -> int:
        return self._ticks[min(self._sent, len(self._ticks) - 1)]
