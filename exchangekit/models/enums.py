"""The words that every venue is translated into.

A status, side or type that a table does not know is an error. A value that only describes
(who took liquidity) becomes ``UNKNOWN``.
"""

from __future__ import annotations

from enum import StrEnum


class Side(StrEnum):
    """Buying or selling the base currency."""

    BUY = "buy"
    SELL = "sell"


class OrderType(StrEnum):
    """At a price or better, or at whatever price the book offers."""

    LIMIT = "limit"
    MARKET = "market"


class TimeInForce(StrEnum):
    """How long an order lives: good till canceled, post-only (never takes), immediate or
    cancel, fill or kill. Post-only is one of them since it excludes the other three."""

    GTC = "gtc"
    POST_ONLY = "post_only"
    IOC = "ioc"
    FOK = "fok"


class OrderStatus(StrEnum):
    """Where an order is in its life. How much of it was filled is `Order.filled`, apart."""

    OPEN = "open"
    CLOSED = "closed"
    CANCELED = "canceled"
    EXPIRED = "expired"
    REJECTED = "rejected"


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
