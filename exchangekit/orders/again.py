"""The same client order id once more: the order that exists is returned, and none is sent.

The journal says who has the name. An order that is the same is looked up at the venue, which knows
what became of it; another one is refused here.
"""

from __future__ import annotations

from typing import cast

from exchangekit.errors import DuplicateClientOrderId, ExchangeError, Outcome, OutcomeUnknown
from exchangekit.models.orders import MarketBuyWithCost, Order, OrderRequest
from exchangekit.orders.looking import Looking
from exchangekit.runtime.attempt import Attempt
from exchangekit.runtime.effects import Flow, Record
from exchangekit.runtime.journal import AlreadyIntended, Asked, Intent, Recorded, Sending
from exchangekit.runtime.policy import Policy


def placed_before(
    attempt: Attempt, order: OrderRequest, looking: Looking | None, earlier: Recorded
) -> Flow[Order]:
    """The order that `earlier` placed, where it is the same as `order`.

    Raises DuplicateClientOrderId where it is another one, and OutcomeUnknown where the venue does
    not show it.
    """
    unlike = unlike_before(cast("OrderRequest", earlier.intent.change), order)
    used = f"this client order id was used on {earlier.written:%Y-%m-%d %H:%M:%S} UTC"
    error = DuplicateClientOrderId(
        f"{used}, the journal says, for another order: {', '.join(unlike)}",
        outcome=Outcome.NOT_SENT,
    )
    error.order_id = earlier.order_id
    if unlike:
        raise attempt.complete(error)
    # What is found, or not, is the earlier one: so is its end, and its last moment.
    attempt.intent = earlier.intent
    attempt.fence, attempt.margin, attempt.began = earlier.fence, earlier.margin, earlier.began
    error.reword(f"{used}, the journal says ({earlier.state})")
    if looking is None:
        raise attempt.unknown(error) from error
    # A name may have been used before that: the order of then is not this one.
    return (yield from looking.after_a_duplicate(order, error, earlier.order_id, earlier.began))


def asked_before(
    policy: Policy, order: OrderRequest, mine: Intent | None = None
) -> Flow[Recorded | None]:
    """What the journal knows of an order under the name of `order` that is there or may be, by
    another intent than `mine`. Asked where one is not sent: that is true of this request, and would
    be read as "there is none"."""
    try:
        yield Record(Asked(mine or Intent(policy.account_id, "create_order", order)))
    except AlreadyIntended as known:
        ours = mine is not None and known.earlier.intent.uid == mine.uid
        return None if ours else known.earlier
    except Exception:
        return None  # a journal that cannot be read stops an order by itself
    return None


def unless_before(policy: Policy, order: OrderRequest, problem: ExchangeError) -> Flow[None]:
    """For an order that `problem` stopped before anything was done for it: raises OutcomeUnknown
    where the same order was asked for before under its name, and is there or may be."""
    earlier = yield from asked_before(policy, order)
    if earlier is None or unlike_before(cast("OrderRequest", earlier.intent.change), order):
        return
    error = OutcomeUnknown(
        f"this client order id was used on {earlier.written:%Y-%m-%d %H:%M:%S} UTC for this order,"
        f" the journal says ({earlier.state}); now it was not sent again: {problem.message}",
        venue=policy.adapter.venue,
        operation="create_order",
        outcome=Outcome.UNKNOWN,
        client_order_id=order.client_order_id,
        hint="Resolve the handle, or ask again: then it is looked up.",
    )
    error.fence, error.margin = earlier.fence, earlier.margin
    error.handle = Sending(
        earlier.intent, earlier.attempts, earlier.fence, earlier.margin, earlier.began
    )
    raise error from problem


def unlike_before(earlier: OrderRequest, asked: OrderRequest) -> tuple[str, ...]:
    """What is asked for otherwise than it was before, in words."""
    before, now = _wanted(earlier), _wanted(asked)
    return tuple(
        f"{name} was {before.get(name, 'not given')}, not {now.get(name, 'given')}"
        for name in dict.fromkeys((*before, *now))
        if before.get(name) != now.get(name)
    )


def _wanted(order: OrderRequest) -> dict[str, object]:
    wanted = order.model_dump(exclude={"client_order_id"})
    wanted["type"] = "market by cost" if isinstance(order, MarketBuyWithCost) else order.type
    wanted["side"] = order.side
    return wanted
