"""An order that was handed to a venue before is never handed to another one because that venue is
away now: not by a restarted program either."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from support.traders import KEYS

from exchangekit import NoVenue, Outcome, OutcomeUnknown, SyncFailover, connect_sync
from exchangekit.plugins import installed
from exchangekit.sim import SimulatedVenue

AWAY = {"action": "maintenance", "count": 0}


@pytest.fixture
def venues() -> Iterator[dict[str, SimulatedVenue]]:
    with ExitStack() as stack:
        yield {
            name: stack.enter_context(
                SimulatedVenue(
                    installed().simulated()[name],
                    key=KEYS[name]["api_key"],
                    secret=KEYS[name]["secret"],
                )
            )
            for name in ("binance", "mexc")
        }


def restarted(venues: dict[str, SimulatedVenue]) -> SyncFailover:
    """A failover as a program makes it that was started anew."""
    keys: dict[str, Any] = dict(KEYS)
    return SyncFailover(
        [
            connect_sync(name, base_url=venue.url, resolve=False, **keys[name])
            for name, venue in venues.items()
        ]
    )


def place(failover: SyncFailover) -> None:
    failover.create_limit_order("BTC/USDT", "buy", "0.001", "50000", client_order_id="once1")


def ledgers(venues: dict[str, SimulatedVenue]) -> list[tuple[str, object]]:
    return [
        (name, order["client_id"])
        for name, venue in venues.items()
        for order in venue.control.orders()
    ]


@pytest.mark.parametrize("away", [["binance"], ["binance", "mexc"]], ids=["one", "both"])
def test_what_is_unknown_at_a_venue_stays_there_while_it_is_away(
    venues: dict[str, SimulatedVenue], away: list[str]
) -> None:
    lost = {"action": "drop", "at": "after", "operation": "create_order"}
    venues["binance"].control.set_faults([lost])
    with restarted(venues) as failover, pytest.raises(OutcomeUnknown):
        place(failover)
    for name in away:
        venues[name].control.set_faults([AWAY])
    with restarted(venues) as failover, pytest.raises(OutcomeUnknown) as told:
        place(failover)
    assert told.value.outcome is Outcome.UNKNOWN
    assert ledgers(venues) == [("binance", "once1")]

    for name in away:
        venues[name].control.clear_faults()
    with restarted(venues) as failover:
        place(failover)
    assert ledgers(venues) == [("binance", "once1")]


def test_what_nobody_could_be_asked_for_was_never_sent_and_may_be_asked_for_again(
    venues: dict[str, SimulatedVenue],
) -> None:
    for venue in venues.values():
        venue.control.set_faults([AWAY])
    with restarted(venues) as failover, pytest.raises(NoVenue) as told:
        place(failover)
    assert told.value.outcome is Outcome.NOT_SENT
    assert set(told.value.reasons) == {"binance", "mexc"}
    for venue in venues.values():
        venue.control.clear_faults()
    with restarted(venues) as failover:
        place(failover)
    assert ledgers(venues) == [("binance", "once1")]


def test_an_order_that_took_all_the_money_is_not_placed_elsewhere_for_want_of_it(
    venues: dict[str, SimulatedVenue],
) -> None:
    venues["binance"].control.set_balance("main", "USDT", "60")
    for _ in range(2):
        with restarted(venues) as failover:
            place(failover)
    assert ledgers(venues) == [("binance", "once1")]
    venues["mexc"].control.set_balance("main", "USDT", "10")
    with restarted(venues) as failover:
        place(failover)
    assert ledgers(venues) == [("binance", "once1")]


def test_a_venue_that_does_not_even_tell_the_balance_is_not_sent_the_order(
    venues: dict[str, SimulatedVenue],
) -> None:
    with restarted(venues) as failover:
        failover.load_markets()
        failover.fetch_balance()
        venues["binance"].control.set_faults([AWAY])
        place(failover)
        assert ledgers(venues) == [("mexc", "once1")]
        sent = [one["operation"] for one in venues["binance"].control.requests()]
        assert "create_order" not in sent
        assert "fetch_balance" in sent


def test_a_venue_whose_account_cannot_be_read_is_not_sent_an_order_that_nobody_could_look_for(
    venues: dict[str, SimulatedVenue],
) -> None:
    with restarted(venues) as failover:
        failover.load_markets()
        failover.fetch_balance()
        reads = {**AWAY, "method": "GET"}
        venues["binance"].control.set_faults([reads])
        failover.fetch_balance()  # MEXC tells it: Binance is away
        place(failover)
    assert ledgers(venues) == [("mexc", "once1")]
    sent = [one["operation"] for one in venues["binance"].control.requests()]
    assert "create_order" not in sent
