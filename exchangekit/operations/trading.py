"""Placing, canceling and finding orders.

An order is checked against the market's filters, named by a client order id and shown to the risk
gates before a byte is sent. It ends accepted, refused, not sent or unknown; never sent twice.
"""

from __future__ import annotations

from typing import TypeVar

from exchangekit.adapter.request import Call
from exchangekit.errors import ExchangeError, OrderNotFound
from exchangekit.models.enums import OrderType, Side, TimeInForce
from exchangekit.models.numbers import Number
from exchangekit.models.orders import (
    CancelAllRequest,
    CancelFailure,
    CancelReport,
    CancelRequest,
    Change,
    Order,
)
from exchangekit.operations.placing import Placing
from exchangekit.orders import change, one_id
from exchangekit.runtime.effects import Flow

R = TypeVar("R", Order, CancelReport)


class Trading(Placing):
    def create_order(
        self,
        symbol: str,
        type: OrderType | str,
        side: Side | str,
        amount: Number | None = None,
        price: Number | None = None,
        *,
        cost: Number | None = None,
        time_in_force: TimeInForce | str | None = None,
        post_only: bool = False,
        client_order_id: str | None = None,
    ) -> Flow[Order]:
        """Place an order and return what the venue said of it.

        `amount` is base, `price` quote per base, `cost` (market buys only, instead of `amount`)
        quote. Numbers are Decimal, str or int and are sent as given: nothing is rounded.

        Raises InvalidOrder (with the filter and the nearest legal value) or another local error
        before anything is sent; an error with ``outcome`` REFUSED when the venue proved that
        there is no such order; `OutcomeUnknown` when there may be one.
        """
        with self.checking("create_order"):
            self.need("create_order")
            order = self.read_order(
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
        market, order = yield from self.prepared(order, "create_order")
        with self.checking("create_order"):
            call = self.adapter.create_order(market, order)
        return (yield from self._change("create_order", order, call))

    def _change(self, operation: str, request: Change, call: Call[R]) -> Flow[R]:
        return change(self.policy, self.hooks.order_outcome, operation, request, call)

    def create_limit_order(
        self,
        symbol: str,
        side: Side | str,
        amount: Number,
        price: Number,
        *,
        time_in_force: TimeInForce | str | None = None,
        post_only: bool = False,
        client_order_id: str | None = None,
    ) -> Flow[Order]:
        """`create_order` for a limit order."""
        return self.create_order(
            symbol,
            OrderType.LIMIT,
            side,
            amount,
            price,
            time_in_force=time_in_force,
            post_only=post_only,
            client_order_id=client_order_id,
        )

    def create_market_order(
        self,
        symbol: str,
        side: Side | str,
        amount: Number,
        *,
        client_order_id: str | None = None,
    ) -> Flow[Order]:
        """`create_order` for a market order by amount (base)."""
        return self.create_order(
            symbol, OrderType.MARKET, side, amount, client_order_id=client_order_id
        )

    def create_market_buy_with_cost(
        self, symbol: str, cost: Number, *, client_order_id: str | None = None
    ) -> Flow[Order]:
        """`create_order` for a market buy that spends `cost` (quote)."""
        return self.create_order(
            symbol, OrderType.MARKET, Side.BUY, cost=cost, client_order_id=client_order_id
        )

    def test_order(
        self,
        symbol: str,
        type: OrderType | str,
        side: Side | str,
        amount: Number | None = None,
        price: Number | None = None,
        *,
        cost: Number | None = None,
        time_in_force: TimeInForce | str | None = None,
        post_only: bool = False,
        client_order_id: str | None = None,
    ) -> Flow[None]:
        """Have the venue check an order without placing it. Arguments as for `create_order`.

        Raises Unsupported where the venue has no such endpoint (`explain_order` works anywhere).
        """
        with self.checking("test_order"):
            self.need("test_order")
            order = self.read_order(
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
        market, order = yield from self.prepared(order, "test_order")
        with self.checking("test_order"):
            call = self.adapter.test_order(market, order)
        yield from self.call("test_order", call)

    def cancel_order(
        self, id: str | None, symbol: str, *, client_order_id: str | None = None
    ) -> Flow[Order]:
        """Cancel one order by `id` or by `client_order_id` (pass ``None`` as id).

        Where the venue only acknowledges, the returned order's ``status`` is None: an order may
        still be filled before it is canceled, and `fetch_order` tells. Raises OrderNotFound (or
        its kind OrderNotOpen), and OutcomeUnknown when the answer was lost.
        """
        operation = "cancel_order"
        self.need(operation)
        with self.checking(operation):
            which = one_id(id, client_order_id)
        market = yield from self.market(symbol, operation)
        with self.checking(operation):
            call = self.adapter.cancel_order(market, *which)
        request = CancelRequest(symbol=symbol, id=which[0], client_order_id=which[1])
        return (yield from self._change(operation, request, call))

    def cancel_all_orders(self, symbol: str) -> Flow[CancelReport]:
        """Cancel every open order of one symbol; what could not be canceled is reported.

        Where the venue has no such request, the open orders are listed and canceled in batches:
        orders placed in the meantime stay. When a batch fails after others have succeeded, its
        orders and those after it are in ``failed``.
        """
        operation = "cancel_all_orders"
        if self.missing_operation(operation) is None:
            market = yield from self.market(symbol, operation)
            try:
                call = self.adapter.cancel_all_orders(market)
                every = CancelAllRequest(symbol=symbol)
                return (yield from self._change(operation, every, call))
            except OrderNotFound:
                # Some venues answer with an error where nothing is open.
                return CancelReport(canceled=())
        with self.checking(operation):
            if self.missing_operation("cancel_orders") is not None:
                self.need(operation)
            market = yield from self.market(symbol, operation)
            open_orders = yield from self.fetch_open_orders(symbol)
        ids = [order.id for order in open_orders if order.id is not None]
        size = self.adapter.capabilities.cancels_per_call
        canceled: list[Order] = []
        failed: list[CancelFailure] = []
        for start in range(0, len(ids), size):
            some = tuple(ids[start : start + size])
            call = self.adapter.cancel_orders(market, some)
            try:
                batch = CancelAllRequest(symbol=symbol, ids=some)
                report = yield from self._change(operation, batch, call)
            except ExchangeError as problem:
                if not canceled:
                    raise
                failed += [CancelFailure(order_id=one, reason=str(problem)) for one in ids[start:]]
                break
            canceled += report.canceled
            failed += report.failed
        return CancelReport(canceled=tuple(canceled), failed=tuple(failed))

    def fetch_order(
        self, id: str | None, symbol: str, *, client_order_id: str | None = None
    ) -> Flow[Order]:
        """One order by `id` or by `client_order_id` (pass ``None`` as id).

        Raises OrderNotFound. Right after a create that proves nothing: replicas lag.
        """
        operation = "fetch_order"
        self.need(operation)
        with self.checking(operation):
            which = one_id(id, client_order_id)
        market = yield from self.market(symbol, operation)
        return (yield from self.call(operation, self.adapter.fetch_order(market, *which)))
