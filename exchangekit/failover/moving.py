"""Which failures of an order move it on to the next venue: one table, the first row that fits.

Only what is proven not to exist moves on: not sent, refused by the venue, or looked for and absent.
What is unknown stays, and waits for its proof. Of what is proven, only that moves on which another
venue may cure; what is the caller's fault would fail there as well.
"""

from __future__ import annotations

from dataclasses import dataclass

from exchangekit.errors import (
    AccessRefused,
    DuplicateClientOrderId,
    ExchangeError,
    GatewayRefused,
    InvalidOrder,
    MissingCredentials,
    NeverPlaced,
    OrderVetoed,
    Outcome,
    OutcomeUnknown,
    RateLimited,
    TradingHalted,
    UnknownSymbol,
    Unsupported,
    VenueUnavailable,
)

PROVEN = frozenset({Outcome.NOT_SENT, Outcome.REFUSED, Outcome.ABSENT})


@dataclass(frozen=True, slots=True)
class Rule:
    """A row: an error, whether the order moves on, and why."""

    error: type[ExchangeError]
    moves: bool
    why: str


RULES = (
    Rule(OutcomeUnknown, False, "it may exist: it waits for its proof"),
    Rule(NeverPlaced, True, "it is proven that there is none"),
    Rule(VenueUnavailable, True, "the venue is away"),
    Rule(RateLimited, True, "the venue takes no more requests now"),
    Rule(GatewayRefused, True, "something stands before this venue"),
    Rule(AccessRefused, True, "this venue does not take the key"),
    Rule(MissingCredentials, True, "there is no key for this venue"),
    Rule(UnknownSymbol, True, "this venue does not list it"),
    Rule(Unsupported, True, "this venue has no such orders"),
    Rule(TradingHalted, False, "you have stopped trading"),
    Rule(OrderVetoed, False, "a gate of yours said no"),
    Rule(DuplicateClientOrderId, False, "the name is another order's"),
    Rule(InvalidOrder, True, "it does not fit this venue: funds, filters, hours"),
    Rule(ExchangeError, False, "it would fail elsewhere as well, or nobody knows why it failed"),
)


def moves_on(problem: ExchangeError) -> bool:
    """Whether an order that ended in `problem` may be placed at the next venue."""
    if problem.outcome not in PROVEN:
        return False
    return next(rule.moves for rule in RULES if isinstance(problem, rule.error))
