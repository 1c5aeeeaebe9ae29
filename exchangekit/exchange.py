"""`Exchange` (async) and `SyncExchange`: what strategies type against.

Both are the same list of operations with another driver. An operation, its arguments and its
documentation are written once, in `exchangekit.operations`; here it is given its way of running.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import AsyncIterator, Callable, Coroutine, Generator, Iterator
from types import MethodType
from typing import Any, Concatenate, Generic, NoReturn, ParamSpec, Self, TypeVar, overload

from exchangekit.adapter.base import Capabilities
from exchangekit.models.market import Markets
from exchangekit.operations import Operations, missing
from exchangekit.runtime.drivers import AsyncDriver, SyncDriver
from exchangekit.runtime.effects import Flow

P = ParamSpec("P")
T = TypeVar("T")
Of = Callable[Concatenate[Operations, P], Flow[T]]
ManyOf = Callable[Concatenate[Operations, P], Generator[Flow[tuple[T, ...]], None, None]]


class _Way(Generic[P, T]):
    """A descriptor that gives an operation its way of running, and keeps its name, documentation
    and signature, for help() and for type checkers."""

    def __init__(self, operation: Callable[..., Any], run: Callable[..., Any], result: str) -> None:
        self.function = functools.wraps(operation)(run)
        signature = inspect.signature(operation)
        shown = str(signature.return_annotation)
        for wrapping, rest in (("Flow[", "]"), ("Generator[Flow[tuple[", ", ...]], None, None]")):
            if shown.startswith(wrapping) and shown.endswith(rest):
                shown = result.format(shown.removeprefix(wrapping).removesuffix(rest))
        self.function.__signature__ = signature.replace(  # type: ignore[attr-defined]
            return_annotation=shown
        )

    def bound(self, exchange: object) -> Any:
        return self.function if exchange is None else MethodType(self.function, exchange)


class _Async(_Way[P, T]):
    def __init__(self, operation: Of[P, T]) -> None:
        async def run(self: Exchange, *args: Any, **kwargs: Any) -> Any:
            return await self._driver.run(operation(self._operations, *args, **kwargs))

        super().__init__(operation, run, "{}")

    @overload
    def __get__(self, exchange: None, owner: type) -> Callable[..., Any]: ...
    @overload
    def __get__(self, exchange: Exchange, owner: type) -> Callable[P, Coroutine[Any, Any, T]]: ...
    def __get__(self, exchange: Exchange | None, owner: type) -> Any:
        return self.bound(exchange)


class _Sync(_Way[P, T]):
    def __init__(self, operation: Of[P, T]) -> None:
        def run(self: SyncExchange, *args: Any, **kwargs: Any) -> Any:
            return self._driver.run(operation(self._operations, *args, **kwargs))

        super().__init__(operation, run, "{}")

    @overload
    def __get__(self, exchange: None, owner: type) -> Callable[..., Any]: ...
    @overload
    def __get__(self, exchange: SyncExchange, owner: type) -> Callable[P, T]: ...
    def __get__(self, exchange: SyncExchange | None, owner: type) -> Any:
        return self.bound(exchange)


class _AsyncEach(_Way[P, T]):
    def __init__(self, operation: ManyOf[P, T]) -> None:
        async def each(self: Exchange, *args: Any, **kwargs: Any) -> AsyncIterator[Any]:
            for page in operation(self._operations, *args, **kwargs):
                for item in await self._driver.run(page):
                    yield item

        super().__init__(operation, each, "AsyncIterator[{}]")

    @overload
    def __get__(self, exchange: None, owner: type) -> Callable[..., Any]: ...
    @overload
    def __get__(self, exchange: Exchange, owner: type) -> Callable[P, AsyncIterator[T]]: ...
    def __get__(self, exchange: Exchange | None, owner: type) -> Any:
        return self.bound(exchange)


class _SyncEach(_Way[P, T]):
    def __init__(self, operation: ManyOf[P, T]) -> None:
        def each(self: SyncExchange, *args: Any, **kwargs: Any) -> Iterator[Any]:
            for page in operation(self._operations, *args, **kwargs):
                yield from self._driver.run(page)

        super().__init__(operation, each, "Iterator[{}]")

    @overload
    def __get__(self, exchange: None, owner: type) -> Callable[..., Any]: ...
    @overload
    def __get__(self, exchange: SyncExchange, owner: type) -> Callable[P, Iterator[T]]: ...
    def __get__(self, exchange: SyncExchange | None, owner: type) -> Any:
        return self.bound(exchange)


class _Connection:
    """What both kinds of exchange are, beside their operations."""

    def __init__(self, operations: Operations) -> None:
        self._operations = operations

    @property
    def venue(self) -> str:
        """The venue's short name, as in ``connect("mexc")``."""
        return self._operations.adapter.venue

    @property
    def account(self) -> str | None:
        """The account name given to ``connect``, None for the default one."""
        return self._operations.policy.account

    @property
    def environment(self) -> str:
        """``live``, ``testnet`` or ``demo``."""
        return self._operations.environment

    @property
    def base_url(self) -> str:
        return self._operations.policy.environment.base_url

    @property
    def capabilities(self) -> Capabilities:
        """What this venue can do, as data; `requires` asks about it."""
        return self._operations.adapter.capabilities

    @property
    def markets(self) -> Markets | None:
        """The markets loaded so far, None before the first use."""
        return self._operations.loaded

    def requires(self, *needs: str) -> tuple[str, ...]:
        """Which of `needs` this venue lacks; empty when it has them all.

        A need is an operation (``"fetch_ohlcv"``), ``"timeframe:1h"``, ``"limit:ioc"`` (fok,
        post_only, gtc), ``"fence"`` or ``"all_symbols:fetch_open_orders"``. Raises InvalidInput
        for a need that nobody knows.
        """
        return missing(self._operations.adapter, self.environment, needs)

    def __repr__(self) -> str:
        account = f", account={self.account!r}" if self.account else ""
        name = type(self).__name__
        return f"<{name} {self.venue} {self.environment} at {self.base_url}{account}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("an exchange holds a connection and keys: it is not pickled or copied")


