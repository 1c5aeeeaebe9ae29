"""The seeded market as a pure function of time: what trades when, at which price, how much.

Everything is whole numbers (prices in ticks, amounts in steps), made from the top down: a day's
candle comes from a slow walk of the assets' values, and is split into ever shorter candles down to
a minute, a minute into its trades. Each split keeps the parent's open, high, low, close, volume,
quote volume and trade count exactly, so candles of all lengths and the trades agree, any moment of
any day can be had without walking there, and the past joins the present without a seam.

Same seed and pair, same market; venues differ only in their ticks and steps. No state but a cache.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Final, NamedTuple

from exchangekit.sim.clock import DAY, MINUTE
from exchangekit.sim.instruments import CATALOGUE, Instrument
from exchangekit.sim.orders import Side
from exchangekit.sim.splitting import LEAST_FLOW, Draws, Node, Trade, minute_trades, split

# Minutes per candle at each level, and how many children each level's candle has.
SPANS: Final = (1440, 240, 60, 15, 5, 1)
_CHILDREN: Final = (6, 4, 4, 3, 5)
# The walk of an asset's value, in days per wave and millionths of amplitude.
_WAVES: Final = ((1, 9_000), (4, 18_000), (16, 36_000), (64, 70_000))
# Assets that stand still against the dollar, and by how little they still move.
_STEADY: Final = {"USDT": 0, "USDC": 150}
_CACHE: Final = 4096
# The least volume of a minute, so that it can be shared out among its trades.
_MINUTE_STEPS: Final = 4 * LEAST_FLOW
EPOCH_2020: Final = 1_577_836_800_000


class TapeEvent(NamedTuple):
    """A trade of the background market. `side` is the taker's; ids grow with time."""

    id: int
    time: int
    price: int
    amount: int
    side: Side


@dataclass(frozen=True, slots=True)
class Quotes:
    """The background market's book after an event: (ticks, steps), best first."""

    bids: tuple[tuple[int, int], ...]
    asks: tuple[tuple[int, int], ...]


