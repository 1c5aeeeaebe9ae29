"""The two drivers: the same effects, work shared among waiters, nothing lost on the way out."""

from __future__ import annotations

import asyncio
import gc
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from support.hears import Hears
from support.helpers import async_toy as open_async
from support.helpers import run, sync_toy
from support.patience import PATIENCE, eventually
from support.toy import START, START_MS, AsyncToy, Script, SyncToy, not_connected, refusal, reply

from exchangekit.adapter import Origin, Outgoing, Reply
from exchangekit.adapter.credentials import AccountId
from exchangekit.errors import (
    ConfigurationError,
    Outcome,
    OutcomeUnknown,
    RateLimited,
)
from exchangekit.models import LimitOrder, Side
from exchangekit.runtime import drivers
from exchangekit.runtime.drivers import AsyncDriver, SyncDriver
from exchangekit.runtime.effects import Background, Entropy, Flow, Now, Record, Send, Shared, Sleep
from exchangekit.runtime.journal import Asked, Intent

pytestmark = pytest.mark.usefixtures("toy_venue")

ORDER = LimitOrder(symbol="BTC/USDT", side=Side.BUY, amount=Decimal(1), price=Decimal(1))
OUT = Outgoing(Origin("http://toy.invalid"), "GET", "/x", ())


def carry(kind: str, make: Callable[[], Flow[Any]], script: Script | None = None) -> Any:
    """A flow's result under one of the drivers."""
    if kind == "sync":
        driver = SyncDriver(SyncToy(script or Script()))
        try:
            return driver.run(make())
        finally:
            driver.close()

    async def inside() -> Any:
        driver = AsyncDriver(AsyncToy(script or Script()))
        try:
            return await driver.run(make())
        finally:
            await driver.aclose()

    return run(inside())


both = pytest.mark.parametrize("kind", ["sync", "async"])


@both
def test_every_effect_is_answered(kind: str) -> None:
    def flow() -> Flow[Any]:
        began = yield Now()
        yield Sleep(0.02, "test")
        ended = yield Now()
        dice = yield Entropy(16)
        other = yield Entropy(16)
        answer = yield Send(OUT, 1.0)

        def inner() -> Flow[str]:
            yield Now()
            return "shared"

        shared = yield Shared("key", inner)
        return ended - began, dice, other, answer, shared

    waited, dice, other, answer, shared = carry(kind, flow, Script([reply({"a": 1})]))
    assert waited >= 0.02
    assert len(dice) == 16
    assert dice != other
    assert answer.body == b'{"a": 1}'
    assert shared == "shared"


@both
def test_a_failed_effect_is_thrown_into_the_flow_which_goes_on(kind: str) -> None:
    def flow() -> Flow[Any]:
        try:
            yield Send(OUT, 1.0)
        except Exception as problem:
            again = yield Send(OUT, 1.0)
            return str(problem), again.status

    told, status = carry(kind, flow, Script([not_connected(), reply({})]))
    assert told == "no connection (refused)"
    assert status == 200


@both
def test_the_errors_of_a_background_flow_are_its_own(
    kind: str, recwarn: pytest.WarningsRecorder
) -> None:
    done = threading.Event()

    def failing() -> Flow[None]:
        yield Now()
        done.set()
        raise RuntimeError("nobody asked")

    def flow() -> Flow[str]:
        yield Background(failing())
        for _ in range(100):
            if done.is_set():
                break
            yield Sleep(0.005, "test")
        return "fine"

    assert carry(kind, flow) == "fine"
    assert done.is_set()
    gc.collect()
    assert not recwarn.list


def test_sync_and_async_send_the_same() -> None:
    def script() -> Script:
        return Script([refusal(-1021), reply({"id": "7"}), reply({"id": "7"})])

    sync, other = _an_afternoon("sync", script()), _an_afternoon("async", script())
    assert sync == other
    assert [path for _, path, _ in sync] == [
        *("/markets", "/time", "/order", "/time", "/order", "/order")
    ]


def _an_afternoon(kind: str, script: Script) -> list[tuple[str, str, list[str]]]:
    """What goes out when an order meets a clock error and is then fetched, but for the stamps."""
    order = ("BTC/USDT", "limit", "buy", "1", "10")
    if kind == "sync":
        with sync_toy(script) as exchange:
            exchange.create_order(*order, client_order_id="mine")
            exchange.fetch_order("7", "BTC/USDT")
    else:

        async def inside() -> None:
            async with open_async(script) as exchange:
                await exchange.create_order(*order, client_order_id="mine")
                await exchange.fetch_order("7", "BTC/USDT")

        run(inside())
    return [(one.method, one.path, _names(one)) for one in script.seen]


