"""Orders over several venues: where they go, what moves them on, and where they are found again."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from support.failovers import (
    KINDS,
    Desk,
    Over,
    called,
    toys,  # noqa: F401 - a fixture
)
from support.toy import ETH, lost, query, refusal

from exchangekit import Journal, errors, hookimpl
from exchangekit.errors import (
    DuplicateClientOrderId,
    InsufficientFunds,
    InvalidInput,
    JournalError,
    NotRecorded,
    OnMaintenance,
    OrderNotFound,
    OrderVetoed,
    Outcome,
    OutcomeUnknown,
    UnknownSymbol,
)
from exchangekit.failover import (
    HealthEvent,
    Kind,
    NoVenue,
    OrderMoved,
    PartialAnswer,
)
from exchangekit.runtime.journal import MovedOn

pytestmark = [pytest.mark.usefixtures("toys"), pytest.mark.parametrize("kind", KINDS)]

FUNDS = refusal(-2010, "no funds")
ACCESS = refusal(-2015, "not you")
PAUSE = refusal(-1016, "a pause")


def two(kind: str, a: Desk | None = None, b: Desk | None = None, **options: Any) -> Over:
    return Over(kind, {"a": a or Desk(), "b": b or Desk()}, **options)


# What moves on


@pytest.mark.parametrize(
    ("answer", "told"), [(FUNDS, "no funds"), (ACCESS, "not you"), (PAUSE, "a pause")]
)
def test_a_refused_order_goes_to_the_next_venue_and_says_so(
    kind: str, answer: Any, told: str
) -> None:
    over = two(kind, Desk(next=[answer]))
    order = over.buy(name="mine")
    assert (order.id, order.venue, order.client_order_id) == ("b:1", "b", "mine")
    assert [(one.before, one.after, one.client_order_id, one.symbol) for one in over.events
            if isinstance(one, OrderMoved)] == [("a", "b", "mine", "BTC/USDT")]  # fmt: skip
    (words,) = over.told(OrderMoved)
    assert told in words
    sent = [query(one) for one in over.desks["b"].private if one.method == "POST"]
    assert [one["client"] for one in sent] == ["mine"]


def test_where_all_is_well_the_first_takes_it_and_nobody_else_is_asked(kind: str) -> None:
    over = two(kind)
    assert over.buy().id == "a:1"
    assert over.events == []
    assert over.desks["b"].private == []


# What is unknown stays


@pytest.mark.parametrize("there", [True, False])
def test_what_is_unknown_stays_and_its_handle_finds_it(
    kind: str, there: bool, tmp_path: Path
) -> None:
    desk = Desk()
    if there:
        desk.standing["/order"] = lost_but_taken(desk)
    else:
        desk.next = [lost()]
    journal = Journal(tmp_path / "failover.journal")
    mine = Journal(tmp_path / "a.journal")
    over = two(kind, desk, journal=journal, each={"a": {"journal": mine}})
    with pytest.raises(OutcomeUnknown) as caught:
        over.buy(name="mine")
    assert over.desks["b"].tried == 0
    known = journal.find("mine")
    assert known is not None
    assert (known.state, known.lies_at.venue) == ("unknown", "a")
    if there:
        resolution = over.call("resolve", caught.value.handle)
        assert resolution.order.id == "a:1"
        known = journal.find("mine")
        assert known is not None
        assert (known.state, known.order_id) == ("done", "a:1")
        assert over.call("resolve", caught.value.handle).order.id == "a:1"
    with pytest.raises((OutcomeUnknown, DuplicateClientOrderId)):
        over.buy(amount="2", name="mine")  # another order, and its name may be taken
    assert over.desks["b"].tried == 0
    assert desk.tried == 1


def lost_but_taken(desk: Desk) -> Any:
    usual = desk._order

    def answer(outgoing: Any) -> Any:
        told = usual(outgoing)
        if outgoing.method == "POST":
            raise lost()
        return told

    return answer


# Ids


def test_ids_carry_their_venue_through_every_operation(kind: str) -> None:
    over = two(kind, Desk(next=[FUNDS]))
    order = over.buy(name="mine")
    assert order.id == "b:1"
    assert over.call("fetch_order", "b:1", "BTC/USDT").id == "b:1"
    assert over.call("fetch_order", None, "BTC/USDT", client_order_id="mine").id == "b:1"
    (trade,) = over.call("fetch_order_trades", "b:1", "BTC/USDT")
    assert (trade.order_id, trade.venue) == ("b:1", "b")
    assert [one.order_id for one in over.call("fetch_my_trades", "BTC/USDT")] == ["b:1"]
    assert [one.id for one in over.call("fetch_open_orders")] == ["b:1"]
    assert over.call("wait", order, until="open").id == "b:1"
    canceled = over.call("cancel_order", "b:1", "BTC/USDT")
    assert (canceled.id, canceled.is_done) == ("b:1", True)
    assert not any(one.method == "DELETE" for one in over.desks["a"].seen)


def test_reports_of_all_name_the_venues_own_orders(kind: str) -> None:
    over = two(kind)
    over.buy(name="one")
    over.desks["a"].next = [FUNDS]
    over.buy(name="other")
    report = over.call("cancel_all_orders", "BTC/USDT")
    assert sorted(one.id for one in report.canceled) == ["a:1", "b:1"]
    assert report.complete
    assert over.call("fetch_open_orders") == ()


def test_a_cancel_by_name_finds_its_venue_first(kind: str) -> None:
    over = two(kind, Desk(next=[FUNDS]))
    over.buy(name="mine")
    assert over.call("cancel_order", None, "BTC/USDT", client_order_id="mine").id == "b:1"
    with pytest.raises(OrderNotFound):
        over.call("cancel_order", None, "BTC/USDT", client_order_id="nobody's")


def test_one_name_at_two_venues_is_not_guessed(kind: str) -> None:
    over = two(kind)
    for key in "ab":
        called(over.exchange.exchanges[key], "create_limit_order", "BTC/USDT", "buy", "1", "10",
               client_order_id="mine")  # fmt: skip
    with pytest.raises(InvalidInput, match="a and b both have"):
        over.call("cancel_order", None, "BTC/USDT", client_order_id="mine")
    assert all(one["status"] == "open" for desk in over.desks.values()
               for one in desk.orders.values())  # fmt: skip


def test_a_venue_that_is_down_answers_for_itself_and_nobody_else_does(kind: str) -> None:
    over = two(kind)
    over.buy(name="mine")
    over.desks["a"].down = True
    before = len(over.desks["b"].seen)
    for operation in ("fetch_order", "cancel_order", "fetch_order_trades"):
        with pytest.raises(OnMaintenance) as told:
            over.call(operation, "a:1", "BTC/USDT")
        assert told.value.venue == "a"
    assert len(over.desks["b"].seen) == before
    with pytest.raises(PartialAnswer) as caught:
        over.call("fetch_order", None, "BTC/USDT", client_order_id="mine")
    assert set(caught.value.missing) == {"a"}
    report = over.call("cancel_all_orders", "BTC/USDT")
    assert not report.complete
    assert set(report.unconfirmed) == {"a"}


def test_everything_is_canceled_at_every_venue(kind: str) -> None:
    over = two(kind)
    over.buy(name="one")
    over.desks["a"].next = [FUNDS]
    over.buy(name="other")
    report = over.call("cancel_all")
    assert sorted(one.id for one in report.canceled) == ["a:1", "b:1"]
    over.desks["b"].down = True
    report = over.call("cancel_all", ["BTC/USDT"])
    assert set(report.unconfirmed) == {"b"}
    assert not report.complete


# The same name twice, and after a restart


def journals(folder: Path, *keys: str) -> dict[str, dict[str, Any]]:
    return {key: {"journal": Journal(folder / f"{key}.journal")} for key in keys}


def test_after_a_restart_the_same_order_is_the_same_order(kind: str, tmp_path: Path) -> None:
    desks = {"a": Desk(next=[FUNDS]), "b": Desk()}

    def again(*keys: str) -> Over:
        return Over(kind, {key: desks[key] for key in keys}, journals(tmp_path, *keys),
                    journal=Journal(tmp_path / "failover.journal"))  # fmt: skip

    assert again("a", "b").buy(name="mine").id == "b:1"
    assert again("a", "b").buy(name="mine").id == "b:1"
    assert again("b", "a").buy(name="mine").id == "b:1"
    with pytest.raises(DuplicateClientOrderId, match="amount was 1") as caught:
        again("a", "b").buy(amount="2", name="mine")
    assert caught.value.order_id == "b:1"
    assert caught.value.outcome is Outcome.NOT_SENT
    assert again("a", "b").buy(name="mine").id == "b:1"
    assert (desks["a"].tried, desks["b"].tried) == (1, 1)
    assert again("a", "b").call("cancel_order", "b:1", "BTC/USDT").is_done


def test_an_order_that_no_venue_took_may_be_placed_again(kind: str, tmp_path: Path) -> None:
    over = two(kind, Desk(next=[FUNDS]), Desk(next=[FUNDS]), each=journals(tmp_path, "a", "b"),
               journal=Journal(tmp_path / "failover.journal"))  # fmt: skip
    with pytest.raises(InsufficientFunds) as caught:
        over.buy(name="mine")
    assert caught.value.outcome is Outcome.REFUSED
    assert over.buy(name="mine").id == "a:1"


def test_without_a_journal_orders_are_placed_all_the_same(kind: str) -> None:
    over = two(kind, Desk(next=[FUNDS]), journal=None)
    assert over.buy(name="mine").id == "b:1"


def test_the_journal_is_the_failovers_own_by_default(kind: str, tmp_path: Path) -> None:
    over = two(kind, journal="process", name="night")
    over.buy(name="mine")
    from exchangekit.journal import failover_path

    found = Journal(failover_path("live", "night")).find("mine")
    assert found is not None
    assert found.order_id == "a:1"
    called(over.exchange, "close" if kind == "sync" else "aclose")


@pytest.mark.parametrize("trouble", [KeyboardInterrupt(), lost(), refusal(-2015, "not you")])
def test_who_looks_an_order_up_in_vain_does_not_unmake_it(
    kind: str, trouble: Any, tmp_path: Path
) -> None:
    """The accounts have no journals: the failover's own is all that knows the name."""
    journal = Journal(tmp_path / "failover.journal")
    over = two(kind, journal=journal)
    assert over.buy(name="mine").id == "a:1"
    usual = over.desks["a"].standing["/order"]
    over.desks["a"].standing["/order"] = trouble
    with pytest.raises((KeyboardInterrupt, OutcomeUnknown)):
        over.buy(name="mine")
    over.desks["a"].standing["/order"] = usual
    known = journal.find("mine")
    assert known is not None
    assert (known.state, known.order_id) == ("done", "a:1")
    assert over.buy(name="mine").id == "a:1"
    assert [desk.tried for desk in over.desks.values()] == [1, 0]


