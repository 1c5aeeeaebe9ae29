"""One of everything: each operation that the venue has, with arguments that make sense."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from exchangekit.adapter.decode import utc
from exchangekit.adapter.lists import Listing, Window
from exchangekit.adapter.request import Call
from exchangekit.models.enums import Side
from exchangekit.models.orders import LimitOrder, MarketBuyWithCost, MarketOrder, OrderRequest
from exchangekit.testing.rig import Rig


def has(rig: Rig, operation: str) -> bool:
    return operation in rig.adapter.operations()


def read_everything(rig: Rig) -> dict[str, Any]:
    """Every operation that changes nothing, and what it gave."""
    exchange, symbol = rig.exchange, rig.symbol
    asked: list[tuple[str, tuple[Any, ...]]] = [
        ("fetch_time", ()),
        ("fetch_status", ()),
        ("fetch_markets", ()),
        ("fetch_ticker", (symbol,)),
        ("fetch_tickers", ()),
        ("fetch_order_book", (symbol, 5)),
        ("fetch_trades", (symbol, 5)),
        ("fetch_ohlcv", (symbol, timeframe(rig), None, 5)),
        ("fetch_balance", ()),
        ("fetch_trading_fees", ([symbol],)),
        ("fetch_api_key", ()),
        ("fetch_open_orders", (symbol,)),
        ("fetch_closed_orders", (symbol,)),
        ("fetch_my_trades", (symbol,)),
    ]
    return {
        name: getattr(exchange, name)(*arguments) for name, arguments in asked if has(rig, name)
    }


def trade_everything(rig: Rig) -> dict[str, Any]:
    """An order that rests, one that fills, and every question about them."""
    exchange, symbol = rig.exchange, rig.symbol
    amount, price = rig.amount("200"), rig.price("0.8", "buy")
    made: dict[str, Any] = {}
    resting = exchange.create_limit_order(symbol, "buy", amount, price)
    made["create_limit_order"] = resting
    made["fetch_order"] = rig.order(resting)
    made["fetch_open_orders"] = exchange.fetch_open_orders(symbol)
    made["cancel_order"] = exchange.cancel_order(made["fetch_order"].id, symbol)
    if rig.capabilities.market_orders:
        filled = exchange.create_market_order(symbol, "sell", amount)
        made["create_market_order"] = filled
        made["filled"] = rig.order(filled)
        made["fetch_order_trades"] = exchange.fetch_order_trades(made["filled"].id, symbol)
    made["fetch_closed_orders"] = exchange.fetch_closed_orders(symbol)
    made["fetch_my_trades"] = exchange.fetch_my_trades(symbol)
    made["fetch_balance"] = exchange.fetch_balance()
    return made


def timeframe(rig: Rig) -> str:
    """The shortest candle length that the venue has."""
    names = list(rig.capabilities.timeframes)
    return "1m" if "1m" in names or not names else str(names[0])


def order_requests(rig: Rig) -> Iterator[OrderRequest]:
    """An order of each kind that the venue declares."""
    symbol, price = rig.symbol, rig.market.round_price(Decimal(90_000))
    amount = rig.market.round_amount(Decimal("0.0123")) or Decimal(1)
    for _, time_in_force in sorted(rig.capabilities.limit_orders):
        for side in Side:
            yield LimitOrder(
                symbol=symbol,
                side=side,
                amount=amount,
                price=price,
                time_in_force=time_in_force,
                client_order_id="purity0001",
            )
    if rig.capabilities.market_orders:
        for side in Side if rig.capabilities.buy_with_amount else [Side.SELL]:
            yield MarketOrder(symbol=symbol, side=side, amount=amount, client_order_id="purity02")
    if rig.capabilities.buy_with_cost:
        yield MarketBuyWithCost(symbol=symbol, cost=Decimal(50), client_order_id="purity03")


def described(rig: Rig) -> list[tuple[str, Call[Any]]]:
    """The description of each operation, made by the adapter alone."""
    return [(name, describe()) for name, describe in descriptions(rig)]


def descriptions(rig: Rig) -> list[tuple[str, Callable[[], Call[Any]]]]:
    """Each operation of the adapter, ready to be described."""
    adapter, market = rig.adapter, rig.market
    markets = rig.exchange.load_markets()
    until = utc(rig.world.starts_ms // 60_000 * 60_000)
    window = Window(until - timedelta(hours=2), until)
    depth = min(rig.capabilities.book_depths)
    one = None if not rig.capabilities.fees_per_symbol else market
    arguments: list[tuple[str, tuple[Any, ...]]] = [
        ("fetch_time", ()),
        ("fetch_status", ()),
        ("fetch_markets", ()),
        ("fetch_ticker", (market,)),
        ("fetch_tickers", (markets,)),
        ("fetch_order_book", (market, depth)),
        ("fetch_trades", (market, 5)),
        ("fetch_ohlcv", (market, timeframe(rig), None, 5)),
        ("fetch_ohlcv", (market, timeframe(rig), window, 5)),
        ("fetch_balance", ()),
        ("fetch_trading_fees", (markets, one)),
        ("fetch_api_key", ()),
        ("cancel_order", (market, "12345", None)),
        ("cancel_order", (market, None, "purity0001")),
        ("cancel_all_orders", (market,)),
        ("cancel_all_after", (min(rig.capabilities.countdown),)),
        ("cancel_all_after", (None,)),
        ("cancel_orders", (market, ("12345",))),
        ("fetch_order", (market, "12345", None)),
        ("fetch_order", (market, None, "purity0001")),
        ("fetch_open_orders", (Listing(markets, market),)),
        ("fetch_closed_orders", (Listing(markets, market, window, 5),)),
        ("fetch_my_trades", (Listing(markets, market, window, 5),)),
        ("fetch_order_trades", ("12345", Listing(markets, market))),
    ]
    made: list[tuple[str, Callable[[], Call[Any]]]] = [
        (name, partial(getattr(adapter, name), *given))
        for name, given in arguments
        if has(rig, name)
    ]
    for order in order_requests(rig):
        names = [name for name in ("create_order", "test_order") if has(rig, name)]
        made += [(name, partial(getattr(adapter, name), market, order)) for name in names]
    return made
