"""Which error OKX's codes become, what they prove, and where in a reply they stand."""

import json
from typing import Any

import pytest
from exchangekit_okx.adapter import OkxAdapter

from exchangekit import errors as e
from exchangekit.adapter import Reply, Request, VenueCode
from exchangekit.adapter.classify import classify
from exchangekit.errors import Outcome

OKX = OkxAdapter()
ORDER = Request(method="POST", path="/api/v5/trade/order", signed=True, changes=True)
BATCH = Request(method="POST", path="/api/v5/trade/cancel-batch-orders", changes=True, many=True)
READ = Request(method="GET", path="/api/v5/trade/order", signed=True)


def reply(body: Any, status: int = 200) -> Reply:
    return Reply(status, {}, body if isinstance(body, bytes) else json.dumps(body).encode())


def envelope(code: Any, msg: Any = "", data: Any = ()) -> Reply:
    return reply({"code": code, "msg": msg, "data": data})


# The official codes, each with its HTTP status, from
# https://www.okx.com/docs-v5/en/#error-code-rest-api-public
CODES: list[tuple[str, int, str, type[e.ExchangeError], Outcome]] = [
    ("50103", 401, 'Request header "OK-ACCESS-KEY" empty', e.InvalidApiKey, Outcome.REFUSED),
    ("50104", 401, "passphrase empty", e.InvalidPassphrase, Outcome.REFUSED),
    ("50105", 401, "passphrase incorrect", e.InvalidPassphrase, Outcome.REFUSED),
    ("50106", 401, "sign empty", e.InvalidSignature, Outcome.REFUSED),
    ("50107", 401, "timestamp empty", e.AuthenticationError, Outcome.REFUSED),
    ("50111", 401, "invalid key", e.InvalidApiKey, Outcome.REFUSED),
    ("50113", 401, "invalid signature", e.InvalidSignature, Outcome.REFUSED),
    ("50114", 401, "invalid authorization", e.AuthenticationError, Outcome.REFUSED),
    ("50119", 200, "API key doesn't exist", e.InvalidApiKey, Outcome.REFUSED),
    ("50101", 401, "wrong environment", e.InvalidApiKey, Outcome.REFUSED),
    ("50102", 401, "timestamp expired", e.ClockSkew, Outcome.REFUSED),
    ("50112", 401, "invalid timestamp", e.ClockSkew, Outcome.REFUSED),
    ("50036", 200, "expTime in the past", e.ClockSkew, Outcome.REFUSED),
    ("50037", 200, "order expired", e.OrderExpired, Outcome.REFUSED),
    ("50110", 401, "IP not in the whitelist", e.IpNotAllowed, Outcome.REFUSED),
    ("50035", 403, "key must be bound to IP", e.IpNotAllowed, Outcome.REFUSED),
    ("50121", 200, "no access from this IP", e.IpNotAllowed, Outcome.REFUSED),
    ("50030", 200, "no permission for the endpoint", e.PermissionDenied, Outcome.REFUSED),
    ("50120", 200, "no permission for the function", e.PermissionDenied, Outcome.REFUSED),
    ("50100", 400, "API frozen", e.AccountRestricted, Outcome.REFUSED),
    ("50027", 200, "restricted from trading", e.AccountRestricted, Outcome.REFUSED),
    ("51024", 200, "Trading account is blocked.", e.AccountRestricted, Outcome.REFUSED),
    ("51155", 200, "local compliance", e.AccountRestricted, Outcome.REFUSED),
    ("50011", 200, "rate limit reached", e.RateLimited, Outcome.REFUSED),
    ("50011", 429, "too many requests", e.RateLimited, Outcome.REFUSED),
    ("50061", 200, "order rate of the account", e.RateLimited, Outcome.REFUSED),
    ("50013", 429, "systems are busy", e.RateLimited, Outcome.UNKNOWN),
    ("51008", 200, "insufficient balance", e.InsufficientFunds, Outcome.REFUSED),
    ("51119", 200, "insufficient balance", e.InsufficientFunds, Outcome.REFUSED),
    ("51127", 200, "available balance is 0", e.InsufficientFunds, Outcome.REFUSED),
    ("51131", 200, "insufficient balance", e.InsufficientFunds, Outcome.REFUSED),
    ("51020", 200, "below the minimum order amount", e.InvalidOrder, Outcome.REFUSED),
    ("51121", 200, "not a multiple of the lot size", e.InvalidOrder, Outcome.REFUSED),
    ("51137", 200, "highest price for buys", e.InvalidOrder, Outcome.REFUSED),
    ("51000", 400, "Parameter px error", e.InvalidOrder, Outcome.REFUSED),
    ("51000", 400, "Parameter instId error", e.BadRequest, Outcome.REFUSED),
    ("51004", 200, "Order failed. … maximum", e.InvalidOrder, Outcome.REFUSED),
    ("51021", 200, "not yet listed", e.MarketClosed, Outcome.REFUSED),
    ("51022", 200, "suspended", e.MarketClosed, Outcome.REFUSED),
    ("51001", 200, "instrument doesn't exist", e.UnknownSymbol, Outcome.REFUSED),
    ("51016", 200, "clOrdId exists", e.DuplicateClientOrderId, Outcome.REFUSED),
    ("50071", 200, "clOrdId already exists", e.DuplicateClientOrderId, Outcome.REFUSED),
    ("51603", 200, "order does not exist", e.OrderNotFound, Outcome.REFUSED),
    ("51400", 200, "filled, canceled or not there", e.OrderNotOpen, Outcome.REFUSED),
    ("51402", 200, "already completed", e.OrderNotOpen, Outcome.REFUSED),
    ("51410", 200, "already in canceling status", e.OrderNotOpen, Outcome.REFUSED),
    ("51412", 200, "Cancellation timed out", e.RequestTimeout, Outcome.UNKNOWN),
    ("51407", 200, "an id is required", e.BadRequest, Outcome.REFUSED),
    ("50014", 400, "parameter can not be empty", e.BadRequest, Outcome.REFUSED),
    ("50004", 400, "endpoint request timeout", e.RequestTimeout, Outcome.UNKNOWN),
    ("51149", 500, "order timed out", e.RequestTimeout, Outcome.UNKNOWN),
    ("51149", 200, "order timed out", e.RequestTimeout, Outcome.UNKNOWN),
    ("51054", 500, "request timed out", e.RequestTimeout, Outcome.UNKNOWN),
    ("50026", 500, "system error", e.VenueUnavailable, Outcome.UNKNOWN),
    ("50026", 200, "system error", e.VenueUnavailable, Outcome.UNKNOWN),
    ("50001", 503, "temporarily unavailable", e.VenueUnavailable, Outcome.UNKNOWN),
    ("59113", 200, "not in your region", e.AccountRestricted, Outcome.REFUSED),
    ("51010", 200, "unsupported account mode", e.AccountRestricted, Outcome.REFUSED),
    ("54109", 200, "activation required", e.AuthorizationError, Outcome.REFUSED),
    ("51408", 200, "doesn't match the order info", e.BadRequest, Outcome.REFUSED),
    ("51118", 200, "exceed the min amount", e.InvalidOrder, Outcome.REFUSED),
    ("54051", 200, "value below the minimum", e.InvalidOrder, Outcome.REFUSED),
    ("51736", 200, "Insufficient USDT balance", e.InsufficientFunds, Outcome.REFUSED),
    ("60032", 200, "API key doesn't exist.", e.InvalidApiKey, Outcome.REFUSED),
    ("50042", 200, "repeated request", e.BadRequest, Outcome.UNKNOWN),
    ("99999", 200, "who knows", e.VenueError, Outcome.UNKNOWN),
]


