"""What a venue's words mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from exchangekit.models.enums import Liquidity, OrderStatus, OrderType, Side, TimeInForce

M = TypeVar("M")


@dataclass(frozen=True, slots=True)
class Words:
    """A venue's words; several that mean the same may stand in one text: ``{"New Live": …}``. A
    type that says its time in force, too, needs no word for it. Raises TypeError for a word with
    two meanings."""

    sides: Mapping[str, Side]
    types: Mapping[str, tuple[OrderType, TimeInForce | None]]
    statuses: Mapping[str, OrderStatus]
    times_in_force: Mapping[str, TimeInForce] = field(default_factory=dict)
    roles: Mapping[str, Liquidity] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("sides", "types", "statuses", "times_in_force", "roles"):
            object.__setattr__(self, name, _apart(getattr(self, name)))

    @property
    def unknown_type(self) -> tuple[OrderType, TimeInForce | None]:
        """What an undeclared type means. Where types say the time in force, too, it is as
        unknown."""
        return OrderType.UNKNOWN, None if self.times_in_force else TimeInForce.UNKNOWN


def _apart(words: Mapping[str, M]) -> dict[str, M]:
    made: dict[str, M] = {}
    for told, meaning in words.items():
        for word in told.split():
            if word in made:
                raise TypeError(f"the word {word!r} has two meanings: {made[word]} and {meaning}")
            made[word] = meaning
    return made
