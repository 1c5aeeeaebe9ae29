"""Adding up: trades into a bar, bars into a longer bar. The only place where candles are summed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from exchangekit.sim.instruments import Instrument
from exchangekit.sim.money import WIDE, ZERO
from exchangekit.sim.splitting import Node
from exchangekit.sim.views import Candle, PublicTrade


@dataclass(slots=True)
class Bar:
    """What happened in a stretch of time; `trades` 0 and prices meaningless if nothing did."""

    open: Decimal = ZERO
    high: Decimal = ZERO
    low: Decimal = ZERO
    close: Decimal = ZERO
    trades: int = 0
    volume: Decimal = ZERO
    quote_volume: Decimal = ZERO
    buy_volume: Decimal = ZERO
    buy_quote: Decimal = ZERO

    def add(self, later: Bar) -> None:
        """Append what came after."""
        if not later.trades:
            return
        if not self.trades:
            self.open, self.high, self.low = later.open, later.high, later.low
        self.high = max(self.high, later.high)
        self.low = min(self.low, later.low)
        self.close = later.close
        self.trades += later.trades
        self.volume = WIDE.add(self.volume, later.volume)
        self.quote_volume = WIDE.add(self.quote_volume, later.quote_volume)
        self.buy_volume = WIDE.add(self.buy_volume, later.buy_volume)
        self.buy_quote = WIDE.add(self.buy_quote, later.buy_quote)

    def candle(self, start: int, end: int, *, before: Decimal, closed: bool) -> Candle:
        """As a candle; flat at the price `before` if nothing was traded."""
        flat = None if self.trades else before
        return Candle(
            start=start,
            end=end,
            open=self.open if flat is None else flat,
            high=self.high if flat is None else flat,
            low=self.low if flat is None else flat,
            close=self.close if flat is None else flat,
            volume=self.volume,
            quote_volume=self.quote_volume,
            trades=self.trades,
            taker_buy_volume=self.buy_volume,
            taker_buy_quote_volume=self.buy_quote,
            closed=closed,
        )


def bar_of_trades(trades: Iterable[PublicTrade]) -> Bar:
    """Trades in their order as one bar."""
    bar = Bar()
    for trade in trades:
        cost = WIDE.multiply(trade.price, trade.amount)
        bought = trade.side == "buy"
        bar.add(
            Bar(
                trade.price, trade.price, trade.price, trade.price, 1, trade.amount, cost,
                trade.amount if bought else ZERO, cost if bought else ZERO,
            )
        )  # fmt: skip
    return bar


def bar_of_node(node: Node, instrument: Instrument) -> Bar:
    """A candle in ticks and steps as exact numbers."""
    tick, step = instrument.tick, instrument.step
    unit = WIDE.multiply(tick, step)
    return Bar(
        node.open * tick,
        node.high * tick,
        node.low * tick,
        node.close * tick,
        node.trades,
        node.volume * step,
        WIDE.multiply(node.quote_volume, unit),
        node.buy_volume * step,
        WIDE.multiply(node.buy_quote, unit),
    )


def joined(first: Node | None, second: Node) -> Node:
    """Two consecutive candles as one."""
    if first is None:
        return second
    return Node(
        first.open,
        max(first.high, second.high),
        min(first.low, second.low),
        second.close,
        first.trades + second.trades,
        first.buy_volume + second.buy_volume,
        first.buy_quote + second.buy_quote,
        first.sell_volume + second.sell_volume,
        first.sell_quote + second.sell_quote,
    )


def shifted(node: Node, ticks: int) -> Node:
    """The same candle `ticks` higher."""
    if not ticks:
        return node
    return node._replace(
        open=node.open + ticks,
        high=node.high + ticks,
        low=node.low + ticks,
        close=node.close + ticks,
        buy_quote=node.buy_quote + ticks * node.buy_volume,
        sell_quote=node.sell_quote + ticks * node.sell_volume,
    )
