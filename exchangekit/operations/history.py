"""Orders and fills of the account, in pages until there are no more."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

from exchangekit.adapter import identity
from exchangekit.adapter.lists import Listing, Window
from exchangekit.adapter.request import Call, Page
from exchangekit.errors import BadReply, InvalidInput
from exchangekit.models.orders import MyTrade, Order
from exchangekit.operations.arguments import aware, whole
from exchangekit.operations.connection import Connection
from exchangekit.operations.part import Part
from exchangekit.orders.checks import named
from exchangekit.runtime.effects import Flow

T = TypeVar("T", Order, MyTrade)
R = TypeVar("R")

_MOST_PAGES = 10_000


class History(Part):
    def fetch_open_orders(self, symbol: str | None = None) -> Flow[tuple[Order, ...]]:
        return open_orders(self.connection, symbol)

    def fetch_closed_orders(
        self,
        symbol: str | None = None,
        since: datetime | None = None,
        limit: int | None = None,
        *,
        until: datetime | None = None,
    ) -> Flow[tuple[Order, ...]]:
        return closed_orders(self.connection, symbol, since, limit, until=until)

    def fetch_my_trades(
        self,
        symbol: str | None = None,
        since: datetime | None = None,
        limit: int | None = None,
        *,
        until: datetime | None = None,
    ) -> Flow[tuple[MyTrade, ...]]:
        return my_trades(self.connection, symbol, since, limit, until=until)

    def fetch_order_trades(self, id: str, symbol: str) -> Flow[tuple[MyTrade, ...]]:
        operation = "fetch_order_trades"
        self.connection.need(operation)
        with self.connection.checking(operation):
            named(id, "id")
        market = yield from self.connection.market(symbol, operation, maybe_gone=True)
        markets = yield from self.connection.load_markets()
        return (
            yield from _collect(
                self.connection,
                operation,
                Listing(markets, market, None, self.adapter.capabilities.my_trades_per_call),
                lambda asked: identity.fills_of(
                    self.adapter.fetch_order_trades(id, asked), market, id
                ),
            )
        )


def open_orders(
    connection: Connection, symbol: str | None, *, serving: str | None = None
) -> Flow[tuple[Order, ...]]:
    """The flow of `fetch_open_orders`; `serving` is the operation that needs them."""
    operation = "fetch_open_orders"
    connection.need(operation)
    market = yield from connection.maybe_market(symbol, operation)
    markets = yield from connection.load_markets()
    return (
        yield from _collect(
            connection,
            operation,
            Listing(markets, market, None, connection.adapter.capabilities.orders_per_call),
            lambda asked: identity.page_of(connection.adapter.fetch_open_orders(asked), market),
            serving=serving,
        )
    )


def closed_orders(
    connection: Connection,
    symbol: str | None = None,
    since: datetime | None = None,
    limit: int | None = None,
    *,
    until: datetime | None = None,
    serving: str | None = None,
) -> Flow[tuple[Order, ...]]:
    """The flow of `fetch_closed_orders`; `serving` is the operation that needs them."""
    adapter, operation = connection.adapter, "fetch_closed_orders"
    ask, per_call = adapter.fetch_closed_orders, adapter.capabilities.orders_per_call
    return _past(connection, operation, ask, per_call, symbol, since, until, limit, serving=serving)


def my_trades(
    connection: Connection,
    symbol: str | None = None,
    since: datetime | None = None,
    limit: int | None = None,
    *,
    until: datetime | None = None,
    serving: str | None = None,
) -> Flow[tuple[MyTrade, ...]]:
    """The flow of `fetch_my_trades`; `serving` is the operation that needs them."""
    adapter, operation = connection.adapter, "fetch_my_trades"
    ask, per_call = adapter.fetch_my_trades, adapter.capabilities.my_trades_per_call
    return _past(connection, operation, ask, per_call, symbol, since, until, limit, serving=serving)


def _past(
    connection: Connection,
    operation: str,
    ask: Callable[[Listing], Call[Page[T]]],
    per_call: int,
    symbol: str | None,
    since: datetime | None,
    until: datetime | None,
    limit: int | None,
    *,
    serving: str | None = None,
) -> Flow[tuple[T, ...]]:
    """What is over: all pages from `since` on, or the newest `limit` of one page."""
    window, wanted = yield from _window(connection, operation, since, until, limit, per_call)
    market = yield from connection.maybe_market(symbol, operation)
    markets = yield from connection.load_markets()
    count = per_call if window else wanted or per_call
    return (
        yield from _collect(
            connection,
            operation,
            Listing(markets, market, window, count),
            lambda asked: identity.page_of(ask(asked), market),
            limit=wanted,
            serving=serving,
        )
    )


def _window(
    connection: Connection,
    operation: str,
    since: datetime | None,
    until: datetime | None,
    limit: int | None,
    per_call: int,
) -> Flow[tuple[Window | None, int | None]]:
    connection.need(operation)
    with connection.checking(operation):
        first, last = aware(since, "since"), aware(until, "until")
        if first is None and last is not None:
            raise InvalidInput("until without since: pass since as well")
        wanted = None if limit is None else whole(limit, "limit", per_call)
        if first is None:
            if wanted is not None and wanted > per_call:
                raise InvalidInput(
                    f"limit is {wanted}, {connection.adapter.title} serves at most {per_call} at a"
                    " time: pass since as well"
                )
            return None, wanted
        if last is not None and first >= last:
            raise InvalidInput(f"since ({first}) is not before until ({last})")
    now = yield from connection.venue_now()
    last = last or now + timedelta(seconds=60)
    with connection.checking(operation):
        if first >= last:
            raise InvalidInput(f"since ({first}) lies in the future")
    return Window(first, last), wanted


def _collect(
    connection: Connection,
    operation: str,
    asked: Listing,
    ask: Callable[[Listing], Call[Page[T]]],
    *,
    limit: int | None = None,
    serving: str | None = None,
) -> Flow[tuple[T, ...]]:
    """All pages, without repeats, oldest first. Without a window: the newest `limit` (one
    page by default), except for lists that are asked for whole (open orders, fills of one
    order)."""
    whole_list = operation in ("fetch_open_orders", "fetch_order_trades")
    enough, window = limit or 1, asked.window
    found: dict[object, T] = {}
    cursor: str | None = None
    seen: set[str] = set()
    for _ in range(_MOST_PAGES):
        call = ask(replace(asked, cursor=cursor))
        page = yield from _page(connection, operation, call, found, serving)
        for item in page.items:
            found.setdefault(_identity(item) or len(found), item)
        cursor = page.next
        if cursor is None or (window is None and not whole_list and len(found) >= enough):
            break
        if cursor in seen:
            raise _endless(connection, operation, "the venue's pages go round in a circle")
        seen.add(cursor)
    else:
        why = f"the venue's list has no end after {_MOST_PAGES} pages"
        raise _endless(connection, operation, why)
    rows = sorted(found.values(), key=_age)
    if window is not None:
        rows = [row for row in rows if row.timestamp is None or _inside(row, window)]
        return tuple(rows[:limit])
    return tuple(rows if limit is None else rows[-limit:])


def _page(
    connection: Connection,
    operation: str,
    call: Call[Page[R]],
    found: Mapping[object, R],
    serving: str | None,
) -> Flow[Page[R]]:
    """One page; the error of one that cannot be read carries what was `found` before it, too."""
    try:
        return (yield from connection.call(operation, call, serving=serving))
    except BadReply as problem:
        problem.rows = (*found.values(), *problem.rows)
        raise


def _identity(item: Order | MyTrade) -> tuple[str, ...] | None:
    """What a repeat is recognised by, None where the venue gave no name."""
    if isinstance(item, MyTrade):
        return item.identity if item.id else None
    name = item.id or item.client_order_id
    return (item.symbol, name) if name else None


def _endless(connection: Connection, operation: str, why: str) -> BadReply:
    return BadReply(why, venue=connection.adapter.venue, operation=operation)


def _inside(row: Order | MyTrade, window: Window) -> bool:
    return row.timestamp is None or window.since <= row.timestamp < window.until


def _age(row: Order | MyTrade) -> tuple[float, int, str]:
    moment = row.timestamp.timestamp() if row.timestamp else 0.0
    name = row.id or ""
    return moment, len(name), name
