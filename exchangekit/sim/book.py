"""One symbol's resting orders in price-time priority. Knows nothing of money or accounts' funds.

Best price first; at one price, first come first served. Background quotes and customers' orders
stand in the same queues.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from exchangekit.sim.orders import Order, Side
from exchangekit.sim.views import Level


@dataclass(slots=True, eq=False)
class Resting:
    """An order in the book. `order` is None for a background quote."""

    side: Side
    price: Decimal
    remaining: Decimal
    order: Order | None = None


class BookSide:
    """The bids or the asks of one symbol."""

    def __init__(self, side: Side) -> None:
        self.side: Side = side
        self._queues: dict[Decimal, deque[Resting]] = {}
        self._prices: list[Decimal] = []  # ascending
        self.customers: dict[int, Resting] = {}
        self._best_customer: Decimal | None = None

    def __bool__(self) -> bool:
        return bool(self._prices)

    def best(self) -> Resting | None:
        """The order that matches first."""
        if not self._prices:
            return None
        return self._queues[self._prices[-1 if self.side == "buy" else 0]][0]

    def best_customer_price(self) -> Decimal | None:
        """The best price among customers' orders."""
        if self._best_customer is None and self.customers:
            prices = [entry.price for entry in self.customers.values()]
            self._best_customer = max(prices) if self.side == "buy" else min(prices)
        return self._best_customer

    def in_priority(self) -> Iterator[Resting]:
        """Every resting order in the order they match. Do not change the book while iterating."""
        for price in reversed(self._prices) if self.side == "buy" else self._prices:
            yield from self._queues[price]

    def add(self, entry: Resting) -> None:
        """Queue behind everything at the same price."""
        queue = self._queues.get(entry.price)
        if queue is None:
            queue = self._queues[entry.price] = deque()
            insort(self._prices, entry.price)
        queue.append(entry)
        if entry.order is not None:
            self.customers[entry.order.id] = entry
            self._best_customer = None

    def remove(self, entry: Resting) -> None:
        queue = self._queues[entry.price]
        queue.remove(entry)
        if not queue:
            del self._queues[entry.price]
            del self._prices[bisect_left(self._prices, entry.price)]
        if entry.order is not None:
            del self.customers[entry.order.id]
            self._best_customer = None

    def replace_quotes(self, quotes: Iterable[Level]) -> None:
        """Drop every background quote and place these behind the customers' orders."""
        queues: dict[Decimal, deque[Resting]] = {}
        # Customers are kept in the order they came, which is their priority at one price.
        for entry in self.customers.values():
            queues.setdefault(entry.price, deque()).append(entry)
        for price, amount in quotes:
            quote = Resting(self.side, price, amount)
            if price in queues:
                queues[price].append(quote)
            else:
                queues[price] = deque((quote,))
        self._queues = queues
        self._prices = sorted(queues)

    def levels(self, depth: int) -> list[Level]:
        """(price, total amount), best first."""
        prices = self._prices[: -depth - 1 : -1] if self.side == "buy" else self._prices[:depth]
        return [
            (price, sum((entry.remaining for entry in queue), start=Decimal(0)))
            for price, queue in ((price, self._queues[price]) for price in prices)
        ]


class Book:
    """Both sides of one symbol."""

    def __init__(self) -> None:
        self.bids = BookSide("buy")
        self.asks = BookSide("sell")

    def own(self, side: Side) -> BookSide:
        """Where an order of this side rests."""
        return self.bids if side == "buy" else self.asks

    def opposite(self, side: Side) -> BookSide:
        """What an order of this side matches against."""
        return self.asks if side == "buy" else self.bids

    def has_customers(self) -> bool:
        return bool(self.bids.customers or self.asks.customers)

    def crosses(self, side: Side, price: Decimal | None) -> bool:
        """Whether an order at `price` (None: at any price) would match now."""
        best = self.opposite(side).best()
        return best is not None and reaches(side, price, best.price)


def reaches(side: Side, limit: Decimal | None, price: Decimal) -> bool:
    """Whether a taker of `side` with this limit accepts `price`."""
    if limit is None:
        return True
    return price <= limit if side == "buy" else price >= limit
