"""Binance's error codes and messages, and the class that each lands in."""

import pytest
from exchangekit_binance.adapter import BinanceAdapter

from exchangekit.adapter import Reply, VenueCode
from exchangekit.adapter.classify import classify
from exchangekit.errors import (
    AccessRefused,
    AccountRestricted,
    AuthenticationError,
    BadRequest,
    Banned,
    ClockSkew,
    DuplicateClientOrderId,
    ExchangeError,
    InsufficientFunds,
    InvalidApiKey,
    InvalidOrder,
    InvalidSignature,
    IpNotAllowed,
    MarketClosed,
    OnMaintenance,
    OrderNotFound,
    OrderNotOpen,
    Outcome,
    PermissionDenied,
    RateLimited,
    RegionBlocked,
    RequestTimeout,
    UnknownSymbol,
    VenueError,
    VenueUnavailable,
)

BINANCE = BinanceAdapter()
ORDER = BINANCE.fetch_time().request

CODES = {
    InvalidApiKey: "-2008 -2014",
    InvalidSignature: "-1022",
    ClockSkew: "-1021",
    AccessRefused: "-2015 -1002 -1099",
    IpNotAllowed: "-1005 -1011",
    PermissionDenied: "-1109",
    RateLimited: "-1003 -1008 -1015 -1034",
    VenueUnavailable: "-1000 -1001 -1004 -1006",
    RequestTimeout: "-1007",
    OnMaintenance: "-1016",
    InvalidOrder: "-1013 -2010 -2038 -1014 -1020 -1106 -1111 -1112 -1114 -1115 -1116 -1117 -2021"
    " -2022 -1158 -1165 -1199 -1224",
    OrderNotOpen: "-2011",
    OrderNotFound: "-2013 -2026 -2039",
    MarketClosed: "-1220",
    UnknownSymbol: "-1121",
    BadRequest: "-1100 -1101 -1102 -1103 -1104 -1105 -1108 -1118 -1119 -1120 -1122 -1125 -1127"
    " -1128 -1130 -1131 -1134 -1135 -1139 -1145 -1151 -1194 -2016 -2043",
    VenueError: "-1010 -9999 424242",
}

MESSAGES = [
    # what the matching engine says, under any of the codes that carry its words
    ("Account has insufficient balance for requested action.", InsufficientFunds),
    ("Duplicate order sent.", DuplicateClientOrderId),
    ("Market is closed.", MarketClosed),
    ("Unknown order sent.", OrderNotOpen),
    ("Cancel order is invalid. Check origClOrdId and orderId.", BadRequest),
    ("This action is disabled on this account.", AccountRestricted),
    ("This account may not place or cancel orders.", AccountRestricted),
    ("This symbol is not permitted for this account.", AccountRestricted),
    ("This symbol is restricted for this account.", AccountRestricted),
    ("Rest API trading is not enabled.", PermissionDenied),
    ("Symbol not whitelisted for API key.", PermissionDenied),
]

ORDERS = [
    # words that only a new order can cause
    "Filter failure: PRICE_FILTER",
    "Filter failure: NOTIONAL",
    "Filter failure: MAX_NUM_ORDERS",
    "Order would immediately match and take.",
    "Price * QTY is zero or less.",
    "Market orders are not supported for this symbol.",
    "Quote order qty market orders are not support for this symbol.",
    "Order book liquidity is less than symbol minimum quantity.",
]


def classified(code: str, message: str = "its words", status: int = 400) -> ExchangeError:
    error = classify(BINANCE.errors, Reply(status, {}, b""), VenueCode(code, message))
    assert error is not None
    return error


@pytest.mark.parametrize(
    ("code", "kind"), [(code, kind) for kind, codes in CODES.items() for code in codes.split()]
)
def test_a_code_lands_in_its_class(code: str, kind: type[ExchangeError]) -> None:
    assert type(classified(code)) is kind


@pytest.mark.parametrize("code", ["-1010", "-1013", "-2010", "-2011", "-2038"])
@pytest.mark.parametrize(("message", "kind"), MESSAGES)
def test_the_message_decides_what_the_engines_codes_mean(
    code: str, message: str, kind: type[ExchangeError]
) -> None:
    assert type(classified(code, message)) is kind


@pytest.mark.parametrize("code", ["-1010", "-1013", "-2010"])
@pytest.mark.parametrize("message", ORDERS[:3])
def test_a_broken_filter_is_an_invalid_order(code: str, message: str) -> None:
    assert type(classified(code, message)) is InvalidOrder


