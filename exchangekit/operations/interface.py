"""`Operations`: what serves an exchange. One venue is one, and so is whatever stands in for one.

Every operation with its signature, its documentation and its result, as a flow. `Exchange` and
`SyncExchange` are made from this class (``make facade``) and carry out the flows of the one they
are given. Whoever serves them overrides what it can do. An operation that nobody overrides raises
Unsupported, which names it and says that nothing was sent; the shorthands (`create_limit_order`,
`iter_ohlcv` and the like) are served by what they are short for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeAlias, TypeVar

from exchangekit.adapter.base import Capabilities
from exchangekit.adapter.operations import BY_NAME, Operation
from exchangekit.errors import Outcome, Unsupported
from exchangekit.models.account import ApiKeyInfo, Balances, TradingFee
from exchangekit.models.enums import OrderType, OrderTypeWord, Side, SideWord, TimeInForceWord
from exchangekit.models.explanation import OrderExplanation
from exchangekit.models.market import Market
from exchangekit.models.market_data import Candle, OrderBook, Status, Ticker, Trade
from exchangekit.models.markets import Markets, index
from exchangekit.models.numbers import Number
from exchangekit.models.orders import CancelReport, Countdown, MyTrade, Order, Resolution, Until
from exchangekit.operations.requirements import lacking
from exchangekit.operations.waiting import follow
from exchangekit.runtime.effects import Flow
from exchangekit.runtime.journal import Sending

T = TypeVar("T")
Pages: TypeAlias = Iterator[Flow[tuple[T, ...]]]
"""A list that is asked for piece by piece, a flow a piece."""


class Operations:
    """What an exchange can be asked. Override what you serve; see the module."""

    @property
    def venue(self) -> str:
        """The venue's short name, as in ``connect("mexc")``."""
        return type(self).__name__

    @property
    def account(self) -> str | None:
        """The account name given to ``connect``, None for the default one."""
        return None

    @property
    def environment(self) -> str:
        """``live``, ``testnet`` or ``demo``."""
        return "test"

    @property
    def base_url(self) -> str:
        """The address that requests go to; empty where there is not one address."""
        return ""

    @property
    def capabilities(self) -> Capabilities:
        """What this venue can do, as data; `requires` asks about it."""
        return Capabilities()

    @property
    def markets(self) -> Markets | None:
        """The markets loaded so far, None before the first use."""
        return None

    def requires(self, *needs: str) -> tuple[str, ...]:
        """Which of `needs` this venue lacks; empty when it has them all.

        A need is an operation (``"fetch_ohlcv"``), ``"timeframe:1h"``, ``"limit:ioc"`` (fok,
        post_only, gtc), ``"fence"``, ``"fence:rechecked"`` or
        ``"all_symbols:fetch_open_orders"``. Raises InvalidInput for a need that nobody knows.
        """
        return lacking(needs, self.capabilities, self._serves)

    def _serves(self, operation: Operation) -> bool:
        names = {operation.name, operation.rests_on} if operation.shorthand else {operation.name}
        own = {name for name in names if getattr(type(self), name) is not getattr(Operations, name)}
        return bool(own)

    def _has_no(self, operation: str) -> Unsupported:
        return Unsupported(
            f"{self.venue} has no {operation}",
            venue=self.venue,
            operation=operation,
            outcome=Outcome.NOT_SENT if BY_NAME[operation].changes else None,
            hint="Ask beforehand with requires(...).",
        )

    # Public data: no keys are needed for any of it

    def fetch_time(self) -> Flow[datetime]:
        """The venue's time (UTC)."""
        raise self._has_no("fetch_time")

    def fetch_status(self) -> Flow[Status]:
        """Whether the venue says that it works; where it has no status, whether it tells its time
        (`Status` says what that is worth)."""
        raise self._has_no("fetch_status")

    def load_markets(self, reload: bool = False) -> Flow[Markets]:
        """All spot markets by symbol, kept for the life of this connection.

        ``reload=True`` asks again. Other operations call it by themselves when they need it.
        """
        return index((yield from self.fetch_markets()))

    def fetch_markets(self) -> Flow[tuple[Market, ...]]:
        """All spot markets with their filters, asked anew (`load_markets` keeps them)."""
        raise self._has_no("fetch_markets")

    def fetch_ticker(self, symbol: str) -> Flow[Ticker]:
        """Best prices and the last 24 hours of one symbol. Raises UnknownSymbol."""
        raise self._has_no("fetch_ticker")

    def fetch_tickers(self, symbols: Sequence[str] | None = None) -> Flow[dict[str, Ticker]]:
        """Tickers by symbol, of all markets or of `symbols`, in one request.

        A symbol for which the venue sends no ticker is missing from the result.
        """
        raise self._has_no("fetch_tickers")

    def fetch_order_book(self, symbol: str, limit: int | None = None) -> Flow[OrderBook]:
        """The order book, `limit` levels a side (100 by default, fewer where there are fewer).

        Raises InvalidInput when the venue serves no book that deep.
        """
        raise self._has_no("fetch_order_book")

    def fetch_trades(self, symbol: str, limit: int | None = None) -> Flow[tuple[Trade, ...]]:
        """The newest public trades, oldest first."""
        raise self._has_no("fetch_trades")

    def fetch_ohlcv(
        self,
        symbol: str,
        timeframe: str = "1m",
        since: datetime | None = None,
        limit: int | None = None,
        *,
        until: datetime | None = None,
    ) -> Flow[tuple[Candle, ...]]:
        """Candles, oldest first: the newest `limit`, or those from `since` (included) to `until`
        (excluded; now by default), at most `limit`, in as many requests as it takes.

        A venue leaves out candles in which nothing was traded: they count towards a `limit` that
        is longer than one request or goes with `until`.

        Raises InvalidInput for an unknown timeframe, naming those the venue has.
        """
        raise self._has_no("fetch_ohlcv")

    def iter_ohlcv(
        self,
        symbol: str,
        timeframe: str = "1m",
        *,
        since: datetime,
        until: datetime | None = None,
    ) -> Pages[Candle]:
        """Candles from `since` (included) to `until` (excluded; now by default), oldest first,
        one after another, asking for more only when they are wanted. No gaps, no repeats."""
        yield self.fetch_ohlcv(symbol, timeframe, since, until=until)

    # The account

    def fetch_balance(self) -> Flow[Balances]:
        """What the spot account holds, free and locked."""
        raise self._has_no("fetch_balance")

    def fetch_trading_fees(
        self, symbols: Sequence[str] | None = None
    ) -> Flow[dict[str, TradingFee]]:
        """The account's own maker and taker rates by symbol.

        Some venues answer for one symbol at a time: there `symbols` must be given, and each costs
        a request. Raises InvalidInput where it is missing.
        """
        raise self._has_no("fetch_trading_fees")

    def fetch_api_key(self) -> Flow[ApiKeyInfo]:
        """What this API key may do and from where. Fields the venue does not tell are None."""
        raise self._has_no("fetch_api_key")

    # Orders

    def create_order(
        self,
        symbol: str,
        type: OrderTypeWord,
        side: SideWord,
        amount: Number | None = None,
        price: Number | None = None,
        *,
        cost: Number | None = None,
        time_in_force: TimeInForceWord | None = None,
        post_only: bool = False,
        client_order_id: str | None = None,
    ) -> Flow[Order]:
        """Place an order and return what the venue said of it.

        `amount` is base, `price` quote per base, `cost` (market buys only, instead of `amount`)
        quote. Numbers are Decimal, str or int and are sent as given: nothing is rounded.

        Raises InvalidOrder (with the filter and the nearest legal value) or another local error
        before anything is sent; an error with ``outcome`` REFUSED when the venue proved that
        there is no such order; `OutcomeUnknown` when there may be one.
        """
        raise self._has_no("create_order")

    def create_limit_order(
        self,
        symbol: str,
        side: SideWord,
        amount: Number,
        price: Number,
        *,
        time_in_force: TimeInForceWord | None = None,
        post_only: bool = False,
        client_order_id: str | None = None,
    ) -> Flow[Order]:
        """`create_order` for a limit order."""
        return self.create_order(
            symbol,
            OrderType.LIMIT,
            side,
            amount,
            price,
            time_in_force=time_in_force,
            post_only=post_only,
            client_order_id=client_order_id,
        )

    def create_market_order(
        self,
        symbol: str,
        side: SideWord,
        amount: Number,
        *,
        client_order_id: str | None = None,
    ) -> Flow[Order]:
        """`create_order` for a market order by amount (base)."""
        return self.create_order(
            symbol, OrderType.MARKET, side, amount, client_order_id=client_order_id
        )

    def create_market_buy_with_cost(
        self, symbol: str, cost: Number, *, client_order_id: str | None = None
    ) -> Flow[Order]:
        """`create_order` for a market buy that spends `cost` (quote)."""
        return self.create_order(
            symbol, OrderType.MARKET, Side.BUY, cost=cost, client_order_id=client_order_id
        )

    def test_order(
        self,
        symbol: str,
        type: OrderTypeWord,
        side: SideWord,
        amount: Number | None = None,
        price: Number | None = None,
        *,
        cost: Number | None = None,
        time_in_force: TimeInForceWord | None = None,
        post_only: bool = False,
        client_order_id: str | None = None,
    ) -> Flow[None]:
        """Have the venue check an order without placing it. Arguments as for `create_order`.

        Raises Unsupported where the venue has no such endpoint (`explain_order` works anywhere).
        """
        raise self._has_no("test_order")

    def explain_order(
        self,
        symbol: str,
        type: OrderTypeWord,
        side: SideWord,
        amount: Number | None = None,
        price: Number | None = None,
        *,
        cost: Number | None = None,
        time_in_force: TimeInForceWord | None = None,
        post_only: bool = False,
        client_order_id: str | None = None,
    ) -> Flow[OrderExplanation]:
        """The exact request that `create_order` would send, what the market's filters say to it,
        and its cost and fees. The order is not sent; no keys are needed. Arguments as for
        `create_order`. (Markets and the venue's time are asked for if they are not known yet.)
        """
        raise self._has_no("explain_order")

    def cancel_order(
        self, id: str | None, symbol: str, *, client_order_id: str | None = None
    ) -> Flow[Order]:
        """Cancel one order by `id` or by `client_order_id` (pass ``None`` as id).

        Where the venue only acknowledges, the returned order's ``status`` is None: an order may
        still be filled before it is canceled, and `fetch_order` tells. Raises OrderNotFound (or
        its kind OrderNotOpen), and OutcomeUnknown when the answer was lost.
        """
        raise self._has_no("cancel_order")

    def cancel_all_orders(self, symbol: str) -> Flow[CancelReport]:
        """Cancel every open order of one symbol; what could not be canceled is reported.

        Where the venue has no such request, the open orders are listed and canceled in batches:
        orders placed in the meantime stay. When a batch fails after others have succeeded, its
        orders and those after it are in ``failed``. An empty report says that nothing was open
        when the venue answered: should a gateway have delivered the request twice, the answer is
        about the second, and does not name what the first has canceled.
        """
        raise self._has_no("cancel_all_orders")

    def cancel_all_after(self, seconds: int | None) -> Flow[Countdown]:
        """The dead man's switch: the venue cancels all open orders of the account in `seconds`,
        unless this is sent again before; 0 or None switches it off. `DeadMansSwitch` keeps it up.

        A second net, never the fence: it proves nothing about an order. Raises InvalidInput for
        seconds that the venue does not take, OutcomeUnknown when the answer was lost (send again).
        """
        raise self._has_no("cancel_all_after")

    def fetch_order(
        self, id: str | None, symbol: str, *, client_order_id: str | None = None
    ) -> Flow[Order]:
        """One order by `id` or by `client_order_id` (pass ``None`` as id).

        Raises OrderNotFound. Right after a create that proves nothing: replicas lag.
        """
        raise self._has_no("fetch_order")

    def wait(
        self, order: Order, *, until: Until = "done", timeout: float | None = None
    ) -> Flow[Order]:
        """Follow an order until it is done (filled, canceled, expired, rejected), or what `until`
        says before: ``"any_fill"``, ``"open"`` (the venue shows it), or a function of an order.

        Asks within the limits, ever less often (every 5 seconds in the end). Limits, lost
        connections and a venue that is away do not end it, OrderNotFound after 10 seconds in a row
        does. Raises WaitTimeout after `timeout` seconds, with the newest ``order``, which lives on.
        """
        return follow(self._newest, order, until, timeout, venue=self.venue)

    def _newest(self, order: Order) -> Flow[Order]:
        if order.id is not None:
            return self.fetch_order(order.id, order.symbol)
        return self.fetch_order(None, order.symbol, client_order_id=order.client_order_id)

    def fetch_open_orders(self, symbol: str | None = None) -> Flow[tuple[Order, ...]]:
        """Orders that can still trade, oldest first; of all symbols where the venue tells them.

        An order in a market that the venue no longer lists has the venue's own id of the market as
        its ``symbol``. Whatever asks about orders, or cancels them, takes it there.
        """
        raise self._has_no("fetch_open_orders")

    def fetch_closed_orders(
        self,
        symbol: str | None = None,
        since: datetime | None = None,
        limit: int | None = None,
        *,
        until: datetime | None = None,
    ) -> Flow[tuple[Order, ...]]:
        """Orders that are done (filled, canceled, expired), oldest first: the newest `limit`, or
        all from `since` to `until` (now by default), at most `limit`.

        How far back a venue remembers is its own affair; the table in the documentation tells.
        """
        raise self._has_no("fetch_closed_orders")

    def fetch_my_trades(
        self,
        symbol: str | None = None,
        since: datetime | None = None,
        limit: int | None = None,
        *,
        until: datetime | None = None,
    ) -> Flow[tuple[MyTrade, ...]]:
        """The account's fills, oldest first: the newest `limit`, or all from `since` to `until`
        (now by default), at most `limit`, in as many requests as it takes."""
        raise self._has_no("fetch_my_trades")

    def fetch_order_trades(self, id: str, symbol: str) -> Flow[tuple[MyTrade, ...]]:
        """All fills of one order, oldest first."""
        raise self._has_no("fetch_order_trades")

    def resolve(self, handle: Sending) -> Flow[Resolution]:
        """What became of a change that raised OutcomeUnknown, by the ``handle`` of that error.

        An order is looked for until it is found or proven never to have existed (see `Proof`): at
        most its window, the venue's margin (twice where the venue checks on arrival only) and
        ``Timeouts.total``. Nothing is sent that changes anything. Raises OutcomeUnknown where it
        cannot be told even so, and InvalidInput for a handle of another account.
        """
        raise self._has_no("resolve")

    # Whatever else the venue has

    def raw_request(
        self,
        method: str,
        path: str,
        params: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None,
        *,
        signed: bool = True,
        changes: bool | None = None,
    ) -> Flow[Any]:
        """Any documented endpoint of the venue, throttled, stamped and signed by the kit.

        `params` go into the query, `body` into a JSON body; numbers are Decimal, int or str.
        `changes` says whether it changes something (default: every method but GET): such a
        request is never sent twice on doubt. Returns the JSON with exact numbers (Decimal).
        """
        raise self._has_no("raw_request")
