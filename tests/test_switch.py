"""The dead man's switch: the operation, step by step, and the helper that keeps it up."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import threading
import warnings
from datetime import timedelta
from typing import Any

import pytest
from support.helpers import Either, run
from support.patience import PATIENCE
from support.stepper import stepping
from support.toy import START, START_MS, Script, ToyAdapter, lost, refusal, reply

from exchangekit import (
    ConfigurationError,
    Countdown,
    DeadMansSwitch,
    Exchange,
    SyncDeadMansSwitch,
    SyncExchange,
)
from exchangekit.adapter import Adapter
from exchangekit.errors import (
    BadReply,
    InvalidApiKey,
    InvalidInput,
    Outcome,
    OutcomeUnknown,
    RateLimited,
    Unsupported,
    VenueUnavailable,
)
from exchangekit.exchange import switch
from exchangekit.operations import Flow, Operations, answer
from exchangekit.runtime.effects import Sleep
from exchangekit.runtime.limits import Kind
from exchangekit.runtime.limits.base import kind_of

both = pytest.mark.parametrize("kind", ["sync", "async"])
ARMED, OFF = reply({"at": START_MS + 30_000}), reply({"at": None})
LATER = START + timedelta(seconds=30)


# The operation


@pytest.mark.parametrize("seconds", [10, 30, 60])
def test_a_countdown_is_armed_and_tells_when_it_ends(seconds: int) -> None:
    steps, made = stepping(Script([ARMED]))
    told = steps.run(made.cancel_all_after(seconds))
    assert (told.triggers, told.is_armed) == (LATER, True)
    assert steps.script.asked("/switch")[0]["n"] == str(seconds)


@pytest.mark.parametrize("off", [0, None])
def test_it_is_switched_off_by_no_seconds(off: int | None) -> None:
    steps, made = stepping(Script([OFF]))
    told = steps.run(made.cancel_all_after(off))
    assert (told.triggers, told.is_armed) == (None, False)
    assert steps.script.asked("/switch")[0]["n"] == "0"


@pytest.mark.parametrize(
    ("seconds", "said", "words"),
    [(30, OFF, "was to run, the reply says"), (0, ARMED, "was to be off, the reply says")],
)
def test_a_countdown_that_is_not_as_it_was_asked_for_is_unknown(
    seconds: int, said: Any, words: str
) -> None:
    steps, made = stepping(Script([said]))
    with pytest.raises(OutcomeUnknown, match=words) as caught:
        steps.run(made.cancel_all_after(seconds))
    assert isinstance(caught.value.__cause__, BadReply)


def test_a_lost_answer_is_unknown_sent_once_and_says_to_send_it_again() -> None:
    steps, made = stepping(Script([lost()]))
    with pytest.raises(OutcomeUnknown) as caught:
        steps.run(made.cancel_all_after(30))
    assert str(caught.value).endswith("Send it again: the newest one counts.")
    assert len(steps.sent) == 1


def test_a_limit_is_waited_for_and_it_is_sent_again_without_a_look() -> None:
    limited = refusal(-1003, "too many", status=429, retry_after="1")
    steps, made = stepping(Script([limited, ARMED]))
    assert steps.run(made.cancel_all_after(30)).triggers == LATER
    assert [one.path for one in steps.sent] == ["/switch", "/switch"]
    assert 1 in steps.sleeps


def test_what_it_needs_of_the_limits_is_kept_as_for_a_cancel() -> None:
    assert kind_of("cancel_all_after", None, changes=True) is Kind.CANCEL


class Without(ToyAdapter):
    cancel_all_after = Adapter.cancel_all_after


def test_a_venue_without_one_says_so_and_nothing_is_sent() -> None:
    steps, made = stepping(adapter=Without())
    with pytest.raises(Unsupported) as caught:
        steps.run(made.cancel_all_after(30))
    assert caught.value.outcome is Outcome.NOT_SENT
    assert steps.effects == []
    assert made.requires("cancel_all_after") == ("cancel_all_after",)


@pytest.mark.usefixtures("toy_venue")
@both
def test_both_kinds_have_it(kind: str) -> None:
    assert Either(kind, Script([ARMED])).call("cancel_all_after", 30).triggers == LATER
    with pytest.raises(InvalidInput):
        Either(kind).call("cancel_all_after", 61)


# When to renew


def test_it_is_renewed_at_a_third_of_its_time() -> None:
    pulse = switch._Pulse("toy", 30, 100.0)
    assert pulse.until == 130
    assert pulse.renewed(110.0) == 10
    assert pulse.until == 140


def test_a_failure_is_told_and_tried_again_soon_until_the_time_is_over_and_beyond(
    caplog: pytest.LogCaptureFixture,
) -> None:
    pulse, problem = switch._Pulse("toy", 30, 100.0), VenueUnavailable("it is away")
    assert [pulse.failed(problem, 110.0 + at) for at in range(6)] == [1, 2, 4, 8, 10, 10]
    assert "20 s are left: it is away" in caplog.messages[0]
    assert pulse.failed(problem, 130.0) == 10
    assert caplog.records[-1].levelno == logging.ERROR
    assert "has canceled every open order" in caplog.messages[-1]
    assert pulse.renewed(135.0) == 10
    assert "renewed again" in caplog.messages[-1]
    assert pulse.failed(problem, 136.0) == 1


# The helper


class Venue(Operations):
    """Notes what it is asked, and fails when it is told to."""

    venue = "toy"

    def __init__(self) -> None:
        self.asked: list[int | None] = []
        self.failures: list[Exception] = []
        self.renewed = threading.Event()
        self.enough = 5

    async def is_renewed(self) -> None:
        assert await asyncio.to_thread(self.renewed.wait, PATIENCE)

    def cancel_all_after(self, seconds: int | None) -> Flow[Countdown]:
        self.asked.append(seconds)
        if len(self.asked) >= self.enough:
            self.renewed.set()
        if self.failures:
            raise self.failures.pop(0)
        return answer(Countdown(triggers=LATER if seconds else None))


@pytest.fixture
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Renewed as often as the machine can, and tried again at once."""
    monkeypatch.setattr(switch, "PARTS", 30_000)
    monkeypatch.setattr(switch, "AGAIN_SECONDS", 0.0)


