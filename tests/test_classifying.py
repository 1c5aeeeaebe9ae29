"""What a venue's error becomes: its class, whether anything happened, and how long to wait."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from exchangekit.adapter import ErrorTable, Reply, VenueCode
from exchangekit.adapter.classify import ban_end, classify, retry_after
from exchangekit.errors import (
    AccessRefused,
    Banned,
    ClockSkew,
    ExchangeError,
    FirewallBlocked,
    GatewayRefused,
    InsufficientFunds,
    InvalidOrder,
    OrderNotFound,
    Outcome,
    PermissionDenied,
    RateLimited,
    RegionBlocked,
    RequestTimeout,
    VenueError,
    VenueUnavailable,
)

TABLE = ErrorTable(
    {
        "1 2": InsufficientFunds,
        "3": (("balance", InsufficientFunds), ("LOT_SIZE", InvalidOrder)),
        "4": (("gone", OrderNotFound), ("", InvalidOrder)),
        "5": RateLimited,
        "6": AccessRefused,
        "7": VenueUnavailable,
        "8": Banned,
    },
    unknown="7 70",
    refused="2 20",
    messages=[("Too late", ClockSkew), ("slow", RateLimited)],
    filters=r"filter (\w+)",
)
WEEK = 7 * 24 * 3600
NOW = "Wed, 21 Oct 2015 07:28:00 GMT"


def meant(
    status: int, code: str | None = None, message: str = "", body: bytes = b"", **headers: str
) -> ExchangeError:
    """The error that `TABLE` makes of a reply."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    said = None if code is None else VenueCode(code, message)
    error = classify(TABLE, Reply(status, named, body), said)
    assert error is not None
    return error


def asked_to_wait(value: str, date: str | None = NOW) -> float | None:
    headers = {"retry-after": value} | ({} if date is None else {"date": date})
    return retry_after(Reply(429, headers, b""))


# The class


@pytest.mark.parametrize(
    ("status", "kind", "outcome"),
    [
        (199, VenueError, Outcome.UNKNOWN),
        (200, VenueError, Outcome.UNKNOWN),
        (300, VenueError, Outcome.UNKNOWN),
        (399, VenueError, Outcome.UNKNOWN),
        (400, VenueError, Outcome.REFUSED),
        (401, AccessRefused, Outcome.REFUSED),
        (403, PermissionDenied, Outcome.REFUSED),
        (404, VenueError, Outcome.REFUSED),
        (407, VenueError, Outcome.REFUSED),
        (408, RequestTimeout, Outcome.UNKNOWN),
        (409, VenueError, Outcome.UNKNOWN),
        (418, Banned, Outcome.REFUSED),
        (429, RateLimited, Outcome.REFUSED),
        (451, RegionBlocked, Outcome.REFUSED),
        (498, VenueError, Outcome.REFUSED),
        (499, VenueError, Outcome.UNKNOWN),
        (500, VenueUnavailable, Outcome.UNKNOWN),
        (503, VenueUnavailable, Outcome.UNKNOWN),
        (599, VenueUnavailable, Outcome.UNKNOWN),
    ],
)
def test_beside_a_code_of_no_table_the_status_says_the_class_and_whether_anything_happened(
    status: int, kind: type[ExchangeError], outcome: Outcome
) -> None:
    error = meant(status, "999", "so it is")
    assert type(error) is kind
    assert error.outcome is outcome
    assert (error.status, error.code) == (status, "999")


