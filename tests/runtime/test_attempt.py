"""What a call knows of itself when it ends in an error."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from support.stepper import Stepper, policy
from support.toy import KEY, SECRET, Script, change, get, refusal, reply

from exchangekit.adapter import Call, Credentials, Reply
from exchangekit.errors import (
    BadReply,
    BadRequest,
    ConnectionFailed,
    ConnectionLost,
    ExchangeError,
    InvalidSignature,
    Outcome,
    OutcomeUnknown,
    RequestTimeout,
    VenueUnavailable,
)
from exchangekit.runtime.attempt import Attempt, transport_error
from exchangekit.runtime.effects import TransportFailure

FENCE = datetime(2026, 1, 1, tzinfo=UTC)


def ordering(client_order_id: str | None = "mine") -> Attempt:
    made = Attempt("toy", "main", "create_order", change("POST", "/order"), 0.0, client_order_id)
    made.fence = FENCE
    return made


def reading() -> Attempt:
    return Attempt("toy", "main", "fetch_order", get("/order"), 0.0, "mine")


def test_what_the_venue_said_is_kept_when_the_outcome_is_unknown() -> None:
    said = VenueUnavailable("busy (HTTP 503)", status=503, code="-1008", venue_message="busy")
    said.hint = "a hint for another case"
    error = ordering().unknown(said)
    assert type(error) is OutcomeUnknown
    assert (error.status, error.code, error.venue_message) == (503, "-1008", "busy")
    assert error.message == "busy (HTTP 503)"
    assert (error.venue, error.operation) == ("toy", "create_order")
    assert error.outcome is Outcome.UNKNOWN
    assert (error.client_order_id, error.fence) == ("mine", FENCE)
    assert error.hint == (
        "It was not sent again. Fetch the order by its client order id mine"
        " before you decide anything."
    )


def test_without_a_client_order_id_there_is_only_the_venue_to_look_at() -> None:
    error = ordering(None).unknown(ConnectionLost("gone"))
    assert error.hint == "It was not sent again. Look at the venue before you decide anything."
    assert (error.status, error.code, error.venue_message) == (None, None, None)
    assert error.client_order_id is None


@pytest.mark.parametrize(
    ("answer", "status", "code", "said"),
    [
        (refusal(-1007, "Timeout waiting", 408), 408, "-1007", "Timeout waiting"),
        (refusal(-9999, "strange", 200), 200, "-9999", "strange"),
        (refusal(-2010, "balance", 500), 500, "-2010", "balance"),
        (reply(b"Bad Gateway", 502), 502, None, "Bad Gateway"),
        (reply(b"", 504), 504, None, "no message"),
        (reply(b"not json"), 200, None, None),
    ],
)
def test_an_order_in_doubt_tells_what_the_venue_said(
    answer: Reply, status: int, code: str | None, said: str | None
) -> None:
    steps = Stepper(Script([answer]))
    call = Call(change("POST", "/order"), lambda reply: reply.body)
    if said is None:
        call = Call(call.request, _unreadable)
    with pytest.raises(OutcomeUnknown) as caught:
        steps.run(policy(credentials=Credentials(KEY, SECRET)).call("create_order", call))
    error = caught.value
    assert (error.status, error.code, error.venue_message) == (status, code, said)
    cause = error.__cause__
    assert isinstance(cause, ExchangeError)
    assert (cause.status, cause.code, cause.venue_message) == (status, code, said)
    assert error.message == cause.message


def _unreadable(reply: Reply) -> bytes:
    raise BadReply("the reply is not what the documentation says")


def test_an_error_learns_what_the_call_knows() -> None:
    error = ordering().complete(InvalidSignature("no", outcome=Outcome.REFUSED))
    assert (error.venue, error.operation, error.client_order_id) == ("toy", "create_order", "mine")
    assert error.outcome is Outcome.REFUSED


def test_an_error_keeps_the_venue_that_it_names_and_a_read_has_no_outcome() -> None:
    error = reading().complete(
        InvalidSignature("no", venue="other", operation="x", outcome=Outcome.REFUSED)
    )
    assert (error.venue, error.operation, error.outcome) == ("other", "fetch_order", None)


def test_an_error_on_the_way_out_is_a_copy_that_says_what_was_proven() -> None:
    one, problem = ordering(), RequestTimeout("too late", venue="toy", outcome=None)
    one.proven = Outcome.REFUSED
    error = one.before_sending(problem)
    assert type(error) is RequestTimeout
    assert error.message == "the venue's time, needed to sign, could not be asked: too late"
    assert (error.outcome, error.operation) == (Outcome.REFUSED, "create_order")
    assert (problem.message, problem.outcome, problem.operation) == ("too late", None, None)
    assert ordering().before_sending(problem).outcome is Outcome.NOT_SENT


@pytest.mark.parametrize(
    ("failure", "kind", "outcome"),
    [
        (TransportFailure("x", sent=False), ConnectionFailed, Outcome.NOT_SENT),
        (TransportFailure("x", sent=False, timeout=True), ConnectionFailed, Outcome.NOT_SENT),
        (TransportFailure("x", sent=False, unfit=True), BadRequest, Outcome.NOT_SENT),
        (TransportFailure("x", sent=True), ConnectionLost, Outcome.UNKNOWN),
        (TransportFailure("x", sent=True, timeout=True), RequestTimeout, Outcome.UNKNOWN),
        (TransportFailure("x", sent=True, reply=True), BadReply, Outcome.UNKNOWN),
        (TransportFailure("x", sent=True, unfit=True), ConnectionLost, Outcome.UNKNOWN),
    ],
)
def test_only_what_certainly_never_left_was_not_sent(
    failure: TransportFailure, kind: type[ExchangeError], outcome: Outcome
) -> None:
    error = transport_error(failure)
    assert type(error) is kind
    assert (error.message, error.outcome, error.__cause__) == ("x", outcome, failure)


def test_a_defect_of_a_transport_leaves_the_outcome_open() -> None:
    failure = KeyError("x")
    error = transport_error(failure)
    assert type(error) is ConnectionLost
    assert error.message == "the transport itself failed (KeyError)"
    assert (error.outcome, error.__cause__) == (Outcome.UNKNOWN, failure)


def test_the_events_of_an_attempt_tell_what_it_is_and_how_it_went() -> None:
    one = ordering()
    one.number, one.sent, one.received = 2, 5.0, 5.25
    asked, error = one.request_event(), BadReply("x")
    answered = one.reply_event(Reply(503, {}, b"12345"), error)
    for event in (asked, answered):
        assert (event.venue, event.account, event.operation) == ("toy", "main", "create_order")
        assert (event.attempt, event.client_order_id) == (2, "mine")
    assert (asked.method, asked.path, asked.params) == ("POST", "/order", ())
    assert (answered.status, answered.size, answered.seconds) == (503, 5, 0.25)
    assert answered.error is error
    nothing = one.reply_event(None, None)
    assert (nothing.status, nothing.size, nothing.error) == (None, 0, None)
