"""One symbol's live market: brings the book up to the present and lets the tape meet customers.

Nothing runs in the background. When a request needs the symbol, the tape's trades since the last
look are gone through: those that reach a customer's order are executed in the engine, the others
happened without the customer noticing. Then the background participants quote around the last one.
Work is bounded: whole hours that reach no order are skipped in one step.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from exchangekit.sim.clock import MINUTE
from exchangekit.sim.engine import Engine
from exchangekit.sim.instruments import Instrument
from exchangekit.sim.orders import Side
from exchangekit.sim.record import Record, Stretch
from exchangekit.sim.tape import EPOCH_2020, SPANS, Tape, TapeEvent
from exchangekit.sim.views import Level, PublicTrade

DEPTH: Final = 100
# Most tape trades that are carried out one by one when catching up with a long absence.
_MOST_EVENTS: Final = 300


class Market:
    """The live side of one instrument."""

    def __init__(self, instrument: Instrument, tape: Tape, engine: Engine, now: int) -> None:
        self.instrument = instrument
        self.record = Record(tape, instrument)
        self.halted = False
        self.delisted = False
        self._engine = engine
        self._book = engine.books[instrument.symbol]
        self._cursor = now
        self._last_id = 0
        self._quoted: tuple[int, int] | None = None
        self._running: list[PublicTrade] | None = None
        self.changes = 0

    # --- called by the engine ---
    def next_trade_id(self, now: int) -> int:
        """Above every id of the tape and of customers up to `now`."""
        self._last_id = max(self._last_id + 1, (now - EPOCH_2020) * 1000 + 1)
        return self._last_id

    def traded(self, trade: PublicTrade) -> None:
        """A customer was part of this trade."""
        self.changes += 1
        if self._running is None:
            self.record.add(trade)
        else:
            self._running.append(trade)

    # --- time ---
    @property
    def now(self) -> int:
        """How far this market has got; never runs backwards."""
        return self._cursor

    def advance(self, now: int) -> None:
        """Let everything happen up to `now`."""
        if now > self._cursor:
            if self._book.has_customers():
                self._replay(now)
            self._cursor = now

    def requote(self) -> None:
        """Place the background quotes that belong to the present moment."""
        event = self.last_event()
        if self._quoted != (event.id, event.price):
            self._place(event, *self._met(event, self._cursor))

    def last_event(self) -> TapeEvent:
        """The tape's latest trade at the price that holds now."""
        event = self.record.tape.last_event(self._cursor)
        stretch = self._present()
        if stretch.pinned is not None:
            return event._replace(id=(stretch.start - EPOCH_2020) * 1000, price=stretch.pinned)
        return event._replace(price=max(1, event.price + stretch.shift))

    def last_trade(self) -> PublicTrade:
        """The latest trade, customers' included."""
        return self.record.last(self._cursor)

    def best(self) -> tuple[Level | None, Level | None]:
        """The best bid and ask now."""
        event = self.last_event()
        if self._quoted != (event.id, event.price) and not self._book.has_customers():
            # Nobody is looking at the book itself: work out its top and leave the rest.
            quotes = self.record.tape.quotes(event, event.price, 1)
            tick, step = self.instrument.tick, self.instrument.step
            (bid, bid_steps), (ask, ask_steps) = quotes.bids[0], quotes.asks[0]
            return (bid * tick, bid_steps * step), (ask * tick, ask_steps * step)
        self.requote()
        bids, asks = self._book.bids.levels(1), self._book.asks.levels(1)
        return (bids[0] if bids else None, asks[0] if asks else None)

    # --- the control interface ---
    def move(self, price: Decimal, *, frozen: bool) -> None:
        """Trade at `price` now and go on from there, or stand still there."""
        ticks = int((price / self.instrument.tick).to_integral_value())
        if ticks < 1:
            raise ValueError(f"{price:f} is below one tick of {self.instrument.symbol}")
        event = self.record.tape.last_event(self._cursor)
        pinned, shift = (ticks, 0) if frozen else (None, ticks - event.price)
        self.record.begin(Stretch(self._cursor + 1, shift, pinned))
        identity = self.next_trade_id(self._cursor)
        self._run(event._replace(id=identity, time=self._cursor, price=ticks), on_tape=False)

    def stand_still(self) -> None:
        """No more background trades; the price stays what it is."""
        price = self.last_event().price
        self.record.begin(Stretch(self._cursor + 1, pinned=price))

    def move_on(self) -> None:
        """Run again, from the present price."""
        price = self.last_event().price
        tape = self.record.tape.last_event(self._cursor).price
        self.record.begin(Stretch(self._cursor + 1, shift=price - tape))

    def follow_tape(self) -> None:
        """Forget every move: from now on the price is the seeded one again."""
        self.record.begin(Stretch(self._cursor + 1))
        self.requote()

    @property
    def pinned(self) -> bool:
        return self._present().pinned is not None

    def _present(self) -> Stretch:
        return self.record.stretch(self._cursor + 1)

    # --- meeting customers ---
    def _replay(self, now: int) -> None:
        """Go through the tape up to `now` wherever it reaches a customer's order."""
        minute, budget = self._cursor // MINUTE, _MOST_EVENTS
        while minute <= now // MINUTE and budget and self._book.has_customers():
            span = self._unnoticed(minute, now)
            if span:
                minute += span
                continue
            for event in self.record.events(minute):
                if self._cursor < event.time <= now and budget and self._reaches(event.price):
                    self._run(event)
                    budget -= 1
            minute += 1

    def _unnoticed(self, minute: int, now: int) -> int:
        """How many minutes from here can be skipped since the tape reaches nobody in them."""
        for level, span in enumerate(SPANS):
            if minute % span == 0 and (minute + span) * MINUTE <= now:
                if not self.record.is_pure(minute, span, level):
                    continue
                shift = self.record.stretch(minute * MINUTE).shift
                node = self.record.tape.node(level, minute // span)
                if not (self._reaches(node.low + shift) or self._reaches(node.high + shift)):
                    return span
        return 0

    def _reaches(self, ticks: int) -> bool:
        """Whether a trade at this price would reach a customer's order."""
        price = ticks * self.instrument.tick
        bid = self._book.bids.best_customer_price()
        ask = self._book.asks.best_customer_price()
        return (bid is not None and price <= bid) or (ask is not None and price >= ask)

    def _run(self, event: TapeEvent, *, on_tape: bool = True) -> None:
        """Carry out one trade of the tape: customers' orders in its way come first."""
        self._running = trades = []
        self._last_id = max(self._last_id, event.id - 1)
        bids, asks = self._met(event, event.time)
        price = event.price * self.instrument.tick
        amount = event.amount * self.instrument.step
        rest = self._engine.sweep(self.instrument.symbol, event.side, price, amount, event.time)
        if rest > 0:
            identity = self.next_trade_id(event.time)
            trades.append(PublicTrade(identity, event.time, price, rest, event.side))
        self._place(event, bids, asks)
        self._running = None
        if on_tape:
            self.record.replace(event, trades)
        else:
            for trade in trades:
                self.record.add(trade)

    def _met(self, event: TapeEvent, now: int) -> tuple[list[Level], list[Level]]:
        """The quotes around an event, less what of them crosses customers' orders: that trades."""
        self._book.bids.replace_quotes(())
        self._book.asks.replace_quotes(())
        quotes = self.record.tape.quotes(event, event.price, DEPTH)
        return self._met_side("buy", quotes.bids, now), self._met_side("sell", quotes.asks, now)

    def _met_side(self, side: Side, quotes: tuple[tuple[int, int], ...], now: int) -> list[Level]:
        tick, step, symbol = self.instrument.tick, self.instrument.step, self.instrument.symbol
        levels = [(ticks * tick, steps * step) for ticks, steps in quotes]
        if not levels or not self._book.crosses(side, levels[0][0]):
            return levels
        rests = [
            (price, self._engine.sweep(symbol, side, price, amount, now))
            for price, amount in levels
        ]
        return [(price, rest) for price, rest in rests if rest > 0]

    def _place(self, event: TapeEvent, bids: list[Level], asks: list[Level]) -> None:
        self._book.bids.replace_quotes(bids)
        self._book.asks.replace_quotes(asks)
        self._quoted = (event.id, event.price)
        self.changes += 1
