"""What follows a failure: one table, read from the top, whose first row that fits decides.

An outcome is that of a request which changes something; a read has none, and may always be asked
again. Nothing is ever sent again whose outcome is unknown.

What a venue refuses with a limit, an overload, a wrong time or a used number is one copy of a
request. Whatever stands between it and us may have made another one, which was taken. So an order
that was refused like this is looked for by its client order id before it is sent once more. A
cancel is not: it can end no other order than the first one could, and the look would cost the time
in which the order may be filled. An order that is refused for what it is (`InvalidOrder`) is never
sent again, and looked for before that is told: its other copy may have taken the money, or the last
place.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from exchangekit.errors import (
    Banned,
    ClockSkew,
    ExchangeError,
    InvalidNonce,
    InvalidOrder,
    OnMaintenance,
    Outcome,
    RateLimited,
    VenueUnavailable,
)
from exchangekit.runtime.attempt import Attempt


class Action(StrEnum):
    """What is done. The texts are what the documentation prints."""

    TELL_UNKNOWN = "raise `OutcomeUnknown`"
    ASK_THE_TIME = "measure the venue's clock anew and send again at once"
    ASK_THE_TIME_AND_LOOK = (
        "measure the clock anew, then look for the order: send again only if it is not there"
    )
    HOLD_BACK = "hold back what counts together for as long as the venue says, then send again"
    BACK_OFF = "wait, longer each time, then send again"
    HOLD_BACK_AND_LOOK = (
        "hold back as below, then look for the order: send again only if it is not there"
    )
    BACK_OFF_AND_LOOK = "wait, then look for the order: send again only if it is not there"
    RAISE = "raise it"


LOOKS = frozenset(
    {Action.HOLD_BACK_AND_LOOK, Action.BACK_OFF_AND_LOOK, Action.ASK_THE_TIME_AND_LOOK}
)


def _any(attempt: Attempt, retries: int) -> bool:
    return True


def _first_skew(attempt: Attempt, retries: int) -> bool:
    return attempt.request.signed and not attempt.resynchronised


def _first_skew_but_no_cancel(attempt: Attempt, retries: int) -> bool:
    return attempt.request.changes and not attempt.cancels and _first_skew(attempt, retries)


def _left(attempt: Attempt, retries: int) -> bool:
    return attempt.failures < retries


def _left_but_no_cancel(attempt: Attempt, retries: int) -> bool:
    return attempt.request.changes and not attempt.cancels and _left(attempt, retries)


@dataclass(frozen=True, slots=True)
class Rule:
    """A row: which error, with which outcome (None: whichever), in which attempt, and then?"""

    error: type[ExchangeError]
    outcome: Outcome | None
    fits: Callable[[Attempt, int], bool]
    action: Action

    @property
    def attempt(self) -> str:
        """Which attempts it is for, in words."""
        return _WORDS[self.fits]


_WORDS: dict[Callable[[Attempt, int], bool], str] = {
    _any: "any",
    _first_skew: "signed, and the clock was not measured anew yet",
    _first_skew_but_no_cancel: "no cancel; signed, and the clock was not measured anew yet",
    _left: "while retries and time are left",
    _left_but_no_cancel: "no cancel; while retries and time are left",
}

RULES = (
    Rule(ExchangeError, Outcome.UNKNOWN, _any, Action.TELL_UNKNOWN),
    Rule(ClockSkew, Outcome.REFUSED, _first_skew_but_no_cancel, Action.ASK_THE_TIME_AND_LOOK),
    Rule(ClockSkew, None, _first_skew, Action.ASK_THE_TIME),
    # The next attempt has the next number, which is made of the time.
    Rule(InvalidNonce, Outcome.REFUSED, _first_skew_but_no_cancel, Action.ASK_THE_TIME_AND_LOOK),
    Rule(InvalidNonce, None, _first_skew, Action.ASK_THE_TIME),
    Rule(OnMaintenance, None, _any, Action.RAISE),
    Rule(RateLimited, Outcome.REFUSED, _left_but_no_cancel, Action.HOLD_BACK_AND_LOOK),
    Rule(RateLimited, None, _left, Action.HOLD_BACK),
    Rule(VenueUnavailable, Outcome.REFUSED, _left_but_no_cancel, Action.BACK_OFF_AND_LOOK),
    Rule(VenueUnavailable, None, _left, Action.BACK_OFF),
    Rule(ExchangeError, None, _any, Action.RAISE),
)


def leaves_open(error: ExchangeError, attempt: Attempt) -> bool:
    """Whether an order is looked for after this refusal: before it is sent again, and where it
    cannot be, before it is told. Of a ban it is not: it holds off the look as well."""
    places = attempt.request.changes and not attempt.cancels
    if not places or isinstance(error, (Banned, OnMaintenance)):
        return False
    if isinstance(error, InvalidOrder) and error.outcome is Outcome.REFUSED:
        return True  # what was lacking may be what another copy of it has taken: money, a place
    return any(
        rule.action in LOOKS and isinstance(error, rule.error) and rule.outcome is error.outcome
        for rule in RULES
    )


def action_after(error: ExchangeError, attempt: Attempt, retries: int) -> Action:
    """What `RULES` say; ``attempt`` counts the failures before this one."""
    return next(
        rule.action
        for rule in RULES
        if isinstance(error, rule.error)
        and rule.outcome in (None, error.outcome)
        and rule.fits(attempt, retries)
    )
