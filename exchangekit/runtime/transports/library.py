"""The half of a transport that differs: one HTTP library, told in terms that the guard knows.

Whoever brings another library writes this half and nothing more. A *trip* is one request and its
reply: made by ``prepare``, which sends nothing, shown to the guard as it will stand on the wire,
opened, read piece by piece, ended. The library

- sends the request once, by HTTP/1.1: no redirect is followed, nothing is sent again, no header is
  added but Content-Length and ``Connection: keep-alive``;
- gives the body as it came, compressed as it is;
- keeps turns: a connection on which anything came beyond a reply, or before a request, is closed
  and not used for another (`turns.Turns` reads along and tells);
- keeps to the pace: a blocking library asks ``pace.step()`` how long its next step may take. A step
  of an async one is broken off by the guard, unless the library says of itself ``keeps_pace``;
- says ``sent`` before it hands over the first byte of the request, and wherever it cannot know.

What is raised in `trouble`'s terms is put in words by the guard. What is not counts as sent.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Protocol

from exchangekit.runtime.transports.inflate import Bounded

MAX_CONNECTIONS = 100
KEPT_SECONDS = 50.0
"""How long an idle connection waits for its next request. Load balancers in front of venues usually
close theirs after 60 s, and a request that crosses that moment is lost with its outcome unknown: so
we close first. httpx's own 5 s would cost a handshake before almost every order."""


@dataclass(frozen=True, slots=True)
class Wire:
    """A request as it stands on the wire. ``url`` is scheme, host, port (where it is not the
    scheme's own) and target, byte for byte."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def __repr__(self) -> str:
        # The rest of the address and the headers hold the signature and the key.
        return f"<{self.method} {self.url.partition('?')[0]}>"


@dataclass(slots=True)
class Pace:
    """Seconds to connect and to wait for the next bytes; ``end``, on `time.monotonic`, is when the
    whole request must be over."""

    connect: float
    read: float
    end: float

    def step(self) -> float:
        """Seconds for the next step. Raises TimeoutError when none are left."""
        left = self.end - time.monotonic()
        if left <= 0:
            raise TimeoutError("no time left")
        return min(self.read, left)


@dataclass(slots=True)
class Head:
    """Status and headers of a reply, before its body. ``body`` is the whole of it where that has
    come along with the head; then there is nothing to `read`."""

    status: int
    headers: Sequence[tuple[str, str]] | Bounded
    body: bytes | None = None


class Trouble(Enum):
    """What a library's exception means."""

    BROKEN = auto()
    """No connection, or one that broke."""
    TIMEOUT = auto()
    """A step took too long."""
    CROWDED = auto()
    """No connection became free in time."""
    PROXY = auto()
    """The proxy refused."""


class SyncTrip(Protocol):
    """One request and its reply."""

    @property
    def wire(self) -> Wire:
        """What the library is about to send, taken from its own request."""

    @property
    def sent(self) -> bool:
        """Whether a byte of the request may have left. A proxy that is asked for a tunnel has not
        seen the request."""

    def open(self) -> Head:
        """Send the request and wait for the head of its reply."""

    def read(self) -> bytes | None:
        """The next piece of the body; None at its end."""

    def end(self, *, keep: bool) -> None:
        """The connection waits for the next request, or is closed. Called once after `open`,
        whatever came of it."""


class AsyncTrip(Protocol):
    """As `SyncTrip`."""

    @property
    def wire(self) -> Wire: ...

    @property
    def sent(self) -> bool: ...

    async def open(self) -> Head: ...

    async def read(self) -> bytes | None: ...

    async def end(self, *, keep: bool) -> None: ...


class SyncLibrary(Protocol):
    """A blocking HTTP library with its connections. May be used from several threads."""

    @property
    def name(self) -> str: ...

    def prepare(self, wanted: Wire, pace: Pace) -> SyncTrip:
        """A trip for `wanted`. Opens no connection; what it raises means that the request can
        never be sent."""

    def trouble(self, problem: Exception) -> Trouble | None:
        """What `problem` means; None if it is not one of the library's own."""

    def close(self) -> None: ...

    def after_fork(self) -> None:
        """In a child process: no connection of the parent's is used, nor ended for the parent."""


class AsyncLibrary(Protocol):
    """As `SyncLibrary`, for asyncio."""

    @property
    def name(self) -> str: ...

    def prepare(self, wanted: Wire, pace: Pace) -> AsyncTrip:
        """As of a `SyncLibrary`. It may be asked in one loop after another, and in several at once:
        a library that belongs to one loop raises TransportFailure in any other."""

    def trouble(self, problem: Exception) -> Trouble | None: ...

    async def aclose(self) -> None: ...

    def after_fork(self) -> None: ...
