"""What is declared of replies: their envelope, their words, the bounds of a window."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from support.toy import ToyAdapter

from exchangekit.adapter import Adapter, Envelope, Reply, Request, VenueCode, Window

RET = Envelope("retCode", "retMsg")
TWO = Envelope("code", "msg message", success="0 200 00000")


def said(envelope: Envelope, body: Any, status: int = 200) -> VenueCode | None:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return envelope.error_in(Reply(status, {}, raw), Request(method="GET", path="/x"))


@pytest.mark.parametrize("code", [0, "0"])
def test_a_success_is_no_error_whatever_its_message(code: Any) -> None:
    assert said(RET, {"retCode": code, "retMsg": "anything"}) is None


def test_any_other_code_is_one_with_its_message() -> None:
    assert said(RET, {"retCode": 10001, "retMsg": "no"}) == VenueCode("10001", "no")
    assert said(RET, {"retCode": "10001", "retMsg": None}) == VenueCode("10001", "")
    assert said(RET, {"retCode": "", "retMsg": "no"}) == VenueCode("", "no")


def test_a_success_beside_a_status_of_an_error_is_none() -> None:
    assert said(RET, {"retCode": 0, "retMsg": "gone"}, 404) == VenueCode("0", "gone")


@pytest.mark.parametrize("code", ["0", "200", "00000", 200])
def test_a_venue_may_have_several_successes(code: Any) -> None:
    assert said(TWO, {"code": code}) is None


def test_the_first_message_that_is_told_counts() -> None:
    assert said(TWO, {"code": "1", "msg": "", "message": "here"}) == VenueCode("1", "here")
    assert said(TWO, {"code": "1", "msg": "a", "message": "b"}) == VenueCode("1", "a")


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"7", b"null", b"\xff", b"<html>", b"[" * 5000, b"{}"]
)
def test_a_body_without_a_code_reports_nothing_and_raises_nothing(body: bytes) -> None:
    assert said(RET, body) is None


@pytest.mark.parametrize(
    ("code", "message", "success"),
    [("", "msg", "0"), ("a b", "msg", "0"), ("code", "", "0"), ("code", "msg", "")],
)
def test_an_envelope_that_cannot_work_is_refused(code: str, message: str, success: str) -> None:
    with pytest.raises(TypeError, match="expected the names of fields"):
        Envelope(code, message, success=success)


def test_an_adapter_with_an_envelope_needs_no_method() -> None:
    class Enveloped(ToyAdapter):
        envelope = RET
        error_in = Adapter.error_in

    told = Reply(200, {}, b'{"retCode":3,"retMsg":"no"}')
    assert Enveloped().error_in(told, Request(method="GET", path="/")) == VenueCode("3", "no")
    with pytest.raises(TypeError, match=r"Wrong\.envelope is 'retCode': expected"):
        type("Wrong", (ToyAdapter,), {"envelope": "retCode"})


def test_a_window_is_bounded_by_its_first_and_last_millisecond() -> None:
    day = Window(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC))
    assert (day.first, day.last) == (1_767_225_600_000, 1_767_311_999_999)