quick = pytest.mark.usefixtures("quickly")


class Body:
    """A switch around a body, sync or async in one way."""

    def __init__(self, kind: str, venue: Venue) -> None:
        self.kind = kind
        self.venue = venue

    def run(self, failure: BaseException | None = None, *, renewals: bool = True) -> Any:
        """Wait for renewals inside; then raise `failure`, if there is one. Gives the switch."""
        if self.kind == "sync":
            with SyncDeadMansSwitch(SyncExchange(self.venue), 30) as made:
                assert made.triggers == LATER
                if renewals:
                    assert self.venue.renewed.wait(PATIENCE)
                if failure is not None:
                    raise failure
            return made

        async def inside() -> Any:
            async with DeadMansSwitch(Exchange(self.venue), 30) as made:
                assert made.triggers == LATER
                if renewals:
                    await self.venue.is_renewed()
                if failure is not None:
                    raise failure
            return made

        return run(inside())


@quick
@both
def test_it_is_armed_renewed_and_switched_off_at_the_end(kind: str) -> None:
    venue = Venue()
    made = Body(kind, venue).run()
    assert venue.asked[-1] == 0
    assert set(venue.asked[:-1]) == {30}
    assert len(venue.asked) > 5
    assert made.triggers is None


@quick
@both
def test_a_renewal_that_is_under_way_has_ended_before_it_is_switched_off(kind: str) -> None:
    class Slow(Venue):
        def cancel_all_after(self, seconds: int | None) -> Flow[Countdown]:
            made = yield from super().cancel_all_after(seconds)
            if len(self.asked) > 1 and seconds:
                self.renewed.set()
                yield Sleep(0.05, "on its way")
                self.asked.append(-1)
            return made

    venue = Slow()
    venue.enough = 99
    Body(kind, venue).run()
    assert venue.asked[-2:] == [-1, 0]


