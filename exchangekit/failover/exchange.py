"""`Failover` and `SyncFailover`: several exchanges as one, for strategies that must go on."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypedDict, Unpack, cast

from exchangekit.errors import ConfigurationError
from exchangekit.exchange.asynchronous import Exchange
from exchangekit.exchange.facade import Facade, _AsyncNowhere, _SyncNowhere
from exchangekit.exchange.recovery import open_in
from exchangekit.exchange.synchronous import SyncExchange
from exchangekit.failover.circuits import Circuit, HealthSettings
from exchangekit.failover.events import Events, FailoverEvent, Listener
from exchangekit.failover.fitting import ROUNDINGS, Rounding
from exchangekit.failover.health import Kind
from exchangekit.failover.members import members
from exchangekit.failover.operations import SeveralVenues
from exchangekit.failover.ranking import Ranking
from exchangekit.failover.recovery import looked_up, of_member, settled, together, with_journals
from exchangekit.failover.several import FailoverSettings, Several
from exchangekit.failover.switching import halt_all, lift_all
from exchangekit.failover.views import ConsolidatedBook, Holdings, View
from exchangekit.journal import AsyncSide, Homeless, Journal, Lease, Level, borrow, failover_path
from exchangekit.models.halting import Halt
from exchangekit.models.numbers import shown
from exchangekit.models.orders import CancelReport, MyTrade, Order
from exchangekit.models.recovery import Reconciled
from exchangekit.runtime.drivers import AsyncDriver, SyncDriver

_NAME = re.compile(r"[A-Za-z0-9_-]{1,40}")


class FailoverOptions(TypedDict, total=False):
    """What `Failover` can be told."""

    rank: Ranking
    """Which venue is tried first with an order: `preference` (the default), `best_price`,
    `best_depth`, or a function of your own."""
    rounding: Rounding
    """Ticks and steps: ``exact`` (the default) sends an order as it is or not at all,
    ``round_down`` makes it smaller, never dearer, and tells the difference as an event."""
    hedge_after: float | None
    """Reads: ask the next venue when the first has not answered in so many seconds."""
    max_age: float | None
    """Tickers and books that are older than so many seconds are not taken; 60 by default."""
    check_balance: bool
    """Ask for the balance before an order goes out, to pass over venues that it does not cover;
    True by default."""
    health: HealthSettings
    """When a venue is passed over, and for how long."""


class _Common(Facade):
    """What both kinds have beside their operations."""

    _several: Several

    @property
    def exchanges(self) -> Mapping[str, Any]:
        """The exchanges by their keys in ids (``"mexc"``, ``"mexc/bot2"``), preferred first."""
        return {one.key: one.exchange for one in self._several.members}

    def health(self) -> Mapping[str, Mapping[Kind, Circuit]]:
        """How each venue is, by its key and the kind of operation."""
        several = self._several
        return {
            one.key: {kind: several.health.circuit(one.account, kind) for kind in Kind}
            for one in several.members
        }

    @property
    def recent_events(self) -> tuple[FailoverEvent, ...]:
        """The last 200 events, oldest first."""
        return tuple(self._several.events.recent)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} over {', '.join(self._several.by_key)}>"


class Failover(_Common, Exchange):
    """Several exchanges as one, in the order of preference::

        async with Failover([connect("mexc"), connect("okx")]) as exchange:
            order = await exchange.create_limit_order("BTC/USDT", "buy", "0.001", "60000")

    Results say which venue they are of (``order.venue``), and so do order ids (``mexc:123``), which
    find their order after a restart too. A read is answered by the first healthy venue. An order
    goes to the first healthy venue that lists the symbol, whose filters it meets and whose balance
    covers it; it moves on only where it is proven that it does not exist. What is unknown stays
    unknown, as `OutcomeUnknown`. `name` tells failovers of one machine apart: those of one name
    share a journal. `on_event` is called with each `FailoverEvent`.

    The exchanges are closed with it. Raises ConfigurationError for a list that cannot be used.
    """

    def __init__(
        self,
        exchanges: Iterable[Exchange],
        *,
        name: str = "default",
        journal: Level | Journal | None = "process",
        on_event: Listener | None = None,
        **options: Unpack[FailoverOptions],
    ) -> None:
        self._several = _several(exchanges, Exchange, name, on_event, options)
        written, self._lease = _journal(self._several, journal)
        driver = AsyncDriver(
            _AsyncNowhere(), None if written is None else AsyncSide(written), self._release
        )
        super().__init__(SeveralVenues(self._several), driver)

    async def _release(self) -> None:
        for member in self._several.members:
            await member.exchange.aclose()
        if self._lease is not None:
            await self._lease.aclose()

    @property
    def _all(self) -> SeveralVenues:
        served = self._operations
        assert isinstance(served, SeveralVenues)
        return served

    async def balances(self) -> Holdings:
        """The balances of every venue, and who is missing."""
        return await self._driver.run(self._all.balances())

    async def open_orders(self, symbol: str | None = None) -> View[Order]:
        """The open orders of every venue, oldest first, and who is missing. (`fetch_open_orders`
        raises PartialAnswer where somebody is.)"""
        return await self._driver.run(self._all.open_orders(symbol))

    async def my_trades(
        self, symbol: str | None = None, since: datetime | None = None, limit: int | None = None
    ) -> View[MyTrade]:
        """The fills of every venue, oldest first, and who is missing; `limit` is for each."""
        return await self._driver.run(self._all.my_trades(symbol, since, limit))

    async def consolidated_book(self, symbol: str, limit: int | None = None) -> ConsolidatedBook:
        """The order books of every venue in one, each level with its venue."""
        return await self._driver.run(self._all.consolidated_book(symbol, limit))

    async def cancel_all(self, symbols: Sequence[str] | None = None) -> CancelReport:
        """Cancel every open order at every venue, or those in `symbols`. What could not be
        confirmed is in ``unconfirmed``. A venue that lists open orders of one symbol at a time is
        unconfirmed without `symbols`."""
        return await self._driver.run(self._all.cancel_all(symbols))

    async def halt(self, reason: str) -> Halt:
        """The kill switch: no new order at any of the accounts, durable until `lift`. Cancels and
        reads go on; see `cancel_all` for what is open."""
        return await asyncio.to_thread(halt_all, self._several, reason)

    async def lift(self) -> Halt | None:
        """Let orders go again."""
        return await asyncio.to_thread(lift_all, self._several)

    async def halted(self) -> Halt | None:
        """The halt that is in force at any of the accounts: while there is one, no order goes to
        the others either."""
        return await asyncio.to_thread(self._several.look_for_halts)

    async def reconcile(self) -> tuple[Reconciled, ...]:
        """For the start of a program: what became of every change that the journals of the accounts
        and the failover's own left open. Nothing is sent that changes anything."""
        made: list[Reconciled] = []
        for member in with_journals(self._several.members, self._driver.journal):
            made += of_member(member, await member.exchange.reconcile())
        if self._driver.journal is None:
            return tuple(made)
        opened = await asyncio.to_thread(open_in, self._driver.journal)
        found = await asyncio.to_thread(looked_up, self._several.members, opened)
        return together(made, await self._driver.run(settled(found)))

    def events(self) -> AsyncIterator[FailoverEvent]:
        """Events from now on, as they come: ``async for event in failover.events(): …``"""
        return self._several.events.follow()


