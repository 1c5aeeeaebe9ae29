"""Which error Bybit's codes become, what they prove, and where in a reply they stand."""

import json
from typing import Any

import pytest
from exchangekit_bybit.adapter import BybitAdapter

from exchangekit import errors as e
from exchangekit.adapter import Reply, Request, VenueCode
from exchangekit.adapter.classify import classify
from exchangekit.errors import Outcome

BYBIT = BybitAdapter()
ORDER = Request(method="POST", path="/v5/order/create", signed=True, changes=True)
READ = Request(method="GET", path="/v5/order/realtime", signed=True)


def reply(body: Any, status: int = 200) -> Reply:
    return Reply(status, {}, body if isinstance(body, bytes) else json.dumps(body).encode())


def envelope(code: Any, message: Any = "", status: int = 200, **more: Any) -> Reply:
    told = {"retCode": code, "retMsg": message, "result": {}, "retExtInfo": {}, **more}
    return reply(told, status)


def error_of(told: Reply, request: Request = ORDER) -> e.ExchangeError | None:
    return classify(BYBIT.errors, told, BYBIT.error_in(told, request))


# The official codes, https://bybit-exchange.github.io/docs/v5/error, nearly all under HTTP 200.
CODES: list[tuple[str, str, type[e.ExchangeError], Outcome]] = [
    ("10003", "API key is invalid.", e.InvalidApiKey, Outcome.REFUSED),
    ("33004", "Your api key has expired", e.InvalidApiKey, Outcome.REFUSED),
    ("-2015", "Your api key has expired", e.InvalidApiKey, Outcome.REFUSED),
    ("10004", "Error sign", e.InvalidSignature, Outcome.REFUSED),
    ("10007", "User authentication failed.", e.AuthenticationError, Outcome.REFUSED),
    ("10002", "The request time exceeds the time window range.", e.ClockSkew, Outcome.REFUSED),
    ("-1", "request expired: o@0, now[] diff[]", e.ClockSkew, Outcome.REFUSED),
    ("-1", "unknown orderInfo", e.VenueError, Outcome.UNKNOWN),
    ("10005", "Permission denied", e.PermissionDenied, Outcome.REFUSED),
    ("10010", "Unmatched IP", e.IpNotAllowed, Outcome.REFUSED),
    ("10009", "Service Restricted", e.AccountRestricted, Outcome.REFUSED),
    ("10028", "only by unified account users", e.AccountRestricted, Outcome.REFUSED),
    ("100028", "not by unified account users", e.AccountRestricted, Outcome.REFUSED),
    ("170209", "only available to the xxx region", e.AccountRestricted, Outcome.REFUSED),
    ("10006", "Too many visits.", e.RateLimited, Outcome.REFUSED),
    ("10429", "System level frequency protection", e.RateLimited, Outcome.REFUSED),
    ("170005", "Too many new orders", e.RateLimited, Outcome.REFUSED),
    ("429", "high server load. Please retry", e.RateLimited, Outcome.UNKNOWN),
    ("10000", "Server Timeout", e.RequestTimeout, Outcome.UNKNOWN),
    ("170007", "Timeout waiting for response", e.RequestTimeout, Outcome.UNKNOWN),
    ("170146", "Order creation timeout", e.RequestTimeout, Outcome.UNKNOWN),
    ("170147", "Order cancellation timeout", e.RequestTimeout, Outcome.UNKNOWN),
    ("170035", "Submitted to the system for processing!", e.RequestTimeout, Outcome.UNKNOWN),
    ("10016", "Server error.", e.VenueUnavailable, Outcome.UNKNOWN),
    ("10016", "Service is restarting", e.OnMaintenance, Outcome.UNKNOWN),
    ("10016", "Request timeout, please try again later", e.RequestTimeout, Outcome.UNKNOWN),
    ("110079", "The order is processing", e.VenueUnavailable, Outcome.UNKNOWN),
    ("170031", "The feature has been suspended", e.OnMaintenance, Outcome.REFUSED),
    ("10001", "Request parameter error", e.BadRequest, Outcome.REFUSED),
    ("10001", "Not supported symbols", e.UnknownSymbol, Outcome.REFUSED),
    ("10001", "symbol params err", e.UnknownSymbol, Outcome.REFUSED),
    ("10001", "Qty invalid", e.InvalidOrder, Outcome.REFUSED),
    ("10001", "openapi sign params error!", e.AuthenticationError, Outcome.REFUSED),
    ("170121", "Invalid symbol.", e.UnknownSymbol, Outcome.REFUSED),
    ("170130", "Data sent for paramter 'qty' is not valid.", e.InvalidOrder, Outcome.REFUSED),
    ("170130", "Data sent for paramter 'x' is not valid.", e.BadRequest, Outcome.REFUSED),
    ("170213", "Order does not exist.", e.OrderNotFound, Outcome.REFUSED),
    ("110001", "Order does not exist", e.OrderNotFound, Outcome.REFUSED),
    ("170139", "Order has been filled.", e.OrderNotOpen, Outcome.REFUSED),
    ("170142", "Order has been cancelled", e.OrderNotOpen, Outcome.REFUSED),
    ("170212", "Cancel order request processing", e.OrderNotOpen, Outcome.REFUSED),
    ("170191", "Can not cancel order, please try again", e.VenueUnavailable, Outcome.UNKNOWN),
    ("170141", "Duplicate clientOrderId", e.DuplicateClientOrderId, Outcome.REFUSED),
    ("110072", "OrderLinkedID is duplicate", e.DuplicateClientOrderId, Outcome.REFUSED),
    ("10014", "Invalid duplicate request.", e.DuplicateClientOrderId, Outcome.UNKNOWN),
    ("170131", "Balance insufficient", e.InsufficientFunds, Outcome.REFUSED),
    ("110007", "Available balance is insufficient", e.InsufficientFunds, Outcome.REFUSED),
    ("170140", "Order value exceeded lower limit", e.InvalidOrder, Outcome.REFUSED),
    ("170193", "Buy order price cannot be higher", e.InvalidOrder, Outcome.REFUSED),
    ("170218", "The LIMIT-MAKER order is rejected", e.InvalidOrder, Outcome.REFUSED),
    ("170151", "The trading pair is not open yet", e.MarketClosed, Outcome.REFUSED),
    ("987654", "who knows", e.VenueError, Outcome.UNKNOWN),
]