@quick
@both
def test_a_body_that_ends_at_once_is_switched_off_too(kind: str) -> None:
    venue = Venue()
    Body(kind, venue).run(renewals=False)
    assert venue.asked[0] == 30
    assert venue.asked[-1] == 0


@quick
@both
@pytest.mark.parametrize(
    "failure", [ValueError("a defect"), KeyboardInterrupt(), SystemExit(1), VenueUnavailable("x")]
)
def test_a_body_that_raises_leaves_it_armed_and_says_so(
    kind: str, failure: BaseException, caplog: pytest.LogCaptureFixture
) -> None:
    venue = Venue()
    with pytest.raises(type(failure)):
        Body(kind, venue).run(failure)
    assert 0 not in venue.asked
    assert f"{type(failure).__name__} ended it" in caplog.text
    asked = len(venue.asked)
    threading.Event().wait(0.05)
    assert len(venue.asked) <= asked + 1, "nobody renews it any more"


@quick
def test_a_body_that_raises_ends_a_renewal_that_is_under_way() -> None:
    """It may arrive all the same; but nobody waits for it, and no task is left behind."""

    class Hangs(Venue):
        was_cut_off = False

        def cancel_all_after(self, seconds: int | None) -> Flow[Countdown]:
            made = yield from super().cancel_all_after(seconds)
            if len(self.asked) > 1:
                self.renewed.set()
                try:
                    yield Sleep(2 * PATIENCE, "on its way")
                except asyncio.CancelledError:
                    self.was_cut_off = True
                    raise
            return made

    venue = Hangs()

    async def fails() -> None:
        async with DeadMansSwitch(Exchange(venue), 30):
            await venue.is_renewed()
            raise ValueError("a defect")

    async def inside() -> None:
        before = asyncio.all_tasks()
        with pytest.raises(ValueError, match="a defect"):
            await fails()
        if left := asyncio.all_tasks() - before:
            await asyncio.wait(left, timeout=PATIENCE)
        assert venue.was_cut_off

    run(inside())
    assert venue.asked == [30, 30]


@both
def test_a_switch_that_is_not_in_use_is_left_without_a_word(kind: str) -> None:
    venue = Venue()
    if kind == "sync":
        made = SyncDeadMansSwitch(SyncExchange(venue), 30)
        made.__exit__(None, None, None)
        with made:
            pass
        made.__exit__(None, None, None)
    else:

        async def inside() -> None:
            made = DeadMansSwitch(Exchange(venue), 30)
            await made.__aexit__(None, None, None)
            async with made:
                pass
            await made.__aexit__(None, None, None)

        run(inside())
    assert venue.asked == [30, 0]


@quick
def test_a_cancelled_task_leaves_it_armed() -> None:
    venue = Venue()

    async def inside() -> None:
        async with DeadMansSwitch(Exchange(venue), 30):
            await asyncio.sleep(PATIENCE)

    async def outside() -> None:
        task = asyncio.create_task(inside())
        await venue.is_renewed()
        task.cancel()
        await asyncio.wait([task])
        assert task.cancelled()

    run(outside())
    assert 0 not in venue.asked


@quick
@both
def test_renewals_that_fail_are_tried_again(kind: str, caplog: pytest.LogCaptureFixture) -> None:
    problems = [OutcomeUnknown("?"), InvalidApiKey("?"), RuntimeError("?")]

    class FailsLater(Venue):
        def cancel_all_after(self, seconds: int | None) -> Flow[Countdown]:
            if self.asked and problems:
                self.failures.append(problems.pop())
            return super().cancel_all_after(seconds)

    venue = FailsLater()
    venue.enough = 9
    Body(kind, venue).run()
    assert caplog.text.count("was not renewed") == 3
    assert caplog.text.count("renewed again") == 1
    assert venue.asked[-1] == 0


