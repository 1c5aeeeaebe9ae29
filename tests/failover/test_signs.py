"""What a reply or a failure says of the health of a venue: every error, on purpose."""

from __future__ import annotations

import inspect
from datetime import UTC, datetime, timedelta

import pytest

from exchangekit import errors
from exchangekit.errors import (
    Banned,
    ExchangeError,
    InsufficientFunds,
    InvalidApiKey,
    NeverPlaced,
    OnMaintenance,
    OutcomeUnknown,
    RateLimited,
    RequestTimeout,
    VenueError,
    WaitTimeout,
)
from exchangekit.failover.health import (
    Sign,
)
from exchangekit.failover.signs import MEANINGS, meaning_of, seconds_said, sign_of

AT = datetime(2024, 3, 1, tzinfo=UTC)
GOOD, NEUTRAL, FAILING, DOWN = Sign.GOOD, Sign.NEUTRAL, Sign.FAILING, Sign.DOWN
LIMITED, SLOW = Sign.LIMITED, Sign.SLOW

TREE = [
    one
    for _, one in inspect.getmembers(errors, inspect.isclass)
    if issubclass(one, ExchangeError) and one is not ExchangeError
]
# Made here (no status), said by the venue (400), said with 500.
MEANT: dict[str, tuple[Sign, Sign, Sign]] = {
    "AccessRefused": (NEUTRAL, NEUTRAL, NEUTRAL),
    "AccountRestricted": (NEUTRAL, NEUTRAL, NEUTRAL),
    "AuthenticationError": (NEUTRAL, NEUTRAL, NEUTRAL),
    "AuthorizationError": (NEUTRAL, NEUTRAL, NEUTRAL),
    "BadReply": (FAILING, FAILING, FAILING),
    "BadRequest": (NEUTRAL, GOOD, NEUTRAL),
    "Banned": (DOWN, DOWN, DOWN),
    "ClockSkew": (DOWN, DOWN, DOWN),
    "ConnectionFailed": (DOWN, DOWN, DOWN),
    "ConnectionLost": (FAILING, FAILING, FAILING),
    "DuplicateClientOrderId": (NEUTRAL, GOOD, NEUTRAL),
    "FirewallBlocked": (DOWN, DOWN, DOWN),
    "GatewayRefused": (FAILING, FAILING, FAILING),
    "InsufficientFunds": (NEUTRAL, GOOD, NEUTRAL),
    "InvalidApiKey": (NEUTRAL, NEUTRAL, NEUTRAL),
    "InvalidInput": (NEUTRAL, NEUTRAL, NEUTRAL),
    "InvalidNonce": (DOWN, DOWN, DOWN),
    "InvalidOrder": (NEUTRAL, GOOD, NEUTRAL),
    "InvalidPassphrase": (NEUTRAL, NEUTRAL, NEUTRAL),
    "InvalidSignature": (NEUTRAL, NEUTRAL, NEUTRAL),
    "IpNotAllowed": (NEUTRAL, NEUTRAL, NEUTRAL),
    "MarketClosed": (NEUTRAL, GOOD, NEUTRAL),
    "MissingCredentials": (NEUTRAL, NEUTRAL, NEUTRAL),
    "NeverPlaced": (FAILING, FAILING, FAILING),
    "NotRecorded": (NEUTRAL, NEUTRAL, NEUTRAL),
    "TradingHalted": (NEUTRAL, NEUTRAL, NEUTRAL),
    "OnMaintenance": (DOWN, DOWN, DOWN),
    "OrderExpired": (NEUTRAL, NEUTRAL, NEUTRAL),
    "OrderNotFound": (NEUTRAL, GOOD, NEUTRAL),
    "OrderNotOpen": (NEUTRAL, GOOD, NEUTRAL),
    "OrderVetoed": (NEUTRAL, NEUTRAL, NEUTRAL),
    "OutcomeUnknown": (FAILING, FAILING, FAILING),
    "PermissionDenied": (NEUTRAL, NEUTRAL, NEUTRAL),
    "RateLimited": (LIMITED, LIMITED, LIMITED),
    "RegionBlocked": (DOWN, DOWN, DOWN),
    "RequestTimeout": (FAILING, FAILING, FAILING),
    "UnknownSymbol": (NEUTRAL, GOOD, NEUTRAL),
    "Unsupported": (NEUTRAL, NEUTRAL, NEUTRAL),
    "VenueError": (NEUTRAL, NEUTRAL, FAILING),
    "VenueUnavailable": (FAILING, FAILING, FAILING),
    "WaitTimeout": (NEUTRAL, NEUTRAL, NEUTRAL),
}


