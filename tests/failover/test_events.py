"""Whoever listens to a failover hears all of it, and can do it no harm."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime

import pytest

from exchangekit.failover.events import Events, FailoverEvent, OrderMoved


def moved(name: str) -> OrderMoved:
    return OrderMoved(name, "BTC/USDT", "a", "b", "away", 0.5, datetime.now(UTC))


def test_the_function_the_log_and_the_list_of_recent_ones_are_told(
    caplog: pytest.LogCaptureFixture,
) -> None:
    heard: list[FailoverEvent] = []
    events = Events(heard.append)
    with caplog.at_level(logging.INFO, "exchangekit.failover"):
        events.tell(moved("one"))
        events.tell(None)
    assert [str(event) for event in heard] == caplog.messages
    assert list(events.recent) == heard
    assert "order one (BTC/USDT) moves from a to b after 0.50 s: away" in caplog.text


def test_a_function_that_fails_is_logged_and_stops_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fails(event: FailoverEvent) -> None:
        raise RuntimeError("the listener's own")

    events = Events(fails)
    events.tell(moved("one"))
    events.tell(moved("two"))
    assert len(events.recent) == 2
    assert "the on_event function of the failover failed" in caplog.text


def test_each_who_iterates_hears_what_comes_from_then_on() -> None:
    async def inside() -> list[list[str]]:
        events = Events()
        events.tell(moved("before"))

        async def hear(count: int, ready: asyncio.Event) -> list[str]:
            names: list[str] = []
            told = events.follow()
            first = asyncio.ensure_future(anext(told))
            await asyncio.sleep(0)
            ready.set()
            event = await first
            while True:
                assert isinstance(event, OrderMoved)
                names.append(event.client_order_id)
                if len(names) == count:
                    await told.aclose()  # type: ignore[attr-defined]
                    return names
                event = await anext(told)

        ready = [asyncio.Event(), asyncio.Event()]
        heard = [asyncio.ensure_future(hear(2, one)) for one in ready]
        for one in ready:
            await one.wait()
        events.tell(moved("one"))
        await asyncio.to_thread(events.tell, moved("two"))
        names = [await one for one in heard]
        events.tell(moved("after"))
        return names

    assert asyncio.run(inside()) == [["one", "two"], ["one", "two"]]
