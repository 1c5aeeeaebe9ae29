"""Whether anything grows: a million requests through sockets, time and memory looked at on the
way. ``python -m benchmarks.soak [requests [transport ...]]``."""

from __future__ import annotations

import asyncio
import gc
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.clients import ours_async
from benchmarks.server import serving
from benchmarks.through_sockets import SYMBOL, VENUE, transports
from exchangekit.runtime.transports import Timeouts, open_async

AT_ONCE, PIECES = 50, 20


async def soak(name: str, requests: int) -> list[tuple[int, float, float]]:
    """So many requests by that transport: how many were done, microseconds of CPU each since the
    last look, MB that the process holds."""
    looks: list[tuple[int, float, float]] = []
    with serving(VENUE) as url:
        exchange = ours_async(VENUE, open_async(name, Timeouts()), url=url)
        await exchange.load_markets()
        for piece in range(PIECES):
            count = requests // PIECES
            left = iter(range(count))

            async def work(left: Iterator[int] = left) -> None:
                for number in left:
                    if number % 2:
                        await exchange.fetch_ticker(SYMBOL)
                    else:
                        await exchange.create_limit_order(SYMBOL, "buy", "0.001", "40000")

            began = time.process_time()
            await asyncio.gather(*(work() for _ in range(AT_ONCE)))
            took = time.process_time() - began
            gc.collect()
            looks.append(((piece + 1) * count, took / max(1, count) * 1e6, _held()))
        await exchange.aclose()
    return looks


def _held() -> float:
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * 4096 / 1e6


def main(requests: int, names: list[str]) -> None:
    for name in names:
        for done, each, held in asyncio.run(soak(name, requests)):
            sys.stdout.write(f"{name:6} {done:9} requests {each:8.1f} us each {held:8.1f} MB\n")
            sys.stdout.flush()


if __name__ == "__main__":
    asked = sys.argv[1:] or ["1000000"]
    main(int(asked[0]), asked[1:] or transports())