@pytest.mark.parametrize(
    ("code", "status", "message", "kind", "outcome"), CODES, ids=[f"{c[0]} {c[1]}" for c in CODES]
)
def test_a_code_becomes_its_error_and_says_what_it_proves(
    code: str, status: int, message: str, kind: type[e.ExchangeError], outcome: Outcome
) -> None:
    told = reply({"code": code, "msg": message, "data": []}, status)
    error = classify(OKX.errors, told, OKX.error_in(told, ORDER))
    assert type(error) is kind
    assert error.code == code
    assert error.outcome is outcome


@pytest.mark.parametrize(
    ("code", "kind"), [(code, kind) for code, status, _, kind, _ in CODES if status == 200]
)
def test_a_code_means_the_same_beside_an_order_as_on_top(
    code: str, kind: type[e.ExchangeError]
) -> None:
    message = next(row[2] for row in CODES if row[0] == code)
    row = {"ordId": "", "clOrdId": "a", "sCode": code, "sMsg": message}
    for top in ("0", "1", "2"):
        told = envelope(top, "All operations failed", [row])
        error = classify(OKX.errors, told, OKX.error_in(told, ORDER))
        assert type(error) is kind
        assert error.code == code
        assert message in error.message


@pytest.mark.parametrize(("code", "status"), [("50119", 401), ("50101", 401), ("60032", 200)])
def test_a_key_of_another_region_is_told_which_environments_there_are(
    code: str, status: int
) -> None:
    told = reply({"code": code, "msg": "API key doesn't exist"}, status)
    error = classify(OKX.errors, told, OKX.error_in(told, READ))
    assert error is not None
    assert error.hint is not None
    for name in ("live", "demo", "eea", "eea-demo", "us", "us-demo"):
        assert name in error.hint
        assert name in OKX.environments


