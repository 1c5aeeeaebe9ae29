"""6 Market data and history: sorted, in UTC, without gaps or repeats; empty lists are empty."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from exchangekit.adapter.decode import utc
from exchangekit.models.enums import Side, VenueState
from exchangekit.operations.timeframes import advance
from exchangekit.testing.check import check
from exchangekit.testing.checks.tour import timeframe
from exchangekit.testing.rig import Rig

_NEAR = timedelta(seconds=5)


def _now(rig: Rig) -> datetime:
    return utc(rig.world.ms)


@check(6, live="reads")
def the_venue_tells_its_time_in_utc_and_that_it_works(rig: Rig) -> None:
    told = rig.exchange.fetch_time()
    assert told.tzinfo is UTC
    assert abs(told - _now(rig)) < _NEAR
    assert rig.exchange.fetch_status().state is VenueState.OK


@check(6, live="reads")
def books_are_sorted_uncrossed_and_as_deep_as_asked(rig: Rig) -> None:
    for depth in (1, 5, 20):
        book = rig.exchange.fetch_order_book(rig.symbol, depth)
        bids, asks = [one.price for one in book.bids], [one.price for one in book.asks]
        assert len(bids) == len(asks) == depth
        assert bids == sorted(set(bids), reverse=True)
        assert asks == sorted(set(asks))
        assert bids[0] < asks[0], "the book is crossed"
        assert all(one.amount > 0 for one in (*book.bids, *book.asks))
        assert book.best_bid == book.bids[0]
        if book.timestamp is not None:
            assert abs(book.timestamp - _now(rig)) < _NEAR


@check(6, live="reads")
def a_ticker_agrees_with_the_book_and_with_itself(rig: Rig) -> None:
    ticker = rig.exchange.fetch_ticker(rig.symbol)
    book = rig.exchange.fetch_order_book(rig.symbol, 5)
    assert ticker.last is not None
    assert ticker.low <= ticker.last <= ticker.high
    assert ticker.bid < ticker.ask
    assert abs(ticker.bid / book.bids[0].price - 1) < Decimal("0.01")
    assert ticker.base_volume > 0
    if ticker.percentage is not None and ticker.open:
        change = (ticker.last / ticker.open - 1) * 100
        assert abs(ticker.percentage - change) < Decimal("0.1"), "5 means 5 per cent"
    if ticker.vwap is not None:
        assert ticker.low <= ticker.vwap <= ticker.high
    if ticker.timestamp is not None:
        assert abs(ticker.timestamp - _now(rig)) < timedelta(days=1)


@check(6, live="reads")
def all_tickers_and_some_of_them(rig: Rig) -> None:
    rig.needs("fetch_tickers")
    every = rig.exchange.fetch_tickers()
    assert {rig.symbol, rig.other} <= set(every)
    some = rig.exchange.fetch_tickers([rig.symbol])
    assert set(some) == {rig.symbol}
    assert abs(some[rig.symbol].last / every[rig.symbol].last - 1) < Decimal("0.05")


@check(6, live="reads")
def trades_are_oldest_first_and_no_more_than_asked(rig: Rig) -> None:
    trades = rig.exchange.fetch_trades(rig.symbol, 8)
    times = [trade.timestamp for trade in trades]
    assert len(trades) == 8
    assert times == sorted(times)
    assert _now(rig) - times[-1] < timedelta(hours=1)
    for trade in trades:
        assert trade.price > 0
        assert trade.amount > 0
        assert abs(trade.cost - trade.price * trade.amount) <= trade.cost / 1000
        assert trade.side in (Side.BUY, Side.SELL, None)
        assert trade.timestamp.tzinfo is UTC
    ids = [trade.id for trade in trades if trade.id is not None]
    assert len(set(ids)) == len(ids)


@check(6, live="reads")
def candles_are_in_order_aligned_and_in_proportion(rig: Rig) -> None:
    rig.needs("fetch_ohlcv")
    name = timeframe(rig)
    rows = rig.exchange.fetch_ohlcv(rig.symbol, name, limit=6)
    assert len(rows) == 6
    times = [row.timestamp for row in rows]
    assert times == [advance(times[0], name, at) for at in range(6)], "in order, none missing"
    assert rows[-1].timestamp <= _now(rig) + _NEAR
    for row in rows:
        assert row.timestamp.tzinfo is UTC
        assert row.low <= min(row.open, row.close) <= max(row.open, row.close) <= row.high
        assert row.volume >= 0


@check(6)
def every_declared_timeframe_is_served_and_begins_where_it_should(rig: Rig) -> None:
    rig.needs("fetch_ohlcv")
    for name in rig.capabilities.timeframes:
        rows = rig.exchange.fetch_ohlcv(rig.symbol, name, limit=2)
        assert 1 <= len(rows) <= 2, name
        assert all(row.timestamp.microsecond == 0 for row in rows), name
        assert name.endswith("s") or all(row.timestamp.second == 0 for row in rows), name
        if len(rows) == 2:
            assert rows[1].timestamp == advance(rows[0].timestamp, name, 1), name


@check(6)
def a_span_of_candles_includes_its_start_and_excludes_its_end(rig: Rig) -> None:
    rig.needs("fetch_ohlcv")
    name = timeframe(rig)
    until = _now(rig).replace(second=0, microsecond=0, minute=0)
    since = advance(until, name, -7)
    rows = rig.exchange.fetch_ohlcv(rig.symbol, name, since, until=until)
    assert [row.timestamp for row in rows] == [advance(since, name, at) for at in range(7)]


@check(6, "sim")
def candles_page_through_history_without_gaps_or_repeats(rig: Rig) -> None:
    rig.needs("fetch_ohlcv")
    name, page = timeframe(rig), rig.capabilities.candles_per_call
    until = _now(rig).replace(second=0, microsecond=0)
    count = 2 * page + 7
    since = advance(until, name, -count)
    rows = rig.exchange.fetch_ohlcv(rig.symbol, name, since, until=until)
    assert [row.timestamp for row in rows] == [advance(since, name, at) for at in range(count)]
    assert len(rig.requests("fetch_ohlcv")) >= 3
    each = rig.exchange.iter_ohlcv(rig.symbol, name, since=since, until=until)
    assert tuple(each) == rows


@check(6)
def a_fresh_account_has_empty_lists(rig: Rig) -> None:
    exchange, symbol = rig.exchange, rig.symbol
    assert exchange.fetch_open_orders(symbol) == ()
    assert exchange.fetch_closed_orders(symbol) == ()
    assert exchange.fetch_my_trades(symbol) == ()
    for operation in ("fetch_open_orders", "fetch_closed_orders", "fetch_my_trades"):
        if not exchange.requires(f"all_symbols:{operation}"):
            assert getattr(exchange, operation)() == (), operation


def _trade(rig: Rig, count: int, apart: float) -> tuple[datetime, list[Any]]:
    """`count` filled orders, so many seconds apart, and the time before the first."""
    rig.exchange.load_markets()
    since = _now(rig) - timedelta(seconds=2)
    made = []
    for _ in range(count):
        amount, price = rig.amount("100"), rig.price("1.01", "buy")
        made.append(rig.exchange.create_limit_order(rig.symbol, "buy", amount, price))
        rig.wait(apart)
    return since, made


def _fills_are_whole(rig: Rig, since: datetime, made: list[Any], per_page: int | None) -> None:
    fills = rig.open(per_page=per_page).fetch_my_trades(rig.symbol, since=since)
    ids = [fill.id for fill in fills]
    assert len(set(ids)) == len(ids), "a fill came twice"
    assert {fill.order_id for fill in fills} == {order.id for order in made}, "a fill is missing"
    times = [fill.timestamp for fill in fills]
    assert times == sorted(times)
    sums = [sum(f.amount for f in fills if f.order_id == order.id) for order in made[-3:]]
    assert sums == [rig.order(order).filled for order in made[-3:]]


def _orders_are_whole(rig: Rig, since: datetime, made: list[Any], per_page: int | None) -> None:
    orders = rig.open(per_page=per_page).fetch_closed_orders(rig.symbol, since=since)
    assert [order.id for order in orders] == [order.id for order in made], "oldest first"
    assert all(order.is_done for order in orders)


@check(6)
def days_of_fills_come_without_gaps_or_repeats(rig: Rig) -> None:
    since, made = _trade(rig, 5, 27 * 3600)
    _fills_are_whole(rig, since, made, 2)


@check(6)
def days_of_closed_orders_come_without_gaps_or_repeats(rig: Rig) -> None:
    since, made = _trade(rig, 5, 27 * 3600)
    _orders_are_whole(rig, since, made, 2)


@check(6, "sim")
def more_than_a_page_of_orders_and_fills_comes_without_gaps_or_repeats(rig: Rig) -> None:
    since, made = _trade(rig, 105, 1)
    _fills_are_whole(rig, since, made, None)
    _orders_are_whole(rig, since, made, None)


@check(6)
def only_what_lies_inside_a_span_of_history_is_told(rig: Rig) -> None:
    rig.exchange.load_markets()
    _, made = _trade(rig, 4, 60)
    times = [rig.order(order).timestamp for order in made]
    span = {"since": times[1], "until": times[3]}
    fills = rig.exchange.fetch_my_trades(rig.symbol, **span)
    assert {fill.order_id for fill in fills} == {order.id for order in made[1:3]}
    orders = rig.exchange.fetch_closed_orders(rig.symbol, **span)
    assert [order.id for order in orders] == [order.id for order in made[1:3]]
    newest = rig.exchange.fetch_my_trades(rig.symbol, limit=1)
    assert [fill.order_id for fill in newest] == [made[-1].id]
    newest = rig.exchange.fetch_closed_orders(rig.symbol, limit=2)
    assert [order.id for order in newest] == [order.id for order in made[-2:]]


@check(6)
def open_orders_are_listed_with_what_they_hold(rig: Rig) -> None:
    exchange, amount = rig.exchange, rig.amount("100")
    prices = [rig.price(factor, "buy") for factor in ("0.7", "0.75", "0.8")]
    made = [exchange.create_limit_order(rig.symbol, "buy", amount, price) for price in prices]
    found = exchange.fetch_open_orders(rig.symbol)
    assert {order.id for order in found} == {order.id for order in made}
    assert {order.price for order in found} == set(prices)
    assert all(order.is_open and order.filled == 0 for order in found)
    if not exchange.requires("all_symbols:fetch_open_orders"):
        assert {order.id for order in exchange.fetch_open_orders()} == {o.id for o in made}
