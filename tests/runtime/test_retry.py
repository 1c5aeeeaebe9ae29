"""The table of what follows a failure: every row decides something, and their order counts."""

from __future__ import annotations

import inspect

import pytest
from support.toy import change, get

from exchangekit import errors
from exchangekit.adapter.credentials import AccountId
from exchangekit.errors import (
    Banned,
    ClockSkew,
    ConnectionFailed,
    ExchangeError,
    InsufficientFunds,
    InvalidNonce,
    InvalidSignature,
    OnMaintenance,
    Outcome,
    RateLimited,
    RequestTimeout,
    VenueUnavailable,
)
from exchangekit.models import CancelRequest
from exchangekit.runtime.attempt import Attempt
from exchangekit.runtime.journal import Intent
from exchangekit.runtime.retry import RULES, Action, action_after

READ, SIGNED, CHANGE = get("/x"), get("/x", signed=True), change("POST", "/order")
NOT_SENT, REFUSED, UNKNOWN = Outcome.NOT_SENT, Outcome.REFUSED, Outcome.UNKNOWN


def attempt(request: object = CHANGE, *, failures: int = 0, again: bool = False) -> Attempt:
    made = Attempt("toy", None, "x", request, 0.0)  # type: ignore[arg-type]
    made.failures, made.resynchronised = failures, again
    return made


def cancel(**given: int) -> Attempt:
    made = attempt(**given)
    account = AccountId("toy", "live", "http://toy.invalid", None, "")
    made.intent = Intent(account, "cancel_order", CancelRequest(symbol="BTC/USDT", id="7"))
    return made


@pytest.mark.parametrize(
    ("error", "outcome", "which", "action"),
    [
        (RequestTimeout, UNKNOWN, attempt(), Action.TELL_UNKNOWN),
        (RateLimited, UNKNOWN, attempt(), Action.TELL_UNKNOWN),
        (ClockSkew, UNKNOWN, attempt(), Action.TELL_UNKNOWN),
        (OnMaintenance, UNKNOWN, attempt(), Action.TELL_UNKNOWN),
        (ClockSkew, REFUSED, attempt(), Action.ASK_THE_TIME_AND_LOOK),
        (ClockSkew, REFUSED, cancel(), Action.ASK_THE_TIME),
        (ClockSkew, None, attempt(SIGNED), Action.ASK_THE_TIME),
        (ClockSkew, REFUSED, attempt(again=True), Action.RAISE),
        (ClockSkew, None, attempt(READ), Action.RAISE),
        (InvalidNonce, UNKNOWN, attempt(), Action.TELL_UNKNOWN),
        (InvalidNonce, REFUSED, attempt(), Action.ASK_THE_TIME_AND_LOOK),
        (InvalidNonce, REFUSED, cancel(), Action.ASK_THE_TIME),
        (InvalidNonce, None, attempt(SIGNED), Action.ASK_THE_TIME),
        (InvalidNonce, REFUSED, attempt(again=True), Action.RAISE),
        (OnMaintenance, REFUSED, attempt(), Action.RAISE),
        (OnMaintenance, None, attempt(READ), Action.RAISE),
        (RateLimited, REFUSED, attempt(failures=1), Action.HOLD_BACK_AND_LOOK),
        (RateLimited, REFUSED, cancel(failures=1), Action.HOLD_BACK),
        (RateLimited, NOT_SENT, attempt(), Action.HOLD_BACK),
        (Banned, None, attempt(READ), Action.HOLD_BACK),
        (RateLimited, REFUSED, attempt(failures=2), Action.RAISE),
        (VenueUnavailable, REFUSED, attempt(), Action.BACK_OFF_AND_LOOK),
        (VenueUnavailable, REFUSED, attempt(failures=2), Action.RAISE),
        (VenueUnavailable, REFUSED, cancel(), Action.BACK_OFF),
        (ConnectionFailed, NOT_SENT, attempt(failures=1), Action.BACK_OFF),
        (RequestTimeout, None, attempt(READ), Action.BACK_OFF),
        (RequestTimeout, None, attempt(READ, failures=2), Action.RAISE),
        (InsufficientFunds, REFUSED, attempt(), Action.RAISE),
        (InvalidSignature, None, attempt(SIGNED), Action.RAISE),
    ],
)
def test_a_failure_is_followed_by(
    error: type[ExchangeError], outcome: Outcome | None, which: Attempt, action: Action
) -> None:
    assert action_after(error("words", outcome=outcome), which, 2) is action


@pytest.mark.parametrize(
    "kind",
    [
        one
        for _, one in inspect.getmembers(errors, inspect.isclass)
        if issubclass(one, ExchangeError)
    ],
)
@pytest.mark.parametrize("failures", range(4))
@pytest.mark.parametrize("again", [False, True])
def test_no_error_whatsoever_leads_to_sending_what_may_have_happened_again(
    kind: type[ExchangeError], failures: int, again: bool
) -> None:
    which = attempt(failures=failures, again=again)
    assert action_after(kind("words", outcome=UNKNOWN), which, 99) is Action.TELL_UNKNOWN


def test_the_last_row_fits_everything_and_every_row_says_what_it_is_for() -> None:
    assert RULES[-1].error is ExchangeError
    assert RULES[-1].outcome is None
    assert RULES[-1].attempt == "any"
    assert all(rule.attempt for rule in RULES)
    assert {rule.action for rule in RULES} == set(Action)
