"""Counting requests the way venues count them, so that they need not refuse any.

Each counter is a sliding window: whatever the venue's own window is (fixed minute or rolling),
no more than the limit goes out in any span of that length. The last tenth of a window is kept for
changes, half of that for cancels; a request too heavy for what is left goes out when the window is
empty. Counters belong to an address or to an account and are shared by every connection of this
process that the venue counts together. A forked child begins with what its parent has counted, and
each counts for itself from then on.
"""

from __future__ import annotations

import threading
from bisect import insort
from collections import deque
from dataclasses import dataclass

from exchangekit.adapter.request import Cost, LimitScope
from exchangekit.runtime.effects import Flow, Now
from exchangekit.runtime.limits.base import Hold, Kind
from exchangekit.runtime.processes import of_one_process

_NOW = Now()
_SHORTEST_WAIT = 0.001
_KEPT = 10  # one part in so many


class _Window:
    __slots__ = ("entries", "limit", "paused_until", "seconds", "total")

    def __init__(self) -> None:
        self.entries: deque[tuple[float, int]] = deque()
        self.total = 0
        self.paused_until = 0.0
        self.limit = 0
        self.seconds = 0.0

    def expire(self, now: float) -> None:
        before = now - self.seconds
        while self.entries and self.entries[0][0] <= before:
            self.total -= self.entries.popleft()[1]

    def add(self, now: float, weight: int, seconds: float | None = None) -> None:
        if seconds is not None and seconds < self.seconds:
            insort(self.entries, (now + seconds - self.seconds, weight))
        else:
            self.entries.append((now, weight))
        self.total += weight

    def wait(self, cost: Cost, now: float, kind: Kind) -> float:
        if self.paused_until > now:
            return self.paused_until - now
        self.limit, self.seconds = limit, seconds = cost.limit, cost.seconds
        if self.entries and self.entries[0][0] <= now - seconds:
            self.expire(now)
        if cost.weight > limit:
            return seconds
        # Where the share leaves no room for so heavy a request, all others must have left.
        room = limit - _kept(limit, kind) - cost.weight
        excess = self.total - room if room > 0 else self.total
        if excess <= 0:
            return 0.0
        for when, weight in self.entries:
            excess -= weight
            if excess <= 0:
                return when + cost.seconds - now
        return cost.seconds