@pytest.mark.parametrize("kind", TREE, ids=lambda kind: kind.__name__)
def test_every_error_of_the_tree_has_a_meaning_on_purpose(kind: type[ExchangeError]) -> None:
    made = [kind("words", status=status) for status in (None, 400, 500)]
    assert tuple(sign_of(one, 0.1, 1.0) for one in made) == MEANT[kind.__name__]
    assert all(meaning_of(one).error is not ExchangeError for one in made)


def test_every_row_of_the_meanings_decides_something() -> None:
    deciding = {
        meaning_of(kind("words", status=status))
        for kind in (*TREE, ExchangeError)
        for status in (None, 400, 500)
    }
    assert deciding == set(MEANINGS)
    assert all(row.case for row in MEANINGS)


@pytest.mark.parametrize(("status", "sign"), [(None, NEUTRAL), (400, NEUTRAL), (500, FAILING)])
def test_an_error_of_a_plugins_own_is_told_by_its_status(status: int | None, sign: Sign) -> None:
    class Odd(ExchangeError):
        """What no table knows."""

    assert sign_of(Odd("words", status=status), 0.1, None) is sign


@pytest.mark.parametrize("kind", [OutcomeUnknown, NeverPlaced, WaitTimeout])
@pytest.mark.parametrize(
    ("cause", "sign"),
    [
        (RequestTimeout("late"), FAILING),
        (OnMaintenance("closed"), DOWN),
        (RateLimited("slower"), LIMITED),
        (VenueError("what?", status=200), NEUTRAL),
        (InsufficientFunds("poor", status=400), NEUTRAL),
    ],
)
def test_where_an_answer_was_lost_its_cause_decides(
    kind: type[ExchangeError], cause: ExchangeError, sign: Sign
) -> None:
    error, twice = kind("words"), OutcomeUnknown("words")
    error.__cause__, twice.__cause__ = cause, error
    assert sign_of(error, 0.1, None) is sign
    assert sign_of(twice, 0.1, None) is sign


def test_a_cause_that_is_no_error_of_ours_decides_nothing() -> None:
    error = OutcomeUnknown("words")
    error.__cause__ = OSError("words")
    assert sign_of(error, 0.1, None) is FAILING


@pytest.mark.parametrize("error", [None, InsufficientFunds("poor", status=400)])
def test_good_beyond_the_bound_is_slow(error: ExchangeError | None) -> None:
    assert sign_of(error, 2.0, 2.0) is GOOD
    assert sign_of(error, 2.1, 2.0) is SLOW
    assert sign_of(error, 99.0, None) is GOOD


def test_what_is_not_good_is_not_slow() -> None:
    assert sign_of(InvalidApiKey("who?", status=401), 99.0, 1.0) is NEUTRAL
    assert sign_of(RequestTimeout("late"), 99.0, 1.0) is FAILING


def test_how_long_a_venue_wants_to_be_left_alone() -> None:
    banned, lost = Banned("stop"), OutcomeUnknown("words")
    assert seconds_said(banned, AT) is None
    banned.until = AT + timedelta(seconds=90)
    lost.__cause__ = banned
    assert seconds_said(banned, AT) == seconds_said(lost, AT) == 90.0
    assert seconds_said(banned, AT + timedelta(days=1)) == 0.0
    banned.retry_after = 7.0
    assert seconds_said(banned, AT) == 7.0
    assert seconds_said(RateLimited("slower", retry_after=0.5), AT) == 0.5
    assert seconds_said(RequestTimeout("late"), AT) is None
    assert seconds_said(None, AT) is None
