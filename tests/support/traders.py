"""One running simulated venue each, and both kinds of exchange behind one face.

A test is written once, for `trader`: it gets a sync exchange, or an async one whose calls are run
to their end on a loop of their own. What is believed is compared with the venue's true ledger.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from exchangekit.models import Market
from exchangekit.sim import SimulatedVenue

VENUES = ("mexc", "binance", "okx", "bitget", "bybit", "bitgetuta")
KEYS = {
    "mexc": {"api_key": "mx0simulatedkey0001", "secret": "0123456789abcdef0123456789abcdef"},
    "binance": {
        "api_key": "760bca17a87a96dd7287431892404607c03841d1ae6f6b0f0b7705f97414a1eb",
        "secret": "f6762a54da3bc9d3213d9397e049aed0efa268b5b59041a074b61e2c4a222820",
    },
    "bitget": {
        "api_key": "bg_00112233445566778899aabbccddeeff",
        "secret": "ffeeddccbbaa99887766554433221100ffeeddccbbaa99887766554433221100",
        "passphrase": "CorrectHorse7",
    },
    "bitgetuta": {
        "api_key": "bg_ffeeddccbbaa99887766554433221100",
        "secret": "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff",
        "passphrase": "CorrectHorse8",
    },
    "bybit": {
        "api_key": "SimulatedKeyOfBybt",
        "secret": "SimulatedSecretOfBybitWith36Letters0",
    },
    "okx": {
        "api_key": "0f7fb2a1-3c1a-4d44-9d3f-1f6d2b3c4d5e",
        "secret": "00112233445566778899AABBCCDDEEFF",
        "passphrase": "Correct-Horse-7",
    },
}


def spent(venue: str) -> str:
    """How a market buy by cost ends that has bought all it could: Bybit calls what is left, and
    buys no whole step, canceled."""
    return "canceled" if venue == "bybit" else "closed"


class Awaited:
    """An async exchange used from sync code: every call is run to its end on one loop."""

    def __init__(self, exchange: Any, runner: asyncio.Runner) -> None:
        self.exchange = exchange
        self.runner = runner

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.exchange, name)
        if not callable(found):
            return found

        def call(*args: Any, **kwargs: Any) -> Any:
            made = found(*args, **kwargs)
            if inspect.isasyncgen(made):
                return self.runner.run(_collected(made))
            return self.runner.run(made) if inspect.isawaitable(made) else made

        return call


async def _collected(items: Any) -> list[Any]:
    return [item async for item in items]


@dataclass
class Trader:
    """An exchange, the simulated venue behind it, and shorthands for tests."""

    venue: str
    mode: str
    exchange: Any
    sim: SimulatedVenue
    open: Callable[..., Any]

    @property
    def control(self) -> Any:
        return self.sim.control

    def market(self, symbol: str = "BTC/USDT") -> Market:
        return self.exchange.load_markets()[symbol]

    def price(self, factor: str, side: str, symbol: str = "BTC/USDT") -> Decimal:
        """A legal price: the best opposite price times `factor`."""
        book = self.exchange.fetch_order_book(symbol, 5)
        best = book.asks[0].price if side == "buy" else book.bids[0].price
        return self.market(symbol).round_price(best * Decimal(factor), side)

    def amount(self, cost: str, symbol: str = "BTC/USDT") -> Decimal:
        """A legal amount worth about `cost` in quote."""
        last = self.exchange.fetch_ticker(symbol).last
        return self.market(symbol).round_amount(Decimal(cost) / last)

    def true_order(self, client_order_id: str) -> dict[str, Any] | None:
        """The order as the venue's ledger holds it."""
        for order in self.control.orders():
            if order["client_id"] == client_order_id:
                return order
        return None
