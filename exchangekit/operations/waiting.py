"""Following an order to its end: asking again and again, less and less often.

Whoever serves `fetch_order` serves `wait`, since a wait is nothing but that question, asked until
its answer is what was waited for. Each question is an ordinary one: it waits for the venue's
limits, leaves the share of changes to changes, and is asked again by the policy where that helps.
What goes wrong with it falls into three kinds:

- It will pass (a limit, an overload, maintenance, a lost connection): the wait goes on.
- It proves nothing, but may be meant ("not found" while replicas lag, an answer that cannot be
  read, a page of a gateway): the wait goes on for `UNCLEAR_SECONDS` and then raises it.
- Anything else (a key that is refused, a market that is gone) will not change: it is raised.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from exchangekit.errors import (
    BadReply,
    ExchangeError,
    GatewayRefused,
    InvalidInput,
    OrderNotFound,
    RateLimited,
    RegionBlocked,
    VenueUnavailable,
    WaitTimeout,
)
from exchangekit.models.numbers import shown
from exchangekit.models.orders import Order
from exchangekit.runtime.effects import Entropy, Flow, Now, Sleep

UNCLEAR_SECONDS = 10.0
"""For how long in a row the venue may say that there is no such order, or nothing readable."""
FIRST_SECONDS = 0.25
LONGEST_SECONDS = 5.0
_GROWTH = 1.5
_NOW = Now()
_OPERATION = "wait"

Ask = Callable[[Order], Flow[Order]]
"""The flow that fetches an order anew."""

_WORDS: dict[str, Callable[[Order], bool]] = {
    "done": lambda order: False,
    "any_fill": lambda order: bool(order.filled),
    "open": lambda order: order.is_open,
}
"""What ends a wait before the order is done, which ends every one."""


def follow(
    ask: Ask, order: Any, until: Any, timeout: Any, *, venue: str | None = None
) -> Flow[Order]:
    """The flow of `wait`: the newest state of `order` once it is what `until` says, or done."""
    try:
        reached, seconds = _checked(order, until, timeout)
    except InvalidInput as problem:
        problem.venue, problem.operation = venue, _OPERATION
        raise
    return (yield from _follow(ask, order, reached, seconds, venue))


def _follow(
    ask: Ask,
    order: Order,
    reached: Callable[[Order], bool],
    timeout: float | None,
    venue: str | None,
) -> Flow[Order]:
    newest, trouble = order, _Trouble()
    began: float = yield _NOW
    pause = FIRST_SECONDS
    while not (newest.is_done or reached(newest)):
        hold, now = 0.0, began
        try:
            found = yield from ask(newest)
        except ExchangeError as problem:
            now = yield _NOW
            hold = trouble.met(problem, now)
        else:
            now = yield _NOW
            trouble = _Trouble()
            if found.filled != newest.filled:
                pause = FIRST_SECONDS  # what has begun to fill may soon be done
            newest = found
            if newest.is_done or reached(newest):
                break
        dice: bytes = yield Entropy(1)
        # Scattered, so that the waits of one program do not all ask at the same moment.
        span = max(pause * (0.75 + dice[0] / 510), hold)
        pause = min(pause * _GROWTH, LONGEST_SECONDS)
        if timeout is not None:
            left = began + timeout - now
            if left <= 0:
                raise _over(newest, timeout, trouble.last, venue)
            span = min(span, left)
        yield Sleep(span, "before asking again how the order is")
    return newest


class _Trouble:
    """What has gone wrong since the order was last seen."""

    def __init__(self) -> None:
        self.last: ExchangeError | None = None
        self.unclear_since: float | None = None

    def met(self, problem: ExchangeError, now: float) -> float:
        """The seconds that `problem` asks to hold back. Raises it where waiting changes nothing."""
        self.last = problem
        if isinstance(problem, (RateLimited, VenueUnavailable)):
            self.unclear_since = None
            return getattr(problem, "retry_after", None) or 0.0
        unclear = isinstance(problem, (OrderNotFound, BadReply, GatewayRefused))
        if not unclear or isinstance(problem, RegionBlocked):
            raise problem
        if self.unclear_since is None:
            self.unclear_since = now
        if now - self.unclear_since >= UNCLEAR_SECONDS:
            raise problem
        return 0.0


def _checked(order: Any, until: Any, timeout: Any) -> tuple[Callable[[Order], bool], float | None]:
    if not isinstance(order, Order):
        raise InvalidInput(
            f"order is {shown(order)}, expected an Order",
            hint="Pass what create_order or fetch_order gave you.",
        )
    if order.id is None and order.client_order_id is None:
        raise InvalidInput("the order has neither an id nor a client order id to ask for it by")
    reached = _WORDS.get(until) if isinstance(until, str) else until
    if not callable(reached):
        words = ", ".join(repr(word) for word in _WORDS)
        raise InvalidInput(
            f"until is {shown(until)}, expected one of {words}, or a function of an order"
        )
    if timeout is None:
        return reached, None
    number = isinstance(timeout, (int, float)) and not isinstance(timeout, bool)
    if not number or not 0 <= timeout < float("inf"):
        raise InvalidInput(
            f"timeout is {shown(timeout)}, expected seconds (0 or more), or None for no end"
        )
    return reached, float(timeout)


def _over(
    newest: Order, timeout: float, trouble: ExchangeError | None, venue: str | None
) -> WaitTimeout:
    name = newest.id or newest.client_order_id
    state = "was not seen" if newest.status is None else f"is {newest.status}"
    if newest.filled:
        whole = "" if newest.amount is None else f" of {newest.amount:f}"
        state += f", {newest.filled:f}{whole} filled"
    why = "" if trouble is None else f"; the last question failed: {trouble.message}"
    error = WaitTimeout(
        f"after {timeout:g} s order {name} {state}{why}",
        venue=venue,
        operation=_OPERATION,
        client_order_id=newest.client_order_id,
    )
    error.order = newest
    error.__cause__ = trouble
    return error
