"""`exchangekit ticker`, `book` and `trades`: public prices, no keys."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import Annotated

import typer
from rich.text import Text

from exchangekit.cli.options import (
    Account,
    AsJson,
    BaseUrl,
    Environment,
    InsecureHttp,
    Symbol,
    Venue,
    Where,
)
from exchangekit.cli.output import (
    cell,
    console,
    show_facts,
    show_json,
    show_line,
    show_table,
    table,
)
from exchangekit.cli.progress import waiting
from exchangekit.models.market_data import BookLevel, OrderBook, Ticker, Trade
from exchangekit.models.numbers import pretty

Symbols = Annotated[list[str], typer.Argument(help="Such as BTC/USDT.", show_default=False)]
Depth = Annotated[int, typer.Option("--depth", "-d", min=1, help="Levels a side.")]
Limit = Annotated[int, typer.Option("--limit", "-n", min=1, help="How many, the newest.")]

_NARROW = 60
_SIDES = {"buy": "green", "sell": "red"}


def ticker(
    venue: Venue,
    symbols: Symbols,
    environment: Environment = "live",
    base_url: BaseUrl = None,
    account: Account = None,
    insecure_http: InsecureHttp = False,
    json: AsJson = False,
) -> None:
    """The best prices and the last 24 hours of one symbol or several."""
    with (
        Where(venue, environment, base_url, account, insecure_http).open() as exchange,
        waiting(f"Asking {venue} for prices …", quiet=json),
    ):
        if len(symbols) == 1:
            found = {symbols[0]: exchange.fetch_ticker(symbols[0])}
        else:
            found = exchange.fetch_tickers(symbols)
    if json:
        show_json(found)
    elif len(symbols) == 1:
        show_facts(_ticker_facts(found[symbols[0]]))
    else:
        headings = ["symbol", "last", "bid", "ask", "24 h %", "volume"]
        rows = (
            (one.symbol, one.last, one.bid, one.ask, _signed(one), one.base_volume)
            for one in found.values()
        )
        show_table(table(headings, right=headings[1:]), rows)
        for symbol in symbols:
            if symbol not in found:
                show_line(f"{symbol}: the venue sends no ticker")


def book(
    venue: Venue,
    symbol: Symbol,
    depth: Depth = 10,
    environment: Environment = "live",
    base_url: BaseUrl = None,
    account: Account = None,
    insecure_http: InsecureHttp = False,
    json: AsJson = False,
) -> None:
    """The order book, best prices first."""
    with (
        Where(venue, environment, base_url, account, insecure_http).open() as exchange,
        waiting(f"Asking {venue} for the book …", quiet=json),
    ):
        found = exchange.fetch_order_book(symbol, depth)
    if json:
        show_json(found)
        return
    if console().width < _NARROW:
        asks = [("ask", *level) for level in reversed(found.asks)]
        bids = [("bid", *level) for level in found.bids]
        show_table(table(["", "price", "amount"], right=["price", "amount"]), asks + bids)
    else:
        headings = ["bid amount", "bid", "ask", "ask amount"]
        rows = zip_longest(found.bids, found.asks)
        show_table(table(headings, right=headings), (_level(bid, ask) for bid, ask in rows))
    show_line(_spread(found))


def trades(
    venue: Venue,
    symbol: Symbol,
    limit: Limit = 20,
    environment: Environment = "live",
    base_url: BaseUrl = None,
    account: Account = None,
    insecure_http: InsecureHttp = False,
    json: AsJson = False,
) -> None:
    """The newest public trades, the last one at the bottom."""
    with (
        Where(venue, environment, base_url, account, insecure_http).open() as exchange,
        waiting(f"Asking {venue} for trades …", quiet=json),
    ):
        found = exchange.fetch_trades(symbol, limit)
    if json:
        show_json(found)
        return
    base, _, quote = symbol.partition("/")
    empty = f"{symbol}: nothing was traded."
    if console().width < _NARROW:
        numbers = ["price", "amount"]
        made = table(["UTC", "side", *numbers], right=numbers)
        show_table(made, (_short_trade(one, found) for one in found), empty=empty)
        return
    numbers = [f"price, {quote}", f"amount, {base}", f"cost, {quote}"]
    made = table(["time", "side", *numbers], right=numbers)
    rows = ((one.timestamp, _side(one), one.price, one.amount, one.cost) for one in found)
    show_table(made, rows, empty=empty)


def _side(one: Trade) -> Text:
    side = cell(one.side)
    side.stylize(_SIDES.get(one.side or "", ""))
    return side


def _short_trade(one: Trade, all_of_them: Sequence[Trade]) -> tuple[object, ...]:
    """The time of day, and the day where there are several."""
    days = {trade.timestamp.date() for trade in (all_of_them[0], all_of_them[-1])}
    form = "%H:%M:%S" if len(days) == 1 else "%m-%d %H:%M"
    return f"{one.timestamp:{form}}", _side(one), one.price, one.amount


def _ticker_facts(one: Ticker) -> list[tuple[str, object]]:
    base, _, quote = one.symbol.partition("/")
    return [
        ("symbol", one.symbol),
        ("last", one.last),
        ("bid", one.bid),
        ("ask", one.ask),
        ("24 h change", None if one.percentage is None else f"{_signed(one)} %"),
        ("24 h high", one.high),
        ("24 h low", one.low),
        (f"24 h volume, {base}", one.base_volume),
        (f"24 h volume, {quote}", one.quote_volume),
        ("time", one.timestamp),
    ]


def _signed(one: Ticker) -> str | None:
    return None if one.percentage is None else f"{one.percentage:+.2f}"


def _level(bid: BookLevel | None, ask: BookLevel | None) -> tuple[object, ...]:
    return (
        bid.amount if bid else None,
        bid.price if bid else None,
        ask.price if ask else None,
        ask.amount if ask else None,
    )


def _spread(found: OrderBook) -> str:
    bid, ask = found.best_bid, found.best_ask
    if bid is None or ask is None:
        return f"{found.symbol}: one side of the book is empty"
    gap = ask.price - bid.price
    return f"{found.symbol}: spread {pretty(gap)} ({gap / ask.price * 100:.4f} %)"