def test_demo_and_live_of_a_region_differ_in_one_header() -> None:
    places = OKX.environments
    for name, place in places.items():
        simulated = name.endswith("demo")
        assert place.headers == ((("x-simulated-trading", "1"),) if simulated else ())
        assert (
            place.base_url == places[name.removesuffix("demo").removesuffix("-") or "live"].base_url
        )
    assert len({place.base_url for place in places.values()}) == 4


def row_of(code: str, order_id: Any = "") -> dict[str, Any]:
    return {"ordId": order_id, "clOrdId": "a", "sCode": code, "sMsg": "said so"}


CANCEL = Request(method="POST", path="/api/v5/trade/cancel-order", signed=True, changes=True)


@pytest.mark.parametrize(
    ("asked", "top", "row", "outcome"),
    [
        # https://www.okx.com/docs-v5/en/#order-book-trading-trade-ws-place-order, failure example
        (ORDER, "1", row_of("59999"), Outcome.REFUSED),
        # Codes that are doubtful stay so in the same shape.
        *((ORDER, "1", row_of(code), Outcome.UNKNOWN) for code in sorted(OKX.errors.unknown)),
        # Any other shape proves nothing by itself.
        (ORDER, "1", row_of("59999", "312269865356374016"), Outcome.UNKNOWN),
        (ORDER, "1", row_of("59999", None), Outcome.UNKNOWN),
        (ORDER, "1", {"sCode": "59999", "sMsg": "said so"}, Outcome.UNKNOWN),
        (ORDER, "0", row_of("59999"), Outcome.UNKNOWN),
        (ORDER, "2", row_of("59999"), Outcome.UNKNOWN),
        (CANCEL, "1", row_of("59999"), Outcome.UNKNOWN),
    ],
)
def test_a_row_without_an_order_id_is_a_refusal_by_its_shape(
    asked: Request, top: str, row: dict[str, Any], outcome: Outcome
) -> None:
    told = envelope(top, "", [row])
    error = classify(OKX.errors, told, OKX.error_in(told, asked))
    assert error is not None
    assert error.outcome is outcome
    assert error.code == row["sCode"]


def test_an_order_can_fail_under_code_0() -> None:
    told = envelope("0", "", [{"ordId": "", "sCode": "51008", "sMsg": "poor"}])
    assert OKX.error_in(told, ORDER) == VenueCode("51008", "poor")


