"""The interface between drivers and whatever moves bytes.

A transport is handed a finished request, which carries its address, and gives back status, headers
and body. It must send the target byte for byte (`Outgoing.target` is what was signed), must not
follow redirects, and raises `TransportFailure` saying whether a byte may have reached the venue.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from math import isfinite
from typing import Protocol

from exchangekit.adapter.request import Outgoing, Reply
from exchangekit.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds: to connect, to wait for the next bytes, for one attempt, and for one request with
    its waits and retries. Raises ConfigurationError unless all are above 0."""

    connect: float = 5.0
    read: float = 10.0
    attempt: float = 15.0
    total: float = 30.0

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if not isinstance(value, (int, float)) or not isfinite(value) or value <= 0:
                raise ConfigurationError(
                    f"the timeout {field.name} is {value!r}, expected seconds above 0"
                )


class AsyncTransport(Protocol):
    """What `connect(transport=...)` takes."""

    @property
    def name(self) -> str: ...

    async def send(self, outgoing: Outgoing, timeout: float) -> Reply: ...

    async def aclose(self) -> None: ...


class SyncTransport(Protocol):
    """What `connect_sync(transport=...)` takes. May be used from several threads."""

    @property
    def name(self) -> str: ...

    def send(self, outgoing: Outgoing, timeout: float) -> Reply: ...

    def close(self) -> None: ...
