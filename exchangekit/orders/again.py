"""The same client order id once more: the order that exists is returned, and none is sent.

The journal says who has the name. An order that is the same is looked up at the venue, which knows
what became of it; another one is refused here.
"""

from __future__ import annotations

from typing import cast

from exchangekit.errors import DuplicateClientOrderId, Outcome
from exchangekit.models.orders import MarketBuyWithCost, Order, OrderRequest
from exchangekit.orders.looking import Looking
from exchangekit.runtime.attempt import Attempt
from exchangekit.runtime.effects import Flow
from exchangekit.runtime.journal import Recorded


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
