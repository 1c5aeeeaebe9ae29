"""A store of limits outside the process takes the place of the kit's own, under the same policy."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable
from typing import Any

import pytest
from support.hears import Hears
from support.helpers import async_toy, run, sync_toy
from support.stepper import Stepper, policy
from support.toy import (
    AsyncToy,
    Script,
    get,
    lost,
    not_connected,
    refusal,
    reply,
)

from exchangekit.adapter import Call, Cost, LimitScope, Origin, Outgoing, Reply
from exchangekit.errors import Banned, OutcomeUnknown, RateLimited
from exchangekit.runtime.effects import Flow, Send, Sleep
from exchangekit.runtime.limits import Hold, Kind, Limits

pytestmark = pytest.mark.usefixtures("toy_venue")
both = pytest.mark.parametrize("kind", ["sync", "async"])

STORE = Origin("http://limits.invalid")
ORDER = ("BTC/USDT", "limit", "buy", "1", "10")


class StoreLimits:
    """Asks a server for every answer, over the transport that serves the venue, too."""

    def reserve(self, costs: tuple[Cost, ...], kind: Kind) -> Flow[Hold | None]:
        said = yield from self._ask("/reserve", [*(cost.counter for cost in costs), kind])
        return None if said is None else Hold(float(said["seconds"]), banned=said["banned"])

    def observe(
        self, counter: str, used: int, scope: LimitScope, seconds: float | None = None
    ) -> Flow[None]:
        yield from self._ask("/observe", [counter, used, scope])

    def pause(self, costs: tuple[Cost, ...], seconds: float) -> Flow[None]:
        yield from self._ask("/pause", [[cost.counter for cost in costs], seconds])

    def stop(self, scope: LimitScope, seconds: float) -> Flow[None]:
        yield from self._ask("/stop", [scope, seconds])

    def _ask(self, path: str, told: Any) -> Flow[Any]:
        answer: Reply = yield Send(
            Outgoing(STORE, "POST", path, (), json.dumps(told).encode()), 1.0
        )
        return json.loads(answer.body)


class Store:
    """The server: `holds` are its next answers to /reserve; `asked` is what it was told."""

    def __init__(self, *holds: dict[str, Any]) -> None:
        self.holds = list(holds)
        self.asked: list[tuple[str, Any]] = []
        self.fails: dict[str, BaseException] = {}

    def __call__(self, outgoing: Outgoing) -> Reply:
        assert outgoing.origin == STORE
        assert not outgoing.headers, "the store is no venue: it gets no key"
        self.asked.append((outgoing.path, json.loads(outgoing.body)))
        if outgoing.path in self.fails:
            raise self.fails[outgoing.path]
        return reply(self.holds.pop(0) if outgoing.path == "/reserve" and self.holds else None)

    def told(self, path: str) -> list[Any]:
        return [told for at, told in self.asked if at == path]

    def script(self, *answers: Any) -> Script:
        paths = ("/reserve", "/observe", "/pause", "/stop")
        return Script(list(answers), standing=dict.fromkeys(paths, self))


def call(kind: str, script: Script, operation: str, *args: Any, **options: Any) -> Any:
    """One operation of an exchange whose limits stand in the store."""
    limits: Limits = StoreLimits()
    if kind == "sync":
        with sync_toy(script, **options) as exchange:
            use(exchange, limits)
            return getattr(exchange, operation)(*args)

    async def inside() -> Any:
        async with async_toy(script, **options) as exchange:
            use(exchange, limits)
            return await getattr(exchange, operation)(*args)

    return run(inside())


def use(exchange: Any, limits: Limits) -> None:
    made = exchange._operations.connection.policy
    made.limits = made._throttle.limits = limits


@both
def test_the_store_is_asked_before_every_request_and_told_what_the_venue_says(kind: str) -> None:
    store = Store()
    script = store.script(reply({"id": "7"}, x_toy_used="40"))
    assert call(kind, script, "create_order", *ORDER).id == "7"
    assert store.told("/reserve")[-1] == ["weight", "orders", "change"]
    assert store.told("/observe") == [["weight", 40, "ip"]]


def test_what_the_store_holds_back_waits_for_as_long_as_it_says() -> None:
    store = Store({"seconds": 0.5, "banned": False}, {"seconds": 0.25, "banned": False})
    steps = Stepper(store.script(reply({"last": "1"})))
    made = policy(limits=StoreLimits())
    steps.run(made.call("fetch_ticker", Call(get("/ticker"), lambda reply: reply.body)))
    assert steps.sleeps == [0.5, 0.25]
    assert len(store.told("/reserve")) == 3


@both
@pytest.mark.parametrize(("banned", "error"), [(False, RateLimited), (True, Banned)])
def test_what_the_store_holds_back_for_too_long_is_refused_here(
    kind: str, banned: bool, error: type[RateLimited]
) -> None:
    store = Store({"seconds": 60.0, "banned": banned})
    with pytest.raises(error) as caught:
        call(kind, store.script(), "fetch_status")
    assert type(caught.value) is error
    assert caught.value.retry_after == 60.0


@both
def test_a_refusal_for_too_many_and_a_ban_reach_the_store_as_spans_of_time(kind: str) -> None:
    store = Store()
    limited = refusal(-1003, "too many", status=429, retry_after="0")
    banned = refusal(-1003, "banned", status=418, retry_after="77")
    absent = refusal(-2013, "no such order")
    with pytest.raises(Banned):
        call(kind, store.script(limited, absent, banned), "create_order", *ORDER)
    assert store.told("/pause") == [[["weight", "orders"], 0.0]]
    assert store.told("/stop") == [["ip", 77.0]]


@both
@pytest.mark.parametrize("failure", [lost(), not_connected(), RuntimeError("a defect")])
def test_a_store_that_fails_after_the_reply_hides_no_order(
    kind: str, failure: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    store = Store()
    store.fails["/observe"] = failure
    script = store.script(reply({"id": "7"}, x_toy_used="40"))
    with caplog.at_level(logging.ERROR, "exchangekit.waits"):
        assert call(kind, script, "create_order", *ORDER).id == "7"
    assert "the limits could not be told what is used" in caplog.text


@both
def test_a_store_that_fails_when_told_of_a_refusal_hides_no_refusal(
    kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    store = Store()
    store.fails["/pause"] = lost()
    limited = [refusal(-1003, "too many", status=429, retry_after="0")] * 3
    with caplog.at_level(logging.ERROR, "exchangekit.waits"), pytest.raises(OutcomeUnknown) as told:
        call(kind, store.script(*limited), "create_order", *ORDER)
    assert "too many" in str(told.value)
    assert "the limits could not be told of a refusal" in caplog.text


@both
def test_a_store_that_cannot_be_asked_stops_the_request_before_it_leaves(kind: str) -> None:
    store = Store()
    heard = Hears()
    store.fails["/reserve"] = RuntimeError("the store is gone")
    with pytest.raises(RuntimeError, match="the store is gone"):
        call(kind, store.script(), "fetch_markets", hooks=[heard])


class HeldStore(AsyncToy):
    """Answers everything but what is told of used weights: that hangs."""

    def __init__(self, script: Script) -> None:
        super().__init__(script)
        self.reached = asyncio.Event()

    async def send(self, outgoing: Outgoing, timeout: float) -> Reply:
        if outgoing.path == "/observe":
            self.reached.set()
            await asyncio.Event().wait()
        return await super().send(outgoing, timeout)


def test_a_task_cancelled_while_the_store_is_told_is_told_with_its_order() -> None:
    async def inside() -> None:
        store, heard = Store(), Hears()
        script = store.script(reply({"id": "7"}, x_toy_used="40"))
        transport = HeldStore(script)
        async with async_toy(script, transport=transport, hooks=[heard]) as exchange:
            use(exchange, StoreLimits())
            task = asyncio.create_task(exchange.create_order(*ORDER))
            await transport.reached.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        (event,) = heard.events
        assert event.outcome is None
        assert event.order is not None
        assert event.order.id == "7"

    run(inside())


def test_the_local_counters_ask_for_nothing_but_the_time() -> None:
    from exchangekit.runtime.effects import Now
    from exchangekit.runtime.limits import LocalLimits, ScopeLimits

    costs = (Cost("weight", 1, 1, 10.0),)
    made, steps = LocalLimits(ScopeLimits(), ScopeLimits()), Stepper()
    flows: list[Callable[[], Flow[Any]]] = [
        lambda: made.reserve(costs, Kind.CANCEL),
        lambda: made.observe("weight", 5, LimitScope.IP),
        lambda: made.pause(costs, 3.0),
        lambda: made.stop(LimitScope.IP, 4.0),
    ]
    for flow in flows:
        steps.run(flow())
    assert {type(effect) for effect in steps.effects} == {Now}
    assert steps.run(made.reserve(costs, Kind.CANCEL)) == Hold(4.0, banned=True)


def test_spans_begin_when_they_are_told_whatever_the_clock_says() -> None:
    """Two processes whose clocks started at other times hold back for the same span."""
    from exchangekit.runtime.limits import LocalLimits, ScopeLimits

    costs = (Cost("weight", 1, 1, 10.0),)
    for begins in (0.0, 5.0, 1e9):
        steps, made = Stepper(now=begins), LocalLimits(ScopeLimits(), ScopeLimits())
        steps.run(made.pause(costs, 3.0))
        steps.now += 1.0
        held = steps.run(made.reserve(costs, Kind.CANCEL))
        assert held is not None
        assert held.seconds == pytest.approx(2.0)
        assert not held.banned


def test_two_flows_of_one_store_go_on_beside_each_other() -> None:
    """A store is asked without a lock over the question: flows do not wait for each other."""
    store = Store()
    steps, limits = Stepper(store.script()), StoreLimits()
    first, second = limits.reserve((), Kind.CANCEL), limits.reserve((), Kind.CANCEL)
    effects = [next(first), next(second)]
    assert all(isinstance(effect, Send) for effect in effects)
    for flow, effect in zip((second, first), reversed(effects), strict=True):
        with pytest.raises(StopIteration):
            flow.send(steps._carry_out(effect))
    assert not [effect for effect in steps.effects if isinstance(effect, Sleep)]
