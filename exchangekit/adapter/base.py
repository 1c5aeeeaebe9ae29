"""What a venue author writes: an `Adapter`, which describes requests and reads replies.

An adapter opens no socket, reads no clock and draws no random number. Each operation returns
``Call(request, parse)``; operations that are not overridden are not supported, and the kit says
so before anything is sent.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import ClassVar, Literal, TypeVar

from exchangekit.adapter.classify import ErrorTable
from exchangekit.adapter.envelopes import Envelope
from exchangekit.adapter.limit_headers import Remaining
from exchangekit.adapter.lists import Listing, Window
from exchangekit.adapter.operations import OPERATIONS
from exchangekit.adapter.request import (
    Call,
    Cost,
    Origin,
    Page,
    Reply,
    Request,
    VenueCode,
    encode_json,
)
from exchangekit.adapter.signing import Signer
from exchangekit.errors import Unsupported
from exchangekit.models.account import ApiKeyInfo, Balances, TradingFee
from exchangekit.models.enums import OrderType, TimeInForce
from exchangekit.models.market import Market
from exchangekit.models.market_data import Candle, OrderBook, Status, Ticker, Trade
from exchangekit.models.markets import Markets
from exchangekit.models.orders import CancelReport, Countdown, MyTrade, Order, OrderRequest

T = TypeVar("T")

LIMIT_GTC = (OrderType.LIMIT, TimeInForce.GTC)
LIMIT_POST_ONLY = (OrderType.LIMIT, TimeInForce.POST_ONLY)
LIMIT_IOC = (OrderType.LIMIT, TimeInForce.IOC)
LIMIT_FOK = (OrderType.LIMIT, TimeInForce.FOK)


@dataclass(frozen=True, slots=True)
class Environment:
    """Where a venue can be reached: its address and the headers every request there needs."""

    base_url: str
    headers: tuple[tuple[str, str], ...] = ()

    @property
    def origin(self) -> Origin:
        """The address as finished requests carry it. Raises ConfigurationError if it is none."""
        return Origin(self.base_url)


@dataclass(frozen=True, slots=True)
class Shape:
    """What the venue's own keys look like, to catch a wrong paste before it is sent."""

    pattern: re.Pattern[str]
    description: str


