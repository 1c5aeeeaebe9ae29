"""Rows, measured side by side: rounds of ours and of theirs take turns, medians count."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median, quantiles

Work = Callable[[int], None]
"""Does its work so many times."""


@dataclass
class Row:
    """One thing that both do. `work` is named by who does it: ``ours``, ``ccxt``, and ``floor``,
    the decoder or the socket alone. Figures are microseconds of CPU for one of `each`."""

    title: str
    venue: str
    most: float | None
    """The ratio ours / ccxt that is aimed at."""
    work: dict[str, Work]
    each: int = 1
    """Rows, levels, markets that one repetition handles."""
    unit: str = "call"
    rounds: dict[str, list[float]] = field(default_factory=dict)

    def one(self, who: str) -> float:
        """Microseconds, the median of the rounds."""
        return median(self.rounds[who]) * 1e6 if self.rounds.get(who) else float("nan")

    @property
    def ratio(self) -> float:
        return self.one("ours") / self.one("ccxt")

    @property
    def spread(self) -> float:
        """Between the quartiles of the rounds' ratios, as a part of their median."""
        both = [a / b for a, b in zip(self.rounds["ours"], self.rounds["ccxt"], strict=True)]
        if len(both) < 2:
            return 0.0
        low, middle, high = quantiles(both, n=4)
        return (high - low) / middle


def measure(rows: list[Row], *, rounds: int, seconds: float) -> None:
    """Measure each row in so many rounds, each client for about `seconds` in each."""
    for row in rows:
        times = {who: _repetitions(work, seconds) for who, work in row.work.items()}
        for number in range(rounds):
            order = list(row.work) if number % 2 else list(reversed(row.work))
            for who in order:
                row.rounds.setdefault(who, []).append(
                    _seconds(row.work[who], times[who]) / row.each
                )


def _repetitions(work: Work, seconds: float) -> int:
    """How often `work` goes into `seconds`, after a first time that does not count."""
    work(1)
    once = max(_seconds(work, 1), 1e-7)
    some = max(1, min(2000, int(seconds / 10 / once)))
    return max(1, int(seconds / max(_seconds(work, some), 1e-8)))


def _seconds(work: Work, times: int) -> float:
    """CPU for one of so many repetitions; what lies about is collected beforehand."""
    gc.collect()
    began = time.process_time()
    work(times)
    return (time.process_time() - began) / times
