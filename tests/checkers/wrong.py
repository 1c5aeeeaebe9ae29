"""A program in which each marked line is wrong, and only those: what type checkers must say.

It is never run.
"""

from __future__ import annotations

from decimal import Decimal

from exchangekit import (
    Exchange,
    Market,
    OrderType,
    Side,
    SideWord,
    SyncExchange,
    TimeInForce,
    connect,
    connect_sync,
)
from exchangekit.adapter import Credentials, Origin, Outgoing, Request, Signer, Stamp
from exchangekit.runtime.transports import AsyncTransport, SyncTransport
from exchangekit.sim import Dialect, SimulatedVenue, VenueClock

ONE = Decimal(1)
S = "BTC/USDT"


async def words(a: Exchange, s: SyncExchange, market: Market, side: SideWord, word: str) -> None:
    s.create_order(S, "limit", "buy", ONE, ONE)
    s.create_order(S, OrderType.LIMIT, Side.BUY, 1, "2", time_in_force=TimeInForce.IOC)
    s.create_order(S, "market", side, "0.1")
    s.create_limit_order(S, "sell", ONE, ONE, time_in_force="post_only")
    s.create_order(S, "limit", "bogus", ONE, ONE)  # wrong
    s.create_order(S, "lmt", "buy", ONE, ONE)  # wrong
    s.create_order(S, "limit", "buy", ONE, ONE, time_in_force="day")  # wrong
    s.create_order(S, "limit", word, ONE, ONE)  # wrong
    s.create_order(S, "limit", "buy", 1.5, ONE)  # wrong
    s.create_limit_order(S, "bogus", ONE, ONE)  # wrong
    s.create_limit_order(S, "buy", ONE, ONE, time_in_force="day")  # wrong
    s.create_market_order(S, "bogus", ONE)  # wrong
    s.create_market_buy_with_cost(S, 1.5)  # wrong
    s.test_order(S, "limit", "bogus", ONE, ONE)  # wrong
    s.test_order(S, "lmt", "buy", ONE, ONE)  # wrong
    s.explain_order(S, "limit", "bogus", ONE, ONE)  # wrong
    s.explain_order(S, "limit", "buy", ONE, ONE, time_in_force="day")  # wrong
    await a.create_order(S, "limit", "buy", ONE, ONE)
    await a.create_order(S, "limit", "bogus", ONE, ONE)  # wrong
    await a.create_order(S, "lmt", "buy", ONE, ONE)  # wrong
    await a.create_order(S, "limit", "buy", ONE, ONE, time_in_force="day")  # wrong
    await a.create_limit_order(S, "bogus", ONE, ONE)  # wrong
    market.round_price(ONE, "buy")
    market.round_price(ONE, "bogus")  # wrong
    market.round_amount(ONE, "lmt")  # wrong


async def results(a: Exchange, s: SyncExchange) -> None:
    print(s.fetch_ticker(S).last, (await a.fetch_ticker(S)).last)
    print(s.fetch_ticker(S).lst)  # wrong
    print((await a.fetch_ticker(S)).lst)  # wrong
    print(a.fetch_ticker(S).last)  # wrong
    print(s.fetch_tikcer(S))  # wrong
    s.iter_ohlcv(S)  # wrong
    for candle in s.iter_ohlcv(S, since=s.fetch_time()):
        print(candle.hgih)  # wrong
    async for candle in a.iter_ohlcv(S, since=await a.fetch_time()):
        print(candle.hgih)  # wrong


def options(a: AsyncTransport, s: SyncTransport) -> None:
    connect("mexc", environment="demo", recv_window=100, transport=a)
    connect_sync("mexc", transport=s, hooks=[object()])
    connect("mexc", enviroment="demo")  # wrong
    connect("mexc", recv_window="100")  # wrong
    connect("mexc", transport=s)  # wrong
    connect_sync("mexc", transport=a)  # wrong
    connect_sync("mexc", api_keys="K")  # wrong


def origins(signer: Signer, request: Request, keys: Credentials, stamp: Stamp, at: Origin) -> None:
    signer.sign(request, keys, stamp, at)
    Outgoing(at, "GET", "/api/v3/time", ())
    signer.sign(request, keys, stamp)  # wrong
    signer.sign(request, keys, stamp, "https://api.mexc.com")  # wrong
    Outgoing("GET", "/api/v3/time", ())  # wrong
    Outgoing("https://api.mexc.com", "GET", "/api/v3/time", ())  # wrong


def simulated(dialect: type[Dialect]) -> None:
    SimulatedVenue(dialect, clock=VenueClock(fixed_at=0)).start().control.orders()
    SimulatedVenue(VenueClock)  # wrong
    SimulatedVenue("mexc")  # wrong
