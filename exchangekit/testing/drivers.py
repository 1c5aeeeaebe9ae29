"""Drivers that live in a `World`: fixed time, fixed random bytes, waits that take no time.

Everything else is the kit's own: the same flows, the same transports, the same bytes.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn, Protocol, TypeVar

from exchangekit.adapter.decode import utc
from exchangekit.adapter.request import Outgoing, Reply
from exchangekit.runtime.drivers import AsyncDriver, SyncDriver
from exchangekit.runtime.effects import Background, Effect, Entropy, Flow, Send, Sleep, Today
from exchangekit.runtime.journal import AsyncJournal, SyncJournal
from exchangekit.runtime.transports import AsyncTransport, SyncTransport
from exchangekit.testing.cassette import RequestNotRecorded
from exchangekit.testing.world import World

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Strike:
    """What happens to one request: `failure` is raised or `reply` comes instead of the venue's own,
    after the venue has taken it or `before` it leaves. ``late_ms`` holds it up on its way there.
    ``ends`` is called instead where the process ends at that moment."""

    failure: Exception | None = None
    reply: Reply | None = None
    before: bool = False
    late_ms: int = 0
    ends: Callable[[], NoReturn] | None = None


class Watcher(Protocol):
    """Who sees every request go out and come back, and may strike it."""

    def struck(self, outgoing: Outgoing) -> Strike | None: ...

    def came(self, outgoing: Outgoing, result: Reply | Exception) -> None: ...

    def translated(self, problem: Exception) -> Exception: ...


class _Fixed:
    """What both drivers answer in the same way."""

    world: World
    watcher: Watcher

    def _seconds(self) -> float:
        return self.world.seconds

    def fixed(self, effect: Effect) -> tuple[Any] | None:
        if isinstance(effect, Today):
            return (utc(self.world.ms),)
        if isinstance(effect, Entropy):
            return (self.world.entropy(effect.size),)
        if isinstance(effect, Sleep):
            self.world.sleep(effect.seconds, effect.why)
            return (None,)
        return None

    def ended(self, effect: Send, result: Reply | Exception) -> Exception | None:
        self.world.arrived()
        if isinstance(result, Exception):
            result = self.watcher.translated(result)
        self.watcher.came(effect.outgoing, result)
        return result if isinstance(result, Exception) else None


class FixedSyncDriver(_Fixed, SyncDriver):
    def __init__(
        self,
        transport: SyncTransport,
        world: World,
        watcher: Watcher,
        journal: SyncJournal | None = None,
    ) -> None:
        super().__init__(transport, journal)
        self.world = world
        self.watcher = watcher

    def run(self, flow: Flow[T]) -> T:
        return _honest(self.watcher, lambda: super(FixedSyncDriver, self).run(flow))

    def _carry_out(self, effect: Effect) -> Any:
        known = self.fixed(effect)
        if known is not None:
            return known[0]
        if isinstance(effect, Background):
            self._run_silently(effect.flow)
            return None
        if isinstance(effect, Send):
            return self._send(effect)
        return super()._carry_out(effect)

    def _send(self, effect: Send) -> Reply:
        self.world.departs()
        strike = self.watcher.struck(effect.outgoing)
        self.world.advance(strike.late_ms if strike else 0)
        result: Reply | Exception
        try:
            result = _instead(strike, before=True) or super()._carry_out(effect)
            result = _instead(strike, before=False) or result
        except Exception as problem:
            result = problem
        failure = self.ended(effect, result)
        if failure is not None:
            raise failure
        assert isinstance(result, Reply)
        return result


class FixedAsyncDriver(_Fixed, AsyncDriver):
    def __init__(
        self,
        transport: AsyncTransport,
        world: World,
        watcher: Watcher,
        journal: AsyncJournal | None = None,
    ) -> None:
        super().__init__(transport, journal)
        self.world = world
        self.watcher = watcher

    async def run(self, flow: Flow[T]) -> T:
        missed: RequestNotRecorded | None = None
        try:
            return await super().run(flow)
        except BaseException:
            missed = getattr(self.watcher, "missed", None)
            if missed is None:
                raise
        raise missed

    async def _carry_out(self, effect: Effect) -> Any:
        known = self.fixed(effect)
        if known is not None:
            return known[0]
        if isinstance(effect, Background):
            with contextlib.suppress(Exception):
                await self.run(effect.flow)
            return None
        if isinstance(effect, Send):
            return await self._send(effect)
        return await super()._carry_out(effect)

    async def _send(self, effect: Send) -> Reply:
        self.world.departs()
        strike = self.watcher.struck(effect.outgoing)
        self.world.advance(strike.late_ms if strike else 0)
        result: Reply | Exception
        try:
            result = _instead(strike, before=True) or await super()._carry_out(effect)
            result = _instead(strike, before=False) or result
        except Exception as problem:
            result = problem
        failure = self.ended(effect, result)
        if failure is not None:
            raise failure
        assert isinstance(result, Reply)
        return result


def _instead(strike: Strike | None, *, before: bool) -> Reply | None:
    if strike is None or strike.before is not before:
        return None
    if strike.ends is not None:
        strike.ends()
    if strike.failure is not None:
        raise strike.failure
    return strike.reply


def _honest(watcher: Watcher, run: Callable[[], T]) -> T:
    """`run`, but a request that is in no cassette is told as that, whatever the kit made of it."""
    missed: RequestNotRecorded | None = None
    try:
        return run()
    except BaseException:
        missed = getattr(watcher, "missed", None)
        if missed is None:
            raise
    raise missed
