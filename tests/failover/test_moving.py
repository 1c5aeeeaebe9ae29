"""Which errors of an order move it on to the next venue: all of them, on purpose."""

from __future__ import annotations

import inspect

import pytest
from support.failovers import Double, over_doubles

from exchangekit import errors
from exchangekit.errors import ExchangeError, Outcome
from exchangekit.failover.moving import moves_on

MOVING = {
    "VenueUnavailable", "OnMaintenance", "ConnectionFailed", "ConnectionLost", "RequestTimeout",
    "RateLimited", "Banned", "FirewallBlocked",
    "GatewayRefused", "RegionBlocked",
    "AccessRefused", "AuthenticationError", "InvalidApiKey", "InvalidSignature",
    "InvalidPassphrase", "ClockSkew", "InvalidNonce", "AuthorizationError", "PermissionDenied",
    "IpNotAllowed",
    "AccountRestricted",
    "MissingCredentials", "UnknownSymbol", "Unsupported", "NeverPlaced",
    "InvalidOrder", "InsufficientFunds", "OrderExpired", "MarketClosed",
}  # fmt: skip
STAYING = {
    "OutcomeUnknown", "OrderVetoed", "DuplicateClientOrderId", "InvalidInput", "NotRecorded",
    "OrderNotFound", "OrderNotOpen", "BadRequest", "BadReply", "VenueError", "WaitTimeout",
    "ExchangeError", "TradingHalted",
}  # fmt: skip
CLASSES = sorted(
    (
        one
        for _, one in inspect.getmembers(errors, inspect.isclass)
        if issubclass(one, ExchangeError)
    ),
    key=lambda one: one.__name__,
)


def test_every_error_moves_on_or_stays_on_purpose() -> None:
    assert {one.__name__ for one in CLASSES} == MOVING | STAYING
    assert not MOVING & STAYING
    for one in CLASSES:
        for outcome in (*Outcome, None):
            proven = outcome in (Outcome.NOT_SENT, Outcome.REFUSED, Outcome.ABSENT)
            wanted = one.__name__ in MOVING and proven
            assert moves_on(one("words", outcome=outcome)) is wanted, (one, outcome)


@pytest.mark.parametrize("outcome", list(Outcome))
@pytest.mark.parametrize("error", CLASSES)
def test_an_order_is_tried_at_the_next_venue_only_where_it_moves_on(
    error: type[ExchangeError], outcome: Outcome
) -> None:
    problem = error("words", outcome=outcome)
    first, second = Double("a", create_order=problem), Double("b")
    exchange = over_doubles("sync", first, second, check_balance=False)
    moves = error.__name__ in MOVING and outcome is not Outcome.UNKNOWN
    if moves:
        order = exchange.create_limit_order("BTC/USDT", "buy", "1", "10")
        assert order.id == "b:1"
    else:
        with pytest.raises(error) as caught:
            exchange.create_limit_order("BTC/USDT", "buy", "1", "10")
        assert caught.value is problem
        assert problem.outcome is outcome
    assert second.asked == (["create_order"] if moves else [])