@pytest.mark.parametrize(
    ("code", "message", "kind", "outcome"), CODES, ids=[f"{row[0]} {row[1][:20]}" for row in CODES]
)
def test_a_code_becomes_its_error_and_says_what_it_proves(
    code: str, message: str, kind: type[e.ExchangeError], outcome: Outcome
) -> None:
    for spelt in (int(code), code):
        error = error_of(envelope(spelt, message))
        assert type(error) is kind
        assert error.code == code
        assert error.outcome is outcome


@pytest.mark.parametrize(
    "error", ["10028", "10020", "110088"], ids=lambda code: f"a classic account, {code}"
)
def test_an_account_that_is_not_unified_is_told_what_to_do(error: str) -> None:
    told = error_of(envelope(int(error), "The API can only be accessed by unified account users."))
    assert type(told) is e.AccountRestricted
    assert told.hint is not None
    assert "unified" in told.hint
    assert "upgrade" in told.hint


def test_a_key_of_another_environment_is_told_which_there_are() -> None:
    told = error_of(envelope(10003, "API key is invalid."))
    assert told is not None
    assert told.hint is not None
    for name in ("live", "testnet", "demo"):
        assert name in told.hint
        assert name in BYBIT.environments


@pytest.mark.parametrize("message", ["OK", "success", "SUCCESS", "", None])
@pytest.mark.parametrize("code", [0, "0"])
def test_the_code_alone_says_that_it_is_a_success(code: Any, message: Any) -> None:
    assert BYBIT.error_in(envelope(code, message), ORDER) is None


def test_a_success_code_beside_an_error_status_keeps_its_words() -> None:
    told = envelope(0, "no such thing", 400)
    assert BYBIT.error_in(told, ORDER) == VenueCode("0", "no such thing")
    assert error_of(told).outcome is Outcome.UNKNOWN  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>403</html>", b'{"retCode":', b'{"retCode":null}', b"\xff\xfe", b"[]", b"{}",
     b"null", b"7", b"[" * 5000],
    ids=lambda body: repr(body[:12]),
)  # fmt: skip
def test_a_body_that_is_no_envelope_reports_nothing_and_raises_nothing(body: bytes) -> None:
    assert BYBIT.error_in(reply(body), ORDER) is None


def test_who_comes_too_often_is_shut_out_by_the_gateway() -> None:
    """https://bybit-exchange.github.io/docs/v5/rate-limit: 403, access too frequent"""
    told = error_of(reply(b"403 Forbidden, access too frequent", 403))
    assert type(told) is e.FirewallBlocked
    assert told.outcome is Outcome.UNKNOWN


def test_an_http_error_without_an_envelope_is_judged_by_its_status() -> None:
    told = error_of(reply(b"<html>bad gateway</html>", 502))
    assert type(told) is e.VenueUnavailable
    assert told.outcome is Outcome.UNKNOWN


def test_no_code_is_said_to_prove_a_refusal_against_its_status() -> None:
    assert BYBIT.errors.refused == frozenset()


def test_only_a_missing_order_is_called_not_found() -> None:
    """It may pass for proof that an order does not exist."""
    found = {code for code, pairs in BYBIT.errors.codes.items() if pairs[-1][1] is e.OrderNotFound}
    assert found == {"110001", "170213"}