class SyncFailover(_Common, SyncExchange):
    """`Failover` for sync code: several ``connect_sync`` exchanges as one."""

    def __init__(
        self,
        exchanges: Iterable[SyncExchange],
        *,
        name: str = "default",
        journal: Level | Journal | None = "process",
        on_event: Listener | None = None,
        **options: Unpack[FailoverOptions],
    ) -> None:
        self._several = _several(exchanges, SyncExchange, name, on_event, options)
        written, self._lease = _journal(self._several, journal)
        super().__init__(
            SeveralVenues(self._several), SyncDriver(_SyncNowhere(), written, self._release)
        )

    def _release(self) -> None:
        for member in self._several.members:
            member.exchange.close()
        if self._lease is not None:
            self._lease.close()

    @property
    def _all(self) -> SeveralVenues:
        served = self._operations
        assert isinstance(served, SeveralVenues)
        return served

    def balances(self) -> Holdings:
        """The balances of every venue, and who is missing."""
        return self._driver.run(self._all.balances())

    def open_orders(self, symbol: str | None = None) -> View[Order]:
        """The open orders of every venue, oldest first, and who is missing. (`fetch_open_orders`
        raises PartialAnswer where somebody is.)"""
        return self._driver.run(self._all.open_orders(symbol))

    def my_trades(
        self, symbol: str | None = None, since: datetime | None = None, limit: int | None = None
    ) -> View[MyTrade]:
        """The fills of every venue, oldest first, and who is missing; `limit` is for each."""
        return self._driver.run(self._all.my_trades(symbol, since, limit))

    def consolidated_book(self, symbol: str, limit: int | None = None) -> ConsolidatedBook:
        """The order books of every venue in one, each level with its venue."""
        return self._driver.run(self._all.consolidated_book(symbol, limit))

    def cancel_all(self, symbols: Sequence[str] | None = None) -> CancelReport:
        """Cancel every open order at every venue, or those in `symbols`; see `Failover`."""
        return self._driver.run(self._all.cancel_all(symbols))

    def halt(self, reason: str) -> Halt:
        """The kill switch: no new order at any of the accounts, durable until `lift`. Cancels and
        reads go on; see `cancel_all` for what is open."""
        return halt_all(self._several, reason)

    def lift(self) -> Halt | None:
        """Let orders go again."""
        return lift_all(self._several)

    def halted(self) -> Halt | None:
        """The halt that is in force at any of the accounts: while there is one, no order goes to
        the others either."""
        return self._several.look_for_halts()

    def reconcile(self) -> tuple[Reconciled, ...]:
        """For the start of a program: what became of every change that the journals of the accounts
        and the failover's own left open. Nothing is sent that changes anything."""
        made: list[Reconciled] = []
        for member in with_journals(self._several.members, self._driver.journal):
            made += of_member(member, member.exchange.reconcile())
        if self._driver.journal is None:
            return tuple(made)
        found = looked_up(self._several.members, open_in(self._driver.journal))
        return together(made, self._driver.run(settled(found)))