HTML = b"<!DOCTYPE html><html><head><title>Denied</title></head><body>no</body></html>"
PAGES = {
    "an HTML page": HTML,
    "nothing": b"",
    "a word": b"Forbidden",
    "JSON": b'{"message":"Forbidden"}',
}


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (199, GatewayRefused),
        (300, GatewayRefused),
        (399, GatewayRefused),
        (400, GatewayRefused),
        (401, GatewayRefused),
        (403, FirewallBlocked),
        (404, GatewayRefused),
        (405, GatewayRefused),
        (407, GatewayRefused),
        (408, RequestTimeout),
        (409, GatewayRefused),
        (413, GatewayRefused),
        (418, Banned),
        (421, GatewayRefused),
        (429, RateLimited),
        (451, RegionBlocked),
        (498, GatewayRefused),
        (499, GatewayRefused),
        (500, VenueUnavailable),
        (503, VenueUnavailable),
        (599, VenueUnavailable),
    ],
)
@pytest.mark.parametrize("body", PAGES.values(), ids=PAGES)
def test_a_page_that_is_not_the_venues_proves_nothing_and_is_not_about_the_key(
    status: int, kind: type[ExchangeError], body: bytes
) -> None:
    error = meant(status, body=body)
    assert type(error) is kind
    assert error.outcome is Outcome.UNKNOWN
    assert (error.status, error.code) == (status, None)
    assert not isinstance(error, AccessRefused)


@pytest.mark.parametrize(
    ("status", "code", "message"),
    [
        # A gateway that answers in JSON says its status once more, and nothing that is the venue's.
        (400, "400", "Bad Request"),
        (403, "403", "Forbidden"),
        (404, "404", "Not Found"),
        # No code, or no word beside one that nobody knows: not how venues refuse.
        (400, "", "Bad Request"),
        (400, "999", ""),
        (403, "999", ""),
    ],
)
def test_a_code_that_is_not_the_venues_own_word_proves_nothing(
    status: int, code: str, message: str
) -> None:
    error = meant(status, code, message)
    assert error.outcome is Outcome.UNKNOWN
    assert type(error) is (FirewallBlocked if status == 403 else GatewayRefused)
    assert error.venue_message == (message or "no message")


def test_a_venue_that_uses_statuses_as_codes_is_believed_where_it_adds_its_words() -> None:
    table = ErrorTable({"401": AccessRefused})
    reply = Reply(401, {}, b"")
    own, foreign = (classify(table, reply, VenueCode("401", words)) for words in ("No key", ""))
    assert own is not None
    assert foreign is not None
    assert (type(own), own.outcome) == (AccessRefused, Outcome.REFUSED)
    assert (type(foreign), foreign.outcome) == (GatewayRefused, Outcome.UNKNOWN)


@pytest.mark.parametrize("code", ["0", "200", "00000"])
@pytest.mark.parametrize(
    ("status", "kind"), [(400, VenueError), (404, VenueError), (451, RegionBlocked)]
)
def test_a_success_code_beside_an_error_status_keeps_its_words_and_proves_nothing(
    status: int, kind: type[ExchangeError], code: str
) -> None:
    error = meant(status, code, "Service unavailable from a restricted location")
    assert type(error) is kind
    assert error.venue_message == "Service unavailable from a restricted location"
    assert error.outcome is Outcome.UNKNOWN


@pytest.mark.parametrize(
    "said",
    [
        b"<html>configured to block access from your country</html>",
        b"This service is not available in your region",
        b"Service unavailable from a restricted location",
    ],
)
def test_a_403_that_speaks_of_the_country_is_about_the_region(said: bytes) -> None:
    error = meant(403, body=said)
    assert type(error) is RegionBlocked
    assert error.hint == RegionBlocked.default_hint


@pytest.mark.parametrize("status", [200, 201, 299])
def test_a_success_without_an_error_in_it_is_none(status: int) -> None:
    assert classify(TABLE, Reply(status, {}, b"{}"), None) is None


