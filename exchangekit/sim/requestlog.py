"""What really arrived: every request as it came, what became of it, and no secret of anyone."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from exchangekit.sim.http import RawRequest

REDACTED: Final = "[redacted]"
_KEPT: Final = 20_000
_SECRET_HEADER: Final = re.compile(r"key|sign|passphrase|secret|auth|token|cookie", re.IGNORECASE)


@dataclass(slots=True)
class LoggedRequest:
    """`accepted`: the ledger took an order or a cancel. `orders`: venue ids it made or ended.
    `over_limit`: the venue refused it for one of its limits, whatever status it then said.

    `outcome`: ``handled``, ``aborted`` (no full reply went out) or the faults that struck.
    """

    number: int
    request: RawRequest
    operation: str
    arrived: int
    accepted: bool = False
    orders: list[str] = field(default_factory=list)
    outcome: str = "open"
    status: int | None = None
    over_limit: bool = False


class RequestLog:
    """The newest requests, oldest first."""

    def __init__(self) -> None:
        self._entries: deque[LoggedRequest] = deque(maxlen=_KEPT)
        self._count = 0

    def add(self, request: RawRequest, operation: str, arrived: int) -> LoggedRequest:
        self._count += 1
        entry = LoggedRequest(self._count, request, operation, arrived)
        self._entries.append(entry)
        return entry

    def clear(self) -> None:
        self._entries.clear()

    def describe(self, secrets: Iterable[str]) -> list[dict[str, object]]:
        """The log as JSON; header values that are or hold secrets are left out."""
        hidden = [secret for secret in secrets if secret]
        return [_describe(entry, hidden) for entry in self._entries]


def _describe(entry: LoggedRequest, secrets: list[str]) -> dict[str, object]:
    request = entry.request
    return {
        "number": entry.number,
        "method": request.method,
        "target": _hide(request.target.decode("latin-1"), secrets),
        "operation": entry.operation,
        "headers": [
            [
                name.decode("latin-1"),
                REDACTED
                if _SECRET_HEADER.search(name.decode("latin-1"))
                else _hide(value.decode("latin-1"), secrets),
            ]
            for name, value in request.headers
        ],
        "body": _hide(request.body.decode("utf-8", "replace"), secrets),
        "ip": request.ip,
        "arrived": entry.arrived,
        "received": request.received,
        "accepted": entry.accepted,
        "orders": list(entry.orders),
        "outcome": entry.outcome,
        "status": entry.status,
        "over_limit": entry.over_limit,
    }


def _hide(text: str, secrets: list[str]) -> str:
    for secret in secrets:
        text = text.replace(secret, REDACTED)
    return text
