"""Running toy exchanges: the same test body against the sync and the async one."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator
from typing import Any, TypeVar

from exchangekit import Exchange, SyncExchange, connect, connect_sync
from support.toy import AsyncToy, Script, SyncToy, toy_keys

T = TypeVar("T")

# Each script is a venue of its own: what a journal knows of the last one would be wrong here.
TOY: dict[str, Any] = {"env_file": None, "journal": None, "resolve": False}


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(coroutine)


def sync_toy(script: Script | None = None, *, keys: bool = True, **options: Any) -> SyncExchange:
    """A sync toy exchange that is answered by `script`."""
    given = {**TOY, "transport": SyncToy(script or Script())}
    return connect_sync("toy", **{**given, **(toy_keys() if keys else {}), **options})


def async_toy(script: Script | None = None, *, keys: bool = True, **options: Any) -> Exchange:
    """An async toy exchange that is answered by `script`."""
    given = {**TOY, "transport": AsyncToy(script or Script())}
    return connect("toy", **{**given, **(toy_keys() if keys else {}), **options})


class Either:
    """A toy exchange called in one way whichever kind it is: ``either.call("fetch_time")``."""

    def __init__(self, kind: str, script: Script | None = None, **options: Any) -> None:
        self.kind = kind
        self.script = script or Script()
        self.options = options

    def call(self, operation: str, *args: Any, **kwargs: Any) -> Any:
        """One operation on a fresh connection; iterators are drained into a list."""
        if self.kind == "sync":
            with sync_toy(self.script, **self.options) as exchange:
                result = getattr(exchange, operation)(*args, **kwargs)
                return list(result) if isinstance(result, Iterator) else result

        async def inside() -> Any:
            async with async_toy(self.script, **self.options) as exchange:
                result = getattr(exchange, operation)(*args, **kwargs)
                if hasattr(result, "__aiter__"):
                    return [item async for item in result]
                return await result

        return run(inside())
