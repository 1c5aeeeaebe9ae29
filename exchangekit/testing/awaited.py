"""An async exchange that sync code can use, so that one check fits both kinds."""

from __future__ import annotations

import asyncio
import inspect
from typing import Any

from exchangekit.exchange import Exchange


class Awaited:
    """Every call of the async `inner` is run to its end, on one loop."""

    def __init__(self, exchange: Exchange, runner: asyncio.Runner) -> None:
        self.inner = exchange
        self._runner = runner

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.inner, name)
        if not callable(found):
            return found

        def call(*args: Any, **kwargs: Any) -> Any:
            made = found(*args, **kwargs)
            if inspect.isasyncgen(made):
                return self._runner.run(_collected(made))
            return self._runner.run(made) if inspect.iscoroutine(made) else made

        return call

    def __repr__(self) -> str:
        return repr(self.inner)


async def _collected(items: Any) -> list[Any]:
    return [item async for item in items]
