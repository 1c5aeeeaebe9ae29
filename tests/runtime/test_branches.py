"""Flows side by side, each on its own driver: results, errors, and who is given up."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest

from exchangekit.errors import InvalidInput
from exchangekit.exchange.facade import _AsyncNowhere, _SyncNowhere
from exchangekit.runtime.drivers import AsyncDriver, SyncDriver
from exchangekit.runtime.effects import First, Flow, Now, On, Sleep, Together

KINDS = ("sync", "async")
LONG = 1e6
both = pytest.mark.parametrize("kind", KINDS)


def driver(kind: str) -> Any:
    return SyncDriver(_SyncNowhere()) if kind == "sync" else AsyncDriver(_AsyncNowhere())


def run(kind: str, flow: Flow[Any]) -> Any:
    told = driver(kind).run(flow)
    return told if kind == "sync" else asyncio.run(told)


def on(kind: str, flow: Flow[Any]) -> On:
    return On(driver(kind), flow)


def says(result: Any, begun: list[Any] | None = None) -> Flow[Any]:
    """Ends with `result`, or raises it."""
    if begun is not None:
        begun.append(result)
    yield Now()
    if isinstance(result, BaseException):
        raise result
    return result


def together(branches: list[On]) -> Flow[Any]:
    return (yield Together(branches))


def first(branches: list[On], after: float = LONG) -> Flow[Any]:
    return (yield First(branches, after))


# Together


@both
def test_all_come_to_their_ends_in_their_places(kind: str) -> None:
    problem, other = InvalidInput("one"), ValueError("two")
    flows = [on(kind, says(one)) for one in (1, problem, None, other, 5)]
    assert run(kind, together(flows)) == [1, problem, None, other, 5]
    assert run(kind, together([on(kind, says(other))])) == [other]
    assert run(kind, together([on(kind, says(7))])) == [7]


def test_sync_they_run_at_the_same_time() -> None:
    meeting = threading.Barrier(3)

    def meets(number: int) -> Flow[int]:
        meeting.wait()
        yield Now()
        return number

    assert run("sync", together([on("sync", meets(one)) for one in range(3)])) == [0, 1, 2]


def test_async_they_run_at_the_same_time() -> None:
    async def at_once() -> list[Any]:
        arrived: list[int] = []
        everybody = asyncio.Event()

        class Meeting(AsyncDriver):
            async def run(self, flow: Flow[Any]) -> Any:
                arrived.append(1)
                if len(arrived) == 3:
                    everybody.set()
                await everybody.wait()
                return await super().run(flow)

        branches = [On(Meeting(_AsyncNowhere()), says(one)) for one in range(3)]
        told: list[Any] = await AsyncDriver(_AsyncNowhere()).run(together(branches))
        return told

    assert asyncio.run(at_once()) == [0, 1, 2]


def test_sync_a_ctrl_c_in_the_own_branch_is_raised() -> None:
    with pytest.raises(KeyboardInterrupt):
        run("sync", together([on("sync", says(1)), on("sync", says(KeyboardInterrupt()))]))


@pytest.mark.parametrize("effect", [together, first])
def test_async_who_is_cancelled_cancels_all(effect: Any) -> None:
    ended: list[str] = []

    def sleeps(name: str, started: asyncio.Event) -> Flow[None]:
        started.set()
        try:
            yield Sleep(LONG, "for ever")
        finally:
            ended.append(name)

    async def inside() -> None:
        started = [asyncio.Event(), asyncio.Event()]
        branches = [on("async", sleeps(str(number), one)) for number, one in enumerate(started)]
        flow = effect(branches) if effect is together else effect(branches, 0.001)
        task = asyncio.create_task(AsyncDriver(_AsyncNowhere()).run(flow))
        for one in started:
            await one.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(inside())
    assert sorted(ended) == ["0", "1"]


# First


@both
def test_the_first_that_answers_is_the_only_one_that_began(kind: str) -> None:
    begun: list[Any] = []
    flows = [on(kind, says(one, begun)) for one in (1, 2, 3)]
    assert run(kind, first(flows)) == [1, None, None]
    assert begun == [1]
    for one in flows:
        one.flow.close()


@both
def test_the_next_begins_where_one_has_failed(kind: str) -> None:
    problem, begun = InvalidInput("no"), []
    flows = [on(kind, says(one, begun)) for one in (problem, ValueError("no"), 3, 4)]
    told = run(kind, first(flows))
    assert told[0] is problem
    assert isinstance(told[1], ValueError)
    assert told[2:] == [3, None]
    assert begun[2:] == [3]


@both
def test_where_all_fail_each_says_why(kind: str) -> None:
    problems = [InvalidInput("one"), InvalidInput("two")]
    assert run(kind, first([on(kind, says(one)) for one in problems])) == problems


def test_sync_the_next_begins_where_one_is_slow() -> None:
    let_go = threading.Event()

    def waits() -> Flow[int]:
        let_go.wait()
        yield Now()
        return 1

    try:
        told = run("sync", first([on("sync", waits()), on("sync", says(2))], 0.001))
    finally:
        let_go.set()
    assert told == [None, 2]


def test_async_the_next_begins_where_one_is_slow_and_the_slow_one_is_given_up() -> None:
    given_up: list[bool] = []

    def waits() -> Flow[int]:
        try:
            yield Sleep(LONG, "for ever")
        except asyncio.CancelledError:
            given_up.append(True)
            raise
        return 1

    assert run("async", first([on("async", waits()), on("async", says(2))], 0.001)) == [None, 2]
    assert given_up == [True]


@both
def test_an_answer_of_the_slow_one_counts_as_well(kind: str) -> None:
    """The second fails; the first, which was slow, is waited for all the same."""
    second_began = threading.Event()

    def slow() -> Flow[int]:
        while not second_began.is_set():
            yield Sleep(0.001, "until the second has begun")
        return 1

    def fails() -> Flow[int]:
        second_began.set()
        yield Now()
        raise InvalidInput("no")

    told = run(kind, first([on(kind, slow()), on(kind, fails())], 0.001))
    assert told[0] == 1


@both
def test_a_result_that_is_nothing_is_not_an_answer(kind: str) -> None:
    """None is "given up": no read of the kit answers None, and another is asked."""
    assert run(kind, first([on(kind, says(None)), on(kind, says(2))])) == [None, 2]


@both
@pytest.mark.parametrize("nothing", [0, "", (), {}])
def test_a_result_that_is_empty_is_an_answer(kind: str, nothing: Any) -> None:
    assert run(kind, together([on(kind, says(nothing))])) == [nothing]
    second = on(kind, says(2))
    assert run(kind, first([on(kind, says(nothing)), second])) == [nothing, None]
    second.flow.close()
