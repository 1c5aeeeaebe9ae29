"""10 Outcomes: whether an order happened is told as far as it is proven, and it is sent once."""

from __future__ import annotations

from decimal import Decimal
from itertools import groupby
from typing import Any

from exchangekit.adapter.request import Reply
from exchangekit.errors import (
    AccessRefused,
    BadReply,
    ConnectionFailed,
    DuplicateClientOrderId,
    ExchangeError,
    InsufficientFunds,
    OrderNotFound,
    OrderNotOpen,
    Outcome,
    OutcomeUnknown,
    VenueUnavailable,
)
from exchangekit.models.enums import OrderStatus, Side
from exchangekit.runtime.effects import TransportFailure
from exchangekit.testing.check import check
from exchangekit.testing.drivers import Strike
from exchangekit.testing.rig import Rig

_PAGE = b"<!DOCTYPE html><html><body><h1>502 Bad Gateway</h1></body></html>"

LOST = [
    ("a_broken_connection", TransportFailure("the connection broke", sent=True)),
    ("no_answer_in_time", TransportFailure("no answer in time", sent=True, timeout=True)),
    ("a_reply_too_large", TransportFailure("the reply is too large", sent=True, reply=True)),
    ("an_error_of_the_transport", RuntimeError("a defect")),
    ("http_500", Reply(500, {}, b"")),
    ("http_502_html", Reply(502, {}, _PAGE)),
    ("http_504", Reply(504, {}, b"{}")),
    ("http_200_html", Reply(200, {}, _PAGE)),
    ("http_200_empty", Reply(200, {}, b"")),
    ("http_200_cut_off", Reply(200, {}, b'{"code":"0","data":[{"ord')),
    ("http_200_not_text", Reply(200, {}, b'{"id":"\xff\xfe"}')),
]
FAULTS = [
    (f"{fault['action']}{fault.get('status', '')}_{moment}_it_was_taken", fault, moment)
    for fault in (
        {"action": "drop"},
        {"action": "status", "status": 500},
        {"action": "status", "status": 504},
        {"action": "html", "status": 200},
        {"action": "empty"},
        {"action": "non_utf8"},
        {"action": "deep"},
    )
    for moment in ("before", "after")
]


_BODIES = {
    "html": b"<!DOCTYPE html><html><body><h1>Access Denied</h1></body></html>",
    "bare": b"",
    "json": b'{"message":"Forbidden"}',
}
PAGES = [
    (f"{form}_{status}", Reply(status, {}, body))
    for status in (400, 401, 403, 404, 407, 429, 451)
    for form, body in _BODIES.items()
]
"""What firewalls, proxies and caches say in the venue's place."""


def strike(what: Any, *, before: bool = False) -> Strike:
    if isinstance(what, Reply):
        return Strike(reply=what, before=before)
    return Strike(failure=what, before=before)


def _place(rig: Rig, name: str = "outcome001") -> Any:
    amount, price = rig.amount("200"), rig.price("0.8", "buy")
    return rig.exchange.create_limit_order(rig.symbol, "buy", amount, price, client_order_id=name)


def _unknown(rig: Rig) -> OutcomeUnknown:
    error = rig.refused(lambda: _place(rig), OutcomeUnknown)
    assert isinstance(error, OutcomeUnknown)
    assert error.outcome is Outcome.UNKNOWN
    assert error.client_order_id == "outcome001"
    assert error.venue == rig.venue
    assert isinstance(error.__cause__, ExchangeError)
    assert (error.fence is not None) == (rig.capabilities.fence.kind != "none")
    assert (error.margin is None) == (error.fence is None)
    assert len(rig.requests("create_order")) == 1, "an order is sent once"
    return error


@check(10, cases=LOST)
def an_order_whose_answer_is_lost_is_unknown_and_is_found_by_its_id(rig: Rig, what: Any) -> None:
    """The venue took it; the answer is lost on the way back."""
    rig.strike("create_order", strike(what))
    _unknown(rig)
    found = rig.exchange.fetch_order(None, rig.symbol, client_order_id="outcome001")
    assert found.is_open


@check(10, cases=LOST)
def an_order_that_never_arrived_is_unknown_all_the_same(rig: Rig, what: Any) -> None:
    """From here it looks the same: only the venue knows."""
    rig.strike("create_order", strike(what, before=True))
    _unknown(rig)
    rig.refused(
        lambda: rig.exchange.fetch_order(None, rig.symbol, client_order_id="outcome001"),
        OrderNotFound,
    )


