"""Running the strategy on simulated venues, one after the other, async and then sync.

Before each run the prices are moved to where the signals expect them, and the venue is told to
lose the answer to one order: the strategy must find out what became of it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from exchangekit.cli.demo import signal_strategy as strategy
from exchangekit.cli.demo.comparing import Comparison, compare_balances, compare_orders
from exchangekit.cli.demo.ledger import Ledger
from exchangekit.cli.demo.signal_strategy import Report, Signal
from exchangekit.connect import connect, connect_sync
from exchangekit.hookspecs import OrderEvent, hookimpl
from exchangekit.journal import Journal
from exchangekit.models.markets import Markets
from exchangekit.sim import CATALOGUE, run_venues

PATIENCE = 0.6
"""Seconds the strategy waits for an order before it cancels it."""
LOST = 2
"""Which order's answer gets lost."""
FOUND = "the answer got lost, the order was found"
KEYS: dict[str, Any] = {
    "api_key": "strategy-key",
    "secret": "strategy-secret",
    "passphrase": "strategy-passphrase",
}

Run = Callable[[str, str, Sequence[Signal], Journal], list[Report]]


def trade_on_simulated_venues(
    dialects: Sequence[Any], signals: Sequence[Signal], seed: int
) -> Iterator[Comparison]:
    """A comparison for each run, as soon as it has ended."""
    # The journal of a demo is nothing that the user's own should hold.
    with (
        TemporaryDirectory(prefix="exchangekit-demo-") as folder,
        closing(Journal(Path(folder) / "demo.journal")) as journal,
        run_venues(
            dialects,
            key=KEYS["api_key"],
            secret=KEYS["secret"],
            passphrase=KEYS["passphrase"],
            seed=seed,
        ) as running,
    ):
        for venue, simulated in running.items():
            for variant, run in (("async", _run_async), ("sync", _run_sync)):
                yield _compared(venue, simulated.url, variant, run, signals, journal)


def let_prices_hold(ledger: Ledger, markets: Markets, signals: Sequence[Signal]) -> None:
    """Move the venue's prices to where the signals expect them."""
    for symbol in {signal.symbol for signal in signals}:
        market = markets.get(symbol)
        if market is not None:
            ledger.move_price(market.id, CATALOGUE[market.base].usd / CATALOGUE[market.quote].usd)


def _compared(
    venue: str,
    url: str,
    variant: str,
    run: Run,
    signals: Sequence[Signal],
    journal: Journal,
) -> Comparison:
    with Ledger(url) as ledger, connect_sync(venue, base_url=url, env_file=None) as reader:
        markets = reader.load_markets()
        let_prices_hold(ledger, markets, signals)
        known, before = ledger.orders(), ledger.totals()
        ledger.lose_answer(LOST)
        started = time.monotonic()
        reports = run(venue, url, signals, journal)
        seconds = time.monotonic() - started
        ledger.forgive()
        new = {name: order for name, order in ledger.orders().items() if name not in known}
        return Comparison(
            venue=venue,
            variant=variant,
            seconds=seconds,
            orders=compare_orders(reports, new, markets),
            balances=compare_balances(reports, before, ledger.totals()),
        )


def _run_async(venue: str, url: str, signals: Sequence[Signal], journal: Journal) -> list[Report]:
    async def work() -> list[Report]:
        async with (
            connect(
                venue,
                base_url=url,
                env_file=None,
                journal=journal,
                hooks=[found],
                **KEYS,
            ) as exchange,
            connect(venue, base_url=url, env_file=None) as prices,
        ):
            return await strategy.run(exchange, prices, signals, PATIENCE)

    found = _Found()
    return found.told(asyncio.run(work()))


def _run_sync(venue: str, url: str, signals: Sequence[Signal], journal: Journal) -> list[Report]:
    found = _Found()
    with (
        connect_sync(
            venue, base_url=url, env_file=None, journal=journal, hooks=[found], **KEYS
        ) as exchange,
        connect_sync(venue, base_url=url, env_file=None) as prices,
    ):
        return found.told(strategy.run_sync(exchange, prices, signals, PATIENCE))


class _Found:
    """Which orders the kit had to find out about."""

    def __init__(self) -> None:
        self._names: set[str | None] = set()

    @hookimpl
    def exchangekit_on_order_outcome(self, event: OrderEvent) -> None:
        if event.lost is not None and event.order is not None:
            self._names.add(event.order.client_order_id)

    def told(self, reports: list[Report]) -> list[Report]:
        for report in reports:
            if report.order is not None and report.order.client_order_id in self._names:
                report.reason = FOUND
        return reports
