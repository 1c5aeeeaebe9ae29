"""What a refusal leaves open is looked up: duplicates, limits, cancels that came too late."""

from __future__ import annotations

import sys
from typing import Any

import pytest
from support.hears import Hears
from support.helpers import async_toy, run, sync_toy
from support.toy import START_MS, Script, ToyAdapter, lost, plugins_with, refusal, reply

from exchangekit import OrderEvent
from exchangekit.adapter import Adapter
from exchangekit.errors import (
    Banned,
    ClockSkew,
    DuplicateClientOrderId,
    ExchangeError,
    InsufficientFunds,
    InvalidNonce,
    OrderNotFound,
    OrderNotOpen,
    Outcome,
    OutcomeUnknown,
    RateLimited,
)
from exchangekit.models import OrderStatus

pytestmark = pytest.mark.usefixtures("toy_venue")
both = pytest.mark.parametrize("kind", ["sync", "async"])

ORDER = ("BTC/USDT", "limit", "buy", "1", "10")
MINE = {"id": "7", "client": "mine1", "side": "buy", "amount": "1", "price": "10"}
TAKEN, THERE = reply({"id": "7"}), reply(MINE)
DUPLICATE, ABSENT = refusal(-2012, "duplicate"), refusal(-2013, "no such order")
LIMITED = refusal(-1003, "too many", status=429, retry_after="0")
LONG_LIMIT = refusal(-1003, "too many", status=429, retry_after="30")
BANNED = refusal(-1003, "too many", 418, retry_after="90")
BUSY = refusal(-1008, "busy", status=503)
SKEWED = refusal(-1021, "outside of the recvWindow")
USED = refusal(-1023, "EAPI:Invalid nonce")
NOT_OPEN = refusal(-2011, "unknown order")
POOR = refusal(-2010, "Account has insufficient balance")


class Asked:
    """One operation of an exchange, its answers, and what came of it."""

    def __init__(self, kind: str, answers: list[Any], operation: str, *args: Any, **named: Any):
        self.script, self.hears = Script(answers), Hears()
        self.result: Any = None
        self.error: Any = None
        try:
            self.result = self._call(kind, operation, args, named)
        except ExchangeError as problem:
            self.error = problem

    def _call(self, kind: str, operation: str, args: Any, named: Any) -> Any:
        if kind == "sync":
            with sync_toy(self.script, hooks=[self.hears], order_window=5000) as exchange:
                return getattr(exchange, operation)(*args, **named)

        async def inside() -> Any:
            async with async_toy(self.script, hooks=[self.hears], order_window=5000) as exchange:
                return await getattr(exchange, operation)(*args, **named)

        return run(inside())

    @property
    def sent(self) -> list[str]:
        return [f"{one.method} {one.path}" for one in self.script.private]

    @property
    def told(self) -> OrderEvent:
        (event,) = self.hears.events
        return event


def place(kind: str, *answers: Any) -> Asked:
    return Asked(kind, list(answers), "create_order", *ORDER, client_order_id="mine1")


def cancel(kind: str, *answers: Any) -> Asked:
    return Asked(kind, list(answers), "cancel_order", "7", "BTC/USDT")


# Duplicates


@both
def test_the_same_order_under_the_id_is_the_answer(kind: str) -> None:
    asked = place(kind, DUPLICATE, THERE)
    assert asked.error is None
    assert (asked.result.id, asked.result.client_order_id) == ("7", "mine1")
    assert asked.sent == ["POST /order", "GET /order"]
    assert (asked.told.outcome, asked.told.order) == (None, asked.result)


@both
@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({"side": "sell"}, "side is sell, not buy"),
        ({"amount": "3"}, "amount is 3, not 1"),
        ({"price": "11"}, "price is 11, not 10"),
        ({"side": "sell", "amount": "2"}, "side is sell, not buy, amount is 2, not 1"),
    ],
)
def test_another_order_under_the_id_is_named(kind: str, other: Any, words: str) -> None:
    asked = place(kind, DUPLICATE, reply(MINE | other))
    assert isinstance(asked.error, DuplicateClientOrderId)
    assert f"order 7 has this client order id and is another one: {words}" in str(asked.error)
    assert (asked.error.order_id, asked.error.outcome) == ("7", Outcome.REFUSED)
    assert (asked.error.operation, asked.error.client_order_id) == ("create_order", "mine1")
    assert asked.error.code == "-2012"
    assert asked.sent == ["POST /order", "GET /order"]
    assert (asked.told.outcome, asked.told.error) == (Outcome.REFUSED, asked.error)


