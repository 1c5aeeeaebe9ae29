"""What an operation needs of one connection to a venue: its markets, its time, its capabilities,
and the policy that carries a call out.

Every part of `OneVenue` is given the same `Connection` and asks it for these things; a part knows
no other part.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cached_property
from typing import TypeVar

from exchangekit.adapter.base import Adapter
from exchangekit.adapter.operations import BY_NAME
from exchangekit.adapter.request import Call
from exchangekit.errors import ExchangeError, InvalidInput, Outcome, UnknownSymbol, Unsupported
from exchangekit.models.market import Market
from exchangekit.models.markets import Markets
from exchangekit.models.numbers import shown
from exchangekit.operations.hooks import Hooks
from exchangekit.orders import Sources
from exchangekit.runtime.effects import Flow, Now, Shared
from exchangekit.runtime.policy import Policy

T = TypeVar("T")

_RELOAD_SECONDS = 60.0


class Checking:
    """What is raised inside is raised before anything is sent: errors get the venue, the operation
    and, for an operation that changes something, "not sent"."""

    __slots__ = ("changes", "operation", "venue")

    def __init__(self, venue: str, operation: str, *, changes: bool) -> None:
        self.venue = venue
        self.operation = operation
        self.changes = changes

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: object, traceback: object) -> None:
        if isinstance(error, ExchangeError):
            self.told(error)

    def told(self, error: ExchangeError) -> None:
        """Says it of `error`, for whoever caught it without a ``with``."""
        error.venue = error.venue or self.venue
        if self.changes and error.outcome is None:
            error.outcome = Outcome.NOT_SENT
            if error.operation not in (None, self.operation):
                error.reword(f"{error.operation}, which comes first, failed: {error.message}")
                error.operation = self.operation
        error.operation = error.operation or self.operation


class Connection:
    """One connection: its state, and what its operations share. Its methods return flows; nothing
    happens until a driver runs one."""

    def __init__(self, policy: Policy, hooks: Hooks, environment: str) -> None:
        self.policy = policy
        self.hooks = hooks
        self.environment = environment
        self.markets: Markets | None = None
        self._loaded_at = 0.0
        self.sources: dict[str, tuple[Market, Sources]] = {}
        """Where the orders of a market can be seen, by symbol, once it was asked for."""
        self._before_sending: dict[tuple[str, bool], Checking] = {}

    @property
    def adapter(self) -> Adapter:
        return self.policy.adapter

    @cached_property
    def serves(self) -> frozenset[str]:
        """The operations of the adapter that there are here."""
        not_here = self.adapter.capabilities.not_in.get(self.environment, frozenset())
        return self.adapter.operations() - not_here

    def missing_operation(self, operation: str) -> str | None:
        """Why this venue, here, has no such operation; None if it has."""
        if operation in self.serves:
            return None
        if operation in self.adapter.capabilities.not_in.get(self.environment, frozenset()):
            return f"{self.adapter.title} has no {operation} in its {self.environment} environment"
        return f"{self.adapter.title} has no {operation}"

    def need(self, operation: str) -> None:
        """Raises Unsupported where the venue cannot do `operation`."""
        why = self.missing_operation(operation)
        if why is not None:
            raise Unsupported(
                why,
                venue=self.adapter.venue,
                operation=operation,
                outcome=Outcome.NOT_SENT if BY_NAME[operation].changes else None,
                hint="Ask beforehand with requires(...).",
            )

    def checking(self, operation: str, *, changes: bool | None = None) -> Checking:
        """For what comes before sending: see `Checking`."""
        if changes is None:
            changes = BY_NAME[operation].changes
        known = self._before_sending.get((operation, changes))
        if known is None:
            known = Checking(self.adapter.venue, operation, changes=changes)
            self._before_sending[operation, changes] = known
        return known

    def call(
        self,
        operation: str,
        call: Call[T],
        *,
        client_order_id: str | None = None,
        serving: str | None = None,
    ) -> Flow[T]:
        """Carry `call` to its end: see `Policy.call`."""
        return self.policy.call(operation, call, client_order_id=client_order_id, serving=serving)

    def venue_now(self) -> Flow[datetime]:
        """The venue's time, from the estimate where there is one."""
        now: float = yield Now()
        venue_ms = self.policy.clock.venue_ms(now)
        if venue_ms is None:
            return (yield from self.policy.sample_clock())
        return datetime.fromtimestamp(venue_ms // 1000, UTC)

    # Markets

    def load_markets(self, reload: bool = False, *, serving: str | None = None) -> Flow[Markets]:
        """All markets, kept for the life of this connection; ``reload=True`` asks again.
        `serving` is the operation that needs them."""
        if self.markets is not None and not reload:
            return self.markets
        before = self.markets
        result: Markets = yield Shared(
            ("markets", self.policy.account_id), lambda: self._load(before, serving)
        )
        return result

    def _load(self, before: Markets | None, serving: str | None) -> Flow[Markets]:
        if self.markets is not None and self.markets is not before:
            return self.markets
        self.need("fetch_markets")
        call = self.adapter.fetch_markets()
        made = yield from self.call("fetch_markets", call, serving=serving)
        self.markets = made
        self._loaded_at = yield Now()
        return made

    def known_market(self, symbol: str) -> Market | None:
        """The market of a unified symbol, if that can be told without asking anybody."""
        if self.markets is None or not isinstance(symbol, str):
            return None
        return self.markets.get(symbol)

    def market(self, symbol: str, operation: str, *, maybe_gone: bool = False) -> Flow[Market]:
        """The market of a unified symbol. Raises UnknownSymbol with the nearest names.

        A symbol that is not known is looked for once more when the markets are a minute old: it
        may have been listed since. `maybe_gone` is for what asks about orders that exist: theirs
        may be a market that the venue no longer lists (or that the kit could not read), which is
        told, and taken here, by the venue's own id.
        """
        with self.checking(operation):
            if not isinstance(symbol, str):
                raise InvalidInput(f'symbol is {shown(symbol)}, expected a str such as "BTC/USDT"')
            markets = yield from self.load_markets(serving=operation)
            found = markets.get(symbol)
            if found is None:
                now: float = yield Now()
                if now - self._loaded_at > _RELOAD_SECONDS:
                    markets = yield from self.load_markets(reload=True, serving=operation)
                    found = markets.get(symbol)
            if found is None and maybe_gone:
                found = markets.of_id(symbol)
            if found is None:
                raise UnknownSymbol(
                    f"there is no market {shown(symbol)}", hint=_nearest_symbols(symbol, markets)
                )
            return found

    def maybe_market(self, symbol: str | None, operation: str) -> Flow[Market | None]:
        """The market of orders that exist, for operations where the symbol may be left out."""
        if symbol is not None:
            return (yield from self.market(symbol, operation, maybe_gone=True))
        if operation in self.adapter.capabilities.needs_symbol:
            with self.checking(operation):
                raise InvalidInput(
                    f"{self.adapter.title} answers this for one symbol at a time: pass a symbol"
                )
        return None


def _nearest_symbols(symbol: str, markets: Markets) -> str:
    by_id = markets.by_id.get(symbol)
    spelt = markets.spelling(symbol[:40]) if by_id is None else by_id.symbol
    if spelt is not None:
        return f"Write it as {spelt!r}."
    from difflib import get_close_matches

    near = get_close_matches(symbol[:40].upper(), markets.symbols(), n=3)
    if near:
        return f"Did you mean {' or '.join(near)}?"
    return "Symbols look like BTC/USDT; load_markets() lists them all."
