"""The limits as the policy sees them.

No moment in time crosses this interface, only spans of seconds that begin when they are told: they
mean the same to every process and machine, whatever clock each of them has.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from exchangekit.adapter.operations import BY_NAME
from exchangekit.adapter.request import Cost, LimitScope
from exchangekit.runtime.effects import Flow


@dataclass(frozen=True, slots=True)
class Hold:
    """A request may not go out for so many ``seconds``; ``banned`` where nothing at all may."""

    seconds: float
    banned: bool = False


class Kind(StrEnum):
    """What a request is for. A share of every counter is kept for changes, and a part of that for
    cancels: reading as fast as the venue allows must not keep anybody from getting out."""

    READ = "read"
    CHANGE = "change"
    CANCEL = "cancel"


def kind_of(operation: str, serving: str | None, *, changes: bool) -> Kind:
    """What a request of `operation` is for; `serving` is what the user asked for where that is
    something else: the markets that a cancel needs are for the cancel."""
    asked = BY_NAME.get(serving or operation)
    if asked is not None and asked.cancels:
        return Kind.CANCEL
    beforehand = serving is not None and asked is not None and asked.changes
    return Kind.CHANGE if changes or beforehand else Kind.READ


class Limits(Protocol):
    """The counters of one address and one account at one venue.

    A failure of the store itself may be any exception: before a request is sent it stops the
    request, after the reply came it is logged and changes nothing.
    """

    def reserve(self, costs: tuple[Cost, ...], kind: Kind) -> Flow[Hold | None]:
        """None when the request may go out (it is then counted), else how long it must wait.

        Reads are to leave a share of every counter to changes, and both a part of it to cancels.
        """
        ...

    def observe(
        self, counter: str, used: int, scope: LimitScope, seconds: float | None = None
    ) -> Flow[None]:
        """The venue says how much it has counted: what it knows of and we do not is added, for the
        whole window or, where the venue says when its own ends, for so many ``seconds``."""
        ...

    def pause(self, costs: tuple[Cost, ...], seconds: float) -> Flow[None]:
        """The venue refused for these counters: nothing that weighs in them goes out for so long,
        counted from now."""
        ...

    def stop(self, scope: LimitScope, seconds: float) -> Flow[None]:
        """A ban: nothing of this scope goes out for so long, counted from now."""
        ...
