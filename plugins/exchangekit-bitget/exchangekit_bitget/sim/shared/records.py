"""Ids, states and names of orders and executions, which are the same in both APIs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from exchangekit.sim import Context, Fill, Order

# Ids hold the moment they were made, in milliseconds since this one, above 22 bits of a number.
_ID_EPOCH: Final = 1_436_000_000_000


def snowflake(time: int, number: int) -> int:
    return (time - _ID_EPOCH << 22) | (number & 0x3FFFFF)


def user_id(account: str) -> str:
    """The same number for the same account."""
    return str(1_000_000_000 + sum(place * ord(sign) for place, sign in enumerate(account, 7)))


def state(order: Order) -> str:
    if order.is_open:
        return "partially_filled" if order.filled else "live"
    return "filled" if order.status == "filled" else "cancelled"


def client_id(order: Order) -> str:
    """The client's own, or the one that the venue made: then nothing is found by it."""
    return order.client_id or str(int(order.venue_id) + 1)


def fills(ctx: Context) -> Iterator[tuple[int, Fill]]:
    """The account's executions with their ids, which name one fill of one order."""
    for place, fill in enumerate(ctx.fills()):
        yield snowflake(fill.time, place), fill
