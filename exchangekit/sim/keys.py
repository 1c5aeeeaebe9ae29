"""API keys of the simulated venue: secrets, passphrases, permissions and allowed addresses.

Checking them is the dialect's part, since each venue refuses with codes of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

Permission = Literal["read", "trade", "withdraw"]


@dataclass(slots=True)
class ApiKey:
    """One key of one account. `ips` empty: any address. Its repr shows no secret."""

    key: str
    secret: str = field(repr=False)
    account: str
    passphrase: str | None = field(default=None, repr=False)
    permissions: frozenset[Permission] = frozenset({"read", "trade"})
    ips: frozenset[str] = frozenset()
    label: str = "default"
    created: int = 0

    def may(self, permission: Permission) -> bool:
        return permission in self.permissions

    def allows(self, ip: str) -> bool:
        return not self.ips or ip in self.ips


def permissions_of(names: Iterable[str]) -> frozenset[Permission]:
    """Names as permissions. Raises `ValueError` for one that does not exist."""
    found: set[Permission] = set()
    for name in names:
        match name:
            case "read" | "trade" | "withdraw":
                found.add(name)
            case _:
                raise ValueError(f"{name!r} is no permission: read, trade, withdraw")
    return frozenset(found)


class KeyRing:
    """The venue's keys by their public part."""

    def __init__(self) -> None:
        self._keys: dict[str, ApiKey] = {}

    def add(self, key: ApiKey) -> None:
        self._keys[key.key] = key

    def remove(self, key: str) -> None:
        self._keys.pop(key, None)

    def find(self, key: str) -> ApiKey | None:
        return self._keys.get(key)

    def all(self) -> list[ApiKey]:
        return list(self._keys.values())
