"""Placing, canceling and finding orders.

An order is checked against the market's filters, named by a client order id and shown to the risk
gates before a byte is sent; from there on `exchangekit.orders.change` carries it.
"""

from __future__ import annotations

from exchangekit.adapter import identity
from exchangekit.errors import ExchangeError, OrderNotFound, OutcomeUnknown
from exchangekit.models.enums import OrderTypeWord, SideWord, TimeInForceWord
from exchangekit.models.numbers import Number
from exchangekit.models.orders import (
    CancelAllRequest,
    CancelFailure,
    CancelReport,
    Countdown,
    Order,
    make_cancel_request,
)
from exchangekit.operations.answer import answer
from exchangekit.operations.history import open_orders
from exchangekit.operations.part import Part
from exchangekit.operations.placing import ask_the_gates, prepared
from exchangekit.operations.sources import one_order, sources_of
from exchangekit.orders import change, countdown, one_id, order_request, unless_before
from exchangekit.runtime.effects import Flow


class Trading(Part):
    def create_order(
        self,
        symbol: str,
        type: OrderTypeWord,
        side: SideWord,
        amount: Number | None = None,
        price: Number | None = None,
        *,
        cost: Number | None = None,
        time_in_force: TimeInForceWord | None = None,
        post_only: bool = False,
        client_order_id: str | None = None,
    ) -> Flow[Order]:
        operation, connection = "create_order", self.connection
        try:
            connection.need(operation)
            asked = order_request(
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
        except ExchangeError as problem:
            connection.checking(operation).told(problem)
            raise
        try:
            market, order = yield from prepared(connection, asked, operation)
            ask_the_gates(connection, market, order)
        except ExchangeError as problem:
            if client_order_id is not None:
                yield from unless_before(connection.policy, asked, problem)
            raise
        try:
            call = identity.new_order(self.adapter.create_order(market, order), order)
        except ExchangeError as problem:
            connection.checking(operation).told(problem)
            raise
        told, sources = connection.hooks.on_order_outcome, sources_of(connection, market)
        return (yield from change(connection.policy, told, operation, order, call, sources))

    def test_order(
        self,
        symbol: str,
        type: OrderTypeWord,
        side: SideWord,
        amount: Number | None = None,
        price: Number | None = None,
        *,
        cost: Number | None = None,
        time_in_force: TimeInForceWord | None = None,
        post_only: bool = False,
        client_order_id: str | None = None,
    ) -> Flow[None]:
        operation, connection = "test_order", self.connection
        with connection.checking(operation):
            connection.need(operation)
            asked = order_request(
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
        market, order = yield from prepared(connection, asked, operation)
        with connection.checking(operation):
            call = self.adapter.test_order(market, order)
        yield from connection.call(operation, call)

    def cancel_order(
        self, id: str | None, symbol: str, *, client_order_id: str | None = None
    ) -> Flow[Order]:
        operation, connection = "cancel_order", self.connection
        connection.need(operation)
        try:
            which = one_id(id, client_order_id)
            market = connection.known_market(symbol)
            if market is None:
                market = yield from connection.market(symbol, operation, maybe_gone=True)
            call = identity.one_order(self.adapter.cancel_order(market, *which), market, *which)
        except ExchangeError as problem:
            connection.checking(operation).told(problem)
            raise
        request = make_cancel_request(symbol=symbol, id=which[0], client_order_id=which[1])
        told, sources = connection.hooks.on_order_outcome, sources_of(connection, market)
        return (yield from change(connection.policy, told, operation, request, call, sources))

    def cancel_all_orders(self, symbol: str) -> Flow[CancelReport]:
        operation, connection = "cancel_all_orders", self.connection
        if connection.missing_operation(operation) is not None:
            return (yield from self._cancel_in_batches(symbol))
        market = yield from connection.market(symbol, operation, maybe_gone=True)
        call = identity.canceled(self.adapter.cancel_all_orders(market), market)
        request, told = CancelAllRequest(symbol=symbol), connection.hooks.on_order_outcome
        try:
            sources = sources_of(connection, market)
            return (yield from change(connection.policy, told, operation, request, call, sources))
        except OrderNotFound:
            # Some venues answer with an error where nothing is open.
            return CancelReport(canceled=())

    def cancel_all_after(self, seconds: int | None) -> Flow[Countdown]:
        operation, connection = "cancel_all_after", self.connection
        connection.need(operation)
        with connection.checking(operation):
            span = countdown(seconds, self.adapter)
            call = identity.countdown(self.adapter.cancel_all_after(span), armed=span is not None)
        policy = connection.policy
        attempt = yield from policy.begin(operation, call.request, None)
        try:
            # A second one does what the first would have done: there is nothing to look for.
            return (yield from policy.carry(attempt, call, lambda attempt, refusal: answer(None)))
        except OutcomeUnknown as lost:
            lost.hint = "It was not sent again. Send it again: the newest one counts."
            raise

    def _cancel_in_batches(self, symbol: str) -> Flow[CancelReport]:
        operation, connection = "cancel_all_orders", self.connection
        with connection.checking(operation):
            if connection.missing_operation("cancel_orders") is not None:
                connection.need(operation)
            market = yield from connection.market(symbol, operation, maybe_gone=True)
            found = yield from open_orders(connection, symbol, serving=operation)
        ids = tuple(order.id for order in found if order.id is not None)
        size, told = self.adapter.capabilities.cancels_per_call, connection.hooks.on_order_outcome
        sources = sources_of(connection, market)
        canceled: list[Order] = []
        failed: list[CancelFailure] = []
        for start in range(0, len(ids), size):
            batch = ids[start : start + size]
            request = CancelAllRequest(symbol=symbol, ids=batch)
            call = identity.canceled(self.adapter.cancel_orders(market, batch), market, batch)
            try:
                report = yield from change(
                    connection.policy, told, operation, request, call, sources
                )
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
        operation, connection = "fetch_order", self.connection
        connection.need(operation)
        with connection.checking(operation):
            which = one_id(id, client_order_id)
        market = yield from connection.market(symbol, operation, maybe_gone=True)
        return (yield from connection.call(operation, one_order(connection, market, *which)))
