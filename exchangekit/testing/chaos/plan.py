"""The list of orders and of what strikes each: a pure function of the seed.

Each order has its client order id from here, so that a worker that died places the same one again.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from exchangekit.models.enums import OrderTypeWord, SideWord, TimeInForceWord
from exchangekit.testing.chaos.trouble import Strike, trouble_for
from exchangekit.testing.chaos.which import VENUES

PRICES = {"BTC/USDT": Decimal(60_000), "ETH/USDT": Decimal(3_000)}
"""Where the markets stand still, so that the plan can say which order fills."""
_LEAST = {"BTC/USDT": Decimal("0.001"), "ETH/USDT": Decimal("0.02")}
_STEP = {"BTC/USDT": Decimal("0.00001"), "ETH/USDT": Decimal("0.0001")}
_KINDS = ("rests", "rests", "rests", "canceled", "canceled", "crosses", "crosses", "market", "ioc")
_MOST_LEFT = 300
"""After so many orders all that rest are canceled: venues bound how many may be open, and one venue
may hold them all."""
_LATEST_KILL = 0.02


@dataclass(frozen=True, slots=True)
class Planned:
    """One order: what is asked for, how often, by which workers, and what happens on the way.

    ``venue`` is where it goes first. ``asks`` is how often its caller asks in all where it is told
    that there is no such order. ``strikes`` are met at that venue, and everywhere by one that is
    ``haunted``. ``kill`` is how many seconds after its first arrival its worker dies, None where it
    lives. ``read`` that it is fetched at the end.
    """

    number: int
    name: str
    venue: str
    symbol: str
    type: OrderTypeWord
    side: SideWord
    amount: Decimal
    price: Decimal | None
    time_in_force: TimeInForceWord | None
    cancel: bool
    read: bool
    asks: int
    owners: tuple[int, ...]
    strikes: tuple[Strike, ...]
    haunted: bool
    kill: float | None

    def asked(self) -> dict[str, object]:
        """The arguments of `create_order`."""
        return {
            "symbol": self.symbol,
            "type": self.type,
            "side": self.side,
            "amount": self.amount,
            "price": self.price,
            "time_in_force": self.time_in_force,
            "client_order_id": self.name,
        }


@dataclass(frozen=True, slots=True)
class Size:
    """How large a run is, and of which kind. ``kills`` is how many workers die; without
    ``failover`` each order stays at its venue."""

    orders: int
    workers: int
    kills: int
    seed: int
    failover: bool = True


def plan(size: Size) -> tuple[Planned, ...]:
    """All orders of a run."""
    return tuple(_orders(size, random.Random(f"chaos {size.seed}")))  # noqa: S311 - no secret


def _orders(size: Size, chance: random.Random) -> Iterator[Planned]:
    doomed = set(chance.sample(range(size.orders), min(size.kills, size.orders)))
    for number in range(size.orders):
        venue = VENUES[number % len(VENUES)]
        symbol = chance.choice(tuple(PRICES))
        side: Literal["buy", "sell"] = chance.choice(("buy", "sell"))
        kind = chance.choice(_KINDS)
        if kind == "rests" and number >= _MOST_LEFT:
            kind = "canceled"
        first = chance.randrange(size.workers)
        # Every thirtieth is asked for by two programs at once: it must be one order all the same.
        contested = size.workers > 1 and chance.random() < 1 / 30
        yield Planned(
            number=number,
            name=f"chaos{size.seed}o{number:06d}",
            venue=venue,
            symbol=symbol,
            type="market" if kind == "market" else "limit",
            side=side,
            amount=_LEAST[symbol] + chance.randrange(100) * _STEP[symbol],
            price=_price(kind, symbol, side, chance),
            time_in_force="ioc" if kind == "ioc" else None,
            cancel=kind == "canceled",
            read=chance.random() < 0.1,
            asks=chance.choice((1, 1, 3)),
            owners=(first, (first + 1) % size.workers) if contested else (first,),
            strikes=trouble_for(venue, kind in ("rests", "canceled"), chance),
            haunted=chance.random() < 0.2,
            kill=chance.random() * _LATEST_KILL if number in doomed else None,
        )


def _price(kind: str, symbol: str, side: str, chance: random.Random) -> Decimal | None:
    if kind == "market":
        return None
    # Those that rest keep so far from the market that nothing ever reaches them.
    away = Decimal("0.01") if kind in ("crosses", "ioc") else Decimal("-0.1")
    part = 1 + (away if side == "buy" else -away)
    return PRICES[symbol] * part + chance.randrange(50)
