"""Which error Bitget's codes become, what they prove, and what is said beside them."""

import json
from typing import Any

import pytest
from exchangekit_bitget.adapter import BitgetAdapter

from exchangekit import errors as e
from exchangekit.adapter import Reply, Request, VenueCode
from exchangekit.adapter.classify import classify
from exchangekit.errors import Outcome

BITGET = BitgetAdapter()
ORDER = Request(method="POST", path="/api/v2/spot/trade/place-order", signed=True, changes=True)
REFUSED, UNKNOWN = Outcome.REFUSED, Outcome.UNKNOWN


def reply(body: Any, status: int = 400) -> Reply:
    return Reply(status, {}, body if isinstance(body, bytes) else json.dumps(body).encode())


def error_of(told: Reply) -> e.ExchangeError | None:
    return classify(BITGET.errors, told, BITGET.error_in(told, ORDER))


CODES: list[tuple[str, str, type[e.ExchangeError], Outcome]] = [
    ("40001", "ACCESS_KEY cannot be empty", e.InvalidApiKey, REFUSED),
    ("40006", "Invalid ACCESS_KEY", e.InvalidApiKey, REFUSED),
    ("40037", "Apikey does not exist", e.InvalidApiKey, REFUSED),
    ("40099", "exchange environment is incorrect", e.InvalidApiKey, REFUSED),
    ("40009", "sign signature error", e.InvalidSignature, REFUSED),
    ("40012", "apikey/password is incorrect", e.InvalidPassphrase, REFUSED),
    ("40008", "Request timestamp expired", e.ClockSkew, REFUSED),
    ("40005", "Invalid ACCESS_TIMESTAMP", e.ClockSkew, REFUSED),
    ("40014", "Incorrect permissions", e.PermissionDenied, REFUSED),
    ("40018", "Invalid IP", e.IpNotAllowed, REFUSED),
    ("40013", "User status is abnormal", e.AccountRestricted, REFUSED),
    ("40084", "You are in Classic Account mode", e.PermissionDenied, REFUSED),
    ("40085", "You are in Unified Account mode", e.PermissionDenied, REFUSED),
    ("40103", "Request method cannot be empty", e.BadRequest, REFUSED),
    ("40103", "not in your region", e.AccountRestricted, REFUSED),
    ("30007", "invalid Content_Type", e.BadRequest, REFUSED),
    ("30007", "request over limit", e.RateLimited, REFUSED),
    ("43012", "Insufficient balance", e.InsufficientFunds, REFUSED),
    ("40762", "The order amount exceeds the balance", e.InsufficientFunds, REFUSED),
    ("45110", "less than the minimum amount 5 USDT", e.InvalidOrder, REFUSED),
    ("40808", "size checkBDScale error", e.InvalidOrder, REFUSED),
    ("40017", "Parameter verification failed", e.BadRequest, REFUSED),
    ("40017", "Parameter verification failed size", e.InvalidOrder, REFUSED),
    ("40034", "Parameter ADAUSDT_UMCBL does not exist", e.UnknownSymbol, REFUSED),
    ("40034", "Parameter limit does not exist", e.BadRequest, REFUSED),
    ("43001", "The order does not exist", e.OrderNotFound, REFUSED),
    ("40109", "The data of the order cannot be found", e.OrderNotFound, REFUSED),
    ("22001", "No order to cancel", e.OrderNotOpen, REFUSED),
    ("43118", "duplicate clientOrderId", e.DuplicateClientOrderId, REFUSED),
    ("40708", "Duplicate client order id", e.DuplicateClientOrderId, REFUSED),
    ("40708", "Parameter verification is abnormal", e.BadRequest, REFUSED),
    ("41114", "The current trading pair is under maintenance", e.MarketClosed, REFUSED),
    ("40010", "sign signature error", e.InvalidSignature, UNKNOWN),
    ("40010", "Request timed out", e.RequestTimeout, UNKNOWN),
    ("40015", "System is abnormal, please try again later", e.VenueUnavailable, UNKNOWN),
    ("40200", "Server upgrade, please try again later", e.OnMaintenance, UNKNOWN),
    ("45001", "Unknown error", e.VenueUnavailable, UNKNOWN),
    ("40725", "service return an error", e.VenueUnavailable, UNKNOWN),
    ("30038", "Matching engine is being upgraded", e.VenueUnavailable, UNKNOWN),
    # Of the unified account: https://www.bitget.com/api-doc/uta/error-code/restapi
    ("25245", "The account is not the unified account mode", e.PermissionDenied, REFUSED),
    ("25620", "permission denied", e.PermissionDenied, REFUSED),
    ("25006", "Abnormal account status", e.AccountRestricted, REFUSED),
    ("25004", "Operation too frequent, please try again later", e.RateLimited, REFUSED),
    ("25100", "Trading pair XUSDT does not exist", e.UnknownSymbol, REFUSED),
    ("25102", "Trading pair temporarily closed for maintenance", e.MarketClosed, REFUSED),
    ("25013", "XUSDT not support API trade", e.MarketClosed, REFUSED),
    ("25200", "qty validation error", e.InvalidOrder, REFUSED),
    ("25200", "limit validation error", e.BadRequest, REFUSED),
    ("25202", "Insufficient balance", e.InsufficientFunds, REFUSED),
    ("25204", "Order does not exist", e.OrderNotFound, REFUSED),
    ("25207", "BTC trading quantity cannot be less than 1 units", e.InvalidOrder, REFUSED),
    ("25212", "Duplicate clientOid", e.DuplicateClientOrderId, REFUSED),
    ("25000", "System error, please try again later", e.VenueUnavailable, UNKNOWN),
    ("25001", "Operation timed out", e.RequestTimeout, UNKNOWN),
    ("25003", "Concurrent operation, please retry", e.VenueUnavailable, UNKNOWN),
    ("25113", "There are cancellation orders in progress.", e.VenueUnavailable, UNKNOWN),
    ("99999", "who knows", e.VenueError, REFUSED),
]