@pytest.mark.parametrize(
    ("code", "message", "kind"),
    [
        ("1", "", InsufficientFunds),
        ("2", "anything", InsufficientFunds),
        ("3", "your BALANCE is low", InsufficientFunds),
        ("3", "filter lot_size", InvalidOrder),
        ("3", "neither, and too LATE", ClockSkew),
        ("3", "neither", VenueError),
        ("4", "it is gone", OrderNotFound),
        ("4", "too late", InvalidOrder),
        ("5", "", RateLimited),
        ("8", "", Banned),
        ("999", "it came TOO LATE", ClockSkew),
        ("999", "go slow, it is too late", ClockSkew),
        ("999", "a word", VenueError),
        ("1 2", "a word", VenueError),
    ],
)
def test_a_code_and_its_message_together_find_the_class(
    code: str, message: str, kind: type[ExchangeError]
) -> None:
    error = meant(400, code, message)
    assert type(error) is kind
    assert error.code == code
    assert error.outcome is Outcome.REFUSED


def test_a_code_that_the_table_knows_wins_over_the_status() -> None:
    assert type(meant(429, "6")) is AccessRefused
    assert type(meant(500, "1")) is InsufficientFunds
    assert type(meant(200, "1")) is InsufficientFunds


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (418, "5", Banned),
        (429, "5", RateLimited),
        (200, "5", RateLimited),
        (418, "6", AccessRefused),
    ],
)
def test_too_many_requests_with_status_418_is_a_ban(
    status: int, code: str, kind: type[ExchangeError]
) -> None:
    assert type(meant(status, code)) is kind


@pytest.mark.parametrize("codes", [{"1": VenueError, "2 1": VenueError}, {"1 1": VenueError}])
def test_a_code_that_is_in_a_table_twice_is_a_mistake_found_at_import(
    codes: dict[str, type[ExchangeError]],
) -> None:
    with pytest.raises(ValueError, match="error code 1 is in the table twice"):
        ErrorTable(codes)


RANGED = ErrorTable(
    {"100..103": InvalidOrder, "102": InsufficientFunds, "1*": RateLimited, "12*": OrderNotFound},
    unknown="101 140..141",
    hints={"100..101": "do this", "120": "do that"},
)


@pytest.mark.parametrize(
    ("code", "kind", "hint"),
    [
        ("99", VenueError, None),
        ("100", InvalidOrder, "do this"),
        ("101", InvalidOrder, "do this"),
        ("102", InsufficientFunds, None),  # by itself beats the range
        ("103", InvalidOrder, None),
        ("104", RateLimited, None),  # a prefix, and the longer one of two
        ("120", OrderNotFound, "do that"),
        ("1", RateLimited, None),
        ("2", VenueError, None),
    ],
)
def test_a_table_takes_ranges_and_prefixes_and_the_narrower_one_decides(
    code: str, kind: type[ExchangeError], hint: str | None
) -> None:
    error = classify(RANGED, Reply(200, {}, b""), VenueCode(code, "so it is"))
    assert error is not None
    assert type(error) is kind
    assert error.hint == hint or (hint is None and error.hint == kind.default_hint)
    listed = kind is not VenueError and code != "101"
    assert error.outcome is (Outcome.REFUSED if listed else Outcome.UNKNOWN)


def test_codes_that_leave_it_open_may_be_a_range() -> None:
    assert RANGED.unknown == {"101", "140", "141"}


@pytest.mark.parametrize(
    "codes", ["5..5", "7..6", "a..b", "-1..-3", "5..", "1..2..3", "1..-2", "+1..+3"]
)
def test_a_range_that_is_none_is_a_mistake_found_at_import(codes: str) -> None:
    with pytest.raises(ValueError, match="expected a range such as"):
        ErrorTable({codes: InvalidOrder})


@pytest.mark.parametrize(
    ("codes", "meant"),
    [
        ("51044..51046", ["51044", "51045", "51046"]),
        ("-3..-1", ["-3", "-2", "-1"]),
        ("-1..1", ["-1", "0", "1"]),
        ("00171..00173", ["00171", "00172", "00173"]),
        ("098..101", ["098", "099", "100", "101"]),
    ],
)
def test_a_range_is_each_code_between_as_the_venue_writes_it(codes: str, meant: list[str]) -> None:
    assert list(ErrorTable({codes: InvalidOrder}).codes) == meant


