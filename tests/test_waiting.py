"""Following an order to its end, walked by hand with a clock that stands still."""

from __future__ import annotations

from typing import Any

import pytest
from support.helpers import Either
from support.stepper import Stepper, stepping
from support.toy import Script, lost, not_connected, refusal, reply, timed_out

from exchangekit.errors import (
    BadReply,
    GatewayRefused,
    InvalidInput,
    OrderNotFound,
    RegionBlocked,
    UnknownSymbol,
    WaitTimeout,
)
from exchangekit.models import Order, OrderStatus
from exchangekit.operations.waiting import (
    FIRST_SECONDS,
    LONGEST_SECONDS,
    UNCLEAR_SECONDS,
    follow,
)
from exchangekit.runtime.effects import Flow, Now, Sleep

both = pytest.mark.parametrize("kind", ["sync", "async"])

ORDER = Order(symbol="BTC/USDT", id="7", client_order_id="mine")
OPEN, DONE = reply({"id": "7"}), reply({"id": "7", "status": "closed", "filled": "1"})
PART = reply({"id": "7", "filled": "0.5", "amount": "1"})
ABSENT = refusal(-2013, "no such order")
LIMITED = refusal(-1003, "too many", status=429, retry_after="30")
MAINTENANCE = refusal(-1016, "back soon", status=503)


def waited(
    answers: list[Any], order: Order = ORDER, **how: Any
) -> tuple[Stepper, Order | Exception]:
    """What a wait came to; the last answer is given for ever."""
    script = Script(list(answers))
    find = script._find

    def found(path: str) -> Any:
        if path == "/order" and not script.answers:
            return answers[-1]
        return find(path)

    script._find = found  # type: ignore[method-assign]
    steps, made = stepping(script)
    steps.run(made.load_markets())
    steps.effects.clear()
    try:
        return steps, steps.run(made.wait(order, **how))
    except Exception as problem:
        return steps, problem


def questions(steps: Stepper) -> int:
    return len(steps.script.asked("/order"))


def naps(steps: Stepper) -> list[float]:
    """The pauses between questions, those within a question left out."""
    said = "before asking again how the order is"
    return [one.seconds for one in steps.effects if isinstance(one, Sleep) and one.why == said]


def test_it_asks_until_the_order_is_done_less_and_less_often() -> None:
    steps, found = waited([OPEN] * 12 + [DONE])
    assert isinstance(found, Order)
    assert found.status is OrderStatus.CLOSED
    assert questions(steps) == 13
    pauses = naps(steps)
    assert pauses[0] == pytest.approx(FIRST_SECONDS, rel=0.3)
    # The first answer tells what is filled so far, which is news: the second pause is short too.
    assert pauses[1:] == sorted(pauses[1:])
    assert pauses[-1] == pytest.approx(LONGEST_SECONDS, rel=0.3)


def test_pauses_are_scattered_around_what_they_should_be() -> None:
    spans = []
    for dice in (0, 255):
        script = Script([OPEN, DONE])
        steps, made = stepping(script)
        steps.dice = dice
        steps.run(made.wait(ORDER))
        spans += naps(steps)
    assert spans == [pytest.approx(FIRST_SECONDS * 0.75), pytest.approx(FIRST_SECONDS * 1.25)]


def test_what_is_done_already_is_not_asked_for() -> None:
    done = ORDER.model_copy(update={"status": OrderStatus.CANCELED})
    steps, found = waited([OPEN], done)
    assert found is done
    assert questions(steps) == 0


@pytest.mark.parametrize(
    ("order", "asked"),
    [
        (ORDER, {"id": "7"}),
        (ORDER.model_copy(update={"id": None}), {"client": "mine"}),
    ],
)
def test_it_asks_by_the_venues_id_where_there_is_one(order: Order, asked: dict[str, str]) -> None:
    steps, _ = waited([reply({"id": "7", "client": "mine", "status": "canceled"})], order)
    (sent,) = steps.script.asked("/order")
    assert {name: sent.get(name) for name in ("id", "client") if name in sent} == asked


def test_an_id_that_is_learned_is_asked_by_from_then_on() -> None:
    answers = [reply({"id": "7", "client": "mine"}), DONE]
    steps, _ = waited(answers, ORDER.model_copy(update={"id": None}))
    assert [one.get("id") for one in steps.script.asked("/order")] == [None, "7"]


@pytest.mark.parametrize(
    ("until", "answers", "number"),
    [
        ("done", [OPEN, PART, DONE], 3),
        ("any_fill", [OPEN, PART, DONE], 2),
        ("any_fill", [OPEN, reply({"id": "7", "status": "canceled"})], 2),
        ("open", [OPEN, DONE], 1),
        ("open", [DONE], 1),
        (lambda order: order.filled == 1, [OPEN, PART, DONE], 3),
        (lambda order: False, [OPEN, DONE], 2),
    ],
)
def test_what_is_waited_for_ends_it_and_so_does_the_orders_end(
    until: Any, answers: list[Any], number: int
) -> None:
    steps, found = waited(answers, until=until)
    assert isinstance(found, Order)
    assert questions(steps) == number


