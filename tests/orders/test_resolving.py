"""An order or a cancel whose answer was lost is found out, or stays unknown: never guessed.

Time is virtual: the venue's clock runs with the driver's.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from support.hears import Hears
from support.stepper import Stepper, policy
from support.toy import (
    KEY,
    SECRET,
    START_MS,
    Rows,
    Script,
    ToyAdapter,
    change,
    lost,
    not_connected,
    order_of,
    query,
    refusal,
    reply,
)

from exchangekit.adapter import Call, Credentials, Fence, Reply
from exchangekit.adapter.decode import decode
from exchangekit.adapter.request import Outgoing
from exchangekit.errors import (
    DuplicateClientOrderId,
    InvalidInput,
    NeverPlaced,
    OrderNotFound,
    OrderNotOpen,
    Outcome,
    OutcomeUnknown,
)
from exchangekit.hookspecs import new_manager
from exchangekit.models import CancelReport, Market, OrderStatus, Proof, Reconciled, Resolution
from exchangekit.operations import Connection, Hooks, OneVenue
from exchangekit.runtime.effects import Effect, Sleep
from exchangekit.runtime.journal import Ended, Sending

ORDER = ("BTC/USDT", "limit", "buy", "1", "10")
FIRST = 1000.0
WINDOW, MARGIN, TOTAL = 2.0, 5.0, 30.0


class AllAtOnce(ToyAdapter):
    """The toy venue with one request that cancels all."""

    def cancel_all_orders(self, market: Market) -> Call[CancelReport]:
        def parse(reply: Reply) -> CancelReport:
            rows = decode(Rows, reply).rows
            return CancelReport(canceled=tuple(order_of(market.symbol, row) for row in rows))

        return Call(change("DELETE", "/order", s=market.id), parse)


class Venue:
    """A toy venue that loses its first answer and knows of the order from `there` on (seconds
    after the call; None: never). What it says at a path may be replaced."""

    def __init__(self, kind: str = "gateway", there: float | None = None, **settings: Any) -> None:
        adapter = AllAtOnce()
        fence = Fence(kind, margin=timedelta(seconds=MARGIN))  # type: ignore[arg-type]
        vars(adapter)["capabilities"] = replace(adapter.capabilities, fence=fence)
        self.there = there
        self.order: dict[str, Any] = {
            "id": "7",
            "client": "mine1",
            "side": "buy",
            "type": "limit",
            "amount": "1",
            "price": "10",
            "at": START_MS + int(FIRST * 1000),
        }
        self.open: list[dict[str, Any]] = []
        self.fills: list[dict[str, Any]] = []
        self.closed: list[dict[str, Any]] = []
        self.changes: list[Any] = [lost()]
        self.steps = Stepper(
            Script(
                standing={
                    "/order": self._order,
                    "/open": self._open,
                    "/fills": self._fills,
                    "/closed": lambda outgoing: reply({"rows": self.closed}),
                }
            ),
            now=FIRST,
        )
        self.hears = Hears()
        given = {"resolve": True, "order_window": int(WINDOW * 1000)} | settings
        self.policy = policy(adapter, Credentials(KEY, SECRET), **given)
        manager = new_manager()
        manager.register(self.hears)
        self.exchange = OneVenue(Connection(self.policy, Hooks(manager), "live"))

    @property
    def seconds(self) -> float:
        return self.steps.now - FIRST

    def _order(self, outgoing: Outgoing) -> Reply:
        if outgoing.method != "GET":
            answer = self.changes.pop(0)
            if isinstance(answer, BaseException):
                raise answer
            found: Reply = answer
            return found
        name = query(outgoing)
        held = [self.order] if self.there is not None and self.seconds >= self.there else []
        for one in held:
            if name.get("client") == one["client"] or name.get("id") == one["id"]:
                return reply(one)
        return refusal(-2013, "no such order")

    def _open(self, outgoing: Outgoing) -> Reply:
        return reply({"rows": self.open})

    def _fills(self, outgoing: Outgoing) -> Reply:
        return reply({"rows": self.fills})

    def place(self) -> Any:
        flow = self.exchange.create_order(*ORDER, client_order_id="mine1")
        return self.steps.run(flow)

    def cancel(self) -> Any:
        return self.steps.run(self.exchange.cancel_order("7", "BTC/USDT"))

    def asked(self, path: str) -> int:
        return sum(one.path == path and one.method == "GET" for one in self.steps.sent)

    @property
    def changed(self) -> int:
        return sum(one.method != "GET" for one in self.steps.sent)

    @property
    def ends(self) -> list[Ended]:
        return [entry for entry in self.steps.journal if isinstance(entry, Ended)]


KINDS = pytest.mark.parametrize("kind", ["rechecked", "gateway", "none"])


# Orders


@KINDS
@pytest.mark.parametrize("there", [0.0, 0.9, WINDOW + 1])
def test_an_order_that_is_there_is_the_answer(kind: str, there: float) -> None:
    venue = Venue(kind, there)
    made = venue.place()
    assert (made.id, made.client_order_id, made.side) == ("7", "mine1", "buy")
    assert venue.changed == 1
    assert venue.seconds < there + 3
    (event,) = venue.hears.events
    assert (event.outcome, event.order) == (None, made)
    assert [end.outcome for end in venue.ends] == [None]


@pytest.mark.parametrize(("kind", "margins"), [("rechecked", 1), ("gateway", 2)])
def test_what_is_not_there_after_its_last_moment_never_was(kind: str, margins: int) -> None:
    venue = Venue(kind)
    with pytest.raises(NeverPlaced) as caught:
        venue.place()
    error = caught.value
    assert (error.outcome, error.proof) == (Outcome.ABSENT, Proof(kind))
    assert (error.operation, error.client_order_id) == ("create_order", "mine1")
    assert f"there is no such order (proof: {kind})" in str(error)
    assert "may be placed again" in str(error)
    bound = WINDOW + margins * MARGIN
    assert bound < venue.seconds < bound + 3
    assert venue.changed == 1
    assert [end.outcome for end in venue.ends] == [Outcome.ABSENT]
    assert venue.hears.events[0].outcome is Outcome.ABSENT
    lists = {"rechecked": (0, 0), "gateway": (2, 2)}[kind]
    assert (venue.asked("/open"), venue.asked("/fills")) == lists


@pytest.mark.parametrize("there", [WINDOW + MARGIN - 0.3, WINDOW + 2 * MARGIN - 2.5])
def test_an_order_that_appears_late_is_still_found(there: float) -> None:
    """Held up inside the venue: between the two looks that a check on arrival needs."""
    assert Venue("gateway", there).place().id == "7"


def test_a_venue_without_a_fence_proves_nothing() -> None:
    venue = Venue("none")
    with pytest.raises(OutcomeUnknown) as caught:
        venue.place()
    assert "this venue gives no proof" in str(caught.value)
    assert TOTAL <= venue.seconds < TOTAL + 3
    assert caught.value.handle is not None


def test_a_strict_caller_is_told_unknown_where_the_proof_is_weak() -> None:
    venue = Venue("gateway", proof=Proof.RECHECKED)
    with pytest.raises(OutcomeUnknown, match="no proof of that which counts here"):
        venue.place()
    assert venue.asked("/open") == 0
    strict = Venue("rechecked", proof=Proof.RECHECKED)
    with pytest.raises(NeverPlaced):
        strict.place()


@KINDS
def test_without_resolving_it_is_told_at_once(kind: str) -> None:
    venue = Venue(kind, resolve=False)
    with pytest.raises(OutcomeUnknown) as caught:
        venue.place()
    assert venue.seconds < 1
    assert venue.asked("/order") == 0
    handle = caught.value.handle
    assert isinstance(handle, Sending)
    assert handle.intent.change.client_order_id == "mine1"


@pytest.mark.parametrize("where", ["open", "fills"])
def test_what_another_list_knows_is_found_there(where: str) -> None:
    """The endpoint for one order lags; the lists do not."""
    venue = Venue("gateway")
    if where == "open":
        venue.open = [venue.order]
    else:
        venue.fills = [{"id": "f1", "order": "7", "at": venue.order["at"], "client": "mine1"}]

    def by_id_only(outgoing: Outgoing) -> Reply:
        if outgoing.method == "GET" and query(outgoing).get("id") == "7":
            return reply(venue.order | {"status": "closed"})
        return Venue._order(venue, outgoing)

    venue.steps.script.standing["/order"] = by_id_only
    assert venue.place().id == "7"


def test_fills_without_a_name_are_asked_for_their_order() -> None:
    venue = Venue("gateway")
    fill = {"order": "7", "at": venue.order["at"]}
    venue.fills = [{"id": "f0", **fill, "order": "6"}, {"id": "f1", **fill}]

    def by_id_only(outgoing: Outgoing) -> Reply:
        if outgoing.method == "GET" and (asked := query(outgoing).get("id")):
            other = {"id": "6", "client": "other"} if asked == "6" else {}
            return reply(venue.order | other)
        return Venue._order(venue, outgoing)

    venue.steps.script.standing["/order"] = by_id_only
    assert venue.place().id == "7"


@pytest.mark.parametrize("ours", [True, False])
def test_many_fills_without_a_name_are_told_apart_by_the_orders_that_have_ended(
    ours: bool,
) -> None:
    """A strategy beside this one trades a lot: each of its orders asked about would cost more
    requests than there may be."""
    venue = Venue()
    at = venue.order["at"]
    ended = [
        venue.order | {"id": f"e{number}", "client": f"other{number}", "status": "closed"}
        for number in range(30)
    ]
    if ours:
        ended.append(venue.order | {"status": "closed"})
    venue.fills = [{"id": f"f{one['id']}", "order": one["id"], "at": at} for one in ended]
    venue.closed = ended
    if ours:
        assert venue.place().id == "7"
    else:
        with pytest.raises(NeverPlaced):
            venue.place()
    assert venue.asked("/order") < 12


@pytest.mark.parametrize(
    "other",
    [
        {"amount": "3"},
        {"side": "sell"},
        {"price": "11"},
        {"at": START_MS + int((FIRST - 3600) * 1000), "status": "closed"},
    ],
    ids=lambda other: next(iter(other)),
)
@pytest.mark.parametrize("kind", ["rechecked", "gateway"])
def test_another_order_under_the_name_is_not_taken_for_it(kind: str, other: Any) -> None:
    """Names may be used again after an order has ended."""
    venue = Venue(kind, 0.0)
    venue.order |= other
    with pytest.raises(NeverPlaced):
        venue.place()
    assert venue.asked("/open") > 0, "a look by the name alone shows the other one"


@pytest.mark.parametrize("kind", ["rechecked", "gateway"])
@pytest.mark.parametrize("seconds", [2, 30])
def test_one_that_differs_by_a_little_age_alone_is_neither_ours_nor_proof(
    kind: str, seconds: int
) -> None:
    """The clocks of a venue may disagree: then the order that was asked for looks older."""
    venue = Venue(kind, 0.0)
    venue.order |= {"at": venue.order["at"] - seconds * 1000, "status": "closed"}
    with pytest.raises(OutcomeUnknown) as caught:
        venue.place()
    assert "seems a little older" in str(caught.value)
    assert venue.changed == 1


@pytest.mark.parametrize("kind", ["rechecked", "gateway"])
@pytest.mark.parametrize("seconds", [2, 30, 3600])
def test_an_open_order_that_is_like_it_has_the_name_however_old_it_is(
    kind: str, seconds: int
) -> None:
    """It was placed by an earlier call whose answer was lost as well: that there is none would be
    read as "place it again", and the name of an open order is free for no other."""
    venue = Venue(kind, 0.0)
    venue.order["at"] -= seconds * 1000
    assert venue.place().id == "7"
    assert venue.changed == 1


def test_while_nothing_can_be_asked_it_is_unknown_within_a_bound() -> None:
    venue = Venue("gateway")
    ok = venue._order

    def down(outgoing: Outgoing) -> Reply:
        if outgoing.method == "GET":
            raise lost()
        return ok(outgoing)

    venue.steps.script.standing["/order"] = down
    with pytest.raises(OutcomeUnknown) as caught:
        venue.place()
    assert "looking for it failed: the connection broke" in str(caught.value)
    assert venue.seconds < WINDOW + 2 * MARGIN + TOTAL + 3
    assert venue.changed == 1


def test_a_look_that_fails_is_no_absence() -> None:
    """Neither the first look after the fence nor a list that cannot be read counts."""
    venue = Venue("gateway")
    fails = [True, True, True]

    def unwell(outgoing: Outgoing) -> Reply:
        if fails:
            fails.pop()
            return refusal(-1008, "busy", status=503)
        return reply({"rows": []})

    venue.steps.script.standing["/fills"] = unwell
    with pytest.raises(NeverPlaced):
        venue.place()
    assert venue.asked("/fills") == 5
    assert venue.seconds > WINDOW + 2 * MARGIN


def test_the_venues_clock_counts_and_is_asked_anew() -> None:
    """It stands still: however long one waits here, the fence does not pass there."""
    venue = Venue("rechecked")
    venue.steps.script.now = lambda: FIRST
    with pytest.raises(OutcomeUnknown, match="time ran out before that became proof"):
        venue.place()


def test_a_taken_name_of_which_nothing_is_seen_proves_no_absence() -> None:
    venue = Venue("rechecked")
    venue.changes = [refusal(-2012, "duplicate")]
    with pytest.raises(OutcomeUnknown) as caught:
        venue.place()
    assert isinstance(caught.value.__cause__, (DuplicateClientOrderId, OrderNotFound))


# By the handle


@pytest.mark.parametrize("there", [0.0, None])
def test_a_handle_finds_out_later_and_tells_the_journal(there: float | None) -> None:
    venue = Venue("rechecked", there, resolve=False)
    with pytest.raises(OutcomeUnknown) as caught:
        venue.place()
    told = venue.steps.run(venue.exchange.resolve(caught.value.handle))
    if there is None:
        assert (told.order, told.proof) == (None, Proof.RECHECKED)
    else:
        assert (told.order.id, told.proof) == ("7", Proof.NONE)
    first, last = venue.ends
    assert first.intent is last.intent
    assert first.outcome is Outcome.UNKNOWN
    assert last.outcome is (Outcome.ABSENT if there is None else None)
    again = venue.steps.run(venue.exchange.resolve(caught.value.handle))
    assert again == told, "resolving twice harms nothing"
    assert venue.changed == 1


def test_long_after_it_the_lists_are_asked_as_well() -> None:
    """The name is forgotten by then, and a fill is not."""
    venue = Venue("rechecked", resolve=False)
    with pytest.raises(OutcomeUnknown) as caught:
        venue.place()
    venue.steps.now += 3 * 3600
    venue.fills = [{"id": "f1", "order": "7", "at": venue.order["at"] + 100}]

    def by_id_only(outgoing: Outgoing) -> Reply:
        if query(outgoing).get("id") == "7":
            return reply(venue.order | {"status": "closed"})
        return Venue._order(venue, outgoing)

    venue.steps.script.standing["/order"] = by_id_only
    told = venue.steps.run(venue.exchange.resolve(caught.value.handle))
    assert told.order.id == "7"
    venue.fills = []
    told = venue.steps.run(venue.exchange.resolve(caught.value.handle))
    assert told.proof is Proof.RECHECKED
    assert venue.asked("/open") > 0


def test_a_handle_that_cannot_be_told_stays_one() -> None:
    venue = Venue("none", resolve=False)
    with pytest.raises(OutcomeUnknown) as caught:
        venue.place()
    with pytest.raises(OutcomeUnknown) as still:
        venue.steps.run(venue.exchange.resolve(caught.value.handle))
    assert still.value.handle == caught.value.handle
    assert still.value.client_order_id == "mine1"


@pytest.mark.parametrize("handle", [None, "mine1", OutcomeUnknown("x")])
def test_what_is_no_handle_is_refused_here(handle: Any) -> None:
    venue = Venue()
    with pytest.raises(InvalidInput, match=r"lost\.handle"):
        venue.steps.run(venue.exchange.resolve(handle))
    assert venue.steps.sent == []


def test_a_handle_of_another_account_is_refused_here() -> None:
    venue = Venue(resolve=False)
    with pytest.raises(OutcomeUnknown) as caught:
        venue.place()
    theirs = replace(caught.value.handle.intent.account, account="bot2")
    handle = replace(
        caught.value.handle, intent=replace(caught.value.handle.intent, account=theirs)
    )
    before = len(venue.steps.sent)
    with pytest.raises(InvalidInput, match="account bot2"):
        venue.steps.run(venue.exchange.resolve(handle))
    assert len(venue.steps.sent) == before


# Cancels


CANCELED = {"id": "7", "status": "canceled"}


def test_a_cancel_that_arrived_is_told_by_the_order() -> None:
    venue = Venue(there=0.0)
    venue.order |= {"status": "canceled", "filled": "0.4"}
    found = venue.cancel()
    assert (found.status, found.filled) == (OrderStatus.CANCELED, Decimal("0.4"))
    assert venue.changed == 1


def test_a_fill_that_won_the_race_is_told_as_the_fill_it_is() -> None:
    venue = Venue(there=0.0)
    venue.order |= {"status": "closed", "filled": "1"}
    with pytest.raises(OrderNotOpen) as caught:
        venue.cancel()
    assert "order 7 is closed, 1 of 1 filled" in str(caught.value)
    assert caught.value.outcome is Outcome.REFUSED
    assert venue.changed == 1


def test_an_order_that_is_still_open_is_canceled_again() -> None:
    venue = Venue(there=0.0)
    venue.changes = [lost(), lost(), reply(CANCELED)]
    assert venue.cancel().status is OrderStatus.CANCELED
    assert venue.changed == 3
    assert [end.outcome for end in venue.ends] == [None]


def test_a_cancel_that_came_after_all_is_told_by_the_second() -> None:
    venue = Venue(there=0.0)

    def second(outgoing: Outgoing) -> Reply:
        venue.order |= {"status": "canceled"}
        return refusal(-2011, "unknown order")

    ok = venue._order
    venue.steps.script.standing["/order"] = lambda outgoing: (
        second(outgoing) if outgoing.method != "GET" and not venue.changes else ok(outgoing)
    )
    assert venue.cancel().status is OrderStatus.CANCELED


def test_a_cancel_of_which_nothing_can_be_seen_stays_unknown() -> None:
    venue = Venue()
    with pytest.raises(OutcomeUnknown) as caught:
        venue.cancel()
    assert venue.changed == 1
    assert TOTAL <= venue.seconds < TOTAL + 3
    assert caught.value.handle.intent.operation == "cancel_order"


def test_a_refusal_of_the_second_copy_says_nothing_of_the_first() -> None:
    """Interrupted then, a caller must not be told that nothing happened."""
    venue = Venue(there=0.0)
    venue.changes = [lost(), *[refusal(-1003, "too many", status=429)] * 20]
    with pytest.raises(OutcomeUnknown):
        venue.cancel()
    assert venue.ends[-1].outcome is Outcome.UNKNOWN


def test_interrupted_after_such_a_refusal_it_is_told_as_unknown() -> None:
    venue = Venue(there=0.0)
    venue.changes = [lost(), *[refusal(-1008, "busy", status=503)] * 20]
    carry_out = venue.steps._carry_out

    def interrupted(effect: Effect) -> Any:
        if isinstance(effect, Sleep) and venue.changed > 1:
            raise KeyboardInterrupt
        return carry_out(effect)

    venue.steps._carry_out = interrupted  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        venue.cancel()
    assert venue.changed == 2
    assert venue.hears.events[0].outcome is Outcome.UNKNOWN
    assert venue.ends[-1].outcome is Outcome.UNKNOWN


def cancel_all(venue: Venue) -> Any:
    return venue.steps.run(venue.exchange.cancel_all_orders("BTC/USDT"))


def test_a_cancel_of_all_that_arrived_is_told_by_the_open_orders() -> None:
    venue = Venue()
    report = cancel_all(venue)
    assert (report.canceled, report.failed, report.complete) == ((), (), False)
    assert venue.changed == 1


def test_a_cancel_of_all_that_never_arrived_is_sent_again() -> None:
    venue = Venue()
    venue.open = [venue.order | {"at": venue.order["at"] - 5000}]
    venue.changes = [lost(), reply({"rows": [venue.order | {"status": "canceled"}]})]
    report = cancel_all(venue)
    assert [one.id for one in report.canceled] == ["7"]
    assert not report.complete
    assert venue.changed == 2


@pytest.mark.parametrize(
    "second",
    [reply({"rows": []}), refusal(-2011, "nothing is open")],
    ids=["nothing", "nothing to cancel"],
)
def test_a_cancel_of_all_that_was_refused_first_may_have_been_carried_out(second: Reply) -> None:
    """A limit may refuse the second copy of a request: the first one was taken."""
    venue = Venue()
    venue.changes = [refusal(-1008, "busy", status=503), second]
    report = cancel_all(venue)
    assert (report.canceled, report.failed, report.complete) == ((), (), False)
    assert [one.outcome for one in venue.ends] == [None]


@pytest.mark.parametrize("second", [reply({"rows": []}), refusal(-2011, "nothing is open")])
def test_a_cancel_of_all_that_never_left_first_is_told_by_the_second_one(second: Reply) -> None:
    venue = Venue()
    venue.changes = [not_connected(), second]
    assert cancel_all(venue).complete


@pytest.mark.parametrize("after", [5000, 300])
def test_a_cancel_of_all_ends_no_order_that_was_placed_since(after: int) -> None:
    venue = Venue()
    later = {"id": "8", "client": "later", "at": venue.order["at"] + after}
    venue.open = [venue.order | {"at": venue.order["at"] - 5000}, venue.order | later]
    with pytest.raises(OutcomeUnknown) as caught:
        cancel_all(venue)
    assert venue.changed == 1
    told = venue.steps.run(venue.exchange.resolve(caught.value.handle))
    assert [one.id for one in told.still_open] == ["7"]
    venue.open = [venue.order | later]
    assert venue.steps.run(venue.exchange.resolve(caught.value.handle)).still_open == ()
    assert venue.ends[-1].outcome is None


def test_the_handle_of_a_cancel_tells_the_order_as_it_stands() -> None:
    venue = Venue(there=0.0, resolve=False)
    with pytest.raises(OutcomeUnknown) as caught:
        venue.cancel()
    told = venue.steps.run(venue.exchange.resolve(caught.value.handle))
    assert told.order.status is OrderStatus.OPEN
    assert len(venue.ends) == 1, "it may be canceled yet"
    venue.order |= {"status": "canceled"}
    told = venue.steps.run(venue.exchange.resolve(caught.value.handle))
    assert told.order.status is OrderStatus.CANCELED
    assert venue.ends[-1].outcome is None
    assert venue.changed == 1


LONG_AFTER = {"rechecked": WINDOW + MARGIN, "gateway": WINDOW + 2 * MARGIN}


def lost_cancel(kind: str, **settings: Any) -> tuple[Venue, Sending]:
    venue = Venue(kind, there=0.0, resolve=False, **settings)
    with pytest.raises(OutcomeUnknown) as caught:
        venue.cancel()
    handle: Sending = caught.value.handle
    return venue, handle


def told_of(handle: Sending, told: Resolution) -> Reconciled:
    change = handle.intent.change
    return Reconciled(
        operation="cancel_order", request=change, written=handle.began, resolution=told
    )


@pytest.mark.parametrize("kind", LONG_AFTER)
def test_a_cancel_whose_order_is_open_after_its_last_moment_came_to_nothing(kind: str) -> None:
    venue, handle = lost_cancel(kind)
    venue.steps.now = FIRST + LONG_AFTER[kind] - 0.5
    told = venue.steps.run(venue.exchange.resolve(handle))
    assert (told.order.status, told.proof) == (OrderStatus.OPEN, Proof.NONE)
    assert not told_of(handle, told).is_known
    assert str(told_of(handle, told)).endswith("it may be canceled yet")
    assert len(venue.ends) == 1

    venue.steps.now = FIRST + LONG_AFTER[kind] + 0.5
    told = venue.steps.run(venue.exchange.resolve(handle))
    assert (told.order.status, told.proof) == (OrderStatus.OPEN, Proof(kind))
    assert told_of(handle, told).is_known
    assert str(told_of(handle, told)).endswith(f"the cancel came to nothing (proof: {kind})")
    assert venue.ends[-1].outcome is Outcome.ABSENT
    assert "order 7 is open still" in str(venue.ends[-1].error)
    assert venue.changed == 1


@pytest.mark.parametrize(
    ("kind", "settings"),
    [("none", {}), ("gateway", {"proof": Proof.RECHECKED})],
)
def test_a_cancel_that_no_proof_is_had_of_stays_open(kind: str, settings: Any) -> None:
    venue, handle = lost_cancel(kind, **settings)
    venue.steps.now = FIRST + 3600
    told = venue.steps.run(venue.exchange.resolve(handle))
    assert (told.order.status, told.proof) == (OrderStatus.OPEN, Proof.NONE)
    assert len(venue.ends) == 1


@pytest.mark.parametrize("clock", ["told", "not told"])
def test_a_cancel_that_was_carried_out_is_told_so_however_late(clock: str) -> None:
    venue, handle = lost_cancel("gateway")
    venue.steps.now = FIRST + 60
    if clock == "not told":
        venue.steps.script.standing["/time"] = lost()
    venue.order |= {"status": "canceled"}
    told = venue.steps.run(venue.exchange.resolve(handle))
    assert told_of(handle, told).is_known
    assert venue.ends[-1].outcome is None