@check(10, "sim", cases=FAULTS)
def what_is_believed_is_what_the_ledger_allows(
    rig: Rig, fault: dict[str, Any], moment: str
) -> None:
    rig.price("1", "buy")
    rig.fault({"operation": "create_order", "at": moment, **fault})
    error = rig.refused(lambda: _place(rig), ExchangeError)
    there = rig.truth("outcome001") is not None
    assert there == (moment == "after")
    assert error.outcome is Outcome.UNKNOWN
    arrived = [one for one in rig.control.requests() if one["operation"] == "create_order"]
    assert len(arrived) == 1


@check(10, "sim", cases=PAGES)
def a_page_in_the_place_of_an_answer_leaves_an_order_unknown(rig: Rig, page: Reply) -> None:
    """Only the venue's own words prove that it refused: it took this order."""
    rig.strike("create_order", strike(page))
    error = _unknown(rig)
    assert not isinstance(error.__cause__, AccessRefused), "a page says nothing about the key"
    rig.wait(300)  # a firewall's block is over
    found = rig.exchange.fetch_order(None, rig.symbol, client_order_id="outcome001")
    assert found.is_open


@check(10)
def an_order_that_certainly_never_left_is_not_sent(rig: Rig) -> None:
    failure = TransportFailure("no connection", sent=False)
    rig.strike("create_order", Strike(failure=failure, before=True), times=9)
    error = rig.refused(lambda: _place(rig), ConnectionFailed)
    assert error.outcome is Outcome.NOT_SENT
    assert rig.exchange.fetch_open_orders(rig.symbol) == ()


@check(10)
def an_order_that_never_left_the_first_time_is_placed_once(rig: Rig) -> None:
    failure = TransportFailure("no connection", sent=False)
    rig.strike("create_order", Strike(failure=failure, before=True))
    made = _place(rig)
    assert len(rig.requests("create_order")) == 2
    assert [one.id for one in rig.exchange.fetch_open_orders(rig.symbol)] == [made.id]


@check(10)
def a_cancel_whose_answer_is_lost_is_unknown_and_is_sent_once(rig: Rig) -> None:
    made = _place(rig)
    rig.strike("cancel_order", Strike(failure=TransportFailure("broken", sent=True)))
    error = rig.refused(lambda: rig.exchange.cancel_order(made.id, rig.symbol), OutcomeUnknown)
    assert error.outcome is Outcome.UNKNOWN
    assert len(rig.requests("cancel_order")) == 1
    assert rig.order(made).is_done


@check(10, "sim")
def a_duplicate_answer_leads_to_the_order_that_exists(rig: Rig) -> None:
    """Whoever sent it twice: the venue's "duplicate" says that the order is there."""
    made = _place(rig)
    again = _place(rig)
    assert again.id == made.id
    assert again.is_open
    assert len(rig.control.orders()) == 1


@check(
    10,
    "sim",
    cases=[
        ("another_side", "side", Side.SELL, "200", "1.25"),
        ("another_amount", "amount", Side.BUY, "100", "0.8"),
        ("another_price", "price", Side.BUY, "200", "0.7"),
    ],
)
def another_order_under_the_id_is_named(
    rig: Rig, what: str, side: Side, cost: str, factor: str
) -> None:
    first = _place(rig)
    amount, price = rig.amount(cost), rig.price(factor, side)
    error = rig.refused(
        lambda: rig.exchange.create_limit_order(
            rig.symbol, side, amount, price, client_order_id="outcome001"
        ),
        DuplicateClientOrderId,
    )
    assert isinstance(error, DuplicateClientOrderId)
    assert error.order_id == first.id
    assert f"{what} is" in str(error)
    assert error.outcome is Outcome.REFUSED
    assert len(rig.control.orders()) == 1


@check(10, "sim", cases=[("it_was_taken", "after", 1), ("it_was_not_taken", "before", 2)])
def an_order_refused_for_a_limit_is_looked_for_before_it_is_sent_again(
    rig: Rig, moment: str, sent: int
) -> None:
    rig.price("1", "buy")
    rule = {"operation": "create_order", "action": "status", "status": 429, "seconds": 1}
    rig.fault(rule | {"at": moment})
    made = _place(rig)
    told = (one.operation for one in rig.sent if one.operation in ("create_order", "fetch_order"))
    went_out = [name for name, _ in groupby(told)]  # a look may ask at several endpoints
    assert went_out == ["create_order", "fetch_order", "create_order"][: 1 + sent]
    assert [one["client_id"] for one in rig.control.orders()] == ["outcome001"]
    assert rig.order(made).is_open


