"""What all workers of a run are told, in a file of the run's folder."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from exchangekit.testing.chaos.plan import Planned, Size, plan

_FILE = "brief.json"


@dataclass(frozen=True, slots=True)
class Brief:
    """The run's size, from which every worker makes the same plan, and where the venues are."""

    size: Size
    addresses: Mapping[str, str]
    keys: Mapping[str, str]

    def orders_of(self, number: int) -> tuple[Planned, ...]:
        """The list of one worker; nothing for a number that is none of the run's."""
        return tuple(order for order in plan(self.size) if number in order.owners)

    def save(self, folder: Path) -> None:
        """Write it where `load` finds it."""
        (folder / _FILE).write_text(json.dumps(asdict(self)))

    @classmethod
    def load(cls, folder: Path) -> Brief:
        """The brief in `folder`."""
        held = json.loads((folder / _FILE).read_text())
        return cls(Size(**held["size"]), held["addresses"], held["keys"])