@pytest.mark.parametrize("message", ORDERS)
def test_whatever_else_the_engine_refuses_is_an_invalid_order(message: str) -> None:
    assert type(classified("-2010", message)) is InvalidOrder


@pytest.mark.parametrize(
    ("code", "message", "kind"),
    [
        ("-2011", "Order was not canceled due to cancel restrictions.", InvalidOrder),
        ("-2011", "CANCEL_REJECTED", OrderNotOpen),
        ("-2026", "Order was canceled or expired over 90 days ago.", OrderNotFound),
        ("-2026", "This OrderType is not supported when reduceOnly.", InvalidOrder),
        ("-1000", "System is under maintenance.", OnMaintenance),
        ("-1000", "An unknown error occurred while processing the request.", VenueUnavailable),
        ("-1003", "Too much request weight used; use WebSocket Streams.", RateLimited),
        ("-1", "The system is under maintenance", OnMaintenance),
    ],
)
def test_one_code_may_mean_several_things(
    code: str, message: str, kind: type[ExchangeError]
) -> None:
    assert type(classified(code, message)) is kind


def test_one_code_for_key_address_and_permission_says_so_and_guesses_none() -> None:
    error = classified("-2015", "Invalid API-key, IP, or permissions for action.")
    assert type(error) is AccessRefused
    assert not isinstance(error, AuthenticationError)
    assert "its IP rule and its permissions" in str(error)


def test_a_ban_says_until_when() -> None:
    said = "Way too much request weight used; IP banned until 1659146400000. Please use streams."
    error = classified("-1003", said, status=418)
    assert isinstance(error, Banned)
    assert error.until is not None
    assert error.until.timestamp() == 1659146400
    assert isinstance(classified("-1003", said, status=429), Banned)


@pytest.mark.parametrize(
    ("status", "code", "outcome"),
    [
        (400, "-2010", Outcome.REFUSED),
        (400, "-1013", Outcome.REFUSED),
        (429, "-1015", Outcome.REFUSED),
        (503, "-1008", Outcome.REFUSED),
        (400, "-1007", Outcome.UNKNOWN),
        (504, "-1007", Outcome.UNKNOWN),
        (500, "-1000", Outcome.UNKNOWN),
        (200, "-1006", Outcome.UNKNOWN),
        (400, "-1001", Outcome.UNKNOWN),
        (409, "-2021", Outcome.UNKNOWN),
        (500, "-2010", Outcome.UNKNOWN),
        (502, "424242", Outcome.UNKNOWN),
    ],
)
def test_an_error_says_whether_the_order_may_exist(
    status: int, code: str, outcome: Outcome
) -> None:
    assert classified(code, status=status).outcome is outcome


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'{"code":-1121,"msg":"Invalid symbol."}', ("-1121", "Invalid symbol.")),
        (b'{"code":-2022,"msg":"failed","data":{"code":-2011}}', ("-2022", "failed")),
        (b'{"code":-1000}', ("-1000", "")),
    ],
)
def test_an_error_body_is_recognised(body: bytes, said: tuple[str, str]) -> None:
    assert BINANCE.error_in(Reply(400, {}, body), ORDER) == VenueCode(*said)


@pytest.mark.parametrize(
    "body",
    [b"{}", b"[]", b"", b'{"code":200,"msg":"success"}', b"<html>", b'{"code":', b'["code"]'],
)
def test_any_other_body_reports_no_error(body: bytes) -> None:
    assert BINANCE.error_in(Reply(200, {}, body), ORDER) is None


def test_a_restricted_location_is_told_in_the_venues_words_and_proves_nothing() -> None:
    words = "Service unavailable from a restricted location according to 'b. Eligibility'"
    told = Reply(451, {}, b'{"code": 0, "msg": "%s"}' % words.encode())
    error = classify(BINANCE.errors, told, BINANCE.error_in(told, ORDER))
    assert isinstance(error, RegionBlocked)
    assert error.venue_message == words
    assert error.outcome is Outcome.UNKNOWN


def test_the_filter_that_an_order_breaks_is_named() -> None:
    said = VenueCode("-1013", "Filter failure: LOT_SIZE")
    error = classify(BinanceAdapter.errors, Reply(400, {}, b"{}"), said)
    assert isinstance(error, InvalidOrder)
    assert error.filter == "lot_size"
