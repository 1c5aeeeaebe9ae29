"""A market and its filters: which numbers the venue accepts, and explicit ways to reach them."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from exchangekit.errors import InvalidInput
from exchangekit.models.base import Told, trusted, trusted_row
from exchangekit.models.enums import OrderType, OrderTypeWord, SideWord, choices
from exchangekit.models.numbers import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_UP,
    WIDE,
    Number,
    exact,
    is_multiple,
    pretty,
    round_to_step,
    shown,
)
from exchangekit.models.orders import LimitOrder, MarketBuyWithCost, OrderRequest

_ROUNDING = {None: ROUND_HALF_UP, "buy": ROUND_FLOOR, "sell": ROUND_CEILING}
_FINE = Decimal("1e-18")


class Problem(NamedTuple):
    """A filter that an order breaks, in plain words, and the nearest value that does not break
    it, None if there is none."""

    filter: str
    message: str
    nearest: Decimal | None


class Market(Told):
    """One spot market of one venue.

    ``id`` is the venue's name for it. Steps and limits are None where the venue sets none; those
    named ``market_`` are for market orders, None means as for limit orders, 0 none at all.
    Amounts are base, prices quote per base, costs quote. ``maker`` and ``taker`` are the public
    rates (0.001 = 0.1 %); the account's own come from `fetch_trading_fees`. ``active`` means that
    the API takes orders now; ``through_api`` is False where it never does (the website may).
    """

    symbol: str
    id: str
    base: str
    quote: str
    active: bool = True
    through_api: bool = True
    order_types: frozenset[OrderType] = frozenset({OrderType.LIMIT, OrderType.MARKET})
    buy_with_cost: bool = True
    price_step: Decimal | None = None
    min_price: Decimal | None = None
    max_price: Decimal | None = None
    amount_step: Decimal | None = None
    min_amount: Decimal | None = None
    max_amount: Decimal | None = None
    market_amount_step: Decimal | None = None
    market_min_amount: Decimal | None = None
    market_max_amount: Decimal | None = None
    min_cost: Decimal | None = None
    max_cost: Decimal | None = None
    market_min_cost: Decimal | None = None
    market_max_cost: Decimal | None = None
    cost_step: Decimal | None = None
    maker: Decimal | None = None
    taker: Decimal | None = None

    def round_price(self, price: Number, side: SideWord | None = None) -> Decimal:
        """The price on the tick: for a buy never higher, for a sell never lower, else nearest."""
        known = side is None or (isinstance(side, str) and side.lower() in _ROUNDING)
        if not known:
            raise InvalidInput(f"side is {shown(side)}, expected buy, sell or None")
        rounding = _ROUNDING[side and side.lower()]
        return round_to_step(exact(price, "price"), self.price_step or Decimal(0), rounding)

    def round_amount(self, amount: Number, type: OrderTypeWord = OrderType.LIMIT) -> Decimal:
        """The amount on the step of limit or of market orders, never more than given."""
        if type not in choices(OrderType):
            raise InvalidInput(f"type is {shown(type)}, expected limit or market")
        step = self.amount_step
        if type == OrderType.MARKET:
            step = self.market_amount_step or step
        return round_to_step(exact(amount, "amount"), step or Decimal(0), ROUND_DOWN)

    def round_cost(self, cost: Number) -> Decimal:
        """The cost on its step, never more than given."""
        return round_to_step(exact(cost, "cost"), self.cost_step or Decimal(0), ROUND_DOWN)

    def problems(self, order: OrderRequest) -> tuple[Problem, ...]:
        """Every filter of this market that `order` breaks; empty when it may be sent."""
        broken: list[Problem] = []
        if not self.through_api:
            words = (
                f"the venue takes no orders in {self.symbol} through its API: use another market"
            )
            broken.append(Problem("through_api", words, None))
        elif not self.active:
            broken.append(Problem("active", f"{self.symbol} does not trade now", None))
        if order.type not in self.order_types:
            legal = ", ".join(sorted(self.order_types)) or "none"
            words = f"{self.symbol} takes no {order.type} orders (it takes: {legal})"
            broken.append(Problem("order_types", words, None))
        numbers: tuple[Problem | None, ...]
        if isinstance(order, LimitOrder):
            numbers = (
                _broken("price", order.price, self.price_step, self.min_price, self.max_price),
                _broken("amount", order.amount, self.amount_step, self.min_amount, self.max_amount),
                self._limit_cost(order),
            )
        elif isinstance(order, MarketBuyWithCost):
            if not self.buy_with_cost:
                words = f"{self.symbol} takes no market buy by cost"
                broken.append(Problem("buy_with_cost", words, None))
            low = self.market_min_cost if self.market_min_cost is not None else self.min_cost
            high = self.market_max_cost if self.market_max_cost is not None else self.max_cost
            numbers = (_broken("cost", order.cost, self.cost_step, low, high or None),)
        else:
            step = self.market_amount_step or self.amount_step
            low = self.market_min_amount or self.min_amount
            high = self.market_max_amount or self.max_amount
            numbers = (_broken("amount", order.amount, step, low, high),)
        broken += [problem for problem in numbers if problem is not None]
        return tuple(broken)

    def _limit_cost(self, order: LimitOrder) -> Problem | None:
        price, amount, low, high = order.price, order.amount, self.min_cost, self.max_cost
        if (low is None and high is None) or price <= 0 or amount <= 0:
            return None
        cost = WIDE.multiply(price, amount)
        if low is not None and cost < low:
            name, words, limit = "min_cost", "below the minimum", low
        elif high is not None and cost > high:
            name, words, limit = "max_cost", "above the maximum", high
        else:
            return None
        nearest = self._amounts_at(price).nearest(amount)
        advice = (
            "no amount at this price is legal"
            if nearest is None
            else f"nearest amount at this price: {pretty(nearest)}"
        )
        return Problem(
            name,
            f"price x amount = {pretty(cost)} {self.quote} is {words} {pretty(limit)} ({advice})",
            nearest,
        )

    def _amounts_at(self, price: Decimal) -> _Legal:
        """The amounts that cost neither too little nor too much at `price`."""
        step = self.amount_step or _FINE
        low, high = self.min_amount, self.max_amount
        if self.min_cost is not None:
            least = round_to_step(WIDE.divide(self.min_cost, price), step, ROUND_CEILING)
            low = least if low is None else max(low, least)
        if self.max_cost is not None:
            most = round_to_step(WIDE.divide(self.max_cost, price), step, ROUND_FLOOR)
            high = most if high is None else min(high, most)
        return _Legal(step, low, high)


def _broken(
    name: str, value: Decimal, step: Decimal | None, low: Decimal | None, high: Decimal | None
) -> Problem | None:
    """What is wrong with one number, None if nothing is."""
    if value <= 0:
        words, broken = f"{name} is {pretty(value)}, expected more than 0", f"{name}_positive"
    elif low is not None and value < low:
        words, broken = f"{name} {pretty(value)} is below the minimum {pretty(low)}", f"min_{name}"
    elif high is not None and value > high:
        words, broken = f"{name} {pretty(value)} is above the maximum {pretty(high)}", f"max_{name}"
    elif step and not is_multiple(value, step):
        words = f"{name} {pretty(value)} is not a multiple of {pretty(step)}"
        broken = f"{name}_step"
    else:
        return None
    nearest = _Legal(step or Decimal(0), low, high).nearest(value)
    advice = "" if nearest is None or nearest in (low, high) else f" (nearest: {pretty(nearest)})"
    return Problem(broken, words + advice, nearest)


class _Legal(NamedTuple):
    """Multiples of ``step`` above 0, from ``low`` to ``high``; a step of 0 allows any number."""

    step: Decimal
    low: Decimal | None
    high: Decimal | None

    def nearest(self, value: Decimal) -> Decimal | None:
        """The nearest of them to `value`, None where there is none."""
        if self.low is not None and value < self.low:
            value = self.low
        if self.high is not None and value > self.high:
            value = self.high
        for rounding in (ROUND_HALF_UP, ROUND_CEILING, ROUND_FLOOR):
            found = round_to_step(value, self.step, rounding)
            if self._holds(found):
                return found
        return self.step if self._holds(self.step) else None

    def _holds(self, value: Decimal) -> bool:
        return (
            value > 0
            and (self.low is None or value >= self.low)
            and (self.high is None or value <= self.high)
        )


make_market = trusted(Market)
make_market_of_row = trusted_row(
    Market,
    given="source symbol active order_types market_min_cost market_max_cost",
    or_none=(
        "price_step min_price max_price amount_step min_amount max_amount market_amount_step"
        " market_min_amount market_max_amount cost_step min_cost max_cost"
    ),
)
