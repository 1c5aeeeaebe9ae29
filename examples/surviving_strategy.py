"""A strategy that survives ``kill -9`` and a venue that is away: start it again, and it goes on.

``python surviving_strategy.py binance okx`` buys the targets below, each once, at whichever venue
can take it. Keys come from the environment; ``binance=http://127.0.0.1:8801`` is another address.
"""

import asyncio
import sys
from dataclasses import dataclass

from exchangekit import Exchange, Failover, Order, OutcomeUnknown, VenueUnavailable, connect

PAUSE = 0.5  # seconds between two attempts


@dataclass(frozen=True)
class Target:
    """An order that is to exist once. Its name is its client order id, at every venue and in every
    run: lower-case letters and digits, 27 at most. For another order choose another name."""

    name: str
    symbol: str
    amount: str
    price: str


TARGETS = (
    Target("basket1btc", "BTC/USDT", "0.001", "110000"),
    Target("basket1eth", "ETH/USDT", "0.02", "5500"),
    Target("basket1sol", "SOL/USDT", "0.5", "300"),
)


async def trade(exchange: Exchange, target: Target) -> Order:
    """Have the order, whatever happens. Asked for again under its name it is the same order, so
    that asking again is always safe, and never a second order."""
    symbol, amount, price, name = target.symbol, target.amount, target.price, target.name
    while True:
        try:
            order = await exchange.create_limit_order(
                symbol, "buy", amount, price, client_order_id=name
            )
            return await exchange.wait(order)
        except (OutcomeUnknown, VenueUnavailable) as trouble:  # it passes; NoVenue is one of them
            print(f"{name}: {trouble}", flush=True)
            await asyncio.sleep(PAUSE)


async def main(*venues: str) -> None:
    where = [venue.partition("=") for venue in venues]
    exchanges = [connect(name, base_url=url or None) for name, _, url in where]
    async with Failover(exchanges, name="surviving-strategy") as exchange:
        for found in await exchange.reconcile():  # what the last run left open
            print(found, flush=True)
        for order in await asyncio.gather(*(trade(exchange, target) for target in TARGETS)):
            print(order.client_order_id, order.venue, order.status, order.filled, flush=True)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
