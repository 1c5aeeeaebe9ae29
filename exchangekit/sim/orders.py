"""Orders and fills as the engine holds them, what a dialect may ask for, and why it may refuse.

All numbers are `Decimal`, all times venue milliseconds. Dialects read these objects to build their
replies and never change them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from types import MappingProxyType
from typing import Final, Literal

from exchangekit.sim.instruments import Fees
from exchangekit.sim.money import WIDE, ZERO

Side = Literal["buy", "sell"]
Kind = Literal["limit", "market"]
TimeInForce = Literal["GTC", "IOC", "FOK"]
# expired: the venue ended it by its own rule (IOC/FOK remainder, market order without liquidity,
# self-trade prevention); canceled: someone asked.
Status = Literal["open", "filled", "canceled", "expired"]
# Why an order ended without being filled.
Reason = Literal["", "user", "ioc", "fok", "no_liquidity", "self_trade", "post_only", "countdown"]
SelfTrade = Literal["none", "expire_taker", "expire_maker", "expire_both"]
# received: buys pay in base, sells in quote. quote: both pay in quote, on top of the cost.
FeeCurrency = Literal["received", "quote"]


@dataclass(frozen=True, slots=True)
class VenueRules:
    """What differs between venues in matching and money, as data.

    `fee_asset`: a third currency (``BNB``, ``MX``) that pays fees at `fee_asset_discount` of the
    rate for accounts that switched it on and hold enough of it. `client_ids`: whether a client
    order id must be unique among the account's open orders only, or among all it ever used;
    `client_ids_ms`: for how long after an order was made, where the venue forgets its name then.
    `post_only`: whether a post-only order that would take is refused or accepted and canceled.
    `fee_digits`: decimals of a fee; smaller parts are cut off in the customer's favour.
    """

    fees: Fees
    fee_currency: FeeCurrency = "received"
    fee_asset: str | None = None
    fee_asset_discount: Decimal = Decimal("0.75")
    fee_digits: int = 8
    self_trade: SelfTrade = "expire_taker"
    client_ids: Literal["open", "ever"] = "open"
    client_ids_ms: int | None = None
    post_only: Literal["reject", "cancel"] = "reject"


@dataclass(frozen=True, slots=True)
class OrderRequest:
    """What to place. Exactly one of `amount` (base) and `cost` (quote); `cost` only for market.

    `tag` is kept on the order verbatim for the dialect (the venue's own type string, say).
    `self_trade` overrides the venue's rule for this order.
    """

    symbol: str
    side: Side
    kind: Kind
    amount: Decimal | None = None
    price: Decimal | None = None
    cost: Decimal | None = None
    time_in_force: TimeInForce = "GTC"
    post_only: bool = False
    client_id: str | None = None
    self_trade: SelfTrade | None = None
    tag: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Fill:
    """One execution of one order. `fee` is what was charged (negative: paid to the customer)."""

    id: int
    order_id: int
    venue_order_id: str
    client_id: str | None
    account: str
    symbol: str
    side: Side
    price: Decimal
    amount: Decimal
    fee: Decimal
    fee_asset: str
    maker: bool
    time: int

    @property
    def cost(self) -> Decimal:
        return WIDE.multiply(self.price, self.amount)


@dataclass(slots=True)
class Order:
    """An order the engine accepted, in whatever state it is now.

    `id` is the engine's number, `venue_id` what the dialect shows (see `Dialect.order_id`).
    `amount` is None only for an order by cost. `filled` is in base, `spent` in quote.
    """

    id: int
    venue_id: str
    account: str
    symbol: str
    side: Side
    kind: Kind
    price: Decimal | None
    amount: Decimal | None
    cost: Decimal | None
    time_in_force: TimeInForce
    post_only: bool
    client_id: str | None
    self_trade: SelfTrade
    created: int
    updated: int
    tag: Mapping[str, str]
    status: Status = "open"
    reason: Reason = ""
    filled: Decimal = ZERO
    spent: Decimal = ZERO
    fills: list[Fill] = field(default_factory=list)
    locked_asset: str = ""
    locked: Decimal = ZERO

    @property
    def remaining(self) -> Decimal:
        """Base still to fill; 0 for an order by cost."""
        return ZERO if self.amount is None else self.amount - self.filled

    @property
    def average(self) -> Decimal | None:
        """Mean price of the fills at full precision, or None without fills."""
        return WIDE.divide(self.spent, self.filled) if self.filled else None

    @property
    def is_open(self) -> bool:
        return self.status == "open"

    def as_of(self, moment: int) -> Order | None:
        """The order as it was then, for copies of the data that are behind; None before it was
        there."""
        if self.created > moment:
            return None
        if self.updated <= moment:
            return self
        fills = [fill for fill in self.fills if fill.time <= moment]
        return replace(
            self,
            status="open",
            reason="",
            fills=fills,
            filled=sum((fill.amount for fill in fills), ZERO),
            spent=sum((fill.cost for fill in fills), ZERO),
            updated=fills[-1].time if fills else self.created,
        )


class Rejection(Exception):
    """The engine refused: nothing was changed and no order exists."""


class InsufficientFunds(Rejection):
    def __init__(self, asset: str, needed: Decimal, free: Decimal) -> None:
        super().__init__(f"needs {needed:f} {asset}, {free:f} free")
        self.asset: Final = asset
        self.needed: Final = needed
        self.free: Final = free


class WouldTake(Rejection):
    """A post-only order would match at once (only with `VenueRules.post_only` = "reject")."""


class DuplicateClientId(Rejection):
    def __init__(self, client_id: str, existing: Order) -> None:
        super().__init__(f"client order id {client_id} belongs to order {existing.venue_id}")
        self.client_id: Final = client_id
        self.existing: Final = existing


class NoLiquidity(Rejection):
    """A market order met an empty side of the book."""


class Halted(Rejection):
    """The symbol is halted by the control interface."""