def test_an_order_that_exists_is_found_where_no_venue_could_take_it_again(
    kind: str, tmp_path: Path
) -> None:
    """The order has used up the balance, and its caller asks for it again."""
    over = two(kind, journal=Journal(tmp_path / "failover.journal"))
    assert over.buy(name="mine").id == "a:1"
    for desk in over.desks.values():
        desk.balance = {}
    assert over.buy(name="mine").id == "a:1"


def test_where_the_name_cannot_be_closed_the_order_stays(kind: str, tmp_path: Path) -> None:
    """Another process may have written it there already."""

    class Broken(Journal):
        """Its disk is full as soon as an order has left."""

        def record(self, entry: Any) -> None:
            if isinstance(entry, MovedOn):
                raise JournalError("the disk is full")
            super().record(entry)

        async def arecord(self, entry: Any) -> None:
            if isinstance(entry, MovedOn):
                raise JournalError("the disk is full")
            await super().arecord(entry)

    journal = Journal(tmp_path / "failover.journal")
    over = two(kind, Desk(next=[FUNDS]), journal=journal,
               each={"a": {"journal": Broken(tmp_path / "a.journal")}})  # fmt: skip
    with pytest.raises(
        NotRecorded, match=r"no funds.*could not be closed at a: the disk"
    ) as caught:
        over.buy(name="mine")
    assert caught.value.outcome is Outcome.REFUSED
    assert over.desks["b"].tried == 0
    known = journal.find("mine")
    assert known is not None
    assert known.is_open


