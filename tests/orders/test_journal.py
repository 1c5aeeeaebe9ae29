"""What is written down of a change: its intent and fence before it leaves, its outcome after."""

from __future__ import annotations

import asyncio
import logging
from contextlib import closing
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from support.hears import Hears
from support.helpers import async_toy, run, sync_toy
from support.stepper import Stepper, policy
from support.toy import (
    KEY,
    SECRET,
    START,
    AsyncToy,
    MarketRow,
    Script,
    SyncToy,
    lost,
    market_of,
    not_connected,
    query,
    refusal,
    reply,
)

from exchangekit import Exchange, OrderEvent, SyncExchange
from exchangekit.adapter import Call, Credentials, Outgoing, Reply
from exchangekit.adapter.decode import utc
from exchangekit.errors import (
    ConnectionFailed,
    InsufficientFunds,
    InvalidOrder,
    NotRecorded,
    OrderNotFound,
    Outcome,
    OutcomeUnknown,
)
from exchangekit.models import (
    CancelAllRequest,
    CancelReport,
    CancelRequest,
    LimitOrder,
    Order,
    Side,
)
from exchangekit.orders import change
from exchangekit.runtime.drivers import AsyncDriver, SyncDriver
from exchangekit.runtime.effects import Effect, Now, Record, Send
from exchangekit.runtime.journal import Ended, Entry, Sending
from exchangekit.runtime.policy import Policy

pytestmark = pytest.mark.usefixtures("toy_venue")
both = pytest.mark.parametrize("kind", ["sync", "async"])

ORDER = ("BTC/USDT", "limit", "buy", "1", "10")
TAKEN = reply({"id": "7"})
MINE = LimitOrder(
    symbol="BTC/USDT", side=Side.BUY, amount=Decimal(1), price=Decimal(10), client_order_id="mine1"
)


