"""The reply to a dead man's switch: when the venue cancels, if nobody asks again before."""

from __future__ import annotations

from collections.abc import Callable

from exchangekit.adapter.decode import utc
from exchangekit.adapter.request import Reply
from exchangekit.adapter.rows import decode_at
from exchangekit.models.base import Source
from exchangekit.models.orders import Countdown, make_countdown

_FIRST_IN_MS = 10**11
"""In milliseconds a moment of 1973, in seconds one of 5138; `utc` refuses both."""


def countdown(*path: str | int) -> Callable[[Reply], Countdown]:
    """The parser of a reply whose time of canceling stands at `path`; 0 is a switch that is off.

    Venues tell this time in seconds where all their others are in milliseconds, and documentation
    and wire disagree about it: which of the two it is shows in its size.
    """

    def parse(reply: Reply) -> Countdown:
        at, source = decode_at(int, reply, *path), Source(reply.body, *path[:-1])
        moment = None if at == 0 else utc(at if at >= _FIRST_IN_MS else at * 1000)
        return make_countdown(source=source, triggers=moment)

    return parse
