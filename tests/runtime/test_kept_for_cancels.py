"""Whoever reads as fast as the venue allows can still cancel at once, and starves nobody else."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

import pytest
from support.helpers import async_toy, run, sync_toy
from support.toy import Script, reply

from exchangekit import WaitEvent, hookimpl
from exchangekit.errors import RateLimited

pytestmark = pytest.mark.usefixtures("toy_venue")

ORDER = ("BTC/USDT", "limit", "buy", "1", "10")
# The toy venue counts 100 a minute; a read needs the markets first.
STANDING: dict[str, Any] = {"/ticker": reply({"last": "1"}), "/order": reply({"id": "7"})}


class Waits:
    def __init__(self) -> None:
        self.heard: list[WaitEvent] = []

    @hookimpl
    def exchangekit_on_wait(self, event: WaitEvent) -> None:
        self.heard.append(event)


def script() -> Script:
    return Script(standing=dict(STANDING))


def test_a_cancel_goes_out_at_once_after_reads_have_used_up_what_they_may() -> None:
    made, waits = script(), Waits()
    with sync_toy(made, max_wait=0, hooks=[waits]) as exchange:
        with suppress(RateLimited):
            for _ in range(200):
                exchange.fetch_ticker("BTC/USDT")
        assert len(made.asked("/ticker")) < 91
        for _ in range(4):
            exchange.create_order(*ORDER)
        for _ in range(4):
            exchange.cancel_order("7", "BTC/USDT")
        with pytest.raises(RateLimited):
            exchange.fetch_ticker("BTC/USDT")
    assert waits.heard == []


def test_a_cancel_of_a_fresh_connection_gets_its_markets_although_reads_are_used_up() -> None:
    made = script()
    with sync_toy(made, max_wait=0) as exchange, suppress(RateLimited):
        for _ in range(200):
            exchange.fetch_ticker("BTC/USDT")
    with sync_toy(made, max_wait=0) as other:
        assert other.cancel_order("7", "BTC/USDT").id == "7"


def test_asking_again_and_again_what_is_refused_here_lets_other_tasks_run() -> None:
    async def inside() -> int:
        ran = 0

        async def beside() -> None:
            nonlocal ran
            while True:
                ran += 1
                await asyncio.sleep(0)

        async with async_toy(script(), max_wait=0) as exchange:
            with suppress(RateLimited):
                for _ in range(200):
                    await exchange.fetch_ticker("BTC/USDT")
            task = asyncio.create_task(beside())
            await asyncio.sleep(0)
            before = ran
            for _ in range(50):
                with pytest.raises(RateLimited):
                    await exchange.fetch_ticker("BTC/USDT")
            task.cancel()
            return ran - before

    assert run(inside()) >= 50