class Journal:
    """Notes its entries, and how many requests had gone out when each came."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.entries: list[Entry] = []
        self.sent_before: list[int] = []
        self.failure: Exception | None = None

    def write(self, entry: Entry) -> None:
        self.sent_before.append(len(self.script.private))
        if self.failure is not None:
            raise self.failure
        self.entries.append(entry)


class SyncJournal(Journal):
    def record(self, entry: Entry) -> None:
        self.write(entry)


class AsyncJournal(Journal):
    async def record(self, entry: Entry) -> None:
        await asyncio.sleep(0)
        self.write(entry)


def written_by(exchange: SyncExchange | Exchange, journal: Any) -> Any:
    """`exchange`, whose driver writes into `journal`."""
    exchange._driver.journal = journal
    return exchange


def call(kind: str, journal: Journal, operation: str, *args: Any, **named: Any) -> Any:
    """One operation of an exchange that writes into `journal`, answered by its script."""
    hooks = named.pop("hooks", ())
    if kind == "sync":
        with written_by(sync_toy(journal.script, hooks=hooks), journal) as exchange:
            return getattr(exchange, operation)(*args, **named)

    async def inside() -> Any:
        async with written_by(async_toy(journal.script, hooks=hooks), journal) as exchange:
            return await getattr(exchange, operation)(*args, **named)

    return run(inside())


def journal_of(kind: str, *answers: Any, **standing: Any) -> Journal:
    script = Script(list(answers), standing={"/" + path: one for path, one in standing.items()})
    return (SyncJournal if kind == "sync" else AsyncJournal)(script)


# What is written, and when


@both
def test_an_order_is_written_with_its_fence_before_it_leaves_and_its_outcome_after(
    kind: str,
) -> None:
    journal = journal_of(kind, TAKEN)
    order = call(kind, journal, "create_order", *ORDER, client_order_id="mine1")
    sending, ended = journal.entries
    assert isinstance(sending, Sending)
    assert isinstance(ended, Ended)
    assert journal.sent_before == [0, 1]
    assert sending.intent is ended.intent
    assert sending.intent.operation == "create_order"
    assert isinstance(sending.intent.change, LimitOrder)
    assert sending.intent.change.client_order_id == "mine1"
    assert sending.intent.account.venue == "toy"
    assert sending.intent.account.environment == "live"
    assert sending.intent.account.key_digest == Credentials(KEY, SECRET).key_digest
    assert sending.fence is not None
    assert timedelta(seconds=1) < sending.fence - START < timedelta(seconds=10)
    assert (ended.outcome, ended.result, ended.error) == (None, order, None)


@both
def test_every_attempt_is_written_before_it_leaves_and_the_end_once(kind: str) -> None:
    limited = refusal(-1003, "too many", status=429, retry_after="0")
    journal = journal_of(kind, limited, refusal(-2013, "not there"), TAKEN)
    call(kind, journal, "create_order", *ORDER)
    assert [type(entry) for entry in journal.entries] == [Sending, Sending, Ended]
    assert [entry.attempt for entry in journal.entries[:2]] == [1, 2]  # type: ignore[union-attr]
    assert journal.sent_before == [0, 2, 3]


ABSENT = refusal(-2013, "not there")


@both
@pytest.mark.parametrize(
    ("answers", "error", "outcome", "sendings"),
    [
        ([refusal(-2010, "no money"), ABSENT], InsufficientFunds, Outcome.REFUSED, 1),
        ([lost()], OutcomeUnknown, Outcome.UNKNOWN, 1),
        ([reply(b"<html>")], OutcomeUnknown, Outcome.UNKNOWN, 1),
    ],
    ids=["refused", "lost", "unreadable"],
)
def test_whatever_the_end_it_is_written_with_what_is_known(
    kind: str, answers: list[Any], error: type[Exception], outcome: Outcome, sendings: int
) -> None:
    hears, journal = Hears(), journal_of(kind, *answers)
    with pytest.raises(error) as caught:
        call(kind, journal, "create_order", *ORDER, hooks=[hears])
    ended = journal.entries[-1]
    assert isinstance(ended, Ended)
    assert len(journal.entries) == sendings + 1
    assert (ended.outcome, ended.error) == (outcome, caught.value)
    (event,) = hears.events
    assert (event.operation, event.outcome, event.error) == ("create_order", outcome, caught.value)


@both
def test_a_cancel_is_written_and_told_as_an_order_is(kind: str) -> None:
    hears, journal = Hears(), journal_of(kind, reply({"id": "7", "status": "canceled"}))
    order = call(kind, journal, "cancel_order", "7", "BTC/USDT", hooks=[hears])
    sending, ended = journal.entries
    asked = CancelRequest(symbol="BTC/USDT", id="7")
    assert isinstance(sending, Sending)
    assert isinstance(ended, Ended)
    assert (sending.intent.operation, sending.intent.change) == ("cancel_order", asked)
    assert (ended.outcome, ended.result) == (None, order)
    (event,) = hears.events
    assert (event.operation, event.request, event.order) == ("cancel_order", asked, order)
    assert event.outcome is None


@both
def test_a_cancel_whose_answer_is_lost_is_unknown_to_all_who_listen(kind: str) -> None:
    hears, journal = Hears(), journal_of(kind, lost())
    with pytest.raises(OutcomeUnknown):
        call(kind, journal, "cancel_order", None, "BTC/USDT", client_order_id="a", hooks=[hears])
    ended = journal.entries[-1]
    assert isinstance(ended, Ended)
    assert ended.outcome is hears.events[0].outcome is Outcome.UNKNOWN
    assert hears.events[0].client_order_id == "a"


@both
def test_every_batch_of_a_cancel_of_all_is_written_and_told(kind: str) -> None:
    rows = [{"id": str(number)} for number in range(3)]
    hears = Hears()
    journal = journal_of(
        kind,
        reply({"0": True, "1": True}),
        refusal(-2013, "gone"),
        open=reply({"rows": rows}),
    )
    report = call(kind, journal, "cancel_all_orders", "BTC/USDT", hooks=[hears])
    first, second = [entry for entry in journal.entries if isinstance(entry, Ended)]
    assert first.intent.change == CancelAllRequest(symbol="BTC/USDT", ids=("0", "1"))
    assert second.intent.change == CancelAllRequest(symbol="BTC/USDT", ids=("2",))
    assert (first.outcome, second.outcome) == (None, Outcome.REFUSED)
    assert isinstance(second.error, OrderNotFound)
    assert isinstance(first.result, CancelReport)
    assert [event.report for event in hears.events] == [first.result, None]
    assert [order.id for order in report.canceled] == ["0", "1"]


@both
@pytest.mark.parametrize(
    ("operation", "given"),
    [
        ("fetch_order", ("7", "BTC/USDT")),
        ("test_order", ORDER),
        ("raw_request", ("POST", "/order")),
    ],
)
def test_nothing_else_is_written(kind: str, operation: str, given: tuple[Any, ...]) -> None:
    journal = journal_of(kind, **{"order/test": reply({}), "order": TAKEN})
    call(kind, journal, operation, *given)
    assert journal.entries == []


@both
def test_what_is_refused_here_leaves_no_entry(kind: str) -> None:
    journal = journal_of(kind)
    with pytest.raises(InvalidOrder, match="below the minimum"):
        call(kind, journal, "create_order", "BTC/USDT", "limit", "buy", "0.0001", "10")
    assert journal.entries == []


# Between the stamp and the send


def test_nothing_but_the_time_comes_between_the_entry_and_the_bytes() -> None:
    steps = Stepper(Script([TAKEN]))
    made = policy(None, Credentials(KEY, SECRET))
    steps.run(change(made, lambda event: None, "create_order", MINE, placed(made, MINE)))
    at = next(i for i, effect in enumerate(steps.effects) if isinstance(effect, Record))
    after = [type(effect) for effect in steps.effects[at + 1 : at + 3]]
    assert after == [Now, Send]
    last = steps.effects[-1]
    assert isinstance(last, Record)
    assert isinstance(last.entry, Ended)
    assert steps.effects[at].entry.fence == fence_of(steps.sent[0])  # type: ignore[union-attr]


def fence_of(sent: Outgoing) -> Any:
    asked = query(sent)
    return utc(int(asked["timestamp"]) + int(asked["recvWindow"]))


def placed(made: Policy, order: LimitOrder) -> Call[Order]:
    return made.adapter.create_order(market_of(MarketRow("BTC/USDT")), order)


@pytest.mark.parametrize(
    ("reached", "outcome"), [(Record, Outcome.NOT_SENT), (Send, Outcome.UNKNOWN)]
)
def test_a_flow_that_is_thrown_away_tells_what_is_known(
    reached: type[Effect], outcome: Outcome
) -> None:
    steps, heard = Stepper(Script([TAKEN])), list[OrderEvent]()
    made = policy(None, Credentials(KEY, SECRET))
    flow = change(made, heard.append, "create_order", MINE, placed(made, MINE))
    effect = next(flow)
    while not (isinstance(effect, reached) and "/time" not in repr(effect)):
        effect = flow.send(steps._carry_out(effect))
    flow.close()
    assert [event.outcome for event in heard] == [outcome]


# Cancelled and interrupted


class Held:
    """An async transport that holds one kind of request until it is let go."""

    name = "held"

    def __init__(self, script: Script, path: str) -> None:
        self.script, self.path = script, path
        self.reached = asyncio.Event()

    async def send(self, outgoing: Outgoing, timeout: float) -> Reply:
        if outgoing.path == self.path:
            self.reached.set()
            await asyncio.Event().wait()
        return self.script.answer(outgoing)

    async def aclose(self) -> None:
        return None


@pytest.mark.parametrize(
    ("operation", "args"), [("create_order", ORDER), ("cancel_order", ("7", "BTC/USDT"))]
)
def test_a_task_cancelled_in_flight_is_written_and_told_as_unknown(
    operation: str, args: tuple[Any, ...]
) -> None:
    async def inside() -> None:
        script, hears = Script(), Hears()
        transport, journal = Held(script, "/order"), AsyncJournal(script)
        made = written_by(async_toy(script, transport=transport, hooks=[hears]), journal)
        async with made as exchange:
            task = asyncio.create_task(getattr(exchange, operation)(*args))
            await transport.reached.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        sending, ended = journal.entries
        assert isinstance(sending, Sending)
        assert isinstance(ended, Ended)
        assert ended.outcome is hears.events[0].outcome is Outcome.UNKNOWN
        assert isinstance(ended.error, asyncio.CancelledError)

    run(inside())


def test_a_task_cancelled_before_it_left_is_written_and_told_as_not_sent() -> None:
    async def inside() -> None:
        script, hears = Script(), Hears()
        transport, journal = Held(script, "/time"), AsyncJournal(script)
        made = written_by(async_toy(script, transport=transport, hooks=[hears]), journal)
        async with made as exchange:
            task = asyncio.create_task(exchange.create_order(*ORDER))
            await transport.reached.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        (ended,) = journal.entries
        assert isinstance(ended, Ended)
        assert ended.outcome is hears.events[0].outcome is Outcome.NOT_SENT

    run(inside())


def test_a_ctrl_c_in_flight_is_written_and_told_as_unknown() -> None:
    hears, journal = Hears(), journal_of("sync", KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        call("sync", journal, "create_order", *ORDER, hooks=[hears])
    ended = journal.entries[-1]
    assert isinstance(ended, Ended)
    assert ended.outcome is hears.events[0].outcome is Outcome.UNKNOWN


class Between:
    """A flow in which a Ctrl-C comes when the reply is there and before the flow has it."""

    def __init__(self, flow: Any) -> None:
        self.flow = flow
        self.struck = False

    def __next__(self) -> Any:
        return next(self.flow)

    def send(self, answer: Any) -> Any:
        if isinstance(answer, Reply) and b'"7"' in answer.body and not self.struck:
            self.struck = True
            raise KeyboardInterrupt
        return self.flow.send(answer)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.flow, name)


def carried_out(kind: str, loop: asyncio.AbstractEventLoop, script: Script, flow: Any) -> None:
    if kind == "sync":
        SyncDriver(SyncToy(script)).run(flow)
    else:
        loop.run_until_complete(AsyncDriver(AsyncToy(script)).run(flow))


@both
def test_a_ctrl_c_between_two_steps_is_told_as_unknown_at_once_and_names_the_order(
    kind: str,
) -> None:
    heard, script = list[OrderEvent](), Script([TAKEN])
    made = policy(None, Credentials(KEY, SECRET))
    flow: Any = Between(change(made, heard.append, "create_order", MINE, placed(made, MINE)))
    with closing(asyncio.new_event_loop()) as loop, pytest.raises(KeyboardInterrupt) as caught:
        carried_out(kind, loop, script, flow)
    assert [event.outcome for event in heard] == [Outcome.UNKNOWN]
    assert vars(caught.value)["client_order_id"] == "mine1"
    assert caught.value.__notes__ == ["create_order, client order id mine1: unknown"]


def test_a_cancelled_task_names_the_order_that_the_kit_named() -> None:
    async def inside() -> None:
        script, hears = Script(), Hears()
        transport = Held(script, "/order")
        async with async_toy(script, transport=transport, hooks=[hears]) as exchange:
            task = asyncio.create_task(exchange.create_order(*ORDER))
            await transport.reached.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError) as caught:
                await task
        name = vars(caught.value)["client_order_id"]
        assert name.startswith("ek")
        assert name == hears.events[0].client_order_id

    run(inside())


# A journal that fails


@both
def test_an_order_that_cannot_be_written_down_is_not_sent(kind: str) -> None:
    hears, journal = Hears(), journal_of(kind, TAKEN)
    journal.failure = OSError(28, "No space left on device")
    with pytest.raises(NotRecorded, match="No space left on device") as caught:
        call(kind, journal, "create_order", *ORDER, hooks=[hears])
    assert journal.script.private == []
    assert caught.value.outcome is Outcome.NOT_SENT
    assert "Nothing was sent." in str(caught.value)
    assert [event.outcome for event in hears.events] == [Outcome.NOT_SENT]


@both
def test_a_cancel_goes_out_whatever_the_journal_does(
    kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    journal = journal_of(kind, reply({"id": "7", "status": "canceled"}))
    journal.failure = OSError(28, "No space left on device")
    with caplog.at_level(logging.ERROR, "exchangekit.orders"):
        assert call(kind, journal, "cancel_order", "7", "BTC/USDT").id == "7"
    assert "the journal could not be told of cancel_order" in caplog.text
    assert "the journal could not be told how cancel_order ended" in caplog.text


@both
def test_what_the_venue_did_reaches_the_caller_although_its_end_cannot_be_written(
    kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    def then_fail(outgoing: Outgoing) -> Reply:
        journal.failure = OSError(5, "Input/output error")
        return TAKEN

    hears, journal = Hears(), journal_of(kind, then_fail)
    with caplog.at_level(logging.ERROR, "exchangekit.orders"):
        order = call(kind, journal, "create_order", *ORDER, hooks=[hears])
    assert order.id == "7"
    assert [event.order for event in hears.events] == [order]
    assert "the journal could not be told how create_order ended" in caplog.text


@both
def test_an_order_that_never_connected_is_written_as_not_sent(kind: str) -> None:
    journal = journal_of(kind, not_connected(), not_connected(), not_connected())
    with pytest.raises(ConnectionFailed):
        call(kind, journal, "create_order", *ORDER)
    ended = journal.entries[-1]
    assert isinstance(ended, Ended)
    assert ended.outcome is Outcome.NOT_SENT