@check(10, "sim", cases=[("it_was_taken", False), ("it_was_not_taken", True)])
def an_order_refused_for_lack_of_money_is_looked_for_before_that_is_told(
    rig: Rig, before: bool
) -> None:
    """A gateway may have sent it twice: the first copy holds the money that the second lacks."""
    rig.strike("create_order", strike(_missing_money(rig), before=before))
    if before:
        error = rig.refused(lambda: _place(rig), InsufficientFunds)
        assert error.outcome is Outcome.REFUSED
        assert rig.control.orders() == []
    else:
        assert rig.order(_place(rig)).is_open
        assert [one["client_id"] for one in rig.control.orders()] == ["outcome001"]


def _missing_money(rig: Rig) -> Any:
    """The venue's own answer to an order that the account cannot pay."""
    ask, price = rig.exchange.create_limit_order, rig.price("1.2", "sell")
    held = rig.exchange.fetch_balance().free(rig.market.base)
    much = rig.market.round_amount(held * Decimal("1.5"))
    rig.refused(
        lambda: ask(rig.symbol, "sell", much, price, client_order_id="outcome001"),
        InsufficientFunds,
    )
    return rig.requests("create_order")[-1].reply


@check(10, "sim", cases=[("at_once", 0), ("an_hour_later", 3600)])
def a_retry_refused_for_lack_of_money_is_the_order_that_was_taken_before(
    rig: Rig, later: int
) -> None:
    """The first answer was lost, and the venue looks at the money before it looks at the name."""
    refusal = _missing_money(rig)
    amount, price = rig.amount("200"), rig.price("0.8", "buy")

    def place() -> Any:
        ask = rig.exchange.create_limit_order
        return ask(rig.symbol, "buy", amount, price, client_order_id="outcome001")

    rig.strike("create_order", strike(TransportFailure("the connection broke", sent=True)))
    rig.refused(place, OutcomeUnknown)
    rig.wait(later)
    rig.strike("create_order", strike(refusal, before=True))
    again = rig.order(place())
    assert again.is_open
    assert [one["id"] for one in rig.control.orders()] == [again.id]


@check(10, "sim")
def a_second_cancel_says_how_the_order_ended(rig: Rig) -> None:
    """A gateway may have sent the first one twice: then something was done, whatever it says."""
    resting = _place(rig)
    rig.exchange.cancel_order(resting.id, rig.symbol)
    again = rig.exchange.cancel_order(resting.id, rig.symbol)
    assert (again.id, again.status) == (resting.id, OrderStatus.CANCELED)
    amount, price = rig.amount("200"), rig.price("1.01", "buy")
    filled = rig.exchange.create_limit_order(rig.symbol, "buy", amount, price)
    error = rig.refused(lambda: rig.exchange.cancel_order(filled.id, rig.symbol), OrderNotOpen)
    assert "closed" in str(error)
    assert error.outcome is Outcome.REFUSED


@check(10, cases=[row for row in LOST if row[0].startswith(("a_broken", "no_answer", "http_5"))])
def a_read_is_asked_again_and_its_errors_have_no_outcome(rig: Rig, what: Any) -> None:
    rig.exchange.load_markets()
    rig.strike("fetch_ticker", strike(what))
    assert rig.exchange.fetch_ticker(rig.symbol).last is not None
    rig.strike("fetch_ticker", strike(what), times=9)
    error = rig.refused(lambda: rig.exchange.fetch_ticker(rig.symbol), VenueUnavailable)
    assert error.outcome is None


@check(10, cases=[row for row in LOST if row[0].startswith("http_200")])
def an_unreadable_answer_to_a_read_is_a_short_bad_reply(rig: Rig, what: Any) -> None:
    rig.exchange.load_markets()
    rig.strike("fetch_ticker", strike(what), times=9)
    error = rig.refused(lambda: rig.exchange.fetch_ticker(rig.symbol), BadReply)
    assert rig.venue in str(error)
    assert len(str(error)) < 600
