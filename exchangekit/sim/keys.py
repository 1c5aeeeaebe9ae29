"""API keys of the simulated venue: secrets, passphrases, permissions and allowed addresses.

Checking them is the dialect's part, since each venue refuses with codes of its own.
"""

from __future__ import annotations

import base64
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Literal

from exchangekit.sim.public_keys import read_public_key

Permission = Literal["read", "trade", "withdraw"]


@dataclass(slots=True)
class ApiKey:
    """One key of one account. `ips` empty: any address; `expires` 0: it never ends. Its repr shows
    no secret.

    A key that was made by uploading a public key (PEM) has no secret: the venue verifies with that
    one. Raises ValueError for what is no public key.
    """

    key: str
    secret: str = field(repr=False)
    account: str
    passphrase: str | None = field(default=None, repr=False)
    permissions: frozenset[Permission] = frozenset({"read", "trade"})
    ips: frozenset[str] = frozenset()
    label: str = "default"
    created: int = 0
    expires: int = 0
    public_key: str | None = None

    def __post_init__(self) -> None:
        if self.public_key is not None:
            read_public_key(self.public_key)

    @property
    def kind(self) -> str:
        """``hmac``, or what kind of public key it is."""
        return "hmac" if self.public_key is None else read_public_key(self.public_key).kind

    def verifies(self, signature: bytes, message: bytes) -> bool:
        """Whether it was made with the private half; never, where there is only a secret."""
        return self.public_key is not None and read_public_key(self.public_key).verifies(
            signature, message
        )

    def has_signed(self, signature: str, message: bytes, kinds: Collection[str]) -> bool:
        """Whether `signature` is base64 that this key verifies, where it is of one of `kinds`."""
        try:
            raw = base64.b64decode(signature, validate=True)
        except ValueError:
            return False
        return self.kind in kinds and self.verifies(raw, message)

    def may(self, permission: Permission) -> bool:
        return permission in self.permissions

    def allows(self, ip: str) -> bool:
        return not self.ips or ip in self.ips

    def has_ended(self, now: int) -> bool:
        return 0 < self.expires <= now


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
