"""Venues whose clocks are hours apart: each is stamped, and judged, by its own."""

from __future__ import annotations

from contextlib import ExitStack

from support.traders import KEYS

from exchangekit import OrderStatus, SyncFailover, connect_sync
from exchangekit.plugins import installed
from exchangekit.sim import SimulatedVenue

HOUR_MS = 3_600_000


def test_orders_move_between_venues_whose_clocks_are_two_hours_apart() -> None:
    with ExitStack() as stack:
        venues = {
            name: stack.enter_context(
                SimulatedVenue(
                    installed().simulated()[name],
                    key=KEYS[name]["api_key"],
                    secret=KEYS[name]["secret"],
                    passphrase=KEYS[name].get("passphrase", ""),
                )
            )
            for name in ("mexc", "binance")
        }
        for venue, hours in zip(venues.values(), (1, -1), strict=True):
            venue.control.clock(offset_ms=hours * HOUR_MS)
        failover = stack.enter_context(
            SyncFailover(
                [
                    connect_sync(name, base_url=venue.url, **KEYS[name])
                    for name, venue in venues.items()
                ]
            )
        )
        failover.load_markets()
        for name, venue in venues.items():
            order = failover.create_limit_order("BTC/USDT", "buy", "0.001", "50000")
            assert order.venue == name
            assert failover.wait(order, until="open", timeout=20).status is OrderStatus.OPEN
            venue.control.set_faults([{"action": "maintenance", "count": 0}])
        held = {name: len(venue.control.orders()) for name, venue in venues.items()}
        assert held == {"mexc": 1, "binance": 1}