class Exchange(_Connection):
    """One venue, async. Made by `exchangekit.connect`; use it in ``async with``."""

    def __init__(self, operations: Operations, driver: AsyncDriver) -> None:
        super().__init__(operations)
        self._driver = driver

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections. Open orders stay open."""
        await self._driver.aclose()

    @property
    def transport(self) -> str:
        """The name of the transport in use."""
        return self._driver.transport.name

    fetch_time = _Async(Operations.fetch_time)
    fetch_status = _Async(Operations.fetch_status)
    load_markets = _Async(Operations.load_markets)
    fetch_markets = _Async(Operations.fetch_markets)
    fetch_ticker = _Async(Operations.fetch_ticker)
    fetch_tickers = _Async(Operations.fetch_tickers)
    fetch_order_book = _Async(Operations.fetch_order_book)
    fetch_trades = _Async(Operations.fetch_trades)
    fetch_ohlcv = _Async(Operations.fetch_ohlcv)
    iter_ohlcv = _AsyncEach(Operations.iter_ohlcv)
    fetch_balance = _Async(Operations.fetch_balance)
    fetch_trading_fees = _Async(Operations.fetch_trading_fees)
    fetch_api_key = _Async(Operations.fetch_api_key)
    create_order = _Async(Operations.create_order)
    create_limit_order = _Async(Operations.create_limit_order)
    create_market_order = _Async(Operations.create_market_order)
    create_market_buy_with_cost = _Async(Operations.create_market_buy_with_cost)
    test_order = _Async(Operations.test_order)
    explain_order = _Async(Operations.explain_order)
    cancel_order = _Async(Operations.cancel_order)
    cancel_all_orders = _Async(Operations.cancel_all_orders)
    fetch_order = _Async(Operations.fetch_order)
    fetch_open_orders = _Async(Operations.fetch_open_orders)
    fetch_closed_orders = _Async(Operations.fetch_closed_orders)
    fetch_my_trades = _Async(Operations.fetch_my_trades)
    fetch_order_trades = _Async(Operations.fetch_order_trades)
    raw_request = _Async(Operations.raw_request)


class SyncExchange(_Connection):
    """One venue, sync. Made by `exchangekit.connect_sync`; use it in ``with``. May be used from
    several threads."""

    def __init__(self, operations: Operations, driver: SyncDriver) -> None:
        super().__init__(operations)
        self._driver = driver

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections. Open orders stay open."""
        self._driver.close()

    @property
    def transport(self) -> str:
        """The name of the transport in use."""
        return self._driver.transport.name

    fetch_time = _Sync(Operations.fetch_time)
    fetch_status = _Sync(Operations.fetch_status)
    load_markets = _Sync(Operations.load_markets)
    fetch_markets = _Sync(Operations.fetch_markets)
    fetch_ticker = _Sync(Operations.fetch_ticker)
    fetch_tickers = _Sync(Operations.fetch_tickers)
    fetch_order_book = _Sync(Operations.fetch_order_book)
    fetch_trades = _Sync(Operations.fetch_trades)
    fetch_ohlcv = _Sync(Operations.fetch_ohlcv)
    iter_ohlcv = _SyncEach(Operations.iter_ohlcv)
    fetch_balance = _Sync(Operations.fetch_balance)
    fetch_trading_fees = _Sync(Operations.fetch_trading_fees)
    fetch_api_key = _Sync(Operations.fetch_api_key)
    create_order = _Sync(Operations.create_order)
    create_limit_order = _Sync(Operations.create_limit_order)
    create_market_order = _Sync(Operations.create_market_order)
    create_market_buy_with_cost = _Sync(Operations.create_market_buy_with_cost)
    test_order = _Sync(Operations.test_order)
    explain_order = _Sync(Operations.explain_order)
    cancel_order = _Sync(Operations.cancel_order)
    cancel_all_orders = _Sync(Operations.cancel_all_orders)
    fetch_order = _Sync(Operations.fetch_order)
    fetch_open_orders = _Sync(Operations.fetch_open_orders)
    fetch_closed_orders = _Sync(Operations.fetch_closed_orders)
    fetch_my_trades = _Sync(Operations.fetch_my_trades)
    fetch_order_trades = _Sync(Operations.fetch_order_trades)
    raw_request = _Sync(Operations.raw_request)
