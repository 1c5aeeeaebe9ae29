"""MEXC's error bodies and codes, and the class that each lands in."""

import pytest
from exchangekit_mexc.adapter import MexcAdapter

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
    RequestTimeout,
    UnknownSymbol,
    VenueError,
    VenueUnavailable,
)

MEXC = MexcAdapter()
ORDER = MEXC.fetch_time().request

CODES = {
    # Who are you?
    InvalidApiKey: "10072 700001 -2014",
    InvalidSignature: "602 700002 -1022",
    AuthenticationError: "401",
    ClockSkew: "10073 700003 700005 -1021",
    # What may you do?
    AccessRefused: "-2015",
    IpNotAllowed: "700006",
    PermissionDenied: "26 403 700007 30020 70011 10211",
    AccountRestricted: "10001 10098 10099 60005 730100 140001 140002",
    # Limits
    RateLimited: "429 -1003 -1015",
    # Orders
    InsufficientFunds: "10101 30004 30005 88004 88015",
    InvalidOrder: "10096 10097 30001 30002 30003 30010 30018 30019 30025 30027 30028 30029 30032"
    " 30041 30087 88013 -1013 -2010",
    MarketClosed: "30000 30016",
    OrderNotOpen: "-2011",
    OrderNotFound: "-2013 22222 30026",
    # The venue
    VenueUnavailable: "500 503 730000 20002",
    RequestTimeout: "504",
    # Requests
    UnknownSymbol: "10007 30014 30021 730001 -1121",
    BadRequest: "400 33333 44444 700004 700008 700013 730002 730003 -1128 -1102",
    # No table knows these; transfers, for one, are no part of the interface, and no list and no
    # report says what 30051 means: it is refused by its status, in the venue's own words
    VenueError: "10216 30051 99999999",
}

DISAGREEMENTS = [
    # one code, several reports: the message decides
    ("10211", "transfer is forbidden", PermissionDenied),
    ("10211", "Signature mismatch", InvalidSignature),
    ("700003", "Timestamp for this request is outside of the recvWindow.", ClockSkew),
    ("700003", "Too many requests, slow down", RateLimited),
    ("700003", "rate limit exceeded", RateLimited),
    ("700004", "Mandatory parameter 'signature' was not sent", InvalidSignature),
    ("700004", "Param 'origClientOrderId' or 'orderId' must be sent", BadRequest),
    ("400", "api key required", InvalidApiKey),
    ("400", "The start time cannot be earlier than 90 days", BadRequest),
    ("400", "duplicate client order id", DuplicateClientOrderId),
    ("30018", "market order is disabled", InvalidOrder),
    ("30018", "账号暂时不能下单，请联系客服", AccountRestricted),
    ("-1121", "Invalid symbol.", UnknownSymbol),
    ("10007", "bad symbol", UnknownSymbol),
    ("10007", "symbol not support api", InvalidOrder),
    ("10007", "该交易对不支持api交易", InvalidOrder),
    ("-1121", "Invalid interval.", BadRequest),
    ("-2010", "Account has insufficient balance for requested action.", InsufficientFunds),
    ("-2010", "Duplicate order sent.", DuplicateClientOrderId),
    ("730001", "Pair not found", UnknownSymbol),
    ("730001", "User information error", AccountRestricted),
    ("500", "Internal error", VenueUnavailable),
    ("500", "Under maintenance, please try again later", OnMaintenance),
    ("503", "Under maintenance, please try again later", OnMaintenance),
]


def classified(code: str, message: str = "its words", status: int = 400) -> ExchangeError:
    error = classify(MEXC.errors, Reply(status, {}, b""), VenueCode(code, message))
    assert error is not None
    return error


@pytest.mark.parametrize(
    ("code", "kind"), [(code, kind) for kind, codes in CODES.items() for code in codes.split()]
)
def test_a_code_lands_in_its_class(code: str, kind: type[ExchangeError]) -> None:
    assert type(classified(code)) is kind


