"""What it costs to begin: import and one venue, in a fresh interpreter each time."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass, field
from statistics import median

_PROGRAM = """
import sys, time
def kept():
    with open("/proc/self/statm") as pages:
        return int(pages.read().split()[1]) * 4096
before = kept()
began = time.process_time()
{begins}
print(time.process_time() - began, kept() - before)
"""
_BEGINS = {
    "ours": "import exchangekit\nexchange = exchangekit.connect_sync('binance')",
    "ccxt": "import ccxt\nexchange = ccxt.binance()",
    "ours, async": "import exchangekit\nexchange = exchangekit.connect('binance')",
    "ccxt, async": "import ccxt.async_support\nexchange = ccxt.async_support.binance()",
}
_LOADS = """
import gc, tracemalloc
from benchmarks import answers, clients
from benchmarks.scale import Scale
given = clients.Answers(answers.bodies({venue!r}, Scale(symbols={symbols})))
exchange = {makes}
tracemalloc.start()
exchange.load_markets()
gc.collect()
print(tracemalloc.get_traced_memory()[0] / {symbols})
"""
_MAKES = {
    "ours": "clients.ours({venue!r}, clients.Canned(given))",
    "ccxt": "clients.theirs({venue!r}, given)",
}


@dataclass
class Starts:
    """CPU milliseconds and MB by who begins."""

    cpu: dict[str, list[float]] = field(default_factory=dict)
    memory: dict[str, list[float]] = field(default_factory=dict)

    def one(self, what: str, who: str) -> float:
        found: dict[str, list[float]] = getattr(self, what)
        return median(found[who])


def starts(rounds: int) -> Starts:
    """Measured in turns. Memory is told on Linux only."""
    found = Starts()
    for _ in range(rounds):
        for who, begins in _BEGINS.items():
            seconds, kept = _said(_PROGRAM.format(begins=begins)).split()
            found.cpu.setdefault(who, []).append(float(seconds) * 1e3)
            found.memory.setdefault(who, []).append(float(kept) / 1e6)
    return found


def kept_a_market(venue: str, symbols: int) -> dict[str, float]:
    """Bytes that a loaded market takes, by who keeps it."""
    kept = {}
    for who, makes in _MAKES.items():
        program = _LOADS.format(venue=venue, symbols=symbols, makes=makes.format(venue=venue))
        kept[who] = float(_said(program))
    return kept


def _said(program: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return done.stdout
