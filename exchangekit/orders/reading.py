"""From what a user writes to an order: words, exact numbers, and what fits together.

Raises InvalidInput before anything is sent; nothing is rounded and nothing is made up.
"""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import TypedDict, TypeVar

from exchangekit.errors import InvalidInput
from exchangekit.models.enums import (
    OrderType,
    OrderTypeWord,
    Side,
    SideWord,
    TimeInForce,
    TimeInForceWord,
    choices,
    words,
)
from exchangekit.models.numbers import Number, exact, shown
from exchangekit.models.orders import (
    LimitOrder,
    MarketBuyWithCost,
    OrderRequest,
    make_limit_order,
    make_market_buy_with_cost,
    make_market_order,
)

E = TypeVar("E", bound=StrEnum)


class Arguments(TypedDict):
    """What `create_order` and its like are called with."""

    symbol: str
    type: OrderTypeWord
    side: SideWord
    amount: Decimal | None
    price: Decimal | None
    cost: Decimal | None
    time_in_force: TimeInForceWord | None
    client_order_id: str | None


def as_arguments(order: OrderRequest) -> Arguments:
    """The arguments of which `order_request` makes `order`."""
    limit = order if isinstance(order, LimitOrder) else None
    by_cost = order if isinstance(order, MarketBuyWithCost) else None
    return Arguments(
        symbol=order.symbol,
        type=order.type,
        side=order.side,
        amount=None if isinstance(order, MarketBuyWithCost) else order.amount,
        price=None if limit is None else limit.price,
        cost=None if by_cost is None else by_cost.cost,
        time_in_force=None if limit is None else limit.time_in_force,
        client_order_id=order.client_order_id,
    )


def order_request(
    symbol: str,
    type: OrderTypeWord,
    side: SideWord,
    amount: Number | None,
    price: Number | None,
    *,
    cost: Number | None,
    time_in_force: TimeInForceWord | None,
    post_only: bool,
    client_order_id: str | None,
) -> OrderRequest:
    """The order that the arguments mean. Raises InvalidInput for what does not fit together."""
    if not isinstance(symbol, str):
        raise InvalidInput(f'symbol is {shown(symbol)}, expected a str such as "BTC/USDT"')
    if not isinstance(post_only, bool):
        raise InvalidInput(f"post_only is {post_only!r}, expected True or False")
    kind, direction = word(OrderType, type, "type"), word(Side, side, "side")
    if amount is not None and cost is not None:
        raise InvalidInput("both amount and cost are given, expected one of them")
    if kind is OrderType.LIMIT:
        if cost is not None:
            raise InvalidInput("cost goes with market buys; a limit order has an amount")
        if amount is None or price is None:
            missing = "amount" if amount is None else "price"
            raise InvalidInput(f"a limit order needs an amount and a price: {missing} is None")
        return make_limit_order(
            symbol=symbol,
            side=direction,
            amount=exact(amount, "amount"),
            price=exact(price, "price"),
            time_in_force=_time_in_force(time_in_force, post_only),
            client_order_id=client_order_id,
        )
    if price is not None:
        raise InvalidInput("price goes with limit orders; a market order takes what there is")
    if time_in_force is not None or post_only:
        raise InvalidInput("a market order has no time in force")
    if cost is not None:
        if direction is not Side.BUY:
            raise InvalidInput("cost goes with market buys; a sell has an amount")
        return make_market_buy_with_cost(
            symbol=symbol, cost=exact(cost, "cost"), client_order_id=client_order_id
        )
    if amount is None:
        raise InvalidInput("a market order needs an amount, or a cost for a buy")
    return make_market_order(
        symbol=symbol,
        side=direction,
        amount=exact(amount, "amount"),
        client_order_id=client_order_id,
    )


def word(kind: type[E], value: E | str, name: str) -> E:
    """A user's word as the enum. Raises InvalidInput naming what is possible."""
    if isinstance(value, str):
        known_word: E | None = words(kind).get(value)
        if known_word is not None:
            return known_word
    possible = choices(kind)
    try:
        made = kind(value.lower() if isinstance(value, str) else value)
        if made in possible:
            return made
    except ValueError:
        pass
    known = ", ".join(possible)
    raise InvalidInput(f"{name} is {shown(value)}, expected one of: {known}")


def _time_in_force(value: TimeInForceWord | None, post_only: bool) -> TimeInForce:
    if value is None:
        return TimeInForce.POST_ONLY if post_only else TimeInForce.GTC
    made = word(TimeInForce, value, "time_in_force")
    if post_only and made not in (TimeInForce.GTC, TimeInForce.POST_ONLY):
        raise InvalidInput(f"post_only and {made} exclude each other")
    return TimeInForce.POST_ONLY if post_only else made