def _kept(limit: int, kind: Kind) -> int:
    """How much of a window a request of this kind leaves to more urgent ones."""
    if kind is Kind.CANCEL:
        return 0
    for_changes = (limit + _KEPT // 2) // _KEPT
    return for_changes if kind is Kind.READ else (for_changes + 1) // 2


class ScopeLimits:
    """The counters of one address or one account at one venue."""

    def __init__(self) -> None:
        self.windows: dict[str, _Window] = {}
        self.stopped_until = 0.0
        self.lock = threading.Lock()
        of_one_process(self)

    def after_fork(self) -> None:
        self.lock = threading.Lock()
        for window in self.windows.values():
            # Another thread may have been about to count.
            window.total = sum(weight for _, weight in window.entries)

    def window(self, counter: str) -> _Window:
        found = self.windows.get(counter)
        if found is None:
            found = self.windows[counter] = _Window()
        return found


_shared: dict[tuple[str, ...], ScopeLimits] = {}


def shared_limits(*key: str) -> ScopeLimits:
    """The limits under `key`, the same object for everybody who asks.

    Kept for the life of the process: the venue goes on counting (and banning) when a connection
    is closed and another one opened.
    """
    found = _shared.get(key)
    # In one step, so that two threads get the same; a lock could be held while the process forks.
    return _shared.setdefault(key, ScopeLimits()) if found is None else found


def forget_shared_limits() -> None:
    """Start counting anew, as a new process would: for tests that bring up venues of their own."""
    _shared.clear()


@dataclass(frozen=True, slots=True)
class Counted:
    """What has gone out of one counter: ``used`` of ``limit`` in the last ``seconds``. Nothing that
    weighs in it goes out for ``paused`` seconds more (0 where it is not paused)."""

    counter: str
    scope: LimitScope
    used: int
    limit: int
    seconds: float
    paused: float


class Limiter:
    """Counts. Reads no clock: ``now`` is the monotonic clock of this process, in seconds."""

    def __init__(self, ip: ScopeLimits, account: ScopeLimits) -> None:
        self._scopes = {LimitScope.IP: ip, LimitScope.ACCOUNT: account}
        self._ip, self._account = ip, account

    def reserve(self, costs: tuple[Cost, ...], now: float, kind: Kind) -> float:
        """0 when the request may go out (it is then counted), else the seconds to wait."""
        ip, account = self._ip, self._account
        with ip.lock, account.lock:
            stopped = max(ip.stopped_until, account.stopped_until)
            wait = stopped - now if stopped > now else 0.0
            reserved = []
            for cost in costs:
                scope = ip if cost.scope is LimitScope.IP else account
                window = scope.windows.get(cost.counter) or scope.window(cost.counter)
                its = window.wait(cost, now, kind)
                if its > wait:
                    wait = its
                reserved.append((window, cost.weight))
            if wait > 0:
                return max(wait, _SHORTEST_WAIT)
            for window, weight in reserved:
                window.add(now, weight)
        return 0.0

    def observe(
        self,
        counter: str,
        used: int,
        now: float,
        scope: LimitScope,
        seconds: float | None = None,
    ) -> None:
        """As `Limits.observe`."""
        limits = self._scopes[scope]
        with limits.lock:
            window = limits.window(counter)
            window.expire(now)
            if used > window.total:
                window.add(now, used - window.total, seconds)

    def pause(self, costs: tuple[Cost, ...], until: float) -> None:
        """The venue refused for these counters: nothing that weighs in them goes out until then."""
        for cost in costs:
            limits = self._scopes[cost.scope]
            with limits.lock:
                window = limits.window(cost.counter)
                window.paused_until = max(window.paused_until, until)

    def stop(self, scope: LimitScope, until: float) -> None:
        """A ban: nothing of this scope goes out until then."""
        limits = self._scopes[scope]
        with limits.lock:
            limits.stopped_until = max(limits.stopped_until, until)

    def counted(self, now: float) -> tuple[Counted, ...]:
        """Every counter that something was asked of, for whoever looks on."""
        told = []
        for scope, limits in self._scopes.items():
            with limits.lock:
                for name, window in limits.windows.items():
                    window.expire(now)
                    paused = max(0.0, window.paused_until - now)
                    told.append(
                        Counted(name, scope, window.total, window.limit, window.seconds, paused)
                    )
        return tuple(one for one in told if one.limit)

    def stopped_for(self, now: float) -> float:
        """For how many seconds nothing goes out at all; 0 where it does."""
        return max(0.0, *(scope.stopped_until - now for scope in self._scopes.values()))

    def is_stopped(self, now: float) -> bool:
        return any(scope.stopped_until > now for scope in self._scopes.values())


class LocalLimits:
    """The `Limits` of one process: its `Limiter` by this process's own clock."""

    def __init__(self, ip: ScopeLimits, account: ScopeLimits) -> None:
        self.counted = Limiter(ip, account)

    def reserve(self, costs: tuple[Cost, ...], kind: Kind) -> Flow[Hold | None]:
        now: float = yield _NOW
        return self.reserve_at(now, costs, kind)

    def reserve_at(self, now: float, costs: tuple[Cost, ...], kind: Kind) -> Hold | None:
        """`reserve` for whoever has just looked at the clock."""
        wait = self.counted.reserve(costs, now, kind)
        return Hold(wait, banned=self.counted.is_stopped(now)) if wait > 0 else None

    def observe(
        self, counter: str, used: int, scope: LimitScope, seconds: float | None = None
    ) -> Flow[None]:
        now: float = yield _NOW
        self.counted.observe(counter, used, now, scope, seconds)

    def pause(self, costs: tuple[Cost, ...], seconds: float) -> Flow[None]:
        now: float = yield _NOW
        self.counted.pause(costs, now + seconds)

    def stop(self, scope: LimitScope, seconds: float) -> Flow[None]:
        now: float = yield _NOW
        self.counted.stop(scope, now + seconds)
