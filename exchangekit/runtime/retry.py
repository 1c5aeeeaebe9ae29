"""What follows a failure: one table, read from the top, whose first row that fits decides.

An outcome is that of a request which changes something; a read has none, and may always be asked
again. Nothing is ever sent again whose outcome is unknown.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from exchangekit.errors import (
    ClockSkew,
    ExchangeError,
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
    HOLD_BACK = "hold back what counts together for as long as the venue says, then send again"
    BACK_OFF = "wait, longer each time, then send again"
    RAISE = "raise it"


def _any(attempt: Attempt, retries: int) -> bool:
    return True


def _first_skew(attempt: Attempt, retries: int) -> bool:
    return attempt.request.signed and not attempt.resynchronised


def _left(attempt: Attempt, retries: int) -> bool:
    return attempt.failures < retries


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
    _left: "while retries and time are left",
}

RULES = (
    Rule(ExchangeError, Outcome.UNKNOWN, _any, Action.TELL_UNKNOWN),
    Rule(ClockSkew, None, _first_skew, Action.ASK_THE_TIME),
    Rule(OnMaintenance, None, _any, Action.RAISE),
    Rule(RateLimited, None, _left, Action.HOLD_BACK),
    Rule(VenueUnavailable, None, _left, Action.BACK_OFF),
    Rule(ExchangeError, None, _any, Action.RAISE),
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
