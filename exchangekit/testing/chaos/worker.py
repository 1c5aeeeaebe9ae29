"""One worker: reconciles, then goes on with the orders of its list that are not finished.

``python -m exchangekit.testing.chaos.worker FOLDER NUMBER``. Even numbers are async, with many
orders at once on one loop; odd ones sync, with as many threads. The journals are in the folder of
`EXCHANGEKIT_STATE_DIR`, one a venue, for all workers together.
"""

from __future__ import annotations

import asyncio
import os
import sys
import threading
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from exchangekit.errors import ExchangeKitError
from exchangekit.exchange import Exchange, SyncExchange
from exchangekit.models.recovery import Reconciled
from exchangekit.testing.chaos.brief import Brief
from exchangekit.testing.chaos.caller import Lost, steps
from exchangekit.testing.chaos.making import exchanges, sync_exchanges
from exchangekit.testing.chaos.notes import Notes
from exchangekit.testing.chaos.plan import Planned

T = TypeVar("T")

AT_ONCE = 32
_MOST_LOOKS = 10


def work(folder: Path, number: int) -> None:
    """Everything that worker `number` has to do, or what is left of it."""
    brief = Brief.load(folder)
    notes = Notes(folder, number)
    orders = brief.orders_of(number)
    if number % 2:
        _work_sync(brief, notes, orders)
    else:
        asyncio.run(_work_async(brief, notes, orders))


async def _work_async(brief: Brief, notes: Notes, orders: tuple[Planned, ...]) -> None:
    lost: Lost = {}
    desk = exchanges(brief, notes, lost)
    left = iter(orders)

    async def clerk() -> None:
        for order in left:
            await _one_async(desk[order.venue], order, notes, lost)

    try:
        for exchange in _reconciling(brief, desk):
            for _ in range(_MOST_LOOKS):
                try:
                    found = await exchange.reconcile()
                except ExchangeKitError as problem:
                    notes.write("", "not reconciled", why=str(problem))
                    continue
                if _all_known(found, notes):
                    break
        await asyncio.gather(*(clerk() for _ in range(AT_ONCE)))
    finally:
        for exchange in desk.values():
            await exchange.aclose()


async def _one_async(exchange: Exchange, order: Planned, notes: Notes, lost: Lost) -> None:
    flow = steps(order, notes, lost)
    try:
        ask = next(flow)
        while True:
            try:
                answer = await (asyncio.sleep(ask) if isinstance(ask, float) else ask(exchange))
            except ExchangeKitError as problem:
                ask = flow.throw(problem)
            else:
                ask = flow.send(answer)
    except StopIteration:
        return


def _work_sync(brief: Brief, notes: Notes, orders: tuple[Planned, ...]) -> None:
    lost: Lost = {}
    desk = sync_exchanges(brief, notes, lost)
    try:
        for exchange in _reconciling(brief, desk):
            for _ in range(_MOST_LOOKS):
                try:
                    found = exchange.reconcile()
                except ExchangeKitError as problem:
                    notes.write("", "not reconciled", why=str(problem))
                    continue
                if _all_known(found, notes):
                    break
        with ThreadPoolExecutor(AT_ONCE) as clerks:
            done = [
                clerks.submit(_one_sync, desk[order.venue], order, notes, lost) for order in orders
            ]
        for one in done:
            one.result()
    finally:
        for exchange in desk.values():
            exchange.close()


def _one_sync(exchange: SyncExchange, order: Planned, notes: Notes, lost: Lost) -> None:
    flow = steps(order, notes, lost)
    try:
        ask = next(flow)
        while True:
            try:
                if isinstance(ask, float):
                    time.sleep(ask)
                answer = None if isinstance(ask, float) else ask(exchange)
            except ExchangeKitError as problem:
                ask = flow.throw(problem)
            else:
                ask = flow.send(answer)
    except StopIteration:
        return


def _reconciling(brief: Brief, desk: Mapping[str, T]) -> tuple[T, ...]:
    """Who reconciles: one failover does it for all venues, since they share their journals."""
    return tuple(desk.values())[: 1 if brief.size.failover else None]


def _all_known(found: tuple[Reconciled, ...], notes: Notes) -> bool:
    for one in found:
        name = getattr(one.request, "client_order_id", None) or ""
        notes.write(name, "reconciled", known=one.is_known, verdict=one.verdict)
    return all(one.is_known for one in found)


def _end_with_the_parent() -> None:
    """A run that is gone, however it ended, leaves no workers behind."""

    def watch() -> None:
        os.read(0, 1)  # not through sys.stdin, whose lock the end of the interpreter wants
        os._exit(1)

    threading.Thread(target=watch, name="watch", daemon=True).start()


if __name__ == "__main__":
    _end_with_the_parent()
    work(Path(sys.argv[1]), int(sys.argv[2]))
