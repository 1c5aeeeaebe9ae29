"""What is left of a run, to be judged."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from exchangekit.runtime.journal import Recorded
from exchangekit.testing.chaos.notes import Note
from exchangekit.testing.chaos.plan import Planned, Size

Ledger = list[dict[str, Any]]
"""Every order that a venue ever took, as its control interface shows them."""


@dataclass(slots=True)
class Aftermath:
    """``ledgers`` by venue, ``journals`` by file, ``faults`` by kind, ``seconds`` in all.

    ``crashes`` are the signals by which workers died that nobody had sent.
    """

    size: Size
    orders: tuple[Planned, ...]
    ledgers: dict[str, Ledger]
    notes: list[Note]
    journals: dict[Path, tuple[Recorded, ...]]
    faults: Counter[str] = field(default_factory=Counter)
    kills: int = 0
    seconds: float = 0.0
    crashes: tuple[str, ...] = ()
