"""Trade a list of signals on any venue: an ordinary strategy written with exchangekit.

    python signal_strategy.py mexc --signals signals.csv --check

Each signal says what to trade, the price it was made at, and by how many per cent the price may
have moved against it. If the public price still holds, the order is placed and followed to its
end; what has not been filled after a few seconds is canceled. The report says what this program
believes: status, filled, cost, fees, and by how much each balance should have changed.

An order whose answer got lost is never sent again: the kit finds out what became of it, and tells
apart what is there, what is proven never to have been, and what cannot be known.

`run` is async, `run_sync` is its twin; everything that does not talk to the venue is shared.
By hand the exit code is 1 if a signal could not be traded; one that no longer holds is no failure.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import time
from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from exchangekit import (
    Exchange,
    ExchangeError,
    ExchangeKitError,
    Market,
    MyTrade,
    NeverPlaced,
    Order,
    OrderStatus,
    OutcomeUnknown,
    Side,
    SyncExchange,
    Ticker,
    connect,
    connect_sync,
)

POLL = 0.25
"""Seconds between two looks at an order."""
GIVE_UP = 60.0
"""Seconds after which what the venue will not tell is reported as it was last seen."""


# What needs no venue


@dataclass(frozen=True)
class Signal:
    """``price`` and ``slippage`` (per cent) say until when it holds; a limit order waits at
    ``price``. Exactly one of ``amount`` (base) and ``cost`` (quote, market buys) is set."""

    symbol: str
    side: Side
    type: str
    price: Decimal
    slippage: Decimal
    amount: Decimal | None
    cost: Decimal | None


@dataclass
class Report:
    """What became of a signal. ``verdict``: skipped, refused, never placed, unknown, or the
    order's final status. ``filled`` (base), ``cost`` (quote) and ``fees`` are sums of its fills,
    since an order's own cost may come from a rounded average; ``changes`` are the balance
    changes to expect, by asset. ``failed`` says that the signal could not be traded, or that its
    end is not known; a signal whose price no longer holds has not failed."""

    signal: Signal
    verdict: str
    reason: str = ""
    price: Decimal | None = None
    order: Order | None = None
    filled: Decimal = Decimal(0)
    cost: Decimal = Decimal(0)
    fees: dict[str, Decimal] = field(default_factory=dict)
    changes: dict[str, Decimal] = field(default_factory=dict)
    failed: bool = False

    def __str__(self) -> str:
        parts = [f"{self.signal.side:4} {self.signal.symbol:10} {self.verdict}"]
        if self.filled:
            parts.append(f"filled {self.filled:f} for {self.cost:f}")
        parts += [f"fee {cost:f} {asset}" for asset, cost in self.fees.items()]
        parts += [f"{asset} {change:+f}" for asset, change in self.changes.items()]
        return ", ".join(part for part in (*parts, self.reason) if part)


def read_signals(path: str | Path) -> list[Signal]:
    """Raises ValueError naming the line that is wrong."""
    signals = []
    with Path(path).open(newline="", encoding="utf-8") as file:
        rows = csv.DictReader(file)
        for row in rows:
            try:
                signals.append(read_signal(row))
            except (ArithmeticError, KeyError, TypeError, ValueError) as problem:
                wrong = f"{path}, line {rows.line_num}: {type(problem).__name__} {problem}"
                raise ValueError(wrong) from None
    return signals


def read_signal(row: dict[str, str]) -> Signal:
    signal = Signal(
        symbol=row["symbol"],
        side=Side(row["side"]),
        type=row["type"],
        price=Decimal(row["price"]),
        slippage=Decimal(row["slippage"]),
        amount=Decimal(row["amount"]) if row["amount"] else None,
        cost=Decimal(row["cost"]) if row["cost"] else None,
    )
    if not signal.price > 0 or not signal.slippage >= 0:
        raise ValueError("price is above 0, slippage at least 0")
    return signal


def judge(signal: Signal, ticker: Ticker) -> Report:
    """Does the price still hold? The verdict is "holds" or "skipped"."""
    price = ticker.ask if signal.side is Side.BUY else ticker.bid
    if price is None:
        return Report(signal, "skipped", "nobody trades it now", failed=True)
    moved = (price / signal.price - 1) * 100
    worse = moved if signal.side is Side.BUY else -moved
    verdict = "skipped" if worse > signal.slippage else "holds"
    return Report(signal, verdict, f"the price moved {moved:+.2f} %", price)


def order_of(signal: Signal, market: Market) -> dict[str, Any]:
    """The arguments of `create_order`. Rounding is explicit, and never in our disfavour."""
    made: dict[str, Any] = {"symbol": signal.symbol, "type": signal.type, "side": signal.side}
    if signal.type == "limit":
        made["price"] = market.round_price(signal.price, signal.side)
    if signal.amount is not None:
        made["amount"] = market.round_amount(signal.amount)
    if signal.cost is not None:
        made["cost"] = market.round_cost(signal.cost)
    return made


def not_placed(report: Report, problem: ExchangeError) -> Report:
    """What became of a signal whose order is not there, or may not be."""
    if isinstance(problem, NeverPlaced):
        report.verdict = "never placed"
    else:
        report.verdict = "unknown" if isinstance(problem, OutcomeUnknown) else "refused"
    report.reason, report.failed = str(problem), True
    return report


def complete(order: Order, trades: Sequence[MyTrade]) -> bool:
    """Whether the fills add up to the order: they may lag behind it."""
    return sum(trade.amount for trade in trades) == (order.filled or 0)


def conclude(report: Report, market: Market, order: Order, trades: Sequence[MyTrade]) -> Report:
    """What we believe of an order that has come to its end."""
    fees: dict[str, Decimal] = defaultdict(Decimal)
    changes: dict[str, Decimal] = defaultdict(Decimal)
    for trade in trades:
        report.filled += trade.amount
        report.cost += trade.cost
        sign = 1 if trade.side is Side.BUY else -1
        changes[market.base] += sign * trade.amount
        changes[market.quote] -= sign * trade.cost
        if trade.fee is not None:
            fees[trade.fee.currency] += trade.fee.cost
            changes[trade.fee.currency] -= trade.fee.cost
    report.verdict = str(order.status or "unknown")
    ended_by_the_venue = order.status in (OrderStatus.REJECTED, OrderStatus.EXPIRED)
    report.failed = ended_by_the_venue and not report.filled
    if not order.is_done or not complete(order, trades):
        report.reason = f"not seen to its end: look at order {order.id}"
        report.failed = True
    report.order, report.fees, report.changes = order, dict(fees), dict(changes)
    return report


# Async


async def check(prices: Exchange, signal: Signal) -> Report:
    """The reading half: public data only."""
    try:
        return judge(signal, await prices.fetch_ticker(signal.symbol))
    except ExchangeError as problem:
        return Report(signal, "skipped", str(problem), failed=True)


async def run(
    exchange: Exchange, prices: Exchange, signals: Sequence[Signal], patience: float = 5.0
) -> list[Report]:
    """Trade the signals one after another. `prices` is a connection that needs no keys."""
    return [await trade(exchange, prices, signal, patience) for signal in signals]


async def trade(exchange: Exchange, prices: Exchange, signal: Signal, patience: float) -> Report:
    report = await check(prices, signal)
    if report.verdict != "holds":
        return report
    market = (await prices.load_markets())[signal.symbol]
    try:
        order = await exchange.create_order(**order_of(signal, market))
    except ExchangeError as problem:
        return not_placed(report, problem)
    order = await follow(exchange, order, patience)
    return conclude(report, market, order, await fills(exchange, order))


async def follow(exchange: Exchange, order: Order, patience: float) -> Order:
    """The order at its end; canceled after `patience` seconds."""
    started = time.monotonic()
    while not order.is_done and time.monotonic() < started + patience + GIVE_UP:
        if time.monotonic() > started + patience:
            with suppress(ExchangeError):  # Filled in the meantime, or lost: the look below tells.
                await exchange.cancel_order(order.id, order.symbol)
        with suppress(ExchangeError):
            order = await exchange.fetch_order(order.id, order.symbol)
        if not order.is_done:
            await asyncio.sleep(POLL)
    return order


async def fills(exchange: Exchange, order: Order) -> Sequence[MyTrade]:
    """The order's fills, all of them if the venue tells in time."""
    trades: Sequence[MyTrade] = ()
    until = time.monotonic() + GIVE_UP
    while not complete(order, trades) and time.monotonic() < until:
        with suppress(ExchangeError):
            trades = await exchange.fetch_order_trades(order.id or "", order.symbol)
        if not complete(order, trades):
            await asyncio.sleep(POLL)
    return trades


