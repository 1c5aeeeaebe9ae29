"""What a check is given: the venue's exchange, sync or async, and everything there is to see.

A check is written once. Its `exchange` behaves like a `SyncExchange`, whichever kind is behind it;
`sent` are the requests that went out, `lacked` the operations that were asked for and that the
adapter has not, `control` the levers of the simulated venue. On a cassette there is no control:
what it did while recording is in the replies.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any, NoReturn, TypeVar
from urllib.parse import unquote

from exchangekit.adapter.base import Adapter, Environment
from exchangekit.adapter.credentials import Credentials
from exchangekit.adapter.request import Call, Outgoing, Page, Reply, Request
from exchangekit.adapter.scheme import Scheme, scheme_of
from exchangekit.errors import ExchangeError
from exchangekit.exchange import Exchange, SyncExchange
from exchangekit.hookspecs import RequestEvent, new_manager
from exchangekit.journal import AsyncSide, Journal
from exchangekit.models.enums import SideWord
from exchangekit.models.market import Market
from exchangekit.operations import Connection, Hooks, OneVenue
from exchangekit.runtime.effects import Flow
from exchangekit.runtime.limits import LocalLimits, ScopeLimits
from exchangekit.runtime.nonces import Nonces
from exchangekit.runtime.policy import Settings
from exchangekit.runtime.transports import Timeouts, open_async, open_sync
from exchangekit.testing.awaited import Awaited
from exchangekit.testing.cassette import CassetteMissing, RequestNotRecorded
from exchangekit.testing.drivers import FixedAsyncDriver, FixedSyncDriver, Strike
from exchangekit.testing.subject import PAIRS, Subject, wrong_secret
from exchangekit.testing.tape import Tape, address
from exchangekit.testing.tested import tested_transport
from exchangekit.testing.watching import WatchedConnection, WatchedPolicy
from exchangekit.testing.world import World

T = TypeVar("T")

_SYMBOLS = tuple(f"{base}/{quote}" for base, quote in PAIRS)


class NotApplicable(Exception):
    """A check does not concern this venue, by a capability that it declares."""


@dataclass(frozen=True, slots=True)
class Sent:
    """One request as it went out, and what came of it."""

    operation: str
    request: Request
    call: Call[Any] | None
    outgoing: Outgoing
    result: Reply | Exception

    @property
    def reply(self) -> Reply:
        assert isinstance(self.result, Reply), f"{self.operation} got no reply: {self.result!r}"
        return self.result

    @property
    def is_empty(self) -> bool:
        """Whether the answer is a page without rows."""
        made = None if self.call is None else self.call.parse(self.reply)
        return isinstance(made, Page) and not made.items

    def names(self, *names: str) -> bool:
        """Whether the request says one of these, in its target or in its body."""
        text = unquote(self.outgoing.target) + self.outgoing.body.decode()
        return any(name in text for name in names)


class Rig:
    """One check's connection. Made by `exchangekit.testing.runs`; closed by it, too."""

    def __init__(
        self,
        subject: Subject,
        world: World,
        *,
        mode: str = "sync",
        base_url: str | None = None,
        tape: Tape | None = None,
        sim: Any = None,
        credentials: Credentials | None = None,
        environment: Environment | None = None,
        notes: dict[str, Any] | None = None,
        missing: CassetteMissing | None = None,
    ) -> None:
        self.subject = subject
        self.venue = subject.venue
        self.adapter = subject.adapter
        self.world = world
        self.mode = mode
        self.tape = tape
        self.sim = sim
        self.nonces = Nonces()
        self.sent: list[Sent] = []
        self.lacked: list[str] = []
        self.missed: RequestNotRecorded | None = None
        self.notes = notes
        self.credentials = credentials or subject.credentials()
        self.environment = environment or next(iter(self.adapter.environments.values()))
        self._base_url = base_url or address(self.venue)
        self._own_keys = credentials is not None
        self._missing = missing
        self._strikes: list[tuple[str, Strike]] = []
        self._current: tuple[str, Request, Call[Any] | None] | None = None
        self._opened: list[Any] = []
        self._runner = asyncio.Runner() if mode == "async" else None
        self._exchange: Any = None
        self._ends: list[Callable[[], None]] = []
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    @property
    def exchange(self) -> Any:
        """The connection with the right keys."""
        if self._exchange is None:
            self._exchange = self.open()
        return self._exchange

    @property
    def place(self) -> Environment:
        """The venue's environment, at the address where this check talks to it."""
        return Environment(self._base_url, self.environment.headers)

    @property
    def control(self) -> Any:
        """The simulated venue's control interface; None on a cassette."""
        return None if self.sim is None else self.sim.control

    @property
    def journal(self) -> Path:
        """The file of the journal of this check, in a folder of its own."""
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="exchangekit-")
        return Path(self._folder.name) / "orders.journal"

    def open(
        self,
        *,
        credentials: Credentials | None = None,
        keys: bool = True,
        per_page: int | None = None,
        journal: Journal | None = None,
        **tuned: Any,
    ) -> Any:
        """Another connection, with counters and a clock estimate of its own; histories are asked
        for `per_page` rows at a time, and orders are written into `journal`. `tuned` are the kit's
        `Settings`."""
        adapter = self.adapter if per_page is None else _small_pages(self.adapter, per_page)
        keys_used = credentials or (self.credentials if keys else None)
        return self.connect(adapter, keys_used, journal, **tuned)

    def connect(
        self,
        adapter: Adapter,
        credentials: Credentials | None,
        journal: Journal | None = None,
        **tuned: Any,
    ) -> Any:
        if self._missing is not None:
            raise self._missing
        settings = Settings(**{"timeouts": Timeouts(), **tuned})
        place = self.place
        limits = LocalLimits(ScopeLimits(), ScopeLimits())
        policy = WatchedPolicy(self, adapter, place, credentials, limits, settings)
        operations = OneVenue(WatchedConnection(self, policy, Hooks(new_manager()), "live"))
        made: Any
        # Cassettes are recorded and replayed beneath httpx.
        name = tested_transport() if self.tape is None else "httpx"
        if self._runner is None:
            sync = open_sync(name, settings.timeouts)
            made = SyncExchange(operations, FixedSyncDriver(sync, self.world, self, journal))
        else:
            transport = open_async(name, settings.timeouts)
            written = None if journal is None else AsyncSide(journal)
            driver = FixedAsyncDriver(transport, self.world, self, written)
            made = Awaited(Exchange(operations, driver), self._runner)
        self._opened.append(made)
        return made

    def open_with_a_wrong_secret(self) -> Any:
        """A connection whose secret does not belong to its key."""
        mine = self.credentials
        wrong = Credentials(mine.api_key, wrong_secret(self.adapter, mine.kind), mine.passphrase)
        return self.open(credentials=wrong)

    def closes_first(self, end: Callable[[], None]) -> None:
        """`end` is called before this is closed."""
        self._ends.append(end)

    def close(self) -> None:
        """Close every connection."""
        for end in self._ends:
            end()
        for exchange in self._opened:
            exchange.close() if self._runner is None else exchange.aclose()
        if self._runner is not None:
            self._runner.close()
        if self._folder is not None:
            self._folder.cleanup()

    # What a check may ask for

    @property
    def capabilities(self) -> Any:
        return self.adapter.capabilities

    @property
    def scheme(self) -> Scheme:
        """How the venue's requests are signed, as its strategy says. Raises AssertionError where it
        does not say it."""
        scheme = scheme_of(self.adapter.signer)
        assert scheme is not None, (
            f"{type(self.adapter.signer).__name__} has no scheme: say there what is signed, how,"
            " and what goes where (exchangekit.adapter.scheme.Scheme)"
        )
        return scheme

    @property
    def symbol(self) -> str:
        """The symbol that checks trade: BTC/USDT, where the venue lists it."""
        markets = self.exchange.load_markets()
        return next((one for one in _SYMBOLS if one in markets), markets.symbols()[0])

    @property
    def other(self) -> str:
        """Another symbol of the same quote."""
        markets = self.exchange.load_markets()
        mine = self.symbol
        quote = markets[mine].quote
        others = (one for one in markets.symbols() if one != mine)
        return str(next(one for one in others if markets[one].quote == quote))

    @property
    def market(self) -> Market:
        found: Market = self.exchange.load_markets()[self.symbol]
        return found

    def price(self, factor: str, side: SideWord) -> Decimal:
        """A legal price: the best opposite price times `factor`."""
        book = self.exchange.fetch_order_book(self.symbol, 5)
        best = book.asks[0].price if side == "buy" else book.bids[0].price
        return self.market.round_price(best * Decimal(factor), side)

    def amount(self, cost: str) -> Decimal:
        """A legal amount worth about `cost` in quote."""
        last = self.exchange.fetch_ticker(self.symbol).last
        return self.market.round_amount(Decimal(cost) / last)

    def order(self, made: Any) -> Any:
        """The order as the venue holds it now."""
        return self.exchange.fetch_order(None, self.symbol, client_order_id=made.client_order_id)

    def truth(self, client_order_id: str) -> Mapping[str, Any] | None:
        """The order as the ledger holds it. Only on a simulated venue."""
        for order in self.control.orders():
            if order["client_id"] == client_order_id:
                found: Mapping[str, Any] = order
                return found
        return None

    def needs(self, *needs: str) -> None:
        """Leave the check where the venue declares that it lacks any of `needs`."""
        from exchangekit.operations import missing

        lacks = missing(self.adapter, "live", needs)
        if lacks:
            self.declared(f"{self.adapter.title} has no {', '.join(lacks)}")

    def declared(self, what: str) -> NoReturn:
        """Leave the check, for what the adapter declares."""
        raise NotApplicable(f"declared: {what}")

    def describe(self, operation: str, *arguments: Any) -> Call[Any]:
        """The adapter's own description of `operation`, for what the kit would not send."""
        self.asked_for(operation)
        made: Call[Any] = getattr(self.adapter, operation)(*arguments)
        return made

    def plainly(self, operation: str, *arguments: Any, client_order_id: str | None = None) -> Any:
        """`operation` as the adapter describes it, carried without the looks by which the kit finds
        out what a refusal means: what the venue says, and no more."""
        call = self.describe(operation, *arguments)
        return self.run(lambda kit: kit.call(operation, call, client_order_id=client_order_id))

    def requests(self, operation: str) -> list[Sent]:
        """What went out for one operation."""
        return [one for one in self.sent if one.operation == operation]

    def answer(self, operation: str) -> Sent:
        """The last request whose answer told something: some lists end with an empty page."""
        sent = self.requests(operation)
        return next((one for one in reversed(sent) if not one.is_empty), sent[-1])

    def fault(self, *rules: Mapping[str, Any]) -> None:
        """Make the simulated venue misbehave; a cassette holds what it then said."""
        if self.control is not None:
            self.control.set_faults(list(rules))

    def note(self, name: str, value: Any) -> None:
        """Write `value` (of plain types) into the cassette; on a replay it must be the same."""
        if self.notes is None:
            return
        if self.tape is not None and self.tape.recording:
            self.notes[name] = value
            return
        held = self.notes.get(name)
        assert value == held, f"{name}: the cassette says otherwise"

    def strike(self, operation: str, strike: Strike, *, times: int = 1) -> None:
        """Strike the next requests of `operation` on the way, whoever answers."""
        self._strikes += [(operation, strike)] * times

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.world.advance(int(seconds * 1000))

    def refused(self, action: Callable[[], Any], *kinds: type[ExchangeError]) -> ExchangeError:
        """`action` must be refused by an error of one of `kinds`; the error."""
        try:
            result = action()
        except kinds as error:
            return error
        except ExchangeError as error:
            names = " or ".join(kind.__name__ for kind in kinds)
            raise AssertionError(
                f"expected {names}, came {type(error).__name__}: {error}"
            ) from error
        raise AssertionError(
            f"expected {' or '.join(kind.__name__ for kind in kinds)}, it went through: {result!r}"
        )

    def run(self, flow_of: Callable[[Connection], Flow[T]]) -> T:
        """A flow over the exchange's connection: for requests that the kit itself would refuse
        to send."""
        inner = self.exchange.inner if self._runner is not None else self.exchange
        flow = flow_of(inner._operations.connection)  # noqa: SLF001 - the rig is this side of the curtain
        result = inner._driver.run(flow)  # noqa: SLF001
        if self._runner is not None:
            result = self._runner.run(result)
        made: T = result
        return made

    # What the policy, the operations and the driver tell

    def asked_for(self, operation: str) -> None:
        if operation not in self.adapter.operations():
            self.lacked.append(operation)

    def going_out(self, event: RequestEvent, request: Request, call: Call[Any] | None) -> None:
        self._current = (event.operation, request, call)

    def signed(self, real: Outgoing, twin: Callable[[Credentials], Outgoing]) -> None:
        if self.tape is not None and self._own_keys:
            self.tape.instead_of(real, twin(self.subject.credentials()))

    def struck(self, outgoing: Outgoing) -> Strike | None:
        operation = self._current[0] if self._current else ""
        for at, (name, strike) in enumerate(self._strikes):
            if name == operation:
                del self._strikes[at]
                return strike
        return None

    def came(self, outgoing: Outgoing, result: Reply | Exception) -> None:
        assert self._current is not None
        operation, request, call = self._current
        self.sent.append(Sent(operation, request, call, outgoing, result))

    def translated(self, problem: Exception) -> Exception:
        if self.tape is None:
            return problem
        made = self.tape.translated(problem)
        if isinstance(made, RequestNotRecorded) and self.missed is None:
            self.missed = made
        return made


def _small_pages(adapter: Adapter, size: int) -> Adapter:
    """A copy of `adapter` whose own capabilities stand before those of its class."""
    made = copy(adapter)
    vars(made)["capabilities"] = replace(
        adapter.capabilities, my_trades_per_call=size, orders_per_call=size
    )
    return made