@dataclass(frozen=True, slots=True)
class Fence:
    """What "not found" rests on, once an order's deadline (the fence) has passed.

    ``rechecked``: the venue says that it looks at the deadline once more, right before matching.
    ``gateway``: it looks when the request arrives; one that is held up inside may be taken later.
    ``none``: orders have no deadline. ``margin`` is how much later than the fence one has to ask.
    """

    kind: Literal["rechecked", "gateway", "none"]
    margin: timedelta = timedelta(seconds=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a venue can do beyond which operations it has (those are the methods it overrides).

    ``buy_with_amount`` is False where a market buy says what to spend and nothing else;
    ``timeframes`` maps unified names (1m … 1M) to the venue's; ``book_depths`` are the numbers of
    levels it serves (the next larger one is asked for and cut); ``needs_symbol`` the operations
    that want a symbol where others take None; ``fees_per_symbol`` that fees are asked one symbol
    at a time; ``client_order_id`` what an order may be called and ``client_order_id_prefix`` how
    the names that the kit makes begin, where the venue demands it; ``found_by_name`` for how long
    an order is found by that name, where the venue forgets it (None: no end is documented);
    ``countdown`` the fewest and the most whole seconds of `Adapter.cancel_all_after`; ``fence``
    what a proof rests on that an order was never taken; ``not_in`` the operations that are missing
    in one environment.
    """

    limit_orders: frozenset[tuple[OrderType, TimeInForce]] = frozenset({LIMIT_GTC})
    market_orders: bool = True
    buy_with_cost: bool = True
    buy_with_amount: bool = True
    client_order_id: re.Pattern[str] = re.compile(r"[A-Za-z0-9]{1,32}")
    client_order_id_prefix: str = ""
    found_by_name: timedelta | None = None
    timeframes: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    candles_per_call: int = 500
    book_depths: tuple[int, ...] = (100,)
    trades_per_call: int = 500
    my_trades_per_call: int = 100
    orders_per_call: int = 100
    cancels_per_call: int = 1
    needs_symbol: frozenset[str] = frozenset()
    fees_per_symbol: bool = False
    countdown: tuple[int, int] = (10, 60)
    fence: Fence = Fence("none")
    not_in: Mapping[str, frozenset[str]] = field(default_factory=lambda: MappingProxyType({}))

    def __post_init__(self) -> None:
        if not isinstance(self.fence, Fence):
            raise TypeError(f'fence is {self.fence!r}, expected one such as Fence("gateway")')


class Adapter:
    """One venue. Stateless: everything that an operation needs is passed to it.

    What a class declares and what cannot work (a wrong type, a misspelt operation, an operation
    with other arguments) is a TypeError when the class is made.
    """

    venue: ClassVar[str]
    title: ClassVar[str]
    docs: ClassVar[str]
    environments: ClassVar[Mapping[str, Environment]]
    signer: ClassVar[Signer]
    errors: ClassVar[ErrorTable]
    capabilities: ClassVar[Capabilities]
    key_shape: ClassVar[Shape | None] = None
    used_weight_headers: ClassVar[Mapping[str, str]] = MappingProxyType({})
    """Reply header (lower case) -> the `Cost.counter` whose use so far it tells."""
    remaining_headers: ClassVar[Remaining | None] = None
    """The headers that tell what is left, where a venue tells that."""
    json_bodies: ClassVar[bool] = False
    """Whether what is no GET takes its parameters as a JSON body: what `raw_request` makes of
    them."""

    envelope: ClassVar[Envelope | None] = None
    """Where every reply says whether it is an error; a venue without such a place writes
    `error_in`."""

    def error_in(self, reply: Reply, request: Request) -> VenueCode | None:
        """The error that the reply's envelope reports, None where it reports none.

        Looks at the body whatever the status is: many venues put errors in HTTP 200. Must not
        raise for a body that it cannot read (return None): the status or the parser will tell.
        """
        if self.envelope is None:
            raise NotImplementedError  # pragma: no cover - every adapter has one of the two
        return self.envelope.error_in(reply, request)

    # Public data

    def fetch_time(self) -> Call[datetime]:
        """The venue's time (UTC). Unsigned: every signature depends on it."""
        raise self._unsupported("fetch_time")

    def fetch_status(self) -> Call[Status]:
        """Whether the venue says that it works. Left out where the venue has no such endpoint: the
        kit then asks for the time, and says that it did."""
        raise self._unsupported("fetch_status")

    def fetch_markets(self) -> Call[Markets]:
        """All spot markets; one that cannot be read is skipped and reported, never fatal."""
        raise self._unsupported("fetch_markets")

    def fetch_ticker(self, market: Market) -> Call[Ticker]:
        """The last 24 hours and the best prices of one market."""
        raise self._unsupported("fetch_ticker")

    def fetch_tickers(self, markets: Markets) -> Call[dict[str, Ticker]]:
        """All tickers by symbol; markets that `markets` does not list are left out."""
        raise self._unsupported("fetch_tickers")

    def fetch_order_book(self, market: Market, depth: int) -> Call[OrderBook]:
        """`depth` is one of ``capabilities.book_depths``."""
        raise self._unsupported("fetch_order_book")

    def fetch_trades(self, market: Market, limit: int) -> Call[tuple[Trade, ...]]:
        """The newest `limit` trades, oldest first."""
        raise self._unsupported("fetch_trades")

    def fetch_ohlcv(
        self, market: Market, timeframe: str, window: Window | None, limit: int
    ) -> Call[tuple[Candle, ...]]:
        """Candles that open inside `window` (never more than fit into one call), or the newest
        `limit`; oldest first."""
        raise self._unsupported("fetch_ohlcv")

    # The account

    def fetch_balance(self) -> Call[Balances]:
        """What the spot account holds, free and locked."""
        raise self._unsupported("fetch_balance")

    def fetch_trading_fees(
        self, markets: Markets, market: Market | None
    ) -> Call[dict[str, TradingFee]]:
        """The fees of one market (`fees_per_symbol`), or of all when `market` is None."""
        raise self._unsupported("fetch_trading_fees")

    def fetch_api_key(self) -> Call[ApiKeyInfo]:
        """What the key may do and from where; None for what the venue does not tell."""
        raise self._unsupported("fetch_api_key")

    # Orders; a list is read in pages until `Page.next` is None

    def create_order(self, market: Market, order: OrderRequest) -> Call[Order]:
        """Place `order`, whose client order id is set. The request ``changes``, and it
        ``has_deadline`` where the venue has one. What the reply does not say stays None."""
        raise self._unsupported("create_order")

    def test_order(self, market: Market, order: OrderRequest) -> Call[None]:
        """Have the venue check `order` without placing it."""
        raise self._unsupported("test_order")

    def cancel_order(
        self, market: Market, id: str | None, client_order_id: str | None
    ) -> Call[Order]:
        """Exactly one of `id` and `client_order_id` is given, here and in `fetch_order`."""
        raise self._unsupported("cancel_order")

    def cancel_all_orders(self, market: Market) -> Call[CancelReport]:
        """All open orders of one market in one request, where the venue can."""
        raise self._unsupported("cancel_all_orders")

    def cancel_all_after(self, seconds: int | None) -> Call[Countdown]:
        """Cancel every open order of the account in `seconds` (within ``capabilities.countdown``),
        unless this is sent again before; None switches it off. The request ``changes``."""
        raise self._unsupported("cancel_all_after")

    def cancel_orders(self, market: Market, ids: tuple[str, ...]) -> Call[CancelReport]:
        """At most ``capabilities.cancels_per_call`` orders by id; each may fail by itself."""
        raise self._unsupported("cancel_orders")

    def fetch_order(
        self, market: Market, id: str | None, client_order_id: str | None
    ) -> Call[Order]:
        """One order, by exactly one of the two ids."""
        raise self._unsupported("fetch_order")

    def fetch_open_orders(self, asked: Listing) -> Call[Page[Order]]:
        """Orders that can still trade; ``window`` is None."""
        raise self._unsupported("fetch_open_orders")

    def fetch_closed_orders(self, asked: Listing) -> Call[Page[Order]]:
        """Orders that are not open any more, in any order of time."""
        raise self._unsupported("fetch_closed_orders")

    def fetch_my_trades(self, asked: Listing) -> Call[Page[MyTrade]]:
        """Fills, in any order of time."""
        raise self._unsupported("fetch_my_trades")

    def fetch_order_trades(self, id: str, asked: Listing) -> Call[Page[MyTrade]]:
        """All fills of one order of `asked.one`; ``window`` is None."""
        raise self._unsupported("fetch_order_trades")

    # raw_request

    def raw_request(self, request: Request) -> Request:
        """`request` as the venue wants it: its costs, its body (see `json_bodies`)."""
        if not request.costs and (counted := self.raw_costs(request)):
            request = replace(request, costs=counted)
        has_params = request.params and not request.body and request.method != "GET"
        if not self.json_bodies or not has_params:
            return request
        return replace(request, params=(), body=encode_json(dict(request.params)))

    def raw_costs(self, request: Request) -> tuple[Cost, ...]:
        """What a raw request counts at the least, where the venue counts them all alike."""
        return ()

    @classmethod
    def limit_headers(cls) -> frozenset[str]:
        """The names, in lower case, of the reply headers that tell of limits."""
        told = cls.remaining_headers
        return frozenset(cls.used_weight_headers) | (told.names if told else frozenset())

    _operations: ClassVar[frozenset[str]] = frozenset()

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls._operations = frozenset(
            name for name in OPERATIONS if getattr(cls, name) is not getattr(Adapter, name)
        )
        # Only here: who defines no venue need not load it.
        from exchangekit.adapter.declarations import check_class

        check_class(cls, Adapter)

    @classmethod
    def operations(cls) -> frozenset[str]:
        """The operations that this adapter has: those it overrides."""
        return cls._operations

    def _unsupported(self, operation: str) -> Unsupported:
        return Unsupported(
            f"{self.title} has no {operation}", venue=self.venue, operation=operation
        )
