"""What a venue's words mean, and which of them a new order is told in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar

from exchangekit.models.enums import Liquidity, OrderStatus, OrderType, Side, TimeInForce
from exchangekit.models.orders import LimitOrder, OrderRequest

T = TypeVar("T")


class Wording(NamedTuple):
    """A new order in a venue's words."""

    side: str
    type: str
    time_in_force: str | None
    """None of market orders, and where the type says it, too."""


@dataclass(frozen=True, slots=True)
class Words:
    """A venue's words. A type that says its time in force, too, needs no word for it. Where several
    mean the same, the first is the one that new orders are told in."""

    sides: Mapping[str, Side]
    types: Mapping[str, tuple[OrderType, TimeInForce | None]]
    statuses: Mapping[str, OrderStatus]
    times_in_force: Mapping[str, TimeInForce] = field(default_factory=dict)
    roles: Mapping[str, Liquidity] = field(default_factory=dict)
    _told: Mapping[object, str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        from exchangekit.adapter.declared_words import check_words

        check_words(self)
        told: dict[object, str] = {}
        for words in (self.sides, self.types, self.times_in_force):
            for word, meaning in words.items():
                told.setdefault(meaning, word)
        object.__setattr__(self, "_told", told)

    @property
    def unknown_type(self) -> tuple[OrderType, TimeInForce | None]:
        """What an undeclared type means. Where types say the time in force, too, it is as
        unknown."""
        return OrderType.UNKNOWN, None if self.times_in_force else TimeInForce.UNKNOWN

    def tell(self, order: OrderRequest) -> Wording:
        """``side, type, time_in_force = WORDS.tell(order)``. Raises TypeError for what the venue
        has no word for."""
        told, kind = self._told, order.type
        life = order.time_in_force if isinstance(order, LimitOrder) else None
        side, both = told.get(order.side), told.get((kind, life))
        if side is not None and both is not None:
            return Wording(side, both, None)
        alone, word = told.get((kind, None)), told.get(life)
        if side is None or alone is None or word is None:
            raise TypeError(f"no words say {order.side} {order.type} {life or ''}".rstrip())
        return Wording(side, alone, word)


def statuses(
    *, open: str = "", closed: str = "", canceled: str = "", rejected: str = "", expired: str = ""
) -> dict[str, OrderStatus]:
    """The words for each status, blanks between: ``statuses(open="NEW PENDING", ...)``. Raises
    TypeError for a word with two meanings."""
    return _meant(
        {
            OrderStatus.OPEN: open,
            OrderStatus.CLOSED: closed,
            OrderStatus.CANCELED: canceled,
            OrderStatus.REJECTED: rejected,
            OrderStatus.EXPIRED: expired,
        }
    )


def order_types(
    *,
    limit: str = "",
    market: str = "",
    gtc: str = "",
    post_only: str = "",
    ioc: str = "",
    fok: str = "",
) -> dict[str, tuple[OrderType, TimeInForce | None]]:
    """The words for each type of order, blanks between: ``gtc`` to ``fok`` are those of limit
    orders that say their time in force, too. Raises TypeError for a word with two meanings."""
    return _meant(
        {
            (OrderType.LIMIT, None): limit,
            (OrderType.LIMIT, TimeInForce.GTC): gtc,
            (OrderType.LIMIT, TimeInForce.POST_ONLY): post_only,
            (OrderType.LIMIT, TimeInForce.IOC): ioc,
            (OrderType.LIMIT, TimeInForce.FOK): fok,
            (OrderType.MARKET, None): market,
        }
    )


def _meant(told: Mapping[T, str]) -> dict[str, T]:
    meant: dict[str, T] = {}
    for meaning, words in told.items():
        for word in words.split():
            if meant.setdefault(word, meaning) != meaning:
                raise TypeError(f"{word!r} cannot mean {meant[word]} and {meaning}")
    return meant
