"""Rate limit accounting in fixed windows, by address, key, account or endpoint.

A dialect lists `LimitRule`s; each `Route` names the rules it counts in and its weight. The count is
the venue's truth: dialects show it in headers (`Limiter.used`) and phrase the refusal.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

Scope = Literal["ip", "key", "account"]


@dataclass(frozen=True, slots=True)
class LimitRule:
    """`limit` weight per `window_ms`, counted per `scope`, and per endpoint if `per_endpoint`.

    `subject` in `Route.counts` picks rules by `name`. After `ban_after` refusals inside one
    window the scope is banned for `ban_ms` (0: this venue never bans).
    """

    name: str
    limit: int
    window_ms: int
    scope: Scope = "ip"
    per_endpoint: bool = False
    ban_after: int = 0
    ban_ms: int = 0


@dataclass(frozen=True, slots=True)
class Breach:
    """A request over a limit. `banned`: the venue says "go away" (HTTP 418), not "slow down"."""

    rule: LimitRule
    used: int
    retry_after_ms: int
    banned: bool = False
    until: int = 0


class Limiter:
    """Counts weights. `charge` counts first and then judges, as the venues do."""

    def __init__(self, rules: tuple[LimitRule, ...]) -> None:
        self._rules = {rule.name: rule for rule in rules}
        self._used: dict[tuple[str, str, str], tuple[int, int]] = {}
        self._refused: dict[tuple[str, str, str], tuple[int, int]] = {}
        self._banned: dict[tuple[str, str, str], int] = {}
        self.enabled = True

    def charge(
        self, name: str, subject: str, endpoint: str, weight: int, now: int
    ) -> Breach | None:
        """Count `weight`; a `Breach` when this request is over the limit or inside a ban."""
        rule = self._rules[name]
        slot = (name, subject, endpoint if rule.per_endpoint else "")
        window = now // rule.window_ms
        if not self.enabled:
            return None
        until = self._banned.get(slot, 0)
        if now < until:
            return Breach(rule, self._count(self._used, slot, window), until - now, True, until)
        used = self._count(self._used, slot, window) + weight
        self._used[slot] = (window, used)
        if used <= rule.limit:
            return None
        retry = (window + 1) * rule.window_ms - now
        refused = self._count(self._refused, slot, window) + 1
        self._refused[slot] = (window, refused)
        if rule.ban_after and refused > rule.ban_after:
            until = now + rule.ban_ms
            self._banned[slot] = until
            return Breach(rule, used, rule.ban_ms, True, until)
        return Breach(rule, used, retry)

    def used(self, name: str, subject: str, endpoint: str, now: int) -> int:
        """Weight used in the present window."""
        rule = self._rules[name]
        slot = (name, subject, endpoint if rule.per_endpoint else "")
        return self._count(self._used, slot, now // rule.window_ms)

    def counts(self, now: int) -> list[tuple[LimitRule, str, str, int]]:
        """Rule, subject, endpoint (or "") and weight used, of all that count in this window."""
        return [
            (rule, subject, endpoint, used)
            for (name, subject, endpoint), (window, used) in self._used.items()
            if window == now // (rule := self._rules[name]).window_ms
        ]

    def scope(self, name: str) -> Scope:
        """Whom a rule counts for."""
        return self._rules[name].scope

    def sizes(self) -> dict[str, int]:
        """How much each rule allows in its window, by the rule's name."""
        return {name: rule.limit for name, rule in self._rules.items()}

    def resize(self, name: str, limit: int) -> None:
        """Make a rule allow more or less from now on. Raises `ValueError` for no such rule."""
        if name not in self._rules:
            raise ValueError(f"no limit is called {name!r}; known are {', '.join(self._rules)}")
        if isinstance(limit, bool) or not isinstance(limit, int) or limit < 0:
            raise ValueError(f"the limit {name} is {limit!r}: not a whole number of 0 or more")
        self._rules[name] = replace(self._rules[name], limit=limit)

    def reset(self) -> None:
        """Forget every count and ban."""
        self._used.clear()
        self._refused.clear()
        self._banned.clear()

    @staticmethod
    def _count(
        counts: dict[tuple[str, str, str], tuple[int, int]],
        slot: tuple[str, str, str],
        window: int,
    ) -> int:
        at, used = counts.get(slot, (window, 0))
        return used if at == window else 0
