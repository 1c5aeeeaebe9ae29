"""A list of maintenances says how a venue stands."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from exchangekit import adapter as kit
from exchangekit.adapter import Reply, parse
from exchangekit.errors import BadReply
from exchangekit.models import Status, VenueState

UNDER_WAY = {"ongoing": True, "scheduled": False, "completed": False}
END = 1_790_000_000_000


@kit.named("title", "state", until="end", ours=kit.Except("env", 2), stops=kit.Among("product", 2))
class Event(kit.EventRow):
    """One of another venue's."""


def told(*events: dict[str, Any]) -> Status:
    usual = {"title": "upgrade", "state": "ongoing", "product": [1, 2], "env": 1, "end": str(END)}
    body = json.dumps({"list": [usual | event for event in events]}).encode()
    return parse.events(Event, UNDER_WAY, "list")(Reply(200, {}, body))


def test_a_venue_that_announces_nothing_works() -> None:
    made = told()
    assert (made.state, made.message, made.until) == (VenueState.OK, None, None)


def test_what_stops_trading_now_is_maintenance_until_its_end() -> None:
    made = told({}, {"title": "network", "state": "scheduled", "end": ""})
    assert made.state is VenueState.MAINTENANCE
    assert made.message == "upgrade (ongoing); network (scheduled)"
    assert made.until == datetime.fromtimestamp(END / 1000, UTC)


@pytest.mark.parametrize(
    "event", [{"state": "scheduled"}, {"state": "completed"}, {"product": [1, 3]}]
)
def test_what_is_not_now_or_not_about_spot_is_told_and_stops_nothing(event: dict[str, Any]) -> None:
    made = told(event)
    assert (made.state, made.until) == (VenueState.OK, None)
    assert made.message is not None


def test_what_is_about_somebody_else_is_not_told() -> None:
    assert told({"env": 2}).message is None


def test_an_end_that_is_not_known_is_none() -> None:
    made = told({"end": ""})
    assert (made.state, made.until) == (VenueState.MAINTENANCE, None)


def test_a_state_that_is_not_known_is_not_guessed() -> None:
    with pytest.raises(BadReply, match="unknown state of maintenance 'paused'"):
        told({"state": "paused"})