@pytest.mark.parametrize("codes", ["0098..101", "098..1001"])
def test_a_range_of_other_digits_at_its_ends_is_not_guessed(codes: str) -> None:
    with pytest.raises(ValueError, match="expected as many digits at both ends"):
        ErrorTable({codes: InvalidOrder})


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"codes": {"10001, 10002": InvalidOrder}}, "expected codes with blanks between"),
        ({"codes": {}, "unknown": "5, 7"}, "unknown of an ErrorTable is '5, 7': expected codes"),
        ({"codes": {}, "refused": "5;7"}, "refused of an ErrorTable is '5;7': expected codes"),
        ({"codes": {}, "hints": {"5,7": "Wait."}}, "hint of an ErrorTable is '5,7': expected"),
        ({"codes": {}, "unknown": "51*"}, "is '51*': expected codes and ranges; a prefix is not"),
        ({"codes": {}, "refused": "51*"}, "is '51*': expected codes and ranges; a prefix is not"),
        ({"codes": {"*": InvalidOrder}}, "said with unlisted=Outcome.REFUSED"),
        (
            {"codes": {"1": (("", InvalidOrder), ("funds", RateLimited))}},
            'expected the pattern "" at the end',
        ),
        ({"codes": {}, "messages": [("", InvalidOrder), ("b", RateLimited)]}, 'pattern "" at the'),
    ],
)
def test_codes_that_no_reply_could_have_are_refused_where_they_are_written(
    table: dict[str, Any], said: str
) -> None:
    """One of ``unknown`` that is never found tells an order as refused that may exist."""
    with pytest.raises(TypeError) as caught:
        ErrorTable(**table)
    assert said in str(caught.value)


@pytest.mark.parametrize("other", ["10..12", "1*"])
def test_ranges_that_overlap_are_a_mistake_found_at_import(other: str) -> None:
    with pytest.raises(ValueError, match="is in the table twice"):
        ErrorTable({f"{other} 11..14 1*": InvalidOrder})


# Whether anything happened


@pytest.mark.parametrize(
    ("status", "shape", "unlisted", "outcome"),
    [
        (200, False, Outcome.UNKNOWN, Outcome.UNKNOWN),
        (200, False, Outcome.REFUSED, Outcome.REFUSED),
        (302, False, Outcome.REFUSED, Outcome.UNKNOWN),
        (500, False, Outcome.REFUSED, Outcome.UNKNOWN),
        (200, True, Outcome.UNKNOWN, Outcome.REFUSED),
        (302, True, Outcome.UNKNOWN, Outcome.UNKNOWN),
        (500, True, Outcome.UNKNOWN, Outcome.UNKNOWN),
    ],
)
def test_what_an_unlisted_code_proves_is_written_down_or_seen_in_the_reply(
    status: int, shape: bool, unlisted: Outcome, outcome: Outcome
) -> None:
    table = ErrorTable({"1": InvalidOrder}, unknown="7", unlisted=unlisted)
    for code, proven in (("999", outcome), ("7", Outcome.UNKNOWN)):
        said = VenueCode(code, "so it is", refused=shape)
        error = classify(table, Reply(status, {}, b""), said)
        assert error is not None
        assert error.outcome is proven


@pytest.mark.parametrize(
    ("status", "code", "outcome"),
    [
        (200, "1", Outcome.REFUSED),
        (302, "1", Outcome.REFUSED),
        (400, "1", Outcome.REFUSED),
        (408, "1", Outcome.REFUSED),
        (499, "1", Outcome.REFUSED),
        (500, "1", Outcome.UNKNOWN),
        (200, "999", Outcome.UNKNOWN),
        (400, "999", Outcome.REFUSED),
        (200, "7", Outcome.UNKNOWN),
        (400, "7", Outcome.UNKNOWN),
        (400, "70", Outcome.UNKNOWN),
        (500, "2", Outcome.REFUSED),
        (503, "20", Outcome.REFUSED),
        (200, "20", Outcome.REFUSED),
    ],
)
def test_the_code_and_the_status_together_say_whether_anything_happened(
    status: int, code: str, outcome: Outcome
) -> None:
    assert meant(status, code, "so it is").outcome is outcome


