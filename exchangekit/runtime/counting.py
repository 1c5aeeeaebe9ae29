"""What a reply tells of the venue's limits, to whoever counts them."""

from __future__ import annotations

from exchangekit.adapter.base import Adapter
from exchangekit.adapter.limit_headers import whole
from exchangekit.adapter.request import Reply
from exchangekit.errors import ExchangeError, RateLimited
from exchangekit.runtime.attempt import Attempt
from exchangekit.runtime.effects import Flow
from exchangekit.runtime.throttle import Throttle

_MOST = 10**9
_LONGEST_PAUSE = 60.0


def tells_of_limits(adapter: Adapter) -> bool:
    """Whether any reply of this venue does."""
    return bool(adapter.used_weight_headers) or adapter.remaining_headers is not None


def count(
    throttle: Throttle,
    adapter: Adapter,
    attempt: Attempt,
    reply: Reply,
    venue_ms: int | None,
) -> Flow[None]:
    """Whatever the headers say is used, or no longer left, is counted."""
    for header, counter in adapter.used_weight_headers.items():
        used = whole(reply.headers.get(header))
        if used is not None and used < _MOST:
            yield from throttle.observe(attempt, counter, used)
    told, costs = adapter.remaining_headers, attempt.request.costs
    if told is None or not costs:
        return
    left, first = told.left(reply.headers), costs[0]
    if left is not None:
        seconds = told.seconds(reply.headers, venue_ms)
        yield from throttle.observe(attempt, first.counter, max(first.limit - left, 0), seconds)


def pauses(
    adapter: Adapter, reply: Reply, venue_ms: int | None, error: ExchangeError | None
) -> None:
    """A refusal for a limit says how long it holds, where only the limit's own header tells it."""
    told = adapter.remaining_headers
    if told is None or not isinstance(error, RateLimited) or error.retry_after is not None:
        return
    seconds = told.seconds(reply.headers, venue_ms)
    if seconds is not None:
        error.retry_after = min(seconds, _LONGEST_PAUSE)