def test_an_order_that_has_begun_to_fill_is_asked_for_quickly_again() -> None:
    steps, _ = waited([OPEN] * 9 + [PART, OPEN, DONE])
    pauses = naps(steps)
    assert pauses[8] > 4 * FIRST_SECONDS
    assert pauses[9] < 2 * FIRST_SECONDS


@pytest.mark.parametrize("timeout", [0, 0.1, 3, 60])
def test_its_time_is_over_with_one_last_look_and_the_newest_order(timeout: float) -> None:
    steps, error = waited([PART], timeout=timeout)
    assert isinstance(error, WaitTimeout)
    assert steps.now - 1000 == pytest.approx(timeout, abs=0.3)
    assert error.order.filled == error.order.amount / 2
    assert error.__cause__ is None
    assert str(error) == (
        f"toy wait: after {timeout:g} s order 7 is open, 0.5 of 1 filled."
        " The order lives on: wait again, or cancel it."
    )
    assert error.client_order_id == error.order.client_order_id


def test_an_order_that_was_never_seen_is_the_one_that_was_passed() -> None:
    _, error = waited([ABSENT], timeout=2)
    assert isinstance(error, WaitTimeout)
    assert error.order is ORDER
    assert isinstance(error.__cause__, OrderNotFound)
    assert "order 7 was not seen; the last question failed: no such order" in str(error)


@pytest.mark.parametrize(
    "trouble", [lost(), timed_out(), not_connected(), LIMITED, MAINTENANCE, refusal(1, status=500)]
)
def test_what_will_pass_is_no_end(trouble: Any) -> None:
    steps, found = waited([*[trouble] * 40, DONE])
    assert isinstance(found, Order)
    assert questions(steps) == 41
    assert steps.now > 1000 + 2 * UNCLEAR_SECONDS


def test_a_limit_holds_it_back_as_long_as_the_venue_says() -> None:
    script = Script([LIMITED, LIMITED, LIMITED, DONE])
    steps, made = stepping(script)
    steps.run(made.wait(ORDER))
    assert steps.now - 1000 >= 30
    steps, _ = waited([LIMITED, DONE])
    assert naps(steps) == [30], "one pause, and not many short ones that each ask in vain"


@pytest.mark.parametrize(
    ("unclear", "kind"),
    [
        (ABSENT, OrderNotFound),
        (reply(b"<html>"), BadReply),
        (reply({"id": "8"}), BadReply),
        (reply(b"<html>", 404), GatewayRefused),
    ],
)
def test_what_proves_nothing_is_looked_at_again_and_not_for_ever(
    unclear: Any, kind: type[Exception]
) -> None:
    steps, found = waited([unclear, unclear, unclear, DONE])
    assert isinstance(found, Order)
    steps, error = waited([unclear])
    assert type(error) is kind
    assert UNCLEAR_SECONDS <= steps.now - 1000 < 2 * UNCLEAR_SECONDS
    # What it knows the meaning of begins the count anew, and so does a look at the order.
    steps, found = waited([*[unclear] * 6, MAINTENANCE, unclear, unclear, DONE])
    assert isinstance(found, Order)
    steps, found = waited([*[unclear] * 6, OPEN, *[unclear] * 6, DONE])
    assert isinstance(found, Order)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (refusal(-2014, "no such key", status=401), Exception),
        (refusal(-1121, "no such market"), UnknownSymbol),
        (reply(b"<html>not from here", 451), RegionBlocked),
    ],
)
def test_what_will_not_change_is_raised_at_once(answer: Any, kind: type[Exception]) -> None:
    steps, error = waited([answer])
    assert isinstance(error, kind)
    assert naps(steps) == []


def test_a_firewalls_block_is_waited_out() -> None:
    steps, found = waited([reply(b"<html>", 403), DONE], timeout=600)
    assert isinstance(found, Order)
    assert steps.now - 1000 > 25


def test_an_error_of_the_predicate_is_the_callers() -> None:
    _, error = waited([OPEN], until=lambda order: 1 // 0)
    assert isinstance(error, ZeroDivisionError)


def test_whoever_gives_up_ends_it_where_it_waits() -> None:
    def ask(order: Order) -> Flow[Order]:
        yield Now()
        return order

    flow = follow(ask, ORDER, "done", None)
    effect = next(flow)
    while not isinstance(effect, Sleep):
        effect = flow.send(bytes(1) if type(effect).__name__ == "Entropy" else 1.0)
    with pytest.raises(KeyboardInterrupt):
        flow.throw(KeyboardInterrupt())


@pytest.mark.usefixtures("toy_venue")
@both
def test_both_kinds_wait(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exchangekit.operations.waiting.FIRST_SECONDS", 0.0)
    found = Either(kind, Script([OPEN, ABSENT, DONE])).call("wait", ORDER, timeout=60)
    assert found.status is OrderStatus.CLOSED
    with pytest.raises(WaitTimeout):
        Either(kind, Script([OPEN])).call("wait", ORDER, timeout=0)
    with pytest.raises(InvalidInput):
        Either(kind).call("wait", "7")
