"""The words that every venue is translated into, and how a strategy may write them.

A word that a venue's table does not know becomes ``UNKNOWN``: an order with a new kind of status is
an order all the same, and `Order.raw` has the venue's word. Only a side has no such value: what
bought or sold cannot be half known, so an unknown side is an error.

`SideWord` and its kin are for arguments: the enum or its value, so that type checkers refuse a
word that does not exist and editors offer those that do. Upper case works, too, but is not among
them: editors would offer each word twice, and a word from a file is a str that wants
``Side(text.lower())`` in either case.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import Literal, TypeAlias, TypeVar

E = TypeVar("E", bound=StrEnum)


@cache
def words(kind: type[E]) -> Mapping[str, E]:
    """The values that a strategy may ask for, by their words in small letters."""
    return MappingProxyType({one.value: one for one in choices(kind)})


@cache
def choices(kind: type[E]) -> tuple[E, ...]:
    """The values that a strategy may ask for: all but ``UNKNOWN``, which only venues can say."""
    return tuple(one for one in kind if one.value != "unknown")


class Side(StrEnum):
    """Buying or selling the base currency."""

    BUY = "buy"
    SELL = "sell"


SideWord: TypeAlias = Side | Literal["buy", "sell"]
"""A `Side`, or its value as a word."""


class Proof(StrEnum):
    """What it rests on that an order which was not found never existed.

    ``RECHECKED``: the venue checks an order's last moment once more before matching. ``GATEWAY``:
    it says so of the arrival only, so that every list that could know was asked, twice, and an
    order held up inside the venue for longer than that could still appear. ``NONE``: nothing.
    """

    RECHECKED = "rechecked"
    GATEWAY = "gateway"
    NONE = "none"


ProofWord: TypeAlias = Proof | Literal["rechecked", "gateway"]
"""A proof that a strategy may ask for, or its value as a word."""


class OrderType(StrEnum):
    """At a price or better, or at whatever price the book offers."""

    LIMIT = "limit"
    MARKET = "market"
    UNKNOWN = "unknown"


OrderTypeWord: TypeAlias = OrderType | Literal["limit", "market"]
"""An `OrderType`, or its value as a word."""


class TimeInForce(StrEnum):
    """How long an order lives: good till canceled, post-only (never takes), immediate or
    cancel, fill or kill. Post-only is one of them since it excludes the other three."""

    GTC = "gtc"
    POST_ONLY = "post_only"
    IOC = "ioc"
    FOK = "fok"
    UNKNOWN = "unknown"


TimeInForceWord: TypeAlias = TimeInForce | Literal["gtc", "post_only", "ioc", "fok"]
"""A `TimeInForce`, or its value as a word."""


class OrderStatus(StrEnum):
    """Where an order is in its life. How much of it was filled is `Order.filled`, apart.

    An order with a status of ``UNKNOWN`` is neither open nor done: the venue says a word that the
    kit has not learned yet.
    """

    OPEN = "open"
    CLOSED = "closed"
    CANCELED = "canceled"
    EXPIRED = "expired"
    REJECTED = "rejected"
    UNKNOWN = "unknown"


class Liquidity(StrEnum):
    """Whether a fill was of an order that rested in the book or of one that took from it."""

    MAKER = "maker"
    TAKER = "taker"
    UNKNOWN = "unknown"


class VenueState(StrEnum):
    """What a venue says of itself as a whole."""

    OK = "ok"
    MAINTENANCE = "maintenance"
    UNKNOWN = "unknown"
