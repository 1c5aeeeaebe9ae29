"""How cost grows: more rows, more at once, more venues. None may be worse than linear."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from statistics import median

from benchmarks.clients import ours_async
from benchmarks.failing_over import decision
from benchmarks.measure import measure
from benchmarks.scale import Scale
from benchmarks.server import serving
from benchmarks.through_sockets import SYMBOL, VENUE, transports
from benchmarks.without_network import rows
from exchangekit.runtime.transports import Timeouts, open_async

GROWING = ("load_markets", "fetch_tickers", "fetch_open_orders")
VENUES = (1, 2, 5, 10, 20, 50)


@dataclass
class Curve:
    """Microseconds of CPU, in all, for so much of it."""

    title: str
    unit: str
    points: list[tuple[int, float]] = field(default_factory=list)

    @property
    def worst(self) -> float:
        """How much more one costs at the end than at the cheapest point before: about 1 where the
        curve is linear, less where something is shared."""
        each = [cost / count for count, cost in self.points]
        return each[-1] / min(each[:-1] or each)


def curves(
    base: Scale, factors: tuple[int, ...], at_once: tuple[int, ...], venues: tuple[int, ...]
) -> Iterator[Curve]:
    """All of them, ours only."""
    grown = {title: Curve(title, "rows") for title in GROWING}
    for factor in factors:
        some = [row for row in rows(VENUE, base.times(factor)) if row.title in GROWING]
        for row in some:
            del row.work["ccxt"], row.work["floor"]
        measure(some, rounds=3, seconds=0.2)
        for row in some:
            grown[row.title].points.append((row.each, row.one("ours") * row.each))
    yield from grown.values()
    over = Curve("an order over several venues", "venues")
    for count in venues:
        row = decision(count)
        measure([row], rounds=3, seconds=0.2)
        over.points.append((count, row.one("ours")))
    yield over
    for name in transports():
        yield asyncio.run(_at_once(name, at_once))


async def _at_once(name: str, numbers: tuple[int, ...]) -> Curve:
    curve = Curve(f"requests at once, {name}", "at once")
    with serving(VENUE) as url:
        exchange = ours_async(VENUE, open_async(name, Timeouts(connect=60)), url=url)
        await exchange.load_markets()
        for count in numbers:
            each = []
            for _ in range(3):
                began = time.process_time()
                await asyncio.gather(*(exchange.fetch_ticker(SYMBOL) for _ in range(count)))
                each.append(time.process_time() - began)
            curve.points.append((count, median(each) * 1e6))
        await exchange.aclose()
    return curve