@pytest.mark.parametrize(
    ("code", "message", "kind", "outcome"), CODES, ids=[f"{c[0]} {c[1]}" for c in CODES]
)
def test_a_code_becomes_its_error_and_says_what_it_proves(
    code: str, message: str, kind: type[e.ExchangeError], outcome: Outcome
) -> None:
    error = error_of(reply({"code": code, "msg": message, "requestTime": 1, "data": None}))
    assert type(error) is kind
    assert error.code == code
    assert error.outcome is outcome


def test_a_limit_is_told_with_its_status_as_code() -> None:
    error = error_of(reply({"code": "429", "msg": "Too Many Requests", "data": None}, 429))
    assert type(error) is e.RateLimited
    assert error.outcome is REFUSED


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("40085", ("unified account", '"bitgetuta"', "Nothing was placed")),
        ("40084", ("classic account", '"bitget"', "Nothing was placed")),
        ("25245", ("classic account", '"bitget"', "Nothing was placed")),
        ("40099", ('environment="demo"', '"live"')),
        ("40012", ("passphrase",)),
    ],
)
def test_what_to_do_is_said_where_the_class_alone_does_not(
    code: str, words: tuple[str, ...]
) -> None:
    error = error_of(reply({"code": code, "msg": "no", "data": None}))
    assert error is not None
    assert error.hint is not None
    assert all(word in error.hint for word in words)


def test_demo_and_live_differ_in_one_header() -> None:
    live, demo = BITGET.environments["live"], BITGET.environments["demo"]
    assert (live.base_url, live.headers) == ("https://api.bitget.com", ())
    assert (demo.base_url, demo.headers) == (live.base_url, (("paptrading", "1"),))


@pytest.mark.parametrize("name", ["msg", "message"])
def test_the_message_has_two_names_and_a_code_may_be_a_number(name: str) -> None:
    told = reply({"code": 400001, name: "Error occurred"})
    assert BITGET.error_in(told, ORDER) == VenueCode("400001", "Error occurred")


@pytest.mark.parametrize("data", [[], {}, None, [{"orderId": "1"}]])
def test_code_00000_is_a_success(data: Any) -> None:
    told = reply({"code": "00000", "msg": "success", "requestTime": 1, "data": data}, 200)
    assert error_of(told) is None


def test_a_success_beside_an_error_status_proves_nothing() -> None:
    error = error_of(reply({"code": "00000", "msg": "success", "data": None}))
    assert error is not None
    assert error.outcome is UNKNOWN


def test_an_unknown_code_under_http_200_proves_nothing() -> None:
    error = error_of(reply({"code": "99999", "msg": "who knows", "data": None}, 200))
    assert type(error) is e.VenueError
    assert error.outcome is UNKNOWN


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>bad gateway</html>", b'{"code":', b'{"code":null}', b"\xff", b"[]", b"7"],
)
def test_a_body_that_is_no_envelope_reports_nothing_and_raises_nothing(body: bytes) -> None:
    assert BITGET.error_in(reply(body), ORDER) is None
    error = error_of(reply(body, 502))
    assert type(error) is e.VenueUnavailable
    assert error.outcome is UNKNOWN


def test_only_a_missing_order_is_called_not_found() -> None:
    """It may pass for proof that an order does not exist."""
    found = {code for code, pairs in BITGET.errors.codes.items() if pairs[-1][1] is e.OrderNotFound}
    assert found == {
        "25204",
        "31007",
        "40109",
        "40768",
        "40819",
        "43001",
        "43025",
        "45057",
        "80011",
    }
    assert BITGET.errors.refused == frozenset()