def _names(outgoing: Outgoing) -> list[str]:
    return [pair.partition("=")[0] for pair in outgoing.target.partition("?")[2].split("&")]


# Sharing


class Slow(SyncToy):
    """Takes its time, so that threads meet."""

    def send(self, outgoing: Outgoing, timeout: float) -> Reply:
        time.sleep(0.05)
        return super().send(outgoing, timeout)


class SlowAsync(AsyncToy):
    async def send(self, outgoing: Outgoing, timeout: float) -> Reply:
        await asyncio.sleep(0.05)
        return await super().send(outgoing, timeout)


class Silent(AsyncToy):
    """Answers when it is told to."""

    def __init__(self, script: Script) -> None:
        super().__init__(script)
        self.under_way, self.answers = asyncio.Event(), asyncio.Event()

    async def send(self, outgoing: Outgoing, timeout: float) -> Reply:
        self.under_way.set()
        await self.answers.wait()
        return await super().send(outgoing, timeout)


class Met(SyncToy):
    """Answers when so many other threads wait for what is asked."""

    def __init__(self, script: Script, others: int, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__(script)
        self.others, self.waiting = others, 0
        met = self

        class Counted(threading.Event):
            def wait(self, timeout: float | None = None) -> bool:
                met.waiting += 1
                return super().wait(timeout)

        class Result(drivers._Result):
            def __init__(self) -> None:
                super().__init__()
                self.done = Counted()

        monkeypatch.setattr(drivers, "_Result", Result)

    def send(self, outgoing: Outgoing, timeout: float) -> Reply:
        assert eventually(lambda: self.waiting == self.others)
        return super().send(outgoing, timeout)


def together(work: Callable[..., Any], *each: Any) -> list[Any]:
    """`work` on several threads at once: what each returned or raised. `each` are arguments, one
    for each thread; without them eight call it with none."""
    arguments: list[tuple[Any, ...]] = [(one,) for one in each] or [()] * 8
    count = len(arguments)
    results: list[Any] = [None] * count

    def one(at: int) -> None:
        try:
            results[at] = work(*arguments[at])
        except Exception as problem:
            results[at] = problem

    threads = [threading.Thread(target=one, args=(at,)) for at in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
        assert not thread.is_alive()
    return results


def test_threads_that_need_the_markets_load_them_once() -> None:
    script = Script()
    with sync_toy(transport=Slow(script)) as exchange:
        markets = together(exchange.load_markets)
    assert len(script.asked("/markets")) == 1
    assert all(found is markets[0] for found in markets)


def test_tasks_that_need_the_markets_load_them_once() -> None:
    script = Script()

    async def inside() -> Any:
        async with open_async(transport=SlowAsync(script)) as exchange:
            return await asyncio.gather(*(exchange.load_markets() for _ in range(8)))

    markets = run(inside())
    assert len(script.asked("/markets")) == 1
    assert all(found is markets[0] for found in markets)


def test_threads_that_need_the_time_ask_once() -> None:
    script = Script(standing={"/balance": reply({})})
    with sync_toy(transport=Slow(script)) as exchange:
        together(exchange.fetch_balance)
    assert len(script.asked("/time")) == 1
    assert len(script.asked("/balance")) == 8


@both
def test_a_shared_failure_is_had_once_and_each_waiter_gets_an_error_of_its_own(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = Script(standing={"/markets": reply(b"oops", 404)})

    def asked(exchange: Any, at: int) -> Any:
        if at % 2:
            return exchange.create_limit_order("BTC/USDT", "buy", "1", "10")
        return exchange.fetch_ticker("BTC/USDT")

    if kind == "sync":
        with sync_toy(transport=Met(script, 5, monkeypatch)) as exchange:
            half = together(lambda at: asked(exchange, at), *range(6))
    else:

        async def inside() -> Any:
            async with open_async(transport=SlowAsync(script)) as exchange:
                calls = [asked(exchange, at) for at in range(6)]
                return await asyncio.gather(*calls, return_exceptions=True)

        half = run(inside())
    assert len(script.asked("/markets")) == 1
    assert len({id(error) for error in half}) == 6
    outcomes = sorted(str(error.outcome) for error in half)
    assert outcomes == ["None"] * 3 + ["not sent"] * 3
    for error in half:
        failed_first = "fetch_markets, which comes first, failed" in str(error)
        assert failed_first is (error.operation == "create_order")


def test_when_the_thread_that_leads_is_interrupted_another_takes_over() -> None:
    driver = SyncDriver(SyncToy(Script()))
    leading, release = threading.Event(), threading.Event()
    runs: list[int] = []

    def work() -> Flow[str]:
        runs.append(1)
        yield Now()
        if len(runs) == 1:
            leading.set()
            release.wait(PATIENCE)
            raise KeyboardInterrupt
        return "done"

    def flow() -> Flow[str]:
        result: str = yield Shared("key", work)
        return result

    interrupted: list[BaseException] = []

    def leader() -> None:
        try:
            driver.run(flow())
        except KeyboardInterrupt as problem:
            interrupted.append(problem)

    first = threading.Thread(target=leader)
    first.start()
    leading.wait(PATIENCE)
    second: list[str] = []
    follower = threading.Thread(target=lambda: second.append(driver.run(flow())))
    follower.start()
    time.sleep(0.02)
    release.set()
    first.join(PATIENCE)
    follower.join(PATIENCE)
    assert interrupted
    assert second == ["done"]


def test_a_task_that_leaves_does_not_take_the_answer_from_the_others() -> None:
    script = Script()

    async def inside() -> Any:
        transport = Silent(script)
        async with open_async(transport=transport) as exchange:
            first = asyncio.create_task(exchange.load_markets())
            second = asyncio.create_task(exchange.load_markets())
            await transport.under_way.wait()
            first.cancel()
            transport.answers.set()
            markets = await second
            with pytest.raises(asyncio.CancelledError):
                await first
            return markets

    assert "BTC/USDT" in run(inside())
    assert len(script.asked("/markets")) == 1


# Cancellation


class Stuck(AsyncToy):
    """Orders are never answered."""

    def __init__(self, script: Script) -> None:
        super().__init__(script)
        self.under_way = asyncio.Event()

    async def send(self, outgoing: Outgoing, timeout: float) -> Reply:
        if outgoing.method != "POST":
            return await super().send(outgoing, timeout)
        self.under_way.set()
        await asyncio.sleep(60)
        raise AssertionError("unreachable")


def test_cancelling_an_order_under_way_reaches_the_caller_and_the_observer_hears_unknown() -> None:
    hears = Hears()

    async def inside() -> None:
        transport = Stuck(Script())
        async with open_async(transport=transport, hooks=[hears]) as exchange:
            order = asyncio.create_task(
                exchange.create_limit_order("BTC/USDT", "buy", "1", "10", client_order_id="mine")
            )
            await asyncio.wait_for(transport.under_way.wait(), PATIENCE)
            order.cancel()
            with pytest.raises(asyncio.CancelledError):
                await order

    run(inside())
    (event,) = hears.events
    assert event.outcome is Outcome.UNKNOWN
    assert event.order is None
    assert event.request.client_order_id == "mine"
    assert isinstance(event.error, asyncio.CancelledError)


def test_a_ctrl_c_during_an_order_reaches_the_caller_and_the_observer_hears_unknown() -> None:
    hears = Hears()
    script = Script([KeyboardInterrupt()])
    with (
        sync_toy(script, hooks=[hears]) as exchange,
        pytest.raises(KeyboardInterrupt),
    ):
        exchange.create_limit_order("BTC/USDT", "buy", "1", "10")
    assert [event.outcome for event in hears.events] == [Outcome.UNKNOWN]


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (reply({"id": "7"}), None),
        (refusal(-2010, "balance"), Outcome.REFUSED),
        (refusal(-1007, "?", 504), Outcome.UNKNOWN),
        (refusal(-1003, "", 429, retry_after="60"), Outcome.REFUSED),
    ],
)
def test_the_observer_hears_how_every_order_ended(answer: Reply, outcome: Outcome | None) -> None:
    hears = Hears()
    looked = refusal(-2013, "not there")
    with sync_toy(Script([answer, looked]), hooks=[hears]) as exchange:
        if outcome is None:
            exchange.create_limit_order("BTC/USDT", "buy", "1", "10")
        else:
            with pytest.raises((OutcomeUnknown, RateLimited, Exception)) as caught:
                exchange.create_limit_order("BTC/USDT", "buy", "1", "10")
            assert hears.events[0].error is caught.value
    (event,) = hears.events
    assert event.outcome is outcome
    assert (event.order is not None) is (outcome is None)
    assert event.venue == "toy"


# Closing


def test_a_closed_exchange_says_so() -> None:
    exchange = sync_toy()
    exchange.close()
    with pytest.raises(ConfigurationError, match="this exchange is closed"):
        exchange.fetch_time()


def test_a_closed_async_exchange_says_so() -> None:
    async def inside() -> None:
        exchange = open_async()
        await exchange.aclose()
        with pytest.raises(ConfigurationError, match="this exchange is closed"):
            await exchange.fetch_time()

    run(inside())


def test_leaving_the_block_closes_the_transport() -> None:
    transport = SyncToy(Script())
    with sync_toy(transport=transport):
        pass
    assert transport.closed

    async def inside() -> bool:
        other = AsyncToy(Script())
        async with open_async(transport=other):
            pass
        return other.closed

    assert run(inside())


def test_closing_ends_shared_work_and_its_waiters_learn_why() -> None:
    async def inside() -> BaseException | None:
        transport = Silent(Script())
        exchange = open_async(transport=transport)
        loading = asyncio.create_task(exchange.load_markets())
        await transport.under_way.wait()
        await exchange.aclose()
        await asyncio.wait([loading])
        return loading.exception()

    problem = run(inside())
    assert isinstance(problem, ConfigurationError)
    assert "closed" in str(problem)


@both
def test_a_request_that_is_tried_again_after_closing_is_not_sent(kind: str) -> None:
    script = Script([not_connected()] * 3)

    def flow(driver: Any) -> Flow[Any]:
        driver._closed = True
        result = yield Send(OUT, 1.0)
        return result

    if kind == "sync":
        driver = SyncDriver(SyncToy(script))
        with pytest.raises(Exception, match="closed"):
            driver.run(flow(driver))
    else:

        async def inside() -> None:
            driver = AsyncDriver(AsyncToy(script))
            with pytest.raises(Exception, match="closed"):
                await driver.run(flow(driver))

        run(inside())
    assert script.seen == []


def test_closing_does_not_wait_for_background_work() -> None:
    driver = SyncDriver(SyncToy(Script()))
    release, ended = threading.Event(), threading.Event()

    def waits() -> Flow[None]:
        yield Now()
        release.wait(PATIENCE)
        ended.set()

    def flow() -> Flow[None]:
        yield Background(waits())

    driver.run(flow())
    driver.close()
    assert not ended.is_set(), "closing has waited"
    release.set()
    assert ended.wait(PATIENCE)


# Threads


def test_one_sync_exchange_serves_many_threads() -> None:
    script = Script(standing={"/ticker": reply({"last": "10"}), "/balance": reply({})})
    with sync_toy(script) as exchange:

        def work() -> int:
            for _ in range(4):
                exchange.fetch_ticker("BTC/USDT")
                exchange.fetch_balance()
            return 1

        assert together(work) == [1] * 8
    assert len(script.asked("/ticker")) == 32
    assert len(script.asked("/balance")) == 32


def test_iterating_asks_for_no_more_than_is_taken() -> None:
    first = START - timedelta(minutes=20)
    script = Script(standing={"/candles": reply([[START_MS - 20 * 60_000]])})
    with sync_toy(script) as exchange:
        bars = exchange.iter_ohlcv("BTC/USDT", since=first)
        assert script.seen == []
        assert next(bars).timestamp == first
        assert len(script.asked("/candles")) == 1
        assert list(bars) == []
        assert len(script.asked("/candles")) >= 5


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_an_entry_is_not_made_where_no_journal_wants_it(kind: str) -> None:
    def flow() -> Flow[str]:
        def entry() -> Any:
            raise AssertionError("it is not looked at")

        assert (yield Record(later=entry)) is None
        return "done"

    assert carry(kind, flow) == "done"


def test_an_entry_is_made_once_however_often_it_is_looked_at() -> None:
    asked = Asked(Intent(AccountId("toy", "live", "http://toy.invalid"), "create_order", ORDER))
    made: list[Asked] = []

    def later() -> Asked:
        made.append(asked)
        return asked

    record = Record(later=later)
    assert record.entry is record.entry is asked
    assert len(made) == 1
    assert record == Record(asked)
    assert (hash(record), repr(record)) == (hash(Record(asked)), repr(Record(asked)))
