"""`SeveralVenues`: all operations of an exchange, served by several."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar, cast

from exchangekit.adapter.base import Capabilities
from exchangekit.errors import ExchangeError, InvalidInput, Outcome, Unsupported
from exchangekit.failover import orders, views
from exchangekit.failover.candidates import Candidates
from exchangekit.failover.capabilities import common_capabilities
from exchangekit.failover.closing import may_end
from exchangekit.failover.errors import NoVenue, PartialAnswer
from exchangekit.failover.members import Member
from exchangekit.failover.placing import Placement
from exchangekit.failover.reading import first_told
from exchangekit.failover.reads import Reads
from exchangekit.failover.several import NAME
from exchangekit.models.enums import OrderTypeWord, SideWord, TimeInForceWord
from exchangekit.models.explanation import OrderExplanation
from exchangekit.models.numbers import Number, shown
from exchangekit.models.orders import (
    CancelReport,
    Countdown,
    MyTrade,
    Order,
    OrderRequest,
    Resolution,
)
from exchangekit.operations.connection import Checking
from exchangekit.orders import ID_BYTES, order_request
from exchangekit.orders import client_order_id as made_id
from exchangekit.orders.checks import named
from exchangekit.orders.placing import end
from exchangekit.orders.reading import as_arguments
from exchangekit.runtime.effects import Entropy, Flow
from exchangekit.runtime.journal import Ended, Sending

R = TypeVar("R")
_ANYWHERE = re.compile("[a-z0-9]{27}")


class SeveralVenues(Reads):
    """The operations of several venues as those of one."""

    @property
    def venue(self) -> str:
        return NAME

    @property
    def environment(self) -> str:
        return self.several.account.environment

    @property
    def capabilities(self) -> Capabilities:
        return common_capabilities([one.operations.capabilities for one in self.several.members])

    def requires(self, *needs: str) -> tuple[str, ...]:
        """Which of `needs` one of the venues lacks, or the failover itself."""
        own = super().requires(*needs)
        lacking = [one.operations.requires(*needs) for one in self.several.members]
        return tuple(need for need in needs if need in own or any(need in each for each in lacking))

    def _checking(self, operation: str, *, changes: bool = True) -> Checking:
        return Checking(NAME, operation, changes=changes)

    # Orders

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
        with self._checking("create_order"):
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
            if client_order_id is not None:
                named(client_order_id, "client_order_id")
        order = yield from _named(asked)
        named_by_user = client_order_id is not None
        return (yield from Placement(self.several, order, named=named_by_user).run())

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
        with self._checking("test_order"):
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
        member = yield from self._first_for("test_order", order)
        yield from self.several.ask(
            member, "test_order", lambda one: one.test_order(**as_arguments(order))
        )

    def explain_order(
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
    ) -> Flow[OrderExplanation]:
        with self._checking("explain_order"):
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
        return (
            yield from first_told(
                self.several,
                "explain_order",
                lambda one: one.explain_order(**as_arguments(order)),
            )
        )

    def _first_for(self, operation: str, order: OrderRequest) -> Flow[Member]:
        """Where `order` would go first."""
        reasons: dict[str, ExchangeError] = {}
        ranked = yield from Candidates(self.several, order).ranked(reasons)
        if not ranked:
            raise NoVenue(
                "no venue would take it",
                reasons=reasons,
                venue=NAME,
                operation=operation,
                outcome=Outcome.NOT_SENT,
            )
        return self.several.by_key[ranked[0].key]

    def cancel_order(
        self, id: str | None, symbol: str, *, client_order_id: str | None = None
    ) -> Flow[Order]:
        with self._checking("cancel_order"):
            return (yield from orders.cancel_of(self.several, id, symbol, client_order_id))

    def cancel_all_orders(self, symbol: str) -> Flow[CancelReport]:
        return orders.cancel_all_of(self.several, symbol)

    def cancel_all_after(self, seconds: int | None) -> Flow[Countdown]:
        for member in self.several.members:
            if member.operations.requires("cancel_all_after"):
                raise Unsupported(
                    f"{member.key} has no dead man's switch, so there is none over all of them",
                    venue=NAME,
                    operation="cancel_all_after",
                    outcome=Outcome.NOT_SENT,
                    hint="Use it on those that have one: failover.exchanges[...].",
                )
        told, missing = yield from self.several.ask_all(
            "cancel_all_after", lambda one: one.cancel_all_after(seconds)
        )
        if missing:
            first = next(iter(missing.values()))
            if not told and isinstance(first, ValueError):
                raise first
            raise PartialAnswer(
                f"the switch is not confirmed at {', '.join(missing)}",
                rows=tuple(told.values()),
                missing=missing,
                venue=NAME,
                operation="cancel_all_after",
                outcome=Outcome.UNKNOWN,
            )
        armed = [one.triggers for one in told.values() if one.triggers is not None]
        return Countdown(triggers=min(armed, default=None))

    def fetch_order(
        self, id: str | None, symbol: str, *, client_order_id: str | None = None
    ) -> Flow[Order]:
        with self._checking("fetch_order", changes=False):
            return (yield from orders.order_of(self.several, id, symbol, client_order_id))

    def fetch_open_orders(self, symbol: str | None = None) -> Flow[tuple[Order, ...]]:
        view = yield from views.rows_of_all(
            self.several,
            "fetch_open_orders",
            lambda one: one.fetch_open_orders(symbol),
            views.order_time,
        )
        return views.whole(view, "fetch_open_orders")

    def fetch_closed_orders(
        self,
        symbol: str | None = None,
        since: datetime | None = None,
        limit: int | None = None,
        *,
        until: datetime | None = None,
    ) -> Flow[tuple[Order, ...]]:
        view = yield from views.rows_of_all(
            self.several,
            "fetch_closed_orders",
            lambda one: one.fetch_closed_orders(symbol, since, limit, until=until),
            views.order_time,
        )
        return _cut(views.whole(view, "fetch_closed_orders"), since, limit)

    def fetch_my_trades(
        self,
        symbol: str | None = None,
        since: datetime | None = None,
        limit: int | None = None,
        *,
        until: datetime | None = None,
    ) -> Flow[tuple[MyTrade, ...]]:
        view = yield from views.rows_of_all(
            self.several,
            "fetch_my_trades",
            lambda one: one.fetch_my_trades(symbol, since, limit, until=until),
            views.trade_time,
        )
        return _cut(views.whole(view, "fetch_my_trades"), since, limit)

    def fetch_order_trades(self, id: str, symbol: str) -> Flow[tuple[MyTrade, ...]]:
        with self._checking("fetch_order_trades", changes=False):
            member, own = self.several.holder(id)
        return (
            yield from self.several.ask(
                member, "fetch_order_trades", lambda one: one.fetch_order_trades(own, symbol)
            )
        )

    def resolve(self, handle: Sending) -> Flow[Resolution]:
        with self._checking("resolve", changes=False):
            if not isinstance(handle, Sending):
                raise InvalidInput(
                    f"handle is {shown(handle)}, expected that of an OutcomeUnknown: lost.handle"
                )
            account = handle.intent.account
            member = next((one for one in self.several.members if one.account == account), None)
            if member is None:
                raise InvalidInput(
                    f"the handle is of {account}, which is not in this failover (it has:"
                    f" {', '.join(self.several.by_key)})"
                )
        plain = replace(handle, within=None)
        told = yield from self.several.ask(member, "resolve", lambda one: one.resolve(plain))
        if handle.within is not None and (
            told.order is not None
            or (
                yield from may_end(
                    member, cast("OrderRequest", handle.intent.change), handle.within
                )
            )
        ):
            ended = Ended(
                handle.within,
                None if told.order is not None else Outcome.ABSENT,
                told.order,
                None,
                attempt=handle.step,
            )
            yield from end(lambda event: None, ended)
        return told

    # What only several have

    def balances(self) -> Flow[views.Holdings]:
        return views.holdings(self.several)

    def open_orders(self, symbol: str | None = None) -> Flow[views.View[Order]]:
        return views.rows_of_all(
            self.several,
            "fetch_open_orders",
            lambda one: one.fetch_open_orders(symbol),
            views.order_time,
        )

    def my_trades(
        self, symbol: str | None = None, since: datetime | None = None, limit: int | None = None
    ) -> Flow[views.View[MyTrade]]:
        return views.rows_of_all(
            self.several,
            "fetch_my_trades",
            lambda one: one.fetch_my_trades(symbol, since, limit),
            views.trade_time,
        )

    def consolidated_book(
        self, symbol: str, limit: int | None = None
    ) -> Flow[views.ConsolidatedBook]:
        return views.consolidated_book(self.several, symbol, limit)

    def cancel_all(self, symbols: Sequence[str] | None = None) -> Flow[CancelReport]:
        return orders.cancel_everything(self.several, symbols)


def _named(order: OrderRequest) -> Flow[OrderRequest]:
    if order.client_order_id is not None:
        return order
    entropy: bytes = yield Entropy(ID_BYTES)
    return order.model_copy(update={"client_order_id": made_id(entropy, _ANYWHERE)})


def _cut(rows: tuple[R, ...], since: datetime | None, limit: int | None) -> tuple[R, ...]:
    if limit is None:
        return rows
    return rows[-limit:] if since is None else rows[:limit]
