"""Whether an order can be sent: to this kind of venue, in this market, under this name."""

from __future__ import annotations

from exchangekit.adapter.base import Adapter
from exchangekit.adapter.request import text
from exchangekit.errors import InvalidInput, InvalidOrder, MarketClosed, Unsupported
from exchangekit.models.enums import Side
from exchangekit.models.market import Market
from exchangekit.models.numbers import shown
from exchangekit.models.orders import LimitOrder, MarketBuyWithCost, MarketOrder, OrderRequest


def check_client_order_id(order: OrderRequest, venue: Adapter) -> None:
    """Raises InvalidOrder for a client order id that `venue` does not take."""
    name = order.client_order_id
    if name is None:
        return
    pattern = venue.capabilities.client_order_id
    if isinstance(name, str) and pattern.fullmatch(name):
        return
    error = InvalidOrder(
        f"client_order_id is {shown(name)}, {venue.title} takes {pattern.pattern}",
        hint="Leave it out and the kit makes one that is legal everywhere.",
    )
    error.filter = "client_order_id"
    raise error


def check_supported(order: OrderRequest, venue: Adapter) -> None:
    """Raises Unsupported for a kind of order that `venue` does not have."""
    can, title = venue.capabilities, venue.title
    if isinstance(order, LimitOrder):
        if (order.type, order.time_in_force) not in can.limit_orders:
            known = ", ".join(sorted(text(tif) for _, tif in can.limit_orders))
            raise Unsupported(
                f"{title} has no limit orders that are {order.time_in_force} (it has: {known})"
            )
    elif not can.market_orders:
        raise Unsupported(f"{title} has no market orders")
    elif isinstance(order, MarketBuyWithCost) and not can.buy_with_cost:
        raise Unsupported(f"{title} has no market buy by cost")
    elif isinstance(order, MarketOrder) and order.side is Side.BUY and not can.buy_with_amount:
        raise Unsupported(
            f"{title} has no market buy by amount",
            hint="Say what to spend (create_market_buy_with_cost), or place a limit order.",
        )


def check_filters(order: OrderRequest, market: Market) -> None:
    """Raises InvalidOrder, with the filter and the nearest legal value, for what the market does
    not take, and MarketClosed while it does not trade."""
    problems = market.problems(order)
    if not problems:
        return
    kind = MarketClosed if problems[0].filter == "active" else InvalidOrder
    error = kind("; ".join(problem.message for problem in problems))
    error.filter, error.nearest = problems[0].filter, problems[0].nearest
    raise error


def countdown(seconds: int | None, venue: Adapter) -> int | None:
    """The seconds of a dead man's switch, None to switch it off. Raises InvalidInput for what
    `venue` does not take."""
    fewest, most = venue.capabilities.countdown
    if seconds is None:
        return None
    whole = isinstance(seconds, int) and not isinstance(seconds, bool)
    if not whole or (seconds != 0 and not fewest <= seconds <= most):
        raise InvalidInput(
            f"seconds is {shown(seconds)}, {venue.title} takes a whole number from {fewest} to"
            f" {most}, or 0 to switch it off"
        )
    return seconds or None


def one_id(id: str | None, client_order_id: str | None) -> tuple[str | None, str | None]:
    """Exactly one of the two. Raises InvalidInput otherwise."""
    if (id is None) == (client_order_id is None):
        raise InvalidInput("expected either id or client_order_id, exactly one of them")
    for name, value in (("id", id), ("client_order_id", client_order_id)):
        if value is not None:
            named(value, name)
    return id, client_order_id


def named(value: str, name: str) -> str:
    """An id that a user passed. Raises InvalidInput unless it is a str with something in it."""
    if not isinstance(value, str) or not value.strip():
        raise InvalidInput(f"{name} is {shown(value)}, expected a non-empty str")
    return value