@pytest.mark.parametrize("code", ["0", "1", "2"])
def test_the_rows_of_a_batch_are_its_parsers_business(code: str) -> None:
    rows = [{"ordId": "1", "sCode": "0"}, {"ordId": "2", "sCode": "51400", "sMsg": "gone"}]
    assert OKX.error_in(envelope(code, "", rows), BATCH) is None


def test_a_batch_without_rows_failed_as_a_whole() -> None:
    assert OKX.error_in(envelope("1", "failed"), BATCH) == VenueCode("1", "failed")
    assert OKX.error_in(envelope("50011", "slow"), BATCH) == VenueCode("50011", "slow")


def test_the_sub_code_is_told() -> None:
    row = {"sCode": "51008", "sMsg": "Insufficient USDT balance", "subCode": "1000"}
    found = OKX.error_in(envelope("1", "", [row]), ORDER)
    assert found == VenueCode("51008", "Insufficient USDT balance (sub-code 1000)")


def test_a_row_without_a_message_has_the_message_on_top() -> None:
    found = OKX.error_in(envelope("1", "All operations failed", [{"sCode": "51008"}]), ORDER)
    assert found == VenueCode("51008", "All operations failed")


@pytest.mark.parametrize(
    "row",
    [
        {"sCode": 51008, "sMsg": "poor", "ts": ""},
        {"sCode": "51008", "sMsg": "poor", "ordId": None, "ts": None},
    ],
)
def test_odd_types_hide_no_error(row: dict[str, Any]) -> None:
    assert OKX.error_in(envelope("0", None, [row]), ORDER) == VenueCode("51008", "poor")


def test_a_code_may_be_a_number() -> None:
    assert OKX.error_in(envelope(500, "Internal Server Error", {}), READ) == VenueCode(
        "500", "Internal Server Error"
    )


@pytest.mark.parametrize("data", [[], [{"ordId": "1"}], [{"ordId": "1", "sCode": "0"}], {}, None])
def test_code_0_is_a_success(data: Any) -> None:
    assert OKX.error_in(envelope("0", "", data), ORDER) is None


def test_a_success_code_beside_an_error_status_keeps_its_words() -> None:
    told = reply({"code": "0", "msg": "no such thing", "data": []}, 400)
    assert OKX.error_in(told, ORDER) == VenueCode("0", "no such thing")


def test_the_json_of_a_gateway_is_not_about_the_key() -> None:
    told = reply({"code": 401, "message": "Unauthorized"}, 401)
    error = classify(OKX.errors, told, OKX.error_in(told, ORDER))
    assert type(error) is e.GatewayRefused
    assert error.outcome is Outcome.UNKNOWN


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>bad gateway</html>",
        b'{"code":',
        b'{"code":null}',
        b"\xff\xfe",
        b"[]",
        b"{}",
        b"null",
        b"7",
        b"[" * 5000,
    ],
    ids=lambda body: repr(body[:12]),
)
def test_a_body_that_is_no_envelope_reports_nothing_and_raises_nothing(body: bytes) -> None:
    assert OKX.error_in(reply(body), ORDER) is None


def test_an_http_error_without_an_envelope_is_judged_by_its_status() -> None:
    told = reply(b"<html>bad gateway</html>", 502)
    error = classify(OKX.errors, told, OKX.error_in(told, ORDER))
    assert type(error) is e.VenueUnavailable
    assert error.outcome is Outcome.UNKNOWN


def test_an_empty_code_is_not_taken_for_success() -> None:
    told = envelope("", "", [{"ordId": "1"}])
    error = classify(OKX.errors, told, OKX.error_in(told, ORDER))
    assert type(error) is e.VenueError
    assert error.outcome is Outcome.UNKNOWN


def test_no_code_is_said_to_prove_a_refusal_against_its_status() -> None:
    assert OKX.errors.refused == frozenset()


def test_only_a_missing_order_is_called_not_found() -> None:
    """It may pass for proof that an order does not exist."""
    found = {code for code, pairs in OKX.errors.codes.items() if pairs[-1][1] is e.OrderNotFound}
    assert found == {"51063", "51603"}
