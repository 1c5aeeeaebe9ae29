"""What a handler is given: one request, the endpoint it is for, and the venue it is made to.

A handler reads the venue's state from its `Context` and changes it only through it: that is how
the core knows the exact moment an order is accepted, which the faults depend on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from exchangekit.sim.http import RawRequest, Response
from exchangekit.sim.instruments import Fees, Instrument
from exchangekit.sim.keys import ApiKey
from exchangekit.sim.ledger import Balance
from exchangekit.sim.limits import Breach
from exchangekit.sim.orders import Fill, Order, OrderRequest
from exchangekit.sim.state import VenueState
from exchangekit.sim.views import BookView, Candle, PublicTrade, Ticker

Handler = Callable[["Context"], Response]
Weight = int | Callable[["Context"], int]


class Answer(Exception):
    """Raise anywhere in a handler or in `authenticate` to answer with `response` at once."""

    def __init__(self, response: Response) -> None:
        super().__init__(f"HTTP {response.status}")
        self.response: Final = response


@dataclass(frozen=True, slots=True)
class Route:
    """One endpoint. `path` may hold ``{name}`` segments, given decoded in `Context.path_params`.

    `operation` is a plain name (``create_order``) that faults and the request log use. `signed`
    routes are authenticated before the handler runs. `counts` names the `LimitRule`s the endpoint
    counts in, `weight` how much (per rule if a mapping); a callable sees the context, before
    authentication only for rules of scope ``ip``. Routes with `per_endpoint` rules count under
    `operation`.
    """

    method: str
    path: str
    handler: Handler
    operation: str
    signed: bool = False
    counts: tuple[str, ...] = ()
    weight: Weight | Mapping[str, Weight] = 1

    def weight_under(self, rule: str, ctx: Context) -> int:
        """What this request weighs under one of the rules it counts in."""
        weight = self.weight.get(rule, 1) if isinstance(self.weight, Mapping) else self.weight
        return weight if isinstance(weight, int) else weight(ctx)


@dataclass(slots=True)
class Context:
    """Everything a handler may use for one request. `venue` is all that the venue holds.

    `_limited` is how the venue refuses a request over a limit, `over_limit` whether it did. With
    `lag_ms` whoever only reads (GET) is shown the account's orders as they were that long ago.
    """

    request: RawRequest
    route: Route
    venue: VenueState
    _limited: Callable[[Context, Breach], Response]
    path_params: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    accepted: bool = False
    touched: list[str] = field(default_factory=list)
    over_limit: bool = False
    lag_ms: int = 0
    _key: ApiKey | None = None

    # --- time and identity ---
    @property
    def now(self) -> int:
        """Venue time in milliseconds, read anew each time (a fault may have delayed us)."""
        return self.venue.clock.now()

    @property
    def key(self) -> ApiKey:
        """The authenticated key; only on signed routes."""
        if self._key is None:
            raise RuntimeError(f"{self.route.operation} is not a signed route")
        return self._key

    @property
    def account(self) -> str:
        """The name of the key's account."""
        return self.key.account

    def authenticated(self, key: ApiKey) -> None:
        """For the core: the dialect has verified this key."""
        self._key = key

    def limit_subject(self, rule: str) -> str | None:
        """For the core: who this request counts for under a limit; None if not known yet."""
        scope = self.venue.limiter.scope(rule)
        if scope == "ip":
            return self.request.ip
        if self._key is None:
            return None
        return self._key.key if scope == "key" else self._key.account

    # --- instruments and public data (always advanced to the present moment) ---
    def instrument(self, symbol: str) -> Instrument | None:
        """By the venue's own symbol, exactly as listed, also once it is delisted: orders and fills
        there can still be asked for. None if unknown."""
        return self.venue.instruments.get(symbol)

    @property
    def instruments(self) -> Sequence[Instrument]:
        """Those that are listed."""
        return self.venue.exchange.listed()

    def halted(self, symbol: str) -> bool:
        """Whether the control interface has halted trading of this symbol, or delisted it."""
        return self.venue.exchange.halted(symbol)

    def ticker(self, symbol: str) -> Ticker:
        return self.venue.exchange.ticker(symbol)

    def last_price(self, symbol: str) -> Decimal:
        return self.venue.exchange.last_price(symbol)

    def book(self, symbol: str, depth: int) -> BookView:
        """Levels aggregated by price; at most `depth` a side (the market keeps about 100)."""
        return self.venue.exchange.book(symbol, depth)

    def trades(
        self,
        symbol: str,
        *,
        limit: int,
        since: int | None = None,
        until: int | None = None,
        from_id: int | None = None,
    ) -> list[PublicTrade]:
        """Public trades, oldest first. `since`, `until` (ms) and `from_id` are inclusive.

        With `since` or `from_id` the oldest `limit` of the range, otherwise the newest.
        """
        return self.venue.exchange.trades(
            symbol, limit=limit, since=since, until=until, from_id=from_id
        )

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
        """Candles, oldest first, the unfinished present one included, none missing.

        `interval` is one of 1m 3m 5m 15m 30m 1h 2h 4h 6h 8h 12h 1d 2d 3d 5d 1w 1M 3M (`KeyError`
        otherwise). `since` and `until` (ms, inclusive) bound the candles' start times. With
        `since` the oldest `limit`, otherwise the newest. `offset_hours` moves where days and the
        intervals of several hours begin (8: midnight at UTC+8). Weeks begin on Monday.
        """
        return self.venue.exchange.candles(
            symbol, interval, limit=limit, since=since, until=until, offset_hours=offset_hours
        )

    # --- the account ---
    def balances(self) -> Mapping[str, Balance]:
        """Every asset the account ever held, by name; `free` and `locked`."""
        return self.venue.exchange.balances(self.account)

    def fees(self, symbol: str) -> Fees:
        """The account's rates for this symbol."""
        return self.venue.exchange.fees(self.account, symbol)

    def order(self, *, venue_id: str | None = None, client_id: str | None = None) -> Order | None:
        """The account's order by either id; by client id the newest one that carries it."""
        found = self.venue.exchange.order(self.account, venue_id=venue_id, client_id=client_id)
        return found if found is None or not self._lags else found.as_of(self._seen_at)

    def orders(self, symbol: str | None = None, *, open_only: bool = False) -> list[Order]:
        """The account's orders, oldest first."""
        if not self._lags:
            return self.venue.exchange.orders(self.account, symbol, open_only=open_only)
        held = self.venue.exchange.orders(self.account, symbol, open_only=False)
        then = [one.as_of(self._seen_at) for one in held]
        return [one for one in then if one is not None and (one.is_open or not open_only)]

    def fills(self, symbol: str | None = None) -> list[Fill]:
        """The account's executions, oldest first."""
        found = self.venue.exchange.fills(self.account, symbol)
        return [one for one in found if one.time <= self._seen_at] if self._lags else found

    @property
    def _lags(self) -> bool:
        return bool(self.lag_ms) and self.request.method == "GET"

    @property
    def _seen_at(self) -> int:
        return self.venue.clock.market_now() - self.lag_ms

    # --- the only ways to change anything ---
    def place(self, request: OrderRequest, *, guard: Callable[[], None] | None = None) -> Order:
        """Place an order: the moment of acceptance. Raises `Rejection`; then nothing happened.

        `guard` is asked last, after any delay a fault puts there, and refuses by raising: for
        venues that look at the clock once more before they accept.
        """
        fraction = self._at_acceptance()
        if guard is not None:
            guard()
        order = self.venue.exchange.place(self.account, request, fraction=fraction)
        self.accepted = True
        self.touched.append(order.venue_id)
        return order

    def check(self, request: OrderRequest) -> None:
        """Everything `place` would refuse, without placing (the venues' "test order")."""
        self.venue.exchange.check(self.account, request)

    def cancel(self, order: Order) -> Order:
        """Cancel an order that was open. Look at `status` after: the market may have been first."""
        return self.cancel_many([order])[0]

    def cancel_many(self, orders: Sequence[Order]) -> list[Order]:
        """Cancel several in one acceptance. One that the market got to first stays filled."""
        self._at_acceptance()
        for order in orders:
            if self.venue.exchange.cancel(order):
                self.accepted = True
                self.touched.append(order.venue_id)
        return list(orders)

    def amend(self, order: Order, *, amount: Decimal, price: Decimal) -> bool:
        """Change an open limit order: the moment of acceptance. False if it is open no more."""
        self._at_acceptance()
        done = self.venue.exchange.amend(order, amount=amount, price=price)
        if done:
            self.accepted = True
            self.touched.append(order.venue_id)
        return done

    def cancel_all_after(self, milliseconds: int | None, tag: str = "") -> None:
        """The dead man's switch: when that much time has passed, cancel the account's open orders
        (those placed until then included); None switches it off. With a `tag` only those orders
        whose own `OrderRequest.tag` holds it as ``"tag"``.
        """
        self._at_acceptance()
        clock, running = self.venue.clock, self.venue.exchange.countdowns
        at = None if milliseconds is None else clock.market_now() + milliseconds
        self.venue.exchange.catch_up()
        running.set(self.account, tag, at)
        self.accepted = True

    def countdowns(self, *, but: str) -> int:
        """How many switches of the account run that are for another tag."""
        self.venue.exchange.catch_up()
        return self.venue.exchange.countdowns.tagged(self.account, but)

    def _at_acceptance(self) -> Decimal | None:
        """Faults at this exact point: wait, or say what part of the order may fill."""
        path, operation = self.request.path.decode("latin-1"), self.route.operation
        fraction = None
        for rule in self.venue.faults.striking_acceptance(self.request.method, path, operation):
            if rule.action == "partial":
                fraction = rule.fraction
            else:
                self.venue.let_others_go_on(rule.seconds)
        return fraction

    # --- limits ---
    def used(self, rule: str) -> int:
        """Weight used under this rule in the present window, this request included.

        0 where the caller is not known yet.
        """
        subject = self.limit_subject(rule)
        if subject is None:
            return 0
        return self.venue.limiter.used(rule, subject, self.route.operation, self.now)

    def charge(self, rule: str, weight: int = 1) -> None:
        """Count weight under a rule; raises `Answer` with the venue's refusal if over."""
        subject = self.limit_subject(rule)
        if subject is None:
            return
        limiter, operation = self.venue.limiter, self.route.operation
        breach = limiter.charge(rule, subject, operation, weight, self.now)
        if breach is not None:
            self.over_limit = True
            raise Answer(self._limited(self, breach))
