"""The whole simulated exchange behind a dialect: markets, orders and accounts as of now.

Whatever is asked, markets that hold customers' orders are brought up to date first, so that an
order the market has reached is never reported open. Speaks no venue's language.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from itertools import islice
from typing import Final

from exchangekit.sim import intervals
from exchangekit.sim.clock import DAY, VenueClock
from exchangekit.sim.countdowns import Countdowns
from exchangekit.sim.engine import Engine
from exchangekit.sim.instruments import Fees, Instrument
from exchangekit.sim.ledger import Balance, Ledger
from exchangekit.sim.market import Market
from exchangekit.sim.money import WIDE
from exchangekit.sim.orders import Fill, Halted, Order, OrderRequest, VenueRules
from exchangekit.sim.tape import EPOCH_2020, Tape
from exchangekit.sim.views import BookView, Candle, PublicTrade, Ticker

# Since when every symbol is listed: there are no candles or trades before.
LISTED: Final = EPOCH_2020


class Exchange:
    """One venue's markets and accounts."""

    def __init__(
        self,
        *,
        instruments: Sequence[Instrument],
        rules: VenueRules,
        clock: VenueClock,
        seed: int,
        order_id: Callable[[int, int], str],
    ) -> None:
        self.clock = clock
        self.ledger = Ledger()
        self.instruments = {instrument.symbol: instrument for instrument in instruments}
        self.engine = Engine(
            ledger=self.ledger,
            instruments=self.instruments,
            rules=rules,
            order_id=order_id,
            trade_ids=lambda symbol, now: self._markets[symbol].next_trade_id(now),
            on_trade=lambda symbol, trade: self._markets[symbol].traded(trade),
            price_of=self._price_of,
        )
        now = clock.market_now()
        self.countdowns = Countdowns()
        self._markets = {
            instrument.symbol: Market(instrument, Tape(seed, instrument), self.engine, now)
            for instrument in instruments
        }
        self._pairs = {(item.base, item.quote): item.symbol for item in instruments}
        self._first_update = (now - EPOCH_2020) // 10

    # --- public data ---
    def market(self, symbol: str) -> Market:
        """The live market, advanced to now. Raises `KeyError` for an unknown symbol."""
        market, now = self._markets[symbol], self.clock.market_now()
        self._let_countdowns_end(now)
        market.advance(now)
        return market

    def quoted(self, symbol: str) -> Market:
        """As `market`, with the background quotes of this moment in the book."""
        market = self.market(symbol)
        market.requote()
        return market

    def halted(self, symbol: str) -> bool:
        market = self._markets[symbol]
        return market.halted or market.delisted

    def listed(self) -> tuple[Instrument, ...]:
        """The instruments that the venue lists; it still knows those that it delisted."""
        return tuple(
            one for name, one in self.instruments.items() if not self._markets[name].delisted
        )

    def last_price(self, symbol: str) -> Decimal:
        return self.market(symbol).last_trade().price

    def book(self, symbol: str, depth: int) -> BookView:
        market = self.quoted(symbol)
        book = self.engine.books[symbol]
        update = self._first_update + market.changes
        return BookView(book.bids.levels(depth), book.asks.levels(depth), update, market.now)

    def trades(
        self,
        symbol: str,
        *,
        limit: int,
        since: int | None = None,
        until: int | None = None,
        from_id: int | None = None,
    ) -> list[PublicTrade]:
        """See `Context.trades`."""
        market = self.market(symbol)
        now = market.now if until is None else min(until, market.now)
        if since is None and from_id is None:
            newest = list(islice(market.record.backwards(now), limit))
            return newest[::-1]
        first = since or LISTED
        if from_id is not None:
            first = max(first, EPOCH_2020 + from_id // 1000)
        later = market.record.forwards(first, now)
        return list(islice((item for item in later if item.id >= (from_id or 0)), limit))

    def candles(
        self,
        symbol: str,
        interval: str,
        *,
        limit: int,
        since: int | None = None,
        until: int | None = None,
        offset_hours: int = 0,
    ) -> list[Candle]:
        """See `Context.candles`."""
        market = self.market(symbol)
        last = market.now if until is None else min(until, market.now)
        first = max(since or 0, intervals.start_of(interval, LISTED, offset_hours))
        wanted = intervals.starts(
            interval,
            first=first,
            last=last,
            limit=limit,
            offset_hours=offset_hours,
            newest=since is None,
        )
        return [self._candle(market, interval, start, offset_hours) for start in wanted]

    def _candle(self, market: Market, interval: str, start: int, offset_hours: int) -> Candle:
        end = intervals.following(interval, start, offset_hours)
        closed = end <= market.now
        bar = market.record.bar(start, end if closed else market.now + 1)
        before = bar.open
        if not bar.trades:
            before = market.record.last(start - 1).price
        return bar.candle(start, end, before=before, closed=closed)

    def ticker(self, symbol: str) -> Ticker:
        """The last 24 hours and the best quotes."""
        market = self.market(symbol)
        opened = market.now - DAY
        bar = market.record.bar(opened, market.now + 1)
        last = market.last_trade()
        first = market.record.first(opened, market.now) or last
        before = market.record.last(opened - 1)
        bid, ask = market.best()
        return Ticker(
            symbol=symbol,
            time=market.now,
            opened=opened,
            open=bar.open if bar.trades else last.price,
            high=bar.high if bar.trades else last.price,
            low=bar.low if bar.trades else last.price,
            last=last.price,
            last_amount=last.amount,
            previous_close=before.price,
            bid=bid[0] if bid else None,
            bid_amount=bid[1] if bid else None,
            ask=ask[0] if ask else None,
            ask_amount=ask[1] if ask else None,
            volume=bar.volume,
            quote_volume=bar.quote_volume,
            trades=bar.trades,
            first_trade_id=first.id,
            last_trade_id=last.id,
        )

    # --- accounts ---
    def fees(self, account: str, symbol: str) -> Fees:
        return self.engine.fees.rates(account, symbol)

    def balances(self, account: str) -> Mapping[str, Balance]:
        self.catch_up()
        return self.ledger.balances(account)

    def order(
        self, account: str, *, venue_id: str | None = None, client_id: str | None = None
    ) -> Order | None:
        """See `Context.order`."""
        self.catch_up()
        state = self.engine.account(account)
        if venue_id is not None:
            return state.by_venue_id.get(venue_id)
        return state.by_client_id.get(client_id) if client_id is not None else None

    def orders(self, account: str, symbol: str | None, *, open_only: bool) -> list[Order]:
        """See `Context.orders`."""
        self.catch_up()
        state = self.engine.account(account)
        orders = list(state.open.values()) if open_only else state.orders
        return [order for order in orders if symbol is None or order.symbol == symbol]

    def fills(self, account: str, symbol: str | None) -> list[Fill]:
        """See `Context.fills`."""
        self.catch_up()
        fills = self.engine.account(account).fills
        return [fill for fill in fills if symbol is None or fill.symbol == symbol]

    def catch_up(self) -> None:
        """Bring every market that holds customers' orders up to now."""
        now = self.clock.market_now()
        self._let_countdowns_end(now)
        self._advance(now)

    def _advance(self, now: int) -> None:
        for symbol, book in self.engine.books.items():
            if book.has_customers():
                self._markets[symbol].advance(now)

    def _let_countdowns_end(self, now: int) -> None:
        """What was to be canceled by now is, at its own moment: the market got no further there."""
        for ended in self.countdowns.ended(now):
            self._advance(ended.at)
            for order in list(self.engine.account(ended.account).open.values()):
                if ended.fits(order):
                    self.engine.cancel(order, ended.at, "countdown")
                    self._markets[order.symbol].changes += 1

    # --- orders ---
    def check(self, account: str, request: OrderRequest) -> None:
        """Raise what `place` would raise."""
        self._refuse_halted(request.symbol)
        market = self.quoted(request.symbol)
        self.engine.check(account, request, market.now)

    def place(self, account: str, request: OrderRequest, *, fraction: Decimal | None) -> Order:
        """Accept an order now. `fraction`: fill only this part of it and no more until released."""
        self._refuse_halted(request.symbol)
        market = self.quoted(request.symbol)
        cap = None
        if fraction is not None:
            cap = self._part(request, fraction)
        order = self.engine.place(account, request, market.now, cap=cap)
        if cap is not None and order.is_open and order.filled < cap:
            self.engine.fill_parked(order, WIDE.subtract(cap, order.filled), market.now)
        market.changes += 1
        return order

    def cancel(self, order: Order) -> bool:
        """Cancel an order; False if the market got to it first."""
        market = self.market(order.symbol)
        if order.is_open:
            self.engine.cancel(order, market.now)
            market.changes += 1
        return order.status == "canceled"

    def amend(self, order: Order, *, amount: Decimal, price: Decimal) -> bool:
        """Give an open order another amount and price; False if the market got to it first."""
        self._refuse_halted(order.symbol)
        market = self.quoted(order.symbol)
        if not order.is_open:
            return False
        self.engine.amend(order, amount=amount, price=price, now=market.now)
        market.changes += 1
        return True

    def release_parked(self) -> None:
        """Let orders that were filled in part on request meet the market again."""
        for symbol in {order.symbol for order in self.engine.parked()}:
            self.quoted(symbol)
        self.engine.release_parked(self.clock.market_now())

    def _part(self, request: OrderRequest, fraction: Decimal) -> Decimal:
        """`fraction` of an order in whole steps, at least one."""
        instrument = self.instruments[request.symbol]
        amount = request.amount
        if amount is None and request.cost is not None:
            amount = WIDE.divide(request.cost, self.last_price(request.symbol))
        steps = int(WIDE.divide(WIDE.multiply(amount or 0, fraction), instrument.step))
        return max(1, steps) * instrument.step

    def _refuse_halted(self, symbol: str) -> None:
        if self.halted(symbol):
            raise Halted(f"{symbol} is halted")

    def _price_of(self, asset: str, quote: str) -> Decimal | None:
        """The last price of one asset in another, directly or by way of USDT."""
        if asset == quote:
            return Decimal(1)
        direct = self._pairs.get((asset, quote))
        if direct is not None:
            return self._markets[direct].last_trade().price
        first, second = self._pairs.get((asset, "USDT")), self._pairs.get((quote, "USDT"))
        if first is None or second is None:
            return None
        return WIDE.divide(
            self._markets[first].last_trade().price, self._markets[second].last_trade().price
        )
