"""`Exchange`, async.

Made from `exchangekit.operations.interface` by ``make facade``: change it there, not here.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from exchangekit.adapter.base import Capabilities
from exchangekit.exchange.facade import AsyncFacade
from exchangekit.models.account import ApiKeyInfo, Balances, TradingFee
from exchangekit.models.enums import OrderTypeWord, SideWord, TimeInForceWord
from exchangekit.models.explanation import OrderExplanation
from exchangekit.models.market import Market
from exchangekit.models.market_data import Candle, OrderBook, Status, Ticker, Trade
from exchangekit.models.markets import Markets
from exchangekit.models.numbers import Number
from exchangekit.models.orders import CancelReport, Countdown, MyTrade, Order, Resolution, Until
from exchangekit.runtime.journal import Sending


class Exchange(AsyncFacade):
    """An exchange, async: use it in ``async with``. `connect` opens one venue, and any
    `exchangekit.operations.Operations` can serve one."""

    @property
    def venue(self) -> str:
        """The venue's short name, as in ``connect("mexc")``."""
        return self._operations.venue

    @property
    def account(self) -> str | None:
        """The account name given to ``connect``, None for the default one."""
        return self._operations.account

    @property
    def environment(self) -> str:
        """``live``, ``testnet`` or ``demo``."""
        return self._operations.environment

    @property
    def base_url(self) -> str:
        """The address that requests go to; empty where there is not one address."""
        return self._operations.base_url

    @property
    def capabilities(self) -> Capabilities:
        """What this venue can do, as data; `requires` asks about it."""
        return self._operations.capabilities

    @property
    def markets(self) -> Markets | None:
        """The markets loaded so far, None before the first use."""
        return self._operations.markets

    def requires(self, *needs: str) -> tuple[str, ...]:
        """Which of `needs` this venue lacks; empty when it has them all.

        A need is an operation (``"fetch_ohlcv"``), ``"timeframe:1h"``, ``"limit:ioc"`` (fok,
        post_only, gtc), ``"fence"``, ``"fence:rechecked"`` or
        ``"all_symbols:fetch_open_orders"``. Raises InvalidInput for a need that nobody knows.
        """
        return self._operations.requires(*needs)

    async def fetch_time(self) -> datetime:
        """The venue's time (UTC)."""
        return await self._driver.run(self._operations.fetch_time())

    async def fetch_status(self) -> Status:
        """Whether the venue says that it works; where it has no status, whether it tells its time
        (`Status` says what that is worth)."""
        return await self._driver.run(self._operations.fetch_status())

    async def load_markets(self, reload: bool = False) -> Markets:
        """All spot markets by symbol, kept for the life of this connection.

        ``reload=True`` asks again. Other operations call it by themselves when they need it.
        """
        return await self._driver.run(self._operations.load_markets(reload))

    async def fetch_markets(self) -> tuple[Market, ...]:
        """All spot markets with their filters, asked anew (`load_markets` keeps them)."""
        return await self._driver.run(self._operations.fetch_markets())

    async def fetch_ticker(self, symbol: str) -> Ticker:
        """Best prices and the last 24 hours of one symbol. Raises UnknownSymbol."""
        return await self._driver.run(self._operations.fetch_ticker(symbol))

    async def fetch_tickers(self, symbols: Sequence[str] | None = None) -> dict[str, Ticker]:
        """Tickers by symbol, of all markets or of `symbols`, in one request.

        A symbol for which the venue sends no ticker is missing from the result.
        """
        return await self._driver.run(self._operations.fetch_tickers(symbols))

    async def fetch_order_book(self, symbol: str, limit: int | None = None) -> OrderBook:
        """The order book, `limit` levels a side (100 by default, fewer where there are fewer).

        Raises InvalidInput when the venue serves no book that deep.
        """
        return await self._driver.run(self._operations.fetch_order_book(symbol, limit))

    async def fetch_trades(self, symbol: str, limit: int | None = None) -> tuple[Trade, ...]:
        """The newest public trades, oldest first."""
        return await self._driver.run(self._operations.fetch_trades(symbol, limit))

    async def fetch_ohlcv(
        self,
        symbol: str,
        timeframe: str = "1m",
        since: datetime | None = None,
        limit: int | None = None,
        *,
        until: datetime | None = None,
    ) -> tuple[Candle, ...]:
        """Candles, oldest first: the newest `limit`, or those from `since` (included) to `until`
        (excluded; now by default), at most `limit`, in as many requests as it takes.

        A venue leaves out candles in which nothing was traded: they count towards a `limit` that
        is longer than one request or goes with `until`.

        Raises InvalidInput for an unknown timeframe, naming those the venue has.
        """
        return await self._driver.run(
            self._operations.fetch_ohlcv(symbol, timeframe, since, limit, until=until)
        )

    async def iter_ohlcv(
        self, symbol: str, timeframe: str = "1m", *, since: datetime, until: datetime | None = None
    ) -> AsyncIterator[Candle]:
        """Candles from `since` (included) to `until` (excluded; now by default), oldest first,
        one after another, asking for more only when they are wanted. No gaps, no repeats."""
        for page in self._operations.iter_ohlcv(symbol, timeframe, since=since, until=until):
            for one in await self._driver.run(page):
                yield one

    async def fetch_balance(self) -> Balances:
        """What the spot account holds, free and locked."""
        return await self._driver.run(self._operations.fetch_balance())

    async def fetch_trading_fees(
        self, symbols: Sequence[str] | None = None
    ) -> dict[str, TradingFee]:
        """The account's own maker and taker rates by symbol.

        Some venues answer for one symbol at a time: there `symbols` must be given, and each costs
        a request. Raises InvalidInput where it is missing.
        """
        return await self._driver.run(self._operations.fetch_trading_fees(symbols))

    async def fetch_api_key(self) -> ApiKeyInfo:
        """What this API key may do and from where. Fields the venue does not tell are None."""
        return await self._driver.run(self._operations.fetch_api_key())

    async def create_order(
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
    ) -> Order:
        """Place an order and return what the venue said of it.

        `amount` is base, `price` quote per base, `cost` (market buys only, instead of `amount`)
        quote. Numbers are Decimal, str or int and are sent as given: nothing is rounded.

        Raises InvalidOrder (with the filter and the nearest legal value) or another local error
        before anything is sent; an error with ``outcome`` REFUSED when the venue proved that
        there is no such order; `OutcomeUnknown` when there may be one.
        """
        return await self._driver.run(
            self._operations.create_order(
                symbol,
                type,
                side,
                amount,
                price,
                cost=cost,
                time_in_force=time_in_force,
                post_only=post_only,
                client_order_id=client_order_id,
            )
        )

    async def create_limit_order(
        self,
        symbol: str,
        side: SideWord,
        amount: Number,
        price: Number,
        *,
        time_in_force: TimeInForceWord | None = None,
        post_only: bool = False,
        client_order_id: str | None = None,
    ) -> Order:
        """`create_order` for a limit order."""
        return await self._driver.run(
            self._operations.create_limit_order(
                symbol,
                side,
                amount,
                price,
                time_in_force=time_in_force,
                post_only=post_only,
                client_order_id=client_order_id,
            )
        )

    async def create_market_order(
        self, symbol: str, side: SideWord, amount: Number, *, client_order_id: str | None = None
    ) -> Order:
        """`create_order` for a market order by amount (base)."""
        return await self._driver.run(
            self._operations.create_market_order(
                symbol, side, amount, client_order_id=client_order_id
            )
        )

    async def create_market_buy_with_cost(
        self, symbol: str, cost: Number, *, client_order_id: str | None = None
    ) -> Order:
        """`create_order` for a market buy that spends `cost` (quote)."""
        return await self._driver.run(
            self._operations.create_market_buy_with_cost(
                symbol, cost, client_order_id=client_order_id
            )
        )

    async def test_order(
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
    ) -> None:
        """Have the venue check an order without placing it. Arguments as for `create_order`.

        Raises Unsupported where the venue has no such endpoint (`explain_order` works anywhere).
        """
        return await self._driver.run(
            self._operations.test_order(
                symbol,
                type,
                side,
                amount,
                price,
                cost=cost,
                time_in_force=time_in_force,
                post_only=post_only,
                client_order_id=client_order_id,
            )
        )

    async def explain_order(
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
    ) -> OrderExplanation:
        """The exact request that `create_order` would send, what the market's filters say to it,
        and its cost and fees. The order is not sent; no keys are needed. Arguments as for
        `create_order`. (Markets and the venue's time are asked for if they are not known yet.)
        """
        return await self._driver.run(
            self._operations.explain_order(
                symbol,
                type,
                side,
                amount,
                price,
                cost=cost,
                time_in_force=time_in_force,
                post_only=post_only,
                client_order_id=client_order_id,
            )
        )

    async def cancel_order(
        self, id: str | None, symbol: str, *, client_order_id: str | None = None
    ) -> Order:
        """Cancel one order by `id` or by `client_order_id` (pass ``None`` as id).

        Where the venue only acknowledges, the returned order's ``status`` is None: an order may
        still be filled before it is canceled, and `fetch_order` tells. Raises OrderNotFound (or
        its kind OrderNotOpen), and OutcomeUnknown when the answer was lost.
        """
        return await self._driver.run(
            self._operations.cancel_order(id, symbol, client_order_id=client_order_id)
        )

    async def cancel_all_orders(self, symbol: str) -> CancelReport:
        """Cancel every open order of one symbol; what could not be canceled is reported.

        Where the venue has no such request, the open orders are listed and canceled in batches:
        orders placed in the meantime stay. When a batch fails after others have succeeded, its
        orders and those after it are in ``failed``. An empty report says that nothing was open
        when the venue answered: should a gateway have delivered the request twice, the answer is
        about the second, and does not name what the first has canceled.
        """
        return await self._driver.run(self._operations.cancel_all_orders(symbol))

    async def cancel_all_after(self, seconds: int | None) -> Countdown:
        """The dead man's switch: the venue cancels all open orders of the account in `seconds`,
        unless this is sent again before; 0 or None switches it off. `DeadMansSwitch` keeps it up.

        A second net, never the fence: it proves nothing about an order. Raises InvalidInput for
        seconds that the venue does not take, OutcomeUnknown when the answer was lost (send again).
        """
        return await self._driver.run(self._operations.cancel_all_after(seconds))

    async def fetch_order(
        self, id: str | None, symbol: str, *, client_order_id: str | None = None
    ) -> Order:
        """One order by `id` or by `client_order_id` (pass ``None`` as id).

        Raises OrderNotFound. Right after a create that proves nothing: replicas lag.
        """
        return await self._driver.run(
            self._operations.fetch_order(id, symbol, client_order_id=client_order_id)
        )

    async def wait(
        self, order: Order, *, until: Until = "done", timeout: float | None = None
    ) -> Order:
        """Follow an order until it is done (filled, canceled, expired, rejected), or what `until`
        says before: ``"any_fill"``, ``"open"`` (the venue shows it), or a function of an order.

        Asks within the limits, ever less often (every 5 seconds in the end). Limits, lost
        connections and a venue that is away do not end it, OrderNotFound after 10 seconds in a row
        does. Raises WaitTimeout after `timeout` seconds, with the newest ``order``, which lives on.
        """
        return await self._driver.run(self._operations.wait(order, until=until, timeout=timeout))

    async def fetch_open_orders(self, symbol: str | None = None) -> tuple[Order, ...]:
        """Orders that can still trade, oldest first; of all symbols where the venue tells them.

        An order in a market that the venue no longer lists has the venue's own id of the market as
        its ``symbol``. Whatever asks about orders, or cancels them, takes it there.
        """
        return await self._driver.run(self._operations.fetch_open_orders(symbol))

    async def fetch_closed_orders(
        self,
        symbol: str | None = None,
        since: datetime | None = None,
        limit: int | None = None,
        *,
        until: datetime | None = None,
    ) -> tuple[Order, ...]:
        """Orders that are done (filled, canceled, expired), oldest first: the newest `limit`, or
        all from `since` to `until` (now by default), at most `limit`.

        How far back a venue remembers is its own affair; the table in the documentation tells.
        """
        return await self._driver.run(
            self._operations.fetch_closed_orders(symbol, since, limit, until=until)
        )

    async def fetch_my_trades(
        self,
        symbol: str | None = None,
        since: datetime | None = None,
        limit: int | None = None,
        *,
        until: datetime | None = None,
    ) -> tuple[MyTrade, ...]:
        """The account's fills, oldest first: the newest `limit`, or all from `since` to `until`
        (now by default), at most `limit`, in as many requests as it takes."""
        return await self._driver.run(
            self._operations.fetch_my_trades(symbol, since, limit, until=until)
        )

    async def fetch_order_trades(self, id: str, symbol: str) -> tuple[MyTrade, ...]:
        """All fills of one order, oldest first."""
        return await self._driver.run(self._operations.fetch_order_trades(id, symbol))

    async def resolve(self, handle: Sending) -> Resolution:
        """What became of a change that raised OutcomeUnknown, by the ``handle`` of that error.

        An order is looked for until it is found or proven never to have existed (see `Proof`): at
        most its window, the venue's margin (twice where the venue checks on arrival only) and
        ``Timeouts.total``. Nothing is sent that changes anything. Raises OutcomeUnknown where it
        cannot be told even so, and InvalidInput for a handle of another account.
        """
        return await self._driver.run(self._operations.resolve(handle))

    async def raw_request(
        self,
        method: str,
        path: str,
        params: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None,
        *,
        signed: bool = True,
        changes: bool | None = None,
    ) -> Any:
        """Any documented endpoint of the venue, throttled, stamped and signed by the kit.

        `params` go into the query, `body` into a JSON body; numbers are Decimal, int or str.
        `changes` says whether it changes something (default: every method but GET): such a
        request is never sent twice on doubt. Returns the JSON with exact numbers (Decimal).
        """
        return await self._driver.run(
            self._operations.raw_request(method, path, params, body, signed=signed, changes=changes)
        )
