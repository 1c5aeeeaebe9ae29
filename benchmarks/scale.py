"""How much of everything there is: names, prices and counts of a venue of realistic size."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

NOW_MS = 1_790_000_000_000
Bodies = dict[tuple[str, str], bytes]
"""What a venue answers, by method and path."""
FIRST = ("BTC", "ETH", "BANANA", "INF", "NANO", "FINFET")
"""Bases whose names hold what a careless search takes for "nan" or "inf"."""
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Scale:
    """Rows of each kind."""

    symbols: int = 2500
    orders: int = 500
    trades: int = 500
    candles: int = 1000
    assets: int = 500

    def times(self, factor: float) -> Scale:
        """`factor` as much of everything."""
        return Scale(
            *(max(2, round(getattr(self, name) * factor)) for name in self.__dataclass_fields__)
        )


FULL = Scale()
SMALL = Scale(symbols=12, orders=10, trades=10, candles=20, assets=8)


def bases(count: int) -> Iterator[str]:
    """`count` names of assets, no two the same; `FIRST` first."""
    yield from FIRST[:count]
    for number in range(count - len(FIRST)):
        name = ""
        number += 26
        while number:
            number, at = divmod(number, 26)
            name = _LETTERS[at] + name
        yield f"{name}X"


class Figures:
    """Numbers as venues print them, the same in every run."""

    def __init__(self, seed: int = 7) -> None:
        self._random = random.Random(seed)

    def price(self, places: int = 8) -> str:
        return self._printed(self._random.randint(10**5, 10**12), places)

    def amount(self, places: int = 8) -> str:
        return self._printed(self._random.randint(10**3, 10**10), places)

    @staticmethod
    def _printed(number: int, places: int) -> str:
        return f"{Decimal(number).scaleb(-8):.{places}f}"

    def side(self) -> bool:
        return self._random.random() < 0.5