# Gates


class Gate:
    """Says no to what goes to one venue."""

    def __init__(self, venue: str) -> None:
        self.venue = venue
        self.seen: list[tuple[str, Decimal]] = []

    @hookimpl
    def exchangekit_before_order(self, intent: Any) -> str | None:
        self.seen.append((intent.venue, intent.order.amount))
        return "too much there" if intent.venue == self.venue else None


def test_a_gate_sees_the_venue_that_is_chosen_and_stops_the_order_there(kind: str) -> None:
    gate = Gate("b")
    over = two(kind, Desk(next=[FUNDS]), each={key: {"hooks": [gate]} for key in "ab"})
    with pytest.raises(OrderVetoed) as caught:
        over.buy("2")
    assert gate.seen == [("a", Decimal(2)), ("b", Decimal(2))]
    assert caught.value.outcome is Outcome.NOT_SENT
    assert caught.value.venue == "b"
    assert over.desks["b"].tried == 0


# Nobody


def test_nobody_takes_it_and_each_says_why(kind: str) -> None:
    over = Over(kind, {"a": Desk(next=[FUNDS]), "b": Desk(next=[ACCESS]), "c": Desk(markets=[ETH])})
    with pytest.raises(NoVenue) as caught:
        over.buy(name="mine")
    error = caught.value
    assert {key: type(why) for key, why in error.reasons.items()} == {
        "a": InsufficientFunds, "b": errors.AccessRefused, "c": UnknownSymbol,
    }  # fmt: skip
    assert (error.outcome, error.venue, error.client_order_id) == (
        Outcome.REFUSED,
        "failover",
        "mine",
    )
    assert "no funds" in str(error)


