"""Orders as they are asked for, orders as the venue holds them, and the fills that came of them.

An order by amount and a market buy by cost are different requests with different types, so that
nobody can ask for both. `Order` is what a venue says of an order; what it does not say is None.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import ClassVar, Literal, TypeAlias

from exchangekit.models.base import Model, Told, trusted
from exchangekit.models.enums import (
    Liquidity,
    OrderStatus,
    OrderType,
    Proof,
    Side,
    TimeInForce,
)
from exchangekit.models.numbers import WIDE


class LimitOrder(Model):
    """Buy or sell ``amount`` (base) at ``price`` (quote per base) or better."""

    symbol: str
    side: Side
    amount: Decimal
    price: Decimal
    time_in_force: TimeInForce = TimeInForce.GTC
    client_order_id: str | None = None

    @property
    def type(self) -> OrderType:
        """Always LIMIT."""
        return OrderType.LIMIT


class MarketOrder(Model):
    """Buy or sell ``amount`` (base) at whatever price the book offers."""

    symbol: str
    side: Side
    amount: Decimal
    client_order_id: str | None = None

    @property
    def type(self) -> OrderType:
        """Always MARKET."""
        return OrderType.MARKET


class MarketBuyWithCost(Model):
    """Spend ``cost`` (quote) at whatever price the book offers."""

    symbol: str
    cost: Decimal
    client_order_id: str | None = None

    @property
    def type(self) -> OrderType:
        """Always MARKET."""
        return OrderType.MARKET

    @property
    def side(self) -> Side:
        """Always BUY."""
        return Side.BUY


OrderRequest = LimitOrder | MarketOrder | MarketBuyWithCost


class CancelRequest(Model):
    """Cancel one order, by the venue's ``id`` or by ``client_order_id``."""

    symbol: str
    id: str | None = None
    client_order_id: str | None = None


class CancelAllRequest(Model):
    """Cancel every open order of a symbol, or those with ``ids`` where they are canceled in
    batches."""

    symbol: str
    ids: tuple[str, ...] | None = None


Change = OrderRequest | CancelRequest | CancelAllRequest


class Fee(Model):
    """A charge in ``currency``; a negative ``cost`` is a rebate."""

    currency: str
    cost: Decimal


class Order(Told):
    """An order as the venue holds it.

    ``amount`` and ``filled`` are base, ``cost`` is the quote traded so far, ``average`` =
    cost / filled, ``requested_cost`` the quote that a market buy by cost asked to spend.
    ``status`` is None where the venue has only acknowledged the request; `fetch_order` tells. A
    type, time in force or status that the venue says in a word which is not known is ``UNKNOWN``,
    and ``raw`` has its word.
    A partly filled, then canceled order is CANCELED with ``filled`` > 0. ``fees`` is None where
    this reply does not tell (they are in `fetch_order_trades`).
    """

    symbol: str
    side: Side | None = None
    type: OrderType | None = None
    id: str | None = None
    client_order_id: str | None = None
    status: OrderStatus | None = None
    time_in_force: TimeInForce | None = None
    price: Decimal | None = None
    stop_price: Decimal | None = None
    amount: Decimal | None = None
    requested_cost: Decimal | None = None
    filled: Decimal | None = None
    cost: Decimal | None = None
    average: Decimal | None = None
    fees: tuple[Fee, ...] | None = None
    timestamp: datetime | None = None
    updated: datetime | None = None

    @property
    def remaining(self) -> Decimal | None:
        """``amount`` - ``filled`` (base), None where one of them is not known."""
        if self.amount is None or self.filled is None:
            return None
        return WIDE.subtract(self.amount, self.filled)

    @property
    def is_open(self) -> bool:
        """It can still trade. False while the status is not known."""
        return self.status is OrderStatus.OPEN

    @property
    def is_done(self) -> bool:
        """Nothing more can happen to it. False while the status is not known."""
        return self.status not in (None, OrderStatus.OPEN, OrderStatus.UNKNOWN)


Until: TypeAlias = Literal["done", "any_fill", "open"] | Callable[[Order], bool]
"""What `wait` waits for, at most until the order is done: its end (``"done"``), a first fill
(``"any_fill"``), that the venue shows it (``"open"``), or what a function of yours says of it."""


class MyTrade(Told):
    """One fill of one of the account's orders. ``amount`` base, ``cost`` quote.

    ``id`` is the trade's: where the account traded with itself, two fills share it, and `identity`
    tells them apart.
    """

    symbol: str
    id: str
    order_id: str
    timestamp: datetime
    side: Side
    price: Decimal
    amount: Decimal
    cost: Decimal
    fee: Fee | None = None
    liquidity: Liquidity = Liquidity.UNKNOWN
    client_order_id: str | None = None

    @property
    def identity(self) -> tuple[str, ...]:
        """Equal for the same fill told twice, and different for any two fills of one venue."""
        return self.symbol, self.id, self.order_id, self.side


class CancelFailure(Told):
    """An order that `cancel_all_orders` could not cancel, and the venue's reason."""

    order_id: str
    reason: str


class CancelReport(Told):
    """What `cancel_all_orders` did. ``failed`` orders may have been filled in the meantime.

    ``complete`` is False where the answer was lost and the open orders were looked at instead, and
    where a first request was refused and another one sent, whose answer says nothing of the first:
    none of those there were before is open any more, but which of them were canceled, and which
    filled, is not told here. It is False as well where some of several venues could not be asked:
    ``unconfirmed`` says why, by venue, and their orders may be open.
    """

    inner: ClassVar[tuple[str, ...]] = ("canceled", "failed")

    canceled: tuple[Order, ...]
    failed: tuple[CancelFailure, ...] = ()
    complete: bool = True
    unconfirmed: Mapping[str, str] = {}


class Resolution(Told):
    """What became of a change whose answer was lost.

    Of an order: ``order``, or None and the ``proof`` that it never existed. Of a cancel: the
    ``order`` as it stands now, and, where that is open still, the ``proof`` that the cancel came to
    nothing (none: it may be carried out yet). Of `cancel_all_orders`: those ``still_open``.
    """

    inner: ClassVar[tuple[str, ...]] = ("order", "still_open")

    order: Order | None = None
    proof: Proof = Proof.NONE
    still_open: tuple[Order, ...] = ()


class Countdown(Told):
    """The dead man's switch of an account, as the venue confirmed it.

    ``triggers`` is when it cancels every open order (UTC, the venue's clock) unless it hears from
    you before; None where it is switched off.
    """

    triggers: datetime | None = None

    @property
    def is_armed(self) -> bool:
        """Whether it runs."""
        return self.triggers is not None


make_limit_order = trusted(LimitOrder)
make_market_order = trusted(MarketOrder)
make_market_buy_with_cost = trusted(MarketBuyWithCost)
make_cancel_request = trusted(CancelRequest)
make_order = trusted(Order)
make_my_trade = trusted(MyTrade)
make_fee = trusted(Fee)
make_countdown = trusted(Countdown)


def under_name(order: OrderRequest, client_order_id: str) -> OrderRequest:
    """`order` under that client order id."""
    if type(order) is LimitOrder:
        return make_limit_order(
            source=order.source,
            symbol=order.symbol,
            side=order.side,
            amount=order.amount,
            price=order.price,
            time_in_force=order.time_in_force,
            client_order_id=client_order_id,
        )
    return order.model_copy(update={"client_order_id": client_order_id})