@both
@pytest.mark.parametrize(
    ("look", "words"),
    [([ABSENT], "yet it is not found"), ([lost()] * 3, "looking failed: the connection broke")],
    ids=["absent", "lost"],
)
def test_a_duplicate_that_cannot_be_seen_leaves_the_order_unknown(
    kind: str, look: list[Any], words: str
) -> None:
    asked = place(kind, DUPLICATE, *look)
    assert isinstance(asked.error, OutcomeUnknown)
    assert words in str(asked.error)
    assert asked.error.fence is not None
    assert asked.error.client_order_id == "mine1"
    assert asked.told.outcome is Outcome.UNKNOWN
    assert asked.sent.count("POST /order") == 1


class Blind(ToyAdapter):
    """A venue where no order can be fetched."""

    fetch_order = Adapter.fetch_order


@both
def test_where_no_order_can_be_fetched_a_duplicate_is_unknown_and_a_limit_is_final(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = plugins_with(Blind)
    monkeypatch.setattr(sys.modules["exchangekit.connect"], "installed", lambda: found)
    asked = place(kind, DUPLICATE)
    assert isinstance(asked.error, OutcomeUnknown)
    asked = place(kind, LIMITED)
    assert isinstance(asked.error, RateLimited)
    assert asked.sent == ["POST /order"]
    asked = place(kind, SKEWED)
    assert isinstance(asked.error, ClockSkew)
    assert asked.sent == ["POST /order"]


# Before anything is sent again


@both
@pytest.mark.parametrize(
    "refused",
    [LIMITED, BUSY, SKEWED, USED],
    ids=["limit", "overload", "wrong time", "used nonce"],
)
def test_an_order_that_is_there_after_all_is_not_sent_again(kind: str, refused: Any) -> None:
    asked = place(kind, refused, THERE)
    assert asked.result.id == "7"
    assert asked.sent == ["POST /order", "GET /order"]
    assert asked.told.outcome is None


@both
@pytest.mark.parametrize("refused", [LIMITED, BUSY], ids=["limit", "overload"])
def test_an_order_that_is_not_there_is_sent_again_and_looked_for_each_time(
    kind: str, refused: Any
) -> None:
    asked = place(kind, refused, ABSENT, refused, ABSENT, TAKEN)
    assert asked.result.id == "7"
    assert asked.sent == ["POST /order", "GET /order"] * 2 + ["POST /order"]


@both
@pytest.mark.parametrize(("refused", "told"), [(SKEWED, ClockSkew), (USED, InvalidNonce)])
def test_an_order_of_a_wrong_time_or_nonce_is_sent_once_more_where_it_is_not_there(
    kind: str, refused: Any, told: type[ExchangeError]
) -> None:
    asked = place(kind, refused, ABSENT, TAKEN)
    assert asked.result.id == "7"
    assert asked.sent == ["POST /order", "GET /order", "POST /order"]
    asked = place(kind, refused, ABSENT, refused, ABSENT)
    assert (type(asked.error), asked.error.outcome) == (told, Outcome.REFUSED)
    assert asked.sent == ["POST /order", "GET /order"] * 2


@both
@pytest.mark.parametrize(
    "last",
    [
        [LIMITED, ABSENT, LIMITED, ABSENT, LIMITED],
        [BUSY, ABSENT, BUSY, ABSENT, BUSY],
        [SKEWED, ABSENT, SKEWED],
    ],
    ids=["limit", "overload", "wrong time"],
)
def test_a_refusal_that_ends_it_is_looked_behind_before_it_is_told(kind: str, last: Any) -> None:
    """Another copy of the request may have been taken."""
    asked = place(kind, *last, THERE)
    assert asked.result.id == "7"
    assert asked.sent[-1] == "GET /order"
    assert asked.told.outcome is None

    asked = place(kind, *last, ABSENT)
    assert (asked.error.outcome, asked.told.outcome) == (Outcome.REFUSED, Outcome.REFUSED)
    assert asked.sent[-1] == "GET /order"

    asked = place(kind, *last, lost())
    assert (type(asked.error), asked.told.outcome) == (OutcomeUnknown, Outcome.UNKNOWN)


@both
def test_where_a_limit_holds_off_the_look_as_well_the_venues_word_is_told(kind: str) -> None:
    asked = place(kind, LONG_LIMIT)
    assert (type(asked.error), asked.told.outcome) == (RateLimited, Outcome.REFUSED)
    assert asked.sent == ["POST /order"]


@both
def test_a_ban_is_told_without_a_look(kind: str) -> None:
    asked = place(kind, BANNED)
    assert (type(asked.error), asked.error.outcome) == (Banned, Outcome.REFUSED)
    assert asked.sent == ["POST /order"]


@both
def test_an_order_of_a_wrong_time_that_cannot_be_looked_for_is_unknown(kind: str) -> None:
    asked = place(kind, SKEWED, *[lost()] * 3)
    assert (type(asked.error), asked.error.outcome) == (OutcomeUnknown, Outcome.UNKNOWN)
    assert asked.sent.count("POST /order") == 1


@both
def test_a_cancel_of_a_wrong_time_is_sent_again_without_a_look(kind: str) -> None:
    asked = cancel(kind, SKEWED, reply({"id": "7", "status": "canceled"}))
    assert asked.result.status is OrderStatus.CANCELED
    assert asked.sent == ["DELETE /order", "DELETE /order"]


@both
@pytest.mark.parametrize(
    "look", [LIMITED, BUSY, lost(), reply(b"<html>")], ids=["limited", "busy", "lost", "unreadable"]
)
def test_what_cannot_be_looked_for_is_not_sent_again_and_unknown(kind: str, look: Any) -> None:
    asked = place(kind, BUSY, look)
    assert isinstance(asked.error, OutcomeUnknown)
    assert asked.error.message.startswith("busy")
    assert "looking failed: " in asked.error.message
    assert (asked.error.outcome, asked.error.operation) == (Outcome.UNKNOWN, "create_order")
    assert asked.sent == ["POST /order", "GET /order"]


@both
def test_another_order_that_is_found_instead_is_named(kind: str) -> None:
    asked = place(kind, LIMITED, reply(MINE | {"amount": "3"}))
    assert isinstance(asked.error, DuplicateClientOrderId)
    assert "amount is 3, not 1" in str(asked.error)
    assert asked.sent == ["POST /order", "GET /order"]


@both
def test_an_order_that_seems_a_little_older_may_be_this_one(kind: str) -> None:
    asked = place(kind, LIMITED, reply(MINE | {"at": START_MS - 2_000, "status": "closed"}))
    assert (type(asked.error), asked.error.outcome) == (OutcomeUnknown, Outcome.UNKNOWN)
    assert "seems a little older" in str(asked.error)
    assert asked.sent == ["POST /order", "GET /order"]


@both
def test_an_older_order_under_a_name_that_is_used_again_is_not_taken_for_this_one(
    kind: str,
) -> None:
    older = reply(MINE | {"at": START_MS - 3_600_000, "status": "closed"})
    asked = place(kind, LIMITED, older)
    assert isinstance(asked.error, DuplicateClientOrderId)
    assert "before this call" in str(asked.error)
    assert asked.sent == ["POST /order", "GET /order"]


@both
def test_a_cancel_that_was_refused_for_a_limit_is_sent_again_without_a_look(kind: str) -> None:
    asked = cancel(kind, LIMITED, reply({"id": "7", "status": "canceled"}))
    assert asked.result.status is OrderStatus.CANCELED
    assert asked.sent == ["DELETE /order", "DELETE /order"]


# Cancels that came too late


@both
def test_a_cancel_of_what_is_canceled_returns_it(kind: str) -> None:
    asked = cancel(kind, NOT_OPEN, reply({"id": "7", "status": "canceled", "filled": "0.4"}))
    assert (asked.result.status, str(asked.result.filled)) == (OrderStatus.CANCELED, "0.4")
    assert asked.told.outcome is None


@both
@pytest.mark.parametrize("refused", [NOT_OPEN, ABSENT], ids=["not open", "not found"])
def test_a_cancel_of_what_is_filled_says_how_much(kind: str, refused: Any) -> None:
    row = {"id": "7", "status": "closed", "filled": "1", "amount": "1"}
    asked = cancel(kind, refused, reply(row))
    assert isinstance(asked.error, OrderNotOpen)
    assert "order 7 is closed, 1 of 1 filled" in str(asked.error)
    assert asked.error.outcome is asked.told.outcome is Outcome.REFUSED


@both
def test_a_cancel_of_what_never_was_is_refused_as_it_was(kind: str) -> None:
    asked = cancel(kind, NOT_OPEN, ABSENT)
    assert isinstance(asked.error, OrderNotFound)
    assert (asked.error.code, asked.error.outcome) == ("-2011", Outcome.REFUSED)


@both
@pytest.mark.parametrize(
    "look", [[reply({"id": "7"})], [lost()] * 3], ids=["still open", "cannot be seen"]
)
def test_a_cancel_of_what_is_contradicted_or_unseen_is_unknown(kind: str, look: list[Any]) -> None:
    asked = cancel(kind, NOT_OPEN, *look)
    assert isinstance(asked.error, OutcomeUnknown)
    assert asked.told.outcome is Outcome.UNKNOWN


@both
def test_a_batch_counts_as_canceled_what_is_canceled(kind: str) -> None:
    rows = [{"id": str(number)} for number in range(2)]
    asked = Asked(
        kind,
        [
            reply({"rows": rows}),
            reply({"0": False, "1": False}),
            reply({"id": "0", "status": "canceled"}),
            reply({"id": "1", "status": "closed", "filled": "2", "amount": "2"}),
        ],
        "cancel_all_orders",
        "BTC/USDT",
    )
    assert [one.id for one in asked.result.canceled] == ["0"]
    (failed,) = asked.result.failed
    assert (failed.order_id, failed.reason) == ("1", "gone; it is closed, 2 of 2 filled")
    assert asked.told.report == asked.result


# What another copy of the order may have taken: its money, the last place among open orders


@both
def test_an_order_whose_other_copy_took_what_is_lacking_is_the_answer(kind: str) -> None:
    asked = place(kind, POOR, THERE)
    assert asked.error is None
    assert asked.result.id == "7"
    assert asked.sent == ["POST /order", "GET /order"]
    assert (asked.told.outcome, asked.told.order) == (None, asked.result)


@both
@pytest.mark.parametrize("age", [0, 2, 30, 3600])
def test_an_order_of_an_earlier_call_is_the_answer_and_its_lack_of_money_no_proof(
    kind: str, age: int
) -> None:
    """Its answer was lost. A venue that looks at the money before it looks at the name refuses the
    same order for what the first one holds, and not as a duplicate."""
    asked = place(kind, POOR, reply(MINE | {"at": START_MS - age * 1000}))
    assert asked.error is None
    assert (asked.result.id, asked.told.outcome) == ("7", None)
    assert asked.sent == ["POST /order", "GET /order"]


@both
@pytest.mark.parametrize(
    ("age", "told"), [(0, None), (2, OutcomeUnknown), (3600, DuplicateClientOrderId)]
)
def test_an_order_that_has_ended_may_be_of_a_name_that_is_used_again(
    kind: str, age: int, told: type[ExchangeError] | None
) -> None:
    asked = place(kind, POOR, reply(MINE | {"at": START_MS - age * 1000, "status": "closed"}))
    assert asked.error is None if told is None else type(asked.error) is told
    assert asked.sent == ["POST /order", "GET /order"]


@both
def test_another_order_of_the_name_is_named_and_not_the_lack_of_money(kind: str) -> None:
    asked = place(kind, POOR, reply(MINE | {"amount": "3"}))
    assert isinstance(asked.error, DuplicateClientOrderId)
    assert (asked.error.order_id, asked.error.outcome) == ("7", Outcome.REFUSED)


@both
def test_what_is_not_there_was_refused_for_what_the_venue_says(kind: str) -> None:
    asked = place(kind, POOR, ABSENT)
    assert isinstance(asked.error, InsufficientFunds)
    assert asked.error.outcome is Outcome.REFUSED
    assert asked.sent == ["POST /order", "GET /order"]


@both
@pytest.mark.parametrize("look", [BUSY, lost(), reply(b"<html>")])
def test_a_refusal_that_cannot_be_looked_behind_is_unknown(kind: str, look: Any) -> None:
    asked = place(kind, POOR, *[look] * 5)
    assert isinstance(asked.error, OutcomeUnknown)
    assert asked.told.outcome is Outcome.UNKNOWN