def test_what_all_say_is_said_as_that(kind: str) -> None:
    over = two(kind, Desk(markets=[ETH]), Desk(markets=[ETH]))
    with pytest.raises(UnknownSymbol) as caught:
        over.buy()
    assert caught.value.outcome is Outcome.NOT_SENT
    over = two(kind, Desk(next=[FUNDS]), Desk(next=[FUNDS]))
    with pytest.raises(InsufficientFunds, match=r"a: no funds.*; b: no funds"):
        over.buy()


# Health


def test_a_venue_that_falls_ill_is_passed_over_until_a_probe_brings_it_back(kind: str) -> None:
    over = two(kind)
    over.buy()
    over.desks["a"].next = [PAUSE]
    assert over.buy().id == "b:1"
    assert over.is_open("a", Kind.TRADING)
    sent = len(over.desks["a"].seen)
    assert over.buy().id == "b:2"
    assert len(over.desks["a"].seen) == sent
    over.desks["b"].next = [PAUSE]
    with pytest.raises(NoVenue):
        over.buy()
    over.now += 5.0
    over.desks["b"].down = True
    assert over.buy().id == "a:2"  # nobody else is well: the probe is waited for
    assert not over.is_open("a", Kind.TRADING)
    said = over.told(HealthEvent)
    assert any("a trading: open" in one for one in said)
    assert "a trading: closed, healthy again" in said


def test_where_all_are_ill_nothing_is_sent_and_it_says_so(kind: str) -> None:
    over = two(kind, Desk(next=[PAUSE]), Desk(next=[PAUSE]))
    with pytest.raises(NoVenue):
        over.buy()
    with pytest.raises(NoVenue, match="passed over for") as caught:
        over.buy()
    assert caught.value.outcome is Outcome.NOT_SENT
    assert [desk.tried for desk in over.desks.values()] == [1, 1]


def test_a_key_that_one_venue_refuses_makes_it_ill_for_nothing_else(kind: str) -> None:
    over = two(kind, Desk(next=[ACCESS]))
    assert over.buy().id == "b:1"
    assert over.call("fetch_ticker", "BTC/USDT").venue == "a"
