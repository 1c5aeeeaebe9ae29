"""What the venues of the benchmark answer: bodies of realistic size, made here.

The shapes are those of the venues' documentation; every number is made up. Both clients are given
the same bytes.
"""

from __future__ import annotations

from benchmarks.answers import binance, mexc, okx
from benchmarks.answers.spot import as_json
from benchmarks.scale import NOW_MS, Bodies, Figures, Scale

KEY, SECRET, PASSPHRASE = "k" * 64, "s" * 64, "p" * 8
_OF = {"mexc": mexc.bodies, "binance": binance.bodies, "okx": okx.bodies}
VENUES = tuple(_OF)


def bodies(venue: str, scale: Scale) -> Bodies:
    """All that `venue` answers."""
    return _OF[venue](scale, Figures())


def book(venue: str, levels: int) -> bytes:
    """A book of so many levels a side."""
    asks = [[f"{60000 + at * 0.01:.2f}", f"{1 + at / 1000:.8f}"] for at in range(levels)]
    bids = [[f"{59999.99 - at * 0.01:.2f}", f"{1 + at / 1000:.8f}"] for at in range(levels)]
    if venue == "okx":
        sides = {name: [[*one, "0", "3"] for one in side] for name, side in
                 (("asks", asks), ("bids", bids))}  # fmt: skip
        return okx.in_envelope([sides | {"ts": str(NOW_MS), "seqId": 3235851742}])
    return as_json({"lastUpdateId": 1027024, "bids": bids, "asks": asks, "timestamp": NOW_MS})