def test_a_venue_without_such_codes_proves_nothing_by_them() -> None:
    plain = ErrorTable({"1": InsufficientFunds})
    error = classify(plain, Reply(500, {}, b""), VenueCode("1", "filter x"))
    assert isinstance(error, InsufficientFunds)
    assert (error.outcome, error.filter) == (Outcome.UNKNOWN, None)


# Its words


@pytest.mark.parametrize(
    ("status", "code", "told", "body", "said", "where"),
    [
        (400, "1", "too poor", b"", "too poor", " (HTTP 400, code 1)"),
        (200, "1", "too poor", b"", "too poor", " (code 1)"),
        (400, "", "too poor", b"", "too poor", " (HTTP 400)"),
        (200, "", "too poor", b"", "too poor", ""),
        (400, "1", "", b"the body", "no message", " (HTTP 400, code 1)"),
        (299, "1", "", b"", "no message", " (HTTP 299, code 1)"),
        (302, None, "", b"Moved", "Moved", " (HTTP 302)"),
        (400, None, "", b"", "no message", " (HTTP 400)"),
        (502, None, "", b"Bad Gateway", "Bad Gateway", " (HTTP 502)"),
    ],
)
def test_an_error_says_what_the_venue_said_with_status_and_code(
    status: int, code: str | None, told: str, body: bytes, said: str, where: str
) -> None:
    error = meant(status, code, told, body)
    assert error.message == said + where
    assert error.venue_message == said


@pytest.mark.parametrize("status", [300, 302, 399])
def test_a_redirect_without_words_is_said_to_be_one(status: int) -> None:
    error = meant(status)
    assert error.message == f"it redirects elsewhere, which is not followed (HTTP {status})"


@pytest.mark.parametrize(
    ("code", "message", "broken"),
    [
        ("3", "LOT_SIZE: filter Lot_Size failed", "lot_size"),
        ("1", "filter NOTIONAL", "notional"),
        ("1", "nothing", None),
    ],
)
def test_an_invalid_order_names_the_filter_that_it_breaks(
    code: str, message: str, broken: str | None
) -> None:
    error = meant(400, code, message)
    assert isinstance(error, InvalidOrder)
    assert error.filter == broken


def test_an_error_of_another_class_names_no_filter() -> None:
    assert not hasattr(meant(400, "6", "filter LOT_SIZE"), "filter")


# How long to wait


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0),
        ("7", 7),
        (" 30 ", 30),
        (str(WEEK - 1), WEEK - 1),
        (str(WEEK + 1), WEEK),
        ("9" * 400, WEEK),
        ("", None),
        ("  ", None),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
    ],
)
def test_retry_after_is_seconds_and_at_most_a_week(value: str, seconds: float | None) -> None:
    assert asked_to_wait(value) == seconds
    assert asked_to_wait(value, date=None) == seconds


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("Wed, 21 Oct 2015 07:28:30 GMT", 30),
        ("Wed, 21 Oct 2015 09:28:30 +0200", 30),
        ("Thu, 22 Oct 2015 07:28:00 GMT", 24 * 3600),
        (NOW, 0),
        ("Wed, 21 Oct 2015 07:27:59 GMT", 0),
        ("Tue, 20 Oct 2015 07:28:00 GMT", 0),
        ("Wed, 28 Oct 2015 07:27:59 GMT", WEEK - 1),
        ("Wed, 28 Oct 2015 07:28:01 GMT", WEEK),
        ("Fri, 21 Oct 2016 07:28:00 GMT", WEEK),
    ],
)
def test_retry_after_as_a_date_counts_from_the_date_of_the_reply(
    value: str, seconds: float
) -> None:
    assert asked_to_wait(value) == seconds


