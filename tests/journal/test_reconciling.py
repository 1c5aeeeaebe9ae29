"""After a restart: every change that the journal left open is found out, and none is sent again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from exchangekit_binance.sim import BinanceDialect
from support.helpers import run
from support.patience import PATIENCE, eventually
from support.traders import KEYS

from exchangekit import (
    ConfigurationError,
    Journal,
    OrderStatus,
    OutcomeUnknown,
    Proof,
    Timeouts,
    connect,
    connect_sync,
)
from exchangekit.exchange import Exchange
from exchangekit.journal import journal_files, state_folder
from exchangekit.sim import SimulatedVenue

both = pytest.mark.parametrize("kind", ["sync", "async"])
ASKED = ("BTC/USDT", "buy", "0.001")


@pytest.fixture
def venue() -> Iterator[SimulatedVenue]:
    keys = {"key": KEYS["binance"]["api_key"], "secret": KEYS["binance"]["secret"]}
    with SimulatedVenue(BinanceDialect, **keys) as running:
        yield running


def options(venue: SimulatedVenue, **more: Any) -> dict[str, Any]:
    return {"base_url": venue.url, "env_file": None, **KEYS["binance"], **more}


def hasty(venue: SimulatedVenue) -> Any:
    """A program that does not find out what it lost, as one that is killed."""
    return connect_sync("binance", **options(venue, resolve=False))


def lose(venue: SimulatedVenue, operation: str, at: str) -> None:
    venue.control.add_faults([{"action": "drop", "at": at, "operation": operation}])


def reconciled(kind: str, venue: SimulatedVenue, **more: Any) -> Any:
    if kind == "sync":
        with connect_sync("binance", **options(venue, **more)) as exchange:
            return exchange.reconcile()

    async def inside() -> Any:
        exchange: Exchange
        async with connect("binance", **options(venue, **more)) as exchange:
            return await exchange.reconcile()

    return run(inside())


def sent(venue: SimulatedVenue) -> list[str]:
    return [one["operation"] for one in venue.control.requests()]


@both
def test_each_change_that_was_left_open_is_told(kind: str, venue: SimulatedVenue) -> None:
    with hasty(venue) as exchange:
        rests = exchange.create_limit_order(*ASKED, "50000", client_order_id="rests1")
        for name, at, price in (("there2", "after", "200000"), ("gone3", "before", "50000")):
            lose(venue, "create_order", at)
            with pytest.raises(OutcomeUnknown):
                exchange.create_limit_order(*ASKED, price, client_order_id=name)
        lose(venue, "cancel_order", "after")
        with pytest.raises(OutcomeUnknown):
            exchange.cancel_order(rests.id, "BTC/USDT")
    before = sent(venue).count("create_order"), sent(venue).count("cancel_order")
    there, gone, canceled = reconciled(kind, venue)
    assert there.request.client_order_id == "there2"
    assert there.resolution.order.status is OrderStatus.CLOSED
    assert sum(fill.amount for fill in there.fills) == there.resolution.order.filled
    assert "0.00100000 filled" in str(there)
    assert gone.resolution.proof is Proof.RECHECKED
    assert gone.verdict == "never existed (proof: rechecked)"
    assert canceled.resolution.order.status is OrderStatus.CANCELED
    assert all(one.is_known for one in (there, gone, canceled))
    assert (sent(venue).count("create_order"), sent(venue).count("cancel_order")) == before
    assert reconciled(kind, venue) == (), "what is told is closed"
    (file,) = journal_files(state_folder())
    states = {one.intent.change.client_order_id: one.state for one in Journal(file).all()}
    assert (states["there2"], states["gone3"]) == ("done", "absent")


@both
def test_what_cannot_be_told_stays_open(kind: str, venue: SimulatedVenue) -> None:
    with hasty(venue) as exchange:
        lose(venue, "create_order", "before")
        with pytest.raises(OutcomeUnknown):
            exchange.create_limit_order(*ASKED, "50000", client_order_id="gone3")
    strange = {"action": "status", "status": 503, "operation": "fetch_order", "count": 0}
    venue.control.add_faults([strange])
    venue.control.clock(advance_ms=3_600_000)
    (one,) = reconciled(kind, venue, timeouts=Timeouts(1, 1, 1.5, 2), max_wait=1)
    assert not one.is_known
    assert "looking for it failed" in one.problem
    venue.control.clear_faults()
    (one,) = reconciled(kind, venue)
    assert one.is_known


@both
def test_without_a_journal_there_is_nothing_to_reconcile_with(
    kind: str, venue: SimulatedVenue
) -> None:
    with pytest.raises(ConfigurationError, match="this exchange has no journal"):
        reconciled(kind, venue, journal=None)


@both
def test_a_journal_with_orders_of_another_account_is_no_trouble(
    kind: str, venue: SimulatedVenue, tmp_path: Any
) -> None:
    shared = Journal(tmp_path / "shared.journal")
    venue.control.key("second-key-of-another-account", secret="s" * 64, account="second")
    venue.control.deposit("second", "USDT", "1000")
    other = {"api_key": "second-key-of-another-account", "secret": "s" * 64}
    with connect_sync(
        "binance", **options(venue, resolve=False, journal=shared) | other
    ) as exchange:
        lose(venue, "create_order", "after")
        with pytest.raises(OutcomeUnknown):
            exchange.create_limit_order(*ASKED, "50000", client_order_id="theirs1")
    assert reconciled(kind, venue, journal=shared) == ()
    assert [one.state for one in shared.open_intents()] == ["unknown"]
    shared.close()


KILLED = """
import sys
from exchangekit import connect_sync
keys = dict(api_key=sys.argv[2], secret=sys.argv[3], env_file=None)
exchange = connect_sync("binance", base_url=sys.argv[1], **keys)
exchange.create_limit_order("BTC/USDT", "buy", "0.001", "50000", client_order_id="killed1")
"""


@pytest.mark.parametrize("moment", ["arrival", "acceptance", "reply"])
@both
def test_what_a_killed_process_left_behind_is_found_out(
    kind: str, moment: str, venue: SimulatedVenue
) -> None:
    """With SIGKILL, while its order is on its way, being taken, or its answer on the way back."""
    slow = {"action": "delay", "at": moment, "operation": "create_order", "seconds": 3600}
    venue.control.add_faults([slow])
    keys = [KEYS["binance"]["api_key"], KEYS["binance"]["secret"]]
    killed = subprocess.Popen([sys.executable, "-c", KILLED, venue.url, *keys])
    assert eventually(lambda: "create_order" in sent(venue))
    os.kill(killed.pid, signal.SIGKILL)
    killed.wait(PATIENCE)
    (one,) = reconciled(kind, venue)
    assert one.is_known
    held = [order["client_id"] for order in venue.control.orders()]
    if one.resolution.order is None:
        assert held == []
    else:
        assert (held, one.resolution.order.client_order_id) == (["killed1"], "killed1")
    assert sent(venue).count("create_order") == 1
