"""The processes of the checks of recovery are real ones, and what goes wrong in them is told."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from exchangekit_acme.adapter import AcmeAdapter
from exchangekit_acme.sim import AcmeDialect
from support.lives import EndsItsProcess, HandsOutWhatCannotBeTold, SaysWhereItRuns

from exchangekit.errors import InvalidInput, OrderNotFound
from exchangekit.testing import subject_of
from exchangekit.testing.lives import Lives
from exchangekit.testing.rig import Rig
from exchangekit.testing.runs import on_sim

both = pytest.mark.parametrize("mode", ["sync", "async"])


@pytest.fixture
def rigs() -> Iterator[Any]:
    opened = []

    def on(adapter: type[AcmeAdapter], mode: str = "sync") -> Any:
        opened.append(subject_of(adapter, AcmeDialect))
        return on_sim(opened[-1], mode)

    yield on
    for one in opened:
        one.stop()


def lost(rig: Rig, lives: Lives, *, before: bool) -> None:
    order = rig.symbol, "buy", rig.amount("200"), rig.price("0.8", "buy")
    lives.dies(
        "create_order", "create_limit_order", *order, client_order_id="lost001", before=before
    )


@both
def test_each_life_is_a_process_of_its_own(rigs: Any, mode: str) -> None:
    with rigs(SaysWhereItRuns, mode) as rig:
        lives, seen = Lives(rig), []
        for _ in range(3):
            seen.append(lives.fetch_ticker("BTC/USDT").last)
            assert lives.sent == ("fetch_markets", "fetch_ticker")
            assert lives.fetch_ticker("BTC/USDT").last == seen[-1]
            assert lives.sent == ("fetch_ticker",)
            lives.end()
        assert len(set(seen)) == 3
        assert os.getpid() not in seen
        assert rig.sent == []


def test_a_life_that_a_check_leaves_ends_with_its_rig(rigs: Any) -> None:
    with rigs(SaysWhereItRuns) as rig:
        left = int(Lives(rig).fetch_ticker("BTC/USDT").last)
    with rigs(SaysWhereItRuns) as rig:
        Lives(rig).fetch_ticker("BTC/USDT")  # begins when the last one is gone
    with pytest.raises(ProcessLookupError):
        os.kill(left, 0)


@both
def test_it_dies_before_anything_left_or_after_the_venue_took_it(rigs: Any, mode: str) -> None:
    with rigs(AcmeAdapter, mode) as rig:
        lives = Lives(rig)
        lost(rig, lives, before=True)
        assert rig.truth("lost001") is None
        with pytest.raises(OrderNotFound):
            lives.fetch_order(None, rig.symbol, client_order_id="lost001")
    with rigs(AcmeAdapter, mode) as rig:
        lost(rig, Lives(rig), before=False)
        assert rig.truth("lost001")["status"] == "open"


def test_who_does_not_die_is_told(rigs: Any) -> None:
    with rigs(AcmeAdapter) as rig, pytest.raises(AssertionError, match="nobody died over it"):
        Lives(rig).dies("create_order", "fetch_ticker", "BTC/USDT", before=True)


def test_time_is_the_same_in_all_processes(rigs: Any) -> None:
    with rigs(AcmeAdapter) as rig:
        lives, before = Lives(rig), rig.world.ms
        lives.fetch_ticker("BTC/USDT")
        assert rig.world.ms > before
        rig.wait(60)
        lives.fetch_balance()  # signed by a clock that did not stand still meanwhile
        assert rig.control.clock()["market_now"] == rig.world.ms


def test_an_error_says_where_in_the_new_process_it_came_from(rigs: Any) -> None:
    with rigs(AcmeAdapter) as rig, pytest.raises(InvalidInput) as caught:
        Lives(rig).fetch_ticker(7)
    assert "in a new process:\nTraceback" in caught.value.__notes__[0]


@pytest.mark.parametrize(
    ("adapter", "words"),
    [
        (EndsItsProcess, "ended by itself, with exit code 5"),
        (HandsOutWhatCannotBeTold, "cannot be handed over"),
        (type("Homeless", (AcmeAdapter,), {}), "cannot import"),
    ],
)
def test_what_cannot_be_told_fails_with_a_reason(
    rigs: Any, adapter: type[AcmeAdapter], words: str
) -> None:
    with rigs(adapter) as rig, pytest.raises(AssertionError, match=words):
        Lives(rig).fetch_ticker("BTC/USDT")