def _several(
    exchanges: Iterable[Any],
    kind: type[Facade],
    name: str,
    on_event: Listener | None,
    options: FailoverOptions,
) -> Several:
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise ConfigurationError(
            f"name is {shown(name)}, expected 1 to 40 letters, digits, - and _"
        )
    known = FailoverOptions.__annotations__
    for given in options:
        if given not in known:
            raise ConfigurationError(
                f"a failover has no option {given!r} (it has: name, journal, on_event,"
                f" {', '.join(known)})"
            )
    rounding = options.get("rounding", "exact")
    if rounding not in ROUNDINGS:
        raise ConfigurationError(
            f"rounding is {shown(rounding)}, expected {' or '.join(map(repr, ROUNDINGS))}"
        )
    if not callable(options.get("rank", callable)):
        raise ConfigurationError(
            f"rank is {shown(options.get('rank'))}, expected a function such as best_price"
        )
    for seconds in ("hedge_after", "max_age"):
        value = options.get(seconds)
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if value is not None and not (number and cast("float", value) > 0):
            raise ConfigurationError(f"{seconds} is {shown(value)}, expected seconds above 0")
    if not isinstance(options.get("check_balance", True), bool):
        raise ConfigurationError(
            f"check_balance is {shown(options['check_balance'])}, expected True or False"
        )
    if not isinstance(options.get("health", HealthSettings()), HealthSettings):
        raise ConfigurationError(
            f"health is {shown(options['health'])}, expected HealthSettings(...)"
        )
    settings = FailoverSettings(**options)
    return Several(members(exchanges, kind), name, settings, Events(on_event))


def _journal(
    several: Several, chosen: Level | Journal | None
) -> tuple[Journal | None, Lease | None]:
    """Where the intents that span the venues are written."""
    if not isinstance(chosen, str):
        return chosen, None
    try:
        path = failover_path(several.account.environment, several.name)
    except RuntimeError:
        return Homeless(), None
    lease = borrow(path, chosen)
    return lease.journal, lease