@pytest.mark.parametrize(("code", "message", "kind"), DISAGREEMENTS)
def test_where_sources_disagree_the_message_decides(
    code: str, message: str, kind: type[ExchangeError]
) -> None:
    assert type(classified(code, message)) is kind


@pytest.mark.parametrize(
    ("status", "code", "outcome"),
    [
        (400, "30002", Outcome.REFUSED),
        (200, "30002", Outcome.REFUSED),
        (200, "424242", Outcome.UNKNOWN),
        (400, "500", Outcome.UNKNOWN),
        (200, "504", Outcome.UNKNOWN),
        (400, "730000", Outcome.UNKNOWN),
        (503, "503", Outcome.UNKNOWN),
        (500, "30002", Outcome.UNKNOWN),
        (429, "429", Outcome.REFUSED),
    ],
)
def test_an_error_says_whether_the_order_may_exist(
    status: int, code: str, outcome: Outcome
) -> None:
    assert classified(code, status=status).outcome is outcome


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'{"code":10072,"msg":"Api key info invalid"}', ("10072", "Api key info invalid")),
        (b'{"msg":"Oversold","code":30005}', ("30005", "Oversold")),
        (b'{"code":-1128,"msg":"bad","_extend":null}', ("-1128", "bad")),
        (b'{"code": 500,"message": "Under maintenance"}', ("500", "Under maintenance")),
        (b'{"code":"700002","msg":"x"}', ("700002", "x")),
        (b'{"code":26,"data":"operation not allowed"}', ("26", "operation not allowed")),
        (b'{"code":26,"msg":"no","data":{}}', ("26", "no")),
        (b'{"code":700002,"msg":null}', ("700002", "")),
        (b'{"code":700002,"msg":{"en":"x"}}', ("700002", "{'en': 'x'}")),
    ],
)
def test_the_venues_words_are_found_however_the_body_is_built(
    body: bytes, said: tuple[str, str]
) -> None:
    assert MEXC.error_in(Reply(200, {}, body), ORDER) == VenueCode(*said)


@pytest.mark.parametrize(
    "body",
    [
        b'{"code":0,"msg":"success","data":{"makerCommission":0.003}}',
        b'{"code":200,"data":["BTCUSDT"],"msg":null}',
        b'{"code":null,"msg":"x"}',
        b"{}",
        b"[]",
        b'[{"newClientOrderId":"1","msg":"too small","code":30002}]',
        b"",
        b"<html>not json</html>",
        b'{"code":12',
        b'"code"',
        b'{"code":"\xff"}',
    ],
)
def test_a_code_is_no_error_by_itself_and_no_body_makes_the_look_fail(body: bytes) -> None:
    assert MEXC.error_in(Reply(200, {}, body), ORDER) is None


def test_a_success_code_beside_an_error_status_keeps_its_words() -> None:
    reply = Reply(400, {}, b'{"code":0,"msg":"Unknown error, please check"}')
    assert MEXC.error_in(reply, ORDER) == VenueCode("0", "Unknown error, please check")


@pytest.mark.parametrize("status", [400, 401, 403, 404, 429])
def test_the_json_of_a_gateway_is_not_taken_for_the_venues(status: int) -> None:
    """MEXC uses these numbers as codes as well, with its words in ``msg``."""
    told = Reply(status, {}, b'{"code":%d,"message":"Forbidden"}' % status)
    assert MEXC.error_in(told, ORDER) is None
    own = Reply(status, {}, b'{"code":%d,"msg":"Access Denied"}' % status)
    assert MEXC.error_in(own, ORDER) == VenueCode(str(status), "Access Denied")


def test_a_ban_of_the_address_says_how_long_to_wait() -> None:
    reply = Reply(418, {"retry-after": "120"}, b'{"code":429,"msg":"Too Many Requests"}')
    error = classify(MEXC.errors, reply, MEXC.error_in(reply, ORDER))
    assert isinstance(error, Banned)
    assert error.retry_after == 120