# Sync: the same without await


def check_sync(prices: SyncExchange, signal: Signal) -> Report:
    try:
        return judge(signal, prices.fetch_ticker(signal.symbol))
    except ExchangeError as problem:
        return Report(signal, "skipped", str(problem), failed=True)


def run_sync(
    exchange: SyncExchange, prices: SyncExchange, signals: Sequence[Signal], patience: float = 5.0
) -> list[Report]:
    return [trade_sync(exchange, prices, signal, patience) for signal in signals]


def trade_sync(
    exchange: SyncExchange, prices: SyncExchange, signal: Signal, patience: float
) -> Report:
    report = check_sync(prices, signal)
    if report.verdict != "holds":
        return report
    market = prices.load_markets()[signal.symbol]
    try:
        order = exchange.create_order(**order_of(signal, market))
    except ExchangeError as problem:
        return not_placed(report, problem)
    order = follow_sync(exchange, order, patience)
    return conclude(report, market, order, fills_sync(exchange, order))


def follow_sync(exchange: SyncExchange, order: Order, patience: float) -> Order:
    started = time.monotonic()
    while not order.is_done and time.monotonic() < started + patience + GIVE_UP:
        if time.monotonic() > started + patience:
            with suppress(ExchangeError):  # Filled in the meantime, or lost: the look below tells.
                exchange.cancel_order(order.id, order.symbol)
        with suppress(ExchangeError):
            order = exchange.fetch_order(order.id, order.symbol)
        if not order.is_done:
            time.sleep(POLL)
    return order


