"""The control interface: what a venue really holds, and the levers that tests pull.

It shows the ledger as it is, never what a reply claimed. Numbers are strings.
`SimulatedVenue.control` is one of these; `control_http` offers the same under ``/_sim/``.
Described for users in `docs/sim-control.md`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation

from exchangekit.sim.faults import FaultRule, parse_rule
from exchangekit.sim.instruments import Fees
from exchangekit.sim.keys import ApiKey, permissions_of
from exchangekit.sim.orders import OrderRequest, Rejection
from exchangekit.sim.public_keys import read_public_key
from exchangekit.sim.shown import (
    show_balances,
    show_count,
    show_fill,
    show_key,
    show_order,
    show_trade,
)
from exchangekit.sim.state import DEFAULT_ACCOUNT, VenueState

Shown = dict[str, object]


class Control:
    """Levers and windows of one venue. Every method takes the venue's lock."""

    def __init__(self, venue: VenueState) -> None:
        self._venue = venue

    # --- what it really holds ---
    def orders(self, account: str | None = None) -> list[Shown]:
        """Every order ever accepted, oldest first, with its fills."""
        with self._venue.lock:
            self._venue.exchange.catch_up()
            found = [
                order
                for name, state in self._venue.exchange.engine.accounts().items()
                if account in (None, name)
                for order in state.orders
            ]
            return [show_order(order) for order in sorted(found, key=lambda order: order.id)]

    def fills(self, account: str | None = None) -> list[Shown]:
        """Every execution of customers' orders, in the order they happened."""
        with self._venue.lock:
            self._venue.exchange.catch_up()
            found = [
                fill
                for name, state in self._venue.exchange.engine.accounts().items()
                if account in (None, name)
                for fill in state.fills
            ]
            return [
                show_fill(fill) for fill in sorted(found, key=lambda fill: (fill.time, fill.id))
            ]

    def balances(self) -> dict[str, dict[str, dict[str, str]]]:
        """account -> asset -> free, locked, total; the system's accounts included."""
        with self._venue.lock:
            self._venue.exchange.catch_up()
            return show_balances(self._venue.exchange.ledger)

    def trades(self, symbol: str, limit: int = 100) -> list[Shown]:
        """The newest public trades of a symbol, oldest first."""
        with self._venue.lock:
            self._known(symbol)
            return [show_trade(trade) for trade in self._venue.exchange.trades(symbol, limit=limit)]

    def requests(self) -> list[Shown]:
        """What arrived, oldest first, without secrets."""
        with self._venue.lock:
            keys = self._venue.keys.all()
            secrets = [word for key in keys for word in (key.secret, key.passphrase or "")]
            return self._venue.log.describe(secrets)

    def counts(self) -> list[Shown]:
        """What each limit has counted in its present window, by whom and endpoint."""
        with self._venue.lock:
            return [
                show_count(*count) for count in self._venue.limiter.counts(self._venue.clock.now())
            ]

    # --- faults and time ---
    def set_faults(self, rules: Sequence[Mapping[str, object]]) -> list[Shown]:
        """These rules and no others: `clear_faults`, then `add_faults`."""
        with self._venue.lock:
            parsed = [parse_rule(dict(rule)) for rule in rules]
            self.clear_faults()
            return self._add(parsed)

    def add_faults(self, rules: Sequence[Mapping[str, object]]) -> list[Shown]:
        """Add rules (see `docs/sim-control.md`); all of them or, on a bad one, none."""
        with self._venue.lock:
            return self._add([parse_rule(dict(rule)) for rule in rules])

    def _add(self, rules: Sequence[FaultRule]) -> list[Shown]:
        outages = [rule for rule in rules if rule.action == "refuse" and rule.seconds]
        for rule in outages:
            self._venue.begin_outage(rule.seconds)
        self._venue.faults.add(rule for rule in rules if rule not in outages)
        return self.faults()

    def faults(self) -> list[Shown]:
        """The rules in force and how often each struck."""
        with self._venue.lock:
            return [rule.describe() for rule in self._venue.faults.all()]

    def clear_faults(self) -> None:
        """No more faults: a clock they made wrong is right, orders they held meet the market."""
        with self._venue.lock:
            self._venue.clear_faults()

    def clock(
        self,
        *,
        offset_ms: int | None = None,
        drift_ppm: int | None = None,
        freeze: bool | None = None,
        at: int | None = None,
        advance_ms: int | None = None,
    ) -> Shown:
        """Change the clock, then tell how it stands."""
        with self._venue.lock:
            clock = self._venue.clock
            if freeze is False:
                clock.thaw()
            if freeze or at is not None:
                clock.freeze(at)
            if advance_ms is not None:
                clock.advance(advance_ms)
            if offset_ms is not None or drift_ppm is not None:
                clock.set_error(offset=offset_ms or 0, drift_ppm=drift_ppm or 0)
            return clock.describe()

    # --- accounts and markets ---
    def deposit(self, account: str, asset: str, amount: str | Decimal) -> None:
        """Bring funds into an account, made if there is none of that name."""
        with self._venue.lock:
            ledger = self._venue.exchange.ledger
            ledger.open_account(account, {})
            ledger.deposit(account, asset, _number(amount, "amount"))

    def set_balance(self, account: str, asset: str, free: str | Decimal) -> None:
        """Make exactly this much free."""
        with self._venue.lock:
            ledger = self._venue.exchange.ledger
            ledger.open_account(account, {})
            ledger.set_free(account, asset, _number(free, "free"))

    def set_fees(
        self,
        account: str,
        *,
        maker: str | Decimal,
        taker: str | Decimal,
        in_fee_asset: bool = False,
    ) -> None:
        """Rates of one account, and whether it pays in the venue's own coin."""
        with self._venue.lock:
            state = self._venue.exchange.engine.account(account)
            state.fees = Fees(
                _number(maker, "maker", sign=True), _number(taker, "taker", sign=True)
            )
            state.pays_with_fee_asset = in_fee_asset

    def again(self, order_id: str, account: str | None = None) -> Shown:
        """Place an order like this one, for `account` or its own, as if its owner had: for lists
        longer than a client would care to fill. Raises ValueError for no such order, and for one
        that the engine refuses."""
        with self._venue.lock:
            engine = self._venue.exchange.engine
            accounts = engine.accounts().values()
            found = [one.by_venue_id[order_id] for one in accounts if order_id in one.by_venue_id]
            if not found:
                raise ValueError(f"no order has the id {order_id!r}")
            like, number = found[0], 1 + sum(len(one.orders) for one in accounts)
            request = OrderRequest(
                symbol=like.symbol,
                side=like.side,
                kind=like.kind,
                amount=like.amount,
                price=like.price,
                cost=like.cost,
                time_in_force=like.time_in_force,
                post_only=like.post_only,
                client_id=f"again{number:06d}",
                self_trade=like.self_trade,
                tag=like.tag,
            )
            owner = account or like.account
            self._venue.exchange.ledger.open_account(owner, {})
            try:
                made = self._venue.exchange.place(owner, request, fraction=None)
            except Rejection as refused:
                raise ValueError(f"{type(refused).__name__}: {refused}") from None
            return show_order(made)

    def market(
        self,
        symbol: str,
        *,
        price: str | Decimal | None = None,
        frozen: bool | None = None,
        halted: bool | None = None,
        delisted: bool | None = None,
        follow: bool = False,
    ) -> Shown:
        """Move, freeze, release, halt or delist a symbol, then tell how it stands."""
        with self._venue.lock:
            self._known(symbol)
            market = self._venue.exchange.quoted(symbol)
            if halted is not None:
                market.halted = halted
            if delisted is not None:
                market.delisted = delisted
            if price is not None:
                market.move(_number(price, "price"), frozen=bool(frozen))
            elif (frozen or halted or delisted) and not market.pinned:
                market.stand_still()
            elif False in (frozen, halted, delisted) and market.pinned:
                market.move_on()
            if follow:
                market.follow_tape()
            ticker = self._venue.exchange.ticker(symbol)
            return {
                "symbol": symbol,
                "last": format(ticker.last, "f"),
                "bid": format(ticker.bid, "f") if ticker.bid is not None else None,
                "ask": format(ticker.ask, "f") if ticker.ask is not None else None,
                "frozen": market.pinned,
                "halted": market.halted,
                "delisted": market.delisted,
            }

    def key(
        self,
        key: str,
        *,
        secret: str | None = None,
        public_key: str | None = None,
        passphrase: str | None = None,
        account: str | None = None,
        permissions: Sequence[str] | None = None,
        ips: Sequence[str] | None = None,
        expires: int | None = None,
        remove: bool = False,
    ) -> list[Shown]:
        """Make a key, change what is given of one that exists, or remove it. One with a
        `public_key` (PEM) has no secret; `secret` makes it one for an HMAC again. It ends at
        `expires` (ms), where the venue ends keys; 0: never."""
        with self._venue.lock:
            ring = self._venue.keys
            known = ring.find(key)
            if remove:
                ring.remove(key)
            elif known is None:
                if secret is None and public_key is None:
                    raise ValueError("a new key needs a secret, or a public_key")
                known = ApiKey(
                    key,
                    secret or "",
                    account or DEFAULT_ACCOUNT,
                    created=self._venue.clock.now(),
                    public_key=public_key,
                )
                self._venue.exchange.ledger.open_account(known.account, {})
                ring.add(known)
            if known is not None:
                if public_key is not None:
                    read_public_key(public_key)
                    known.secret, known.public_key = "", public_key
                elif secret is not None:
                    known.secret, known.public_key = secret, None
                known.passphrase = passphrase or known.passphrase
                known.account = account or known.account
                if permissions is not None:
                    known.permissions = permissions_of(permissions)
                if ips is not None:
                    known.ips = frozenset(ips)
                if expires is not None:
                    known.expires = expires
            return [show_key(item) for item in ring.all()]

    def limits(
        self,
        *,
        enabled: bool | None = None,
        clear: bool = False,
        sizes: Mapping[str, int] | None = None,
    ) -> Shown:
        """Switch rate limits off or on, forget the counts, resize limits by name."""
        if not isinstance(sizes, Mapping | None):
            raise ValueError(f"sizes is {sizes!r}, not limits by name")
        with self._venue.lock:
            limiter = self._venue.limiter
            for name, limit in (sizes or {}).items():
                limiter.resize(name, limit)
            if enabled is not None:
                limiter.enabled = enabled
            if clear:
                limiter.reset()
            return {"enabled": limiter.enabled, "sizes": limiter.sizes()}

    def reset(self) -> None:
        """Everything as at the start."""
        with self._venue.lock:
            self._venue.reset()

    def _known(self, symbol: str) -> None:
        if symbol not in self._venue.instruments:
            raise ValueError(f"{symbol} is not listed on {self._venue.name}")


def _number(value: object, name: str, *, sign: bool = False) -> Decimal:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        raise ValueError(f"{name} is {value!r}: not a number") from None
    if not number.is_finite() or (number < 0 and not sign):
        raise ValueError(f"{name} is {value!r}: not a number of 0 or more")
    return number
