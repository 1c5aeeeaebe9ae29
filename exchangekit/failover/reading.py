"""Reads: the first healthy venue in the order of preference answers.

What is older than the bound is not passed off as fresh: the next venue is asked. With hedging the
next one is asked as soon as the first is slow. What no other venue could answer differently (a bad
argument) is raised at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import TypeVar

from exchangekit.errors import (
    AccessRefused,
    BadReply,
    ExchangeError,
    GatewayRefused,
    MissingCredentials,
    RateLimited,
    UnknownSymbol,
    Unsupported,
    VenueUnavailable,
)
from exchangekit.failover.errors import NoVenue
from exchangekit.failover.health import Kind, kind_of
from exchangekit.failover.ids import blamed, owned
from exchangekit.failover.members import Member
from exchangekit.failover.several import NAME, Ask, Several
from exchangekit.models.market_data import OrderBook, Ticker
from exchangekit.operations.venue import OneVenue
from exchangekit.runtime.effects import First, Flow, Today

T = TypeVar("T")

_ANOTHER_MAY_TELL = (
    VenueUnavailable,
    RateLimited,
    GatewayRefused,
    BadReply,
    AccessRefused,
    MissingCredentials,
    UnknownSymbol,
    Unsupported,
)


class Stale(VenueUnavailable):
    """A venue answers with data that is older than the bound."""


def first_told(
    several: Several, operation: str, ask: Ask[T], among: Sequence[Member] | None = None
) -> Flow[T]:
    """What the first healthy member says. Raises NoVenue, with a reason for each, where none does;
    where all give the same reason, that."""
    kind = kind_of(operation)
    healthy = yield from several.admitted(kind, among)
    reasons: dict[str, ExchangeError] = {
        one.key: NoVenue(several.why_not(one, kind))
        for one in (several.members if among is None else among)
        if one not in healthy
    }
    for group in _groups(several, healthy):
        for member, came in (yield from _asked(several, operation, ask, group)):
            try:
                if isinstance(came, BaseException):
                    raise came
                yield from _refuse_the_old(several, member, kind, came)
            except ExchangeError as problem:
                reasons[member.key] = problem
                if not isinstance(problem, _ANOTHER_MAY_TELL):
                    raise
            else:
                return came
    raise _nobody(operation, reasons)


def _groups(several: Several, healthy: list[Member]) -> Iterator[list[Member]]:
    """Who is asked at once: one after another, or all where the next is asked when one is slow."""
    if several.settings.hedge_after is not None and healthy:
        yield healthy
    else:
        yield from ([one] for one in healthy)


def _asked(
    several: Several, operation: str, ask: Ask[T], group: list[Member]
) -> Flow[list[tuple[Member, T | BaseException]]]:
    """What those of `group` came to that were asked; good answers first."""
    if len(group) == 1 or several.settings.hedge_after is None:
        try:
            return [(group[0], (yield from several.ask(group[0], operation, ask)))]
        except ExchangeError as problem:
            return [(group[0], problem)]
    branches = [one.on(ask(one.operations)) for one in group]
    came = yield First(branches, several.settings.hedge_after)
    told: list[tuple[Member, T | BaseException]] = []
    for member, one in zip(group, came, strict=True):
        if isinstance(one, ExchangeError):
            told.append((member, blamed(one, member.key)))
        elif isinstance(one, BaseException):
            raise one
        elif one is not None:
            told.insert(0, (member, owned(one, member.key)))
    return told


def _refuse_the_old(several: Several, member: Member, kind: Kind, told: object) -> Flow[None]:
    """Raises Stale for what is older than the bound, by the venue's own clock."""
    bound = several.settings.max_age
    if bound is None or not isinstance(told, (Ticker, OrderBook)) or told.timestamp is None:
        return
    now = yield from _venue_time(member)
    age = (now - told.timestamp).total_seconds()
    if several.age_told(member, kind, age, bound):
        return
    raise Stale(
        f"what it tells is {age:.0f} s old, and {bound:g} s are allowed",
        venue=member.account.venue,
        hint="See max_age of the failover.",
    )


def _venue_time(member: Member) -> Flow[datetime]:
    served = member.operations
    if isinstance(served, OneVenue):
        asked: datetime = yield member.on(served.connection.venue_now())
        return asked
    here: datetime = yield Today()
    return here.astimezone(UTC)


def _nobody(operation: str, reasons: dict[str, ExchangeError]) -> ExchangeError:
    kinds = {type(why) for why in reasons.values()}
    if len(reasons) == 1 or (len(kinds) == 1 and kinds <= {UnknownSymbol, Unsupported}):
        return next(iter(reasons.values()))
    return NoVenue("no venue could tell", reasons=reasons, venue=NAME, operation=operation)
