"""One symbol's public record: the tape, with what customers and the control interface changed.

Where nobody interfered the record *is* the tape, and candles come from it without making a single
trade; where someone did, they are added up from the trades that really happened. Both give the same
numbers for the same trades.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from exchangekit.sim.bars import Bar, bar_of_node, bar_of_trades, joined, shifted
from exchangekit.sim.clock import MINUTE
from exchangekit.sim.instruments import Instrument
from exchangekit.sim.splitting import Node
from exchangekit.sim.tape import EPOCH_2020, SPANS, Tape, TapeEvent
from exchangekit.sim.views import PublicTrade

_FIRST_MINUTE: Final = EPOCH_2020 // MINUTE


@dataclass(frozen=True, slots=True)
class Stretch:
    """From `start` (ms) on, the tape runs `shift` ticks higher, or stands still at `pinned`."""

    start: int
    shift: int = 0
    pinned: int | None = None


@dataclass(slots=True)
class Touched:
    """A minute in which something happened that is not on the tape."""

    replaced: dict[int, list[PublicTrade]] = field(default_factory=dict)
    extra: list[PublicTrade] = field(default_factory=list)


class Record:
    """Every public trade of one symbol, by time."""

    def __init__(self, tape: Tape, instrument: Instrument) -> None:
        self.tape = tape
        self._instrument = instrument
        self._stretches = [Stretch(0)]
        self._touched: dict[int, Touched] = {}
        self._touched_order: list[int] = []

    # --- what changes it ---
    def begin(self, stretch: Stretch) -> None:
        """Run on differently from ``stretch.start``, which is later than anything before."""
        self._stretches.append(stretch)

    def stretch(self, time: int) -> Stretch:
        """What holds at `time`."""
        return self._stretches[bisect_right(self._stretches, time, key=_start) - 1]

    def add(self, trade: PublicTrade) -> None:
        """A trade beside the tape."""
        self._touch(trade.time // MINUTE).extra.append(trade)

    def replace(self, event: TapeEvent, trades: list[PublicTrade]) -> None:
        """These trades happened instead of the tape's."""
        self._touch(event.time // MINUTE).replaced[event.id] = trades

    def _touch(self, minute: int) -> Touched:
        found = self._touched.get(minute)
        if found is None:
            found = self._touched[minute] = Touched()
            insort(self._touched_order, minute)
        return found

    # --- trades ---
    def events(self, minute: int) -> Iterator[TapeEvent]:
        """The tape's trades of a minute at the prices that hold then."""
        for event in self.tape.minute(minute):
            stretch = self.stretch(event.time)
            if stretch.pinned is None:
                yield event._replace(price=max(1, event.price + stretch.shift))

    def minute(self, minute: int, now: int) -> list[PublicTrade]:
        """What was traded in a minute up to `now`, in order."""
        found: list[PublicTrade] = []
        touched = self._touched.get(minute)
        for event in self.events(minute):
            if event.time <= now:
                if touched is not None and event.id in touched.replaced:
                    found.extend(touched.replaced[event.id])
                else:
                    found.append(self.trade(event))
        if touched is not None and touched.extra:
            found.extend(trade for trade in touched.extra if trade.time <= now)
            found.sort(key=_trade_id)
        return found

    def trade(self, event: TapeEvent) -> PublicTrade:
        """A trade of the tape in exact numbers."""
        return PublicTrade(
            event.id,
            event.time,
            event.price * self._instrument.tick,
            event.amount * self._instrument.step,
            event.side,
        )

    def last(self, now: int) -> PublicTrade:
        """The latest trade at or before `now`."""
        minute = now // MINUTE
        if minute not in self._touched and len(self._stretches) == 1:
            for event in reversed(self.tape.minute(minute)):
                if event.time <= now:
                    return self.trade(event)
        return next(self.backwards(now))

    def first(self, start: int, now: int) -> PublicTrade | None:
        """The earliest trade from `start` up to `now`."""
        minute = start // MINUTE
        if minute not in self._touched and len(self._stretches) == 1:
            for event in self.tape.minute(minute):
                if start <= event.time <= now:
                    return self.trade(event)
        return next(self.forwards(start, now), None)

    def forwards(self, first: int, now: int) -> Iterator[PublicTrade]:
        """Trades from time `first` up to `now`, oldest first."""
        minute = max(first // MINUTE, _FIRST_MINUTE)
        while minute <= now // MINUTE:
            for trade in self.minute(minute, now):
                if trade.time >= first:
                    yield trade
            minute = self._busy_after(minute)

    def backwards(self, now: int) -> Iterator[PublicTrade]:
        """Trades at or before `now`, newest first."""
        minute = now // MINUTE
        while minute >= _FIRST_MINUTE:
            yield from reversed(self.minute(minute, now))
            minute = self._busy_before(minute)

    def _busy_after(self, minute: int) -> int:
        """The next minute that can hold trades: a pinned stretch without extras is leapt over."""
        later = minute + 1
        at = bisect_right(self._stretches, later * MINUTE, key=_start) - 1
        if self._stretches[at].pinned is None or at + 1 == len(self._stretches):
            return later
        leap = self._stretches[at + 1].start // MINUTE
        touched = bisect_left(self._touched_order, later)
        if touched < len(self._touched_order):
            leap = min(leap, self._touched_order[touched])
        return max(later, leap)

    def _busy_before(self, minute: int) -> int:
        earlier = minute - 1
        stretch = self.stretch(earlier * MINUTE)
        if stretch.pinned is None:
            return earlier
        leap = stretch.start // MINUTE
        touched = bisect_right(self._touched_order, earlier) - 1
        if touched >= 0:
            leap = max(leap, self._touched_order[touched])
        return min(earlier, leap)

    # --- adding up ---
    def bar(self, start: int, end: int) -> Bar:
        """Everything traded from `start` up to but not including `end` (ms)."""
        total = Bar()
        run: Node | None = None
        minute = max(start // MINUTE, _FIRST_MINUTE)
        last = -(-end // MINUTE)
        while minute < last:
            level = self._whole_span(minute, start, end)
            if level is None:
                if run is not None:
                    total.add(bar_of_node(run, self._instrument))
                    run = None
                trades = self.minute(minute, end - 1)
                total.add(bar_of_trades(trade for trade in trades if trade.time >= start))
                minute = self._busy_after(minute)
            else:
                node = self.tape.node(level, minute // SPANS[level])
                run = joined(run, shifted(node, self.stretch(minute * MINUTE).shift))
                minute += SPANS[level]
        if run is not None:
            total.add(bar_of_node(run, self._instrument))
        return total

    def _whole_span(self, minute: int, start: int, end: int) -> int | None:
        """The longest span at `minute` inside [start, end) that is pure tape; None if none is."""
        for level, span in enumerate(SPANS):
            whole = minute % span == 0 and minute * MINUTE >= start
            if whole and (minute + span) * MINUTE <= end and self.is_pure(minute, span, level):
                return level
        return None

    def is_pure(self, minute: int, span: int, level: int) -> bool:
        """Whether these minutes are the tape's own, at one shift throughout."""
        at = bisect_left(self._touched_order, minute)
        if at < len(self._touched_order) and self._touched_order[at] < minute + span:
            return False
        stretch = self.stretch(minute * MINUTE)
        if stretch is self._stretches[0] and len(self._stretches) == 1:
            return True
        if stretch.pinned is not None or self.stretch((minute + span) * MINUTE - 1) is not stretch:
            return False
        return self.tape.node(level, minute // span).low + stretch.shift >= 1


def _start(stretch: Stretch) -> int:
    return stretch.start


def _trade_id(trade: PublicTrade) -> int:
    return trade.id
