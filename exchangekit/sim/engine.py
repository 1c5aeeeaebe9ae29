"""The matching engine: accepts orders, executes them in price-time priority, settles at once.

Everything an order does to the ledger happens here: funds are locked exactly while it rests, paid
out exactly when it fills, and returned exactly when it ends. An order that is refused has changed
nothing. Filters (tick, step, notional) are the dialect's business.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

from exchangekit.sim.accounts import AccountState
from exchangekit.sim.book import Book, Resting
from exchangekit.sim.fees import FeeDesk, PriceOf
from exchangekit.sim.instruments import Instrument
from exchangekit.sim.ledger import HOUSE, Ledger
from exchangekit.sim.matching import Plan, Taker, plan
from exchangekit.sim.money import ONE, WIDE, ZERO
from exchangekit.sim.orders import (
    DuplicateClientId,
    Fill,
    InsufficientFunds,
    NoLiquidity,
    Order,
    OrderRequest,
    Reason,
    Side,
    Status,
    VenueRules,
    WouldTake,
)
from exchangekit.sim.views import PublicTrade

# Takes every trade of a symbol that a customer was part of; gives the next trade id at a time.
TradeSink = Callable[[str, PublicTrade], None]
TradeIds = Callable[[str, int], int]


class Engine:
    """Books and orders of one venue over its ledger."""

    def __init__(
        self,
        *,
        ledger: Ledger,
        instruments: Mapping[str, Instrument],
        rules: VenueRules,
        order_id: Callable[[int, int], str],
        trade_ids: TradeIds,
        on_trade: TradeSink,
        price_of: PriceOf,
    ) -> None:
        self.ledger = ledger
        self.rules = rules
        self.books = {symbol: Book() for symbol in instruments}
        self._instruments = instruments
        self._order_id = order_id
        self._trade_ids = trade_ids
        self._on_trade = on_trade
        self._accounts: dict[str, AccountState] = {}
        self.fees = FeeDesk(ledger, rules, instruments, self.account, price_of)
        self._count = 0
        self._parked: dict[int, Order] = {}

    def account(self, name: str) -> AccountState:
        """The engine's record of an account, made when first asked for."""
        return self._accounts.setdefault(name, AccountState())

    def accounts(self) -> Mapping[str, AccountState]:
        return self._accounts

    # --- placing ---
    def check(self, account: str, request: OrderRequest, now: int) -> None:
        """Raise the `Rejection` that `place` would raise; change nothing."""
        self._examine(account, request, now, None)

    def place(
        self, account: str, request: OrderRequest, now: int, *, cap: Decimal | None = None
    ) -> Order:
        """Accept an order and execute what matches. Raises `Rejection` with nothing changed.

        `cap`: fill at most this much of it now, and keep what would rest out of the market.
        """
        state = self.account(account)
        found, lock_asset, lock = self._examine(account, request, now, cap)
        self._count += 1
        order = Order(
            id=self._count,
            venue_id=self._order_id(self._count, now),
            account=account,
            symbol=request.symbol,
            side=request.side,
            kind=request.kind,
            price=request.price,
            amount=request.amount,
            cost=request.cost,
            time_in_force=request.time_in_force,
            post_only=request.post_only,
            client_id=request.client_id,
            self_trade=request.self_trade or self.rules.self_trade,
            created=now,
            updated=now,
            tag=request.tag,
            locked_asset=lock_asset,
        )
        state.orders.append(order)
        state.by_venue_id[order.venue_id] = order
        if order.client_id is not None:
            state.by_client_id[order.client_id] = order
        self.ledger.lock(account, lock_asset, lock)
        order.locked = lock
        state.open[order.id] = order
        if order.post_only and self.books[order.symbol].crosses(order.side, order.price):
            self._end(order, "canceled", "post_only", now)
        elif order.time_in_force == "FOK" and not found.done:
            self._end(order, "expired", "fok", now)
        else:
            self._carry_out(order, found, now)
            self._settle_rest(order, found, now, parked=cap is not None)
        return order

    def _examine(
        self, account: str, request: OrderRequest, now: int, cap: Decimal | None
    ) -> tuple[Plan, str, Decimal]:
        """The plan, and which asset and how much of it to lock; raises what must be refused."""
        self._refuse_malformed(request)
        self._refuse_duplicate(account, request, now)
        book, instrument = self.books[request.symbol], self._instruments[request.symbol]
        refuses = request.post_only and self.rules.post_only == "reject"
        if refuses and book.crosses(request.side, request.price):
            raise WouldTake("the order would match at once")
        if request.kind == "market" and not book.opposite(request.side):
            raise NoLiquidity("no orders on the other side")
        found = plan(
            book,
            Taker(
                request.side,
                request.price,
                request.amount,
                request.cost,
                instrument.step,
                account,
                request.self_trade or self.rules.self_trade,
                cap,
            ),
        )
        asset, lock = self._to_lock(account, request, instrument, found)
        free = self.ledger.balance(account, asset).free
        if free < lock:
            raise InsufficientFunds(asset, lock, free)
        return found, asset, lock

    @staticmethod
    def _refuse_malformed(request: OrderRequest) -> None:
        if (request.amount is None) == (request.cost is None):
            raise ValueError("an order has an amount or a cost, not both")
        if (request.price is None) == (request.kind == "limit"):
            raise ValueError("a limit order has a price, a market order has none")
        if request.kind == "limit" and request.cost is not None:
            raise ValueError("an order by cost is a market order")
        if min(n for n in (request.amount, request.cost, request.price) if n is not None) <= 0:
            raise ValueError("amounts, costs and prices are above zero")

    def _refuse_duplicate(self, account: str, request: OrderRequest, now: int) -> None:
        if request.client_id is None:
            return
        existing = self.account(account).by_client_id.get(request.client_id)
        if existing is None or not (self.rules.client_ids == "ever" or existing.is_open):
            return
        memory = self.rules.client_ids_ms
        if memory is None or now - existing.created < memory:
            raise DuplicateClientId(request.client_id, existing)

    def _to_lock(
        self, account: str, request: OrderRequest, instrument: Instrument, found: Plan
    ) -> tuple[str, Decimal]:
        """What the order can cost at most: exactly this is locked."""
        if request.side == "sell":
            amount = request.amount if request.amount is not None else found.amount
            return instrument.base, amount
        if request.cost is not None:
            cost = request.cost
        elif request.price is not None and request.amount is not None:
            cost = WIDE.multiply(request.price, request.amount)
        else:
            cost = found.cost
        return instrument.quote, self.fees.with_fee(account, request.symbol, cost)

    # --- ending and releasing ---
    def cancel(self, order: Order, now: int, reason: Reason = "user") -> None:
        """End an open order, at its owner's wish unless told why, and return its locked funds."""
        if not order.is_open:
            raise ValueError(f"order {order.venue_id} is {order.status}, not open")
        self._leave_book(order)
        self._end(order, "canceled", reason, now)

    def amend(self, order: Order, *, amount: Decimal, price: Decimal, now: int) -> None:
        """Give an open limit order another amount (what is filled included) and price.

        It takes its place in the book anew. With no more to fill than has filled it is filled.
        Raises `InsufficientFunds` with nothing changed.
        """
        if not order.is_open or order.kind != "limit":
            raise ValueError(f"order {order.venue_id} is no open limit order")
        rest = max(WIDE.subtract(amount, order.filled), ZERO)
        lock = rest
        if order.side == "buy":
            cost = WIDE.multiply(price, rest)
            lock = self.fees.with_fee(order.account, order.symbol, cost)
        free = self.ledger.balance(order.account, order.locked_asset).free
        if WIDE.add(free, order.locked) < lock:
            raise InsufficientFunds(order.locked_asset, lock, WIDE.add(free, order.locked))
        self._leave_book(order)
        self.ledger.unlock(order.account, order.locked_asset, order.locked)
        self.ledger.lock(order.account, order.locked_asset, lock)
        order.amount, order.price, order.locked = amount, price, lock
        order.updated = now
        if not rest:
            self._end(order, "filled", "", now)
            return
        book = self.books[order.symbol]
        if order.post_only and book.crosses(order.side, price):
            self._end(order, "canceled", "post_only", now)
            return
        taker = Taker(order.side, price, rest, None, ONE, order.account, order.self_trade)
        found = plan(book, taker)
        self._carry_out(order, found, now)
        self._settle_rest(order, found, now, parked=False)

    def parked(self) -> list[Order]:
        """Orders kept out of the market by `cap`."""
        return list(self._parked.values())

    def release_parked(self, now: int) -> None:
        """Bring orders kept out of the market by `cap` back into it."""
        parked, self._parked = self._parked, {}
        for order in parked.values():
            taker = Taker(
                order.side, order.price, order.remaining, None, ONE, order.account, order.self_trade
            )
            found = plan(self.books[order.symbol], taker)
            self._carry_out(order, found, now)
            self._settle_rest(order, found, now, parked=False)

    def fill_parked(self, order: Order, amount: Decimal, now: int) -> None:
        """The background market fills part of an order that is kept out of the market."""
        if order.id not in self._parked or order.price is None:
            raise ValueError(f"order {order.venue_id} is not kept out of the market")
        entry = Resting(order.side, order.price, order.remaining, order)
        taker: Side = "sell" if order.side == "buy" else "buy"
        self._execute(order.symbol, taker, None, entry, amount, now)

    def _leave_book(self, order: Order) -> None:
        self._parked.pop(order.id, None)
        side = self.books[order.symbol].own(order.side)
        entry = side.customers.get(order.id)
        if entry is not None:
            side.remove(entry)

    def _end(self, order: Order, status: Status, reason: Reason, now: int) -> None:
        self.ledger.unlock(order.account, order.locked_asset, order.locked)
        order.locked = ZERO
        order.status, order.reason, order.updated = status, reason, now
        del self.account(order.account).open[order.id]

    # --- executing ---
    def sweep(self, symbol: str, side: Side, price: Decimal, amount: Decimal, now: int) -> Decimal:
        """The background market takes: at most `amount`, at `price` or better. Returns the rest."""
        found = plan(self.books[symbol], Taker(side, price, amount, None, ONE, None, "none"))
        for maker, size in found.fills:
            self._execute(symbol, side, None, maker, size, now)
        return WIDE.subtract(amount, found.amount)

    def _carry_out(self, order: Order, found: Plan, now: int) -> None:
        for entry in found.removed:
            if entry.order is not None:
                self._leave_book(entry.order)
                self._end(entry.order, "expired", "self_trade", now)
        for maker, size in found.fills:
            self._execute(order.symbol, order.side, order, maker, size, now)

    def _settle_rest(self, order: Order, found: Plan, now: int, *, parked: bool) -> None:
        """What becomes of the part that did not fill."""
        if found.done:
            self._end(order, "filled", "", now)
        elif found.stopped:
            self._end(order, "expired", "self_trade", now)
        elif order.price is None:
            self._end(order, "expired", "no_liquidity", now)
        elif order.time_in_force != "GTC":
            self._end(order, "expired", "ioc", now)
        elif parked:
            self._parked[order.id] = order
        else:
            entry = Resting(order.side, order.price, order.remaining, order)
            self.books[order.symbol].own(order.side).add(entry)

    def _execute(
        self, symbol: str, side: Side, taker: Order | None, maker: Resting, size: Decimal, now: int
    ) -> None:
        """One trade: the money, both orders' records, the book, the public trade."""
        buyer, seller = (taker, maker.order) if side == "buy" else (maker.order, taker)
        instrument, cost = self._instruments[symbol], WIDE.multiply(maker.price, size)
        if buyer is not None:
            at = buyer.price if buyer.price is not None else maker.price
            self._release(buyer, self.fees.with_fee(buyer.account, symbol, WIDE.multiply(at, size)))
        if seller is not None:
            self._release(seller, size)
        buys = HOUSE if buyer is None else buyer.account
        sells = HOUSE if seller is None else seller.account
        self.ledger.transfer(buys, sells, instrument.quote, cost)
        self.ledger.transfer(sells, buys, instrument.base, size)
        trade = PublicTrade(self._trade_ids(symbol, now), now, maker.price, size, side)
        for order in (taker, maker.order):
            if order is not None:
                self._record(order, trade, cost, maker=order is not taker)
        maker.remaining = WIDE.subtract(maker.remaining, size)
        if maker.remaining == 0:
            if maker.order is not None:
                self._leave_book(maker.order)
                self._end(maker.order, "filled", "", now)
            else:
                self.books[symbol].own(maker.side).remove(maker)
        self._on_trade(symbol, trade)

    def _release(self, order: Order, amount: Decimal) -> None:
        """Free what was locked for a part that now fills."""
        self.ledger.unlock(order.account, order.locked_asset, amount)
        order.locked = WIDE.subtract(order.locked, amount)

    def _record(self, order: Order, trade: PublicTrade, cost: Decimal, *, maker: bool) -> None:
        """Charge the fee and write the execution down."""
        fee, asset = self.fees.charge(order, trade.amount, cost, maker=maker)
        fill = Fill(
            id=trade.id,
            order_id=order.id,
            venue_order_id=order.venue_id,
            client_id=order.client_id,
            account=order.account,
            symbol=order.symbol,
            side=order.side,
            price=trade.price,
            amount=trade.amount,
            fee=fee,
            fee_asset=asset,
            maker=maker,
            time=trade.time,
        )
        order.filled = WIDE.add(order.filled, trade.amount)
        order.spent = WIDE.add(order.spent, cost)
        order.updated = trade.time
        order.fills.append(fill)
        self.account(order.account).fills.append(fill)