@pytest.mark.parametrize(
    ("value", "date"),
    [
        ("Wed, 21 Oct 2015 07:28:30 GMT", None),
        ("Wed, 21 Oct 2015 07:28:30 GMT", ""),
        ("Wed, 21 Oct 2015 07:28:30 GMT", "today"),
        ("Wed, 41 Oct 2015 07:28:30 GMT", NOW),
        ("Wed, 21 Oct 99999999999999999999 07:28:30 GMT", NOW),
        ("Wed, 21 Oct 2015 07:28:30 +99999999999999999999", NOW),
        ("Wed, 21 Oct 2015 07:28:30 GMT", "Wed, 21 Oct 99999999999999999999 07:28:00 GMT"),
        # "-0000" says that the zone is not known.
        ("Wed, 21 Oct 2015 07:28:30 -0000", NOW),
        ("Wed, 21 Oct 2015 07:28:30 GMT", "Wed, 21 Oct 2015 07:28:00 -0000"),
    ],
)
def test_a_date_that_cannot_be_counted_from_says_nothing(value: str, date: str | None) -> None:
    assert asked_to_wait(value, date) is None


def test_no_retry_after_says_nothing() -> None:
    assert retry_after(Reply(429, {"date": NOW}, b"")) is None


@pytest.mark.parametrize(("status", "code"), [(429, None), (418, None), (200, "5"), (503, "5")])
def test_too_many_requests_say_how_long_to_wait(status: int, code: str | None) -> None:
    error = meant(status, code, retry_after="7")
    assert isinstance(error, RateLimited)
    assert error.retry_after == 7
    unsaid = meant(status, code)
    assert isinstance(unsaid, RateLimited)
    assert unsaid.retry_after is None


def test_other_errors_say_nothing_about_waiting() -> None:
    assert not hasattr(meant(503, "6", retry_after="7"), "retry_after")


BAN = "IP banned until 1659146400000. Please use the websocket."


@pytest.mark.parametrize(
    ("message", "until"),
    [
        (BAN, datetime(2022, 7, 30, 2, 0, tzinfo=UTC)),
        ("until 1659146400123", datetime(2022, 7, 30, 2, 0, 0, 123000, tzinfo=UTC)),
        ("until 165914640000", None),
        ("until 16591464000000", None),
        ("until tomorrow", None),
        ("", None),
    ],
)
def test_the_end_of_a_ban_is_milliseconds_after_the_word_until(
    message: str, until: datetime | None
) -> None:
    assert ban_end(message) == until


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"date": "Sat, 30 Jul 2022 01:50:00 GMT"}, 600),
        ({"date": "Sat, 30 Jul 2022 02:00:01 GMT"}, 0),
        ({"date": "Sat, 30 Jul 2022 01:50:00 -0000"}, None),
        ({"date": "soon"}, None),
        ({"date": "Sat, 30 Jul 2022 01:50:00 GMT", "retry-after": "7"}, 7),
    ],
)
def test_the_date_of_the_reply_tells_how_long_a_ban_lasts(
    headers: dict[str, str], seconds: float | None
) -> None:
    error = classify(TABLE, Reply(418, headers, b""), VenueCode("8", BAN))
    assert isinstance(error, Banned)
    assert error.retry_after == seconds


def test_a_ban_says_when_it_ends_and_no_other_error_does() -> None:
    banned, limited = meant(418, "5", BAN), meant(429, "5", BAN)
    assert isinstance(banned, Banned)
    assert banned.until == datetime(2022, 7, 30, 2, 0, tzinfo=UTC)
    by_body = meant(418, body=BAN.encode())
    assert isinstance(by_body, Banned)
    assert by_body.until == banned.until
    assert not hasattr(limited, "until")