class Tape:
    """The background market of one instrument."""

    def __init__(self, seed: int, instrument: Instrument) -> None:
        self._seed = seed
        self._base, self._quote = instrument.base, instrument.quote
        # Against one dollar coin or another an asset moves alike.
        self._like = "USD" if instrument.quote in _STEADY else instrument.quote
        unknown = {self._base, self._quote} - set(CATALOGUE)
        if unknown:
            raise ValueError(
                f"{instrument.symbol}: the catalogue of simulated markets has no price for "
                f"{', '.join(sorted(unknown))}"
            )
        self._tick = Fraction(instrument.tick)
        self._step = Fraction(instrument.step)
        self._nodes: dict[tuple[int, int], tuple[Node, ...]] = {}
        self._days: dict[int, Node] = {}
        self._minutes: dict[int, tuple[TapeEvent, ...]] = {}

    # --- candles ---
    def node(self, level: int, index: int) -> Node:
        """The candle of `SPANS[level]` minutes that begins at minute ``index * SPANS[level]``."""
        if level == 0:
            return self._day(index)
        parent, child = divmod(index, _CHILDREN[level - 1])
        found = self._nodes.get((level, parent))
        if found is None:
            if len(self._nodes) >= _CACHE:
                self._nodes.clear()
            found = split(
                self.node(level - 1, parent),
                _CHILDREN[level - 1],
                SPANS[level],
                self._draws(f"split{level}", parent),
            )
            self._nodes[level, parent] = found
        return found[child]

    # --- trades ---
    def minute(self, minute: int) -> tuple[TapeEvent, ...]:
        """The trades of one minute (minutes since 1970), in order of time; never empty."""
        found = self._minutes.get(minute)
        if found is None:
            if len(self._minutes) >= _CACHE // 4:
                self._minutes.clear()
            trades = minute_trades(self.node(5, minute), self._draws("minute", minute))
            found = self._minutes[minute] = tuple(self._event(minute, item) for item in trades)
        return found

    def last_event(self, now: int) -> TapeEvent:
        """The latest trade at or before `now`."""
        minute = now // MINUTE
        while True:
            for event in reversed(self.minute(minute)):
                if event.time <= now:
                    return event
            minute -= 1

    @staticmethod
    def _event(minute: int, trade: Trade) -> TapeEvent:
        time = minute * MINUTE + trade.offset
        return TapeEvent(
            (time - EPOCH_2020) * 1000,
            time,
            trade.price,
            trade.amount,
            "buy" if trade.buy else "sell",
        )

    # --- quotes ---
    def quotes(self, event: TapeEvent, price: int, depth: int) -> Quotes:
        """The book after `event`, around `price` (ticks): the taker's side of the price is best."""
        bids, asks = self._draws("bids", event.id), self._draws("asks", event.id)
        typical = max(4, self._day(event.time // DAY).typical_amount())
        spread = max(1, price * (1 + bids.below(8)) // 100_000)
        ask, bid = (price, price - spread) if event.side == "buy" else (price + spread, price)
        ask, bid = max(2, ask), max(1, bid)
        return Quotes(
            self._ladder(bid, -1, depth, typical, bids),
            self._ladder(ask, 1, depth, typical, asks),
        )

    @staticmethod
    def _ladder(
        price: int, direction: int, depth: int, typical: int, draws: Draws
    ) -> tuple[tuple[int, int], ...]:
        levels = []
        gap = max(1, price // 20_000)
        for rung in range(depth):
            if price <= 0:
                break
            levels.append((price, 1 + typical * (20 + draws.below(160) + 12 * rung) // 60))
            price += direction * (1 + draws.below(2 * gap))
        return tuple(levels)

    # --- days ---
    def _day(self, day: int) -> Node:
        found = self._days.get(day)
        if found is None:
            found = self._days[day] = self._make_day(day)
        return found

    def _make_day(self, day: int) -> Node:
        draws = self._draws("day", day)
        opening, closing = self._price(day), self._price(day + 1)
        quiet = _STEADY.get(self._base) is not None and _STEADY.get(self._quote) is not None
        reach = max(opening, closing) * (1 if quiet else 100)
        high = max(opening, closing) + max(1, reach * (30 + draws.below(120)) // 1_000_000)
        low = min(opening, closing) - max(1, reach * (30 + draws.below(120)) // 1_000_000)
        listed = CATALOGUE[self._base]
        usual = Fraction(listed.daily_usd) / Fraction(listed.usd) / self._step
        share = Fraction(1) if self._quote == "USDT" else Fraction(1, 12)
        volume = max(1440 * _MINUTE_STEPS, int(usual * share * (600 + draws.below(900)) / 1000))
        buys = volume * (460 + draws.below(80)) // 1000
        middle = Fraction(opening + high + low + closing, 4)
        return Node(
            opening,
            high,
            max(1, low),
            closing,
            1440 * (10 + draws.below(6)),
            buys,
            int(buys * middle),
            volume - buys,
            int((volume - buys) * middle),
        )

    def _price(self, day: int) -> int:
        """The pair's price in ticks at the start of `day`."""
        base, quote = self._value(self._base, day), self._value(self._quote, day)
        return max(20, round(base / quote / self._tick))

    def _value(self, asset: str, day: int) -> Fraction:
        """What one unit is worth in dollars at the start of `day`."""
        parts = 0
        steady = _STEADY.get(asset)
        for days, amplitude in _WAVES:
            if steady is not None:
                amplitude = steady // len(_WAVES)
            cell, within = divmod(day, days)
            left, right = self._wave(asset, days, cell), self._wave(asset, days, cell + 1)
            parts += amplitude * (left * (days - within) + right * within) // (days * 1000)
        return Fraction(CATALOGUE[asset].usd) * (1_000_000 + parts) / 1_000_000

    def _wave(self, asset: str, days: int, cell: int) -> int:
        return Draws(self._seed, f"{asset}|{days}", cell).below(2001) - 1000

    def _draws(self, what: str, index: int) -> Draws:
        return Draws(self._seed, f"{self._base}/{self._like}|{what}", index)
