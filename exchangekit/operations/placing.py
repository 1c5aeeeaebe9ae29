"""What comes before an order is sent: its arguments, its market, its name, the risk gates."""

from __future__ import annotations

from exchangekit.errors import OrderVetoed, Outcome
from exchangekit.hookspecs import OrderIntent
from exchangekit.models.enums import OrderType, Side, TimeInForce
from exchangekit.models.market import Market
from exchangekit.models.numbers import Number
from exchangekit.models.orders import OrderRequest
from exchangekit.operations.history import History
from exchangekit.orders import (
    ID_BYTES,
    check_filters,
    check_supported,
    client_order_id,
    order_request,
)
from exchangekit.orders.reading import check_client_order_id
from exchangekit.runtime.effects import Entropy, Flow


class Placing(History):
    def read_order(
        self,
        symbol: str,
        type: OrderType | str,
        side: Side | str,
        amount: Number | None,
        price: Number | None,
        *,
        cost: Number | None,
        time_in_force: TimeInForce | str | None,
        post_only: bool,
        client_order_id: str | None,
    ) -> OrderRequest:
        """The order that the arguments mean, under a name that this venue takes."""
        order = order_request(
            symbol,
            type,
            side,
            amount,
            price,
            cost=cost,
            time_in_force=time_in_force,
            post_only=post_only,
            client_order_id=client_order_id,
        )
        pattern = self.adapter.capabilities.client_order_id
        check_client_order_id(client_order_id, pattern, self.adapter.title)
        return order

    def prepared(self, order: OrderRequest, operation: str) -> Flow[tuple[Market, OrderRequest]]:
        """The market and the order with its client order id, checked and agreed to by the gates.

        Raises UnknownSymbol, Unsupported, InvalidOrder, OrderVetoed.
        """
        market = yield from self.market(order.symbol, operation)
        with self.checking(operation):
            check_supported(order, self.adapter.capabilities, self.adapter.title)
            check_filters(order, market)
        order = yield from named_order(order)
        if operation == "create_order":
            self._ask_the_gates(market, order)
        return market, order

    def _ask_the_gates(self, market: Market, order: OrderRequest) -> None:
        venue = self.adapter.venue
        reason = self.hooks.veto(OrderIntent(venue, self.policy.account, market, order))
        if reason is not None:
            raise OrderVetoed(
                f"a before_order hook refused the order ({reason})",
                venue=venue,
                operation="create_order",
                outcome=Outcome.NOT_SENT,
                client_order_id=order.client_order_id,
                hint="The gate is your own: nothing is wrong with the venue.",
            )


def named_order(order: OrderRequest) -> Flow[OrderRequest]:
    """`order` with a client order id, a new one where it has none."""
    if order.client_order_id is not None:
        return order
    entropy: bytes = yield Entropy(ID_BYTES)
    return order.model_copy(update={"client_order_id": client_order_id(entropy)})
