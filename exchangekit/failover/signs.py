"""What one reply or failure says of a venue's health: one table, read from the top, whose first
row that fits decides.

An order that the venue refuses in its own words shows that trading works there, so it counts as a
good reply; the same refusal made here, before anything was sent, shows nothing. A refused key shows
nothing either: a venue whose logins are ill says of good keys that they are wrong, and a wrong key
is no illness.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from exchangekit.errors import (
    AccessRefused,
    BadReply,
    BadRequest,
    Banned,
    ClockSkew,
    ConnectionFailed,
    ExchangeError,
    FirewallBlocked,
    GatewayRefused,
    InvalidInput,
    InvalidNonce,
    InvalidOrder,
    MissingCredentials,
    NeverPlaced,
    NotRecorded,
    OnMaintenance,
    OrderExpired,
    OrderNotFound,
    OrderVetoed,
    OutcomeUnknown,
    RateLimited,
    RegionBlocked,
    TradingHalted,
    UnknownSymbol,
    Unsupported,
    VenueError,
    VenueUnavailable,
    WaitTimeout,
)


class Sign(StrEnum):
    """What a reply or a failure means."""

    GOOD = "good"
    """The venue answered."""
    NEUTRAL = "neutral"
    """It says nothing of the venue's health."""
    FAILING = "failing"
    """The venue did not serve this request; several in a row are an illness."""
    DOWN = "down"
    """The venue serves nothing now, or not to us."""
    LIMITED = "limited"
    """Too many requests: an illness only if it keeps up."""
    SLOW = "slow"
    """Good, but it took too long; several in a row are an illness."""
    STALE = "stale"
    """Good, but what it told was old; several in a row are an illness."""


def _any(error: ExchangeError) -> bool:
    return True


def _answered(error: ExchangeError) -> bool:
    return error.status is not None and error.status < 500


def _server_error(error: ExchangeError) -> bool:
    return error.status is not None and error.status >= 500


@dataclass(frozen=True, slots=True)
class Meaning:
    """A row: which error, in which case, means what?"""

    error: type[ExchangeError]
    fits: Callable[[ExchangeError], bool]
    sign: Sign

    @property
    def case(self) -> str:
        """Which errors of the class it is for, in words."""
        return _WORDS[self.fits]


_WORDS: dict[Callable[[ExchangeError], bool], str] = {
    _any: "any",
    _answered: "the venue said so",
    _server_error: "HTTP 5xx",
}

BY_THEIR_CAUSE = (OutcomeUnknown, NeverPlaced, WaitTimeout)
"""They tell what became of an order. Why that had to be asked decides, where it is known."""

MEANINGS = (
    # Without a cause: see BY_THEIR_CAUSE.
    Meaning(OutcomeUnknown, _any, Sign.FAILING),
    Meaning(NeverPlaced, _any, Sign.FAILING),
    Meaning(WaitTimeout, _any, Sign.NEUTRAL),
    # The venue, or what stands before it.
    Meaning(OnMaintenance, _any, Sign.DOWN),
    Meaning(ConnectionFailed, _any, Sign.DOWN),
    Meaning(VenueUnavailable, _any, Sign.FAILING),
    Meaning(Banned, _any, Sign.DOWN),
    Meaning(FirewallBlocked, _any, Sign.DOWN),
    Meaning(RateLimited, _any, Sign.LIMITED),
    Meaning(RegionBlocked, _any, Sign.DOWN),
    Meaning(GatewayRefused, _any, Sign.FAILING),
    Meaning(BadReply, _any, Sign.FAILING),
    # The kit measured the clock anew before it raised this.
    Meaning(ClockSkew, _any, Sign.DOWN),
    Meaning(InvalidNonce, _any, Sign.DOWN),
    Meaning(AccessRefused, _any, Sign.NEUTRAL),
    # What was asked.
    Meaning(OrderVetoed, _any, Sign.NEUTRAL),
    Meaning(OrderExpired, _any, Sign.NEUTRAL),  # who was late is not said
    Meaning(InvalidOrder, _answered, Sign.GOOD),
    Meaning(InvalidOrder, _any, Sign.NEUTRAL),
    Meaning(OrderNotFound, _answered, Sign.GOOD),
    Meaning(OrderNotFound, _any, Sign.NEUTRAL),
    Meaning(UnknownSymbol, _answered, Sign.GOOD),
    Meaning(UnknownSymbol, _any, Sign.NEUTRAL),
    Meaning(BadRequest, _answered, Sign.GOOD),
    Meaning(BadRequest, _any, Sign.NEUTRAL),
    Meaning(InvalidInput, _any, Sign.NEUTRAL),
    Meaning(MissingCredentials, _any, Sign.NEUTRAL),
    Meaning(NotRecorded, _any, Sign.NEUTRAL),
    Meaning(TradingHalted, _any, Sign.NEUTRAL),
    Meaning(Unsupported, _any, Sign.NEUTRAL),
    # What no table of a venue knows may be anything.
    Meaning(VenueError, _server_error, Sign.FAILING),
    Meaning(VenueError, _any, Sign.NEUTRAL),
    # Classes that a plugin adds.
    Meaning(ExchangeError, _server_error, Sign.FAILING),
    Meaning(ExchangeError, _any, Sign.NEUTRAL),
)


def meaning_of(error: ExchangeError) -> Meaning:
    """The row of `MEANINGS` that decides."""
    return next(row for row in MEANINGS if isinstance(error, row.error) and row.fits(error))


def root_of(error: ExchangeError) -> ExchangeError:
    """What decides of `error`: itself, or what caused it."""
    while isinstance(error, BY_THEIR_CAUSE) and isinstance(error.__cause__, ExchangeError):
        error = error.__cause__
    return error


def sign_of(error: ExchangeError | None, took: float, slow_after: float | None) -> Sign:
    """What a reply means (`error` None) or a failure; it took so many seconds.

    A good reply that took longer than `slow_after` seconds is SLOW.
    """
    root = None if error is None else root_of(error)
    sign = Sign.GOOD if root is None else meaning_of(root).sign
    if sign is not Sign.GOOD:
        return sign
    if root is not error:
        return Sign.NEUTRAL  # a refusal that left open what became of the order
    return Sign.SLOW if slow_after is not None and took > slow_after else Sign.GOOD


def seconds_said(error: ExchangeError | None, at: datetime) -> float | None:
    """For how many seconds from `at` the venue wants no requests; None where it does not say."""
    root = None if error is None else root_of(error)
    if not isinstance(root, RateLimited):
        return None
    if root.retry_after is None and isinstance(root, Banned) and root.until is not None:
        return max(0.0, (root.until - at).total_seconds())
    return root.retry_after
