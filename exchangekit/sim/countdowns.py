"""Dead man's switches: which run, and which have come to their end.

Nothing runs in the background. Whoever looks at the exchange lets what has ended by then happen
first, at the moment when it ended.
"""

from __future__ import annotations

from dataclasses import dataclass

from exchangekit.sim.orders import Order


@dataclass(frozen=True, slots=True)
class Ended:
    """A switch that nobody has renewed in time: what it is for, and when it ended (ms)."""

    at: int
    account: str
    tag: str

    def fits(self, order: Order) -> bool:
        """Whether it is for this order of its account: all, or those of its tag."""
        return not self.tag or order.tag.get("tag") == self.tag


class Countdowns:
    """The switches of all accounts, at most one for each tag of an account ("" is for all)."""

    def __init__(self) -> None:
        self._running: dict[tuple[str, str], int] = {}

    def set(self, account: str, tag: str, at: int | None) -> None:
        """Let it end `at` that moment (ms); None: not at all."""
        if at is None:
            self._running.pop((account, tag), None)
        else:
            self._running[account, tag] = at

    def tagged(self, account: str, but: str) -> int:
        """How many run for a tag of this account, another one than `but`."""
        return sum(owner == account and tag not in ("", but) for owner, tag in self._running)

    def ended(self, now: int) -> list[Ended]:
        """Those that have ended by `now`, the earliest first. They run no more."""
        if not self._running:
            return []
        found = sorted((at, *name) for name, at in self._running.items() if at <= now)
        for _, account, tag in found:
            del self._running[account, tag]
        return [Ended(*one) for one in found]