@quick
@both
def test_arming_is_tried_three_times_and_then_raised(kind: str) -> None:
    venue = Venue()
    venue.failures = [OutcomeUnknown("?"), RateLimited("?")]
    Body(kind, venue).run(renewals=False)
    assert venue.asked[:3] == [30, 30, 30]
    venue = Venue()
    venue.failures = [OutcomeUnknown("?") for _ in range(3)]
    with pytest.raises(OutcomeUnknown) as caught:
        Body(kind, venue).run()
    assert venue.asked == [30, 30, 30]
    assert "cancels every open order of the account within 30 s" in caught.value.__notes__[0]


@quick
@both
def test_what_no_second_try_will_change_is_raised_at_once(kind: str) -> None:
    venue = Venue()
    venue.failures = [InvalidApiKey("?")]
    with pytest.raises(InvalidApiKey):
        Body(kind, venue).run()
    assert venue.asked == [30]


@quick
@both
def test_switching_off_is_tried_three_times_and_then_raised(kind: str) -> None:
    class NeverOff(Venue):
        def cancel_all_after(self, seconds: int | None) -> Flow[Countdown]:
            if seconds == 0:
                self.failures.append(VenueUnavailable("away"))
            return super().cancel_all_after(seconds)

    venue = NeverOff()
    with pytest.raises(VenueUnavailable) as caught:
        Body(kind, venue).run()
    assert venue.asked[-3:] == [0, 0, 0]
    assert caught.value.__notes__


@pytest.mark.parametrize("seconds", [0, -1, True, 30.0, None, "30"])
def test_a_switch_has_whole_seconds(seconds: Any) -> None:
    for kind in (DeadMansSwitch, SyncDeadMansSwitch):
        with pytest.raises(InvalidInput, match="expected a whole number above 0"):
            kind(Exchange(Venue()), seconds)


def test_a_switch_is_used_once_at_a_time() -> None:
    made = SyncDeadMansSwitch(SyncExchange(Venue()), 30)
    with made, pytest.raises(ConfigurationError, match="in use"):
        made.__enter__()
    with made:
        assert made.triggers == LATER

    async def twice() -> None:
        other = DeadMansSwitch(Exchange(Venue()), 30)
        async with other:
            with pytest.raises(ConfigurationError, match="in use"):
                await other.__aenter__()
        async with other:
            assert other.triggers == LATER

    run(twice())


# In a child


def _forked() -> bool:
    with warnings.catch_warnings():
        # To fork beside threads is what is tested here.
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork() == 0


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
@quick
@both
def test_a_child_neither_renews_it_nor_switches_it_off(kind: str) -> None:
    """The child leaves the body by its end, as a worker that was forked inside may."""
    reading, writing = os.pipe()
    venue = Venue()

    def tell(left: bool) -> None:
        os.write(writing, json.dumps([venue.asked, left]).encode())
        os._exit(0)

    def sync_body() -> None:
        child = left = False
        try:
            with SyncDeadMansSwitch(SyncExchange(venue), 30):
                child = _forked()
                if child:
                    venue.asked.clear()
                    threading.Event().wait(0.05)
            left = True
        finally:
            if child:
                tell(left)

    async def async_body() -> None:
        child = left = False
        try:
            async with DeadMansSwitch(Exchange(venue), 30) as made:
                child = _forked()
                if child:
                    venue.asked.clear()
                    # Python 3.11 runs no loop in a child; should another one, it ends by itself.
                    step = made._keep(switch._Pulse("toy", 30, 0.0))
                    made._stopped = not_stopped  # type: ignore[method-assign]
                    with pytest.raises(StopIteration):
                        step.send(None)
            left = True
        finally:
            if child:
                tell(left)

    async def not_stopped(pause: float) -> bool:
        return False

    if kind == "sync":
        sync_body()
    else:
        run(async_body())
    os.close(writing)
    told = os.read(reading, 65536)
    os.close(reading)
    os.wait()
    assert json.loads(told) == [[], True], "the child leaves the body by its end"
    assert venue.asked[-1] == 0, "the parent's goes on as it was"
