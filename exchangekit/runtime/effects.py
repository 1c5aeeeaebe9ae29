"""What a flow may ask of the outside world, and nothing else.

A flow is a generator that yields effects and returns a result. Two drivers, one async and one
sync, carry the effects out; a test can carry them out by hand, step by step, with a fixed clock.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from exchangekit.adapter.request import Outgoing
from exchangekit.runtime.journal import Entry

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Send:
    """Send a finished request and wait for the whole reply, at most ``timeout`` seconds.

    Answers a `Reply` or raises `TransportFailure`.
    """

    outgoing: Outgoing
    timeout: float


@dataclass(frozen=True, slots=True)
class Sleep:
    """Wait; ``why`` is for whoever watches."""

    seconds: float
    why: str


@dataclass(frozen=True, slots=True)
class Now:
    """The monotonic clock, in seconds. Only differences mean anything."""


@dataclass(frozen=True, slots=True)
class Today:
    """This machine's own clock (UTC). It may be wrong, or be set: only where nothing better tells
    the time."""


@dataclass(frozen=True, slots=True)
class Entropy:
    """That many random bytes."""

    size: int


class Record:
    """Write `entry` into the journal and go on when it is written. Without a journal: go on, and
    what is only made when it is looked at (``later``) is never made."""

    __slots__ = ("_entry", "_later")

    def __init__(
        self, entry: Entry | None = None, *, later: Callable[[], Entry] | None = None
    ) -> None:
        self._entry = entry
        self._later = later

    @property
    def entry(self) -> Entry:
        if self._entry is None:
            assert self._later is not None
            self._entry = self._later()
        return self._entry

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Record) and self.entry == other.entry

    def __hash__(self) -> int:
        return hash(self.entry)

    def __repr__(self) -> str:
        return f"Record({self.entry!r})"


@dataclass(frozen=True, slots=True)
class Background:
    """Run a flow beside this one. Its errors are its own."""

    flow: Flow[None]


@dataclass(frozen=True, slots=True)
class Shared:
    """Run a flow once for everybody who asks under the same key at the same time.

    One driver may serve many venues: a key names venue, environment and account as well.
    """

    key: Hashable
    flow: Callable[[], Flow[Any]]


@dataclass(frozen=True, slots=True)
class On:
    """Run a flow on another driver (that of one of several exchanges) and go on with its result.
    The driver is one of the same kind, async or sync, as the one that carries this out."""

    driver: Any
    flow: Flow[Any]


@dataclass(frozen=True, slots=True)
class Together:
    """Run flows at the same time, each on its driver, and go on when all have ended. Answers a list
    with what each came to: its result, or the exception that it raised."""

    branches: Sequence[On]


@dataclass(frozen=True, slots=True)
class First:
    """Run flows, each on its driver, until one has a result: the next begins when the one before
    has failed, or has not answered in ``after`` seconds. Only for what may be asked twice.

    Answers a list with what each of those that ended came to, and None for the others, which are
    given up.
    """

    branches: Sequence[On]
    after: float


Effect = Send | Sleep | Now | Today | Entropy | Record | Background | Shared | On | Together | First
Flow = Generator[Effect, Any, T]


class TransportFailure(Exception):
    """The transport got no (usable) reply.

    ``sent`` is False only where it is certain that no byte of the request reached the venue;
    ``timeout`` says that it took too long, ``reply`` that a reply came and cannot be used (too
    large, broken compression), ``unfit`` that this request can never be sent as it is.
    """

    def __init__(
        self,
        message: str,
        *,
        sent: bool,
        timeout: bool = False,
        reply: bool = False,
        unfit: bool = False,
    ) -> None:
        super().__init__(message)
        self.sent = sent
        self.timeout = timeout
        self.reply = reply
        self.unfit = unfit
