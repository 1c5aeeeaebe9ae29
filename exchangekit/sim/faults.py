"""Making a venue misbehave at an exact point: the rules, how they match, and what each does.

A rule says which requests it is for and what happens to them. Rules are judged in the order they
were given and all that match apply (a delay and a drop together, say). The control interface under
``/_sim/`` is never affected. `docs/sim-control.md` describes every action for users.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal, InvalidOperation
from fnmatch import fnmatchcase
from typing import Final, Literal, get_args

Action = Literal[
    "refuse", "delay", "drop", "status", "maintenance", "code", "reply", "html", "empty",
    "non_utf8", "huge", "deep", "truncate", "drip", "clock", "lag", "partial",
]  # fmt: skip
# before: nothing of the request was carried out; after: all of it was. For delays: on the way in
# (arrival), between all checks and acceptance, or on the way out (reply).
Moment = Literal["before", "after", "arrival", "acceptance", "reply"]

_MOMENTS: Final[Mapping[str, tuple[Moment, ...]]] = {
    "delay": ("reply", "arrival", "acceptance"),
    "refuse": ("before",),
    "truncate": ("after",),
    "drip": ("after",),
    "clock": ("before",),
    "lag": ("before",),
    "partial": ("acceptance",),
}
_BEFORE_OR_AFTER: Final[tuple[Moment, ...]] = ("before", "after")
HUGE: Final = 50_000_000
DEEP: Final = 100_000


BESIDE: Final = frozenset({"clock", "lag", "refuse"})
"""Actions that spoil no reply themselves: the request goes on its way."""


class BadRule(ValueError):
    """A fault rule that means nothing; the message says which field and why."""


@dataclass(slots=True)
class FaultRule:
    """One rule. `method`, `path`, `operation` may hold ``*`` and ``?``; None matches all.

    It fires from the `nth` matching request on, `count` times (0: until deleted).
    """

    action: Action
    method: str | None = None
    path: str | None = None
    operation: str | None = None
    nth: int = 1
    count: int = 1
    at: Moment | None = None
    seconds: float = 0.0
    status: int | None = None
    code: str | None = None
    message: str | None = None
    body: str | None = None
    content_type: str = "application/json"
    size: int = 0
    reset: bool = False
    fraction: Decimal = Decimal("0.5")
    offset_ms: int = 0
    drift_ppm: int = 0
    seen: int = field(default=0, init=False)
    fired: int = field(default=0, init=False)

    @property
    def moment(self) -> Moment:
        """When it strikes: `at`, or the action's usual moment."""
        return self.at or _MOMENTS.get(self.action, _BEFORE_OR_AFTER)[0]

    @property
    def at_acceptance(self) -> bool:
        return self.moment == "acceptance"

    def concerns(self, method: str, path: str, operation: str) -> bool:
        """Whether a request is one this rule is for, leaving `nth` and `count` aside."""
        return (
            (self.method is None or self.method.upper() == method)
            and (self.path is None or fnmatchcase(path, self.path))
            and (self.operation is None or fnmatchcase(operation, self.operation))
        )

    @property
    def spent(self) -> bool:
        return bool(self.count) and self.fired >= self.count

    def fire(self) -> bool:
        """Count a matching request; whether the rule strikes it."""
        self.seen += 1
        if self.seen < self.nth or self.spent:
            return False
        self.fired += 1
        return True

    def describe(self) -> dict[str, object]:
        """The rule as JSON, with how often it matched and struck."""
        shown: dict[str, object] = {}
        for item in fields(self):
            value = getattr(self, item.name)
            if item.name == "at":
                value = self.moment
            if value is not None:
                shown[item.name] = Decimal(str(value)) if isinstance(value, float) else value
        shown["fraction"] = format(self.fraction, "f")
        return shown


