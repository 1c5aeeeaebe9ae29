"""What an order would do to a book, worked out before anything is touched.

A plan lists the executions and self-trade removals of a taker in price-time order. The engine
checks funds and fill-or-kill against the plan and then carries it out, so an order is never
half-executed and then found to be unaffordable.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from exchangekit.sim.book import Book, Resting, reaches
from exchangekit.sim.money import WIDE, ZERO, floor_to
from exchangekit.sim.orders import SelfTrade, Side


@dataclass(frozen=True, slots=True)
class Taker:
    """An incoming order, ours to match: by `amount`, or by `cost` in units of `step`.

    `account` is None for the background market. `cap` ends matching early (a test's wish).
    """

    side: Side
    price: Decimal | None
    amount: Decimal | None
    cost: Decimal | None
    step: Decimal
    account: str | None
    self_trade: SelfTrade
    cap: Decimal | None = None


@dataclass(slots=True)
class Plan:
    """`fills` in order; `removed` are the taker's own resting orders that self-trade rules end.

    `stopped`: self-trade rules end the taker too. `done`: nothing of the taker is left to fill.
    """

    fills: list[tuple[Resting, Decimal]] = field(default_factory=list)
    removed: list[Resting] = field(default_factory=list)
    stopped: bool = False
    done: bool = False
    amount: Decimal = ZERO
    cost: Decimal = ZERO


def plan(book: Book, taker: Taker) -> Plan:
    """Match `taker` against the opposite side of `book`, changing nothing."""
    found = Plan()
    for maker in book.opposite(taker.side).in_priority():
        if not reaches(taker.side, taker.price, maker.price):
            break
        wanted = _wanted(taker, found, maker.price)
        if wanted <= 0:
            break
        if _is_own(taker, maker) and taker.self_trade != "none":
            if taker.self_trade in ("expire_maker", "expire_both"):
                found.removed.append(maker)
            if taker.self_trade in ("expire_taker", "expire_both"):
                found.stopped = True
                break
            continue
        amount = min(wanted, maker.remaining)
        found.fills.append((maker, amount))
        found.amount = WIDE.add(found.amount, amount)
        found.cost = WIDE.fma(amount, maker.price, found.cost)
    last = found.fills[-1][0].price if found.fills else None
    found.done = last is not None and _wanted(taker, found, last, capped=False) <= 0
    return found


def _is_own(taker: Taker, maker: Resting) -> bool:
    return maker.order is not None and maker.order.account == taker.account


def _wanted(taker: Taker, found: Plan, price: Decimal, *, capped: bool = True) -> Decimal:
    """How much base the taker still wants at `price`."""
    if taker.cost is not None:
        wanted = floor_to(WIDE.divide(WIDE.subtract(taker.cost, found.cost), price), taker.step)
    elif taker.amount is not None:
        wanted = WIDE.subtract(taker.amount, found.amount)
    else:
        raise ValueError("an order has an amount or a cost")
    if capped and taker.cap is not None:
        wanted = min(wanted, WIDE.subtract(taker.cap, found.amount))
    return wanted
