"""What comes before an order is sent: its name, its market with its filters, the risk gates."""

from __future__ import annotations

from exchangekit.errors import ExchangeError, OrderVetoed, Outcome
from exchangekit.hookspecs import OrderIntent
from exchangekit.models.market import Market
from exchangekit.models.orders import OrderRequest, under_name
from exchangekit.operations.connection import Connection
from exchangekit.orders import (
    ID_BYTES,
    check_client_order_id,
    check_filters,
    check_supported,
    client_order_id,
)
from exchangekit.runtime.effects import Entropy, Flow

_ENTROPY = Entropy(ID_BYTES)


def prepared(
    connection: Connection, order: OrderRequest, operation: str
) -> Flow[tuple[Market, OrderRequest]]:
    """The market, and `order` under a client order id, checked against the market's filters.

    Raises UnknownSymbol, Unsupported, InvalidOrder.
    """
    adapter = connection.adapter
    try:
        check_client_order_id(order, adapter)
        market = connection.known_market(order.symbol)
        if market is None:
            market = yield from connection.market(order.symbol, operation)
        check_supported(order, adapter)
        check_filters(order, market)
    except ExchangeError as problem:
        connection.checking(operation).told(problem)
        raise
    if order.client_order_id is not None:
        return market, order
    entropy: bytes = yield _ENTROPY
    return market, named_with(entropy, connection, order)


def named_order(connection: Connection, order: OrderRequest) -> Flow[OrderRequest]:
    """`order` under its client order id, a new one where it has none."""
    if order.client_order_id is not None:
        return order
    entropy: bytes = yield _ENTROPY
    return named_with(entropy, connection, order)


def named_with(entropy: bytes, connection: Connection, order: OrderRequest) -> OrderRequest:
    """`order` under a name of its own."""
    can = connection.adapter.capabilities
    name = client_order_id(entropy, can.client_order_id, can.client_order_id_prefix)
    return under_name(order, name)


def ask_the_gates(connection: Connection, market: Market, order: OrderRequest) -> None:
    """Raises OrderVetoed where a risk gate refuses `order`."""
    if not connection.hooks.has_gates:
        return
    venue = connection.adapter.venue
    reason = connection.hooks.veto(OrderIntent(venue, connection.policy.account, market, order))
    if reason is not None:
        raise OrderVetoed(
            f"a before_order hook refused the order ({reason})",
            venue=venue,
            operation="create_order",
            outcome=Outcome.NOT_SENT,
            client_order_id=order.client_order_id,
            hint="The gate is your own: nothing is wrong with the venue.",
        )
