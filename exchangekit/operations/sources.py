"""Where the orders of one market can be seen, for whoever finds out what became of one."""

from __future__ import annotations

from functools import partial
from typing import TypeVar

from exchangekit.adapter import identity
from exchangekit.adapter.request import Call
from exchangekit.models.market import Market
from exchangekit.models.orders import Order
from exchangekit.operations.connection import Connection
from exchangekit.operations.history import closed_orders, my_trades, open_orders
from exchangekit.orders import Sources

S = TypeVar("S")


def one_order(
    connection: Connection, market: Market, id: str | None, client_order_id: str | None
) -> Call[Order]:
    """The request for one order; its reply must be about that one."""
    call = connection.adapter.fetch_order(market, id, client_order_id)
    return identity.one_order(call, market, id, client_order_id)


def sources_of(connection: Connection, market: Market) -> Sources:
    """What the venue has of it: an order by its name, the open ones, the fills, those that
    have ended."""
    known = connection.sources.get(market.symbol)
    if known is None or known[0] is not market:
        known = connection.sources[market.symbol] = market, _sources(connection, market)
    return known[1]


def _sources(connection: Connection, market: Market) -> Sources:
    def where(operation: str, made: S) -> S | None:
        return made if connection.missing_operation(operation) is None else None

    return Sources(
        where("fetch_order", partial(one_order, connection, market)),
        where(
            "fetch_open_orders",
            lambda: open_orders(connection, market.symbol, serving="create_order"),
        ),
        where(
            "fetch_my_trades",
            lambda since: my_trades(connection, market.symbol, since, serving="create_order"),
        ),
        where(
            "fetch_closed_orders",
            lambda since: closed_orders(connection, market.symbol, since, serving="create_order"),
        ),
    )
