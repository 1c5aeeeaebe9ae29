"""The requests that an adapter makes, to tell signed paths from public ones and to name the path
that may have been signed in place of the one that was sent. Nothing is sent."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from exchangekit.adapter.base import Adapter
from exchangekit.adapter.lists import Listing, Window
from exchangekit.adapter.request import Call, Request
from exchangekit.models.enums import Side
from exchangekit.models.market import Market
from exchangekit.models.markets import index
from exchangekit.models.orders import LimitOrder

_MARKET = Market(symbol="BTC/USDT", id="BTCUSDT", base="BTC", quote="USDT")
_ORDER = LimitOrder(
    symbol="BTC/USDT", side=Side.BUY, amount=Decimal(1), price=Decimal(1), client_order_id="a1"
)
_SINCE = datetime(2026, 1, 1, tzinfo=UTC)


def known_requests(adapter: Adapter) -> tuple[Request, ...]:
    """One request for each operation that the adapter has, for a stand-in market."""
    markets = index((_MARKET,))
    window = Window(_SINCE, _SINCE + timedelta(hours=1))
    frames = tuple(adapter.capabilities.timeframes)
    calls: tuple[Callable[[], Call[object]], ...] = (
        adapter.fetch_time,
        adapter.fetch_status,
        adapter.fetch_markets,
        lambda: adapter.fetch_ticker(_MARKET),
        lambda: adapter.fetch_tickers(markets),
        lambda: adapter.fetch_order_book(_MARKET, adapter.capabilities.book_depths[0]),
        lambda: adapter.fetch_trades(_MARKET, 1),
        lambda: adapter.fetch_ohlcv(_MARKET, frames[0], window, 1),
        adapter.fetch_balance,
        adapter.fetch_api_key,
        lambda: adapter.fetch_trading_fees(markets, _MARKET),
        lambda: adapter.create_order(_MARKET, _ORDER),
        lambda: adapter.test_order(_MARKET, _ORDER),
        lambda: adapter.cancel_order(_MARKET, "1", None),
        lambda: adapter.cancel_all_orders(_MARKET),
        lambda: adapter.cancel_all_after(adapter.capabilities.countdown[0]),
        lambda: adapter.cancel_orders(_MARKET, ("1",)),
        lambda: adapter.fetch_order(_MARKET, "1", None),
        lambda: adapter.fetch_open_orders(Listing(markets, _MARKET)),
        lambda: adapter.fetch_closed_orders(Listing(markets, _MARKET, window, 1)),
        lambda: adapter.fetch_my_trades(Listing(markets, _MARKET, window, 1)),
        lambda: adapter.fetch_order_trades("1", Listing(markets, _MARKET)),
    )
    found = []
    for call in calls:
        # What an adapter cannot do, or not for this market, is not known here; that is all.
        with suppress(Exception):
            asked: Call[object] | None = call()
            while asked is not None:
                found.append(asked.request)
                asked = asked.otherwise
    return tuple(found)


def is_public(known: tuple[Request, ...], method: str, path: str) -> bool:
    """Whether the venue's adapter asks this without a signature."""
    same = [one for one in known if one.path == path and one.method == method.upper()]
    return bool(same) and not any(one.signed for one in same)