_KINDS: Final[Mapping[str, type | tuple[type, ...]]] = {
    "method": str, "path": str, "operation": str, "nth": int, "count": int, "at": str,
    "seconds": (int, float), "status": int, "code": (str, int), "message": str, "body": str,
    "content_type": str, "size": int, "reset": bool, "fraction": (str, int, float),
    "offset_ms": int, "drift_ppm": int, "action": str,
}  # fmt: skip


def parse_rule(raw: object) -> FaultRule:
    """A rule from decoded JSON. Raises `BadRule`."""
    if not isinstance(raw, dict):
        raise BadRule(f"a fault rule is a JSON object, not {raw!r}")
    for name, value in raw.items():
        kind = _KINDS.get(name)
        if kind is None:
            raise BadRule(f"unknown field {name!r}; known are {', '.join(sorted(_KINDS))}")
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise BadRule(f"{name} is {value!r}: wrong type")
    if raw.get("action") not in get_args(Action):
        raise BadRule(f"action is {raw.get('action')!r}; known are {', '.join(get_args(Action))}")
    given = dict(raw)
    if "code" in given:
        given["code"] = str(given["code"])
    if "fraction" in given:
        given["fraction"] = _fraction(given["fraction"])
    rule = FaultRule(**given)
    _check(rule)
    return rule


def _fraction(value: object) -> Decimal:
    try:
        fraction = Decimal(str(value))
    except InvalidOperation:
        raise BadRule(f"fraction is {value!r}: not a number") from None
    if not 0 < fraction <= 1:
        raise BadRule(f"fraction is {value!r}: above 0 and at most 1")
    return fraction


def _check(rule: FaultRule) -> None:
    moments = _MOMENTS.get(rule.action, _BEFORE_OR_AFTER)
    if rule.at is not None and rule.at not in moments:
        raise BadRule(f"{rule.action} strikes at {' or '.join(moments)}, not {rule.at!r}")
    if rule.nth < 1 or rule.count < 0 or rule.seconds < 0 or rule.size < 0:
        raise BadRule("nth begins at 1; count, seconds and size are not negative")
    if rule.action in ("delay", "drip", "lag") and not rule.seconds:
        raise BadRule(f"{rule.action} needs seconds")
    if rule.action == "status" and not 400 <= (rule.status or 0) <= 599:
        raise BadRule("status needs a status from 400 to 599")
    if rule.action == "code" and not rule.code:
        raise BadRule("code needs a code of the venue")
    if rule.action == "reply" and rule.body is None:
        raise BadRule("reply needs a body")


class Faults:
    """The rules in force."""

    def __init__(self) -> None:
        self._rules: list[FaultRule] = []

    def add(self, rules: Iterable[FaultRule]) -> None:
        self._rules.extend(rules)

    def clear(self) -> None:
        self._rules.clear()

    def all(self) -> list[FaultRule]:
        return list(self._rules)

    def striking(self, method: str, path: str, operation: str) -> list[FaultRule]:
        """The rules that strike this request, counted as fired; those at acceptance apart."""
        return [
            rule
            for rule in self._rules
            if not rule.at_acceptance
            and rule.action != "refuse"
            and rule.concerns(method, path, operation)
            and rule.fire()
        ]

    def refusing(self, method: str, path: str, operation: str) -> bool:
        """Whether a rule refuses this request, of which only the head is known."""
        return any(
            rule.fire()
            for rule in self._rules
            if rule.action == "refuse" and rule.concerns(method, path, operation)
        )

    def may_strike_acceptance(self, method: str, path: str, operation: str) -> bool:
        """Whether accepting this request might be delayed (it then runs apart from the others)."""
        return any(
            rule.action == "delay" and rule.at_acceptance and not rule.spent
            and rule.concerns(method, path, operation)
            for rule in self._rules
        )  # fmt: skip

    def striking_acceptance(self, method: str, path: str, operation: str) -> list[FaultRule]:
        """The rules that strike the acceptance of this request, counted as fired."""
        return [
            rule
            for rule in self._rules
            if rule.at_acceptance and rule.concerns(method, path, operation) and rule.fire()
        ]
