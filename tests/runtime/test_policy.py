"""The life of a request, step by step: what is sent again, what never is, and what is said."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from support.stepper import Stepper, policy
from support.toy import (
    KEY,
    SECRET,
    START,
    Script,
    ToyAdapter,
    change,
    get,
    lost,
    not_connected,
    query,
    refusal,
    reply,
    timed_out,
)

from exchangekit.adapter import Call, Cost, Credentials, LimitScope, Reply, Request
from exchangekit.errors import (
    AccessRefused,
    BadReply,
    BadRequest,
    Banned,
    ClockSkew,
    ConnectionFailed,
    ConnectionLost,
    ExchangeError,
    FirewallBlocked,
    GatewayRefused,
    InsufficientFunds,
    MissingCredentials,
    OnMaintenance,
    OrderNotFound,
    Outcome,
    OutcomeUnknown,
    RateLimited,
    RegionBlocked,
    RequestTimeout,
    VenueError,
    VenueUnavailable,
)
from exchangekit.models import LimitOrder, Side
from exchangekit.runtime.attempt import Attempt
from exchangekit.runtime.effects import Background, Flow, Now, Send, TransportFailure
from exchangekit.runtime.limits import ScopeLimits
from exchangekit.runtime.policy import Policy
from exchangekit.runtime.transports import Timeouts

GOOD = reply({"last": "10"})
ACCEPTED = reply({"id": "7"})
ORDER = LimitOrder(
    symbol="BTC/USDT", side=Side.BUY, amount=Decimal(1), price=Decimal(10), client_order_id="mine"
)


class MarketStub:
    id = "BTCUSDT"
    symbol = "BTC/USDT"


MARKET: Any = MarketStub()


def credentials() -> Credentials:
    return Credentials(KEY, SECRET)


def reading(made: Policy) -> Flow[Any]:
    return made.call("fetch_balance", Call(get("/read", signed=True), lambda reply: reply.body))


def public(made: Policy) -> Flow[Any]:
    return made.call("fetch_ticker", Call(get("/read"), lambda reply: reply.body))


def not_there(attempt: Attempt, refusal: ExchangeError) -> Flow[None]:
    """A look that finds nothing, and costs nothing."""
    yield Now()


def ordering(made: Policy, look: Any = not_there) -> Flow[Any]:
    call = made.adapter.create_order(MARKET, ORDER)
    attempt = yield from made.begin("create_order", call.request, "mine")
    return (yield from made.carry(attempt, call, look))


def signed() -> Policy:
    return policy(credentials=credentials())


def stamps(steps: Stepper) -> list[str]:
    return [query(one)["timestamp"] for one in steps.sent]


# Reads


@pytest.mark.parametrize(
    ("trouble", "error"),
    [
        (timed_out(), RequestTimeout),
        (lost(), ConnectionLost),
        (not_connected(), ConnectionFailed),
        (reply(b"<html>Bad Gateway</html>", 502), VenueUnavailable),
        (reply(b"", 500), VenueUnavailable),
        (refusal(-1008, "overloaded", 503), VenueUnavailable),
        (refusal(-1003, "too many", 429), RateLimited),
        (refusal(-1007, "timeout", 408), VenueUnavailable),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else "",
)
class TestAReadThatFailsInPassing:
    def test_is_sent_again_until_it_is_answered(
        self, trouble: Any, error: type[ExchangeError]
    ) -> None:
        steps = Stepper(Script([trouble, trouble, GOOD]))
        assert steps.run(reading(signed())) == GOOD.body
        assert len(steps.sent) == 3

    def test_is_signed_afresh_each_time(self, trouble: Any, error: type[ExchangeError]) -> None:
        steps = Stepper(Script([trouble, trouble, GOOD]))
        steps.run(reading(signed()))
        assert len(set(stamps(steps))) == 3
        assert len({query(one)["signature"] for one in steps.sent}) == 3

    def test_is_given_up_after_three_attempts(
        self, trouble: Any, error: type[ExchangeError]
    ) -> None:
        steps = Stepper(Script([trouble] * 9))
        with pytest.raises(error) as caught:
            steps.run(reading(signed()))
        assert len(steps.sent) == 3
        assert caught.value.outcome is None
        assert caught.value.operation == "fetch_balance"
        assert caught.value.venue == "toy"


@pytest.mark.parametrize(
    ("trouble", "error"),
    [
        (reply(b"not json", 200), BadReply),
        (reply(b"", 404), GatewayRefused),
        (reply(b"<html>denied</html>", 403), FirewallBlocked),
        (reply(b"<html>denied</html>", 401), GatewayRefused),
        (reply(b"", 451), RegionBlocked),
        (refusal(-1016, "maintenance", 503), OnMaintenance),
        (refusal(-2015, "key, IP or permission", 401), AccessRefused),
        (refusal(-2010, "balance"), InsufficientFunds),
        (refusal(-9999, "never heard of", 200), VenueError),
        (TransportFailure("too large", sent=True, reply=True), BadReply),
        (TransportFailure("no such path", sent=False, unfit=True), BadRequest),
    ],
)
def test_a_read_that_would_fail_again_is_sent_once(
    trouble: Any, error: type[ExchangeError]
) -> None:
    made = signed()
    call = Call(get("/read", signed=True), lambda reply: ToyAdapter().fetch_time().parse(reply))
    steps = Stepper(Script([trouble]))
    with pytest.raises(error) as caught:
        steps.run(made.call("fetch_balance", call))
    assert caught.type is error
    assert len(steps.sent) == 1


def test_retry_after_is_waited_for() -> None:
    steps = Stepper(Script([refusal(-1003, "", 429, retry_after="7"), GOOD]))
    steps.run(public(policy()))
    assert steps.sleeps == [pytest.approx(7)]


def test_retry_after_is_waited_for_where_the_kit_counts_nothing() -> None:
    steps = Stepper(Script([refusal(-1003, "", 429, retry_after="7"), GOOD]))
    request = Request(method="GET", path="/read")
    steps.run(policy().call("raw_request", Call(request, lambda reply: reply.body)))
    assert steps.sleeps == [pytest.approx(7)]


def test_without_retry_after_the_pause_doubles() -> None:
    steps = Stepper(Script([refusal(-1003, "", 429), refusal(-1003, "", 429), GOOD]))
    steps.run(public(policy()))
    assert steps.sleeps == [pytest.approx(1), pytest.approx(2)]


def test_backing_off_doubles_and_is_scattered_by_the_dice() -> None:
    waits = {}
    for dice in (0, 255):
        steps = Stepper(Script([lost(), lost(), GOOD]), dice=dice)
        steps.run(public(policy()))
        waits[dice] = steps.sleeps
    assert waits == {0: [0.25, 0.5], 255: [0.75, 1.5]}


def test_a_429_holds_back_every_request_that_weighs_in_its_counter() -> None:
    made = policy()
    steps = Stepper(Script([refusal(-1003, "", 429, retry_after="5"), GOOD, GOOD]))
    steps.run(public(made))
    assert steps.sleeps == [pytest.approx(5)]
    shared = policy(ip=made.limits.counted._scopes[LimitScope.IP])
    shared.limits.counted.pause((Cost("weight", 1, 100, 60),), steps.now + 3)
    steps.run(public(shared))
    assert steps.sleeps[1:] == [pytest.approx(3)]


@pytest.mark.parametrize("call", [public, ordering])
def test_a_pause_longer_than_patience_is_said_at_once(call: Any) -> None:
    made = policy(credentials=credentials(), max_wait=20)
    steps = Stepper(Script([refusal(-1003, "slow down", 429, retry_after="21")]))
    with pytest.raises(RateLimited) as caught:
        steps.run(call(made))
    assert caught.value.retry_after == 21
    assert steps.sleeps == []
    assert len(steps.sent) == 1


def test_the_next_call_after_a_long_pause_fails_locally_and_says_how_long() -> None:
    made = policy(max_wait=20)
    steps = Stepper(Script([refusal(-1003, "", 429, retry_after="100")]))
    with pytest.raises(RateLimited):
        steps.run(public(made))
    with pytest.raises(RateLimited, match=r"limits are used up.* 100\.0 s") as caught:
        steps.run(public(made))
    assert caught.value.retry_after == pytest.approx(100)
    assert len(steps.sent) == 1


# Waiting is bounded


def test_all_waits_of_a_call_together_stay_below_max_wait() -> None:
    made = policy(max_wait=10)
    too_many = refusal(-1003, "", 429, retry_after="6")
    steps = Stepper(Script([too_many, too_many, GOOD]))
    with pytest.raises(RateLimited):
        steps.run(public(made))
    assert sum(steps.sleeps) <= 10


def test_a_call_that_fails_slowly_ends_within_its_total() -> None:
    made = policy(timeouts=Timeouts(attempt=15, total=20))
    steps = Stepper(latency=0)

    def slow(outgoing: object) -> Reply:
        send = steps.effects[-1]
        assert isinstance(send, Send)
        steps.now += send.timeout
        raise timed_out()

    steps.script.standing["/read"] = slow
    began = steps.now
    with pytest.raises(RequestTimeout):
        steps.run(public(made))
    assert steps.now - began <= 20
    assert next(e.timeout for e in steps.effects if isinstance(e, Send)) == 15


def test_nothing_goes_out_when_asking_for_the_time_has_used_up_the_total() -> None:
    made = policy(credentials=credentials(), timeouts=Timeouts(total=2))
    steps = Stepper(latency=3)
    with pytest.raises(RequestTimeout, match="no time was left") as caught:
        steps.run(ordering(made))
    assert caught.value.outcome is Outcome.NOT_SENT
    assert steps.sent == []


@pytest.mark.parametrize("call", [reading, ordering])
def test_who_has_no_time_left_to_try_again_is_told_what_failed_before(call: Any) -> None:
    """The clock is measured anew after a refusal, and that takes what time there was."""
    made = signed()
    steps = Stepper(Script([refusal(-1021, "outside of the recvWindow")]))
    right = steps.script.answer

    def slower(outgoing: Any) -> Reply:
        if steps.sent and outgoing.path == "/time":
            steps.now += made.settings.timeouts.total
        return right(outgoing)

    steps.script.answer = slower  # type: ignore[method-assign]
    with pytest.raises(ClockSkew, match="outside of the recvWindow") as caught:
        steps.run(call(made))
    assert caught.value.code == "-1021"
    assert caught.value.outcome is (Outcome.REFUSED if call is ordering else None)
    assert caught.value.__notes__ == ["No time was left to send it again."]
    assert len(steps.sent) == 1


def test_an_order_waits_for_limits_no_longer_than_its_window() -> None:
    made = policy(credentials=credentials(), order_window=3000)
    made.limits.counted.pause((Cost("orders", 1, 10, 10, LimitScope.ACCOUNT),), 1000 + 3.2)
    with pytest.raises(RateLimited) as caught:
        Stepper().run(ordering(made))
    assert caught.value.outcome is Outcome.NOT_SENT
    assert "Nothing was sent" in str(caught.value)
    made.limits.counted._scopes[LimitScope.ACCOUNT].windows.clear()
    made.limits.counted.pause((Cost("orders", 1, 10, 10, LimitScope.ACCOUNT),), 1000 + 2.5)
    steps = Stepper(Script([ACCEPTED]))
    assert steps.run(ordering(made)).id == "7"
    assert steps.sleeps == [pytest.approx(2.5)]


@pytest.mark.parametrize("length", ["9" * 30, "9" * 400])
def test_an_absurd_retry_after_is_bounded(length: str) -> None:
    made = policy()
    steps = Stepper(Script([refusal(-1003, "", 418, retry_after=length)]))
    with pytest.raises(Banned) as caught:
        steps.run(public(made))
    assert caught.value.retry_after == 7 * 24 * 3600
    with pytest.raises(Banned):
        steps.run(public(made))


# Changes


DOUBTS: dict[str, Any] = {
    "read timeout": timed_out(),
    "lost connection": lost(),
    "a reply that cannot be used": TransportFailure("too large", sent=True, reply=True),
    "a transport with a defect": RuntimeError("boom"),
    "500": reply(b"oops", 500),
    "503 without a code": reply(b"", 503),
    "504 with a page": reply(b"<html><title>504</title></html>", 504),
    "a known code with a 5xx": refusal(-2010, "balance", 500),
    "the code for unknown": refusal(-1007, "timeout waiting for backend", 408),
    "a code nobody knows in 200": refusal(-4321, "?", 200),
    "408 of a proxy": reply(b"", 408),
    "499 of a proxy": reply(b"", 499),
    "a redirect": reply(b"", 302, location="http://elsewhere.invalid/"),
    **{
        f"a page with {status}": reply(b"<html>denied</html>", status)
        for status in (400, 401, 403, 404, 407, 429, 451)
    },
    "a bare 403": reply(b"", 403),
    "JSON of a gateway": reply({"message": "Forbidden"}, 403),
    "an empty 200": reply(b""),
    "a cut 200": reply(b'{"id": "7", "sta'),
    "another shape": reply({"orderId": 7}),
    "html in 200": reply(b"<!DOCTYPE html><p>hello"),
    "not utf-8": reply(b'{"id": "\xff\xfe"}'),
    "deep nesting": reply(b"[" * 100_000 + b"]" * 100_000),
}


@pytest.mark.parametrize("doubt", DOUBTS.values(), ids=DOUBTS)
def test_an_order_in_doubt_is_sent_once_and_ends_unknown(doubt: Any) -> None:
    steps = Stepper(Script([doubt]))
    with pytest.raises(OutcomeUnknown) as caught:
        steps.run(ordering(signed()))
    error = caught.value
    assert len(steps.sent) == 1
    assert error.outcome is Outcome.UNKNOWN
    assert error.client_order_id == "mine"
    assert error.operation == "create_order"
    assert "client order id mine" in str(error)
    assert "not sent again" in str(error)
    assert error.__cause__ is not None


def test_the_fence_is_the_signed_timestamp_plus_the_order_window() -> None:
    steps = Stepper(Script([timed_out()]))
    with pytest.raises(OutcomeUnknown) as caught:
        steps.run(ordering(policy(credentials=credentials(), order_window=2500)))
    sent = query(steps.sent[0])
    assert sent["recvWindow"] == "2500"
    expected = START + timedelta(milliseconds=int(sent["timestamp"]) - 1_700_000_000_000 + 2500)
    assert caught.value.fence == expected


def test_an_order_never_lives_longer_than_the_recv_window() -> None:
    steps = Stepper(Script([ACCEPTED]))
    steps.run(ordering(policy(credentials=credentials(), order_window=9000, recv_window=4000)))
    assert query(steps.sent[0])["recvWindow"] == "4000"


def test_a_change_without_a_deadline_has_no_fence() -> None:
    request = Request(method="POST", path="/leverage", signed=True, changes=True)
    steps = Stepper(Script([lost()]))
    with pytest.raises(OutcomeUnknown) as caught:
        steps.run(signed().call("raw_request", Call(request, lambda reply: reply.body)))
    assert caught.value.fence is None
    assert "Look at the venue" in str(caught.value)


@pytest.mark.parametrize(
    "defect", [KeyError("x"), ZeroDivisionError(), RecursionError(), MemoryError()]
)
@pytest.mark.parametrize("where", ["parse", "error_in"])
def test_a_defect_in_an_adapter_does_not_hide_a_possible_order(
    defect: Exception, where: str
) -> None:
    class Broken(ToyAdapter):
        def error_in(self, reply: Reply, request: Request) -> Any:
            if where == "error_in" and request.path == "/order":
                raise defect
            return super().error_in(reply, request)

    def parse(reply: Reply) -> Any:
        raise defect

    made = policy(Broken(), credentials())
    call = Call(change("POST", "/order"), parse)
    steps = Stepper(Script([ACCEPTED]))
    with pytest.raises(OutcomeUnknown, match="could not be read") as caught:
        steps.run(made.call("create_order", call, client_order_id="mine"))
    assert len(steps.sent) == 1
    assert caught.value.status == 200
    assert isinstance(caught.value.__cause__, BadReply)
    assert caught.value.__cause__.__cause__ is defect


def test_a_parser_that_knows_the_outcome_is_believed() -> None:
    def parse(reply: Reply) -> Any:
        raise OrderNotFound("item 1 is not there", outcome=Outcome.REFUSED)

    steps = Stepper(Script([ACCEPTED]))
    with pytest.raises(OrderNotFound) as caught:
        steps.run(signed().call("cancel_order", Call(change("DELETE", "/order"), parse)))
    assert caught.value.outcome is Outcome.REFUSED


@pytest.mark.parametrize(
    ("refused", "error"),
    [
        (refusal(-2010, "balance"), InsufficientFunds),
        (refusal(-2010, "balance", 200), InsufficientFunds),
        (refusal(-2013, "no such order"), OrderNotFound),
        (refusal(-4321, "?", 400), VenueError),
        (refusal(-4321, "?", 403), AccessRefused),
    ],
)
def test_an_order_the_venue_refused_is_said_to_be_refused(
    refused: Reply, error: type[ExchangeError]
) -> None:
    steps = Stepper(Script([refused]))
    with pytest.raises(error) as caught:
        steps.run(ordering(signed()))
    assert caught.value.outcome is Outcome.REFUSED
    assert "nothing was changed" in str(caught.value)
    assert len(steps.sent) == 1


@pytest.mark.parametrize(
    "passing",
    [not_connected(), refusal(-1008, "overloaded", 503), refusal(-1003, "", 429)],
    ids=["not sent", "refused", "429"],
)
def test_an_order_that_certainly_did_not_happen_is_tried_again(passing: Any) -> None:
    steps = Stepper(Script([passing, ACCEPTED]))
    assert steps.run(ordering(signed())).id == "7"
    assert len(steps.sent) == 2
    assert len(set(stamps(steps))) == 2


@pytest.mark.parametrize(
    ("passing", "sent"),
    [
        (not_connected(), 2),
        (refusal(-1008, "overloaded", 503), 1),
        (refusal(-1003, "", 429), 1),
    ],
    ids=["not sent", "refused", "429"],
)
def test_only_what_never_left_is_sent_again_where_nobody_can_look(passing: Any, sent: int) -> None:
    steps = Stepper(Script([passing, ACCEPTED]))
    with suppress(RateLimited, VenueUnavailable):
        steps.run(ordering(signed(), look=None))
    assert len(steps.sent) == sent


def test_an_order_is_not_sent_again_when_looking_took_the_time_it_had() -> None:
    def slow(attempt: Attempt, refusal: ExchangeError) -> Flow[None]:
        steps.now += 2.6
        yield Now()

    steps = Stepper(Script([refusal(-1008, "busy", 503), ACCEPTED]))
    with pytest.raises(VenueUnavailable, match="busy") as caught:
        steps.run(ordering(policy(credentials=credentials(), order_window=3000), look=slow))
    assert caught.value.outcome is Outcome.REFUSED
    assert len(steps.sent) == 1


def test_an_order_that_is_found_instead_of_sent_again_is_done() -> None:
    def there(attempt: Attempt, refusal: ExchangeError) -> Flow[tuple[str]]:
        yield Now()
        return ("the order",)

    steps = Stepper(Script([refusal(-1003, "", 429), ACCEPTED]))
    assert steps.run(ordering(signed(), look=there)) == "the order"
    assert len(steps.sent) == 1


@pytest.mark.parametrize(
    ("passing", "outcome"),
    [(not_connected(), Outcome.NOT_SENT), (refusal(-1008, "busy", 503), Outcome.REFUSED)],
)
def test_an_order_is_not_tried_again_past_its_window(passing: Any, outcome: Outcome) -> None:
    made = policy(credentials=credentials(), order_window=3000)
    steps = Stepper(Script([passing, ACCEPTED]))
    steps.run(made.stamp(get("/")))
    steps.latency = 2.9
    with pytest.raises(VenueUnavailable) as caught:
        steps.run(ordering(made))
    assert caught.value.outcome is outcome
    assert len(steps.sent) == 1


def test_what_an_earlier_attempt_proved_is_kept_when_the_next_has_to_wait_too_long() -> None:
    made = policy(credentials=credentials())
    script = Script([refusal(-1003, "", 429, retry_after="1")])

    def refused(outgoing: object) -> Reply:
        made.limits.counted.stop(LimitScope.IP, 5000.0)
        return refusal(-1003, "", 429, retry_after="1")

    script.answers = [refused]
    steps = Stepper(script)
    with pytest.raises(Banned) as caught:
        steps.run(ordering(made))
    assert caught.value.outcome is Outcome.REFUSED


# Bans


def test_a_ban_stops_everything_of_that_address_until_it_ends() -> None:
    ip = ScopeLimits()
    first, second = policy(ip=ip), policy(ip=ip, credentials=credentials())
    steps = Stepper(Script([refusal(-1003, "banned", 418, retry_after="90")]))
    with pytest.raises(Banned) as caught:
        steps.run(public(first))
    assert caught.value.retry_after == 90
    for call in (public(first), reading(second), ordering(second)):
        with pytest.raises(Banned, match="blocked this address") as again:
            steps.run(call)
        assert again.value.retry_after == pytest.approx(90)
    assert len(steps.sent) == 1
    assert steps.times_asked == 0
    steps.now += 90
    steps.script.answers = [GOOD]
    assert steps.run(public(first)) == GOOD.body


def test_the_end_of_a_ban_is_read_from_its_message() -> None:
    made = signed()
    steps = Stepper(Script([GOOD]))
    steps.run(reading(made))
    ends = 1_700_000_000_000 + round(steps.now * 1000) + 40_000
    steps.script.answers = [refusal(-1003, f"IP banned until {ends}.", 418)]
    with pytest.raises(Banned) as caught:
        steps.run(public(made))
    assert caught.value.retry_after == pytest.approx(40, abs=0.2)
    assert caught.value.until == START + timedelta(milliseconds=ends - 1_700_000_000_000)


def test_a_ban_that_says_nothing_lasts_two_minutes() -> None:
    steps = Stepper(Script([reply(b"", 418)]))
    with pytest.raises(Banned) as caught:
        steps.run(public(policy()))
    assert caught.value.retry_after == 120


def test_a_ban_is_learnt_from_even_when_the_order_is_in_doubt() -> None:
    made = signed()

    steps = Stepper(Script([refusal(-1003, "", 503, retry_after="60")]))
    with pytest.raises(OutcomeUnknown):
        steps.run(ordering(made))
    with pytest.raises(RateLimited):
        steps.run(ordering(made))
    assert len(steps.sent) == 1


# The clock


@pytest.mark.parametrize("call", [reading, ordering])
def test_a_clock_error_resynchronises_and_sends_exactly_once_more(call: Any) -> None:
    made = signed()
    answer = GOOD if call is reading else ACCEPTED
    steps = Stepper(Script([refusal(-1021, "outside of the recvWindow"), answer]))
    steps.run(call(made))
    assert len(steps.sent) == 2
    assert steps.times_asked == 2


@pytest.mark.parametrize("call", [reading, ordering])
def test_a_second_clock_error_is_raised(call: Any) -> None:
    skewed = refusal(-1021, "Timestamp for this request was 1000ms ahead")
    steps = Stepper(Script([skewed, skewed, GOOD]))
    with pytest.raises(ClockSkew) as caught:
        steps.run(call(signed()))
    assert len(steps.sent) == 2
    assert "measured the venue's clock again" in str(caught.value)
    assert caught.value.outcome is (None if call is reading else Outcome.REFUSED)


def test_a_clock_error_in_doubt_is_not_sent_again() -> None:
    steps = Stepper(Script([refusal(-1021, "timestamp", 500)]))
    with pytest.raises(OutcomeUnknown):
        steps.run(ordering(signed()))
    assert len(steps.sent) == 1


def test_the_time_is_asked_for_once_and_not_again_while_it_is_fresh() -> None:
    made = signed()
    steps = Stepper(Script([GOOD] * 5))
    for _ in range(5):
        steps.run(reading(made))
    assert steps.times_asked == 1
    assert steps.background == []


def test_an_old_estimate_is_refreshed_beside_the_request_once() -> None:
    made = signed()
    steps = Stepper(Script([GOOD] * 5))
    steps.run(reading(made))
    steps.now += 40
    steps.run(reading(made))
    steps.run(reading(made))
    assert len(steps.background) == 1
    assert steps.times_asked == 1
    steps.run(steps.background[0])
    assert steps.times_asked == 2
    steps.now += 40
    steps.run(reading(made))
    assert len(steps.background) == 2


def test_a_failed_refresh_may_be_tried_again() -> None:
    made = signed()
    steps = Stepper(Script([GOOD] * 5))
    steps.run(reading(made))
    steps.now += 40
    steps.run(reading(made))
    steps.script.standing["/time"] = lost()
    with pytest.raises(ConnectionLost):
        steps.run(steps.background[0])
    steps.run(reading(made))
    assert sum(isinstance(effect, Background) for effect in steps.effects) == 2


@pytest.mark.parametrize("call", [reading, ordering])
def test_when_the_time_cannot_be_asked_the_error_says_so_and_nothing_is_sent(call: Any) -> None:
    steps = Stepper(Script(standing={"/time": not_connected()}))
    with pytest.raises(ConnectionFailed) as caught:
        steps.run(call(signed()))
    assert "the venue's time, needed to sign, could not be asked" in str(caught.value)
    assert caught.value.operation == ("fetch_balance" if call is reading else "create_order")
    assert caught.value.outcome is (None if call is reading else Outcome.NOT_SENT)
    assert steps.sent == []


def test_a_request_is_stamped_after_its_last_wait() -> None:
    made = signed()
    steps = Stepper(Script([GOOD, GOOD]))
    steps.run(reading(made))
    made.limits.counted.pause((Cost("weight", 1, 100, 60),), steps.now + 10)
    steps.run(reading(made))
    first, second = map(int, stamps(steps))
    assert second - first >= 10_000


def test_the_time_is_asked_for_before_the_limits_count_the_request() -> None:
    made = signed()
    steps = Stepper(Script([GOOD]), latency=0.5)
    steps.run(reading(made))
    counted = made.limits.counted._scopes[LimitScope.IP].windows["weight"].entries
    assert [when for when, _ in counted] == [1000.0, 1000.5]


# Keys


@pytest.mark.parametrize("call", [reading, ordering])
def test_without_keys_nothing_is_sent(call: Any) -> None:
    steps = Stepper(Script())
    with pytest.raises(MissingCredentials) as caught:
        steps.run(call(policy()))
    assert steps.effects == []
    assert caught.value.outcome is (None if call is reading else Outcome.NOT_SENT)
    assert "EXCHANGEKIT_TOY_API_KEY" in str(caught.value)


def test_the_key_goes_into_its_header_and_the_environment_adds_its_own() -> None:
    steps = Stepper(Script([GOOD]))
    steps.run(reading(policy(credentials=credentials(), environment="testnet")))
    assert dict(steps.sent[0].headers) == {"X-TOY-TEST": "1", "X-TOY-KEY": KEY}


def test_secrets_that_a_venue_quotes_are_masked() -> None:
    for answer in (
        refusal(-2015, f"key {KEY} with {SECRET} is wrong"),
        reply(f"<html>{KEY} {SECRET}</html>".encode(), 403),
        reply(f'{{"id": {{"{KEY}": "{SECRET}"}}}}'.encode()),
    ):
        steps = Stepper(Script([answer]))
        with pytest.raises(ExchangeError) as caught:
            steps.run(ordering(signed()))
        for error in (caught.value, caught.value.__cause__):
            told = f"{error} {error!r} {vars(error) if error else ''}"
            assert KEY not in told
            assert SECRET not in told


def test_a_defect_that_quotes_a_secret_is_not_kept_as_the_cause() -> None:
    def parse(reply: Reply) -> Any:
        raise KeyError(SECRET)

    steps = Stepper(Script([ACCEPTED]))
    with pytest.raises(OutcomeUnknown) as caught:
        steps.run(signed().call("create_order", Call(change("POST", "/order"), parse)))
    cause = caught.value.__cause__
    assert SECRET not in repr(cause)
    assert cause is not None
    assert cause.__cause__ is None


# Observers


def test_observers_hear_every_attempt_and_no_secret() -> None:
    heard: list[Any] = []
    made = policy(credentials=credentials(), observers=(heard.append, heard.append))
    steps = Stepper(Script([refusal(-1003, "", 429), lost()]))
    with pytest.raises(OutcomeUnknown):
        steps.run(ordering(made))
    told = [
        (type(event).__name__, event.operation, event.attempt, getattr(event, "status", "-"))
        for event in heard
    ]
    assert told == [
        ("RequestEvent", "fetch_time", 1, "-"),
        ("ReplyEvent", "fetch_time", 1, 200),
        ("RequestEvent", "create_order", 1, "-"),
        ("ReplyEvent", "create_order", 1, 429),
        ("RequestEvent", "create_order", 2, "-"),
        ("ReplyEvent", "create_order", 2, None),
    ]
    order = heard[2]
    assert (order.method, order.path, order.client_order_id) == ("POST", "/order", "mine")
    assert dict(order.params)["client"] == "mine"
    assert heard[-1].seconds == pytest.approx(0.05)
    shown = repr(heard) + repr(
        [vars(event.error) for event in heard if hasattr(event, "error") and event.error]
    )
    assert KEY not in shown
    assert SECRET not in shown
    for outgoing in steps.sent:
        signature = query(outgoing)["signature"]
        assert signature not in shown
        assert signature not in repr(outgoing)
        assert KEY not in repr(outgoing)


def test_no_request_event_is_told_of_a_request_that_never_went_out() -> None:
    heard: list[Any] = []
    made = policy(credentials=credentials(), observers=(heard.append, None))
    steps = Stepper(Script(standing={"/time": not_connected()}))
    with pytest.raises(ConnectionFailed):
        steps.run(ordering(made))
    assert {event.operation for event in heard} == {"fetch_time"}


# Headers and statuses


def test_used_weight_of_a_reply_counts() -> None:
    made = policy(max_wait=0)
    steps = Stepper(Script([reply({}, x_toy_used="100")]))
    steps.run(public(made))
    with pytest.raises(RateLimited):
        steps.run(public(made))


@pytest.mark.parametrize("used", ["", "many", "-1", "1.5", "9" * 5000, "²"])
def test_a_used_weight_that_makes_no_sense_is_ignored(used: str) -> None:
    made = policy(max_wait=0)
    steps = Stepper(Script([reply({}, x_toy_used=used), GOOD]))
    steps.run(public(made))
    assert steps.run(public(made)) == GOOD.body


def test_an_html_error_page_is_told_in_its_words() -> None:
    page = b"<!DOCTYPE html><html><head><style>a{b:c}</style><title>502 Bad</title></head></html>"
    steps = Stepper(Script([reply(page, 502)] * 3))
    with pytest.raises(VenueUnavailable, match=r"an HTML page: 502 Bad \(HTTP 502\)"):
        steps.run(public(policy()))


def test_a_proxy_that_wants_a_password_is_no_answer_of_the_venue() -> None:
    steps = Stepper(Script([reply(b"Proxy Authentication Required", 407)] * 3))
    with pytest.raises(GatewayRefused, match="Proxy Authentication Required"):
        steps.run(public(policy()))
    assert len(steps.sent) == 1


def test_every_error_reads_as_sentences() -> None:
    for answer in DOUBTS.values():
        steps = Stepper(Script([answer]))
        with pytest.raises(OutcomeUnknown) as caught:
            steps.run(ordering(signed()))
        text = str(caught.value)
        assert re.match(r"toy create_order: \S.*[.…] Whether it happened is unknown\. It was", text)
        assert "\n" not in text