def fills_sync(exchange: SyncExchange, order: Order) -> Sequence[MyTrade]:
    trades: Sequence[MyTrade] = ()
    until = time.monotonic() + GIVE_UP
    while not complete(order, trades) and time.monotonic() < until:
        with suppress(ExchangeError):
            trades = exchange.fetch_order_trades(order.id or "", order.symbol)
        if not complete(order, trades):
            time.sleep(POLL)
    return trades


# By hand


def main() -> None:
    parser = argparse.ArgumentParser(description="Trade a list of signals on one venue.")
    parser.add_argument("venue", help="mexc, binance, okx …")
    parser.add_argument("--signals", type=Path, default=Path(__file__).with_name("signals.csv"))
    parser.add_argument("--base-url", help="another address, such as a simulated venue's")
    parser.add_argument("--environment", default="live", help="live, testnet or demo")
    parser.add_argument("--patience", type=float, default=5.0, help="seconds before canceling")
    parser.add_argument("--sync", action="store_true", help="use the sync variant")
    parser.add_argument("--check", action="store_true", help="compare prices, place nothing")
    given = parser.parse_args()
    where = {"environment": given.environment, "base_url": given.base_url}
    try:
        signals = read_signals(given.signals)
        one = by_hand_sync if given.sync else lambda *args: asyncio.run(by_hand(*args))
        reports = one(given.venue, where, signals, given.patience, given.check)
    except (ExchangeKitError, OSError, ValueError) as problem:
        raise SystemExit(str(problem)) from None
    for report in reports:
        print(report)
    if any(report.failed for report in reports):
        raise SystemExit(1)


async def by_hand(
    venue: str, where: dict[str, Any], signals: Sequence[Signal], patience: float, only_check: bool
) -> list[Report]:
    async with connect(venue, **where) as exchange, connect(venue, **where) as prices:
        if only_check:
            return [await check(prices, signal) for signal in signals]
        return await run(exchange, prices, signals, patience)


def by_hand_sync(
    venue: str, where: dict[str, Any], signals: Sequence[Signal], patience: float, only_check: bool
) -> list[Report]:
    with connect_sync(venue, **where) as exchange, connect_sync(venue, **where) as prices:
        if only_check:
            return [check_sync(prices, signal) for signal in signals]
        return run_sync(exchange, prices, signals, patience)


if __name__ == "__main__":
    main()
