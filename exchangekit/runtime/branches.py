"""Flows side by side, each on its own driver: all of them, or the first that answers.

Async they are tasks of one loop, which end with the one that waits for them. Sync they are threads:
one that is given up ends by itself, since nothing can break off a thread.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Sequence
from typing import Any

from exchangekit.runtime.effects import First, On, Together

Ended = tuple[int, Any]


async def first_async(effect: First) -> list[Any]:
    """Carry out `First` on asyncio."""
    told: list[Any] = [None] * len(effect.branches)
    running: dict[asyncio.Task[Any], int] = {}
    waiting = list(enumerate(effect.branches))
    try:
        while waiting or running:
            if waiting:
                number, one = waiting.pop(0)
                running[asyncio.create_task(one.driver.run(one.flow))] = number
            timeout = effect.after if waiting else None
            ended, _ = await asyncio.wait(
                running, timeout=timeout, return_when=asyncio.FIRST_COMPLETED
            )
            for task in ended:
                told[running.pop(task)] = _outcome(task)
            if any(_answered(told[number]) for number in range(len(told))):
                break
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
    return told


def _outcome(task: asyncio.Task[Any]) -> Any:
    if task.cancelled():
        return asyncio.CancelledError()
    return task.exception() or task.result()


def _answered(one: Any) -> bool:
    return one is not None and not isinstance(one, BaseException)


def together(effect: Together) -> list[Any]:
    """Carry out `Together` on threads; the last flow runs on this one."""
    *others, last = effect.branches
    told: queue.SimpleQueue[Ended] = queue.SimpleQueue()
    for number, one in enumerate(others):
        _start(told, number, one)
    results: list[Any] = [None] * len(effect.branches)
    try:
        results[-1] = last.driver.run(last.flow)
    except Exception as problem:
        results[-1] = problem
    for _ in others:
        number, result = told.get()
        results[number] = result
    return results


def first(effect: First) -> list[Any]:
    """Carry out `First` on threads."""
    results: list[Any] = [None] * len(effect.branches)
    told: queue.SimpleQueue[Ended] = queue.SimpleQueue()
    waiting: Sequence[tuple[int, On]] = list(enumerate(effect.branches))
    running = 0
    while waiting or running:
        if waiting:
            (number, one), *waiting = waiting
            _start(told, number, one)
            running += 1
        try:
            number, result = told.get(timeout=effect.after if waiting else None)
        except queue.Empty:
            continue
        running -= 1
        results[number] = result
        if _answered(result):
            break
    return results


def _start(told: queue.SimpleQueue[Ended], number: int, one: On) -> None:
    # A daemon: neither closing nor the end of the program waits for it.
    threading.Thread(
        target=lambda: told.put((number, _run(one))), name="exchangekit", daemon=True
    ).start()


def _run(one: On) -> Any:
    try:
        return one.driver.run(one.flow)
    except BaseException as problem:
        return problem
